"""The safety board's report, its facts: where the trial stands, who counts, what is owed, whom harm came to.

Expected facts are read off the story by hand (tests/report/board_story.py says who is who). The boundary is judged by
scipy's beta distribution: prior Beta(0.6, 1.4), pauses when P(rate > 30 %) exceeds 0.80.
"""

import json
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from board_story import CUT_OFF, after, board, entries
from report_story import study_file
from scipy.stats import beta

from trialwright.ledger import trial_so_far
from trialwright.ledger.kinds import Paused
from trialwright.report import SafetyModel, safety_json, safety_model
from trialwright.report.safety_wording import safety_document
from trialwright.report.sections import board_front, board_stopping
from trialwright.report.stopping_facts import BoundaryFacts
from trialwright.report.words import Say
from trialwright.study import Study, StudyFile

SAY = Say("en")


def of_study(study: Study, upto: int | None = None, cut_off: date = CUT_OFF) -> SafetyModel:
    """The story's ledger read under another study."""
    file: StudyFile = replace(study_file(), study=study)
    return safety_model(file, trial_so_far(entries()[:upto]), cut_off)


def bound(model: SafetyModel) -> BoundaryFacts:
    assert model.stopping.boundary is not None
    return model.stopping.boundary


# --- where the trial stands -------------------------------------------------------------------------------------------


def test_everybody_enrolled_has_an_answer_and_its_reason() -> None:
    answers = {one.person.code: one for one in board().stopping.answers}
    said = {code: one.answer for code, one in answers.items()}
    assert said == {
        "S-01": "no",
        "S-02": "no",
        "S-03": "no",
        "S-04": "yes",  # cytokine release syndrome of grade 3
        "S-05": "no",  # died after the window, of the leukaemia
        "S-06": "yes",  # graft versus host disease of grade III
        "S-07": "not yet evaluable",  # not seen again
    }
    assert all(one.because for one in answers.values())
    assert [id for id, _ in answers["S-04"].found] == ["crs"]
    assert [id for id, _ in answers["S-06"].found] == ["gv"]
    assert answers["S-07"].because[0].startswith("last seen on 2026-08-15")


def test_the_path_goes_participant_by_participant() -> None:
    facts = bound(board())
    assert [(one.person.code, one.evaluable, one.events) for one in facts.path] == [
        ("S-01", 1, 0),
        ("S-02", 2, 0),
        ("S-03", 3, 0),
        ("S-04", 4, 1),
        ("S-05", 5, 1),
        ("S-06", 6, 2),
    ]
    assert ([one.code for one in facts.toxic], [one.code for one in facts.pending]) == (["S-04", "S-06"], ["S-07"])


def exceeds(events: int, n: int) -> float:
    """P(true rate > 30 %) after so many toxicities in so many participants."""
    return float(beta.sf(0.3, 0.6 + events, 1.4 + n - events))


def test_the_posterior_is_that_of_scipy() -> None:
    assert bound(board()).posterior == pytest.approx(exceeds(2, 6), abs=1e-9)


def test_the_bound_is_the_fewest_events_whose_posterior_exceeds_the_cut() -> None:
    """From the first look at 3 on; before it the first look's own bound holds, where so many can have one."""
    lowest = bound(board()).rule.lowest
    assert len(lowest) == 15
    for n, found in enumerate(lowest, 1):
        if n >= 3:
            assert found == next(events for events in range(n + 1) if exceeds(events, n) > 0.80), n
    assert lowest[:2] == (None, lowest[2])


def test_the_figure_s_table_has_the_path_and_the_bounds() -> None:
    facts = bound(board())
    data = board_stopping.boundary(facts, SAY).data
    assert data is not None
    shown = [tuple(cell.text for cell in row) for row in data.rows if isinstance(row, tuple)]
    walked = [(one.evaluable, one.person.code, SAY.date(one.on), one.events) for one in facts.path]
    assert [row[:4] for row in shown] == [tuple(map(str, step)) for step in walked]
    assert [row[4] for row in shown] == ["–" if one is None else str(one) for one in facts.rule.lowest[:6]]


@pytest.mark.parametrize(
    ("cut_off", "evaluable", "events"),
    [
        (date(2025, 12, 31), 0, 0),
        (date(2026, 3, 1), 1, 0),
        (date(2026, 6, 30), 4, 1),
        (date(2026, 7, 25), 5, 1),
        (date(2026, 7, 26), 6, 2),  # S-06's graft versus host disease begins, of grade 3; staged by organ a day later
    ],
)
def test_a_report_of_an_earlier_day_knows_what_had_occurred(cut_off: date, evaluable: int, events: int) -> None:
    facts = bound(board(cut_off=cut_off))
    assert (facts.evaluable, facts.events) == (evaluable, events)


