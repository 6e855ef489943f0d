"""Gates of marking a measured value: which value it is, its grades, and the event it joins or becomes."""

from collections.abc import Iterable
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.ctcae.catalogue import catalogue
from trialwright.errors import UsageError
from trialwright.ledger.kinds import ValueMarked
from trialwright.safety.laboratory.values import LabValue, value_named


def value_of(deed: Deed[Any]) -> LabValue:
    """The value that the words name. Raises UsageError if the casebook holds none under that id."""
    value = value_named(deed.study, deed.trial, deed.book, deed.what.fact)
    if value is None:
        raise UsageError(
            f"{deed.act}: {deed.number} has no measured value {deed.what.fact!r}. "
            f"`trialwright safety DIR {deed.who}` lists the values with their ids."
        )
    return value


def not_marked(deed: Deed[Any]) -> Iterable[Reason]:
    """A value is marked once."""
    for mark in deed.all(ValueMarked):
        if mark.what.fact == deed.what.fact:
            yield Reason(
                "value.marked",
                f"Value {deed.what.fact} was marked by {mark.actor.id}: "
                f"{'significant' if mark.what.significant else 'not significant'}.",
                "If that was wrong, correct the mark (act correct).",
            )


def grades_confirmed(deed: Deed[Any]) -> Iterable[Reason]:
    """Every grade of the value is one number in the end, and one that its term has."""
    value = value_of(deed)
    terms = {grade.term: grade for grade in value.grades}
    for term, grade in deed.what.grades.items():
        known = catalogue(deed.study.safety.ctcae).term(term)
        there = ("0", *map(str, known.grades_there)) if known else ()
        if grade not in there:
            yield Reason(
                "value.no_such_grade",
                f"{term} has no grade {grade} in CTCAE {deed.study.safety.ctcae}."
                if known
                else f"CTCAE {deed.study.safety.ctcae} has no term {term!r}.",
                f"Its grades are {', '.join(there)}." if known else "Search it (trialwright ctcae).",
            )
    for term, computed in terms.items():
        if deed.what.significant and not computed.known and term not in deed.what.grades:
            why = "; ".join(reason.text for reason in computed.reasons)
            yield Reason(
                "value.grade_open",
                f"{term} is grade {computed.text} by the value alone: {why}.",
                "Give the grade (grades), or record the range or the baseline that is missing.",
            )


def becomes_an_event(deed: Deed[Any]) -> Iterable[Reason]:
    """A significant value joins an event or becomes one: then it has a grade, and its cause was judged."""
    value, what = value_of(deed), deed.what
    if not what.significant or what.event is not None:
        return
    if not event_grade(value, what):
        yield Reason(
            "value.no_event",
            f"{value.measured.concept} of {value.measured.on} is called significant, and it has no grade of 1 or more.",
            "Name the event it belongs to (event), or give the term and its grade (grades).",
        )
    if not what.related:
        yield Reason(
            "value.cause_not_judged",
            f"{value.measured.concept} of {value.measured.on} becomes an adverse event, and nobody judged its cause.",
            "Say of each cause whether it is related (related), or unknown.",
        )
    if what.serious and not what.seriousness:
        yield Reason(
            "value.why_serious",
            f"{value.measured.concept} of {value.measured.on} is called serious, and no reason is given.",
            "Say which (seriousness).",
        )


def confirmed_grades(value: LabValue, what: Any) -> Iterable[dict[str, str]]:
    """Every grade, computed and confirmed; also of terms that no rule grades and the person named."""
    for grade in value.grades:
        confirmed = what.grades.get(grade.term, grade.text)
        yield {"term": grade.term, "computed": grade.text, "confirmed": confirmed, "rule": grade.rule}
    for term in what.grades.keys() - {grade.term for grade in value.grades}:
        yield {"term": term, "computed": "none", "confirmed": what.grades[term], "rule": "by hand"}


def event_grade(value: LabValue, what: Any) -> tuple[str, int] | None:
    """The term with the highest confirmed grade of 1 or more."""
    grades = [(one["term"], one["confirmed"]) for one in confirmed_grades(value, what) if one["confirmed"].isdigit()]
    worst = max(grades, key=lambda one: int(one[1]), default=None)
    return (worst[0], int(worst[1])) if worst and int(worst[1]) > 0 else None
