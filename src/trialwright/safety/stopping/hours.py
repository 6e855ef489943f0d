"""How long something lasted, as far as its ends are known."""

from datetime import datetime, timedelta

from trialwright.facts import LocalTime, Occurred


def hours_between(start: Occurred, end: Occurred) -> tuple[float, float]:
    """The fewest and the most hours from the first to the second; where only days are known, a day either way."""
    if isinstance(start, LocalTime) and isinstance(end, LocalTime):
        exact = (end.instant - start.instant).total_seconds() / 3600
        return exact, exact
    fewest = (_first_moment(end) - _last_moment(start)) / timedelta(hours=1)
    return max(fewest, 0.0), (_last_moment(end) - _first_moment(start)) / timedelta(hours=1)


def _first_moment(moment: Occurred) -> datetime:
    return moment.wall if isinstance(moment, LocalTime) else datetime.combine(moment.earliest, datetime.min.time())


def _last_moment(moment: Occurred) -> datetime:
    if isinstance(moment, LocalTime):
        return moment.wall
    return datetime.combine(moment.latest, datetime.min.time()) + timedelta(days=1)
