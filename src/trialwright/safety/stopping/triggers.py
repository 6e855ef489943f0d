"""What pauses a trial by itself: a death due to treatment, severe graft versus host disease, tainted or wrong cells."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from trialwright.cells.descent import lot_of, recipient_of
from trialwright.cells.release_tests import concept_of, counts_per_kg, judge_lot
from trialwright.cells.seen import Seen, everything
from trialwright.cells.states import FAR_FUTURE
from trialwright.facts import Occurred, parse_occurred
from trialwright.facts.order import certainly_before, spoken
from trialwright.ledger.entry import AnyEntry, Entry
from trialwright.ledger.kinds import AcuteGvhdAssessed, Died, Infused, InfusionResumed
from trialwright.ledger.trial import Casebook, Lot, Trial
from trialwright.safety.events import AdverseEvent, adverse_events, first_id
from trialwright.safety.period import collected_until
from trialwright.safety.seen import as_seen
from trialwright.safety.stopping.by_scale import is_graded_by, not_assessed_since
from trialwright.safety.stopping.found import grade_range
from trialwright.study import ReleaseTest, library_of
from trialwright.study.model import Study
from trialwright.study.safety import Trigger


@dataclass(frozen=True, slots=True)
class Fired:
    """One happening that a trigger is about. `key` names it for good: who or what it happened to.

    parts  what a decision must have known of it, where that is more than its key: which tests failed, who received it
    """

    key: str
    on: Occurred | None
    sentence: str
    parts: tuple[str, ...] = field(default=())

    @property
    def about(self) -> tuple[str, ...]:
        return self.parts or (self.key,)


def fired(study: Study, trial: Trial, trigger: Trigger, seen: Seen = everything) -> tuple[Fired, ...]:
    """Everything that has happened of what a trigger is about, each person, lot or infusion once.

    What nobody has judged counts: a death whose cause is open, a grade that may be high enough.
    """
    once: dict[str, Fired] = {}
    for one in _BY_HAPPENING[trigger.happens](study, trial, trigger, seen):
        once.setdefault(one.key, one)
    return tuple(once.values())


# --- people -----------------------------------------------------------------------------------------------------------


def _deaths(study: Study, trial: Trial, trigger: Trigger, seen: Seen) -> Iterator[Fired]:
    """Fatal events that may be due to treatment, and deaths that nobody has explained; where no cause is named, all."""
    for book in _treated(trial, seen):
        fatal = [event for event in adverse_events(trial, book, seen) if event.fatal]
        death = book.death if book.death and book.death.occurred else None
        died = parse_occurred(death.occurred) if death and death.occurred else None
        for event in fatal:
            if not trigger.due_to or event.may_be_due_to(trigger.due_to):
                judged = "" if any(event.related.get(cause) == "related" for cause in trigger.due_to) else "may be "
                said = f"{event.named} of {book.code} was fatal, and {judged}due to treatment"
                yield Fired(f"death:{book.code}", died or event.fatal_since, said)
        if death is not None and _counts(study, book, trigger, death, explained=bool(fatal)):
            cause = "due to treatment" if death.what.cause == "treatment" else "its relation to treatment is not judged"
            yield Fired(f"death:{book.code}", died, f"{book.code} died on {spoken(death.occurred)}, {cause}")


def _counts(study: Study, book: Casebook, trigger: Trigger, death: Entry[Died], *, explained: bool) -> bool:
    if death.what.cause == "treatment" or not trigger.due_to:
        return True
    until = collected_until(study, book)
    collected = until is None or parse_occurred(death.occurred or "").earliest <= until
    return not explained and death.what.cause != "leukaemia" and collected


def _gvhd(study: Study, trial: Trial, trigger: Trigger, seen: Seen) -> Iterator[Fired]:
    least = trigger.grade_at_least or 1
    for book in _treated(trial, seen):
        assessed = [entry for entry in book.all(AcuteGvhdAssessed) if entry.occurred]
        for entry in assessed:
            if grade_range(entry.what.grade)[1] >= least:
                said = f"{book.code} has acute graft versus host disease of grade {entry.what.grade}"
                yield Fired(f"gvhd:{book.code}", _when(entry), said)
        for event in adverse_events(trial, book, seen):
            if is_graded_by("acute GVHD", event):
                yield from _gvhd_not_assessed(trial, book, event, assessed, least)


def _gvhd_not_assessed(
    trial: Trial, book: Casebook, event: AdverseEvent, assessed: list[Entry[AcuteGvhdAssessed]], least: int
) -> Iterator[Fired]:
    """The event's own grade, where its organs were not staged since it had that."""
    for one in event.grades:
        if one.grade >= least and not_assessed_since(trial, event, one, assessed):
            said = f"{book.code} has {event.named} of grade {one.grade}, not assessed by organ"
            yield Fired(f"gvhd:{book.code}", one.since, said)


