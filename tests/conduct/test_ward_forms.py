"""The ward's own forms: rows, vital signs, every fault at its field, and how the forms of a visit stand."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from conduct_story import ZONE, Story, small_study
from harm_refusals import INFUSED, TREATED
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.conduct import ACTS, read_what, word_faults
from trialwright.conduct.answers import answer_faults, row_faults, row_form
from trialwright.conduct.form_state import FormState, form_state
from trialwright.conduct.forms import check_answers
from trialwright.conduct.rows import form_rows
from trialwright.conduct.vitals import SIGNS, Vitals, sign_faults, unusual_signs
from trialwright.conduct.vitals_grid import next_moment, vitals_grid
from trialwright.conduct.vitals_plan import later, planned_moments
from trialwright.errors import FormatError
from trialwright.facts import LocalTime, parse_occurred
from trialwright.ledger.kinds import FactsRecorded, FormRowRecorded, VitalsTaken
from trialwright.safety.laboratory.measured import measured
from trialwright.study.ward import VitalsPlan

ROW = """2026-01-21 record_row S-001 form=medications answers='{"drug":"aciclovir","began_on":"2026-01-20"}'"""
ENDED = """2026-02-01 follow_row S-001 form=medications row=1 answers='{"ended_on":"2026-02-01"}'"""


def moment(text: str) -> LocalTime:
    found = parse_occurred(f"{text}{ZONE}")
    assert isinstance(found, LocalTime)
    return found


def refused_words(story: Story, line: str) -> str:
    with pytest.raises(FormatError) as fault:
        story.ask(line)
    return fault.value.message


def fault_of(read: Callable[[], object]) -> str | None:
    """What is said where something cannot be read; None where it can."""
    try:
        read()
    except FormatError as fault:
        return fault.message
    return None


# --- rows -------------------------------------------------------------------------------------------------------------


def test_a_row_is_followed_and_stands_with_the_newest_answer_of_every_item() -> None:
    story = Story().tell(f"{TREATED}{ROW}\n{ENDED}")
    book = story.trial.casebooks["S-001"]
    (row,) = form_rows(story.study, book, "medications")
    assert dict(row.answers) == {"drug": "aciclovir", "began_on": "2026-01-20", "ended_on": "2026-02-01"}
    assert (row.began, row.ended) == ("2026-01-20", "2026-02-01")
    first, second = (entry.id for entry in book.all(FormRowRecorded))
    assert row.given_by["drug"] == first
    assert row.given_by["ended_on"] == second
    assert row.entries == (first, second)


def test_a_correction_of_a_row_takes_its_days_from_the_new_answers() -> None:
    story = Story().tell(f"{TREATED}{ROW}")
    id = story.trial.casebooks["S-001"].all(FormRowRecorded)[0].id
    content = """{"answers":{"drug":"aciclovir","began_on":"2026-01-19"}}"""
    story.do(f"- correct entry={id} reason_code='typing error' why=misread content='{content}'")
    (row,) = form_rows(story.study, story.trial.casebooks["S-001"], "medications")
    assert row.began == "2026-01-19"


def test_a_number_once_given_to_a_row_is_not_given_again() -> None:
    story = Story().tell(f"{TREATED}{ROW}")
    id = story.trial.casebooks["S-001"].all(FormRowRecorded)[0].id
    story.do(f"- retract entry={id} reason_code='wrong person' why=another")
    story.do(ROW)
    (row,) = form_rows(story.study, story.trial.casebooks["S-001"], "medications")
    assert row.row == 2


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"drug": "x"}, {"began_on": "missing"}),
        ({}, {"drug": "missing", "began_on": "missing"}),
        ({"drug": "x", "began_on": "soon"}, {"began_on": "soon"}),
        ({"drug": "x", "began_on": "2026-01-05", "dose": "many"}, {"dose": "many"}),
        ({"drug": "x", "began_on": "2026-01-05", "route": "oral"}, {"route": "does not ask"}),
        ({"drug": "x", "began_on": "2026-01-05", "ended_on": "2026-01-04"}, {"ended_on": "before"}),
        ({"drug": "x", "began_on": "soon", "dose": "many"}, {"began_on": "soon", "dose": "many"}),
        ({"drug": "x", "began_on": "2026-01"}, {}),
    ],
)
def test_every_fault_of_a_row_is_said_at_its_item(answers: dict[str, str], said: dict[str, str]) -> None:
    found = row_faults(row_form(small_study(), "medications"), answers)
    assert found.keys() == said.keys()
    assert all(part in found[item] for item, part in said.items())


def test_a_row_that_ends_before_it_began_is_not_kept_however_the_end_comes() -> None:
    story = Story().tell(f"{TREATED}{ROW}")
    assert "before" in refused_words(story, ENDED.replace('"2026-02-01"', '"2026-01-02"'))


def test_a_form_that_does_not_repeat_takes_no_rows() -> None:
    story = Story().tell(TREATED)
    told = refused_words(story, """2026-01-21 record_row S-001 form=heart answers='{"lvef":"60 %"}'""")
    assert "no form of rows 'heart'" in told


# --- vital signs ------------------------------------------------------------------------------------------------------


def test_vital_signs_become_facts_of_their_moment_and_criteria_see_them() -> None:
    line = "2026-01-20T14:15 take_vitals S-001 moment='15 min' temperature_c=38.2 pulse=110 respiratory_rate=20"
    story = Story().tell(f"{INFUSED}{line}")
    book = story.trial.casebooks["S-001"]
    (taken,) = book.all(VitalsTaken)
    assert (taken.what.infusion, taken.what.moment, taken.what.temperature_c) == (1, "15 min", "38.2")
    facts = book.all(FactsRecorded)[-1].what.facts
    assert [fact["concept"] for fact in facts] == ["temperature", "heart_rate"]  # the library has none of breaths
    newest = measured(story.trial, book, "temperature")[-1]
    assert (str(newest.quantity), str(newest.on)) == ("38.2 Cel", f"2026-01-20T14:15{ZONE}")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("temperature_c=98.6", "25 to 45 Cel"),
        ("pulse=none", "pulse"),
        ("spo2_percent=101", "0 to 100"),
        ("systolic=80 diastolic=120", "above the systolic"),
        ("moment='7 min' pulse=80", "none that the study plans"),
        ("moment='45 min' pulse=80", "none that the study plans"),
        ("", "nothing was measured"),
    ],
)
def test_signs_nobody_alive_can_have_and_moments_nobody_planned_are_not_kept(words: str, said: str) -> None:
    story = Story().tell(INFUSED)
    assert said in refused_words(story, f"2026-01-20T14:15 take_vitals S-001 {words}")


@pytest.mark.parametrize("name", ["0 min", "30 min", "60 min", "90 min", "unplanned"])
def test_the_planned_moments_and_unplanned_ones_are_kept(name: str) -> None:
    story = Story().tell(INFUSED)
    assert story.codes(f"2026-01-20T15:30 take_vitals S-001 moment='{name}' pulse=80") == set()


def test_an_unusual_sign_is_asked_about_and_kept() -> None:
    odd = Vitals(temperature_c="34.0", pulse="200", spo2_percent="97")
    assert sign_faults(odd) == {}
    assert unusual_signs(odd).keys() == {"temperature_c", "pulse"}


@given(
    st.fixed_dictionaries({name: st.none() | st.integers(-50, 400).map(str) | st.text(max_size=4) for name in SIGNS})
)
def test_no_sign_is_both_impossible_and_merely_unusual(signs: dict[str, str | None]) -> None:
    words = Vitals(**signs)  # type: ignore[arg-type]
    assert not sign_faults(words).keys() & unusual_signs(words).keys()


PLAN = VitalsPlan(minutes=(0, 5, 15, 30), then_every_minutes=30, hours_after_end=(1, 24), late_after_minutes=5)


def test_the_moments_go_on_until_the_end_and_are_then_counted_from_it() -> None:
    start, end = moment("2026-01-20T14:00"), moment("2026-01-20T15:05")
    names = [one.name for one in planned_moments(PLAN, start, end, end)]
    assert names == ["0 min", "5 min", "15 min", "30 min", "60 min", "end + 1 h", "end + 24 h"]
    running = [one.name for one in planned_moments(PLAN, start, None, moment("2026-01-20T14:40"))]
    assert running == ["0 min", "5 min", "15 min", "30 min", "60 min"]


def test_hours_after_the_end_run_through_a_change_of_the_clocks() -> None:
    start = LocalTime(parse_occurred("2026-03-28T20:00+01:00[Europe/Berlin]").wall, 60, "Europe/Berlin")  # type: ignore[union-attr]
    last = planned_moments(PLAN, start, start, start)[-1]
    assert str(last.at) == "2026-03-29T21:00+02:00[Europe/Berlin]"


@given(st.integers(0, 600), st.integers(0, 1500))
def test_every_moment_lies_after_the_one_before_and_none_from_the_start_after_the_end(end: int, now: int) -> None:
    start = moment("2026-01-20T14:00")
    ended = later(start, end)
    found = planned_moments(PLAN, start, ended, later(start, now))
    instants = [one.at.instant for one in found]
    assert instants == sorted(instants)
    assert all(one.at.instant <= ended.instant for one in found if one.name.endswith("min"))
    assert [one.name for one in found][-2:] == ["end + 1 h", "end + 24 h"]


def test_the_grid_says_what_was_taken_late_missed_due_and_is_ahead() -> None:
    story = Story().tell(
        f"""{INFUSED}
        2026-01-20T14:00 take_vitals S-001 moment='0 min' pulse=80
        2026-01-20T14:13 take_vitals S-001 moment='5 min' pulse=82
        2026-01-20T14:17 take_vitals S-001 pulse=99 note=shivers
        """
    )
    book = story.trial.casebooks["S-001"]
    grid = vitals_grid(story.study, book, book.infusions[0], moment("2026-01-20T14:33"))
    assert [(line.name, line.state, line.late_by) for line in grid] == [
        ("0 min", "taken", 0),
        ("5 min", "taken late", 8),
        ("15 min", "missed", 18),
        ("unplanned", "unplanned", None),
        ("30 min", "due", 3),
        ("60 min", "ahead", None),
    ]
    now = next_moment(story.study, book, moment("2026-01-20T14:33"))
    assert now is not None
    assert (now.name, now.seconds) == ("30 min", -180)
    before = next_moment(story.study, book, moment("2026-01-20T14:29"))
    assert before is not None
    assert (before.name, before.seconds) == ("15 min", -840)


# --- every fault of typed words, each at its field --------------------------------------------------------------------

TYPED = st.one_of(
    st.none(),
    st.text(max_size=6),
    st.sampled_from(["yes", "no", "3", "-1", "2026-01-05", "2026-13-05", "CR", "L-1", "[", "{}", '["a"]', "0", "97"]),
    st.integers(-2, 200),
    st.booleans(),
)


@given(st.sampled_from(sorted(ACTS)), st.data())
def test_words_have_no_fault_exactly_where_they_are_read(name: str, data: st.DataObject) -> None:
    act = ACTS[name]
    names = [part.name for part in fields(act.fields)] or ["none"]
    typed: dict[str, Any] = data.draw(st.dictionaries(st.sampled_from([*names, "no_such_word"]), TYPED, max_size=8))
    found = word_faults(act, typed)
    first = fault_of(lambda: read_what(act, typed))
    assert (first is None) is (found == {})
    missing = [name for name, said in found.items() if said.endswith("missing. Give a value for each.")]
    assert first is None or first in found.values() or all(name in first for name in missing)


def test_several_faults_stand_each_at_its_own_field() -> None:
    found = word_faults(ACTS["visit"], {"mode": "by post", "answers": "yes", "where": "here"})
    assert found.keys() == {"visit", "mode", "answers", "where"}
    assert found["mode"].startswith("visit: mode: 'by post' is not known.")
    assert "not a field" in found["where"]


# --- answers of a visit -----------------------------------------------------------------------------------------------


def test_all_faults_of_a_page_are_said_at_once_and_doubts_apart() -> None:
    answers = {
        "heart.lvef": "600 %",
        "heart.beats": "many",
        "heart.rhythm": "flutter",
        "heart.seen_on": "2026-03-01",
        "heart.pulse": "80",
        "medications.drug": "x",
    }
    found = answer_faults(small_study(), "d7", answers, on="2026-01-27")
    assert list(found.errors) == ["heart.beats", "heart.rhythm", "heart.pulse", "medications.drug"]
    assert "not a whole number" in found.errors["heart.beats"]
    assert "record_row" in found.errors["medications.drug"]
    assert list(found.warnings) == ["heart.lvef", "heart.seen_on"]


def test_a_visit_takes_the_answers_of_its_own_forms_alone() -> None:
    found = answer_faults(small_study(), "r6", {"heart.lvef": "60 %"})
    assert "does not have the form heart" in found.errors["heart.lvef"]
    assert answer_faults(small_study(), "unscheduled", {"heart.lvef": "60 %"}).errors == {}


@given(
    st.dictionaries(
        st.sampled_from(["heart.lvef", "heart.rhythm", "heart.pain", "heart.seen_on", "heart.beats", "heart.no"]),
        st.sampled_from(["60 %", "sinus", "yes", "2026-01-05", "12", "odd", "", None]),
    )
)
def test_a_page_without_errors_is_one_that_the_act_keeps(answers: dict[str, Any]) -> None:
    found = answer_faults(small_study(), "d7", answers)
    first = fault_of(lambda: check_answers(small_study(), answers))
    assert (first is None) is (found.errors == {})
    assert first is None or first in found.errors.values()


# --- how the forms of a visit stand -----------------------------------------------------------------------------------


def heart(story: Story, visit: str = "d7", on: date = date(2026, 1, 27)) -> FormState:
    return form_state(story.study, story.trial, story.trial.casebooks["S-001"], visit, on).forms[0]


def test_a_form_is_not_started_then_incomplete_then_complete() -> None:
    story = Story().tell(INFUSED)
    assert heart(story).state == "not started"
    story.do("""2026-01-27 visit S-001 visit=d7 answers='{"heart.pain":"no"}'""")
    assert (heart(story).state, heart(story).missing) == ("incomplete", ("heart.lvef",))
    id = story.trial.casebooks["S-001"].entries[-1].id
    content = """{"answers":{"heart.pain":"no","heart.lvef":"61 %"}}"""
    corrected = story.do(f"- correct entry={id} reason_code='newly known' why=late content='{content}'")
    assert heart(story).state == "complete"
    answers = {item.name: (item.answer, item.entry) for item in heart(story).items if item.answered}
    assert answers == {"heart.pain": ("no", corrected[0].id), "heart.lvef": ("61 %", corrected[0].id)}


def test_a_missed_visit_has_missed_forms_and_an_item_its_help() -> None:
    story = Story().tell(f"{INFUSED}2026-01-27 visit S-001 visit=d7 mode=missed")
    assert heart(story).state == "missed"
    lvef = heart(story).items[0]
    assert (lvef.unit, lvef.required, lvef.last, lvef.last_on) == ("%", True, "62 %", "2026-01-06")


def test_facts_that_name_the_visit_are_answers_to_it() -> None:
    fact = """[{"concept":"lvef","value":"58","unit":"%","on":"2026-01-27"}]"""
    story = Story().tell(f"{INFUSED}2026-01-27 record_facts S-001 visit=d7 facts='{fact}'")
    assert (heart(story).state, heart(story).items[0].answer) == ("complete", "58 %")


@settings(deadline=None, max_examples=40)  # a whole story is told for each
@given(st.dictionaries(st.sampled_from(["lvef", "rhythm", "pain", "beats"]), st.booleans(), max_size=4))
def test_a_form_is_complete_exactly_where_no_required_item_is_missing(said: dict[str, bool]) -> None:
    values = {"lvef": "60 %", "rhythm": "sinus", "pain": "no", "beats": "3"}
    story = Story().tell(INFUSED)
    answers = ",".join(f'"heart.{name}":"{values[name] if given else ""}"' for name, given in said.items())
    story.do(f"2026-01-27 visit S-001 visit=d7 answers='{{{answers}}}'")
    state = heart(story)
    required = [item for item in state.items if item.required and not item.answered]
    assert (state.state == "complete") is (required == []) is said.get("lvef", False)
    assert state.missing == tuple(item.name for item in required)
