"""From the laboratory to the bedside: for whom a lot is, labels, issue and return, two scans by two people."""

import pytest
from cell_story import (
    AT_THE_BEDSIDE,
    DONOR,
    DOSE,
    GIVEN,
    LOT,
    MADE,
    MAKER,
    NURSE,
    QUALITY,
    SECOND_DOSE,
    cell_trial,
    checked,
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
    start,
    wristband,
)
from conduct_story import Story, chemotherapy, consents, cover, enrols, facts, without

from trialwright.cells.codes import label_code
from trialwright.cells.custody import whereabouts
from trialwright.cells.descent import recipient_of
from trialwright.cells.labels import valid_label
from trialwright.errors import UsageError
from trialwright.ledger.kinds import BedsideChecked, DeviationRecorded, LabelPrinted, LabelVoided, LotAssigned

WHOLE = f"{patient()}\n{MADE}"
CORD = "cord blood"
SECOND = f"{consents()}\n{facts('S-002')}\n{enrols('S-002')}\n"
EXEMPT = "2026-01-09 resume decided_by=board decision='goes on' scope=stagger exempt=S-002 by b:safety_board\n"
TREATED_TOO = SECOND + EXEMPT + chemotherapy("S-002") + "\n"
UNCHECKED = without(AT_THE_BEDSIDE, " check_at_bedside ") + "\n"
TAKE_OUT, ISSUE = (line.strip() for line in issued().strip().splitlines())
ASSIGN = f"2026-01-20T12:00 assign_lot {LOT} recipient=S-001 weight_kg=70 {QUALITY} with inv:investigator"
REASSIGN = (
    f"2026-01-20T12:30 reassign_lot {LOT} recipient=S-002 reason='fever' weight_kg=70 {QUALITY} with inv:investigator"
)
RETURN = f"return_dose {DOSE} giver=nurse taker=lab-3 place=laboratory reason=fever lowest_c=4 highest_c=7 {QUALITY}"
CORD_LOT = (
    f"{patient()}\n"
    + donor(source=CORD)
    + collected(source=CORD)
    + cultured()
    + lot_made(who=None)
    + divided()
    + results()
    + released()
)


@pytest.fixture
def story() -> Story:
    return cell_trial()


def reprint(code: str, at: str = "12:40", reason: str = "new recipient") -> str:
    return f"2026-01-20T{at} print_label {code} reason='{reason}' {MAKER}\n"


# --- for whom ---------------------------------------------------------------------------------------------------------


def test_cord_blood_waits_for_its_recipient_and_is_not_issued_before(story: Story) -> None:
    story.tell(f"{CORD_LOT}{TAKE_OUT}")
    assert recipient_of(story.trial.lots[LOT]) is None
    assert story.codes(ISSUE) == {"lot.no_recipient"}


def test_an_assignment_judges_every_limit_per_kilogram_and_voids_labels_without_a_recipient(story: Story) -> None:
    story.tell(CORD_LOT)
    assigned, voided, chain = story.do(ASSIGN)
    assert (chain.what.donor, chain.what.recipient) == (DONOR, "S-001")
    assert isinstance(assigned.what, LotAssigned)
    assert (assigned.what.recipient, assigned.what.previous) == ("S-001", None)
    assert {line["test"]: line["weight_kg"] for line in assigned.what.judged} == {"t-cells": "70", "endotoxin": "70"}
    assert (voided.about, voided.what) == (DOSE, LabelVoided(1, "new recipient"))
    story.do(TAKE_OUT)
    assert story.codes(ISSUE) == {"label.none"}
    story.tell(reprint(DOSE, "13:15"))
    assert story.codes(ISSUE) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((QUALITY, "by lab-1:cell_laboratory"), "assign.own_work"),
        ((QUALITY, "by lab-2:cell_laboratory"), "assign.own_work"),
        (("with inv:investigator", ""), "assign.no_investigator"),
        (("with inv:investigator", "with nurse:coordinator"), "assign.no_investigator"),
        (("with inv:investigator", "with lab-3:investigator"), "assign.no_investigator"),
        (("weight_kg=70", "weight_kg=43"), "assign.limit"),
    ],
)
def test_quality_assurance_and_an_investigator_assign_together(
    story: Story, change: tuple[str, str], code: str
) -> None:
    story.tell(CORD_LOT)
    assert story.codes(ASSIGN.replace(*change)) == {code}


