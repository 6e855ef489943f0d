"""The vital signs of an infusion: which were taken, which were missed, and what is taken next and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from trialwright.conduct.vitals import SIGNS
from trialwright.conduct.vitals_plan import (
    UNPLANNED,
    PlannedMoment,
    last_infusion,
    later,
    moment_of,
    planned_moments,
    vitals_plan,
    when_ended,
)
from trialwright.facts import LocalTime
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import Infused, VitalsTaken
from trialwright.ledger.trial import Casebook
from trialwright.study.model import Study

MomentState = Literal["taken", "taken late", "due", "late", "missed", "ahead", "unplanned"]
STILL_ASKED: Final = timedelta(hours=24)
"""So long after the last planned moment it is still asked for; then it was missed."""


@dataclass(frozen=True, slots=True)
class GridLine:
    """A planned moment of the grid, or a set of vital signs taken beside the plan.

    state     due: its time has come, and the next one's has not | late: due for longer than the plan allows | missed:
              the next moment's time came and these were never taken
    late_by   minutes between plan and taking, negative if early; of what is not taken, minutes since it was due
    values    sign -> value as typed, those that were measured; entry: what says so
    """

    name: str
    planned_at: LocalTime | None
    state: MomentState
    late_by: int | None = None
    taken_at: str | None = None
    values: tuple[tuple[str, str], ...] = ()
    note: str | None = None
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class NextMoment:
    """The moment at which vital signs are taken next: when, from when on they are late, and in how many seconds.

    seconds   until it is due; negative while it waits
    """

    infusion: int
    name: str
    at: LocalTime
    late_from: LocalTime
    seconds: int


def next_moment(study: Study, book: Casebook, at: LocalTime) -> NextMoment | None:
    """What is taken next of a person's last infusion; None without a plan, and when its last moment is long over."""
    given = last_infusion(book.infusions)
    start = moment_of(given.occurred) if given else None
    plan = vitals_plan(study)
    if given is None or start is None or plan is None or at.instant < start.instant:
        return None
    waiting = _waiting(book, given, _planned(study, book, given, at), at)
    if waiting is None:
        return None
    seconds = int((waiting.at.instant - at.instant).total_seconds())
    late_from = later(waiting.at, plan.late_after_minutes or 0)
    return NextMoment(given.what.infusion, waiting.name, waiting.at, late_from, seconds)


def _planned(study: Study, book: Casebook, given: Entry[Infused], at: LocalTime) -> tuple[PlannedMoment, ...]:
    plan, start = vitals_plan(study), moment_of(given.occurred)
    if plan is None or start is None:
        return ()
    ended = when_ended(book, given)
    if ended is not None and moment_of(ended) is None:
        return ()  # over on a day without an hour: nothing can be counted from it
    return planned_moments(plan, start, moment_of(ended), at)


def _waiting(
    book: Casebook, given: Entry[Infused], planned: tuple[PlannedMoment, ...], at: LocalTime
) -> PlannedMoment | None:
    """The newest moment whose time has come, if it was not taken, else the next one to come."""
    taken = {one.what.moment for one in _sets(book, given)}
    come = [one for one in planned if one.at.instant <= at.instant]
    if come and come[-1].name not in taken and at.instant - come[-1].at.instant <= STILL_ASKED:
        return come[-1]
    return next((one for one in planned if one.at.instant > at.instant and one.name not in taken), None)


def _sets(book: Casebook, given: Entry[Infused]) -> list[Entry[VitalsTaken]]:
    return [one for one in book.all(VitalsTaken) if one.what.infusion == given.what.infusion]


def vitals_grid(study: Study, book: Casebook, given: Entry[Infused], at: LocalTime) -> tuple[GridLine, ...]:
    """Every planned moment of an infusion with what was taken then, and every set beside the plan, by time."""
    planned = _planned(study, book, given, at)
    sets = _sets(book, given)
    lines = [*_planned_lines(study, planned, sets, at), *_other_lines(planned, sets)]
    return tuple(sorted(lines, key=_line_instant))


def _line_instant(line: GridLine) -> tuple[float, str]:
    moment = line.planned_at or moment_of(line.taken_at)
    return (moment.instant.timestamp() if moment else 0.0, line.name)


def _planned_lines(
    study: Study, planned: tuple[PlannedMoment, ...], sets: list[Entry[VitalsTaken]], at: LocalTime
) -> Iterator[GridLine]:
    plan = vitals_plan(study)
    allowed = (plan.late_after_minutes if plan else None) or 0
    taken = {one.what.moment: one for one in sets}
    for place, moment in enumerate(planned):
        found = taken.get(moment.name)
        if found is not None:
            late_by = _minutes(moment.at, moment_of(found.occurred))
            yield _taken(found, moment, "taken late" if late_by is not None and late_by > allowed else "taken", late_by)
            continue
        since = _minutes(moment.at, at) or 0
        over = place + 1 < len(planned) and planned[place + 1].at.instant <= at.instant
        state: MomentState = (
            "ahead"
            if moment.at.instant > at.instant
            else "missed"
            if over or at.instant - moment.at.instant > STILL_ASKED
            else "late"
            if since > allowed
            else "due"
        )
        yield GridLine(moment.name, moment.at, state, since if state in ("late", "due", "missed") else None)


def _other_lines(planned: tuple[PlannedMoment, ...], sets: list[Entry[VitalsTaken]]) -> Iterator[GridLine]:
    names = {moment.name for moment in planned}
    for one in sets:
        if one.what.moment == UNPLANNED or one.what.moment not in names:
            yield _taken(one, None, "unplanned", None)


def _taken(one: Entry[VitalsTaken], moment: PlannedMoment | None, state: MomentState, late_by: int | None) -> GridLine:
    values = tuple((name, value) for name in SIGNS if (value := getattr(one.what, name)))
    name, planned_at = (moment.name, moment.at) if moment else (one.what.moment, None)
    return GridLine(name, planned_at, state, late_by, one.occurred, values, one.what.note, one.id)


def _minutes(start: LocalTime, end: LocalTime | None) -> int | None:
    return None if end is None else int((end.instant - start.instant).total_seconds() // 60)
