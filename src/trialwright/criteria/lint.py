"""What is wrong, or left open, in a criterion before anybody is asked: each finding with its place and a proposal."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from fractions import Fraction

from trialwright.criteria.compare import ONE, tests_of, threshold_unit
from trialwright.criteria.criterion import Criterion, Kind
from trialwright.criteria.language import (
    Asked,
    Between,
    Compare,
    Comparison,
    Elapsed,
    Ever,
    Flag,
    Gap,
    Lasting,
    OneOf,
    Presence,
    Rule,
    SignedDocument,
    Threshold,
    When,
    Window,
    walk,
)
from trialwright.criteria.library import Concept, Library
from trialwright.criteria.parse import RuleError, parse_rule
from trialwright.criteria.printing import format_rule, format_threshold
from trialwright.criteria.said import AGE, SEX_NAMES, SEXES
from trialwright.facts import Unit, convert, format_decimal, quoted, read_unit, shortened, unit_hint
from trialwright.facts.units import MASS_CONCENTRATION, MOLAR_CONCENTRATION, UNITS

NUMBERED = re.compile(r"(cycle|infusion|dose)_[1-9][0-9]*\Z")
_AGE_DAYS = {
    **dict.fromkeys(("years", "year", "a"), 366),
    **dict.fromkeys(("months", "month", "mo"), 31),
    **dict.fromkeys(("weeks", "week", "wk"), 7),
    **dict.fromkeys(("days", "day", "d"), 1),
}
"""The units of age, and the most days one of each can have."""


class Severity(Enum):
    """An error stops acts; a warning needs an answer; a note is for the reader."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `offset` counts characters into the rule; `message` says what and why; `proposal` what to do."""

    code: str
    severity: Severity
    criterion: str
    offset: int
    message: str
    proposal: str


def check_criteria(criteria: Sequence[Criterion], library: Library) -> tuple[Finding, ...]:
    """All findings in all criteria, in the criteria's order; never stops at the first."""
    found: list[Finding] = []
    for criterion in criteria:
        if criterion.confirmed is None:
            found.append(_finding("unconfirmed", Severity.WARNING, criterion, 0, *_UNCONFIRMED))
        try:
            rule = parse_rule(criterion.rule)
        except RuleError as error:
            proposal = "Correct the rule; what may stand there is named above."
            found.append(_finding("unreadable-rule", Severity.ERROR, criterion, error.offset, error.message, proposal))
            continue
        for part in walk(rule):
            found.extend(_part(part, criterion, library))
    return tuple(found)


_UNCONFIRMED = (
    "Nobody has confirmed that the rule says what the text means, so it answers unknown for everybody.",
    "Compare the rule with the text and confirm it by name.",
)


def _part(part: Rule, criterion: Criterion, library: Library) -> Iterator[Finding]:
    match part:
        case When() if criterion.kind is Kind.EXCLUSION:
            yield _when_in_exclusion(part, criterion)
        case Compare():
            yield from _compare(part, criterion, library)
        case Presence():
            yield from _presence(part, criterion, library)
        case Flag():
            yield from _flag(part, criterion, library)
        case Elapsed():
            yield from _anchor(part.anchor, part.at, criterion, library)
        case SignedDocument() if part.window is not None:
            yield from _windows((part.window,), criterion, library)
        case Asked() if not part.by:
            text = f"Whose opinion is {quoted(part.question)}? Any signature would decide it."
            yield _finding("opinion-of-nobody", Severity.WARNING, criterion, part.at, text, "Add `by investigator`.")


def _when_in_exclusion(part: When, criterion: Criterion) -> Finding:
    text = (
        "`if … then …` is met where its condition does not apply; in an exclusion it would bar everybody "
        "to whom the condition does not apply."
    )
    condition, consequence = format_rule(part.condition), format_rule(part.consequence)
    wrapped = f"({consequence})" if " or " in consequence or consequence.startswith("if ") else consequence
    left = f"({condition})" if " or " in condition else condition
    return _finding("if-in-exclusion", Severity.ERROR, criterion, part.at, text, f"Write `{left} and {wrapped}`.")


