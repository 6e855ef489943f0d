"""One participant's way through the trial, as far as it is known at a cut-off: remission, relapse, death, last seen.

The cut-off is about the day something occurred, not the day it was written down: what occurred up to the cut-off, as
known now. An entry that occurred later plays no part, with one exception that honesty demands: where a death or a
relapse is known to the month or year only, having been seen alive (or in remission) later narrows the days on which
it is possible, even if that takes the event out of what had happened by the cut-off.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, Literal

from trialwright.endpoints.alive import days_alive
from trialwright.facts import Occurred, parse_occurred
from trialwright.ledger import kinds
from trialwright.ledger.entry import Entry
from trialwright.ledger.trial import Casebook, Trial
from trialwright.study.model import Study

Where = Literal["earliest", "middle", "latest"]
REMISSIONS: Final = frozenset({"CR", "CRh", "CRi"})
RELAPSE_FREE: Final = REMISSIONS | {"MLFS", "remission kept"}
"""Categories of an assessment that found no leukaemia; what ends a disease-free time at its last assessment."""
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Possible:
    """The days on which something can have happened; one day where that is known."""

    earliest: date
    latest: date

    @property
    def known(self) -> bool:
        return self.earliest == self.latest

    def day(self, where: Where) -> date:
        """The one day to count with: an end, or the middle (the earlier of two middle days)."""
        if where == "middle":
            return self.earliest + (self.latest - self.earliest) // 2
        return self.earliest if where == "earliest" else self.latest


@dataclass(frozen=True, slots=True)
class Caveat:
    """Something a reader of an estimate should know about one participant."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Course:
    """What an estimate needs to know of one participant, up to a cut-off.

    enrolled_on, first_infusion_on   None where the day is not known: these days are never imputed.
    remission    the remission that counts: at enrolment, else the first after it; a lost one never counts.
    relapse      the first relapse on or after that remission; death whatever its cause.
    last_alive   the latest day seen, spoken to, sampled or treated; never before enrolment, never after the cut-off.
    last_assessed  the latest disease assessment that found no leukaemia, or visit that found no relapse; None if none.
    evaluated    days of every assessment that could be judged, whatever it found.
    left         how and when follow-up was given up, if it was.
    """

    code: str
    number: int
    site: str
    enrolled_on: date | None
    in_remission: bool
    disease_status: str
    phase: str
    strata: dict[str, str]
    infused: bool
    first_infusion_on: date | None
    remission: Possible | None
    relapse: Possible | None
    death: Possible | None
    transplant_on: date | None
    last_alive: date | None
    last_assessed: date | None
    evaluated: tuple[date, ...]
    left: str | None
    caveats: tuple[Caveat, ...]


def course(
    book: Casebook, cut_off: date, *, molecular: bool = False, asked: frozenset[str] = frozenset()
) -> Course | None:
    """The course of one participant up to a cut-off; None if nobody was enrolled under this code by then.

    molecular  whether a molecular relapse counts as a relapse (by default only haematological and extramedullary).
    asked      the study's questions about relapse, as form.item: answered "no" at a visit, disease was looked at.
    """
    key = ("course", cut_off, molecular, asked)
    return book.kept(key, lambda: _course(book, cut_off, molecular, asked))


def _course(book: Casebook, cut_off: date, molecular: bool, asked: frozenset[str]) -> Course | None:
    enrolment = book.enrolment
    if enrolment is None or (enrolled := _when(enrolment)) is None or enrolled.earliest > cut_off:
        return None
    enrolled_on = enrolled.earliest if enrolled.exact else None
    what = enrolment.what
    seen = days_alive(book)
    death = _death(book, seen, cut_off)
    remission = _remission(book, enrolled_on, cut_off) if enrolled_on else None
    free = [*_responses(book, RELAPSE_FREE), *_denied(book, asked)]
    relapse = _relapse(book, remission, free, cut_off, molecular) if remission else None
    infusions = _days(book.infusions, cut_off)
    first = min(infusions, key=lambda when: when.earliest, default=None)
    found = Course(
        code=book.code,
        number=what.number,
        site=enrolment.site,
        enrolled_on=enrolled_on,
        in_remission=what.in_remission,
        disease_status=what.disease_status,
        phase=what.phase,
        strata=dict(what.strata),
        infused=first is not None,
        first_infusion_on=first.earliest if first and first.exact else None,
        remission=remission,
        relapse=relapse,
        death=death,
        transplant_on=_transplant(book, enrolled_on, cut_off),
        last_alive=max((day for day in seen if day <= cut_off), default=enrolled_on),
        last_assessed=max((when.earliest for when in free if when.earliest <= cut_off), default=None),
        evaluated=tuple(sorted(_evaluated(book, cut_off))),
        left=_left(book, cut_off),
        caveats=(),
    )
    return replace(found, caveats=tuple(_caveats(found, book, cut_off)))


