"""Where cells came from and where they went: from any code forwards to participants and backwards to donors.

Only what was done joins two things: a lot meant for somebody is joined to that person by an infusion and by nothing
else. Whoever and whatever worked on cells stands before them: reagents, equipment, and the people of each step.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, get_args

from trialwright.cells.codes import read_donation_number, read_label
from trialwright.errors import FormatError
from trialwright.ledger.entry import AnyEntry, Entry
from trialwright.ledger.kinds import (
    AdverseEventReported,
    AlertAnswered,
    AlertRaised,
    Collected,
    Died,
    Divided,
    DonorAssigned,
    DonorJudged,
    DonorRegistered,
    DonorWithdrew,
    DoseMade,
    Infused,
    InfusionEnded,
    InfusionResumed,
    Issued,
    LotAssigned,
    LotMade,
    Processed,
    Relapsed,
    Released,
    ReleaseTested,
    ResponseAssessed,
    Retracted,
    Sampled,
)
from trialwright.ledger.trial import Casebook, Lot, Trial

Sort = Literal[
    "donor", "collection", "lot", "dose", "infusion", "participant", "reagent", "equipment", "operator"
]  # fmt: skip
RANK: Final[Mapping[str, int]] = MappingProxyType({sort: at for at, sort in enumerate(get_args(Sort))})
"""The order in which sorts are listed: the way of the cells, then what touched them."""
WORK: Final = (
    Collected,
    Processed,
    Sampled,
    LotMade,
    ReleaseTested,
    Divided,
    DoseMade,
    Released,
    LotAssigned,
    Issued,
)
"""Entries whose people had the cells in hand, or decided about them: made, tested, released, issued."""
NO_STATES: Final[Mapping[str, str]] = MappingProxyType({})


class Key(NamedTuple):
    """What a thing is known by: its sort and its code, since an operator and an instrument may share a code."""

    sort: Sort
    code: str


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing on the way of cells. `says` is one line of facts; `when` as recorded, None where nobody said.

    An infusion's code is the participant's with its number, `S-001#1`; a reagent's is its name and lot number.
    """

    sort: Sort
    code: str
    says: str = ""
    when: str | None = None

    @property
    def key(self) -> Key:
        return Key(self.sort, self.code)


@dataclass(frozen=True)
class Lineage:
    """Every thing by its key; every edge from parent to child, with the words for what joins the two.

    also   what else a thing is called -> the things meant: donation numbers, lot numbers of reagents, numbers of
           participants, codes of chains of identity.
    """

    things: Mapping[Key, Thing]
    edges: Mapping[tuple[Key, Key], tuple[str, ...]]
    also: Mapping[str, tuple[Key, ...]]

    @cached_property
    def children(self) -> Mapping[Key, tuple[Key, ...]]:
        """What comes of each thing at once."""
        return _neighbours(self.edges)

    @cached_property
    def parents(self) -> Mapping[Key, tuple[Key, ...]]:
        """What each thing comes of at once: the same edges, read the other way."""
        return _neighbours((child, parent) for parent, child in self.edges)

    @cached_property
    def named(self) -> Mapping[str, tuple[Key, ...]]:
        """Every text that names something -> what it names."""
        found: dict[str, dict[Key, None]] = {}
        for key in self.things:
            found.setdefault(key.code, {})[key] = None
        for text, keys in self.also.items():
            found.setdefault(text, {}).update(dict.fromkeys(keys))
        return {text: tuple(keys) for text, keys in found.items()}


def lineage(trial: Trial, states: Mapping[str, str] = NO_STATES) -> Lineage:
    """The lineage of every cell of the trial, read in one pass.

    states   code of a lot or dose -> its state in words, which its line then says.
    """
    growing = _Growing(states)
    for code, book in trial.others.items():
        match code[:2]:
            case "D-":
                growing.add_donor(book)
            case "C-":
                growing.add_collection(book)
            case "B-":
                growing.add_dose(book)
            case _:
                growing.add_chain(book)
    for lot in trial.lots.values():
        growing.add_lot(lot)
    for book in trial.casebooks.values():
        growing.add_participant(book)
    return Lineage(
        MappingProxyType(growing.things),
        MappingProxyType({edge: tuple(how) for edge, how in growing.edges.items()}),
        MappingProxyType({text: tuple(keys) for text, keys in growing.also.items()}),
    )


