"""Every fault of a ledger in PostgreSQL: its entries, columns and study row, its guards, and who may do more."""

from collections.abc import Iterator
from typing import Any

from trialwright.ledger.verify import Fault, Verification, check_ledger
from trialwright.store.postgres import PostgresEngine
from trialwright.store.postgres_schema import BODIES, COLUMNS, CONSTRAINTS, SCHEMA, TRIGGERS, settings_of
from trialwright.store.row import row_faults

RELATIONS = f"""
SELECT c.relname, coalesce((
    SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
                      || CASE WHEN a.attnotnull THEN '!' ELSE '' END, ', ' ORDER BY a.attnum)
    FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '')
  || ' | ' || coalesce((
    SELECT string_agg(pg_get_constraintdef(k.oid), ', ' ORDER BY pg_get_constraintdef(k.oid))
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('c', 'p', 'u', 'f', 'x')), '')
  || CASE WHEN c.relrowsecurity OR c.relhasrules OR c.relpersistence <> 'p' THEN ' | rules' ELSE '' END
FROM pg_class c WHERE c.relnamespace = '{SCHEMA}'::regnamespace AND c.relkind <> 'i'
"""
FUNCTIONS = f"""
SELECT p.proname, p.prosrc || array_to_string(p.proconfig, ' ') || p.prosecdef::text
FROM pg_proc p WHERE p.pronamespace = '{SCHEMA}'::regnamespace
"""
GUARDS = f"""
SELECT t.tgname, CASE WHEN t.tgenabled IN ('O', 'A') THEN '' ELSE 'off: ' END || pg_get_triggerdef(t.oid)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = '{SCHEMA}'::regnamespace AND NOT t.tgisinternal
"""
RIGHTS = f"""
SELECT DISTINCT CASE WHEN r.grantee = 0 THEN 'everyone' ELSE pg_get_userbyid(r.grantee)::text END, r.privilege_type,
       c.relname::text
FROM pg_class c, aclexplode(c.relacl) r
WHERE c.relnamespace = '{SCHEMA}'::regnamespace AND r.grantee <> c.relowner AND r.privilege_type <> 'SELECT'
ORDER BY 1, 2, 3
"""
EXPECTED = {
    RELATIONS: {name: f"{columns} | {CONSTRAINTS[name]}" for name, columns in COLUMNS.items()},
    FUNCTIONS: {name: f"{body}{' '.join(settings_of(name))}true" for name, body in BODIES.items()},
    GUARDS: TRIGGERS,
}


def check_postgres(engine: PostgresEngine, *, canonical: bool) -> Verification:
    """Every fault of a study's ledger, all of it as of one moment, also while others write."""
    with engine.one_moment():
        found = check_ledger(engine.sealed(), canonical=canonical)
        faults = [*found.faults, *_row_faults(engine, found), *_table_faults(engine, found)]
        if canonical:
            faults += _column_faults(engine, found.size)
    return Verification(found.size, found.head, tuple(faults))


def _rows(engine: PostgresEngine, query: str, *values: Any) -> list[Any]:
    return engine.connection.execute(query.encode(), values or None).fetchall()


def _row_faults(engine: PostgresEngine, found: Verification) -> list[Fault]:
    ((count,),) = _rows(engine, f"SELECT count(*) FROM {SCHEMA}.entry WHERE study = %s", engine.study)
    if count != found.size:
        return [Fault(found.size, None, f"the table holds {count - found.size} more entries than can be read in order")]
    rows = _rows(engine, f"SELECT next_seq, head FROM {SCHEMA}.study WHERE id = %s", engine.study)
    return row_faults(rows[0] if rows else (0, bytes(32)), found)


def _column_faults(engine: PostgresEngine, size: int) -> list[Fault]:
    """Where the tables' own columns say something else than the sealed bytes."""
    ids = f"""SELECT seq, id FROM {SCHEMA}.entry WHERE study = %s
    AND position(convert_to('"id":"' || id || '","kind":', 'UTF8') IN header) = 0 ORDER BY seq"""
    told = "the table's id is not the one in the sealed header"
    faults = [Fault(seq, id, told) for seq, id in _rows(engine, ids, engine.study)]
    strays = f"SELECT seq FROM {SCHEMA}.payload WHERE study = %s AND (seq < 0 OR seq >= %s) ORDER BY seq"
    return faults + [
        Fault(seq, None, "a content without an entry") for (seq,) in _rows(engine, strays, engine.study, size)
    ]


def _table_faults(engine: PostgresEngine, found: Verification) -> Iterator[Fault]:
    """What stands beside the entries: rows of a study that is none, guards taken off, things put in, rights given."""
    strays = f"""SELECT study FROM {SCHEMA}.entry UNION SELECT study FROM {SCHEMA}.payload
    UNION SELECT study FROM {SCHEMA}.checkpoint EXCEPT SELECT id FROM {SCHEMA}.study"""
    for (study,) in _rows(engine, strays):
        yield Fault(found.size, None, f"the tables speak of a study that has no row: {study!r}")
    beyond = f"SELECT count(*) FROM {SCHEMA}.checkpoint WHERE study = %s AND size > %s"
    if _rows(engine, beyond, engine.study, found.size)[0][0]:
        yield Fault(found.size, None, "a checkpoint was made of more entries than there are: entries were cut off")
    for query, expected in EXPECTED.items():
        there = dict(_rows(engine, query))
        for name in sorted(expected.keys() | there.keys()):
            if name not in there:
                yield Fault(found.size, None, f"`{name}`, which guards the ledger, was taken off")
            elif name not in expected:
                yield Fault(found.size, None, f"`{name}` was put into the schema, and is no part of a ledger")
            elif there[name] != expected[name]:
                yield Fault(found.size, None, f"`{name}` is not what it is in a ledger; it was changed")
    for who, right, table in _rows(engine, RIGHTS):
        yield Fault(found.size, None, f"{who} may {right} the table `{table}`; reading it is all that is ever granted")