def courses(study: Study, trial: Trial, cut_off: date, *, molecular: bool = False) -> tuple[Course, ...]:
    """The course of everybody enrolled by the cut-off, by number, read with the study's own question about relapse."""
    asked = relapse_questions(study)
    found = (course(book, cut_off, molecular=molecular, asked=asked) for book in trial.enrolled)
    return tuple(one for one in found if one)


def relapse_questions(study: Study) -> frozenset[str]:
    """The questions marked `asks: relapse`, as a visit's answers name them: form.item."""
    named = ((form, item) for form in study.forms for item in form.items if item.asks == "relapse")
    return frozenset(f"{form.id}.{item.id}" for form, item in named)


def _death(book: Casebook, seen: tuple[date, ...], cut_off: date) -> Possible | None:
    died = _when(book.death) if book.death else None
    if died is None:
        return None
    return _possible(died, max(seen, default=None), cut_off)


def _remission(book: Casebook, enrolled_on: date, cut_off: date) -> Possible | None:
    """Enrolment itself for those enrolled in remission, else the first CR, CRh or CRi from that day on."""
    enrolment = book.enrolment
    if enrolment is not None and enrolment.what.in_remission:
        return Possible(enrolled_on, enrolled_on)
    found = (when for when in _responses(book, REMISSIONS) if when.latest >= enrolled_on and when.earliest <= cut_off)
    first = min(found, key=lambda when: (when.latest, when.earliest), default=None)
    if first is None:
        return None
    return Possible(max(first.earliest, enrolled_on), min(first.latest, cut_off))


def _relapse(
    book: Casebook, remission: Possible, free: list[Occurred], cut_off: date, molecular: bool
) -> Possible | None:
    """The first relapse on or after the remission: possible only after the last day known to be free of it.

    An assessment called a relapse is one, on the day of its sample, also where the act `relapse` was forgotten.
    """
    counted: list[Entry[Any]] = [
        *(entry for entry in book.all(kinds.Relapsed) if molecular or entry.what.how != "molecular"),
        *(entry for entry in book.all(kinds.ResponseAssessed) if entry.what.category == "relapse"),
    ]
    after = [when for entry in counted if (when := _when(entry)) and when.latest >= remission.earliest]
    first = min(after, key=lambda when: (when.latest, when.earliest), default=None)
    if first is None:
        return None
    until = [when.earliest for when in free if when.earliest < first.latest]
    possible = _possible(first, max([*until, remission.earliest - DAY]), cut_off)
    died = _when(book.death) if book.death else None
    if possible and not first.exact and died and died.latest < possible.latest:  # nobody relapses after death
        return Possible(min(possible.earliest, died.latest), died.latest)
    return possible


def _possible(when: Occurred, free_until: date | None, cut_off: date) -> Possible | None:
    """The days on which it can have happened by the cut-off; None if it can only have been later.

    A date known to the day stands whatever else is known. Of a partial date only the days after `free_until` are
    possible; where none is left the last day of the date itself is.
    """
    earliest = when.earliest
    if not when.exact and free_until is not None:
        earliest = min(max(earliest, free_until + DAY), when.latest)
    return None if earliest > cut_off else Possible(earliest, min(when.latest, cut_off))


