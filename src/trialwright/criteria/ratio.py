"""One concept over another, measured on the same day: `alt / ast < 2`."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from trialwright.criteria.answers import Answer, all_answers, any_answers, unknown
from trialwright.criteria.asking import Asking, evidence_of
from trialwright.criteria.compare import ONE, Interval, compared, implausible, tests_of, unit_of
from trialwright.criteria.criterion import Evidence, Reason, ReasonKind
from trialwright.criteria.language import Compare, OneOf
from trialwright.criteria.library import Concept, Library
from trialwright.criteria.person import Observation
from trialwright.facts import TRUE, UNKNOWN, LocalTime, Occurred, Quantity, convert, format_decimal, read_unit


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows of one day (of one moment, where both have a time)."""

    upper: Observation
    lower: Observation

    @property
    def on(self) -> Occurred:
        return self.upper.on


def pairs(name: str, over: str, asking: Asking) -> list[Pair]:
    """Every pair of rows that belong together in time."""
    uppers = [row for row in asking.usable(Observation, name) if isinstance(row, Observation)]
    lowers = [row for row in asking.usable(Observation, over) if isinstance(row, Observation)]
    return [Pair(upper, lower) for upper in uppers for lower in lowers if _together(upper.on, lower.on)]


def ratio_test(rule: Compare, library: Library, favourable: bool) -> Callable[[Pair, Asking], Answer]:
    """The question asked of one pair. Both values must be of one kind; the limit is a plain number."""
    upper = library.concepts.get(rule.name) or Concept(name=rule.name)
    lower = library.concepts.get(rule.over) or Concept(name=rule.over)
    about = f"{rule.name}/{rule.over}"

    def test(pair: Pair, asking: Asking) -> Answer:
        seen = (evidence_of(pair.upper), evidence_of(pair.lower))
        if isinstance(rule.condition, OneOf):
            return unknown(ReasonKind.IMPRECISE, "a ratio is a number, not a word", about, seen)
        found = _ratio(pair, upper, lower)
        if isinstance(found, Reason):
            return Answer(UNKNOWN, (found,), seen)
        answers: list[Answer] = []
        for tests in tests_of(rule.condition):
            truth = TRUE
            for comparator, threshold in tests:
                limit = ONE if not threshold.unit else read_unit(threshold.unit)
                if limit is None or limit.kind != ONE.kind:
                    text = f"a ratio has no unit, but the limit is in {threshold.unit}"
                    return unknown(ReasonKind.NO_UNIT, text, about, seen)
                truth &= compared(found, comparator, Fraction(threshold.number) * limit.factor)
            answers.append(Answer(truth, (), (_shown(pair, found), seen[1])))
        answer = all_answers(answers) if favourable else any_answers(answers)
        if answer.truth is UNKNOWN:
            return answer.because(ReasonKind.IMPRECISE, "the ratio may lie on either side of the limit", about)
        return answer

    return test


def _ratio(pair: Pair, upper: Concept, lower: Concept) -> Interval | Reason:
    about = f"{upper.name}/{lower.name}"
    above, below = pair.upper.value, pair.lower.value
    if not isinstance(above, Quantity) or not isinstance(below, Quantity):
        return Reason(ReasonKind.IMPRECISE, "a ratio needs two numbers", about)
    unit_above, unit_below = unit_of(above, upper), unit_of(below, lower)
    if isinstance(unit_above, Reason):
        return unit_above
    if isinstance(unit_below, Reason):
        return unit_below
    for value, unit, concept in ((above, unit_above, upper), (below, unit_below, lower)):
        if problem := implausible(value, unit, concept):
            return problem
    scale = convert(Fraction(1), unit_above, unit_below)
    if scale is None:
        return Reason(ReasonKind.NO_UNIT, f"{unit_above} and {unit_below} measure different things", about)
    (low, high), (least, most) = above.interval, below.interval
    # Concentrations are not negative, so "<5" begins at 0 and the ratio's ends come from the opposite ends.
    if most is None and low is None:
        return None, None
    quotient_low = (
        None if low is None or most is None or most[0] <= 0 else (low[0] * scale / most[0], low[1] and most[1])
    )
    if high is None or least is None or least[0] <= 0:
        return quotient_low, None
    return quotient_low, (high[0] * scale / least[0], high[1] and least[1])


def _shown(pair: Pair, interval: Interval) -> Evidence:
    low, high = interval
    about = f"{pair.upper.concept} / {pair.lower.concept}"
    if low is None or high is None or low[0] != high[0]:
        return evidence_of(pair.upper)
    return evidence_of(pair.upper, f"{about} = {format_decimal(low[0])}")


def _together(one: Occurred, other: Occurred) -> bool:
    if isinstance(one, LocalTime) and isinstance(other, LocalTime):
        return one.instant == other.instant
    return one.exact and other.exact and one.earliest == other.earliest
