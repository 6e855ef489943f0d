"""A small trial to keep: a study, people who act, acts that only count places."""

import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from trialwright.conduct.outcome import Decide, Outcome, Reason, Refusal
from trialwright.ledger import Actor, NewEntry, Trial
from trialwright.ledger.kinds import Adopted, Consented, Enrolled, FactsRecorded, Paused, What
from trialwright.store import Kept, Store, create, open_ledger, perform

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


def begin(path: Path, *, simulated: bool = False, target: int = 15, **more: Any) -> Store:
    kind = adopted(simulated=simulated, target=target)
    if simulated:
        more = {"at": "2026-01-01T00:00:00Z", "seed": 7} | more
    return create(path, kind, study="small", site=SITE, actor=DOCTOR, **{"clock": Clock()} | more)


def copy_of(ledger: Path, folder: Path) -> Store:
    """An open copy of a finished ledger: making one anew waits for the disk at every entry."""
    clock = Clock()
    clock.now += timedelta(minutes=1)
    return open_ledger(shutil.copy(ledger, folder / "ledger.db"), clock=clock)


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