def _compare(part: Compare, criterion: Criterion, library: Library) -> Iterator[Finding]:
    if part.name == AGE and not part.over:
        yield from _age(part, criterion)
        return
    if part.name in SEX_NAMES and not part.over:
        return
    for name in filter(None, (part.name, part.over)):
        if name not in library.concepts:
            yield _undefined("concept", name, part.at, criterion, library.concepts)
    yield from _windows(part.windows, criterion, library)
    if part.policy is not None:
        text = f"`assuming {part.policy}` has no meaning for a measurement: a value that is missing stays unknown."
        yield _finding("policy-without-meaning", Severity.WARNING, criterion, part.at, text, "Leave it out.")
    if any(isinstance(window, Lasting) for window in part.windows) and part.pick is not None:
        text = f"`{part.pick}` and `for at least` have no meaning together: the answer would always be unknown."
        yield _finding("pick-and-duration", Severity.ERROR, criterion, part.at, text, "Keep one of the two.")
    for window in part.windows:
        if isinstance(window, Lasting) and window.duration.unit == "hour":
            text = "How many hours something lasted cannot be told from values of days: the answer is always unknown."
            yield _finding("duration-in-hours", Severity.ERROR, criterion, window.at, text, "Write days.")
    concept = library.concepts.get(part.name)
    if isinstance(part.condition, Between) and _same_scale_turned(part.condition):
        yield _turned(part.condition, criterion)
        return
    if concept is None or part.over:
        return
    yield from _units(part, concept, criterion)
    yield from _no_window(part, concept, criterion)


def _age(part: Compare, criterion: Criterion) -> Iterator[Finding]:
    for threshold in _thresholds(part):
        if threshold.unit not in _AGE_DAYS:
            text = f"An age needs its unit; found {format_threshold(threshold)!r}."
            yield _finding("unit", Severity.ERROR, criterion, threshold.at, text, f"Write `{threshold.number} years`.")
            return
    if isinstance(part.condition, Between) and _no_age_between(part.condition.low, part.condition.high):
        yield _turned(part.condition, criterion)


def _no_age_between(low: Threshold, high: Threshold) -> bool:
    """Whether nobody is ever of such an age. Between two units only where the longest months and years leave no day."""
    if _AGE_DAYS[low.unit] == _AGE_DAYS[high.unit]:
        return low.number > high.number
    oldest = (high.number + 1) * _AGE_DAYS[high.unit]  # until the day before the next year is completed
    youngest = low.number * {366: 365, 31: 28}.get(_AGE_DAYS[low.unit], _AGE_DAYS[low.unit])
    return youngest > oldest


def _thresholds(part: Compare) -> list[Threshold]:
    if isinstance(part.condition, OneOf):
        return []
    return [threshold for tests in tests_of(part.condition) for _, threshold in tests]


def _units(part: Compare, concept: Concept, criterion: Criterion) -> Iterator[Finding]:
    if isinstance(part.condition, OneOf):
        yield from _words(part, part.condition, concept, criterion)
        return
    if concept.kind != "quantity":
        text = f"{concept.name} is a {concept.kind}, not a number."
        words = f"`{concept.name} is {concept.words[0]}`" if concept.words else f"`{concept.name}`"
        yield _finding("not-a-number", Severity.ERROR, criterion, part.at, text, f"Write {words}.")
        return
    sound = True
    for threshold in _thresholds(part):
        if not threshold.relative and (finding := _unit(threshold, concept, criterion)):
            sound = False
            yield finding
    if sound and isinstance(part.condition, Comparison):
        yield from _alternatives(part.condition, concept, criterion)
    if sound and isinstance(part.condition, Between):
        yield from _empty_range(part.condition, concept, criterion)


