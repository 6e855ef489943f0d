"""Values that somebody looks at: the grade is confirmed, changed or left open, and what is significant is an event.

Grades by CTCAE v5.0: anaemia 2 from 80 to below 100 g/L, 3 below 80; platelets 3 from 25 to below 50; sodium of 125
to 129 mmol/L 2, with symptoms 3; potassium above the normal limit 1, which no one knows without the limit.
"""

import pytest
from conduct_story import Story
from harm_refusals import ANAEMIC, ILL, INFUSED, RELATED, last, value

from trialwright.conduct.possible import possible_deviations
from trialwright.errors import FormatError, UsageError
from trialwright.ledger.kinds import AdverseEventReported, ValueMarked
from trialwright.safety.events import adverse_events, event_named
from trialwright.safety.laboratory.values import LabValue, value_named

RANGE = ',"range":{"low":"135","high":"145","unit":"mmol/L"}'


def told(text: str) -> tuple[Story, str]:
    """The story up to a value, and the value's id."""
    return Story().tell(text), f"{last(text)}#1"


@pytest.fixture
def anaemic() -> Story:
    return Story().tell(ANAEMIC)


FACT = f"{last(ANAEMIC)}#1"
MARK = f"2026-01-23 mark_value S-001 fact={FACT}"


def looked_up(story: Story, id: str = FACT) -> LabValue:
    found = value_named(story.study, story.trial, story.trial.casebooks["S-001"], id)
    assert found is not None
    return found


def grades(marked: ValueMarked) -> dict[str, tuple[str, str]]:
    return {one["term"]: (one["computed"], one["confirmed"]) for one in marked.grades}


def correct(entry: str, content: str) -> str:
    return f"- correct entry={entry} reason_code='typing error' why='read again' content='{content}'"


# --- the mark ---------------------------------------------------------------------------------------------------------


def test_a_value_out_of_range_waits_until_it_is_marked(anaemic: Story) -> None:
    assert looked_up(anaemic).waits
    (marked,) = anaemic.do(f"{MARK} significant=no note='after infusion fluids'")
    assert isinstance(marked.what, ValueMarked)
    assert (marked.what.concept, marked.what.value, marked.what.unit) == ("hemoglobin", "95", "g/L")
    assert (marked.what.significant, marked.what.signed_by, marked.what.ctcae) == (False, "inv", "5.0")
    assert grades(marked.what)["Anemia"] == ("2", "2")
    assert not looked_up(anaemic).waits
    assert adverse_events(anaemic.trial, anaemic.trial.casebooks["S-001"]) == ()


def test_an_investigator_signs_the_mark(anaemic: Story) -> None:
    assert anaemic.codes(f"{MARK} significant=no by c:coordinator") == {"signature.none"}
    (marked,) = anaemic.do(f"{MARK} significant=no by c:coordinator with inv-2:investigator")
    assert marked.what.signed_by == "inv-2"


def test_a_significant_value_becomes_an_event_from_its_sample_on(anaemic: Story) -> None:
    marked, event = anaemic.do(f"{MARK} significant=yes {RELATED}")
    assert isinstance(event.what, AdverseEventReported)
    assert (event.what.term, event.what.grade, event.what.ctcae) == ("Anemia", 2, "5.0")
    assert event.what.soc == "Blood and lymphatic system disorders"
    assert event.what.related == {"nk_cells": "related", "chemotherapy": "not related"}
    assert (marked.occurred, event.occurred) == ("2026-01-23", "2026-01-22")
    assert event.causes == (last(ANAEMIC),)
    assert possible_deviations(anaemic.study, anaemic.trial) == ()


def test_a_significant_value_joins_an_event_that_is_there() -> None:
    text = ILL + value("95")
    story, id = told(text)
    (marked,) = story.do(f"2026-01-23 mark_value S-001 fact={id} significant=yes event={last(ILL)}")
    assert marked.what.event == last(ILL)
    assert len(adverse_events(story.trial, story.trial.casebooks["S-001"])) == 1


