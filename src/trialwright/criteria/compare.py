"""One value against a limit: units brought together exactly, comparators read as intervals, nothing guessed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trialwright.criteria.answers import Answer, all_answers, any_answers, unknown
from trialwright.criteria.asking import Asking, evidence_of
from trialwright.criteria.criterion import Evidence, Reason, ReasonKind
from trialwright.criteria.language import Between, Comparison, Condition, OneOf, Threshold
from trialwright.criteria.library import Concept
from trialwright.criteria.limits import enzyme_unit, relative_limit
from trialwright.criteria.person import Observation
from trialwright.criteria.words import BORDERLINE, NOT_APPLICABLE, NOT_KNOWN, read_word, same_word
from trialwright.facts import (
    FALSE,
    TRUE,
    UNKNOWN,
    Quantity,
    Truth,
    Unit,
    convert,
    format_decimal,
    quoted,
    read_unit,
    unit_hint,
)
from trialwright.facts.quantities import Bound
from trialwright.facts.units import MASS_CONCENTRATION, MOLAR_CONCENTRATION, UNITS

ONE = UNITS["1"]
Interval = tuple[Bound | None, Bound | None]
RowTest = Callable[[Observation, Asking], Answer]
Test = tuple[str, Threshold]  # a comparator and its limit
_MASS_AND_MOLAR = {MASS_CONCENTRATION, MOLAR_CONCENTRATION}


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit in the value's own unit, with the words that show how it came there."""

    value: Fraction
    shown: str = ""


def compared(interval: Interval, comparator: str, limit: Fraction) -> Truth:
    """Whether every value of the interval, no value of it, or only some satisfy the comparison."""
    match comparator:
        case "<=":
            return _at_most(interval, limit)
        case ">":
            return ~_at_most(interval, limit)
        case "<":
            return _below(interval, limit)
        case ">=":
            return ~_below(interval, limit)
        case "=":
            return _equal(interval, limit)
        case _:
            return ~_equal(interval, limit)


def row_test(condition: Condition, concept: Concept, favourable: bool) -> RowTest:
    """The question a condition asks of one row. `favourable`: see `least_favourable`."""
    if isinstance(condition, OneOf):
        return _one_of(condition, concept)
    alternatives = tests_of(condition)
    limit_of = _limits(concept)
    # Written with `|`, a limit is compared in the reported unit; the reader is shown the value in the other one too.
    also = {limit.code: limit for tests in alternatives for _, each in tests if (limit := _shown_in(each, concept))}

    def test(row: Observation, asking: Asking) -> Answer:
        value = row.value
        if isinstance(value, str):
            kind = ReasonKind.NOT_APPLICABLE if value == NOT_APPLICABLE else ReasonKind.IMPRECISE
            return unknown(
                kind, f"{quoted(value)} on {row.on} is a word, not a number", concept.name, (evidence_of(row),)
            )
        unit = unit_of(value, concept)
        problem = unit if isinstance(unit, Reason) else implausible(value, unit, concept)
        if problem is not None or isinstance(unit, Reason):
            return Answer(UNKNOWN, (problem,) if problem else (), (evidence_of(row),))
        chosen = _of_the_reported_kind(alternatives, unit, concept)
        if not chosen:
            return _another_kind(row, unit, alternatives, concept)
        answers = [_tested(row, unit, tests, asking, limit_of, also) for tests in chosen]
        if len(answers) == 1:
            return answers[0]
        return all_answers(answers) if favourable else any_answers(answers)

    return test


def tests_of(condition: Comparison | Between) -> tuple[tuple[Test, ...], ...]:
    """A condition's alternatives, each the tests it makes."""
    if isinstance(condition, Between):
        return (((">=", condition.low), ("<=", condition.high)),)
    return tuple(((condition.comparator, threshold),) for threshold in condition.alternatives)


def unit_of(value: Quantity, concept: Concept) -> Unit | Reason:
    """The unit a value was measured in, or why there is none to compare in."""
    if value.unit is None:
        if concept.unit in (None, "1"):
            return ONE
        text = f"{value} has no unit: ask the laboratory whether it is {concept.unit}"
        return Reason(ReasonKind.NO_UNIT, text, concept.name)
    unit = value.measured_in
    if unit is None:
        hint = unit_hint(value.unit)
        text = f"the unit {quoted(value.unit)} is not known" + (f": {hint}" if hint else "")
        return Reason(ReasonKind.NO_UNIT, text, concept.name)
    return enzyme_unit(unit, concept)


