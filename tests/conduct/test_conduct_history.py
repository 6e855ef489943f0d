"""A table of the past: order and identity only, every entry marked historical."""

from dataclasses import replace

import pytest
from conduct_story import Story, small_study

from trialwright.ledger import Mood
from trialwright.ledger.kinds import Enrolled, FactsRecorded, Relapsed, ResponseAssessed

LINE = "- record_history code=P-1 enrolled_on=2000-01-01 disease_status=active"


@pytest.fixture
def story() -> Story:
    return Story(study=replace(small_study(), historical=True))


def test_one_line_of_a_table_becomes_a_history_in_order(story: Story) -> None:
    entries = story.do(
        f"{LINE} remission_on=2000-02-14 relapse_on=2000-06-01 transplant_on=2000-07-01 last_contact_on=2000-08-01 "
        'death_on=2000-08-23 born=1950-06-07 sex=female strata=\'{"arm":"B"}\''
    )
    assert [entry.what.kind for entry in entries] == [
        "enrolled",
        "facts_recorded",
        "response_assessed",
        "transplanted",
        "relapsed",
        "contacted",
        "died",
    ]
    assert {entry.mood for entry in entries} == {Mood.HISTORICAL}
    assert {entry.about for entry in entries} == {"P-1"}
    assert entries[0].what == Enrolled(
        1, "active", "not stated", False, None, None, {"arm": "B"}, None, "taken over from a table"
    )
    assert entries[1].what == FactsRecorded((), "1950", "female", None, 49)
    assert (entries[2].what, entries[2].occurred) == (
        ResponseAssessed("CR", by_criteria="as the table says"),
        "2000-02-14",
    )


def test_a_remission_at_day_0_belongs_to_the_enrolment(story: Story) -> None:
    (entry,) = story.do(f"{LINE} remission_on=1999-12-20 remission_category=CRi")
    assert (entry.what.in_remission, entry.what.remission_on, entry.what.remission_category) == (
        True,
        "1999-12-20",
        "CRi",
    )


def test_the_table_or_the_studys_word_says_whether_somebody_was_in_remission(story: Story) -> None:
    (word,) = story.do(LINE.replace("active", "CR1"))
    (said,) = story.do(LINE.replace("P-1", "P-2") + " in_remission=yes")
    (kept,) = story.do(LINE.replace("P-1", "P-3") + " remission_on=2000-02-01 in_remission=no")[:1]
    assert (word.what.in_remission, said.what.in_remission, kept.what.in_remission) == (True, True, False)


def test_a_disease_assessment_without_relapse_is_kept_as_one(story: Story) -> None:
    _, seen = story.do(f"{LINE.replace('active', 'CR1')} last_assessed_on=2001-05-05")
    assert (seen.what, seen.occurred) == (
        ResponseAssessed("remission kept", by_criteria="as the table says"),
        "2001-05-05",
    )


def test_a_relapse_without_a_remission_is_taken_as_the_table_has_it(story: Story) -> None:
    """R's `survival::myeloid` has 20 such people; a table of the past is not argued with."""
    _, relapsed = story.do(f"{LINE} relapse_on=2000-06-01")
    assert relapsed.what == Relapsed("not stated")


@pytest.mark.parametrize(
    "dates",
    [
        "death_on=1999-12-31",
        "relapse_on=1999-12-31",
        "remission_on=2000-03-01 relapse_on=2000-02-01",
        "relapse_on=2000-03-01 death_on=2000-02-01",
        "last_contact_on=2000-03-01 death_on=2000-02",
        "transplant_on=2000-03-01 death_on=2000-02-29",
        "last_assessed_on=2001 death_on=2000",
    ],
)
def test_dates_certainly_out_of_order_are_refused(story: Story, dates: str) -> None:
    assert story.codes(f"{LINE} {dates}") == {"history.order"}


@pytest.mark.parametrize(
    "dates",
    [
        "relapse_on=2000-02-01 death_on=2000-02-01",
        "last_contact_on=2000-02-15 death_on=2000-02",
        "relapse_on=2000-01 remission_on=2000-01-20",
        "lost_on=2001-01-01",
    ],
)
def test_dates_that_may_be_in_order_are_taken(story: Story, dates: str) -> None:
    assert story.codes(f"{LINE} {dates}") == set()


def test_a_person_comes_once_under_a_code_that_names_a_person(story: Story) -> None:
    story.do(LINE)
    assert story.codes(LINE) == {"history.exists"}
    for code in ("L-1", "C-1", "D-1"):
        assert story.codes(LINE.replace("P-1", code)) == {"history.code"}


def test_numbers_go_on_and_follow_up_needs_no_consent(story: Story) -> None:
    story.do(LINE)
    (second,) = story.do(LINE.replace("P-1", "P-2"))
    assert second.what.number == 2
    assert story.codes("2001-01-01 contact P-1 how=letter") == set()
