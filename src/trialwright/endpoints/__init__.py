"""How the participants are doing: who lives, who stays in remission, for how long, and how sure we can be."""

from trialwright.endpoints.alive import days_alive
from trialwright.endpoints.course import Caveat, Course, Possible, Where, course, courses
from trialwright.endpoints.eln import (
    Findings,
    RelapseJudged,
    ResponseJudged,
    judge_mrd,
    judge_relapse,
    judge_response,
)
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
from trialwright.endpoints.landmark import Landmark, LandmarkGroup, in_remission, landmark
from trialwright.endpoints.mrd import MrdConversion, MrdCourse, MrdPoint, Share, mrd_conversion
from trialwright.endpoints.people import (
    Baseline,
    Counted,
    Exposure,
    ParticipantExposure,
    Spread,
    baseline,
    exposure,
)
from trialwright.endpoints.persistence import AfterInfusion, Found, Median, Persistence, persistence
from trialwright.endpoints.response import ResponseResult, response
from trialwright.endpoints.times import Cause, ParticipantTime, Times, times

__all__ = [
    "TWO_YEARS",
    "AfterInfusion",
    "Baseline",
    "Cause",
    "Caveat",
    "Counted",
    "Course",
    "EndpointResult",
    "Exposure",
    "Findings",
    "Flow",
    "FollowUp",
    "Found",
    "Group",
    "Landmark",
    "LandmarkGroup",
    "Median",
    "MrdConversion",
    "MrdCourse",
    "MrdPoint",
    "ParticipantExposure",
    "ParticipantTime",
    "Persistence",
    "Possible",
    "Reading",
    "RelapseJudged",
    "ResponseJudged",
    "ResponseResult",
    "Sensitivity",
    "Share",
    "Spread",
    "Tally",
    "Times",
    "Where",
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
    "judge_mrd",
    "judge_relapse",
    "judge_response",
    "landmark",
    "mrd_conversion",
    "persistence",
    "response",
    "times",
]
