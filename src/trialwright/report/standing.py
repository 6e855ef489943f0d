"""How each participant is doing, as a square and as a line."""

from datetime import date

from trialwright.endpoints import Course
from trialwright.facts import parse_occurred
from trialwright.ledger import Casebook, Trial
from trialwright.report.blocks import Standing
from trialwright.report.curves import Swim
from trialwright.report.model import Place


def places(courses: tuple[Course, ...], target: int) -> tuple[Place, ...]:
    """One square per participant by number, then the places that are still free."""
    taken = [Place(one.number, _standing(one)) for one in courses]
    highest = max((place.number for place in taken), default=0)
    free = [Place(highest + at + 1, "free") for at in range(max(target - len(taken), 0))]
    return (*taken, *free)


def _standing(one: Course) -> Standing:
    if one.death:
        return "died"
    if one.left:
        return "left"
    if one.relapse:
        return "relapsed"
    return "treated" if one.infused else "waiting"


def swims(trial: Trial, courses: tuple[Course, ...], cut_off: date) -> tuple[Swim, ...]:
    """One line per participant whose day of enrolment is known, in days from it."""
    return tuple(
        _swim(one, book, cut_off)
        for one in courses
        if one.enrolled_on is not None and (book := trial.casebook(one.code)) is not None
    )


def _swim(one: Course, book: Casebook, cut_off: date) -> Swim:
    start = one.enrolled_on or cut_off

    def days(day: date | None) -> float | None:
        return None if day is None else float((day - start).days)

    death = one.death.day("middle") if one.death else None
    relapse = one.relapse.day("middle") if one.relapse else None
    last = death or max(day for day in (one.last_alive, one.last_assessed, relapse, start) if day is not None)
    remission = one.remission.day("middle") if one.remission else None
    infused = (parse_occurred(entry.occurred).earliest for entry in book.infusions if entry.occurred)
    end = max(days(last) or 0.0, 0.0)
    until = days(relapse) if relapse else end
    spans = (one.remission, one.relapse, one.death)
    return Swim(
        number=one.number,
        end=end,
        ended="died" if one.death else "left" if one.left else "alive",
        remission=(days(remission) or 0.0, until or 0.0) if remission else None,
        relapse=days(relapse),
        transplant=days(one.transplant_on),
        infusions=tuple(float((day - start).days) for day in sorted(infused) if day <= cut_off),
        imputed=any(span is not None and not span.known for span in spans),
    )
