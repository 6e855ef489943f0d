"""How every duty to report stands now: sent and whether in time, due, overdue, or withdrawn with its reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from trialwright.facts import FALSE, TRUE, UNKNOWN, LocalTime, Occurred, Truth
from trialwright.facts.order import certainly_before, spoken
from trialwright.safety.reporting.clocks import Duty, Report, first_moment

MOST_HOURS = 48
"""From so many hours on an amount is said in days."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A report that went out: of which case, under which regime, what, and when."""

    case: str
    regime: str
    what: Report
    at: Occurred


class Stands(StrEnum):
    """The four ways a duty may stand; it stands in exactly one of them."""

    SENT = "sent"
    WITHDRAWN = "withdrawn"
    DUE = "due"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class DutyStanding:
    """One duty as of now.

    sent     the report that answered it
    in_time  whether that report was in time; UNKNOWN where its hour or day is not known well enough; None if not sent
    late     whole days (hours where hours are counted) that it is overdue, or was late at most; 0 if not late
    left     whole days or hours left while it is due; 0 is today, or within the hour
    says     all of it in one sentence's words
    """

    duty: Duty
    stands: Stands
    sent: Sent | None = None
    in_time: Truth | None = None
    late: int = 0
    left: int = 0
    says: str = ""


def standing(duties: Iterable[Duty], sent: Iterable[Sent], now: LocalTime) -> tuple[DutyStanding, ...]:
    """Each duty as it stands now, in the order given. Duties of several cases may be mixed.

    A report answers every duty of its case, regime and kind whose clock had begun when it was sent: a first report
    sent after a case turned fatal answers the clock of that, too; one sent before does not. Where a report and the
    turn fall on one day and an hour is missing, it answers only the first such clock. Reports dated after `now` are
    not sent yet.
    """
    listed = tuple(duties)
    reports = sorted((each for each in sent if not certainly_before(now, each.at)), key=lambda each: each.at.latest)
    return tuple(_stands(duty, _answer(duty, listed, reports), now) for duty in listed)


def due_list(standings: Iterable[DutyStanding]) -> tuple[DutyStanding, ...]:
    """What is due and not overdue, the most pressing first."""
    return _pressing(standings, Stands.DUE)


def overdue(standings: Iterable[DutyStanding]) -> tuple[DutyStanding, ...]:
    """What should have been sent and was not, the longest overdue first."""
    return _pressing(standings, Stands.OVERDUE)


def _pressing(standings: Iterable[DutyStanding], stands: Stands) -> tuple[DutyStanding, ...]:
    return tuple(sorted((each for each in standings if each.stands is stands), key=lambda each: _ends(each.duty)))


def _ends(duty: Duty) -> datetime:
    """The instant from which a duty is overdue."""
    if isinstance(duty.due, LocalTime):
        return duty.due.instant
    return first_moment(duty.due + timedelta(days=1), duty.zone)


def _answer(duty: Duty, listed: Sequence[Duty], reports: Sequence[Sent]) -> Sent | None:
    """The earliest report that answers a duty."""
    key = (duty.case, duty.regime, duty.what)
    first = next(each for each in listed if (each.case, each.regime, each.what) == key)
    for report in reports:
        if (report.case, report.regime, report.what) != key:
            continue
        surely = not _perhaps_before(report.at, duty.aware)
        perhaps = not certainly_before(report.at, duty.aware) and report.at.latest >= duty.day_0
        if surely or (perhaps and duty.aware == first.aware):
            return report
    return None


def _perhaps_before(at: Occurred, aware: Occurred) -> bool:
    if isinstance(at, LocalTime) and isinstance(aware, LocalTime):
        return at.instant < aware.instant
    return at.earliest <= aware.latest


def _stands(duty: Duty, report: Sent | None, now: LocalTime) -> DutyStanding:
    if report is not None:
        return _was_sent(duty, report)
    if duty.withdrawn is not None:
        since = f"withdrawn on {spoken(str(duty.withdrawn.on))}: {duty.withdrawn.because}"
        return DutyStanding(duty, Stands.WITHDRAWN, says=since)
    if isinstance(duty.due, LocalTime):
        return _by_the_hour(duty, duty.due, now)
    days = (duty.due - now.instant.astimezone(ZoneInfo(duty.zone)).date()).days
    if days < 0:
        return DutyStanding(duty, Stands.OVERDUE, late=-days, says=f"overdue since {_counted(-days, 'day')}")
    says = f"due in {_counted(days, 'day')}" if days else "due today"
    return DutyStanding(duty, Stands.DUE, left=days, says=says)


def _by_the_hour(duty: Duty, due: LocalTime, now: LocalTime) -> DutyStanding:
    seconds = (due.instant - now.instant).total_seconds()
    hours = int(abs(seconds) // 3600)
    amount = _amount(hours)
    if seconds < 0:
        return DutyStanding(duty, Stands.OVERDUE, late=hours, says=f"overdue since {amount}")
    return DutyStanding(duty, Stands.DUE, left=hours, says=f"due in {amount}")


def _was_sent(duty: Duty, report: Sent) -> DutyStanding:
    at = report.at
    day = f"sent on day {(at.latest - duty.day_0).days}"
    in_time = _in_time(duty.due, at)
    if in_time is TRUE:
        return DutyStanding(duty, Stands.SENT, report, in_time, says=f"{day}, in time")
    late, amount = _late(duty.due, at)
    if in_time is UNKNOWN:
        says = f"{day}; whether in time is not known: {at} does not say the {'day' if not at.exact else 'hour'}"
        return DutyStanding(duty, Stands.SENT, report, in_time, late, says=says)
    if not at.exact:
        amount = f"at most {amount}"
    return DutyStanding(duty, Stands.SENT, report, in_time, late, says=f"{day}, late by {amount}")


def _in_time(due: date | LocalTime, at: Occurred) -> Truth:
    if isinstance(due, LocalTime):
        if isinstance(at, LocalTime):
            return TRUE if at.instant <= due.instant else FALSE
        day = due.wall.date()
        return TRUE if at.latest < day else FALSE if at.earliest > day else UNKNOWN
    return TRUE if at.latest <= due else FALSE if at.earliest > due else UNKNOWN


def _late(due: date | LocalTime, at: Occurred) -> tuple[int, str]:
    """How much later than due at most, as a number and in words."""
    if not isinstance(due, LocalTime):
        days = (at.latest - due).days
        return days, _counted(days, "day")
    last = at.instant if isinstance(at, LocalTime) else first_moment(at.latest + timedelta(days=1), due.zone)
    hours = int((last - due.instant).total_seconds() // 3600)
    return hours, _amount(hours)


def _amount(hours: int) -> str:
    """Hours in words; from two days on in whole days."""
    if hours >= MOST_HOURS:
        return _counted(hours // 24, "day")
    return _counted(hours, "hour") if hours else "less than an hour"


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
