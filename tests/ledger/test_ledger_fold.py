"""The fold: what is in force after corrections, retractions, redactions, on any day and as known at any time."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_story import NURSE, SAMPLES, SITE, entries_of, fold_of, picture

from trialwright.errors import FormatError
from trialwright.facts.dates import parse_occurred
from trialwright.ledger import Entry, Mood, kinds, trial_so_far
from trialwright.ledger.fold import Fold
from trialwright.ledger.instants import earliest_day
from trialwright.ledger.trial import Trial

START = "a1 - adopted\nc1 S-001 consented 2026-01-02\n"


def trial_of(story: str, **when: Any) -> Trial:
    return trial_so_far(entries_of(story), **when)


def ids(entries: Any) -> list[str]:
    return [entry.id for entry in entries]


def test_each_entry_stands_in_the_chapter_it_is_about() -> None:
    trial = trial_of(
        START
        + """
        k1  C-01   collected       2026-01-10
        k2  D-01   facts_recorded  2026-01-10
        l1  L-01   lot_made        2026-01-12
        t1  L-01   release_tested  2026-01-14
        e1  S-001  enrolled        2026-01-15
        i1  S-001  infused         2026-01-20
        p1  -      paused          2026-01-21
        """
    )
    assert list(trial.casebooks) == ["S-001"]
    assert ids(trial.casebooks["S-001"].entries) == ["c1", "e1", "i1"]
    assert ids(trial.lots["L-01"].entries) == ["l1", "t1"]
    assert ids(trial.lots["L-01"].given) == ["i1"]
    assert {code: entry.id for code, entry in trial.collections.items()} == {"C-01": "k1"}
    assert ids(trial.others["D-01"].entries) == ["k2"]
    assert ids(trial.of_study.entries) == ["a1", "p1"]
    assert trial.casebook("1") is trial.casebooks["S-001"]
    assert (trial.size, trial.simulated, trial.next_number) == (9, True, 2)


def test_a_refused_act_opens_no_casebook() -> None:
    trial = trial_of(START + "x1 S-009 refused\nx2 L-09 refused")
    assert list(trial.casebooks) == ["S-001"]
    assert not trial.lots
    assert ids(trial.of_study.all(kinds.Refused)) == ["x1", "x2"]


def test_a_correction_takes_the_place_of_what_it_corrects() -> None:
    trial = trial_of(
        START
        + """
        v1  S-001  visited  2026-02-01  visit=M1
        v2  S-001  visited  2026-03-01  visit=M2
        v3  S-001  visited  2026-02-02  visit=M1  corrects=v1
        """
    )
    book = trial.casebooks["S-001"]
    assert ids(book.all(kinds.Visited)) == ["v3", "v2"]
    assert ids(book.entries) == ["c1", "v3", "v2"]
    assert ids(trial.originals["v1"]) == ids(trial.originals["v3"]) == ["v1", "v3"]
    assert ids(trial.originals["v2"]) == ["v2"]
    assert trial.by_id["v1"].occurred == "2026-02-01"


def test_corrections_of_corrections_form_one_chain() -> None:
    story = START + "d1 S-001 died 2026-11\nd2 S-001 died 2026-11-03 corrects=d1\n"
    for last in ("d3 S-001 died 2026-11-04 corrects=d2", "d3 S-001 died 2026-11-04 corrects=d1"):
        trial = trial_of(story + last)
        death = trial.casebooks["S-001"].death
        assert death is not None
        assert (death.id, death.occurred, death.order) == ("d3", "2026-11-04", 2)
        assert ids(trial.originals["d2"]) == ["d1", "d2", "d3"]


def test_correcting_how_someone_was_lost_does_not_lose_them_again() -> None:
    trial = trial_of(
        START
        + """
        w1  S-001  lost_to_follow_up  2026-03-01
        w2  S-001  found_again        2026-04-01
        w3  S-001  lost_to_follow_up  2026-03-02  corrects=w1
        """
    )
    assert trial.casebooks["S-001"].lost is None


@pytest.mark.parametrize("target", ["d1", "d2"])
def test_a_retraction_takes_back_the_whole_chain(target: str) -> None:
    story = START + "d1 S-001 died 2026-11\nd2 S-001 died 2026-11-03 corrects=d1\n"
    trial = trial_of(story + f"r1 S-001 retracted - retracts={target}")
    assert trial.casebooks["S-001"].death is None
    assert ids(trial.originals["d1"]) == ["d1", "d2", "r1"]
    later = trial_of(story + f"r1 S-001 retracted - retracts={target}\nr2 S-001 retracted - retracts=r1")
    assert later.casebooks["S-001"].death is None, "taken back for good; what was right is recorded anew"
    after = trial_of(story + f"r1 S-001 retracted - retracts={target}\nd3 S-001 died 2026-11-05 corrects=d1")
    assert after.casebooks["S-001"].death is None


def test_a_retracted_enrolment_frees_the_place_but_never_the_number() -> None:
    trial = trial_of(START + "e1 S-001 enrolled 2026-01-15\nr1 S-001 retracted - retracts=e1")
    assert trial.enrolled == ()
    assert trial.numbers_used == {1}
    assert trial.next_number == 2


def test_an_infusion_corrected_to_another_lot_moves_to_it() -> None:
    story = START + "i1 S-001 infused 2026-01-20 lot=L-01\ni2 S-001 infused 2026-01-20 lot=L-02 corrects=i1\n"
    trial = trial_of(story)
    assert ids(trial.lots["L-01"].given) == []
    assert ids(trial.lots["L-02"].given) == ["i2"]
    assert ids(trial_of(story + "r1 S-001 retracted - retracts=i2").lots["L-02"].given) == []


def test_an_entry_corrected_to_be_about_someone_else_moves_there() -> None:
    trial = trial_of(START + "v1 S-001 visited 2026-02-01\nv2 S-002 visited 2026-02-01 corrects=v1")
    assert ids(trial.casebooks["S-001"].all(kinds.Visited)) == []
    assert ids(trial.casebooks["S-002"].all(kinds.Visited)) == ["v2"]


def test_a_redacted_entry_stands_as_removed_wherever_it_stood() -> None:
    entries = entries_of(
        START
        + """
        f1  S-001  facts_recorded  2026-01-03
        f2  S-001  facts_recorded  2026-01-03  corrects=f1
        q1  S-001  redacted        -  entry=f2
        v1  S-001  visited         2026-02-01
        q2  S-001  redacted        -  entry=v1
        q3  S-001  redacted        -  entry=f1
        """
    )
    live = trial_so_far(entries)
    book = live.casebooks["S-001"]
    assert book.all(kinds.FactsRecorded) == ()
    assert ids(book.all(kinds.Removed)) == ["f2", "v1"]
    assert live.by_id["f1"].redacted
    gone = {"f1", "f2", "v1"}
    stored = [
        replace(e, what=kinds.Removed(e.what.kind), redacted=True, why=None, told=None) if e.id in gone else e
        for e in entries
    ]
    assert picture(trial_so_far(stored)) == picture(live), "read again from the file, where the content is gone"


def test_a_day_counts_what_occurred_by_then_as_known_now() -> None:
    story = (
        START
        + """
        v1  S-001  visited  2026-02-01  visit=M1
        d1  S-001  died     2026-05-01
        d2  S-001  died     2026-04      corrects=d1
        c2  S-002  consented 2026-06-01
        """
    )
    assert trial_of(story, as_of=date(2026, 3, 31)).casebooks["S-001"].death is None
    dead = trial_of(story, as_of=date(2026, 4, 1)).casebooks["S-001"].death
    assert dead is not None, "a death known to the month counts from its earliest day on"
    assert dead.id == "d2"
    assert list(trial_of(story, as_of=date(2026, 5, 31)).casebooks) == ["S-001"]
    long_ago = trial_of(story, as_of=date(1999, 1, 1))
    assert not long_ago.casebooks
    assert long_ago.adopted.id == "a1", "the study in force is what we know now"


def test_what_has_no_date_counts_from_the_sites_day_of_recording() -> None:
    story = START + "v1 S-001 visited - recorded=2026-02-01T16:30:00.000Z"
    assert not trial_of(story, as_of=date(2026, 2, 1)).casebooks["S-001"].all(kinds.Visited)
    assert trial_of(story, as_of=date(2026, 2, 2)).casebooks["S-001"].all(kinds.Visited), "02-02 00:30 in Shanghai"
    elsewhere = story + " site=ZZ"
    assert trial_of(elsewhere, as_of=date(2026, 2, 1)).casebooks["S-001"].all(kinds.Visited), "no zone known: UTC"


def test_known_at_reproduces_an_old_report() -> None:
    story = START + "d1 S-001 died 2026-05-01\nd2 S-001 died 2026-04-01 corrects=d1\nr1 S-001 retracted - retracts=d2"
    entries = entries_of(story)
    for seq in range(len(entries)):
        assert picture(trial_so_far(entries, known_at=seq)) == picture(trial_so_far(entries[: seq + 1]))
        instant = entries[seq].recorded_at
        assert picture(trial_so_far(entries, known_at=instant)) == picture(trial_so_far(entries[: seq + 1]))
    death = trial_so_far(entries, as_of=date(2026, 4, 30), known_at=3).casebooks["S-001"].death
    assert death is not None
    assert trial_so_far(entries, as_of=date(2026, 4, 30), known_at=2).casebooks["S-001"].death is None
    assert trial_so_far(entries, known_at="2026-01-02T16:00:00+08:00").size == 2
    with pytest.raises(FormatError, match="not an instant"):
        trial_so_far(entries, known_at="2026-01-02")


@pytest.mark.parametrize(
    "text", ["2026", "2026-11", "2026-11-22", "2026-11-22T23:59+08:00[Asia/Shanghai]", "2024-02-29"]
)
def test_the_earliest_day_is_the_one_that_facts_works_out(text: str) -> None:
    occurred = parse_occurred(text)
    earliest = occurred.moment.date() if hasattr(occurred, "moment") else occurred.earliest  # type: ignore[union-attr]
    assert earliest_day(text) == earliest.isoformat()


def test_an_unreadable_entry_makes_the_trial_read_only() -> None:
    entries = entries_of(START + "v1 S-001 visited 2026-02-01")
    odd = replace(entries[2], what=kinds.Unreadable("telepathy", 1, {}))
    trial = trial_so_far([*entries[:2], odd])
    assert trial.unreadable == 1
    assert ids(trial.casebooks["S-001"].all(kinds.Unreadable)) == ["v1"]


def test_an_enrolment_without_content_leaves_no_place_to_give_away() -> None:
    entries = entries_of(START + "e1 S-001 enrolled 2026-01-15")
    gone = replace(entries[2], what=kinds.Removed("enrolled"), redacted=True)
    assert trial_so_far([*entries[:2], gone]).unreadable == 1


@pytest.mark.parametrize(
    ("line", "found"),
    [("c1 S-002 consented", "was used before"), ("d2 S-001 died - corrects=d1", "no entry before it has that id")],
)
def test_entries_that_cannot_follow_are_not_folded(line: str, found: str) -> None:
    with pytest.raises(FormatError, match=found):
        trial_of(START + line)
    with pytest.raises(FormatError, match="stands where entry 1 should"):
        trial_so_far(
            [entries_of(START)[0], *entries_of(START + line.replace("c1", "c9").replace("corrects=d1", ""))[2:]]
        )


def test_a_trial_handed_out_does_not_change_when_entries_follow() -> None:
    entries = entries_of(
        START + "d1 S-001 died 2026-11\nd2 S-001 died 2026-11-03 corrects=d1\nc2 S-002 consented 2026-12"
    )
    fold = fold_of(entries[:3])
    before = fold.trial()
    kept = picture(before)
    for entry in entries[3:]:
        fold.add(entry)
    assert picture(before) == kept
    assert "c2" not in before.by_id
    assert "d2" not in before.originals
    assert len(before.by_id) == len(before.originals) == 3


def test_chapters_that_did_not_change_are_shared_between_two_looks() -> None:
    entries = entries_of(START + "c2 S-002 consented 2026-12\nd1 S-001 died 2026-11")
    fold = fold_of(entries[:3])
    before = fold.trial()
    fold.add(entries[3])
    after = fold.trial()
    assert after.casebooks["S-002"] is before.casebooks["S-002"]
    assert after.casebooks["S-001"] is not before.casebooks["S-001"]
    old, new = before.casebooks["S-001"].by_kind, after.casebooks["S-001"].by_kind
    assert new[kinds.Consented] is old[kinds.Consented]


# --- laws -------------------------------------------------------------------------------------------------------------

KINDS = ("consented", "visited", "infused", "enrolled", "collected", "died", "facts_recorded", "refused", "paused")
ABOUT = ("S-001", "S-002", "L-01", "C-01", "D-01", None)
Step = tuple[str, str, str | None, str, int]
steps: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(
        st.sampled_from(["new", "new", "correct", "retract", "redact"]),
        st.sampled_from(KINDS),
        st.sampled_from(ABOUT),
        st.sampled_from(["2026", "2026-02", "2026-02-11", "2026-03-01T08:00+08:00[Asia/Shanghai]"]),
        st.integers(0, 40),
    ),
    max_size=25,
)


def ledger_of(steps: list[Step]) -> list[Entry[Any]]:
    """A ledger that a store would accept: targets exist, are of the same kind and are not taken back."""
    ledger = entries_of("a1 - adopted")
    for action, kind, about, occurred, pick in steps:
        seq = len(ledger)
        base = replace(ledger[0], seq=seq, id=f"e{seq}", hash=bytes([seq] * 32), about=about, occurred=occurred)
        open_ = [e for e in ledger[1:] if not isinstance(e.what, kinds.Retracted | kinds.Redacted | kinds.Refused)]
        taken_back = {chain[0].id for e in ledger if e.retracts for chain in [trial_so_far(ledger).originals[e.id]]}
        target = open_[pick % len(open_)] if open_ else None
        if target is not None and trial_so_far(ledger).originals[target.id][0].id in taken_back:
            target = None
        if action == "new" or target is None:
            ledger.append(replace(base, what=replace(SAMPLES[kind], **({"number": seq} if kind == "enrolled" else {}))))
        elif action == "correct":
            ledger.append(replace(base, what=target.what, corrects=target.id))
        elif action == "retract":
            ledger.append(replace(base, what=kinds.Retracted(), about=target.about, retracts=target.id))
        else:
            ledger.append(replace(base, what=kinds.Redacted(target.id, "a name", ("m1", "i1")), about=target.about))
    return ledger


@given(steps, st.integers(0, 30))
@settings(max_examples=150, deadline=None)
def test_folding_in_two_goes_is_folding_in_one(steps: list[Step], cut: int) -> None:
    ledger = ledger_of(steps)
    fold = Fold()
    for n, entry in enumerate(ledger):
        if n == cut:
            fold.trial()  # a look in between freezes and shares chapters; it must leave no trace
        fold.add(entry)
    assert picture(fold.trial()) == picture(trial_so_far(ledger))


@given(steps)
@settings(max_examples=150, deadline=None)
def test_what_was_corrected_stands_as_if_written_right_at_once(steps: list[Step]) -> None:
    """The oracle: a ledger in which every chain's first entry already says what its last correction says."""
    ledger = ledger_of([step for step in steps if step[0] in ("new", "correct")])
    trial = trial_so_far(ledger)
    right_at_once = [
        replace(trial.originals[e.id][-1], seq=e.seq, id=e.id, corrects=None, place=None)
        for e in ledger
        if not e.corrects
    ]
    renumbered = [replace(e, seq=n) for n, e in enumerate(right_at_once)]
    assert _contents(trial) == _contents(trial_so_far(renumbered))


