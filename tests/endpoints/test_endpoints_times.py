"""Who is counted for an endpoint, from when, until when: the reference study's definitions, told as stories.

No number here is a statistic: the days are the story's own.
"""

from dataclasses import replace
from datetime import date

import pytest
from endpoints_story import CID, CIR, DFS, EFS, FAR, OS, OS_INFUSED, STUDY, on, trial_of

from trialwright.endpoints import Cause, ParticipantTime, course, courses, response, times
from trialwright.study import Endpoint


def time_of(story: str, endpoint: Endpoint, cut_off: date = FAR, **how: str) -> ParticipantTime:
    (one,) = times(STUDY, trial_of(story), endpoint, cut_off, **how).everyone  # type: ignore[arg-type]
    return one


def ended(story: str, endpoint: Endpoint, cut_off: date = FAR, **how: str) -> tuple[int | None, str | None]:
    one = time_of(story, endpoint, cut_off, **how)
    return one.days, one.cause


# --- overall survival -------------------------------------------------------------------------------------------------


def test_survival_runs_from_enrolment_to_death_of_any_cause() -> None:
    assert ended("S-1 0 enrolled relapsed \n S-1 95 died", OS) == (95, "death")


def test_survival_from_infusion_counts_only_the_infused_and_from_the_first_infusion() -> None:
    infused = "S-1 0 enrolled relapsed \n S-1 14 infused \n S-1 60 infused \n S-1 95 died"
    assert ended(infused, OS_INFUSED) == (81, "death")
    assert time_of("S-1 0 enrolled relapsed \n S-1 95 died", OS_INFUSED).why_excluded == "not infused"


@pytest.mark.parametrize(
    ("line", "last_day"),
    [
        ("S-1 90 seen", 90),
        ("S-1 90 kept", 90),
        ("S-1 90 infused", 90),
        ("S-1 90 relapsed", 90),
        ("S-1 90 transplanted", 90),
        ("S-1 90 withdrew from contact", 90),
        ("S-1 90 fact", 40),  # the day of the sample, not the day it was reported
        ("S-1 90 NE", 0),  # non-evaluable may mean that nobody could be sampled
        ("S-1 90 event 2", 0),  # an event is told afterwards; the visit at which it was told counts
        ("S-1 90 lost", 0),
    ],
)
def test_the_last_day_alive_is_the_last_day_seen_spoken_to_sampled_or_treated(line: str, last_day: int) -> None:
    assert ended(f"S-1 0 enrolled CR1 in remission \n {line}", OS) == (last_day, None)


def test_nobody_is_seen_after_the_cut_off() -> None:
    story = "S-1 0 enrolled relapsed \n S-1 30 seen \n S-1 90 seen"
    assert ended(story, OS, on(60)) == (30, None)


def test_leaving_treatment_is_no_reason_to_stop_counting() -> None:
    story = "S-1 0 enrolled relapsed \n S-1 20 lost \n S-1 95 died"
    assert ended(story, OS) == (95, "death")


def test_whoever_is_enrolled_after_the_cut_off_is_not_there_yet() -> None:
    assert times(STUDY, trial_of("S-1 10 enrolled relapsed"), OS, on(9)).everyone == ()


# --- remission --------------------------------------------------------------------------------------------------------


def test_day_0_is_enrolment_for_whoever_was_in_remission_before() -> None:
    one = time_of("S-1 -180 CR \n S-1 0 enrolled CR1 in remission \n S-1 90 kept", DFS)
    assert (one.origin, one.days, one.apart) == (on(0), 90, "in remission at enrolment")


def test_day_0_is_the_first_remission_after_enrolment_for_the_others() -> None:
    one = time_of("S-1 0 enrolled relapsed \n S-1 20 NR \n S-1 40 CRi \n S-1 60 CR \n S-1 90 kept", DFS)
    assert (one.origin, one.days, one.apart) == (on(40), 50, "remission reached later")


def test_a_remission_lost_before_enrolment_never_counts() -> None:
    story = "S-1 -300 CR \n S-1 -20 relapsed \n S-1 0 enrolled relapsed \n S-1 28 NR \n S-1 90 died"
    for endpoint in (DFS, CIR, CID):
        assert time_of(story, endpoint).why_excluded == "no CR, CRh or CRi at enrolment or since"


