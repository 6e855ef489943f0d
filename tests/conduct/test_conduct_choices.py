"""What a form or a help text offers for a field is what the act takes, word by word."""

from dataclasses import fields

import pytest

from trialwright.conduct import ACTS
from trialwright.conduct.choices import FINDINGS, NUMBERS, TABLES, choices_of, form_of
from trialwright.conduct.grading import grade_findings
from trialwright.conduct.words import VOCABULARY
from trialwright.errors import FormatError

ASSESSED = [(act, field) for act, choices in FINDINGS.items() for field in choices]


@pytest.mark.parametrize(("act", "field"), ASSESSED)
def test_a_scale_reads_every_word_that_is_offered_and_no_other(act: str, field: str) -> None:
    kind = ACTS[act].writes
    assert kind is not None
    for word in FINDINGS[act][field]:
        for typed in (word, word.upper()):
            grade_findings(act, kind, {field: typed})
    with pytest.raises(FormatError, match=field):
        grade_findings(act, kind, {field: "something else"})


def test_what_is_offered_is_for_fields_that_an_act_has() -> None:
    known = {name: {field.name for field in fields(act.fields)} for name, act in ACTS.items()}
    for act in (*VOCABULARY, *FINDINGS):
        assert set(choices_of(act)) <= known[act]
    assert {*NUMBERS, *TABLES} <= set().union(*known.values())


def test_every_finding_of_a_scale_says_what_it_takes() -> None:
    beside = {"event", "note"}
    silent = [
        (act, field.name)
        for act in FINDINGS
        for field in fields(ACTS[act].fields)
        if field.name not in beside and form_of(act, field) is None
    ]
    assert silent == []


def test_words_are_kept_apart_from_forms_of_numbers() -> None:
    offered = {field for act in ACTS for field in choices_of(act)}
    assert offered.isdisjoint(NUMBERS)


def test_the_seriousness_of_a_marked_value_is_one_of_the_words_of_an_event() -> None:
    assert VOCABULARY["mark_value"]["seriousness"] == VOCABULARY["report_adverse_event"]["seriousness"]
