"""Whatever is reported, followed, corrected and taken back, in whatever order: of harm nothing is lost or left over."""

from datetime import date, timedelta

import hypothesis.strategies as st
from conduct_story import Story, consents
from harm_refusals import INFUSED
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from trialwright.conduct import Refusal
from trialwright.conduct.possible import possible_deviations
from trialwright.facts import parse_occurred
from trialwright.ledger.kinds import (
    AcuteGvhdAssessed,
    AdverseEventFollowed,
    AdverseEventReported,
    CrsAssessed,
    Died,
    ReportSent,
)
from trialwright.ledger.trial import Casebook
from trialwright.safety.events import AdverseEvent, adverse_events, event_named
from trialwright.safety.scales.acute_gvhd import grade_acute_gvhd, read_acute_gvhd
from trialwright.safety.scales.crs import grade_crs, read_crs

WHO = st.sampled_from(["S-001", "S-002"])
WHICH = st.sampled_from([0, 0, 1, 2, 5])
GRADE = st.integers(1, 5)
TERM = st.sampled_from(["Fever", "Sepsis", "Chills", "Hypotension"])
COUNT = st.sampled_from(["0", "1", "2", "unknown"])
STAGE = st.sampled_from(["0", "1", "2", "3", "4", "unknown"])
BACK = st.sampled_from([0, 0, 0, 1, 4])
SYNDROME = "temperature_c=39 fever_explained=no masked=no hypotension=no vasopressin=no oxygen=none"
AMEND = "reason_code=other why=w"


