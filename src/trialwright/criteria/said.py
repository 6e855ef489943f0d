"""What only a person can say: flags, opinions, signatures; and what follows from a birth date, a sex, a day gone by."""

from fractions import Fraction
from typing import Literal

from trialwright.criteria.answers import Answer, all_answers, any_answers, unknown
from trialwright.criteria.asking import Ask, Asking, evidence_of
from trialwright.criteria.compare import compared, tests_of
from trialwright.criteria.criterion import Evidence, Reason, ReasonKind
from trialwright.criteria.language import Asked, Compare, Elapsed, Flag, OneOf, SignedDocument, Threshold
from trialwright.criteria.library import Concept, Library
from trialwright.criteria.person import Observation, Opinion, Signed
from trialwright.criteria.reduce import latest
from trialwright.criteria.windows import Where, hours_between, moved, placed_start, select, spans_of, stale
from trialwright.criteria.words import NO, NOT_APPLICABLE, NOT_KNOWN, YES, read_word, same_word
from trialwright.facts import (
    FALSE,
    TRUE,
    UNKNOWN,
    Occurred,
    Quantity,
    Truth,
    completed_months,
    completed_years,
    quoted,
    shortened,
)

SEXES = frozenset({"female", "male"})
SEX_NAMES = frozenset({"sex", "gender"})
AGE = "age"


def flag(rule: Flag, library: Library, favourable: bool) -> Ask:
    """A yes or no that somebody said; the newest counts."""
    if rule.name in SEXES:
        return _sex(rule.name)
    concept = library.concepts.get(rule.name) or Concept(name=rule.name)
    spans = spans_of(rule.windows)

    def ask(asking: Asking) -> Answer:
        laid = spans(asking)
        if isinstance(laid, Reason):
            return Answer(UNKNOWN, (laid,))
        rows = [row for row in asking.usable(Observation, rule.name) if isinstance(row, Observation)]
        rows += _answering(concept, asking, windowed=bool(laid))
        if not rows:
            return Answer(UNKNOWN, (asking.why_none(Observation, rule.name),))
        selected = select(rows, laid, asking.on)
        if not selected.inside and not selected.maybe:
            newest = max(rows, key=lambda row: row.on.latest)
            return Answer(UNKNOWN, (stale(newest, str(newest.value), laid, rule.name),))
        return latest(selected, lambda row, _: _yes_or_no(row, concept), asking, favourable, rule.name)

    return ask


def opinion(rule: Asked, favourable: bool) -> Ask:
    """Somebody's signed judgement. Nothing else decides it: not silence, not an unsigned note."""

    def ask(asking: Asking) -> Answer:
        rows = [row for row in asking.usable(Opinion, rule.question) if isinstance(row, Opinion)]
        signed = [row for row in rows if row.by and _has_role(row.by, rule.by)]
        if not signed:
            whose = f"the {rule.by}" if rule.by else "whoever is asked"
            text = f"awaiting the judgement of {whose}: {rule.question}"
            if others := sorted({shortened(row.by) or "nobody" for row in rows}):
                text += f" (signed so far by {', '.join(others)})"
            return unknown(ReasonKind.AWAITING_JUDGEMENT, text, rule.question)
        selected = select(signed, (), asking.on)
        return latest(selected, lambda row, _: _judged(row), asking, favourable, rule.question)

    return ask


def signed(rule: SignedDocument) -> Ask:
    """Whether a document was signed, and on the right side of a moment. Never assumed."""
    spans = spans_of((rule.window,) if rule.window else ())

    def ask(asking: Asking) -> Answer:
        laid = spans(asking)
        if isinstance(laid, Reason):
            return Answer(UNKNOWN, (laid,))
        dates = [(row.on, row.id) for row in asking.usable(Signed, rule.document)]
        if (moment := asking.anchors.get(rule.document)) is not None and moment.earliest <= asking.on:
            dates.append((moment, ""))
        if not dates:
            reason = asking.why_none(Signed, rule.document)
            if reason.kind is ReasonKind.MISSING:
                reason = Reason(ReasonKind.MISSING, f"no signed {rule.document} is recorded", rule.document)
            return Answer(UNKNOWN, (reason,))
        return any_answers([_signature(rule, on, fact, placed_start(on, laid, asking.on)) for on, fact in dates])

    return ask