# --- pauses and decisions ---------------------------------------------------------------------------------------------


def test_a_decision_that_knew_everything_ends_the_pause() -> None:
    stopping = board().stopping
    assert stopping.pauses == ()
    (decision,) = stopping.decisions
    assert (decision.decided_by, decision.on, decision.scope) == ("safety board", "2026-03-06", "trial")
    assert decision.answers == (("a contaminated product was given", "lot L-2 grew"),)
    (contamination,) = (one for one in stopping.triggers if one.id == "contamination")
    assert (contamination.reached, contamination.in_force) == (True, False)


def test_until_the_decision_the_trial_was_paused() -> None:
    found = board(cut_off=date(2026, 3, 5))
    (pause,) = found.stopping.pauses
    assert (pause.by, pause.label) == ("contamination", "a contaminated product was given")
    assert "lot L-2, given to S-02, failed" in pause.reason
    assert board_front.title(found, SAY) == "The trial is paused: a contaminated product was given"


def test_a_trigger_of_two_has_happened_once_and_pauses_nothing() -> None:
    triggers = {one.id: one for one in board().stopping.triggers}
    assert {id: len(one.fired) for id, one in triggers.items()} == {
        "treatment-death": 0,  # S-05's sepsis was judged due to the leukaemia
        "gvhd-4": 0,
        "gvhd-3": 1,
        "contamination": 1,
        "wrong-person": 0,
    }
    assert (triggers["gvhd-3"].count, triggers["gvhd-3"].reached) == (2, False)


def test_somebody_may_pause_the_trial_by_hand_and_the_title_says_so() -> None:
    found = board(told=after(("hand", Paused("sponsor", "two fevers are looked at"), None, "2026-11-20")))
    assert [(one.by, one.reason) for one in found.stopping.pauses] == [("sponsor", "two fevers are looked at")]
    assert board_front.title(found, SAY) == "The trial is paused: sponsor"


# --- reports ----------------------------------------------------------------------------------------------------------


def test_the_five_reports_of_the_lung_infection_are_overdue_the_pregnancy_s_are_due() -> None:
    found = board()
    assert [(one.entry, one.stands) for one in found.owed if one.stands != "sent"] == (
        [("lung", "overdue")] * 5 + [("preg", "due")] * 2
    )
    assert {(one.about, one.subject, one.grade) for one in found.overdue} == {("S-06", "Lung infection", 3)}
    assert all(before.late >= after.late for before, after in pairwise(found.overdue) if before.hours == after.hours)


def test_what_was_sent_was_in_time_but_for_one() -> None:
    sent = [(one.entry, one.to, one.in_time) for one in board().owed if one.stands == "sent"]
    assert [one for one in sent if one[2] != "yes"] == [("sep", "ethics committee", "no")]
    assert len(sent) == 6


# --- harm -------------------------------------------------------------------------------------------------------------


def test_serious_events_are_told_in_order_with_their_days_words_and_reports() -> None:
    told = board().serious
    assert [(one.id, one.worst, one.day) for one in told] == [
        ("crs", 3, 1),
        ("sep", 5, 44),
        ("gv", 3, 19),
        ("lung", 3, 120),
    ]
    crs = told[0]
    assert [grade for grade, _ in crs.grades] == [1, 3]
    assert [words for _, words in crs.narrative] == ["Fever of 39.1 six hours after the infusion", "One vasopressor"]
    assert (crs.seriousness, crs.expected, crs.outcome, crs.dose_limiting) == (
        ("hospitalisation",),
        "yes",
        "resolved",
        True,
    )
    assert [to for _, to, _, _ in crs.sent] == ["institution", "ethics committee"]
    assert [one.dose_limiting for one in told] == [True, False, True, False]
    assert told[1].seriousness == ("life-threatening", "hospitalisation", "death")


def test_donors_and_participants_are_never_told_together() -> None:
    found = board()
    (donor,) = found.donor_events
    assert (donor.code, donor.who, donor.term) == ("D-1", None, "Vasovagal reaction")
    assert "S-04" not in str(donor)  # somebody typed it into the narrative
    assert "D-1" not in str(replace(found, donor_events=(), owed=()))
    assert {one.code for one in found.serious} == {"S-04", "S-05", "S-06"}


