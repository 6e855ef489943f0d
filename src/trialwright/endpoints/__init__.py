"""How the participants are doing: who lives, who stays in remission, for how long, and how sure we can be."""

from trialwright.endpoints.alive import days_alive
from trialwright.endpoints.course import Course, Flag, Possible, Where, course, courses
from trialwright.endpoints.estimate import (
    TWO_YEARS,
    EndpointResult,
    Group,
    Reading,
    Sensitivity,
    estimate,
    estimate_all,
)
from trialwright.endpoints.flow import Flow, Tally, flow
from trialwright.endpoints.follow_up import FollowUp, follow_up, interim
from trialwright.endpoints.harm import WorstGrade, WorstGrades, worst_grades
from trialwright.endpoints.landmark import Landmark, LandmarkGroup, in_remission, landmark
from trialwright.endpoints.people import (
    Baseline,
    Counted,
    Exposure,
    ParticipantExposure,
    Spread,
    baseline,
    exposure,
)
from trialwright.endpoints.response import ResponseResult, Share, response
from trialwright.endpoints.times import Cause, ParticipantTime, Times, times

__all__ = [
    "TWO_YEARS",
    "Baseline",
    "Cause",
    "Counted",
    "Course",
    "EndpointResult",
    "Exposure",
    "Flag",
    "Flow",
    "FollowUp",
    "Group",
    "Landmark",
    "LandmarkGroup",
    "ParticipantExposure",
    "ParticipantTime",
    "Possible",
    "Reading",
    "ResponseResult",
    "Sensitivity",
    "Share",
    "Spread",
    "Tally",
    "Times",
    "Where",
    "WorstGrade",
    "WorstGrades",
    "baseline",
    "course",
    "courses",
    "days_alive",
    "estimate",
    "estimate_all",
    "exposure",
    "flow",
    "follow_up",
    "in_remission",
    "interim",
    "landmark",
    "response",
    "times",
    "worst_grades",
]
