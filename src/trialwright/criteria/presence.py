"""Whether a diagnosis, medication, procedure, allergy or therapy of a set is there: and who says that it is not.

A code that is absent proves nothing: a ward does not write down what a person does not have. "No" comes from
somebody who said so, from a domain declared complete, or from an assumption the rule makes openly.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from trialwright.criteria.answers import Answer, all_answers, any_answers, least_favourable, negated, unknown
from trialwright.criteria.asking import Ask, Asking
from trialwright.criteria.compare import compared
from trialwright.criteria.criterion import Evidence, Reason, ReasonKind
from trialwright.criteria.language import Presence, With
from trialwright.criteria.library import Library, ValueSet
from trialwright.criteria.person import Coded, DomainComplete, Observation, SetAnswer
from trialwright.criteria.windows import Span, Where, placed_period, placed_start, spans_of
from trialwright.criteria.words import NO, NOT_APPLICABLE, YES
from trialwright.facts import FALSE, TRUE, UNKNOWN, Code, LocalTime, Occurred, Truth

_TRUTH = {Where.IN: TRUE, Where.MAYBE: UNKNOWN, Where.OUT: FALSE}
_OPEN_ENDED = frozenset({"medication", "therapy"})  # without an end, whether it still goes on is not known


class Said(NamedTuple):
    """Somebody's yes or no for the whole set, as of a day."""

    present: bool
    on: Occurred
    evidence: Evidence


def presence(rule: Presence, library: Library, favourable: bool) -> Ask:
    """The question `rule` asks of a person's codes."""
    value_set = library.value_sets.get(rule.value_set)
    spans, inner = spans_of(rule.windows), favourable is not rule.absent
    member = _membership(value_set)

    def ask(asking: Asking) -> Answer:
        laid = spans(asking)
        if isinstance(laid, Reason):
            return Answer(UNKNOWN, (laid,))
        found = [
            (row, _row_answer(rule, row, in_set, laid, asking))
            for row in asking.usable(Coded, rule.domain)
            if isinstance(row, Coded) and (in_set := member(row.code)) is not FALSE
        ]
        possible = [(row, answer) for row, answer in found if answer.truth is not FALSE]
        said = _said(rule, value_set, laid, asking, inner)
        answer = _weighed(rule, possible, said, inner) or _absent(rule, value_set, laid, asking)
        return negated(answer) if rule.absent else answer

    return ask


def membership(code: Code, value_set: ValueSet) -> Truth:
    """Whether a code belongs to a set; UNKNOWN if it is too coarse to say."""
    inside = FALSE
    for parent in value_set.codes:
        inside |= code.under(parent)
    for parent in value_set.excluding:
        inside &= ~code.under(parent)
    return inside


def _membership(value_set: ValueSet | None) -> Callable[[Code], Truth]:
    kept: dict[Code, Truth] = {}

    def member(code: Code) -> Truth:
        if value_set is None:
            return FALSE
        if code not in kept:
            kept[code] = membership(code, value_set)
        return kept[code]

    return member


def _row_answer(rule: Presence, row: Coded, in_set: Truth, laid: tuple[Span, ...], asking: Asking) -> Answer:
    seen = (Evidence(row.id, rule.value_set, str(row.code), str(row.on)),)
    parts = [Answer(in_set, (), seen), _state(rule, row, asking), _placed(rule, row, laid, asking)]
    parts += [_grade(rule, row, qualifier) for qualifier in rule.qualifiers]
    answer = all_answers(parts)
    if in_set is UNKNOWN and answer.truth is UNKNOWN:
        text = f"{row.code} on {row.on} is too coarse to say whether it belongs to {rule.value_set}"
        answer = answer.because(ReasonKind.IMPRECISE, text, rule.value_set)
    return Answer(answer.truth, answer.reasons, seen)