def test_the_tables_count_the_story_s_people() -> None:
    counts = board().since_treatment.counts
    rows = {row.term: (row.by_grade, row.serious) for row in counts.tables[0].rows}
    assert rows == {
        "Neutrophil count decreased": ((0, 0, 0, 7, 0), 0),
        "Fever": ((7, 0, 0, 0, 0), 0),
        "Cytokine release syndrome": ((0, 0, 1, 0, 0), 1),
        "Graft versus host disease": ((0, 0, 1, 0, 0), 1),
        "Lung infection": ((0, 0, 1, 0, 0), 1),
        "Sepsis": ((0, 0, 0, 0, 1), 1),
        "Alanine aminotransferase increased": ((0, 1, 0, 0, 0), 0),  # grade 1 before, and again later: not counted
        "Rash maculo-papular": ((0, 1, 0, 0, 0), 0),  # the one on day 200 is past the time of collection
    }
    assert counts.left_out == (("earlier", 1), ("not worse", 1), ("not collected", 1), ("not treated", 1))
    assert (counts.n, counts.anything.by_grade) == (7, (0, 0, 0, 6, 1))


def test_parts_of_the_population_add_to_the_whole() -> None:
    found = board()
    for by in ("disease status", "phase"):
        parts = [group for group in found.groups if group.by == by]
        assert sum(one.n for one in parts) == 7
        assert sum(one.serious for one in parts) == found.since_treatment.counts.anything.serious == 3


def test_the_laboratory_s_marks_and_what_waits_for_one() -> None:
    found = board().laboratory
    assert [(one.who.code, one.value, one.significant, one.grades) for one in found.marks] == [
        ("S-03", "160", True, (("Alanine aminotransferase increased", "2"),))
    ]
    assert [(one.who.code, one.concept) for one in found.waiting if one.concept == "alt"] == [("S-03", "alt")]
    assert len([one for one in found.waiting if one.concept == "anc"]) == 7
    assert {one.term: one.n for one in found.shifts} == {
        "Neutrophil count decreased": 7,
        "Alanine aminotransferase increased": 7,
    }


def test_scales_deaths_pregnancies_and_failed_lots_are_there() -> None:
    found = board()
    by_scale = {one.scale: (one.by_grade, one.open, one.not_assessed) for one in found.scales}
    assert by_scale["acute GVHD"] == ((0, 0, 0, 1, 0), 0, 6)
    assert by_scale["infusion reaction"] == ((0,) * 6, 1, 6)  # "2 or 3"
    (dead,) = found.deaths
    assert (dead.death.code, dead.death.cause, dead.days_from_last_infusion) == ("S-05", "leukaemia", 52)
    assert dead.fatal_events == ("Sepsis",)
    (pregnancy,) = found.pregnancies
    assert (pregnancy.who.code, pregnancy.of, pregnancy.followed) == (
        "S-02",
        "partner",
        (("2026-09-02", "ongoing", None),),
    )
    (lot,) = found.failed_lots
    assert (lot.lot, [who.code for who, _ in lot.given_to], len(lot.alerts)) == ("L-2", ["S-02"], 1)


# --- studies and ledgers that know little -----------------------------------------------------------------------------


def test_a_study_without_a_rule_or_triggers_still_has_a_report() -> None:
    safety = replace(study_file().study.safety, stopping_rule=None, triggers=(), dlt=None, reporting=None)
    found = of_study(replace(study_file().study, safety=safety))
    assert (found.stopping.boundary, found.stopping.triggers, found.owed) == (None, (), ())
    assert board_front.title(found, SAY) == "This study has no stopping rule"
    assert len(found.serious) == 4


def test_a_ledger_in_which_nobody_is_infused_counts_nobody() -> None:
    empty = of_study(study_file().study, 1)
    assert (empty.enrolled, empty.treated, empty.infused) == (0, 0, 0)
    assert (bound(empty).evaluable, bound(empty).path, empty.overdue) == (0, (), ())
    assert all(one.n == 0 for one in empty.scales)


def test_a_study_of_the_past_has_a_report() -> None:
    past = of_study(replace(study_file().study, historical=True))
    assert past.treated == 7


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("upto", [1, 2, 4, 6, 9, 12, 40, 80])
def test_a_ledger_of_any_length_is_worded_in_full(upto: int, lang: Any) -> None:
    say = Say(lang)
    safety_document(of_study(study_file().study, upto), lang, say)
    assert say.missing == set()


# --- as JSON ----------------------------------------------------------------------------------------------------------


def test_the_json_has_every_number_and_no_nan() -> None:
    found = board()
    document = safety_json(found)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["stopping"]["boundary"]["posterior"] == bound(found).posterior
    assert len(document["serious"]) == 4
