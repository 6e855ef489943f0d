"""Whether a lot passes: the worked example of a dose, limits per kilogram, quality assurance, late results."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from cell_story import (
    AT_THE_BEDSIDE,
    COLLECTION,
    DOSE,
    GIVEN,
    LOT,
    MADE,
    MAKER,
    NURSE,
    QUALITY,
    SECOND_DOSE,
    TESTER,
    cell_study,
    cell_trial,
    checked,
    code,
    divided,
    issued,
    lot_made,
    patient,
    released,
    results,
    start,
)
from conduct_story import Story, without

from trialwright.cells.alerts import all_open_alerts
from trialwright.cells.per_kg import Amount, PerKg, per_kg
from trialwright.cells.release_tests import JudgedTest, judge_lot, nk_cells
from trialwright.cells.states import Disposition, State, lot_state
from trialwright.conduct.possible import possible_deviations
from trialwright.facts import parse_occurred
from trialwright.ledger import Actor, Entry
from trialwright.ledger.kinds import ReleaseTested
from trialwright.study import Study

WHOLE = f"{patient()}\n{MADE}"
UNRELEASED = without(WHOLE, " release ")
RELEASE = released().strip()
TAKE_OUT, ISSUE = (line.strip() for line in issued().strip().splitlines())
SEVENTY = Amount(Decimal(70), Decimal(120), Decimal(120), Decimal("1.2e7"))
GREW = f"record_release_test {LOT} test=sterility value=positive sampled_on=2026-01-20 {TESTER}"
OTHER_LOT = code("lot", 2)


@pytest.fixture
def story() -> Story:
    return cell_trial()


def result(value: str, unit: str | None) -> Entry[ReleaseTested]:
    tested = ReleaseTested("test", value, unit)
    return Entry(0, "r", "s", "h", "XA", Actor("lab-2", "cell laboratory"), "", tested)


def answers_of(story: Story, weight: str | None, study: Study | None = None) -> dict[str, JudgedTest]:
    judged = judge_lot(study or story.study, story.trial, story.trial.lots[LOT], date(2026, 1, 20), weight)
    return {test.id: test for test in judged}


def limited(rule: str) -> Study:
    """The study with another limit of T cells."""
    study = cell_study()
    assert study.product is not None
    tests = tuple(replace(one, rule=rule) if one.id == "t-cells" else one for one in study.product.release_tests)
    return replace(study, product=replace(study.product, release_tests=tests))


def weighs(kg: str, on: str = "2026-01-20") -> str:
    return f'2026-01-20 record_facts S-001 facts=\'[{{"concept":"weight","value":"{kg}","unit":"kg","on":"{on}"}}]\''


def state(story: Story, on: str | None = None) -> tuple[State, Disposition]:
    found = lot_state(story.study, story.trial, story.trial.lots[LOT], parse_occurred(on) if on else None)
    return found.state, found.disposition


# --- the worked example: 70 kg, 120 mL, 1.2e7 viable cells/mL, 85 % CD3-CD56+, 0.6 % CD3+, 0.5 EU/mL -----------------


@pytest.mark.parametrize(
    ("value", "unit", "answer"),
    [
        ("0.6", "%", PerKg("123428.571429", "/kg")),  # 8.64e6 T cells: 1.234e5 per kg
        ("0.5", "{EU}/mL", PerKg("0.857142857143", "{EU}/kg")),  # 60 EU: 0.857 per kg
        ("85", "%", PerKg("17485714.2857", "/kg")),  # 1.224e9 NK cells: 1.749e7 per kg
        ("7.2e4", "/mL", PerKg("123428.571429", "/kg")),
        ("0.072", "10*6/mL", PerKg("123428.571429", "/kg")),
        ("8.64e6", "1", PerKg("123428.571429", "/kg")),
        ("60", "{EU}", PerKg("0.857142857143", "{EU}/kg")),
        ("1e5", "/kg", PerKg("1E+5", "/kg")),  # as somebody else reckoned it
        ("<0.6", "%", PerKg("<123428.571429", "/kg")),
        ("few", None, PerKg(None, "/kg", "'few' is no number")),
        ("3", "mg", None),
    ],
)
def test_a_result_is_reckoned_per_kilogram_from_what_the_laboratory_measured(
    value: str, unit: str | None, answer: PerKg | None
) -> None:
    assert per_kg(result(value, unit), SEVENTY) == answer


@pytest.mark.parametrize(
    ("without_it", "value", "unit", "missing"),
    [
        ("weight_kg", "0.6", "%", "no weight of a recipient"),
        ("weight_kg", "0.5", "{EU}/mL", "no weight of a recipient"),
        ("volume_ml", "0.5", "{EU}/mL", "no volume"),
        ("viable_per_ml", "0.6", "%", "no count of viable cells"),
    ],
)
def test_what_is_missing_is_named_and_unknown_is_never_zero(
    without_it: str, value: str, unit: str, missing: str
) -> None:
    reckoned = per_kg(result(value, unit), replace(SEVENTY, **{without_it: None}))
    assert reckoned is not None
    assert (reckoned.value, reckoned.missing) == (None, missing)


def test_half_a_lot_is_half_of_its_total() -> None:
    half = replace(SEVENTY, volume_ml=Decimal(60))
    assert per_kg(result("8.64e6", "1"), half) == PerKg("61714.2857143", "/kg")


@pytest.mark.parametrize(("limit", "status"), [("2e5", "met"), ("1e5", "not met"), ("123428.571429", "met")])
def test_t_cells_of_the_worked_example_pass_2e5_and_fail_1e5(story: Story, limit: str, status: str) -> None:
    story.tell(UNRELEASED)
    test = answers_of(story, "70", limited(f"cd3_per_kg <= {limit} /kg"))["t-cells"]
    assert (test.status, test.weight_kg) == (status, "70")
    assert "123428.571429 /kg" in test.found


def test_the_worked_example_through_the_acts(story: Story) -> None:
    story.tell(AT_THE_BEDSIDE)
    lot = story.trial.lots[LOT]
    assert nk_cells(story.study, story.trial, lot) == Decimal("1.224e9")
    endotoxin = answers_of(story, "70")["endotoxin"]
    assert endotoxin.status == "met"
    assert "0.857142857143 {EU}/kg" in endotoxin.found
    (infused,) = story.do(start())
    assert infused.what.nk_cells_per_kg == "17485714"  # 1.749e7
    (ended,) = story.do(f"2026-01-20T14:40 end_infusion S-001 how=complete volume_ml=120 reaction=no {NURSE}")
    assert ended.what.nk_cells_per_kg == "17485714"


def test_without_a_weight_a_limit_per_kilogram_is_unknown(story: Story) -> None:
    story.tell(UNRELEASED)
    assert {id: test.status for id, test in answers_of(story, None).items() if test.status != "met"} == {
        "t-cells": "unknown",
        "endotoxin": "unknown",
        "sterility": "unknown",
    }


# --- release ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hand", ["lab-1", "lab-2", "LAB-2"])
def test_quality_assurance_is_never_who_made_or_tested_the_lot(story: Story, hand: str) -> None:
    story.tell(UNRELEASED)
    assert story.codes(RELEASE.replace("lab-3", hand)) == {"release.own_work"}


@pytest.mark.parametrize(
    "line",
    [
        f"2026-01-20T05:30 process {COLLECTION} step=selection by lab-3:cell_laboratory",
        f"2026-01-20T06:30 process {LOT} step=selection by lab-3:cell_laboratory",
        f"2026-01-20T06:30 take_sample {LOT} sample=Q-1 volume_ml=1 by lab-3:cell_laboratory",
        f"2026-01-20T07:40 record_release_test {LOT} test=gram value=negative analyst=lab-3 {TESTER}",
    ],
)
def test_nobody_who_had_a_hand_in_the_lot_releases_it(story: Story, line: str) -> None:
    made = UNRELEASED.replace("volumes_ml=120", "volumes_ml=119") if "take_sample" in line else UNRELEASED
    before, mark, after = made.partition("2026-01-20T07:00 divide")
    story.tell(f"{before}\n{line}\n{mark}{after}")
    assert "release.own_work" in story.codes(RELEASE)


def test_who_divided_the_lot_does_not_release_it(story: Story) -> None:
    lines = [line.replace("lab-1", "lab-3") if " divide " in line else line for line in UNRELEASED.splitlines()]
    story.tell("\n".join(lines))
    assert story.codes(RELEASE) == {"release.own_work"}


@pytest.mark.parametrize(
    "second", ["", "with nurse:coordinator", "with lab-4:cell_laboratory", "with LAB-3:investigator"]
)
def test_a_conditional_release_is_decided_with_a_physician(story: Story, second: str) -> None:
    story.tell(UNRELEASED)
    assert story.codes(RELEASE.replace("with inv:investigator", second)) == {"release.no_physician"}
    (entry,) = story.do(RELEASE)
    assert entry.what.pending == ("sterility",)
    assert state(story) == (State.CONDITIONAL, Disposition.WAITING)


def test_a_full_release_needs_no_physician_and_every_result(story: Story) -> None:
    story.tell(UNRELEASED)
    assert state(story) == (State.QUARANTINE, Disposition.WAITING)
    full = RELEASE.replace("conditional", "full").replace("with inv:investigator", "")
    assert story.codes(full) == {"release.pending"}
    story.do(f"2026-01-20T07:50 record_release_test {LOT} test=sterility value=negative {TESTER}")
    story.do(full)
    assert state(story) == (State.RELEASED, Disposition.WAITING)
    assert state(story, "2026-01-21") == (State.RELEASED, Disposition.EXPIRED)


@pytest.mark.parametrize(
    ("test", "value"),
    [("cell-count", "9e5 unit=/mL"), ("purity", "69 unit=%"), ("t-cells", "1 unit=%"), ("gram", "positive")],
)
def test_a_result_outside_its_limit_is_never_released(story: Story, test: str, value: str) -> None:
    story.tell(UNRELEASED)
    story.do(f"2026-01-20T07:45 record_release_test {LOT} test={test} value={value} {TESTER}")
    assert "release.failed" in story.codes(RELEASE)


def test_a_limit_per_kilogram_is_judged_for_the_weight_given_with_the_release(story: Story) -> None:
    story.tell(UNRELEASED)
    assert story.codes(RELEASE.replace("weight_kg=70", "weight_kg=43")) == {"release.failed"}
    assert story.codes(RELEASE.replace("weight_kg=70", "weight_kg=44")) == set()


# --- per kilogram, again at issue and at the start --------------------------------------------------------------------

NEAR = WHOLE.replace("value=0.6", "value=0.95")  # 1.954e5 per kg at 70 kg; 2.073e5 at 66


def test_a_lighter_patient_fails_at_issue_what_was_released_for_a_heavier(story: Story) -> None:
    story.tell(f"{NEAR}\n{TAKE_OUT}")
    assert story.codes(ISSUE) == set()
    assert story.codes(ISSUE.replace("weight_kg=70", "weight_kg=66")) == {"lot.failed_test"}
    story.do(weighs("66"))
    assert story.codes(ISSUE) == {"lot.failed_test"}  # of a stated and a recorded weight the smaller
    assert story.codes(ISSUE.replace("weight_kg=70", "")) == {"lot.failed_test"}


def test_a_lighter_patient_fails_at_the_start_too(story: Story) -> None:
    story.tell(AT_THE_BEDSIDE.replace("value=0.6", "value=0.95"))
    assert story.codes(start()) == set()
    story.do(weighs("66"))
    assert story.codes(start()) == {"lot.failed_test"}


def test_the_issue_keeps_every_answer_for_todays_weight(story: Story) -> None:
    story.tell(f"{WHOLE}\n{TAKE_OUT}\n{weighs('68')}")
    (entry,) = story.do(ISSUE)
    assert entry.what.weight_kg == "68"
    lines = {line["test"]: line for line in entry.what.judged}
    assert (lines["t-cells"]["status"], lines["t-cells"]["weight_kg"]) == ("met", "68")
    assert "127058.823529" in lines["t-cells"]["found"]


# --- over all infusions -----------------------------------------------------------------------------------------------


def second_lot(t_cells: str) -> str:
    return (
        lot_made(OTHER_LOT)
        + divided(OTHER_LOT, SECOND_DOSE)
        + results(OTHER_LOT, t_cells=t_cells)
        + released(OTHER_LOT)
        + f"2026-01-20T16:00 take_out_of_storage {SECOND_DOSE} place=refrigerator {QUALITY}"
    )


SECOND_ISSUE = ISSUE.replace(DOSE, SECOND_DOSE).replace("T13:20", "T16:10")


@pytest.mark.parametrize(("t_cells", "codes"), [("0.6", set()), ("0.65", {"lot.over_all_doses"})])
def test_t_cells_of_two_infusions_add_up(story: Story, t_cells: str, codes: set[str]) -> None:
    """1.234e5 and 1.234e5 are 2.469e5 per kg, below 2.5e5; with 1.337e5 they are 2.571e5."""
    story.tell(f"{GIVEN}{second_lot(t_cells)}")
    assert story.codes(SECOND_ISSUE) == codes


def test_only_what_was_given_of_the_first_infusion_counts(story: Story) -> None:
    end = f"end_infusion S-001 how=stopped reason=fever volume_ml=60 discarded_ml=60 reaction=yes {NURSE}"
    story.tell(f"{GIVEN}2026-01-20T14:20 {end} with inv:investigator{second_lot('0.65')}")
    assert story.codes(SECOND_ISSUE) == set()


def test_a_first_infusion_whose_t_cells_nobody_knows_keeps_the_sum_unknown(story: Story) -> None:
    told = without(GIVEN, "test=t-cells").splitlines()
    told = [f"{line} told" if " release " in line or " issue " in line or " infuse " in line else line for line in told]
    told = [f"{line} told" if " check_at_bedside " in line else line for line in told]
    story.tell("\n".join(told) + second_lot("0.6"))
    refusal = story.refused(SECOND_ISSUE)
    assert [reason.code for reason in refusal.reasons] == ["lot.over_all_doses"]
    assert "is unknown" in refusal.reasons[0].text


# --- late results -----------------------------------------------------------------------------------------------------


def test_growth_after_the_infusion_fails_the_lot_and_asks_for_a_safety_assessment(story: Story) -> None:
    story.tell(GIVEN)
    assert state(story) == (State.CONDITIONAL, Disposition.GIVEN)
    _, alert = story.do(f"2026-02-03 {GREW}")
    assert (alert.about, alert.what.to) == ("S-001", ("investigator", "safety board"))
    assert alert.what.what == f"lot {LOT}, given to this participant: 14-day culture failed"
    assert "assess safety" in alert.what.asks
    assert alert.what.cells == (LOT,)
    assert state(story) == (State.FAILED, Disposition.GIVEN)
    assert possible_deviations(story.study, story.trial) == ()


def test_one_alert_is_open_for_one_finding_however_often_it_is_entered(story: Story) -> None:
    story.tell(GIVEN)
    _, alert = story.do(f"2026-02-03 {GREW}")
    assert len(story.do(f"2026-02-04 {GREW}")) == 1
    story.do(f"2026-02-05 answer_alert alert={alert.id} answer='seen, no fever, cultures taken'")
    assert all_open_alerts(story.trial) == ()
    assert len(story.do(f"2026-02-06 {GREW}")) == 2


def test_a_rejection_after_the_infusion_calls_too(story: Story) -> None:
    story.tell(GIVEN)
    rejected, alert = story.do(f"2026-02-03 reject_lot {LOT} reason='culture grew' {QUALITY}")
    assert rejected.what.after_infusion
    assert alert.about == "S-001"
    assert state(story) == (State.FAILED, Disposition.GIVEN)


def test_growth_before_the_infusion_stops_the_issue_and_calls_nobody_at_a_bedside(story: Story) -> None:
    story.tell(f"{WHOLE}\n{TAKE_OUT}")
    assert len(story.do(f"2026-01-20T13:12 {GREW}")) == 1
    assert story.codes(ISSUE) == {"lot.failed_test"}


def test_a_result_that_passes_after_the_infusion_calls_nobody_and_the_release_becomes_full(story: Story) -> None:
    story.tell(GIVEN)
    assert len(story.do(f"2026-02-03 {GREW.replace('positive', 'negative')}")) == 1
    story.do(f"2026-02-03 release {LOT} how=full weight_kg=70 {QUALITY}")
    assert state(story) == (State.RELEASED, Disposition.GIVEN)


def test_results_are_typed_as_measured_never_per_kilogram(story: Story) -> None:
    story.tell(f"{UNRELEASED}")
    line = f"2026-01-20T07:45 record_release_test {LOT} test=endotoxin value=0.9 unit={{EU}}/kg {TESTER}"
    assert story.codes(line) == {"release.typed_per_kg"}


def test_the_check_and_the_start_ask_again_whether_the_lot_passes(story: Story) -> None:
    story.tell(without(AT_THE_BEDSIDE, " check_at_bedside "))
    story.do(f"2026-01-20T13:40 reject_lot {LOT} reason='bag leaks' {MAKER}")
    assert story.codes(checked()) == {"lot.rejected"}
    assert "lot.rejected" in story.codes(start())
