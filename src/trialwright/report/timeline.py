"""A participant's course as a picture needs it: steps, chemotherapy, infusions, visits, events and response by day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, Literal

from trialwright.conduct.schedule import Window, visit_windows
from trialwright.errors import FormatError
from trialwright.facts import Occurred, parse_occurred
from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.kinds import (
    AdverseEventReported,
    ChemotherapyGiven,
    Consented,
    Died,
    Enrolled,
    FollowUpTransferred,
    FoundAgain,
    Infused,
    InfusionEnded,
    Judged,
    LostToFollowUp,
    NotInfused,
    OtherTherapyStarted,
    Relapsed,
    Rescreened,
    ResponseAssessed,
    ScreeningEnded,
    Transplanted,
    TreatmentStopped,
    Visited,
    What,
    Withdrew,
)
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.events import AdverseEvent, adverse_events
from trialwright.safety.stopping.window import dlt_window
from trialwright.study.model import Study, Visit

STEPS: Final[tuple[type[What], ...]] = (
    Consented,
    Judged,
    ScreeningEnded,
    Rescreened,
    Enrolled,
    NotInfused,
    TreatmentStopped,
    Withdrew,
    LostToFollowUp,
    FoundAgain,
    FollowUpTransferred,
    Died,
)
RESPONSES: Final[tuple[type[What], ...]] = (ResponseAssessed, Relapsed, OtherTherapyStarted, Transplanted)
DRAWN: Final[tuple[type[What], ...]] = (
    *STEPS,
    *RESPONSES,
    ChemotherapyGiven,
    Infused,
    Visited,
    AdverseEventReported,
)
"""Kinds of entry that stand on a timeline, each as a sign of its own."""
VisitState = Literal["done", "missed", "to do", "not recorded"]
JUDGED: Final = {"yes": "eligible", "no": "not eligible", "unknown": "eligibility unknown"}


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that happened on a day. `entry` is where it is written; `known` False where the day is imputed."""

    day: date
    label: str
    sort: str  # the kind of its entry
    entry: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that lasted, both days included."""

    first: date
    last: date
    label: str
    entry: str


@dataclass(frozen=True, slots=True)
class Step:
    """A grade over some days, the last included."""

    grade: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class EventBar:
    """An adverse event: its grades one after the other; `open`: its end is not recorded, so it lasts until today."""

    term: str
    steps: tuple[Step, ...]
    open: bool
    serious: bool
    entry: str

    @property
    def first(self) -> date:
        return self.steps[0].first

    @property
    def last(self) -> date:
        return self.steps[-1].last


@dataclass(frozen=True, slots=True)
class VisitSign:
    """A visit of the schedule or an unscheduled one: when it was, or between which days it may be.

    state  done | missed (recorded as missed) | to do (its window is not over) | not recorded (it is)
    """

    visit: str
    label: str
    state: VisitState
    day: date
    window: tuple[date, date] | None
    days_off: int
    entry: str | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything of one participant that has a day. `undated` names the entries of these kinds that have none."""

    code: str
    today: date
    steps: tuple[Sign, ...]
    chemotherapy: tuple[Bar, ...]
    infusions: tuple[Sign, ...]
    visits: tuple[VisitSign, ...]
    events: tuple[EventBar, ...]
    responses: tuple[Sign, ...]
    dlt: tuple[date, date] | None
    undated: tuple[str, ...]
    over: bool  # nothing more is awaited: died, withdrew from all contact, screening ended

    @property
    def days(self) -> tuple[date, ...]:
        """Every day on which something stands, those of visits still to do left out."""
        signs = [sign.day for sign in (*self.steps, *self.infusions, *self.responses)]
        bars = [day for bar in self._bars for day in (bar.first, bar.last)]
        visits = [visit.day for visit in self.visits if visit.entry is not None]
        return tuple(sorted((*signs, *bars, *visits)))

    @property
    def entries(self) -> frozenset[str]:
        """The ids of everything drawn or told to have no day."""
        drawn = {sign.entry for sign in (*self.steps, *self.infusions, *self.responses)}
        drawn |= {bar.entry for bar in self._bars} | {one.entry for one in self.visits if one.entry}
        return frozenset(drawn | set(self.undated))

    @property
    def _bars(self) -> "tuple[Bar | EventBar, ...]":
        return (*self.chemotherapy, *self.events)


