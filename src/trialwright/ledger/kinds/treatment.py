"""Entries about treatment: chemotherapy, what protects before an infusion, the infusion itself."""

from dataclasses import dataclass
from typing import Any, ClassVar

from trialwright.ledger.kinds.what import What


@dataclass(frozen=True, slots=True)
class ChemotherapyGiven(What):
    """One cycle's chemotherapy. `occurred` is its first day."""

    kind: ClassVar[str] = "chemotherapy_given"
    cycle: int
    regimen: str
    ended_on: str
    drugs: tuple[dict[str, Any], ...]  # drug, dose, unit, days, change (reduced|omitted), why
    anthracycline_mg_m2: str = "0"  # daunorubicin equivalents of this cycle
    no_anthracycline: bool = False


@dataclass(frozen=True, slots=True)
class Premedicated(What):
    """Anti-allergic medication before an infusion."""

    kind: ClassVar[str] = "premedicated"
    cycle: int
    agents: tuple[dict[str, Any], ...]  # drug, group, dose, unit, route


@dataclass(frozen=True, slots=True)
class ProphylaxisGiven(What):
    """Prophylaxis of graft versus host disease before an infusion."""

    kind: ClassVar[str] = "prophylaxis_given"
    cycle: int
    agents: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class GoDecided(What):
    """The signed go or no-go before an infusion."""

    kind: ClassVar[str] = "go_decided"
    cycle: int
    decision: str  # go | no-go
    checks: tuple[dict[str, Any], ...] = ()
    signed_by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Infused(What):
    """Cells were given. `occurred` is the start."""

    kind: ClassVar[str] = "infused"
    infusion: int  # 1, 2, ... of this participant
    cycle: int
    lot: str
    dose: int
    ended_at: str | None
    volume_ml: str | None
    nk_cells_per_kg: str | None
    weight_kg: str | None
    verified_by: tuple[str, ...] = ()
    stopped_early: str | None = None
    doses: tuple[str, ...] = ()  # codes of every bag of this infusion, in the order in which they are given


@dataclass(frozen=True, slots=True)
class InfusionInterrupted(What):
    """The infusion was stopped for the time being."""

    kind: ClassVar[str] = "infusion_interrupted"
    infusion: int
    reason: str


@dataclass(frozen=True, slots=True)
class InfusionResumed(What):
    """The infusion goes on, after an interruption or with its next bag."""

    kind: ClassVar[str] = "infusion_resumed"
    infusion: int
    dose: str | None = None  # the bag it goes on with


@dataclass(frozen=True, slots=True)
class InfusionEnded(What):
    """The infusion is over: what was given, what was not, and how the person bore it."""

    kind: ClassVar[str] = "infusion_ended"
    infusion: int
    how: str  # complete | stopped
    volume_ml: str
    nk_cells_per_kg: str | None = None
    reason: str | None = None  # of a stop
    discarded_ml: str | None = None
    witness: str | None = None
    reaction: str = "unknown"  # yes | no | unknown
    reaction_text: str | None = None


@dataclass(frozen=True, slots=True)
class NotInfused(What):
    """It is decided that a planned infusion, or any, will not be given."""

    kind: ClassVar[str] = "not_infused"
    reason: str
    cycle: int | None = None  # None: no infusion at all
