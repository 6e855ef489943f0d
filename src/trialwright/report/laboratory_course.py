"""What was measured of a person, concept by concept: points to plot in one unit, bands of grades, what is left out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from trialwright.criteria import Concept, Library
from trialwright.facts import Quantity, Range, convert, format_decimal, parse_occurred
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.baselines import treatment_baseline
from trialwright.safety.laboratory.bands import Band, grade_bands
from trialwright.safety.laboratory.rules import terms_for
from trialwright.safety.laboratory.values import LabValue, baseline_value, laboratory
from trialwright.study import library_of
from trialwright.study.model import Study

FIRST: Final = ("anc", "platelets", "hemoglobin", "wbc", "alt", "ast", "bilirubin", "creatinine")
"""What is looked at first; the rest follows by name."""
SPREAD: Final = 20
"""A logarithmic scale is chosen where the highest value is so many times the lowest."""


@dataclass(frozen=True, slots=True)
class Point:
    """One value: where it is written, its day, the number in the plot's unit, as reported, its certain grade."""

    id: str  # the value's own: a7f#2
    entry: str
    on: date
    at: float
    text: str
    grade: int | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A value that is not plotted, and why."""

    id: str
    entry: str
    on: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class LabCourse:
    """One concept over time. `newest` is the last value measured, plotted or not; `log` asks for that scale.

    bands     by the newest value's own limits, in `unit`, from the lowest up; `lower`, `upper` those limits
    baseline  the last value before treatment, in `unit`
    infused   days of infusion
    """

    concept: str
    name: str
    unit: str
    points: tuple[Point, ...]
    left_out: tuple[LeftOut, ...]
    newest: LabValue
    term: str | None
    bands: tuple[Band, ...]
    lower: float | None
    upper: float | None
    baseline: float | None
    infused: tuple[date, ...]
    log: bool
    values: tuple[LabValue, ...]

    @property
    def grade(self) -> int | None:
        """The highest grade the newest value certainly has; None where that is not known."""
        return certain_grade(self.newest)


def certain_grade(value: LabValue) -> int | None:
    """The highest grade a value certainly has, 0 for none; None where a grade is open, or nothing grades it."""
    graded = [found for one in value.grades if (found := value.graded(one.term)) is not None]
    if not graded or any(low != high for low, high in graded):
        return None
    return max(low for low, _ in graded)


def laboratory_courses(
    study: Study, trial: Trial, book: Casebook, values: tuple[LabValue, ...] | None = None
) -> tuple[LabCourse, ...]:
    """Every concept measured of a person, those looked at first first. `values` where they are known already."""
    values = laboratory(study, trial, book) if values is None else values
    library = library_of(study.eligibility)
    of: dict[str, list[LabValue]] = {}
    for value in values:
        of.setdefault(value.measured.concept, []).append(value)
    infused = tuple(_days(book))
    order = sorted(of, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
    return tuple(_course(book, name, tuple(of[name]), library, infused) for name in order)


def _days(book: Casebook) -> Iterator[date]:
    for entry in book.infusions:
        if entry.occurred:
            yield parse_occurred(entry.occurred).earliest


def _course(
    book: Casebook, name: str, values: tuple[LabValue, ...], library: Library, infused: tuple[date, ...]
) -> LabCourse:
    concept = library.concepts.get(name) or Concept(name=name)
    newest = values[-1]
    shown = next((one.measured.quantity for one in reversed(values) if _has_unit(one.measured.quantity)), None)
    points, left_out = _placed(values, shown, concept)
    rows = tuple(one.measured for one in values)
    start = treatment_baseline(book)
    before = baseline_value(rows, newest.measured, start.at if start else None)
    of = next((one for one in reversed(values) if one.measured.quantity is shown), newest)
    term, bands = _bands(name, shown, of.range, before.quantity if before else None, library)
    lower, upper = _limits(of.range, shown, concept)
    numbers = [point.at for point in points]
    log = bool(numbers) and min(numbers) > 0 and max(numbers) / min(numbers) >= SPREAD
    unit = (shown.unit or "1") if shown else ""
    baseline = _number(before.quantity, shown, concept) if before and shown else None
    label = concept.en or name.replace("_", " ")
    return LabCourse(
        concept=name,
        name=label,
        unit="" if unit == "1" else unit,
        points=points,
        left_out=left_out,
        newest=newest,
        term=term,
        bands=bands,
        lower=lower,
        upper=upper,
        baseline=baseline,
        infused=infused,
        log=log,
        values=values,
    )


def _has_unit(quantity: Quantity) -> bool:
    return quantity.unit is not None and not quantity.comparator


def _placed(
    values: Iterable[LabValue], shown: Quantity | None, concept: Concept
) -> tuple[tuple[Point, ...], tuple[LeftOut, ...]]:
    """Values that can be plotted, and those that cannot with the reason."""
    points: list[Point] = []
    left_out: list[LeftOut] = []
    for value in values:
        row = value.measured
        number = None if shown is None else _number(row.quantity, shown, concept)
        if number is None or not row.on.exact:
            why = _why(row.quantity, row.on.exact)
            left_out.append(LeftOut(row.id, row.entry.id, str(row.on), str(row.quantity), why))
        else:
            grade = certain_grade(value)
            points.append(Point(row.id, row.entry.id, row.on.earliest, number, str(row.quantity), grade))
    return tuple(points), tuple(left_out)


def _why(quantity: Quantity, exact: bool) -> str:
    if quantity.comparator:
        return "beyond what could be measured"
    if quantity.unit is None:
        return "without a unit"
    return "in a unit that cannot be brought to the others'" if exact else "its day is not known exactly"


def _number(quantity: Quantity, shown: Quantity, concept: Concept) -> float | None:
    """The number in the plot's unit, for drawing alone; None where it is no exact number of such a unit."""
    if quantity.comparator or quantity.unit is None:
        return None
    if quantity.unit == shown.unit:
        return float(quantity.number)
    own, wanted = quantity.measured_in, shown.measured_in
    if own is None or wanted is None:
        return None
    found = convert(Fraction(quantity.number), own, wanted, concept.molar_mass)
    return None if found is None else float(found)


def _limits(limits: Range | None, shown: Quantity | None, concept: Concept) -> tuple[float | None, float | None]:
    if limits is None or shown is None:
        return None, None
    unit = limits.unit or shown.unit
    ends = [None if end is None else _number(Quantity(end, unit), shown, concept) for end in (limits.low, limits.high)]
    return ends[0], ends[1]


def _bands(
    name: str, shown: Quantity | None, limits: Range | None, before: Quantity | None, library: Library
) -> tuple[str | None, tuple[Band, ...]]:
    """The bands of every term that grades the concept, low grades and high ones together, and the first's name."""
    found: list[Band] = []
    terms: list[str] = []
    for rule in terms_for(name) if shown is not None else ():
        assert shown is not None
        bands = grade_bands(rule, shown, range=limits, baseline=before, library=library)
        if bands and not any(_over(one, other) for one in bands for other in found):
            found += bands
            terms.append(rule.term)
    ordered = sorted(found, key=lambda band: (band.low is not None, band.low or 0))
    return (", ".join(terms) or None), tuple(ordered)


def _over(one: Band, other: Band) -> bool:
    """Whether two bands lie over one another."""
    low = max((band.low for band in (one, other) if band.low is not None), default=None)
    high = min((band.high for band in (one, other) if band.high is not None), default=None)
    return low is None or high is None or low < high


def number_words(number: Fraction) -> str:
    """A limit as it is printed, three digits at the most behind the point."""
    return format_decimal(number)