def elapsed(rule: Elapsed) -> Ask:
    """Whether at least, or at most, so long has gone by since a moment, on the day of asking."""

    def ask(asking: Asking) -> Answer:
        moment = asking.anchor(rule.anchor)
        if moment is None:
            text = f"{rule.anchor} has not happened by {asking.on}, or its date is not recorded"
            return unknown(ReasonKind.MISSING, text, rule.anchor)
        truth, today = _gone_by(rule, moment, asking), asking.on
        days = (today - moment.latest).days
        seen = (Evidence("", rule.anchor, "happened", str(moment), f"{days} d before {today}" if moment.exact else ""),)
        if truth is UNKNOWN:
            return unknown(ReasonKind.IMPRECISE, f"{rule.anchor} was on {moment}: the day decides", rule.anchor, seen)
        return Answer(truth, (), seen)

    return ask


def _gone_by(rule: Elapsed, moment: Occurred, asking: Asking) -> Truth:
    if rule.duration.unit == "hour":
        fewest, most = hours_between(moment, asking.today)
        hours = rule.duration.number
        if rule.least:
            return TRUE if fewest >= hours else FALSE if most < hours else UNKNOWN
        return TRUE if most <= hours else FALSE if fewest > hours else UNKNOWN
    soonest, last = moved(moment.earliest, rule.duration, 1), moved(moment.latest, rule.duration, 1)
    if rule.least:
        return TRUE if asking.on >= last else FALSE if asking.on < soonest else UNKNOWN
    return TRUE if asking.on <= soonest else FALSE if asking.on > last else UNKNOWN


def age(rule: Compare, favourable: bool) -> Ask:
    """A comparison of completed years (months, weeks, days) on the day of asking."""
    condition = rule.condition
    if isinstance(condition, OneOf):
        return lambda asking: unknown(ReasonKind.IMPRECISE, "an age is a number of years, not a word", AGE)
    alternatives = tests_of(condition)

    def ask(asking: Asking) -> Answer:
        born = asking.person.born
        if born is None:
            return unknown(ReasonKind.MISSING, "no birth date is recorded", AGE)
        answers: list[Answer] = []
        for tests in alternatives:
            truth, shown = TRUE, ""
            for comparator, threshold in tests:
                counted = _age(threshold, asking)
                if isinstance(counted, Reason):
                    return Answer(UNKNOWN, (counted,))
                fewest, most, shown = counted
                interval = (Fraction(fewest), True), (Fraction(most), True)
                truth &= compared(interval, comparator, Fraction(threshold.number))
            seen = (Evidence("", AGE, f"born {born}", str(asking.on), shown),)
            if truth is UNKNOWN:
                answers.append(unknown(ReasonKind.IMPRECISE, f"born {born}: {shown}", AGE, seen))
            else:
                answers.append(Answer(truth, (), seen))
        return all_answers(answers) if favourable else any_answers(answers)

    return ask


def sex_is(rule: Compare) -> Ask:
    """`sex is female`, `gender in {female, male}`."""
    values = rule.condition.values if isinstance(rule.condition, OneOf) else ()
    words = [read_word(value) for value in values if isinstance(value, str)]

    def ask(asking: Asking) -> Answer:
        if asking.person.sex is None:
            return unknown(ReasonKind.MISSING, "no sex is recorded", "sex")
        seen = (Evidence("", "sex", asking.person.sex, ""),)
        return Answer(TRUE if any(same_word(asking.person.sex, word) for word in words) else FALSE, (), seen)

    return ask


def _sex(wanted: str) -> Ask:
    def ask(asking: Asking) -> Answer:
        sex = asking.person.sex
        if sex not in SEXES:
            text = "no sex is recorded" if sex is None else f"the sex is recorded as {sex}"
            return unknown(ReasonKind.MISSING, text, "sex")
        return Answer(TRUE if sex == wanted else FALSE, (), (Evidence("", "sex", sex, ""),))

    return ask


