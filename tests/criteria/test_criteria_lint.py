"""The lint of criteria: what it finds, where, and what it proposes."""

import pytest

from trialwright.criteria import Criterion, Finding, Kind, Severity, check_criteria, shipped_library


def findings(rule: str, kind: str = "inclusion", confirmed: str | None = "the test") -> list[Finding]:
    return list(check_criteria([Criterion("c1", Kind(kind), "", rule, confirmed=confirmed)], shipped_library()))


def test_the_reference_records_two_limits_for_creatinine_disagree() -> None:
    (found,) = findings("creatinine <= 3.0 mg/dL | 260 umol/L ever")
    assert (found.code, found.severity) == ("limits-disagree", Severity.WARNING)
    assert found.message == "creatinine: 3.0 mg/dL is 265.2 umol/L, but the same line allows 260 umol/L."
    assert found.proposal == "Keep one limit; the stricter is 260 umol/L (2.94 mg/dL)."


def test_for_a_lower_limit_the_stricter_is_the_higher() -> None:
    (found,) = findings("hemoglobin >= 80 g/L | 5.5 mmol/L ever")
    assert found.proposal == "Keep one limit; the stricter is 5.5 mmol/L (88.6 g/L)."


@pytest.mark.parametrize(
    ("rule", "kind", "code", "at", "proposes"),
    [
        ("creatinine <= 3.0 mg/dL", "inclusion", "no-window", "creatinine", "within 14 days before enrolment"),
        ("lvef >= 50 %", "inclusion", "no-window", "lvef", "within 28 days before enrolment"),
        ("pregnancy_test is positive", "exclusion", "no-window", "pregnancy_test", "within 7 days before enrolment"),
        ("if female then pregnant", "exclusion", "if-in-exclusion", "if", "Write `female and pregnant`."),
        (
            "if female then pregnant or lactating",
            "exclusion",
            "if-in-exclusion",
            "if",
            "Write `female and (pregnant or lactating)`.",
        ),
        ("creatinin <= 3 mg/dL ever", "inclusion", "undefined-concept", "creatinin", "Did you mean `creatinine`?"),
        ("diagnosis in AMLL", "inclusion", "undefined-value-set", "AMLL", "Did you mean `AML`?"),
        ("lvef >= 50 % before enrollment", "inclusion", "undefined-anchor", "before", "Did you mean `enrolment`?"),
        (
            "at least 14 days since last_chemotherapy",
            "inclusion",
            "undefined-anchor",
            "at",
            "Did you mean `last_chemo`?",
        ),
        ("signed consent before screning", "inclusion", "undefined-anchor", "before", "Did you mean `screening`?"),
        ("platelets >= 75 K/uL ever", "inclusion", "unit", "75", "10*9/L"),
        ("platelets >= 75 mmol/L ever", "inclusion", "unit", "75", "10*9/L"),
        ("platelets >= 75 ever", "inclusion", "unit", "75", "10*9/L"),
        ("albumin >= 500 umol/L ever", "inclusion", "unit", "500", "g/L"),
        ("age >= 18", "inclusion", "unit", "18", "18 years"),
        ("weight 120..45 kg ever", "inclusion", "empty-range", "120", "Turn"),
        ("age 80..18 years", "inclusion", "empty-range", "80", "Turn"),
        ("age between 18 years and 18 months", "inclusion", "empty-range", "18", "Turn"),
        ("alt 3..1 ULN ever", "inclusion", "empty-range", "3", "Turn"),
        ("alt / ast 3..1 ever", "inclusion", "empty-range", "3", "Turn"),
        ("remission <= 3", "inclusion", "not-a-number", "remission", "remission is CR"),
        ("remission is XY", "inclusion", "unknown-word", "remission", "CR"),
        ("creatinine", "inclusion", "not-a-flag", "creatinine", "Compare it"),
        (
            "creatinine <= 3 mg/dL ever assuming absent",
            "inclusion",
            "policy-without-meaning",
            "creatinine",
            "Leave it out",
        ),
        ("no diagnosis in Pregnancy assuming absent", "inclusion", "never-assumed", "no", "Ask"),
        ("mean qtc < 470 ms ever for at least 3 days", "inclusion", "pick-and-duration", "mean", "Keep one"),
        ("lactating for at least 3 days", "exclusion", "flag-duration", "for", "Leave it out"),
        ("diagnosis in AML with stage >= 3", "inclusion", "unknown-qualifier", "stage", "grade"),
        ('opinion "unsuitable"', "exclusion", "opinion-of-nobody", "opinion", "by investigator"),
        ("anc < 0.5 10*9/L ever for at least 12 hours", "inclusion", "duration-in-hours", "for", "Write days"),
        ("relapsed at least 2 weeks of enrolment", "inclusion", "gap-without-side", "at least", "before or after"),
        ("creatinine <=", "inclusion", "unreadable-rule", "", "Correct the rule"),
    ],
)
def test_a_fault_is_found_at_its_place_with_a_proposal(rule: str, kind: str, code: str, at: str, proposes: str) -> None:
    (found,) = findings(rule, kind)
    assert found.code == code
    assert rule[found.offset :].startswith(at)
    assert proposes in found.proposal
    assert found.criterion == "c1"


