"""An answer on its way up a rule: its truth, the reasons that decided it, the facts it rests on."""

from collections.abc import Sequence
from typing import NamedTuple

from trialwright.criteria.criterion import Evidence, Reason, ReasonKind
from trialwright.facts import FALSE, TRUE, UNKNOWN, Truth, all_of, any_of


class Answer(NamedTuple):
    """What one part of a rule answers for one person; the reasons and the evidence are those that decided it."""

    truth: Truth
    reasons: tuple[Reason, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    def because(self, kind: ReasonKind, text: str, about: str = "") -> "Answer":
        """The same truth with one more reason."""
        return Answer(self.truth, (*self.reasons, Reason(kind, text, about)), self.evidence)


def unknown(kind: ReasonKind, text: str, about: str = "", evidence: tuple[Evidence, ...] = ()) -> Answer:
    """Not known, and the one reason why."""
    return Answer(UNKNOWN, (Reason(kind, text, about),), evidence)


def all_answers(answers: Sequence[Answer]) -> Answer:
    """Kleene "and". What is shown is what decided: the parts that are false, else those unknown, else all."""
    return _deciding(all_of(answer.truth for answer in answers), TRUE, answers)


def any_answers(answers: Sequence[Answer]) -> Answer:
    """Kleene "or", shown the same way."""
    return _deciding(any_of(answer.truth for answer in answers), FALSE, answers)


def least_favourable(answers: Sequence[Answer], favourable: bool) -> Answer:
    """Rows that cannot be told apart in time: the one least favourable to enrolment counts.

    favourable  whether a true atom helps the person (an even number of negations; an exclusion counts as one)
    """
    return all_answers(answers) if favourable else any_answers(answers)


def negated(answer: Answer) -> Answer:
    """Kleene "not"; what decided stays what decided."""
    return Answer(~answer.truth, answer.reasons, answer.evidence)


def implied(condition: Answer, consequence: Answer) -> Answer:
    """`if condition then consequence`."""
    if condition.truth is FALSE:
        reason = Reason(ReasonKind.NOT_APPLICABLE, "the condition does not apply to this person")
        return Answer(TRUE, (*condition.reasons, reason), condition.evidence)
    if condition.truth is TRUE:
        return _shown(consequence.truth, [condition, consequence])
    if consequence.truth is TRUE:
        return consequence
    return _shown(UNKNOWN, [condition, consequence] if consequence.truth is UNKNOWN else [condition])


def at_least(count: int, answers: Sequence[Answer]) -> Answer:
    """`at least count of answers`: true if so many are, false if so many cannot be."""
    met = sum(answer.truth is TRUE for answer in answers)
    open_ = sum(answer.truth is UNKNOWN for answer in answers)
    if met >= count:
        return _shown(TRUE, [answer for answer in answers if answer.truth is TRUE])
    if met + open_ < count:
        return _shown(FALSE, [answer for answer in answers if answer.truth is FALSE])
    return _shown(UNKNOWN, [answer for answer in answers if answer.truth is UNKNOWN])


def _deciding(truth: Truth, neutral: Truth, answers: Sequence[Answer]) -> Answer:
    if len(answers) == 1:
        return answers[0]
    shown = answers if truth is neutral else [answer for answer in answers if answer.truth is truth]
    return _shown(truth, shown)


def _shown(truth: Truth, answers: Sequence[Answer]) -> Answer:
    reasons = tuple(dict.fromkeys(reason for answer in answers for reason in answer.reasons))
    evidence = tuple(dict.fromkeys(seen for answer in answers for seen in answer.evidence))
    return Answer(truth, reasons, evidence)
