"""An amendment through its acts: proposed, approved by two, in force; and what waits for a renewed consent."""

from collections.abc import Callable

import pytest
from amend_story import AmendStory, amends, proposes, texts
from conduct_story import chemotherapy, consents, enrols, facts

from trialwright.conduct.amendment.proposals import amendments, open_amendment
from trialwright.conduct.possible import possible_deviations
from trialwright.ledger.kinds import Adopted, AmendmentApproved, AmendmentProposed, Consented, DeviationRecorded
from trialwright.study import read_study

APPROVE = "2026-02-10 approve_amendment"
NEW_FORM = "document=main document_version=1.5 language=zh signer=participant explained_by=inv"


@pytest.fixture
def story() -> AmendStory:
    """S-001 holds a place since 8 January, under the first version."""
    return AmendStory().tell(f"{consents()}\n{facts('S-001')}\n{enrols('S-001')}")  # type: ignore[return-value]


def codes_possible(story: AmendStory) -> set[tuple[str, str]]:
    return {(one.entry.what.kind, one.reason.code) for one in possible_deviations(story.study, story.trial)}


# --- the acts ---------------------------------------------------------------------------------------------------------


def test_a_proposal_changes_nothing_until_two_people_approved_it(story: AmendStory) -> None:
    story.do(proposes("1.1"))
    assert story.trial.adopted.what.version_label == "1.0"
    (first,) = story.do(f"{APPROVE} by inv:investigator")
    assert (story.study.version, type(first.what)) == ("1.0", AmendmentApproved)
    approved, adopted = story.do(f"{APPROVE} by adm:administrator")
    assert (type(approved.what), type(adopted.what)) == (AmendmentApproved, Adopted)
    assert adopted.what.text == texts()["1.1"]
    assert adopted.what.sha256 == read_study(texts()["1.1"]).sha256 == story.trial.adopted.what.sha256
    assert (story.study.version, open_amendment(story.trial)) == ("1.1", None)
    (so_far,) = amendments(story.trial)
    assert (so_far.standing, len(so_far.approvals), so_far.ethics_approval) == ("adopted", 2, "EC-7")


def test_the_other_side_may_approve_first_and_the_proposer_is_one_of_the_two(story: AmendStory) -> None:
    story.tell(f"{proposes('1.1')}\n{APPROVE} by dm:data_manager\n{APPROVE} by inv:investigator")
    assert story.study.version == "1.1"


def test_what_was_recorded_before_stays_under_its_version(story: AmendStory) -> None:
    before = story.trial.casebooks["S-001"]
    story.tell(amends("1.1"))
    (late,) = story.do("2026-02-12 contact S-001 how=telephone")
    assert story.trial.casebooks["S-001"].entries[:-1] == before.entries
    assert {entry.study_sha256 for entry in before.entries} == {story.trial.adoptions[0].what.sha256}
    assert late.study_sha256 == story.trial.adopted.what.sha256


def test_a_rejected_proposal_makes_way_for_another(story: AmendStory) -> None:
    story.tell(f"{proposes('1.1')}\n2026-02-11 reject_amendment reason=no by adm:administrator")
    assert [one.standing for one in amendments(story.trial)] == ["rejected"]
    story.tell(amends("1.2", "2026-02-12"))
    assert [one.standing for one in amendments(story.trial)] == ["rejected", "adopted"]


def test_a_proposal_is_void_once_another_version_was_adopted(story: AmendStory) -> None:
    story.do(proposes("1.1"))
    story.adopt(texts()["1.2"])
    assert [one.standing for one in amendments(story.trial)] == ["void"]
    assert story.codes(f"{APPROVE} by inv:investigator") == {"amendment.none_open"}


def test_what_became_impossible_since_the_proposal_is_refused_at_approval(story: AmendStory) -> None:
    story.tell(f"{proposes('1.1-two-places')}\n{APPROVE} by inv:investigator")
    for who in ("S-002", "S-003"):
        story.tell(f"{consents()}\n{facts(who)}\n{enrols(who)}")
    assert story.codes(f"{APPROVE} by adm:administrator") == {"amendment.target_below_enrolled"}


@pytest.mark.parametrize("nature", ["'not substantial'", "'urgent safety measure'"])
def test_what_is_not_substantial_or_urgent_needs_no_committee_first(story: AmendStory, nature: str) -> None:
    story.tell(f"{proposes('1.1', more=f'nature={nature}')}\n{APPROVE} by inv:investigator")
    assert story.codes(f"{APPROVE} by adm:administrator") == set()


def test_the_committees_decision_may_come_with_the_approval(story: AmendStory) -> None:
    story.tell(f"{proposes('1.1', more='')}\n{APPROVE} by inv:investigator")
    story.do(f"{APPROVE} ethics_approval=EC-9 by adm:administrator")
    assert amendments(story.trial)[0].ethics_approval == "EC-9"


def test_an_amendment_is_never_told_after_the_deed_nor_corrected_nor_taken_back(story: AmendStory) -> None:
    (proposal,) = story.do(proposes("1.1"))
    assert isinstance(proposal.what, AmendmentProposed)
    assert story.codes(f"{APPROVE} proposal=a1 by inv:investigator told") == {"amendment.another_open"}
    for line in ("retract", 'correct content=\'{"why":"x"}\''):
        assert "amend.fixed" in story.codes(f"- {line} entry={proposal.id} reason_code=other why=x")


