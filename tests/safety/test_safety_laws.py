"""Whatever befalls people in a trial, in whatever order it is told: the pause is what the books kept by hand say.

TRIALWRIGHT_LONG=1 runs five thousand random trials instead of a hundred (make safety-laws).
"""

import os
import re
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, event, given, note, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from safety_hands import BOARD, as_told, study
from safety_machine import ACTS, AMENDING, CRS, DECIDING, RandomTrial, random_trial
from safety_watch import BOUNDS, DAY, DEATH, GVHD, Halt

from trialwright.ledger import Fold, Trial
from trialwright.ledger.entry import AnyEntry
from trialwright.safety.stopping.boundary import boundary
from trialwright.safety.stopping.dlt import dlt_answer
from trialwright.safety.stopping.pauses import all_pauses, pauses
from trialwright.study.stopping import bounds_of

LONG = os.environ.get("TRIALWRIGHT_LONG") == "1"
PARTS = 2 if LONG else 1
EXAMPLES = 5_000 // PARTS if LONG else 100
RANDOM = st.integers(0, 2**24).map(Random)
CELLS_DID_NOT = 'related=\'{"nk_cells":"not related"}\''
SEEDS = st.integers(0, 2**24)
FEW = settings(
    max_examples=300 if LONG else 20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)


class SafetyLaws(RandomTrial, RuleBasedStateMachine):
    """Acts in random order; after each, everything about the pause is compared with the watch's books."""

    changed = True

    @initialize(rng=RANDOM)
    def people_are_treated(self, rng: Random) -> None:
        self.begin(rng)

    def ask(self, line: str) -> AnyEntry | None:
        entry = super().ask(line)
        if entry is not None:
            note(line)
        return entry

    @rule(act=st.sampled_from(ACTS), rng=RANDOM)
    def something_happens(self, act, rng: Random) -> None:
        stood = self.today, len(self.told)
        act(self, rng)
        self.changed = stood != (self.today, len(self.told))

    @invariant()
    def the_pause_is_what_the_books_say(self) -> None:
        if self.changed and self.told:
            self.compare()
            self.compare_gates()

    def teardown(self) -> None:
        """As of days gone by and days to come, too: what was open then is over."""
        if self.told:
            for days in (-9, -2, -1, 7, 60):
                self.compare(days)
            for name in ("crossed", "held", "decided", "taken back", "corrected"):
                if self.reached[name]:
                    event(name)


