"""Whether a value lies outside its reference range, and which range is a value's."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from trialwright.criteria import Concept
from trialwright.criteria.compare import compared
from trialwright.criteria.limits import enzyme_unit
from trialwright.facts import FALSE, TRUE, UNKNOWN, Quantity, Range, Truth, convert, quoted, read_unit
from trialwright.study import NormalRange


@dataclass(frozen=True, slots=True)
class OutOfRange:
    """TRUE, FALSE or UNKNOWN, with why: "above 40 U/L", "within 9-50 U/L"."""

    truth: Truth
    reason: str


def out_of_range(value: Quantity, range: Range | None, *, concept: Concept | None = None) -> OutOfRange:
    """Whether every value it may be lies outside the range; an end not printed is no limit.

    concept  lends the molar mass where value and range are in mass and in moles, and says what IU/L means
    UNKNOWN without a range, where the units do not meet, and where `<0.5` may lie on either side of an end.
    """
    if range is None or (range.low is None and range.high is None):
        return OutOfRange(UNKNOWN, "no reference range is known")
    shown_unit = range.unit or value.unit or ""
    answers: list[Truth] = []
    for end, comparator, word in ((range.low, "<", "below"), (range.high, ">", "above")):
        if end is None:
            continue
        limit = _in_unit_of(end, range, value, concept or Concept(name=""))
        if limit is None:
            text = f"the range is in {quoted(range.unit or '')}, the value in {quoted(value.unit or 'no unit')}"
            return OutOfRange(UNKNOWN, text)
        answers.append(compared(value.interval, comparator, limit))
        if answers[-1] is TRUE:
            return OutOfRange(TRUE, f"{word} {end} {shown_unit}".strip())
    shown = str(replace(range, unit=shown_unit or None))
    if UNKNOWN in answers:
        return OutOfRange(UNKNOWN, f"{value} may lie inside or outside {shown}")
    return OutOfRange(FALSE, f"within {shown}")


def range_of(value: Quantity, normal: NormalRange | None) -> Range | None:
    """The range to read a value by: its own, an end it does not print from the site's; None where neither has any.

    The site's end is taken beside the value's own one only where both are in the same unit.
    """
    own = value.range
    if own is None or (own.low is None and own.high is None):
        return None if normal is None else Range(normal.low, normal.high, normal.unit)
    printed = own.unit or value.unit
    if normal is None or printed is None or read_unit(printed) is None or read_unit(printed) != read_unit(normal.unit):
        return own
    return Range(normal.low if own.low is None else own.low, normal.high if own.high is None else own.high, printed)


def _in_unit_of(end: Decimal, range: Range, value: Quantity, concept: Concept) -> Fraction | None:
    """A range's end in the value's own unit; a range without a unit is in it already."""
    if range.unit is None or range.unit == value.unit:
        return Fraction(end)
    source, target = read_unit(range.unit), value.measured_in
    if source is None or target is None:
        return None
    return convert(Fraction(end), enzyme_unit(source, concept), enzyme_unit(target, concept), concept.molar_mass)