def forwards(lineage: Lineage, key: Key) -> tuple[Thing, ...]:
    """Everything that comes of it: for a donor or a reagent down to the participants. By sort, then code."""
    return _reached(lineage, key, lineage.children)


def backwards(lineage: Lineage, key: Key) -> tuple[Thing, ...]:
    """Everything that it comes of, and whatever and whoever worked on any of that. By sort, then code."""
    return _reached(lineage, key, lineage.parents)


def find_things(lineage: Lineage, text: str) -> tuple[Thing, ...]:
    """The things that a typed or scanned text names exactly; none where it names nothing, never the nearest.

    A code, `S-001#1` for an infusion, a participant's number, a donation number with or without its check character,
    the lot number of a reagent, the code of an instrument or of a person, a chain of identity: its donor and its
    participant. A scanned label means what it is stuck to.
    """
    typed = text.strip()
    found = dict.fromkeys(key for name in (typed, *_read_as(typed)) for key in lineage.named.get(name, ()))
    return _in_order(lineage, found)


def _read_as(typed: str) -> Iterator[str]:
    """What a donation number or a label says, if the text is one that passes its check character."""
    for read in (read_donation_number, lambda scanned: read_label(scanned)[0]):
        try:
            yield read(typed)
        except FormatError:
            continue


def _neighbours(edges: Iterable[tuple[Key, Key]]) -> Mapping[Key, tuple[Key, ...]]:
    found: dict[Key, list[Key]] = {}
    for start, end in edges:
        found.setdefault(start, []).append(end)
    return MappingProxyType({key: tuple(keys) for key, keys in found.items()})


def _reached(lineage: Lineage, key: Key, step: Mapping[Key, tuple[Key, ...]]) -> tuple[Thing, ...]:
    reached: set[Key] = {key}
    to_do = [key]
    while to_do:
        for neighbour in step.get(to_do.pop(), ()):
            if neighbour not in reached:
                reached.add(neighbour)
                to_do.append(neighbour)
    return _in_order(lineage, reached - {key})


def _in_order(lineage: Lineage, keys: Iterable[Key]) -> tuple[Thing, ...]:
    return tuple(lineage.things[key] for key in sorted(keys, key=lambda key: (RANK[key.sort], key.code)))


