"""An open ledger, whatever keeps it: the fold of what was read so far, and whose turn it is."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from trialwright.errors import IntegrityError, TrialwrightError, UsageError
from trialwright.ledger.codec import unseal
from trialwright.ledger.fold import Fold
from trialwright.store.engine import LOOK, Engine, Row, Tail
from trialwright.store.queue import Queue

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of a real ledger."""
    return datetime.now(UTC)


@dataclass
class Store:
    """An open ledger: its database, the fold of what was read so far, and the queue of who would write."""

    engine: Engine
    clock: Clock = utc_now
    read_only: bool = False
    fold: Fold = field(default_factory=Fold)
    queue: Queue = field(default_factory=Queue)
    first_salt: bytes = b""  # from which a simulated ledger takes all others
    in_batch: bool = False
    broken: bool = False  # a write of the open batch failed: the batch must not be committed

    @property
    def where(self) -> str:
        """How messages name the ledger; never with a password."""
        return self.engine.where

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Many acts in one transaction: all of them are kept, or, if anything is raised, none.

        A batch inside a batch is part of it.
        """
        with self.writing():
            if self.in_batch:
                yield
                return
            self.in_batch, self.broken = True, False
            try:
                yield
            finally:
                self.in_batch = False
            if self.broken:
                raise TrialwrightError(f"{self.where}: one act of the batch could not be written, so none was kept.")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One's turn in the queue and an open transaction, the fold up to date; committed at the end, or rolled back.

        Inside a batch it is the batch's transaction, and the batch commits. Raises UsageError if the ledger was
        opened for reading only, TrialwrightError if it cannot be written (the disk is full); then nothing was.
        """
        if self.read_only:
            raise UsageError(f"{self.where} was opened for reading only")
        with self.queue:
            if self.in_batch:
                yield
                return
            if not self.fold.size:
                with self.reading():  # nobody need wait for the lock while a whole ledger is read
                    pass
            size = self.fold.size
            try:
                with self.engine.writing(size - 1) as tail:
                    self._catch_up(tail)
                    size = self.fold.size
                    yield
            except BaseException:
                if self.fold.size > size:
                    self.fold = Fold()  # it holds entries that were not kept
                raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One's turn in the queue, and the fold brought up to date, as of one moment."""
        with self.queue:
            if not self.in_batch:
                with self.engine.reading(self.fold.size - 1) as tail:
                    self._catch_up(tail)
            yield

    def append(self, study: str, row: Row) -> None:
        """Write an entry into the open transaction; the fold takes it once its act is written whole."""
        if row.seq == 0:
            self.first_salt = row.sealed.salt
        try:
            self.engine.append(study, row)
        except BaseException:
            self.broken = True
            raise

    def close(self) -> None:
        self.engine.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _catch_up(self, tail: Tail) -> None:
        """Bring the fold up to the ledger: each seal is checked.

        Raises IntegrityError if a seal is broken or if the ledger has lost entries that were there before.
        """
        with _no_collection(tail.next_seq - self.fold.size):
            try:
                for sealed in tail.entries:
                    if not self.fold.size:
                        self.first_salt = sealed.salt
                    self.fold.add(unseal(sealed, self.fold.head, self.fold.size))
            except IntegrityError as fault:
                raise IntegrityError(f"{self.where}: {fault}. {LOOK}") from None
        if (self.fold.size, self.fold.head) != (tail.next_seq, tail.head):
            raise IntegrityError(
                f"{self.where}: the study's row says {tail.next_seq} entries, and {self.fold.size} are there or were; "
                f"entries were cut off, or an older copy was put in its place. {LOOK}"
            )


@contextmanager
def _no_collection(entries: int) -> Iterator[None]:
    """Pause Python's search for garbage while many entries are read: there is none, and it took a third of the time."""
    pause = entries > 1000 and gc.isenabled()
    if pause:
        gc.disable()
    try:
        yield
    finally:
        if pause:
            gc.enable()