def _treated(trial: Trial, seen: Seen) -> Iterator[Casebook]:
    """Everybody who was given study treatment, as seen; also somebody not enrolled."""
    for book in trial.casebooks.values():
        shown = as_seen(book, seen)
        if shown.cycles or shown.infusions:
            yield shown


def _when(entry: AnyEntry) -> Occurred | None:
    return parse_occurred(entry.occurred) if entry.occurred else None


# --- cells ------------------------------------------------------------------------------------------------------------


def _contamination(study: Study, trial: Trial, trigger: Trigger, seen: Seen) -> Iterator[Fired]:
    """Lots that were given, and that fail a test which shows contamination, or have a result that nobody can read."""
    tests = {test.id: test for test in study.product.release_tests if test.shows_contamination} if study.product else {}
    given: dict[str, list[Entry[Infused]]] = {}
    for book in _treated(trial, seen) if tests else ():
        for entry in book.infusions:
            for lot in lots_given(trial, book, entry):
                given.setdefault(lot.code, []).append(entry)
    for code, infusions in given.items():
        failed = _failed(study, trial, trial.lots[code], infusions[0].what.weight_kg, tests, seen)
        if failed:
            people = ", ".join(dict.fromkeys(str(entry.about) for entry in infusions))
            said = f"lot {code}, given to {people}, failed: {', '.join(test.label for test in failed)}"
            key = f"contamination:{code}"
            parts = [*(test.id for test in failed), *(first_id(trial, entry.id) for entry in infusions)]
            yield Fired(key, _when(infusions[0]), said, tuple(f"{key}:{part}" for part in parts))


def _failed(
    study: Study, trial: Trial, lot: Lot, weight_kg: str | None, tests: Mapping[str, ReleaseTest], seen: Seen
) -> list[ReleaseTest]:
    """The tests that are not met, or whose result cannot be read: that is no proof that nothing grew."""
    answers = judge_lot(study, trial, lot, FAR_FUTURE, weight_kg, seen=seen, only=tests)
    judged = {test.id: test.status for test in answers}
    results = {entry.what.test for entry in lot.tests if seen(entry)}
    library = library_of(study.eligibility)

    def unreadable(test: ReleaseTest) -> bool:
        plain = not counts_per_kg(concept_of(test), library) and " within " not in test.rule
        return judged[test.id] == "unknown" and test.id in results and plain

    return [test for id, test in tests.items() if judged[id] == "not met" or unreadable(test)]


def lots_given(trial: Trial, book: Casebook, given: Entry[Infused]) -> tuple[Lot, ...]:
    """Every lot of which an infusion gave something: the one it names, and those of its bags."""
    later = [entry.what.dose for entry in book.all(InfusionResumed) if entry.what.infusion == given.what.infusion]
    codes = dict.fromkeys((given.what.lot, *given.what.doses, *(dose for dose in later if dose)))
    lots = {lot.code: lot for code in codes if (lot := lot_of(trial, code)) is not None}
    return tuple(lots.values())


def _wrong_recipient(study: Study, trial: Trial, trigger: Trigger, seen: Seen) -> Iterator[Fired]:
    """Infusions, recorded before the deed or after, of a lot meant for somebody else, for nobody yet, or unrecorded."""
    for book in _treated(trial, seen):
        for entry in book.infusions:
            for lot in lots_given(trial, book, entry):
                meant = recipient_of(lot, _in_place(entry))
                if meant in (book.code, str(book.number)) or (meant is None and not study.asks_codes):
                    continue
                whose = (
                    "which nobody recorded" if meant is None and not lot.made else f"meant for {meant or 'nobody yet'}"
                )
                said = f"{book.code} was given lot {lot.code} on {spoken(entry.occurred)}, {whose}"
                yield Fired(f"wrong recipient:{first_id(trial, entry.id)}", _when(entry), said)


def _in_place(given: Entry[Infused]) -> Seen:
    """What was recorded before the infusion and may have been so by then: nobody is made the right one afterwards."""
    when = _when(given)

    def counts(entry: AnyEntry) -> bool:
        since = _when(entry)
        return entry.order < given.order and (when is None or since is None or not certainly_before(when, since))

    return counts


_BY_HAPPENING: Mapping[str, Callable[[Study, Trial, Trigger, Seen], Iterator[Fired]]] = {
    "death": _deaths,
    "acute GVHD": _gvhd,
    "contamination": _contamination,
    "wrong recipient": _wrong_recipient,
}
