"""Whether a value lies outside its range, and where the range comes from."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.criteria import shipped_library
from trialwright.facts import FALSE, TRUE, UNKNOWN, Quantity, Range, Truth, parse_quantity
from trialwright.safety.laboratory.out_of_range import out_of_range, range_of
from trialwright.study import NormalRange

CREATININE = shipped_library().concepts["creatinine"]
ALT = shipped_library().concepts["alt"]
NINE_TO_40 = Range(Decimal(9), Decimal(40))


@pytest.mark.parametrize(
    ("value", "limits", "truth", "reason"),
    [
        ("41 U/L", NINE_TO_40, TRUE, "above 40 U/L"),
        ("40 U/L", NINE_TO_40, FALSE, "within 9-40 U/L"),
        ("8.9 U/L", NINE_TO_40, TRUE, "below 9 U/L"),
        ("0.7 ukat/L", Range(Decimal(9), Decimal(40), "U/L"), TRUE, "above 40 U/L"),
        ("0.6 ukat/L", Range(Decimal(9), Decimal(40), "U/L"), FALSE, "within 9-40 U/L"),
        ("41 U/L", Range(None, Decimal(40)), TRUE, "above 40 U/L"),
        ("1 U/L", Range(None, Decimal(40)), FALSE, "within <= 40 U/L"),
        ("<9 U/L", NINE_TO_40, TRUE, "below 9 U/L"),
        ("<10 U/L", NINE_TO_40, UNKNOWN, "<10 U/L may lie inside or outside 9-40 U/L"),
        (">40 U/L", NINE_TO_40, TRUE, "above 40 U/L"),
        ("41", NINE_TO_40, TRUE, "above 40"),  # one line of one printout: the same unit, whatever it is
        ("41 U/L", None, UNKNOWN, "no reference range is known"),
        ("41 U/L", Range(), UNKNOWN, "no reference range is known"),
        ("41 U/L", Range(None, Decimal(40), "mg/dL"), UNKNOWN, "the range is in 'mg/dL', the value in 'U/L'"),
        ("41", Range(None, Decimal(40), "U/L"), UNKNOWN, "the range is in 'U/L', the value in 'no unit'"),
    ],
)
def test_a_value_is_outside_inside_or_not_known(value: str, limits: Range | None, truth: Truth, reason: str) -> None:
    answer = out_of_range(parse_quantity(value), limits)
    assert (answer.truth, answer.reason) == (truth, reason)


def test_mass_and_moles_meet_by_the_concepts_molar_mass() -> None:
    limits = Range(Decimal("0.5"), Decimal("1.2"), "mg/dL")  # up to 106.08 umol/L
    assert out_of_range(parse_quantity("106 umol/L"), limits, concept=CREATININE).truth is FALSE
    assert out_of_range(parse_quantity("106.1 umol/L"), limits, concept=CREATININE).truth is TRUE
    assert out_of_range(parse_quantity("106.1 umol/L"), limits).truth is UNKNOWN
    own = Range(None, Decimal(40), "IU/L")
    assert out_of_range(parse_quantity("41 U/L"), own, concept=ALT).truth is TRUE


@given(st.integers(0, 100), st.integers(0, 100), st.sampled_from(["<", "<=", ">", ">="]))
def test_what_is_said_of_an_interval_holds_for_every_value_in_it(limit: int, point: int, comparator: str) -> None:
    said = out_of_range(Quantity(Decimal(limit), "U/L", comparator), NINE_TO_40).truth
    inside = {"<": point < limit, "<=": point <= limit, ">": point > limit, ">=": point >= limit}[comparator]
    if inside and said is not UNKNOWN:
        assert out_of_range(Quantity(Decimal(point), "U/L"), NINE_TO_40).truth is said


SITES_OWN = NormalRange(concept="alt", low=Decimal(9), high=Decimal(50), unit="U/L")


@pytest.mark.parametrize(
    ("own", "answer"),
    [
        (None, Range(Decimal(9), Decimal(50), "U/L")),
        (Range(), Range(Decimal(9), Decimal(50), "U/L")),
        (Range(Decimal(7), Decimal(40)), Range(Decimal(7), Decimal(40), "U/L")),
        (Range(None, Decimal(40)), Range(Decimal(9), Decimal(40), "U/L")),
        (Range(Decimal(7), None), Range(Decimal(7), Decimal(50), "U/L")),
        (Range(None, Decimal("0.7"), "ukat/L"), Range(None, Decimal("0.7"), "ukat/L")),
    ],
)
def test_a_value_is_read_by_its_own_range_and_by_the_sites_where_it_prints_none(
    own: Range | None, answer: Range
) -> None:
    assert range_of(Quantity(Decimal(30), "U/L", "", own), SITES_OWN) == answer


def test_without_any_range_there_is_none() -> None:
    assert range_of(Quantity(Decimal(30), "U/L"), None) is None
    own = Range(None, Decimal(40))
    assert range_of(Quantity(Decimal(30), "U/L", "", own), None) is own
    assert range_of(Quantity(Decimal(30), None, "", own), SITES_OWN) is own