def implausible(value: Quantity, unit: Unit, concept: Concept) -> Reason | None:
    """Why a value cannot be believed, None if it can: no heart ejects 5500 %."""
    low, high = concept.plausible
    if concept.unit is None or (low is None and high is None):
        return None
    canonical = UNITS[concept.unit]
    for bound, too_far in ((low, "<"), (high, ">")):
        if bound is None:
            continue
        limit = convert(Fraction(bound), canonical, unit, concept.molar_mass)
        if limit is not None and compared(value.interval, too_far, limit) is TRUE:
            ends = f"{'' if low is None else low}..{'' if high is None else high} {concept.unit}"
            text = f"{value} is outside what is believable ({ends}): check the value and its unit"
            return Reason(ReasonKind.IMPLAUSIBLE, text, concept.name)
    return None


def _limits(concept: Concept) -> Callable[[Threshold, Unit], Limit | None]:
    """Absolute limits in a row's unit, each converted once and kept."""
    kept: dict[tuple[Decimal, str, str], Limit | None] = {}

    def limit(threshold: Threshold, unit: Unit) -> Limit | None:
        key = (threshold.number, threshold.unit, unit.code)
        if key not in kept:
            kept[key] = _absolute(threshold, unit, concept)
        return kept[key]

    return limit


def _absolute(threshold: Threshold, unit: Unit, concept: Concept) -> Limit | None:
    written = threshold_unit(threshold, concept)
    if written is None:
        return None
    value = convert(Fraction(threshold.number), written, unit, concept.molar_mass)
    return None if value is None else Limit(value, "" if written.code == unit.code else written.code)


def _shown_in(threshold: Threshold, concept: Concept) -> Unit | None:
    return None if threshold.relative else threshold_unit(threshold, concept)


def threshold_unit(threshold: Threshold, concept: Concept) -> Unit | None:
    """The unit of a rule's own limit; None if it has none that can be read."""
    if not threshold.unit:
        return ONE
    unit = read_unit(threshold.unit)
    return None if unit is None else enzyme_unit(unit, concept)


def _of_the_reported_kind(
    alternatives: Sequence[tuple[Test, ...]], unit: Unit, concept: Concept
) -> list[tuple[Test, ...]]:
    """The alternatives of the reported unit's kind; failing those, the ones that a molar mass can bring there."""
    same: list[tuple[Test, ...]] = []
    reachable: list[tuple[Test, ...]] = []
    for tests in alternatives:
        kinds = {unit.kind if test.relative else _kind(test, concept) for _, test in tests}
        if kinds == {unit.kind}:
            same.append(tests)
        elif concept.molar_mass is not None and kinds | {unit.kind} == _MASS_AND_MOLAR:
            reachable.append(tests)
    return same or reachable


def _kind(threshold: Threshold, concept: Concept) -> str | None:
    unit = threshold_unit(threshold, concept)
    return None if unit is None else unit.kind


def _another_kind(row: Observation, unit: Unit, alternatives: Sequence[tuple[Test, ...]], concept: Concept) -> Answer:
    wanted = " or ".join(dict.fromkeys(limit.unit or "no unit" for tests in alternatives for _, limit in tests))
    text = f"{row.value} cannot be compared with {wanted}"
    needs_mass = {unit.kind} | {
        _kind(limit, concept) for tests in alternatives for _, limit in tests
    } == _MASS_AND_MOLAR
    text += f": no molar mass is known for {concept.name}" if needs_mass else f": {unit.code} measures another thing"
    return unknown(ReasonKind.NO_UNIT, text, concept.name, (evidence_of(row),))


