"""The bounds of a study's stopping rule: how many events pause the trial."""

from typing import TYPE_CHECKING, Final

from trialwright.study.safety import StoppingRule

if TYPE_CHECKING:
    from trialwright.stats import Bounds

NEEDS: Final = {"beta-binomial": ("prior", "cut"), "pocock": ("alpha",)}
"""Which fields each method needs besides p0 and first_look; those of the others it does not heed."""


def bounds_of(rule: StoppingRule, target: int) -> "Bounds":
    """The fewest events that pause a trial of `target` participants, at each of 1 … `target` evaluable ones.

    Raises ValueError where the lint has an error: a field of the method is missing, no probability between 0 and 1,
    more participants than can be reckoned exactly.
    """
    # numpy and scipy come with it: 0.2 s that a command which asks for no bounds does not wait for.
    from trialwright.stats import beta_binomial_bounds, pocock_bounds

    match rule:
        case StoppingRule(method="beta-binomial", prior=prior, cut=cut) if prior is not None and cut is not None:
            return beta_binomial_bounds(target, a=prior.a, b=prior.b, p0=rule.p0, cut=cut, first_look=rule.first_look)
        case StoppingRule(method="pocock", alpha=alpha) if alpha is not None:
            return pocock_bounds(target, p0=rule.p0, alpha=alpha, first_look=rule.first_look)
    missing = ", ".join(f"`{name}`" for name in missing_fields(rule))
    raise ValueError(f"the {rule.method} stopping rule has no {missing}")


def missing_fields(rule: StoppingRule) -> tuple[str, ...]:
    """The fields that the rule's method needs and the rule has not got."""
    return tuple(name for name in NEEDS[rule.method] if getattr(rule, name) is None)


def unheeded_fields(rule: StoppingRule) -> tuple[str, ...]:
    """The fields that are written, and that the rule's method does not heed."""
    others = [name for method, names in NEEDS.items() if method != rule.method for name in names]
    return tuple(name for name in others if getattr(rule, name) is not None)
