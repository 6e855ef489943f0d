"""Does every name in a rule or a form mean something: concepts, value sets, anchors, units and words."""

import difflib
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Final

from trialwright.criteria import Concept, parse_rule
from trialwright.criteria.language import (
    Between,
    Compare,
    Comparison,
    Elapsed,
    Flag,
    Gap,
    OneOf,
    Presence,
    Rule,
    Side,
    SignedDocument,
    Threshold,
    Within,
    walk,
)
from trialwright.criteria.shipped import shipped_library
from trialwright.facts import convert, read_unit, unit_hint
from trialwright.study.eligibility import CriterionLine, library_of
from trialwright.study.finding import Check, Finder, Finding
from trialwright.study.reader import StudyFile
from trialwright.study.tree import Path

BUILT_IN: Final = frozenset(("age", "female", "male", "sex"))
"""Names that need no concept: they come with the person."""


_NUMBERED: Final = frozenset(f"{anchor}_{number}" for anchor in ("cycle", "infusion") for number in range(1, 100))


def rules(file: StudyFile) -> Iterator[tuple[int, CriterionLine, Rule]]:
    """Every criterion with its place in the list and its parsed rule."""
    for index, line in enumerate(file.study.eligibility.criteria):
        yield index, line, parse_rule(line.rule)


def all_rules(file: StudyFile) -> Iterator[tuple[Path, str, Rule]]:
    """Every rule of a study: criteria, release tests, go or no-go."""
    for index, line, rule in rules(file):
        yield ("eligibility", "criteria", index, "rule"), line.id, rule
    for index, test in enumerate(file.study.product.release_tests if file.study.product else ()):
        yield ("product", "release_tests", index, "rule"), test.id, parse_rule(test.rule)
    for index, check in enumerate(file.study.treatment.go_no_go):
        if check.rule:
            yield ("treatment", "go_no_go", index, "rule"), check.id, parse_rule(check.rule)


def names_in(rule: Rule) -> Iterator[tuple[str, str, int]]:
    """What a rule asks for: concepts and value sets, each with its offset."""
    for part in walk(rule):
        match part:
            case Compare():
                yield "concept", part.name, part.at
                if part.over:
                    yield "concept", part.over, part.at
            case Flag():
                yield "concept", part.name, part.at
            case Presence():
                yield "value set", part.value_set, part.set_at


def _anchors(rule: Rule) -> Iterator[tuple[str, str, int]]:
    """The moments a rule counts time from, each with its offset."""
    for part in walk(rule):
        match part:
            case Compare() | Flag() | Presence():
                for window in part.windows:
                    if isinstance(window, Within | Gap | Side):
                        yield "anchor", window.anchor, window.at
            case SignedDocument(window=Side() as window):
                yield "anchor", window.anchor, window.at
            case Elapsed():
                yield "anchor", part.anchor, part.at


def library_named(file: StudyFile) -> Iterator[Finding]:
    """The criteria were written for one version of the library; another may define a name differently."""
    named, shipped = file.study.eligibility.library, shipped_library().version
    if file.study.eligibility.criteria and named != shipped:
        yield Finder(file, "library-version", "warning")(
            ("eligibility", "library"),
            "library",
            f"the criteria name {f'version {named}' if named else 'no version'} of the library; this is {shipped}.",
            f'Read what changed, then write `library: "{shipped}"`.',
        )


def names_known(file: StudyFile) -> Iterator[Finding]:
    """Every concept, value set and anchor a rule names is in the library or among the study's own."""
    library = library_of(file.study.eligibility)
    find = Finder(file, "unknown-name", "error")
    known = {
        "concept": {*library.concepts, *BUILT_IN},
        "value set": set(library.value_sets),
        "anchor": {*library.anchors, *_NUMBERED},
    }
    for path, subject, rule in all_rules(file):
        for kind, name, at in (*names_in(rule), *_anchors(rule)):
            if name not in known[kind]:
                near = difflib.get_close_matches(name, known[kind], n=1)
                guess = f" Did you mean `{near[0]}`?" if near else ""
                yield find(
                    path,
                    subject,
                    f"the rule names the {kind} `{name}`, and neither library nor study has one.",
                    f"Correct the name, or add it to the study.{guess}",
                    at=at,
                )


