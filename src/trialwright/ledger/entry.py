"""One line of the ledger: who wrote what about whom, when it occurred and when it was recorded."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from trialwright.ledger.kinds import What

W_co = TypeVar("W_co", bound=What, covariant=True)


class Mood(StrEnum):
    """How an entry came to be written."""

    BEFORE = "before"  # the act was asked first: its gates were open
    HAPPENED = "happened"  # the deed was done; it is recorded whatever the gates say
    HISTORICAL = "historical"  # taken over from a table of another study or time


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a code and a role, never a name."""

    id: str
    role: str

    def __str__(self) -> str:
        return f"{self.id}:{self.role}"


@dataclass(frozen=True, slots=True)
class Told:
    """Behind an entry made after the deed: where it is written, who said so, why it comes late."""

    source: str
    who: str
    why_late: str


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What an act wants written. The store adds number, instant, study and seal."""

    what: What
    about: str | None = None  # casebook, donor, collection or lot code; None: the study itself
    occurred: str | None = None  # partial date, or local date-time with its zone (facts.parse_occurred)
    second: Actor | None = None  # the second person of a two-person act
    corrects: str | None = None  # id of the entry this one replaces; same kind, whole new content
    retracts: str | None = None  # id of the entry this one takes back (kind `retracted`)
    causes: tuple[str, ...] = ()  # ids of the entries that led to this one
    mood: Mood = Mood.BEFORE
    reason_code: str | None = None  # why corrected or retracted, from a short list
    why: str | None = None  # the same in words; lies in the payload, so that it can be redacted
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Entry(Generic[W_co]):
    """An entry as recorded: `NewEntry` plus what only the store knows. Nothing ever changes it."""

    seq: int
    id: str
    study: str
    study_sha256: str  # the study file in force when it was written
    site: str
    actor: Actor
    recorded_at: str  # an instant, UTC, "2026-11-22T08:30:00.000Z"
    what: W_co
    about: str | None = None
    occurred: str | None = None
    second: Actor | None = None
    corrects: str | None = None
    retracts: str | None = None
    causes: tuple[str, ...] = ()
    mood: Mood = Mood.BEFORE
    reason_code: str | None = None
    why: str | None = None
    told: Told | None = None
    clock_regressed: str | None = None  # the raw instant, where the clock ran backwards
    redacted: bool = False
    hash: bytes = b""
    place: int | None = None  # set by the fold on a correction: number of the entry whose place in the order it takes

    @property
    def order(self) -> int:
        """Where it stands among the entries in force: its own number, or that of the entry it corrects."""
        return self.seq if self.place is None else self.place


AnyEntry = Entry[Any]
"""An entry of whatever kind."""
