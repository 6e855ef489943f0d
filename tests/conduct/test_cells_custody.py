"""Cells on their way: materials, volumes, one place and one holder at a time, temperatures, the end of cells."""

from decimal import Decimal

import pytest
from cell_story import (
    AT_THE_BEDSIDE,
    COLLECTION,
    DOSE,
    EQUIPMENT,
    GIVEN,
    LOT,
    MADE,
    MAKER,
    NURSE,
    QUALITY,
    REAGENTS,
    SECOND_DOSE,
    TESTER,
    cell_trial,
    code,
    collected,
    cultured,
    divided,
    donor,
    issued,
    lot_made,
    patient,
    results,
)
from conduct_story import ZONE, Story, without

from trialwright.cells.alerts import all_open_alerts
from trialwright.cells.custody import Whereabouts, whereabouts
from trialwright.cells.volumes import left_of
from trialwright.errors import FormatError
from trialwright.ledger.kinds import AlertRaised, DeviationRecorded, DoseMade

IN_LABORATORY = donor() + collected()
LOT_THERE = f"{patient()}\n{IN_LABORATORY}{cultured()}{lot_made()}"
WHOLE = f"{patient()}\n{MADE}"
SEPARATION = f"2026-01-08T12:00 process {COLLECTION} step=separation {MAKER}"
STORE = f"2026-01-20T09:00 put_in_storage {LOT} place=refrigerator temperature_c=4 {MAKER}"
HAND_OVER = f"2026-01-20T09:00 hand_over {LOT} giver=lab-1 taker=lab-2 place=freezer lowest_c=4 highest_c=6 {MAKER}"
TAKE_OUT, ISSUE = (line.strip() for line in issued().strip().splitlines())
ON_WARD = f"{WHOLE}\n{issued()}"


@pytest.fixture
def story() -> Story:
    return cell_trial()


def where(story: Story, code: str) -> Whereabouts:
    found = whereabouts(story.trial, code)
    assert found is not None
    return found


# --- materials --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (f"reagents='{REAGENTS}' equipment='{EQUIPMENT}'", set()),
        (f"reagents='{REAGENTS.replace('2026-06-30', '2026-01-08')}'", set()),  # good until the end of its last day
        (f"reagents='{REAGENTS.replace('2026-06-30', '2026-01')}'", set()),
        (f"reagents='{REAGENTS.replace('2026-06-30', '2026-01-07')}'", {"reagent.expired"}),
        (f"reagents='{REAGENTS.replace('2026-06-30', '2025-12')}'", {"reagent.expired"}),
        (f"reagents='{REAGENTS.replace('R-77', '')}'", {"reagent.not_said"}),
        (f"reagents='{REAGENTS.replace('2026-06-30', '')}'", {"reagent.not_said"}),
        ("reagents=beads", None),
        (f"equipment='{EQUIPMENT.replace('2026-03-31', '2026-01-07')}'", {"equipment.not_calibrated"}),
        (f"equipment='{EQUIPMENT.replace('2026-03-31', '')}'", {"equipment.not_said"}),
        (f"equipment='{EQUIPMENT.replace('centrifuge-2', '')}'", {"equipment.not_said"}),
    ],
)
def test_a_step_uses_what_is_in_date_and_calibrated_and_unknown_is_neither(
    story: Story, words: str, codes: set[str] | None
) -> None:
    story.tell(IN_LABORATORY)
    if codes is None:
        with pytest.raises(FormatError):
            story.ask(f"{SEPARATION} {words}")
    else:
        assert story.codes(f"{SEPARATION} {words}") == codes


@pytest.mark.parametrize("until", ["soon", "31.12.2026"])
def test_an_expiry_that_is_no_date_is_named(story: Story, until: str) -> None:
    story.tell(IN_LABORATORY)
    reagents = REAGENTS.replace("2026-06-30", until)
    with pytest.raises(FormatError, match=f"process: reagents: expires_on: '{until}' is not"):
        story.ask(f"{SEPARATION} reagents='{reagents}'")