def test_the_old_label_of_cord_blood_is_refused_at_the_bedside(story: Story) -> None:
    story.tell(f"{CORD_LOT}{ASSIGN}\n{reprint(DOSE)}{wristband()}{issued()}{cover('S-001')}")
    assert story.codes(checked()) == {"bedside.old_label"}
    assert story.codes(checked(label=2)) == set()


def test_a_lot_is_reassigned_before_it_is_issued_with_a_new_label(story: Story) -> None:
    story.tell(f"{WHOLE}\n{TREATED_TOO}")
    assigned, voided, chain = story.do(REASSIGN)
    assert (chain.what.donor, chain.what.recipient, chain.what.reason) == (DONOR, "S-002", "fever")
    assert (assigned.what.previous, assigned.what.recipient, assigned.what.reason) == ("S-001", "S-002", "fever")
    assert (voided.about, valid_label(story.trial, DOSE)) == (DOSE, None)
    story.do(TAKE_OUT)
    assert story.codes(ISSUE) == {"lot.wrong_recipient", "label.none"}
    story.tell(reprint(DOSE, "13:15"))
    assert story.codes(ISSUE.replace("S-001", "S-002")) == set()


def test_a_reassignment_judges_the_limits_for_the_new_recipient(story: Story) -> None:
    story.tell(f"{WHOLE}\n{SECOND}")
    assert story.codes(REASSIGN.replace("weight_kg=70", "weight_kg=43")) == {"assign.limit"}
    assert story.codes(REASSIGN.replace("weight_kg=70", "")) == {"assign.limit"}


def test_after_it_was_issued_a_lot_comes_back_before_it_is_reassigned(story: Story) -> None:
    story.tell(f"{WHOLE}\n{SECOND}{issued()}")
    later = REASSIGN.replace("T12:30", "T15:00")
    assert story.codes(later) == {"assign.issued"}
    story.do(f"2026-01-20T14:30 {RETURN}")
    assert story.codes(later) == set()


# --- labels -----------------------------------------------------------------------------------------------------------


def test_a_reprint_says_why_and_makes_the_label_before_it_void(story: Story) -> None:
    story.tell(WHOLE)
    assert valid_label(story.trial, DOSE) == 1
    assert story.codes(f"2026-01-20T12:40 print_label {DOSE} {MAKER}") == {"label.not_first"}
    voided, printed = story.do(reprint(DOSE, reason="reprint"))
    assert (voided.what, printed.what) == (LabelVoided(1, "reprint"), LabelPrinted(2, "reprint"))
    assert valid_label(story.trial, DOSE) == 2


def test_a_label_is_voided_by_its_number_and_its_number_is_never_used_again(story: Story) -> None:
    story.tell(WHOLE)
    line = f"2026-01-20T12:40 void_label {DOSE} label={{}} reason=torn {NURSE}"
    assert story.codes(line.format(2)) == {"label.not_valid"}
    story.do(line.format(1))
    assert valid_label(story.trial, DOSE) is None
    assert story.codes(line.format(1)) == {"label.not_valid"}
    (printed,) = story.do(reprint(DOSE, "12:50", "reprint"))
    assert printed.what.label == 2


def test_wristbands_are_labels_too(story: Story) -> None:
    story.tell(f"{patient()}\n{wristband()}")
    assert valid_label(story.trial, "S-001") == 1
    with pytest.raises(UsageError, match="There is no casebook 'S-009'"):
        story.ask("2026-01-20T09:00 print_label S-009")


# --- issue and return -------------------------------------------------------------------------------------------------


