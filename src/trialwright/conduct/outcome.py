"""What an act answers: entries to be written, or a refusal with every reason."""

from collections.abc import Callable
from dataclasses import dataclass

from trialwright.ledger.entry import NewEntry
from trialwright.ledger.trial import Trial


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason against an act: a stable code, the sentence a nurse reads, and the way out."""

    code: str  # e.g. "lot.not_released"
    text: str
    way_out: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reasons against an act, all of them: a value, never an exception."""

    act: str
    about: str | None
    reasons: tuple[Reason, ...]

    def __post_init__(self) -> None:
        if not self.reasons:
            raise ValueError("a refusal needs a reason")


Outcome = tuple[NewEntry, ...] | Refusal
Decide = Callable[[Trial], Outcome]
"""An act with all its arguments but the trial: what the store runs inside the lock, on the newest fold."""
