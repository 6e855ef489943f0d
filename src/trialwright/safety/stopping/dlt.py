"""Dose-limiting toxicity of one participant: yes, no, not yet evaluable, or never to be evaluated, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from trialwright.cells.given import volume_given
from trialwright.cells.seen import Seen, everything
from trialwright.cells.volumes import ZERO, left_of
from trialwright.endpoints.alive import days_alive
from trialwright.facts import parse_occurred
from trialwright.facts.order import certainly_before, spoken
from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.kinds import (
    Died,
    Enrolled,
    InfusionEnded,
    LostToFollowUp,
    OtherTherapyStarted,
    Transplanted,
    TreatmentStopped,
    Withdrew,
)
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.seen import as_seen
from trialwright.safety.stopping.toxicities import Found, toxicities
from trialwright.safety.stopping.window import ONE_DAY, Window, dlt_window, first_infusion
from trialwright.study.model import Study

SEEN_WITHIN = 7
"""Days before the window's end: whoever was last seen earlier has not been watched to its end."""
ENDS_STUDY_TREATMENT = (Transplanted, OtherTherapyStarted)


class Evaluable(StrEnum):
    """Whether a participant has had a dose-limiting toxicity."""

    YES = "yes"
    NO = "no"
    NOT_YET = "not yet evaluable"
    NEVER = "not evaluable"


@dataclass(frozen=True, slots=True)
class DltAnswer:
    """One participant's answer, in words and with what it rests on.

    found    every toxicity of the definition that counts, the first in time first
    because  sentences: what was found, or what is missing
    known_on the day on which the answer stood: of the toxicity, or the window's last day; None while it is open
    """

    code: str
    number: int | None
    answer: Evaluable
    because: tuple[str, ...]
    window: Window | None = None
    found: tuple[Found, ...] = ()
    known_on: date | None = None

    @property
    def counted(self) -> bool:
        """Whether the participant is among the n of the stopping rule."""
        return self.answer in (Evaluable.YES, Evaluable.NO)


def dlt_answers(study: Study, trial: Trial, on: date, seen: Seen = everything) -> tuple[DltAnswer, ...]:
    """The answer of everybody enrolled or infused, by number, as of a day; empty where the study defines no toxicity.

    Whoever received cells counts, also without a place: enrolled wrongly, or given cells meant for somebody else.

    seen  which entries count: those that were recorded when something was done.
    """
    if study.safety.dlt is None:
        return ()
    books = sorted(trial.casebooks.values(), key=lambda book: (book.number is None, book.number or 0, book.code))
    counted = [book for book in books if any(seen(entry) for entry in (*book.all(Enrolled), *book.infusions))]
    return tuple(dlt_answer(study, trial, book, on, seen) for book in counted)


def dlt_answer(study: Study, trial: Trial, book: Casebook, on: date, seen: Seen = everything) -> DltAnswer:
    """Whether one participant has had a dose-limiting toxicity by a day.

    Raises ValueError if the study defines none. Source: DOMAIN, the default definition; the numbers are study data.
    """
    if seen is everything:
        return book.kept(("dlt", on), lambda: _answer(study, trial, book, on, seen), of=study)
    return _answer(study, trial, as_seen(book, seen), on, seen)


def _answer(study: Study, trial: Trial, book: Casebook, on: date, seen: Seen) -> DltAnswer:
    window = dlt_window(study, book)
    if window is None:
        return _without_infusion(book)
    every = toxicities(study, trial, book, window, on, seen)
    if found := tuple(one for one in every if one.counts):
        first = found[0]
        said = tuple(one.sentence for one in found)
        return DltAnswer(book.code, book.number, Evaluable.YES, said, window, found, first.on.latest)
    if never := tuple(_never(study, trial, book, window)):
        return DltAnswer(book.code, book.number, Evaluable.NEVER, never, window)
    if waiting := (*_waiting(study, trial, book, window, on), *_open(every, window, on)):
        return DltAnswer(book.code, book.number, Evaluable.NOT_YET, waiting, window)
    said = (f"watched to {window.end} without a dose-limiting toxicity",)
    return DltAnswer(book.code, book.number, Evaluable.NO, said, window, known_on=window.end)


