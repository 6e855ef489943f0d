"""Facts that no rule and no library knows: most are misspelt, and a misspelt fact would be missed in silence."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from trialwright.criteria.criterion import Criterion
from trialwright.criteria.language import (
    Asked,
    Compare,
    Elapsed,
    Ever,
    Flag,
    Lasting,
    Presence,
    Rule,
    SignedDocument,
    walk,
)
from trialwright.criteria.library import Library
from trialwright.criteria.lint import NUMBERED
from trialwright.criteria.parse import parse_rule
from trialwright.criteria.person import Coded, DomainComplete, Fact, Observation, Opinion, Person, SetAnswer, Signed
from trialwright.criteria.said import AGE, SEX_NAMES, SEXES
from trialwright.facts import canonical_system, known_systems, shortened


def check_facts(person: Person, criteria: Sequence[Criterion], library: Library) -> tuple[str, ...]:
    """One sentence for each name among a person's facts that means nothing here, in the order of the facts.

    What the library knows and no rule asks for is as it should be: a laboratory prints more than a study needs.
    Raises RuleError for a rule that cannot be read.

    >>> from trialwright.criteria import read_facts, shipped_library
    >>> typed = read_facts({"facts": [{"concept": "creatinin", "value": "2.1", "on": "2026-11-20"}]})
    >>> check_facts(typed, (), shipped_library())
    ('creatinin is no concept of this study; did you mean creatinine?',)
    """
    known = _known(criteria, library)
    said = (_unknown(fact, known) for fact in person.facts if not fact.entered_in_error)
    return tuple(dict.fromkeys(sentence for sentence in said if sentence))


@dataclass(frozen=True, slots=True)
class _Known:
    """The names that mean something, by what kind of fact may carry them."""

    concepts: frozenset[str]
    moments: frozenset[str]  # a flag that says yes, or a signed document, may say that a moment has come
    value_sets: frozenset[str]
    opinions: frozenset[str]
    documents: frozenset[str]
    systems: frozenset[str]


def _known(criteria: Sequence[Criterion], library: Library) -> _Known:
    parts = [part for criterion in criteria for part in walk(parse_rule(criterion.rule))]
    sets = library.value_sets.values()
    moments = frozenset((*library.anchors, *_named(parts, _moments)))
    return _Known(
        concepts=frozenset((*library.concepts, *(each.flag for each in sets if each.flag), *_named(parts, _concepts))),
        moments=moments,
        value_sets=frozenset((*library.value_sets, *(part.value_set for part in parts if isinstance(part, Presence)))),
        opinions=frozenset(part.question for part in parts if isinstance(part, Asked)),
        documents=moments | {part.document for part in parts if isinstance(part, SignedDocument)},
        systems=known_systems() | {canonical_system(code.system) for each in sets for code in each.codes},
    )


def _named(parts: Iterable[Rule], names: Callable[[Rule], Iterable[str]]) -> Iterator[str]:
    return (name for part in parts for name in names(part) if name not in SEXES | SEX_NAMES | {AGE})


def _concepts(part: Rule) -> Iterable[str]:
    match part:
        case Compare():
            return filter(None, (part.name, part.over))
        case Flag():
            return (part.name,)
        case _:
            return ()


def _moments(part: Rule) -> Iterable[str]:
    match part:
        case Elapsed():
            return (part.anchor,)
        case SignedDocument(window=window) if window is not None:
            return (window.anchor,)
        case Compare() | Presence() | Flag():
            return [window.anchor for window in part.windows if not isinstance(window, Ever | Lasting)]
        case _:
            return ()


def _unknown(fact: Fact, known: _Known) -> str | None:
    """What is wrong with the fact's name; None if it means something."""
    match fact:
        case Observation(concept=name) | Signed(signed=name) if NUMBERED.match(name):
            return None  # infusion_2: a moment like those the library names
        case Observation(concept=name):
            if name == AGE:
                return "age is no fact: it is counted from the birth date. Write `born` at the top of the file."
            if name in SEXES | SEX_NAMES:
                return f"{name} is no fact of its own. Write `sex` at the top of the file."
            return _said(name, "concept of this study", known.concepts | known.moments)
        case Coded():
            return _said(canonical_system(fact.code.system), "code system we know", known.systems)
        case SetAnswer(valueset=name):
            return _said(name, "value set of this study", known.value_sets)
        case Opinion(opinion=name):
            return _said(name, "opinion that a criterion asks for", known.opinions, quoted=True)
        case Signed(signed=name):
            return _said(name, "document of this study", known.documents)
        case DomainComplete():
            return None


def _said(name: str, kind: str, known: frozenset[str], *, quoted: bool = False) -> str | None:
    if name in known:
        return None
    shown, sign = shortened(name), '"' if quoted else ""
    by_lower = {each.lower(): each for each in sorted(known)}
    if near := get_close_matches(name[:200].lower(), by_lower, 1):
        return f"{sign}{shown}{sign} is no {kind}; did you mean {sign}{by_lower[near[0]]}{sign}?"
    return f"{sign}{shown}{sign} is no {kind}. Check how it is written."