def test_an_old_relapse_is_not_an_event_of_a_new_remission() -> None:
    story = "S-1 -20 relapsed \n S-1 0 enrolled relapsed \n S-1 28 CR \n S-1 90 kept"
    assert ended(story, DFS) == (62, None)


def test_a_leukaemia_free_state_or_partial_remission_is_no_remission() -> None:
    for category in ("MLFS", "PR"):
        assert not time_of(f"S-1 0 enrolled relapsed \n S-1 28 {category}", DFS).included


# --- relapse and death ------------------------------------------------------------------------------------------------

IN_CR = "S-1 0 enrolled CR1 in remission"


def test_relapse_and_death_on_one_day_are_a_relapse() -> None:
    story = f"{IN_CR} \n S-1 90 died \n S-1 90 relapsed"
    assert [ended(story, endpoint) for endpoint in (DFS, CIR, CID)] == [(90, "relapse")] * 3


def test_death_after_the_last_assessment_is_still_a_death() -> None:
    story = f"{IN_CR} \n S-1 30 kept \n S-1 300 died"
    assert ended(story, DFS) == (300, "death")
    assert [ended(story, endpoint) for endpoint in (CIR, CID)] == [(300, "death_without_relapse")] * 2


def test_alive_but_not_assessed_is_followed_to_the_last_assessment_only() -> None:
    story = f"{IN_CR} \n S-1 30 kept \n S-1 300 seen"
    assert [ended(story, endpoint) for endpoint in (DFS, CIR, CID)] == [(30, None)] * 3
    assert ended(story, OS) == (300, None)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("S-1 548 visit on-site relapse no", 548),
        ("S-1 548 visit on-site relapse yes", 365),
        ("S-1 548 visit telephone relapse no", 365),
        ("S-1 548 visit missed relapse no", 365),
    ],
)
def test_a_visit_that_found_no_relapse_is_a_disease_assessment_if_the_person_was_seen(line: str, day: int) -> None:
    story = f"S-1 0 enrolled CR1 in remission \n S-1 365 kept \n {line} \n S-1 700 seen"
    assert [ended(story, endpoint) for endpoint in (DFS, CIR, CID, EFS)] == [(day, None)] * 4


def test_a_visit_that_found_no_relapse_narrows_one_known_to_the_month_only() -> None:
    story = "S-1 0 enrolled CR1 in remission \n S-1 2026-05 relapsed"
    assert ended(story, DFS) == ((date(2026, 5, 16) - on(0)).days, "relapse")
    seen = f"{story} \n S-1 2026-05-20 visit on-site relapse no"
    assert ended(seen, DFS) == ((date(2026, 5, 26) - on(0)).days, "relapse")


def test_a_visit_s_answer_counts_only_where_the_study_asks_it_for_the_disease() -> None:
    story = trial_of("S-1 0 enrolled CR1 in remission \n S-1 548 visit on-site relapse no")
    (one,) = times(replace(STUDY, forms=()), story, DFS, FAR).everyone
    assert one.days == 0


def test_an_assessment_that_could_not_be_judged_ends_no_time() -> None:
    assert ended(f"{IN_CR} \n S-1 30 kept \n S-1 60 NE", DFS) == (30, None)


def test_a_molecular_relapse_counts_only_where_the_study_says_so() -> None:
    story = f"{IN_CR} \n S-1 30 kept \n S-1 60 relapsed molecular"
    assert ended(story, DFS) == (30, None)
    assert ended(story.replace("molecular", "extramedullary"), DFS) == (60, "relapse")


def test_a_remission_gone_without_a_recorded_relapse_is_pointed_out_not_guessed() -> None:
    one = time_of(f"{IN_CR} \n S-1 30 kept \n S-1 60 NR", DFS)
    assert (one.days, one.cause, [caveat.code for caveat in one.caveats]) == (30, None, ["relapse.not_recorded"])


def test_an_assessment_called_a_relapse_is_one_and_the_missing_act_is_pointed_out() -> None:
    story = f"{IN_CR} \n S-1 30 kept \n S-1 60 assessed relapse"
    one = time_of(story, DFS)
    assert (one.days, one.cause, [caveat.code for caveat in one.caveats]) == (60, "relapse", ["relapse.assessed_only"])
    both = time_of(f"{story} \n S-1 60 relapsed", DFS)
    assert (both.days, both.cause, both.caveats) == (60, "relapse", ())


