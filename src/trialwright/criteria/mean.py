"""The mean of a window's values, compared: `mean qtc < 470 ms within 28 days before enrolment`."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from trialwright.criteria.answers import Answer, all_answers, any_answers, unknown
from trialwright.criteria.asking import Asking, evidence_of
from trialwright.criteria.compare import Interval, compared, implausible, tests_of, threshold_unit, unit_of
from trialwright.criteria.criterion import Evidence, Reason, ReasonKind
from trialwright.criteria.language import Condition, OneOf, Threshold
from trialwright.criteria.library import Concept
from trialwright.criteria.limits import relative_limit
from trialwright.criteria.person import Observation
from trialwright.criteria.windows import Selected
from trialwright.facts import TRUE, UNKNOWN, Quantity, Truth, Unit, convert, format_decimal, quoted
from trialwright.facts.quantities import Bound


def mean(condition: Condition, concept: Concept, favourable: bool) -> Callable[[Selected[Observation], Asking], Answer]:
    """The question asked of all rows together. Every row must be usable: a mean of some is not the mean."""

    def reduce(rows: Selected[Observation], asking: Asking) -> Answer:
        seen = tuple(evidence_of(row) for row in rows.inside + rows.maybe)
        if isinstance(condition, OneOf):
            return unknown(ReasonKind.IMPRECISE, "a mean is a number, not a word", concept.name, seen)
        if rows.maybe:
            return unknown(ReasonKind.IMPRECISE, "which values belong to the mean is not known", concept.name, seen)
        answers: list[Answer] = []
        problem: Reason | None = None
        for tests in tests_of(condition):
            truth, shown = TRUE, ""
            for comparator, threshold in tests:
                found = _mean(rows.inside, threshold, concept, asking)
                if isinstance(found, Reason):
                    problem = found
                    break
                truth &= compared(found, comparator, Fraction(threshold.number))
                shown = _words(found, threshold)
            else:
                answers.append(_answered(truth, shown, seen, concept))
        if not answers:
            return Answer(UNKNOWN, (problem,) if problem else (), seen)
        return all_answers(answers) if favourable else any_answers(answers)

    return reduce


def _answered(truth: Truth, shown: str, seen: tuple[Evidence, ...], concept: Concept) -> Answer:
    first = seen[0]
    evidence = (Evidence(first.fact, first.about, first.value, first.on, shown), *seen[1:])
    if truth is UNKNOWN:
        return unknown(ReasonKind.IMPRECISE, "the mean may lie on either side of the limit", concept.name, evidence)
    return Answer(truth, (), evidence)


def _mean(rows: list[Observation], threshold: Threshold, concept: Concept, asking: Asking) -> Interval | Reason:
    lows: list[Bound | None] = []
    highs: list[Bound | None] = []
    for row in rows:
        interval = _in_limit_units(row, threshold, concept, asking)
        if isinstance(interval, Reason):
            return interval
        lows.append(interval[0])
        highs.append(interval[1])
    return _average(lows), _average(highs)


def _average(bounds: list[Bound | None]) -> Bound | None:
    known = [bound for bound in bounds if bound is not None]
    if len(known) < len(bounds):
        return None
    return sum((value for value, _ in known), Fraction(0)) / len(known), all(closed for _, closed in known)


def _in_limit_units(row: Observation, threshold: Threshold, concept: Concept, asking: Asking) -> Interval | Reason:
    """A row as multiples of the limit's unit: of one ULN, or of mg/dL."""
    value = row.value
    if not isinstance(value, Quantity):
        return Reason(ReasonKind.IMPRECISE, f"{quoted(value)} on {row.on} is a word, not a number", concept.name)
    unit = unit_of(value, concept)
    if isinstance(unit, Reason):
        return unit
    if problem := implausible(value, unit, concept):
        return problem
    low, high = value.interval
    if threshold.relative:
        limit = relative_limit(Threshold(Decimal(1), threshold.unit), row, unit, asking)
        if isinstance(limit, Reason):
            return limit
        return _scaled(low, limit[0]), _scaled(high, limit[0])
    target = threshold_unit(threshold, concept)
    if target is None or convert(Fraction(1), unit, target, concept.molar_mass) is None:
        return Reason(
            ReasonKind.NO_UNIT, f"{value} cannot be compared with {threshold.unit or 'no unit'}", concept.name
        )
    return _converted(low, unit, target, concept), _converted(high, unit, target, concept)


def _scaled(bound: Bound | None, one: Fraction) -> Bound | None:
    return None if bound is None else (bound[0] / one, bound[1])


def _converted(bound: Bound | None, unit: Unit, target: Unit, concept: Concept) -> Bound | None:
    if bound is None:
        return None
    value = convert(bound[0], unit, target, concept.molar_mass)
    return None if value is None else (value, bound[1])


def _words(interval: Interval, threshold: Threshold) -> str:
    low, high = interval
    if low is None or high is None or low[0] != high[0]:
        return ""
    return f"mean = {format_decimal(low[0])} {threshold.unit}".strip()
