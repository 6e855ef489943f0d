"""A whole judgement: the reference study's criteria, what they add up to, and the document it becomes."""

import json
import re
from datetime import date
from typing import Any

import pytest

from trialwright.criteria import (
    Anchors,
    Criterion,
    Effect,
    Eligible,
    Judgement,
    Kind,
    RuleError,
    judge,
    judgement_as_json,
    read_facts,
    shipped_library,
)
from trialwright.criteria.language import Duration
from trialwright.criteria.windows import moved
from trialwright.facts import parse_occurred

ON = date(2026, 11, 22)
# The reference study's rules.
REFERENCE = [
    ("age", "inclusion", "age 18..80 years"),
    ("aml", "inclusion", "diagnosis in AML"),
    ("heart", "inclusion", "lvef >= 50 %"),
    ("alt", "inclusion", "alt <= 2.5 ULN"),
    ("ast", "inclusion", "ast <= 2.5 ULN"),
    ("bilirubin", "inclusion", "bilirubin <= 2 ULN"),
    ("creatinine", "inclusion", "creatinine <= 3.0 mg/dL | 260 umol/L"),
    ("consent", "inclusion", "signed consent before screening"),
    ("infection", "exclusion", "active diagnosis in SevereInfection"),
    ("tumour", "exclusion", "diagnosis in OtherMalignancy ever"),
    ("pregnancy", "exclusion", "female and (pregnant or lactating)"),
    ("unsuitable", "exclusion", 'opinion "unsuitable" by investigator'),
]
FIT: list[dict[str, Any]] = [
    {"id": "f1", "concept": "diagnosis", "code": {"system": "ICD-10", "code": "C92.0"}, "on": "2026-10-01"},
    {"id": "f2", "concept": "lvef", "value": "62", "unit": "%", "on": "2026-11-18"},
    {"id": "f3", "concept": "alt", "value": "35", "unit": "IU/L", "on": "2026-11-20", "range": {"high": "40"}},
    {"id": "f4", "concept": "ast", "value": "30", "unit": "U/L", "on": "2026-11-20", "range": {"high": "35"}},
    {"id": "f5", "concept": "bilirubin", "value": "15", "unit": "µmol/L", "on": "2026-11-20", "range": {"high": "21"}},
    {"id": "f6", "concept": "creatinine", "value": "2.1", "unit": "mg/dL", "on": "2026-11-20"},
    {"id": "f7", "signed": "consent", "on": "2026-11-17"},
    {"id": "f8", "concept": "severe_infection", "value": "no", "on": "2026-11-20", "by": "investigator"},
    {"id": "f9", "valueset": "OtherMalignancy", "present": False, "on": "2026-11-20"},
    {"id": "f10", "concept": "pregnancy_test", "value": "阴性", "on": "2026-11-20"},
    {"id": "f11", "concept": "lactating", "value": "no", "on": "2026-11-20"},
    {"id": "f12", "opinion": "unsuitable", "value": "no", "by": "investigator", "on": "2026-11-21"},
]


def judged(facts: list[dict[str, Any]], rules: list[tuple[str, str, str]] = REFERENCE, **anchors: str) -> Judgement:
    criteria = [
        Criterion(name, Kind(kind), f"words of {name}", rule, confirmed="reference") for name, kind, rule in rules
    ]
    person = read_facts({"born": "1971-05", "sex": "female", "facts": facts})
    happened = Anchors({name: parse_occurred(text) for name, text in anchors.items()})
    return judge(criteria, person, happened, ON, shipped_library())


def test_whoever_fits_is_eligible() -> None:
    judgement = judged(FIT)
    assert judgement.eligible is Eligible.YES
    assert judgement.eligible_without_assumptions is Eligible.YES
    assert not judgement.barring
    assert not judgement.undecided


def test_without_any_fact_nobody_is_eligible_and_nobody_is_barred() -> None:
    judgement = judged([])
    assert judgement.eligible is Eligible.UNKNOWN
    assert [each.criterion.id for each in judgement.undecided] == [name for name, _, _ in REFERENCE if name != "age"]


@pytest.mark.parametrize("missing", [fact["id"] for fact in FIT])
def test_every_fact_is_needed(missing: str) -> None:
    judgement = judged([fact for fact in FIT if fact["id"] != missing])
    assert judgement.eligible is Eligible.UNKNOWN
    assert len(judgement.undecided) == 1


def test_one_criterion_that_bars_outweighs_any_that_are_undecided() -> None:
    judgement = judged([{"opinion": "unsuitable", "value": "yes", "by": "investigator", "on": "2026-11-21"}])
    assert judgement.eligible is Eligible.NO
    assert [each.criterion.id for each in judgement.barring] == ["unsuitable"]


