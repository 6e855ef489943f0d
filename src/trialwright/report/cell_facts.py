"""What a report says of the cells: every chain from its donor to who received it, every release, every alert."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from trialwright.cells.descent import recipient_of
from trialwright.cells.states import LotState, State, lot_state
from trialwright.ledger import Casebook, Entry, Lot, Trial
from trialwright.ledger.kinds import (
    AlertAnswered,
    AlertRaised,
    Collected,
    Discarded,
    DonorJudged,
    DonorRegistered,
    DonorWithdrew,
    DoseMade,
    Infused,
    InfusionEnded,
    Released,
    Retracted,
)
from trialwright.study import Study

Mark = Literal["given", "failed", "waiting", "expired", "rejected", "recalled", "discarded"]
EXCEPTION: Final = "ineligible with exception"
_MARKS: Final[tuple[tuple[str, Mark], ...]] = (
    (State.FAILED.value, "failed"),
    (State.REJECTED.value, "rejected"),
    (State.RECALLED.value, "recalled"),
    ("expired", "expired"),
    ("discarded", "discarded"),
)


@dataclass(frozen=True, slots=True)
class GivenFacts:
    """One infusion: `S-007#1` in the ledger, of participant number 7."""

    code: str
    number: int | None
    on: str | None
    volume_ml: str | None
    nk_cells_per_kg: str | None


@dataclass(frozen=True, slots=True)
class DoseFacts:
    """A dose. `depth` is how often its lot's cells were divided before it, less one; `end` what became of it."""

    code: str
    volume_ml: str | None
    depth: int
    end: Literal["given", "divided", "discarded", "not given"]
    given: GivenFacts | None = None


@dataclass(frozen=True, slots=True)
class LotFacts:
    """A lot and where its cells went. `given` holds the infusions that name no dose of this lot."""

    code: str
    mark: Mark
    state: str  # in words
    made_on: str | None
    volume_ml: str | None
    recipient: str | None
    recipient_number: int | None
    doses: tuple[DoseFacts, ...]
    given: tuple[GivenFacts, ...]

    @property
    def infusions(self) -> tuple[GivenFacts, ...]:
        """Every infusion of it, each once."""
        return tuple(dict.fromkeys((*self.given, *(dose.given for dose in self.doses if dose.given))))


@dataclass(frozen=True, slots=True)
class CollectionFacts:
    """What was taken of a donor, and the lots made of it. No code: a lot whose collection nobody recorded."""

    code: str
    on: str | None
    volume_ml: str | None
    donation_number: str | None
    lots: tuple[LotFacts, ...]


@dataclass(frozen=True, slots=True)
class DonorFacts:
    """A donor by code, and what came of it. No code: nobody recorded who gave."""

    code: str
    source: str  # peripheral blood | cord blood | as the study names it
    eligibility: str | None
    exception: str | None
    withdrew: bool
    collections: tuple[CollectionFacts, ...]

    @property
    def cord(self) -> bool:
        return "cord" in self.source.lower()


@dataclass(frozen=True, slots=True)
class LetGo:
    """One decision of quality assurance that a lot may go: how, by whom, when."""

    how: str
    by: str
    on: str | None


@dataclass(frozen=True, slots=True)
class ResultFacts:
    """A result that fails, or came after the cells were given."""

    test: str
    found: str
    on: str | None
    fails: bool
    late: bool


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What a lot's release rested on, and what is known of it now."""

    lot: str
    collected_on: str | None
    recipient: str | None
    recipient_number: int | None
    releases: tuple[LetGo, ...]
    pending: tuple[str, ...]  # tests without a result
    results: tuple[ResultFacts, ...]
    state: str


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """Somebody was called: about what, and what they answered, if they did. `holds`: cells are held back by it now."""

    on: str | None
    about: str
    what: str
    asks: str
    to: tuple[str, ...]
    holds: bool
    answer: str | None
    answered_on: str | None
    answered_by: str | None


@dataclass(frozen=True, slots=True)
class CellFacts:
    """All of it: donors as first recorded, lots as made, alerts as raised."""

    donors: tuple[DonorFacts, ...] = ()
    releases: tuple[ReleaseFacts, ...] = ()
    alerts: tuple[AlertFacts, ...] = ()

    @property
    def lots(self) -> tuple[LotFacts, ...]:
        """Every lot, in the order of its donors."""
        return tuple(lot for donor in self.donors for each in donor.collections for lot in each.lots)


