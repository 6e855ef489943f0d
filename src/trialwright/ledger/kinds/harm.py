"""Entries about harm: adverse events and what became of them, values looked at, scales, pregnancies, reports sent.

An event is what was reported of it and everything that followed: `adverse_event_followed` says what changed and since
when; a correction says that an entry was wrong.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from trialwright.ledger.kinds.what import What


@dataclass(frozen=True, slots=True)
class ConditionFound(What):
    """Something the person had before treatment, with its grade then: what a later grade is compared with."""

    kind: ClassVar[str] = "condition_found"
    term: str
    grade: int
    ctcae: str = "5.0"
    soc: str | None = None  # system organ class
    specify: str | None = None  # the words of an "Other, specify" term
    began_on: str | None = None


@dataclass(frozen=True, slots=True)
class AdverseEventReported(What):
    """An adverse event of a participant or a donor. `occurred` is its onset, `grade` the grade it began with."""

    kind: ClassVar[str] = "adverse_event_reported"
    term: str
    grade: int
    serious: bool
    related: dict[str, str]  # nk_cells, chemotherapy, premedication, collection, leukaemia -> related | not | unknown
    ctcae: str = "5.0"
    expected: str = "unknown"
    seriousness: tuple[str, ...] = ()
    resolved_on: str | None = None
    outcome: str | None = None
    action: str | None = None  # what was done with study treatment
    dose_limiting: str = "unknown"  # yes | no | unknown
    soc: str | None = None  # system organ class
    specify: str | None = None
    treatment: str | None = None  # what was given against it
    aware_at: str | None = None  # when the site first knew; None: when it was recorded
    narrative: str | None = None


@dataclass(frozen=True, slots=True)
class AdverseEventFollowed(What):
    """What is new about an event, from the day it occurred on. What a field leaves out is unchanged."""

    kind: ClassVar[str] = "adverse_event_followed"
    event: str  # id of the entry that reported it
    grade: int | None = None
    serious: bool | None = None
    seriousness: tuple[str, ...] = ()
    related: dict[str, str] = field(default_factory=dict)
    expected: str | None = None
    resolved_on: str | None = None
    outcome: str | None = None
    action: str | None = None
    dose_limiting: str | None = None
    treatment: str | None = None
    aware_at: str | None = None
    narrative: str | None = None


@dataclass(frozen=True, slots=True)
class ValueMarked(What):
    """A measured value that was looked at and signed: significant or not, its grades, and the event it belongs to."""

    kind: ClassVar[str] = "value_marked"
    fact: str  # id of the entry that holds the value, and its place there: a7f#2
    concept: str
    value: str
    unit: str | None
    significant: bool
    grades: tuple[dict[str, str], ...] = ()  # term, computed, confirmed, rule
    flags: tuple[str, ...] = ()  # what holds of the person beside the value: symptomatic ...
    ctcae: str = "5.0"
    event: str | None = None
    signed_by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class AcuteGvhdAssessed(What):
    """Acute graft versus host disease, staged by organ and graded."""

    kind: ClassVar[str] = "acute_gvhd_assessed"
    findings: dict[str, str]  # skin, liver, upper_gi, lower_gi -> stage, or unknown
    grade: str  # 0 | I | II | III | IV, or what it can be: II to IV
    scale: str
    because: tuple[str, ...] = ()  # what decides the grade
    steroid_refractory: str = "unknown"  # yes | no | unknown
    event: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ChronicGvhdAssessed(What):
    """Chronic graft versus host disease, scored by organ and graded."""

    kind: ClassVar[str] = "chronic_gvhd_assessed"
    findings: dict[str, str]  # organ -> 0 | 1 | 2 | 3 | unknown | excluded
    grade: str  # none | mild | moderate | severe, or what it can be
    scale: str
    because: tuple[str, ...] = ()
    event: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CrsAssessed(What):
    """Cytokine release syndrome, by what was found and what was needed."""

    kind: ClassVar[str] = "crs_assessed"
    findings: dict[str, str]
    grade: str
    scale: str
    because: tuple[str, ...] = ()
    event: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class IcansAssessed(What):
    """Neurotoxicity of cell therapy: the ICE score form as far as it could be asked, and what was found."""

    kind: ClassVar[str] = "icans_assessed"
    findings: dict[str, str]
    grade: str
    scale: str
    because: tuple[str, ...] = ()
    event: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class InfusionReactionAssessed(What):
    """A reaction to an infusion: what had to be done about it."""

    kind: ClassVar[str] = "infusion_reaction_assessed"
    findings: dict[str, str]
    grade: str
    scale: str
    infusion: int
    because: tuple[str, ...] = ()
    event: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PregnancyReported(What):
    """A participant or a partner is pregnant. `occurred` is the day of the test or statement."""

    kind: ClassVar[str] = "pregnancy_reported"
    of: str  # participant | partner
    aware_at: str | None = None
    last_period_on: str | None = None
    due_on: str | None = None
    consented: str = "unknown"  # whether a partner agrees to be followed
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PregnancyFollowed(What):
    """What became of a pregnancy."""

    kind: ClassVar[str] = "pregnancy_followed"
    pregnancy: str  # id of the entry that reported it
    outcome: str  # ongoing | live birth | miscarriage | stillbirth | termination | not pregnant | unknown
    child: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ReportSent(What):
    """A safety report went out. `occurred` is the moment."""

    kind: ClassVar[str] = "report_sent"
    entry: str  # id of the event or pregnancy it is about
    regime: str
    what: str  # first report | complete report | follow-up
    to: str
    reference: str | None = None
