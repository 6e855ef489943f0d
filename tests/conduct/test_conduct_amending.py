"""Corrections, retractions, and what they throw a new light on."""

import pytest
from conduct_story import ZONE, Story, chemotherapy, consents, enrolled, enrols, facts, infused, infusion, ready

from trialwright.conduct.possible import judgements_on_corrected_facts, possible_deviations
from trialwright.errors import FormatError, UsageError
from trialwright.ledger.kinds import AlertRaised, Enrolled, FactsRecorded, Infused


@pytest.fixture
def story() -> Story:
    return infused(Story())


def id_of(story: Story, kind: type, who: str = "S-001") -> str:
    return story.trial.casebooks[who].all(kind)[-1].id


def correct(id: str, content: str = "", occurred: str = "", by: str = "") -> str:
    words = f"content='{content}'" if content else ""
    words += f" occurred={occurred}" if occurred else ""
    return f"- correct entry={id} reason_code='typing error' why='read off the source again' {words} {by}"


def test_a_correction_replaces_content_and_keeps_what_it_does_not_name(story: Story) -> None:
    (entry,) = story.do(correct(id_of(story, Infused), '{"volume_ml":"110"}'))
    assert (entry.what.volume_ml, entry.what.weight_kg, entry.what.lot) == ("110", "70", "L-1")
    assert entry.corrects is not None
    assert story.trial.casebooks["S-001"].infusions == (story.trial.by_id[entry.id],)


def test_a_correction_moves_the_date_when_it_says_so_and_only_then(story: Story) -> None:
    before = story.trial.casebooks["S-001"].enrolment
    assert before is not None
    (same,) = story.do(correct(before.id, '{"phase":"induction"}').replace("- correct", "2026-05-01 correct"))
    assert same.occurred == before.occurred
    (moved,) = story.do(correct(before.id, occurred="2026-01-09"))
    assert moved.occurred == "2026-01-09"


def test_a_correction_must_be_readable(story: Story) -> None:
    with pytest.raises(FormatError, match="'two' was given; a whole number"):
        story.ask(correct(id_of(story, Infused), '{"cycle":"two"}'))
    with pytest.raises(FormatError, match="not a field"):
        story.ask(correct(id_of(story, Infused), '{"volume":"1"}'))
    with pytest.raises(FormatError, match="not a day"):
        story.ask(correct(id_of(story, Infused), occurred="2026-02-30"))


def test_an_unknown_entry_is_an_error(story: Story) -> None:
    with pytest.raises(UsageError, match="There is no entry 'zz'"):
        story.ask(correct("zz", "{}"))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("- retract entry=a1 reason_code=other why=x", "amend.fixed"),
        ("- retract entry={Enrolled} reason_code=other why=x", "retract.treated"),
        ("- retract entry={Infused} reason_code=other why=' '", "amend.no_reason"),
        ("- retract entry={Infused} reason_code=other why=x by lab:cell_laboratory", "role.not_allowed"),
        ("- correct entry={Enrolled} reason_code=other why=x content='{{\"number\":9}}'", "correct.number"),
        ('- correct entry={Infused} reason_code=other why=x content=\'{{"weight_kg":"70"}}\'', "correct.nothing"),
        ('- correct entry={Judged} reason_code=other why=x content=\'{{"eligible":"no"}}\'', "correct.judgement"),
    ],
)
def test_what_may_not_be_amended_is_refused(story: Story, line: str, code: str) -> None:
    book = story.trial.casebooks["S-001"]
    ids = {kind.__name__: entries[-1].id for kind, entries in book.by_kind.items()}
    assert story.codes(line.format(**ids)) == {code}


