"""The file guards itself: nothing is changed, deleted or dropped, and damage is named by the entry it hit."""

import os
import re
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from store_desk import CONSENT, FACTS, NURSE, SITE, begin, copy_of, do, kept, raw, refused, write

from trialwright.errors import FormatError, IntegrityError, TrialwrightError, UsageError
from trialwright.ledger import kinds
from trialwright.ledger.canon import format_canonical
from trialwright.ledger.kinds import Removed
from trialwright.ledger.seal import Sealed, entry_hash, payload_sha256
from trialwright.store import (
    Store,
    check_file,
    check_store,
    entries,
    export_jsonl,
    open_ledger,
    read_jsonl,
    rebuild_study_row,
    redact,
    sqlite,
    trial,
)
from trialwright.store.engine import Row
from trialwright.store.schema import GUARDS

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


@pytest.mark.parametrize("seq", [0, 1, 2, 3])
@pytest.mark.parametrize("column", ["entry.header", "entry.hash", "payload.body", "payload.salt"])
def test_one_byte_changed_in_the_file_is_named(store: Store, column: str, seq: int) -> None:
    store.close()
    table, name = column.split(".")
    with raw(store.engine.path, guarded=False) as connection:
        ((old,),) = connection.execute(f"SELECT {name} FROM {table} WHERE seq = ?", (seq,))
        middle = len(old) // 2
        new = old[:middle] + bytes([old[middle] ^ 1]) + old[middle + 1 :]
        connection.execute(f"UPDATE {table} SET {name} = ? WHERE seq = ?", (new, seq))
    for canonical in (True, False):
        found = check_file(store.engine.path, canonical=canonical)
        assert found.faults[0].seq == found.entries == seq
    with open_ledger(store.engine.path) as again:
        with pytest.raises(IntegrityError, match=f"entry {seq}"):
            trial(again)
        with pytest.raises(IntegrityError, match=f"entry {seq}"):
            do(again, write(FACTS), "z")


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


def test_a_tail_cut_off_is_seen_against_the_studys_row(store: Store) -> None:
    store.close()
    with raw(store.engine.path, guarded=False) as connection:
        connection.execute("DELETE FROM entry WHERE seq = 3")
        connection.execute("DELETE FROM payload WHERE seq = 3")
    with pytest.raises(IntegrityError, match="4 entries, and 3 are there"):
        open_and_read(store.engine.path)
    found = check_file(store.engine.path)
    assert "4 entries" in found.faults[0].text
    assert found.entries == 3


def test_an_older_copy_put_in_place_is_seen_by_whoever_knows_more(store: Store) -> None:
    with raw(store.engine.path, guarded=False) as connection:
        connection.execute("DELETE FROM entry WHERE seq = 3")
        connection.execute("DELETE FROM payload WHERE seq = 3")
        ((head,),) = connection.execute("SELECT hash FROM entry WHERE seq = 2")
        connection.execute("UPDATE study SET next_seq = 3, head = ?", (head,))
    trial_before = store.fold.size
    assert trial_before == 4
    with pytest.raises(IntegrityError, match="older copy"):
        trial(store)
    assert check_file(store.engine.path).ok, "the file alone cannot show it: that needs a head kept elsewhere"


def test_columns_that_say_something_else_than_the_sealed_bytes_are_named(store: Store) -> None:
    with raw(store.engine.path, guarded=False) as connection:
        connection.execute("UPDATE entry SET id = 'z' WHERE seq = 2")
        connection.execute("INSERT INTO payload VALUES ('small', 9, zeroblob(16), NULL)")
    texts = [(fault.seq, fault.text) for fault in check_store(store).faults]
    assert texts == [(2, "the table's id is not the one in the sealed header"), (9, "a content without an entry")]


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


def test_a_content_that_is_missing_is_named(store: Store) -> None:
    with raw(store.engine.path, guarded=False) as connection:
        connection.execute("DELETE FROM payload WHERE seq = 2")
    assert check_store(store).faults[0].seq == 2


