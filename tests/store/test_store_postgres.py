"""PostgreSQL guards the ledger itself: what the application's role may not do, and what not even the owner's does."""

import multiprocessing
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from postgres_server import APP, OWNER, STRANGER, Server, the_server
from store_desk import (
    CONSENT,
    DOCTOR,
    FACTS,
    SITE,
    adopted,
    as_owner,
    begin,
    do,
    enrol,
    kept,
    refused,
    unguarded,
    write,
)

from trialwright.errors import IntegrityError, MissingExtraError, TrialwrightError, UsageError
from trialwright.ledger.kinds import Refused
from trialwright.ledger.seal import Sealed, entry_hash
from trialwright.store import Kept, Store, check_file, check_store, create, entries, open_ledger, redact, trial
from trialwright.store.engine import Row
from trialwright.store.postgres_schema import BODIES, TRIGGERS
from trialwright.store.url import parse_url, without_passwords

FORK = multiprocessing.get_context("fork")
TABLES = ("study", "entry", "payload", "checkpoint")


@pytest.fixture(scope="module")
def engine() -> str:
    return "postgres"


@contextmanager
def owner_of(store: Store, user: str = OWNER) -> Iterator[Any]:
    """A connection of whoever owns the database, its guards on."""
    with psycopg.connect(store.where.replace(f"//{APP}@", f"//{user}@"), autocommit=True) as connection:
        yield connection


# --- rights -----------------------------------------------------------------------------------------------------------

REWRITES = [
    "UPDATE {}.entry SET header = 'x' WHERE seq = 1",
    "UPDATE {}.payload SET body = 'x' WHERE seq = 1",
    "UPDATE {}.payload SET body = NULL, salt = decode(repeat('00', 16), 'hex') WHERE seq = 1",
    "UPDATE {}.payload SET seq = 9 WHERE seq = 1",
    "DELETE FROM {}.entry WHERE seq = 3",
    "DELETE FROM {}.payload",
    "DELETE FROM {}.study",
    "TRUNCATE {}.entry",
    "TRUNCATE {}.payload",
    "TRUNCATE {}.study CASCADE",
    "TRUNCATE {}.checkpoint",
    "INSERT INTO {}.entry SELECT study, 4, 'z', header, hash FROM {}.entry WHERE seq = 1",
    "INSERT INTO {}.entry SELECT study, 9, 'z', header, hash FROM {}.entry WHERE seq = 1",
    "INSERT INTO {}.entry SELECT * FROM {}.entry WHERE seq = 1 "
    "ON CONFLICT (study, seq) DO UPDATE SET header = excluded.header",
]


@pytest.mark.parametrize("statement", REWRITES)
@pytest.mark.parametrize("by", [APP, OWNER])
def test_rewriting_is_refused(store: Store, statement: str, by: str) -> None:
    with owner_of(store, by) as connection:
        if "checkpoint" in statement and by == OWNER:
            connection.execute("INSERT INTO trialwright.checkpoint VALUES ('small', 4, 'x')")
        wanted = psycopg.errors.InsufficientPrivilege if by == APP else psycopg.errors.RaiseException
        with pytest.raises(wanted):
            connection.execute(statement.replace("{}", "trialwright"))
    assert check_store(store).ok
    assert trial(store).size == 4


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE trialwright.entry",
        "DROP SCHEMA trialwright CASCADE",
        "DROP TRIGGER entry_is_never_changed ON trialwright.entry",
        "DROP FUNCTION trialwright.refuse CASCADE",
        "ALTER TABLE trialwright.entry DISABLE TRIGGER USER",
        "ALTER TABLE trialwright.entry ADD COLUMN x int",
        "CREATE TABLE trialwright.x (y int)",
        "CREATE OR REPLACE FUNCTION trialwright.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        "INSERT INTO trialwright.study VALUES ('other', 0, decode(repeat('00', 32), 'hex'))",
        "INSERT INTO trialwright.checkpoint VALUES ('small', 1, 'x')",
        "SET session_replication_role = replica",
        "SELECT trialwright.refuse()",
    ],
)
def test_the_applications_role_cannot_touch_the_tables_themselves(store: Store, statement: str) -> None:
    with owner_of(store, APP) as connection, pytest.raises(psycopg.Error):
        connection.execute(statement)
    assert check_store(store).ok


