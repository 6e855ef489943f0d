"""A ledger in PostgreSQL, for several processes and machines: one row per study is its lock.

An act costs two round trips: one begins and takes the lock with the tail, one appends and commits. The role of the
application can read the tables and call the two functions, and nothing else. psycopg is the extra `postgres`.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trialwright.errors import MissingExtraError, UsageError
from trialwright.ledger.seal import Sealed
from trialwright.ledger.verify import Verification
from trialwright.store.engine import LostConnection, Row, Tail
from trialwright.store.postgres_schema import SCHEMA, grant_statements, schema_statements
from trialwright.store.postgres_words import in_words, is_lost
from trialwright.store.url import DatabaseUrl

if TYPE_CHECKING:
    import psycopg

ROLE = "trialwright_app"
"""Whom `init` lets read and append, if it is not told: a role without log-in, to be granted to the application's."""
PATIENCE_SECONDS = 10.0  # for a server that is just being restarted
CHUNK = 5_000  # entries read at once: a whole ledger never stands in memory twice
WRITTEN_AT_ONCE = 500
SETTINGS = (
    "SET search_path = pg_catalog",
    "SET synchronous_commit = on",  # what is acknowledged is on the disk, whatever the role's own settings say
    "SET lock_timeout = '30s'",
    "SET idle_in_transaction_session_timeout = '10min'",  # nobody holds the study's lock for ever
)
BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"  # what was committed while we waited for the lock must be seen
BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
TAIL = f"""
SELECT s.next_seq, s.head, e.header, e.hash, p.body, p.salt
FROM {SCHEMA}.study s
LEFT JOIN {SCHEMA}.entry e ON e.study = %(study)s AND e.seq > %(after)s AND e.seq <= %(upto)s
LEFT JOIN {SCHEMA}.payload p ON p.study = %(study)s AND p.seq = e.seq
WHERE s.id = %(study)s ORDER BY e.seq
"""
TAKE = f"SELECT * FROM {SCHEMA}.take(%s, %s)"
APPEND = f"""
SELECT {SCHEMA}.append(%b::text, %b::bigint[], %b::text[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[],
                       %b::bigint[])
"""


