"""The loop read, fold, decide, append: what is kept, what is refused, and under which clock."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from store_desk import (
    CONSENT,
    DOCTOR,
    FACTS,
    NURSE,
    PAUSED,
    SITE,
    TEXT,
    Clock,
    adopted,
    as_owner,
    begin,
    copy_of,
    do,
    enrol,
    kept,
    place,
    place_of,
    refused,
    write,
)

from trialwright.conduct.outcome import Reason, Refusal
from trialwright.errors import FormatError, TrialwrightError, UsageError
from trialwright.ledger import NewEntry, kinds
from trialwright.ledger.kinds import Collected, Enrolled, Infused, Refused, Retracted
from trialwright.store import Store, check_store, create, entries, export_jsonl, open_ledger, redact, trial


@pytest.fixture(scope="module")
def begun(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Path | str:
    where = place(engine, tmp_path_factory.mktemp("begun"))
    begin(where).close()
    return where


@pytest.fixture
def store(begun: Path | str, tmp_path: Path) -> Any:
    with copy_of(begun, tmp_path) as store:
        yield store


def test_an_act_is_kept_and_read_again_from_the_file(store: Store) -> None:
    done = kept(do(store, write(CONSENT, FACTS, occurred="2026-11-22"), "a", second=DOCTOR))
    assert [entry.id for entry in done.entries] == ["a", "a.2"]
    assert (done.size, done.head) == (3, done.entries[-1].hash)
    assert done.entries[0].second == DOCTOR
    with open_ledger(store.where, read_only=True) as again:
        assert entries(again, after=0) == done.entries
        assert trial(again).casebooks["S-001"].consent == done.entries[0]
        assert entries(again, after=1) == done.entries[1:]
        assert (trial(again).size, trial(again).head) == (3, done.head)
        assert trial(again, known_at=1).size == 2
        assert trial(again, as_of=date(2026, 11, 21)).casebooks == {}


def test_an_act_that_writes_nothing_is_kept_as_nothing(store: Store) -> None:
    assert kept(do(store, write(), "a")).entries == ()
    assert trial(store).size == 1


def test_the_act_is_decided_on_the_newest_trial(store: Store) -> None:
    with open_ledger(store.where) as other:
        do(other, write(CONSENT), "a")
        seen = []
        do(store, lambda trial: seen.append(trial.size) or (), "b")  # type: ignore[func-returns-value]
    assert seen == [2]


def test_a_refused_act_is_an_entry_with_every_reason_and_what_was_asked(store: Store) -> None:
    reasons = (Reason("a.b", "Not yet.", "Wait."), Reason("c.d", "Not here.", "Go there."))
    refusal = Refusal("infuse", "S-001", reasons)
    assert do(store, lambda trial: refusal, "a", asked={"lot": "L-01", "n": 1}) == refusal
    entry = entries(store)[-1]
    assert entry.what == Refused(
        "infuse",
        tuple({"code": r.code, "text": r.text, "way_out": r.way_out} for r in reasons),
        {"lot": "L-01", "n": 1},
    )
    assert (entry.about, entry.actor, entry.id) == ("S-001", NURSE, "a")
    assert trial(store).casebooks == {}


@pytest.mark.parametrize("asked", [{"Weight": 61.5}, {"name": "a\0b"}, {"x": "\ud800"}, {"x": {1, 2}}])
def test_a_refusal_is_recorded_whatever_was_asked(store: Store, asked: Any) -> None:
    do(store, lambda trial: Refusal("x", None, (Reason("a", "b", "c"),)), "a", asked=asked)
    assert list(entries(store)[-1].what.asked) == ["as_text"]


# --- once -------------------------------------------------------------------------------------------------------------


def test_a_double_click_is_one_act(store: Store) -> None:
    first = kept(do(store, write(CONSENT, FACTS), "a"))
    do(store, write(FACTS), "b")
    assert do(store, write(CONSENT, FACTS), "a") == first
    assert trial(store).size == 4
    with open_ledger(store.where) as later:
        assert do(later, write(CONSENT, FACTS), "a") == first


def test_a_repeated_refusal_is_the_same_refusal(store: Store) -> None:
    refusal = Refusal("enrol", "S-001", (Reason("full", "Full.", "None."),))
    for _ in range(2):
        assert do(store, lambda trial: refusal, "a", act="enrol") == refusal
    assert trial(store).size == 2


def test_an_id_belongs_to_the_one_who_used_it(store: Store) -> None:
    do(store, write(CONSENT), "a")
    with pytest.raises(UsageError, match="was used by c1:coordinator"):
        do(store, write(CONSENT), "a", actor=DOCTOR)
    do(store, lambda trial: Refusal("enrol", None, (Reason("a", "b", "c"),)), "b", act="enrol")
    with pytest.raises(UsageError, match=r"was used by c1:coordinator for entry 2 \(enrol, refused\)"):
        do(store, write(CONSENT), "b", act="infuse")


def test_another_request_under_the_same_id_is_told_what_the_id_stands_for(store: Store) -> None:
    """The second deed was once answered with the entries of the first, and lost."""
    do(store, write(CONSENT), "0")
    do(store, write(CONSENT, FACTS, occurred="2026-11-20"), "a")
    do(store, write(FACTS), "b")
    others: list[tuple[Any, dict[str, Any]]] = [
        (write(FACTS, CONSENT, occurred="2026-11-20"), {}),
        (write(CONSENT, occurred="2026-11-20"), {}),
        (write(CONSENT, FACTS, FACTS, occurred="2026-11-20"), {}),
        (write(CONSENT, FACTS, occurred="2026-11-21"), {}),
        (write(CONSENT, FACTS, occurred="2026-11-20", about="S-002"), {}),
        (write(CONSENT, FACTS, occurred="2026-11-20", why="a slip"), {}),
        (write(CONSENT, FACTS, occurred="2026-11-20"), {"second": DOCTOR}),
        (write(CONSENT, FACTS, occurred="2026-11-20"), {"site": "BJ-01"}),
        (lambda trial: Refusal("act", None, (Reason("a", "b", "c"),)), {}),
    ]
    told = r"entry 2 \(consented S-001 on 2026-11-20\), which is not what is asked now"
    for decide, words in others:
        with pytest.raises(UsageError, match=told):
            do(store, decide, "a", **words)
    assert trial(store).size == 5
    with pytest.raises(UsageError, match=r"entry 0 \(adopted\)"):
        do(store, write(CONSENT), "adopt", actor=DOCTOR)


def test_a_repeat_is_decided_where_the_act_was_decided(store: Store) -> None:
    """The second time the place is taken, by the act itself: that must not turn its answer."""
    for n in range(1, 16):
        kept(do(store, enrol(f"S-{n:03}"), f"e{n}", about=f"S-{n:03}"))
    refused(do(store, enrol("S-016"), "e16", about="S-016", act="enrol"))
    assert kept(do(store, enrol("S-015"), "e15", about="S-015")).entries[0].what.number == 15
    assert trial(store).size == 17


def test_a_refusal_for_something_else_is_another_request(store: Store) -> None:
    refusal = Refusal("enrol", "S-001", (Reason("full", "Full.", "None."),))
    do(store, lambda trial: refusal, "a", act="enrol", asked={"who": "S-001"})
    assert do(store, lambda trial: refusal, "a", act="enrol", asked={"who": "S-001"}) == refusal
    with pytest.raises(UsageError, match=r"enrol, refused S-001"):
        do(store, lambda trial: refusal, "a", act="enrol", asked={"who": "S-002"})


def test_a_repeat_after_its_content_was_removed_is_still_one_act(store: Store) -> None:
    first = kept(do(store, write(FACTS), "a"))
    redact(store, "a", justification="a name", approved_by=("a1", "b1"), actor=DOCTOR, site=SITE, id="r")
    again = kept(do(store, write(FACTS), "a"))
    assert (again.head, again.entries[0].redacted) == (first.head, True)
    with pytest.raises(UsageError, match="not what is asked now"):
        do(store, write(CONSENT), "a")


def test_nobody_has_seen_an_entry_that_is_not_there_yet(store: Store) -> None:
    with pytest.raises(UsageError, match="entry 1 was not written yet; the newest is 0"):
        do(store, write(CONSENT), "a", seen=1)
    kept(do(store, write(CONSENT), "a", seen=0))


@pytest.mark.parametrize("id", ["", "a b", "a.2", "ä", "-a", "a" * 101, "a\n"])
def test_an_id_of_another_shape_is_refused(store: Store, id: str) -> None:
    with pytest.raises(UsageError, match="cannot name an act"):
        do(store, write(CONSENT), id)


# --- stale ------------------------------------------------------------------------------------------------------------


def test_a_stale_act_is_refused_with_what_differs(store: Store) -> None:
    do(store, write(CONSENT), "a")
    do(store, write(FACTS), "b")
    refusal = refused(do(store, write(FACTS), "c", seen=1))
    assert [(reason.code, reason.text) for reason in refusal.reasons] == [
        ("stale", "Entry 2 (facts recorded about S-001) was written by c1:coordinator since you looked.")
    ]
    assert isinstance(entries(store)[-1].what, Refused)
    kept(do(store, write(FACTS), "d", seen=2))


def test_entries_about_others_make_nothing_stale(store: Store) -> None:
    do(store, write(CONSENT), "a")
    do(store, write(FACTS, about="S-002"), "b", about="S-002")
    do(store, lambda trial: Refusal("x", "S-001", (Reason("a", "b", "c"),)), "c")
    kept(do(store, write(FACTS), "d", seen=1))
    kept(do(store, write(kinds.Declined(), about=None), "e", about=None, seen=0))


@pytest.mark.parametrize(
    ("newer", "about"),
    [
        (write(PAUSED, about=None), None),
        (write(Infused(1, 1, "L-01", 1, None, None, None, None), about="S-002"), "S-002"),
        (write(Collected("D-01", "cord blood"), about="C-01"), "C-01"),
        (write(kinds.LotMade("C-02", "2026-12"), about="L-02"), "L-02"),
        (write(Retracted(), about=None, retracts="a"), None),
    ],
)
def test_a_pause_the_same_lot_donor_or_collection_makes_an_act_stale(store: Store, newer: Any, about: Any) -> None:
    do(store, write(CONSENT), "a")
    kept(do(store, newer, "b", about=about))
    refusal = refused(do(store, write(FACTS), "c", seen=1, concerns=("L-01", "D-01", "C-02")))
    assert [reason.code for reason in refusal.reasons] == ["stale"]


# --- the clock --------------------------------------------------------------------------------------------------------


def test_a_real_ledger_reads_its_own_clock(store: Store) -> None:
    entry = kept(do(store, write(CONSENT), "a", at="1999-01-01T00:00:00Z")).entries[0]
    assert entry.recorded_at == "2026-11-22T08:02:00.000Z"
    assert entry.clock_regressed is None


def test_a_clock_one_hour_back_keeps_the_order_and_the_raw_time(store: Store) -> None:
    do(store, write(CONSENT), "a")
    clock = store.clock
    assert isinstance(clock, Clock)
    clock.now -= timedelta(hours=1)
    done = kept(do(store, write(FACTS), "b"))
    assert done.clock_regressed
    entry = done.entries[0]
    assert entry.recorded_at == entries(store)[1].recorded_at == "2026-11-22T08:02:00.000Z"
    assert entry.clock_regressed == "2026-11-22T07:03:00.000Z"
    clock.now += timedelta(hours=2)
    assert not kept(do(store, write(FACTS), "c")).clock_regressed
    assert check_store(store).ok


def test_a_simulated_ledger_takes_its_time_from_the_door(where: Path | str) -> None:
    with begin(where, simulated=True) as store:
        entry = kept(do(store, write(CONSENT), "a", at="2026-01-02T09:00:00+08:00")).entries[0]
        assert entry.recorded_at == "2026-01-02T01:00:00.000Z"
        entry = kept(do(store, write(FACTS), "b", at=datetime(2026, 1, 3, tzinfo=UTC))).entries[0]
        assert entry.recorded_at == "2026-01-03T00:00:00.000Z"
        assert trial(store).simulated
        for wrong in ("2026-01-03", "tomorrow"):
            with pytest.raises(FormatError, match="not an instant"):
                do(store, write(FACTS), "c", at=wrong)


def test_the_same_seed_makes_the_same_ledger_to_the_byte(fresh: Any, tmp_path: Path) -> None:
    made = []
    for name, reopen in (("a", False), ("b", True)):
        path = fresh(f"{name}.db")
        store = begin(path, simulated=True)
        do(store, write(CONSENT), "a", at="2026-01-02T09:00:00Z")
        if reopen:
            store.close()
            store = open_ledger(path)
        do(store, write(FACTS), "b", at="2026-01-03T09:00:00Z")
        export_jsonl(store, tmp_path / f"{name}.jsonl")
        store.close()
        made.append((tmp_path / f"{name}.jsonl").read_bytes())
    assert made[0] == made[1]
    with begin(fresh("c.db"), simulated=True, seed=8) as store:
        assert entries(store)[0].hash.hex() not in made[0].decode()


# --- batches ----------------------------------------------------------------------------------------------------------


def test_a_batch_is_kept_whole(store: Store) -> None:
    with store.batch():
        for n in range(30):
            kept(do(store, write(CONSENT, about=f"S-{n:03}"), f"a{n}", about=f"S-{n:03}"))
            assert len(trial(store).casebooks) == n + 1
        refused(do(store, lambda trial: Refusal("x", None, (Reason("a", "b", "c"),)), "r"))
    assert trial(store).size == 32
    assert check_store(store).ok


def test_a_batch_inside_a_batch_is_part_of_it(store: Store) -> None:
    def import_two() -> None:
        with store.batch():
            with store.batch():
                do(store, write(CONSENT), "a")
            do(store, write(FACTS), "b")
            raise LookupError

    with pytest.raises(LookupError):
        import_two()
    assert trial(store).size == 1
    assert check_store(store).ok


def test_nothing_of_a_broken_batch_is_kept(store: Store) -> None:
    do(store, write(CONSENT), "a")

    def import_two() -> None:
        with store.batch():
            do(store, write(FACTS), "b")
            do(store, write(kinds.Visited("V1", answers={"Bad Key": "1"})), "c")

    with pytest.raises(FormatError):
        import_two()
    assert [entry.id for entry in entries(store)] == ["adopt", "a"]
    kept(do(store, write(FACTS), "b"))
    assert check_store(store).ok


def test_an_act_of_a_batch_that_cannot_be_sealed_leaves_no_half_behind(store: Store) -> None:
    with store.batch():
        with pytest.raises(FormatError):
            do(store, write(FACTS, kinds.Visited("V1", answers={"Bad Key": "1"})), "b")
        do(store, write(CONSENT), "c")
    assert [entry.id for entry in entries(store)] == ["adopt", "c"]
    assert check_store(store).ok


def test_an_act_that_fails_leaves_the_ledger_and_the_fold_as_they_were(store: Store) -> None:
    fold = store.fold

    def fails(trial: Any) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        do(store, fails, "a")
    assert store.fold is fold, "nothing was added, so nothing need be read again"
    kept(do(store, write(CONSENT), "a"))


# --- what an act may not write ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "found"),
    [
        (NewEntry(FACTS, about="S-001", corrects="nobody"), "no entry 'nobody'"),
        (NewEntry(FACTS, about="S-001", corrects="a"), "`consented` and cannot be corrected by `facts_recorded`"),
        (NewEntry(CONSENT, about="S-001", corrects="gone"), "cannot be amended"),
        (NewEntry(Retracted(), about="S-001", retracts="gone"), "cannot be amended"),
        (NewEntry(Retracted(), about="S-001", retracts="gone2"), "cannot be amended"),
        (NewEntry(Retracted(), about=None, retracts="adopt"), "the first entry adopts the study and stays"),
        (NewEntry(Retracted(), about="S-001"), "names what it takes back"),
        (NewEntry(FACTS, about="S-001", retracts="a"), "names what it takes back"),
        (NewEntry(kinds.Redacted("a", "x", ("b", "c"))), "removed by `redact`"),
    ],
)
def test_an_amendment_must_point_at_something_that_can_be_amended(store: Store, new: NewEntry, found: str) -> None:
    do(store, write(CONSENT), "a")
    do(store, write(CONSENT), "gone")
    do(store, write(Retracted(), retracts="gone"), "gone2")
    with pytest.raises(UsageError, match=found):
        do(store, lambda trial: (new,), "x")
    assert trial(store).size == 4


def test_a_correction_and_a_retraction_are_kept(store: Store) -> None:
    do(store, enrol("S-001"), "e")
    kept(do(store, write(Enrolled(1, "CR2", "consolidation", True), corrects="e"), "f"))
    kept(do(store, write(Retracted(), retracts="e"), "g"))
    assert trial(store).next_number == 2
    assert trial(store).enrolled == ()


def test_an_amendment_puts_its_own_study_in_force(store: Store) -> None:
    second = adopted(text=TEXT + "more: 1\n")
    entry = kept(do(store, write(second, about=None), "a", about=None)).entries[0]
    after = kept(do(store, write(CONSENT), "b")).entries[0]
    assert entry.study_sha256 == after.study_sha256 == second.sha256
    assert len(trial(store).adoptions) == 2


# --- beginning --------------------------------------------------------------------------------------------------------


def test_a_ledger_is_never_written_over(store: Store) -> None:
    before = entries(store)
    with pytest.raises(UsageError, match=r"exists already|already holds the study small"):
        begin(place_of(store))
    assert entries(store) == before


@pytest.mark.parametrize(
    ("kind", "more", "found"),
    [
        (kinds.Adopted(TEXT, "00" * 32, "1", False, 15, {}), {}, "SHA-256"),
        (kinds.Adopted(TEXT, adopted().sha256, "1", False, 15, {SITE: "Mars/Base"}), {}, "no time zone"),
        (adopted(text="a\0b"), {}, "NUL"),
        (adopted(text="e\u0301"), {}, "NFC"),
        (adopted(), {"seed": 1}, "simulated"),
        (adopted(), {"id": "a b"}, "cannot name an act"),
        (adopted(simulated=True), {"at": "yesterday"}, "not an instant"),
    ],
)
def test_a_ledger_that_cannot_begin_leaves_nothing_behind(
    where: Path | str, tmp_path: Path, kind: Any, more: Any, found: str
) -> None:
    with pytest.raises(TrialwrightError, match=found):
        create(as_owner(where), kind, study="small", site=SITE, actor=DOCTOR, **more)
    assert list(tmp_path.iterdir()) == []
    if isinstance(where, str):
        with pytest.raises(UsageError, match=r"holds no study yet|holds no ledger"):
            open_ledger(where)
        return
    with pytest.raises(UsageError, match="no directory"):
        create(tmp_path / "no" / "l.db", adopted(), study="small", site=SITE, actor=DOCTOR)
