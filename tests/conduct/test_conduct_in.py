"""On the way in: consent, facts, screening, enrolment. Each gate refuses, and each gate opens."""

import pytest
from conduct_story import Story, consents, enrolled, enrols, facts

from trialwright.errors import FormatError, UsageError
from trialwright.ledger import Actor, NewEntry
from trialwright.ledger.kinds import Consented, Declined, Enrolled, FactsRecorded, Judged, Refused
from trialwright.study import criteria_of


@pytest.fixture
def story() -> Story:
    return Story()


def test_consent_opens_a_casebook_under_the_next_screening_code(story: Story) -> None:
    story.do(consents())
    story.do(consents())
    assert list(story.trial.casebooks) == ["S-001", "S-002"]


def test_a_code_once_given_is_not_given_again_when_its_consent_is_retracted(story: Story) -> None:
    story.do(consents())
    story.do("2026-01-06 retract entry=a2 reason_code=duplicate why='signed twice'")
    story.do(consents())
    assert story.trial.casebooks["S-002"].consent is not None


def test_a_refused_consent_uses_no_screening_code_up(story: Story) -> None:
    slip = consents().replace("=zh", "=fr")
    for _ in range(8):
        refusal = story.refused(slip)
        reasons = tuple({"code": one.code, "text": one.text} for one in refusal.reasons)
        story.keep((NewEntry(Refused("consent", reasons), about=refusal.about),), Actor("inv", "investigator"))
    story.do(consents())
    assert story.trial.casebooks["S-001"].consent is not None
    assert "S-002" not in story.trial.casebooks


def test_criteria_named_at_the_end_of_screening_are_the_studys(story: Story) -> None:
    story.tell(f"{consents()}\n{facts('S-001')}")
    known = [one.id for one in criteria_of(story.study.eligibility)]
    end = "2026-01-07 end_screening S-001 outcome=failed criteria="
    with pytest.raises(FormatError, match="end_screening: criteria: 'nonsense' is not known"):
        story.ask(f"""{end}'["nonsense"]'""")
    with pytest.raises(FormatError, match=f"Did you mean {known[0]}?"):
        story.ask(f"{end}{known[0]}x")
    (entry,) = story.do(f"{end}{known[0]}")
    assert entry.what.criteria == (known[0],)


def test_a_code_nobody_has_is_answered_with_those_there_are(story: Story) -> None:
    story.do(consents())
    with pytest.raises(UsageError, match=r"There is S-001\. A casebook"):
        story.ask("2026-01-07 screen X-9")
    story.do(consents())
    with pytest.raises(UsageError, match=r"There are S-001 to S-002\."):
        story.ask("2026-01-07 screen X-9")


def test_a_second_consent_renews_in_the_same_casebook(story: Story) -> None:
    story.do(consents())
    story.do(consents("S-001", "2026-03-01T10:00"))
    assert len(story.trial.casebooks["S-001"].all(Consented)) == 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (consents().replace("document=main", "document=other"), "consent.unknown_document"),
        (consents(on="2024-12-31T09:00"), "consent.not_yet_valid"),
        (consents(on="2027-02-01T09:00"), "consent.superseded"),
        (consents().replace("language=zh", "language=fr"), "consent.language"),
        (consents(on="2026-01-05"), "consent.no_time"),
    ],
)
def test_consent_asks_for_the_right_form_on_the_right_day(story: Story, line: str, code: str) -> None:
    assert code in story.codes(line)
    assert story.codes(consents()) == set()


def test_people_who_declined_are_counted_without_data(story: Story) -> None:
    (entry,) = story.do("- decline count=3 reason='too far away'")
    assert entry.what == Declined(3, "too far away")
    assert entry.about is None


def test_screening_without_consent_is_refused_because_there_is_no_casebook(story: Story) -> None:
    with pytest.raises(UsageError, match="Nobody has consented yet"):
        story.ask("2026-01-07 screen S-001")


def test_an_unknown_casebook_is_an_error_and_no_other_is_proposed(story: Story) -> None:
    story.do(consents())
    with pytest.raises(UsageError, match=r"There is no casebook 'S-01'\. There is S-001"):
        story.ask("2026-01-07 screen S-01")