def test_the_applications_role_has_no_right_to_hand_on(store: Store) -> None:
    with owner_of(store, APP) as connection:
        connection.execute("GRANT INSERT ON trialwright.entry TO stranger")  # PostgreSQL only warns
        asked = "SELECT has_table_privilege('stranger', 'trialwright.entry', 'INSERT')"
        assert connection.execute(asked).fetchone() == (False,)


@pytest.mark.parametrize("call", ["SELECT * FROM trialwright.take('small', -1)", "SELECT 1 FROM trialwright.entry"])
def test_who_was_given_nothing_can_neither_read_nor_write(store: Store, call: str) -> None:
    with owner_of(store, STRANGER) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(call)


def test_a_temporary_table_cannot_stand_in_for_the_ledgers(store: Store) -> None:
    """The functions run with their owner's rights: a search path of the caller's would lead them anywhere."""
    engine: Any = store.engine
    engine.connection.execute("CREATE TEMP TABLE study (id text, next_seq bigint, head bytea)")
    engine.connection.execute("CREATE TEMP TABLE entry (LIKE trialwright.entry)")
    engine.connection.execute("SET search_path = pg_temp")
    kept(do(store, write(FACTS), "d"))
    assert trial(store).size == 5
    assert check_store(store).ok


def forged(store: Store, **change: Any) -> Row:
    newest = entries(store)[-1]
    header = b'{"id":"z"}'
    good = Sealed(header, entry_hash(newest.hash, header), b"{}", bytes(16))
    words = {name: change.get(name, getattr(good, name)) for name in ("header", "hash", "payload", "salt")}
    return Row(change.get("seq", 4), "z", Sealed(**words), change.get("removes"))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"hash": bytes(32)}, "the hash of entry 4 is not that of its header and the entry before"),
        ({"header": b'{"id":"y"}'}, "the hash of entry 4 is not that"),
        ({"seq": 5}, "an entry is only appended"),
        ({"seq": 3}, "an entry is only appended"),
        ({"seq": -1}, "cannot be written"),
        ({"removes": 2}, "a payload goes only by a redacted entry that names it"),
    ],
)
def test_the_function_appends_only_what_follows(store: Store, change: Any, found: str) -> None:
    row = forged(store, **change)
    with pytest.raises(TrialwrightError, match=found), store.writing():
        store.append("small", row)
    assert check_store(store).ok
    kept(do(store, write(FACTS), "d"))


def test_what_is_kept_is_on_the_disk_before_it_is_acknowledged(store: Store) -> None:
    with the_server().connect("postgres", "postgres") as admin:
        admin.execute(f"ALTER ROLE {APP} SET synchronous_commit = off")
    try:
        with open_ledger(store.where) as again:
            engine: Any = again.engine
            assert engine.connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
    finally:
        with the_server().connect("postgres", "postgres") as admin:
            admin.execute(f"ALTER ROLE {APP} RESET synchronous_commit")


# --- what verification says of the tables -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(TRIGGERS))
def test_a_guard_taken_off_or_switched_off_is_named(store: Store, name: str) -> None:
    (table,) = re.findall(r" ON trialwright\.(\w+)", TRIGGERS[name])
    with owner_of(store) as owner:
        owner.execute(f"ALTER TABLE trialwright.{table} DISABLE TRIGGER {name}")
        assert [fault.text for fault in check_store(store).faults] == [
            f"`{name}` is not what it is in a ledger; it was changed"
        ]
        owner.execute(f"DROP TRIGGER {name} ON trialwright.{table}")
    (fault,) = check_store(store).faults
    assert (fault.seq, fault.text) == (4, f"`{name}`, which guards the ledger, was taken off")


