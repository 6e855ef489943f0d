"""Whatever people ask for, in whatever order: places, doses, recipients and consent hold."""

from datetime import date, timedelta

import hypothesis.strategies as st
from conduct_story import (
    Story,
    chemotherapy,
    consents,
    cover,
    enrols,
    facts,
    infusion,
    lot,
)
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from trialwright.conduct import Refusal
from trialwright.conduct.possible import possible_deviations
from trialwright.facts import parse_occurred
from trialwright.ledger.kinds import Consented, Infused, ScreeningEnded
from trialwright.ledger.trial import Casebook
from trialwright.safety.stopping.pauses import pauses_for

START = date(2026, 1, 5)
WHO = st.sampled_from(["S-001", "S-002", "S-003", "S-004", "S-005"])
DAYS = st.integers(min_value=0, max_value=6)
SELDOM = st.integers(0, 5).map(lambda number: number == 5)
PLACES = 3


class RandomTrial(RuleBasedStateMachine):
    """Acts in random order, each asked before the deed; refusals are fine, broken promises are not."""

    def __init__(self) -> None:
        super().__init__()
        self.story = Story()
        self.day = START
        self.lots = 0

    lots_made = Bundle("lots_made")

    def ask(self, line: str) -> bool:
        """Does what the line asks if it may be done; whether it was."""
        who = next((word for word in line.split() if word.startswith("S-")), None)
        if who is not None and who not in self.story.trial.casebooks:
            return False
        outcome = self.story.ask(line)
        if isinstance(outcome, Refusal):
            return False
        self.story.do(line)
        return True

    def ask_all(self, lines: str) -> None:
        for line in lines.strip().splitlines():
            self.ask(line)

    @property
    def on(self) -> str:
        return self.day.isoformat()

    @rule(days=DAYS)
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)

    @initialize()
    def everybody_consents(self) -> None:
        """Five people for three places, all with the facts that let them in."""
        for _ in range(5):
            self.ask(consents(on=f"{self.on}T09:00"))
        self.day += timedelta(days=1)
        for who in list(self.story.trial.casebooks):
            self.ask(facts(who, self.on))

    @rule(who=WHO, lvef=st.sampled_from(["62", "40"]))
    def facts_are_found(self, who: str, lvef: str) -> None:
        self.ask(facts(who, self.on).replace(':"62"', f':"{lvef}"'))

    @rule(who=WHO)
    def screened(self, who: str) -> None:
        self.ask(f"{self.on} screen {who}")

    @rule(who=WHO, back=DAYS)
    def enrolled(self, who: str, back: int) -> None:
        self.ask(enrols(who, (self.day - timedelta(days=back)).isoformat()))

    @rule()
    def everybody_asks_for_a_place(self) -> None:
        for who in list(self.story.trial.casebooks):
            self.facts_are_found(who, "62")
            self.ask(enrols(who, self.on))

    @rule(who=WHO)
    def enrolment_taken_back(self, who: str) -> None:
        book = self.story.trial.casebook(who)
        if book is not None and book.enrolment is not None:
            self.ask(f"- retract entry={book.enrolment.id} reason_code='entered in error' why=mistake")

    @rule(who=WHO)
    def chemotherapy_given(self, who: str) -> None:
        book = self.story.trial.casebook(who)
        cycle = len(book.cycles) + 1 if book else 1
        ended = (self.day + timedelta(days=5)).isoformat()
        if self.ask(chemotherapy(who, self.on, ended, cycle)):
            self.day += timedelta(days=8)

    @rule(target=lots_made, who=WHO, doses=st.integers(1, 2))
    def lot_is_made(self, who: str, doses: int) -> str:
        self.lots += 1
        code = f"L-{self.lots}"
        if who in self.story.trial.casebooks:
            self.ask_all(lot(code, who, self.on, f"C-{self.lots}", doses))
        return code

    @rule(who=WHO)
    def covered(self, who: str) -> None:
        book = self.story.trial.casebook(who)
        if book is not None:
            self.ask_all(cover(who, self.on, max(len(book.cycles), 1)))

    @rule(who=WHO, lot=lots_made, dose=st.integers(1, 2), hour=st.sampled_from(["14", "15", "16"]))
    def infused(self, who: str, lot: str, dose: int, hour: str) -> None:
        book = self.story.trial.casebook(who)
        cycle = max(len(book.cycles), 1) if book else 1
        paused = pauses_for(self.story.study, self.story.trial, book or Casebook(who), self.day)
        if self.ask(infusion(who, f"{self.on}T{hour}:00", lot, cycle, f"dose={dose}")):
            assert paused == ()
            self.day += timedelta(days=14)

    @rule(who=WHO)
    def everything_for_one_infusion(self, who: str) -> None:
        """The straight way, so that infusions are reached often."""
        self.facts_are_found(who, "62")
        self.ask(enrols(who, self.on))
        self.chemotherapy_given(who)
        code = self.lot_is_made(who, 1)
        self.covered(who)
        self.infused(who, code, 1, "14")

    @rule(who=WHO, seldom=SELDOM)
    def dies(self, who: str, seldom: bool) -> None:
        if seldom:
            self.ask(f"{self.on} record_death {who} cause=unknown how_known=ward")

    @rule(who=WHO, extent=st.sampled_from(["treatment", "visits", "all contact"]), seldom=SELDOM)
    def withdraws(self, who: str, extent: str, seldom: bool) -> None:
        if seldom:
            self.ask(f"{self.on} withdraw {who} extent='{extent}'")

    @rule(seldom=SELDOM)
    def paused_or_resumed(self, seldom: bool) -> None:
        self.ask(
            f"{self.on} pause by_rule=r reason=x"
            if seldom
            else f"{self.on} resume decided_by=b decision=d by b:safety_board"
        )

    @rule(who=WHO, outcome=st.sampled_from(["failed", "withdrawn"]), again=st.booleans(), seldom=SELDOM)
    def screening_ends(self, who: str, outcome: str, again: bool, seldom: bool) -> None:
        if seldom:
            self.ask(f"{self.on} end_screening {who} outcome={outcome}")
        if again:
            self.ask(f"{self.on} rescreen {who} reason=again")

    @rule(who=WHO, grade=st.integers(2, 5), cells=st.sampled_from(["related", "not related", "unknown"]))
    def event_reported(self, who: str, grade: int, cells: str) -> None:
        serious = "serious=yes seriousness=death" if grade == 5 else "serious=no"
        related = f"""related='{{"nk_cells":"{cells}"}}'"""
        self.ask(f"{self.on} report_adverse_event {who} term=Sepsis grade={grade} {serious} {related}")
        self.ask(f"{self.on} report_adverse_event {who} term=Fever grade={min(grade, 4)} serious=no {related}")

    @rule()
    def resumed(self) -> None:
        """The board lets the trial go on: at once nothing pauses it."""
        if self.ask(f"{self.on} resume decided_by=b decision=d by b:safety_board"):
            book = next(iter(self.story.trial.casebooks.values()))
            assert pauses_for(self.story.study, self.story.trial, book, self.day) == ()

    @invariant()
    def no_more_places_than_the_target(self) -> None:
        assert len(self.story.trial.enrolled) <= PLACES

    @invariant()
    def no_number_twice(self) -> None:
        numbers = [e.what.number for e in self.story.trial.by_id.values() if e.what.kind == "enrolled"]
        assert len(numbers) == len(set(numbers))

    @invariant()
    def no_dose_twice_and_none_to_another(self) -> None:
        given = [e for book in self.story.trial.casebooks.values() for e in book.all(Infused)]
        assert len({(e.what.lot, e.what.dose) for e in given}) == len(given)
        for entry in given:
            made = self.story.trial.lots[entry.what.lot].made
            assert made is not None
            assert made.what.recipient == entry.about
            assert len(set(entry.what.verified_by)) == 2

    @invariant()
    def nothing_before_consent_and_no_treatment_after_death(self) -> None:
        for book in self.story.trial.casebooks.values():
            consent = book.all(Consented)[0]
            signed = parse_occurred(consent.occurred or "")
            for entry in book.entries:
                if entry.occurred is not None:  # a retraction concerns the ledger: it has no date of its own
                    assert parse_occurred(entry.occurred).latest >= signed.earliest
            if book.death is not None:
                died = parse_occurred(book.death.occurred or "")
                assert all(parse_occurred(e.occurred or "").earliest <= died.latest for e in book.infusions)

    @invariant()
    def nobody_is_enrolled_from_an_ended_screening(self) -> None:
        for book in self.story.trial.enrolled:
            ends = [end for end in book.all(ScreeningEnded) if end.what.episode == book.episode]
            assert ends == []

    def teardown(self) -> None:
        """Asked again at the end, every past act still stands, but where something was taken back or newly found."""
        trial = self.story.trial
        if any(entry.retracts for entry in trial.by_id.values()):
            return
        listed = possible_deviations(self.story.study, trial)
        newly_found = {"enrolment.ineligible", "enrolment.undecided"}  # a value of the same day, recorded later
        assert [(one.entry.what.kind, one.reason) for one in listed if one.reason.code not in newly_found] == []


RandomTrial.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)
TestRandomTrial = RandomTrial.TestCase
