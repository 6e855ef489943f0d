"""Signatures and source data verification: what they cover, when they still hold, and what waits for one."""

from hashlib import sha256

import pytest
from conduct_story import Story, consents, enrolled
from harm_refusals import ILL, INFUSED, event, value
from hypothesis import given, settings
from hypothesis import strategies as st
from review_refusals import CONSENTED, ENROLLED, MONITOR, SCREENED, signs, verifies

from trialwright.conduct.review.shown import shown_digest, whole_casebook
from trialwright.conduct.review.signatures import casebook_signed, signatures, to_sign
from trialwright.conduct.review.signing import AUTHENTICATED, MEANINGS
from trialwright.conduct.review.verifying import verification
from trialwright.conduct.words import VOCABULARY
from trialwright.errors import UsageError
from trialwright.ledger import NewEntry
from trialwright.ledger.kinds import QueryRaised

AMEND = "reason_code='source corrected' why='read again'"


def waiting(story: Story) -> list[tuple[str, str]]:
    return [(one.meaning, one.act) for one in to_sign(story.study, story.trial)]


def test_the_digest_is_sha_256_over_the_sorted_hashes_of_the_chains() -> None:
    story = Story().tell(SCREENED + f'2026-01-08 correct entry=a3 {AMEND} content=\'{{"born":"1971"}}\'')
    hashes = [story.trial.by_id[id].hash for id in ("a3", "a5", "a4")]
    assert shown_digest(story.trial, ["a4", "a3"]) == sha256(b"".join(sorted(hashes))).hexdigest()
    assert shown_digest(story.trial, ["a5", "a4", "a3"]) == shown_digest(story.trial, ["a4", "a3"])
    with pytest.raises(UsageError, match="no entry 'a99'"):
        shown_digest(story.trial, ["a99"])


def test_a_signature_shows_who_in_which_role_and_name_when_and_what_for() -> None:
    story = Story().tell(SCREENED + signs())
    [one] = signatures(story.trial)
    assert (one.who, one.role, one.printed_name, one.meaning) == ("inv", "investigator", "Wang Li", "eligibility")
    assert (one.entries, one.stands, one.authenticated, one.about) == (("a4",), "holds", "passkey", "S-001")
    assert one.when.startswith("2030-01-01")


def test_a_retraction_un_signs_and_says_by_what() -> None:
    story = Story().tell(SCREENED + signs() + "2026-01-08 retract entry=a4 reason_code=other why='not yet'")
    [one] = signatures(story.trial)
    assert (one.stands, [entry.id for entry in one.changed]) == ("signed, then changed", ["a6"])


@given(st.sampled_from(["a2", "a3", "a5.2"]), st.booleans())
@settings(max_examples=20, deadline=None)
def test_any_correction_of_any_signed_entry_un_signs_for_good(id: str, back: bool) -> None:
    """Law: also where a second correction says again what was signed."""
    story = Story().tell(ENROLLED + signs("casebook", ""))
    assert casebook_signed(story.trial, story.trial.casebooks["S-001"])
    contents = {
        "a2": ("explained_by", "inv", "gong"),
        "a3": ("born", "1970", "1971"),
        "a5.2": ("phase", "consolidation", "induction"),
    }
    name, first, other = contents[id]
    story.do(f'2026-02-01 correct entry={id} {AMEND} content=\'{{"{name}":"{other}"}}\'')
    if back:
        story.do(f'2026-02-01 correct entry={id} {AMEND} content=\'{{"{name}":"{first}"}}\'')
    [one] = signatures(story.trial)
    assert not one.holds
    assert not casebook_signed(story.trial, story.trial.casebooks["S-001"])
    assert one.changed == story.trial.originals[id][1:]


@given(st.lists(st.sampled_from(["other", "own"]), max_size=4))
@settings(max_examples=20, deadline=None)
def test_entries_that_were_not_signed_touch_no_signature(written: list[str]) -> None:
    """Law: the order and number of unrelated entries do not matter; what is new in a casebook is not covered."""
    story = Story().tell(SCREENED + signs())
    before = signatures(story.trial)
    for one in written:
        story.do(consents() if one == "other" else value("95").strip())
    assert signatures(story.trial) == before


def test_a_signature_of_a_casebook_does_not_cover_what_comes_after_it() -> None:
    story = Story().tell(CONSENTED + signs("casebook", ""))
    book = story.trial.casebooks["S-001"]
    assert signatures(story.trial)[0].entries == whole_casebook(story.trial, book) == ("a2", "a3")
    assert casebook_signed(story.trial, book)
    story.tell("2026-01-12 screen S-001")
    assert signatures(story.trial)[0].holds
    assert not casebook_signed(story.trial, story.trial.casebooks["S-001"])


def test_a_coordinators_judgement_waits_and_an_investigators_own_does_not() -> None:
    assert waiting(Story().tell(SCREENED)) == [("eligibility", "sign")]
    assert waiting(Story().tell(SCREENED.replace(" by c:coordinator", ""))) == []
    assert waiting(Story().tell(SCREENED + signs())) == []
    assert waiting(enrolled(Story())) == []


