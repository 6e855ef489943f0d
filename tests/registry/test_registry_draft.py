"""A study drafted from a record: nothing lost, nothing guessed, nothing that runs before a person has confirmed it."""

import dataclasses
import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from trialwright.registry import Draft, Record, draft_study, read_record
from trialwright.registry.record import parse_record
from trialwright.registry.words import format_yaml
from trialwright.study import check_study, read_study

REFERENCE = Path(str(files("trialwright.studies").joinpath("nct05333705/NCT05333705.json")))
RECORDS = [REFERENCE, *sorted((Path(__file__).parents[1] / "data" / "registry").glob("*.json"))]


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner)
    else:
        yield str(value)


def lost(record: Record, draft: Draft) -> Counter[str]:
    """The record's values that the draft's `record` block has not got; results are left out on purpose."""
    study = read_study(draft.study_text, "study.yaml").study
    assert study.record is not None
    kept = {key: value for key, value in record.whole.items() if key != "resultsSection"}
    return Counter(leaves(kept)) - Counter(leaves(dataclasses.asdict(study.record)))


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_every_line_of_a_real_record_is_in_its_draft(path: Path) -> None:
    record = read_record(path)
    assert not lost(record, draft_study(record))


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_draft_reads_back_and_has_errors_until_a_person_confirms(path: Path) -> None:
    draft = draft_study(read_record(path))
    file = read_study(draft.study_text, "study.yaml")
    errors = {finding.code for finding in check_study(file) if finding.level == "error"}
    assert {"unconfirmed", "no-site", "no-consent-document", "no-endpoint", "open-question"} <= errors
    for line in file.study.eligibility.criteria:
        assert line.confirmed is None
        assert line.source == "registry"
        assert line.rule.startswith(("opinion ", "age ")) or line.rule in ("female", "male")


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_draft_is_yaml_to_another_reader_too(path: Path) -> None:
    """PyYAML's own loader (YAML 1.1) finds the same texts: no word of ours is a yes, a no or a number to it."""
    draft = draft_study(read_record(path))
    study = read_study(draft.study_text, "study.yaml").study
    other = yaml.safe_load(draft.study_text)
    assert other["record"]["eligibility_text"] == study.record.eligibility_text if study.record else False
    assert [line["text"] for line in other["eligibility"]["criteria"]] == [
        line.text for line in study.eligibility.criteria
    ]


def test_the_reference_records_draft_asks_what_the_record_leaves_open() -> None:
    draft = draft_study(read_record(REFERENCE))
    asked = "\n".join(question.text for question in draft.questions)
    for what in (
        "3.0 mg/dL is 265.2 umol/L, but the same line allows 260 umol/L",
        "names no time window",
        '"mainly" is no rule',
        '"normal", and the limit is 2.5 times the upper limit',
        '"Interventional cohort": who is that?',
        '"Guidelines": which edition?',
        '"NCCN": which edition?',
        "consolidation of the guidelines is cytarabine alone",
        "whoever is in a first induction, not yet assessed, belongs to neither",
        "no dose",
        "dose-limiting toxicity",
        "stopping rule",
        "with 15 participants and no control",
        "Which sites take part",
        "corticosteroids blunt NK cells",
        "overall survival at 2 years of Interventional cohort",
    ):
        assert what in asked, what


def test_the_reference_records_draft_keeps_each_bullet_as_a_question_to_the_investigator() -> None:
    study = read_study(draft_study(read_record(REFERENCE)).study_text).study
    rows = [(line.id, line.bullet) for line in study.eligibility.criteria]
    assert rows == [
        ("inc-age", "ages"),
        ("inc-1", "inclusion 1"),
        ("inc-2", "inclusion 2"),
        ("inc-3", "inclusion 3"),
        ("exc-1", "exclusion 1"),
        ("exc-2", "exclusion 2"),
        ("exc-3", "exclusion 3"),
    ]
    assert study.eligibility.criteria[0].rule == "age 18..80 years"
    first = study.eligibility.criteria[1]
    assert '\\"Chinese Diagnosis and Treatment Guidelines of AML\\"' in first.rule
    assert study.enrolment.target == 15


def test_what_the_shipped_study_says_of_the_record_is_what_a_draft_says() -> None:
    """Two ways to the same block: written by hand, and drafted by the program."""
    shipped = files("trialwright.studies").joinpath("nct05333705/study.yaml").read_text(encoding="utf-8")
    drafted = read_study(draft_study(read_record(REFERENCE)).study_text).study
    assert drafted.record == read_study(shipped).study.record


