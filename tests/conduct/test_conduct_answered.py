"""What answers become: every criterion of the reference study can be answered by its forms, by whoever it asks."""

from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from trialwright.conduct import ACTS, judge_person
from trialwright.conduct.answered import (
    answered,
    coded_in,
    codes_of,
    questions_for,
    role_asked,
    screening_visit,
    units_for,
)
from trialwright.conduct.forms import form_items
from trialwright.conduct.words import read_words, word_faults
from trialwright.criteria import Anchors, Eligible, read_facts
from trialwright.errors import FormatError
from trialwright.facts import parse_occurred
from trialwright.ledger import Actor
from trialwright.study import Study, criteria_of, read_study

WANG, LI = Actor("wang", "investigator"), Actor("li", "coordinator")
DAY = "2026-03-02"
MET = {
    "eligibility.born": "1980-05-06",
    "eligibility.sex": "female",
    "eligibility.diagnosis": "C92.000",
    "eligibility.status_fits": "yes",
    "eligibility.severe_infection": "no",
    "eligibility.other_malignancy": "no",
    "eligibility.pregnancy": "no",
    "eligibility.lactation": "no",
    "eligibility.unsuitable": "no",
    "laboratory.alt": "31",
    "laboratory.ast": "28",
    "laboratory.bilirubin": "14",
    "laboratory.creatinine": "80",
    "heart.lvef": "61",
}
RANGES = {"laboratory.alt": "9-50", "laboratory.ast": "15-40", "laboratory.bilirubin": "3.4-20.5"}


@cache
def reference() -> Study:
    text = files("trialwright.studies").joinpath("nct05333705/study.yaml").read_text(encoding="utf-8")
    return read_study(text, "study.yaml").study


def judged(answers: dict[str, str], by: Actor = WANG) -> Any:
    said = answered(reference(), answers, DAY, by=by, ranges=RANGES)
    facts = [*said.facts, {"signed": "consent", "on": "2026-03-01"}]
    person = read_facts({"facts": facts, "born": said.born, "sex": said.sex})
    day = parse_occurred(DAY)
    moments = {"consent": parse_occurred("2026-03-01"), "screening": day, "enrolment": day}
    return judge_person(reference(), person, day.latest, Anchors(moments))


def undecided(answers: dict[str, str], by: Actor = WANG) -> set[str]:
    return {one.criterion.id for one in judged(answers, by).undecided}


def test_answers_to_every_question_decide_every_criterion() -> None:
    assert judged(MET).eligible is Eligible.YES


@pytest.mark.parametrize(
    ("question", "criterion"),
    [
        ("eligibility.born", "inc-age"),
        ("eligibility.diagnosis", "inc-1-diagnosis"),
        ("eligibility.status_fits", "inc-1-status"),
        ("eligibility.severe_infection", "exc-1-infection"),
        ("eligibility.other_malignancy", "exc-1-malignancy"),
        ("eligibility.pregnancy", "exc-2-pregnancy"),
        ("eligibility.unsuitable", "exc-3-investigator"),
        ("laboratory.alt", "inc-2-alt"),
        ("laboratory.creatinine", "inc-2-creatinine"),
        ("heart.lvef", "inc-2-lvef"),
    ],
)
def test_a_question_without_an_answer_leaves_its_criterion_open_and_is_named_for_it(
    question: str, criterion: str
) -> None:
    without = {name: answer for name, answer in MET.items() if name != question}
    assert undecided(without) == {criterion}
    assert undecided(MET | {question: ""}) == {criterion}
    rule = next(one.rule for one in criteria_of(reference().eligibility) if one.id == criterion)
    visit = screening_visit(reference())
    assert visit is not None
    assert question in questions_for(reference(), rule, visit.forms)


def test_not_known_is_no_answer() -> None:
    assert undecided(MET | {"eligibility.severe_infection": "unknown"}) == {"exc-1-infection"}


def test_every_criterion_has_a_question_of_the_screening() -> None:
    visit = screening_visit(reference())
    assert visit is not None
    for criterion in criteria_of(reference().eligibility):
        assert questions_for(reference(), criterion.rule, visit.forms), criterion.id


def test_an_opinion_counts_only_from_the_role_that_is_asked() -> None:
    assert role_asked(reference(), "unsuitable") == "investigator"
    assert undecided(MET, by=LI) == {"inc-1-status", "exc-3-investigator"}


def test_the_laboratorys_own_range_goes_with_the_value() -> None:
    said = answered(reference(), {"laboratory.alt": "120"}, DAY, ranges={"laboratory.alt": "9-45"})
    assert said.facts == ({"concept": "alt", "value": "120", "unit": "U/L", "on": DAY, "range": "9-45"},)
    barred = {one.criterion.id for one in judged(MET | {"laboratory.alt": "120"}).barring}
    assert barred == set()  # 2.5 x 50


def test_results_bear_the_day_of_their_own_form() -> None:
    said = answered(reference(), {"laboratory.alt": "31", "heart.lvef": "61"}, DAY, dates={"laboratory": "2026-02-27"})
    assert [fact["on"] for fact in said.facts] == ["2026-02-27", DAY]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"ranges": {"laboratory.alt": "high"}}, "ranges: laboratory.alt: "),
        ({"dates": {"laboratory": "yesterday"}}, "dates: laboratory: "),
    ],
)
def test_a_range_or_a_day_that_nobody_can_read_is_told_at_its_place(more: dict[str, Any], told: str) -> None:
    with pytest.raises(FormatError, match=told):
        answered(reference(), {"laboratory.alt": "31"}, DAY, **more)


def test_a_code_is_one_of_the_value_sets_own_system() -> None:
    assert coded_in(reference(), "AML") == ("diagnosis", "ICD-10")
    assert "C92.0" in codes_of(reference(), "AML")


def test_a_number_may_be_typed_in_every_unit_that_can_be_converted() -> None:
    items = form_items(reference())
    assert set(units_for(reference(), items["laboratory.creatinine"])) >= {"umol/L", "mg/dL"}
    assert units_for(reference(), items["laboratory.creatinine"])[0] == "umol/L"
    assert "mg/dL" not in units_for(reference(), items["laboratory.alt"])
    assert units_for(reference(), items["baseline.ecog"]) == ()


# --- faults of words --------------------------------------------------------------------------------------------------

EVENT = ACTS["report_adverse_event"]


def test_every_field_says_what_is_wrong_with_it_at_once() -> None:
    typed = {
        "grade": "9",
        "serious": "maybe",
        "related": {"cells": "yes"},
        "resolved_on": "2026-13-40",
        "outcome": "gone",
    }
    found = word_faults(EVENT.name, EVENT.fields, typed)
    assert set(found) == {"term", "grade", "serious", "related", "resolved_on", "outcome"}
    assert found["term"] == "An answer is needed here."
    assert found["grade"] == "9 was given; 1 to 5 was expected."


def test_words_without_a_fault_are_read() -> None:
    typed = {"term": "Fever", "grade": "1", "serious": "no", "related": {"nk_cells": "related"}}
    assert word_faults(EVENT.name, EVENT.fields, typed) == {}
    assert read_words(EVENT.name, EVENT.fields, typed).grade == 1


@pytest.mark.parametrize("name", list(ACTS))
def test_nothing_typed_names_the_fields_that_reading_misses(name: str) -> None:
    act = ACTS[name]
    found = word_faults(name, act.fields, {})
    if found:
        with pytest.raises(FormatError, match="missing"):
            read_words(name, act.fields, {})
    else:
        read_words(name, act.fields, {})
