"""A laboratory's number as it was typed: decimal, comparator, unit, and the laboratory's own range."""

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from functools import cached_property

from trialwright.errors import FormatError
from trialwright.facts.text import quoted, shortened
from trialwright.facts.units import Unit, fold, read_unit

# Sign, digits, exponent. ASCII digits only, no thousands separator: "1,234" is 1.234 to half the world.
_NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?"
_DECIMAL = re.compile(_NUMBER + r"\Z")
_QUANTITY = re.compile(rf"(<=|>=|<|>|=)?\s*({_NUMBER})\s*(.*)\Z", re.DOTALL)
_RANGE = re.compile(rf"({_NUMBER})\s*(?:--|-|~|–|—)\s*({_NUMBER})\Z")
_SIGNS = str.maketrans({"≤": "<=", "≦": "<=", "⩽": "<=", "≥": ">=", "≧": ">=", "⩾": ">=", "〈": "<", "〉": ">"})
_POWER = re.compile(r"10\*([0-9]+)\Z")
_ARROWS = re.compile(r"[↑↓⬆⬇]")
_BEYOND = re.compile(r"[-+]?[0-9.]+[eE][-+]?[0-9]{3,}")
_MARK = re.compile(r"(?:HH?|LL|[Nn]|\*+|[↑↓]|偏?高|偏?低|正常)\Z")
_LONGEST = 60

Bound = tuple[Fraction, bool]  # a bound and whether it belongs to the interval


@dataclass(frozen=True, slots=True)
class Range:
    """A laboratory's reference range; an end not printed is None, a unit not printed the value's own."""

    low: Decimal | None = None
    high: Decimal | None = None
    unit: str | None = None

    def __str__(self) -> str:
        ends = {
            (True, True): f"{self.low}-{self.high}",
            (False, True): f"<= {self.high}",
            (True, False): f">= {self.low}",
        }
        shown = ends.get((self.low is not None, self.high is not None), "no limits")
        return f"{shown} {shortened(self.unit)}" if self.unit else shown


@dataclass(frozen=True)
class Quantity:
    """A number as typed: `2.10` keeps its zero; `<10` is every value below ten, not ten.

    unit  as it was written, None if none was: an empty unit is no unit.
    """

    number: Decimal
    unit: str | None = None
    comparator: str = ""
    range: Range | None = None

    @cached_property
    def measured_in(self) -> Unit | None:
        """The unit of the closed table; None where none was given or the table does not hold it."""
        return None if self.unit is None else read_unit(self.unit)

    @cached_property
    def interval(self) -> tuple[Bound | None, Bound | None]:
        """The lower and upper bound of what the value may be, in its own unit; None is no bound."""
        point = Fraction(self.number)
        match self.comparator:
            case "<" | "<=":
                return None, (point, self.comparator == "<=")
            case ">" | ">=":
                return (point, self.comparator == ">="), None
            case _:
                return (point, True), (point, True)

    def __str__(self) -> str:
        shown = f"{self.comparator}{self.number}"
        return f"{shown} {shortened(self.unit)}" if self.unit and self.unit != "1" else shown


def parse_decimal(text: str) -> Decimal:
    """The decimal a text says, digits kept as typed. Raises FormatError.

    Full-width digits are read; other scripts' digits, thousands separators and NaN are not.
    """
    plain = fold(text).strip()
    _check_size(text, plain)
    if len(plain) > _LONGEST or not _DECIMAL.match(plain):
        raise FormatError(f"{quoted(text)} is not a number. Write digits with a decimal point, such as 2.1.")
    return Decimal(plain)


