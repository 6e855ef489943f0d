"""Whether a ledger file is whole; and the one row that may be made anew from the entries."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from trialwright.errors import FormatError, IntegrityError
from trialwright.ledger.jsonl import check_lines
from trialwright.ledger.verify import Fault, Verification, check_ledger
from trialwright.store.schema import GUARDS, TABLES
from trialwright.store.sqlite import Store, in_words, lacks_right, open_ledger, sealed_after

SCHEMA = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~'"


def check_file(path: Path | str, *, canonical: bool = True) -> Verification:
    """Every fault of a ledger file: a database, or an export (`.jsonl`).

    canonical  see `trialwright.ledger.verify.check_ledger`.
    Raises FormatError if the file is missing or is neither.
    """
    path = Path(path)
    if path.suffix == ".jsonl":
        if not path.is_file():
            raise FormatError(f"there is no file {path}. Check the path.")
        with path.open("rb") as lines:
            return check_lines(lines, canonical=canonical)
    with open_ledger(path, read_only=True) as store:
        return check_store(store, canonical=canonical)


def check_store(store: Store, *, canonical: bool = True) -> Verification:
    """Every fault of an open ledger: its entries, its columns, its study row, its tables and their guards."""
    run = store.connection.execute
    with store.queue:
        run("BEGIN")  # all of it as of one moment, also while others write
        try:
            found = check_ledger(sealed_after(store, 0), canonical=canonical)
            faults = [*found.faults, *_row_faults(store, found), *_table_faults(store, found)]
            if canonical:
                faults += _column_faults(store, found.size)
        except sqlite3.DatabaseError as fault:
            if lacks_right(fault):
                raise in_words(store.path, fault, "read") from None
            return Verification(0, bytes(32), (Fault(0, None, f"the database itself is damaged: {fault}"),))
        finally:
            run("ROLLBACK")
    return Verification(found.size, found.head, tuple(faults))


def _column_faults(store: Store, size: int) -> list[Fault]:
    """Where the tables' own columns say something else than the sealed bytes."""
    run = store.connection.execute
    ids = run("""SELECT seq, id FROM entry WHERE instr(header, CAST('"id":"' || id || '","kind":' AS BLOB)) = 0""")
    faults = [Fault(seq, id, "the table's id is not the one in the sealed header") for seq, id in ids]
    if run("SELECT count(*) FROM payload").fetchone()[0] == size:
        return faults
    strays = run("SELECT seq FROM payload WHERE seq NOT IN (SELECT seq FROM entry)")
    return faults + [Fault(seq, None, "a content without an entry") for (seq,) in strays]


def _row_faults(store: Store, found: Verification) -> list[Fault]:
    """What the study's row and the count of entries say against the entries that were read."""
    ((count,),) = store.connection.execute("SELECT count(*) FROM entry")
    if count != found.size:
        return [Fault(found.size, None, f"in this file are also entries of another study: {count - found.size}")]
    rows = store.connection.execute("SELECT next_seq, head FROM study").fetchall()
    if len(rows) > 1:
        return [Fault(found.size, None, f"the study's row stands {len(rows)} times; one file holds one study")]
    row = rows[0] if rows else (0, bytes(32))
    if tuple(row) == (found.size, found.head):
        return []
    text = (
        f"the study's row says {row[0]} entries with the head {row[1].hex()}, and there are {found.size}: "
        "entries were cut off, or the row was changed"
    )
    return [Fault(min(row[0], found.size), None, text)]


def _table_faults(store: Store, found: Verification) -> Iterator[Fault]:
    """What stands in the file beside the entries: rows of an unknown study, guards taken off, tables put in."""
    run = store.connection.execute
    for table, column in (("study", "id"), ("checkpoint", "study")):
        strays = run(f"SELECT {column} FROM {table} WHERE {column} NOT IN (SELECT study FROM entry)").fetchall()
        if strays and found.size:
            yield Fault(found.size, None, f"the table `{table}` speaks of another study: {strays[0][0]!r}")
    ((beyond,),) = run("SELECT count(*) FROM checkpoint WHERE size > ?", (found.size,))
    if beyond:
        yield Fault(found.size, None, "a checkpoint was made of more entries than there are: entries were cut off")
    expected, there = _schema_expected(), dict(run(SCHEMA).fetchall())
    for name in sorted(expected.keys() | there.keys()):
        if name not in there:
            yield Fault(found.size, None, f"`{name}`, which guards the file, was taken off")
        elif name not in expected:
            yield Fault(found.size, None, f"`{name}` was put into the file, and is no part of a ledger")
        elif there[name] != expected[name]:
            yield Fault(found.size, None, f"`{name}` is not what it is in a ledger; it was changed")


def _schema_expected() -> dict[str, str]:
    """The tables and guards of a ledger, as SQLite writes them down itself."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(TABLES + GUARDS)
        return dict(fresh.execute(SCHEMA).fetchall())


def rebuild_study_row(store: Store) -> Verification:
    """Make the study's row anew from the entries, after they verified; gives what was found before.

    Only for a person who knows why the row is wrong: a row that says more entries than there are is the trace of a
    cut tail. Raises IntegrityError if the entries themselves do not verify.
    """
    run = store.connection.execute
    with store.queue:
        run("BEGIN IMMEDIATE")  # nobody writes between the look and the new row
        try:
            found = check_ledger(sealed_after(store, 0))
            if not found.ok:
                raise IntegrityError(f"entry {found.faults[0].seq}: {found.faults[0].text}; the row was left as it is.")
            run("UPDATE study SET next_seq = ?, head = ?", (found.size, found.head))
        except BaseException:
            run("ROLLBACK")
            raise
        run("COMMIT")
    return found