@given(steps)
@settings(max_examples=150, deadline=None)
def test_what_was_retracted_stands_as_if_never_written(steps: list[Step]) -> None:
    ledger = ledger_of([step for step in steps if step[0] != "redact"])
    trial = trial_so_far(ledger)
    dead = {e.id for e in ledger if any(m.retracts for m in trial.originals[e.id])}
    never = [replace(e, seq=n) for n, e in enumerate(e for e in ledger if e.id not in dead)]
    assert _contents(trial) == _contents(trial_so_far(never))


@given(steps)
@settings(max_examples=100, deadline=None)
def test_a_day_far_ahead_is_all_that_is_known(steps: list[Step]) -> None:
    trial = trial_so_far(ledger_of(steps))
    later = trial_so_far(ledger_of(steps), as_of=date(2999, 1, 1))
    assert _contents(later) == _contents(trial)


@given(steps, st.dates(date(2025, 12, 1), date(2026, 4, 1)), st.dates(date(2025, 12, 1), date(2026, 4, 1)))
@settings(max_examples=100, deadline=None)
def test_a_later_day_knows_all_that_an_earlier_day_knew(steps: list[Step], one: date, other: date) -> None:
    early, late = sorted((one, other))
    ledger = ledger_of(steps)
    assert _in_force(trial_so_far(ledger, as_of=early)) <= _in_force(trial_so_far(ledger, as_of=late))


