"""Gates that hold the whole trial back: a pause, and the stagger between the first participants."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from trialwright.cells.seen import Seen
from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.facts import LocalTime, parse_occurred
from trialwright.facts.order import certainly_before, spoken_distance
from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.instants import local_day, parse_instant
from trialwright.ledger.kinds import ChemotherapyGiven, NotInfused, Paused, Resumed
from trialwright.ledger.trial import Casebook
from trialwright.safety.stopping.pauses import Pause, pauses_for

ONE_MINUTE = timedelta(minutes=1)
"""How long a moment lasts that is written down to the minute."""


def not_paused(deed: Deed[Any]) -> Iterable[Reason]:
    """The trial is paused neither by hand nor by one of its own rules, or this person is exempt by name."""
    found: dict[tuple[str, tuple[str, ...]], Pause] = {}
    for day in days_asked(deed):
        for pause in pauses_for(deed.study, deed.trial, deed.book, day, known_then(deed)):
            found.setdefault((pause.rule, pause.about), pause)
    for pause in found.values():
        yield Reason(
            "trial.paused",
            pause.sentence,
            f"Wait for the decision of {_who_decides(deed)} that resumes it "
            "(act resume), which may exempt named participants.",
        )


def _who_decides(deed: Deed[Any]) -> str:
    return f"the {' or the '.join(deed.study.safety.decided_by)}"


def days_asked(deed: Deed[Any]) -> tuple[date, ...]:
    """The days on which the trial must not be paused: of the deed, and today where it is asked before the deed.

    Otherwise an act dated back to yesterday would slip past what happened since.
    """
    day = deed.when.latest
    if deed.now is None or deed.told is not None or deed.itself is not None:
        return (day,)
    return tuple(dict.fromkeys((day, date.fromisoformat(local_day(deed.now, deed.zone)))))


def known_then(deed: Deed[Any]) -> Seen:
    """Which entries counted when the deed was done: a pause begins when what causes it is written down.

    Pauses by hand and decisions count by their dates, as any entry does. Harm counts from when it was recorded: before
    the deed, all that is there; told afterwards, what was recorded by then; looked at again, what was recorded first.
    """

    def counts(entry: AnyEntry) -> bool:
        if isinstance(entry.what, Paused | Resumed):
            return deed.stands(entry)
        if deed.itself is not None:
            return deed.was_before(entry)
        return deed.told is None or _recorded_by(deed, entry)

    return counts


def _recorded_by(deed: Deed[Any], entry: AnyEntry) -> bool:
    """Whether the entry was certainly written down before the deed: its first version, if it was corrected since."""
    recorded_at = _first_recorded_at(deed, entry)
    if isinstance(deed.when, LocalTime):
        return parse_instant(recorded_at) < deed.when.instant
    return local_day(recorded_at, deed.zone) < deed.when.earliest.isoformat()


def known_to_deciders(deed: Deed[Any]) -> Seen:
    """Which entries a decision can have known: nothing that was written down after its own date.

    A decision of Monday that is recorded on Friday settles nothing that came in on Wednesday. Told after the deed, it
    may also have known what had occurred by then of those whom its minutes deal with by name (`dealt_with`), unless
    the entry says that the site knew later.
    """
    known, named = known_then(deed), _dealt_with(deed)

    def counts(entry: AnyEntry) -> bool:
        if deed.now is None or isinstance(entry.what, Paused | Resumed):
            return known(entry)
        if deed.told is not None:
            aware_at = getattr(entry.what, "aware_at", None)
            later = deed.precedes(entry) or (aware_at and certainly_before(deed.when, parse_occurred(aware_at)))
            return not later and (entry.about in named or not _recorded_after(deed, entry))
        return known(entry) and not _recorded_after(deed, entry)

    return counts


def occurred_then(deed: Deed[Any]) -> Seen:
    """Everything that had occurred by the day of the deed, whoever knew of it; as `known_then` before the deed."""
    known = known_then(deed)

    def counts(entry: AnyEntry) -> bool:
        if deed.told is None or isinstance(entry.what, Paused | Resumed):
            return known(entry)
        return not deed.precedes(entry)

    return counts


def _dealt_with(deed: Deed[Any]) -> frozenset[str]:
    """The codes of those whom the minutes name; a participant may be named by number."""
    books = {code: deed.trial.casebook(code) for code in deed.what.dealt_with}
    return frozenset(book.code if book else code for code, book in books.items())


def _recorded_after(deed: Deed[Any], entry: AnyEntry) -> bool:
    """Whether the entry was certainly written down after the deed."""
    recorded_at = _first_recorded_at(deed, entry)
    if isinstance(deed.when, LocalTime):
        return parse_instant(recorded_at) >= deed.when.instant + ONE_MINUTE
    return local_day(recorded_at, deed.zone) > deed.when.latest.isoformat()


def _first_recorded_at(deed: Deed[Any], entry: AnyEntry) -> str:
    chain = deed.trial.originals.get(entry.id, ())
    return chain[0].recorded_at if chain else entry.recorded_at


def stagger_over(deed: Deed[Any]) -> Iterable[Reason]:
    """The first study chemotherapy waits until the participant before has been watched long enough."""
    stagger = deed.study.enrolment.stagger
    number = deed.book.number
    if stagger is None or number is None or deed.earlier(ChemotherapyGiven):
        return
    previous = _holder_before(deed, number)
    if previous is None or previous.number is None or previous.number > stagger.first:
        return
    if _exempt_from_stagger(deed) or _never_infused(deed, previous):
        return
    named = f"{previous.code} (participant {previous.number})"
    opens = stagger_opens_on(deed, previous)
    if opens is None:
        yield Reason(
            "stagger.not_over",
            f"{named} has not been infused yet; participant {number} waits {stagger.days} days after that infusion.",
            f"Wait, or record that {previous.code} will not be infused (act not_infused); "
            f"{_who_decides(deed)} may exempt this participant (act resume, scope stagger).",
        )
    elif deed.when.latest < opens:
        yield Reason(
            "stagger.not_over",
            f"{deed.dated} is {spoken_distance(stagger.days - (opens - deed.when.latest).days)} the first infusion of "
            f"{named}; the stagger is {stagger.days} days and opens on {opens}.",
            f"Start on {opens} or later; {_who_decides(deed)} may exempt this participant (act resume, scope stagger).",
        )


def stagger_opens_on(deed: Deed[Any], previous: Casebook) -> date | None:
    """The day on which the next participant may start; None while nobody can say."""
    stagger = deed.study.enrolment.stagger
    first = min((parse_occurred(e.occurred).earliest for e in previous.infusions if e.occurred), default=None)
    return None if first is None or stagger is None else first + timedelta(days=stagger.days)


def _holder_before(deed: Deed[Any], number: int) -> Casebook | None:
    """Who holds the place before: numbers of retracted enrolments are skipped, nobody waits for them."""
    before = [book for book in deed.trial.enrolled if (book.number or 0) < number]
    return before[-1] if before else None


def _never_infused(deed: Deed[Any], previous: Casebook) -> bool:
    return any(entry.what.cycle is None for entry in deed.earlier(NotInfused, previous))


def _exempt_from_stagger(deed: Deed[Any]) -> bool:
    """Whether a decision names the person."""
    named = {deed.book.code, str(deed.book.number)}
    return any(
        entry.what.scope == "stagger" and named & set(entry.what.exempt)
        for entry in deed.earlier(Resumed, deed.trial.of_study)
    )
