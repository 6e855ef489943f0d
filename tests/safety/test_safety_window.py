"""The days in which a toxicity counts, how much of the dose was given, and who is asked.

Written from DOMAIN.md, section 7 (from the first infusion to the later of day 28 after it and day 42 after day 1 of
that cycle; below 80 % of the dose nobody is evaluable), and docs/decisions/0017.
"""

from dataclasses import replace
from datetime import date

import pytest
from cell_story import GIVEN, NURSE
from conduct_story import Story, consents
from harm_story import (
    LATER,
    answer,
    arrives,
    conditioned,
    event,
    given,
    harm_cell_study,
    harm_study,
    measured,
    put,
    reported,
    tell,
    tell_on,
    treated,
    visited,
    watched,
)

from trialwright.cells.seen import everything
from trialwright.ledger.kinds import CrsAssessed, Infused, InfusionEnded, Transplanted
from trialwright.safety.stopping.boundary import boundary
from trialwright.safety.stopping.dlt import Evaluable, dlt_answer, dlt_answers, dose_share
from trialwright.safety.stopping.toxicities import toxicities
from trialwright.safety.stopping.window import dlt_window
from trialwright.study.safety import Toxicity


@pytest.mark.parametrize(
    ("rule", "story", "end"),
    [
        ("42 days after the chemotherapy, where that is later", treated(), date(2026, 2, 21)),
        ("28 days after the cells, where that is later", treated(on="2026-02-01T14:00"), date(2026, 3, 1)),
        ("both on one day", treated(on="2026-01-24T14:00"), date(2026, 2, 21)),
        ("an infusion of the second cycle does not move it", treated() + given(cycle=2, on="2026-03-01T14:00"), None),
        ("the first by date, not as told", conditioned() + given(on="2026-03-01T14:00") + given(), None),
        ("chemotherapy of a month, day unknown: its last day", treated(began="2026-01"), date(2026, 3, 14)),
        ("cells without chemotherapy of their cycle: 28 days", conditioned() + given(cycle=2), date(2026, 2, 17)),
    ],
)
def test_the_window_lasts_to_the_later_of_its_two_days(rule: str, story: str, end: date | None) -> None:
    window = dlt_window(harm_study(), tell(story).trial.casebooks["S-001"])
    assert window is not None
    assert window.end == window.last == (end or date(2026, 2, 21)), rule


def test_before_an_infusion_there_is_no_window() -> None:
    assert dlt_window(harm_study(), tell(conditioned()).trial.casebooks["S-001"]) is None


def test_an_infusion_without_its_day_opens_no_window() -> None:
    story = tell(arrives())
    put(story, Infused(1, 1, "L-1", 1, None, None, None, "70"), "S-001", None)
    assert answer(story).because == ("not infused yet",)


def test_the_first_transplant_after_the_cells_ends_it() -> None:
    story = tell(treated(), "2026-02-10 transplant S-001")
    put(story, Transplanted(), "S-001", "2026-02-05")
    put(story, Transplanted(), "S-001", "2026-01-11")
    put(story, Transplanted(), "S-001", None)
    window = dlt_window(story.study, story.trial.casebooks["S-001"])
    assert window is not None
    assert (window.end, window.last) == (date(2026, 2, 21), date(2026, 2, 5))


def test_without_chemotherapy_of_its_cycle_counts_are_not_asked() -> None:
    found = answer(tell(conditioned(), given(cycle=2), visited(on="2026-02-16")))
    assert (found.answer, found.because) == (
        Evaluable.NO,
        ("watched to 2026-02-17 without a dose-limiting toxicity",),
    )


# --- how much of the dose ---------------------------------------------------------------------------------------------

END = "2026-01-20T14:40 end_infusion S-001 reaction=no"
WITNESSED = f"{NURSE} with inv:investigator"


@pytest.mark.parametrize(
    ("ended", "expected", "said"),
    [
        (f"{END} how=complete volume_ml=120 {NURSE}", Evaluable.NO, "watched to"),
        (f"{END} how=stopped reason=fever volume_ml=96 discarded_ml=24 {WITNESSED}", Evaluable.NO, "watched to"),
        (
            f"{END} how=stopped reason=fever volume_ml=95 discarded_ml=25 {WITNESSED}",
            Evaluable.NEVER,
            "79 % of the dose",
        ),
        (f"{END} how=stopped reason=fever volume_ml=0 discarded_ml=120 {WITNESSED}", Evaluable.NEVER, "received 0 %"),
        ("", Evaluable.NOT_YET, "how much of the dose was given is not known"),
    ],
)
def test_below_eighty_percent_of_the_dose_nobody_is_evaluable(ended: str, expected: Evaluable, said: str) -> None:
    found = answer(tell(GIVEN, ended, watched(), study=harm_cell_study()))
    assert (found.answer, said in found.because[0]) == (expected, True), found.because


def test_a_toxicity_counts_however_little_was_given() -> None:
    ended = f"{END} how=stopped reason=fever volume_ml=10 discarded_ml=110 {WITNESSED}"
    assert answer(tell(GIVEN, ended, event(), study=harm_cell_study())).answer is Evaluable.YES


def test_an_infusion_of_which_only_the_lot_is_known_was_whole_unless_it_was_stopped() -> None:
    whole, stopped = tell(treated(), watched()), tell(conditioned(), given(more="stopped_early=fever"), watched())
    assert dose_share(whole.trial, whole.trial.casebooks["S-001"]) == 1
    assert dose_share(stopped.trial, stopped.trial.casebooks["S-001"]) is None
    assert answer(stopped).because == ("how much of the dose was given is not known",)


