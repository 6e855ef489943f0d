"""CRS by ASTCT 2019: a table of people and grades, written from the domain notes (PMC9327779 T2, PMC8021214 T1)."""

from decimal import Decimal
from typing import Any

import pytest

from trialwright.errors import FormatError
from trialwright.facts import FALSE, TRUE, UNKNOWN
from trialwright.safety.scales.crs import FIELDS, OXYGEN, Crs, grade_crs, read_crs

WELL: dict[str, Any] = {
    "temperature_c": "37.0",
    "fever_explained": "no",
    "masked": "no",
    "hypotension": "no",
    "vasopressors": "0",
    "vasopressin": "no",
    "oxygen": "none",
}
FEVER = WELL | {"temperature_c": "39.0"}


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (WELL, "0"),
        (WELL | {"temperature_c": "37.9"}, "0"),
        (WELL | {"temperature_c": "38.0"}, "1"),
        (WELL | {"temperature_c": "37.9", "hypotension": "yes", "oxygen": "low flow"}, "0"),
        (FEVER | {"fever_explained": "yes", "hypotension": "yes"}, "0"),
        (FEVER, "1"),
        (FEVER | {"hypotension": "yes"}, "2"),
        (FEVER | {"oxygen": "low flow"}, "2"),
        (FEVER | {"oxygen": "blow-by"}, "2"),
        (FEVER | {"hypotension": "yes", "vasopressors": "1"}, "3"),
        (FEVER | {"hypotension": "yes", "vasopressors": "1", "vasopressin": "yes"}, "3"),
        (FEVER | {"hypotension": "yes", "vasopressin": "yes"}, "3"),
        (FEVER | {"oxygen": "high flow"}, "3"),
        (FEVER | {"oxygen": "facemask"}, "3"),
        (FEVER | {"oxygen": "non-rebreather"}, "3"),
        (FEVER | {"oxygen": "Venturi"}, "3"),
        (FEVER | {"vasopressors": "1", "oxygen": "low flow"}, "3"),
        (FEVER | {"vasopressors": "2"}, "4"),
        (FEVER | {"vasopressors": "2", "vasopressin": "yes"}, "4"),
        (FEVER | {"oxygen": "CPAP"}, "4"),
        (FEVER | {"oxygen": "BiPAP"}, "4"),
        (FEVER | {"oxygen": "ventilation"}, "4"),
        (FEVER | {"death": "yes"}, "5"),
        (WELL | {"masked": "yes"}, "0"),
        (WELL | {"masked": "yes", "hypotension": "yes"}, "2"),
        (WELL | {"masked": "yes", "oxygen": "CPAP"}, "4"),
        (FEVER | {"masked": "yes"}, "1"),
        (FEVER | {"oxygen": "unknown"}, "1 to 4"),
        (FEVER | {"hypotension": "unknown"}, "1 or 2"),
        (FEVER | {"vasopressors": "1", "hypotension": "unknown", "vasopressin": "unknown"}, "3"),
        (FEVER | {"vasopressors": "unknown", "oxygen": "CPAP"}, "4"),
        (FEVER | {"fever_explained": "unknown", "hypotension": "yes"}, "0 to 2"),
        (WELL | {"temperature_c": "unknown", "hypotension": "yes"}, "0 to 2"),
        (WELL | {"temperature_c": "unknown"}, "0 or 1"),
        (WELL | {"masked": "unknown"}, "0"),
        (FEVER | {"death": "unknown"}, "1 to 5"),
    ],
)
def test_the_grade_follows_the_worse_of_pressure_and_oxygen(typed: dict[str, str], text: str) -> None:
    assert grade_crs(read_crs(typed)).text == text