@pytest.mark.parametrize("name", list(BODIES))
def test_a_function_changed_is_named(store: Store, name: str) -> None:
    with owner_of(store) as owner:
        ((text,),) = owner.execute(f"SELECT pg_get_functiondef('trialwright.{name}'::regproc)")
        owner.execute(text.replace("BEGIN\n", "BEGIN\n  -- quietly\n", 1))
    assert [fault.text for fault in check_store(store).faults] == [
        f"`{name}` is not what it is in a ledger; it was changed"
    ]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("INSERT INTO entry SELECT 'zzz', seq, id, header, hash FROM entry WHERE seq = 0", "has no row: 'zzz'"),
        ("INSERT INTO checkpoint VALUES ('small', 5, 'x')", "a checkpoint was made of more entries than there are"),
        ("CREATE TABLE letters (text text)", "`letters` was put into the schema, and is no part of a ledger"),
        ("CREATE VIEW entries AS SELECT * FROM entry", "`entries` was put into the schema"),
        ("ALTER TABLE checkpoint ADD COLUMN more text", "`checkpoint` is not what it is in a ledger; it was changed"),
        ("ALTER TABLE entry DROP CONSTRAINT entry_study_id_key", "`entry` is not what it is in a ledger"),
        ("CREATE RULE quiet AS ON INSERT TO payload DO INSTEAD NOTHING", "`payload` is not what it is in a ledger"),
        ("ALTER TABLE entry ENABLE ROW LEVEL SECURITY", "`entry` is not what it is in a ledger"),
        ("GRANT UPDATE ON entry TO ward", "ward may UPDATE the table `entry`; reading it is all that is ever granted"),
        ("GRANT DELETE ON payload TO PUBLIC", "everyone may DELETE the table `payload`"),
        ("UPDATE study SET next_seq = 3", "the study's row says 3 entries"),
        ("DELETE FROM study", "the tables speak of a study that has no row: 'small'"),
    ],
)
def test_what_stands_beside_the_entries_is_named(store: Store, statement: str, told: str) -> None:
    with unguarded(store.where) as owner:
        owner.execute(statement)
    with open_ledger(as_owner(store.where)) if "DELETE FROM study" not in statement else store as again:
        assert told in " ".join(fault.text for fault in check_store(again).faults)


# --- several studies --------------------------------------------------------------------------------------------------


def test_one_database_holds_several_studies_each_with_its_chain(where: str) -> None:
    begin(where).close()
    other = create(as_owner(where), adopted(), study="other", site=SITE, actor=DOCTOR)
    other.close()
    with pytest.raises(UsageError, match=r"holds several studies: name one .* Studies: other, small"):
        open_ledger(where)
    with pytest.raises(UsageError, match=r"holds no study 'third'; name it .* Studies: other, small"):
        open_ledger(f"{where}&study=third")
    with open_ledger(f"{where}&study=small") as small, open_ledger(f"{where}&study=other") as second:
        kept(do(small, write(CONSENT), "a"))
        with small.writing():  # a lock each: the other is not kept waiting
            kept(do(second, write(CONSENT, FACTS), "a"))
        assert (trial(small).size, trial(second).size) == (2, 3)
        assert check_store(small).ok
        assert check_store(second).ok
        assert second.where.endswith("study=other")
    with pytest.raises(UsageError, match="already holds the study other"):
        create(as_owner(where), adopted(), study="other", site=SITE, actor=DOCTOR)
    with pytest.raises(UsageError, match="names the study 'x', and the file holds 'third'"):
        create(f"{as_owner(where)}&study=x", adopted(), study="third", site=SITE, actor=DOCTOR)


def test_two_who_begin_the_same_study_at_once_begin_one(where: str) -> None:
    start = threading.Barrier(4)

    def ask(_: int) -> str:
        start.wait()
        try:
            create(as_owner(where), adopted(), study="small", site=SITE, actor=DOCTOR).close()
        except UsageError as fault:
            return str(fault)
        return ""

    with ThreadPoolExecutor(4) as people:
        answers = list(people.map(ask, range(4)))
    assert answers.count("") == 1
    assert all("already holds the study" in told or "somebody else began" in told for told in answers if told)
    assert check_file(where).ok


# --- what is said when it cannot be reached ---------------------------------------------------------------------------


def refusal_to_open(where: str) -> str:
    with pytest.raises(TrialwrightError) as fault:
        open_ledger(where).close()
    assert fault.value.exit_code == 2
    assert "pw%word" not in str(fault.value)
    assert "pw%25word" not in str(fault.value)
    return str(fault.value)


