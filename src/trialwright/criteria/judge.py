"""Every criterion asked of one person as of one day: met, not met or unknown; what that does; why; on what evidence."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import assert_never

from trialwright.criteria.answers import (
    all_answers,
    any_answers,
    at_least,
    implied,
    negated,
)
from trialwright.criteria.asking import Ask, Asking
from trialwright.criteria.criterion import (
    Criterion,
    CriterionStatus,
    Effect,
    Eligible,
    Judged,
    Judgement,
    Kind,
    Reason,
    ReasonKind,
)
from trialwright.criteria.language import (
    And,
    Asked,
    AtLeast,
    Compare,
    Elapsed,
    Flag,
    Not,
    Or,
    Presence,
    Rule,
    SignedDocument,
    When,
    walk,
)
from trialwright.criteria.library import Library, ReferenceRange
from trialwright.criteria.measure import measured
from trialwright.criteria.parse import parse_rule
from trialwright.criteria.person import Anchors, Person
from trialwright.criteria.presence import presence
from trialwright.criteria.said import AGE, SEX_NAMES, age, elapsed, flag, opinion, sex_is, signed
from trialwright.facts import FALSE, TRUE, UNKNOWN, Truth

_STATUS = {TRUE: CriterionStatus.MET, FALSE: CriterionStatus.NOT_MET, UNKNOWN: CriterionStatus.UNKNOWN}
_EFFECT = {TRUE: Effect.ALLOWS, FALSE: Effect.BARS, UNKNOWN: Effect.UNDECIDED}
_DRAFT = Reason(ReasonKind.NOT_CONFIRMED, "nobody has confirmed yet that this rule says what the text means")


def judge(
    criteria: Sequence[Criterion],
    person: Person,
    anchors: Anchors,
    on: date,
    library: Library,
    *,
    ranges: Sequence[ReferenceRange] = (),
) -> Judgement:
    """The person's answer to every criterion as of a day, and whether all of them let the person in.

    ranges  the site's own reference ranges, for rows that carry none
    Raises RuleError for a rule that cannot be read. A rule that can is always answered: unknown is an answer.
    """
    asking = Asking(person, anchors, on, library, ranges)
    sober = Asking(person, anchors, on, library, ranges, assume=False)
    judged = tuple(_judged(criterion, asking, sober) for criterion in criteria)
    return Judgement(
        eligible=_together(each.effect for each in judged),
        criteria=judged,
        on=on,
        library=library.version,
        value_sets=_value_sets(tuple(criterion.rule for criterion in criteria), library),
        eligible_without_assumptions=_together(
            _EFFECT[_toward(each.criterion.kind, _TRUTH[each.without_assumptions])] for each in judged
        ),
    )


@lru_cache(maxsize=4096)
def compiled(rule: str, favourable: bool, library: Library) -> Ask:
    """The rule's question, ready to be asked of many people.

    favourable  whether a met rule lets people in: True for an inclusion, False for an exclusion
    """
    return ask_of(parse_rule(rule), favourable, library)


def ask_of(rule: Rule, favourable: bool, library: Library) -> Ask:
    """The question a rule asks. A negation, and an implication's condition, turn what is favourable round."""
    match rule:
        case And():
            parts = [ask_of(part, favourable, library) for part in rule.parts]
            return lambda asking: all_answers([part(asking) for part in parts])
        case Or():
            parts = [ask_of(part, favourable, library) for part in rule.parts]
            return lambda asking: any_answers([part(asking) for part in parts])
        case Not():
            inner = ask_of(rule.part, not favourable, library)
            return lambda asking: negated(inner(asking))
        case When():
            condition = ask_of(rule.condition, not favourable, library)
            consequence = ask_of(rule.consequence, favourable, library)
            return lambda asking: implied(condition(asking), consequence(asking))
        case AtLeast():
            parts, count = [ask_of(part, favourable, library) for part in rule.parts], rule.count
            return lambda asking: at_least(count, [part(asking) for part in parts])
        case Compare() if rule.name == AGE and not rule.over:
            return age(rule, favourable)
        case Compare() if rule.name in SEX_NAMES and not rule.over:
            return sex_is(rule)
        case Compare():
            return measured(rule, library, favourable)
        case Presence():
            return presence(rule, library, favourable)
        case Asked():
            return opinion(rule, favourable)
        case SignedDocument():
            return signed(rule)
        case Elapsed():
            return elapsed(rule)
        case Flag():
            return flag(rule, library, favourable)
        case _:
            assert_never(rule)


def _judged(criterion: Criterion, asking: Asking, sober: Asking) -> Judged:
    if criterion.confirmed is None:
        return Judged(criterion, CriterionStatus.UNKNOWN, Effect.UNDECIDED, (_DRAFT,))
    ask = compiled(criterion.rule, criterion.kind is Kind.INCLUSION, asking.library)
    answer = ask(asking)
    assumed = any(reason.kind is ReasonKind.ASSUMED for reason in answer.reasons)
    return Judged(
        criterion=criterion,
        status=_STATUS[answer.truth],
        effect=_EFFECT[_toward(criterion.kind, answer.truth)],
        reasons=answer.reasons,
        evidence=answer.evidence,
        without_assumptions=_STATUS[ask(sober).truth if assumed else answer.truth],
    )


_TRUTH = {status: truth for truth, status in _STATUS.items()}


def _toward(kind: Kind, truth: Truth) -> Truth:
    """What a rule's value means for getting in: an exclusion contributes its negation."""
    return truth if kind is Kind.INCLUSION else ~truth


def _together(effects: Iterable[Effect]) -> Eligible:
    found = set(effects)
    if Effect.BARS in found:
        return Eligible.NO
    return Eligible.UNKNOWN if Effect.UNDECIDED in found else Eligible.YES


@lru_cache(maxsize=256)
def _value_sets(rules: tuple[str, ...], library: Library) -> tuple[tuple[str, str], ...]:
    """The hash of every value set the rules name, by name: what a judgement rests on."""
    used = {part.value_set for rule in rules for part in walk(parse_rule(rule)) if isinstance(part, Presence)}
    return tuple((name, library.value_sets[name].content_hash) for name in sorted(used) if name in library.value_sets)