def _in_force(trial: Trial) -> set[str]:
    chapters = (trial.of_study, *trial.casebooks.values(), *trial.lots.values(), *trial.others.values())
    return {entry.id for chapter in chapters for entry in chapter.entries}


def _contents(trial: Trial) -> list[Any]:
    """What is in force, in order, without numbers, ids and the retractions themselves."""
    chapters = {"": trial.of_study, **trial.casebooks, **trial.lots, **trial.others}
    return [
        (code, [(e.what, e.occurred) for e in chapter.entries if not isinstance(e.what, kinds.Retracted)])
        for code, chapter in sorted(chapters.items())
        if any(not isinstance(e.what, kinds.Retracted) for e in chapter.entries)
    ] + [[e.what for e in lot.given] for _, lot in sorted(trial.lots.items()) if lot.given]


def test_the_story_helper_writes_what_it_says() -> None:
    entry = entries_of(START)[1]
    assert (entry.actor, entry.site, entry.about) == (NURSE, SITE, "S-001")


def test_a_person_of_the_past_may_have_a_code_like_a_doses() -> None:
    """Tables name people by arm and number: what is about B-1 stays theirs, whatever day is asked for."""
    told = entries_of(
        """
        a1  -    adopted
        e1  B-1  enrolled         2026-01-02
        d1  B-2  dose_made        2026-01-02
        c1  B-1  visited          2026-01-01
        l1  B-1  label_printed    2026-01-05
        l2  B-2  label_printed    2026-01-05
        """
    )
    told[1] = replace(told[1], mood=Mood.HISTORICAL)
    fold = fold_of(told)
    for trial in (fold.trial(), fold.trial(date(2026, 1, 1)), fold.trial(date(2026, 1, 9))):
        assert "B-1" not in trial.others
        assert "B-2" not in trial.casebooks
    assert {entry.id for entry in fold.trial().casebooks["B-1"].entries} == {"e1", "c1", "l1"}
    assert list(fold.trial().doses) == ["B-2"]