def test_a_dose_is_issued_by_who_has_it_to_somebody_else(story: Story) -> None:
    story.tell(WHOLE)
    assert story.codes(ISSUE) == {"custody.stored", "custody.not_the_holder"}
    story.do(TAKE_OUT)
    assert story.codes(ISSUE.replace(QUALITY, MAKER)) == {"custody.not_the_holder"}
    assert story.codes(ISSUE.replace("taker=nurse", "taker=lab-3")) == {"custody.one_person"}
    story.do(ISSUE)
    where = whereabouts(story.trial, DOSE)
    assert where is not None
    assert (where.holder, where.place, where.issued) == ("nurse", "ward", True)
    assert story.codes(ISSUE.replace("T13:20", "T13:30")) == {"cells.issued", "custody.not_the_holder"}


def test_a_dose_is_issued_to_its_recipient_only(story: Story) -> None:
    story.tell(f"{WHOLE}\n{SECOND}{TAKE_OUT}")
    assert story.codes(ISSUE.replace("S-001", "S-002")) == {"lot.wrong_recipient"}
    assert story.codes(ISSUE.replace("S-001", "S-009")) == {"lot.wrong_recipient"}


def test_an_expired_dose_is_not_issued(story: Story) -> None:
    story.tell(f"{WHOLE}\n{TAKE_OUT}")
    assert story.codes(ISSUE.replace("T13:20", "T23:01")) == {"lot.expired"}


def test_a_dose_returned_is_issued_again_and_checked_again(story: Story) -> None:
    story.tell(f"{AT_THE_BEDSIDE}2026-01-20T13:50 {RETURN}")
    assert story.codes(start()) == {"dose.not_issued"}
    story.do(ISSUE.replace("T13:20", "T13:55"))
    assert story.codes(start()) == {"bedside.not_checked"}  # the check before the return counts no more
    story.do(checked(on="2026-01-20T13:58"))
    assert story.codes(start()) == set()


def test_a_dose_that_came_back_too_warm_is_held(story: Story) -> None:
    story.tell(AT_THE_BEDSIDE)
    assert story.codes(f"2026-01-20T13:50 {RETURN.replace('lowest_c=4 highest_c=7', '')}") == {"custody.no_temperature"}
    _, alert = story.do(f"2026-01-20T13:50 {RETURN.replace('highest_c=7', 'highest_c=26')}")
    assert alert.what.what == "on its return: 26 °C, outside 2 to 25 °C"
    assert "lot.held" in story.codes(ISSUE.replace("T13:20", "T13:55"))


# --- two scans, two people --------------------------------------------------------------------------------------------


BAND, BAG = label_code("S-001", 1), label_code(DOSE, 1)


def scan(band: str = BAND, bag: str = BAG, second: str = "with inv:investigator") -> str:
    return f"2026-01-20T13:45 check_at_bedside S-001 wristband='{band}' dose_label='{bag}' {NURSE} {second}"


def test_a_check_keeps_what_was_scanned_and_who_looked(story: Story) -> None:
    story.tell(UNCHECKED)
    (entry,) = story.do(scan(f" {BAND} ", f"{BAG}\n"))
    assert isinstance(entry.what, BedsideChecked)
    assert (entry.what.dose, entry.what.device, entry.what.checked_by) == (DOSE, "scanner", ("nurse", "inv"))


@pytest.mark.parametrize(
    ("band", "bag", "code"),
    [
        (f"{BAND[:-1]}X", BAG, "bedside.unreadable"),
        (BAND, f"{BAG[:-1]}X", "bedside.unreadable"),
        (BAND, DOSE, "bedside.unreadable"),  # typed off the bag, without its label
        ("S-001", BAG, "bedside.unreadable"),
        (BAND, BAG.replace("01", "10", 1), "bedside.unreadable"),  # two neighbours exchanged
        (BAG, BAND, "bedside.swapped"),
        (BAG, BAG, "bedside.same_code"),
        (BAND, BAND, "bedside.same_code"),
        (label_code("S-009", 1), BAG, "bedside.swapped"),  # nobody's wristband
        (BAND, label_code(LOT, 1), "bedside.no_dose"),
        (BAND, label_code(DOSE, 2), "bedside.old_label"),  # a label that was never printed
        (label_code("S-001", 2), BAG, "bedside.old_label"),
        (BAND, label_code(code("dose", 9), 1), "dose.unknown"),
    ],
)
def test_a_scan_that_is_not_this_persons_and_this_doses_is_refused(
    story: Story, band: str, bag: str, code: str
) -> None:
    story.tell(UNCHECKED)
    assert code in story.codes(scan(band, bag))
    told = story.do(f"{scan(band, bag)} told")
    assert code in {one.what.gate for one in told if isinstance(one.what, DeviationRecorded)}
    if code != "bedside.old_label":
        assert "bedside.not_checked" in story.codes(start())