def _tested(
    row: Observation,
    unit: Unit,
    tests: tuple[Test, ...],
    asking: Asking,
    limit_of: Callable[[Threshold, Unit], Limit | None],
    also: Mapping[str, Unit],
) -> Answer:
    truth, shown = TRUE, ""
    reasons: tuple[Reason, ...] = ()
    for comparator, threshold in tests:
        limit = relative_limit(threshold, row, unit, asking) if threshold.relative else limit_of(threshold, unit)
        if isinstance(limit, Reason):
            truth, reasons = truth & UNKNOWN, (*reasons, limit)
            continue
        if limit is None:  # `_of_the_reported_kind` chose only limits that convert
            raise AssertionError(f"{threshold} does not convert to {unit}")
        value, words = (limit.value, limit.shown) if isinstance(limit, Limit) else limit
        truth &= compared(row.value.interval, comparator, value)  # type: ignore[union-attr]
        shown = words if threshold.relative else _conversion(row, unit, words, asking) if words else shown
    if not shown and len(also) > 1:
        other = next((code for code in also if code != unit.code), "")
        shown = _conversion(row, unit, other, asking)
    if truth is UNKNOWN and not reasons:
        text = f"{row.value} on {row.on} does not say on which side of the limit it lies"
        reasons = (Reason(ReasonKind.IMPRECISE, text, row.concept),)
    return Answer(truth, reasons if truth is UNKNOWN else (), (evidence_of(row, shown),))


def _conversion(row: Observation, unit: Unit, target: str, asking: Asking) -> str:
    """ "2.1 mg/dL = 185.6 umol/L": for the reader; the comparison itself is made in the reported unit."""
    value = row.value
    if isinstance(value, str):
        return ""
    said = convert(Fraction(value.number), unit, UNITS[target], asking.concept(row.concept).molar_mass)
    return "" if said is None else f"{value} = {value.comparator}{format_decimal(said)} {target}"


def _one_of(condition: OneOf, concept: Concept) -> RowTest:
    words = [read_word(value) for value in condition.values if isinstance(value, str)]
    numbers = [Fraction(value) for value in condition.values if isinstance(value, Decimal)]

    def test(row: Observation, asking: Asking) -> Answer:
        seen = (evidence_of(row),)
        if isinstance(row.value, str):
            return _word_among(row.value, words, concept, row, seen)
        if not numbers:
            return unknown(ReasonKind.IMPRECISE, f"{row.value} on {row.on} is a number, not a word", concept.name, seen)
        unit = unit_of(row.value, concept)
        if isinstance(unit, Reason):
            return Answer(UNKNOWN, (unit,), seen)
        if unit.kind != ONE.kind:
            return unknown(ReasonKind.NO_UNIT, f"{row.value} cannot be one of plain numbers", concept.name, seen)
        if problem := implausible(row.value, unit, concept):
            return Answer(UNKNOWN, (problem,), seen)
        truth = FALSE
        for number in numbers:
            truth |= compared(row.value.interval, "=", number / unit.factor)
        if truth is UNKNOWN:
            return unknown(ReasonKind.IMPRECISE, f"{row.value} on {row.on} may be several numbers", concept.name, seen)
        return Answer(truth, (), seen)

    return test


def _word_among(word: str, words: list[str], concept: Concept, row: Observation, seen: tuple[Evidence, ...]) -> Answer:
    if any(same_word(word, each) for each in words):
        return Answer(TRUE, (), seen)
    if word == NOT_APPLICABLE:
        return unknown(ReasonKind.NOT_APPLICABLE, f"recorded as not applicable on {row.on}", concept.name, seen)
    if word in NOT_KNOWN:
        return unknown(ReasonKind.MISSING, f"recorded as unknown on {row.on}", concept.name, seen)
    if word == BORDERLINE and "positive" in words:
        return unknown(ReasonKind.IMPRECISE, f"{word} on {row.on} is neither positive nor negative", concept.name, seen)
    if concept.words and not any(same_word(word, each) for each in concept.words) and word != BORDERLINE:
        known = ", ".join(concept.words)
        return unknown(ReasonKind.IMPRECISE, f"{quoted(word)} on {row.on} is none of {known}", concept.name, seen)
    return Answer(FALSE, (), seen)


def _at_most(interval: Interval, limit: Fraction) -> Truth:
    low, high = interval
    if high is not None and high[0] <= limit:
        return TRUE
    if low is not None and (low[0] > limit or (low[0] == limit and not low[1])):
        return FALSE
    return UNKNOWN


def _below(interval: Interval, limit: Fraction) -> Truth:
    low, high = interval
    if high is not None and (high[0] < limit or (high[0] == limit and not high[1])):
        return TRUE
    if low is not None and low[0] >= limit:
        return FALSE
    return UNKNOWN


def _equal(interval: Interval, limit: Fraction) -> Truth:
    low, high = interval
    if low is not None and high is not None and low[0] == high[0]:
        return TRUE if low[0] == limit else FALSE
    if _below(interval, limit) is TRUE or _at_most(interval, limit) is FALSE:
        return FALSE
    return UNKNOWN
