"""A value, its limits and its baseline brought to one unit, exactly: intervals that can be compared."""

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trialwright.criteria import Concept, Reason, ReasonKind
from trialwright.criteria.compare import Interval, compared, implausible, unit_of
from trialwright.criteria.limits import enzyme_unit
from trialwright.facts import Quantity, Range, Truth, Unit, convert, quoted, read_unit
from trialwright.facts.quantities import Bound
from trialwright.facts.units import NUMBER, UNITS
from trialwright.safety.laboratory.rules import Clause, LabRule, Table
from trialwright.safety.laboratory.words import units_words

_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Known:
    """What a clause is asked of, all in one unit; a Reason stands where something cannot be used or is missing."""

    value: Interval
    lln: Interval | Reason
    uln: Interval | Reason
    baseline: Interval | Reason


def place_of(rule: LabRule, value: Quantity, concept: Concept) -> tuple[Table, Unit] | Reason:
    """The table that grades a value and the unit it is compared in, or why there is none.

    The reported unit, where CTCAE prints limits in it: its SI limits are rounded (haemoglobin 10.0 g/dL is
    6.206 mmol/L, and 6.2 is printed), so a value is never converted away from a printed unit. Else a printed unit of
    the same kind; else the rule's main unit by the molar mass.
    """
    unit = unit_of(value, concept)
    problem = unit if isinstance(unit, Reason) else implausible(value, unit, concept)
    if isinstance(unit, Reason) or problem is not None:
        return problem or unit  # type: ignore[return-value]
    main = rule.tables[0]
    if main.unit is None:
        canonical = UNITS[concept.unit] if concept.unit else unit
        return (main, unit) if _reaches(unit, canonical, concept) else _elsewhere(rule, value, unit)
    for table in rule.tables:
        if table.unit == unit.code:
            return table, unit
    if main.unit == "1" and unit.kind == NUMBER:  # 90 % beside an INR is another test, not an INR of 0.9
        return _elsewhere(rule, value, unit)
    printed = [(table, UNITS[table.unit]) for table in rule.tables if table.unit]
    same_kind = [(table, code) for table, code in printed if code.kind == unit.kind]
    if same_kind:
        return same_kind[0]
    return printed[0] if _reaches(unit, printed[0][1], concept) else _elsewhere(rule, value, unit)


def known_of(
    rule: LabRule, value: Quantity, limits: Range | None, baseline: Quantity | None, unit: Unit, concept: Concept
) -> Known:
    """Value, limits and baseline in `unit`. The value's own unit must reach it (`place_of` saw to that)."""
    own = unit_of(value, concept)
    assert isinstance(own, Unit)
    found = _interval_in(value, own, unit, concept)
    assert found is not None
    return Known(
        _whole(found) if rule.whole else found,
        _limit(limits, "LLN", own, unit, concept),
        _limit(limits, "ULN", own, unit, concept),
        _baseline(rule, baseline, unit, concept),
    )


def holds(clause: Clause, known: Known) -> Truth | Reason:
    """Whether a clause's comparison holds, its condition apart; the Reason where a limit it needs is not known."""
    factor = Fraction(clause.factor)
    if clause.operand == "drop_abs":
        return _compared_difference(known.baseline, known.value, clause.comparator, factor)
    if clause.operand == "rise_above_uln":
        return _compared_difference(known.value, known.uln, clause.comparator, factor)
    match clause.reference:
        case "abs":
            return compared(known.value, clause.comparator, factor)
        case "LLN":
            limit = known.lln
        case "ULN":
            limit = known.uln
        case "BASE":
            limit = known.baseline
    if isinstance(limit, Reason):
        return limit
    return _compared_difference(known.value, _times(limit, factor), clause.comparator, Fraction(0))


def beyond(one: Interval | Reason, comparator: str, other: Interval | Reason) -> Truth | Reason:
    """Whether one known thing lies above (`>`) or below (`<`) another."""
    return _compared_difference(one, other, comparator, Fraction(0))