def test_what_the_eligibility_text_leaves_open_is_asked() -> None:
    text = "Donors:\n\n* healthy\n\nPatients:\n\n* " + "very " * 200 + "ill"
    draft = draft_study(_record({"eligibilityModule": {"eligibilityCriteria": text}}))
    asked = " ".join(question.text for question in draft.questions)
    assert "2 lines of the eligibility text stand under no heading" in asked
    assert "names no exclusion" in asked
    assert "(Donors:; Patients:)" in asked
    assert "Are healthy volunteers accepted?" in asked
    assert "How many participants?" in asked
    lines = read_study(draft.study_text).study.eligibility.criteria
    assert lines[1].text.endswith("very ill")
    assert lines[1].rule.endswith('very …" by investigator')
    assert lines[1].bullet == "no heading 2, under Patients:"
    nothing = draft_study(_record({}))
    assert "The record has no eligibility text" in nothing.questions[0].text


def test_ages_become_a_rule_only_where_they_are_in_years() -> None:
    def rule(low: str | None, high: str | None) -> str:
        ages = {key: age for key, age in (("minimumAge", low), ("maximumAge", high)) if age}
        study = read_study(draft_study(_record({"eligibilityModule": ages})).study_text).study
        return next(line.rule for line in study.eligibility.criteria if line.id == "inc-age")

    assert rule("18 Years", "80 Years") == "age 18..80 years"
    assert rule("1 Year", None) == "age >= 1 years"
    assert rule(None, "65 Years") == "age <= 65 years"
    assert rule("6 Months", "80 Years").startswith('opinion "Minimum age: 6 Months.')
    assert rule("18 Years", "30 Days").startswith("opinion ")


def _record(modules: dict[str, Any]) -> Record:
    whole = {"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}, **modules}}
    return parse_record(json.dumps(whole).encode(), "record.json")


ODD_WORDS = st.text(st.characters(codec="utf-8"), max_size=80)
JSON = st.recursive(
    ODD_WORDS | st.integers(-(10**12), 10**12) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD_WORDS, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=JSON, criteria=JSON, arms=JSON, count=JSON, unknown=JSON)
def test_any_record_whatever_drafts_reads_back_and_loses_nothing(
    title: Any, criteria: Any, arms: Any, count: Any, unknown: Any
) -> None:
    """Wrong types, empty texts, invisible characters, keys nobody knows: all of it comes out again."""
    record = _record(
        {
            "identificationModule": {"nctId": "NCT00000001", "briefTitle": title},
            "eligibilityModule": {"eligibilityCriteria": criteria, "sex": title},
            "armsInterventionsModule": {"armGroups": arms, "interventions": [{"name": title}]},
            "designModule": {"enrollmentInfo": count, "phases": arms},
            "unknownModule": {"value": unknown},
        }
    )
    draft = draft_study(record)
    assert not lost(record, draft)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(ODD_WORDS, JSON, min_size=1, max_size=4))
@example({"a": "NO", "b": "off", "Yes": "Null", "n": "010", "c": "12:30", "d": "2026-11-22", "e": "- x", "f": " y "})
def test_what_is_written_as_yaml_is_read_back_the_same(value: dict[str, Any]) -> None:
    """By PyYAML's loader, which nobody here wrote, wherever it can read the characters; and by ours."""
    from trialwright.study.tree import read_tree

    text = format_yaml(value)
    ours = read_tree(text, "x")
    assert ours.faults == ()
    assert _as_json(ours.value) == value
    assert yaml.safe_load(text) == value


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_json(inner) for key, inner in value.items()}
    return [_as_json(inner) for inner in value] if isinstance(value, tuple) else value


def test_a_number_with_a_fraction_keeps_its_digits() -> None:
    record = parse_record(
        b'{"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}, "place": {"lat": 34.250, "n": 1E2}}}',
        "r",
    )
    study = read_study(draft_study(record).study_text).study
    assert study.record is not None
    assert study.record.rest["place"] == {"lat": Decimal("34.250"), "n": Decimal("1E2")}


def test_the_draft_of_the_largest_text_is_made_in_reasonable_time() -> None:
    """A regression bound: 800 bullets of 500 characters, ten times the longest real text."""
    import time

    text = "Inclusion Criteria:\n\n" + "\n".join(f"* {index} " + "word " * 100 for index in range(800))
    began = time.process_time()
    draft = draft_study(_record({"eligibilityModule": {"eligibilityCriteria": text}}))
    assert time.process_time() - began < 20
    assert len(read_study(draft.study_text).study.eligibility.criteria) == 800