def _caveats(one: Course, book: Casebook, cut_off: date) -> Iterator[Caveat]:
    """What a reader of this person's times should know: days counted with, days that contradict each other."""
    if one.enrolled_on is None:
        yield Caveat("enrolment.day_unknown", "The day of enrolment is not known, and it is never imputed.")
    if one.enrolled_on and _remission_before(book, one.enrolled_on) is (not one.in_remission):
        said, was = ("in remission", "none") if one.in_remission else ("not in remission", "one")
        yield Caveat(
            "enrolment.remission_unclear", f"Enrolled as {said}; what was recorded before says there was {was}."
        )
    for name, span in (("remission", one.remission), ("relapse", one.relapse), ("death", one.death)):
        if span and not span.known:
            yield Caveat(
                f"{name}.imputed", f"{name.capitalize()} between {span.earliest} and {span.latest}: the middle."
            )
    if one.death and one.last_alive and one.last_alive > one.death.latest:
        days = f"Dead by {one.death.latest}, but seen alive on {one.last_alive}"
        yield Caveat("death.seen_alive_after", f"{days}: one is wrong.")
    if one.relapse and one.death and one.relapse.earliest > one.death.latest:
        days = f"Relapse on {one.relapse.earliest}, after death on {one.death.latest}"
        yield Caveat("relapse.after_death", f"{days}: one is wrong.")
    gone = [day for day in _assessed(book, {"PR", "NR"}, cut_off) if one.remission and day > one.remission.latest]
    if gone and not one.relapse:
        yield Caveat("relapse.not_recorded", f"No remission any more on {min(gone)}, but no relapse is recorded.")
    if one.relapse and not _days(book.all(kinds.Relapsed), cut_off):
        day = one.relapse.earliest
        yield Caveat("relapse.assessed_only", f"Relapse by the assessment of {day}; the act `relapse` is not recorded.")
    if one.transplant_on:
        yield Caveat("transplant", f"Transplanted on {one.transplant_on}.")


def _remission_before(book: Casebook, enrolled_on: date) -> bool | None:
    """Whether the newest assessment or relapse dated before enrolment leaves a remission; None if there is neither."""
    kept = REMISSIONS | {"remission kept"}
    states = [(_when(entry), entry.what.category in kept) for entry in book.all(kinds.ResponseAssessed)]
    states += [(_when(entry), False) for entry in book.all(kinds.Relapsed)]
    before = [(when.latest, state) for when, state in states if when and when.latest < enrolled_on]
    return max(before)[1] if before else None


def _transplant(book: Casebook, enrolled_on: date | None, cut_off: date) -> date | None:
    """The first transplant since enrolment; an earlier one is history."""
    after = [when for when in _days(book.all(kinds.Transplanted), cut_off) if _since(enrolled_on, when)]
    return min((when.earliest for when in after), default=None)


def _since(day: date | None, when: Occurred) -> bool:
    return day is None or when.latest >= day


def _left(book: Casebook, cut_off: date) -> str | None:
    """How follow-up was given up, if it was by the cut-off: no contact any more, or lost and not found again."""
    for gone in book.all(kinds.Withdrew):
        if gone.what.extent == "all contact" and (when := _when(gone)) and when.earliest <= cut_off:
            return f"withdrew from all contact on {when}"
    lost = _days(book.all(kinds.LostToFollowUp), cut_off)
    found = _days(book.all(kinds.FoundAgain), cut_off)
    if not lost:
        return None
    last = max(lost, key=lambda when: when.latest)
    return None if any(again.latest >= last.earliest for again in found) else f"lost to follow-up on {last}"


def _assessed(book: Casebook, categories: Iterable[str], cut_off: date) -> list[date]:
    return [when.earliest for when in _responses(book, frozenset(categories)) if when.earliest <= cut_off]


def _evaluated(book: Casebook, cut_off: date) -> Iterator[date]:
    for entry in book.all(kinds.ResponseAssessed):
        when = _when(entry)
        if when and entry.what.category != "NE" and when.earliest <= cut_off:
            yield when.earliest


def _responses(book: Casebook, categories: frozenset[str]) -> Iterator[Occurred]:
    for entry in book.all(kinds.ResponseAssessed):
        when = _when(entry)
        if when and entry.what.category in categories:
            yield when


def _denied(book: Casebook, asked: frozenset[str]) -> Iterator[Occurred]:
    """Visits at which the person was seen and relapse was answered "no".

    Without them a relapse would count whenever it is found, and its absence at the next marrow only: curves before
    the last contact would lie too low.
    """
    for entry in book.all(kinds.Visited):
        when = _when(entry)
        if when and entry.what.mode == "on site" and any(entry.what.answers.get(key) == "no" for key in asked):
            yield when


def _days(entries: Iterable[Entry[Any]], cut_off: date) -> list[Occurred]:
    return [when for entry in entries if (when := _when(entry)) and when.earliest <= cut_off]


def earliest_day_of(occurred: str | None) -> date | None:
    """The earliest day a date of the ledger can mean; None where there is none."""
    return parse_occurred(occurred).earliest if occurred else None


def _when(entry: Entry[Any]) -> Occurred | None:
    return parse_occurred(entry.occurred) if entry.occurred else None