def test_whoever_is_not_let_in_is_told_why_and_no_password_is_repeated(store: Store) -> None:
    server = the_server()
    name = store.where.partition("?")[0].rpartition("/")[2]
    good = server.tcp_url(name)
    with open_ledger(good) as again:
        assert trial(again).size == 4
        assert "pw%" not in repr(again)
        assert again.where == f"postgresql://ward@127.0.0.1:{server.port}/{name}"
    assert "Check the user and the password" in refusal_to_open(server.tcp_url(name, password="not-pw%word"))
    assert "Check the database's name" in refusal_to_open(server.tcp_url("nowhere"))
    assert "Check the user and the password" in refusal_to_open(server.tcp_url(name, user="nobody"))
    assert "Is PostgreSQL running there" in refusal_to_open(good.replace(f":{server.port}", ":1"))
    assert "Is PostgreSQL running there" in refusal_to_open(good.replace("127.0.0.1", "no-host.invalid"))
    assert "Is PostgreSQL running there" in refusal_to_open(good.replace(f"127.0.0.1:{server.port}", "localhost:1"))
    assert "GRANT trialwright_app TO USER" in refusal_to_open(server.tcp_url(name, user=STRANGER))
    assert "holds no ledger of trialwright" in refusal_to_open(server.tcp_url(server.database()))
    for wrong in (
        good.replace(":ward", "#:ward"),
        good + "?study=a&study=b",
        good + "?stu",
        good + "/%zz?x=1",
        good[:-5] + ":port/x",
    ):
        refusal_to_open(wrong)


def test_a_role_without_the_right_to_write_reads_only(store: Store) -> None:
    with owner_of(store) as owner:
        owner.execute("GRANT USAGE ON SCHEMA trialwright TO stranger")
        owner.execute("GRANT SELECT ON ALL TABLES IN SCHEMA trialwright TO stranger")
    with open_ledger(store.where.replace(f"//{APP}@", f"//{STRANGER}@")) as reader:
        assert trial(reader).size == 4
        assert check_store(reader).ok
        with pytest.raises(TrialwrightError, match=r"cannot be written.*permission denied for function take"):
            do(reader, write(FACTS), "d")


def test_beginning_without_the_owners_rights_is_refused(where: str) -> None:
    with pytest.raises(TrialwrightError, match=r"permission denied.*Beginning a study needs its owner"):
        create(where, adopted(), study="small", site=SITE, actor=DOCTOR)
    with pytest.raises(TrialwrightError, match=r"permission denied to create role"):
        create(as_owner(where), adopted(), study="small", site=SITE, actor=DOCTOR, role="nobody_yet")


def test_a_role_is_made_where_it_is_missing_and_given_nothing_more(where: str) -> None:
    name = where.partition("?")[0].rpartition("/")[2]
    odd = f'night "shift" {name}'  # whatever a role is called, it is quoted
    with the_server().connect("postgres", "postgres") as admin:
        create(the_server().url(name, "postgres"), adopted(), study="small", site=SITE, actor=DOCTOR, role=odd).close()
        rights = admin.execute("SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname = %s", (odd,)).fetchone()
    assert rights == (False, False)


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtraError, match=r'pip install "trialwright\[postgres\]"'):
        open_ledger(where)


@pytest.mark.parametrize(
    ("word", "shown", "study"),
    [
        ("postgresql://a:b@h:5/d?study=s", "postgresql://a@h:5/d?study=s", "s"),
        ("postgres://h/d", "postgres://h/d", None),
        ("postgresql:///d?user=a&password=b&host=/tmp", "postgresql:///d?user=a&host=/tmp", None),
        ("postgresql://a:b%40c@h/d", "postgresql://a@h/d", None),
    ],
)
def test_a_url_is_shown_without_its_password(word: str, shown: str, study: str | None) -> None:
    url = parse_url(word)
    assert (str(url), url.study) == (shown, study)
    assert "study" not in url.conninfo
    assert "b" not in repr(url).replace("DatabaseUrl", "").replace("h/d", "")
    assert ":b" not in without_passwords(word)
    assert "=b" not in without_passwords(word)


# --- many processes, and a server that goes away ----------------------------------------------------------------------


