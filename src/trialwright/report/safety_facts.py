"""Everything the safety report says, as plain frozen facts in no language: the safety board reads it at any cut-off."""

from dataclasses import dataclass
from typing import Any, Literal

from trialwright.report.model import Asked, DeathFacts, HarmGroup, StudyFacts
from trialwright.report.stopping_facts import Person, StoppingFacts
from trialwright.safety.assessed import ScaleCount
from trialwright.safety.counts import EventCounts
from trialwright.safety.shifts import Shift


@dataclass(frozen=True, slots=True)
class OwedFacts:
    """One report to one recipient, and how it stands.

    subject  the event's term, with its worst grade; or "pregnancy of the participant"
    due      a day, or a moment where hours are counted; `hours` says which, and what `late` and `left` count
    in_time  yes | no | unknown, once sent; else None
    because  why it is owed, or is owed no longer
    """

    entry: str
    about: str
    number: int | None
    donor: bool
    subject: str
    grade: int | None
    what: str
    regime: str
    to: str
    aware: str
    due: str
    hours: bool
    stands: Literal["sent", "withdrawn", "due", "overdue"]
    late: int
    left: int
    in_time: str | None
    sent_at: str | None
    because: str


@dataclass(frozen=True, slots=True)
class FrequentFacts:
    """The terms of one table that exceed ClinicalTrials.gov's threshold in a form that was not serious."""

    ctcae: str
    threshold_percent: int
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventsFacts:
    """One of the two tables: counts against one baseline, and which terms a registry would list."""

    counts: EventCounts
    frequent: tuple[FrequentFacts, ...]


@dataclass(frozen=True, slots=True)
class SeriousFacts:
    """One serious event, told: everything that was recorded of it, newest word last.

    who       the participant; None for a donor, whose `code` stands alone
    day       days from the first infusion to onset, where both are known; for a donor None
    grades    grade, since when
    related   cause -> related | not related | unknown
    narrative when, and the words
    sent      what, to whom, under which regime, when
    """

    id: str
    code: str
    who: Person | None
    term: str
    soc: str | None
    ctcae: str
    onset: str
    day: int | None
    grades: tuple[tuple[int, str], ...]
    resolved_on: str | None
    seriousness: tuple[str, ...]
    related: dict[str, str]
    expected: str
    dose_limiting: bool
    action: str | None
    treatment: str | None
    outcome: str | None
    narrative: tuple[tuple[str | None, str], ...]
    sent: tuple[tuple[str, str, str, str | None], ...]

    @property
    def worst(self) -> int:
        return max(grade for grade, _ in self.grades)


@dataclass(frozen=True, slots=True)
class ValueFacts:
    """A value outside its reference range that nobody has signed yet. `low`, `high`: the range, in `range_unit`."""

    who: Person
    concept: str
    on: str
    value: str
    unit: str | None
    low: str | None
    high: str | None
    range_unit: str | None
    outside: str
    grade: str | None  # the highest automatic grade, with its term


@dataclass(frozen=True, slots=True)
class MarkFacts:
    """A value that was looked at and signed."""

    who: Person
    concept: str
    on: str
    value: str
    unit: str | None
    significant: bool
    grades: tuple[tuple[str, str], ...]  # term, grade as confirmed
    event: str | None
    signed_by: str | None


@dataclass(frozen=True, slots=True)
class LaboratoryFacts:
    """Shifts, and values with and without a signed mark. `no_range`: values that nobody can call inside or outside."""

    ctcae: str
    shifts: tuple[Shift, ...]
    waiting: tuple[ValueFacts, ...]
    marks: tuple[MarkFacts, ...]
    values: int
    no_range: int
    names: dict[str, tuple[str, str]]  # concept -> English, Chinese


@dataclass(frozen=True, slots=True)
class GradeSpan:
    """One stretch of an event at one grade, in days from the first infusion (or first chemotherapy)."""

    start: float
    end: float
    grade: int


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event over time. `open`: it has no recorded end, and is drawn to the cut-off."""

    term: str
    spans: tuple[GradeSpan, ...]
    open: bool
    serious: bool


@dataclass(frozen=True, slots=True)
class GradesOverTime:
    """One participant's events that emerged under treatment. `origin`: infusion, or chemotherapy if never infused."""

    who: Person
    origin: Literal["infusion", "chemotherapy"]
    lines: tuple[EventLine, ...]


@dataclass(frozen=True, slots=True)
class AssessmentFacts:
    """One look at a participant on a scale. `event`: the term of the event it is about, with its worst grade."""

    who: Person
    scale: str
    version: str
    on: str | None
    day: int | None
    grade: str
    findings: dict[str, str]
    because: tuple[str, ...]
    steroid_refractory: str | None
    infusion: int | None
    event: str | None
    event_grade: int | None
    dose_limiting: bool


@dataclass(frozen=True, slots=True)
class DeathStory:
    """One death with what may have caused it."""

    death: DeathFacts
    days_from_last_infusion: int | None
    autopsy: bool | None
    fatal_events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PregnancyFacts:
    """A pregnancy, and what became of it: when, outcome, child."""

    who: Person
    of: str
    on: str | None
    due_on: str | None
    consented: str
    followed: tuple[tuple[str | None, str, str | None], ...]


@dataclass(frozen=True, slots=True)
class FailedLotFacts:
    """A lot that was given and fails: which tests, to whom, and what those who were called found."""

    lot: str
    tests: tuple[str, ...]
    given_to: tuple[tuple[Person, str | None], ...]
    alerts: tuple[tuple[str, str | None, str | None, str | None], ...]  # what, answer, by whom, when


@dataclass(frozen=True, slots=True)
class SafetyModel:
    """A whole safety report. Nothing in it depends on the clock of the machine, the language or the door.

    now  the moment at which clocks were read
    """

    study: StudyFacts
    asked: Asked
    now: str
    simulated: bool
    target: int
    enrolled: int
    treated: int
    infused: int
    stopping: StoppingFacts
    owed: tuple[OwedFacts, ...]
    since_treatment: EventsFacts
    since_infusion: EventsFacts
    groups: tuple[HarmGroup, ...]
    serious: tuple[SeriousFacts, ...]
    donor_events: tuple[SeriousFacts, ...]  # serious or not
    laboratory: LaboratoryFacts
    over_time: tuple[GradesOverTime, ...]
    scales: tuple[ScaleCount, ...]
    assessments: tuple[AssessmentFacts, ...]
    deaths: tuple[DeathStory, ...]
    pregnancies: tuple[PregnancyFacts, ...]
    failed_lots: tuple[FailedLotFacts, ...]

    @property
    def overdue(self) -> tuple[OwedFacts, ...]:
        """What should have been sent and was not, the longest overdue first."""
        return tuple(one for one in self.owed if one.stands == "overdue")


def safety_json(model: SafetyModel) -> dict[str, Any]:
    """The model as one JSON document: every number of the report, None where there is none."""
    import orjson

    options = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY
    document: dict[str, Any] = orjson.loads(orjson.dumps(model, default=str, option=options))
    return document
