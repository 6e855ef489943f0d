"""Damage is named by the entry it hit, contents go by their entry only, exports verify: the same on both engines."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from store_desk import CONSENT, FACTS, NURSE, SITE, as_owner, begin, do, kept, place_of, refused, unguarded, write

from trialwright.errors import FormatError, IntegrityError, UsageError
from trialwright.ledger import kinds
from trialwright.ledger.canon import format_canonical
from trialwright.ledger.kinds import Removed
from trialwright.ledger.seal import NO_SALT, Sealed, entry_hash, payload_sha256
from trialwright.ledger.verify import Verification
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
    trial,
)
from trialwright.store.engine import Row

WHY: dict[str, Any] = {"justification": "a name in a note", "approved_by": ("m1", "i1"), "actor": NURSE, "site": SITE}


def open_and_read(where: str) -> None:
    with open_ledger(where) as store:
        trial(store)


@pytest.mark.parametrize("seq", [0, 1, 2, 3])
@pytest.mark.parametrize("column", ["entry.header", "entry.hash", "payload.body", "payload.salt"])
def test_one_byte_changed_in_the_file_is_named(store: Store, column: str, seq: int) -> None:
    store.close()
    table, name = column.split(".")
    with unguarded(store.where) as connection:
        ((old,),) = connection.execute(f"SELECT {name} FROM {table} WHERE seq = ?", (seq,))
        middle = len(old) // 2
        new = old[:middle] + bytes([old[middle] ^ 1]) + old[middle + 1 :]
        connection.execute(f"UPDATE {table} SET {name} = ? WHERE seq = ?", (new, seq))
    for canonical in (True, False):
        found = check_file(store.where, canonical=canonical)
        assert found.faults[0].seq == found.entries == seq
    with open_ledger(store.where) as again:
        with pytest.raises(IntegrityError, match=f"entry {seq}"):
            trial(again)
        with pytest.raises(IntegrityError, match=f"entry {seq}"):
            do(again, write(FACTS), "z")


def test_a_tail_cut_off_is_seen_against_the_studys_row(store: Store) -> None:
    store.close()
    with unguarded(store.where) as connection:
        connection.execute("DELETE FROM entry WHERE seq = 3")
        connection.execute("DELETE FROM payload WHERE seq = 3")
    with pytest.raises(IntegrityError, match="4 entries, and 3 are there"):
        open_and_read(store.where)
    found = check_file(store.where)
    assert "4 entries" in found.faults[0].text
    assert found.entries == 3


def test_an_older_copy_put_in_place_is_seen_by_whoever_knows_more(store: Store) -> None:
    with unguarded(store.where) as connection:
        connection.execute("DELETE FROM entry WHERE seq = 3")
        connection.execute("DELETE FROM payload WHERE seq = 3")
        ((head,),) = connection.execute("SELECT hash FROM entry WHERE seq = 2")
        connection.execute("UPDATE study SET next_seq = 3, head = ?", (head,))
    trial_before = store.fold.size
    assert trial_before == 4
    with pytest.raises(IntegrityError, match="older copy"):
        trial(store)
    assert check_file(store.where).ok, "the file alone cannot show it: that needs a head kept elsewhere"


def test_columns_that_say_something_else_than_the_sealed_bytes_are_named(store: Store) -> None:
    with unguarded(store.where) as connection:
        connection.execute("UPDATE entry SET id = 'z' WHERE seq = 2")
        connection.execute("INSERT INTO payload VALUES ('small', 9, ?, NULL)", (NO_SALT,))
    texts = [(fault.seq, fault.text) for fault in check_store(store).faults]
    assert texts == [(2, "the table's id is not the one in the sealed header"), (9, "a content without an entry")]


def test_a_content_that_is_missing_is_named(store: Store) -> None:
    with unguarded(store.where) as connection:
        connection.execute("DELETE FROM payload WHERE seq = 2")
    assert check_store(store).faults[0].seq == 2


def rebuilt(store: Store) -> Verification:
    """As whoever owns the ledger does it: the application of a database may not."""
    with open_ledger(as_owner(place_of(store))) as owner:
        return rebuild_study_row(owner)


def test_the_studys_row_is_made_again_from_the_entries(store: Store) -> None:
    with unguarded(store.where) as connection:
        connection.execute("UPDATE study SET next_seq = 99")
    assert not check_store(store).ok
    assert rebuilt(store).size == 4
    assert check_store(store).ok
    kept(do(store, write(FACTS), "d"))
    with unguarded(store.where) as connection:
        connection.execute("UPDATE entry SET hash = ? WHERE seq = 2", (bytes(32),))
    with pytest.raises(IntegrityError, match="entry 2"):
        rebuilt(store)


def test_an_entry_of_an_unknown_kind_makes_the_ledger_read_only_and_loud(store: Store) -> None:
    with unguarded(store.where) as connection:
        died = connection.execute("SELECT header, salt, body FROM entry JOIN payload USING (seq) WHERE seq = 3")
    ((header, salt, body),) = died
    fields = orjson.loads(header) | {"kind": "telepathy", "seq": 4, "id": "t"}
    data = format_canonical(fields | {"payload_sha256": payload_sha256(salt, body).hex()})
    sealed = Sealed(data, entry_hash(entries(store)[-1].hash, data), body, salt)
    with store.writing():
        store.append("small", Row(4, "t", sealed))
    with open_ledger(store.where) as again:
        assert check_store(again).ok
        now = trial(again)
        assert now.unreadable == 1
        assert now.casebooks["S-001"].all(kinds.Unreadable)[0].what.of_kind == "telepathy"
        refusal = refused(do(again, write(FACTS), "d"))
        assert refusal.reasons[0].code == "ledger.unreadable"
        assert trial(again).size == 5, "not even the refusal is written"


def test_a_redaction_removes_the_content_and_the_chain_still_verifies(store: Store) -> None:
    do(store, write(kinds.Contacted("telephone: Zhang San 13800000000")), "d")
    before = trial(store)
    done = kept(redact(store, "d", id="r", **WHY))
    assert [entry.what.kind for entry in done.entries] == ["redacted"]
    assert check_store(store).ok
    for now in (trial(store), reopened(store.where)):
        assert now.by_id["d"].what == Removed("contacted")
        assert now.casebooks["S-001"].all(kinds.Contacted) == ()
        assert now.head == done.head
    assert before.by_id["d"].redacted, "also who looked before has it no more"
    assert redact(store, "d", id="r", **WHY) == done


def reopened(path: str) -> Any:
    with open_ledger(path, read_only=True) as store:
        return trial(store)


def test_a_content_removed_without_its_entry_is_unjustified(store: Store) -> None:
    with unguarded(store.where) as connection:
        connection.execute("UPDATE payload SET body = NULL, salt = ? WHERE seq = 2", (NO_SALT,))
    found = check_file(store.where)
    assert [(fault.seq, fault.id, fault.text[:11]) for fault in found.faults] == [(2, "b", "UNJUSTIFIED")]
    assert reopened(store.where).by_id["b"].redacted


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
    with unguarded(store.where) as connection:
        connection.execute("DELETE FROM payload WHERE seq = 3")
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
    for taken in (other, tmp_path):
        with pytest.raises(UsageError, match="exists already and is no export"):
            export_jsonl(store, taken)
    assert other.read_text() == "not ours"
    assert check_store(store).ok


@pytest.mark.parametrize(
    "damage", ["DELETE FROM payload WHERE seq = 2", "UPDATE entry SET header = hash WHERE seq = 2"]
)
def test_a_ledger_that_does_not_verify_is_not_exported(store: Store, tmp_path: Path, damage: str) -> None:
    with unguarded(store.where) as connection:
        connection.execute(damage)
    with open_ledger(store.where, read_only=True) as again, pytest.raises(IntegrityError, match="entry 2"):
        export_jsonl(again, tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()


def test_a_ledger_that_was_cut_does_not_write_over_the_export_that_shows_it(fresh: Any, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    with begin(fresh("long.db"), simulated=True) as long:
        export_jsonl(long, tmp_path / "early.jsonl")
        do(long, write(CONSENT), "a", at="2026-01-02T09:00:00Z")
        export_jsonl(long, out)
    with begin(fresh("short.db"), simulated=True) as short:
        with pytest.raises(UsageError, match="does not go on from"):
            export_jsonl(short, out)
        export_jsonl(short, tmp_path / "early.jsonl")
    assert check_file(out).entries == 2
