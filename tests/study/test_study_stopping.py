"""The bounds of a study's stopping rule: those of its method, from the numbers written in the file."""

from dataclasses import replace
from decimal import Decimal
from importlib.resources import files

import pytest

from trialwright.stats import beta_binomial_bounds, pocock_bounds
from trialwright.study import Prior, StoppingRule, bounds_of, read_study

TEXT = files("trialwright.studies").joinpath("nct05333705/study.yaml").read_text(encoding="utf-8")
BETA = StoppingRule(
    prior=Prior(a=Decimal("0.6"), b=Decimal("1.4")), p0=Decimal("0.30"), cut=Decimal("0.80"), first_look=3
)
POCOCK = StoppingRule(method="pocock", p0=Decimal("0.20"), alpha=Decimal("0.05"), first_look=1)


def test_the_reference_study_pauses_at_two_of_three_and_at_the_bounds_printed_for_its_rule() -> None:
    """b(3 .. 15) as printed in the project's table of designs: Beta(0.6, 1.4), p0 0.30, cut 0.80, first look at 3."""
    study = read_study(TEXT).study
    assert study.safety.stopping_rule is not None
    assert study.enrolment.target == 15
    bounds = bounds_of(study.safety.stopping_rule, 15)
    assert bounds.at == (None, None, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6, 6, 6, 7)
    assert bounds.holds(2, 2)


def test_each_method_has_its_own_bounds() -> None:
    numbers = {"a": Decimal("0.6"), "b": Decimal("1.4"), "p0": Decimal("0.3"), "cut": Decimal("0.8")}
    assert bounds_of(BETA, 15) == beta_binomial_bounds(15, **numbers, first_look=3)
    assert bounds_of(POCOCK, 15) == pocock_bounds(15, p0=Decimal("0.2"), alpha=Decimal("0.05"))
    assert bounds_of(POCOCK, 15).at == (None, None, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7, 7)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (replace(BETA, prior=None, cut=None), "the beta-binomial stopping rule has no `prior`, `cut`"),
        (replace(POCOCK, alpha=None), "the pocock stopping rule has no `alpha`"),
        (replace(BETA, cut=Decimal(80)), "cut is 80"),
    ],
)
def test_a_rule_that_the_lint_refuses_has_no_bounds(rule: StoppingRule, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        bounds_of(rule, 15)
