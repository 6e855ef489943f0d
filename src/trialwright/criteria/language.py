"""What a rule is made of: each form of the language, once. Offsets count characters into the rule's text.

Equality ignores offsets: two rules are equal if they say the same, wherever they stand.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Pick = Literal["latest", "earliest", "any", "all", "highest", "lowest", "mean"]
Comparator = Literal["<=", ">=", "<", ">", "=", "!="]
SideWord = Literal["before", "after", "of", "around"]
State = Literal["active", "prior", "current", "new"]
Domain = Literal["diagnosis", "medication", "procedure", "allergy", "therapy"]
DurationUnit = Literal["hour", "day", "week", "month", "year"]
Policy = Literal["absent", "complete", "unknown"]

# A limit that is a multiple of something else of the same person or laboratory, not a number with a unit.
RELATIVE_UNITS = frozenset({"ULN", "LLN", "baseline", "nadir"})


def _offset() -> int:
    return field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit: `3.0 mg/dL`, `2.5 ULN` (unit "ULN"), `2` (unit "")."""

    number: Decimal
    unit: str = ""
    at: int = _offset()

    @property
    def relative(self) -> bool:
        return self.unit in RELATIVE_UNITS


@dataclass(frozen=True, slots=True)
class Comparison:
    """`<= 3.0 mg/dL | 260 umol/L`: alternatives say one limit in several units."""

    comparator: Comparator
    alternatives: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """`18..80 years`, `between 3.5 mmol/L and 5.0 mmol/L`: both ends belong."""

    low: Threshold
    high: Threshold


@dataclass(frozen=True, slots=True)
class OneOf:
    """`in {0, 1, 2}`, `is negative`: one of these numbers or words."""

    values: tuple[Decimal | str, ...]


Condition = Comparison | Between | OneOf


@dataclass(frozen=True, slots=True)
class Duration:
    """`14 days`, `at least 4 weeks`: always a whole number of one unit."""

    number: int
    unit: DurationUnit
    at: int = _offset()


@dataclass(frozen=True, slots=True)
class Within:
    """`within 14 days before enrolment`."""

    duration: Duration
    side: SideWord
    anchor: str
    at: int = _offset()


@dataclass(frozen=True, slots=True)
class Gap:
    """`at least 4 weeks before enrolment`."""

    duration: Duration
    side: SideWord
    anchor: str
    at: int = _offset()


@dataclass(frozen=True, slots=True)
class Side:
    """`before infusion`."""

    side: SideWord
    anchor: str
    at: int = _offset()


@dataclass(frozen=True, slots=True)
class Ever:
    """`ever`: said on purpose, so that a reader knows no window was forgotten."""

    at: int = _offset()


@dataclass(frozen=True, slots=True)
class Lasting:
    """`for at least 7 days`."""

    duration: Duration
    at: int = _offset()


Window = Within | Gap | Side | Ever | Lasting


@dataclass(frozen=True, slots=True)
class And:
    """`… and …`."""

    parts: tuple["Rule", ...]
    at: int = _offset()


@dataclass(frozen=True, slots=True)
class Or:
    """`… or …`."""

    parts: tuple["Rule", ...]
    at: int = _offset()


@dataclass(frozen=True, slots=True)
class Not:
    """`not …`."""

    part: "Rule"
    at: int = _offset()


@dataclass(frozen=True, slots=True)
class When:
    """`if condition then consequence`: met where the condition does not apply."""

    condition: "Rule"
    consequence: "Rule"
    at: int = _offset()


@dataclass(frozen=True, slots=True)
class AtLeast:
    """`at least 2 of (…, …, …)`."""

    count: int
    parts: tuple["Rule", ...]
    at: int = _offset()


@dataclass(frozen=True, slots=True)
class Compare:
    """`latest creatinine <= 3.0 mg/dL within 14 days before enrolment`; `over` is a ratio's lower name."""

    name: str
    condition: Condition
    over: str = ""
    pick: Pick | None = None
    windows: tuple[Window, ...] = ()
    policy: Policy | None = None
    at: int = _offset()


@dataclass(frozen=True, slots=True)
class With:
    """`with grade >= 3`."""

    name: str
    comparator: Comparator
    threshold: Threshold
    at: int = _offset()


@dataclass(frozen=True, slots=True)
class Presence:
    """`no active diagnosis in SevereInfection with grade >= 3 ever assuming absent`."""

    domain: Domain
    value_set: str
    absent: bool = False
    state: State | None = None
    qualifiers: tuple[With, ...] = ()
    windows: tuple[Window, ...] = ()
    policy: Policy | None = None
    at: int = _offset()
    set_at: int = _offset()


@dataclass(frozen=True, slots=True)
class Asked:
    """`opinion "unsuitable" by investigator`: somebody's judgement; `by` "" is anybody's, signed."""

    question: str
    by: str = ""
    at: int = _offset()


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """`signed consent before screening`."""

    document: str
    window: Side | None = None
    at: int = _offset()


@dataclass(frozen=True, slots=True)
class Elapsed:
    """`at least 14 days since last_chemo`, `at most 42 days since last_chemo`."""

    least: bool
    duration: Duration
    anchor: str
    at: int = _offset()


@dataclass(frozen=True, slots=True)
class Flag:
    """`lactating`, `pregnant within 7 days before infusion`: a yes or no that somebody said."""

    name: str
    windows: tuple[Window, ...] = ()
    at: int = _offset()


Atom = Compare | Presence | Asked | SignedDocument | Elapsed | Flag
Rule = And | Or | Not | When | AtLeast | Atom


def parts_of(rule: Rule) -> tuple[Rule, ...]:
    """The rules a rule is directly made of; none for an atom."""
    match rule:
        case And() | Or() | AtLeast():
            return rule.parts
        case Not():
            return (rule.part,)
        case When():
            return (rule.condition, rule.consequence)
        case _:
            return ()


def walk(rule: Rule) -> list[Rule]:
    """The rule and all within it, outermost first, left to right."""
    found, waiting = [], [rule]
    while waiting:
        here = waiting.pop()
        found.append(here)
        waiting.extend(reversed(parts_of(here)))
    return found
