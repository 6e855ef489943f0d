"""Treatment: every gate of chemotherapy and infusion refuses, and opens again."""

from dataclasses import replace

import pytest
from conduct_story import (
    CHECKS,
    ZONE,
    Story,
    chemotherapy,
    consents,
    cover,
    enrolled,
    enrols,
    facts,
    infused,
    infusion,
    lot,
    ready,
    small_study,
)

from trialwright.errors import FormatError
from trialwright.ledger.kinds import ChemotherapyGiven, DeviationRecorded, Infused
from trialwright.study import Enrolment, Treatment


@pytest.fixture
def story() -> Story:
    return Story()


def without(text: str, act: str) -> str:
    """A chapter with the lines of one act left out."""
    return "\n".join(line for line in text.splitlines() if f" {act} " not in line)


# --- chemotherapy -----------------------------------------------------------------------------------------------------


def test_chemotherapy_is_for_those_enrolled(story: Story) -> None:
    story.tell(f"{consents()}\n{facts('S-001')}")
    assert story.codes(chemotherapy("S-001")) == {"enrolment.none"}
    story.do(enrols("S-001"))
    assert story.codes(chemotherapy("S-001", "2026-01-07")) == {"enrolment.later"}
    assert story.codes(chemotherapy("S-001")) == set()


def test_anthracyclines_are_added_up_in_daunorubicin_equivalents(story: Story) -> None:
    enrolled(story)
    (entry,) = story.do(chemotherapy("S-001").replace("daunorubicin", "idarubicin").replace('"60"', '"12"'))
    assert entry.what.anthracycline_mg_m2 == "180"  # 12 mg/m2 x 3 days x 5
    assert not entry.what.no_anthracycline


def test_past_the_lifetime_limit_is_a_warning_and_no_refusal(story: Story) -> None:
    enrolled(story)
    given, warning = story.do(chemotherapy("S-001").replace('"60"', '"200"'))
    assert isinstance(given.what, ChemotherapyGiven)
    assert isinstance(warning.what, DeviationRecorded)
    assert "600 mg/m2" in warning.what.description


def test_a_cycle_without_anthracycline_is_flagged_and_not_refused(story: Story) -> None:
    enrolled(story)
    line = chemotherapy("S-001").replace("7+3", "HiDAC").replace("daunorubicin", "cytarabine")
    (entry,) = story.do(line)
    assert entry.what.no_anthracycline
    assert entry.what.anthracycline_mg_m2 == "0"


def test_an_omitted_anthracycline_counts_for_nothing(story: Story) -> None:
    enrolled(story)
    line = chemotherapy("S-001").replace('"days":"1-3"', '"days":"1-3","change":"omitted","why":"ejection fraction"')
    (entry,) = story.do(line)
    assert entry.what.no_anthracycline


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("regimen=7+3", "regimen=FLAG"), "chemotherapy.unknown_regimen"),
        (("cycle=1", "cycle=2"), "chemotherapy.cycle_order"),
        (("ended_on=2026-01-16", "ended_on=2026-01-09"), "chemotherapy.ends_before_start"),
        (('"days":"1-3"', '"days":"1-3","change":"reduced"'), "chemotherapy.change_without_why"),
    ],
)
def test_chemotherapy_says_what_was_given(story: Story, change: tuple[str, str], code: str) -> None:
    enrolled(story)
    assert story.codes(chemotherapy("S-001").replace(*change)) == {code}
    assert story.codes(chemotherapy("S-001")) == set()


def test_a_cycle_is_recorded_once(story: Story) -> None:
    enrolled(story)
    story.do(chemotherapy("S-001"))
    assert story.codes(chemotherapy("S-001", "2026-01-12")) == {"chemotherapy.cycle_given"}


def test_a_dose_that_cannot_be_counted_is_an_error(story: Story) -> None:
    enrolled(story)
    with pytest.raises(FormatError, match="mg/m2 a day was expected"):
        story.ask(chemotherapy("S-001").replace("mg/m2", "mg"))
    with pytest.raises(FormatError, match="Write the days of the cycle"):
        story.ask(chemotherapy("S-001").replace('"1-3"', '"3"'))


# --- the stagger ------------------------------------------------------------------------------------------------------