for part in range(PARTS):
    machine = type(f"SafetyLaws{part}", (SafetyLaws,), {})
    machine.TestCase.settings = settings(
        max_examples=EXAMPLES,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    globals()[f"TestSafetyLaws{part}"] = machine.TestCase


# --- that the machine is not idle -------------------------------------------------------------------------------------


def test_the_study_of_the_machine_has_the_published_bounds() -> None:
    rule = study().safety.stopping_rule
    assert rule is not None
    assert bounds_of(rule, 15).at == BOUNDS
    assert BOUNDS[:6] == (None, None, 2, 3, 3, 3)


def test_of_random_trials_most_cross_the_bound_and_every_pause_and_decision_is_reached() -> None:
    """Of the sixty trials of the seeds 0 to 59; fewer are asked for than were found when this was made."""
    reached = dict.fromkeys(("crossed", "three evaluable", "not crossed", "decided", "amended", DEATH, GVHD), 0)
    for seed in range(60):
        hands = random_trial(seed)
        ever = set()
        stands = boundary(hands.story.study, hands.story.trial, hands.today)
        assert stands is not None
        ever |= {pause.rule for pause in all_pauses(hands.story.study, hands.story.trial, hands.today)}
        reached["crossed"] += stands.crossed
        reached["not crossed"] += not stands.crossed and stands.events > 0
        reached["three evaluable"] += stands.evaluable >= 3
        reached["decided"] += hands.reached["decided"] > 0
        reached["amended"] += hands.amended
        reached[DEATH] += DEATH in ever
        reached[GVHD] += GVHD in ever
    assert reached["crossed"] >= 25, reached
    assert min(reached.values()) >= 6, reached


# --- laws beside it ---------------------------------------------------------------------------------------------------


def entries_of(hands: RandomTrial) -> list[AnyEntry]:
    return sorted(hands.story.trial.by_id.values(), key=lambda entry: entry.seq)


def folded(entries: Iterable[AnyEntry]) -> Trial:
    fold = Fold()
    for entry in entries:
        fold.add(entry)
    return fold.trial()


def as_of(trial: Trial, on: date, seen=None) -> set[Halt]:
    found = pauses(study(), trial, on) if seen is None else pauses(study(), trial, on, seen)
    return {as_told(pause) for pause in found}


@given(SEEDS, st.floats(0, 1))
@FEW
def test_folding_in_two_goes_pauses_like_folding_in_one(seed: int, share: float) -> None:
    hands = random_trial(seed)
    entries = entries_of(hands)
    cut = 1 + int(share * (len(entries) - 1))
    fold = Fold()
    for entry in entries[:cut]:
        fold.add(entry)
    as_of(fold.trial(), hands.today)
    for entry in entries[cut:]:
        fold.add(entry)
    assert as_of(fold.trial(), hands.today) == as_of(folded(entries), hands.today) == hands.in_force(hands.today)


@given(SEEDS, st.floats(0, 1))
@FEW
def test_seeing_the_first_entries_only_is_folding_them_only(seed: int, share: float) -> None:
    """Where nothing was amended: a corrected entry is seen as it reads now."""
    hands = random_trial(seed, without=AMENDING)
    entries = entries_of(hands)
    cut = 1 + int(share * (len(entries) - 1))
    on = hands.today
    assert as_of(hands.story.trial, on, lambda entry: entry.seq < cut) == as_of(folded(entries[:cut]), on)


@given(SEEDS, SEEDS)
@FEW
def test_a_pause_after_a_decision_needs_a_new_happening(seed: int, after: int) -> None:
    hands, rng = random_trial(seed, without=DECIDING), Random(after)
    hands.today += 60 * DAY  # what was open is settled: from here on, time alone changes nothing
    hands.all_watched(rng)
    if hands.in_force(hands.today):
        hands.ask(f"{hands.today} resume decided_by=board decision=on {BOARD}")
    assert hands.in_force(hands.today) == set()
    for _ in range(6):
        harmless(hands, rng)
        assert hands.in_force(hands.today) == set()
    before = list(all_pauses(hands.story.study, hands.story.trial, hands.today))
    fatal = 'term=Sepsis grade=5 serious=yes seriousness=death related=\'{"nk_cells":"related"}\''
    who = hands.treated(rng, hands.today)
    assert hands.ask(f"{hands.today + DAY} report_adverse_event {who} {fatal}") is not None
    hands.today += DAY
    died = [one for one in hands.in_force(hands.today) if one.rule == DEATH]
    assert [f"death:{who}" in one.about for one in died] == [True]
    assert not any(f"death:{who}" in one.about for one in before)


def harmless(hands: RandomTrial, rng: Random) -> None:
    """Something is told that gives nobody a reason to think again."""
    who = hands.somebody(rng, "infused")
    kind = rng.choice(("consents", "contact", "mild event", "treated", "time", "mild crs", "unharmed"))
    if kind == "consents":
        hands.consents()
    elif kind == "contact":
        hands.contacted(who, hands.today)
    elif kind == "mild event":
        hands.ask(f"{hands.today} report_adverse_event {who} term=Fever grade=2 serious=no related='{{}}'")
    elif kind == "treated":
        hands.treated(rng, hands.today)
    elif kind == "mild crs":
        hands.ask(f"{hands.today} assess_crs {who} {CRS[0][0]}")
    elif kind == "unharmed":
        unharmed(hands, rng)
    else:
        hands.today += rng.randrange(1, 40) * DAY


def unharmed(hands: RandomTrial, rng: Random) -> str:
    """Somebody more, treated long ago and watched to the end of the window without a toxicity."""
    who = hands.treated(rng, hands.today - 60 * DAY)
    hands.contacted(who, hands.today)
    return who


@given(SEEDS, st.integers(1, 3))
@FEW
def test_another_evaluable_participant_without_a_toxicity_never_creates_a_pause(seed: int, more: int) -> None:
    hands, rng = random_trial(seed), Random(seed)
    for _ in range(more):
        on = hands.today
        before = {one.rule for one in hands.in_force(on)}
        evaluable = boundary(study(), hands.story.trial, on).evaluable
        unharmed(hands, rng)
        assert boundary(study(), hands.story.trial, on).evaluable == evaluable + 1
        assert {one.rule for one in hands.in_force(on)} <= before


@given(SEEDS)
@FEW
def test_judging_every_unknown_cause_not_related_never_creates_a_pause(seed: int) -> None:
    hands = random_trial(seed, without=DECIDING)
    judged = RandomTrial()
    for line in hands.told:
        assert judged.ask(re.sub(r"related='(\{.*?\})'", not_related, line)) is not None, line
    for days in (0, 7, 60):
        on = hands.today + days * DAY
        before, after = hands.in_force(on), judged.in_force(on)
        assert {one.rule for one in after} <= {one.rule for one in before}
        for one in after - before:  # fewer people, if it is another
            assert any(one.rule == other.rule and one.about < other.about for other in before)


def not_related(found: re.Match[str]) -> str:
    """The causes of an event, what is unknown or not said of the cells judged not related."""
    said = found[1].replace('"unknown"', '"not related"')
    if '"nk_cells"' not in said and "event=" not in found.string:
        said = said.replace("{", '{"nk_cells": "not related"' + (", " if len(said) > 2 else ""), 1)
    return f"related='{said}'"


@given(SEEDS)
@FEW
def test_taking_back_every_entry_of_harm_lifts_every_computed_pause(seed: int) -> None:
    hands = random_trial(seed, without=DECIDING)
    for kinds in (("followed", "crs", "gvhd", "died"), ("event",)):
        for line in [line for line in hands.watch.lines.values() if line.kind in kinds]:
            assert hands.take_back(line)
    for days in (0, 7, 60):
        on: date = hands.today + timedelta(days=days)
        assert hands.in_force(on) == set()
        assert "yes" not in hands.watch.answers(on).values()


# --- what random trials found, told as stories ------------------------------------------------------------------------


def test_an_event_that_turned_fatal_counts_at_once_though_its_first_grade_may_still_go_back_in_time() -> None:
    """Fever of grade 3 may be back within the week; death is not."""
    hands = RandomTrial()
    who = hands.treated(Random(0), hands.today)
    fever = hands.ask(f"{hands.today + DAY} report_adverse_event {who} term=Fever grade=3 serious=no {CELLS_DID_NOT}")
    assert fever is not None
    on = hands.today + 3 * DAY
    assert dlt_answer(study(), hands.story.trial, hands.story.trial.casebook(who), on).answer == "not yet evaluable"
    hands.ask(f"{on} follow_adverse_event event={fever.id} grade=5 serious=yes seriousness=death")
    answer = dlt_answer(study(), hands.story.trial, hands.story.trial.casebook(who), on)
    assert answer.answer == "yes"
    assert answer.because == (
        "Fever, grade 5 on 2026-01-23 (any event of grade 3 or more that is not back to grade 2 within a week)",
    )
