"""A ledger in one SQLite file: made, opened, and guarded so that this program itself cannot rewrite it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from trialwright.errors import FormatError, IntegrityError, TrialwrightError, UsageError
from trialwright.ledger.seal import NO_SALT, Sealed
from trialwright.ledger.verify import Verification
from trialwright.store.engine import LOOK, Row, Tail
from trialwright.store.schema import APPLICATION_ID, GUARDS, TABLES, USER_VERSION

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
WHICH = "Name a trial's directory, its ledger.db, or an export that ends in .jsonl."


@dataclass
class SqliteEngine:
    """A ledger in a file. One connection, used by one thread at a time: the queue of its store sees to that."""

    path: Path
    connection: sqlite3.Connection
    removed: bool = False  # a content went in the open transaction

    @property
    def where(self) -> str:
        return str(self.path)

    @contextmanager
    def writing(self, after: int) -> Iterator[Tail]:
        with self._in_words("written, and nothing was kept"):
            self.connection.execute("BEGIN IMMEDIATE")
            self.removed = False
            try:
                yield self._tail(after)
                self.connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # SQLite itself rolls back when the disk is full
                    self.connection.execute("ROLLBACK")
                raise
            if self.removed:
                # The write-ahead file still holds the old page until it is folded into the database and emptied.
                self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def reading(self, after: int) -> Iterator[Tail]:
        with self._in_words("read"):
            self.connection.execute("BEGIN")  # the study's row and the entries are read at one moment
            try:
                yield self._tail(after)
            finally:
                self.connection.execute("ROLLBACK")

    def append(self, study: str, row: Row) -> None:
        run, sealed = self.connection.execute, row.sealed
        with self._in_words("written, and nothing was kept"):
            run("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", (study, row.seq, row.id, sealed.header, sealed.hash))
            run("INSERT INTO payload VALUES (?, ?, ?, ?)", (study, row.seq, sealed.salt, sealed.payload))
            if row.seq == 0:
                run("INSERT INTO study VALUES (?, ?, ?)", (study, 1, sealed.hash))
            else:
                run("UPDATE study SET next_seq = ?, head = ? WHERE id = ?", (row.seq + 1, sealed.hash, study))
            if row.removes is not None:
                run("UPDATE payload SET salt = ?, body = NULL WHERE seq = ?", (NO_SALT, row.removes))
                self.removed = True

    def set_row(self, next_seq: int, head: bytes) -> None:
        self.connection.execute("UPDATE study SET next_seq = ?, head = ?", (next_seq, head))

    def check(self, *, canonical: bool) -> Verification:
        from trialwright.store.check_sqlite import check_sqlite

        return check_sqlite(self, canonical=canonical)

    def close(self) -> None:
        self.connection.close()

    def abandon(self) -> None:
        self.close()
        remove_file(self.path)

    def sealed(self, after: int = -1) -> Iterator[Sealed]:
        """The entries after number `after`, as stored bytes."""
        rows = self.connection.execute(
            # Naming the study lets SQLite walk the primary key; without it every look would sort the whole ledger.
            "SELECT header, hash, body, salt FROM entry LEFT JOIN payload USING (study, seq) "
            "WHERE study = (SELECT study FROM entry LIMIT 1) AND seq > ? ORDER BY seq",
            (after,),
        )
        return (Sealed(header, hash_, body, salt) for header, hash_, body, salt in rows)

    def _tail(self, after: int) -> Tail:
        row = self.connection.execute("SELECT next_seq, head FROM study").fetchone()
        return Tail(row[0], row[1], self.sealed(after)) if row else Tail(entries=self.sealed(after))

    @contextmanager
    def _in_words(self, done: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as fault:
            raise in_words(self.path, fault, done) from fault


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


def make_file(path: Path) -> SqliteEngine:
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
    return SqliteEngine(path, connection)


def remove_file(path: Path) -> None:
    """Take away a ledger that could not be begun, and SQLite's helper files beside it."""
    for leftover in (path, *path.parent.glob(f"{path.name}-*")):
        with suppress(OSError):
            leftover.unlink()


def open_file(path: Path, *, read_only: bool = False) -> SqliteEngine:
    """The ledger in a file.

    Raises FormatError if the file is missing or no ledger; IntegrityError, on the first look inside, if a seal is
    broken.
    """
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
    return SqliteEngine(path, connection)


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
