"""Everything a report says, as plain frozen facts in no language: what both doors show, and what `--json` prints."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from trialwright.endpoints import Baseline, Exposure, Flow, Persistence, ResponseResult
from trialwright.report.blocks import Standing
from trialwright.report.cell_facts import CellFacts
from trialwright.report.curves import Reading, RiskColumn, StackedCurves, SurvivalCurve, Swim
from trialwright.report.stopping_facts import PauseFacts, StoppingFacts
from trialwright.safety.counts import EventCounts

Source = Literal["registry", "assumption", "person", "unsaid"]


@dataclass(frozen=True, slots=True)
class Published:
    """The study's facts as its registry page shows them; codes are the registry's, absent means not stated."""

    title: str | None = None
    official_title: str | None = None
    sponsor: str | None = None
    sponsor_class: str | None = None
    status: str | None = None
    phases: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    treatments: tuple[str, ...] = ()  # "BIOLOGICAL: infusion of natural killer cells"
    study_type: str | None = None
    identifiers: tuple[str, ...] = ()
    about: str | None = None
    description: str | None = None
    enrolment_count: int | None = None
    enrolment_type: str | None = None
    sex: str | None = None
    minimum_age: str | None = None
    maximum_age: str | None = None
    healthy_volunteers: bool | None = None
    eligibility_text: str | None = None
    purpose: str | None = None
    allocation: str | None = None
    model: str | None = None
    masking: str | None = None
    arms: tuple[tuple[str, str, str, str], ...] = ()  # label, type, description, treatments
    contacts: tuple[str, ...] = ()
    registry: str = ""


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """Which study this is, in which version, and what a registry published about it."""

    id: str
    title: str
    version: str
    sha256: str
    historical: bool
    published: Published | None
    sites: tuple[str, ...]
    criteria: tuple[tuple[str, str, str, str], ...]  # id, kind, text, rule
    population_labels: dict[str, str]  # disease status and phase ids -> labels
    ctcae: str
    response_criteria: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader asked for, and what the ledger was then. Both clocks: occurred by, and known by."""

    cut_off: date
    known_at: int  # number of the last entry the report knows, -1 for an empty ledger
    recorded_at: str | None  # when that entry was recorded; the report's own date, so that it can be made again
    entries: int
    head: str  # hex of the chain's last hash
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the trial and how the participant in it is doing."""

    number: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """The same endpoint in a part of its population."""

    by: str
    value: str
    n: int
    events: int
    horizon: Reading | None


@dataclass(frozen=True, slots=True)
class SensitivityFacts:
    """The estimate at the horizon had another choice been made."""

    code: str
    text: str
    horizon: Reading | None


@dataclass(frozen=True, slots=True)
class Quartile:
    """A time with its limits, in days; None where it is not reached."""

    estimate: float | None
    lower: float | None
    upper: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class FollowedFacts:
    """How long people were followed, in days: median by reverse Kaplan-Meier, range of those without an event."""

    median: Quartile
    event_free: int
    shortest: int | None
    longest: int | None


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """One endpoint at the cut-off: who, from when, what counts, and every estimate of it."""

    id: str
    label: str
    role: str
    kind: str  # survival | incidence
    measure: str | None
    text: str | None
    source: Source
    basis: str | None
    population: str | None
    origin: str | None
    n: int
    events: dict[str, int]
    excluded: tuple[tuple[int, str], ...]  # participant's number, why not counted
    horizon_days: float
    horizon: Reading | None
    readings: tuple[Reading, ...]
    median: Quartile | None
    followed: FollowedFacts
    groups: tuple[GroupFacts, ...]
    sensitivity: tuple[SensitivityFacts, ...]
    imputed: tuple[tuple[int, str], ...]  # participant's number, which date and how
    curve: SurvivalCurve | None  # survival only
    risk: tuple[RiskColumn, ...]  # at the months a figure labels
    variance: str  # how the standard error was computed
    note: str | None


@dataclass(frozen=True, slots=True)
class Stacked:
    """Relapse and death without relapse together, with their numbers at risk."""

    curves: StackedCurves
    risk: tuple[RiskColumn, ...]


@dataclass(frozen=True, slots=True)
class HarmGroup:
    """Harm in a part of the treated: how many had anything, anything of grade 3 or more, anything serious."""

    by: str
    value: str
    n: int
    any_grade: int
    grade_3_or_more: int
    serious: int


@dataclass(frozen=True, slots=True)
class DeathFacts:
    """One death: as exactly as its day is known."""

    number: int | None
    code: str
    occurred: str | None
    days_from_enrolment: int | None
    cause: str
    how_known: str


@dataclass(frozen=True, slots=True)
class DeviationFacts:
    """The trial departed from its plan, or may have: then `possible` and the reason why."""

    about: str
    occurred: str | None
    gate: str | None
    description: str
    importance: str
    action: str | None
    reported_to: str | None
    entry: int | None
    possible: bool = False


@dataclass(frozen=True, slots=True)
class RefusedFacts:
    """An act that was asked for and refused."""

    entry: int
    recorded_at: str
    act: str
    about: str | None
    by: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssumptionFacts:
    """Something the record leaves open and we chose: where it stands, what it says, why."""

    path: str
    line: int | None
    what: str
    basis: str


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """A finding of the lint; `noted` is why it is accepted, None while it is open."""

    code: str
    level: str
    place: str
    subject: str
    meaning: str
    what_to_do: str
    noted: str | None


@dataclass(frozen=True, slots=True)
class ReportModel:
    """A whole report. Nothing in it depends on the clock, the language or the door."""

    study: StudyFacts
    asked: Asked
    simulated: bool
    target: int
    enrolled: int
    places: tuple[Place, ...]
    interim: str | None
    flow: Flow
    baseline: Baseline
    exposure: Exposure
    response: ResponseResult
    persistence: tuple[Persistence, ...]
    endpoints: tuple[EndpointFacts, ...]
    stacked: Stacked | None
    swims: tuple[Swim, ...]
    stopping: StoppingFacts
    overdue: int  # safety reports that should have been sent and were not
    harm: EventCounts
    harm_groups: tuple[HarmGroup, ...]
    deaths: tuple[DeathFacts, ...]
    deviations: tuple[DeviationFacts, ...]
    refused: tuple[RefusedFacts, ...]
    assumptions: tuple[AssumptionFacts, ...]
    findings: tuple[FindingFacts, ...]
    cells: CellFacts

    def endpoint(self, measure: str) -> EndpointFacts | None:
        """The first endpoint that measures this ("os", "dfs", "cir" …), if the study has one."""
        return next((one for one in self.endpoints if one.measure == measure), None)

    @property
    def pauses(self) -> tuple[PauseFacts, ...]:
        """Every pause in force."""
        return self.stopping.pauses

    @property
    def primary(self) -> EndpointFacts | None:
        """The primary endpoint; without one the first."""
        return next((one for one in self.endpoints if one.role == "primary"), next(iter(self.endpoints), None))


def report_json(model: ReportModel) -> dict[str, Any]:
    """The model as one JSON document: every number of the report, None where it could not be estimated."""
    import orjson

    options = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY
    document: dict[str, Any] = orjson.loads(orjson.dumps(model, default=str, option=options))
    return document
