"""The CTCAE v5.0 grade of a laboratory value or a vital sign, with its rule and everything it was made from.

An automatic grade is a proposal: a person confirms it. What is missing makes an interval of grades, never a "no".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from trialwright.criteria import Concept, Library, Reason, ReasonKind, shipped_library
from trialwright.facts import FALSE, TRUE, UNKNOWN, Quantity, Range, Truth, Unit, convert, format_decimal
from trialwright.safety.laboratory.compared import Known, beyond, holds, known_of, place_of
from trialwright.safety.laboratory.rules import Baseline, Clause, Condition, Flag, LabRule, Table, terms_for
from trialwright.safety.laboratory.words import clause_words, grades_words


class Unanswered(Enum):
    """How a flag that nobody answered, and a baseline that nobody has, are read.

    NOT_SO   as not so, and the grade's notes say it: the customary reading (a hypokalaemia is asymptomatic until
             somebody says otherwise; without a baseline the ULN rules). It is the one of our test vectors
    UNKNOWN  as not known: the grade becomes an interval that holds whatever the answer turns out to be

    A missing limit of the reference range, or a baseline that is there and cannot be read, is unknown in both.
    """

    NOT_SO = "not so"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a grade was made from, as reported. `compared_in`: the unit of the comparison, "" if none was made."""

    value: Quantity
    lln: Quantity | None
    uln: Quantity | None
    baseline: Quantity | None
    flags: frozenset[Flag]
    answered_no: frozenset[Flag]
    compared_in: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoGrade:
    """The grade that a value proposes for a term: known where `lowest` and `highest` are the same; 0 is no grade.

    text             "2", "0 or 1", "0 to 4", or "unknown" where the value could not be compared at all
    rule             what decided, in words: "> 3 - 5 x ULN (baseline normal)"
    clauses_true     the clauses that hold; clauses_unknown those that could still make the grade higher
    reasons          why it is not known; empty where it is
    notes            what the person who confirms it should know
    """

    term: str
    ctcae: str
    lowest: int
    highest: int
    text: str
    rule: str
    clauses_true: tuple[str, ...]
    clauses_unknown: tuple[str, ...]
    inputs: Inputs
    reasons: tuple[Reason, ...]
    notes: tuple[str, ...]

    @property
    def known(self) -> bool:
        return self.lowest == self.highest


class _Seen(NamedTuple):
    """A clause with whether its comparison holds, and why that is not known."""

    clause: Clause
    truth: Truth
    reason: Reason | None
    words: str


def grade_value(
    rule: LabRule,
    value: Quantity,
    *,
    range: Range | None,
    baseline: Quantity | None,
    flags: frozenset[Flag] = frozenset(),
    answered_no: frozenset[Flag] = frozenset(),
    unanswered: Unanswered = Unanswered.NOT_SO,
    library: Library | None = None,
) -> AutoGrade:
    """The highest grade whose clause holds, or the interval it must lie in, by CTCAE v5.0.

    range        the limits to grade by; None: the value's own, if it carries any
    baseline     the value before treatment; None: nobody has one
    flags        what holds of the person; `answered_no` what was asked and does not hold; the rest nobody answered
    unanswered   how the rest is read
    Never raises for a value it cannot use: the answer is "unknown" with the reason.
    """
    concept = (library or shipped_library()).concepts.get(rule.concept) or Concept(name=rule.concept)
    limits = value.range if range is None else range
    inputs = _inputs(value, limits, baseline, flags, answered_no)
    place = place_of(rule, value, concept)
    if isinstance(place, Reason):
        return _ungraded(rule, inputs, place)
    table, unit = place
    known = known_of(rule, value, limits, baseline, unit, concept)
    assumed = unanswered is Unanswered.NOT_SO
    seen = [_seen(clause, table, unit, known, assumed and baseline is None) for clause in table.clauses]
    truths = {each: _condition(each, known, inputs, assumed) for each in rule.conditions}
    settled = {each: found if isinstance(found, Truth) else UNKNOWN for each, found in truths.items()}
    lowest, highest = _span(seen, settled)
    notes = (*_converted(value, unit, concept), *_assumed(rule, seen, inputs, assumed, highest), rule.also)
    return _graded(rule, inputs, unit, lowest, highest, seen, settled, truths, tuple(note for note in notes if note))


