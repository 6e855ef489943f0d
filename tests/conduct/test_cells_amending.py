"""Corrections about cells: nobody's cells become another's by typing, and volumes still add up."""

import pytest
from cell_story import (
    COLLECTION,
    DONOR,
    DOSE,
    GIVEN,
    LOT,
    MADE,
    MAKER,
    NURSE,
    QUALITY,
    SECOND_DOSE,
    TESTER,
    cell_trial,
    collected,
    cultured,
    donor,
    issued,
    lot_made,
    patient,
)
from conduct_story import ZONE, Story

from trialwright.cells.labels import valid_label
from trialwright.cells.volumes import left_of
from trialwright.conduct.possible import possible_deviations
from trialwright.ledger.kinds import (
    AlertRaised,
    BedsideChecked,
    Collected,
    Discarded,
    Divided,
    DonorConsented,
    DonorJudged,
    DonorRegistered,
    DoseMade,
    Infused,
    InfusionEnded,
    Issued,
    LabelPrinted,
    LabelVoided,
    LotMade,
    Processed,
    Released,
    ReleaseTested,
    Sampled,
    What,
)

TWO, QA = f"{MAKER} with lab-2:cell_laboratory", f"{QUALITY} with lab-2:cell_laboratory"
"""Two of the laboratory; and quality assurance, which had no hand in the lot, with a second person."""
WHOLE = f"{patient()}\n{MADE}"
SAMPLE = f"2026-01-20T06:30 take_sample {LOT} sample=Q-1 volume_ml=2 {MAKER}"
SAMPLED = WHOLE.replace("volumes_ml=120", "volumes_ml=70,46 rest_ml=2").replace(
    f"2026-01-20T07:00 divide {LOT}", f"{SAMPLE}\n2026-01-20T07:00 divide {LOT}"
)
KINDS: dict[str, tuple[type[What], str]] = {
    "donor": (DonorRegistered, DONOR),
    "collection": (Collected, COLLECTION),
    "lot": (LotMade, LOT),
    "sample": (Sampled, LOT),
    "test": (ReleaseTested, LOT),
    "division": (Divided, LOT),
    "spill": (Discarded, LOT),
    "dose": (DoseMade, DOSE),
    "issue": (Issued, DOSE),
    "label": (LabelPrinted, DOSE),
    "check": (BedsideChecked, "S-001"),
    "decision": (DonorJudged, DONOR),
    "consent": (DonorConsented, DONOR),
    "step": (Processed, COLLECTION),
    "release": (Released, LOT),
    "infusion": (Infused, "S-001"),
    "end": (InfusionEnded, "S-001"),
}


@pytest.fixture
def story() -> Story:
    return cell_trial()


def id_of(story: Story, name: str) -> str:
    kind, about = KINDS[name]
    chapter = story.trial.chapter(about)
    assert chapter is not None
    return chapter.all(kind)[-1].id


def correct(story: Story, name: str, field: str, value: str, by: str = MAKER) -> str:
    return f'- correct entry={id_of(story, name)} reason_code=typing why=w content=\'{{"{field}":"{value}"}}\' {by}'


def retract(story: Story, name: str, by: str = MAKER) -> str:
    return f"- retract entry={id_of(story, name)} reason_code=other why=mistake {by}"


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("lot", "recipient", "S-002"),
        ("dose", "lot", "L-2"),
        ("dose", "parent", SECOND_DOSE),
        ("issue", "recipient", "S-002"),
        ("issue", "taker", "somebody"),
        ("collection", "donor", "D-2"),
        ("collection", "source", "cord blood"),
        ("lot", "collection", "C-2"),
        ("release", "how", "full"),
        ("release", "pending", ""),
        ("dose", "volume_ml", "119"),
        ("division", "rest_ml", "1"),
        ("infusion", "doses", SECOND_DOSE),
        ("infusion", "verified_by", "nurse-2"),
    ],
)
def test_no_correction_gives_cells_to_another_or_another_descent(
    story: Story, name: str, field: str, value: str
) -> None:
    story.tell(GIVEN)
    by = {"release": QA, "infusion": NURSE}.get(name, TWO)
    found = story.codes(correct(story, name, field, value, by))
    assert "correct.descent" in found
    assert found <= {"correct.descent", "correct.divided"}