@pytest.mark.parametrize(
    "story",
    [
        "S-1 -20 CR \n S-1 0 enrolled relapsed",
        "S-1 -90 CR \n S-1 -20 relapsed \n S-1 0 enrolled CR1 in remission",
    ],
)
def test_an_enrolment_that_contradicts_what_was_recorded_before_is_pointed_out(story: str) -> None:
    assert [caveat.code for caveat in time_of(story, OS).caveats] == ["enrolment.remission_unclear"]


@pytest.mark.parametrize(
    ("line", "code"), [("S-1 95 seen", "death.seen_alive_after"), ("S-1 95 relapsed", "relapse.after_death")]
)
def test_what_happened_after_death_is_pointed_out_and_the_death_stands(line: str, code: str) -> None:
    one = time_of(f"{IN_CR} \n S-1 90 died \n {line}", DFS)
    assert (one.days, one.cause) == (90, "death")
    assert code in [caveat.code for caveat in one.caveats]


def test_found_again_is_not_lost_and_leaving_is_known_from_its_day_on() -> None:
    lost = "S-1 0 enrolled relapsed \n S-1 50 seen \n S-1 80 lost"
    assert time_of(lost, OS).why_censored == "lost to follow-up on 2026-03-22"
    assert time_of(lost, OS, on(79)).why_censored == "alive on 2026-02-20"
    assert time_of(f"{lost} \n S-1 95 found", OS).why_censored == "alive on 2026-04-06"
    assert time_of(f"{lost} \n S-1 95 found", OS, on(90)).why_censored == "lost to follow-up on 2026-03-22"


def test_dates_that_contradict_each_other_are_named_and_not_counted() -> None:
    one = time_of("S-1 10 enrolled relapsed \n S-1 5 died", OS)
    assert one.why_excluded == "dates contradict each other: death on 2026-01-06, day 0 2026-01-11"
    assert not one.included


# --- transplant -------------------------------------------------------------------------------------------------------

TRANSPLANTED = f"{IN_CR} \n S-1 50 transplanted \n S-1 90 relapsed"


def test_a_transplant_changes_nothing_unless_the_endpoint_says_so() -> None:
    assert ended(TRANSPLANTED, CIR) == (90, "relapse")


def test_a_transplant_may_end_the_time_or_compete() -> None:
    assert ended(TRANSPLANTED, CIR, transplant="censor") == (50, None)
    assert ended(TRANSPLANTED, CIR, transplant="competing") == (50, "transplant")


def test_an_event_on_the_day_of_the_transplant_comes_first() -> None:
    story = f"{IN_CR} \n S-1 50 transplanted \n S-1 50 relapsed"
    assert ended(story, CIR, transplant="censor") == (50, "relapse")


def test_time_that_began_after_a_transplant_does_not_count_where_transplant_ends_it() -> None:
    story = "S-1 0 enrolled relapsed \n S-1 20 transplanted \n S-1 40 CR \n S-1 90 kept"
    assert ended(story, DFS) == (50, None)
    assert ended(story, DFS, transplant="censor") == (0, None)


def test_a_transplant_before_enrolment_is_history() -> None:
    assert ended(f"S-1 -400 transplanted \n {IN_CR} \n S-1 90 kept", DFS, transplant="censor") == (90, None)


# --- event-free survival ----------------------------------------------------------------------------------------------


def test_no_remission_by_the_landmark_is_an_event_at_time_1() -> None:
    assert ended("S-1 0 enrolled relapsed \n S-1 28 NR \n S-1 300 seen", EFS) == (1, "no_remission")


def test_death_before_the_landmark_without_remission_is_the_same_event() -> None:
    assert ended("S-1 0 enrolled relapsed \n S-1 60 died", EFS, on(90)) == (1, "no_remission")


def test_before_the_landmark_nobody_has_failed_to_reach_remission() -> None:
    assert ended("S-1 0 enrolled relapsed \n S-1 28 NR \n S-1 100 seen", EFS, on(100)) == (28, None)