# --- possible deviations ----------------------------------------------------------------------------------------------


def test_an_amendment_makes_no_past_act_a_deviation(story: AmendStory) -> None:
    assert codes_possible(story) == set()
    strict = texts()["1.1-heart"].replace("lvef >= 45 %", "lvef >= 70 %")
    story.adopt(strict)
    assert codes_possible(story) == set()


def test_an_entry_corrected_after_an_amendment_is_asked_by_the_rules_of_its_first_day(story: AmendStory) -> None:
    enrolment = story.trial.casebooks["S-001"].enrolment
    assert enrolment is not None
    story.adopt(texts()["1.1-heart"].replace("lvef >= 45 %", "lvef >= 70 %"))
    words = """reason_code='typing error' why=x content='{"phase":"induction"}'"""
    story.do(f"2026-02-11 correct entry={enrolment.id} {words}")
    assert story.trial.casebooks["S-001"].enrolment.what.phase == "induction"  # type: ignore[union-attr]
    assert codes_possible(story) == set()


# --- renewed consent --------------------------------------------------------------------------------------------------

WAITING: list[Callable[[str], str]] = [
    lambda on: chemotherapy("S-001", on, on),
    lambda on: f"{on} visit S-001 visit=unscheduled",
    lambda on: f"{on} visit S-001 visit=unscheduled mode=home",
]
NEVER_WAITING: list[Callable[[str], str]] = [
    lambda on: f"{on} visit S-001 visit=unscheduled mode=telephone",
    lambda on: f"{on} contact S-001 how=telephone",
    lambda on: f"{on} withdraw S-001 extent=treatment",
    lambda on: f"{on} record_death S-001 cause=infection how_known=ward",
    lambda on: f"{on} record_facts S-001 facts=[] sex=female",
]


@pytest.mark.parametrize("line", WAITING)
def test_what_needs_the_renewed_consent_waits_for_it(story: AmendStory, line: Callable[[str], str]) -> None:
    story.tell(amends("1.1"))
    assert "consent.renewal_missing" in story.codes(line("2026-02-12"))
    story.do(f"2026-02-12T08:00 consent S-001 {NEW_FORM}")
    assert "consent.renewal_missing" not in story.codes(line("2026-02-12"))
    assert len(story.trial.casebooks["S-001"].all(Consented)) == 2


@pytest.mark.parametrize("line", NEVER_WAITING)
def test_harm_contact_and_leaving_never_wait(story: AmendStory, line: Callable[[str], str]) -> None:
    story.tell(amends("1.1"))
    assert "consent.renewal_missing" not in story.codes(line("2026-02-12"))


@pytest.mark.parametrize("name", ["1.1-screening", "1.1-heart"])
def test_who_is_not_named_waits_for_nothing(story: AmendStory, name: str) -> None:
    story.tell(amends(name))
    assert story.codes(WAITING[0]("2026-02-12")) == set()


def test_somebody_in_screening_signs_the_new_form_before_going_on(story: AmendStory) -> None:
    story.tell(f"{consents(on='2026-02-02T09:00')}\n{facts('S-002', on='2026-02-03')}")
    story.tell(amends("1.1-screening"))
    assert story.codes("2026-02-12 screen S-002") == {"consent.renewal_missing"}
    assert story.codes(enrols("S-002", "2026-02-12")) == {"consent.renewal_missing"}
    story.do(f"2026-02-12T08:00 consent S-002 {NEW_FORM}")
    assert story.codes(enrols("S-002", "2026-02-12")) == set()


def test_told_after_the_deed_it_is_an_important_deviation(story: AmendStory) -> None:
    story.tell(amends("1.1"))
    _, deviation, *_ = story.do(f"{WAITING[1]('2026-02-12')} told")
    assert isinstance(deviation.what, DeviationRecorded)
    assert (deviation.what.gate, deviation.what.importance) == ("consent.renewal_missing", "important")


@pytest.mark.parametrize("on", ["2026-02-09", "2026-02-10"])
def test_what_was_done_before_the_new_version_was_in_force_is_none(story: AmendStory, on: str) -> None:
    story.tell(amends("1.1"))
    kept = story.do(f"{WAITING[1](on)} told")
    assert not [entry for entry in kept if isinstance(entry.what, DeviationRecorded)]
    assert codes_possible(story) == set()


def test_on_the_day_itself_an_act_asked_for_waits(story: AmendStory) -> None:
    story.tell(amends("1.1"))
    assert "consent.renewal_missing" in story.codes(WAITING[1]("2026-02-10"))


def test_days_of_grace_put_it_off(story: AmendStory) -> None:
    story.adopt(texts()["1.1"].replace("reconsent: {who:", "reconsent: {grace_days: 14, who:"))
    story.recorded_on = "2026-02-10"  # adopted in January: the form is valid from 1 February
    assert story.codes(WAITING[1]("2026-02-14")) == set()
    assert story.codes(WAITING[1]("2026-02-15")) == {"consent.renewal_missing"}


def test_whoever_withdrew_from_all_contact_is_asked_nothing(story: AmendStory) -> None:
    story.do("2026-02-09 withdraw S-001 extent='all contact'")
    story.tell(amends("1.1"))
    assert "consent.renewal_missing" not in story.codes(WAITING[1]("2026-02-12"))
