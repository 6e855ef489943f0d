"""The file guards itself: nothing is changed, deleted or dropped, and damage is named by the entry it hit."""

import os
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from store_desk import FACTS, NURSE, SITE, do, kept, raw, write

from trialwright.errors import FormatError, TrialwrightError, UsageError
from trialwright.ledger import kinds
from trialwright.store import (
    Store,
    check_file,
    check_store,
    entries,
    export_jsonl,
    open_ledger,
    redact,
    sqlite,
    trial,
)
from trialwright.store.schema import GUARDS


@pytest.fixture(scope="module")
def engine() -> str:
    return "sqlite"


REWRITES = [
    "UPDATE entry SET header = x'00' WHERE seq = 1",
    "UPDATE entry SET hash = zeroblob(32)",
    "UPDATE payload SET body = x'00' WHERE seq = 1",
    "UPDATE payload SET body = NULL, salt = zeroblob(16) WHERE seq = 1",
    "UPDATE payload SET seq = 9 WHERE seq = 1",
    "DELETE FROM entry WHERE seq = 3",
    "DELETE FROM entry",
    "DELETE FROM payload",
    "DELETE FROM study",
    "INSERT OR REPLACE INTO entry SELECT study, seq, id, x'00', hash FROM entry WHERE seq = 1",
    "REPLACE INTO entry SELECT study, 4, id, header, hash FROM entry WHERE seq = 1",
    "INSERT OR IGNORE INTO entry SELECT study, 7, 'z', header, hash FROM entry WHERE seq = 1",
    "INSERT INTO entry SELECT study, 4, 'z', header, x'00' FROM entry WHERE seq = 1",
    "INSERT OR REPLACE INTO payload SELECT study, seq, salt, x'00' FROM payload WHERE seq = 1",
    "INSERT INTO entry SELECT study, 1, id, header, hash FROM entry WHERE seq = 1 ON CONFLICT DO UPDATE SET id = 'z'",
    "INSERT INTO study VALUES ('other', 0, zeroblob(32))",
]


@pytest.mark.parametrize("statement", REWRITES)
@pytest.mark.parametrize("through", ["this program", "another program"])
def test_rewriting_is_refused(store: Store, statement: str, through: str) -> None:
    connection = store.engine.connection if through == "this program" else raw(store.engine.path)
    with pytest.raises(sqlite3.DatabaseError):
        connection.execute(statement)
    assert check_store(store).ok
    assert trial(store).size == 4


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE entry",
        "DROP TRIGGER entry_is_never_changed",
        "CREATE INDEX x ON entry (hash)",
        "ALTER TABLE entry RENAME TO old",
        "ALTER TABLE entry ADD COLUMN x",
        "CREATE TABLE x (y)",
        "CREATE TRIGGER x AFTER INSERT ON entry BEGIN SELECT 1; END",
        "CREATE TEMP TRIGGER x BEFORE UPDATE ON entry BEGIN SELECT RAISE(IGNORE); END",
        "CREATE TEMP TABLE entry (y)",
        "ATTACH ':memory:' AS other",
        "PRAGMA writable_schema = ON",
        "PRAGMA journal_mode = OFF",
        "PRAGMA synchronous = OFF",
        "PRAGMA user_version = 9",
        "UPDATE sqlite_schema SET sql = ''",
        "DELETE FROM sqlite_schema",
        "VACUUM INTO 'x.db'",
        "REINDEX",
    ],
)
def test_this_programs_own_connection_cannot_touch_the_tables_themselves(store: Store, statement: str) -> None:
    with pytest.raises(sqlite3.DatabaseError):
        store.engine.connection.execute(statement)
    assert check_store(store).ok


def test_what_is_kept_is_on_the_disk_before_it_is_acknowledged(store: Store) -> None:
    settings = {}
    store.engine.connection.set_authorizer(None)
    for name in ("journal_mode", "synchronous", "secure_delete"):
        settings[name] = store.engine.connection.execute(f"PRAGMA {name}").fetchone()[0]
    assert settings == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}


# --- damage -----------------------------------------------------------------------------------------------------------


def test_a_byte_changed_in_the_file_itself_is_named(store: Store) -> None:
    """As an editor of the raw file would do it: the stored payload's text, somewhere in the database's pages."""
    store.close()
    data = store.engine.path.read_bytes()
    assert data.count(b'"cause":"infection"') == 1
    store.engine.path.write_bytes(data.replace(b'"cause":"infection"', b'"cause":"infestion"'))
    found = check_file(store.engine.path)
    assert [(fault.seq, fault.id) for fault in found.faults] == [(3, "c")]
    assert "content" in found.faults[0].text


def test_a_ruined_page_is_reported_and_not_a_traceback(store: Store) -> None:
    store.close()
    data = bytearray(store.engine.path.read_bytes())
    data[4096 * 2 :] = os.urandom(len(data) - 4096 * 2)
    store.engine.path.write_bytes(data)
    with pytest.raises(TrialwrightError):
        open_and_read(store.engine.path)
    assert not check_file(store.engine.path).ok