def two_enrolled(story: Story) -> Story:
    ready(story)
    story.tell(f"{consents()}\n{facts('S-002')}\n{enrols('S-002')}")
    return story


def test_the_second_waits_for_the_first_infusion_and_28_days(story: Story) -> None:
    two_enrolled(story)
    assert story.codes(chemotherapy("S-002", "2026-03-01", "2026-03-07")) == {"stagger.not_over"}
    story.do(infusion("S-001"))
    refusal = story.refused(chemotherapy("S-002", "2026-02-16", "2026-02-20"))
    assert "opens on 2026-02-17" in refusal.reasons[0].text
    assert story.codes(chemotherapy("S-002", "2026-02-17", "2026-02-20")) == set()


def test_the_stagger_ends_when_it_is_recorded_that_no_infusion_comes(story: Story) -> None:
    two_enrolled(story)
    story.do("2026-01-20 not_infused S-001 cycle=1 reason=fever")
    assert story.codes(chemotherapy("S-002", "2026-01-22", "2026-01-28")) == {"stagger.not_over"}
    story.do("2026-01-21 not_infused S-001 reason='patient unfit'")
    assert story.codes(chemotherapy("S-002", "2026-01-22", "2026-01-28")) == set()


def test_the_safety_board_may_exempt_a_participant_from_the_stagger(story: Story) -> None:
    two_enrolled(story)
    story.do("2026-01-21 resume decided_by=board decision=urgent exempt=S-002 scope=stagger by b:safety-board")
    assert story.codes(chemotherapy("S-002", "2026-01-22", "2026-01-28")) == set()


def test_after_the_first_k_nobody_waits_and_screening_stays_open(story: Story) -> None:
    infused(story)
    for number in (2, 3):
        story.tell(f"{consents()}\n{facts(f'S-00{number}')}\n{enrols(f'S-00{number}')}")
    assert story.codes(chemotherapy("S-003", "2026-01-22", "2026-01-28")) == set()


# --- the infusion -----------------------------------------------------------------------------------------------------


def test_an_infusion_is_written_with_its_dose_and_both_verifiers(story: Story) -> None:
    ready(story)
    (entry,) = story.do(infusion("S-001"))
    assert isinstance(entry.what, Infused)
    assert (entry.what.infusion, entry.what.lot, entry.what.dose) == (1, "L-1", 1)
    assert entry.what.nk_cells_per_kg == "15000000"  # 1.05e9 cells, one dose, 70 kg
    assert entry.what.verified_by == ("nurse", "inv")


@pytest.mark.parametrize(
    ("act", "codes"),
    [
        ("give_chemotherapy", {"infusion.no_chemotherapy"}),
        ("premedicate", {"infusion.no_premedication"}),
        ("give_gvhd_prophylaxis", {"infusion.no_gvhd_prophylaxis"}),
        ("decide_go", {"infusion.no_go"}),
        # The release is also what knows the weight the lot was made for.
        ("release", {"lot.not_released", "infusion.weight_unknown"}),
    ],
)
def test_infusion_is_refused_without_what_must_come_before(story: Story, act: str, codes: set[str]) -> None:
    enrolled(story)
    story.tell(without(chemotherapy("S-001") + lot() + cover("S-001"), act))
    assert story.codes(infusion("S-001")) == codes


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("2026-01-20T14:00", "2026-01-20"), "infusion.no_time"),
        (("cycle=1", "cycle=2"), "infusion.no_chemotherapy"),
        (("lot=L-1", "lot=L-9"), "lot.unknown"),
        (("2026-01-20T14:00", "2026-01-20T23:01"), "lot.expired"),
        (("weight_kg=70", "weight_kg=70 dose=2"), "lot.no_such_dose"),
        (("weight_kg=70", ""), "infusion.dose_unknown"),
        (("weight_kg=70", "weight_kg=70 nk_cells_per_kg=3.1e7"), "infusion.dose_outside"),
        (("weight_kg=70", "weight_kg=70 nk_cells_per_kg=4.9e6"), "infusion.dose_outside"),
        (("with inv:investigator", ""), "infusion.one_verifier"),
        (("with inv:investigator", "with nurse:investigator"), "infusion.one_verifier"),
        (("2026-01-20T14:00", "2026-01-28T14:00"), "infusion.chemotherapy_window"),
    ],
)
def test_infusion_is_refused_for_each_thing_that_is_off(story: Story, change: tuple[str, str], code: str) -> None:
    ready(story)
    assert code in story.codes(infusion("S-001").replace(*change))
    assert story.codes(infusion("S-001")) == set()


