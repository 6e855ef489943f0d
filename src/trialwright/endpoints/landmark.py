"""Does it matter how somebody stood at a landmark? Compared fairly: from the landmark on, groups fixed on that day."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from trialwright.endpoints.course import Course, course, relapse_questions
from trialwright.endpoints.estimate import Reading, readings_of
from trialwright.endpoints.times import ParticipantTime, times
from trialwright.ledger.trial import Trial
from trialwright.stats import Incidence, Survival
from trialwright.study import Endpoint, Study

Grouped = Callable[[Course], str]
"""How somebody stood: a word, told from a course that ends on the landmark and so cannot see the future."""


@dataclass(frozen=True, slots=True)
class LandmarkGroup:
    """Those who stood alike at the landmark. Times of `people`, `curve` and `readings` count from the landmark."""

    value: str
    people: tuple[ParticipantTime, ...]
    curve: Survival | Incidence
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Landmark:
    """An endpoint from a landmark on, by group. `before` had the event, or left, by the landmark: not counted."""

    endpoint: Endpoint
    landmark_days: int
    groups: tuple[LandmarkGroup, ...]
    before: tuple[ParticipantTime, ...]


def in_remission(so_far: Course) -> str:
    """Whether the participant had reached CR, CRh or CRi by then."""
    return "in remission by the landmark" if so_far.remission else "not in remission by the landmark"


def landmark(
    study: Study,
    trial: Trial,
    endpoint: Endpoint,
    cut_off: date,
    *,
    landmark_days: int,
    grouped: Grouped = in_remission,
    at_days: tuple[float, ...] = (),
) -> Landmark:
    """An endpoint among those still followed and event-free after a landmark, in groups as they stood on that day.

    Only times longer than the landmark stay, each shortened by it (Anderson, Cain & Gelber 1983). Grouping by what
    came later would credit responders with the time they had to live through to respond.
    at_days  where to read each curve, in days after the landmark.
    """
    everyone = times(study, trial, endpoint, cut_off).included
    after = [one for one in everyone if (one.days or 0) > landmark_days]
    asked = relapse_questions(study)
    groups: dict[str, list[ParticipantTime]] = {}
    for one in after:
        on_the_day = (one.origin or cut_off) + timedelta(days=landmark_days)
        if so_far := course(trial.casebooks[one.code], on_the_day, asked=asked):
            shortened = replace(one, days=(one.days or 0) - landmark_days)
            groups.setdefault(grouped(so_far), []).append(shortened)
    return Landmark(
        endpoint,
        landmark_days,
        tuple(_group(endpoint, value, people, at_days) for value, people in sorted(groups.items())),
        tuple(one for one in everyone if (one.days or 0) <= landmark_days),
    )


def _group(endpoint: Endpoint, value: str, people: list[ParticipantTime], at_days: tuple[float, ...]) -> LandmarkGroup:
    curve, readings = readings_of(endpoint, people, at_days)
    return LandmarkGroup(value, tuple(people), curve, readings)