def test_entries_of_another_study_in_the_file_are_named(store: Store) -> None:
    with raw(store.engine.path, guarded=False) as connection:
        connection.execute("INSERT INTO entry VALUES ('zzz', 0, 'z', x'00', zeroblob(32))")
    assert "another study" in check_store(store, canonical=False).faults[0].text


def test_the_studys_row_is_made_again_from_the_entries(store: Store) -> None:
    with raw(store.engine.path, guarded=False) as connection:
        connection.execute("UPDATE study SET next_seq = 99")
    assert not check_store(store).ok
    assert rebuild_study_row(store).size == 4
    assert check_store(store).ok
    kept(do(store, write(FACTS), "d"))
    with raw(store.engine.path, guarded=False) as connection:
        connection.execute("UPDATE entry SET hash = zeroblob(32) WHERE seq = 2")
    with pytest.raises(IntegrityError, match="entry 2"):
        rebuild_study_row(store)


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


# --- a kind of tomorrow -----------------------------------------------------------------------------------------------


def test_an_entry_of_an_unknown_kind_makes_the_ledger_read_only_and_loud(store: Store) -> None:
    died = store.engine.connection.execute(
        "SELECT header, salt, body FROM entry JOIN payload USING (seq) WHERE seq = 3"
    )
    header, salt, body = died.fetchone()
    fields = orjson.loads(header) | {"kind": "telepathy", "seq": 4, "id": "t"}
    data = format_canonical(fields | {"payload_sha256": payload_sha256(salt, body).hex()})
    sealed = Sealed(data, entry_hash(entries(store)[-1].hash, data), body, salt)
    with store.writing():
        store.append("small", Row(4, "t", sealed))
    with open_ledger(store.engine.path) as again:
        assert check_store(again).ok
        now = trial(again)
        assert now.unreadable == 1
        assert now.casebooks["S-001"].all(kinds.Unreadable)[0].what.of_kind == "telepathy"
        refusal = refused(do(again, write(FACTS), "d"))
        assert refusal.reasons[0].code == "ledger.unreadable"
        assert trial(again).size == 5, "not even the refusal is written"


# --- redaction --------------------------------------------------------------------------------------------------------

WHY: dict[str, Any] = {"justification": "a name in a note", "approved_by": ("m1", "i1"), "actor": NURSE, "site": SITE}


def test_a_redaction_removes_the_content_and_the_chain_still_verifies(store: Store) -> None:
    do(store, write(kinds.Contacted("telephone: Zhang San 13800000000")), "d")
    before = trial(store)
    done = kept(redact(store, "d", id="r", **WHY))
    assert [entry.what.kind for entry in done.entries] == ["redacted"]
    assert check_store(store).ok
    for now in (trial(store), reopened(store.engine.path)):
        assert now.by_id["d"].what == Removed("contacted")
        assert now.casebooks["S-001"].all(kinds.Contacted) == ()
        assert now.head == done.head
    assert before.by_id["d"].redacted, "also who looked before has it no more"
    for file in store.engine.path.parent.iterdir():
        assert b"Zhang San" not in file.read_bytes(), f"{file.name} still holds the text in a free page"
    assert redact(store, "d", id="r", **WHY) == done


def reopened(path: Path) -> Any:
    with open_ledger(path, read_only=True) as store:
        return trial(store)


def test_a_content_removed_without_its_entry_is_unjustified(store: Store) -> None:
    with raw(store.engine.path, guarded=False) as connection:
        connection.execute("UPDATE payload SET body = NULL, salt = zeroblob(16) WHERE seq = 2")
    found = check_file(store.engine.path)
    assert [(fault.seq, fault.id, fault.text[:11]) for fault in found.faults] == [(2, "b", "UNJUSTIFIED")]
    assert reopened(store.engine.path).by_id["b"].redacted


