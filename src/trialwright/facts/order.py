"""What came before what, as far as it is known.

Dates may be partial and days have no hour, so three answers are possible. An act is held back only by what certainly
lies on the wrong side; where the order cannot be known the act is allowed, and its entry says so.
"""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from trialwright.facts.dates import LocalTime, Occurred, parse_occurred


def certainly_before(earlier: Occurred, later: Occurred) -> bool:
    """Whether the first occurred before the second, whatever the unknown parts of both may be.

    Two moments are compared as instants, so zones do not matter; a moment and a date by the day on the site's clock.
    """
    if isinstance(earlier, LocalTime) and isinstance(later, LocalTime):
        return earlier.instant < later.instant
    return earlier.latest < later.earliest


def days_between(start: Occurred, end: Occurred) -> tuple[int, int]:
    """The fewest and the most days from the first to the second; negative where the second comes first."""
    return (end.earliest - start.latest).days, (end.latest - start.earliest).days


def spoken_distance(days: int) -> str:
    """So many days from something, as a sentence says it.

    >>> spoken_distance(1), spoken_distance(-12), spoken_distance(0)
    ('1 day after', '12 days before', 'the same day as')
    """
    if days == 0:
        return "the same day as"
    return f"{abs(days)} day{'s' if abs(days) > 1 else ''} {'after' if days > 0 else 'before'}"


def minutes_between(start: Occurred, end: Occurred) -> int | None:
    """Whole minutes from the first moment to the second; None where one of them is only a date."""
    if isinstance(start, LocalTime) and isinstance(end, LocalTime):
        return int((end.instant - start.instant).total_seconds() // 60)
    return None


def newest(occurred: str | None, zone: str) -> datetime:
    """By what the newest of several is found: the moment; of a date, the beginning of the last day it can mean.

    A moment of the same day is thus newer than the day alone. Days are the site's, in its `zone`; nothing said counts
    as oldest. Moments are compared as instants, whatever their zones.

    >>> days = ("2026-11-22T23:30-08:00[America/Los_Angeles]", "2026-11-23T08:00+08:00[Asia/Shanghai]", "2026-11-23")
    >>> max(days, key=lambda day: newest(day, "Asia/Shanghai"))[:16]
    '2026-11-22T23:30'
    """
    if occurred is None:
        return datetime.min.replace(tzinfo=UTC)
    when = parse_occurred(occurred)
    return when.instant if isinstance(when, LocalTime) else datetime.combine(when.latest, time(), ZoneInfo(zone))


def spoken(occurred: str | None) -> str:
    """When something occurred, as a sentence says it: 2026-11-22, or 2026-11-22 14:30 on the site's clock.

    >>> spoken("2026-11-22T14:30+08:00[Asia/Shanghai]"), spoken(None)
    ('2026-11-22 14:30', 'an unknown day')
    """
    if occurred is None:
        return "an unknown day"
    return occurred[:16].replace("T", " ")
