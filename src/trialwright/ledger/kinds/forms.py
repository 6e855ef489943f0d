"""Entries of the ward's own forms: a row of a form that repeats, and vital signs at an infusion."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from trialwright.ledger.kinds.what import What


@dataclass(frozen=True, slots=True)
class FormRowRecorded(What):
    """A row of a repeating form, or what is newly known of one: later entries of the same row add to the first.

    A drug that is stopped is a later entry of its row; a drug that was misspelt is a correction.
    """

    kind: ClassVar[str] = "form_row_recorded"
    form: str
    row: int  # 1, 2, ... of this form and participant
    answers: dict[str, Any] = field(default_factory=dict)  # item -> value as typed; only what this entry says
    began: str | None = None  # as the answers say it, where the form asks for it
    ended: str | None = None


@dataclass(frozen=True, slots=True)
class VitalsTaken(What):
    """Vital signs at an infusion. `occurred` is the moment they were taken."""

    kind: ClassVar[str] = "vitals_taken"
    infusion: int
    moment: str  # "15 min" after the start | "end + 2 h" | unplanned
    temperature_c: str | None = None
    pulse: str | None = None  # per minute
    systolic: str | None = None  # mm[Hg]
    diastolic: str | None = None
    respiratory_rate: str | None = None  # per minute
    spo2_percent: str | None = None
    note: str | None = None
