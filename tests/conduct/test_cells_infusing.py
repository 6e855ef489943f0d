"""An infusion under way: several bags, interruptions, stopping for good; and all new acts told after the deed."""

import pytest
from cell_story import (
    AT_THE_BEDSIDE,
    COLLECTION,
    DONOR,
    DOSE,
    GIVEN,
    LOT,
    MAKER,
    NURSE,
    QUALITY,
    SECOND_DOSE,
    TESTER,
    cell_trial,
    checked,
    code,
    start,
)
from conduct_story import ZONE, Story

from trialwright.cells.custody import whereabouts
from trialwright.conduct import ACTS
from trialwright.conduct.possible import possible_deviations
from trialwright.ledger import Mood
from trialwright.ledger.kinds import AlertRaised, DeviationRecorded, InfusionEnded, InfusionInterrupted, InfusionResumed

END = "end_infusion S-001 reaction=no"
INTERRUPT = f"interrupt_infusion S-001 reason=shivering {NURSE}"
RESUME = f"resume_infusion S-001 {NURSE}"
TWO_BAGS = (
    AT_THE_BEDSIDE.replace("volumes_ml=120", "volumes_ml=70,50")
    + f"""
    2026-01-20T07:20 print_label {SECOND_DOSE} {MAKER}
    2026-01-20T13:12 hand_over {SECOND_DOSE} giver=lab-1 taker=lab-3 place=laboratory lowest_c=4 {MAKER}
    2026-01-20T13:21 issue {SECOND_DOSE} recipient=S-001 taker=nurse place=ward weight_kg=70 {QUALITY}
    {checked(dose=SECOND_DOSE, on="2026-01-20T13:46")}
    {start(doses=f"{DOSE},{SECOND_DOSE}")}
    """
)


@pytest.fixture
def story() -> Story:
    return cell_trial()


# --- bags -------------------------------------------------------------------------------------------------------------


def test_one_infusion_of_several_bags_counts_the_cells_of_all(story: Story) -> None:
    story.tell(TWO_BAGS)
    (infused,) = story.trial.casebooks["S-001"].infusions
    assert (infused.what.doses, infused.what.nk_cells_per_kg) == ((DOSE, SECOND_DOSE), "17485714")
    for bag in (DOSE, SECOND_DOSE):
        where = whereabouts(story.trial, bag)
        assert where is not None
        assert where.gone == "given"


def test_the_next_bag_is_begun_without_an_interruption_and_is_one_of_those_checked(story: Story) -> None:
    story.tell(TWO_BAGS)
    (entry,) = story.do(f"2026-01-20T14:20 {RESUME} dose_code={SECOND_DOSE}")
    assert entry.what == InfusionResumed(1, SECOND_DOSE)
    assert story.codes(f"2026-01-20T14:21 {RESUME} dose_code={code('dose', 3)}") == {"infusion.other_bag"}


def test_the_volumes_of_all_bags_add_up_at_the_end(story: Story) -> None:
    story.tell(TWO_BAGS)
    line = f"2026-01-20T14:40 {END} how=complete volume_ml={{}} {NURSE}"
    story.do(f"2026-01-20T14:20 {RESUME} dose_code={SECOND_DOSE}")
    assert story.codes(line.format(70)) == {"infusion.volume_open"}
    (ended,) = story.do(line.format("120.0"))
    assert ended.what.nk_cells_per_kg == "17485714"


def test_an_infusion_is_not_complete_without_its_last_bag_nor_while_it_is_interrupted(story: Story) -> None:
    story.tell(TWO_BAGS)
    line = f"2026-01-20T14:40 {END} how=complete volume_ml=120 {NURSE}"
    (reason,) = story.refused(line).reasons
    assert (reason.code, SECOND_DOSE in reason.text) == ("infusion.not_complete", True)
    stopped = line.replace("how=complete volume_ml=120", "how=stopped reason=fever volume_ml=70 discarded_ml=50")
    assert story.codes(f"{stopped} with inv:investigator") == set()
    story.do(f"2026-01-20T14:20 {RESUME} dose_code={SECOND_DOSE}")
    assert story.codes(line) == set()
    story.do(f"2026-01-20T14:25 {INTERRUPT}")
    assert story.codes(line) == {"infusion.not_complete"}
    story.do(f"2026-01-20T14:30 {RESUME}")
    assert story.codes(line) == set()