@pytest.mark.parametrize(
    ("typed", "because", "missing"),
    [
        (WELL, ("no fever of 38.0 °C or more that nothing else explains, nor one that was masked",), ()),
        (WELL | {"masked": "yes"}, ("no fever now, no hypotension, no oxygen needed",), ()),
        (FEVER, ("fever of 39.0 °C",), ()),
        (FEVER | {"hypotension": "yes", "oxygen": "blow-by"}, ("hypotension", "oxygen: blow-by"), ()),
        (FEVER | {"vasopressors": "2", "oxygen": "facemask"}, ("2 vasopressors",), ()),
        (FEVER | {"vasopressin": "yes"}, ("vasopressin",), ()),
        (FEVER | {"vasopressors": "1", "oxygen": "unknown"}, ("1 vasopressor",), ("oxygen",)),
        (FEVER | {"vasopressors": "unknown"}, ("fever of 39.0 °C",), ("vasopressors",)),
        (FEVER | {"fever_explained": "unknown", "masked": "unknown"}, (), ("fever_explained", "masked")),
        (WELL | {"masked": "unknown", "oxygen": "CPAP"}, (), ("masked",)),
        (
            {},
            (),
            ("temperature_c", "fever_explained", "masked", "vasopressors", "vasopressin", "hypotension", "oxygen"),
        ),
    ],
)
def test_a_grade_says_what_decides_it_and_what_is_missing(
    typed: dict[str, str], because: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    graded = grade_crs(read_crs(typed))
    assert (graded.scale, graded.because, graded.missing) == ("ASTCT 2019 CRS", because, missing)


def test_findings_are_read_whatever_their_capitals_and_hyphens() -> None:
    typed = {"temperature_c": "38.4", "fever_explained": "No", "oxygen": "Low-Flow", "vasopressors": "unknown"}
    assert read_crs(typed) == Crs(Decimal("38.4"), FALSE, UNKNOWN, UNKNOWN, None, UNKNOWN, "low flow")
    assert [read_crs({"oxygen": word.upper()}).oxygen for word in OXYGEN] == list(OXYGEN)
    assert (read_crs({}).death, read_crs({"death": " "}).death) == (FALSE, FALSE)
    assert (read_crs({"death": "yes"}).death, read_crs({"death": "unknown"}).death) == (TRUE, UNKNOWN)


@pytest.mark.parametrize(
    ("field", "word", "expected"),
    [
        ("temperature_c", "101.3", "degrees Celsius from 25 to 45, such as 38.4,"),
        ("temperature_c", "38,4", "degrees Celsius from 25 to 45, such as 38.4,"),
        ("masked", "maybe", "yes or no"),
        ("vasopressors", "ten", "a whole number from 0 to 9"),
        ("vasopressors", "10", "a whole number from 0 to 9"),
        ("oxygen", "-", f"one of: {', '.join(OXYGEN)}"),
        ("oxygen", "nasal", f"one of: {', '.join(OXYGEN)}"),
    ],
)
def test_a_finding_that_cannot_be_read_is_named_with_what_was_expected(field: str, word: str, expected: str) -> None:
    with pytest.raises(FormatError) as raised:
        read_crs(FEVER | {field: word})
    assert raised.value.message == (
        f"{field}: '{word}' was found, {expected} was expected. Correct it, or write unknown."
    )


def test_a_field_the_scale_does_not_have_is_refused() -> None:
    with pytest.raises(
        FormatError, match=rf"'temperature' is no finding of this scale; it asks for {', '.join(FIELDS)}"
    ):
        read_crs({"temperature": "38.4"})


@pytest.mark.parametrize(
    ("field", "value"), [("temperature_c", Decimal("101.3")), ("vasopressors", -1), ("oxygen", "nasal")]
)
def test_findings_that_cannot_be_are_refused(field: str, value: object) -> None:
    findings: dict[str, Any] = {"temperature_c": None, "vasopressors": None, "oxygen": None}
    truths = dict.fromkeys(("fever_explained", "masked", "hypotension", "vasopressin"), UNKNOWN)
    with pytest.raises(ValueError, match=f"{field} is "):
        Crs(**truths | findings | {field: value})