@pytest.mark.parametrize(
    "rule",
    [
        "sex is female",
        "age in {18, 19}",
        "age 18..18 years",
        "age between 366 days and 1 years",
        "age between 18 months and 18 years",
        "alt 1..3 ULN ever",
        "alt / ast < 2 ever",
        "ecog in {0, 1, 2} ever",
        "potassium between 3.5 mmol/L and 1 ULN ever",
        "bilirubin <= 2 ULN | 34 umol/L ever",
        "weight 45..120 kg ever",
        "at least 14 days since last_chemo",
        "therapy in Anthracycline within 28 days before cycle_2",
        "female and relapsed",
    ],
)
def test_a_sound_rule_has_no_finding(rule: str) -> None:
    assert findings(rule) == []


def test_an_undefined_flag_is_found() -> None:
    (found,) = findings("relapsd")
    assert (found.code, found.offset) == ("undefined-concept", 0)
    assert "`relapsed`" in found.proposal


def test_if_in_an_inclusion_is_as_it_should_be() -> None:
    assert findings("if female then pregnancy_test is negative within 7 days before enrolment") == []


def test_a_draft_is_found_unconfirmed() -> None:
    (found,) = findings("relapsed", confirmed=None)
    assert found.code == "unconfirmed"


# The reference study's rules, with windows: nothing but the two limits of creatinine is left to say.
REFERENCE = [
    ("inclusion", "age 18..80 years"),
    ("inclusion", "diagnosis in AML"),
    ("inclusion", "lvef >= 50 % within 28 days before enrolment"),
    ("inclusion", "alt <= 2.5 ULN within 14 days before enrolment"),
    ("inclusion", "ast <= 2.5 ULN within 14 days before enrolment"),
    ("inclusion", "bilirubin <= 2 ULN within 14 days before enrolment"),
    ("inclusion", "creatinine <= 3.0 mg/dL | 260 umol/L within 14 days before enrolment"),
    ("inclusion", "signed consent before screening"),
    ("exclusion", "active diagnosis in SevereInfection"),
    ("exclusion", "diagnosis in OtherMalignancy ever"),
    ("exclusion", "female and (pregnant or lactating)"),
    ("exclusion", 'opinion "unsuitable" by investigator'),
]


def test_the_reference_study_has_one_finding_left_once_it_has_windows() -> None:
    criteria = [
        Criterion(f"c{number}", Kind(kind), "", rule, confirmed="reference")
        for number, (kind, rule) in enumerate(REFERENCE)
    ]
    assert [found.code for found in check_criteria(criteria, shipped_library())] == ["limits-disagree"]


def test_without_windows_each_laboratory_concept_is_named() -> None:
    criteria = [
        Criterion(f"c{number}", Kind(kind), "", rule.partition(" within")[0], confirmed="reference")
        for number, (kind, rule) in enumerate(REFERENCE)
    ]
    found = [each for each in check_criteria(criteria, shipped_library()) if each.code == "no-window"]
    assert [each.criterion for each in found] == ["c2", "c3", "c4", "c5", "c6"]
