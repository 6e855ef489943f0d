"""A criterion, and what is found when it is asked of one person: status, effect, reasons, evidence."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from trialwright.facts.order import spoken


class Kind(Enum):
    """Whether meeting the rule lets a person in or keeps them out."""

    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"


class CriterionStatus(Enum):
    """The rule's own value for one person, before asking whether that lets them in."""

    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"


class Effect(Enum):
    """What a criterion's status does to enrolment. Colours, ticks and counts come from here only."""

    ALLOWS = "allows"
    BARS = "bars"
    UNDECIDED = "undecided"


class Eligible(Enum):
    """The answer for the person: every criterion allows, some criterion bars, or neither."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class ReasonKind(Enum):
    """Why an answer is what it is. A reason never adds a truth value: it stands beside one of the three."""

    MISSING = "missing"
    STALE = "stale"
    NO_UNIT = "no unit"
    NO_REFERENCE_RANGE = "no reference range"
    IMPRECISE = "imprecise"
    IMPLAUSIBLE = "implausible"
    CONFLICT = "conflict"
    AWAITING_JUDGEMENT = "awaiting judgement"
    NOT_APPLICABLE = "not applicable"
    ASSUMED = "assumed"
    NOT_CONFIRMED = "draft not confirmed"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, with a sentence a nurse can act on; `about` names the concept, value set, document or opinion."""

    kind: ReasonKind
    text: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact a status rests on, as it was reported, and the conversion if the comparison needed one.

    fact        the fact's id ("" where facts came without ids)
    conversion  such as "2.1 mg/dL = 185.6 umol/L" or "2.5 x ULN = 100 U/L"; "" if none was needed
    """

    fact: str
    about: str
    value: str
    on: str
    conversion: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One eligibility rule with the protocol's own words beside it.

    text       verbatim from the protocol or record
    rule       the rule's text: see `parse_rule`
    source     where it comes from: "registry", "assumption" or "person"
    confirmed  who confirmed the rule says what the text means; None is a draft, and a draft is always unknown
    """

    id: str
    kind: Kind
    text: str
    rule: str
    source: str = "registry"
    confirmed: str | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion's answer for one person.

    without_assumptions  the status when nothing is assumed absent; differs from `status` only if a reason is ASSUMED
    """

    criterion: Criterion
    status: CriterionStatus
    effect: Effect
    reasons: tuple[Reason, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    without_assumptions: CriterionStatus = CriterionStatus.UNKNOWN

    @property
    def found(self) -> str:
        """What the answer rests on, in a sentence's words: its reasons, else its evidence."""
        reasons = "; ".join(reason.text for reason in self.reasons)
        evidence = ", ".join(f"{seen.about} {seen.value} on {spoken(seen.on)}" for seen in self.evidence)
        return reasons or evidence or self.status.value


@dataclass(frozen=True, slots=True)
class Judgement:
    """All criteria's answers for one person as of one day, and the answer they add up to.

    library, value_sets  the library's version and each used value set's content hash: what the answer rests on
    """

    eligible: Eligible
    criteria: tuple[Judged, ...]
    on: date
    library: str
    value_sets: tuple[tuple[str, str], ...] = ()
    eligible_without_assumptions: Eligible = Eligible.UNKNOWN

    @property
    def barring(self) -> tuple[Judged, ...]:
        return tuple(judged for judged in self.criteria if judged.effect is Effect.BARS)

    @property
    def undecided(self) -> tuple[Judged, ...]:
        return tuple(judged for judged in self.criteria if judged.effect is Effect.UNDECIDED)


def judgement_as_json(judgement: Judgement) -> dict[str, Any]:
    """The judgement as plain values, ready for JSON and for a ledger's entry: no enums, no dates, no floats."""
    return {
        "eligible": judgement.eligible.value,
        "eligible_without_assumptions": judgement.eligible_without_assumptions.value,
        "on": judgement.on.isoformat(),
        "library": judgement.library,
        "value_sets": dict(judgement.value_sets),
        "criteria": [_judged_as_json(judged) for judged in judgement.criteria],
    }


def _judged_as_json(judged: Judged) -> dict[str, Any]:
    criterion = judged.criterion
    return {
        "id": criterion.id,
        "kind": criterion.kind.value,
        "text": criterion.text,
        "rule": criterion.rule,
        "status": judged.status.value,
        "effect": judged.effect.value,
        "reasons": [
            {"reason": reason.kind.value, "about": reason.about, "text": reason.text} for reason in judged.reasons
        ],
        "evidence": [
            {"fact": seen.fact, "about": seen.about, "value": seen.value, "on": seen.on, "conversion": seen.conversion}
            for seen in judged.evidence
        ],
        "without_assumptions": judged.without_assumptions.value,
    }
