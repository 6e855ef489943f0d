"""Donors: consent that may be taken back at any time, fitness to give, and for whom they give."""

import pytest
from cell_story import (
    COLLECTION,
    DONOR,
    DOSE,
    GIVEN,
    LOT,
    MADE,
    NURSE,
    QUALITY,
    TESTS,
    cell_trial,
    code,
    collected,
    cultured,
    divided,
    donor,
    issued,
    lot_made,
    patient,
    released,
    results,
)
from conduct_story import Story, consents, enrols, facts, without

from trialwright.cells.codes import CONFUSING, LETTERS, code_fault, new_code
from trialwright.cells.states import lot_state
from trialwright.conduct.possible import possible_deviations
from trialwright.ledger.kinds import AlertRaised, DonorAssigned, DonorJudged

COLLECT = collected().strip().splitlines()[0]
WITHDRAW = f"withdraw_donor_consent {DONOR} reason=travel"
POSITIVE = TESTS.replace('hbv":"negative', 'hbv":"positive')
EXCEPTION = f"decide_donor_eligibility {DONOR} eligibility='ineligible with exception' tests='{POSITIVE}'"
WHOLE = f"{patient()}\n{MADE}"


@pytest.fixture
def story() -> Story:
    return cell_trial()


# --- consent ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["", donor(), f"{patient()}\n{donor()}{collected()}", WHOLE, GIVEN])
@pytest.mark.parametrize("by", [NURSE, "by inv:investigator", "by lab-1:cell_laboratory"])
def test_a_donor_may_withdraw_at_any_time_and_is_never_refused(story: Story, before: str, by: str) -> None:
    story.tell(before)
    line = f"2026-01-21 {WITHDRAW} {by}"
    assert story.codes(line) == set()
    story.do(line)
    assert story.codes(line) == set()  # and again


def test_a_withdrawal_before_conditioning_stops_collection_and_use(story: Story) -> None:
    story.tell(WHOLE)
    withdrew, alert = story.do(f"2026-01-09 {WITHDRAW}")
    assert not withdrew.what.after_conditioning
    assert (alert.about, alert.what.asks[:27]) == ("S-001", "Do not begin conditioning f")
    again = COLLECT.replace(COLLECTION, code("collection", 2)).replace("01-08", "01-10")
    assert story.codes(again) == {"donor.withdrew"}
    take_out, issue = issued().strip().splitlines()
    story.do(take_out)
    assert story.codes(issue) == {"donor.withdrew"}


def test_cells_collected_before_such_a_withdrawal_are_made_into_no_lot(story: Story) -> None:
    story.tell(f"{patient()}\n{donor()}{collected()}{cultured()}\n2026-01-09 {WITHDRAW}")
    assert story.codes(lot_made()) == {"donor.withdrew"}


def test_a_lot_whose_donor_left_before_conditioning_is_not_released(story: Story) -> None:
    story.tell(f"{patient()}\n{donor()}{collected()}{cultured()}{lot_made()}{divided()}{results()}")
    story.do(f"2026-01-09 {WITHDRAW}")
    assert story.codes(released().strip()) == {"donor.withdrew"}


def test_a_withdrawal_after_conditioning_calls_people_at_the_participant_and_stops_only_collection(
    story: Story,
) -> None:
    story.tell(WHOLE)
    withdrew, alert = story.do(f"2026-01-15 {WITHDRAW}")
    assert withdrew.what.after_conditioning
    assert isinstance(alert.what, AlertRaised)
    assert (alert.about, alert.what.to) == ("S-001", ("investigator", "cell laboratory"))
    assert alert.what.cells == (LOT,)
    again = COLLECT.replace(COLLECTION, code("collection", 2)).replace("2026-01-08", "2026-01-16")
    assert "donor.withdrew" in story.codes(again)
    story.tell(issued())  # whether the cells are given is for people to decide


def test_a_withdrawal_after_conditioning_does_not_hold_the_release_back(story: Story) -> None:
    made = f"{patient()}\n{donor()}{collected()}{cultured()}{lot_made()}{divided()}{results()}"
    story.tell(f"{made}\n2026-01-15 {WITHDRAW}")
    assert story.codes(released().strip()) == set()


def test_cells_left_for_one_recipient_are_given_to_no_other_whose_conditioning_had_not_begun(story: Story) -> None:
    second = f"{consents()}\n{facts('S-002')}\n{enrols('S-002')}"
    story.tell(f"{WHOLE}\n{second}\n2026-01-15 {WITHDRAW}")
    line = f"2026-01-20T12:00 reassign_lot {LOT} recipient=S-002 reason=fever weight_kg=70 {QUALITY}"
    assert story.codes(f"{line} with inv:investigator") == {"donor.withdrew"}