def ask_for_a_place(where: str, code: str, start: Any) -> None:
    with open_ledger(where) as store:
        trial(store)
        start.wait()
        answer = do(store, enrol(code), f"race-{code}", about=code)
    os._exit(0 if isinstance(answer, Kept) else 1)


def test_the_15th_place_goes_to_exactly_one_of_8_processes_again_and_again(fresh: Any) -> None:
    for n in range(5):
        where = fresh(f"{n}")
        with begin(where) as store, store.batch():
            for place in range(14):
                kept(do(store, enrol(f"S-{place:03}"), f"e{place}", about=f"S-{place:03}"))
        start = FORK.Barrier(8)
        people = [FORK.Process(target=ask_for_a_place, args=(where, f"S-1{p:02}", start)) for p in range(8)]
        for person in people:
            person.start()
        for person in people:
            person.join()
        assert sorted(person.exitcode for person in people) == [0] + [1] * 7
        with open_ledger(where) as store:
            assert len(trial(store).enrolled) == 15
            assert sum(isinstance(entry.what, Refused) for entry in entries(store)) == 7
            assert check_store(store).ok


def click(where: str, start: Any) -> None:
    with open_ledger(where) as store:
        start.wait()
        answer = kept(do(store, write(CONSENT, FACTS), "click"))
    os._exit(answer.size)