@pytest.mark.parametrize(
    ("entry", "change", "found"),
    [
        ("nobody", {}, "no entry 'nobody'"),
        ("adopt", {}, "never redacted"),
        ("e", {}, "never redacted"),
        ("b", {"justification": " "}, "needs a justification"),
        ("b", {"approved_by": ("m1", "m1")}, "two different approvers"),
        ("b", {"approved_by": ("m1", "M1 ")}, "two different approvers"),
        ("b", {"approved_by": ("m1", "")}, "two different approvers"),
        ("gone", {}, "gone already"),
    ],
)
def test_a_redaction_that_may_not_be_is_refused(store: Store, entry: str, change: Any, found: str) -> None:
    do(store, write(kinds.Enrolled(1, "CR1", "consolidation", True)), "e")
    do(store, write(FACTS), "gone")
    redact(store, "gone", id="r", **WHY)
    with pytest.raises(UsageError, match=found):
        redact(store, entry, id="r2", **WHY | change)
    assert trial(store).size == 7


# --- files ------------------------------------------------------------------------------------------------------------


def test_an_export_verifies_by_itself_and_reads_as_the_ledger(store: Store, tmp_path: Path) -> None:
    do(store, write(FACTS), "d")
    redact(store, "d", id="r", **WHY)
    out = tmp_path / "out.jsonl"
    now = trial(store)
    assert export_jsonl(store, out) == (now.size, now.head)
    assert check_file(out) == check_store(store)
    assert tuple(read_jsonl(out)) == tuple(replace(entry, place=None) for entry in entries(store))
    data = out.read_bytes()
    out.write_bytes(data[:-1])
    assert check_file(out).entries == now.size - 1
    with pytest.raises(IntegrityError, match=f"entry {now.size - 1}"):
        list(read_jsonl(out))
    with pytest.raises(FormatError, match="no file"):
        check_file(tmp_path / "none.jsonl")


def test_an_export_that_fails_leaves_what_was_there(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    export_jsonl(store, out)
    older = out.read_bytes()
    store.close()
    with pytest.raises(IntegrityError):
        export_jsonl(store, out)
    with pytest.raises(UsageError, match="no directory"):
        export_jsonl(store, tmp_path / "none" / "out.jsonl")
    assert out.read_bytes() == older
    assert not list(tmp_path.glob(".*"))


def test_an_export_replaces_nothing_but_an_earlier_export_of_the_same_ledger(store: Store, tmp_path: Path) -> None:
    out, other = tmp_path / "out.jsonl", tmp_path / "notes.txt"
    do(store, write(FACTS), "d")
    export_jsonl(store, out)
    redact(store, "d", id="r", **WHY)  # the older export still holds the content
    assert export_jsonl(store, out) == (trial(store).size, trial(store).head)
    other.write_text("not ours")
    for taken in (other, store.engine.path, tmp_path):
        with pytest.raises(UsageError, match="exists already and is no export"):
            export_jsonl(store, taken)
    assert other.read_text() == "not ours"
    assert check_store(store).ok


@pytest.mark.parametrize(
    "damage", ["DELETE FROM payload WHERE seq = 2", "UPDATE entry SET header = x'7b7d' WHERE seq = 2"]
)
def test_a_ledger_that_does_not_verify_is_not_exported(four_entries: Path, tmp_path: Path, damage: str) -> None:
    with copy_of(four_entries, tmp_path) as store:
        store.close()
        path = store.engine.path
    raw(path, guarded=False).execute(damage)
    with open_ledger(path, read_only=True) as store, pytest.raises(IntegrityError, match="entry 2"):
        export_jsonl(store, tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()


def test_a_ledger_that_was_cut_does_not_write_over_the_export_that_shows_it(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    with begin(tmp_path / "long.db", simulated=True) as long:
        export_jsonl(long, tmp_path / "early.jsonl")
        do(long, write(CONSENT), "a", at="2026-01-02T09:00:00Z")
        export_jsonl(long, out)
    with begin(tmp_path / "short.db", simulated=True) as short:
        with pytest.raises(UsageError, match="does not go on from"):
            export_jsonl(short, out)
        export_jsonl(short, tmp_path / "early.jsonl")
    assert check_file(out).entries == 2


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