def open_and_read(path: Path) -> None:
    with open_ledger(path) as store:
        trial(store)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "INSERT INTO study VALUES ('other', 0, zeroblob(32))",
            "the study's row stands 2 times; one file holds one study",
        ),
        ("UPDATE study SET id = 'other'", "the table `study` speaks of another study: 'other'"),
        ("INSERT INTO checkpoint VALUES ('other', 1, 'x')", "the table `checkpoint` speaks of another study: 'other'"),
        ("INSERT INTO checkpoint VALUES ('small', 5, 'x')", "a checkpoint was made of more entries than there are"),
        ("CREATE TABLE letters (text)", "`letters` was put into the file, and is no part of a ledger"),
        ("CREATE VIEW entries AS SELECT * FROM entry", "`entries` was put into the file"),
        (
            "CREATE TRIGGER quiet BEFORE INSERT ON entry BEGIN SELECT RAISE(IGNORE); END",
            "`quiet` was put into the file, and is no part of a ledger",
        ),
        ("ALTER TABLE checkpoint ADD COLUMN more TEXT", "`checkpoint` is not what it is in a ledger; it was changed"),
        ("DROP TABLE checkpoint", "no such table"),
    ],
)
def test_what_stands_in_the_file_beside_the_entries_is_named(store: Store, statement: str, told: str) -> None:
    store.close()
    with raw(store.engine.path, guarded=False) as connection:
        if statement == "DROP TABLE checkpoint":
            connection.guards = tuple(sql for sql in connection.guards if "checkpoint" not in sql)
        connection.execute(statement)
    for canonical in (True, False):
        assert told in " ".join(fault.text for fault in check_file(store.engine.path, canonical=canonical).faults)


@pytest.mark.parametrize("name", re.findall("CREATE TRIGGER ([a-z_]+)", GUARDS))
def test_a_guard_taken_off_or_changed_is_named(store: Store, name: str) -> None:
    store.close()
    with raw(store.engine.path) as connection:
        ((sql,),) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (name,))
        connection.execute(f"DROP TRIGGER {name}")
    (fault,) = check_file(store.engine.path).faults
    assert (fault.seq, fault.text) == (4, f"`{name}`, which guards the file, was taken off")
    with raw(store.engine.path) as connection:
        connection.execute(sql.replace("RAISE(ABORT,", "RAISE(FAIL,"))
    (fault,) = check_file(store.engine.path).faults
    assert fault.text == f"`{name}` is not what it is in a ledger; it was changed"


def test_entries_of_another_study_in_the_file_are_named(store: Store) -> None:
    with raw(store.engine.path, guarded=False) as connection:
        connection.execute("INSERT INTO entry VALUES ('zzz', 0, 'z', x'00', zeroblob(32))")
    assert "another study" in check_store(store, canonical=False).faults[0].text


def test_a_full_disk_refuses_and_keeps_what_was_acknowledged(store: Store) -> None:
    store.engine.connection.set_authorizer(None)
    ((pages,),) = store.engine.connection.execute("PRAGMA page_count")
    store.engine.connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    acknowledged = ["adopt", "a", "b", "c"]

    def until_full() -> None:
        for n in range(100):
            kept(do(store, write(kinds.Contacted("x" * 500)), f"x{n}"))
            acknowledged.append(f"x{n}")

    with pytest.raises(TrialwrightError, match="nothing was kept"):
        until_full()
    with pytest.raises(TrialwrightError), store.batch():
        fill(store)
    store.engine.connection.execute("PRAGMA max_page_count = 100000")
    assert [entry.id for entry in entries(store)] == acknowledged
    assert check_store(store).ok
    kept(do(store, write(FACTS), "d"))


def fill(store: Store) -> None:
    """An import that swallows every error: the batch must still be kept whole or not at all."""
    for n in range(40):
        try:
            do(store, write(kinds.Contacted("x" * 500)), f"y{n}")
        except TrialwrightError:
            continue


# --- redaction --------------------------------------------------------------------------------------------------------

WHY: dict[str, Any] = {"justification": "a name in a note", "approved_by": ("m1", "i1"), "actor": NURSE, "site": SITE}


def test_a_redacted_content_leaves_no_copy_in_the_file(store: Store) -> None:
    do(store, write(kinds.Contacted("telephone: Zhang San 13800000000")), "d")
    redact(store, "d", id="r", **WHY)
    for file in store.engine.path.parent.iterdir():
        assert b"Zhang San" not in file.read_bytes(), f"{file.name} still holds the text in a free page"


# --- files ------------------------------------------------------------------------------------------------------------


def test_an_export_never_takes_the_place_of_the_ledger_itself(store: Store) -> None:
    with pytest.raises(UsageError, match="exists already and is no export"):
        export_jsonl(store, store.engine.path)
    assert check_store(store).ok


def test_a_ledger_that_another_program_holds_is_said_to_be_held(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0.01)
    with open_ledger(store.engine.path) as hasty:
        store.engine.connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(TrialwrightError, match="Another program holds it"):
            do(hasty, write(FACTS), "d")
        store.engine.connection.execute("ROLLBACK")
        kept(do(hasty, write(FACTS), "d"))


def test_what_is_no_ledger_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no ledger at"):
        open_ledger(tmp_path / "none.db")
    with pytest.raises(FormatError, match="no ledger at"):
        open_ledger(tmp_path)
    (tmp_path / "text.db").write_text("this is a text" * 100)
    with pytest.raises(FormatError, match="cannot be read as a ledger"):
        open_ledger(tmp_path / "text.db")
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE x (y)").connection.close()
    with pytest.raises(FormatError, match="no ledger of trialwright"):
        open_ledger(tmp_path / "other.db")
    (tmp_path / "empty.db").touch()
    with pytest.raises(FormatError, match="no ledger of trialwright"):
        open_ledger(tmp_path / "empty.db", read_only=True)


def test_a_newer_layout_of_the_tables_is_not_guessed_at(store: Store) -> None:
    store.close()
    raw(store.engine.path).execute("PRAGMA user_version = 2").connection.close()
    with pytest.raises(FormatError, match="layout 2"):
        open_ledger(store.engine.path)