def test_the_wristband_of_another_is_refused(story: Story) -> None:
    story.tell(f"{UNCHECKED}{SECOND}{wristband('S-002')}")
    assert story.codes(scan(label_code("S-002", 1))) == {"bedside.wrong_person"}


def test_the_dose_of_another_is_refused_with_a_word_that_says_stop(story: Story) -> None:
    story.tell(f"{UNCHECKED}{TREATED_TOO}{wristband('S-002')}{cover('S-002')}")
    refusal = story.refused(checked("S-002"))
    assert [reason.code for reason in refusal.reasons] == ["lot.wrong_recipient"]
    assert refusal.reasons[0].way_out.startswith("Stop.")
    assert "lot.wrong_recipient" in story.codes(start("S-002"))


def test_a_dose_given_already_is_refused(story: Story) -> None:
    story.tell(GIVEN)
    assert "lot.dose_given" in story.codes(checked(on="2026-01-20T15:00"))
    assert "lot.dose_given" in story.codes(start(on="2026-01-20T15:00"))


def test_an_old_label_is_refused_and_a_wristband_printed_anew_is_another(story: Story) -> None:
    story.tell(f"{UNCHECKED}{reprint(DOSE, '13:30', 'reprint')}{reprint('S-001', '13:31', 'reprint')}")
    assert story.codes(scan()) == {"bedside.old_label"}
    assert story.codes(scan(label_code("S-001", 2))) == {"bedside.old_label"}
    assert story.codes(scan(label_code("S-001", 2), label_code(DOSE, 2))) == set()


@pytest.mark.parametrize("second", ["", "with NURSE:coordinator", "with ' ':investigator"])
def test_one_person_alone_checks_nothing(story: Story, second: str) -> None:
    story.tell(UNCHECKED)
    assert story.codes(scan(second=second)) == {"bedside.one_person"}


def test_a_check_holds_for_an_hour_and_only_for_what_was_scanned(story: Story) -> None:
    story.tell(AT_THE_BEDSIDE)
    assert story.codes(start(on="2026-01-20T14:45")) == set()
    assert story.codes(start(on="2026-01-20T14:46")) == {"bedside.check_old"}
    assert story.codes(checked(on="2026-01-20T13:46")) == {"bedside.checked_already"}
    assert story.codes(checked(on="2026-01-20T14:46")) == set()


def test_every_bag_is_checked(story: Story) -> None:
    two = UNCHECKED.replace("volumes_ml=120", "volumes_ml=60,60")
    more = f"""
        2026-01-20T07:20 print_label {SECOND_DOSE} {MAKER}
        2026-01-20T13:12 hand_over {SECOND_DOSE} giver=lab-1 taker=lab-3 place=laboratory lowest_c=4 {MAKER}
        {ISSUE.replace(DOSE, SECOND_DOSE)}
        {checked()}
    """
    story.tell(two + more)
    assert story.codes(start(doses=f"{DOSE},{SECOND_DOSE}")) == {"bedside.not_checked"}
    story.do(checked(dose=SECOND_DOSE, on="2026-01-20T13:46"))
    (given,) = story.do(start(doses=f"{DOSE},{SECOND_DOSE}"))
    assert given.what.doses == (DOSE, SECOND_DOSE)