@pytest.mark.parametrize(
    "before", [WHOLE, GIVEN, f"{patient()}\n{donor()}\n2026-01-06 assign_donor S-001 donor={DONOR}"]
)
def test_no_alert_names_a_donor(story: Story, before: str) -> None:
    story.tell(before)
    alerts = [entry for entry in story.do(f"2026-01-21 {WITHDRAW}") if isinstance(entry.what, AlertRaised)]
    assert alerts
    for alert in alerts:
        assert DONOR not in f"{alert.about} {alert.what}"


def test_a_recipient_whose_donor_gives_is_called_before_there_is_a_lot(story: Story) -> None:
    story.tell(f"{patient()}\n{donor()}\n2026-01-06 assign_donor S-001 donor={DONOR}")
    assert [entry.about for entry in story.do(f"2026-01-10 {WITHDRAW}")] == [DONOR, "S-001"]


def test_a_donor_who_consents_again_may_give_again(story: Story) -> None:
    story.tell(f"{donor()}\n2026-01-05 {WITHDRAW}")
    assert story.codes(COLLECT) == {"donor.withdrew"}
    story.do(next(line for line in donor(on="2026-01-06").splitlines() if " record_donor_consent " in line))
    assert story.codes(COLLECT) == set()


def test_consent_signed_after_the_collection_is_none(story: Story) -> None:
    story.tell(without(donor(), " record_donor_consent "))
    story.do(next(line for line in donor(on="2026-01-09").splitlines() if " record_donor_consent " in line))
    assert story.codes(COLLECT) == {"donor.no_consent"}


def test_for_cord_blood_the_mother_is_tested_and_signs_or_a_bank_names_where_she_did(story: Story) -> None:
    story.tell(without(donor(source="cord blood"), " record_donor_consent "))
    line = f"2026-01-04T10:00 record_donor_consent {DONOR} document=donation document_version=1 language=zh {NURSE}"
    assert story.codes(f"{line} signer=mother") == set()
    assert story.codes(f"{line} signer=donor") == {"donor.wrong_signer"}
    assert story.codes(f"{line} signer=bank") == {"donor.no_reference"}
    (consent,) = story.do(f"{line} signer=bank reference='bank-1, file 77'")
    assert (consent.what.signer, consent.what.reference) == ("bank", "bank-1, file 77")
    assert story.codes(COLLECT.replace("peripheral blood", "cord blood")) == set()


# --- fitness to give --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["not started", "incomplete", "ineligible"])
def test_nothing_is_collected_from_a_donor_who_is_not_found_fit(story: Story, state: str) -> None:
    story.tell(without(donor(), " decide_donor_eligibility "))
    assert story.codes(COLLECT) == {"donor.not_eligible"}
    story.do(f"2026-01-05 decide_donor_eligibility {DONOR} eligibility='{state}'")
    assert story.codes(COLLECT) == {"donor.not_eligible"}


def test_the_newest_decision_counts(story: Story) -> None:
    story.tell(f"{donor()}\n2026-01-07 decide_donor_eligibility {DONOR} eligibility=ineligible")
    assert story.codes(COLLECT) == {"donor.not_eligible"}


def test_a_decision_after_the_collection_comes_too_late(story: Story) -> None:
    story.tell(without(donor(), " decide_donor_eligibility "))
    story.do(f"2026-01-09 decide_donor_eligibility {DONOR} eligibility=eligible tests='{TESTS}'")
    assert story.codes(COLLECT) == {"donor.not_eligible"}


@pytest.mark.parametrize("missing", ['"hiv":"unknown"', '"hiv":"?"'])
def test_an_unknown_test_is_never_taken_for_negative(story: Story, missing: str) -> None:
    story.tell(donor())
    tests = TESTS.replace('"hiv":"negative"', missing)
    for state in ("eligible", "ineligible with exception"):
        line = f"2026-01-05 decide_donor_eligibility {DONOR} eligibility='{state}' tests='{tests}'"
        assert "donor.test_missing" in story.codes(f"{line} exception='urgent medical need'")


def test_cytomegalovirus_alone_makes_nobody_ineligible(story: Story) -> None:
    assert '"cmv":"positive"' in TESTS
    story.tell(donor())
    assert story.codes(COLLECT) == set()


@pytest.mark.parametrize("by", ["by inv:investigator", f"{NURSE} with inv:investigator"])
def test_an_exception_has_a_reason_of_the_study_and_a_physician_and_stays_visible(story: Story, by: str) -> None:
    story.tell(f"{patient()}\n{donor()}")
    (judged,) = story.do(f"2026-01-05 {EXCEPTION} sampled_on=2026-01-04 exception='urgent medical need' {by}")
    assert isinstance(judged.what, DonorJudged)
    assert judged.what.decided_by == "inv"
    story.tell(without(MADE, DONOR, "2026-01-04"))
    lot = story.trial.lots[LOT]
    assert lot_state(story.study, story.trial, lot).donor_exception


