"""How long people have been followed: what every estimate is worth."""

from dataclasses import dataclass
from datetime import date

from trialwright.endpoints.course import Course, courses
from trialwright.endpoints.times import Times
from trialwright.ledger.trial import Trial
from trialwright.stats import Quantile, reverse_kaplan_meier
from trialwright.study import Study


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Median by the reverse Kaplan-Meier method; the shortest and the longest time of those without any event."""

    median: Quantile
    event_free: int
    shortest: int | None
    longest: int | None


def follow_up(times: Times) -> FollowUp:
    """How long the participants of one endpoint were followed (Schemper & Smith 1996)."""
    free = [one.days or 0 for one in times.included if one.cause is None]
    days = [one.days or 0 for one in times.included]
    curve = reverse_kaplan_meier(days, [one.cause is not None for one in times.included])
    return FollowUp(curve.median, len(free), min(free, default=None), max(free, default=None))


def interim(study: Study, trial: Trial, cut_off: date, horizon_days: float) -> str | None:
    """What every result says before the last contact: how many of the trial were followed for two years.

    None once all places are taken and everyone has either been followed that long, died, or left for good. Whoever
    died before the horizon is followed to the end, and counted as such; whoever died later was followed that long. A
    table of the past has no last contact to wait for, but how many were followed is said all the same.
    """
    people = courses(study, trial, cut_off)
    target = len(people) if study.historical else max(study.enrolment.target or 0, len(people))
    passed = sum(_followed(one, horizon_days) for one in people)
    dead = sum(one.death is not None and not _followed(one, horizon_days) for one in people)
    waiting = sum(one.death is None and one.left is None and not _followed(one, horizon_days) for one in people)
    if len(people) == target and not waiting:
        return None
    until = f" ({dead} of them until death)" if dead else ""
    return f"{'' if study.historical else 'interim: '}{dead + passed} of {target} followed two years{until}"


def _followed(one: Course, horizon_days: float) -> bool:
    """Known to have lived past the horizon: two years are over on day 731, not before."""
    known = one.death.day("middle") if one.death else one.last_alive
    if one.enrolled_on is None or known is None:
        return False
    return (known - one.enrolled_on).days >= horizon_days
