"""The terms of CTCAE v5.0 that a laboratory value or a vital sign decides, as rules: clauses, units, conditions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, Literal

VERSION: Final = "5.0"


class Flag(Enum):
    """What a person answers beside the value, because a clause depends on it."""

    SYMPTOMATIC = "symptomatic"
    ON_ANTICOAGULATION = "on anticoagulation"
    FEVER_OVER_24H = "fever for more than 24 hours"


class Baseline(Enum):
    """How the value before treatment stood to the reference range."""

    ABOVE_ULN = "baseline above the ULN"
    BELOW_LLN = "baseline below the LLN"


Condition = Flag | Baseline
Operand = Literal["value", "drop_abs", "rise_above_uln"]
Reference = Literal["abs", "ULN", "LLN", "BASE"]


@dataclass(frozen=True, slots=True)
class When:
    """On what a clause depends: it counts where the condition is so (`holds`), or only where it is not so."""

    condition: Condition
    holds: bool
    words: str


_WHEN: Final[Mapping[str, When | None]] = {
    "always": None,
    "baseline_normal": When(Baseline.ABOVE_ULN, False, "baseline normal"),
    "baseline_above_uln": When(Baseline.ABOVE_ULN, True, "baseline above the ULN"),
    "baseline_not_below_lln": When(Baseline.BELOW_LLN, False, "baseline normal"),
    "baseline_below_lln": When(Baseline.BELOW_LLN, True, "baseline below the LLN"),
    "symptomatic": When(Flag.SYMPTOMATIC, True, "symptomatic"),
    "on_anticoagulation": When(Flag.ON_ANTICOAGULATION, True, "on anticoagulation"),
    "not_on_anticoagulation": When(Flag.ON_ANTICOAGULATION, False, "not on anticoagulation"),
    "fever_over_24h": When(Flag.FEVER_OVER_24H, True, "for more than 24 hours"),
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One line of a term: this grade, where `operand comparator factor x reference`.

    operand    the value; `drop_abs`, baseline minus value; `rise_above_uln`, value minus ULN
    reference  "abs": `factor` itself, in the table's unit
    """

    grade: int
    when: When | None
    operand: Operand
    comparator: str
    factor: Decimal
    reference: Reference

    @property
    def needs_baseline(self) -> bool:
        return self.reference == "BASE" or self.operand == "drop_abs"


@dataclass(frozen=True, slots=True)
class Table:
    """The clauses as CTCAE prints them in one unit; None: multiples of limits alone, good for any unit."""

    unit: str | None
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabRule:
    """How one term grades one quantity. `tables` begins with the rule's main unit.

    concept  the quantity's name in the library of concepts
    whole    value and baseline are rounded to whole numbers of the unit first
    also     what CTCAE grades besides the value, for the person who confirms the grade
    note     what the rule settles where CTCAE's words leave it open
    """

    term: str
    analyte: str
    concept: str
    tables: tuple[Table, ...]
    whole: bool = False
    also: str = ""
    note: str = ""
    ctcae: str = VERSION

    @property
    def grades(self) -> tuple[int, ...]:
        """The grades that a value can have under this rule, 0 (none) included."""
        return tuple(sorted({0} | {clause.grade for table in self.tables for clause in table.clauses}))

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What the clauses depend on, each once."""
        found = (clause.when.condition for table in self.tables for clause in table.clauses if clause.when)
        return tuple(dict.fromkeys(found))


def rules(version: str) -> tuple[LabRule, ...]:
    """The rules of a CTCAE version; none of 6.0, where values are graded by hand. Raises ValueError for another.

    376 of the terms that both versions have changed their words, so the rules of one never grade for the other.
    """
    if version == "6.0":
        return ()
    if version != VERSION:
        raise ValueError(f"CTCAE {version!r} is not known; 5.0 or 6.0 was expected.")
    return _shipped()


def rule_of(term: str) -> LabRule:
    """The rule of a term of v5.0, by the term's own words. Raises KeyError."""
    return _by_term()[term]


def terms_for(concept: str) -> tuple[LabRule, ...]:
    """The rules that grade a concept of the library, both sides (a potassium is graded high and low); none for others.

    Total calcium has none: CTCAE prints limits of calcium corrected for albumin (`calcium_corrected`).
    """
    return _by_concept().get(concept, ())


@lru_cache(maxsize=1)
def _shipped() -> tuple[LabRule, ...]:
    table = files("trialwright.safety").joinpath("tables/lab_rules_v5.0.json")
    # Factors are decimals as printed: 0.1 read as a float is not a tenth.
    read = json.loads(table.read_text(encoding="utf-8"), parse_float=Decimal)
    return tuple(_rule(given) for given in read["rules"])


@lru_cache(maxsize=1)
def _by_term() -> Mapping[str, LabRule]:
    return {rule.term: rule for rule in _shipped()}


@lru_cache(maxsize=1)
def _by_concept() -> Mapping[str, tuple[LabRule, ...]]:
    found: dict[str, tuple[LabRule, ...]] = {}
    for rule in _shipped():
        found[rule.concept] = (*found.get(rule.concept, ()), rule)
    return found


def _rule(given: Mapping[str, Any]) -> LabRule:
    unit = None if given["unit"] == "any" else given["unit"]
    return LabRule(
        term=given["term"],
        analyte=given["analyte"],
        concept=given["concept"],
        tables=tuple(
            Table(code, tuple(_clause(each) for each in clauses))
            for code, clauses in ((unit, given["clauses"]), *given["alt_units"].items())
        ),
        whole=given.get("whole", False),
        also=given.get("also", ""),
        note=given["note"],
    )


def _clause(given: Mapping[str, Any]) -> Clause:
    ((operand, comparator, factor, reference),) = given["all"]  # every clause of v5.0 compares once
    return Clause(given["grade"], _WHEN[given["when"]], operand, comparator, Decimal(factor), reference)