@pytest.mark.parametrize("second", ["Nurse", "' nurse '", "NURSE\u200b", "ｎｕｒｓｅ"])
def test_one_person_written_in_two_ways_does_not_verify_twice(story: Story, second: str) -> None:
    ready(story)
    alone = infusion("S-001").replace("with inv:investigator", "")
    assert story.codes(f"{alone} with {second}") == {"infusion.one_verifier"}
    assert story.codes(f"{alone} verified_by=nurse,{second}") == {"infusion.one_verifier"}


@pytest.mark.parametrize(
    ("dose", "shown"),
    [("4999999", "4.999999e6"), ("30000000.5", "3.00000005e7"), ("3.1e7", "3.1e7"), ("3.14159265e7", "3.142e7")],
)
def test_a_dose_outside_is_never_printed_as_one_inside(story: Story, dose: str, shown: str) -> None:
    """The window of the small study is 5e6 to 3e7."""
    ready(story)
    reason = story.refused(infusion("S-001", more=f"nk_cells_per_kg={dose}")).reasons[0]
    assert reason.text == f"The dose is {shown} cells/kg; the study gives 5e6 to 3e7."


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        ("2026-01-19", "is 1 day after it."),
        ("2026-01-20", "is the same day as it."),
        ("2026-01-22", "is 2 days before it."),
    ],
)
def test_days_after_chemotherapy_are_said_as_people_say_them(story: Story, ended: str, said: str) -> None:
    enrolled(story, on="2026-01-06")
    story.tell(chemotherapy("S-001", "2026-01-07", ended) + lot() + cover("S-001"))
    assert said in story.refused(infusion("S-001")).reasons[0].text


def test_chemotherapy_before_the_infusion_waited_for_is_said_so(story: Story) -> None:
    infused(story)
    story.tell(f"{consents()}\n{facts('S-002')}\n{enrols('S-002')}")
    (reason,) = story.refused(chemotherapy("S-002", "2026-01-10")).reasons
    assert reason.text.startswith("2026-01-10 is 10 days before the first infusion of S-001 (participant 1);")


@pytest.mark.parametrize(("per_kg", "possible"), [("1.5e7", True), ("1.515e7", True), ("1.516e7", False)])
def test_no_more_is_given_than_a_dose_holds(story: Story, per_kg: str, possible: bool) -> None:
    """1.05e9 cells for 70 kg are 1.5e7 per kg; one hundredth is rounding."""
    ready(story)
    codes = story.codes(infusion("S-001", more=f"nk_cells_per_kg={per_kg}"))
    assert codes == (set() if possible else {"infusion.dose_impossible"})


def test_a_dose_is_its_part_of_the_lot(story: Story) -> None:
    """2.1e9 cells in two doses, for 70 kg: 1.5e7 per kg in each."""
    enrolled(story)
    story.tell(chemotherapy("S-001") + lot(doses=2) + cover("S-001"))
    assert story.codes(infusion("S-001", more="nk_cells_per_kg=1.6e7")) == {"infusion.dose_impossible"}
    assert story.codes(infusion("S-001", more="nk_cells_per_kg=1.5e7")) == set()


def test_what_a_lot_holds_is_not_asked_where_nobody_counted(story: Story) -> None:
    enrolled(story)
    story.tell(chemotherapy("S-001") + lot().replace("nk_cells=1.05e9", "") + cover("S-001"))
    assert story.codes(infusion("S-001", more="nk_cells_per_kg=2.9e7")) == set()


def weighs(kilograms: str) -> str:
    fact = f'{{"concept":"weight","value":"{kilograms}","unit":"kg","on":"2026-01-20"}}'
    return f"2026-01-20 record_facts S-001 facts='[{fact}]'"