def test_a_significant_value_of_before_consent_is_no_event_of_the_study() -> None:
    text = INFUSED + value("95", on="2026-01-03").replace("2026-01-03 record", "2026-01-06 record")
    story, id = told(text)
    (marked,) = story.do(f"2026-01-23 mark_value S-001 fact={id} significant=yes")
    assert isinstance(marked.what, ValueMarked)
    assert possible_deviations(story.study, story.trial) == ()


def test_an_automatic_grade_is_changed_by_a_person_and_both_are_kept(anaemic: Story) -> None:
    marked, event = anaemic.do(f"{MARK} significant=yes grades='{{\"anemia\":3}}' {RELATED}")
    assert grades(marked.what)["Anemia"] == ("2", "3")
    assert (event.what.term, event.what.grade) == ("Anemia", 3)


def test_a_term_that_no_rule_computes_is_graded_by_hand(anaemic: Story) -> None:
    marked, event = anaemic.do(f'{MARK} significant=yes grades=\'{{"fatigue":"3"}}\' {RELATED}')
    assert grades(marked.what)["Fatigue"] == ("none", "3")
    assert (event.what.term, event.what.grade) == ("Fatigue", 3)


def test_an_open_grade_is_settled_by_whoever_calls_it_significant_and_may_stay_open_otherwise() -> None:
    story, id = told(INFUSED + value("5.2", concept="potassium", unit="mmol/L"))
    line = f"2026-01-23 mark_value S-001 fact={id}"
    assert story.codes(f"{line} significant=yes {RELATED}") == {"value.grade_open"}
    given = """grades='{"Hyperkalemia":"1","Hypokalemia":"0"}'"""
    assert story.codes(f"{line} significant=yes {given} {RELATED}") == set()
    (marked,) = story.do(f"{line} significant=no")
    assert grades(marked.what)["Hyperkalemia"] == ("0 or 1", "0 or 1")


def test_what_is_said_beside_a_value_counts_for_its_grade_at_once() -> None:
    text = INFUSED + value("127", concept="sodium", unit="mmol/L", range=RANGE)
    story, id = told(text)
    line = f"2026-01-23 mark_value S-001 fact={id} significant=yes {RELATED}"
    assert [one.what.grade for one in Story().tell(text).do(line)[1:]] == [2]
    marked, event = story.do(f"{line} flags=symptomatic")
    assert grades(marked.what)["Hyponatremia"] == ("3", "3")
    assert event.what.grade == 3


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ("significant=yes", {"value.cause_not_judged"}),
        (f"significant=yes {RELATED} serious=yes", {"adverse_event.why_serious"}),
        (f"significant=yes {RELATED} seriousness=hospitalisation", {"adverse_event.not_serious"}),
        (f"significant=yes {RELATED} grades='{{\"Anemia\":5}}'", {"adverse_event.fatal_not_serious"}),
        ("significant=no serious=yes", {"value.no_new_event"}),
        ('significant=no grades=\'{"Anemia":"9"}\'', {"value.no_such_grade"}),
        ('significant=no grades=\'{"Bloodlessness":"1"}\'', {"value.no_such_grade"}),
        (f'significant=yes grades=\'{{"Anemia":"0"}}\' {RELATED}', {"value.no_event"}),
    ],
)
def test_a_mark_is_held_to_what_an_event_is(anaemic: Story, more: str, codes: set[str]) -> None:
    assert anaemic.codes(f"{MARK} {more}") == codes


def test_what_a_mark_cannot_name_is_an_error(anaemic: Story) -> None:
    with pytest.raises(UsageError, match="has no measured value 'a2#1'"):
        anaemic.ask("2026-01-23 mark_value S-001 fact=a2#1 significant=no")
    with pytest.raises(UsageError, match="no adverse event has the id 'a2'"):
        anaemic.ask(f"{MARK} significant=yes event=a2")
    with pytest.raises(FormatError, match="flags: 'symptomatc' is not known"):
        anaemic.ask(f"{MARK} significant=no flags=symptomatc")


