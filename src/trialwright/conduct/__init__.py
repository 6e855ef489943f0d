"""What people do in the trial: each act either may be done, and is written down, or is refused with every reason."""

from collections.abc import Mapping
from typing import Any, TypeVar

from trialwright.conduct.act import NEW, Act, may
from trialwright.conduct.alerting import answer_alert
from trialwright.conduct.amending import Correction, Retraction, correct, retract
from trialwright.conduct.amendment.acts import (
    Amendment,
    Approval,
    Rejection,
    approve_amendment,
    propose_amendment,
    reject_amendment,
)
from trialwright.conduct.amendment.effect import Effect, amendment_effect
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
from trialwright.conduct.donating import (
    assign_donor,
    decide_donor_eligibility,
    record_donor_consent,
    register_donor,
    withdraw_donor_consent,
)
from trialwright.conduct.enrolling import Enrolment, enrol
from trialwright.conduct.following import (
    Attendance,
    assess_response,
    contact,
    other_therapy,
    relapse,
    transplant,
    visit,
)
from trialwright.conduct.grading import (
    assess_acute_gvhd,
    assess_chronic_gvhd,
    assess_crs,
    assess_icans,
    assess_infusion_reaction,
)
from trialwright.conduct.infusing import Infusion, end_infusion, infuse, interrupt_infusion, resume_infusion
from trialwright.conduct.issuing import assign_lot, check_at_bedside, issue, reassign_lot, return_dose
from trialwright.conduct.judging import judge_person
from trialwright.conduct.keeping_cells import (
    discard,
    hand_over,
    print_label,
    put_in_storage,
    recall,
    take_out_of_storage,
    void_label,
)
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
    divide,
    make_lot,
    process,
    receive,
    record_release_test,
    reject_lot,
    release,
    take_sample,
)
from trialwright.conduct.marking import mark_value
from trialwright.conduct.outcome import Decide, Outcome, Reason, Refusal
from trialwright.conduct.possible import (
    JudgementInQuestion,
    PossibleDeviation,
    judgements_on_corrected_facts,
    possible_deviations,
)
from trialwright.conduct.reporting import (
    AdverseEvent,
    Condition,
    follow_adverse_event,
    follow_pregnancy,
    record_condition,
    report_adverse_event,
    report_donor_event,
    report_pregnancy,
    send_report,
)
from trialwright.conduct.review.asking import answer_query, close_query, raise_query, reopen_query
from trialwright.conduct.review.freezing import end_study, freeze_casebook, unfreeze_casebook
from trialwright.conduct.review.locking import lock_study, unlock_study
from trialwright.conduct.review.signing import sign
from trialwright.conduct.review.verifying import verify_source
from trialwright.conduct.roles import Role, read_role
from trialwright.conduct.rows import follow_row, record_row
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
from trialwright.conduct.vitals import take_vitals
from trialwright.conduct.word_faults import faults_of_words
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
    register_donor,
    record_donor_consent,
    withdraw_donor_consent,
    decide_donor_eligibility,
    assign_donor,
    collect,
    receive,
    process,
    make_lot,
    take_sample,
    record_release_test,
    divide,
    put_in_storage,
    take_out_of_storage,
    hand_over,
    print_label,
    void_label,
    release,
    reject_lot,
    assign_lot,
    reassign_lot,
    recall,
    discard,
    give_chemotherapy,
    premedicate,
    give_gvhd_prophylaxis,
    decide_go,
    issue,
    return_dose,
    check_at_bedside,
    infuse,
    interrupt_infusion,
    resume_infusion,
    end_infusion,
    not_infused,
    answer_alert,
    pause,
    resume,
    take_vitals,
    visit,
    contact,
    record_row,
    follow_row,
    assess_response,
    relapse,
    record_condition,
    mark_value,
    report_adverse_event,
    report_donor_event,
    follow_adverse_event,
    assess_infusion_reaction,
    assess_crs,
    assess_icans,
    assess_acute_gvhd,
    assess_chronic_gvhd,
    report_pregnancy,
    follow_pregnancy,
    send_report,
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
    raise_query,
    answer_query,
    close_query,
    reopen_query,
    verify_source,
    sign,
    freeze_casebook,
    unfreeze_casebook,
    end_study,
    lock_study,
    unlock_study,
    propose_amendment,
    approve_amendment,
    reject_amendment,
)

