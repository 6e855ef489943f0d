"""Does every name in a rule or a form mean something: concepts, value sets, anchors, units and words."""

from collections.abc import Iterator
from typing import Final

from trialwright.criteria import Criterion, Kind, check_criteria, parse_rule
from trialwright.criteria.language import Between, Compare, Comparison, Flag, OneOf, Presence, Rule, Threshold, walk
from trialwright.criteria.shipped import shipped_library
from trialwright.facts import read_unit, unit_hint
from trialwright.study.eligibility import CriterionLine, criterion_of, library_of
from trialwright.study.finding import Check, Finder, Finding
from trialwright.study.reader import StudyFile
from trialwright.study.tree import Path

BUILT_IN: Final = frozenset(("age", "female", "male", "sex"))
"""Names that need no concept: they come with the person."""


def rules(file: StudyFile) -> Iterator[tuple[int, CriterionLine, Rule]]:
    """Every criterion with its place in the list and its parsed rule."""
    for index, line in enumerate(file.study.eligibility.criteria):
        yield index, line, parse_rule(line.rule)


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


def rules_sound(file: StudyFile) -> Iterator[Finding]:
    """What `criteria` finds in a rule, wherever a study writes one: its names, units, words, windows and limits."""
    library = library_of(file.study.eligibility)
    for path, criterion in _asked(file):
        for found in check_criteria([criterion], library):
            if found.code not in ("unconfirmed", "unreadable-rule"):  # said with the study's own weight; not possible
                find = Finder(file, found.code, found.severity.value)
                yield find(path, criterion.id, found.message, found.proposal, at=found.offset)


def bare_fractions(file: StudyFile) -> Iterator[Finding]:
    """`lvef >= 50` reads as 50 times the whole: a fraction without its sign is a number, and 50 is 5000 %."""
    library = library_of(file.study.eligibility)
    find = Finder(file, "unit", "error")
    for path, criterion in _asked(file):
        for part in walk(parse_rule(criterion.rule)):
            concept = library.concepts.get(part.name) if isinstance(part, Compare) and not part.over else None
            if concept is None or concept.unit != "%" or not isinstance(part, Compare):
                continue
            for limit in _limits(part):
                if not limit.unit:
                    meant = limit.number * 100 if limit.number <= 1 else limit.number
                    yield find(
                        path,
                        criterion.id,
                        f"{concept.name} is measured in %; {limit.number} without a unit is {limit.number * 100:f} %.",
                        f"Write `{meant:f} %`.",
                        at=limit.at,
                    )


def _limits(part: Compare) -> tuple[Threshold, ...]:
    match part.condition:
        case Comparison():
            return part.condition.alternatives
        case Between():
            return (part.condition.low, part.condition.high)
        case OneOf():
            return ()


def _asked(file: StudyFile) -> Iterator[tuple[Path, Criterion]]:
    """Every rule of a study as a criterion: the criteria, the release tests, the go or no-go."""
    for index, line in enumerate(file.study.eligibility.criteria):
        yield ("eligibility", "criteria", index, "rule"), criterion_of(line)
    for index, test in enumerate(file.study.product.release_tests if file.study.product else ()):
        yield ("product", "release_tests", index, "rule"), Criterion(test.id, Kind.INCLUSION, test.label, test.rule)
        if test.over_all_doses:
            summed = Criterion(test.id, Kind.INCLUSION, test.label, test.over_all_doses)
            yield ("product", "release_tests", index, "over_all_doses"), summed
    for index, check in enumerate(file.study.treatment.go_no_go):
        if check.rule:
            yield ("treatment", "go_no_go", index, "rule"), Criterion(check.id, Kind.INCLUSION, check.label, check.rule)


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
                    yield Finder(file, f"undefined-{kind.replace('_', '-')}", "error")(
                        (*path, kind),
                        item.id,
                        f"the item {item.id} names the {kind.replace('_', ' ')} `{name}`, and neither library nor "
                        "study has one.",
                        "Correct the name, add it to the study, or delete it if no rule needs the answer.",
                    )
            if item.unit is not None and read_unit(item.unit) is None:
                yield Finder(file, "unit", "error")(
                    (*path, "unit"),
                    item.id,
                    f"`{item.unit}` is no unit we know.",
                    f"{unit_hint(item.unit) or 'Write its UCUM code'}.",
                )


CHECKS: tuple[Check, ...] = (rules_sound, bare_fractions, library_named, items_known)