@dataclass
class PostgresEngine:
    """A study's ledger in a database. One connection, used by one thread at a time, made anew when it was lost."""

    url: DatabaseUrl
    study: str
    begins: bool = False  # by its owner: the study's row is put in with the first entry
    _connection: "psycopg.Connection[Any] | None" = field(default=None, repr=False)
    _process: int = 0
    _waiting: list[Row] = field(default_factory=list, repr=False)  # to be written with the commit, in one round trip

    @property
    def where(self) -> str:
        return self.url.shown

    @property
    def connection(self) -> "psycopg.Connection[Any]":
        """The connection, opened where there is none; another process's, from before a fork, is left to it."""
        if self._connection is None or self._connection.closed or self._process != os.getpid():
            again, self._process = self._connection is not None, os.getpid()
            self._connection = connect(self.url, patience=PATIENCE_SECONDS if again else 0)
        return self._connection

    @contextmanager
    def writing(self, after: int) -> Iterator[Tail]:
        self._waiting.clear()
        try:
            tail = self._taken(after)
            yield tail
            self._commit()
        except BaseException:
            self._roll_back()
            raise

    @contextmanager
    def reading(self, after: int) -> Iterator[Tail]:
        yield self._fetched(after)

    def append(self, study: str, row: Row) -> None:
        if study != self.study:
            raise UsageError(f"{self.where} holds the study {self.study}, and the entry is of {study}")
        self._waiting.append(row)
        if len(self._waiting) >= WRITTEN_AT_ONCE:
            with self._in_words("written, and nothing was kept"):
                self._write_waiting()

    def set_row(self, next_seq: int, head: bytes) -> None:
        with self._in_words("written, and nothing was kept"):
            self.connection.execute(
                f"UPDATE {SCHEMA}.study SET next_seq = %s, head = %s WHERE id = %s", (next_seq, head, self.study)
            )

    def check(self, *, canonical: bool) -> Verification:
        from trialwright.store.check_postgres import check_postgres

        return check_postgres(self, canonical=canonical)

    def close(self) -> None:
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()

    def abandon(self) -> None:
        self.close()  # the transaction that would have begun the study was rolled back

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """A transaction that sees nothing of what others write meanwhile."""
        with self._in_words("read"):
            self.connection.execute(BEGIN_READING)
            try:
                yield
            finally:
                self._roll_back()

    def sealed(self, after: int = -1) -> Iterator[Sealed]:
        """The entries after number `after`, as stored bytes, read a few thousand at a time."""
        while rows := [row for row in self._rows(after) if row[2] is not None]:
            yield from (Sealed(*row[2:6]) for row in rows)
            after += CHUNK
            if len(rows) < CHUNK:
                return

    # --- the round trips ----------------------------------------------------------------------------------------------

    def _taken(self, after: int) -> Tail:
        """The lock and the tail. A connection lost before is made anew: nothing was written yet."""
        try:
            rows = self._take(after)
        except LostConnection:
            rows = self._take(after)
        return self._tail(rows)

    def _take(self, after: int) -> list[Any]:
        with self._in_words("written, and nothing was kept"):
            connection = self.connection
            cursor = connection.cursor(binary=True)
            with connection.pipeline():
                connection.execute(BEGIN)
                if self.begins:
                    connection.execute(f"INSERT INTO {SCHEMA}.study VALUES (%s, 0, %s)", (self.study, bytes(32)))
                cursor.execute(TAKE, (self.study, after), prepare=True)
            return cursor.fetchall()

    def _commit(self) -> None:
        """Write what waits, and commit. If the connection breaks here, nobody knows whether it was kept."""
        with self._in_words("written, and nothing was kept"), self.connection.pipeline():
            self._write_waiting()
            self.connection.execute("COMMIT")
        self.begins = False

    def _write_waiting(self) -> None:
        if not self._waiting:
            return
        rows = tuple(self._waiting)
        self._waiting.clear()
        columns = (
            [row.seq for row in rows],
            [row.id for row in rows],
            [row.sealed.header for row in rows],
            [row.sealed.hash for row in rows],
            [row.sealed.salt for row in rows],
            [row.sealed.payload for row in rows],
            [row.removes for row in rows],
        )
        self.connection.execute(APPEND, (self.study, *columns), prepare=True)

    def _fetched(self, after: int) -> Tail:
        try:
            rows = self._rows(after)
        except LostConnection:
            rows = self._rows(after)
        tail = self._tail(rows)
        if tail.next_seq - 1 - after <= CHUNK:
            return tail
        return Tail(tail.next_seq, tail.head, self._through(after, tail))

    def _through(self, after: int, first: Tail) -> Iterator[Sealed]:
        """A long tail, to where the row said it ends: entries are only appended, so the rest is still to come."""
        yield from first.entries
        for start in range(after + CHUNK, first.next_seq - 1, CHUNK):
            rows = self._rows(start, upto=min(start + CHUNK, first.next_seq - 1))
            yield from self._tail(rows).entries

    def _rows(self, after: int, upto: int | None = None) -> list[Any]:
        words = {"study": self.study, "after": after, "upto": after + CHUNK if upto is None else upto}
        with self._in_words("read"):
            # Not prepared: a plan made for any `after` would read the whole ledger for a tail of one entry.
            return self.connection.cursor(binary=True).execute(TAIL, words, prepare=False).fetchall()

    def _tail(self, rows: list[Any]) -> Tail:
        if not rows:
            return Tail()
        return Tail(rows[0][0], rows[0][1], [Sealed(*row[2:]) for row in rows if row[2] is not None])

    def _roll_back(self) -> None:
        self._waiting.clear()
        if self._connection is not None and not self._connection.closed:
            with suppress(Exception):  # a broken connection has rolled back by itself
                self._connection.execute("ROLLBACK")

    @contextmanager
    def _in_words(self, done: str) -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.Error as fault:
            if is_lost(fault, self._connection):
                self.close()
                raise LostConnection(
                    f"{self.where}: the connection was lost. Ask again with the same id: an act is never kept twice."
                ) from None
            raise in_words(self.url, fault, done) from None