def grade_all(
    concept: str,
    value: Quantity,
    *,
    range: Range | None,
    baseline: Quantity | None,
    flags: frozenset[Flag] = frozenset(),
    answered_no: frozenset[Flag] = frozenset(),
    unanswered: Unanswered = Unanswered.NOT_SO,
    library: Library | None = None,
) -> tuple[AutoGrade, ...]:
    """The grade of a value for each term that its concept has in v5.0; none where no term grades it."""
    return tuple(
        grade_value(
            rule,
            value,
            range=range,
            baseline=baseline,
            flags=flags,
            answered_no=answered_no,
            unanswered=unanswered,
            library=library,
        )
        for rule in terms_for(concept)
    )


def _inputs(
    value: Quantity,
    limits: Range | None,
    baseline: Quantity | None,
    flags: frozenset[Flag],
    answered_no: frozenset[Flag],
) -> Inputs:
    if both := flags & answered_no:
        words = ", ".join(sorted(flag.value for flag in both))
        raise ValueError(f"{words}: answered both yes and no.")
    low, high = (None, None) if limits is None else (limits.low, limits.high)
    unit = value.unit if limits is None or limits.unit is None else limits.unit
    return Inputs(
        value,
        None if low is None else Quantity(low, unit),
        None if high is None else Quantity(high, unit),
        baseline,
        flags,
        answered_no,
    )


def _ungraded(rule: LabRule, inputs: Inputs, reason: Reason) -> AutoGrade:
    return AutoGrade(
        term=rule.term,
        ctcae=rule.ctcae,
        lowest=0,
        highest=rule.grades[-1],
        text="unknown",
        rule="",
        clauses_true=(),
        clauses_unknown=(),
        inputs=inputs,
        reasons=(reason,),
        notes=(rule.also,) if rule.also else (),
    )


def _seen(clause: Clause, table: Table, unit: Unit, known: Known, without_baseline: bool) -> _Seen:
    """A clause looked at. A change from a baseline that nobody has is left out, where that is how it is read.

    Not so under anticoagulation: there the multiples of the baseline are the only clauses, and without one the
    grade is not known.
    """
    words = f"grade {clause.grade}: {clause_words(clause, table, table.unit or unit.code)}"
    if clause.when is None and clause.needs_baseline and without_baseline:
        return _Seen(clause, FALSE, None, words)
    found = holds(clause, known)
    if isinstance(found, Reason):
        return _Seen(clause, UNKNOWN, found, words)
    if found is UNKNOWN:
        text = "the value or the baseline is not exact and may lie on either side of the limit"
        return _Seen(clause, UNKNOWN, Reason(ReasonKind.IMPRECISE, text), words)
    return _Seen(clause, found, None, words)


def _condition(condition: Condition, known: Known, inputs: Inputs, assumed: bool) -> Truth | Reason:
    """Whether what a clause depends on is so; the Reason where that is not known."""
    if isinstance(condition, Flag):
        if condition in inputs.flags:
            return TRUE
        if condition in inputs.answered_no or assumed:
            return FALSE
        return Reason(ReasonKind.AWAITING_JUDGEMENT, f"nobody has said whether: {condition.value}")
    if inputs.baseline is None and assumed:
        return FALSE
    comparator, limit = (">", known.uln) if condition is Baseline.ABOVE_ULN else ("<", known.lln)
    found = beyond(known.baseline, comparator, limit)
    if found is UNKNOWN:
        return Reason(ReasonKind.IMPRECISE, "the baseline is not exact and may be normal or not")
    return found


def _span(seen: Sequence[_Seen], settled: Mapping[Condition, Truth]) -> tuple[int, int]:
    """Lowest and highest grade over every way in which the open conditions may turn out.

    Each way is gone through by itself: on anticoagulation or not, one set of clauses counts, and never neither.
    """
    open_ = [condition for condition, truth in settled.items() if truth is UNKNOWN]
    lows: list[int] = []
    highs: list[int] = []
    for answers in product((TRUE, FALSE), repeat=len(open_)):
        way = {**settled, **dict(zip(open_, answers, strict=True))}
        counting = [each for each in seen if _counts(each.clause, way) is TRUE]
        lows.append(max((each.clause.grade for each in counting if each.truth is TRUE), default=0))
        highs.append(max((each.clause.grade for each in counting if each.truth is not FALSE), default=0))
    return min(lows), max(highs)