def parse_quantity(text: str, unit: str | None = None, range: Range | None = None) -> Quantity:
    """The quantity a laboratory printed: `2.1`, `<0.5`, `≥ 3`, `３.２↑`, `1.2×10^9/L`, `52 %`.

    unit  the unit's own column; where `text` carries a unit too, both must name the same one.
    Raises FormatError for text that is no number (阴性 is a word, not a quantity: see `criteria.read_facts`).
    The arrows ↑ ↓ repeat what the range says and are dropped.
    """
    plain = _ARROWS.sub("", fold(text).translate(_SIGNS)).strip()
    _check_size(text, plain)
    found = _QUANTITY.match(plain) if len(plain) <= _LONGEST else None
    if found is None:
        raise FormatError(f"{quoted(text)} is not a number. Write digits with a decimal point, such as 2.1 or <0.5.")
    comparator, number, rest = found.group(1) or "", found.group(2), found.group(3).strip()
    own = unit.strip() if unit and unit.strip() else None
    if rest and (inline := read_unit(rest)) is None:
        raise FormatError(f"{quoted(text)}{_no_unit(rest)}")
    if rest and own and (power := _POWER.match(inline.code if inline else "")):
        # "2.3×10^6" beside a column that says /kg: the power belongs to the number
        return Quantity(
            Decimal(number).scaleb(int(power.group(1))), own, "" if comparator == "=" else comparator, range
        )
    if rest and own and inline != read_unit(own):
        raise FormatError(
            f"{quoted(text)} names the unit {rest}, its unit column {shortened(own)}. Keep the one that is right."
        )
    return Quantity(Decimal(number), own or rest or None, "" if comparator == "=" else comparator, range)


def parse_range(text: str, unit: str | None = None) -> Range:
    """The range a laboratory printed: `0.5-1.1`, `9～50`, `<40`, `≥60`. Raises FormatError."""
    plain = fold(text).translate(_SIGNS).strip()
    _check_size(text, plain)
    if len(plain) > 2 * _LONGEST:
        raise FormatError(f"{quoted(text)} is not a range. Write 0.5-1.1, <40 or >=60.")
    if found := _RANGE.match(plain):
        low, high = Decimal(found.group(1)), Decimal(found.group(2))
        if low > high:
            raise FormatError(
                f"{quoted(text)}: the range's lower end is above its upper end. Check the laboratory's report."
            )
        return Range(low, high, unit)
    found = _QUANTITY.match(plain)
    if found is None or not found.group(1) or found.group(1) == "=" or found.group(3):
        raise FormatError(f"{quoted(text)} is not a range. Write 0.5-1.1, <40 or >=60.")
    limit = Decimal(found.group(2))
    return Range(None, limit, unit) if found.group(1)[0] == "<" else Range(limit, None, unit)


def _check_size(text: str, plain: str) -> None:
    """Refuses a number that no laboratory prints, in words that point at the number."""
    if _BEYOND.search(plain[: 2 * _LONGEST]):
        raise FormatError(f"{quoted(text)} is beyond anything measured. Check the exponent.")
    if len(plain) > _LONGEST and plain.strip("+-.0123456789") == "":
        raise FormatError(f"{quoted(text)}: a number of {len(plain)} characters; no laboratory prints one. Correct it.")


def _no_unit(rest: str) -> str:
    """What is wrong with the text after a number that names no unit; often the number itself is."""
    if rest.startswith((",", "'", "\N{MIDDLE DOT}")):
        return ": write the decimal sign as a point, and no sign between thousands."
    if rest[0] in ".0123456789+-<>=":
        return " is more than one number. Write one value in each fact."
    if rest in ("e", "E", "e+", "e-", "E+", "E-"):
        return ": the exponent has no digits. Write 2.5e3, or the number in full."
    if _MARK.match(rest):
        return f": {rest!r} is the laboratory's mark, and no unit. Leave it out; the range says the same."
    return f": {rest!r} after the number is no unit we know. Write its UCUM code, such as umol/L."


def format_decimal(value: Fraction, places: int = 4) -> str:
    """A fraction for reading: at most `places` significant digits after rounding, never an exponent.

    >>> format_decimal(Fraction(18564, 100)), format_decimal(Fraction(260)), format_decimal(Fraction(12345678))
    ('185.6', '260', '12345678')
    """
    if value == 0:
        return "0"
    number = Decimal(value.numerator) / Decimal(value.denominator)
    digits = max(places - 1 - number.adjusted(), 0)
    shown = f"{number:.{min(digits, 12)}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def format_scientific(value: Decimal, digits: int | None = None) -> str:
    """As people write a number of cells: 1.75e7; with `digits`, rounded to so many.

    >>> format_scientific(Decimal("17485714"), 3), format_scientific(Decimal("5e6"))
    ('1.75e7', '5e6')
    """
    short = Context(prec=digits).plus(value) if digits else value
    return f"{short.scaleb(-short.adjusted()).normalize():f}e{short.adjusted()}" if short else "0"