def test_a_reagents_lot_has_one_expiry_all_over_the_trial(story: Story) -> None:
    story.tell(f"{IN_LABORATORY}{SEPARATION} reagents='{REAGENTS}'")
    later = SEPARATION.replace("T12:00", "T13:00").replace("separation", "selection")
    assert story.codes(f"{later} reagents='{REAGENTS.replace('06-30', '07-30')}'") == {"reagent.disagrees"}
    assert story.codes(f"{later} reagents='{REAGENTS}'") == set()


@pytest.mark.parametrize(("end", "minor"), [("2026-01-13", True), ("2026-01-18", False), ("2026-01-27", True)])
def test_a_step_of_too_few_or_too_many_days_is_a_minor_deviation_and_never_refused(
    story: Story, end: str, minor: bool
) -> None:
    story.tell(IN_LABORATORY)
    _, *beside = story.do(f"{end}T05:00 process {COLLECTION} step=culture started_at=2026-01-08T13:00{ZONE} {MAKER}")
    assert [(one.what.gate, one.what.importance) for one in beside] == ([("process.days", "minor")] if minor else [])


def test_told_after_the_deed_an_expired_reagent_is_a_deviation_beside_the_step(story: Story) -> None:
    story.tell(IN_LABORATORY)
    expired = REAGENTS.replace("2026-06-30", "2026-01-07")
    step, deviation = story.do(f"{SEPARATION} reagents='{expired}' told")
    assert (step.what.kind, deviation.what.gate) == ("processed", "reagent.expired")


# --- volumes ----------------------------------------------------------------------------------------------------------


def test_the_doses_and_the_rest_add_up_to_what_is_there(story: Story) -> None:
    story.tell(LOT_THERE)
    line = f"2026-01-20T07:00 divide {LOT} {{}} {MAKER}"
    for off in ("volumes_ml=60,50", "volumes_ml=60,60.01", "volumes_ml=121", "volumes_ml=60,60 rest_ml=1"):
        assert story.codes(line.format(off)) == {"divide.does_not_add_up"}, off
    _, first, second = story.do(line.format("volumes_ml=60.0,58.5 rest_ml=1.5"))
    assert [(one.about, one.what.number, one.what.parent) for one in (first, second)] == [
        (DOSE, 1, None),
        (SECOND_DOSE, 2, None),
    ]
    assert left_of(story.trial, LOT) == 0
    assert where(story, LOT).gone == "divided"


def test_a_dose_is_divided_again_and_its_parts_go_on_counting(story: Story) -> None:
    story.tell(
        f"{LOT_THERE}{divided(volumes='60,60')}2026-01-20T09:00 take_out_of_storage {DOSE} place=refrigerator {MAKER}"
    )
    line = f"2026-01-20T09:10 divide {DOSE} volumes_ml={{}} {MAKER}"
    assert story.codes(line.format("30,40")) == {"divide.does_not_add_up"}
    _, *parts = story.do(line.format("20,40"))
    assert [(part.what.number, part.what.volume_ml, part.what.parent, part.what.lot) for part in parts] == [
        (3, "20", DOSE, LOT),
        (4, "40", DOSE, LOT),
    ]
    assert where(story, DOSE).gone == "divided"
    assert story.codes(f"2026-01-20T09:20 hand_over {DOSE} giver=lab-1 taker=lab-2 place=x lowest_c=4 {MAKER}") == {
        "cells.gone"
    }


def test_samples_count(story: Story) -> None:
    story.tell(f"{LOT_THERE}2026-01-20T06:30 take_sample {LOT} sample=Q-1 volume_ml=2.5 tests=sterility,gram {MAKER}")
    assert left_of(story.trial, LOT) == Decimal("117.5")
    line = f"2026-01-20T07:00 divide {LOT} volumes_ml={{}} {MAKER}"
    assert story.codes(line.format("120")) == {"divide.does_not_add_up"}
    assert story.codes(line.format("117.5")) == set()
    again = f"2026-01-20T06:40 take_sample {LOT} sample=Q-2 volume_ml=118 {MAKER}"
    assert story.codes(again) == {"volume.too_much"}


def test_two_lots_share_a_collection_only_as_far_as_it_goes(story: Story) -> None:
    story.tell(f"{patient()}\n{IN_LABORATORY}{cultured()}{lot_made().strip()} taken_ml=40")
    assert left_of(story.trial, COLLECTION) == 20
    other = lot_made(code("lot", 2)).strip()
    assert story.codes(f"{other} taken_ml=20") == set()
    assert story.codes(f"{other} taken_ml=20.5") == {"lot.more_than_collected"}