def test_an_enrolment_corrected_by_a_coordinator_waits_and_says_it_was_signed_in_the_act() -> None:
    story = Story().tell(ENROLLED)
    assert waiting(story) == []
    story.do(f'2026-02-01 correct entry=a5.2 {AMEND} content=\'{{"phase":"induction"}}\' by c:coordinator')
    assert ("enrolment", "sign") in waiting(story)
    story.tell(signs("enrolment", "a5,a5.2"))
    assert waiting(story) == []


def test_a_value_out_of_range_waits_for_its_mark() -> None:
    range = ',"range":{"low":"115","high":"150","unit":"g/L"}'
    story = Story().tell(INFUSED + value("95", range=range))
    [one] = [one for one in to_sign(story.study, story.trial) if one.meaning == "value review"]
    assert (one.act, one.fact) == ("mark_value", f"{one.entries[0]}#1")
    story.do(f"2026-01-23 mark_value S-001 fact={one.fact} significant=no")
    assert "value review" not in {meaning for meaning, _ in waiting(story)}


def test_a_cause_judged_by_a_coordinator_waits_for_an_investigator() -> None:
    asked = (
        event()
        .strip()
        .replace('"chemotherapy":"not related"', '"chemotherapy":"not related","premedication":"unknown"')
    )
    assert ("causality", "sign") in waiting(Story().tell(f"{INFUSED}{asked} by c:coordinator"))
    assert "causality" not in {meaning for meaning, _ in waiting(Story().tell(f"{INFUSED}{asked}"))}
    assert ("causality", "follow_adverse_event") in waiting(Story().tell(ILL))


def test_a_death_and_then_the_whole_casebook_wait() -> None:
    story = Story().tell(f"{ENROLLED}2026-01-12 record_death S-001 cause=infection how_known=ward by c:coordinator")
    assert waiting(story) == [("death", "sign"), ("casebook", "sign")]
    story.tell(signs("death", "a7") + signs("casebook", "", nonce="n2"))
    assert waiting(story) == []
    story.do(f'2026-02-01 correct entry=a7 {AMEND} content=\'{{"cause":"leukaemia"}}\' by c:coordinator')
    assert [one.before for one in to_sign(story.study, story.trial)] == ["Wang Li: signed, then changed"] * 2


def test_the_words_of_a_signature_are_those_a_form_offers() -> None:
    assert VOCABULARY["sign"] == {"meaning": MEANINGS, "authenticated": AUTHENTICATED}


# --- source data verification -----------------------------------------------------------------------------------------


def test_what_was_verified_and_changed_since_says_so_until_it_is_verified_anew() -> None:
    story = Story().tell(SCREENED + verifies())
    stands = {one.entry.what.kind: one.stands for one in verification(story.trial, story.trial.casebooks["S-001"])}
    assert stands == {"consented": "not verified", "facts_recorded": "verified", "judged": "not verified"}
    story.do(f'2026-02-01 correct entry=a3 {AMEND} content=\'{{"born":"1971"}}\'')
    facts = verification(story.trial, story.trial.casebooks["S-001"])[1]
    assert (facts.stands, [entry.id for entry in facts.changed]) == ("verified, then changed", ["a6"])
    story.tell(verifies())
    assert verification(story.trial, story.trial.casebooks["S-001"])[1].stands == "verified"


def test_a_difference_is_a_query_at_once_and_a_verification_can_be_taken_back() -> None:
    entries = Story().tell(SCREENED).do(verifies(more="finding=differs text='the chart says 61' shown=now").strip())
    assert [type(entry.what) is QueryRaised for entry in entries] == [False, True]
    story = Story().tell(SCREENED + verifies())
    story.do(f"2026-02-01 retract entry=a5 reason_code=other why='another patient' {MONITOR}")
    assert {one.stands for one in verification(story.trial, story.trial.casebooks["S-001"])} == {"not verified"}


def test_a_visit_is_verified_whole_or_one_form_of_it() -> None:
    visit = '2026-01-27 visit S-001 visit=d7 answers=\'{"heart.lvef":"60"}\'\n'
    line = f"2026-02-01 verify_source S-001 visit=d7 finding=agrees shown=now {{}} {MONITOR}"
    story = Story().tell(INFUSED + visit + line.format("form=heart"))
    rows = verification(story.trial, story.trial.casebooks["S-001"])[-2:]
    assert [(one.entry.what.kind, one.stands, one.forms) for one in rows] == [
        ("visited", "verified in part", ("heart",)),
        ("facts_recorded", "verified in part", ("heart",)),
    ]
    story.do(line.format(""))
    assert {one.stands for one in verification(story.trial, story.trial.casebooks["S-001"])[-2:]} == {"verified"}
    assert all(isinstance(new, NewEntry) for new in story.ask(consents()))
