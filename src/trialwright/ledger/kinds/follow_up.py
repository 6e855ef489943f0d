"""Entries after treatment: visits, response, relapse, leaving, death, deviations."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from trialwright.ledger.kinds.what import What


@dataclass(frozen=True, slots=True)
class Visited(What):
    """A visit of the schedule, or an unscheduled one."""

    kind: ClassVar[str] = "visited"
    visit: str
    mode: str = "on site"  # on site | telephone | home | missed
    answers: dict[str, Any] = field(default_factory=dict)  # form.item -> value as typed
    days_off: int = 0  # days outside the window, signed


@dataclass(frozen=True, slots=True)
class Contacted(What):
    """The person was known to be alive on the day it occurred."""

    kind: ClassVar[str] = "contacted"
    how: str
    alive: bool = True


@dataclass(frozen=True, slots=True)
class ResponseAssessed(What):
    """Disease assessed on the day of the sample: what was found, what the rules make of it, what a person says."""

    kind: ClassVar[str] = "response_assessed"
    category: str  # CR | CRh | CRi | MLFS | PR | NR | NE | remission kept | relapse
    by_criteria: str = "ELN 2022"
    blasts_percent: str | None = None  # of nucleated cells in the marrow
    anc: str | None = None  # 10*9/L where no unit is typed
    platelets: str | None = None
    mrd: str | None = None  # negative | positive | not done
    note: str | None = None
    circulating_blasts: str = "unknown"  # yes | no | unknown, as the next four
    extramedullary: str = "unknown"
    marrow_adequate: str = "unknown"  # spicules, 200 cells or cellularity 10 %; no: also where none was taken
    auer_rods: str = "unknown"
    counts_supported: str = "unknown"  # platelet transfusion or G-CSF within 7 days before the counts
    pretreatment_blasts_percent: str | None = None
    mrd_method: str | None = None  # flow | qPCR | NGS | other
    mrd_percent: str | None = None  # flow: of CD45+ cells; may be <0.01
    mrd_sensitivity_percent: str | None = None
    computed: str | None = None  # by the rules when recorded, "CR or CRh" where open; None: never asked of them
    overrides: str | None = None  # why a person's category is another than the computed one


@dataclass(frozen=True, slots=True)
class Relapsed(What):
    """Relapse, dated by the first sample that shows it."""

    kind: ClassVar[str] = "relapsed"
    how: str  # haematological | extramedullary | molecular
    note: str | None = None


@dataclass(frozen=True, slots=True)
class OtherTherapyStarted(What):
    """Treatment against the leukaemia outside the study."""

    kind: ClassVar[str] = "other_therapy_started"
    therapy: str


@dataclass(frozen=True, slots=True)
class Transplanted(What):
    """Haematopoietic cell transplantation."""

    kind: ClassVar[str] = "transplanted"
    donor_type: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class TreatmentStopped(What):
    """No further study treatment; follow-up goes on."""

    kind: ClassVar[str] = "treatment_stopped"
    reason: str


@dataclass(frozen=True, slots=True)
class Withdrew(What):
    """Consent withdrawn, and how far."""

    kind: ClassVar[str] = "withdrew"
    extent: str  # treatment | visits | all contact
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LostToFollowUp(What):
    """Nobody can reach the person."""

    kind: ClassVar[str] = "lost_to_follow_up"
    attempts: str | None = None


@dataclass(frozen=True, slots=True)
class FoundAgain(What):
    """Contact is restored."""

    kind: ClassVar[str] = "found_again"
    how: str


@dataclass(frozen=True, slots=True)
class FollowUpTransferred(What):
    """Another site follows the person from now on."""

    kind: ClassVar[str] = "follow_up_transferred"
    to_site: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Died(What):
    """Death: the day may be known to the month or year only."""

    kind: ClassVar[str] = "died"
    cause: str  # leukaemia | treatment | infection | other | unknown
    how_known: str
    autopsy: bool | None = None


@dataclass(frozen=True, slots=True)
class DeviationRecorded(What):
    """The trial departed from its plan. Written by an act on a broken gate, or by a person."""

    kind: ClassVar[str] = "deviation_recorded"
    gate: str | None
    description: str
    importance: str = "not classified"  # minor | important | not classified
    action: str | None = None
    reported_to: str | None = None
    settles: str | None = None  # id of the entry whose possible deviation this settles