# --- one place, one holder --------------------------------------------------------------------------------------------


def test_cells_lie_in_one_place_of_storage_at_a_time(story: Story) -> None:
    story.tell(f"{LOT_THERE}{STORE}")
    assert (where(story, LOT).place, where(story, LOT).stored) == ("refrigerator", True)
    assert story.codes(STORE.replace("T09", "T10").replace("refrigerator", "incubator")) == {"custody.stored"}
    out = f"2026-01-20T10:00 take_out_of_storage {LOT} place={{}} {MAKER}"
    assert story.codes(out.format("incubator")) == {"custody.not_there"}
    story.do(out.format("refrigerator"))
    assert not where(story, LOT).stored
    assert story.codes(out.format("refrigerator").replace("T10", "T11")) == {"custody.not_there"}


def test_cells_are_handed_on_by_who_has_them(story: Story) -> None:
    story.tell(LOT_THERE)
    story.do(HAND_OVER.replace("giver=lab-1", "giver=LAB-1"))  # one person, however typed
    assert (where(story, LOT).holder, where(story, LOT).place) == ("lab-2", "freezer")
    assert story.codes(HAND_OVER.replace("T09", "T10")) == {"custody.not_the_holder"}
    story.do(HAND_OVER.replace("T09", "T10").replace("lab-1", "lab-2", 1).replace("taker=lab-2", "taker=lab-5"))
    assert where(story, LOT).holder == "lab-5"


def test_who_takes_over_is_somebody_else(story: Story) -> None:
    story.tell(LOT_THERE)
    assert story.codes(HAND_OVER.replace("taker=lab-2", "taker=Lab-1")) == {"custody.one_person"}


def test_custody_goes_forward_and_what_was_forgotten_is_told_after_the_deed(story: Story) -> None:
    story.tell(f"{LOT_THERE}{STORE}")
    forgotten = HAND_OVER.replace("T09:00", "T08:00")
    assert "custody.goes_back" in story.codes(forgotten)
    entries = story.do(f"{forgotten} told")
    assert "custody.goes_back" in {one.what.gate for one in entries if isinstance(one.what, DeviationRecorded)}


# --- temperature ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "about", "said"),
    [
        (STORE.replace("temperature_c=4", "temperature_c=8.1"), LOT, "put into storage: 8.1 °C, outside 2 to 8 °C"),
        (HAND_OVER.replace("lowest_c=4", "lowest_c=-1"), LOT, "on the way: -1 °C, outside 2 to 25 °C"),
        (f"{HAND_OVER} seal=broken", LOT, "on the way: the seal is broken"),
        (
            f"{HAND_OVER.replace('highest_c=6', 'highest_c=30')} seal=broken",
            LOT,
            "on the way: 30 °C, outside 2 to 25 °C; the seal is broken",
        ),
    ],
)
def test_cells_too_warm_too_cold_or_opened_are_held_and_the_laboratory_is_called(
    story: Story, line: str, about: str, said: str
) -> None:
    story.tell(LOT_THERE)
    _, alert = story.do(line)
    assert isinstance(alert.what, AlertRaised)
    assert (alert.about, alert.what.what, alert.what.to, alert.what.holds) == (about, said, ("cell laboratory",), True)


def test_exactly_at_the_limit_is_inside(story: Story) -> None:
    story.tell(LOT_THERE)
    assert len(story.do(STORE.replace("temperature_c=4", "temperature_c=8.0"))) == 1


def test_a_held_dose_is_not_issued_until_the_alert_is_answered_and_not_if_it_holds_on(story: Story) -> None:
    story.tell(f"{WHOLE.replace('temperature_c=4', 'temperature_c=9.5')}\n{TAKE_OUT}")
    (alert,) = all_open_alerts(story.trial)
    assert story.codes(ISSUE) == {"lot.held"}
    assert story.codes(f"2026-01-20T13:12 answer_alert alert={alert.id} answer=fine {MAKER}") == {"alert.own_work"}
    answer = f"2026-01-20T13:12 answer_alert alert={alert.id} answer='looked at' {TESTER}"
    story.do(f"{answer} holds_on=yes")
    assert all_open_alerts(story.trial) == ()
    assert story.codes(ISSUE) == {"lot.held"}
    (second,) = story.do(f"{answer.replace('T13:12', 'T13:15')}")
    assert second.about == DOSE
    assert story.codes(ISSUE) == set()
    assert story.codes(answer.replace("T13:12", "T13:16")) == {"alert.answered"}