# --- when it was wrong ------------------------------------------------------------------------------------------------


def test_a_value_is_marked_once(anaemic: Story) -> None:
    anaemic.do(f"{MARK} significant=no")
    assert anaemic.codes(f"{MARK} significant=no") == {"value.marked"}


def test_a_corrected_number_is_looked_at_again(anaemic: Story) -> None:
    anaemic.do(f"{MARK} significant=no")
    facts = '[{"concept":"hemoglobin","value":"59","unit":"g/L","on":"2026-01-22"}]'
    anaemic.do(correct(last(ANAEMIC), f'{{"facts":{facts}}}'))
    assert looked_up(anaemic).mark is None
    assert looked_up(anaemic).waits
    (marked,) = anaemic.do(f"{MARK} significant=no")
    assert (marked.what.value, grades(marked.what)["Anemia"]) == ("59", ("3", "3"))
    assert looked_up(anaemic).mark == marked


def test_a_corrected_mark_is_computed_anew_and_keeps_what_a_person_gave() -> None:
    text = INFUSED + value("127", concept="sodium", unit="mmol/L", range=RANGE)
    story, id = told(text)
    (marked,) = story.do(f'2026-01-23 mark_value S-001 fact={id} significant=no grades=\'{{"Hypernatremia":"1"}}\'')
    (again,) = story.do(correct(marked.id, '{"flags":["symptomatic"],"value":"999"}'))
    assert again.what.value == "127"
    assert grades(again.what) == {"Hyponatremia": ("3", "3"), "Hypernatremia": ("0", "1")}
    (by_hand,) = story.do(correct(again.id, '{"grades":[{"term":"hyponatremia","confirmed":"4"}]}'))
    assert grades(by_hand.what)["Hyponatremia"] == ("3", "4")


def test_a_corrected_mark_is_held_to_what_a_mark_is(anaemic: Story) -> None:
    (marked,) = anaemic.do(f"{MARK} significant=no")
    nine = '{"grades":[{"term":"Anemia","confirmed":"9"}]}'
    assert anaemic.codes(correct(marked.id, nine)) == {"value.no_such_grade"}
    assert anaemic.codes(correct(marked.id, '{"significant":"yes"}')) == {"value.no_event"}
    with pytest.raises(FormatError, match="each line names its term"):
        anaemic.ask(correct(marked.id, '{"grades":[{"confirmed":"2"}]}'))
    with pytest.raises(FormatError, match="flags: 'tired' is not known"):
        anaemic.ask(correct(marked.id, '{"flags":["tired"]}'))
    with pytest.raises(UsageError, match="no measured value 'a2#9'"):
        anaemic.ask(correct(marked.id, '{"fact":"a2#9"}'))


def test_a_value_newly_called_significant_names_the_event_that_was_reported() -> None:
    story, id = told(ILL + value("95"))
    (marked,) = story.do(f"2026-01-23 mark_value S-001 fact={id} significant=no")
    (again,) = story.do(correct(marked.id, f'{{"significant":"yes","event":"{last(ILL)}"}}'))
    assert (again.what.significant, again.what.event) == (True, last(ILL))
    assert event_named(story.trial, last(ILL)) is not None
    assert story.codes(f"- retract entry={last(ILL)} reason_code=duplicate why=w") == {"retract.used"}


def test_a_correction_takes_the_signature_of_the_mark_away_until_it_is_signed_again(anaemic: Story) -> None:
    (marked,) = anaemic.do(f"{MARK} significant=no")
    diluted = correct(marked.id, '{"note":"diluted"}')
    (again,) = anaemic.do(f"{diluted} by c:coordinator")
    assert again.what.signed_by is None
