"""In what order things happened, where some have an hour and some only a day."""

from datetime import date, time

from trialwright.facts import LocalTime, Occurred


def in_order(moment: Occurred) -> tuple[date, time]:
    """What moments are sorted by: the first day they can mean, then the hour; a day alone before every hour of it."""
    return (moment.earliest, moment.wall.time() if isinstance(moment, LocalTime) else time())
