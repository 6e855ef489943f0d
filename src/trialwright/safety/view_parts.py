"""What both views of safety show: an event, a measured value, a report owed, a pregnancy, as plain values."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from trialwright.facts import TRUE, UNKNOWN, Occurred, parse_occurred
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import PregnancyFollowed, PregnancyReported, ValueMarked
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.baselines import INFUSION, TREATMENT, emerged
from trialwright.safety.events import AdverseEvent, first_id
from trialwright.safety.laboratory.grading import AutoGrade
from trialwright.safety.laboratory.values import LabValue
from trialwright.safety.period import is_collected
from trialwright.safety.reporting.due import ReportOwed
from trialwright.study.model import Study

WAITS, NOT_CONFIRMED, MARKED, IN_RANGE = "waits for a mark", "grade not confirmed", "marked", "nothing to do"
OPEN_OUTCOMES: Final = (None, "ongoing", "unknown")
"""What is last said of a pregnancy that is still to be followed; None: nothing."""
OVER: Final = frozenset({"resolved", "resolved with sequelae", "fatal"})
"""Outcomes after which an event needs no more following."""

# --- events -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GradeStep:
    """A grade, and since when."""

    grade: int
    since: str


@dataclass(frozen=True, slots=True)
class Against:
    """An event against one baseline: the grade just before it, the worst since, and whether that is worse.

    which   "treatment": before the first study chemotherapy; "infusion": before infusion `number`
    """

    which: str
    number: int
    at: str
    before: int
    since: int
    worse: bool


@dataclass(frozen=True, slots=True)
class EventView:
    """An adverse event as it stands. `id` is the one by which acts name it.

    related    cause -> related, not related or unknown, as far as anybody was asked
    against    both baselines, each that the event lies after; empty before treatment, and for a donor
    collected  whether it belongs into the tables: begun in the days in which events are collected
    """

    id: str
    about: str
    term: str
    soc: str | None
    ctcae: str
    onset: str
    resolved_on: str | None
    outcome: str | None
    grade: int
    worst: int
    grades: tuple[GradeStep, ...]
    serious: bool
    seriousness: tuple[str, ...]
    fatal: bool
    related: tuple[tuple[str, str], ...]
    expected: str
    dose_limiting: str
    action: str | None
    treatment: str | None
    narrative: tuple[tuple[str | None, str], ...]
    against: tuple[Against, ...]
    collected: bool


def is_open(event: AdverseEvent) -> bool:
    """Whether its end is still to be recorded."""
    return event.resolved_on is None and event.outcome not in OVER and not event.fatal


def event_view(event: AdverseEvent, *, against: tuple[Against, ...] = (), collected: bool = True) -> EventView:
    """An event with all that followed, as plain values."""
    return EventView(
        id=event.id,
        about=event.about,
        term=event.named,
        soc=event.soc,
        ctcae=event.ctcae,
        onset=str(event.onset),
        resolved_on=event.resolved_on,
        outcome=event.outcome,
        grade=event.grade,
        worst=event.worst,
        grades=tuple(GradeStep(one.grade, str(one.since)) for one in event.grades),
        serious=event.serious,
        seriousness=event.seriousness,
        fatal=event.fatal,
        related=tuple(event.related.items()),
        expected=event.expected,
        dose_limiting=event.dose_limiting,
        action=event.action,
        treatment=event.treatment,
        narrative=event.narrative,
        against=against,
        collected=collected,
    )


def event_views(
    study: Study, book: Casebook, events: tuple[AdverseEvent, ...], measured_before: Callable[[str, Occurred], int]
) -> tuple[EventView, ...]:
    """A participant's events, each against both baselines; `measured_before` as for `baselines.emerged`."""
    found = [one for which in (TREATMENT, INFUSION) for one in emerged(book, events, which, measured_before)]
    return tuple(
        event_view(
            event,
            against=tuple(
                Against(
                    one.baseline.which,
                    one.baseline.number,
                    str(one.baseline.at),
                    one.before,
                    one.since,
                    one.worse,
                )
                for one in found
                if one.event is event
            ),
            collected=is_collected(study, book, event),
        )
        for event in events
    )


# --- measured values --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AutoGradeView:
    """What a value proposes for a term: "2", "0 or 1"; its rule, what it was made from, and why it is open."""

    term: str
    text: str
    lowest: int
    highest: int
    rule: str
    inputs: tuple[str, ...]
    reasons: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MarkView:
    """A signed mark: by whom, what it says, the grades that were confirmed, the event it joined."""

    id: str
    by: str
    significant: bool
    grades: tuple[tuple[str, str], ...]
    event: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class ValueView:
    """A measured value. `id` is the one by which it is marked (a7f#2).

    outside  yes, no, or unknown, with why
    stands   waits for a mark | grade not confirmed | marked | nothing to do
    """

    id: str
    concept: str
    value: str
    on: str
    range: str | None
    outside: str
    why: str
    grades: tuple[AutoGradeView, ...]
    stands: str
    mark: MarkView | None