def _counts(clause: Clause, settled: Mapping[Condition, Truth]) -> Truth:
    """Whether a clause counts, by what it depends on."""
    if clause.when is None:
        return TRUE
    truth = settled[clause.when.condition]
    return truth if clause.when.holds else ~truth


def _graded(
    rule: LabRule,
    inputs: Inputs,
    unit: Unit,
    lowest: int,
    highest: int,
    seen: Sequence[_Seen],
    settled: Mapping[Condition, Truth],
    conditions: Mapping[Condition, Truth | Reason],
    notes: tuple[str, ...],
) -> AutoGrade:
    answers = [(each, each.truth & _counts(each.clause, settled)) for each in seen]
    true = [each for each, truth in answers if truth is TRUE]
    open_ = [each for each, truth in answers if truth is UNKNOWN and each.clause.grade > lowest]
    reasons: list[Reason] = []
    for each in open_ if lowest != highest else ():
        reasons += [each.reason] if each.reason else []
        found = conditions.get(each.clause.when.condition) if each.clause.when else None
        reasons += [found] if isinstance(found, Reason) else []
    return AutoGrade(
        term=rule.term,
        ctcae=rule.ctcae,
        lowest=lowest,
        highest=highest,
        text=grades_words(lowest, highest, rule.grades),
        rule=_decided(lowest, highest, true, open_),
        clauses_true=tuple(each.words for each in true),
        clauses_unknown=tuple(each.words for each in open_) if lowest != highest else (),
        inputs=Inputs(
            inputs.value, inputs.lln, inputs.uln, inputs.baseline, inputs.flags, inputs.answered_no, unit.code
        ),
        reasons=tuple(dict.fromkeys(reasons)),
        notes=notes,
    )


def _decided(lowest: int, highest: int, true: Sequence[_Seen], open_: Sequence[_Seen]) -> str:
    """The rule in words: the clauses of the grade, or, where it is not known, what it hangs on."""
    if lowest != highest:
        return f"hangs on {'; '.join(each.words for each in open_)}"
    deciding = [each.words.partition(": ")[2] for each in true if each.clause.grade == lowest]
    return "; ".join(deciding) or "no clause holds"


def _assumed(rule: LabRule, seen: Sequence[_Seen], inputs: Inputs, assumed: bool, highest: int) -> tuple[str, ...]:
    """What was taken as not so because nobody said it, and what it would change."""
    if not assumed:
        return ()
    notes: list[str] = []
    if inputs.baseline is None:
        if Baseline.ABOVE_ULN in rule.conditions:
            notes.append("baseline missing: graded by the ULN rule")
        elif Baseline.BELOW_LLN in rule.conditions:
            notes.append("baseline missing: graded by the LLN rule")
        elif any(each.clause.needs_baseline and each.clause.when is None for each in seen):
            notes.append("baseline missing: what is graded by the change from it is left out")
    for flag in rule.conditions:
        if not isinstance(flag, Flag) or flag in inputs.flags or flag in inputs.answered_no:
            continue
        hanging = [each for each in seen if each.clause.when and each.clause.when.condition is flag]
        open_ = [each for each in hanging if each.truth is not FALSE]
        higher = [each.clause.grade for each in open_ if _on(each) and each.clause.grade > highest]
        said = f"nobody has said whether: {flag.value}. Graded as if not"
        if higher:
            notes.append(f"{said}; if so, up to grade {max(higher)}")
        elif any(not _on(each) for each in open_):
            notes.append(f"{said}; if so, other clauses count")
    return tuple(notes)


def _on(seen: _Seen) -> bool:
    """Whether a clause counts where its condition is so."""
    return seen.clause.when is not None and seen.clause.when.holds


def _converted(value: Quantity, unit: Unit, concept: Concept) -> tuple[str, ...]:
    """ "2.1 mg/dL = 185.6 umol/L", where the comparison was made in another unit than the reported one."""
    own = value.measured_in
    if own is None or own.code == unit.code:
        return ()
    said = convert(Fraction(value.number), own, unit, concept.molar_mass)
    return () if said is None else (f"{value} = {value.comparator}{format_decimal(said)} {unit.code}",)