def cell_facts(study: Study, trial: Trial, states: Mapping[str, str] | None = None) -> CellFacts:
    """What the report says of the cells as the trial stands.

    states   code of a lot -> its state in words; by default the state and disposition that the ledger shows, of which
             "expired" is none, since that hangs on the day.
    """
    lots = [lot for lot in trial.lots.values() if lot.given or _stands(lot)]
    judged = {lot.code: lot_state(study, trial, lot) for lot in lots}
    words = {code: state.words for code, state in judged.items()} | dict(states or {})
    doses: dict[str, list[Entry[DoseMade]]] = {}
    for dose in trial.doses.values():
        doses.setdefault(dose.what.lot, []).append(dose)
    facts = {lot.code: _lot(trial, lot, doses.get(lot.code, []), words[lot.code]) for lot in lots}
    return CellFacts(
        _donors(trial, lots, facts),
        tuple(_release(study, trial, lot, judged[lot.code], words[lot.code]) for lot in lots),
        tuple(_alerts(trial)),
    )


def _stands(chapter: Casebook | Lot) -> bool:
    """Whether anything is recorded of it that was not taken back."""
    return any(kind is not Retracted for kind in chapter.by_kind)


def _donors(trial: Trial, lots: Iterable[Lot], facts: Mapping[str, LotFacts]) -> tuple[DonorFacts, ...]:
    """The chains, grouped by who gave; what hangs on nothing recorded comes last, under no code."""
    of_collection: dict[str, list[LotFacts]] = {}
    for lot in lots:
        of_collection.setdefault(lot.made.what.collection if lot.made else "", []).append(facts[lot.code])
    of_donor: dict[str, list[str]] = {code: [] for code, book in trial.donors.items() if _stands(book)}
    for code, collected in trial.collections.items():
        of_donor.setdefault(collected.what.donor, []).append(code)
    unknown = [code for code in of_collection if code not in trial.collections]
    if unknown:
        of_donor[""] = unknown
    return tuple(
        _donor(trial, donor, tuple(_collection(trial, code, tuple(of_collection.get(code, ()))) for code in codes))
        for donor, codes in of_donor.items()
    )


def _donor(trial: Trial, code: str, collections: tuple[CollectionFacts, ...]) -> DonorFacts:
    book = trial.donors.get(code) or Casebook(code)
    registered, judged = book.last(DonorRegistered), book.last(DonorJudged)
    taken = (trial.collections[one.code].what.source for one in collections if one.code in trial.collections)
    return DonorFacts(
        code,
        registered.what.source if registered else next(taken, ""),
        judged.what.eligibility if judged else None,
        judged.what.exception if judged else None,
        book.last(DonorWithdrew) is not None,
        collections,
    )


def _collection(trial: Trial, code: str, lots: tuple[LotFacts, ...]) -> CollectionFacts:
    made: Entry[Collected] | None = trial.collections.get(code)
    if made is None:
        return CollectionFacts(code, None, None, None, lots)
    return CollectionFacts(code, made.occurred, made.what.volume_ml, made.what.donation_number, lots)


def _lot(trial: Trial, lot: Lot, doses: list[Entry[DoseMade]], words: str) -> LotFacts:
    codes = {dose.about for dose in doses}
    loose = [infused for infused in lot.given if not codes.intersection(infused.what.doses)]
    made, recipient = lot.made, recipient_of(lot)
    return LotFacts(
        lot.code,
        _mark(words, bool(lot.given)),
        words,
        made.occurred if made else None,
        made.what.volume_ml if made else None,
        recipient,
        _number(trial, recipient),
        _doses(trial, lot, doses),
        tuple(_given(trial, infused) for infused in loose),
    )


def _mark(words: str, given: bool) -> Mark:
    """Which of the figure's signs says it: the worst that is true."""
    state, _, disposition = words.partition(", ")
    for found, mark in _MARKS:
        if found in (state, disposition.split(",")[0]):
            return mark
    return "given" if given else "waiting"