def test_a_status_rests_on_facts_that_are_named() -> None:
    seen = {each.criterion.id: [fact.fact for fact in each.evidence] for each in judged(FIT).criteria}
    assert seen == {
        "age": [""],
        "aml": ["f1"],
        "heart": ["f2"],
        "alt": ["f3"],
        "ast": ["f4"],
        "bilirubin": ["f5"],
        "creatinine": ["f6"],
        "consent": ["f7"],
        "infection": ["f8"],
        "tumour": ["f9"],
        "pregnancy": ["f10", "f11"],
        "unsuitable": ["f12"],
    }


def test_a_judgement_names_the_library_and_the_codes_it_rests_on() -> None:
    judgement = judged(FIT)
    assert judgement.library == shipped_library().version
    assert [name for name, _ in judgement.value_sets] == ["AML", "OtherMalignancy", "SevereInfection"]
    assert all(re.fullmatch(r"[0-9a-f]{64}", content_hash) for _, content_hash in judgement.value_sets)


def test_what_is_assumed_is_counted_both_ways() -> None:
    rules = [("drug", "exclusion", "medication in SystemicSteroids within 7 days before enrolment assuming absent")]
    judgement = judged([], rules)
    (drug,) = judgement.criteria
    assert (drug.status.value, drug.without_assumptions.value) == ("not met", "unknown")
    assert (judgement.eligible, judgement.eligible_without_assumptions) == (Eligible.YES, Eligible.UNKNOWN)


@pytest.mark.parametrize(
    "rule",
    [
        "if not medication in SystemicSteroids assuming absent then age >= 18 years",
        "no medication in SystemicSteroids assuming absent and age >= 18 years",
        "at least 1 of (no medication in SystemicSteroids assuming absent, age < 18 years)",
    ],
)
def test_an_assumption_shows_through_whatever_stands_around_it(rule: str) -> None:
    judgement = judged([], [("drug", "inclusion", rule)])
    assert "assumed" in {reason.kind.value for reason in judgement.criteria[0].reasons}
    assert judgement.eligible is Eligible.YES


def test_an_assumption_that_decides_nothing_is_not_shown() -> None:
    rule = "no medication in SystemicSteroids assuming absent or age >= 18 years"
    (drug,) = judged([], [("drug", "inclusion", rule)]).criteria
    assert drug.without_assumptions.value == "met"


def test_a_draft_among_them_leaves_everybody_undecided() -> None:
    criteria = [Criterion("draft", Kind.EXCLUSION, "words", "age < 18 years", source="registry")]
    person = read_facts({"born": "1971-05", "sex": "female"})
    judgement = judge(criteria, person, Anchors(), ON, shipped_library())
    assert judgement.eligible is Eligible.UNKNOWN
    assert judgement.criteria[0].effect is Effect.UNDECIDED


def test_a_rule_that_cannot_be_read_is_raised() -> None:
    with pytest.raises(RuleError):
        judged([], [("broken", "inclusion", "age >=")])


def test_the_document_has_the_contracts_keys_and_nothing_a_ledger_would_refuse() -> None:
    document = judgement_as_json(judged(FIT))
    assert json.loads(json.dumps(document)) == document
    assert document["eligible"] == "yes"
    creatinine = next(each for each in document["criteria"] if each["id"] == "creatinine")
    assert creatinine == {
        "id": "creatinine",
        "kind": "inclusion",
        "text": "words of creatinine",
        "rule": "creatinine <= 3.0 mg/dL | 260 umol/L",
        "status": "met",
        "effect": "allows",
        "reasons": [],
        "evidence": [
            {
                "fact": "f6",
                "about": "creatinine",
                "value": "2.1 mg/dL",
                "on": "2026-11-20",
                "conversion": "2.1 mg/dL = 185.6 umol/L",
            }
        ],
        "without_assumptions": "met",
    }

    def plain(value: Any) -> bool:
        if isinstance(value, dict):
            return all(re.fullmatch(r"[a-z0-9_.]+", key) and plain(inner) for key, inner in value.items())
        return all(map(plain, value)) if isinstance(value, list) else isinstance(value, str | int)

    names = document.pop("value_sets")  # by name, as studies write names
    assert list(names) == ["AML", "OtherMalignancy", "SevereInfection"]
    assert plain(document)


def test_hours_do_not_move_a_day() -> None:
    with pytest.raises(ValueError, match="hours"):
        moved(ON, Duration(3, "hour"), 1)