def test_a_collection_received_too_warm_holds_every_lot_of_it(story: Story) -> None:
    story.tell(f"{LOT_THERE.replace('temperature_c=20', 'temperature_c=30 ')}{divided()}{results()}")
    release = next(line for line in MADE.splitlines() if " release " in line)
    assert story.codes(release) == {"release.held"}
    (alert,) = all_open_alerts(story.trial)
    story.do(f"2026-01-20T07:45 answer_alert alert={alert.id} answer='cells alive' {TESTER}")
    assert story.codes(release) == set()


def test_cells_that_are_held_are_let_go_by_the_laboratory_only(story: Story) -> None:
    story.tell(WHOLE.replace("temperature_c=4", "temperature_c=9.5"))
    (alert,) = all_open_alerts(story.trial)
    line = f"2026-01-20T13:12 answer_alert alert={alert.id} answer=x by x:"
    assert "role.not_allowed" in story.codes(f"{line}monitor")
    for role in ("safety_board", "coordinator", "investigator"):
        assert story.codes(f"{line}{role}") == {"alert.not_called"}
    assert story.codes(f"{line}cell_laboratory") == set()


def test_a_hold_goes_with_the_parts_of_a_dose(story: Story) -> None:
    story.tell(f"{WHOLE.replace('temperature_c=4', 'temperature_c=9.5')}\n{TAKE_OUT}")
    story.do(f"2026-01-20T13:11 divide {DOSE} volumes_ml=60,60 {QUALITY}")
    story.do(f"2026-01-20T13:12 print_label {SECOND_DOSE} {MAKER}")
    assert story.codes(ISSUE.replace(DOSE, SECOND_DOSE)) == {"lot.held"}


RELEASE = next(line.strip() for line in MADE.splitlines() if " release " in line)


def test_a_release_told_by_the_maker_holds_the_lot_until_it_is_decided(story: Story) -> None:
    story.tell(f"{without(WHOLE, ' release ')}\n{TAKE_OUT}")
    by_maker = RELEASE.replace(QUALITY, MAKER)
    assert story.codes(by_maker) == {"release.own_work"}
    entries = story.do(f"{by_maker} told")
    (alert,) = [one for one in entries if isinstance(one.what, AlertRaised)]
    assert (alert.about, alert.what.what, alert.what.holds) == (LOT, "released against release.own_work", True)
    assert alert.what.to == ("cell laboratory", "investigator")
    assert "release.own_work" in {one.what.gate for one in entries if isinstance(one.what, DeviationRecorded)}
    assert story.codes(ISSUE) == {"lot.held"}
    answer = f"2026-01-20T13:15 answer_alert alert={alert.id} answer='looked at anew'"
    assert story.codes(f"{answer} {MAKER}") == {"alert.own_work"}
    assert story.codes(f"{answer} {NURSE}") == {"alert.not_called"}
    story.do(f"{answer} {QUALITY} holds_on=yes")
    assert story.codes(ISSUE) == {"lot.held"}
    story.do(f"{answer} {QUALITY}")
    assert story.codes(ISSUE) == set()


def test_a_release_told_that_no_gate_is_against_holds_nothing(story: Story) -> None:
    story.tell(f"{without(WHOLE, ' release ')}\n{TAKE_OUT}")
    assert len(story.do(f"{RELEASE} told")) == 1
    assert story.codes(ISSUE) == set()


# --- the end of cells -------------------------------------------------------------------------------------------------