def test_a_bag_is_begun_once_and_goes_on_only_after_an_interruption(story: Story) -> None:
    story.tell(TWO_BAGS)
    first, second = (f"{RESUME} dose_code={bag}" for bag in (DOSE, SECOND_DOSE))
    assert story.codes(f"2026-01-20T14:05 {first}") == {"infusion.bag_begun"}  # begun with the infusion itself
    story.do(f"2026-01-20T14:06 {INTERRUPT}")
    assert story.codes(f"2026-01-20T14:10 {first}") == set()  # the same one goes on
    story.do(f"2026-01-20T14:10 {first}")
    story.do(f"2026-01-20T14:20 {second}")
    assert story.codes(f"2026-01-20T14:25 {second}") == {"infusion.bag_begun"}
    story.do(f"2026-01-20T14:30 {INTERRUPT}")
    assert story.codes(f"2026-01-20T14:35 {first}") == {"infusion.bag_begun"}
    assert story.codes(f"2026-01-20T14:35 {second}") == set()


def test_no_more_is_given_than_the_bags_hold(story: Story) -> None:
    story.tell(AT_THE_BEDSIDE)
    assert story.codes(start(more="volume_ml=120")) == set()
    assert story.codes(start(more="volume_ml=120.1")) == {"infusion.more_than_held"}


@pytest.mark.parametrize("code", [DOSE, "S-001"])
def test_a_label_void_between_check_and_start_closes_the_start_until_it_is_checked_anew(
    story: Story, code: str
) -> None:
    story.tell(AT_THE_BEDSIDE)
    story.do(f"2026-01-20T13:50 void_label {code} label=1 reason=torn {NURSE}")
    assert story.codes(start()) == {"bedside.label_void"}
    story.do(f"2026-01-20T13:51 print_label {code} reason=reprint {NURSE}")
    assert story.codes(start()) == {"bedside.label_void"}  # the one checked is void all the same
    labels = {"label": 2} if code == DOSE else {"band": 2}
    story.do(checked(on="2026-01-20T13:52", **labels))
    assert story.codes(start()) == set()


@pytest.mark.parametrize(
    "line", [INTERRUPT, RESUME, f"{END} how=complete volume_ml=120 {NURSE}"], ids=lambda line: line.split()[0]
)
def test_what_is_a_question_of_minutes_has_a_time_of_day(story: Story, line: str) -> None:
    story.tell(GIVEN)
    assert "cells.no_time" in story.codes(f"2026-01-20 {line}")


def test_told_against_gates_about_cells_the_participant_is_seen_at_once(story: Story) -> None:
    story.tell(AT_THE_BEDSIDE)
    late = start(on="2026-01-20T23:30")
    entries = story.do(f"{late} told")
    (alert,) = [one for one in entries if isinstance(one.what, AlertRaised)]
    assert (alert.about, alert.what.to, alert.what.cells) == ("S-001", ("investigator", "safety board"), (LOT,))
    assert alert.what.what == "cells were given against bedside.check_old, lot.expired"


def test_what_was_sampled_from_a_bag_was_not_in_it(story: Story) -> None:
    sample = f"2026-01-20T07:12 take_sample {DOSE} sample=Q-1 volume_ml=2 {MAKER}"
    before, mark, after = GIVEN.partition(f"2026-01-20T07:15 put_in_storage {DOSE}")
    story.tell(f"{before}\n{sample}\n{mark}{after}")
    line = f"2026-01-20T14:40 {END} how=complete volume_ml={{}} {NURSE}"
    assert story.codes(line.format(120)) == {"infusion.volume_open"}
    assert story.codes(line.format(118)) == set()


# --- interrupted, going on, stopped -----------------------------------------------------------------------------------


def test_an_infusion_is_interrupted_goes_on_and_ends(story: Story) -> None:
    story.tell(GIVEN)
    (stop,) = story.do(f"2026-01-20T14:10 {INTERRUPT}")
    assert stop.what == InfusionInterrupted(1, "shivering")
    assert story.codes(f"2026-01-20T14:11 {INTERRUPT}") == {"infusion.interrupted"}
    (goes,) = story.do(f"2026-01-20T14:25 {RESUME}")
    assert goes.what == InfusionResumed(1, None)
    assert story.codes(f"2026-01-20T14:26 {RESUME}") == {"infusion.not_interrupted"}
    story.do(f"2026-01-20T14:30 {INTERRUPT}")
    story.do(f"2026-01-20T14:35 {RESUME}")
    story.do(f"2026-01-20T14:50 {END} how=complete volume_ml=120 {NURSE}")
    for line in (INTERRUPT, RESUME, f"{END} how=complete volume_ml=120 {NURSE}"):
        assert story.codes(f"2026-01-20T15:00 {line}") == {"infusion.over"}


def test_nothing_goes_on_before_it_was_interrupted(story: Story) -> None:
    story.tell(f"{GIVEN}2026-01-20T14:10 {INTERRUPT}")
    assert story.codes(f"2026-01-20T14:09 {RESUME}") == {"infusion.goes_back"}