def test_a_donor_found_ineligible_later_holds_the_release_and_the_dose(story: Story) -> None:
    story.tell(without(WHOLE, " release "))
    story.do(f"2026-01-20T07:45 decide_donor_eligibility {DONOR} eligibility=ineligible tests='{POSITIVE}'")
    release = next(line for line in MADE.splitlines() if " release " in line)
    assert story.codes(release) == {"release.failed"}
    take_out, issue = issued().strip().splitlines()
    story.do(take_out)
    assert story.codes(issue) == {"lot.not_released", "lot.failed_test"}


# --- for whom ---------------------------------------------------------------------------------------------------------


def test_a_donor_is_assigned_under_a_chain_of_its_own_and_a_change_says_why(story: Story) -> None:
    other = code("donor", 2)
    story.tell(f"{patient()}\n{donor()}{donor(other)}")
    (first,) = story.do(f"2026-01-06 assign_donor 1 donor={DONOR}")
    assert isinstance(first.what, DonorAssigned)
    assert (first.about, first.what.recipient) == (code("chain", 1), "S-001")
    (second,) = story.do(f"2026-01-07 assign_donor S-001 donor={other} reason='the first withdrew'")
    assert second.about == code("chain", 2)
    story.tell(collected() + cultured())
    assert story.codes(lot_made()) == {"lot.other_donor"}  # of the first donor, who is hers no more


def test_a_lot_for_somebody_begins_the_chain_where_there_is_none(story: Story) -> None:
    story.tell(f"{patient()}\n{donor()}{collected()}{cultured()}")
    _, chain = story.do(lot_made())
    assert (chain.about, chain.what.donor, chain.what.recipient) == (code("chain", 1), DONOR, "S-001")


def test_a_donor_found_ineligible_after_the_infusion_calls_people(story: Story) -> None:
    story.tell(GIVEN)
    tests = POSITIVE.replace("'", "")
    _, alert = story.do(f"2026-02-10 decide_donor_eligibility {DONOR} eligibility=ineligible tests='{tests}'")
    assert isinstance(alert.what, AlertRaised)
    assert (alert.about, alert.what.what) == (
        "S-001",
        f"lot {LOT}, given to this participant: its donor is now judged ineligible",
    )


def test_what_a_donor_says_is_repeated_nowhere(story: Story) -> None:
    story.tell(WHOLE)
    withdrew, *others = story.do(f"2026-01-21 withdraw_donor_consent {DONOR} reason='Li Ming, the brother'")
    assert "Li Ming" in repr(withdrew.what)
    assert [entry.about for entry in others] == ["S-001"]
    assert "Li Ming" not in repr([entry.what for entry in others])


def test_a_withdrawal_where_nobody_was_chosen_yet_calls_the_laboratory(story: Story) -> None:
    story.tell(f"{donor()}{collected()}")
    _, alert = story.do(f"2026-01-09 {WITHDRAW}")
    assert (alert.about, alert.what.to) == (COLLECTION, ("cell laboratory",))
    step = cultured().strip().splitlines()[0]
    assert story.codes(step) == set()  # the day before
    assert story.codes(step.replace("2026-01-08", "2026-01-10")) == {"donor.withdrew"}


def test_new_donors_and_collections_get_the_next_code(story: Story) -> None:
    (one,) = story.do(f"2026-01-04 register_donor new source='peripheral blood' {NURSE}")
    (two,) = story.do(f"2026-01-04 register_donor new source='peripheral blood' {NURSE}")
    assert (one.about, two.about) == (DONOR, code("donor", 2))
    story.tell(without(donor(), " register_donor "))
    (collection,) = story.do(COLLECT.replace(COLLECTION, "new"))
    assert collection.about == code("collection", 1)


@pytest.mark.parametrize("sort", sorted(LETTERS))
def test_codes_of_ours_pass_their_check_and_end_in_no_character_read_as_another(story: Story, sort: str) -> None:
    codes = [new_code(story.trial, sort, "XA", 2026, skip=further) for further in range(60)]
    assert len(set(codes)) == 60
    assert all(code_fault(one) is None and one[-1] not in CONFUSING for one in codes)


@pytest.mark.parametrize("form", ["G123498654321H", "'G1234 98 654321 H'", "=G12349865432177"])
def test_a_donation_number_is_kept_in_one_form_in_whatever_form_it_came(story: Story, form: str) -> None:
    story.tell(donor())
    (collection,) = story.do(f"{COLLECT} donation_number={form}")
    assert collection.what.donation_number == "G123498654321H"
    again = COLLECT.replace(COLLECTION, code("collection", 2))
    assert story.codes(f"{again} donation_number=G123498654321H") == {"collection.same_donation"}


def test_the_whole_way_leaves_no_possible_deviation(story: Story) -> None:
    story.tell(GIVEN)
    assert possible_deviations(story.study, story.trial) == ()
    assert DOSE in story.trial.casebooks["S-001"].infusions[0].what.doses