@pytest.mark.parametrize(("used", "codes"), [("77", set()), ("78", {"infusion.weight_changed"})])
def test_the_weight_used_is_near_the_one_the_lot_was_released_for(story: Story, used: str, codes: set[str]) -> None:
    """Released for 70 kg; the small study tolerates 10 %."""
    ready(story)
    assert story.codes(infusion("S-001").replace("weight_kg=70", f"weight_kg={used}")) == codes


def test_a_weight_never_weighed_nor_judged_is_unknown_and_not_passed(story: Story) -> None:
    enrolled(story)
    per_kg = lot().replace("t-cells value=7e6 unit=1", "t-cells value=1e5 unit=/kg")
    story.tell(chemotherapy("S-001") + per_kg + cover("S-001"))
    assert story.codes(infusion("S-001")) == {"infusion.weight_unknown"}
    story.do(weighs("70"))
    assert story.codes(infusion("S-001")) == set()
    unsaid = infusion("S-001", more="nk_cells_per_kg=1e7").replace("weight_kg=70", "")
    assert story.codes(unsaid) == {"infusion.weight_unknown"}


def test_where_no_weight_is_stated_the_newest_is_compared_with_the_release(story: Story) -> None:
    ready(story)
    unsaid = infusion("S-001", more="nk_cells_per_kg=1e7").replace("weight_kg=70", "")
    assert story.codes(unsaid) == {"infusion.weight_unknown"}
    story.do(weighs("75"))
    assert story.codes(unsaid) == set()
    story.do(weighs("80"))
    assert story.codes(unsaid) == {"infusion.weight_changed"}


def test_an_infusion_ends_after_it_starts(story: Story) -> None:
    ready(story)
    early = infusion("S-001", more=f"ended_at=2026-01-20T13:59{ZONE}")
    assert story.codes(early) == {"infusion.ends_before_start"}
    assert story.codes(early.replace("13:59", "14:30")) == set()


@pytest.mark.parametrize(
    "word", ["volume_ml=-5", "volume_ml=0", "weight_kg=0", "weight_kg=-70", "nk_cells_per_kg=-1e7"]
)
def test_less_than_nothing_is_given_to_nobody(story: Story, word: str) -> None:
    ready(story)
    field, _, value = word.partition("=")
    with pytest.raises(FormatError, match=f"infuse: {field}: {value} was given; .* was expected"):
        story.ask(infusion("S-001").replace("weight_kg=70", f"weight_kg=70 {word}"))


def test_others_than_the_two_who_act_may_have_verified(story: Story) -> None:
    ready(story)
    line = infusion("S-001", more="verified_by=n1,n2").replace("with inv:investigator", "")
    (entry,) = story.do(line)
    assert entry.what.verified_by == ("n1", "n2")


@pytest.mark.parametrize(("ended", "opens"), [("2026-01-18", True), ("2026-01-19", False), ("2026-01-09", True)])
def test_chemotherapy_ends_two_to_eleven_days_before(story: Story, ended: str, opens: bool) -> None:
    enrolled(story, on="2026-01-06")
    story.tell(chemotherapy("S-001", "2026-01-07", ended) + lot() + cover("S-001"))
    assert (story.codes(infusion("S-001")) == set()) is opens


def test_a_lot_made_for_somebody_else_is_refused_and_both_are_named(story: Story) -> None:
    two_enrolled(story)
    story.tell(lot("L-2", who="S-002", collection="C-2"))
    refusal = story.refused(infusion("S-001", lot="L-2"))
    assert [reason.code for reason in refusal.reasons] == ["lot.wrong_recipient"]
    assert "S-002 (participant 2)" in refusal.reasons[0].text
    assert "S-001 (participant 1)" in refusal.reasons[0].text


def test_a_rejected_lot_is_refused(story: Story) -> None:
    ready(story)
    story.do("2026-01-20T13:30 reject_lot L-1 reason='label torn' by lab-3:cell_laboratory")
    assert story.codes(infusion("S-001")) == {"lot.rejected"}


def test_a_dose_is_given_once(story: Story) -> None:
    infused(story)
    story.tell(cover("S-001", "2026-01-20").replace("T13", "T15").replace("T12", "T15"))
    assert story.codes(infusion("S-001", "2026-01-20T16:00")) == {"lot.dose_given"}


