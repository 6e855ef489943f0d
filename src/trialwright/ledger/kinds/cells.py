"""Entries about cells: collected, made into a lot, tested, released or rejected."""

from dataclasses import dataclass
from typing import Any, ClassVar

from trialwright.ledger.kinds.what import What


@dataclass(frozen=True, slots=True)
class Collected(What):
    """Cells were taken from a donor."""

    kind: ClassVar[str] = "collected"
    donor: str
    source: str  # peripheral blood | cord blood
    volume_ml: str | None = None
    anticoagulant: str | None = None


@dataclass(frozen=True, slots=True)
class LotMade(What):
    """A lot was made of a collection, for one recipient."""

    kind: ClassVar[str] = "lot_made"
    collection: str
    expires_at: str
    recipient: str | None = None
    volume_ml: str | None = None
    nk_cells: str | None = None  # viable CD3-CD56+ cells in the lot, e.g. "1.22e9"
    doses: int = 1


@dataclass(frozen=True, slots=True)
class ReleaseTested(What):
    """One result of one release test."""

    kind: ClassVar[str] = "release_tested"
    test: str
    value: str
    unit: str | None = None
    method: str | None = None
    analyst: str | None = None
    sampled_on: str | None = None


@dataclass(frozen=True, slots=True)
class Released(What):
    """Quality assurance let the lot go: fully, or with named results pending."""

    kind: ClassVar[str] = "released"
    how: str  # conditional | full
    judged: tuple[dict[str, Any], ...] = ()  # test, rule, status
    pending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected(What):
    """The lot may not be given; or it failed after it was given."""

    kind: ClassVar[str] = "rejected"
    reason: str
    after_infusion: bool = False
