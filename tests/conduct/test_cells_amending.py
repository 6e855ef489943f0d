"""Corrections about cells: nobody's cells become another's by typing, and volumes still add up."""

import pytest
from cell_story import COLLECTION, DONOR, DOSE, GIVEN, LOT, MADE, MAKER, NURSE, SECOND_DOSE, cell_trial, patient
from conduct_story import Story

from trialwright.cells.volumes import left_of
from trialwright.conduct.possible import possible_deviations
from trialwright.ledger.kinds import (
    BedsideChecked,
    Collected,
    Discarded,
    Divided,
    DonorJudged,
    DonorRegistered,
    DoseMade,
    Issued,
    LabelPrinted,
    LotMade,
    ReleaseTested,
    Sampled,
    What,
)

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
    ],
)
def test_no_correction_gives_cells_to_another_or_another_descent(
    story: Story, name: str, field: str, value: str
) -> None:
    story.tell(GIVEN)
    assert "correct.descent" in story.codes(correct(story, name, field, value))


@pytest.mark.parametrize(
    ("name", "field", "fits", "too_much"),
    [
        ("lot", "volume_ml", "121", "119"),
        ("lot", "taken_ml", "60", "60.5"),
        ("collection", "volume_ml", "61", None),
        ("sample", "volume_ml", "1.5", "2.5"),
        ("division", "rest_ml", "1", "2.1"),
        ("dose", "volume_ml", "69", "71"),
    ],
)
def test_after_a_correction_no_more_was_taken_than_there_was(
    story: Story, name: str, field: str, fits: str, too_much: str | None
) -> None:
    story.tell(SAMPLED)
    assert left_of(story.trial, LOT) == 0
    assert story.codes(correct(story, name, field, fits)) == set()
    if too_much is not None:
        assert story.codes(correct(story, name, field, too_much)) == {"correct.volume"}


def test_a_discarded_part_counts_too(story: Story) -> None:
    before, mark, after = WHOLE.partition(f"2026-01-20T07:00 divide {LOT}")
    spilt = f"2026-01-20T06:30 discard {LOT} reason=spilt volume_ml=20 {MAKER} with lab-2:cell_laboratory\n"
    story.tell(before + spilt + mark + after.replace("volumes_ml=120", "volumes_ml=100"))
    assert story.codes(correct(story, "spill", "volume_ml", "21")) == {"correct.volume"}
    assert story.codes(correct(story, "spill", "volume_ml", "19")) == set()


@pytest.mark.parametrize("name", ["donor", "collection", "lot", "division", "dose"])
def test_what_other_cells_came_of_is_not_taken_back(story: Story, name: str) -> None:
    story.tell(GIVEN)
    assert "retract.used" in story.codes(retract(story, name))


@pytest.mark.parametrize("name", ["sample", "test"])
def test_what_nothing_came_of_is_taken_back(story: Story, name: str) -> None:
    story.tell(SAMPLED)
    assert story.codes(retract(story, name)) == set()


@pytest.mark.parametrize("name", ["label", "check"])
def test_what_a_printer_or_a_scanner_did_stays(story: Story, name: str) -> None:
    story.tell(GIVEN)
    assert story.codes(retract(story, name, NURSE)) == {"amend.fixed"}


def test_cells_are_amended_by_the_laboratory_and_donors_by_both(story: Story) -> None:
    story.tell(WHOLE)
    assert story.codes(correct(story, "test", "method", "flow", NURSE)) == {"role.not_allowed"}
    assert story.codes(correct(story, "test", "method", "flow")) == set()
    for by in (NURSE, MAKER):
        assert story.codes(correct(story, "collection", "anticoagulant", "ACD-A", by)) == set()


def test_an_answer_to_an_alert_is_amended_by_all_who_may_answer(story: Story) -> None:
    story.tell(WHOLE.replace("temperature_c=4", "temperature_c=9.5"))
    alert = next(one for one in story.trial.by_id.values() if one.what.kind == "alert_raised")
    (answer,) = story.do(f"2026-01-20 answer_alert alert={alert.id} answer=x {MAKER}")
    line = f"- retract entry={answer.id} reason_code=other why=mistake by b:"
    assert story.codes(f"{line}safety_board") == set()
    assert story.codes(f"{line}data_manager") == {"role.not_allowed"}
    assert story.codes(f"- retract entry={alert.id} reason_code=other why=x {MAKER}") == {"amend.fixed"}


def test_a_corrected_result_puts_what_rested_on_it_in_question(story: Story) -> None:
    story.tell(GIVEN)
    purity = next(e for e in story.trial.lots[LOT].all(ReleaseTested) if e.what.test == "purity")
    story.do(f'- correct entry={purity.id} reason_code=typing why=w content=\'{{"value":"60"}}\' {MAKER}')
    found = {(one.entry.what.kind, one.reason.code) for one in possible_deviations(story.study, story.trial)}
    assert found >= {("released", "release.failed"), ("issued", "lot.failed_test"), ("infused", "lot.failed_test")}
