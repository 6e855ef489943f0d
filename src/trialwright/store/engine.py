"""What a database must be able to do to keep a ledger: the few operations that differ between SQLite and PostgreSQL.

Everything else (deciding, sealing, folding, repeats, stale forms, exports) is written once, over these.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from trialwright.errors import TrialwrightError
from trialwright.ledger.seal import FIRST_PREVIOUS, Sealed
from trialwright.ledger.verify import Verification

LOOK = "Run `trialwright ledger verify` on it, and go on with the last good copy."


class LostConnection(TrialwrightError):
    """The database went away while an act was being written; whether it was kept shows when it is asked for again."""


@dataclass(frozen=True, slots=True)
class Tail:
    """What the study's row says, and the entries after the last one known, in order."""

    next_seq: int = 0
    head: bytes = FIRST_PREVIOUS
    entries: Iterable[Sealed] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """An entry to be written: its number, its id, its bytes, and the number of the entry whose content it removes."""

    seq: int
    id: str
    sealed: Sealed
    removes: int | None = None


class Engine(Protocol):
    """One open ledger. Every fault comes out in words for a person, as a TrialwrightError."""

    @property
    def where(self) -> str:
        """How messages name the ledger; never with a password."""

    def writing(self, after: int) -> AbstractContextManager[Tail]:
        """A transaction under the study's lock: committed at the end, rolled back if anything is raised.

        after   the number of the last entry known, -1 for none.
        Raises LostConnection only if it is open whether the transaction was kept.
        """

    def reading(self, after: int) -> AbstractContextManager[Tail]:
        """The row and the entries after `after`, as of one moment."""

    def append(self, study: str, row: Row) -> None:
        """Write an entry into the open transaction; at the latest at its end a fault shows."""

    def set_row(self, next_seq: int, head: bytes) -> None:
        """Make the study's row anew, in the open transaction."""

    def check(self, *, canonical: bool) -> Verification:
        """Every fault of what is stored, as of one moment."""

    def close(self) -> None:
        """Let go of it."""

    def abandon(self) -> None:
        """Let go of a ledger that could not be begun, and leave nothing of it behind."""