def _unit(threshold: Threshold, concept: Concept, criterion: Criterion) -> Finding | None:
    wanted = UNITS[concept.unit or "1"]
    here = (criterion, threshold.at)
    if threshold.unit and read_unit(threshold.unit) is None:
        hint = unit_hint(threshold.unit)
        text = f"{quoted(threshold.unit)} is no unit we know" + (f": {hint}." if hint else ".")
        return _finding("unit", Severity.ERROR, *here, text, f"Write the limit in {wanted}.")
    unit = threshold_unit(threshold, concept)
    if unit is None or _comparable(unit, wanted, concept):
        return None
    if unit is ONE and not threshold.unit:
        text = f"{concept.name} is measured in {wanted}; the limit {threshold.number} has no unit."
    else:
        text = f"{concept.name} is measured in {wanted} ({wanted.kind}); {threshold.unit} is a {unit.kind}."
    return _finding("unit", Severity.ERROR, *here, text, f"Write the limit in {wanted}, or as a multiple of ULN.")


def _comparable(unit: Unit, wanted: Unit, concept: Concept) -> bool:
    if unit.kind == wanted.kind:
        return True
    return concept.molar_mass is not None and {unit.kind, wanted.kind} == {MASS_CONCENTRATION, MOLAR_CONCENTRATION}


def _alternatives(condition: Comparison, concept: Concept, criterion: Criterion) -> Iterator[Finding]:
    """Limits that claim to say the same thing in two units, and do not: 3.0 mg/dL = 265.2 umol/L, not 260."""
    absolute = [threshold for threshold in condition.alternatives if not threshold.relative]
    first = absolute[0] if absolute else None
    for other in absolute[1:]:
        if first is None:
            return
        unit, other_unit = threshold_unit(first, concept), threshold_unit(other, concept)
        if unit is None or other_unit is None:
            continue
        said = convert(Fraction(first.number), unit, other_unit, concept.molar_mass)
        back = convert(Fraction(other.number), other_unit, unit, concept.molar_mass)
        if said is None or back is None or said == Fraction(other.number):
            continue
        lower = said < Fraction(other.number)
        stricter_first = lower == (condition.comparator in ("<", "<="))
        in_first, in_other = f"{format_decimal(back, 3)} {unit}", f"{format_decimal(said)} {other_unit}"
        keep, kept_as = (first, in_other) if stricter_first else (other, in_first)
        text = (
            f"{concept.name}: {format_threshold(first)} is {format_decimal(said)} {other_unit}, "
            f"but the same line allows {format_threshold(other)}."
        )
        proposal = f"Keep one limit; the stricter is {format_threshold(keep)} ({kept_as})."
        yield _finding("limits-disagree", Severity.WARNING, criterion, other.at, text, proposal)


def _empty_range(condition: Between, concept: Concept, criterion: Criterion) -> Iterator[Finding]:
    low, high = threshold_unit(condition.low, concept), threshold_unit(condition.high, concept)
    if low is None or high is None or condition.low.relative or condition.high.relative:
        return
    lowest = convert(Fraction(condition.low.number), low, high, concept.molar_mass)
    if lowest is not None and lowest > Fraction(condition.high.number):
        yield _turned(condition, criterion)


def _same_scale_turned(condition: Between) -> bool:
    """3..1 ULN, and a ratio's 3..1: two ends of one scale, whatever its unit is worth."""
    relative = condition.low.relative or not condition.low.unit
    return relative and condition.low.unit == condition.high.unit and condition.low.number > condition.high.number


def _turned(condition: Between, criterion: Criterion) -> Finding:
    text = "The range's lower end is above its upper end: nobody can meet it."
    return _finding("empty-range", Severity.ERROR, criterion, condition.low.at, text, "Turn the two ends round.")