@pytest.mark.parametrize(
    ("name", "field", "fits", "too_much"),
    [
        ("lot", "volume_ml", "22", "21.9"),
        ("lot", "taken_ml", "60", "60.5"),
        ("collection", "volume_ml", "40", "39.5"),
        ("sample", "volume_ml", "100", "100.1"),
        ("spill", "volume_ml", "118", "118.1"),
    ],
)
def test_after_a_correction_no_more_was_taken_than_there_was(
    story: Story, name: str, field: str, fits: str, too_much: str
) -> None:
    spill = f"2026-01-20T06:40 discard {LOT} reason=spilt volume_ml=20 {MAKER} with lab-2:cell_laboratory"
    made = f"{lot_made().strip()} taken_ml=40"
    story.tell(f"{patient()}\n{donor()}{collected()}{cultured()}{made}\n{SAMPLE}\n{spill}")
    assert left_of(story.trial, LOT) == 98
    assert story.codes(correct(story, name, field, fits, TWO)) == set()
    assert story.codes(correct(story, name, field, too_much, TWO)) == {"correct.volume"}


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("lot", "volume_ml", "121"),
        ("lot", "volume_ml", "119"),
        ("sample", "volume_ml", "1.5"),
        ("sample", "volume_ml", "2.5"),
    ],
)
def test_volumes_of_what_was_divided_stay(story: Story, name: str, field: str, value: str) -> None:
    story.tell(SAMPLED)
    assert left_of(story.trial, LOT) == 0
    assert story.codes(correct(story, name, field, value, TWO)) == {"correct.divided"}


def test_a_part_discarded_before_the_division_stays_too(story: Story) -> None:
    before, mark, after = WHOLE.partition(f"2026-01-20T07:00 divide {LOT}")
    spilt = f"2026-01-20T06:30 discard {LOT} reason=spilt volume_ml=20 {MAKER} with lab-2:cell_laboratory\n"
    story.tell(before + spilt + mark + after.replace("volumes_ml=120", "volumes_ml=100"))
    for volume in ("21", "19"):
        assert story.codes(correct(story, "spill", "volume_ml", volume)) == {"correct.divided"}


def test_the_volumes_at_the_end_of_an_infusion_are_corrected_together(story: Story) -> None:
    story.tell(f"{GIVEN}2026-01-20T14:40 end_infusion S-001 how=complete volume_ml=120 reaction=no {NURSE}")
    assert story.codes(correct(story, "end", "volume_ml", "110", NURSE)) == {"correct.volume_open"}
    assert story.codes(correct(story, "end", "discarded_ml", "10", NURSE)) == {"correct.volume_open"}
    both = correct(story, "end", "volume_ml", '110","discarded_ml":"10', NURSE)
    assert story.codes(both) == set()


# --- the expiry -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expires", "codes"),
    [
        ("2026-01-21T06:00", set()),  # 24 hours after it was made
        ("2026-01-21T06:01", {"correct.expiry"}),
        ("2026-01-20T05:59", {"correct.expiry"}),
        ("2026-01-21", {"correct.expiry"}),  # without its hour
    ],
)
def test_a_corrected_expiry_is_held_to_the_hours_of_the_study(story: Story, expires: str, codes: set[str]) -> None:
    story.tell(WHOLE)
    value = expires + (ZONE if "T" in expires else "")
    assert story.codes(correct(story, "lot", "expires_at", value, TWO)) == codes


