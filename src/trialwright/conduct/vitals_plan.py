"""When vital signs are due at an infusion, by the study's plan, on the site's clock."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from trialwright.errors import FormatError
from trialwright.facts import LocalTime, parse_occurred
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import Infused, InfusionEnded
from trialwright.ledger.trial import Casebook
from trialwright.study.model import Study
from trialwright.study.ward import VitalsPlan

UNPLANNED: Final = "unplanned"
_MINUTES: Final = re.compile(r"(0|[1-9][0-9]{0,4}) min", re.ASCII)
_HOURS: Final = re.compile(r"end \+ ([1-9][0-9]{0,5}) h", re.ASCII)


@dataclass(frozen=True, slots=True)
class PlannedMoment:
    """A moment at which vital signs are due: its name, and when that is."""

    name: str  # "15 min" | "end + 2 h"
    at: LocalTime


def vitals_plan(study: Study) -> VitalsPlan | None:
    """The study's plan of vital signs at an infusion; None where it has none."""
    return study.treatment.infusion.vitals if study.treatment.infusion else None


def check_moment(study: Study, moment: str) -> None:
    """Raises FormatError for a moment that the study does not plan. Without a plan, every moment is unplanned."""
    plan = vitals_plan(study)
    if moment == UNPLANNED or (plan is not None and _planned(plan, moment)):
        return
    known = [f"{minute} min" for minute in plan.minutes] if plan else []
    known += [f"every {plan.then_every_minutes} min after that"] if plan and plan.then_every_minutes else []
    known += [f"end + {hour} h" for hour in plan.hours_after_end] if plan else []
    raise FormatError(
        f"take_vitals: moment: {moment!r} is none that the study plans. One of: {', '.join([*known, UNPLANNED])}."
    )


def _planned(plan: VitalsPlan, moment: str) -> bool:
    if hours := hours_after_end(moment):
        return hours in plan.hours_after_end
    found = _MINUTES.fullmatch(moment)
    if found is None:
        return False
    minute, last = int(found[1]), max(plan.minutes, default=0)
    every = plan.then_every_minutes
    return minute in plan.minutes or (every is not None and minute > last and (minute - last) % every == 0)


def hours_after_end(moment: str) -> int | None:
    """The hours after the end that a moment names; None for one counted from the start, or unplanned."""
    found = _HOURS.fullmatch(moment)
    return int(found[1]) if found else None


def planned_moments(
    plan: VitalsPlan, start: LocalTime, ended: LocalTime | None, until: LocalTime
) -> tuple[PlannedMoment, ...]:
    """Every moment of an infusion's grid, in their order.

    ended   of a running infusion None: the moments from the start are then listed up to the first after `until`
    A moment counted from the start is not due once the infusion is over; one at the very end is.
    """
    return tuple(_moments(plan, start, ended, until))


def _moments(plan: VitalsPlan, start: LocalTime, ended: LocalTime | None, until: LocalTime) -> Iterator[PlannedMoment]:
    for minute in _minutes(plan):
        at = later(start, minute)
        if ended is not None and at.instant > ended.instant:
            break
        yield PlannedMoment(f"{minute} min", at)
        beyond = minute >= max(plan.minutes, default=0)
        if ended is None and beyond and at.instant > until.instant:
            break
    if ended is not None:
        yield from (PlannedMoment(f"end + {hour} h", later(ended, 60 * hour)) for hour in plan.hours_after_end)


def _minutes(plan: VitalsPlan) -> Iterator[int]:
    yield from plan.minutes
    minute, every = max(plan.minutes, default=0), plan.then_every_minutes
    while every is not None and minute < MOST_MINUTES:
        minute += every
        yield minute


MOST_MINUTES: Final = 24 * 60
"""No infusion of cells lasts longer: the grid of one whose end nobody recorded has an end all the same."""


def later(moment: LocalTime, minutes: int) -> LocalTime:
    """The moment so many minutes later, as the clock of the same place shows it then."""
    there = (moment.instant + timedelta(minutes=minutes)).astimezone(ZoneInfo(moment.zone))
    offset = there.utcoffset() or timedelta()
    return LocalTime(there.replace(tzinfo=None, fold=0), int(offset.total_seconds()) // 60, moment.zone)


def last_infusion(given: Iterable[Entry[Infused]], number: int | None = None) -> Entry[Infused] | None:
    """The infusion of a number, or the last; None where there is none."""
    found = [one for one in given if number in (None, one.what.infusion)]
    return found[-1] if found else None


def when_ended(book: Casebook, given: Entry[Infused]) -> str | None:
    """When an infusion ended, as recorded; None while it runs."""
    ends: list[Entry[Any]] = [one for one in book.all(InfusionEnded) if one.what.infusion == given.what.infusion]
    return ends[-1].occurred if ends else given.what.ended_at


def moment_of(occurred: str | None) -> LocalTime | None:
    """A recorded moment with its hour; None for a day alone, or nothing."""
    read = parse_occurred(occurred) if occurred else None
    return read if isinstance(read, LocalTime) else None