def timeline(study: Study, trial: Trial, book: Casebook, today: date) -> Timeline:
    """The course of one participant up to today, and the visits still to come."""
    dated = [entry for kind in DRAWN for entry in book.all(kind)]
    window = dlt_window(study, book) if study.safety.dlt is not None and book.enrolment is not None else None
    over = book.death is not None or _left(book) or (book.screening_end is not None and book.enrolment is None)
    return Timeline(
        code=book.code,
        today=today,
        steps=tuple(_signs(book, STEPS)),
        chemotherapy=tuple(_chemotherapy(book)),
        infusions=tuple(_infusions(book)),
        visits=tuple(_visits(study, book, today, over)),
        events=tuple(_events(adverse_events(trial, book), book, today)),
        responses=tuple(_signs(book, RESPONSES)),
        dlt=(window.start.earliest, window.last) if window else None,
        undated=tuple(entry.id for entry in dated if _when(entry) is None),
        over=over,
    )


def _left(book: Casebook) -> bool:
    return book.lost is not None or (book.withdrawal is not None and book.withdrawal.what.extent != "treatment")


def _when(entry: AnyEntry) -> Occurred | None:
    try:
        return parse_occurred(entry.occurred) if entry.occurred else None
    except FormatError:
        return None


def _signs(book: Casebook, kinds: Iterable[type[What]]) -> Iterator[Sign]:
    found: list[AnyEntry] = [entry for kind in kinds for entry in book.all(kind)]
    for entry in sorted(found, key=lambda entry: (entry.occurred or "", entry.order)):
        if (when := _when(entry)) is not None:
            yield Sign(when.earliest, _label(entry.what), entry.what.kind, entry.id, when.exact)


def _label(what: Any) -> str:
    """The sign's word."""
    match what:
        case Consented():
            return "consent"
        case Judged():
            return JUDGED.get(what.eligible, what.eligible)
        case ScreeningEnded():
            return f"screening {what.outcome}"
        case Rescreened():
            return "screened again"
        case Enrolled():
            return f"enrolled as {what.number}"
        case NotInfused():
            return "not infused"
        case TreatmentStopped():
            return "treatment stopped"
        case Withdrew():
            return f"withdrew from {what.extent}"
        case LostToFollowUp():
            return "lost to follow-up"
        case FoundAgain():
            return "found again"
        case FollowUpTransferred():
            return f"followed by {what.to_site}"
        case Died():
            return f"died ({what.cause})"
        case ResponseAssessed():
            return str(what.category)
        case Relapsed():
            return f"{what.how} relapse"
        case OtherTherapyStarted():
            return str(what.therapy)
        case _:
            return "transplant"


def _chemotherapy(book: Casebook) -> Iterator[Bar]:
    for entry in book.cycles:
        if (when := _when(entry)) is None:
            continue
        drugs = ", ".join(str(drug.get("drug", "")) for drug in entry.what.drugs)
        last = _day_of(entry.what.ended_on) or when.earliest
        yield Bar(when.earliest, max(last, when.earliest), drugs or entry.what.regimen, entry.id)


def _day_of(text: str | None) -> date | None:
    try:
        return parse_occurred(text).latest if text else None
    except FormatError:
        return None


def _infusions(book: Casebook) -> Iterator[Sign]:
    for entry in book.infusions:
        ends = [end for end in book.all(InfusionEnded) if end.what.infusion == entry.what.infusion]
        dose = (ends[-1].what.nk_cells_per_kg if ends else None) or entry.what.nk_cells_per_kg
        if (when := _when(entry)) is not None:
            yield Sign(when.earliest, dose_words(dose), entry.what.kind, entry.id, when.exact)


def dose_words(per_kg: str | None) -> str:
    """A dose as it is read: 12.5 × 10⁶/kg; as typed where it is no number.

    >>> dose_words("12500985")
    '12.5 × 10⁶/kg'
    """
    if per_kg is None:
        return "dose not known"
    try:
        millions = Decimal(per_kg) / Decimal(1_000_000)
    except ArithmeticError:
        return per_kg
    return f"{millions:.1f} × 10⁶/kg"


