"""Dates: nothing before what it rests on, nothing after death, nothing that ends before it began."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from trialwright.conduct.review.finding import Finding, found
from trialwright.errors import FormatError
from trialwright.facts import Occurred, parse_occurred
from trialwright.facts.order import certainly_before, spoken
from trialwright.ledger.entry import AnyEntry, Entry
from trialwright.ledger.kinds import (
    AdverseEventReported,
    ChemotherapyGiven,
    Consented,
    Contacted,
    Enrolled,
    Infused,
    Relapsed,
    ResponseAssessed,
    Transplanted,
    Visited,
    What,
)
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.events import AdverseEvent, adverse_events
from trialwright.study.model import Study

STUDY_DEEDS: Final[tuple[type[What], ...]] = (Visited, Enrolled, ChemotherapyGiven, Infused, Contacted)
"""What is done in the study: never before consent."""
ON_THE_LIVING: Final[tuple[type[What], ...]] = (
    Visited,
    Contacted,
    ChemotherapyGiven,
    Infused,
    ResponseAssessed,
    Relapsed,
    Transplanted,
    AdverseEventReported,
)
REMISSIONS: Final = ("CR", "CRh", "CRi")


def dates(study: Study, trial: Trial, book: Casebook) -> Iterator[Finding]:
    """Dates that cannot all be right; only what certainly contradicts is asked about, never what may fit."""
    yield from _before_consent(study, trial, book)
    yield from _after_death(trial, book)
    yield from _relapse_first(trial, book)
    for entry in book.all(ChemotherapyGiven):
        yield from _ends(trial, book, entry, "ended_on")
    for infused in book.all(Infused):
        yield from _ends(trial, book, infused, "ended_at")
    for event in adverse_events(trial, book):
        yield from _event(trial, book, event)


def _before_consent(study: Study, trial: Trial, book: Casebook) -> Iterator[Finding]:
    consent = book.all(Consented)[0] if book.all(Consented) else None
    day = moment(consent.occurred) if consent else None
    if consent is None or day is None or study.historical:
        return
    for entry in _all(book, STUDY_DEEDS):
        when = moment(entry.occurred)
        if when is not None and certainly_before(when, day):
            text = f"{_named(entry)} of {spoken(entry.occurred)} lies before the consent of {spoken(consent.occurred)}."
            yield _pair(trial, book, "date.before_consent", f"{text} Which date is wrong?", entry, consent)


def _after_death(trial: Trial, book: Casebook) -> Iterator[Finding]:
    death = book.death
    day = moment(death.occurred) if death else None
    if death is None or day is None:
        return
    for entry in _all(book, ON_THE_LIVING):
        when = moment(entry.occurred)
        if when is not None and certainly_before(day, when) and not _missed(entry):
            text = f"{_named(entry)} of {spoken(entry.occurred)} lies after the death of {spoken(death.occurred)}."
            yield _pair(trial, book, "date.after_death", f"{text} Which date is wrong?", entry, death)


def _relapse_first(trial: Trial, book: Casebook) -> Iterator[Finding]:
    """A relapse before any remission that is known: of those enrolled in one, before the day of that remission."""
    enrolment = book.enrolment
    if enrolment is None:
        return
    remissions = [one for one in book.all(ResponseAssessed) if one.what.category in REMISSIONS]
    known: list[tuple[AnyEntry, str | None]] = [(one, one.occurred) for one in remissions]
    if enrolment.what.in_remission:
        known.append((enrolment, enrolment.what.remission_on or enrolment.occurred))
    days = [(entry, on, day) for entry, on in known if (day := moment(on)) is not None]
    for relapse in book.all(Relapsed):
        when = moment(relapse.occurred)
        if when is None or not days or not all(certainly_before(when, day) for _, _, day in days):
            continue
        first, on, _ = min(days, key=lambda row: row[2].earliest)
        text = f"The relapse of {spoken(relapse.occurred)} lies before the first remission, of {spoken(on)}."
        yield _pair(trial, book, "date.relapse_before_remission", f"{text} Which date is wrong?", relapse, first, on)


def _ends(trial: Trial, book: Casebook, entry: AnyEntry, field: str) -> Iterator[Finding]:
    start, end = moment(entry.occurred), moment(getattr(entry.what, field))
    if start is not None and end is not None and certainly_before(end, start):
        said = spoken(getattr(entry.what, field))
        text = f"{_named(entry)} ends on {said}, before it began on {spoken(entry.occurred)}. Which date is wrong?"
        saw = (entry.occurred, said)
        yield found(trial, book, "date.ends_before_start", text, entry, saw=saw, field=field)


def _event(trial: Trial, book: Casebook, event: AdverseEvent) -> Iterator[Finding]:
    end = moment(event.resolved_on)
    if end is not None and certainly_before(end, event.onset):
        text = f"{event.named} resolved on {event.resolved_on}, before it began on {spoken(str(event.onset))}."
        saw = (str(event.onset), event.resolved_on)
        yield found(
            trial,
            book,
            "date.resolved_before_onset",
            f"{text} Which date is wrong?",
            event.reported,
            saw=saw,
            field="resolved_on",
            beside=event.followed,
        )
    for follow_up in event.followed:
        when = moment(follow_up.occurred)
        if when is not None and certainly_before(when, event.onset):
            text = f"A follow-up of {event.named} is dated {spoken(follow_up.occurred)}, before its onset on "
            text += f"{spoken(str(event.onset))}. Which date is wrong?"
            yield _pair(trial, book, "date.follow_up_before_event", text, follow_up, event.reported)


# --- reading ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16384)
def _parsed(text: str) -> Occurred | None:
    try:
        return parse_occurred(text)
    except FormatError:
        return None


def moment(text: str | None) -> Occurred | None:
    """When, as far as it was said; None where nothing was said, or nothing that can be read."""
    return _parsed(text) if text else None


def _all(book: Casebook, kinds: tuple[type[What], ...]) -> Iterator[Entry[Any]]:
    for kind in kinds:
        yield from book.all(kind)


def _missed(entry: AnyEntry) -> bool:
    return isinstance(entry.what, Visited) and entry.what.mode == "missed"


def _named(entry: AnyEntry) -> str:
    match entry.what:
        case Visited(visit=visit):
            return f"Visit {visit}"
        case AdverseEventReported(term=term):
            return term
        case _:
            name = str(entry.what.kind).replace("_", " ")
            return name[:1].upper() + name[1:]


def _pair(
    trial: Trial,
    book: Casebook,
    rule: str,
    text: str,
    entry: AnyEntry,
    other: AnyEntry,
    other_day: str | None = None,
) -> Finding:
    saw = (entry.occurred, other_day or other.occurred)
    return found(trial, book, rule, text, entry, saw=saw, field="occurred", beside=(other,))
