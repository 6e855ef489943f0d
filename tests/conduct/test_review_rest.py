"""A record at rest: a frozen casebook, a study that ended, a study that is locked."""

from datetime import date

import pytest
from conduct_story import Story, consents, enrols
from harm_refusals import HOSPITAL, INFUSED, event
from review_refusals import (
    ALL_ASIDE,
    CONSENTED,
    CORRECT,
    ENDED,
    ENROLLED,
    FROZEN,
    LOCKED,
    MANAGER,
    SCREENED,
    asks,
    locks,
    signs,
)

from trialwright.conduct import ACTS, Refusal
from trialwright.conduct.at_rest import ALWAYS, OF_HARM, OF_THE_RECORD, OVER, TOLD_AFTER_LOCK
from trialwright.conduct.review.readiness import lock_readiness
from trialwright.ledger.kinds import DeviationRecorded

UNLOCK = f"2026-02-03 unlock_study reason='an unreported death' {MANAGER} with inv:investigator"
DEATH = "2026-01-30 record_death S-001 cause=infection how_known=ward"
SERIOUS = event("2026-01-30", more=HOSPITAL).strip()
LINES = (
    "2026-02-02 screen S-001",
    "2026-02-02 contact S-001 how=telephone",
    CORRECT,
    consents(on="2026-02-02T09:00"),
    enrols("S-001", "2026-02-02"),
    asks().strip(),
    signs(entries="a3").strip(),
    f"2026-02-02 freeze_casebook S-001 {MANAGER}",
    f"2026-02-02 end_study how=planned reason=over {MANAGER}",
    event("2026-01-30").strip(),
    locks(ALL_ASIDE).strip(),
)


def test_the_acts_named_are_acts() -> None:
    assert set(ACTS) >= OF_HARM | OF_THE_RECORD | TOLD_AFTER_LOCK | ALWAYS | OVER


def test_a_frozen_casebook_takes_harm_queries_and_signatures_and_nothing_else_of_the_site() -> None:
    frozen = Story().tell(FROZEN)
    for line in ("2026-01-12 contact S-001 how=telephone", "2026-01-12 contact S-001 how=telephone told", CORRECT):
        assert frozen.codes(line) == {"casebook.frozen"}
    for line in (DEATH, SERIOUS, asks().strip(), signs().strip(), "2026-01-12 withdraw S-001 extent=visits"):
        assert "casebook.frozen" not in frozen.codes(line)
    frozen.do(f"2026-01-12 unfreeze_casebook S-001 reason='a date' {MANAGER}")
    assert frozen.codes(CORRECT) == set()


def test_a_freeze_holds_one_casebook_only() -> None:
    story = Story().tell(f"{FROZEN}{consents()}")
    assert story.codes("2026-01-12 contact S-002 how=telephone") == set()


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("told", ["", " told"])
def test_a_locked_study_accepts_nothing(line: str, told: str) -> None:
    assert "study.locked" in Story().tell(LOCKED).codes(line + told)


@pytest.mark.parametrize("line", [DEATH, SERIOUS, "2026-01-30 report_pregnancy S-001 of=participant"])
def test_what_the_law_wants_known_is_told_after_the_lock_and_noted(line: str) -> None:
    story = Story().tell(LOCKED)
    assert "study.locked" in story.codes(line)
    entries = story.do(f"{line} told")
    assert "study.locked" in {entry.what.gate for entry in entries if isinstance(entry.what, DeviationRecorded)}


def test_every_act_but_unlocking_and_sending_reports_is_asked_at_the_lock() -> None:
    assert {"unlock_study", "send_report"} == ALWAYS
    story = Story().tell(LOCKED)
    assert story.codes(UNLOCK.replace("with inv:investigator", "")) == {"lock.one_person"}
    story.do(UNLOCK)
    assert story.codes("2026-02-04 screen S-001") == set()
    story.tell(locks(ALL_ASIDE))
    assert isinstance(story.ask("2026-02-04 screen S-001"), Refusal)


def test_after_its_end_nobody_consents_and_what_was_before_it_is_told() -> None:
    story = Story().tell(ENDED)
    assert story.codes(consents(on="2026-01-25T09:00")) == {"study.ended"}
    assert "study.ended" in story.codes(enrols("S-001", "2026-01-25"))
    assert story.codes("2026-01-25 contact S-001 how=telephone") == set()
    before = story.do(consents(on="2026-01-12T09:00") + " told")
    assert not any(isinstance(entry.what, DeviationRecorded) for entry in before)


def test_everything_in_the_way_of_the_lock_is_named() -> None:
    text = INFUSED.replace("record_release_test L-1 test=gram", "record_release_test L-1 test=gram") + SERIOUS
    story = Story().tell(text + "\n" + asks())
    found = [(one.sort, one.about) for one in lock_readiness(story.study, story.trial, date(2026, 2, 1))]
    assert set(found) == {("query", "S-001"), ("signature", "S-001"), ("result", "L-1"), ("serious event", "S-001")}


def test_what_is_settled_or_set_aside_is_no_longer_in_the_way() -> None:
    story = Story().tell(SCREENED + signs("casebook", ""))
    assert lock_readiness(story.study, story.trial, date(2026, 2, 1)) == ()
    story.tell(locks())
    assert Story().tell(CONSENTED).codes(locks(ALL_ASIDE.replace("not needed", " ")).strip()) == {"lock.in_the_way"}


def test_an_end_recorded_in_error_is_taken_back() -> None:
    story = Story().tell(f"{ENDED}2026-01-21 retract entry=a4 reason_code=other why='a slip' {MANAGER}")
    assert story.codes(consents(on="2026-01-25T09:00")) == set()
    assert ENROLLED
