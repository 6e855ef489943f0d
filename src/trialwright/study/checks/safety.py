"""What is too much harm, and whether the stopping rule stops the trial for it: neither never nor at the first event."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from trialwright.study.checks.treatment import gives_something, is_early
from trialwright.study.finding import Check, Finder, Finding
from trialwright.study.reader import StudyFile
from trialwright.study.safety import StoppingRule
from trialwright.study.stopping import bounds_of, missing_fields, unheeded_fields

if TYPE_CHECKING:
    from trialwright.stats import Bounds

_RULE: Final = ("safety", "stopping_rule")
_WHAT_IT_IS: Final = {
    "prior": "the Beta distribution of the probability before anybody is treated, such as {a: 0.6, b: 1.4}",
    "cut": "the probability of too much harm above which the trial pauses, such as 0.80",
    "alpha": "the probability of stopping a trial whose true probability is p0, such as 0.05",
}


def safety_rules(file: StudyFile) -> Iterator[Finding]:
    """A phase 1 says what is too much harm, and when it stops."""
    study = file.study
    if is_early(study) and gives_something(study):
        if study.safety.dlt is None:
            yield Finder(file, "no-dlt", "error")(
                ("safety",),
                "safety",
                "a phase 1 study that does not define its dose-limiting toxicity.",
                "Add `dlt:` under `safety`: the days it is waited for, and its items.",
            )
        if study.safety.stopping_rule is None:
            yield Finder(file, "no-stopping-rule", "error")(
                ("safety",),
                "safety",
                "a phase 1 study without a stopping rule: nothing makes it pause.",
                "Add `stopping_rule:` under `safety`: prior, p0, cut and first_look.",
            )


def stopping_rule_written(file: StudyFile) -> Iterator[Finding]:
    """A stopping rule says what its method needs, in probabilities."""
    rule = file.study.safety.stopping_rule
    if rule is None:
        return
    for name in missing_fields(rule):
        yield Finder(file, "stopping-rule-incomplete", "error")(
            _RULE,
            "stopping_rule",
            f"the {rule.method} rule needs `{name}`, and this one has none.",
            f"Add `{name}:`, {_WHAT_IT_IS[name]}.",
        )
    for name in unheeded_fields(rule):
        yield Finder(file, "stopping-rule-unheeded", "error")(
            (*_RULE, name),
            "stopping_rule",
            f"the {rule.method} rule does not heed `{name}`, so this line changes nothing.",
            f"Delete `{name}:`, or write the `method:` it belongs to.",
        )
    for name, value in _improbable(rule).items():
        yield Finder(file, "impossible-probability", "error")(
            (*_RULE, name),
            "stopping_rule",
            f"{name} is {value}, and no probability.",
            "Write a number between 0 and 1.",
        )


def stopping_rule_stops(file: StudyFile) -> Iterator[Finding]:
    """A stopping rule can stop the trial, and not at its first event."""
    rule, target = file.study.safety.stopping_rule, file.study.enrolment.target
    if rule is None:
        return
    if target is not None and rule.first_look > target:
        yield Finder(file, "first-look-too-late", "error")(
            (*_RULE, "first_look"),
            "stopping_rule",
            f"the first look is at participant {rule.first_look}, and {target} are enrolled: the trial would never "
            "come to it.",
            "Look first at the second or third participant.",
        )
        return
    if missing_fields(rule) or _improbable(rule) or (target is None and rule.method == "pocock"):
        return  # said elsewhere; a pocock rule's bounds hang on the target
    try:
        bounds = bounds_of(rule, target or 1)
        yield from _too_soon(file, rule, bounds)
    except ValueError as error:
        yield Finder(file, "no-bounds", "error")(
            _RULE,
            "stopping_rule",
            f"the bounds of the rule cannot be reckoned: {error}.",
            "Correct the number it names.",
        )
        return
    if target is not None and bounds.lowest(target) is None:
        yield Finder(file, "cannot-stop", "error")(
            _RULE,
            "stopping_rule",
            f"even {target} events among {target} participants would not pause the trial.",
            f"{_SOONER[rule.method]}.",
        )


_SOONER: Final = {
    "beta-binomial": "Lower `cut` or `p0`, or take a prior of less weight",
    "pocock": "Raise `alpha`, or lower `p0`",
}
_LATER: Final = {"beta-binomial": "Raise `cut`, take a prior of less harm", "pocock": "Lower `alpha`"}


def _too_soon(file: StudyFile, rule: StoppingRule, bounds: "Bounds") -> Iterator[Finding]:
    """A bound of one event, or none: the trial would end with whatever befalls its first participant."""
    bound = bounds.lowest(1)
    if bound is not None:
        happens = "a single event in participant 1" if bound else "an event in nobody"
        yield Finder(file, "stops-after-one", "error")(
            (*_RULE, "first_look"),
            "stopping_rule",
            f"the bound at the first look, at participant {rule.first_look}, is {bound} "
            f"{'event' if bound else 'events'} and holds before it too: {happens} would pause the trial, whatever "
            "its cause.",
            f"{_LATER[rule.method]}, or look first at a later participant.",
        )


def _improbable(rule: StoppingRule) -> dict[str, object]:
    """Which numbers that should be probabilities are none."""
    numbers = {"p0": rule.p0, "cut": rule.cut, "alpha": rule.alpha}
    return {name: value for name, value in numbers.items() if value is not None and not 0 < value < 1}


CHECKS: tuple[Check, ...] = (safety_rules, stopping_rule_written, stopping_rule_stops)