class RandomHarm(RuleBasedStateMachine):
    """One participant infused, one not yet: acts about harm in random order, refused or done."""

    def __init__(self) -> None:
        super().__init__()
        self.story = Story()
        self.day = date(2026, 1, 21)
        self.taken_back: set[str] = set()
        self.amended = False

    @initialize()
    def begun(self) -> None:
        self.story.tell(f"{INFUSED}{consents()}")

    @property
    def books(self) -> tuple[Casebook, ...]:
        return tuple(self.story.trial.casebooks.values())

    @property
    def events(self) -> list[AdverseEvent]:
        return [event for book in self.books for event in adverse_events(self.story.trial, book)]

    def ask(self, line: str) -> bool:
        """Does what the line asks if it may be done; whether it was."""
        if isinstance(self.story.ask(line), Refusal):
            return False
        self.story.do(line)
        return True

    def before(self, days: int) -> str:
        return (self.day - timedelta(days=days)).isoformat()

    def some(self, which: int) -> AdverseEvent | None:
        """One of the events; those with the most to say about them first."""
        events = sorted(self.events, key=lambda event: -len(event.followed))
        return events[which % len(events)] if events else None

    @rule(days=st.integers(1, 3))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule(who=WHO, term=TERM, grade=GRADE, back=BACK, serious=st.booleans())
    def reported(self, who: str, term: str, grade: int, back: int, serious: bool) -> None:
        more = "serious=yes seriousness=death" if serious else "serious=no"
        self.ask(f"{self.before(back)} report_adverse_event {who} term={term} grade={grade} {more} related='{{}}'")

    @rule(which=WHICH, grade=GRADE, over=st.booleans(), back=BACK)
    def followed(self, which: int, grade: int, over: bool, back: int) -> None:
        if event := self.some(which):
            more = f"resolved_on={self.before(back)}" if over else f"grade={grade}"
            self.ask(f"{self.before(back)} follow_adverse_event event={event.reported.id} {more}")

    @rule(which=WHICH, term=TERM, grade=GRADE, later=st.sampled_from([0, 1, 3, -2]))
    def corrected(self, which: int, term: str, grade: int, later: int) -> None:
        if event := self.some(which):
            on = (event.onset.earliest + timedelta(days=later)).isoformat()
            content = f"""content='{{"term":"{term}","grade":{grade}}}' occurred={on}"""
            self.amended |= self.ask(f"- correct entry={event.id} {AMEND} {content}")

    @rule(who=WHO, grade=st.integers(1, 4), dies=st.booleans(), later=st.integers(0, 4))
    def a_whole_course(self, who: str, grade: int, dies: bool, later: int) -> None:
        """Reported, followed, perhaps a death, followed again, the onset corrected: so that each is reached often."""
        self.reported(who, "Sepsis", 3, 0, False)
        self.day += timedelta(days=2)
        self.followed(len(self.events) - 1, grade, False, 0)
        if dies:
            self.ask(f"{self.day} record_death {who} cause=unknown how_known=ward")
        self.day += timedelta(days=2)
        for event in self.events:
            self.ask(f"{self.day} follow_adverse_event event={event.id} grade={grade}")
        self.corrected(0, "Sepsis", grade, later)

    @rule(which=WHICH)
    def event_taken_back(self, which: int) -> None:
        if (event := self.some(which)) and self.ask(f"- retract entry={event.reported.id} {AMEND}"):
            self.taken_back.add(event.id)

    @rule(which=WHICH, pressors=COUNT, stage=STAGE, joined=st.booleans(), back=BACK)
    def assessed(self, which: int, pressors: str, stage: str, joined: bool, back: int) -> None:
        if event := self.some(which):
            more = f"event={event.id}" if joined else ""
            self.ask(f"{self.before(back)} assess_crs {event.about} {SYNDROME} vasopressors={pressors} {more}")
            self.ask(f"{self.before(back)} assess_acute_gvhd {event.about} skin={stage} {more}")

    @rule(which=WHICH, pressors=COUNT)
    def assessment_corrected(self, which: int, pressors: str) -> None:
        found = [entry for book in self.books for entry in book.all(CrsAssessed)]
        if found:
            content = f"""content='{{"findings":{{"vasopressors":"{pressors}"}}}}'"""
            self.amended |= self.ask(f"- correct entry={found[which % len(found)].id} {AMEND} {content}")

    @rule(which=WHICH, what=st.sampled_from(["first report", "follow-up"]))
    def sent(self, which: int, what: str) -> None:
        if event := self.some(which):
            self.ask(f"{self.day} send_report entry={event.id} regime=site what='{what}' to=institution")

    @rule(who=WHO, seldom=st.integers(0, 2))
    def dies(self, who: str, seldom: int) -> None:
        if seldom == 2:
            self.ask(f"{self.day} record_death {who} cause=unknown how_known=ward")

    @invariant()
    def every_event_reported_is_there_or_was_taken_back(self) -> None:
        entries = self.story.trial.by_id.values()
        first = {e.id for e in entries if isinstance(e.what, AdverseEventReported) and e.corrects is None}
        assert {event.id for event in self.events} == first - self.taken_back

    @invariant()
    def nothing_is_about_an_event_that_is_gone_or_of_another(self) -> None:
        for book in self.books:
            for kind in (AdverseEventFollowed, CrsAssessed, AcuteGvhdAssessed):
                for entry in book.all(kind):
                    if entry.what.event is not None:
                        event = event_named(self.story.trial, entry.what.event)
                        assert event is not None
                        assert event.about == book.code

    @invariant()
    def every_follow_up_stands_with_its_event_and_none_before_its_onset(self) -> None:
        kept = [entry for book in self.books for entry in book.all(AdverseEventFollowed)]
        assert sum(len(event.followed) for event in self.events) == len(kept)
        for event in self.events:
            assert all(parse_occurred(e.occurred or "").earliest >= event.onset.earliest for e in event.followed)

    @invariant()
    def nobody_has_a_new_grade_after_death(self) -> None:
        for book in self.books:
            for death in book.all(Died):
                died = parse_occurred(death.occurred or "").latest
                assert all(
                    one.since.earliest <= died
                    for event in adverse_events(self.story.trial, book)
                    for one in event.grades
                    if one.entry.order > death.order
                )

    @invariant()
    def every_grade_on_a_scale_is_that_of_its_findings(self) -> None:
        for book in self.books:
            for crs in book.all(CrsAssessed):
                assert crs.what.grade == grade_crs(read_crs(crs.what.findings)).text
            for gvhd in book.all(AcuteGvhdAssessed):
                assert gvhd.what.grade == grade_acute_gvhd(read_acute_gvhd(gvhd.what.findings)).text

    @invariant()
    def what_was_sent_stays_sent_and_nobody_told_is_left_believing(self) -> None:
        sent = [entry for entry in self.story.trial.by_id.values() if isinstance(entry.what, ReportSent)]
        assert len(sent) == sum(len(book.all(ReportSent)) for book in self.books)
        for id in self.taken_back:
            reports = [entry for entry in sent if entry.what.entry == id]
            newest = max(reports, key=lambda entry: (entry.occurred or "", entry.seq), default=None)
            assert newest is None or newest.what.what == "follow-up"

    def teardown(self) -> None:
        """Asked again at the end, what was never amended and is older than a death still stands."""
        if not self.amended and not any(book.all(Died) for book in self.books):
            assert possible_deviations(self.story.study, self.story.trial) == ()


RandomHarm.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)
TestRandomHarm = RandomHarm.TestCase