def _doses(trial: Trial, lot: Lot, doses: list[Entry[DoseMade]]) -> tuple[DoseFacts, ...]:
    """The doses of a lot by number, each with those that were made of it right after it."""
    given = {code: infused for infused in lot.given for code in infused.what.doses}
    codes = {dose.about for dose in doses}
    parts: dict[str | None, list[Entry[DoseMade]]] = {}
    for dose in sorted(doses, key=lambda one: one.what.number):
        parts.setdefault(dose.what.parent if dose.what.parent in codes else None, []).append(dose)

    def under(parent: str | None, depth: int) -> Iterator[DoseFacts]:
        for dose in parts.pop(parent, ()):
            code = dose.about or ""
            yield _dose(trial, dose, depth, given.get(code), divided=code in parts)
            yield from under(code, depth + 1)

    return tuple(under(None, 0))


def _dose(
    trial: Trial, dose: Entry[DoseMade], depth: int, infused: Entry[Infused] | None, *, divided: bool
) -> DoseFacts:
    code = dose.about or ""
    if infused:
        return DoseFacts(code, dose.what.volume_ml, depth, "given", _given(trial, infused))
    discards = trial.others[code].all(Discarded)
    if any(entry.what.volume_ml is None for entry in discards):
        return DoseFacts(code, dose.what.volume_ml, depth, "discarded")
    return DoseFacts(code, dose.what.volume_ml, depth, "divided" if divided else "not given")


def _given(trial: Trial, infused: Entry[Infused]) -> GivenFacts:
    """An infusion as it ended, where its end is recorded."""
    what, who = infused.what, infused.about or ""
    book = trial.casebook(who)
    ends = [entry.what for entry in book.all(InfusionEnded) if entry.what.infusion == what.infusion] if book else []
    return GivenFacts(
        f"{who}#{what.infusion}",
        book.number if book else None,
        infused.occurred,
        ends[-1].volume_ml if ends else what.volume_ml,
        (ends[-1].nk_cells_per_kg if ends else None) or what.nk_cells_per_kg,
    )


def _number(trial: Trial, who: str | None) -> int | None:
    book = trial.casebook(who) if who else None
    return book.number if book else None


# --- releases and alerts ----------------------------------------------------------------------------------------------


def _release(study: Study, trial: Trial, lot: Lot, judged: LotState, words: str) -> ReleaseFacts:
    labels = {test.id: test.label for test in study.product.release_tests} if study.product else {}
    collected = trial.collections.get(lot.made.what.collection) if lot.made else None
    recipient = recipient_of(lot)
    return ReleaseFacts(
        lot.code,
        collected.occurred if collected else None,
        recipient,
        _number(trial, recipient),
        tuple(LetGo(entry.what.how, entry.actor.id, entry.occurred) for entry in lot.all(Released)),
        tuple(labels.get(test, test) for test in judged.pending if judged.state is not State.REJECTED),
        tuple(_results(lot, judged, labels)),
        words,
    )


def _results(lot: Lot, judged: LotState, labels: Mapping[str, str]) -> Iterator[ResultFacts]:
    """The newest result of each test, if it fails or was recorded after the cells were first given."""
    first = min((infused.order for infused in lot.given), default=None)
    for test, entry in {entry.what.test: entry for entry in lot.tests}.items():
        fails, late = test in judged.failed, first is not None and entry.order > first
        if fails or late:
            found = f"{entry.what.value} {entry.what.unit}" if entry.what.unit else entry.what.value
            yield ResultFacts(labels.get(test, test), found, entry.occurred, fails, late)


def _alerts(trial: Trial) -> Iterator[AlertFacts]:
    """Every alert in the order in which they were raised."""
    answers = {
        entry.what.alert: entry for book in (trial.of_study, *trial.chapters) for entry in book.all(AlertAnswered)
    }
    raised = (entry for book in (trial.of_study, *trial.chapters) for entry in book.all(AlertRaised))
    for alert in sorted(raised, key=lambda entry: entry.order):
        answer = answers.get(alert.id)
        yield AlertFacts(
            alert.occurred,
            alert.about or "",
            alert.what.what,
            alert.what.asks,
            alert.what.to,
            alert.what.holds and (answer is None or answer.what.holds_on),
            answer.what.answer if answer else None,
            answer.occurred if answer else None,
            answer.actor.id if answer else None,
        )
