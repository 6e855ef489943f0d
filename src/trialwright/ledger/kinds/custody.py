"""Entries about where cells are and who has them: received, stored, handed over, issued, checked, returned, gone."""

from dataclasses import dataclass
from typing import Any, ClassVar

from trialwright.ledger.kinds.what import What


@dataclass(frozen=True, slots=True)
class Received(What):
    """A collection reached the laboratory, and in what state."""

    kind: ClassVar[str] = "received"
    giver: str
    taker: str
    place: str
    condition: str
    seal: str  # intact | broken | none
    temperature_c: str | None = None


@dataclass(frozen=True, slots=True)
class Stored(What):
    """Cells were put into a place of storage."""

    kind: ClassVar[str] = "stored"
    place: str
    temperature_c: str | None = None


@dataclass(frozen=True, slots=True)
class TakenOut(What):
    """Cells were taken out of a place of storage, by whom the entry names."""

    kind: ClassVar[str] = "taken_out"
    place: str


@dataclass(frozen=True, slots=True)
class HandedOver(What):
    """Cells went from one person's hands into another's."""

    kind: ClassVar[str] = "handed_over"
    giver: str
    taker: str
    place: str
    lowest_c: str | None = None  # what the logger showed on the way
    highest_c: str | None = None
    logger: str | None = None
    seal: str | None = None


@dataclass(frozen=True, slots=True)
class Issued(What):
    """The laboratory gave a dose out for one recipient; limits per kg were judged for today's weight."""

    kind: ClassVar[str] = "issued"
    recipient: str
    giver: str
    taker: str
    place: str
    weight_kg: str | None = None
    judged: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class BedsideChecked(What):
    """Two people scanned the participant's wristband and the dose: they belong together."""

    kind: ClassVar[str] = "bedside_checked"
    dose: str
    dose_label: str  # as scanned
    wristband: str  # as scanned
    device: str
    checked_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Returned(What):
    """An issued dose came back to the laboratory without having been given."""

    kind: ClassVar[str] = "returned"
    giver: str
    taker: str
    place: str
    reason: str
    lowest_c: str | None = None
    highest_c: str | None = None


@dataclass(frozen=True, slots=True)
class Discarded(What):
    """Cells were destroyed, before a witness."""

    kind: ClassVar[str] = "discarded"
    reason: str
    witness: str
    volume_ml: str | None = None  # None: all that was left


@dataclass(frozen=True, slots=True)
class LabelPrinted(What):
    """A label was printed; whatever label was valid before is void from here on."""

    kind: ClassVar[str] = "label_printed"
    label: int  # 1, 2 … of this code
    reason: str  # first | reprint | new recipient | new content


@dataclass(frozen=True, slots=True)
class LabelVoided(What):
    """A label is valid no more, and why."""

    kind: ClassVar[str] = "label_voided"
    label: int
    reason: str
