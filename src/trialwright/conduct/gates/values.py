"""Gates of marking a measured value: which value it is, its grades, and the event it joins or becomes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.harm import seriousness_said
from trialwright.conduct.outcome import Reason
from trialwright.ctcae.catalogue import catalogue
from trialwright.errors import UsageError
from trialwright.facts import parse_occurred, quoted
from trialwright.facts.order import certainly_before
from trialwright.ledger.kinds import AdverseEventReported, Consented
from trialwright.safety.laboratory.values import LabValue, value_named


def value_of(deed: Deed[Any]) -> LabValue:
    """The value that the words name, graded with their flags. Raises UsageError if the casebook holds none."""
    value = value_named(deed.study, deed.trial, deed.book, deed.what.fact, deed.what.flags)
    if value is None:
        raise UsageError(
            f"{deed.act}: {deed.number} has no measured value {deed.what.fact!r}. "
            f"`trialwright safety DIR {deed.who}` lists the values with their ids."
        )
    return value


def grades_given(deed: Deed[Any]) -> dict[str, str]:
    """The grades a person gives, by the term in CTCAE's own spelling."""
    terms = catalogue(deed.study.safety.ctcae)
    known = {name: terms.term(name) for name in deed.what.grades}
    return {(term.name if (term := known[name]) else name): str(grade) for name, grade in deed.what.grades.items()}


def not_marked(deed: Deed[Any]) -> Iterable[Reason]:
    """A value is marked once; again only after the number that was looked at was corrected."""
    mark = value_of(deed).mark
    if mark is not None and (deed.itself is None or mark.id != deed.itself.id):
        yield Reason(
            "value.marked",
            f"Value {deed.what.fact} ({mark.what.concept} {mark.what.value} {mark.what.unit or ''}".rstrip()
            + f") was marked {'significant' if mark.what.significant else 'not significant'} by {mark.actor.id}.",
            f"Nothing to do; if that was wrong, correct the mark (act correct, entry {mark.id}).",
        )


def grades_confirmed(deed: Deed[Any]) -> Iterable[Reason]:
    """Every grade of the value is one number in the end, and one that its term has."""
    value, given, version = value_of(deed), grades_given(deed), deed.study.safety.ctcae
    for term, grade in given.items():
        known = catalogue(version).term(term)
        there = ("0", *map(str, known.grades_there)) if known else ()
        if grade not in there:
            yield Reason(
                "value.no_such_grade",
                f"{term} has no grade {grade} in CTCAE {version}."
                if known
                else f"CTCAE {version} has no term {quoted(term)}.",
                f"Its grades are {', '.join(there)}: choose the one that fits."
                if known
                else "Search the term (trialwright ctcae), and give it in CTCAE's own words.",
            )
    for computed in value.grades:
        if deed.what.significant and not computed.known and computed.term not in given:
            why = "; ".join(reason.text for reason in computed.reasons)
            yield Reason(
                "value.grade_open",
                f"{computed.term} is grade {computed.text} by the value alone{': ' if why else ''}{why}.",
                "Give the grade (grades), or record the range or the baseline that is missing.",
            )


def becomes_an_event(deed: Deed[Any]) -> Iterable[Reason]:
    """A significant value joins an event or becomes one: then it has a grade, and its cause was judged."""
    value, what = value_of(deed), deed.what
    if not becomes_one(deed, value):
        yield from _said_of_nothing(deed, value)
        return
    event = event_becoming(deed, value)
    if event is None and all(grade.known for grade in value.grades):
        yield Reason(
            "value.no_event",
            f"{value.measured.concept} of {value.measured.on} is called significant, and it has no grade of 1 or more.",
            "Name the event it belongs to (event), or give the term and its grade (grades).",
        )
    if event is not None:
        yield from seriousness_said(replace(deed, what=event))
    if not what.related:
        yield Reason(
            "value.cause_not_judged",
            f"{value.measured.concept} of {value.measured.on} becomes an adverse event, and nobody judged its cause.",
            "Say of each cause whether it is related, not related or unknown (related).",
        )


def _said_of_nothing(deed: Deed[Any], value: LabValue) -> Iterable[Reason]:
    what = deed.what
    if what.related or what.serious or what.seriousness:
        yield Reason(
            "value.no_new_event",
            f"{value.measured.concept} of {value.measured.on} becomes no event of its own, yet its cause or "
            "seriousness is given.",
            f"Say it of the event itself (act follow_adverse_event, event {what.event})."
            if what.event
            else "Leave related, serious and seriousness out; or call the value significant, if it is.",
        )


def becomes_one(deed: Deed[Any], value: LabValue) -> bool:
    """Whether an event is made of the value: it is significant, joins none, and is not from before consent.

    What was there before consent is a condition (act record_condition), not an event of the study.
    """
    consents = () if deed.study.historical else deed.all(Consented)
    before = any(
        consent.occurred is not None and certainly_before(value.measured.on, parse_occurred(consent.occurred))
        for consent in consents[:1]
    )
    return bool(deed.what.significant and deed.what.event is None and not before)


def event_becoming(deed: Deed[Any], value: LabValue) -> AdverseEventReported | None:
    """The event that a significant value becomes; None while it has no grade of 1 or more."""
    what, version = deed.what, deed.study.safety.ctcae
    found = event_grade(value, grades_given(deed))
    if found is None:
        return None
    term = catalogue(version).term(found[0])
    return AdverseEventReported(
        term=found[0],
        grade=found[1],
        serious=what.serious,
        related=what.related,
        ctcae=version,
        seriousness=what.seriousness,
        soc=term.soc if term else None,
        narrative=what.note,
    )


def confirmed_grades(value: LabValue, given: Mapping[str, str]) -> Iterable[dict[str, str]]:
    """Every grade, computed and confirmed; also of terms that no rule grades and the person named."""
    for grade in value.grades:
        confirmed = given.get(grade.term, grade.text)
        yield {"term": grade.term, "computed": grade.text, "confirmed": confirmed, "rule": grade.rule}
    computed = {grade.term for grade in value.grades}
    for term, grade_given in given.items():
        if term not in computed:
            yield {"term": term, "computed": "none", "confirmed": grade_given, "rule": "by hand"}


def event_grade(value: LabValue, given: Mapping[str, str]) -> tuple[str, int] | None:
    """The term with the highest confirmed grade of 1 or more."""
    grades = [(one["term"], one["confirmed"]) for one in confirmed_grades(value, given) if one["confirmed"].isdigit()]
    worst = max(grades, key=lambda one: int(one[1]), default=None)
    return (worst[0], int(worst[1])) if worst and int(worst[1]) > 0 else None