ACTS: Mapping[str, Act[Any]] = {act.name: act for act in _ALL}
"""Every act by name, in the order in which a trial meets them: what doors build their forms from."""


def read_what(act: Act[W], typed: Mapping[str, Any]) -> W:
    """The act's own words, read from what was typed at a shell or sent by a form.

    Raises FormatError naming the field, what was found and what was expected.
    """
    return read_words(act.name, act.fields, typed)


def word_faults(act: Act[Any], typed: Mapping[str, Any]) -> dict[str, str]:
    """Everything wrong with what was typed, by field: the messages of `read_what`, which stops at the first."""
    return faults_of_words(act.name, act.fields, typed)


__all__ = [
    "ACTS",
    "NEW",
    "Act",
    "AdverseEvent",
    "Again",
    "Amendment",
    "Approval",
    "Attendance",
    "Chemotherapy",
    "Condition",
    "Correction",
    "Decide",
    "Decision",
    "Departure",
    "Effect",
    "EndOfScreening",
    "Enrolment",
    "History",
    "Infusion",
    "JudgementInQuestion",
    "Outcome",
    "PossibleDeviation",
    "Reason",
    "Refusal",
    "Rejection",
    "Release",
    "Retraction",
    "Role",
    "Screening",
    "Window",
    "amendment_effect",
    "answer_alert",
    "answer_query",
    "approve_amendment",
    "assess_acute_gvhd",
    "assess_chronic_gvhd",
    "assess_crs",
    "assess_icans",
    "assess_infusion_reaction",
    "assess_response",
    "assign_donor",
    "assign_lot",
    "check_at_bedside",
    "close_query",
    "collect",
    "consent",
    "contact",
    "correct",
    "cumulative_anthracycline",
    "decide_donor_eligibility",
    "decide_go",
    "decline",
    "discard",
    "divide",
    "end_infusion",
    "end_screening",
    "end_study",
    "enrol",
    "find_again",
    "follow_adverse_event",
    "follow_pregnancy",
    "follow_row",
    "freeze_casebook",
    "give_chemotherapy",
    "give_gvhd_prophylaxis",
    "hand_over",
    "infuse",
    "interrupt_infusion",
    "issue",
    "judge_person",
    "judgements_on_corrected_facts",
    "lock_study",
    "lose_to_follow_up",
    "make_lot",
    "mark_value",
    "may",
    "not_infused",
    "other_therapy",
    "pause",
    "possible_deviations",
    "premedicate",
    "print_label",
    "process",
    "propose_amendment",
    "put_in_storage",
    "raise_query",
    "read_role",
    "read_what",
    "reassign_lot",
    "recall",
    "receive",
    "record_condition",
    "record_death",
    "record_deviation",
    "record_donor_consent",
    "record_facts",
    "record_history",
    "record_release_test",
    "record_row",
    "register_donor",
    "reject_amendment",
    "reject_lot",
    "relapse",
    "release",
    "reopen_query",
    "report_adverse_event",
    "report_donor_event",
    "report_pregnancy",
    "rescreen",
    "resume",
    "resume_infusion",
    "retract",
    "return_dose",
    "screen",
    "send_report",
    "sign",
    "stop_treatment",
    "take_out_of_storage",
    "take_sample",
    "take_vitals",
    "transfer_follow_up",
    "transplant",
    "unfreeze_casebook",
    "unlock_study",
    "verify_source",
    "visit",
    "visit_windows",
    "void_label",
    "withdraw",
    "withdraw_donor_consent",
    "word_faults",
]