def test_before_the_start_nothing_is_interrupted_resumed_or_ended(story: Story) -> None:
    story.tell(AT_THE_BEDSIDE)
    for line in (INTERRUPT, RESUME, f"{END} how=complete volume_ml=120 {NURSE}"):
        assert story.codes(f"2026-01-20T14:10 {line}") == {"infusion.not_started"}


def test_after_expiry_an_interrupted_infusion_does_not_go_on_but_can_be_ended(story: Story) -> None:
    story.tell(f"{GIVEN}2026-01-20T22:50 {INTERRUPT}")
    assert story.codes(f"2026-01-20T23:00 {RESUME}") == set()  # the last good minute
    assert story.codes(f"2026-01-20T23:01 {RESUME}") == {"infusion.expired_meanwhile"}
    stopped = f"2026-01-20T23:02 {END} how=stopped reason='cells expired' volume_ml=80 discarded_ml=40 {NURSE}"
    assert story.codes(f"{stopped} with inv:investigator") == set()


@pytest.mark.parametrize("line", [f"recall {LOT} reason=medium {QUALITY}", f"reject_lot {LOT} reason=leaks {QUALITY}"])
def test_a_lot_recalled_or_rejected_during_the_infusion_does_not_go_on(story: Story, line: str) -> None:
    story.tell(f"{GIVEN}2026-01-20T14:10 {INTERRUPT}\n2026-01-20T14:12 {line}")
    assert story.codes(f"2026-01-20T14:15 {RESUME}") == {"infusion.stopped_meanwhile"}


def test_stopping_for_good_says_why_and_accounts_for_every_millilitre_before_a_witness(story: Story) -> None:
    story.tell(GIVEN)
    line = f"2026-01-20T14:30 {END} how=stopped {{}} {NURSE} with inv:investigator"
    assert story.codes(line.format("volume_ml=80 discarded_ml=40")) == {"infusion.stop_without_reason"}
    assert story.codes(line.format("reason=fever volume_ml=80")) == {"infusion.volume_open"}
    assert story.codes(line.format("reason=fever volume_ml=80 discarded_ml=39.9")) == {"infusion.volume_open"}
    good = line.format("reason=fever volume_ml=80 discarded_ml=40")
    for alone in ("", "with NURSE:coordinator"):
        assert story.codes(good.replace("with inv:investigator", alone)) == {"infusion.rest_without_witness"}
    (ended,) = story.do(good)
    assert isinstance(ended.what, InfusionEnded)
    assert (ended.what.discarded_ml, ended.what.witness) == ("40", "inv")
    assert ended.what.nk_cells_per_kg == "11657143"  # two thirds of 1.749e7


def test_an_end_without_a_rest_needs_no_witness_and_keeps_the_reaction(story: Story) -> None:
    story.tell(GIVEN)
    line = f"2026-01-20T14:40 end_infusion S-001 how=complete volume_ml=120 {NURSE}"
    (ended,) = story.do(f"{line} reaction=yes reaction_text='38.4, shivering'")
    assert (ended.what.witness, ended.what.reaction) == (None, "yes")


def test_an_infusion_recorded_with_its_end_is_over(story: Story) -> None:
    story.tell(f"{AT_THE_BEDSIDE}{start(more=f'ended_at=2026-01-20T14:30{ZONE}')}")
    assert story.codes(f"2026-01-20T14:35 {INTERRUPT}") == {"infusion.over"}


def test_after_the_infusion_a_second_needs_its_own_cells(story: Story) -> None:
    story.tell(f"{GIVEN}2026-01-20T14:40 {END} how=complete volume_ml=120 {NURSE}")
    assert "lot.dose_given" in story.codes(start(on="2026-01-20T16:00"))


def test_given_and_ended_as_planned_leaves_no_possible_deviation(story: Story) -> None:
    story.tell(f"{GIVEN}2026-01-20T14:40 {END} how=complete volume_ml=120 {NURSE}")
    assert possible_deviations(story.study, story.trial) == ()


# --- told after the deed ----------------------------------------------------------------------------------------------

