"""What each side sees of the cells; and that a participant's side names no donor, a donor's no participant."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from cell_story import (
    AT_THE_BEDSIDE,
    COLLECTION,
    DONOR,
    DOSE,
    GIVEN,
    LOT,
    MADE,
    MAKER,
    NURSE,
    QUALITY,
    SECOND_DOSE,
    TESTER,
    cell_trial,
    checked,
    code,
    collected,
    cultured,
    divided,
    donor,
    issued,
    lot_made,
    patient,
    released,
    results,
    start,
    wristband,
)
from conduct_story import ZONE, Story, consents, cover
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.cells.laboratory import Item, _alert, cells_view
from trialwright.cells.views import donor_view, participant_view, stock, without
from trialwright.facts import LocalTime, parse_occurred
from trialwright.ledger import Actor, Entry
from trialwright.ledger.kinds import AlertRaised


def moment(text: str) -> LocalTime:
    found = parse_occurred(f"{text}{ZONE}")
    assert isinstance(found, LocalTime)
    return found


NOON, EVENING = moment("2026-01-20T13:00"), moment("2026-01-20T22:00")
CHAIN = f"2026-01-05 assign_donor S-001 donor={DONOR} {NURSE}\n"
AFTERWARDS = f"""
    2026-01-20T15:00 end_infusion S-001 how=complete volume_ml=120 reaction=yes reaction_text=chills {NURSE}
    2026-01-25 record_release_test {LOT} test=gram value=positive {TESTER}
    2026-01-26 recall {LOT} reason='growth; tell {DONOR} and S-001, participant 1' {QUALITY}
    2026-01-27 withdraw_donor_consent {DONOR} reason='does not want to help S-001, s-001 (participant 1)' {NURSE}
    2026-01-28 withdraw_donor_consent {DONOR} reason='the mother of {DONOR}' {NURSE}