def test_gates_hold_for_every_infusion_anew(story: Story) -> None:
    infused(story)
    story.tell(chemotherapy("S-001", "2026-02-20", "2026-02-26", cycle=2))
    story.tell(lot("L-2", on="2026-03-02", collection="C-2"))
    again = infusion("S-001", "2026-03-02T14:00", lot="L-2", cycle=2)
    assert story.codes(again) == {"infusion.no_premedication", "infusion.no_gvhd_prophylaxis", "infusion.no_go"}
    story.tell(cover("S-001", "2026-03-02", cycle=2))
    assert story.codes(again) == set()


def test_no_more_infusions_than_the_study_plans(story: Story) -> None:
    infused(story)
    for cycle, month in ((2, "02"), (3, "03")):
        story.tell(chemotherapy("S-001", f"2026-{month}-10", f"2026-{month}-16", cycle=cycle))
        story.tell(lot(f"L-{cycle}", on=f"2026-{month}-20", collection=f"C-{cycle}"))
        story.tell(cover("S-001", f"2026-{month}-20", cycle=cycle))
        line = infusion("S-001", f"2026-{month}-20T14:00", lot=f"L-{cycle}", cycle=cycle)
        if cycle == 2:
            story.do(line)
        else:
            assert story.codes(line) == {"infusion.too_many"}


def test_the_weight_of_the_dose_is_near_the_newest_weight(story: Story) -> None:
    ready(story)
    weigh = '[{"concept":"weight","value":"%s","unit":"kg","on":"2026-01-20"}]'
    story.do(f"2026-01-20 record_facts S-001 facts='{weigh % 78}'")
    assert story.codes(infusion("S-001")) == {"infusion.weight_changed"}
    story.do(f"2026-01-20 record_facts S-001 facts='{(weigh % 77).replace('-20', '-20T13:00' + ZONE)}'")
    assert story.codes(infusion("S-001")) == set()


def test_premedication_outside_its_minutes_is_a_minor_deviation_and_no_refusal(story: Story) -> None:
    ready(story)
    _, deviation = story.do(infusion("S-001", "2026-01-20T14:16"))
    assert isinstance(deviation.what, DeviationRecorded)
    assert (deviation.what.gate, deviation.what.importance) == ("premedication.minutes", "minor")
    assert "61 minutes" in deviation.what.description


def test_a_no_go_refuses_until_an_investigator_decides_anew(story: Story) -> None:
    ready(story)
    story.do("2026-01-20T13:30 decide_go S-001 cycle=1 decision=no-go note=fever")
    assert story.codes(infusion("S-001")) == {"infusion.no_go"}
    story.do(f"2026-01-20T13:45 decide_go S-001 cycle=1 decision=go checks='{CHECKS}'")
    assert story.codes(infusion("S-001")) == set()


def test_a_go_needs_every_check_and_an_investigator(story: Story) -> None:
    enrolled(story)
    line = f"2026-01-20T13:00 decide_go S-001 cycle=1 decision=go checks='{CHECKS}'"
    assert story.codes(line.replace('"infection","answer":"yes"', '"infection","answer":"no"')) == {"go.check_open"}
    assert story.codes(line.replace(f"checks='{CHECKS}'", "")) == {"go.check_open"}
    assert story.codes(f"{line} by c:coordinator") == {"signature.none"}
    assert story.codes(line) == set()


def test_a_decision_against_an_infusion_stands_until_retracted(story: Story) -> None:
    ready(story)
    (decision,) = story.do("2026-01-20 not_infused S-001 cycle=1 reason=fever")
    assert story.codes(infusion("S-001")) == {"infusion.decided_against"}
    story.do(f"2026-01-20 retract entry={decision.id} reason_code='entered in error' why='thermometer broken'")
    assert story.codes(infusion("S-001")) == set()


