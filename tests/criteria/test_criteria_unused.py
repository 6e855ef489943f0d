"""Names among a person's facts that mean nothing in a study are said, each once; whatever means something is silent."""

from typing import Any

import pytest

from trialwright.criteria import Criterion, Kind, check_facts, read_facts, shipped_library

RULES = (
    "creatinine <= 3.0 mg/dL | 260 umol/L within 14 days before enrolment",
    "active diagnosis in SevereInfection",
    'opinion "disease status fits the study" by investigator',
    "signed consent before screening and signed assent",
    "at least 14 days since last_chemo",
    "my_score <= 3 within 7 days after my_day",
    "age 18..80 years and female",
)
CRITERIA = tuple(Criterion(f"c{at}", Kind.INCLUSION, "text", rule, "person", "me") for at, rule in enumerate(RULES))


def said(*facts: dict[str, Any]) -> tuple[str, ...]:
    person = read_facts({"facts": [{"on": "2026-11-20", **fact} for fact in facts]})
    return check_facts(person, CRITERIA, shipped_library())


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        ({"concept": "creatinin", "value": "2.1"}, "creatinin is no concept of this study; did you mean creatinine?"),
        ({"concept": "Creatinine", "value": "2.1"}, "Creatinine is no concept of this study; did you mean creatinine?"),
        ({"concept": "zzzz", "value": "2.1"}, "zzzz is no concept of this study. Check how it is written."),
        (
            {"valueset": "SevereInfections", "present": False},
            "SevereInfections is no value set of this study; did you mean SevereInfection?",
        ),
        (
            {"concept": "diagnosis", "code": {"system": "KLINGON", "code": "A41.9"}},
            "KLINGON is no code system we know. Check how it is written.",
        ),
        (
            {"concept": "diagnosis", "code": {"system": "ICD10CM", "code": "A41.9"}},
            "ICD10CM is no code system we know; did you mean ICD-10?",
        ),
        (
            {"opinion": "disease status fit the study", "value": "yes", "by": "wang:investigator"},
            '"disease status fit the study" is no opinion that a criterion asks for; '
            'did you mean "disease status fits the study"?',
        ),
        ({"signed": "consnet"}, "consnet is no document of this study; did you mean consent?"),
        ({"concept": "age", "value": "54"}, "age is no fact: it is counted from the birth date. "
                                            "Write `born` at the top of the file."),
        ({"concept": "sex", "value": "female"}, "sex is no fact of its own. Write `sex` at the top of the file."),
        ({"concept": "infusion_0", "value": "yes"}, "infusion_0 is no concept of this study; did you mean infusion_1?"),
    ],
)  # fmt: skip
def test_a_name_that_means_nothing_is_said(fact: dict[str, Any], sentence: str) -> None:
    assert said(fact) == (sentence,)


@pytest.mark.parametrize(
    "fact",
    [
        {"concept": "creatinine", "value": "2.1", "unit": "mg/dL"},
        {"concept": "hemoglobin", "value": "91", "unit": "g/L"},
        {"concept": "severe_infection", "value": "no"},
        {"concept": "last_chemo", "value": "yes"},
        {"concept": "infusion_2", "value": "yes"},
        {"concept": "my_score", "value": "2"},
        {"concept": "my_day", "value": "yes"},
        {"concept": "diagnosis", "code": {"system": "http://hl7.org/fhir/sid/icd-10", "code": "A41.9"}},
        {"valueset": "OtherMalignancy", "present": False},
        {"opinion": "disease status fits the study", "value": "yes"},
        {"signed": "consent"},
        {"signed": "assent"},
        {"domain": "diagnosis", "complete": True},
        {"concept": "creatinin", "value": "2.1", "entered_in_error": True},
    ],
)
def test_what_the_library_or_a_rule_knows_is_silent(fact: dict[str, Any]) -> None:
    assert said(fact) == ()


def test_each_name_is_said_once_in_the_order_of_the_facts_and_never_at_length() -> None:
    long = {"concept": "z" * 10_000, "value": "1"}
    found = said({"concept": "yyyy", "value": "1"}, long, {"concept": "yyyy", "value": "2"})
    assert [sentence[:4] for sentence in found] == ["yyyy", "zzzz"]
    assert all(len(sentence) < 130 for sentence in found)


def test_the_concepts_and_code_systems_a_library_brings_are_known() -> None:
    library = shipped_library()
    every = [{"concept": name, "value": "1", "on": "2026-11-20"} for name in library.concepts if name != "age"]
    every += [{"valueset": name, "present": True, "on": "2026-11-20"} for name in library.value_sets]
    systems = {code.system for each in library.value_sets.values() for code in each.codes}
    every += [{"concept": "therapy", "code": {"system": name, "code": "X"}, "on": "2026-11-20"} for name in systems]
    assert check_facts(read_facts({"facts": every}), (), library) == ()
