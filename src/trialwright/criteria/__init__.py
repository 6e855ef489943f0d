"""Who may take part: each criterion in the protocol's own words, a rule beside it, and its answer for one person."""

from trialwright.criteria.criterion import (
    Criterion,
    CriterionStatus,
    Effect,
    Eligible,
    Evidence,
    Judged,
    Judgement,
    Kind,
    Reason,
    ReasonKind,
    judgement_as_json,
)
from trialwright.criteria.facts_file import fact_as_json, facts_as_json, read_fact, read_facts
from trialwright.criteria.fhir import read_fhir_bundle
from trialwright.criteria.judge import judge
from trialwright.criteria.language import Rule, walk
from trialwright.criteria.library import Concept, Library, ReferenceRange, ValueSet
from trialwright.criteria.lint import Finding, Severity, check_criteria
from trialwright.criteria.parse import RuleError, parse_rule
from trialwright.criteria.person import (
    Anchors,
    Coded,
    DomainComplete,
    Fact,
    Observation,
    Opinion,
    Person,
    SetAnswer,
    Signed,
)
from trialwright.criteria.printing import format_rule
from trialwright.criteria.shipped import read_concept, read_library, read_value_set, shipped_library
from trialwright.criteria.unused import check_facts

__all__ = [
    "Anchors",
    "Coded",
    "Concept",
    "Criterion",
    "CriterionStatus",
    "DomainComplete",
    "Effect",
    "Eligible",
    "Evidence",
    "Fact",
    "Finding",
    "Judged",
    "Judgement",
    "Kind",
    "Library",
    "Observation",
    "Opinion",
    "Person",
    "Reason",
    "ReasonKind",
    "ReferenceRange",
    "Rule",
    "RuleError",
    "SetAnswer",
    "Severity",
    "Signed",
    "ValueSet",
    "check_criteria",
    "check_facts",
    "fact_as_json",
    "facts_as_json",
    "format_rule",
    "judge",
    "judgement_as_json",
    "parse_rule",
    "read_concept",
    "read_fact",
    "read_facts",
    "read_fhir_bundle",
    "read_library",
    "read_value_set",
    "shipped_library",
    "walk",
]