@pytest.mark.parametrize(
    ("act", "code"),
    [
        ("2026-01-20 record_death S-001 cause=leukaemia how_known=ward", "person.dead"),
        ("2026-01-20 withdraw S-001 extent=treatment", "consent.withdrawn"),
        ("2026-01-20 stop_treatment S-001 reason=toxicity", "treatment.stopped"),
        ("2026-01-20 pause by_rule='stopping rule' reason='3 of 5'", "trial.paused"),
    ],
)
def test_treatment_stops_with_death_withdrawal_stop_and_pause(story: Story, act: str, code: str) -> None:
    ready(story)
    assert story.codes(infusion("S-001")) == set()
    story.do(act)
    assert story.codes(infusion("S-001")) == {code}


# --- a study that asks for little -------------------------------------------------------------------------------------


def test_what_a_study_does_not_ask_for_holds_nothing_back() -> None:
    """No target, no stagger, no windows, no cover, no go, no dose window, no release tests: consent and lot remain."""
    bare = replace(small_study(), treatment=Treatment(), product=None, enrolment=Enrolment())
    story = Story(study=bare)
    story.tell(f"{consents()}\n{facts('S-001')}\n{enrols('S-001')}")
    made = "\n".join(line for line in lot().splitlines() if "record_release_test" not in line)
    story.tell(made.replace("conditional", "full"))
    line = "2026-01-20T14:00 infuse S-001 cycle=1 lot=L-1 by nurse:coordinator"
    assert story.codes(line) == {"infusion.one_verifier"}  # two people even where no study says so
    assert story.codes("2026-01-20T13:00 decide_go S-001 cycle=1 decision=go") == set()
    (entry,) = story.do(f"{line} with inv:investigator")
    assert entry.what.nk_cells_per_kg is None
    (given,) = story.do(chemotherapy("S-001", "2026-02-10", "2026-02-16"))
    assert (given.what.anthracycline_mg_m2, given.what.no_anthracycline) == ("0", False)


def test_a_weight_that_is_no_number_compares_with_nothing(story: Story) -> None:
    ready(story)
    weigh = '[{"concept":"weight","value":"<90","unit":"kg","on":"2026-01-20"}]'
    story.do(f"2026-01-20 record_facts S-001 facts='{weigh}'")
    assert story.codes(infusion("S-001")) == set()


def test_a_dose_of_nothing_is_outside(story: Story) -> None:
    ready(story)
    refusal = story.refused(infusion("S-001", more="nk_cells_per_kg=0"))
    assert refusal.reasons[0].text.startswith("The dose is 0 cells/kg")


# --- pauses -----------------------------------------------------------------------------------------------------------


def test_a_paused_trial_enrols_nobody_until_it_resumes(story: Story) -> None:
    story.tell(f"{consents()}\n{facts('S-001')}")
    story.do("2026-01-07 pause by_rule=board reason='a death'")
    assert story.codes(enrols("S-001")) == {"trial.paused"}
    story.do("2026-01-08 resume decided_by=board decision='go on' by b:safety_board")
    assert story.codes(enrols("S-001")) == set()


def test_named_participants_are_exempt_from_this_pause_only(story: Story) -> None:
    ready(story)
    story.do("2026-01-19 pause by_rule=board reason='a death'")
    story.do("2026-01-20 resume decided_by=board decision='may go on' exempt=1 scope=participants by b:safety_board")
    assert story.codes(infusion("S-001")) == set()
    story.do("2026-01-20 resume decided_by=board decision='go on' by b:safety_board")
    story.do("2026-01-20 pause by_rule=board reason='another death'")
    assert story.codes(infusion("S-001")) == {"trial.paused"}


def test_resuming_needs_a_pause_and_an_exemption_needs_names(story: Story) -> None:
    enrolled(story)
    assert story.codes("2026-01-20 resume decided_by=b decision=d by b:safety_board") == {"trial.not_paused"}
    story.do("2026-01-19 pause by_rule=board reason='a death'")
    assert story.codes("2026-01-20 resume decided_by=b decision=d scope=participants by b:safety_board") == {
        "resume.nobody_exempt"
    }
    assert story.codes("2026-01-20 resume decided_by=b decision=d exempt=S-001 by b:safety_board") == {
        "resume.exempt_whole_trial"
    }


def test_follow_up_is_never_paused(story: Story) -> None:
    infused(story)
    story.do("2026-01-21 pause by_rule=board reason='a death'")
    assert story.codes("2026-01-27 contact S-001 how=telephone") == set()