def test_nothing_is_recorded_before_consent(story: Story) -> None:
    story.do(consents())
    assert story.codes("2026-01-04 screen S-001") == {"consent.later"}
    assert story.codes("2026-01-05 screen S-001") == set()


def test_once_the_consent_is_retracted_everything_is_refused(story: Story) -> None:
    story.tell(f"{consents()}\n2026-01-06 retract entry=a2 reason_code='wrong person' why='another ward'")
    assert story.codes("2026-01-07 screen S-001") == {"consent.none"}


def test_without_consent_all_the_reasons_against_an_enrolment_are_told_at_once(story: Story) -> None:
    story.tell(f"{consents()}\n2026-01-06 retract entry=a2 reason_code='wrong person' why='another ward'")
    assert story.codes(enrols("S-001", more="phase=later by c:coordinator")) == {
        "consent.none",
        "enrolment.unknown_phase",
        "signature.none",
        "enrolment.undecided",
    }


def test_screening_records_the_facts_given_and_then_the_judgement(story: Story) -> None:
    story.do(consents())
    line = facts("S-001").replace("record_facts", "screen")
    recorded, judged = story.do(line)
    assert isinstance(recorded.what, FactsRecorded)
    assert isinstance(judged.what, Judged)
    assert (judged.what.purpose, judged.what.eligible) == ("screening", "yes")


def test_a_failed_screening_names_the_criteria_that_bar(story: Story) -> None:
    story.do(consents())
    story.do(facts("S-001").replace("record_facts", "screen").replace('"62"', '"40"'))
    (end,) = story.do("2026-01-08 end_screening S-001 outcome=failed")
    assert end.what.criteria == ("lvef",)
    assert story.codes("2026-01-09 screen S-001") == {"screening.ended"}


def test_a_new_episode_only_after_one_has_ended(story: Story) -> None:
    story.tell(f"{consents()}\n{facts('S-001')}")
    assert story.codes("2026-01-09 rescreen S-001 reason='better now'") == {"screening.open"}
    story.do("2026-01-09 end_screening S-001 outcome=withdrawn")
    assert "screening.ended" in story.codes(enrols("S-001", "2026-01-10"))
    story.do("2026-02-09 rescreen S-001 reason='better now'")
    assert story.trial.casebooks["S-001"].episode == 2
    assert story.codes("2026-02-10 screen S-001") == set()


def test_enrolment_judges_again_and_numbers_in_order(story: Story) -> None:
    story.tell(f"{consents()}\n{facts('S-001')}\n{consents()}\n{facts('S-002')}")
    judged, first = story.do(enrols("S-002"))
    _, second = story.do(enrols("S-001"))
    assert (judged.what.purpose, judged.what.as_of) == ("enrolment", "2026-01-08")
    assert (first.what.number, second.what.number) == (1, 2)
    assert first.what.signed_by == "inv"
    assert first.what.in_remission


def test_enrolment_refuses_whoever_a_criterion_bars(story: Story) -> None:
    story.do(consents())
    story.do(facts("S-001").replace('"62"', '"40"'))
    refusal = story.refused(enrols("S-001"))
    assert [reason.code for reason in refusal.reasons] == ["enrolment.ineligible"]
    assert "lvef" in refusal.reasons[0].text


def test_enrolment_refuses_whoever_is_undecided_and_says_what_is_missing(story: Story) -> None:
    story.do(consents())
    refusal = story.refused(enrols("S-001"))
    undecided = [reason for reason in refusal.reasons if reason.code == "enrolment.undecided"]
    assert {reason.text.split()[0] for reason in undecided} == {"age", "lvef", "infection", "unsuitable"}


def test_a_value_that_has_grown_stale_since_screening_is_refused_at_enrolment(story: Story) -> None:
    story.tell(f"{consents()}\n{facts('S-001')}\n2026-01-07 screen S-001")
    assert story.codes(enrols("S-001", "2026-02-20")) == {"enrolment.undecided"}


