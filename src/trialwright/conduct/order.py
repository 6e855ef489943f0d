"""What came before what, as far as it is known.

Dates may be partial and days have no hour, so three answers are possible. An act is held back only by what certainly
lies on the wrong side; where the order cannot be known the act is allowed, and its entry says so.
"""

from trialwright.facts import LocalTime, Occurred


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


def minutes_between(start: Occurred, end: Occurred) -> int | None:
    """Whole minutes from the first moment to the second; None where one of them is only a date."""
    if isinstance(start, LocalTime) and isinstance(end, LocalTime):
        return int((end.instant - start.instant).total_seconds() // 60)
    return None


def spoken(occurred: str | None) -> str:
    """When something occurred, as a sentence says it: 2026-11-22, or 2026-11-22 14:30 on the site's clock.

    >>> spoken("2026-11-22T14:30+08:00[Asia/Shanghai]"), spoken(None)
    ('2026-11-22 14:30', 'an unknown day')
    """
    if occurred is None:
        return "an unknown day"
    return occurred[:16].replace("T", " ")