def value_view(value: LabValue) -> ValueView:
    """A value with its range, its automatic grades and its mark."""
    measured = value.measured
    return ValueView(
        id=measured.id,
        concept=measured.concept,
        value=str(measured.quantity),
        on=str(measured.on),
        range=None if value.range is None else str(value.range),
        outside="yes" if value.outside.truth is TRUE else "unknown" if value.outside.truth is UNKNOWN else "no",
        why=value.outside.reason,
        grades=tuple(_grade(grade) for grade in value.grades),
        stands=_stands(value),
        mark=None if value.mark is None else _mark(value.mark),
    )


def _stands(value: LabValue) -> str:
    """What is still to do about a value: nobody has looked, and it lies outside, or it has or may have a grade."""
    if value.mark is not None:
        return MARKED
    if value.waits:
        return WAITS
    return NOT_CONFIRMED if any(grade.highest > 0 for grade in value.grades) else IN_RANGE


def _grade(grade: AutoGrade) -> AutoGradeView:
    inputs = grade.inputs
    named = (("value", inputs.value), ("LLN", inputs.lln), ("ULN", inputs.uln), ("baseline", inputs.baseline))
    said = [f"{name} {quantity}" for name, quantity in named if quantity is not None]
    said += ["no baseline"] if inputs.baseline is None else []
    said += [f"{flag.value}: yes" for flag in sorted(inputs.flags, key=lambda flag: flag.value)]
    said += [f"{flag.value}: no" for flag in sorted(inputs.answered_no, key=lambda flag: flag.value)]
    said += [f"compared in {inputs.compared_in}"] if inputs.compared_in else []
    reasons = tuple(reason.text for reason in grade.reasons)
    return AutoGradeView(
        grade.term, grade.text, grade.lowest, grade.highest, grade.rule, tuple(said), reasons, grade.notes
    )


def _mark(mark: Entry[ValueMarked]) -> MarkView:
    what = mark.what
    grades = tuple((one["term"], one["confirmed"]) for one in what.grades)
    return MarkView(mark.id, what.signed_by or mark.actor.id, what.significant, grades, what.event, what.note)


# --- reports and pregnancies ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report to one recipient, and how it stands.

    entry    id of the event or pregnancy it is about, by which it is sent
    due      the last day, or the last moment where hours are counted
    stands   sent | withdrawn | due | overdue, and `says` the same in words
    in_time  whether it was sent in time: yes, no, unknown; None while it is not sent
    """

    entry: str
    about: str
    subject: str
    regime: str
    what: str
    by: str
    to: str
    aware: str
    due: str
    stands: str
    says: str
    because: str
    sent_at: str | None
    in_time: str | None


def report_view(owed: ReportOwed) -> ReportView:
    """A report owed, as plain values."""
    stands, duty = owed.stands, owed.stands.duty
    in_time = None if stands.in_time is None else {TRUE: "yes", UNKNOWN: "unknown"}.get(stands.in_time, "no")
    return ReportView(
        entry=owed.entry,
        about=owed.about,
        subject=owed.subject,
        regime=duty.regime,
        what=duty.what.value,
        by=duty.by,
        to=owed.to,
        aware=str(duty.aware),
        due=str(duty.due),
        stands=stands.stands.value,
        says=stands.says,
        because=duty.because,
        sent_at=None if stands.sent is None else str(stands.sent.at),
        in_time=in_time,
    )


@dataclass(frozen=True, slots=True)
class PregnancyView:
    """A pregnancy of a participant or a partner, with what is last known of it; `open`: still to be followed."""

    id: str
    about: str
    of: str
    on: str | None
    due_on: str | None
    outcome: str | None
    open: bool


def pregnancy_views(trial: Trial, book: Casebook) -> Iterable[PregnancyView]:
    """The pregnancies reported of one participant."""
    followed = book.all(PregnancyFollowed)
    for reported in book.all(PregnancyReported):
        id = first_id(trial, reported.id)
        said = [entry for entry in followed if first_id(trial, entry.what.pregnancy) == id]
        newest = max(said, key=_order, default=None)
        outcome = newest.what.outcome if newest else None
        yield PregnancyView(
            id, book.code, reported.what.of, reported.occurred, reported.what.due_on, outcome, outcome in OPEN_OUTCOMES
        )


def _order(entry: Entry[PregnancyFollowed]) -> tuple[str, int]:
    return (parse_occurred(entry.occurred).latest.isoformat() if entry.occurred else "", entry.order)