class _Growing:
    """The lineage while it is read. What is only mentioned stands there too, until its own entry fills it in."""

    def __init__(self, states: Mapping[str, str]) -> None:
        self.states = states
        self.things: dict[Key, Thing] = {}
        self.edges: dict[tuple[Key, Key], dict[str, None]] = {}
        self.also: dict[str, dict[Key, None]] = {}
        self.lot_of: dict[str, str] = {}  # dose -> the lot it is of

    def add_donor(self, book: Casebook) -> None:
        if not book.by_kind:
            return
        registered, judged = book.last(DonorRegistered), book.last(DonorJudged)
        exception = judged.what.exception if judged else None
        says = (
            registered.what.source if registered else None,
            judged.what.eligibility if judged else None,
            f"exception: {exception}" if exception else None,
            "consent withdrawn" if book.last(DonorWithdrew) else None,
        )
        self._put("donor", book, says, registered)

    def add_collection(self, book: Casebook) -> None:
        made = book.last(Collected)
        if not book.by_kind:
            return
        key = self._put("collection", book, _collection_says(made), made)
        if made:
            self._join(self._mention("donor", made.what.donor, made.what.source), key, "gave")
            if made.what.donation_number:
                self._call(made.what.donation_number, key)
                for number in _read_as(made.what.donation_number):
                    self._call(number, key)
        self._add_work(book, key)

    def add_lot(self, lot: Lot) -> None:
        made = lot.made
        if not lot.by_kind and not lot.given:
            return
        says = (
            self.states.get(lot.code),
            f"for {made.what.recipient}" if made and made.what.recipient else None,
            _ml(made.what.volume_ml) if made else None,
            f"expires {_moment(made.what.expires_at)}" if made else None,
        )
        key = self._put("lot", lot, says, made)
        if made:
            self._join(self._mention("collection", made.what.collection), key, "made into")
        self._add_work(lot, key)

    def add_dose(self, book: Casebook) -> None:
        made = book.last(DoseMade)
        if not book.by_kind:
            return
        says = (f"dose {made.what.number}", _ml(made.what.volume_ml)) if made else ()
        key = self._put("dose", book, (*says, self.states.get(book.code)), made)
        if made:
            self.lot_of[book.code] = made.what.lot
            parent = (
                self._mention("dose", made.what.parent) if made.what.parent else self._mention("lot", made.what.lot)
            )
            self._join(parent, key, "divided into")
        self._add_work(book, key)

    def add_chain(self, book: Casebook) -> None:
        """A chain of identity is no thing that cells pass through: its code names the two people it joins."""
        for assigned in book.all(DonorAssigned):
            self._call(book.code, self._mention("donor", assigned.what.donor))
            self._call(book.code, self._mention("participant", assigned.what.recipient))

    def add_participant(self, book: Casebook) -> None:
        number = book.number
        says = (f"participant {number}" if number is not None else "not enrolled",)
        person = self._put("participant", book, says, book.enrolment)
        if number is not None:
            self._call(str(number), person)
        for infused in book.infusions:
            self._add_infusion(book, infused, person)

    def _add_infusion(self, book: Casebook, infused: Entry[Infused], person: Key) -> None:
        """What was given hangs on its doses; on its lot where no dose of that lot is named."""
        what = infused.what
        ended = next((e.what for e in reversed(book.all(InfusionEnded)) if e.what.infusion == what.infusion), None)
        cells = (ended.nk_cells_per_kg if ended else None) or what.nk_cells_per_kg
        says = (_ml(ended.volume_ml if ended else what.volume_ml), f"{cells} NK cells/kg" if cells else None)
        key = Key("infusion", f"{book.code}#{what.infusion}")
        self.things[key] = Thing(*key, ", ".join(part for part in says if part), infused.occurred)
        resumed = (e.what.dose for e in book.all(InfusionResumed) if e.what.infusion == what.infusion)
        doses = dict.fromkeys((*what.doses, *(dose for dose in resumed if dose)))
        lot = self._mention("lot", what.lot)
        for dose in doses:
            self._join(self._mention("dose", dose), key, "given in")
        if not any(self.lot_of.get(dose) == what.lot for dose in doses):
            self._join(lot, key, "given in")
        self._join(key, person, "given to")
        for who in dict.fromkeys((infused.actor.id, *what.verified_by)):
            self._join(self._mention("operator", who, "at the bedside"), key, "infused")

    def _add_work(self, chapter: Casebook | Lot, worked_on: Key) -> None:
        """The people, reagents and instruments of every step."""
        for kind in WORK:
            for entry in chapter.all(kind):
                step = _step(entry)
                for who in _workers(entry):
                    self._join(self._mention("operator", who, entry.actor.role), worked_on, step)
                if isinstance(entry.what, Processed):
                    self._add_materials(entry.what, worked_on)

    def _add_materials(self, what: Processed, worked_on: Key) -> None:
        for reagent in what.reagents:
            name, number = (str(reagent.get(part) or "").strip() for part in ("name", "lot"))
            if not name and not number:
                continue
            key = self._mention("reagent", f"{name} {number}".strip(), _until("expires", reagent.get("expires_on")))
            self._join(key, worked_on, f"used in {what.step}")
            if number:
                self._call(number, key)
        for instrument in what.equipment:
            if code := str(instrument.get("code") or "").strip():
                says = _until("calibrated until", instrument.get("calibrated_until"))
                self._join(self._mention("equipment", code, says), worked_on, f"used in {what.step}")

    def _put(self, sort: Sort, chapter: Casebook | Lot, says: Iterable[str | None], entry: AnyEntry | None) -> Key:
        """The thing that a chapter is about; one of which all was taken back says so, and hangs on nothing."""
        gone = chapter.by_kind and set(chapter.by_kind) == {Retracted}
        words = "retracted" if gone else ", ".join(part for part in says if part)
        thing = Thing(sort, chapter.code, words, entry.occurred if entry else None)
        self.things[thing.key] = thing
        return thing.key

    def _mention(self, sort: Sort, code: str, says: str = "") -> Key:
        key = Key(sort, code)
        self.things.setdefault(key, Thing(sort, code, says or "not recorded"))
        return key

    def _join(self, parent: Key, child: Key, how: str) -> None:
        self.edges.setdefault((parent, child), {})[how] = None

    def _call(self, text: str, key: Key) -> None:
        self.also.setdefault(text, {})[key] = None