def _answering(concept: Concept, asking: Asking, *, windowed: bool) -> list[Observation]:
    """Rows of another concept that answer this flag (a pregnancy test).

    How old they may be the rule's window says; where it has none, the other concept's own.
    """
    found: list[Observation] = []
    for name in concept.answered_by:
        limit = asking.concept(name).window_days
        for row in asking.usable(Observation, name):
            young = windowed or limit is None or (asking.on - row.on.earliest).days <= limit
            if isinstance(row, Observation) and young:
                found.append(row)
    return found


def _yes_or_no(row: Observation, concept: Concept) -> Answer:
    seen = (evidence_of(row),)
    word = row.value
    if isinstance(word, Quantity):
        return unknown(ReasonKind.IMPRECISE, f"{word} on {row.on} is a number, not yes or no", concept.name, seen)
    if row.concept != concept.name:
        word = concept.answered_by[row.concept].get(word, word)
    if word in YES:
        return Answer(TRUE, (), seen)
    if word in NO:
        return Answer(FALSE, (), seen)
    if word == NOT_APPLICABLE:
        reason = Reason(ReasonKind.NOT_APPLICABLE, f"recorded as not applicable on {row.on}", concept.name)
        return Answer(FALSE, (reason,), seen)
    kind = ReasonKind.MISSING if word in NOT_KNOWN else ReasonKind.IMPRECISE
    return unknown(kind, f"{quoted(word)} on {row.on} is neither yes nor no", concept.name, seen)


def _judged(row: Opinion) -> Answer:
    seen = (Evidence(row.id, row.opinion, f"{row.value} (signed by {row.by})", str(row.on)),)
    if row.value in YES:
        return Answer(TRUE, (), seen)
    if row.value in NO:
        return Answer(FALSE, (), seen)
    if row.value == NOT_APPLICABLE:
        reason = Reason(ReasonKind.NOT_APPLICABLE, f"judged not applicable on {row.on}", row.opinion)
        return Answer(FALSE, (reason,), seen)
    text = f"{quoted(str(row.value))} on {row.on} is neither yes nor no"
    return unknown(ReasonKind.AWAITING_JUDGEMENT, text, row.opinion, seen)


def _has_role(by: str, role: str) -> bool:
    """Whether `investigator` or `dr-wang:investigator` signs as the role; any signature will do for no role."""
    return not role or by == role or by.endswith(f":{role}")


def _signature(rule: SignedDocument, on: object, fact: str, where: Where) -> Answer:
    seen = (Evidence(fact, rule.document, "signed", str(on)),)
    if where is Where.MAYBE:
        text = f"signed on {on}: on which side of the limit is not known"
        return unknown(ReasonKind.IMPRECISE, text, rule.document, seen)
    return Answer(TRUE if where is Where.IN else FALSE, (), seen)


def _age(threshold: Threshold, asking: Asking) -> tuple[int, int, str] | Reason:
    """The fewest and most completed units of age, and both in words."""
    born, on = asking.person.born, asking.on
    assert born is not None
    word: Literal["years", "months", "weeks", "days"]
    match threshold.unit:
        case "years" | "year" | "a":
            word, (fewest, most) = "years", completed_years(born, on)
        case "months" | "month" | "mo":
            word, (fewest, most) = "months", completed_months(born, on)
        case "weeks" | "week" | "wk":
            word, fewest, most = "weeks", (on - born.latest).days // 7, (on - born.earliest).days // 7
        case "days" | "day" | "d":
            word, fewest, most = "days", (on - born.latest).days, (on - born.earliest).days
        case _:
            return Reason(ReasonKind.NO_UNIT, f"the rule's age {threshold.number} has no unit of age: write years", AGE)
    shown = f"{fewest} {word}" if fewest == most else f"{fewest} to {most} {word}"
    return fewest, most, f"{shown} on {on}"