"""
STORY = GIVEN + AFTERWARDS


def view_of(story: Story, who: str = "S-001", at: LocalTime = NOON) -> Any:
    return participant_view(story.study, story.trial, who, at)


def item(items: tuple[Item, ...], code: str) -> Item:
    return next(one for one in items if one.code == code)


# --- a participant's side ---------------------------------------------------------------------------------------------


def test_a_participants_view_has_the_chain_the_cells_the_checks_and_the_plan() -> None:
    story = cell_trial().tell(patient() + donor() + CHAIN + MADE.removeprefix(donor()) + wristband())
    view = view_of(story)
    assert (view.code, view.number, view.wristband) == ("S-001", 1, 1)
    assert view.chain == code("chain", 1)
    lot, dose = view.items
    assert (lot.code, lot.state, lot.left_ml, lot.pending) == (LOT, "conditionally released", "0", ("sterility",))
    assert (dose.code, dose.of, dose.place, dose.holder, dose.label) == (DOSE, LOT, "refrigerator", "lab-1", 1)
    assert (dose.expires_at, dose.hours_left) == (f"2026-01-20T23:00{ZONE}", 10.0)
    assert view.plan.step("infused").due == "due"
    assert [one.way for one in view.options] == ["another lot", "another collection", "not infused"]


def test_an_issued_and_then_given_dose_says_where_it_is_and_what_became_of_it() -> None:
    before = view_of(cell_trial().tell(AT_THE_BEDSIDE), at=moment("2026-01-20T13:50"))
    dose = item(before.items, DOSE)
    assert (dose.state, dose.place, dose.holder) == ("issued, conditionally released", "ward", "nurse")
    (check,) = before.checks
    assert (check.dose, check.by) == (DOSE, ("nurse", "inv"))
    after = view_of(cell_trial().tell(STORY), at=moment("2026-01-30T09:00"))
    assert item(after.items, DOSE).state == "given"
    assert item(after.items, LOT).state == "failed after infusion, given"
    assert item(after.items, LOT).failed == ("gram",)
    (given_once,) = after.infusions
    assert (given_once.doses, given_once.volume_ml, given_once.how, given_once.reaction) == (
        (DOSE,),
        "120",
        "complete",
        "yes",
    )
    assert {alert.about for alert in after.alerts} == {"S-001"}
    assert all(story_id for story_id in (alert.id for alert in after.alerts))
    assert after.plan is None
    assert after.options == ()


def test_a_lot_that_was_given_stays_in_the_view_of_whoever_received_it() -> None:
    story = cell_trial().tell(GIVEN + consents())
    assert view_of(story, "S-002").items == ()
    assert view_of(story, "1").code == "S-001"
    assert view_of(story, "S-009") is None


# --- a donor's side ---------------------------------------------------------------------------------------------------


def test_a_donors_view_has_fitness_cells_and_a_count_of_recipients() -> None:
    story = cell_trial().tell(STORY)
    view = donor_view(story.study, story.trial, DONOR, EVENING)
    assert view is not None
    assert (view.source, view.tested, view.eligibility, view.sampled_on) == (
        "peripheral blood",
        "donor",
        "eligible",
        "2026-01-04",
    )
    assert [(one.document, one.signer) for one in view.consents] == [("donation", "donor")]
    assert view.withdrew_on == "2026-01-28"
    assert [(one.sort, one.code) for one in view.items] == [("collection", COLLECTION), ("lot", LOT)]
    assert view.items[0].state == f"made into {LOT}"
    assert (view.reached, view.gives_for) == (1, 1)
    assert dict(view.tests) == {"hiv": "negative", "hbv": "negative", "cmv": "positive"}
    assert donor_view(story.study, story.trial, code("donor", 5), EVENING) is None


def test_a_donor_of_whom_only_the_code_is_known_is_not_started() -> None:
    story = cell_trial()
    story.do(f"2026-01-04 register_donor {DONOR} source='cord blood' tested=mother bank=Bank bank_unit=U-7 {NURSE}")
    view = donor_view(story.study, story.trial, DONOR, NOON)
    assert view is not None
    assert (view.bank, view.bank_unit, view.eligibility, view.items, view.reached) == (
        "Bank",
        "U-7",
        "not started",
        (),
        0,
    )


# --- the two sides kept apart -----------------------------------------------------------------------------------------

PERSON = re.compile(r"S-[0-9]|participant\s+[0-9]", re.IGNORECASE)


def spoken(view: Any) -> str:
    return json.dumps(asdict(view), default=str, ensure_ascii=False)


def check_sides(story: Story, at: LocalTime) -> None:
    """No donor in any participant's view, no participant in any donor's."""
    for who in story.trial.casebooks:
        text = spoken(participant_view(story.study, story.trial, who, at)).upper()
        assert not any(giver.upper() in text for giver in story.trial.donors), text
        assert "D-XA" not in text
    for giver in story.trial.donors:
        assert not PERSON.search(spoken(donor_view(story.study, story.trial, giver, at)))


def chapters(text: str) -> Iterator[str]:
    yield from (line for line in text.splitlines() if line.strip())


def test_all_along_a_story_neither_side_sees_the_other() -> None:
    story = cell_trial()
    told = patient() + donor() + CHAIN + STORY.removeprefix(patient()).replace(donor(), "")
    for line in chapters(told):
        story.do(line)
        check_sides(story, moment(f"{shlex.split(line)[0][:10]}T23:30"))
    assert len(story.trial.casebooks["S-001"].entries) > 10


WORDS = st.lists(
    st.sampled_from(
        [DONOR, DONOR.lower(), "S-001", "s-001", "participant 1", "Participant no. 1", "S-001-01Q", "fever", "–", LOT]
    ),
    max_size=6,
).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS)
def test_whatever_people_typed_neither_side_sees_the_other(recall: str, left: str) -> None:
    story = cell_trial().tell(GIVEN)
    for line in (
        f"2026-01-21 recall {LOT} reason={shlex.quote(recall or 'none')} {QUALITY}",
        f"2026-01-22 withdraw_donor_consent {DONOR} reason={shlex.quote(left or 'none')} {NURSE}",
    ):
        story.do(line)
    check_sides(story, moment("2026-01-23T09:00"))


def test_words_lose_codes_whole_and_keep_everything_else() -> None:
    assert without("from D-1 to D-12", ["D-1"], "the donor") == "from the donor to D-12"
    assert without(("a", ("d-7x",)), ["D-7x"], "the donor") == ("a", ("the donor",))
    assert without("A of 1 and D-1", ["A", "1"], "the donor") == "A of 1 and D-1"  # too short to be taken out safely


# --- the laboratory's side --------------------------------------------------------------------------------------------


def test_the_stock_has_what_is_somewhere_and_nothing_that_is_used_up() -> None:
    story = cell_trial().tell(patient() + donor() + collected())
    there = stock(story.study, story.trial, moment("2026-01-08T11:00"))
    assert [(one.code, one.state, one.place, one.left_ml) for one in there.items] == [
        (COLLECTION, "received", "laboratory", "60")
    ]
    story.tell(cultured() + lot_made())
    assert [one.code for one in stock(story.study, story.trial, NOON).items] == [LOT]
    story.tell(divided(volumes="60,50").replace("volumes_ml=60,50", "volumes_ml=60,50 rest_ml=10"))
    assert [(one.code, one.volume_ml) for one in stock(story.study, story.trial, NOON).items] == [
        (DOSE, "60"),
        (code("dose", 2), "50"),
    ]
    story.do(f"2026-01-20T12:00 discard {DOSE} reason=leaks {MAKER} with nurse")
    assert [one.code for one in stock(story.study, story.trial, NOON).items] == [code("dose", 2)]
    late = stock(story.study, story.trial, moment("2026-01-21T08:00"))
    assert [(one.state, one.hours_left) for one in late.items] == [("expired, quarantine", None)]


def test_what_is_left_of_a_collection_stays_in_the_stock() -> None:
    taken = lot_made().replace("volume_ml", "taken_ml=40 volume_ml")
    story = cell_trial().tell(patient() + donor() + collected() + cultured() + taken)
    first, second = stock(story.study, story.trial, NOON).items
    assert (first.code, first.left_ml, second.code) == (COLLECTION, "20", LOT)


def test_a_collection_that_was_destroyed_is_out_of_stock() -> None:
    story = cell_trial().tell(patient() + donor() + collected())
    story.do(f"2026-01-08T12:00 discard {COLLECTION} reason=clotted {MAKER} with nurse")
    assert stock(story.study, story.trial, moment("2026-01-08T13:00")).items == ()


def test_given_cells_are_out_of_stock_and_open_alerts_are_in_it() -> None:
    story = cell_trial().tell(STORY)
    there = stock(story.study, story.trial, moment("2026-01-30T09:00"))
    assert there.items == ()
    assert {alert.about for alert in there.alerts} >= {"S-001"}
    assert all(alert.to and alert.asks for alert in there.alerts)


@pytest.mark.parametrize(
    ("cells", "sort", "moves"),
    [
        (COLLECTION, "collection", ["collected", "received", "processed", "processed"]),
        (LOT, "lot", ["lot made", "divided"]),
        (DOSE, "dose", ["dose made", "stored", "taken out", "issued"]),
    ],
)
def test_one_code_has_its_tests_and_every_hand_it_went_through(cells: str, sort: str, moves: list[str]) -> None:
    story = cell_trial().tell(AT_THE_BEDSIDE)
    view = cells_view(story.study, story.trial, cells, moment("2026-01-20T13:50"))
    assert view is not None
    assert (view.item.sort, [move.did for move in view.moves]) == (sort, moves)
    if sort == "collection":
        received = view.moves[1]
        assert (received.giver, received.taker, received.place, received.temperature) == (
            "nurse",
            "lab-1",
            "laboratory",
            "20",
        )
        assert received.said == "good, seal intact"
        assert [part.code for part in view.parts] == [LOT]
        assert view.tests == ()
        return
    assert view.weight_kg == "70"
    assert {test.id: test.status for test in view.tests}["sterility"] == "unknown"
    assert view.releases == (("conditional", f"2026-01-20T08:00{ZONE}", "lab-3:cell_laboratory"),)
    assert [part.code for part in view.parts] == ([DOSE] if sort == "lot" else [])


def test_a_code_of_nothing_has_no_view() -> None:
    story = cell_trial().tell(patient())
    assert [cells_view(story.study, story.trial, one, NOON) for one in (LOT, DOSE, COLLECTION, "S-001")] == [None] * 4


TWO_BAGS = (
    f"{patient()}\n{donor()}{collected()}{cultured()}{lot_made()}{divided(volumes='60,60')}{results()}{released()}"
    f"{wristband()}"
    f"""
    2026-01-20T07:16 print_label {SECOND_DOSE} {MAKER}
    {issued()}
    2026-01-20T13:22 issue {SECOND_DOSE} recipient=S-001 taker=nurse place=ward weight_kg=70 {MAKER}
    {cover("S-001")}
    {checked()}
    {checked(dose=SECOND_DOSE, on="2026-01-20T13:46")}
    {start(doses=f"{DOSE},{SECOND_DOSE}")}
    """
)


def test_an_infusion_without_an_end_is_pointed_out_and_its_next_bag_waits_at_the_bedside() -> None:
    story, at = cell_trial().tell(TWO_BAGS), moment("2026-01-20T14:20")
    there = stock(story.study, story.trial, at)
    (running,) = there.running
    assert (running.who, running.infusion, running.at) == ("S-001", 1, f"2026-01-20T14:00{ZONE}")
    assert running.waiting == (SECOND_DOSE,)
    (bag,) = there.items
    assert (bag.code, bag.state, bag.place, bag.holder) == (SECOND_DOSE, "waits at the bedside", "ward", "nurse")
    assert (bag.left_ml, bag.hours_left) == ("60", 8.7)
    assert item(view_of(story, at=at).items, DOSE).state == "given"
    assert [one.running for one in view_of(story, at=at).infusions] == [True]
    story.do(f"2026-01-20T14:30 recall {LOT} reason='growth' {QUALITY}")
    assert item(view_of(story, at=at).items, SECOND_DOSE).state == "waits at the bedside, recalled"


def test_a_bag_that_was_begun_and_an_infusion_that_was_ended_wait_no_more() -> None:
    story, at = cell_trial().tell(TWO_BAGS), moment("2026-01-20T15:30")
    story.do(f"2026-01-20T14:30 resume_infusion S-001 dose_code={SECOND_DOSE} {NURSE}")
    assert item(view_of(story, at=at).items, SECOND_DOSE).state == "given"
    assert [one.waiting for one in stock(story.study, story.trial, at).running] == [()]
    story.do(f"2026-01-20T15:00 end_infusion S-001 how=complete volume_ml=120 reaction=no {NURSE}")
    assert stock(story.study, story.trial, at).running == ()
    assert [one.running for one in view_of(story, at=at).infusions] == [False]


def test_why_a_donor_withdrew_is_told_to_no_participant_by_an_older_ledger_either() -> None:
    old = AlertRaised("the donor of this participant withdrew consent (ill (really), now), before conditioning", (), "")
    entry: Any = Entry(1, "a1", "s", "0", "XA", Actor("nurse", "coordinator"), "2026-01-01", old, "S-001")
    assert _alert(entry).says == "the donor of this participant withdrew consent, before conditioning"
    story = cell_trial().tell(GIVEN)
    story.do(f"2026-01-22 withdraw_donor_consent {DONOR} reason='the treatment of my own illness' {NURSE}")
    assert "illness" not in spoken(view_of(story, at=moment("2026-01-23T09:00")))


def test_before_a_weight_is_recorded_a_lot_is_judged_by_that_of_its_release() -> None:
    unweighed = "\n".join(line for line in patient().splitlines() if '"weight"' not in line)
    story = cell_trial().tell(unweighed + "\n" + MADE)
    view = cells_view(story.study, story.trial, LOT, NOON)
    assert view is not None
    assert view.weight_kg == "70"
    assert {test.status for test in view.tests if "kg" in test.rule} == {"met"}
    weight = '[{"concept":"weight","value":"72","unit":"kg","on":"2026-01-20"}]'
    story.do(f"2026-01-20 record_facts S-001 facts='{weight}'")
    newer = cells_view(story.study, story.trial, LOT, NOON)
    assert newer is not None
    assert newer.weight_kg == "72"


def test_what_travelled_says_how_warm_it_was() -> None:
    story = cell_trial().tell(patient() + MADE)
    story.tell(f"""
        2026-01-20T13:00 take_out_of_storage {DOSE} place=refrigerator {MAKER}
        2026-01-20T13:05 hand_over {DOSE} giver=lab-1 taker=nurse place=hall lowest_c=3 highest_c=21 logger=t-9 {MAKER}
    """)
    view = cells_view(story.study, story.trial, DOSE, EVENING)
    assert view is not None
    move = view.moves[-1]
    assert (move.did, move.giver, move.taker, move.place, move.temperature) == (
        "handed over",
        "lab-1",
        "nurse",
        "hall",
        "3 to 21",
    )


def test_a_lot_for_nobody_has_no_weight_to_be_judged_by() -> None:
    for_nobody = lot_made(LOT, COLLECTION, who=None) + divided() + results() + released()
    story = cell_trial().tell(
        patient() + donor(source="cord blood") + collected(source="cord blood") + cultured() + for_nobody
    )
    view = cells_view(story.study, story.trial, LOT, NOON)
    assert view is not None
    assert (view.item.recipient, view.weight_kg) == (None, None)
    assert {test.id: test.status for test in view.tests}["t-cells"] == "unknown"
