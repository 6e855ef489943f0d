"""Visits: everything asked was answered."""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from trialwright.conduct.review.finding import Finding, found
from trialwright.facts import Occurred
from trialwright.facts.dates import parse_occurred
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import (
    ChemotherapyGiven,
    Consented,
    FactsRecorded,
    Infused,
    ResponseAssessed,
    Visited,
    What,
)
from trialwright.ledger.trial import Casebook, Trial
from trialwright.study.model import Form, Study

NEAR_DAYS: Final = 14
"""How far from the visit the same answer may be written by an act of its own: a marrow is read days later."""
HELD_BY: Final[dict[str, tuple[type[What], ...]]] = {
    "response": (ResponseAssessed,),
    "treatment": (ChemotherapyGiven, Infused),
}
"""What a form feeds -> the kinds of entry by which acts of their own hold its answers."""


def visits(study: Study, trial: Trial, book: Casebook) -> Iterator[Finding]:
    """Required items without an answer at a visit that took place; a form without any answer is one finding."""
    forms = _forms(study)
    held, recorded = _held(book), _recorded(book)
    for entry in book.all(Visited):
        if entry.what.mode == "missed" or entry.occurred is None:
            continue
        known, when = recorded.get(entry.occurred[:10], frozenset()), parse_occurred(entry.occurred)
        for form in forms.get(entry.what.visit, ()):
            if any(_near(when, held.get(feed, [])) for feed in form.feeds) or _signed_elsewhere(form, book):
                continue
            yield from _form(trial, book, entry, form, known)


def _form(trial: Trial, book: Casebook, entry: Entry[Visited], form: Form, known: frozenset[str]) -> Iterator[Finding]:
    answers: dict[str, Any] = entry.what.answers
    names = {item.id: f"{form.id}.{item.id}" for item in form.items}
    required = [item for item in form.items if item.required]
    missing = [
        item
        for item in required
        if answers.get(names[item.id]) in (None, "") and not {item.concept, item.value_set, item.opinion} & known
    ]
    if not missing:
        return
    at = f"visit {entry.what.visit} of {entry.occurred[:10] if entry.occurred else ''}"
    if len(missing) == len(required) and not any(answers.get(name) for name in names.values()):
        text = f"Nothing of the form {form.label} was filled in at {at}. Was it not done?"
        saw = (entry.what.visit, form.id)
        yield found(trial, book, "visit.form_missing", text, entry, saw=saw, field=form.id, visit=entry.what.visit)
        return
    for item in missing:
        name = names[item.id]
        text = f"{item.label} ({name}) was not answered at {at}. What was found, or why was it not done?"
        saw = (entry.what.visit, name)
        yield found(
            trial, book, "visit.item_missing", text, entry, saw=saw, field=name, visit=entry.what.visit, item=name
        )


@lru_cache(maxsize=8)
def _forms(study: Study) -> dict[str, tuple[Form, ...]]:
    """Visit -> those of its forms that have a required item and are answered at the visit."""
    by_id = {form.id: form for form in study.forms if any(item.required for item in form.items)}
    return {visit.id: tuple(by_id[id] for id in visit.forms if id in by_id) for visit in study.visits}


def _recorded(book: Casebook) -> dict[str, frozenset[str]]:
    """Day -> everything a fact of that day says something of: the same answer, written by an act of its own."""
    days: dict[str, set[str]] = {}
    for entry in book.all(FactsRecorded):
        for fact in entry.what.facts:
            names = (fact.get("concept"), fact.get("valueset"), fact.get("opinion"))
            days.setdefault(str(fact.get("on", ""))[:10], set()).update(name for name in names if name)
    return {day: frozenset(names) for day, names in days.items()}


def _held(book: Casebook) -> dict[str, list[Occurred]]:
    """What a form feeds -> the days on which an act of its own wrote its answers."""
    return {
        feed: [parse_occurred(one.occurred) for kind in kinds for one in book.all(kind) if one.occurred]
        for feed, kinds in HELD_BY.items()
    }


def _signed_elsewhere(form: Form, book: Casebook) -> bool:
    """Whether the form asks for the consent, and the act of consent holds it."""
    return any(item.signed == "consent" for item in form.items) and bool(book.all(Consented))


def _near(visit: Occurred, days: list[Occurred]) -> bool:
    near = timedelta(days=NEAR_DAYS)
    return any(visit.earliest - near <= day.latest and day.earliest <= visit.latest + near for day in days)