def connect(url: DatabaseUrl, *, patience: float = 0.0) -> "psycopg.Connection[Any]":
    """A connection to the database, tried again for so many seconds.

    Raises TrialwrightError in words where the server does not let us in.
    """
    import psycopg

    until = time.monotonic() + patience
    while True:
        try:
            connection: psycopg.Connection[Any] = psycopg.connect(
                url.conninfo, autocommit=True, application_name="trialwright", connect_timeout=10
            )
            with connection.pipeline():
                for setting in SETTINGS:
                    connection.execute(setting)
            return connection
        except psycopg.Error as fault:
            if not isinstance(fault, psycopg.OperationalError) or time.monotonic() >= until:
                raise in_words(url, fault, "opened") from None
        time.sleep(0.1)


def _check_driver(url: DatabaseUrl) -> None:
    try:
        import psycopg  # noqa: F401  (only asked for)
    except ImportError:
        raise MissingExtraError(
            f"{url.shown} is a ledger in PostgreSQL, which needs the extra `postgres`. Install it: "
            'pip install "trialwright[postgres]".'
        ) from None


def open_database(url: DatabaseUrl) -> PostgresEngine:
    """The ledger of the study that the URL names, or of the only one there.

    Raises UsageError if that leaves it open or there is none, MissingExtraError without psycopg.
    """
    _check_driver(url)
    engine = PostgresEngine(url, url.study or "")
    try:
        with engine._in_words("read"):
            found = [row[0] for row in engine.connection.execute(f"SELECT id FROM {SCHEMA}.study ORDER BY id")]
        engine.study = _the_one_of(url, found)
    except BaseException:
        engine.close()
        raise
    return engine


def _the_one_of(url: DatabaseUrl, found: list[str]) -> str:
    if url.study in found:
        return url.study
    if not found:
        raise UsageError(f"{url.shown} holds no study yet; `trialwright init --from study.yaml --db URL` begins one.")
    if url.study is None and len(found) == 1:
        return found[0]
    told = "holds several studies: name one" if url.study is None else f"holds no study {url.study!r}; name it"
    raise UsageError(f"{url.shown} {told} at the URL's end, as in ?study={found[0]}. Studies: {', '.join(found)}.")


def make_in_database(url: DatabaseUrl, study: str, role: str | None) -> PostgresEngine:
    """A ledger to be begun: the schema where it is missing, the rights of `role`, and nothing yet of the study.

    The URL is the owner's. Raises UsageError if the study is there already or the URL names another,
    TrialwrightError where a right is missing, MissingExtraError without psycopg.
    """
    _check_driver(url)
    if url.study not in (None, study):
        raise UsageError(f"{url.shown} names the study {url.study!r}, and the file holds {study!r}. Leave ?study= out.")
    engine = PostgresEngine(url, study, begins=True)
    try:
        with engine._in_words("written, and nothing was kept"):
            _make_schema(engine.connection, role or ROLE)
            there = engine.connection.execute(f"SELECT 1 FROM {SCHEMA}.study WHERE id = %s", (study,)).fetchone()
        if there:
            raise UsageError(f"{url.shown} already holds the study {study}; a ledger is never written over.")
    except BaseException:
        engine.close()
        raise
    return engine


def _make_schema(connection: "psycopg.Connection[Any]", role: str) -> None:
    from psycopg import sql

    name = sql.Identifier(role)
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('trialwright schema'))")  # two who begin at once
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
        if connection.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.study",)).fetchone() == (None,):
            connection.execute(schema_statements().encode())
        connection.execute(grant_statements(name.as_string(connection)).encode())