def test_whoever_was_never_judged_did_not_fail() -> None:
    assert ended("S-1 0 enrolled relapsed \n S-1 28 NE \n S-1 300 seen", EFS) == (0, None)


def test_a_remission_after_the_landmark_comes_too_late() -> None:
    assert ended("S-1 0 enrolled relapsed \n S-1 28 NR \n S-1 200 CR", EFS) == (1, "no_remission")
    assert ended("S-1 0 enrolled relapsed \n S-1 28 NR \n S-1 180 CR \n S-1 250 relapsed", EFS) == (250, "relapse")


def test_event_free_survival_needs_a_landmark() -> None:
    study = replace(STUDY, response=replace(STUDY.response, efs_landmark_days=None))
    found = times(study, trial_of(IN_CR), EFS, FAR)
    assert (found.everyone, found.note) == (
        (),
        "not estimable: the study does not say response.efs_landmark_days for efs",
    )


# --- dates known in part ----------------------------------------------------------------------------------------------


def test_a_death_known_to_the_month_is_the_middle_of_what_is_possible() -> None:
    story = "S-1 0 enrolled relapsed \n S-1 2026-03-10 seen \n S-1 2026-03 died"
    one = time_of(story, OS)
    assert one.ended_on == date(2026, 3, 21)  # possible: 11 to 31 March
    assert [caveat.code for caveat in one.caveats] == ["death.imputed"]
    assert time_of(story, OS, where="earliest").ended_on == date(2026, 3, 11)
    assert time_of(story, OS, where="latest").ended_on == date(2026, 3, 31)


def test_the_middle_does_not_lie_after_the_cut_off() -> None:
    story = "S-1 0 enrolled relapsed \n S-1 2026-03-10 seen \n S-1 2026-03 died"
    assert time_of(story, OS, date(2026, 3, 15)).ended_on == date(2026, 3, 13)  # possible: 11 to 15 March


def test_having_been_seen_alive_later_takes_a_possible_death_out_of_an_earlier_cut_off() -> None:
    story = "S-1 0 enrolled relapsed \n S-1 2026-03-10 seen \n S-1 2026-03-20 seen \n S-1 2026-03 died"
    assert ended(story, OS, date(2026, 3, 15)) == ((date(2026, 3, 10) - on(0)).days, None)


def test_a_relapse_known_to_the_month_lies_after_the_last_day_free_of_it_and_not_after_death() -> None:
    story = f"{IN_CR} \n S-1 2026-03-10 kept \n S-1 2026-03 relapsed \n S-1 2026-03-21 died"
    assert time_of(story, DFS).ended_on == date(2026, 3, 16)  # possible: 11 to 21 March
    assert time_of(story, DFS).cause is Cause.RELAPSE


def test_figures_and_response_read_a_relapse_with_the_same_question_as_the_estimates() -> None:
    story = f"{IN_CR} \n S-1 2026-03-20 visit on-site relapse no \n S-1 2026-03 relapsed"
    (one,) = courses(STUDY, trial_of(story), FAR)  # possible: 21 to 31 March
    assert one.relapse is not None
    assert one.relapse.day("middle") == time_of(story, DFS).ended_on == date(2026, 3, 26)
    early = date(2026, 3, 15)  # the visit takes the relapse out of this cut-off, for everybody who asks
    assert time_of(story, DFS, early).cause is None
    kept = response(STUDY, trial_of(story), early).kept
    assert {share.label: share.count for share in kept}["relapsed"] == 0


def test_where_relapse_and_death_are_both_known_to_the_month_the_relapse_came_first() -> None:
    story = f"{IN_CR} \n S-1 2026-05 relapsed \n S-1 2026-05 died"
    for where in ("earliest", "middle", "latest"):
        assert ended(story, CIR, where=where)[1] == "relapse"


def test_enrolment_and_infusion_are_never_imputed() -> None:
    assert time_of("S-1 2026-01 enrolled relapsed", OS).why_excluded == "the day of enrolment is not known"
    infused = time_of("S-1 0 enrolled relapsed \n S-1 2026-02 infused", OS_INFUSED)
    assert infused.why_excluded == "the day of the first infusion is not known"


def test_a_person_without_a_place_has_no_course() -> None:
    assert course(trial_of("S-1 0 seen").casebooks["S-1"], FAR) is None
