"""What people do in the trial: each act either may be done, and is written down, or is refused with every reason."""

from collections.abc import Mapping
from typing import Any, TypeVar

from trialwright.conduct.act import NEW, Act, may
from trialwright.conduct.amending import Correction, Retraction, correct, retract
from trialwright.conduct.anthracyclines import cumulative_anthracycline
from trialwright.conduct.arriving import (
    Again,
    EndOfScreening,
    Screening,
    consent,
    decline,
    end_screening,
    record_facts,
    rescreen,
    screen,
)
from trialwright.conduct.enrolling import Enrolment, enrol
from trialwright.conduct.following import (
    AdverseEvent,
    Attendance,
    assess_response,
    contact,
    other_therapy,
    relapse,
    report_adverse_event,
    transplant,
    visit,
)
from trialwright.conduct.infusing import Infusion, infuse
from trialwright.conduct.judging import judge_person
from trialwright.conduct.leaving import (
    Departure,
    find_again,
    lose_to_follow_up,
    record_death,
    record_deviation,
    stop_treatment,
    transfer_follow_up,
    withdraw,
)
from trialwright.conduct.making_cells import (
    Release,
    collect,
    make_lot,
    record_release_test,
    reject_lot,
    release,
)
from trialwright.conduct.outcome import Decide, Outcome, Reason, Refusal
from trialwright.conduct.possible import (
    JudgementInQuestion,
    PossibleDeviation,
    judgements_on_corrected_facts,
    possible_deviations,
)
from trialwright.conduct.roles import Role, read_role
from trialwright.conduct.schedule import Window, visit_windows
from trialwright.conduct.taking_over import History, record_history
from trialwright.conduct.treating import (
    Chemotherapy,
    Decision,
    decide_go,
    give_chemotherapy,
    give_gvhd_prophylaxis,
    not_infused,
    pause,
    premedicate,
    resume,
)
from trialwright.conduct.words import read_words

W = TypeVar("W")

_ALL: tuple[Act[Any], ...] = (
    consent,
    decline,
    record_facts,
    screen,
    end_screening,
    rescreen,
    enrol,
    collect,
    make_lot,
    record_release_test,
    release,
    reject_lot,
    give_chemotherapy,
    premedicate,
    give_gvhd_prophylaxis,
    decide_go,
    infuse,
    not_infused,
    pause,
    resume,
    visit,
    contact,
    assess_response,
    relapse,
    report_adverse_event,
    other_therapy,
    transplant,
    stop_treatment,
    withdraw,
    lose_to_follow_up,
    find_again,
    transfer_follow_up,
    record_death,
    record_deviation,
    retract,
    correct,
    record_history,
)

ACTS: Mapping[str, Act[Any]] = {act.name: act for act in _ALL}
"""Every act by name, in the order in which a trial meets them: what doors build their forms from."""


def read_what(act: Act[W], typed: Mapping[str, Any]) -> W:
    """The act's own words, read from what was typed at a shell or sent by a form.

    Raises FormatError naming the field, what was found and what was expected.
    """
    return read_words(act.name, act.fields, typed)


__all__ = [
    "ACTS",
    "NEW",
    "Act",
    "AdverseEvent",
    "Again",
    "Attendance",
    "Chemotherapy",
    "Correction",
    "Decide",
    "Decision",
    "Departure",
    "EndOfScreening",
    "Enrolment",
    "History",
    "Infusion",
    "JudgementInQuestion",
    "Outcome",
    "PossibleDeviation",
    "Reason",
    "Refusal",
    "Release",
    "Retraction",
    "Role",
    "Screening",
    "Window",
    "assess_response",
    "collect",
    "consent",
    "contact",
    "correct",
    "cumulative_anthracycline",
    "decide_go",
    "decline",
    "end_screening",
    "enrol",
    "find_again",
    "give_chemotherapy",
    "give_gvhd_prophylaxis",
    "infuse",
    "judge_person",
    "judgements_on_corrected_facts",
    "lose_to_follow_up",
    "make_lot",
    "may",
    "not_infused",
    "other_therapy",
    "pause",
    "possible_deviations",
    "premedicate",
    "read_role",
    "read_what",
    "record_death",
    "record_deviation",
    "record_facts",
    "record_history",
    "record_release_test",
    "reject_lot",
    "relapse",
    "release",
    "report_adverse_event",
    "rescreen",
    "resume",
    "retract",
    "screen",
    "stop_treatment",
    "transfer_follow_up",
    "transplant",
    "visit",
    "visit_windows",
    "withdraw",
]
