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
from trialwright.criteria.library import Concept, Library, ReferenceRange, ValueSet
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
    "RuleError",
    "SetAnswer",
    "Signed",
    "ValueSet",
    "format_rule",
    "judgement_as_json",
    "parse_rule",
]
