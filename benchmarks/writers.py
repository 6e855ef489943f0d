"""Eight people record laboratory values at once: `python benchmarks/writers.py [ACTS EACH]`, milliseconds per act.

The ledger is the demo's, with its fifteen participants and all its entries; every act goes through `perform` with its
gates, and is on the disk before it is acknowledged. SQLite: eight threads of one process, behind its queue. PostgreSQL:
eight processes, each with its own fold and connection. Beside them one writer alone, and how often this disk can sync.
The aim: p99 at most 250 ms for eight people who post forms, the pages included.
"""

import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "store"))

from postgres_server import APP, OWNER, Server

from trialwright.cli.demo import play
from trialwright.conduct import ACTS, read_what
from trialwright.ledger import Actor
from trialwright.store import Kept, Store, check_file, entries, open_ledger, trial
from trialwright.store.directory import LEDGER_NAME, TrialDirectory, open_trial
from trialwright.store.engine import Row
from trialwright.store.opening import make_ledger

PEOPLE = 8
FORK = multiprocessing.get_context("fork")
NURSE = Actor("c1", "coordinator")
ACT = ACTS["record_facts"]


def record(opened: TrialDirectory, person: int, count: int) -> list[float]:
    """Record so many results of one participant; gives the seconds each took."""
    spent = []
    code = list(opened.trial().casebooks)[person]
    for n in range(count):
        value = {"concept": "creatinine", "value": f"{60 + n % 40}", "unit": "umol/L", "on": "2026-06-29"}
        what = read_what(ACT, {"facts": [value]})
        start = time.perf_counter()
        outcome = opened.perform(
            ACT,
            actor=NURSE,
            who=code,
            what=what,
            on="2026-06-29",
            site=opened.site(None),
            id=f"bench-{os.getpid()}-{person}-{time.monotonic_ns()}",
            at=datetime(2026, 6, 30, tzinfo=UTC),
        )
        spent.append(time.perf_counter() - start)
        assert isinstance(outcome, Kept), outcome
    return spent


def threads(where: Path | str, people: int, count: int) -> tuple[float, list[float]]:
    with open_trial(where) as opened, ThreadPoolExecutor(people) as pool:
        record(opened, 0, 1)  # the ledger is folded, the study read
        start = time.perf_counter()
        each = list(pool.map(lambda person: record(opened, person, count), range(people)))
        return time.perf_counter() - start, [one for spent in each for one in spent]


def _process(where: Path | str, person: int, count: int, ready: Any, told: Any) -> None:
    with open_trial(where) as opened:
        record(opened, person, 1)
        ready.wait()
        told.put(record(opened, person, count))


def processes(where: Path | str, people: int, count: int) -> tuple[float, list[float]]:
    ready, told = FORK.Barrier(people + 1), FORK.Queue()
    crowd = [FORK.Process(target=_process, args=(where, person, count, ready, told)) for person in range(people)]
    for one in crowd:
        one.start()
    ready.wait()
    start = time.perf_counter()
    spent = [one for _ in crowd for one in told.get()]
    took = time.perf_counter() - start
    for one in crowd:
        one.join()
    return took, spent


def copy_into_database(ledger: Path, server: Server) -> str:
    """The same entries, byte for byte, in a database; gives the application's URL."""
    name = server.database()
    with open_ledger(ledger, read_only=True) as source:
        kept, study = entries(source), trial(source).study
        with source.engine.reading(-1) as tail:
            sealed = list(tail.entries)
    engine = make_ledger(server.url(name, OWNER), study)
    with Store(engine) as store, engine.writing(-1):
        for entry, one in zip(kept, sealed, strict=True):
            store.append(study, Row(entry.seq, entry.id, one))
    return server.url(name, APP)


def sync_rate(folder: Path, seconds: float = 2.0) -> float:
    """How often in a second a short write reaches this disk."""
    with (folder / "sync").open("wb", buffering=0) as file:
        start, count = time.perf_counter(), 0
        while time.perf_counter() - start < seconds:
            file.write(b"x" * 1500)
            os.fdatasync(file.fileno())
            count += 1
        return count / (time.perf_counter() - start)


def show(name: str, found: tuple[float, list[float]]) -> None:
    took, spent = found
    ordered = sorted(spent)
    p50, p95, p99 = (1000 * ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.95, 0.99))
    print(
        f"{name:34} {len(spent) / took:8.0f} acts/s   p50 {p50:7.1f}   p95 {p95:7.1f}   p99 {p99:7.1f} ms", flush=True
    )


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        demo = Path(folder) / "demo"
        played = play(demo, 1)
        print(f"the demo's ledger: {played['steps']} steps; {sync_rate(Path(folder)):.0f} syncs/s on this disk")
        server = Server(fsync=True)
        url = copy_into_database(demo / LEDGER_NAME, server)
        run: list[tuple[str, Callable[[], tuple[float, list[float]]]]] = [
            ("SQLite, 1 writer", lambda: threads(demo, 1, count)),
            (f"SQLite, {PEOPLE} threads", lambda: threads(demo, PEOPLE, count)),
            ("PostgreSQL, 1 writer", lambda: processes(url, 1, count)),
            (f"PostgreSQL, {PEOPLE} processes", lambda: processes(url, PEOPLE, count)),
            (f"PostgreSQL, {PEOPLE} threads", lambda: threads(url, PEOPLE, count)),
        ]
        for name, measure in run:
            show(name, measure())
        for where in (demo / LEDGER_NAME, url):
            found = check_file(where)
            assert found.ok, found.faults[0]
        print("both verify")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