TOLD_OF_NOTHING = (
    f"2026-01-04 register_donor {DONOR} source=skin {NURSE}",
    f"2026-01-04 record_donor_consent {DONOR} document=x document_version=1 language=zh signer=bank {NURSE}",
    f"2026-01-05 withdraw_donor_consent {DONOR} {NURSE}",
    f"2026-01-05 decide_donor_eligibility {DONOR} eligibility=eligible {NURSE}",
    f"2026-01-06 assign_donor new donor={DONOR} {NURSE}",
    f"2026-01-08T09:00 collect {COLLECTION} donor={DONOR} source=skin {NURSE}",
    f"2026-01-08T10:00 receive {COLLECTION} giver=a taker=a place=x condition=good seal=broken {MAKER}",
    f"2026-01-08T11:00 process {COLLECTION} step=magic reagents='[{{}}]' equipment='[{{}}]' {MAKER}",
    f"2026-01-20T06:00 make_lot {LOT} collection={COLLECTION} recipient=S-009 volume_ml=1 taken_ml=9 "
    f"expires_at=2026-01-19 {MAKER}",
    f"2026-01-20T06:10 take_sample {LOT} sample=Q-1 volume_ml=1 {MAKER}",
    f"2026-01-20T06:20 record_release_test {LOT} test=magic value=1 unit=/kg {TESTER}",
    f"2026-01-20T06:30 divide {LOT} volumes_ml=1,2 {MAKER}",
    f"2026-01-20T06:40 put_in_storage {DOSE} place=moon temperature_c=900 {MAKER}",
    f"2026-01-20T06:50 take_out_of_storage {DOSE} place=moon {MAKER}",
    f"2026-01-20T07:00 hand_over {DOSE} giver=a taker=a place=x seal=broken {MAKER}",
    f"2026-01-20T07:10 print_label {DOSE} {MAKER}",
    f"2026-01-20T07:20 void_label {DOSE} label=7 reason=torn {MAKER}",
    f"2026-01-20T08:00 release {LOT} how=conditional {QUALITY}",
    f"2026-01-20T08:10 reject_lot {LOT} reason=x {QUALITY}",
    f"2026-01-20T08:20 assign_lot {LOT} recipient=S-009 {QUALITY}",
    f"2026-01-20T08:30 reassign_lot {LOT} recipient=S-009 reason=x {QUALITY}",
    f"2026-01-20T08:40 recall {LOT} reason=x {QUALITY}",
    f"2026-01-20T08:50 discard {LOT} reason=x {MAKER}",
    f"2026-01-20T09:00 issue {DOSE} recipient=S-009 taker=lab-3 place=x {QUALITY}",
    f"2026-01-20T09:10 return_dose {DOSE} taker=nurse place=x reason=x {NURSE}",
    f"2026-01-20T09:20 check_at_bedside new wristband=? dose_label=? {NURSE}",
    f"2026-01-20T09:30 infuse new cycle=1 doses={DOSE} {NURSE}",
    f"2026-01-20T09:30 infuse new cycle=1 {NURSE}",
    f"2026-01-20T09:40 interrupt_infusion new reason=x {NURSE}",
    f"2026-01-20T09:50 resume_infusion new dose_code={DOSE} {NURSE}",
    f"2026-01-20T10:00 end_infusion new how=stopped volume_ml=1 discarded_ml=1 reaction=no {NURSE}",
    f"2026-01-20 answer_alert alert=none answer=x {NURSE}",
)


@pytest.mark.parametrize("line", TOLD_OF_NOTHING, ids=lambda line: line.split()[1])
@pytest.mark.parametrize("before", ["", GIVEN], ids=["of nothing recorded", "of cells given"])
def test_told_after_the_deed_every_act_is_written_and_never_refused(story: Story, line: str, before: str) -> None:
    story.tell(before)
    if before:
        line = line.replace(" new ", " S-001 ")
    unnamed = " new " in line  # before the deed somebody has a casebook
    gates = None if unnamed else story.codes(line)
    entries = story.do(f"{line} told")
    assert all(entry.mood is Mood.HAPPENED for entry in entries)
    assert not isinstance(entries[0].what, DeviationRecorded)
    written = {entry.what.gate for entry in entries if isinstance(entry.what, DeviationRecorded)}
    assert written == gates or (unnamed and written)


def test_every_act_about_cells_is_among_those_told() -> None:
    names = list(ACTS)
    about_cells = set(names[names.index("register_donor") : names.index("give_chemotherapy")])
    about_cells |= set(names[names.index("issue") : names.index("not_infused")]) | {"answer_alert"}
    assert {line.split()[1] for line in TOLD_OF_NOTHING} == about_cells


def test_an_infusion_may_be_stopped_before_anything_went_in(story: Story) -> None:
    story.tell(GIVEN)
    ended = "2026-01-20T14:01 end_infusion S-001 how=stopped reason='vein lost' volume_ml=0 discarded_ml=120"
    (entry,) = story.do(f"{ended} reaction=no {NURSE} with inv:investigator")
    assert (entry.what.volume_ml, entry.what.nk_cells_per_kg) == ("0", "0")


def test_an_infusion_that_ran_past_the_expiry_is_recorded_with_its_deviation(story: Story) -> None:
    story.tell(GIVEN)
    on_time = f"2026-01-20T23:00 end_infusion S-001 how=complete volume_ml=120 reaction=no {NURSE}"
    assert [entry.what.kind for entry in story.ask(on_time)] == ["infusion_ended"]
    _, deviation = story.do(on_time.replace("T23:00", "T23:10"))
    assert (deviation.what.gate, deviation.what.importance) == ("infusion.past_expiry", "minor")
