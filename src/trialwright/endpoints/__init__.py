"""How the participants are doing: who lives, who stays in remission, for how long, and how sure we can be."""

from trialwright.endpoints.course import Course, Flag, Possible, Where, course, days_alive
from trialwright.endpoints.estimate import (
    TWO_YEARS,
    EndpointResult,
    Group,
    Reading,
    Sensitivity,
    estimate,
    estimate_all,
)
from trialwright.endpoints.follow_up import FollowUp, follow_up, interim
from trialwright.endpoints.times import Cause, ParticipantTime, Times, times

__all__ = [
    "TWO_YEARS",
    "Cause",
    "Course",
    "EndpointResult",
    "Flag",
    "FollowUp",
    "Group",
    "ParticipantTime",
    "Possible",
    "Reading",
    "Sensitivity",
    "Times",
    "Where",
    "course",
    "days_alive",
    "estimate",
    "estimate_all",
    "follow_up",
    "interim",
    "times",
]
