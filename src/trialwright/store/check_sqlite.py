"""Every fault of a ledger file: its entries, its columns, its study row, its tables and their guards."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from trialwright.ledger.verify import Fault, Verification, check_ledger
from trialwright.store.row import row_faults
from trialwright.store.schema import GUARDS, TABLES
from trialwright.store.sqlite import SqliteEngine, in_words, lacks_right

SCHEMA = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~'"


def check_sqlite(engine: SqliteEngine, *, canonical: bool) -> Verification:
    """Every fault of an open file, all of it as of one moment, also while others write."""
    run = engine.connection.execute
    run("BEGIN")
    try:
        found = check_ledger(engine.sealed(), canonical=canonical)
        faults = [*found.faults, *_row_faults(engine, found), *_table_faults(engine, found)]
        if canonical:
            faults += _column_faults(engine, found.size)
    except sqlite3.DatabaseError as fault:
        if lacks_right(fault):
            raise in_words(engine.path, fault, "read") from None
        return Verification(0, bytes(32), (Fault(0, None, f"the database itself is damaged: {fault}"),))
    finally:
        run("ROLLBACK")
    return Verification(found.size, found.head, tuple(faults))


def _column_faults(engine: SqliteEngine, size: int) -> list[Fault]:
    """Where the tables' own columns say something else than the sealed bytes."""
    run = engine.connection.execute
    ids = run("""SELECT seq, id FROM entry WHERE instr(header, CAST('"id":"' || id || '","kind":' AS BLOB)) = 0""")
    faults = [Fault(seq, id, "the table's id is not the one in the sealed header") for seq, id in ids]
    if run("SELECT count(*) FROM payload").fetchone()[0] == size:
        return faults
    strays = run("SELECT seq FROM payload WHERE seq NOT IN (SELECT seq FROM entry)")
    return faults + [Fault(seq, None, "a content without an entry") for (seq,) in strays]


def _row_faults(engine: SqliteEngine, found: Verification) -> list[Fault]:
    """What the study's row and the count of entries say against the entries that were read."""
    ((count,),) = engine.connection.execute("SELECT count(*) FROM entry")
    if count != found.size:
        return [Fault(found.size, None, f"in this file are also entries of another study: {count - found.size}")]
    rows = engine.connection.execute("SELECT next_seq, head FROM study").fetchall()
    if len(rows) > 1:
        return [Fault(found.size, None, f"the study's row stands {len(rows)} times; one file holds one study")]
    return row_faults(rows[0] if rows else (0, bytes(32)), found)


def _table_faults(engine: SqliteEngine, found: Verification) -> Iterator[Fault]:
    """What stands in the file beside the entries: rows of an unknown study, guards taken off, tables put in."""
    run = engine.connection.execute
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