def test_cells_are_amended_by_the_cell_laboratory(story: Story) -> None:
    made = story.trial.lots["L-1"].made
    assert made is not None
    volume, alone = '{"volume_ml":"120"}', "by lab-1:cell_laboratory"
    assert story.codes(correct(made.id, volume)) == {"role.not_allowed", "amend.one_person"}
    assert story.codes(correct(made.id, volume, by="by c:coordinator with inv:investigator")) == {"role.not_allowed"}
    assert story.codes(correct(made.id, volume, by=alone)) == {"amend.one_person"}
    assert story.codes(correct(made.id, volume, by=f"{alone} with lab-2:cell_laboratory")) == set()


def test_a_correction_takes_the_signature_away_until_an_investigator_signs_again() -> None:
    story = enrolled(Story())
    first = id_of(story, Enrolled)
    (by_coordinator,) = story.do(correct(first, '{"phase":"induction"}', by="by c:coordinator"))
    assert by_coordinator.what.signed_by is None
    (signed,) = story.do(correct(first, '{"phase":"consolidation"}', by="by c:coordinator with inv-2:investigator"))
    assert signed.what.signed_by == "inv-2"


def test_what_was_taken_back_is_taken_back_for_good(story: Story) -> None:
    (contact,) = story.do("2026-02-01 contact S-001 how=telephone")
    line = f"- retract entry={contact.id} reason_code='wrong person' why=namesake"
    story.do(line)
    assert story.codes(line) == {"amend.taken_back"}
    assert story.codes(correct(contact.id, '{"how":"letter"}')) == {"amend.taken_back"}


# --- possible deviations ----------------------------------------------------------------------------------------------


def possible(story: Story) -> set[tuple[str, str]]:
    found = possible_deviations(story.study, story.trial)
    return {(one.entry.what.kind, one.reason.code) for one in found}


def test_a_trial_as_it_should_be_has_no_possible_deviation(story: Story) -> None:
    story.tell("2026-01-27 visit S-001 visit=d7\n2026-03-01 record_death S-001 cause=unknown how_known=ward")
    assert possible(story) == set()


def test_a_consent_corrected_to_a_later_day_puts_what_came_before_it_in_question(story: Story) -> None:
    consent = story.trial.casebooks["S-001"].consent
    assert consent is not None
    story.do(correct(consent.id, occurred=f"2026-01-09T09:00{ZONE}"))
    assert possible(story) == {("enrolled", "consent.later"), ("enrolled", "enrolment.undecided")}


def test_a_corrected_laboratory_value_puts_the_enrolment_in_question(story: Story) -> None:
    first = story.trial.casebooks["S-001"].all(FactsRecorded)[0]
    changed = str(list(first.what.facts)).replace("'62'", "'40'").replace("'", '"').replace("False", "false")
    story.do(correct(first.id, f'{{"facts":{changed}}}'))
    assert possible(story) == {("enrolled", "enrolment.ineligible")}


def test_a_corrected_recipient_or_expiry_puts_the_infusion_in_question(story: Story) -> None:
    made = story.trial.lots["L-1"].made
    assert made is not None
    lab = "by lab-1:cell_laboratory with lab-2:cell_laboratory"
    story.do(correct(made.id, f'{{"expires_at":"2026-01-20T13:00{ZONE}"}}', by=lab))
    assert possible(story) == {("infused", "lot.expired")}


def test_a_death_corrected_to_an_earlier_day_puts_the_infusion_in_question(story: Story) -> None:
    (death,) = story.do("2026-02-01 record_death S-001 cause=unknown how_known=ward")
    story.do(correct(death.id, occurred="2026-01-18"))
    assert ("infused", "person.dead") in possible(story)
    assert ("died", "death.seen_later") in possible(story)


def test_a_result_known_before_the_release_and_entered_late_puts_it_in_question(story: Story) -> None:
    story.do("2026-01-20T08:30 record_release_test L-1 test=viability value=60 unit=% by lab-2:cell_laboratory")
    assert possible(story) == {("released", "release.failed"), ("infused", "lot.failed_test")}