def test_of_bags_that_nobody_described_the_share_is_not_known() -> None:
    story = tell(treated(), watched())
    put(story, InfusionEnded(1, "stopped", "60"), "S-001", "2026-01-20")
    assert dose_share(story.trial, story.trial.casebooks["S-001"]) is None


def test_an_infusion_said_to_be_complete_was_whole() -> None:
    story = tell(treated(), watched())
    put(story, InfusionEnded(1, "complete", "60"), "S-001", "2026-01-20")
    assert dose_share(story.trial, story.trial.casebooks["S-001"]) == 1


def test_a_grade_that_nobody_can_read_may_be_any() -> None:
    story = tell(treated(), watched())
    put(story, CrsAssessed({}, "smudged", "ASTCT 2019 CRS"), "S-001", "2026-01-25")
    assert answer(story).answer is Evaluable.YES


def test_a_study_without_a_least_dose_does_not_ask() -> None:
    study = harm_study()
    assert study.safety.dlt is not None
    rule = replace(study.safety.dlt, minimum_dose_percent=None, days_after_chemotherapy_start=None)
    study = replace(study, safety=replace(study.safety, dlt=rule))
    story = tell(conditioned(), given(more="stopped_early=fever"), watched(), study=study)
    found = answer(story)
    assert found.window is not None
    assert (found.answer, found.window.end) == (Evaluable.NO, date(2026, 2, 17))


# --- who is asked -----------------------------------------------------------------------------------------------------


def test_everybody_with_a_place_or_with_cells_is_asked_by_number() -> None:
    story = tell(arrives(), consents(), consents(), given("S-003"), event(who="S-003"))
    found = dlt_answers(story.study, story.trial, LATER)
    assert [(one.code, one.number, one.answer.value) for one in found] == [
        ("S-001", 1, "not yet evaluable"),
        ("S-003", None, "yes"),
    ]


def test_cells_given_after_a_place_was_taken_back_count_all_the_same() -> None:
    story = tell(arrives())
    enrolled = next(chain[0].id for chain in story.trial.originals.values() if chain[0].what.kind == "enrolled")
    story.do(f"- retract entry={enrolled} reason_code='wrong person' why='another ward'")
    tell_on(story, given(), event())
    (found,) = dlt_answers(story.study, story.trial, LATER)
    assert (found.number, found.answer) == (None, Evaluable.YES)


def test_what_was_not_yet_recorded_is_not_seen() -> None:
    story = tell(treated(), event())
    size = story.fold.size
    tell_on(story, visited(), event("Sepsis", on="2026-02-01"))
    (found,) = dlt_answers(story.study, story.trial, LATER, lambda entry: entry.order < size)
    assert [one.entries for one in found.found] == [(reported(story)[0],)]
    assert dlt_answers(story.study, story.trial, LATER, lambda entry: False) == ()


def test_a_study_that_defines_no_toxicity_asks_nobody() -> None:
    study = replace(harm_study(), safety=replace(harm_study().safety, dlt=None))
    story = tell(treated(), study=study)
    assert dlt_answers(study, story.trial, LATER) == ()
    assert boundary(study, story.trial, LATER) is None
    book, window = story.trial.casebooks["S-001"], dlt_window(harm_study(), story.trial.casebooks["S-001"])
    assert window is not None
    assert toxicities(study, story.trial, book, window, LATER, everything) == ()
    with pytest.raises(ValueError, match="defines no dose-limiting toxicity"):
        dlt_answer(study, story.trial, story.trial.casebooks["S-001"], LATER)


def test_a_study_without_a_stopping_rule_has_no_boundary() -> None:
    study = replace(harm_study(), safety=replace(harm_study().safety, stopping_rule=None))
    assert boundary(study, tell(treated(), study=study).trial, LATER) is None


def of_items(*items: Toxicity) -> Story:
    study = harm_study()
    assert study.safety.dlt is not None
    study = replace(study, safety=replace(study.safety, dlt=replace(study.safety.dlt, items=items)))
    return tell(treated(), visited(), study=study)


def test_an_item_of_count_recovery_without_its_figures_asks_nothing() -> None:
    assert answer(of_items(Toxicity(id="aplasia", text="no recovery", scale="count recovery"))).answer is Evaluable.NO


def test_due_to_counts_what_is_related_or_not_judged() -> None:
    item = Toxicity(id="organ", text="due to the cells", scale="CTCAE", grade_at_least=4, due_to=("nk_cells",))
    for judged, expected in (("related", "yes"), ("unknown", "yes"), ("not related", "no")):
        story = tell_on(of_items(item), event(related=f'{{"nk_cells":"{judged}"}}'))
        assert answer(story).answer.value == expected, judged


def test_an_item_of_a_scale_without_a_grade_but_for_steroids_counts_those_alone() -> None:
    story = of_items(Toxicity(id="gvhd", text="steroids fail", scale="acute GVHD", or_refractory=2))
    line = "2026-02-01 assess_acute_gvhd S-001 skin=3 lower_gi=0 liver=0 upper_gi=0 steroid_refractory=yes\n"
    assert answer(tell_on(story, line)).answer is Evaluable.YES


def test_counts_are_asked_from_the_day_after_the_set_one() -> None:
    story = tell(treated(), visited(), measured("anc", "0.1", "2026-01-25"))
    assert answer(story, on=date(2026, 2, 21)).because == ("watched until 2026-02-21",)
    assert "is not known" in answer(story, on=date(2026, 2, 22)).because[0]