def units_fit(file: StudyFile) -> Iterator[Finding]:
    """Every limit has a unit we read, of the kind its concept is measured in."""
    library = library_of(file.study.eligibility)
    for path, subject, rule in all_rules(file):
        for part in walk(rule):
            if not isinstance(part, Compare) or part.over:
                continue
            concept = library.concepts.get(part.name)
            for limit in _limits(part):
                if part.name not in BUILT_IN and (fault := _misfit(limit, concept)):
                    code, meaning, what_to_do = fault
                    yield Finder(file, code, "error")(path, subject, meaning, what_to_do, at=limit.at)


def _limits(part: Compare) -> tuple[Threshold, ...]:
    match part.condition:
        case Comparison():
            return part.condition.alternatives
        case Between():
            return (part.condition.low, part.condition.high)
        case OneOf():
            return ()


def _misfit(limit: Threshold, concept: Concept | None) -> tuple[str, str, str] | None:
    """What is wrong with a limit's unit: code, meaning, what to do; None if nothing is."""
    if limit.relative or concept is None or concept.unit is None:
        return None
    if not limit.unit:
        if concept.unit == "1":
            return None
        return (
            "unknown-unit",
            f"{limit.number} has no unit.",
            f"Write one: {concept.name} is measured in {concept.unit}.",
        )
    unit, canonical = read_unit(limit.unit), read_unit(concept.unit)
    if unit is None:
        hint = unit_hint(limit.unit) or f"{concept.name} is measured in {concept.unit}"
        return ("unknown-unit", f"`{limit.unit}` is no unit we know.", f"{hint[0].upper()}{hint[1:]}.")
    if canonical and convert(Fraction(limit.number), unit, canonical, concept.molar_mass) is None:
        return (
            "wrong-unit",
            f"`{limit.unit}` measures something else than {concept.name} is measured in, {concept.unit}.",
            f"Write the limit in {concept.unit} or a unit that converts to it.",
        )
    return None


def words_fit(file: StudyFile) -> Iterator[Finding]:
    """`is matches` of a concept whose words are "confirmed" and "not confirmed" can never be true."""
    library = library_of(file.study.eligibility)
    find = Finder(file, "unknown-word", "error")
    for path, subject, rule in all_rules(file):
        for part in walk(rule):
            concept = library.concepts.get(part.name) if isinstance(part, Compare) else None
            if concept is None or not concept.words or not isinstance(part, Compare):
                continue
            if isinstance(part.condition, OneOf):
                for word in part.condition.values:
                    if isinstance(word, Decimal) or word not in concept.words:
                        yield find(
                            path,
                            subject,
                            f"`{word}` is no answer of {part.name}.",
                            f"Take one of: {', '.join(concept.words)}.",
                            at=part.at,
                        )


def items_known(file: StudyFile) -> Iterator[Finding]:
    """Every item of a form that becomes a fact names a concept or value set there is, in a unit we read."""
    library = library_of(file.study.eligibility)
    for index, form in enumerate(file.study.forms):
        for position, item in enumerate(form.items):
            path: Path = ("forms", index, "items", position)
            known = {"concept": {*library.concepts, *BUILT_IN}, "value_set": set(library.value_sets)}
            for kind, names in known.items():
                name = getattr(item, kind)
                if name is not None and name not in names:
                    yield Finder(file, "unknown-name", "error")(
                        (*path, kind),
                        item.id,
                        f"the item {item.id} names the {kind.replace('_', ' ')} `{name}`, and neither library nor "
                        "study has one.",
                        "Correct the name, add it to the study, or delete it if no rule needs the answer.",
                    )
            if item.unit is not None and read_unit(item.unit) is None:
                yield Finder(file, "unknown-unit", "error")(
                    (*path, "unit"),
                    item.id,
                    f"`{item.unit}` is no unit we know.",
                    f"{unit_hint(item.unit) or 'Write its UCUM code'}.",
                )


CHECKS: tuple[Check, ...] = (library_named, names_known, units_fit, words_fit, items_known)
