"""FACTS.json: what is read, what is refused and how it says so."""

from decimal import Decimal
from typing import Any

import pytest

from trialwright.criteria import (
    Coded,
    DomainComplete,
    Observation,
    Opinion,
    SetAnswer,
    Signed,
    facts_as_json,
    read_fact,
    read_facts,
)
from trialwright.errors import FormatError
from trialwright.facts import Code, PartialDate, Quantity, Range

# The example of the command line's contract, with every way to say "no".
EXAMPLE: dict[str, Any] = {
    "born": "1971-05",
    "sex": "female",
    "facts": [
        {
            "concept": "creatinine",
            "value": "2.1",
            "unit": "mg/dL",
            "on": "2026-11-20",
            "range": {"low": "0.5", "high": "1.1", "unit": "mg/dL"},
        },
        {"concept": "diagnosis", "code": {"system": "ICD-10", "code": "C92.0"}, "on": "2026-10-01"},
        {
            "concept": "severe_infection",
            "value": "no",
            "on": "2026-11-20",
            "by": "investigator",
            "source": "ward record",
        },
        {"valueset": "OtherMalignancy", "present": False, "on": "2026-11-20"},
        {"opinion": "unsuitable", "value": "no", "by": "investigator", "on": "2026-11-20"},
        {"signed": "consent", "on": "2026-11-20T09:00+08:00[Asia/Shanghai]"},
        {"domain": "diagnosis", "complete": True, "on": "2026-11-20"},
    ],
}


def test_the_contracts_example_is_read() -> None:
    person = read_facts(EXAMPLE)
    assert (person.born, person.sex) == (PartialDate(1971, 5), "female")
    day = PartialDate(2026, 11, 20)
    creatinine, diagnosis, infection, malignancy, opinion, consent, complete = person.facts
    assert creatinine == Observation(
        concept="creatinine",
        value=Quantity(Decimal("2.1"), "mg/dL", "", Range(Decimal("0.5"), Decimal("1.1"), "mg/dL")),
        on=day,
    )
    assert diagnosis == Coded(domain="diagnosis", code=Code("ICD-10", "C92.0"), on=PartialDate(2026, 10, 1))
    assert infection == Observation(
        concept="severe_infection", value="no", on=day, by="investigator", source="ward record"
    )
    assert malignancy == SetAnswer(valueset="OtherMalignancy", present=False, on=day)
    assert opinion == Opinion(opinion="unsuitable", value="no", by="investigator", on=day)
    assert isinstance(consent, Signed)
    assert complete == DomainComplete(domain="diagnosis", complete=True, on=day)


def test_what_is_written_is_what_was_read() -> None:
    assert facts_as_json(read_facts(EXAMPLE)) == EXAMPLE


def test_every_optional_part_survives_writing_and_reading() -> None:
    body = {
        "facts": [
            {
                "concept": "diagnosis",
                "code": {"system": "ICD-10", "code": "J18.9"},
                "until": "2026-11-15",
                "status": "resolved",
                "grade": 3,
                "on": "2026-11",
                "id": "f1",
                "source": "routine",
                "by": "nurse",
                "entered_in_error": True,
            },
            {"concept": "alt", "value": "<=5", "on": "2026", "range": {"high": "40"}},
        ]
    }
    assert facts_as_json(read_facts(body)) == body


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("阴性", "negative"),
        ("阳性", "positive"),
        ("弱阳性", "weak positive"),
        ("(-)", "negative"),
        ("+", "positive"),
        ("3+", "3+"),
        ("CR", "CR"),
        ("无", "no"),
        ("不适用", "not applicable"),
        (True, "yes"),
        ("Negative ", "negative"),
    ],
)
def test_a_word_is_read_in_either_language(value: Any, word: str) -> None:
    fact = read_fact({"concept": "anything", "value": value, "on": "2026-11-20"})
    assert isinstance(fact, Observation)
    assert fact.value == word


@pytest.mark.parametrize(
    ("typed", "number"), [("2.10", "2.10"), (2.1, "2.1"), (2, "2"), ("２.１", "2.1"), ("1e3", "1E+3")]
)
def test_a_number_is_read_as_typed(typed: Any, number: str) -> None:
    fact = read_fact({"concept": "creatinine", "value": typed, "unit": "mg/dL", "on": "2026-11-20"})
    assert isinstance(fact, Observation)
    assert isinstance(fact.value, Quantity)
    assert str(fact.value.number) == number


