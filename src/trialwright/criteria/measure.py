"""A comparison asked of a person: find the rows, lay the window on them, pick, compare."""

from collections.abc import Callable

from trialwright.criteria.answers import Answer, all_answers, negated, unknown
from trialwright.criteria.asking import Ask, Asking
from trialwright.criteria.compare import row_test
from trialwright.criteria.criterion import Reason, ReasonKind
from trialwright.criteria.language import Between, Compare, Comparison, Condition, Lasting, OneOf
from trialwright.criteria.library import Concept, Library
from trialwright.criteria.mean import mean
from trialwright.criteria.person import Observation
from trialwright.criteria.ratio import Pair, pairs, ratio_test
from trialwright.criteria.reduce import all_rows, any_row, earliest, lasting, latest
from trialwright.criteria.windows import Selected, select, spans_of, stale
from trialwright.facts import UNKNOWN

Reduce = Callable[[Selected[Observation], Asking], Answer]


def measured(rule: Compare, library: Library, favourable: bool) -> Ask:
    """The question `rule` asks of a person's measurements."""
    concept = library.concepts.get(rule.name) or Concept(name=rule.name)
    if rule.over:
        return _ratio(rule, library, favourable)
    spans = spans_of(rule.windows)
    reduce = _reducer(rule, concept, favourable)

    def ask(asking: Asking) -> Answer:
        laid = spans(asking)
        if isinstance(laid, Reason):
            return Answer(UNKNOWN, (laid,))
        rows = [row for row in asking.usable(Observation, rule.name) if isinstance(row, Observation)]
        if not rows:
            return Answer(UNKNOWN, (asking.why_none(Observation, rule.name),))
        selected = select(rows, laid, asking.on)
        if not selected.inside and not selected.maybe:
            newest = max(rows, key=lambda row: row.on.latest)
            return Answer(UNKNOWN, (stale(newest, str(newest.value), laid, rule.name),))
        return reduce(selected, asking)

    return ask


def _reducer(rule: Compare, concept: Concept, favourable: bool) -> Reduce:
    durations = [window.duration for window in rule.windows if isinstance(window, Lasting)]
    name, condition = rule.name, rule.condition
    if durations:
        if rule.pick is not None:
            return _undefined(f"`{rule.pick}` and `for at least` in one comparison have no meaning together", name)
        if any(duration.unit == "hour" for duration in durations):
            return _undefined("how many hours it lasted cannot be told from days: write days", name)
        test = row_test(condition, concept, favourable)
        return lambda rows, asking: all_answers(
            [lasting(rows, test, asking, favourable, duration, name) for duration in durations]
        )
    match rule.pick:
        case "any":
            test = row_test(condition, concept, favourable)
            return lambda rows, asking: any_row(rows, test, asking, name)
        case "all":
            test = row_test(condition, concept, favourable)
            return lambda rows, asking: all_rows(rows, test, asking, name)
        case "highest" | "lowest":
            return _extreme_value(condition, concept, favourable, rule.pick == "highest")
        case "mean":
            return mean(condition, concept, favourable)
        case "earliest":
            test = row_test(condition, concept, favourable)
            return lambda rows, asking: earliest(rows, test, asking, favourable, name)
        case _:
            test = row_test(condition, concept, favourable)
            return lambda rows, asking: latest(rows, test, asking, favourable, name)


def _extreme_value(condition: Condition, concept: Concept, favourable: bool, highest: bool) -> Reduce:
    """The highest value is at most t if every value is, at least t if any is; the lowest the other way round.

    Asked so, no two values need a common unit, and a "<10" among them stays an interval.
    """
    if isinstance(condition, OneOf):
        return _undefined("`highest` and `lowest` compare numbers, not words", concept.name)
    bounds: list[Comparison] = [condition] if isinstance(condition, Comparison) else []
    turned = False
    if isinstance(condition, Between):
        bounds = [Comparison(">=", (condition.low,)), Comparison("<=", (condition.high,))]
    elif condition.comparator in ("=", "!="):
        turned = condition.comparator == "!="
        bounds = [Comparison(">=", condition.alternatives), Comparison("<=", condition.alternatives)]
    asked = [
        (all_rows if (bound.comparator in ("<", "<=")) is highest else any_row, row_test(bound, concept, favourable))
        for bound in bounds
    ]

    def reduce(rows: Selected[Observation], asking: Asking) -> Answer:
        answer = all_answers([over(rows, test, asking, concept.name) for over, test in asked])
        return negated(answer) if turned else answer

    return reduce


def _ratio(rule: Compare, library: Library, favourable: bool) -> Ask:
    test = ratio_test(rule, library, favourable)
    spans, name = spans_of(rule.windows), f"{rule.name}/{rule.over}"

    def ask(asking: Asking) -> Answer:
        laid = spans(asking)
        if isinstance(laid, Reason):
            return Answer(UNKNOWN, (laid,))
        for each in (rule.name, rule.over):
            if not asking.usable(Observation, each):
                return Answer(UNKNOWN, (asking.why_none(Observation, each),))
        found = pairs(rule.name, rule.over, asking)
        if not found:
            return unknown(ReasonKind.MISSING, f"{rule.name} and {rule.over} were never measured on one day", name)
        selected: Selected[Pair] = select(found, laid, asking.on)
        if not selected.inside and not selected.maybe:
            newest = max(found, key=lambda pair: pair.on.latest)
            return Answer(UNKNOWN, (stale(newest, f"{newest.upper.value} / {newest.lower.value}", laid, name),))
        match rule.pick:
            case "any":
                return any_row(selected, test, asking, name)
            case "all":
                return all_rows(selected, test, asking, name)
            case "earliest":
                return earliest(selected, test, asking, favourable, name)
            case None | "latest":
                return latest(selected, test, asking, favourable, name)
            case _:
                return unknown(ReasonKind.IMPRECISE, f"`{rule.pick}` of a ratio has no meaning here", name)

    return ask


def _undefined(text: str, about: str) -> Reduce:
    return lambda rows, asking: unknown(ReasonKind.IMPRECISE, text, about)
