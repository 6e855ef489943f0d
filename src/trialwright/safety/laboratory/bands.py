"""Between which values a grade lies, for one person on one day: what a plot of the laboratory is shaded with."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from trialwright.criteria import Concept, Library, Reason, shipped_library
from trialwright.criteria.compare import Interval, unit_of
from trialwright.facts import Quantity, Range, Unit, convert
from trialwright.safety.laboratory.compared import Known, known_of, place_of
from trialwright.safety.laboratory.grading import grade_value
from trialwright.safety.laboratory.rules import Clause, LabRule


@dataclass(frozen=True, slots=True)
class Band:
    """A grade and the values it lies between, in the unit of the value asked about; None is no end."""

    grade: int
    low: Fraction | None
    high: Fraction | None


def grade_bands(
    rule: LabRule,
    value: Quantity,
    *,
    range: Range | None,
    baseline: Quantity | None,
    library: Library | None = None,
) -> tuple[Band, ...]:
    """The grades above 0 that values in the unit of `value` have under a rule, from the lowest value up.

    The limits are the clauses'; which grade lies between two of them is asked of `grade_value` itself, so that a band
    can never say another grade than the value in it has. Where that is not known (no limit of the laboratory), there
    is no band; none at all where the unit cannot be compared.
    """
    library = _believing(library or shipped_library(), rule.concept)
    concept = library.concepts.get(rule.concept) or Concept(name=rule.concept)
    limits = sorted(set(_limits(rule, value, range, baseline, concept)))
    return tuple(_merged(_between(rule, value, limits, range, baseline, library)))


def _believing(library: Library, name: str) -> Library:
    """The library with a concept that believes every value: a band goes on where no value can be."""
    concept = library.concepts.get(name)
    if concept is None:
        return library
    return replace(library, concepts={**library.concepts, name: replace(concept, plausible=(None, None))})


def _limits(
    rule: LabRule, value: Quantity, range: Range | None, baseline: Quantity | None, concept: Concept
) -> Iterator[Fraction]:
    """Every limit a clause compares with, in the value's own unit."""
    place = place_of(rule, value, concept)
    own = unit_of(value, concept)
    if isinstance(place, Reason) or isinstance(own, Reason):
        return
    table, unit = place
    known = known_of(rule, value, range, baseline, unit, concept)
    for clause in table.clauses:
        limit = _limit(clause, known)
        if limit is not None and (shown := _in_own(limit, unit, own, concept)) is not None and shown > 0:
            yield shown


def _in_own(limit: Fraction, unit: Unit, own: Unit, concept: Concept) -> Fraction | None:
    return convert(limit, unit, own, concept.molar_mass)


def _limit(clause: Clause, known: Known) -> Fraction | None:
    """The value at which a clause begins to hold; None where what it counts from is not known exactly."""
    factor = Fraction(clause.factor)
    if clause.operand == "drop_abs":
        before = _exact(known.baseline)
        return None if before is None else before - factor
    if clause.operand == "rise_above_uln":
        upper = _exact(known.uln)
        return None if upper is None else upper + factor
    if clause.reference == "abs":
        return factor
    of = {"LLN": known.lln, "ULN": known.uln, "BASE": known.baseline}[clause.reference]
    point = _exact(of)
    return None if point is None else point * factor


def _exact(interval: Interval | Reason) -> Fraction | None:
    if isinstance(interval, Reason):
        return None
    low, high = interval
    return low[0] if low is not None and high is not None and low[0] == high[0] else None


def _between(
    rule: LabRule,
    value: Quantity,
    limits: list[Fraction],
    range: Range | None,
    baseline: Quantity | None,
    library: Library,
) -> Iterator[Band]:
    """Each stretch between two limits with its grade, grade 0 and what is not known left out."""
    ends: list[Fraction | None] = [None, *limits, None]
    for low, high in itertools.pairwise(ends):
        probe = Quantity(_decimal(_inside(low, high)), value.unit)
        graded = grade_value(rule, probe, range=range, baseline=baseline, library=library)
        if graded.known and graded.lowest > 0:
            yield Band(graded.lowest, low, high)


def _inside(low: Fraction | None, high: Fraction | None) -> Fraction:
    if low is None:
        return (high or Fraction(1)) / 2
    return low * 2 if high is None else (low + high) / 2


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


def _merged(bands: Iterator[Band]) -> Iterator[Band]:
    """Neighbours of the same grade as one."""
    last: Band | None = None
    for band in bands:
        if last is not None and last.grade == band.grade and last.high == band.low:
            last = Band(last.grade, last.low, band.high)
            continue
        if last is not None:
            yield last
        last = band
    if last is not None:
        yield last
