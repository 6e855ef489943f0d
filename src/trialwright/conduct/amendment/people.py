"""Whom an amendment touches: judged otherwise, seen at other times, asked to consent again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from trialwright.conduct.amendment.renewal import RenewalNeeded, renewals_needed, where_stands
from trialwright.conduct.deed import Deed
from trialwright.conduct.judging import anchors_of, judge_casebook
from trialwright.conduct.schedule import Window, visit_windows
from trialwright.criteria import Judgement
from trialwright.facts import PartialDate, parse_occurred
from trialwright.ledger.entry import Actor
from trialwright.ledger.kinds import Visited
from trialwright.ledger.trial import Casebook, Trial
from trialwright.study import Study, Visit

NOBODY = Actor("nobody", "auditor")
"""A dry run is nobody's deed."""


@dataclass(frozen=True, slots=True)
class CriterionOtherwise:
    """One criterion's effect on enrolment, before and after; None where a version does not have it."""

    id: str
    was: str | None
    would_be: str | None


@dataclass(frozen=True, slots=True)
class JudgedOtherwise:
    """Somebody in screening of whom the new criteria say something else, on the facts known."""

    who: str
    was: str  # eligible: yes | no | unknown
    would_be: str
    criteria: tuple[CriterionOtherwise, ...]


@dataclass(frozen=True, slots=True)
class SeenOtherwise:
    """A visit still to come whose window is new, moves or falls away; None where there is no such window."""

    who: str
    number: int | None
    visit: str
    label: str
    was: Window | None
    would_be: Window | None


def looking_at(study: Study, trial: Trial, book: Casebook, on: date) -> Deed[None]:
    """One person on one day, as gates look at them."""
    return Deed("amendment", study, trial, NOBODY, book.code, None, on.isoformat())


def people_in(now: Study, trial: Trial, on: date) -> tuple[Casebook, ...]:
    """Everybody who is in screening, in treatment or in follow-up, in the order of their codes."""
    there = (book for book in trial.casebooks.values() if where_stands(looking_at(now, trial, book, on)))
    return tuple(sorted(there, key=lambda book: book.code))


# --- judged otherwise -------------------------------------------------------------------------------------------------


def judged_otherwise(now: Study, new: Study, trial: Trial, on: date) -> tuple[JudgedOtherwise, ...]:
    """Those in screening who would be judged otherwise: asked of the same facts, as of the day."""
    if now.eligibility == new.eligibility and now.sites == new.sites:
        return ()
    found = []
    for book in people_in(now, trial, on):
        if book.enrolment is not None:
            continue
        was, would_be = _judge(now, book, on), _judge(new, book, on)
        criteria = tuple(_otherwise(was, would_be))
        if criteria or was.eligible is not would_be.eligible:
            found.append(JudgedOtherwise(book.code, was.eligible.value, would_be.eligible.value, criteria))
    return tuple(found)


def _judge(study: Study, book: Casebook, on: date) -> Judgement:
    moments = anchors_of(book, PartialDate.of(on))
    moments.setdefault("screening", PartialDate.of(on))
    return judge_casebook(study, book, on, moments)


def _otherwise(was: Judgement, would_be: Judgement) -> Iterator[CriterionOtherwise]:
    before = {one.criterion.id: one.effect.value for one in was.criteria}
    after = {one.criterion.id: one.effect.value for one in would_be.criteria}
    for id in dict.fromkeys((*before, *after)):
        if before.get(id) != after.get(id):
            yield CriterionOtherwise(id, before.get(id), after.get(id))


# --- seen otherwise ---------------------------------------------------------------------------------------------------


def seen_otherwise(now: Study, new: Study, trial: Trial, on: date) -> tuple[SeenOtherwise, ...]:
    """Windows of visits still to come that are new, move or fall away, person by person."""
    labels = {visit.id: visit.label for visit in (*now.visits, *new.visits)}
    changed = [id for id in labels if _visit(now, id) != _visit(new, id)]
    return tuple(
        line
        for book in (people_in(now, trial, on) if changed else ())
        for id in changed
        for line in _windows(now, new, book, id, labels[id], on)
    )


def _windows(now: Study, new: Study, book: Casebook, id: str, label: str, on: date) -> Iterator[SeenOtherwise]:
    was, would_be = ({one.anchor: one for one in _to_come(study, book, id, on)} for study in (now, new))
    for anchor in sorted({*was, *would_be}):
        before, after = was.get(anchor), would_be.get(anchor)
        if before != after:
            yield SeenOtherwise(book.code, book.number, id, label, before, after)


def _to_come(study: Study, book: Casebook, id: str, on: date) -> tuple[Window, ...]:
    """The windows of a visit that are not over and that nobody was seen in."""
    if _visit(study, id) is None:
        return ()
    windows = visit_windows(study, book, id)
    done = {_nearest(windows, entry.occurred) for entry in book.all(Visited) if _counts(entry.what, id)}
    return tuple(window for window in windows if window.last >= on and window.anchor not in done)


def _counts(visited: Visited, id: str) -> bool:
    return visited.visit == id and visited.mode != "missed"


def _nearest(windows: tuple[Window, ...], occurred: str | None) -> date | None:
    if not windows or occurred is None:
        return None
    when = parse_occurred(occurred)
    return min(windows, key=lambda window: abs(window.off(when))).anchor


def _visit(study: Study, id: str) -> Visit | None:
    return next((visit for visit in study.visits if visit.id == id), None)


# --- asked again ------------------------------------------------------------------------------------------------------


def asked_again(now: Study, new: Study, trial: Trial, on: date) -> tuple[RenewalNeeded, ...]:
    """The consents that the new version asks for again and the one in force does not."""
    return tuple(
        needed
        for book in people_in(now, trial, on)
        for needed in renewals_needed(looking_at(new, trial, book, on))
        if not _asked_already(needed, renewals_needed(looking_at(now, trial, book, on)))
    )


def _asked_already(needed: RenewalNeeded, already: tuple[RenewalNeeded, ...]) -> bool:
    return (needed.document, needed.version) in {(one.document, one.version) for one in already}
