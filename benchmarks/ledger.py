"""How fast a ledger is sealed, read, folded and verified: `python benchmarks/ledger.py [ENTRIES]`, CPU seconds.

The aims: fold at least 50,000 entries/s; verify 1,000,000 entries in at most 6 CPU seconds as stored and
15 with the canonical re-check. The ledger made here is a follow-up's: contacts, facts and visits of 500 people.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from trialwright.ledger.codec import Stamp, seal
from trialwright.ledger.entry import Actor, NewEntry
from trialwright.ledger.fold import trial_so_far
from trialwright.ledger.instants import format_instant
from trialwright.ledger.kinds import Adopted, Contacted, FactsRecorded, Visited
from trialwright.ledger.seal import simulated_first_salt, simulated_salt
from trialwright.store import check_file, create, entries, export_jsonl, open_ledger
from trialwright.store.engine import Row
from trialwright.store.store import Store

START = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
TEXT = "id: benchmark\n"
NURSE = Actor("c1", "coordinator")


@contextmanager
def timed(name: str, count: int) -> Iterator[None]:
    start = time.process_time()
    yield
    spent = time.process_time() - start
    print(f"{name:44} {spent:8.2f} s  {count / spent:12,.0f} entries/s", flush=True)


def content(n: int) -> Any:
    if n % 3 == 0:
        return Contacted("telephone")
    if n % 3 == 1:
        facts = ({"concept": "creatinine", "value": f"{n % 97}.{n % 10}", "unit": "µmol/L", "on": "2026-11-20"},)
        return FactsRecorded(facts, visit="month 3")
    return Visited("month 3", answers={"ecog": "1", "weight": "61.5", "note": "well"})


def fill(store: Store, count: int) -> None:
    first, study_sha256 = simulated_first_salt(1), sha256(TEXT.encode()).hexdigest()
    with store.batch():
        previous = store.fold.head
        for n in range(1, count):
            at = START + timedelta(seconds=n)
            stamp = Stamp("benchmark", study_sha256, n, f"entry-{n}", "XA-01", NURSE, format_instant(at))
            new = NewEntry(content(n), about=f"S-{n % 500:03d}", occurred=f"{at:%Y-%m-%d}")
            sealed = seal(new, stamp, previous=previous, salt=simulated_salt(first, n))
            store.append("benchmark", Row(n, stamp.id, sealed))
            previous = sealed.hash


def main(count: int) -> None:
    adopted = Adopted(TEXT, sha256(TEXT.encode()).hexdigest(), "1", True, 15, {"XA-01": "Asia/Shanghai"})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        where: dict[str, Any] = {"study": "benchmark", "site": "XA-01", "actor": NURSE}
        store = create(path, adopted, at=START, seed=1, **where)
        with store, timed("seal and append, one transaction", count):
            fill(store, count)
        for name, canonical in (("verify, stored bytes", False), ("verify, canonical re-check", True)):
            with timed(name, count):
                found = check_file(path, canonical=canonical)
            assert found.ok, found.faults[0]
            assert found.size == count
        out = Path(folder) / "ledger.jsonl"
        with open_ledger(path, read_only=True) as store, timed("export", count):
            export_jsonl(store, out)
        print(f"{'size of an exported entry':44} {out.stat().st_size / count:8.0f} bytes")
        for name, canonical in (("verify the export, as it is", False), ("verify the export, canonical", True)):
            with timed(name, count):
                assert check_file(out, canonical=canonical).ok
        if count > 200_000:
            return  # a million entries as objects are no use to anyone and 2 GB of memory
        with open_ledger(path, read_only=True) as store, timed("read, unseal and fold", count):
            read = entries(store)
        with timed("fold", count):
            trial_so_far(read)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