def _state(rule: Presence, row: Coded, asking: Asking) -> Answer:
    match rule.state:
        case None:
            return Answer(TRUE)
        case "active" | "current":
            return _active(rule, row, asking)
        case "prior":
            began = TRUE if row.on.latest < asking.on else FALSE if row.on.earliest >= asking.on else UNKNOWN
        case "new":
            if asking.consented is None:
                return unknown(ReasonKind.MISSING, "new since when? no consent is recorded", rule.value_set)
            later, sooner = row.on.earliest >= asking.consented.latest, row.on.latest < asking.consented.earliest
            began = TRUE if later else FALSE if sooner else UNKNOWN
    if began is UNKNOWN:
        return unknown(ReasonKind.IMPRECISE, f"{row.code} began on {row.on}: the day is not known", rule.value_set)
    return Answer(began)


def _active(rule: Presence, row: Coded, asking: Asking) -> Answer:
    if row.status == "resolved" or (row.until is not None and row.until.latest <= asking.on):
        return Answer(FALSE)
    if row.status == "active" or (row.until is not None and row.until.earliest > asking.on):
        return Answer(TRUE)
    text = f"{row.code} of {row.on}: whether it is still active is not said"
    return unknown(ReasonKind.IMPRECISE, text, rule.value_set)


def _placed(rule: Presence, row: Coded, laid: tuple[Span, ...], asking: Asking) -> Answer:
    """Where the row's period meets the window. A diagnosis counts from its date; what is still active, until today."""
    if rule.state == "new":
        where = placed_start(row.on, laid, asking.on)
    else:
        open_ended = row.until is None and not row.status and rule.domain in _OPEN_ENDED
        ends = row.until if row.until is not None else asking.today if row.status == "active" else row.on
        where = placed_period(row.on, ends, laid, asking.on, open_ended)
    truth = _TRUTH[where]
    if truth is UNKNOWN:
        text = f"whether {row.code} of {row.on} lies in the window is not known: its dates are partial or open"
        return unknown(ReasonKind.IMPRECISE, text, rule.value_set)
    return Answer(truth)


def _grade(rule: Presence, row: Coded, qualifier: With) -> Answer:
    if qualifier.name != "grade":
        return unknown(ReasonKind.MISSING, f"nothing says the {qualifier.name} of {row.code}", rule.value_set)
    if row.grade is None:
        return unknown(ReasonKind.MISSING, f"{row.code} of {row.on} has no grade", rule.value_set)
    point = (Fraction(row.grade), True)
    return Answer(compared((point, point), qualifier.comparator, Fraction(qualifier.threshold.number)))


def _said(
    rule: Presence, value_set: ValueSet | None, laid: tuple[Span, ...], asking: Asking, favourable: bool
) -> tuple[Answer, Occurred] | None:
    """The newest answer somebody gave for the whole set, if it is young enough for the window."""
    said = _sayings(rule, value_set, asking)
    said = [each for each in said if all(span.not_before(each.on) for span in laid)]
    if not said:
        return None
    newest = max(each.on.earliest for each in said)
    last = [each for each in said if each.on.latest >= newest]
    answers = [_said_answer(rule, each) for each in last]
    answer = least_favourable(answers, favourable)
    if len({each.truth for each in answers}) > 1:
        text = f"both yes and no were said on {last[0].on}: the one least favourable to enrolment counts"
        answer = answer.because(ReasonKind.CONFLICT, text, rule.value_set)
    said_by = [each.on for each, given in zip(last, answers, strict=True) if given.truth is answer.truth]
    return answer, max(said_by, key=lambda on: on.earliest)


def _sayings(rule: Presence, value_set: ValueSet | None, asking: Asking) -> list[Said]:
    found: list[Said] = []
    for row in asking.usable(SetAnswer, rule.value_set):
        if isinstance(row, SetAnswer):
            shown = "present" if row.present else "not present"
            found.append(Said(row.present, row.on, Evidence(row.id, rule.value_set, shown, str(row.on))))
    for row in asking.usable(Observation, value_set.flag) if value_set and value_set.flag else ():
        if isinstance(row, Observation) and (row.value in YES or row.value in NO or row.value == NOT_APPLICABLE):
            seen = Evidence(row.id, row.concept, str(row.value), str(row.on))
            found.append(Said(row.value in YES, row.on, seen))
    return found