def _reaches(source: Unit, target: Unit, concept: Concept) -> bool:
    return convert(Fraction(1), source, target, concept.molar_mass) is not None


def _elsewhere(rule: LabRule, value: Quantity, unit: Unit) -> Reason:
    wanted = units_words(rule) if rule.tables[0].unit else "units that its concept can be brought to"
    text = f"{value}: {rule.term} is graded in {wanted}, and {unit.code} is none. Ask the laboratory."
    return Reason(ReasonKind.NO_UNIT, text, rule.concept)


def _interval_in(value: Quantity, source: Unit, target: Unit, concept: Concept) -> Interval | None:
    low, high = value.interval
    ends: list[Bound | None] = []
    for end in (low, high):
        said = None if end is None else convert(end[0], source, target, concept.molar_mass)
        if end is not None and said is None:
            return None
        ends.append(None if end is None or said is None else (said, end[1]))
    return ends[0], ends[1]


def _whole(interval: Interval) -> Interval:
    """Ends rounded to whole numbers, halves up. An open end becomes a closed one: 480.4 may round to the same."""
    low, high = interval
    return (
        None if low is None else (Fraction(math.floor(low[0] + _HALF)), True),
        None if high is None else (Fraction(math.floor(high[0] + _HALF)), True),
    )


def _limit(limits: Range | None, end: str, own: Unit, unit: Unit, concept: Concept) -> Interval | Reason:
    """An end of the reference range; a range without a unit is in the value's own."""
    number: Decimal | None = None
    if limits is not None:
        number = limits.low if end == "LLN" else limits.high
    if limits is None or number is None:
        text = f"no {end} is known: add the laboratory's reference range of that day"
        return Reason(ReasonKind.NO_REFERENCE_RANGE, text, concept.name)
    source = own if limits.unit is None else read_unit(limits.unit)
    said = None
    if source is not None:
        said = convert(Fraction(number), enzyme_unit(source, concept), unit, concept.molar_mass)
    if said is None:
        text = f"the reference range's unit {quoted(limits.unit or '')} cannot be brought to {unit.code}"
        return Reason(ReasonKind.NO_REFERENCE_RANGE, text, concept.name)
    if said < 0 or (said == 0 and end == "ULN"):
        return Reason(ReasonKind.NO_REFERENCE_RANGE, f"an {end} of {number} cannot be: check the range", concept.name)
    return (said, True), (said, True)


def _baseline(rule: LabRule, baseline: Quantity | None, unit: Unit, concept: Concept) -> Interval | Reason:
    if baseline is None:
        return Reason(ReasonKind.MISSING, "no baseline is known", concept.name)
    source = unit_of(baseline, concept)
    problem = source if isinstance(source, Reason) else implausible(baseline, source, concept)
    if isinstance(source, Reason) or problem is not None:
        shown = problem or source
        assert isinstance(shown, Reason)
        return Reason(shown.kind, f"the baseline: {shown.text}", concept.name)
    found = _interval_in(baseline, source, unit, concept)
    if found is None:
        text = f"the baseline {baseline} cannot be brought to {unit.code}"
        return Reason(ReasonKind.NO_UNIT, text, concept.name)
    return _whole(found) if rule.whole else found


def _compared_difference(
    one: Interval | Reason, other: Interval | Reason, comparator: str, limit: Fraction
) -> Truth | Reason:
    """`one - other comparator limit`, over everything the two may be."""
    if isinstance(one, Reason):
        return one
    if isinstance(other, Reason):
        return other
    (low, high), (least, most) = one, other
    return compared((_minus(low, most), _minus(high, least)), comparator, limit)


def _minus(one: Bound | None, other: Bound | None) -> Bound | None:
    return None if one is None or other is None else (one[0] - other[0], one[1] and other[1])


def _times(interval: Interval, factor: Fraction) -> Interval:
    """Every multiple by a positive factor."""
    low, high = interval
    return (
        None if low is None else (low[0] * factor, low[1]),
        None if high is None else (high[0] * factor, high[1]),
    )