def test_the_same_click_from_4_processes_is_one_act(where: str) -> None:
    begin(where).close()
    start = FORK.Barrier(4)
    people = [FORK.Process(target=click, args=(where, start)) for _ in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert [person.exitcode for person in people] == [3] * 4
    with open_ledger(where) as store:
        assert trial(store).size == 3


def test_a_form_made_stale_by_another_process_is_refused(store: Store) -> None:
    seen = trial(store).size - 1
    with open_ledger(store.where) as other:
        kept(do(other, write(FACTS), "d"))
    assert [reason.code for reason in refused(do(store, write(FACTS), "e", seen=seen)).reasons] == ["stale"]


def test_a_store_folded_before_a_fork_serves_the_child_by_a_connection_of_its_own(store: Store) -> None:
    def live() -> None:
        os._exit(kept(do(store, write(FACTS), f"child-{os.getpid()}")).size)

    child = FORK.Process(target=live)
    child.start()
    child.join()
    assert child.exitcode == 5
    assert kept(do(store, write(FACTS), "parent")).size == 6
    assert check_store(store).ok


def test_a_long_ledger_is_read_in_parts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.batch():
        for n in range(23):
            do(store, write(FACTS), f"x{n}")
    monkeypatch.setattr("trialwright.store.postgres.CHUNK", 5)
    for sized in (5, 4, 27, 1000):
        monkeypatch.setattr("trialwright.store.postgres.CHUNK", sized)
        with open_ledger(store.where) as again:
            assert trial(again).size == check_store(again).size == 27
            assert check_store(again).ok


def test_a_batch_longer_than_one_round_trip_is_kept_whole_or_not_at_all(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trialwright.store.postgres.WRITTEN_AT_ONCE", 4)

    def fill(*, fail: bool) -> None:
        with store.batch():
            for n in range(11):
                do(store, write(FACTS), f"x{n}")
            if fail:
                raise LookupError

    with pytest.raises(LookupError):
        fill(fail=True)
    assert trial(store).size == 4
    fill(fail=False)
    assert trial(store).size == 15
    assert check_store(store).ok


def test_a_redaction_in_a_batch_removes_the_content(store: Store) -> None:
    with store.batch():
        do(store, write(FACTS), "d")
        redact(store, "d", justification="a name", approved_by=("a1", "b1"), actor=DOCTOR, site=SITE, id="r")
    assert check_store(store).ok
    assert trial(store).by_id["d"].redacted


def test_a_study_that_another_program_holds_is_said_to_be_held(store: Store) -> None:
    with open_ledger(store.where) as hasty:
        engine: Any = hasty.engine
        engine.connection.execute("SET lock_timeout = '50ms'")
        with store.writing(), pytest.raises(TrialwrightError, match="another program holds the study"):
            do(hasty, write(FACTS), "d")
        kept(do(hasty, write(FACTS), "d"))


@pytest.fixture(scope="module")
def mortal() -> Iterator[Server]:
    """A server of this module's own, which may be killed; what it commits goes to the disk."""
    server = Server(fsync=True)
    yield server
    server.stop(os.getpid())


def test_a_connection_lost_between_two_acts_is_made_anew(mortal: Server) -> None:
    with begin(mortal.url(mortal.database())) as store:
        kept(do(store, write(CONSENT), "a"))
        mortal.halt()
        mortal.start()
        kept(do(store, write(FACTS), "b"))
        mortal.halt()
        mortal.start()
        assert [entry.id for entry in entries(store)] == ["adopt", "a", "b"]
        mortal.halt()
        waiting = threading.Timer(0.5, mortal.start)
        waiting.start()
        kept(do(store, write(FACTS), "c"))
        waiting.join()
        assert check_store(store).ok


@pytest.mark.parametrize("reached", [False, True])
def test_an_act_whose_acknowledgement_was_lost_is_kept_once(
    mortal: Server, monkeypatch: pytest.MonkeyPatch, reached: bool
) -> None:
    """The connection breaks just before, or just after, the commit reached the server."""
    with begin(mortal.url(mortal.database())) as store:
        engine: Any = store.engine
        commit = type(engine)._commit
        broken: list[int] = []

        def lose(self: Any) -> None:
            if not broken:
                broken.append(1)
                if reached:
                    commit(self)
                mortal.halt()
                mortal.start()
            commit(self)

        monkeypatch.setattr(type(engine), "_commit", lose)
        answer = kept(do(store, write(CONSENT, FACTS), "a"))
        assert broken == [1]
        assert [entry.id for entry in answer.entries] == ["a", "a.2"]
        assert [entry.id for entry in entries(store)] == ["adopt", "a", "a.2"]
        assert check_store(store).ok


def write_until_lost(where: str, who: int, life: int, acknowledged: int) -> None:
    """A writer's whole life: act after act until the server is gone, each answer told down a pipe."""
    try:
        with open_ledger(where) as store:
            for n in range(100_000):
                answer = kept(do(store, write(CONSENT, FACTS), f"w{who}-{life}-{n}"))
                os.write(acknowledged, answer.entries[0].id.encode() + b"\n")
    except TrialwrightError:  # also where the server was gone before this writer had begun
        os._exit(3)


def test_nothing_acknowledged_is_lost_when_the_server_is_killed_under_four_writers(
    mortal: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 of the postmaster at a moment nobody chose; what was told was acknowledged, and must be there."""
    monkeypatch.setattr("trialwright.store.postgres.PATIENCE_SECONDS", 0.0)
    where = mortal.url(mortal.database())
    begin(where).close()
    acknowledged: list[str] = []
    for life in range(5):
        read, told = os.pipe()
        writers = [FORK.Process(target=write_until_lost, args=(where, who, life, told)) for who in range(4)]
        for writer in writers:
            writer.start()
        os.close(told)
        with os.fdopen(read) as answers:
            acknowledged.append(answers.readline().strip())
            time.sleep(0.03 * (life + 1))
            mortal.kill()
            acknowledged += answers.read().split()
        for writer in writers:
            writer.join()
        assert [writer.exitcode for writer in writers] == [3] * 4
        mortal.start()
    assert len(acknowledged) >= 5
    assert check_file(where).ok
    with open_ledger(where) as store:
        there = {entry.id for entry in entries(store)}
        assert set(acknowledged) <= there
        firsts = {id for id in there if id.startswith("w") and "." not in id}
        assert {f"{id}.2" for id in firsts} <= there, "an act is there whole or not at all"
        kept(do(store, write(FACTS), "after"))


def test_a_tail_cut_off_with_the_row_is_seen_by_a_fold_that_had_more(store: Store) -> None:
    with unguarded(store.where) as owner:
        owner.execute("DELETE FROM payload WHERE seq = 3")
        owner.execute("DELETE FROM entry WHERE seq = 3")
        owner.execute("UPDATE study SET next_seq = 3, head = (SELECT hash FROM entry WHERE seq = 2)")
    assert check_file(store.where).ok, "the database alone cannot show it: that needs a head kept elsewhere"
    for look in (lambda: trial(store), lambda: do(store, write(FACTS), "d")):
        with pytest.raises(IntegrityError, match="older copy"):
            look()
