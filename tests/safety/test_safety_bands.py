"""Bands of grades against the grader itself: a value in a band has the band's grade, a value in none has none known."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.facts import Quantity, Range
from trialwright.safety.laboratory.bands import Band, grade_bands
from trialwright.safety.laboratory.grading import grade_value
from trialwright.safety.laboratory.rules import LabRule, rules

GRADED = tuple(rule for rule in rules("5.0") if not rule.whole)
LIMITS = Range(Decimal("10"), Decimal("40"), None)


def holding(bands: tuple[Band, ...], number: Decimal) -> set[int]:
    """The grades of the bands a number lies inside, its edges left out."""
    return {
        band.grade
        for band in bands
        if (band.low is None or number > band.low) and (band.high is None or number < band.high)
    }


def on_an_edge(bands: tuple[Band, ...], number: Decimal) -> bool:
    return any(number in (band.low, band.high) for band in bands)


@given(
    rule=st.sampled_from(GRADED),
    number=st.decimals("0.001", "3000", places=3),
    baseline=st.none() | st.decimals("0.5", "200", places=1),
)
def test_a_value_in_a_band_has_its_grade(rule: LabRule, number: Decimal, baseline: Decimal | None) -> None:
    unit = rule.tables[0].unit or "U/L"
    before = None if baseline is None else Quantity(baseline, unit)
    bands = grade_bands(rule, Quantity(Decimal(1), unit), range=LIMITS, baseline=before)
    graded = grade_value(rule, Quantity(number, unit), range=LIMITS, baseline=before)
    if not graded.known or graded.reasons or on_an_edge(bands, number):
        return
    assert holding(bands, number) == ({graded.lowest} if graded.lowest else set())


@pytest.mark.parametrize(
    ("low", "expected"),
    [("1.8", [(4, None, "0.5"), (3, "0.5", "1"), (2, "1", "1.5"), (1, "1.5", "1.8")])],
)
def test_neutrophils_are_banded_as_ctcae_prints_them(low: str, expected: list[tuple[int, str | None, str]]) -> None:
    rule = next(one for one in rules("5.0") if one.concept == "anc")
    limits = Range(Decimal(low), Decimal("6.3"), "10*9/L")
    bands = grade_bands(rule, Quantity(Decimal("0.4"), "10*9/L"), range=limits, baseline=None)
    shown = [(band.grade, band.low, band.high) for band in bands]
    assert shown == [(grade, lower and Decimal(lower), Decimal(upper)) for grade, lower, upper in expected]


def test_without_a_limit_of_the_laboratory_the_bands_that_need_it_are_missing() -> None:
    rule = next(one for one in rules("5.0") if one.concept == "anc")
    bands = grade_bands(rule, Quantity(Decimal("0.4"), "10*9/L"), range=None, baseline=None)
    assert [band.grade for band in bands] == [4, 3, 2]


def test_a_value_without_a_unit_has_no_bands() -> None:
    rule = next(one for one in rules("5.0") if one.concept == "anc")
    assert grade_bands(rule, Quantity(Decimal("0.4")), range=None, baseline=None) == ()