def _words(part: Compare, condition: OneOf, concept: Concept, criterion: Criterion) -> Iterator[Finding]:
    if not concept.words:
        return
    for value in condition.values:
        if isinstance(value, str) and value not in concept.words:
            text = f"{concept.name} is never {quoted(value)}."
            proposal = f"Its words are {', '.join(concept.words)}."
            yield _finding("unknown-word", Severity.ERROR, criterion, part.at, text, proposal)


def _no_window(part: Compare, concept: Concept, criterion: Criterion) -> Iterator[Finding]:
    timed = [window for window in part.windows if not isinstance(window, Lasting)]
    if timed or concept.window_days is None:
        return
    text = f"How old may {concept.en or concept.name} be? The rule names no time window."
    proposal = f"Write `within {concept.window_days} days before enrolment`, or `ever` if any age will do."
    yield _finding("no-window", Severity.WARNING, criterion, part.at, text, proposal)


def _presence(part: Presence, criterion: Criterion, library: Library) -> Iterator[Finding]:
    value_set = library.value_sets.get(part.value_set)
    if value_set is None:
        yield _undefined("value set", part.value_set, part.set_at, criterion, library.value_sets)
    yield from _windows(part.windows, criterion, library)
    for qualifier in part.qualifiers:
        if qualifier.name != "grade":
            text = f"Nothing records the {qualifier.name} of a {part.domain}; the answer would always be unknown."
            yield _finding(
                "unknown-qualifier", Severity.ERROR, criterion, qualifier.at, text, "Only `with grade` is known."
            )
    flag = library.concepts.get(value_set.flag) if value_set else None
    if part.policy in ("absent", "complete") and flag is not None and flag.never_assumed:
        text = f"{part.value_set} is never assumed absent; `assuming {part.policy}` does nothing here."
        yield _finding("never-assumed", Severity.WARNING, criterion, part.at, text, "Ask, and record the answer.")


def _flag(part: Flag, criterion: Criterion, library: Library) -> Iterator[Finding]:
    yield from _windows(part.windows, criterion, library)
    if part.name in SEXES:
        return
    concept = library.concepts.get(part.name)
    if concept is None:
        yield _undefined("concept", part.name, part.at, criterion, library.concepts)
    elif concept.kind != "flag":
        text = f"{part.name} is a {concept.kind}: alone it says neither yes nor no."
        yield _finding("not-a-flag", Severity.ERROR, criterion, part.at, text, "Compare it: <=, is, in.")
    for window in part.windows:
        if isinstance(window, Lasting):
            text = "`for at least` needs a comparison; a flag has no duration."
            yield _finding("flag-duration", Severity.ERROR, criterion, window.at, text, "Leave it out.")


def _windows(windows: Sequence[Window], criterion: Criterion, library: Library) -> Iterator[Finding]:
    for window in windows:
        if isinstance(window, Gap) and window.side not in ("before", "after"):
            text = f"`at least … {window.side} {window.anchor}` names no side."
            yield _finding("gap-without-side", Severity.ERROR, criterion, window.at, text, "Write before or after.")
        if not isinstance(window, Ever | Lasting):
            yield from _anchor(window.anchor, window.at, criterion, library)


def _anchor(name: str, at: int, criterion: Criterion, library: Library) -> Iterator[Finding]:
    known = name in library.anchors or name in library.concepts or NUMBERED.match(name)
    if not known:
        yield _undefined("anchor", name, at, criterion, library.anchors)


def _undefined(kind: str, name: str, at: int, criterion: Criterion, known: Iterable[str]) -> Finding:
    near = get_close_matches(name, list(known), 1)
    proposal = f"Did you mean `{near[0]}`? " if near else ""
    text = f"Neither the library nor the study defines the {kind} `{shortened(name)}`."
    code = f"undefined-{kind.replace(' ', '-')}"
    return _finding(code, Severity.ERROR, criterion, at, text, f"{proposal}Define it in the study, or use a known one.")


def _finding(code: str, severity: Severity, criterion: Criterion, offset: int, message: str, proposal: str) -> Finding:
    return Finding(code, severity, criterion.id, offset, message, proposal)
