"""A ledger in one SQLite file: made, opened, and guarded so that this program itself cannot rewrite it."""

import gc
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from trialwright.errors import FormatError, IntegrityError, TrialwrightError, UsageError
from trialwright.ledger.codec import unseal
from trialwright.ledger.fold import Fold
from trialwright.ledger.seal import FIRST_PREVIOUS, Sealed
from trialwright.store.queue import Queue
from trialwright.store.schema import APPLICATION_ID, GUARDS, TABLES, USER_VERSION

Clock = Callable[[], datetime]
WAIT_SECONDS = 30.0  # for another process that is writing
ALLOWED = frozenset(
    (
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_INSERT,
        sqlite3.SQLITE_UPDATE,
        sqlite3.SQLITE_DELETE,  # the triggers refuse it, and say why
        sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    )
)
PRAGMAS_ALLOWED = frozenset(("wal_checkpoint", "integrity_check", "quick_check", "table_info", "page_count"))


SQLITE = b"SQLite format 3\0"  # how every database begins
NO_RIGHT = frozenset((sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN))
"""What SQLite says where it may not write the file, or not make its helper files beside it."""
LOOK = "Run `trialwright ledger verify` on it, and go on with the last good copy."
WHICH = "Name a trial's directory, its ledger.db, or an export that ends in .jsonl."


def utc_now() -> datetime:
    """The clock of a real ledger."""
    return datetime.now(UTC)


@dataclass
class Store:
    """An open ledger: its file, the fold of what was read so far, and the queue of who would write."""

    path: Path
    connection: sqlite3.Connection
    clock: Clock = utc_now
    read_only: bool = False
    fold: Fold = field(default_factory=Fold)
    queue: Queue = field(default_factory=Queue)
    in_batch: bool = False
    broken: bool = False  # a write of the open batch failed: the batch must not be committed

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
                raise TrialwrightError(f"{self.path}: one act of the batch could not be written, so none was kept.")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One's turn in the queue and an open transaction, the fold up to date; committed at the end, or rolled back.

        Inside a batch it is the batch's transaction, and the batch commits. Raises UsageError if the ledger was
        opened for reading only, TrialwrightError if the file cannot be written (the disk is full); then nothing was.
        """
        if self.read_only:
            raise UsageError(f"{self.path} was opened for reading only")
        with self.queue:
            try:
                with nullcontext() if self.in_batch else self._transaction():
                    yield
            except sqlite3.Error as fault:
                self.broken = True
                raise in_words(self.path, fault, "written, and nothing was kept") from fault

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            catch_up(self)
            size = self.fold.size
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                if self.fold.size > size:
                    self.fold = Fold()  # it holds entries that were not kept
                raise
        except BaseException:
            with suppress(sqlite3.Error):  # SQLite itself rolls back when the disk is full
                self.connection.execute("ROLLBACK")
            raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One's turn in the queue, and the fold brought up to date, as of one moment."""
        with self.queue:
            if self.in_batch:
                yield
                return
            try:
                self.connection.execute("BEGIN")  # the study's row and the entries are read at one moment
                try:
                    catch_up(self)
                    yield
                finally:
                    self.connection.execute("ROLLBACK")
            except sqlite3.Error as fault:
                raise in_words(self.path, fault, "read") from fault

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def lacks_right(fault: sqlite3.Error) -> bool:
    """Whether only the right to write is missing: nothing is wrong with the ledger then."""
    return getattr(fault, "sqlite_errorcode", 0) & 0xFF in NO_RIGHT


def in_words(path: Path, fault: sqlite3.Error, done: str) -> TrialwrightError:
    """What the database could not do, for a person: damage is one thing, a right that is missing another."""
    if lacks_right(fault):
        ask = "Ask for the right to write to it and to its directory, or let somebody who has it run the command."
        more = "" if done == "read" else " Reading (cells, trace, report) needs no such right."
        return TrialwrightError(f"{path} cannot be {done}: {fault}. {ask}{more}")
    if isinstance(fault, sqlite3.OperationalError):
        busy = "locked" in str(fault)
        way_out = "Another program holds it: close it, and try again." if busy else "Look at the disk, and try again."
        return TrialwrightError(f"{path} cannot be {done}: {fault}. {way_out}")
    return IntegrityError(f"{path} is damaged: {fault}. {LOOK}")


def make_file(path: Path) -> sqlite3.Connection:
    """A new ledger file without entries. Raises UsageError if something is there already."""
    if path.exists():
        raise UsageError(f"{path} exists already; a ledger is never written over. Choose another name.")
    if not path.parent.is_dir():
        raise UsageError(f"there is no directory {path.parent} to put a ledger in; make it first.")
    try:
        connection = _connect(f"{path.absolute().as_uri()}?mode=rwc")
        try:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {USER_VERSION}")
            connection.executescript(TABLES + GUARDS)
        except BaseException:
            connection.close()
            raise
    except BaseException as fault:
        remove_file(path)
        if isinstance(fault, sqlite3.Error):
            raise in_words(path, fault, "written, and nothing was kept") from None
        raise
    connection.set_authorizer(_authorize)
    return connection


