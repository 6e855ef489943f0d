"""Whatever people ask for with cells, in whatever order: one donor, one place, one holder, the right person.

TRIALWRIGHT_LONG=1 runs ten thousand random trials instead of a few (make cell-laws).
"""

import os
from random import Random

import hypothesis.strategies as st
from cell_story import (
    AT_THE_BEDSIDE,
    COLLECTION,
    DOSE,
    LOT,
    MADE,
    SECOND_DOSE,
    cell_trial,
    checked,
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
from cells_machine import START, Hands
from cells_settled import settle
from cells_words import BAD, BEDSIDE, DECIDING, DONORS, KEEPING, MAKING, ON_THE_WAY, PEOPLE, WARD, Words
from conduct_story import ZONE, cover
from hypothesis import HealthCheck, Phase, event, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from trialwright.conduct.possible import possible_deviations

LONG = os.environ.get("TRIALWRIGHT_LONG") == "1"
PARTS = 4 if LONG else 1
EXAMPLES = 10_000 // PARTS if LONG else 150
RANDOM = st.integers(0, 2**24).map(Random)
WHO = st.sampled_from(PEOPLE)
MANY = st.sampled_from((1, 1, 2, 3))
SOURCE = st.sampled_from(("peripheral blood", "cord blood"))


class CellsLaws(Hands, RuleBasedStateMachine):
    """Acts of cells in random order, each asked before the deed; every entry is watched as it is written."""

    @initialize(
        kilograms=st.tuples(*[st.sampled_from(("70", "50", "90"))] * 3),
        late=st.booleans(),
        slips=st.sampled_from((0.0, 0.03, 0.1)),
        begun=st.sampled_from(("given", "on the ward", "a lot", "nothing", "given", "given")),
        doses=MANY,
        rng=RANDOM,
    )
    def three_people(
        self, kilograms: tuple[str, ...], late: bool, slips: float, begun: str, doses: int, rng: Random
    ) -> None:
        """Three people with a place; the third starts chemotherapy later, and so may the second. Cells may be there."""
        self.late = late
        for who, weight in zip(PEOPLE, kilograms, strict=True):
            self.arrives(who, weight, who == PEOPLE[0] or (who == PEOPLE[1] and rng.random() < 0.5))
        self.wait(3 * 24 * 60)
        if begun == "a lot":
            self.a_lot_from_the_start("cord blood", rng.choice((*PEOPLE, None)), doses)
        elif begun != "nothing":
            self.the_whole_way("peripheral blood", PEOPLE[0], doses, 1 if begun == "given" else 0)
        self.slips = slips

    # --- straight ways ---

    @rule(minutes=st.sampled_from((5, 45, 300, 1440, 4320)))
    def time_passes(self, minutes: int) -> None:
        self.wait(minutes)

    @rule(source=SOURCE, who=WHO, chosen=st.booleans())
    def a_donor_comes(self, source: str, who: str, chosen: bool) -> None:
        donor = self.donor(source)
        if donor and chosen:
            self.ask(f"assign_donor {who} donor={donor} reason=found by nurse:coordinator")

    @rule(rng=RANDOM, who=st.sampled_from((*PEOPLE, None)), doses=MANY)
    def a_lot_of_what_is_there(self, rng: Random, who: str | None, doses: int) -> None:
        collections = [code for code in self.watch.units if code.startswith("C-")]
        if collections:
            collection, by = rng.choice(collections), "by lab-1:cell_laboratory"
            if rng.random() < 0.15:
                self.ask(f"put_in_storage {collection} place=incubator temperature_c=37 {by}")
            elif rng.random() < 0.1:
                self.ask(f"discard {collection} reason=spilt {by} with lab-2:cell_laboratory")
            self.lot(collection, who, doses)

    @rule(rng=RANDOM)
    def cells_are_collected(self, rng: Random) -> None:
        self.collection(Words(self, rng).donor())

    @rule(source=SOURCE, who=st.sampled_from((*PEOPLE, None)), doses=MANY)
    def a_lot_from_the_start(self, source: str, who: str | None, doses: int) -> None:
        donor = self.donor(source)
        collection = self.collection(donor) if donor else None
        if collection:
            self.lot(collection, who, doses)

    @rule(source=SOURCE, who=WHO, doses=MANY, given=st.integers(0, 3))
    def the_whole_way(self, source: str, who: str, doses: int, given: int) -> None:
        """From a donor to the bedside; of the doses so many are given at once."""
        donor = self.donor(source)
        collection = self.collection(donor) if donor else None
        lot = self.lot(collection, who, doses) if collection else None
        bags = self.doses(lot)
        self.to_the_bedside(bags[: given or 1])
        if given and bags:
            self.infuse(who, bags[:given])

    def some_lot(self, rng: Random) -> str | None:
        """A lot with doses left; rather one that is released and alive."""
        there = [lot for lot in self.watch.lots if self.doses(lot)]
        alive = [
            lot
            for lot in there
            if self.watch.of["released", lot]
            and self.watch.lots[lot].what.expires_at[:16] > f"{self.now:%Y-%m-%dT%H:%M}"
        ]
        return rng.choice(alive if alive and rng.random() < 0.8 else there) if there else None

    @rule(rng=RANDOM, again=st.booleans())
    def to_the_ward(self, rng: Random, again: bool) -> None:
        bags = self.doses(self.some_lot(rng))
        rng.shuffle(bags)
        self.to_the_bedside(bags[: rng.choice((1, 1, 2))], again=again, old=rng.random() < 0.25)

    @rule(rng=RANDOM)
    def given(self, rng: Random) -> None:
        """Somebody receives what is out on the ward for them."""
        out = [dose for lot in self.watch.lots for dose in self.doses(lot) if self.watch.units[dose].out]
        if out:
            lot = self.watch.doses[rng.choice(out)].what.lot
            bags = [dose for dose in self.doses(lot) if self.watch.units[dose].out]
            self.infuse(self.recipient(lot) or "S-001", bags[: rng.choice((1, 2, 2))])

    @rule(how=st.sampled_from(("interrupt", "resume", "complete", "stopped")), rng=RANDOM)
    def goes_on(self, how: str, rng: Random) -> None:
        """An infusion under way, if there is one, is interrupted, resumed or ended."""
        ended = {(end.about, end.what.infusion) for who in PEOPLE for end in self.watch.of["infusion_ended", who]}
        under_way = [one.about for one in self.watch.infusions if (one.about, one.what.infusion) not in ended]
        who = rng.choice(under_way or PEOPLE)
        if how in ("complete", "stopped"):
            self.end(who, how, rng)
        else:
            reason = "reason=reaction" if how == "interrupt" else ""
            self.ask(f"{how}_infusion {who} {reason} by nurse:coordinator")

    @rule(rng=RANDOM)
    def a_dose_comes_back(self, rng: Random) -> None:
        out = [dose for lot in self.watch.lots for dose in self.doses(lot) if self.watch.units[dose].out]
        if out:
            self.comes_back(rng.choice(out), rng)

    @rule(rng=RANDOM)
    def out_and_in_again(self, rng: Random) -> None:
        """A dose comes back, is issued again within the hour, and is given; perhaps nobody checks it again."""
        out = [dose for lot in self.watch.lots for dose in self.doses(lot) if self.watch.units[dose].out]
        if out:
            dose = rng.choice(out)
            who = self.recipient(self.watch.doses[dose].what.lot) or PEOPLE[0]
            self.do(
                f"return_dose {dose} giver=nurse taker=lab-3 place=laboratory reason=fever {ON_THE_WAY} by {WARD[0]}"
            )
            if rng.random() < 0.5:
                self.to_the_bedside([dose], again=True)
            else:
                weight = f"weight_kg={self.kilograms.get(who, '70')}"
                self.do(f"issue {dose} recipient={who} taker=nurse place=ward {weight} by lab-3:cell_laboratory")
            self.infuse(who, [dose])

    @rule(rng=RANDOM)
    def doses_are_kept(self, rng: Random) -> None:
        inside = [dose for lot in self.watch.lots for dose in self.doses(lot) if not self.watch.units[dose].out]
        if inside:
            self.kept(rng.choice(inside), rng)

    @rule(rng=RANDOM)
    def a_donor_leaves(self, rng: Random) -> None:
        lots = [self.watch.donor(lot) for lot in self.watch.lots]
        if lots and rng.random() < 0.25:
            self.leaves(rng.choice(lots), rng)

    @rule(rng=RANDOM, who=WHO)
    def back_and_for_somebody_else(self, rng: Random, who: str) -> None:
        """Everything of a lot that is out comes back, and the lot is for another person."""
        lot = self.some_lot(rng)
        if lot:
            for dose in self.doses(lot):
                if self.watch.units[dose].out:
                    self.comes_back(dose, rng)
            self.for_somebody_else(lot, who)
            if self.recipient(lot) == who and rng.random() < 0.5:
                if not self.watch.of["chemotherapy_given", who]:
                    self.next_cycle(who, rng)
                self.to_the_bedside(self.doses(lot)[:1])
                self.infuse(who, self.doses(lot)[:1])

    @precondition(lambda self: self.watch.infusions)
    @rule(rng=RANDOM, test=st.sampled_from((*BAD, "rejected", "recalled", "sterile")))
    def afterwards(self, rng: Random, test: str) -> None:
        """A result comes late, or the laboratory thinks again, of a lot that was given."""
        lot = rng.choice(self.watch.infusions).what.lot
        if test == "sterile":
            self.ask(f"record_release_test {lot} test=sterility value=negative by lab-2:cell_laboratory")
            self.ask(f"release {lot} how=full by lab-3:cell_laboratory")
        elif test in ("rejected", "recalled"):
            act = "reject_lot" if test == "rejected" else "recall"
            self.ask(f"{act} {lot} reason=late by lab-3:cell_laboratory")
        else:
            self.ask(f"record_release_test {lot} test={test} value={BAD[test]} by lab-2:cell_laboratory")

    @rule(who=WHO, rng=RANDOM)
    def next_cycle(self, who: str, rng: Random) -> None:
        self.conditioned(who)
        self.wait(rng.choice((0, 3 * 24 * 60)))

    @rule(rng=RANDOM)
    def alerts_are_answered(self, rng: Random) -> None:
        for alert in self.open_alerts():
            holds = "yes" if rng.random() < 0.2 else "no"
            self.ask(f"answer_alert alert={alert} answer=seen holds_on={holds} by {Words(self, rng).anyone()}")

    # --- wild acts ---

    def wild(self, rng: Random, templates: tuple[str, ...], times: int = 3) -> None:
        """A few acts with words drawn from everything there is; in half of the trials some are recorded late."""
        for _ in range(times):
            back = rng.choice((0, 0, 0, 3, 30, 600)) if self.late else 0
            self.ask(Words(self, rng).fill(rng.choice(templates)), back)

    @rule(rng=RANDOM)
    def anything_with_donors(self, rng: Random) -> None:
        self.wild(rng, DONORS, 2)

    @rule(rng=RANDOM)
    def anything_in_the_laboratory(self, rng: Random) -> None:
        self.wild(rng, MAKING)

    @rule(rng=RANDOM)
    def anything_on_the_way(self, rng: Random) -> None:
        self.wild(rng, KEEPING)

    @rule(rng=RANDOM)
    def anything_decided(self, rng: Random) -> None:
        self.wild(rng, DECIDING, 2)

    @rule(rng=RANDOM)
    def anything_at_the_bedside(self, rng: Random) -> None:
        self.wild(rng, BEDSIDE, 4)

    @rule(rng=RANDOM, who=WHO, kilograms=st.sampled_from(("50", "54", "70", "90")))
    def somebody_is_weighed(self, rng: Random, who: str, kilograms: str) -> None:
        if rng.random() < 0.3:
            self.weighed(who, kilograms)

    def teardown(self) -> None:
        """The books are compared with what the package reads off the same entries, and past acts asked again."""
        if self.now > START and not self.broken:
            settle(self.story.study, self.story.trial, self.watch, self.moment())
            for said in told_of(self):
                event(said)


def told_of(machine: CellsLaws) -> list[str]:
    """What one random trial reached, for the statistics of a long run (pytest --hypothesis-show-statistics)."""
    watch, count = machine.watch, machine.watch.count
    raised = [alert for (kind, _), alerts in watch.of.items() if kind == "alert_raised" for alert in alerts]
    reached = {
        "an infusion": count["infused"],
        "two infusions or more": count["infused"] > 1,
        "several bags in one infusion": any(len(given.what.doses) > 1 for given in watch.infusions),
        "an interruption": count["infusion_interrupted"],
        "an end": count["infusion_ended"],
        "a return": count["returned"],
        "a dose given after its return": any(watch.of["returned", dose] for dose in watch.given),
        "a reassignment": any(entry.what.previous for lot in watch.lots for entry in watch.of["lot_assigned", lot]),
        "a dose given to a second recipient": any(
            watch.of["lot_assigned", watch.doses[dose].what.lot] for dose in watch.given
        ),
        "a failure after the infusion": any("given to this participant" in alert.what.what for alert in raised),
        "a hold": any(alert.what.holds for alert in raised),
        "a donor's withdrawal": count["donor_withdrew"],
        "a withdrawal after conditioning": any("after conditioning had begun" in alert.what.what for alert in raised),
        "a dose divided again": any(dose.what.parent for dose in watch.doses.values()),
        "a recall": count["recalled"],
        "a full release": any(
            entry.what.how == "full"
            for (kind, _), entries in watch.of.items()
            if kind == "released"
            for entry in entries
        ),
        "something recorded late": machine.seen["late"],
    }
    return [name for name, there in reached.items() if there]


for part in range(PARTS):
    machine = type(f"CellsLaws{part}", (CellsLaws,), {})
    machine.TestCase.settings = settings(
        max_examples=EXAMPLES,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    globals()[f"TestCellsLaws{part}"] = machine.TestCase


# --- what random trials found, told as stories ------------------------------------------------------------------------

TWO_BAGS = donor() + collected() + cultured() + lot_made() + divided(volumes="60,60") + results() + released()
LAB = "by lab-1:cell_laboratory"


def test_a_collection_is_made_into_a_lot_before_it_is_divided() -> None:
    story = cell_trial().tell(donor() + collected())
    assert story.codes(f"2026-01-09T09:00 divide {COLLECTION} volumes_ml=60 {LAB}") == {"lot.unknown"}


def test_what_lies_in_storage_is_neither_received_nor_made_into_a_lot() -> None:
    story = cell_trial().tell(patient() + donor() + collected() + cultured())
    story.do(f"2026-01-20T05:10 put_in_storage {COLLECTION} place=incubator temperature_c=37 {LAB}")
    assert story.codes(lot_made().strip()) == {"custody.stored"}
    again = f"giver=lab-1 taker=lab-2 place=laboratory condition=good seal=intact temperature_c=20 {LAB}"
    assert story.codes(f"2026-01-20T05:20 receive {COLLECTION} {again}") == {"custody.stored"}
    story.do(f"2026-01-20T05:30 take_out_of_storage {COLLECTION} place=incubator {LAB}")
    assert story.codes(lot_made().strip()) == set()
    story.do(f"2026-01-20T05:40 discard {COLLECTION} reason=spilt {LAB} with lab-2:cell_laboratory")
    assert story.codes(lot_made().strip()) == {"cells.gone"}


def test_a_lot_rejected_after_its_first_dose_was_given_is_given_no_further() -> None:
    story = cell_trial().tell(f"{patient()}{TWO_BAGS}{wristband()}{issued()}{cover('S-001')}{checked()}\n{start()}")
    story.do("2026-01-20T14:10 reject_lot " + LOT + " reason=doubt by lab-3:cell_laboratory")
    story.do(f"2026-01-20T14:20 print_label {SECOND_DOSE} {LAB}")
    take = f"recipient=S-001 taker=nurse place=ward weight_kg=70 {LAB}"
    assert story.codes(f"2026-01-20T14:30 issue {SECOND_DOSE} {take}") == {"lot.rejected"}


def test_a_hold_on_a_dose_holds_what_it_is_divided_into() -> None:
    story = cell_trial().tell(patient() + TWO_BAGS)
    story.do(f"2026-01-20T09:00 put_in_storage {SECOND_DOSE} place=refrigerator temperature_c=30 {LAB}")
    story.do(f"2026-01-20T09:10 take_out_of_storage {SECOND_DOSE} place=refrigerator {LAB}")
    part = story.do(f"2026-01-20T09:20 divide {SECOND_DOSE} volumes_ml=30,30 {LAB}")[1].about
    story.do(f"2026-01-20T09:30 print_label {part} {LAB}")
    take = f"recipient=S-001 taker=nurse place=ward weight_kg=70 {LAB}"
    assert story.codes(f"2026-01-20T09:40 issue {part} {take}") == {"lot.held"}


def test_one_bag_is_given_once_and_after_it_came() -> None:
    story = cell_trial().tell(AT_THE_BEDSIDE)
    assert "lot.dose_given" in story.codes(start(doses=f"{DOSE},{DOSE}"))
    assert "custody.goes_back" in story.codes(start(on="2026-01-20T13:15"))


def test_a_release_asked_again_knows_its_weight_and_who_had_worked_on_the_lot_by_then() -> None:
    light = '[{"concept":"weight","value":"50","unit":"kg","on":"2026-01-20T06:00' + ZONE + '"}]'
    story = cell_trial().tell(patient() + f"\n2026-01-20T06:00 record_facts S-001 facts='{light}'")
    story.tell(donor() + collected() + cultured() + lot_made() + divided() + results(t_cells="0.8") + released())
    story.do(f"2026-01-21T09:00 record_release_test {LOT} test=sterility value=negative by lab-3:cell_laboratory")
    assert possible_deviations(story.study, story.trial) == ()


def test_a_dose_that_was_sampled_gives_what_is_left_in_it() -> None:
    story = cell_trial().tell(f"{patient()}\n{MADE}{wristband()}")
    story.do(f"2026-01-20T09:00 take_sample {DOSE} sample=s1 volume_ml=20 {LAB}")
    story.tell(f"{issued()}{cover('S-001')}{checked()}\n")
    given = story.do(start())[0].what
    assert given.nk_cells_per_kg == "14571429"  # 100 mL of 1.2e7/mL, 85 %, for 70 kg