def test_enrol_refuses_the_one_beyond_the_target_and_a_retraction_frees_the_place(story: Story) -> None:
    for number in range(1, 5):
        story.tell(f"{consents()}\n{facts(f'S-00{number}')}")
    for number in range(1, 4):
        story.do(enrols(f"S-00{number}"))
    assert story.codes(enrols("S-004")) == {"enrolment.target_reached"}
    third = story.trial.casebooks["S-003"].enrolment
    assert third is not None
    story.do(f"2026-01-09 retract entry={third.id} reason_code='entered in error' why='wrong person'")
    _, fourth = story.do(enrols("S-004"))
    assert fourth.what.number == 4


def test_death_and_withdrawal_free_no_place(story: Story) -> None:
    for number in range(1, 5):
        story.tell(f"{consents()}\n{facts(f'S-00{number}')}")
    for number in range(1, 4):
        story.do(enrols(f"S-00{number}"))
    story.do("2026-01-09 record_death S-001 cause=other how_known=ward")
    story.do("2026-01-09 withdraw S-002 extent='all contact'")
    assert story.codes(enrols("S-004", "2026-01-10")) == {"enrolment.target_reached"}


def test_nobody_is_enrolled_twice(story: Story) -> None:
    enrolled(story)
    assert "enrolment.already" in story.codes(enrols("S-001", "2026-01-09"))
    assert story.codes("2026-01-09 screen S-001") == {"screening.enrolled"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("disease_status=CR9", "enrolment.unknown_disease_status"),
        ("phase=later", "enrolment.unknown_phase"),
        ("remission_on=2026-02-01", "enrolment.remission_later"),
    ],
)
def test_status_and_phase_are_words_of_the_study(story: Story, change: str, code: str) -> None:
    story.tell(f"{consents()}\n{facts('S-001')}")
    assert story.codes(enrols("S-001", more=change)) == {code}
    assert story.codes(enrols("S-001")) == set()


def test_an_investigator_signs_alone_or_beside_a_coordinator(story: Story) -> None:
    story.tell(f"{consents()}\n{facts('S-001')}")
    assert story.codes(enrols("S-001", more="by c1:coordinator")) == {"signature.none"}
    _, entry = story.do(enrols("S-001", more="by c1:coordinator with inv-2:investigator"))
    assert entry.what.signed_by == "inv-2"


def test_facts_obtained_for_the_study_before_consent_stop_enrolment(story: Story) -> None:
    story.do(consents())
    story.do(facts("S-001").replace('"on":"2026-01-06","source":"routine"', '"on":"2026-01-04","source":"study"'))
    assert "facts.before_consent" in story.codes(enrols("S-001"))


def test_the_dead_and_those_who_withdrew_are_not_enrolled(story: Story) -> None:
    story.tell(f"{consents()}\n{facts('S-001')}\n{consents()}\n{facts('S-002')}")
    story.do("2026-01-07 withdraw S-001 extent=treatment")
    story.do("2026-01-07 record_death S-002 cause=unknown how_known=family")
    assert story.codes(enrols("S-001")) == {"consent.withdrawn"}
    assert story.codes(enrols("S-002")) == {"person.dead"}


def test_a_new_consent_after_withdrawal_opens_the_way_again(story: Story) -> None:
    story.tell(f"{consents()}\n{facts('S-001')}\n2026-01-07 withdraw S-001 extent=treatment")
    story.do(consents("S-001", "2026-01-07T18:00"))
    assert story.codes(enrols("S-001")) == set()


def test_late_results_may_be_recorded_after_death(story: Story) -> None:
    story.tell(f"{consents()}\n2026-01-06 record_death S-001 cause=infection how_known=ward")
    assert story.codes(facts("S-001", "2026-01-20")) == set()
    assert story.codes("2026-01-20 screen S-001") == {"person.dead"}


def test_words_nobody_knows_are_no_refusal_but_an_error(story: Story) -> None:
    story.do(consents())
    with pytest.raises(FormatError, match="One of: failed, withdrawn"):
        story.ask("2026-01-08 end_screening S-001 outcome=fail")


def test_enrolled_carries_everything_the_endpoints_ask_for(story: Story) -> None:
    enrolled(story)
    entry = story.trial.casebooks["S-001"].enrolment
    assert entry is not None
    assert entry.what == Enrolled(
        1, "CR1", "consolidation", True, "2025-12-01", None, {}, "inv", "eligibility and enrolment approved"
    )
