"""What the demo promises of harm, read back from its ledger by the functions that a site's reports use."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from trialwright.cells.alerts import open_alerts
from trialwright.cli.demo import UNTIL, play
from trialwright.conduct.possible import possible_deviations
from trialwright.facts import FALSE, TRUE, UNKNOWN, parse_occurred
from trialwright.ledger.kinds import (
    AcuteGvhdAssessed,
    AdverseEventReported,
    AlertAnswered,
    ConditionFound,
    CrsAssessed,
    Enrolled,
    IcansAssessed,
    Infused,
    InfusionReactionAssessed,
    PregnancyFollowed,
    Refused,
    Resumed,
    ValueMarked,
)
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.baselines import TREATMENT, emerged
from trialwright.safety.events import adverse_events
from trialwright.safety.laboratory.values import laboratory
from trialwright.safety.reporting.clocks import Report
from trialwright.safety.reporting.due import reports_owed
from trialwright.safety.reporting.standing import Stands
from trialwright.safety.stopping.boundary import Boundary, boundary
from trialwright.safety.stopping.dlt import Evaluable
from trialwright.safety.stopping.pauses import all_pauses, pauses
from trialwright.store.directory import open_trial
from trialwright.study.model import Study

NOW = parse_occurred(f"{UNTIL}T18:00+08:00[Asia/Shanghai]")
REFUSED = {
    "bedside.old_label",
    "bedside.swapped",
    "code.misread",
    "enrolment.target_reached",
    "enrolment.undecided",
    "infusion.one_verifier",
    "reagent.expired",
    "trial.paused",
}


class Played(NamedTuple):
    study: Study
    trial: Trial

    def participant(self, number: int) -> Casebook:
        return next(book for book in self.trial.enrolled if book.number == number)

    @property
    def boundary(self) -> Boundary:
        found = boundary(self.study, self.trial, UNTIL)
        assert found is not None
        return found


def opened(directory: Path, seed: int) -> Iterator[Played]:
    play(directory, seed)
    with open_trial(directory, read_only=True) as trial:
        yield Played(trial.study_file.study, trial.trial())


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    yield from opened(tmp_path_factory.mktemp("demo") / "demo", 1)


def refusals(trial: Trial) -> list[str]:
    return [entry.what.reasons[0]["code"] for entry in trial.by_id.values() if isinstance(entry.what, Refused)]


# --- near the boundary ------------------------------------------------------------------------------------------------


def test_the_trial_ends_one_event_below_its_bound_and_never_crossed_it(demo: Played):
    stands = demo.boundary
    assert (stands.events, stands.evaluable, stands.pauses_at) == (5, 14, 6)
    assert not any(stands.bounds.holds(step.events, step.evaluable) for step in stands.path)
    assert len(stands.path) == 14


def test_five_toxicities_are_of_five_sorts_and_whoever_had_none_of_them_was_watched_to_the_end(demo: Played):
    answers = {one.number: one for one in demo.boundary.answers}
    toxic = {number: one.found[0].item for number, one in answers.items() if one.answer is Evaluable.YES}
    assert set(toxic) == {4, 7, 10, 12, 15}
    assert Counter(toxic.values()) == {"organ": 1, "crs": 1, "gvhd": 2, "icans": 1}
    assert [number for number, one in answers.items() if one.answer is Evaluable.NEVER] == [11]
    assert sum(one.answer is Evaluable.NO for one in answers.values()) == 9


@pytest.mark.parametrize("seed", [0, 2, 4, 8, 12, 17, 19])
def test_every_story_stays_one_event_below_with_every_pause_decided_and_one_report_overdue(tmp_path: Path, seed: int):
    for played in opened(tmp_path, seed):
        stands, trial = played.boundary, played.trial
        assert (stands.events, stands.pauses_at) == (5, 6)
        assert not any(stands.bounds.holds(step.events, step.evaluable) for step in stands.path)
        assert pauses(played.study, trial, UNTIL) == ()
        assert set(refusals(trial)) == REFUSED
        assert len(refusals(trial)) == len(REFUSED)
        owed = reports_owed(played.study, trial, NOW)
        assert sum(one.stands.stands is Stands.OVERDUE for one in owed) == 1
        assert sum(one.stands.in_time is FALSE for one in owed) == 1
        assert not possible_deviations(played.study, trial)
        assert len(trial.by_id) < 4000


# --- pauses and decisions ---------------------------------------------------------------------------------------------


def test_two_triggers_and_the_board_paused_the_trial_and_each_pause_was_decided(demo: Played):
    rules = {pause.rule for pause in all_pauses(demo.study, demo.trial, UNTIL)}
    assert rules == {"contamination", "treatment-death", "safety board"}
    assert pauses(demo.study, demo.trial, UNTIL) == ()
    decided = [entry.what for entry in demo.trial.of_study.all(Resumed)]
    assert {answer["rule"] for one in decided for answer in one.answers} == rules
    assert {one.decided_by for one in decided} == {"safety board"}


def test_an_enrolment_is_refused_while_paused_and_done_again_after_the_decision(demo: Played):
    refused = next(
        entry
        for entry in demo.trial.by_id.values()
        if isinstance(entry.what, Refused) and entry.what.reasons[0]["code"] == "trial.paused"
    )
    said = refused.what.reasons[0]["text"]
    assert refused.what.act == "enrol"
    assert demo.participant(5).infusions[0].what.lot in said
    assert "sterility culture" in said
    book = demo.trial.casebooks[refused.about or ""]
    decision = next(entry for entry in demo.trial.of_study.all(Resumed) if entry.what.scope == "trial")
    assert refused.order < decision.order < book.all(Enrolled)[0].order


def test_whoever_was_past_chemotherapy_was_exempt_by_name(demo: Played):
    exempt = [entry for entry in demo.trial.of_study.all(Resumed) if entry.what.scope == "participants"]
    assert exempt
    for decision in exempt:
        for who in decision.what.exempt:
            assert decision.order < demo.trial.casebooks[who].all(Infused)[0].order


def test_contaminated_cells_are_assessed_as_a_serious_event_and_the_alert_is_answered(demo: Played):
    book = demo.participant(5)
    event = next(one for one in adverse_events(demo.trial, book) if "contaminated" in one.named)
    assert event.seriousness == ("important medical event",)
    assert len(book.all(AlertAnswered)) == 1
    assert open_alerts(book) == ()


# --- clocks -----------------------------------------------------------------------------------------------------------


def test_one_report_is_overdue_one_went_out_late_and_every_other_was_sent_in_time_or_is_due(demo: Played):
    owed = reports_owed(demo.study, demo.trial, NOW)
    overdue = [one for one in owed if one.stands.stands is Stands.OVERDUE]
    late = [one for one in owed if one.stands.in_time is FALSE]
    assert [(one.to, one.stands.duty.regime) for one in (*overdue, *late)] == [("ethics committee", "site")] * 2
    assert overdue[0].stands.duty.due_day.isoformat() == "2026-06-28"
    assert sum(one.stands.stands is Stands.DUE for one in owed) == 3
    assert sum(one.stands.in_time is TRUE for one in owed) == len(owed) - 5
    assert not any(one.stands.in_time is UNKNOWN for one in owed)


def test_an_infection_that_turns_fatal_begins_clocks_of_its_own(demo: Played):
    book = demo.participant(11)
    sepsis = next(one for one in adverse_events(demo.trial, book) if one.term == "Sepsis")
    assert [one.grade for one in sepsis.grades] == [3, 5]
    assert sepsis.fatal
    duties = [one.stands.duty for one in reports_owed(demo.study, demo.trial, NOW) if one.entry == sepsis.id]
    firsts = {(duty.regime, duty.fatal, duty.day_0) for duty in duties if duty.what is Report.FIRST}
    assert len(firsts) == 4
    assert len({day for _, fatal, day in firsts if fatal}) == 1
    assert {duty.regime for duty in duties if duty.what is Report.COMPLETE} == {"CN_IIT"}


def test_every_serious_event_has_a_narrative(demo: Played):
    events = [one for chapter in demo.trial.chapters for one in adverse_events(demo.trial, chapter) if one.serious]
    assert len(events) >= 10
    assert [one.id for one in events if not one.narrative] == []


# --- grades -----------------------------------------------------------------------------------------------------------


def test_cytokine_release_is_assessed_until_it_is_gone(demo: Played):
    grades = {number: [e.what.grade for e in demo.participant(number).all(CrsAssessed)] for number in (5, 7, 9)}
    assert grades[5] == ["1", "2", "2", "0", "0"]
    assert max(grades[7]) == "3"
    assert grades[9] == ["1", "0"]
    ice = [entry.what for number in (5, 7, 9, 12) for entry in demo.participant(number).all(IcansAssessed)]
    assert all({"orientation", "naming", "command", "writing", "attention"} <= set(one.findings) for one in ice)
    assert max(one.grade for one in ice) == "3"


def test_graft_versus_host_disease_is_assessed_by_organ_until_it_is_gone(demo: Played):
    grades = {n: [e.what.grade for e in demo.participant(n).all(AcuteGvhdAssessed)] for n in (8, 10, 15)}
    assert {number: found[-1] for number, found in grades.items()} == {8: "0", 10: "0", 15: "0"}
    assert sorted(set(grades[8])) == ["0", "I", "II"]
    assert "III" in grades[10]
    refractory = {n: {e.what.steroid_refractory for e in demo.participant(n).all(AcuteGvhdAssessed)} for n in (8, 15)}
    assert refractory[8] == {"no"}
    assert "yes" in refractory[15]


def test_the_interrupted_infusion_was_a_reaction_of_grade_3_and_no_dose_limiting_toxicity(demo: Played):
    assessed = demo.participant(13).all(InfusionReactionAssessed)
    assert [entry.what.grade for entry in assessed] == ["3"]
    assert demo.participant(13).code in demo.boundary.without


def test_people_bring_conditions_along_and_an_event_no_worse_than_before_is_not_emergent(demo: Played):
    assert sum(bool(book.all(ConditionFound)) for book in demo.trial.enrolled) >= 12
    found = [
        one
        for book in demo.trial.enrolled
        for one in emerged(book, adverse_events(demo.trial, book), TREATMENT)
        if one.before
    ]
    assert {one.worse for one in found} == {True, False}


# --- the laboratory ---------------------------------------------------------------------------------------------------


def test_most_values_out_of_range_are_signed_and_some_wait(demo: Played):
    values = [one for book in demo.trial.enrolled for one in laboratory(demo.study, demo.trial, book)]
    outside = [one for one in values if one.outside.truth is TRUE and one.measured.visit]
    waiting = [one for one in outside if one.waits]
    assert 0 < len(waiting) < len(outside) / 10
    assert all(one.mark.what.signed_by == "wang" for one in outside if one.mark)
    assert {grade.text for one in values for grade in one.grades} >= {"0", "1", "2", "3", "4"}


def test_some_values_become_an_event_and_others_join_one(demo: Played):
    marks = [mark for book in demo.trial.enrolled for mark in book.all(ValueMarked) if mark.what.significant]
    became = [mark for mark in marks if mark.what.event is None]
    assert len(became) == 4
    assert len(marks) - len(became) >= 10
    reported = {
        entry.what.term
        for mark in became
        if isinstance((entry := demo.trial.by_id[f"{mark.id}.2"]).what, AdverseEventReported)
    }
    assert reported == {"Alanine aminotransferase increased", "Neutrophil count decreased"}


def test_neutrophils_fall_after_chemotherapy_and_are_back_by_day_42(demo: Played):
    for book in demo.trial.enrolled:
        counts = [float(one.measured.quantity.number) for one in laboratory(demo.study, demo.trial, book, "anc")]
        assert len(counts) >= 1
        if book.infusions:
            assert min(counts) < 0.5
            assert counts[-1] >= 0.5


# --- donors and partners ----------------------------------------------------------------------------------------------


def test_a_donor_felt_the_citrate_and_a_partner_is_pregnant_and_followed_to_the_birth(demo: Played):
    donors = [one for donor in demo.trial.donors.values() for one in adverse_events(demo.trial, donor)]
    assert [(one.term, one.related) for one in donors] == [("Paresthesia", {"collection": "related"})]
    outcomes = [entry.what.outcome for book in demo.trial.enrolled for entry in book.all(PregnancyFollowed)]
    assert outcomes == ["ongoing", "live birth"]