def changed(**parts: Any) -> dict[str, Any]:
    return {"facts": [{"concept": "alt", "value": "30", "unit": "U/L", "on": "2026-11-20", **parts}]}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "found []; expected one object in braces"),
        ({"facts": {}}, "facts: found {}, expected a list"),
        ({"fact": []}, "fact: there is no such key. Did you mean 'facts'?"),
        ({"born": "1971-13"}, "born: '1971-13' is not a day of the calendar"),
        ({"born": "٢٠٢٦"}, "born: '٢٠٢٦' is not a date"),
        ({"born": 1971}, "born: found 1971, expected a text"),
        ({"sex": "woman"}, "sex: found 'woman', expected female, male, other or unknown"),
        ({"facts": ["x"]}, "facts[0]: found 'x', expected an object"),
        ({"facts": [{}]}, "facts[0]: expected one of concept, valueset, opinion, signed or domain; found none"),
        (
            {"facts": [{"concept": "a", "valueset": "B"}]},
            "facts[0]: expected one of concept, valueset, opinion, signed or domain; found concept and valueset",
        ),
        (changed(vaule="3"), "facts[0].vaule: there is no such key. Did you mean 'value'?"),
        (changed(value=None), "facts[0]: the key 'value' is missing"),
        (changed(value=""), "facts[0].value: found '', expected a text"),
        (changed(value="1,234"), "facts[0].value: '1,234'"),
        (changed(value="阴性"), "facts[0].value: '阴性' is a word and takes no unit"),
        (changed(value="30 mg/dL"), "facts[0].value: '30 mg/dL' names the unit mg/dL, its unit column U/L"),
        (changed(value=float("nan")), "facts[0].value: found nan"),
        (changed(unit=3), "facts[0].unit: found 3, expected a text"),
        (changed(on="yesterday"), "facts[0].on: 'yesterday' is not a date"),
        (changed(on="2026-02-30"), "facts[0].on: '2026-02-30' is not a day of the calendar"),
        (changed(on=None), "facts[0]: the key 'on' is missing"),
        (changed(range=[1, 2]), "facts[0].range: found [1, 2], expected an object"),
        (changed(range={"hi": "3"}), "facts[0].range.hi: there is no such key"),
        (changed(range={"high": "x"}), "facts[0].range.high: 'x' is not a number"),
        (changed(range={"low": "5", "high": "3"}), "facts[0].range: its lower end 5 is above its upper end 3"),
        (changed(range="5-3"), "facts[0].range: '5-3'"),
        (changed(entered_in_error="yes"), "facts[0].entered_in_error: found 'yes', expected true or false"),
        ({"facts": [{"concept": "diagnosis", "value": "C92.0", "on": "2026"}]}, "facts[0]: a diagnosis needs its code"),
        (
            {"facts": [{"concept": "alt", "code": {"system": "x", "code": "y"}, "on": "2026"}]},
            "facts[0].concept: 'alt' takes no code",
        ),
        (
            {"facts": [{"concept": "diagnosis", "code": {"code": "y"}, "on": "2026"}]},
            "facts[0].code: the key 'system' is missing",
        ),
        (
            {"facts": [{"concept": "diagnosis", "code": {"system": "x", "code": "y"}, "on": "2026", "status": "old"}]},
            "facts[0].status: found 'old', expected active or resolved",
        ),
        (
            {"facts": [{"concept": "diagnosis", "code": {"system": "x", "code": "y"}, "on": "2026", "grade": "3"}]},
            "facts[0].grade: found '3', expected a whole number from 0 to 5",
        ),
        (
            {"facts": [{"concept": "diagnosis", "code": {"system": "x", "code": "y"}, "on": "2026", "until": "2025"}]},
            "facts[0].until: 2025 is before it began on 2026",
        ),
        ({"facts": [{"valueset": "X", "present": "no", "on": "2026"}]}, "facts[0].present: found 'no', expected true"),
        (
            {"facts": [{"opinion": "x", "value": "maybe", "on": "2026"}]},
            "facts[0].value: found 'maybe', expected yes, no",
        ),
        (
            {"facts": [{"domain": "x", "complete": True, "on": "2026"}]},
            "facts[0].domain: found 'x', expected diagnosis",
        ),
    ],
)
def test_a_fault_names_its_path_and_what_was_expected(given: Any, says: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_facts(given)
    assert says in caught.value.message


def test_a_range_may_be_written_as_it_is_printed() -> None:
    fact = read_fact({"concept": "alt", "value": "30", "unit": "U/L", "on": "2026-11-20", "range": "9～50"})
    assert isinstance(fact, Observation)
    assert isinstance(fact.value, Quantity)
    assert fact.value.range == Range(Decimal(9), Decimal(50))


def test_one_file_is_one_person() -> None:
    with pytest.raises(FormatError, match="Is this one person"):
        read_facts({"facts": [{}] * 100_001})


LONG = "z" * 10_000


@pytest.mark.parametrize(
    "given",
    [
        {"concept": "creatinine", "value": 10**9_999, "on": "2026-11-20"},
        {"concept": "creatinine", "value": "2.1", "unit": 10**9_999, "on": "2026-11-20"},
        {"concept": "creatinine", "value": "2.1", "range": {"low": -(10**9_999)}, "on": "2026-11-20"},
        {"concept": "creatinine", "value": [10**9_999], "on": "2026-11-20"},
        {"concept": "creatinine", "value": LONG, "unit": "mg/dL", "on": "2026-11-20"},
        {"concept": "creatinine", "value": "2.1 mg/dL", "unit": LONG, "on": "2026-11-20"},
        {"concept": "diagnosis", "code": {"system": "ICD-10", "code": "C92"}, "grade": 10**9_999, "on": "2026-11-20"},
        {"concept": "diagnosis", "code": {"system": "ICD-10", "code": "C92"}, "status": LONG, "on": "2026-11-20"},
        {"concept": LONG, "code": {"system": "ICD-10", "code": "C92"}, "on": "2026-11-20"},
        {"concept": "creatinine", "value": "2.1", LONG: 1, "on": "2026-11-20"},
        {"concept": "creatinine", "value": "2.1", "on": LONG},
        {"opinion": "unsuitable", "value": LONG, "on": "2026-11-20"},
        {"domain": LONG, "complete": True, "on": "2026-11-20"},
    ],
)
def test_a_message_is_ours_and_short_however_long_the_fault(given: dict[str, Any]) -> None:
    with pytest.raises(FormatError) as refused:
        read_facts({"facts": [given]})
    assert len(refused.value.message) < 250
    assert "set_int_max_str_digits" not in refused.value.message
