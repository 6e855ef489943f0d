"""What pauses a trial by itself: a death due to treatment, severe graft versus host disease, tainted or wrong cells."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from trialwright.cells.descent import recipient_of
from trialwright.cells.release_tests import judge_lot
from trialwright.cells.seen import Seen, everything
from trialwright.cells.states import FAR_FUTURE
from trialwright.facts import Occurred, parse_occurred
from trialwright.facts.order import spoken
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import AcuteGvhdAssessed, Infused
from trialwright.ledger.trial import Casebook, Lot, Trial
from trialwright.safety.events import adverse_events, first_id
from trialwright.safety.period import collected_until
from trialwright.safety.seen import as_seen
from trialwright.safety.stopping.toxicities import CTCAE_TERMS, grade_range
from trialwright.study.model import Study
from trialwright.study.safety import Trigger

GVHD_TERMS = CTCAE_TERMS["acute GVHD"]


@dataclass(frozen=True, slots=True)
class Fired:
    """One happening that a trigger is about. `key` names it for good: who or what it happened to."""

    key: str
    on: Occurred | None
    sentence: str


def fired(study: Study, trial: Trial, trigger: Trigger, seen: Seen = everything) -> tuple[Fired, ...]:
    """Everything that has happened of what a trigger is about, each person, lot or infusion once.

    What nobody has judged counts: a death whose cause is open, a grade that may be high enough.
    """
    once = {one.key: one for one in reversed(tuple(_BY_HAPPENING[trigger.happens](study, trial, trigger, seen)))}
    return tuple(reversed(once.values()))


def _deaths(study: Study, trial: Trial, trigger: Trigger, seen: Seen) -> Iterator[Fired]:
    """Fatal events that may be due to treatment; and deaths that nobody has explained."""
    for book in _treated(trial, seen):
        fatal = [event for event in adverse_events(trial, book, seen) if event.fatal]
        for event in fatal:
            if event.may_be_due_to(trigger.due_to):
                judged = "" if any(event.related.get(cause) == "related" for cause in trigger.due_to) else "may be "
                said = f"{event.named} of {book.code} was fatal, and {judged}due to treatment"
                yield Fired(f"death:{book.code}", event.onset, said)
        death = book.death
        if death is None or death.occurred is None:
            continue
        unexplained = not fatal and death.what.cause != "leukaemia" and _collected(study, book, death.occurred)
        if death.what.cause == "treatment" or unexplained:
            cause = "due to treatment" if death.what.cause == "treatment" else "its relation to treatment is not judged"
            said = f"{book.code} died on {spoken(death.occurred)}, {cause}"
            yield Fired(f"death:{book.code}", parse_occurred(death.occurred), said)


def _collected(study: Study, book: Casebook, on: str) -> bool:
    """Whether that day may lie in the days in which adverse events are collected."""
    until = collected_until(study, book)
    return until is None or parse_occurred(on).earliest <= until


def _gvhd(study: Study, trial: Trial, trigger: Trigger, seen: Seen) -> Iterator[Fired]:
    least = trigger.grade_at_least or 1
    for book in _treated(trial, seen):
        joined = set()
        for entry in book.all(AcuteGvhdAssessed):
            joined.add(first_id(trial, entry.what.event or entry.id))
            if grade_range(entry.what.grade)[1] >= least:
                said = f"{book.code} has acute graft versus host disease of grade {entry.what.grade}"
                when = parse_occurred(entry.occurred) if entry.occurred else None
                yield Fired(f"gvhd:{book.code}", when, said)
        for event in adverse_events(trial, book, seen):
            if event.term in GVHD_TERMS and event.id not in joined and event.worst >= least:
                said = f"{book.code} has {event.term} of grade {event.worst}, not assessed by organ"
                yield Fired(f"gvhd:{book.code}", event.onset, said)


def _contamination(study: Study, trial: Trial, trigger: Trigger, seen: Seen) -> Iterator[Fired]:
    """Lots that were given, and that fail a test which shows contamination."""
    tests = {test.id: test for test in study.product.release_tests if test.shows_contamination} if study.product else {}
    for lot in trial.lots.values() if tests else ():
        given = [entry for entry in lot.given if seen(entry)]
        failed = _failed(study, trial, lot, seen) & tests.keys() if given else set()
        if failed:
            labels = ", ".join(tests[id].label for id in tests if id in failed)
            said = f"lot {lot.code}, given to {given[0].about}, failed: {labels}"
            yield Fired(f"contamination:{lot.code}", _when(given[0]), said)


def _failed(study: Study, trial: Trial, lot: Lot, seen: Seen) -> set[str]:
    return {test.id for test in judge_lot(study, trial, lot, FAR_FUTURE, seen=seen) if test.status == "not met"}


def _wrong_recipient(study: Study, trial: Trial, trigger: Trigger, seen: Seen) -> Iterator[Fired]:
    """Infusions, recorded before or after the deed, of a lot that was meant for somebody else."""
    for book in _treated(trial, seen):
        for entry in book.infusions:
            lot = trial.lots.get(entry.what.lot)
            meant = recipient_of(lot, _recorded_before(entry)) if lot else None
            if meant is not None and meant != book.code:
                said = f"{book.code} was given lot {entry.what.lot} on {spoken(entry.occurred)}, meant for {meant}"
                yield Fired(f"wrong recipient:{first_id(trial, entry.id)}", _when(entry), said)


def _recorded_before(given: Entry[Infused]) -> Seen:
    return lambda entry: entry.order < given.order


def _treated(trial: Trial, seen: Seen) -> Iterator[Casebook]:
    """Everybody who was given study treatment, as seen; also somebody not enrolled."""
    for book in trial.casebooks.values():
        shown = as_seen(book, seen)
        if shown.cycles or shown.infusions:
            yield shown


def _when(entry: Entry[Infused]) -> Occurred | None:
    return parse_occurred(entry.occurred) if entry.occurred else None


_BY_HAPPENING: Mapping[str, Callable[[Study, Trial, Trigger, Seen], Iterator[Fired]]] = {
    "death": _deaths,
    "acute GVHD": _gvhd,
    "contamination": _contamination,
    "wrong recipient": _wrong_recipient,
}