def test_after_a_corrected_expiry_the_old_labels_are_void(story: Story) -> None:
    take_out, issue = issued().strip().splitlines()
    story.tell(f"{WHOLE}\n2026-01-20T07:30 print_label {LOT} {MAKER}\n{take_out}")
    assert (valid_label(story.trial, LOT), valid_label(story.trial, DOSE)) == (1, 1)
    entries = story.do(correct(story, "lot", "expires_at", f"2026-01-20T22:00{ZONE}", TWO))
    assert {(one.about, one.what) for one in entries[1:]} == {
        (LOT, LabelVoided(1, "new content")),
        (DOSE, LabelVoided(1, "new content")),
    }
    assert (valid_label(story.trial, LOT), valid_label(story.trial, DOSE)) == (None, None)
    assert story.codes(issue) == {"label.none"}
    story.do(f"2026-01-20T13:15 print_label {DOSE} reason='new content' {MAKER}")
    assert story.codes(issue) == set()


def test_a_correction_of_a_result_voids_no_label(story: Story) -> None:
    story.tell(WHOLE)
    (entry,) = story.do(correct(story, "test", "method", "flow", QA))
    assert isinstance(entry.what, ReleaseTested)
    assert valid_label(story.trial, DOSE) == 1


# --- taken back -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["donor", "consent", "collection", "step", "lot", "division", "dose", "release", "issue"]
)
def test_what_other_cells_came_of_is_not_taken_back(story: Story, name: str) -> None:
    story.tell(GIVEN)
    assert story.codes(retract(story, name, QA if name == "release" else TWO)) == {"retract.used"}


def test_what_nothing_went_out_of_is_taken_back_by_quality_assurance(story: Story) -> None:
    story.tell(WHOLE)
    assert story.codes(retract(story, "release", QA)) == set()


@pytest.mark.parametrize(("name", "by"), [("sample", MAKER), ("test", QA)])
def test_what_nothing_came_of_is_taken_back(story: Story, name: str, by: str) -> None:
    story.tell(SAMPLED)
    assert story.codes(retract(story, name, by)) == set()


@pytest.mark.parametrize(
    ("by", "codes"),
    [
        (MAKER, {"amend.one_person", "amend.own_work"}),
        (TESTER, {"amend.one_person", "amend.own_work"}),
        (TWO, {"amend.own_work"}),
        (f"{TESTER} with inv:investigator", {"amend.own_work"}),
        (f"{TESTER} with lab-3:cell_laboratory", {"amend.own_work"}),  # who acts is quality assurance
        (QUALITY, {"amend.one_person"}),
        (f"{QUALITY} with LAB-3:cell_laboratory", {"amend.one_person"}),
        (QA, set()),
        (f"{QUALITY} with inv:investigator", set()),
    ],
)
@pytest.mark.parametrize("name", ["test", "release"])
def test_tests_and_releases_are_amended_by_quality_assurance_with_a_second_person(
    story: Story, name: str, by: str, codes: set[str]
) -> None:
    story.tell(WHOLE)
    assert story.codes(retract(story, name, by)) == codes


def test_a_hand_stays_with_who_had_it_whoever_corrects_the_entry(story: Story) -> None:
    story.tell(WHOLE.rpartition("2026-01-20T08:00 release")[0])
    release = next(line.strip() for line in MADE.splitlines() if " release " in line)
    for entry in story.trial.lots[LOT].all(ReleaseTested):
        story.do(f'- correct entry={entry.id} reason_code=typing why=w content=\'{{"method":"flow"}}\' {QA}')
    story.do(correct(story, "lot", "doses", "2", f"{QUALITY} with inv:investigator"))
    for hand in ("lab-1", "lab-2"):
        assert story.codes(release.replace("lab-3", hand)) == {"release.own_work"}
    story.do(release)
    assert possible_deviations(story.study, story.trial) == ()