def test_a_late_growth_of_the_culture_is_no_deviation_of_those_who_could_not_know_it(story: Story) -> None:
    late = "2026-02-03 record_release_test L-1 test=sterility value=positive sampled_on=2026-01-20"
    _, alert = story.do(f"{late} by lab-2:cell_laboratory")
    assert isinstance(alert.what, AlertRaised)
    assert possible(story) == set()


def test_a_person_settles_a_possible_deviation_by_name_and_gate(story: Story) -> None:
    (death,) = story.do("2026-02-01 record_death S-001 cause=unknown how_known=ward")
    story.do(correct(death.id, occurred="2026-01-19"))
    infused_id = id_of(story, Infused)
    before = possible(story)
    story.do(f"2026-02-10 record_deviation S-001 description=known settles={infused_id} gate=person.dead")
    assert before - possible(story) == {("infused", "person.dead")}
    story.do(f"2026-02-10 record_deviation S-001 description=all settles={death.id}")
    assert ("died", "death.seen_later") not in possible(story)


def test_what_was_told_with_its_deviation_is_not_listed_again() -> None:
    story = ready(Story())
    story.do(infusion("S-001", more="told").replace("with inv:investigator", ""))
    assert possible(story) == set()
    story.do("2026-01-19 record_death S-001 cause=unknown how_known=ward told")
    assert ("infused", "person.dead") in possible(story)


def test_acts_are_asked_by_the_rules_of_their_own_day(story: Story) -> None:
    story.sha256 = "small-2"
    from dataclasses import replace

    from trialwright.ledger import Actor, NewEntry
    from trialwright.ledger.kinds import Adopted

    adopted = Adopted("text 2", "small-2", "2.0", True, 3, {"XA": "Asia/Shanghai"})
    story.keep((NewEntry(adopted),), Actor("sys", "administrator"))
    old, story.study = story.study, replace(story.study, phases=())
    assert possible(story) == {("consented", "study.not_at_hand")}
    assert possible_deviations(story.study, story.trial, earlier={"small-1": old}) == ()


# --- judgements on corrected facts ------------------------------------------------------------------------------------


def test_a_judgement_on_facts_since_corrected_is_flagged_until_judged_again() -> None:
    story = Story()
    story.tell(f"{consents()}\n{facts('S-001')}\n2026-01-07 screen S-001")
    assert judgements_on_corrected_facts(story.trial) == ()
    first = story.trial.casebooks["S-001"].all(FactsRecorded)[0]
    changed = str(list(first.what.facts)).replace("'62'", "'55'").replace("'", '"').replace("False", "false")
    story.do(correct(first.id, f'{{"facts":{changed}}}'))
    (question,) = judgements_on_corrected_facts(story.trial)
    assert (question.judgement.what.purpose, question.about) == ("screening", ("lvef",))
    story.do("2026-01-08 screen S-001")
    assert judgements_on_corrected_facts(story.trial) == ()


def test_facts_taken_back_flag_the_enrolment_that_rested_on_them() -> None:
    story = enrolled(Story())
    first = story.trial.casebooks["S-001"].all(FactsRecorded)[0]
    story.do(f"2026-01-12 retract entry={first.id} reason_code='wrong person' why=namesake")
    found = judgements_on_corrected_facts(story.trial)
    assert {one.judgement.what.purpose for one in found} == {"screening", "enrolment"}
    assert found[0].about == ("SevereInfection", "lvef", "unsuitable")
    assert ("enrolled", "enrolment.undecided") in possible(story)


def test_a_retracted_enrolment_frees_the_place_until_treatment_rests_on_it() -> None:
    story = enrolled(Story())
    line = f"- retract entry={id_of(story, Enrolled)} reason_code='entered in error' why=mistake"
    assert story.codes(line) == set()
    story.do(chemotherapy("S-001"))
    assert story.codes(line) == {"retract.treated"}
    assert story.codes(enrols("S-001", "2026-01-11")) >= {"enrolment.already"}
