"""What the names in a rule mean: concepts with their units, value sets with their codes, and the words for both."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from trialwright.facts import Code

LEAST_FAVOURABLE, MUST_AGREE = "least favourable", "must agree"


@dataclass(frozen=True, kw_only=True)
class Concept:
    """A thing a person can have a value of: creatinine, ECOG, pregnant.

    kind         "quantity", "word" (one of `words`), or "flag" (yes / no / not applicable)
    unit         canonical UCUM unit of a quantity; "1" is a score, which needs no unit
    molar_mass   g/mol, with its source; without it mass and molar values never meet
    plausible    lowest and highest believable value in `unit`; outside, the value is not used
    window_days  how old a value may usefully be: what the lint proposes where a rule names no window
    same_day     what counts where values of one day, without times, disagree: LEAST_FAVOURABLE to enrolment, or
                 MUST_AGREE, and then the answer is unknown
    iu_is_u      this laboratory's IU/L is the enzyme unit U/L
    never_assumed  absence is never taken for "no", whatever a rule assumes (pregnancy, consent, judgement)
    answered_by  another concept whose word answers this flag: {"pregnancy_test": {"negative": "no"}}
    """

    name: str
    kind: str = "quantity"
    en: str = ""
    zh: str = ""
    group: str = "laboratory"
    unit: str | None = None
    loinc: tuple[str, ...] = ()
    molar_mass: Decimal | None = None
    molar_mass_source: str = ""
    plausible: tuple[Decimal | None, Decimal | None] = (None, None)
    window_days: int | None = None
    same_day: str = LEAST_FAVOURABLE
    iu_is_u: bool = False
    never_assumed: bool = False
    words: tuple[str, ...] = ()
    answered_by: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ValueSet:
    """A named set of codes, by prefix: what lies under `codes` and not under `excluding`.

    flag   the concept whose yes / no also answers for the whole set: severe_infection for SevereInfection
    basis  who says these codes are the ones
    """

    name: str
    version: str = "1"
    en: str = ""
    zh: str = ""
    codes: tuple[Code, ...] = ()
    excluding: tuple[Code, ...] = ()
    flag: str = ""
    source: str = "assumption"
    basis: str = ""

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over the codes alone, in any order: the same set under another name or label is the same set."""
        lines = sorted(f"+{code.system} {code.code}" for code in self.codes) + sorted(
            f"-{code.system} {code.code}" for code in self.excluding
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRange:
    """A site's own limits for a test, used where a row carries none; open ends are None."""

    concept: str
    unit: str
    low: Decimal | None = None
    high: Decimal | None = None
    sex: str | None = None
    age_from: int | None = None
    age_to: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, eq=False)
class Library:
    """Concepts, value sets and anchors under one version. Two libraries are the same only if they are one object."""

    version: str
    concepts: Mapping[str, Concept] = field(default_factory=dict)
    value_sets: Mapping[str, ValueSet] = field(default_factory=dict)
    anchors: Mapping[str, str] = field(default_factory=dict)

    def override(
        self,
        concepts: Iterable[Concept] = (),
        value_sets: Iterable[ValueSet] = (),
        anchors: Mapping[str, str] | None = None,
    ) -> "Library":
        """The library with a study's own definitions in place of, or beside, its own."""
        return replace(
            self,
            concepts={**self.concepts, **{concept.name: concept for concept in concepts}},
            value_sets={**self.value_sets, **{value_set.name: value_set for value_set in value_sets}},
            anchors={**self.anchors, **(anchors or {})},
        )