@pytest.mark.parametrize(("field", "value"), [("value", "few"), ("value", "-1")])
def test_a_corrected_result_can_be_read_as_a_first_one(story: Story, field: str, value: str) -> None:
    story.tell(WHOLE)
    purity = next(e for e in story.trial.lots[LOT].all(ReleaseTested) if e.what.test == "purity")
    line = f'- correct entry={purity.id} reason_code=typing why=w content=\'{{"{field}":"{value}"}}\' {QA}'
    assert story.codes(line) == {"release.result"}


def test_a_result_is_not_renamed_away(story: Story) -> None:
    story.tell(WHOLE)
    purity = next(e for e in story.trial.lots[LOT].all(ReleaseTested) if e.what.test == "purity")
    line = f'- correct entry={purity.id} reason_code=typing why=w content=\'{{"test":"cell-count"}}\' {QA}'
    assert "correct.descent" in story.codes(line)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [("consent", "explained_by", "inv-2"), ("decision", "exception", "urgent"), ("step", "note", "slow")],
)
def test_nobody_alone_amends_what_decides_whether_cells_are_given(
    story: Story, name: str, field: str, value: str
) -> None:
    story.tell(WHOLE)
    for alone in (MAKER, f"{MAKER} with Lab-1:cell_laboratory"):
        assert story.codes(correct(story, name, field, value, alone)) == {"amend.one_person"}
    assert story.codes(correct(story, name, field, value, TWO)) == set()


@pytest.mark.parametrize("name", ["label", "check"])
def test_what_a_printer_or_a_scanner_did_stays(story: Story, name: str) -> None:
    story.tell(GIVEN)
    assert story.codes(retract(story, name, NURSE)) == {"amend.fixed"}


def test_cells_are_amended_by_the_laboratory_and_donors_by_both(story: Story) -> None:
    story.tell(WHOLE)
    nurses = f"{NURSE} with inv:investigator"
    assert story.codes(correct(story, "test", "method", "flow", nurses)) == {"role.not_allowed"}
    assert story.codes(correct(story, "test", "method", "flow", QA)) == set()
    for by in (nurses, TWO):
        assert story.codes(correct(story, "collection", "anticoagulant", "ACD-A", by)) == set()


def test_an_answer_to_an_alert_is_amended_by_all_who_may_answer(story: Story) -> None:
    story.tell(WHOLE.replace("temperature_c=4", "temperature_c=9.5"))
    alert = next(one for one in story.trial.by_id.values() if one.what.kind == "alert_raised")
    (answer,) = story.do(f"2026-01-20 answer_alert alert={alert.id} answer=x {TESTER}")
    line = f"- retract entry={answer.id} reason_code=other why=mistake by b:"
    let_go = f"- correct entry={answer.id} reason_code=other why=w content='{{\"holds_on\":true}}' {MAKER}"
    assert story.codes(let_go) == {"correct.descent"}  # whether cells are held is answered, never corrected
    assert story.codes(f"{line}safety_board") == set()
    assert story.codes(f"{line}data_manager") == {"role.not_allowed"}
    assert story.codes(f"- retract entry={alert.id} reason_code=other why=x {MAKER}") == {"amend.fixed"}


def test_a_corrected_result_puts_what_rested_on_it_in_question(story: Story) -> None:
    story.tell(GIVEN)
    purity = next(e for e in story.trial.lots[LOT].all(ReleaseTested) if e.what.test == "purity")
    line = f'- correct entry={purity.id} reason_code=typing why=w content=\'{{"value":"60"}}\''
    assert story.codes(f"{line} {MAKER}") == {"amend.one_person", "amend.own_work"}
    _, alert = story.do(f"{line} {QA}")
    assert isinstance(alert.what, AlertRaised)
    assert (alert.about, alert.what.to) == ("S-001", ("investigator", "safety board"))
    assert alert.what.what == f"lot {LOT}, given to this participant: CD3-CD56+ cells failed"
    found = {(one.entry.what.kind, one.reason.code) for one in possible_deviations(story.study, story.trial)}
    assert found >= {("released", "release.failed"), ("issued", "lot.failed_test"), ("infused", "lot.failed_test")}