def _without_infusion(book: Casebook) -> DltAnswer:
    """Somebody who has received nothing: not yet, or never."""
    reasons: tuple[tuple[AnyEntry | None, str], ...] = (
        (book.never_to_be_infused, "decided not to be infused"),
        (book.death, "died"),
        (book.last(Withdrew), "withdrew"),
        (book.last(TreatmentStopped), "treatment was stopped"),
    )
    for entry, said in reasons:
        if entry is not None:
            because = (f"not infused: {said} on {spoken(entry.occurred)}",)
            return DltAnswer(book.code, book.number, Evaluable.NEVER, because)
    return DltAnswer(book.code, book.number, Evaluable.NOT_YET, ("not infused yet",))


def _never(study: Study, trial: Trial, book: Casebook, window: Window) -> Iterator[str]:
    """Why somebody without a toxicity can no longer be evaluated."""
    ends: tuple[tuple[type[Any], str], ...] = (
        (Died, "died"),
        (Transplanted, "was transplanted"),
        (OtherTherapyStarted, "began another therapy"),
        (Withdrew, "withdrew"),
        (LostToFollowUp, "was lost"),
    )
    for kind, said in ends:
        entry: AnyEntry
        for entry in book.all(kind):
            if (kind is Withdrew and entry.what.extent == "treatment") or (kind is LostToFollowUp and not book.lost):
                continue  # still followed, or found again
            when = parse_occurred(entry.occurred) if entry.occurred else None
            if when is None or (kind in ENDS_STUDY_TREATMENT and certainly_before(when, window.start)):
                continue  # study treatment went on: it ended nothing
            if when.earliest <= window.end:
                yield f"{said} on {spoken(entry.occurred)}, before the window's end on {window.end}"
    share = dose_share(trial, book)
    least = study.safety.dlt.minimum_dose_percent if study.safety.dlt else None
    if least is not None and share is not None and share * 100 < least:
        yield f"received {share * 100:.0f} % of the dose; {least.normalize():f} % are needed"


def dose_share(trial: Trial, book: Casebook) -> Decimal | None:
    """The part of the first infusion's dose that was given, 0 to 1; None where it is not known.

    By volume: what was given of what its bags held when it began. An infusion said to be complete is whole.
    """
    first = first_infusion(book)
    ends = [entry for entry in book.all(InfusionEnded) if entry.what.infusion == first.what.infusion]
    if ends and ends[-1].what.how == "complete":
        return Decimal(1)
    if not ends:
        running = bool(first.what.doses) and first.what.ended_at is None
        return None if running or first.what.stopped_early else Decimal(1)
    given = volume_given(trial, book, first)
    held = [left_of(trial, code, lambda entry: entry.order < first.order) for code in first.what.doses]
    if given is None or not held or None in held:
        return None
    whole = sum((ml for ml in held if ml is not None), ZERO)
    return min(given / whole, Decimal(1)) if whole else None


def _waiting(study: Study, trial: Trial, book: Casebook, window: Window, on: date) -> Iterator[str]:
    """What is still missing before somebody without a toxicity counts as without one."""
    if on <= window.end:
        yield f"watched until {window.end}"
        return
    last = max((day for day in days_alive(book) if day <= on), default=None)
    if last is None or last < window.end - SEEN_WITHIN * ONE_DAY:
        yield f"last seen on {last or 'an unknown day'}; the window ended on {window.end}"
    if study.safety.dlt and study.safety.dlt.minimum_dose_percent is not None and dose_share(trial, book) is None:
        yield "how much of the dose was given is not known"


def _open(found: tuple[Found, ...], window: Window, on: date) -> Iterator[str]:
    """What may turn out to be a toxicity, once the window is over."""
    if on > window.end:
        yield from (one.sentence for one in found if not one.counts)
