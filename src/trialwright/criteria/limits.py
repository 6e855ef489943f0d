"""Limits that are multiples of something else: the laboratory's own range, a baseline, a nadir."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from trialwright.criteria.asking import Asking
from trialwright.criteria.criterion import Reason, ReasonKind
from trialwright.criteria.language import Threshold
from trialwright.criteria.library import Concept, ReferenceRange
from trialwright.criteria.person import Observation
from trialwright.facts import Occurred, Quantity, Unit, completed_years, convert, format_decimal, quoted, read_unit
from trialwright.facts.units import UNITS

# What "baseline" counts back from: the first of these that has happened.
BASELINE_ANCHORS = ("baseline", "first_dose", "infusion_1", "infusion", "cycle_1", "enrolment")

RelativeLimit = tuple[Fraction, str]


def relative_limit(threshold: Threshold, row: Observation, unit: Unit, asking: Asking) -> RelativeLimit | Reason:
    """The limit in the row's unit with words such as "2.5 x ULN = 100 U/L", or why there is none."""
    if threshold.unit in ("ULN", "LLN"):
        found = _laboratory_limit(threshold.unit, row, unit, asking)
    else:
        found = _own_limit(threshold.unit, row, unit, asking)
    if isinstance(found, Reason):
        return found
    limit = Fraction(threshold.number) * found
    return limit, f"{threshold.number} x {threshold.unit} = {format_decimal(limit)} {unit.code}"


def enzyme_unit(unit: Unit, concept: Concept) -> Unit:
    """The unit meant: U/L where the concept says that this laboratory's IU/L is the enzyme unit."""
    return UNITS["U/L"] if concept.iu_is_u and unit.code == "[iU]/L" else unit


def _laboratory_limit(end: str, row: Observation, unit: Unit, asking: Asking) -> Fraction | Reason:
    """The end of the row's own range in the row's unit; without one, the site's table."""
    concept = asking.concept(row.concept)
    own = row.value.range if isinstance(row.value, Quantity) else None
    limit = None if own is None else own.high if end == "ULN" else own.low
    if limit is not None and own is not None:
        printed = own.unit or (row.value.unit if isinstance(row.value, Quantity) else None)
        return _in_unit(limit, printed, unit, concept)
    ends = ((table.high if end == "ULN" else table.low, table.unit) for table in _site_ranges(row, asking))
    limits = {(value, code) for value, code in ends if value is not None}
    if len(limits) == 1:
        value, code = limits.pop()
        return _in_unit(value, code, unit, concept)
    if limits:
        text = (
            f"the site's table gives several {end}s for {row.concept} on {row.on}: sex or age decides, and is not known"
        )
        return Reason(ReasonKind.NO_REFERENCE_RANGE, text, row.concept)
    text = f"{row.value} on {row.on} carries no {end}, and the site's table has none for that day"
    return Reason(ReasonKind.NO_REFERENCE_RANGE, text, row.concept)


def _in_unit(limit: Decimal, printed: str | None, unit: Unit, concept: Concept) -> Fraction | Reason:
    source = unit if printed is None else read_unit(printed)
    found = None
    if source is not None:
        found = convert(Fraction(limit), enzyme_unit(source, concept), unit, concept.molar_mass)
    if found is None:
        text = f"the reference range's unit {quoted(printed or '')} cannot be brought to {unit.code}"
        return Reason(ReasonKind.NO_REFERENCE_RANGE, text, concept.name)
    if found <= 0:
        return Reason(ReasonKind.NO_REFERENCE_RANGE, f"a limit of {limit} has no multiples", concept.name)
    return found


def _site_ranges(row: Observation, asking: Asking) -> Iterator[ReferenceRange]:
    """The site's limits that may hold for this row: a sex or age not known leaves all that it could be."""
    person, day = asking.person, row.on
    for table in asking.ranges:
        if table.concept != row.concept:
            continue
        if table.valid_from and day.latest < table.valid_from:
            continue
        if table.valid_to and day.earliest > table.valid_to:
            continue
        if table.sex and person.sex and table.sex != person.sex:
            continue
        if person.born is not None:
            youngest, oldest = completed_years(person.born, day.latest)
            if table.age_from is not None and oldest < table.age_from:
                continue
            if table.age_to is not None and youngest > table.age_to:
                continue
        yield table


def _own_limit(kind: str, row: Observation, unit: Unit, asking: Asking) -> Fraction | Reason:
    """The person's own baseline, or the lowest value from baseline to this row (nadir), in the row's unit."""
    begins = next((moment for name in BASELINE_ANCHORS if (moment := asking.anchor(name)) is not None), None)
    if begins is None:
        return Reason(ReasonKind.MISSING, f"no {kind}: treatment has not begun", row.concept)
    rows = [each for each in asking.usable(Observation, row.concept) if isinstance(each, Observation)]
    before = [each for each in rows if each.on.latest <= begins.earliest]
    if not before:
        return Reason(ReasonKind.MISSING, f"no {row.concept} is recorded on or before {begins}", row.concept)
    last = max(each.on.latest for each in before)
    baseline = [each for each in before if each.on.latest == last]
    if kind == "baseline":
        values = [_point(each, unit, asking) for each in baseline]
        exact = {value for value in values if value is not None}
        if None in values or len(exact) != 1:
            text = f"the baseline of {last} is not one exact value in {unit.code}"
            return Reason(ReasonKind.IMPRECISE, text, row.concept)
        return exact.pop()
    since = [each for each in rows if last <= each.on.earliest and each.on.latest <= row.on.latest]
    return _nadir([_point(each, unit, asking) for each in since], row.on, row.concept)


def _nadir(values: list[Fraction | None], on: Occurred, concept: str) -> Fraction | Reason:
    exact = [value for value in values if value is not None]
    if not exact or len(exact) != len(values):
        return Reason(ReasonKind.IMPRECISE, f"the lowest value up to {on} is not exactly known", concept)
    return min(exact)


def _point(row: Observation, unit: Unit, asking: Asking) -> Fraction | None:
    value = row.value
    if isinstance(value, str) or value.comparator or value.measured_in is None:
        return None
    return convert(Fraction(value.number), value.measured_in, unit, asking.concept(row.concept).molar_mass)
