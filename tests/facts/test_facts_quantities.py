"""Numbers as laboratories print them."""

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest

from trialwright.errors import FormatError
from trialwright.facts import Quantity, Range, parse_decimal, parse_occurred, parse_quantity, parse_range


@pytest.mark.parametrize(
    ("text", "unit", "number", "comparator", "measured"),
    [
        ("2.1", "mg/dL", "2.1", "", "mg/dL"),
        ("2.10", "mg/dL", "2.10", "", "mg/dL"),
        ("<0.5", "mg/L", "0.5", "<", "mg/L"),
        ("＜0.5", "mg/L", "0.5", "<", "mg/L"),
        ("≤3", "mg/L", "3", "<=", "mg/L"),
        ("≥ 3", "mg/L", "3", ">=", "mg/L"),
        (">= 3", "mg/L", "3", ">=", "mg/L"),
        ("３.２", "g/L", "3.2", "", "g/L"),
        ("3.2↑", "g/L", "3.2", "", "g/L"),
        ("↓ 3.2", "g/L", "3.2", "", "g/L"),
        ("1.2×10^9/L", None, "1.2", "", "10*9/L"),
        ("2.3×10^6", "/kg", "2.3E+6", "", "/kg"),
        ("<1×10⁵", "/kg", "1E+5", "<", "/kg"),
        ("52 %", None, "52", "", "%"),
        ("52 %", "%", "52", "", "%"),
        ("2e5", "/kg", "2E+5", "", "/kg"),
        ("-1.5", "mmol/L", "-1.5", "", "mmol/L"),
    ],
)
def test_a_printed_value_is_read(text: str, unit: str | None, number: str, comparator: str, measured: str) -> None:
    quantity = parse_quantity(text, unit)
    assert str(quantity.number) == number
    assert quantity.comparator == comparator
    assert quantity.measured_in is not None
    assert quantity.measured_in.code == measured


@pytest.mark.parametrize(
    "text",
    ["", "阴性", "1,234", "1.2.3", "٣", "NaN", "Infinity", "1e999", "2-3", "3 foo", "~5", "1_000", "5\n6", "9" * 100],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        parse_quantity(text, "mg/dL")


def test_two_units_that_differ_are_refused() -> None:
    with pytest.raises(FormatError, match="Keep the one that is right"):
        parse_quantity("2.1 mg/dL", "umol/L")


def test_an_empty_unit_is_no_unit() -> None:
    assert parse_quantity("2.1", "").unit is None
    assert parse_quantity("2.1", "  ").measured_in is None


def test_a_comparator_is_an_interval() -> None:
    assert Quantity(Decimal(5), None, "<").interval == (None, (Fraction(5), False))
    assert Quantity(Decimal(5), None, "<=").interval == (None, (Fraction(5), True))
    assert Quantity(Decimal(5), None, ">").interval == ((Fraction(5), False), None)
    assert Quantity(Decimal("5.5")).interval == ((Fraction(11, 2), True), (Fraction(11, 2), True))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("0.5-1.1", "0.5", "1.1"), ("9～50", "9", "50"), ("9--50", "9", "50"), ("<40", None, "40"), ("≥60", "60", None)],
)
def test_a_printed_range_is_read(text: str, low: str | None, high: str | None) -> None:
    found = parse_range(text)
    assert (found.low, found.high) == (low and Decimal(low), high and Decimal(high))


@pytest.mark.parametrize("text", ["", "40", "5-3", "a-b", "=4", "<4 U/L"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        parse_range(text)


def test_a_range_says_which_ends_it_has() -> None:
    assert [
        str(each) for each in (Range(Decimal(1), Decimal(2), "g/L"), Range(None, Decimal(2)), Range(Decimal(1)))
    ] == [
        "1-2 g/L",
        "<= 2",
        ">= 1",
    ]
    assert str(Range()) == "no limits"


def test_a_decimal_keeps_its_digits() -> None:
    assert str(parse_decimal("２.１0")) == "2.10"
    with pytest.raises(FormatError):
        parse_decimal("<2")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1e999", "'1e999' is beyond anything measured. Check the exponent."),
        ("2,9", "'2,9': write the decimal sign as a point"),
        ("2，9", "'2，9': write the decimal sign as a point"),
        ("80 H", "'80 H': 'H' is the laboratory's mark, and no unit."),
        ("3.1 偏低", "'偏低' is the laboratory's mark, and no unit."),
        ("1.2.3", "'1.2.3' is more than one number."),
        ("80 90", "'80 90' is more than one number."),
        ("2.5e", "'2.5e': the exponent has no digits."),
        ("3 foo", "'3 foo': 'foo' after the number is no unit we know."),
        ("9" * 10_000, "a number of 10000 characters; no laboratory prints one."),
    ],
)
def test_a_refusal_points_at_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(FormatError) as refused:
        parse_quantity(text, "umol/L")
    assert says in refused.value.message


@pytest.mark.parametrize("read", [parse_decimal, parse_quantity, parse_range, parse_occurred])
@pytest.mark.parametrize("piece", ["9", "x", "e9", "T", "\0", "1 "])
def test_a_message_never_repeats_more_than_sixty_characters(read: Callable[[str], object], piece: str) -> None:
    with pytest.raises(FormatError) as refused:
        read(piece * 10_000)
    assert max(len(part) for part in re.findall(r"'([^']*)'", refused.value.message)) <= 60
    assert len(refused.value.message) < 200


def test_a_number_of_thousands_of_digits_ends_no_range() -> None:
    with pytest.raises(FormatError, match="no laboratory prints one"):
        parse_range("0-" + "9" * 10_000)
