"""A small trial to keep: a study, people who act, acts that only count places."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import psycopg
from postgres_server import APP, OWNER, the_server

from trialwright.conduct.outcome import Decide, Outcome, Reason, Refusal
from trialwright.ledger import Actor, NewEntry, Trial
from trialwright.ledger.kinds import Adopted, Consented, Enrolled, FactsRecorded, Paused, What
from trialwright.store import Kept, Store, create, open_ledger, perform
from trialwright.store.url import is_url, parse_url

TEXT = "id: small\nversion: 1\n"
NURSE, DOCTOR = Actor("c1", "coordinator"), Actor("i1", "investigator")
SITE = "XA-01"
CONSENT = Consented("ICF", "1", "zh", "participant", "i1")


def adopted(*, simulated: bool = False, target: int = 15, text: str = TEXT) -> Adopted:
    return Adopted(text, sha256(text.encode()).hexdigest(), "1", simulated, target, {SITE: "Asia/Shanghai"})


class Clock:
    """A clock that a test sets: each look is a minute later."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


ENGINES = ("sqlite", "postgres")


def place(engine: str, folder: Path, name: str = "ledger.db", *, like: Path | str | None = None) -> Path | str:
    """Where a ledger can be begun, or a copy of a finished one: a file in the folder, or a database's URL."""
    if engine == "sqlite":
        return folder / name if like is None else shutil.copy(like, folder / name)
    server = the_server()
    if like is None:
        return server.url(server.database())
    return server.url(server.database(like=parse_url(str(like)).shown.partition("?")[0].rpartition("/")[2]))


def place_of(store: Store) -> Path | str:
    """The place of an open ledger."""
    return store.where if is_url(store.where) else Path(store.where)


def as_owner(where: Path | str) -> Path | str:
    """The same place for whoever owns it: of a file everyone does who can write it."""
    return where.replace(f"//{APP}@", f"//{OWNER}@") if isinstance(where, str) else where


def begin(where: Path | str, *, simulated: bool = False, target: int = 15, **more: Any) -> Store:
    """A ledger of one entry, begun by its owner and opened as the application opens it."""
    kind = adopted(simulated=simulated, target=target)
    if simulated:
        more = {"at": "2026-01-01T00:00:00Z", "seed": 7} | more
    more = {"clock": Clock()} | more
    store = create(as_owner(where), kind, study="small", site=SITE, actor=DOCTOR, **more)
    if isinstance(where, Path):
        return store
    store.close()
    return open_ledger(where, clock=more["clock"])


def copy_of(ledger: Path | str, folder: Path) -> Store:
    """An open copy of a finished ledger: making one anew waits for the disk at every entry."""
    clock = Clock()
    clock.now += timedelta(minutes=1)
    engine = "sqlite" if isinstance(ledger, Path) else "postgres"
    return open_ledger(place(engine, folder, like=ledger), clock=clock)


def write(*whats: What, about: str | None = "S-001", **more: Any) -> Decide:
    """An act that writes these entries whatever the trial says."""
    return lambda trial: tuple(NewEntry(what, about=about, **more) for what in whats)


def enrol(code: str) -> Decide:
    """The heart of the real act: a place is counted inside the lock."""

    def decide(trial: Trial) -> Outcome:
        if len(trial.enrolled) >= trial.adopted.what.target:
            text = f"{len(trial.enrolled)} are enrolled, and the study has no more places."
            return Refusal("enrol", code, (Reason("enrol.full", text, "Nobody more can be enrolled."),))
        return (NewEntry(Enrolled(trial.next_number, "CR1", "consolidation", True), about=code, occurred="2026-11-22"),)

    return decide


def do(store: Store, decide: Decide, id: str, **more: Any) -> Kept | Refusal:
    """Perform an act with the words that do not matter to the test."""
    about = more.pop("about", "S-001")
    return perform(store, decide, **{"act": "act", "about": about, "actor": NURSE, "site": SITE, "id": id} | more)


def kept(outcome: Kept | Refusal) -> Kept:
    assert isinstance(outcome, Kept), outcome
    return outcome


def refused(outcome: Kept | Refusal) -> Refusal:
    assert isinstance(outcome, Refusal), outcome
    return outcome


FACTS = FactsRecorded(({"concept": "anc", "value": "1.2", "unit": "10*9/L", "on": "2026-11-20"},))
PAUSED = Paused("dlt", "two of three")


class Unguarded(sqlite3.Connection):
    """A file whose triggers are taken away, and put back at the end of `with`, as a careful forger would."""

    guards: tuple[str, ...] = ()

    def take_off(self) -> None:
        found = self.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        self.guards = tuple(sql for _, sql in found)
        for name, _ in found:
            self.execute(f"DROP TRIGGER {name}")

    def __exit__(self, *_: object) -> Literal[False]:
        for sql in self.guards:
            self.execute(sql)
        self.close()
        return False


def raw(path: Path, *, guarded: bool = True) -> sqlite3.Connection:
    """The file as someone with the database's own tools sees it; unguarded: with the triggers taken away first."""
    if guarded:
        return sqlite3.connect(path, isolation_level=None)
    connection = sqlite3.connect(path, isolation_level=None, factory=Unguarded)
    connection.take_off()
    return connection


class Forger:
    """A ledger's tables in the hands of whoever owns the database, in the words of SQLite."""

    def __init__(self, run: Callable[..., Any]) -> None:
        self._run = run

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> list[Any]:
        cursor = self._run(statement, values)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def unguarded(where: str) -> Iterator[Forger]:
    """A ledger whose triggers are off, and on again at the end of `with`, as a careful forger would leave them."""
    if not is_url(where):
        with raw(Path(where), guarded=False) as connection:
            yield Forger(connection.execute)
        return
    tables = ("study", "entry", "payload", "checkpoint")
    with psycopg.connect(str(as_owner(where)), autocommit=True) as owner:
        owner.execute("SET search_path = trialwright")
        for table in tables:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        yield Forger(lambda statement, values: owner.execute(statement.replace("?", "%s").encode(), values))
        for table in tables:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())
