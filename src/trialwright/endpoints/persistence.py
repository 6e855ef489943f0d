"""How long the donor's cells were found in each participant: donor chimerism and NK cells after each infusion."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from trialwright.errors import FormatError
from trialwright.facts import parse_occurred, parse_quantity
from trialwright.facts.units import convert, read_unit
from trialwright.ledger.kinds import FactsRecorded
from trialwright.ledger.trial import Casebook, Trial
from trialwright.study import Study

MEASURED: Final = ("donor_chimerism", "nk_cells")
"""The concepts of donor cells that a study's forms may ask for, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Found:
    """One value, in the unit of its form. `below`: the assay found less than it can measure, and `value` is its limit.

    days   since the infusion; 0 or negative for a sample before it
    visit  the day of the visit in whose window the sample lies, 0 for every sample before; None for one in between
    """

    days: int
    value: Decimal
    below: bool = False
    visit: int | None = None


@dataclass(frozen=True, slots=True)
class AfterInfusion:
    """What was found in one participant after one infusion, oldest first."""

    code: str
    number: int
    infusion: int
    found: tuple[Found, ...]

    def at(self, visit: int) -> Found | None:
        """The last value of a visit's window."""
        return next((one for one in reversed(self.found) if one.visit == visit), None)


@dataclass(frozen=True, slots=True)
class Median:
    """The middle of `n` values of one day; `below`: it lies below `value`, the limit of the assay; None of nobody."""

    visit: int
    n: int
    value: Decimal | None
    below: bool = False


@dataclass(frozen=True, slots=True)
class Persistence:
    """One measure of donor cells over time; `visits` are the days on which the study asks for it, 0 is before."""

    concept: str
    label: str
    unit: str
    visits: tuple[int, ...]
    courses: tuple[AfterInfusion, ...]
    medians: tuple[Median, ...]


@dataclass(frozen=True, slots=True)
class _Window:
    day: int
    first: int
    last: int


def persistence(study: Study, trial: Trial, cut_off: date) -> tuple[Persistence, ...]:
    """Donor cells after each infusion, by what was sampled up to the cut-off; a measure no form asks is left out.

    A sample belongs to the newest infusion on an earlier day. One of the day itself, or of the day before, is from
    before it. Values in a unit that does not convert to the form's are left out, for nobody knows what they say.
    """
    asked = {item.concept: (item.label, item.unit) for form in study.forms for item in form.items if item.concept}
    return tuple(_measure(study, trial, concept, asked[concept], cut_off) for concept in MEASURED if concept in asked)


def _measure(study: Study, trial: Trial, concept: str, asked: tuple[str, str | None], cut_off: date) -> Persistence:
    label, unit = asked[0], asked[1] or "1"
    windows = tuple(_windows(study, concept))
    courses = tuple(one for book in trial.enrolled for one in _courses(book, concept, unit, windows, cut_off))
    visits = tuple(sorted({window.day for window in windows}))
    medians = tuple(_median(visit, [found for one in courses if (found := one.at(visit))]) for visit in visits)
    return Persistence(concept, label, unit, visits, courses, medians)


def _windows(study: Study, concept: str) -> Iterator[_Window]:
    """The visits after an infusion whose forms ask for the concept; those up to its day are one, before it."""
    forms = {form.id for form in study.forms if any(item.concept == concept for item in form.items)}
    for visit in study.visits:
        if visit.anchor in ("infusion", "first_infusion") and forms & set(visit.forms):
            after = visit.day > 0
            yield _Window(visit.day if after else 0, visit.day - visit.before, visit.day + visit.after)


def _courses(
    book: Casebook, concept: str, unit: str, windows: tuple[_Window, ...], cut_off: date
) -> Iterator[AfterInfusion]:
    infusions = _infusions(book, cut_off)
    samples = sorted(_samples(book, concept, unit, cut_off), key=lambda sample: sample[0])
    taken: dict[int, list[Found]] = {number: [] for number, _ in infusions}
    for on, value, below in samples:
        number, days = _belongs(on, infusions)
        if number is not None:
            taken[number].append(Found(days, value, below, _visit(days, windows)))
    for number, found in taken.items():
        if found:
            yield AfterInfusion(book.code, book.number or 0, number, tuple(found))


def _infusions(book: Casebook, cut_off: date) -> list[tuple[int, date]]:
    """Number and day of each infusion whose day is known, oldest first; one given in several bags counts once."""
    found: dict[int, date] = {}
    for entry in book.infusions:
        when = parse_occurred(entry.occurred) if entry.occurred else None
        if when and when.exact and when.earliest <= cut_off:
            number = entry.what.infusion
            found[number] = min(found.get(number, when.earliest), when.earliest)
    return sorted(found.items(), key=lambda pair: pair[1])


def _belongs(on: date, infusions: list[tuple[int, date]]) -> tuple[int | None, int]:
    for number, day in infusions:
        if 0 <= (day - on).days <= 1:
            return number, (on - day).days
    earlier = [(number, day) for number, day in infusions if day < on]
    if earlier:
        number, day = earlier[-1]
        return number, (on - day).days
    first = next(iter(infusions), None)
    return (first[0], (on - first[1]).days) if first else (None, 0)


def _visit(days: int, windows: tuple[_Window, ...]) -> int | None:
    if days <= 0:
        return 0
    return next((window.day for window in windows if window.day and window.first <= days <= window.last), None)


def _samples(book: Casebook, concept: str, unit: str, cut_off: date) -> Iterator[tuple[date, Decimal, bool]]:
    for recorded in book.all(FactsRecorded):
        for fact in recorded.what.facts:
            if fact.get("concept") != concept or not fact.get("on"):
                continue
            on = parse_occurred(str(fact["on"]))
            value = _in_unit(fact.get("value"), fact.get("unit"), unit)
            if on.exact and on.earliest <= cut_off and value is not None:
                yield on.earliest, *value


def _in_unit(text: object, typed: str | None, unit: str) -> tuple[Decimal, bool] | None:
    """The number in the form's unit, and whether it is a limit not reached; None where it cannot be told."""
    try:
        quantity = parse_quantity(str(text), typed or unit)
    except FormatError:
        return None
    wanted = read_unit(unit)
    if quantity.measured_in is None or wanted is None:
        return None
    value = convert(Fraction(quantity.number), quantity.measured_in, wanted)
    if value is None:
        return None
    same = quantity.measured_in == wanted
    shown = quantity.number if same else Decimal(value.numerator) / Decimal(value.denominator)
    return shown, quantity.comparator in ("<", "<=")


def _median(visit: int, found: list[Found]) -> Median:
    """The middle value; of an even number the mean of the two in the middle, below if one of them is.

    A value below the limit of its assay stands in order just under that limit.
    """
    if not found:
        return Median(visit, 0, None)
    ordered = sorted(found, key=lambda one: (one.value, not one.below))
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    value = low.value if low.value == high.value else (low.value + high.value) / 2
    return Median(visit, len(found), value, low.below or high.below)