# --- visits -----------------------------------------------------------------------------------------------------------


def _visits(study: Study, book: Casebook, today: date, over: bool) -> Iterator[VisitSign]:
    """Every visit that was recorded, and every window of the schedule that none lies in."""
    done = [(entry, when) for entry in book.all(Visited) if (when := _when(entry)) is not None]
    windows = {visit.id: visit_windows(study, book, visit.id) for visit in study.visits}
    labels = {visit.id: _short(visit) for visit in study.visits}
    taken: set[tuple[str, date]] = set()
    for entry, when in sorted(done, key=lambda pair: pair[1].earliest):
        name = entry.what.visit
        near = min(windows.get(name, ()), key=lambda one: abs(one.off(when)), default=None)
        if near is not None:
            taken.add((name, near.first))
        state: VisitState = "missed" if entry.what.mode == "missed" else "done"
        label = labels.get(name, name)
        yield VisitSign(name, label, state, when.earliest, _span(near), entry.what.days_off, entry.id)
    for name, found in windows.items():
        for window in found:
            if (name, window.first) not in taken and not (over and window.last >= today):
                yield _awaited(name, labels[name], window, today)


def _awaited(name: str, label: str, window: Window, today: date) -> VisitSign:
    visit_day = window.first + (window.last - window.first) // 2
    state: VisitState = "to do" if window.last >= today else "not recorded"
    return VisitSign(name, label, state, visit_day, (window.first, window.last), 0, None)


def _span(window: Window | None) -> tuple[date, date] | None:
    return (window.first, window.last) if window else None


def _short(visit: Visit) -> str:
    return visit.id if len(visit.id) <= 4 else visit.label


# --- adverse events ---------------------------------------------------------------------------------------------------


def _events(events: tuple[AdverseEvent, ...], book: Casebook, today: date) -> Iterator[EventBar]:
    end_of_life = _when(book.death) if book.death else None
    for event in events:
        closed = _day_of(event.resolved_on)
        grades = [(one.grade, one.since.earliest) for one in event.grades]
        until = closed or (end_of_life.latest if end_of_life else None) or max(today, event.onset.earliest)
        steps = tuple(_steps(grades, event.onset.earliest, until))
        yield EventBar(event.named, steps, closed is None, event.serious, event.id)


def _steps(grades: list[tuple[int, date]], onset: date, until: date) -> Iterator[Step]:
    """Each grade until the day before the next, the last until the end."""
    starts = [max(since, onset) for _, since in grades]
    for at, (grade, _) in enumerate(grades):
        last = starts[at + 1] - timedelta(days=1) if at + 1 < len(grades) else until
        yield Step(grade, starts[at], max(last, starts[at]))


# --- parts of the course ----------------------------------------------------------------------------------------------

BEFORE_INFUSION, AFTER_INFUSION = timedelta(days=21), timedelta(days=42)
AROUND_TODAY = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the course to look at: `whole`, `infusion-1`, `now`."""

    id: str
    label: str
    first: date
    last: date


def parts(course: Timeline) -> tuple[Part, ...]:
    """The whole course, the weeks around each infusion, and the three months around today while it goes on."""
    days = course.days or (course.today,)
    first, last = days[0], days[-1]
    if not course.over:
        awaited = [one.day for one in course.visits if one.state == "to do" and one.entry is None]
        last = max(last, course.today, min(awaited, default=last))
    margin = max(timedelta(days=3), (last - first) / 40)
    found = [Part("whole", "Whole course", first - margin, last + margin)]
    for at, sign in enumerate(course.infusions, 1):
        label = "Around the infusion" if len(course.infusions) == 1 else f"Around infusion {at}"
        found.append(Part(f"infusion-{at}", label, sign.day - BEFORE_INFUSION, sign.day + AFTER_INFUSION))
    if not course.over:
        now = Part("now", "Around today", course.today - AROUND_TODAY, course.today + AROUND_TODAY)
        planned = [one.day for one in course.visits]
        if any(now.first <= day <= now.last for day in (*course.days, *planned)):
            found.append(now)
    return tuple(found)
