"""Entries about cells: collected, processed, made into a lot, tested, divided, released, rejected, recalled."""

from dataclasses import dataclass
from typing import Any, ClassVar

from trialwright.ledger.kinds.what import What


@dataclass(frozen=True, slots=True)
class Collected(What):
    """Cells were taken from a donor. `occurred` is the end of the collection."""

    kind: ClassVar[str] = "collected"
    donor: str
    source: str  # peripheral blood | cord blood
    volume_ml: str | None = None
    anticoagulant: str | None = None
    donation_number: str | None = None  # given by somebody else, with its check character
    started_at: str | None = None
    place: str | None = None
    collected_by: str | None = None  # who took them and has them, if not who writes it down


@dataclass(frozen=True, slots=True)
class Processed(What):
    """One step of making cells: of a collection before its lot is made, of a lot afterwards."""

    kind: ClassVar[str] = "processed"
    step: str
    reagents: tuple[dict[str, Any], ...] = ()  # name, lot, expires_on
    equipment: tuple[dict[str, Any], ...] = ()  # code, calibrated_until
    started_at: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Sampled(What):
    """A part was taken for tests, and is part of the cells no more."""

    kind: ClassVar[str] = "sampled"
    sample: str
    volume_ml: str
    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LotMade(What):
    """A lot was made of a collection, for one recipient or, of cord blood, for nobody yet."""

    kind: ClassVar[str] = "lot_made"
    collection: str
    expires_at: str
    recipient: str | None = None
    volume_ml: str | None = None
    nk_cells: str | None = None  # viable CD3-CD56+ cells in the lot, e.g. "1.22e9", where no test counts them
    doses: int = 1  # until it is divided into doses with codes of their own
    taken_ml: str | None = None  # what was taken of the collection for this lot


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
    sample: str | None = None
    reviewer: str | None = None


@dataclass(frozen=True, slots=True)
class Divided(What):
    """A lot, or a dose, was divided into doses; what is left over is named."""

    kind: ClassVar[str] = "divided"
    doses: tuple[str, ...]
    rest_ml: str | None = None


@dataclass(frozen=True, slots=True)
class DoseMade(What):
    """A dose: a part of a lot in a bag of its own, with a code of its own."""

    kind: ClassVar[str] = "dose_made"
    lot: str
    number: int  # of the doses of this lot
    volume_ml: str
    parent: str | None = None  # the dose it was divided from, if not from the lot


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


@dataclass(frozen=True, slots=True)
class LotAssigned(What):
    """The lot is meant for this recipient from here on; every limit per kg was judged for that person."""

    kind: ClassVar[str] = "lot_assigned"
    recipient: str
    previous: str | None = None
    reason: str | None = None  # of a change
    judged: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Recalled(What):
    """Whatever is left of the lot comes back and is not given."""

    kind: ClassVar[str] = "recalled"
    reason: str