def test_cells_are_discarded_before_a_witness_and_are_gone(story: Story) -> None:
    story.tell(WHOLE)
    line = f"2026-01-20T12:00 discard {DOSE} reason='bag leaks' {MAKER}"
    assert story.codes(line) == story.codes(f"{line} with LAB-1:cell_laboratory") == {"discard.no_witness"}
    (gone,) = story.do(f"{line} with lab-2:cell_laboratory")
    assert (gone.what.witness, gone.what.volume_ml) == ("lab-2", None)
    assert (where(story, DOSE).gone, left_of(story.trial, DOSE)) == ("discarded", 0)
    assert "cells.gone" in story.codes(ISSUE)


def test_a_part_is_discarded_and_the_rest_stays(story: Story) -> None:
    story.tell(LOT_THERE)
    line = f"2026-01-20T06:30 discard {LOT} reason=spilt volume_ml={{}} {MAKER} with lab-2:cell_laboratory"
    assert story.codes(line.format("121")) == {"volume.too_much"}
    story.do(line.format("20"))
    assert (where(story, LOT).gone, left_of(story.trial, LOT)) == (None, 100)
    assert story.codes(f"2026-01-20T07:00 divide {LOT} volumes_ml=100 {MAKER}") == set()


def test_an_issued_dose_comes_back_before_it_is_discarded(story: Story) -> None:
    story.tell(ON_WARD)
    line = f"2026-01-20T15:00 discard {DOSE} reason=fever {NURSE} with inv:investigator"
    assert story.codes(line) == {"cells.issued"}
    story.do(
        f"2026-01-20T14:30 return_dose {DOSE} giver=nurse taker=lab-1 place=laboratory reason=fever lowest_c=4 {MAKER}"
    )
    assert (where(story, DOSE).holder, where(story, DOSE).issued) == ("lab-1", False)
    assert story.codes(line) == set()


def test_a_recall_before_issue_holds_the_lot(story: Story) -> None:
    story.tell(f"{WHOLE}\n{TAKE_OUT}")
    (entry,) = story.do(f"2026-01-20T13:15 recall {LOT} reason='medium contaminated' {QUALITY}")
    assert entry.about == LOT
    assert story.codes(ISSUE) == {"lot.recalled"}
    assert story.codes(f"2026-01-20T13:16 recall {LOT} reason=again {QUALITY}") == {"release.recalled"}


def test_a_recall_reaches_the_dose_on_the_ward(story: Story) -> None:
    story.tell(ON_WARD)
    _, alert = story.do(f"2026-01-20T13:30 recall {LOT} reason='medium contaminated' {QUALITY}")
    assert (alert.about, alert.what.to) == (DOSE, ("investigator",))
    assert "Do not give it" in alert.what.asks


def test_a_recall_after_the_infusion_reaches_the_participant(story: Story) -> None:
    story.tell(GIVEN)
    _, alert = story.do(f"2026-01-25 recall {LOT} reason='medium contaminated' {QUALITY}")
    assert (alert.about, alert.what.to) == ("S-001", ("investigator", "safety board"))
    assert "assess safety" in alert.what.asks


def test_what_was_told_keeps_every_dose_of_a_division(story: Story) -> None:
    story.tell(LOT_THERE)
    divided_, *doses, deviation = story.do(f"2026-01-20T07:00 divide {LOT} volumes_ml=60,50 {MAKER} told")
    assert divided_.what.doses == (DOSE, SECOND_DOSE)
    assert all(isinstance(one.what, DoseMade) for one in doses)
    assert deviation.what.gate == "divide.does_not_add_up"


def test_the_story_without_receipt_is_no_story(story: Story) -> None:
    story.tell(without(f"{patient()}\n{IN_LABORATORY}", " receive "))
    steps = cultured().strip().splitlines()
    for step in steps:
        assert story.codes(step) == {"cells.not_received"}
    for step in steps:
        _, deviation = story.do(f"{step} told")
        assert deviation.what.gate == "cells.not_received"
    assert story.codes(lot_made()) == {"lot.not_received"}


def test_from_hand_to_hand_in_one_place_no_temperature_is_asked(story: Story) -> None:
    story.tell(AT_THE_BEDSIDE)
    line = f"2026-01-20T13:50 hand_over {DOSE} giver=nurse taker=nurse-2 place=ward {NURSE}"
    assert story.codes(line) == set()
    assert story.codes(line.replace("place=ward", "place=theatre")) == {"custody.no_temperature"}