def _workers(entry: AnyEntry) -> Iterator[str]:
    """Whoever did it: the one who acts, the second person, and who read a test."""
    yield entry.actor.id
    if entry.second:
        yield entry.second.id
    if isinstance(entry.what, ReleaseTested) and entry.what.analyst:
        yield entry.what.analyst


def _step(entry: AnyEntry) -> str:
    """What they did to it."""
    match entry.what:
        case Processed(step=step):
            return f"worked on {step}"
        case ReleaseTested(test=test):
            return f"tested {test}"
        case Sampled(sample=sample):
            return f"took sample {sample}"
        case what:
            return str(what.kind).replace("_", " ")


def _collection_says(made: Entry[Collected] | None) -> tuple[str | None, ...]:
    if made is None:
        return ()
    donation = made.what.donation_number
    return (made.what.source, _ml(made.what.volume_ml), f"donation {donation}" if donation else None)


def _ml(volume: str | None) -> str | None:
    return f"{volume} mL" if volume else None


def _until(words: str, day: Any) -> str:
    return f"{words} {day}" if day else ""


def _moment(text: str | None) -> str:
    """A day, or a minute at the site's clock, for reading: 2026-11-24, 2026-11-24 09:30."""
    return text[:16].replace("T", " ") if text else "day not recorded"


# --- what became of a participant -------------------------------------------------------------------------------------


def outcomes(trial: Trial, code: str) -> tuple[str, ...]:
    """What became of a participant after cells were given, one sentence each with its day, in the order of the days.

    Infusions and how they were borne, responses, relapse, harm that may be the cells' (what nobody has judged yet
    counts), death, alerts. Empty for a code or number that is nobody's.
    """
    book = trial.casebook(code)
    if book is None:
        return ()
    told = [(entry, says) for entry in book.entries if (says := _outcome(book, entry))]
    told.sort(key=lambda pair: (pair[0].occurred is None, (pair[0].occurred or "")[:10], pair[0].order))
    return tuple(f"{_moment(entry.occurred)}: {says}" for entry, says in told)


def _outcome(book: Casebook, entry: AnyEntry) -> str | None:
    match what := entry.what:
        case Infused():
            given = (_ml(what.volume_ml), f"{what.nk_cells_per_kg} NK cells/kg" if what.nk_cells_per_kg else None)
            return _sentence(f"infusion {what.infusion} of {', '.join(what.doses) or what.lot}", *given)
        case InfusionEnded():
            borne = f"reaction: {what.reaction}" + (f" ({what.reaction_text})" if what.reaction_text else "")
            cells = f"{what.nk_cells_per_kg} NK cells/kg" if what.nk_cells_per_kg else None
            return _sentence(
                f"infusion {what.infusion} ended, {what.how}", what.reason, _ml(what.volume_ml), cells, borne
            )
        case ResponseAssessed():
            return _sentence(f"response {what.category}", f"residual disease {what.mrd}" if what.mrd else None)
        case Relapsed():
            return _sentence(f"relapse, {what.how}", what.note)
        case AdverseEventReported() if (related := what.related.get("nk_cells", "unknown")) != "not related":
            judged = "related to the cells" if related == "related" else "not judged whether related to the cells"
            return _sentence(f"{what.term}, grade {what.grade}", "serious" if what.serious else None, judged)
        case Died():
            return _sentence(f"died, cause: {what.cause}")
        case AlertRaised():
            answers = [each.what.answer for each in book.all(AlertAnswered) if each.what.alert == entry.id]
            answered = f"answered: {answers[-1]}" if answers else "not answered"
            return _sentence(f"alert to {', '.join(what.to)}: {what.what}".rstrip("."), answered.rstrip("."))
        case _:
            return None


def _sentence(opening: str, *parts: str | None) -> str:
    return "; ".join((opening, *(part for part in parts if part))) + "."