def remove_file(path: Path) -> None:
    """Take away a ledger that could not be begun, and SQLite's helper files beside it."""
    for leftover in (path, *path.parent.glob(f"{path.name}-*")):
        with suppress(OSError):
            leftover.unlink()


def open_ledger(path: Path | str, *, read_only: bool = False, clock: Clock = utc_now) -> Store:
    """The ledger in a file.

    Raises FormatError if the file is missing or no ledger; IntegrityError, on the first look inside, if a seal is
    broken.
    """
    path = Path(path)
    if not path.is_file():
        raise FormatError(f"there is no ledger at {path}; `trialwright init` makes one.")
    try:
        connection = _connect(path.absolute().as_uri() + _mode(path, read_only), read_only=read_only)
        marks = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
    except sqlite3.DatabaseError as fault:
        if lacks_right(fault):
            raise in_words(path, fault, "read" if read_only else "written") from None
        if path.read_bytes()[: len(SQLITE)] == SQLITE:
            raise IntegrityError(f"{path} is damaged: {fault}. {LOOK}") from None
        raise FormatError(f"{path} cannot be read as a ledger ({fault}). {WHICH}") from None
    if marks[0] != APPLICATION_ID:
        raise FormatError(f"{path} is a database, but no ledger of trialwright. {WHICH}")
    if marks[1] != USER_VERSION:
        raise FormatError(
            f"{path} has the table layout {marks[1]}; this program knows {USER_VERSION}. Update trialwright."
        )
    connection.set_authorizer(_authorize)
    return Store(path, connection, clock, read_only)


def _mode(path: Path, read_only: bool) -> str:
    """How SQLite is to open the file. On a disk that cannot be written it must not look for its helper files."""
    if not read_only:
        return "?mode=rw"
    waiting = path.with_name(path.name + "-wal")
    finished = not waiting.exists() or waiting.stat().st_size == 0
    return "?mode=ro&immutable=1" if finished and not os.access(path.parent, os.W_OK) else "?mode=ro"


def _connect(uri: str, *, read_only: bool = False) -> sqlite3.Connection:
    # One connection, used by one thread at a time: the queue sees to that.
    connection = sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    if not read_only:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")  # a redacted payload leaves no copy in a free page
    return connection


def _authorize(action: int, first: str | None, second: str | None, database: str | None, trigger: str | None) -> int:
    """What statements this connection may run: it reads and appends, and never touches the schema."""
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_OK if first in PRAGMAS_ALLOWED else sqlite3.SQLITE_DENY
    writes = action in (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE)
    if writes and first is not None and first.startswith("sqlite_"):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY


# --- the file and the fold --------------------------------------------------------------------------------------------


def catch_up(store: Store) -> None:
    """Bring the fold up to the file: read the entries after it, each seal checked.

    Raises IntegrityError if a seal is broken or if the file has lost entries that were there before.
    """
    row = store.connection.execute("SELECT next_seq, head FROM study").fetchone()
    next_seq, head = row if row else (0, FIRST_PREVIOUS)
    with _no_collection(next_seq - store.fold.size):
        try:
            for sealed in sealed_after(store, store.fold.size):
                store.fold.add(unseal(sealed, store.fold.head, store.fold.size))
        except IntegrityError as fault:
            raise IntegrityError(f"{store.path}: {fault}. {LOOK}") from None
    if (store.fold.size, store.fold.head) != (next_seq, head):
        raise IntegrityError(
            f"{store.path}: the file says {next_seq} entries, and {store.fold.size} are there or were; "
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


def sealed_after(store: Store, seq: int) -> Iterator[Sealed]:
    """The entries from number `seq` on, as stored bytes."""
    rows = store.connection.execute(
        # Naming the study lets SQLite walk the primary key; without it every look would sort the whole ledger.
        "SELECT header, hash, body, salt FROM entry LEFT JOIN payload USING (study, seq) "
        "WHERE study = (SELECT study FROM entry LIMIT 1) AND seq >= ? ORDER BY seq",
        (seq,),
    )
    return (Sealed(header, hash_, body, salt) for header, hash_, body, salt in rows)


def first_salt(store: Store) -> bytes:
    """The salt of the first entry, from which a simulated ledger takes all others."""
    salt: bytes = store.connection.execute(
        "SELECT salt FROM payload WHERE study = (SELECT id FROM study) AND seq = 0"
    ).fetchone()[0]
    return salt


def append(store: Store, study: str, seq: int, id: str, sealed: Sealed) -> None:
    """Write one entry into the open transaction, and the study's row with it."""
    run = store.connection.execute
    run("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", (study, seq, id, sealed.header, sealed.hash))
    run("INSERT INTO payload VALUES (?, ?, ?, ?)", (study, seq, sealed.salt, sealed.payload))
    if seq == 0:
        run("INSERT INTO study VALUES (?, ?, ?)", (study, 1, sealed.hash))
    else:
        run("UPDATE study SET next_seq = ?, head = ? WHERE id = ?", (seq + 1, sealed.hash, study))