def _said_answer(rule: Presence, said: Said) -> Answer:
    if said.present and rule.qualifiers:
        return unknown(ReasonKind.MISSING, f"said to be present on {said.on}, without a grade", rule.value_set)
    return Answer(TRUE if said.present else FALSE, (), (said.evidence,))


def _weighed(
    rule: Presence, possible: Sequence[tuple[Coded, Answer]], said: tuple[Answer, Occurred] | None, favourable: bool
) -> Answer | None:
    """Codes against what was said. None if neither says anything."""
    if not possible:
        return None if said is None else said[0]
    codes = any_answers([answer for _, answer in possible])
    if said is None or said[0].truth is UNKNOWN:
        return codes
    if said[0].truth is TRUE:
        return any_answers([codes, said[0]])
    return _against_no(rule, possible, *said, favourable)


def _against_no(
    rule: Presence, possible: Sequence[tuple[Coded, Answer]], no: Answer, on: Occurred, favourable: bool
) -> Answer:
    """Codes against somebody's "not present".

    It settles what was coded surely before it: an active disease that is over since, a code that leaves the question
    open. It settles nothing that was coded that day or later, and never that a disease was once there.
    """
    active = rule.state in ("active", "current")
    left = [
        (row, answer)
        for row, answer in possible
        if not (_surely_before(row.on, on) and (active or answer.truth is UNKNOWN))
    ]
    if not left:
        return no
    codes = any_answers([answer for _, answer in left])
    open_, deciding = codes.truth is UNKNOWN, [row for row, answer in left if answer.truth is codes.truth]
    since = all(_surely_before(on, row.on) for row in deciding)
    if since and not (open_ and active):
        return codes
    row = max(deciding, key=lambda each: each.on.latest)
    text = f"{row.code} is coded on {row.on}, yet said on {on} not to be there"
    if (active or open_) and not since:
        codes = least_favourable([codes, no], favourable)
    both = Answer(codes.truth, codes.reasons, tuple(dict.fromkeys((*codes.evidence, *no.evidence))))
    return both.because(ReasonKind.CONFLICT, text, rule.value_set)


def _surely_before(one: Occurred, other: Occurred) -> bool:
    """Whether one moment lies before another, whatever is not known of their days. One day without times is one."""
    if isinstance(one, LocalTime) and isinstance(other, LocalTime):
        return one.instant < other.instant
    return one.latest < other.earliest


def _absent(rule: Presence, value_set: ValueSet | None, laid: tuple[Span, ...], asking: Asking) -> Answer:
    """No code and no word: false only if the domain is complete or the rule assumes so."""
    complete = [
        row
        for row in asking.usable(DomainComplete, rule.domain)
        if isinstance(row, DomainComplete) and all(span.not_before(row.on) for span in laid)
    ]
    if complete and value_set is not None:
        last = max(complete, key=lambda row: row.on.latest)
        if last.complete:
            return Answer(FALSE, (), (Evidence(last.id, rule.domain, "declared complete", str(last.on)),))
    if rule.policy in ("absent", "complete") and asking.assume and value_set is not None:
        flag = asking.library.concepts.get(value_set.flag)
        if flag is None or not flag.never_assumed:
            text = f"nothing is recorded; the rule says to assume {rule.policy}"
            return Answer(FALSE).because(ReasonKind.ASSUMED, text, rule.value_set)
    if value_set is None:
        text = f"the library knows no value set {rule.value_set}"
        return unknown(ReasonKind.MISSING, text, rule.value_set)
    return _why_not_said(rule, value_set, asking)


def _why_not_said(rule: Presence, value_set: ValueSet, asking: Asking) -> Answer:
    if old := _sayings(rule, value_set, asking):
        last = max(old, key=lambda each: each.on.latest)
        text = f"last said on {last.on}, before the rule's window begins: ask again"
        return unknown(ReasonKind.STALE, text, rule.value_set, (last.evidence,))
    text = f"no {rule.domain} in {rule.value_set} is recorded, and nobody has said that there is none"
    return unknown(ReasonKind.MISSING, text, rule.value_set)
