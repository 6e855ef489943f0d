"""The eligibility part of a study file: criteria as written there, and the study's own words over the library's."""

from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from trialwright.criteria import Concept, Criterion, Kind, Library, ValueSet
from trialwright.criteria.shipped import shipped_library
from trialwright.facts import Code as CodedValue
from trialwright.study.shapes import CLOSED, Above0, Code, Days, Name, Number, Source, Text, YesNo


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Confirmation:
    """Who confirmed that the rule says what the text means. `reference`: confirmed for demonstration only."""

    by: Text
    on: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class CriterionLine:
    """A criterion as the study file writes it. `bullet` is its place in the record: "inclusion 2".

    `source` is where the words come from; what our rule adds to them (a window, a reading) stands in `assumes`.
    """

    id: Code
    kind: Literal["inclusion", "exclusion"]
    text: Text
    rule: Text
    source: Source = "person"
    bullet: Text | None = None
    assumes: Text | None = None
    basis: Text | None = None
    confirmed: Confirmation | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class ConceptLine:
    """A concept of this study, beside or in place of the library's."""

    name: Name
    kind: Literal["quantity", "word", "flag"] = "quantity"
    en: Text | None = None
    zh: Text | None = None
    group: Text = "study"
    unit: Text | None = None
    loinc: tuple[Text, ...] = ()
    molar_mass: Above0 | None = None
    molar_mass_source: Text | None = None
    plausible_low: Number | None = None
    plausible_high: Number | None = None
    window_days: Days | None = None
    iu_is_u: YesNo = False
    never_assumed: YesNo = False
    words: tuple[Text, ...] = ()
    note: Text | None = None
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class CodeList:
    """Codes of one system, each a prefix: C92 takes in C92.0 and everything under it."""

    system: Text
    codes: Annotated[tuple[Text, ...], Field(min_length=1)]


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class ValueSetLine:
    """A value set of this study, beside or in place of the library's."""

    name: Name
    version: Text
    en: Text | None = None
    zh: Text | None = None
    codes: tuple[CodeList, ...]
    excluding: tuple[CodeList, ...] = ()
    flag: Text | None = None
    source: Source = "assumption"
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Eligibility:
    """The criteria, and what they are written in: a version of the library, with the study's own words over it."""

    library: Text | None = None
    concepts: tuple[ConceptLine, ...] = ()
    value_sets: tuple[ValueSetLine, ...] = ()
    criteria: tuple[CriterionLine, ...] = ()


def criteria_of(eligibility: Eligibility) -> tuple[Criterion, ...]:
    """The criteria as `criteria.judge` takes them, in the order of the file."""
    return tuple(criterion_of(line) for line in eligibility.criteria)


def criterion_of(line: CriterionLine) -> Criterion:
    """One line of the file as `criteria` knows it."""
    confirmed = line.confirmed.by if line.confirmed else None
    return Criterion(line.id, Kind(line.kind), line.text, line.rule, line.source, confirmed)


def library_of(eligibility: Eligibility) -> Library:
    """The shipped library with the study's own concepts and value sets over it, one object for equal ones."""
    return _library_of(eligibility.concepts, eligibility.value_sets)


@lru_cache(maxsize=16)
def _library_of(concepts: tuple[ConceptLine, ...], value_sets: tuple[ValueSetLine, ...]) -> Library:
    return library_over(shipped_library(), Eligibility(concepts=concepts, value_sets=value_sets))


def library_over(library: Library, eligibility: Eligibility) -> Library:
    """The library with the study's own concepts and value sets in place of, or beside, its own."""
    return library.override(
        concepts=[_concept(line) for line in eligibility.concepts],
        value_sets=[_value_set(line) for line in eligibility.value_sets],
    )


def _concept(line: ConceptLine) -> Concept:
    return Concept(
        name=line.name,
        kind=line.kind,
        en=line.en or line.name,
        zh=line.zh or "",
        group=line.group,
        unit=line.unit,
        loinc=line.loinc,
        molar_mass=line.molar_mass,
        molar_mass_source=line.molar_mass_source or "",
        plausible=(line.plausible_low, line.plausible_high),
        window_days=line.window_days,
        iu_is_u=line.iu_is_u,
        never_assumed=line.never_assumed,
        words=line.words,
        note=line.note or line.basis or "",
    )


def _value_set(line: ValueSetLine) -> ValueSet:
    return ValueSet(
        name=line.name,
        version=line.version,
        en=line.en or line.name,
        zh=line.zh or "",
        codes=_codes(line.codes),
        excluding=_codes(line.excluding),
        flag=line.flag or "",
        source=line.source,
        basis=line.basis or "",
    )


def _codes(lists: tuple[CodeList, ...]) -> tuple[CodedValue, ...]:
    return tuple(CodedValue(group.system, code) for group in lists for code in group.codes)
