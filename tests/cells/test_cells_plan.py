"""Planning backwards, checked by hand on a calendar, and beside what is recorded as a story goes on."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from cell_story import (
    COLLECTION,
    DONOR,
    LOT,
    MAKER,
    NURSE,
    QUALITY,
    cell_study,
    cell_trial,
    code,
    collected,
    cultured,
    divided,
    donor,
    lot_made,
    patient,
    released,
    results,
    start,
    wristband,
)
from conduct_story import Story, chemotherapy, consents, cover, enrols, facts
from hypothesis import given
from hypothesis import strategies as st

from trialwright.cells.plan import Due, PlanStep, making_days, open_cycle, plan_cells, plans
from trialwright.study.model import Study

DAY = date(2026, 1, 16)
"""The last day of the chemotherapy in these stories."""


def due(story: Story, on: str) -> dict[str, str]:
    """How each milestone of the only plan stands on a day of January."""
    (plan,) = plans(story.study, story.trial, date.fromisoformat(f"2026-01-{on}"))
    return {step.milestone.id: step.due.value for step in plan.steps}


def changed(study: Study, **fields: object) -> Study:
    assert study.product is not None
    return replace(study, product=replace(study.product, **fields))


@pytest.mark.parametrize(
    ("milestone", "window"),
    [
        ("infused", "2026-01-18 to 2026-01-27"),  # 2 to 11 days after the 16th
        ("released", "2026-01-17 to 2026-01-27"),  # made the evening before, at the earliest: 24 hours
        ("making", "2025-12-30 to 2026-01-17"),  # the culture takes 18 days at most, 10 at least
        ("collected", "2025-12-30 to 2026-01-17"),
        ("donor_tested", "2025-12-23 to 2026-01-17"),  # a week before the first collection; decided before the last
        ("donor_consented", "by 2026-01-17"),
        ("donor_eligible", "by 2026-01-17"),
    ],
)
def test_the_windows_of_a_cycle_are_counted_backwards_from_its_chemotherapy(milestone: str, window: str) -> None:
    plan = plan_cells(cell_study(), ended_on=DAY)
    assert plan.of(milestone).window == window


def test_a_milestone_says_its_days_and_why_in_one_sentence() -> None:
    plan = plan_cells(cell_study(), ended_on=DAY)
    assert plan.of("infused").says == (
        "Infusion: 2026-01-18 to 2026-01-27; 2 to 11 days after the last day of chemotherapy, 2026-01-16."
    )
    assert plan.of("making").says == "Making begins: 2025-12-30 to 2026-01-17; culture takes 10 to 18 days."
    assert not plan.of("collected").past(date(2026, 1, 17))
    assert plan.of("collected").past(date(2026, 1, 18))


def test_a_donor_who_is_decided_on_later_may_be_sampled_later() -> None:
    study = cell_study()
    assert study.product is not None
    assert study.product.donors is not None
    later = changed(study, donors=replace(study.product.donors, decided_before="release"))
    plan = plan_cells(later, ended_on=DAY)
    assert plan.of("donor_tested").window == "2025-12-23 to 2026-01-24"
    assert plan.of("donor_eligible").window == "by 2026-01-27"
    assert plan.of("donor_consented").window == "by 2026-01-17"


def test_what_a_study_does_not_say_leaves_days_open() -> None:
    bare = changed(cell_study(), steps=(), expiry_hours=None, donors=None)
    assert making_days(bare) == (0, None)
    plan = plan_cells(bare, ended_on=DAY)
    assert [one.id for one in plan.milestones] == ["collected", "making", "released", "infused"]
    assert plan.of("collected").window == "by 2026-01-27"
    assert plan.of("collected").first is None
    nothing = replace(bare, treatment=replace(bare.treatment, infusion=None))
    assert plan_cells(nothing, ended_on=DAY).of("infused").window == "from 2026-01-16 on"
    assert plan_cells(nothing, ended_on=DAY).of("collected").window == "any day"


def test_a_culture_longer_than_its_window_is_impossible_and_says_so() -> None:
    study = cell_study()
    assert study.product is not None
    steps = tuple(
        replace(step, min_days=40, max_days=20) if step.id == "culture" else step for step in study.product.steps
    )
    making = plan_cells(changed(study, steps=steps), ended_on=DAY).of("making")
    assert making.impossible
    assert "on no day" in making.says


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_a_plan_moves_with_its_chemotherapy(ended_on: date, days: int) -> None:
    one, other = (plan_cells(cell_study(), ended_on=day) for day in (ended_on, ended_on + timedelta(days=days)))
    for before, after in zip(one.milestones, other.milestones, strict=True):
        for early, late in ((before.first, after.first), (before.last, after.last)):
            assert (early is None) == (late is None)
            assert early is None or late is None or (late - early).days == days


# --- beside what is recorded ------------------------------------------------------------------------------------------


def test_the_plan_fills_as_the_story_goes_on() -> None:
    story = cell_trial().tell(patient())
    assert due(story, "10")["collected"] == Due.OPEN
    assert due(story, "10")["infused"] == Due.AHEAD
    assert due(story, "19")["collected"] == Due.LATE
    story.tell(donor())
    story.do(f"2026-01-05 assign_donor S-001 donor={DONOR} {NURSE}")
    assert due(story, "10") | {"released": "", "infused": ""} == {
        "donor_consented": "done",
        "donor_tested": "done",
        "donor_eligible": "done",
        "collected": "due",
        "making": "due",
        "released": "",
        "infused": "",
    }
    story.tell(collected())
    assert due(story, "10")["collected"] == Due.DONE
    story.tell(cultured() + lot_made() + divided() + results())
    assert due(story, "20")["making"] == Due.DONE
    assert due(story, "20")["released"] == Due.OPEN
    story.tell(released())
    assert due(story, "20")["released"] == Due.DONE
    assert due(story, "20")["infused"] == Due.OPEN
    after = due(story, "21")  # it has expired: what was done stays done, and the infusion is what was missed
    assert (after["collected"], after["making"], after["released"]) == (Due.DONE, Due.DONE, Due.DONE)
    assert after["infused"] == Due.LATE
    story.do(f"2026-01-21T09:00 discard {code('dose', 1)} reason=expired {MAKER} with nurse")
    assert due(story, "21") == after


def test_cells_in_the_making_move_the_release_and_a_released_lot_the_infusion() -> None:
    story = cell_trial().tell(patient() + donor() + collected() + cultured(end="2026-01-20") + lot_made())
    (plan,) = plans(story.study, story.trial, date(2026, 1, 20))
    assert plan.step("released").milestone.window == "2026-01-18 to 2026-01-26"
    assert "making began on 2026-01-08" in plan.step("released").milestone.says
    story.tell(divided() + results() + released())
    (plan,) = plans(story.study, story.trial, date(2026, 1, 20))
    assert plan.step("infused").milestone.window == "2026-01-18 to 2026-01-20"
    assert (plan.step("released").done_on, plan.step("released").done) == ("2026-01-20 08:00", LOT)
    assert plan.step("collected").done == COLLECTION


def test_a_collection_too_early_is_outside_its_window_unless_a_bank_kept_it() -> None:
    early = "2025-12-20"
    fresh = cell_trial().tell(
        patient() + donor(on="2025-12-18") + collected(on=early) + cultured(start=early, end="2026-01-07")
    )
    fresh.do(f"2026-01-07 assign_donor S-001 donor={DONOR} {NURSE}")
    assert due(fresh, "10")["collected"] == Due.OUTSIDE
    assert due(fresh, "10")["released"] == Due.IMPOSSIBLE
    cord = cell_trial().tell(
        patient() + donor(on="2025-12-18", source="cord blood") + collected(on=early, source="cord blood")
    )
    cord.do(f"2026-01-07 assign_donor S-001 donor={DONOR} {NURSE}")
    assert due(cord, "10")["collected"] == Due.DONE


def test_a_lot_that_is_rejected_was_collected_and_is_not_released() -> None:
    story = cell_trial().tell(patient() + donor() + collected() + cultured() + lot_made() + divided() + results())
    assert due(story, "20")["collected"] == Due.DONE
    story.do(f"2026-01-20T09:00 reject_lot {LOT} reason='bag leaks' {QUALITY}")
    assert due(story, "20")["collected"] == Due.DONE
    assert due(story, "20")["making"] == Due.DONE
    assert due(story, "20")["released"] == Due.OPEN
    (plan,) = plans(story.study, story.trial, date(2026, 1, 20))
    assert "making began" not in plan.step("released").milestone.says


@pytest.mark.parametrize(
    "lost",
    [
        f"2026-01-20T09:00 reject_lot {LOT} reason='bag leaks' {QUALITY}",
        f"2026-01-20T09:00 recall {LOT} reason='bag leaks' {QUALITY}",
        f"2026-01-20T09:00 discard {code('dose', 1)} reason='bag leaks' {MAKER} with nurse",
    ],
)
def test_a_release_is_undone_where_its_cells_are_lost_before_they_expire(lost: str) -> None:
    made = donor() + collected() + cultured() + lot_made() + divided() + results() + released()
    story = cell_trial().tell(patient() + made)
    story.do(lost)
    for day in ("20", "22"):
        assert due(story, day)["collected"] == Due.DONE
        assert due(story, day)["released"] == Due.OPEN


def test_a_new_collection_takes_the_place_of_a_lost_lot() -> None:
    chain = f"2026-01-05 assign_donor S-001 donor={DONOR} {NURSE}\n"
    made = chain + collected() + cultured(end="2026-01-18") + lot_made(on="2026-01-18")
    story = cell_trial().tell(patient() + donor() + made)
    story.do(f"2026-01-18T09:00 reject_lot {LOT} reason='bag leaks' {QUALITY}")
    assert plan_step(story, "collected", "18").done == COLLECTION
    again = code("collection", 2)
    story.do(f"2026-01-17T09:00 collect {again} donor={DONOR} source='peripheral blood' volume_ml=60 {NURSE} told")
    assert plan_step(story, "collected", "18").done == again
    assert plan_step(story, "making", "18").done_on is None


def plan_step(story: Story, milestone: str, on: str) -> PlanStep:
    (plan,) = plans(story.study, story.trial, date.fromisoformat(f"2026-01-{on}"))
    return plan.step(milestone)


def test_a_lot_lost_in_a_cycle_before_counts_no_more() -> None:
    story = cell_trial().tell(patient() + donor() + collected() + cultured() + lot_made())
    story.do(f"2026-01-20T09:00 reject_lot {LOT} reason='bag leaks' {QUALITY}")
    story.do("2026-01-22 not_infused S-001 cycle=1 reason='lot rejected'")
    (plan,) = plans(story.study, story.trial, date(2026, 1, 23), chemotherapy_ends={"S-001": date(2026, 2, 20)})
    assert (plan.cycle, plan.step("collected").due) == (2, Due.AHEAD)


def test_consent_that_was_taken_back_is_not_done() -> None:
    story = cell_trial().tell(patient() + donor())
    story.do(f"2026-01-05 assign_donor S-001 donor={DONOR} {NURSE}")
    assert due(story, "10")["donor_consented"] == Due.DONE
    story.do(f"2026-01-09 withdraw_donor_consent {DONOR} {NURSE}")
    assert due(story, "10")["donor_consented"] == Due.OPEN


def test_whoever_gets_no_infusion_now_has_no_plan() -> None:
    story = cell_trial().tell(f"{consents()}\n{facts('S-001')}\n{enrols('S-001')}")
    on = date(2026, 1, 20)
    assert plans(story.study, story.trial, on) == ()  # no chemotherapy yet, and none planned
    (plan,) = plans(story.study, story.trial, on, chemotherapy_ends={"S-001": date(2026, 2, 10)})
    assert (plan.cycle, plan.planned, plan.plan.ended_on) == (1, True, date(2026, 2, 10))
    story.do(chemotherapy("S-001"))
    (plan,) = plans(story.study, story.trial, on, chemotherapy_ends={"S-001": date(2026, 2, 10)})
    assert (plan.planned, plan.plan.ended_on) == (False, DAY)  # what is recorded goes before what was planned
    story.do("2026-01-21 not_infused S-001 cycle=1 reason='no cells'")
    assert plans(story.study, story.trial, on) == ()
    book = story.trial.casebooks["S-001"]
    assert open_cycle(story.study, book) == (2, None)
    story.do("2026-01-22 not_infused S-001 reason='no donor'")
    assert open_cycle(story.study, story.trial.casebooks["S-001"]) == (None, None)


def test_an_infused_participant_waits_for_the_next_cycle() -> None:
    made = donor() + collected() + cultured() + lot_made() + divided() + results() + released()
    bedside = (
        wristband()
        + f"""
        2026-01-20T13:10 take_out_of_storage {code("dose", 1)} place=refrigerator {QUALITY}
        2026-01-20T13:20 issue {code("dose", 1)} recipient=S-001 taker=nurse place=ward weight_kg=70 {QUALITY}
    """
    )
    story = cell_trial().tell(patient() + made + bedside + cover("S-001"))
    story.do(f"{start()} told")
    assert plans(story.study, story.trial, date(2026, 1, 20)) == ()
    assert open_cycle(story.study, story.trial.casebooks["S-001"]) == (2, None)
    (plan,) = plans(story.study, story.trial, date(2026, 1, 20), chemotherapy_ends={"S-001": date(2026, 2, 20)})
    assert (plan.cycle, plan.step("collected").due) == (2, Due.AHEAD)
