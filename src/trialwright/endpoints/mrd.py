"""Residual disease over time: who was positive before the cells, and who of them was negative later."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from trialwright.endpoints.course import Course, earliest_day_of
from trialwright.ledger.kinds import FactsRecorded, OtherTherapyStarted, ResponseAssessed, Transplanted
from trialwright.ledger.trial import Casebook
from trialwright.stats import clopper_pearson

POSITIVE: Final = "positive"
NEGATIVE: Final = "negative"
CONCEPT: Final = "mrd"


@dataclass(frozen=True, slots=True)
class Share:
    """A count out of `n` with its exact limits (Clopper-Pearson); without anybody, no share and no limits."""

    label: str
    count: int
    n: int
    share: float | None
    lower: float | None
    upper: float | None


def share(label: str, count: int, n: int) -> Share:
    """A count out of n with exact limits."""
    if n == 0:
        return Share(label, count, n, None, None, None)
    limits = clopper_pearson(count, n)
    return Share(label, count, n, count / n, limits.lower, limits.upper)


@dataclass(frozen=True, slots=True)
class MrdPoint:
    """One sample: days since the first infusion, or since enrolment of who was not infused; positive or negative."""

    on: date
    days: int
    status: str


@dataclass(frozen=True, slots=True)
class MrdCourse:
    """Residual disease of one participant up to the cut-off.

    baseline   at the last sample up to the day of the first infusion, of enrolment for who was not infused; None if
               no such sample says so
    later      the samples after that day, oldest first
    until      the day another therapy or a transplant began: from then on a negative sample is not the cells'
    converted_on  the first negative sample of who was positive, before `until`
    """

    code: str
    number: int
    baseline: str | None
    later: tuple[MrdPoint, ...]
    until: date | None
    converted_on: date | None


@dataclass(frozen=True, slots=True)
class MrdConversion:
    """From positive to negative: out of the positive alone. `negative` and `unknown` are not counted in `share`."""

    share: Share
    negative: int
    unknown: int
    courses: tuple[MrdCourse, ...]


def mrd_conversion(people: list[tuple[Casebook, Course]], cut_off: date) -> MrdConversion:
    """Who turned negative of those positive before the cells, by samples up to the cut-off.

    Samples are assessments (ResponseAssessed) and facts of the concept `mrd`. "not done" says nothing.
    """
    found = tuple(_course(book, one, cut_off) for book, one in people)
    positive = [one for one in found if one.baseline == POSITIVE]
    converted = sum(one.converted_on is not None for one in positive)
    return MrdConversion(
        share=share("from positive to negative", converted, len(positive)),
        negative=sum(one.baseline == NEGATIVE for one in found),
        unknown=sum(one.baseline is None for one in found),
        courses=found,
    )


def _course(book: Casebook, one: Course, cut_off: date) -> MrdCourse:
    start = one.first_infusion_on or (None if one.infused else one.enrolled_on)
    samples = _by_day(pair for pair in _samples(book) if pair[0] <= cut_off)
    if start is None:  # the day is not known, and without it neither what came before nor what after
        return MrdCourse(one.code, one.number, None, (), None, None)
    before = [status for on, status in samples if on <= start]
    later = tuple(MrdPoint(on, (on - start).days, status) for on, status in samples if on > start)
    until = _other_treatment(book, start)
    baseline = before[-1] if before else None
    negative = (point.on for point in later if point.status == NEGATIVE and (until is None or point.on < until))
    converted = next(negative, None) if baseline == POSITIVE else None
    return MrdCourse(one.code, one.number, baseline, later, until, converted)


def _by_day(samples: Iterable[tuple[date, str]]) -> list[tuple[date, str]]:
    """One status for each day, oldest first; of two that disagree the positive one."""
    found: dict[date, str] = {}
    for on, status in samples:
        found[on] = POSITIVE if POSITIVE in (status, found.get(on)) else NEGATIVE
    return sorted(found.items())


def _samples(book: Casebook) -> Iterator[tuple[date, str]]:
    """Every sample that says positive or negative."""
    for assessed in book.all(ResponseAssessed):
        day = earliest_day_of(assessed.occurred)
        if day and assessed.what.mrd in (POSITIVE, NEGATIVE):
            yield day, assessed.what.mrd
    for recorded in book.all(FactsRecorded):
        for fact in recorded.what.facts:
            day = earliest_day_of(fact.get("on"))
            if day and fact.get("concept") == CONCEPT and fact.get("value") in (POSITIVE, NEGATIVE):
                yield day, str(fact["value"])


def _other_treatment(book: Casebook, start: date) -> date | None:
    others = (*book.all(OtherTherapyStarted), *book.all(Transplanted))
    days = [day for other in others if (day := earliest_day_of(other.occurred)) and day >= start]
    return min(days, default=None)
