"""From entries to the trial: the fold, kept in mutable builders and frozen where someone looks.

The rules, all of them:

- An entry stands in the chapter that its `about` names: `L-…` a lot; `C-…`, `D-…`, `B-…` and `I-…` a collection, a
  donor, a dose or a chain of identity (but `B-…` and `I-…` a person, where a table of the past named one so); any other
  code a casebook; none the study. A refused act is always kept with the study: it opens nothing.
- A correction may name any entry of the chain it amends; it takes the first entry's place in the order. The newest
  correction is in force.
- A retraction may name any entry of a chain and takes back the whole chain for good; what was right about it is
  recorded anew. A retraction is not itself corrected or retracted.
- A redacted entry stands where it stood, as `Removed`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import overload

from trialwright.errors import FormatError
from trialwright.ledger.entry import AnyEntry, Entry
from trialwright.ledger.instants import earliest_day, format_instant, local_day, parse_instant
from trialwright.ledger.kinds import Adopted, Enrolled, Redacted, Removed, Unreadable
from trialwright.ledger.seal import FIRST_PREVIOUS
from trialwright.ledger.shelf import Shelf
from trialwright.ledger.trial import Trial


@dataclass(slots=True)
class _Chain:
    """A first entry with its corrections and retractions, and which of them is in force."""

    members: list[AnyEntry]
    in_force: AnyEntry | None

    def upto(self, size: int) -> tuple[AnyEntry, ...]:
        return tuple(entry for entry in self.members if entry.seq < size)


@dataclass
class Fold:
    """The builder: entries go in one by one, a `Trial` comes out whenever one is needed, cheaply."""

    _order: list[AnyEntry] = field(default_factory=list)
    _by_id: dict[str, AnyEntry] = field(default_factory=dict)
    _chains: dict[str, _Chain] = field(default_factory=dict)  # of corrected and retracted entries only, by every id
    _shelf: Shelf = field(default_factory=Shelf)
    _numbers: set[int] = field(default_factory=set)
    _unreadable: int = 0

    @property
    def size(self) -> int:
        return len(self._order)

    @property
    def head(self) -> bytes:
        return self._order[-1].hash if self._order else FIRST_PREVIOUS

    @property
    def last(self) -> AnyEntry | None:
        return self._order[-1] if self._order else None

    def entry(self, id: str) -> AnyEntry | None:
        """The entry of that id as recorded, if there is one."""
        return self._by_id.get(id)

    def since(self, seq: int) -> list[AnyEntry]:
        """The entries from number `seq` on, as recorded."""
        return self._order[seq:]

    def chain(self, id: str) -> tuple[AnyEntry, ...]:
        """The chain that an entry stands in: first entry, corrections, retraction. Empty for an unknown id."""
        if id in self._chains:
            return tuple(self._chains[id].members)
        return (self._by_id[id],) if id in self._by_id else ()

    def is_retracted(self, id: str) -> bool:
        return id in self._chains and self._chains[id].in_force is None

    def add(self, entry: AnyEntry) -> None:
        """The next entry. Raises FormatError if it cannot follow: a number left out, an id twice, an unknown target."""
        if entry.seq != len(self._order):
            raise FormatError(f"entry {entry.seq} stands where entry {len(self._order)} should")
        if entry.id in self._by_id:
            raise FormatError(f"entry {entry.seq}: the id {entry.id!r} was used before")
        what = type(entry.what)
        if entry.corrects is not None:
            entry = self._correct(entry, entry.corrects)
        else:
            if entry.retracts is not None:
                self._retract(entry, entry.retracts)
            self._shelf.put(entry)
        self._order.append(entry)
        self._by_id[entry.id] = entry
        if what is Enrolled:
            self._numbers.add(entry.what.number)
        elif what is Redacted:
            self._redact(entry)
        elif what is Unreadable or (what is Removed and entry.what.of_kind == Enrolled.kind):
            # Whose number went with the content? Until someone knows, no place can be given away.
            self._unreadable += 1

    def trial(self, as_of: date | None = None) -> Trial:
        """Where the study stands; with `as_of`, by what occurred up to that day, as known now.

        Adoptions and the numbers given away always count: they are what we know now, whenever the day lies.
        """
        size = len(self._order)
        shelf = self._shelf if as_of is None else self._shelf_as_of(as_of)
        return Trial(
            study=self._order[0].study if self._order else "",
            adoptions=self._shelf.of_study.all(Adopted),
            casebooks=shelf.casebooks,
            lots=shelf.lots,
            collections=shelf.collections,
            of_study=shelf.of_study,
            numbers_used=frozenset(self._numbers),
            originals=_Originals(self._order, self._by_id, self._chains, size),
            by_id=_ById(self._order, self._by_id, size),
            recorded=_Recorded(self._order, size),
            size=size,
            head=self.head,
            others=shelf.others,
            unreadable=self._unreadable,
        )

    # --- corrections, retractions, redactions -------------------------------------------------------------------------

    def _chain_of(self, entry: AnyEntry, target: str) -> _Chain:
        """The chain an entry joins by naming `target`; made on first need."""
        chain = self._chains.get(target)
        if chain is None:
            first = self._by_id.get(target)
            if first is None:
                raise FormatError(f"entry {entry.seq} amends {target!r}, and no entry before it has that id")
            chain = self._chains[target] = _Chain([first], first)
        self._chains[entry.id] = chain
        return chain

    def _correct(self, entry: AnyEntry, target: str) -> AnyEntry:
        chain = self._chain_of(entry, target)
        entry = replace(entry, place=chain.members[0].seq)
        chain.members.append(entry)
        if chain.in_force is not None:
            self._shelf.take(chain.in_force)
            self._shelf.put(entry)
            chain.in_force = entry
        return entry

    def _retract(self, entry: AnyEntry, target: str) -> None:
        chain = self._chain_of(entry, target)
        chain.members.append(entry)
        if chain.in_force is not None:
            self._shelf.take(chain.in_force)
            chain.in_force = None

    def _redact(self, entry: "Entry[Redacted]") -> None:
        old = self._by_id.get(entry.what.entry)
        if old is None or old.redacted:
            return
        new = replace(old, what=Removed(of_kind=old.what.kind), why=None, told=None, redacted=True)
        self._order[old.seq] = self._by_id[old.id] = new
        chain = self._chains.get(old.id)
        if chain is None:
            self._shelf.take(old)
            self._shelf.put(new)
            return
        chain.members = [new if member is old else member for member in chain.members]
        if chain.in_force is old:
            self._shelf.take(old)
            self._shelf.put(new)
            chain.in_force = new

    # --- another day --------------------------------------------------------------------------------------------------

    def _shelf_as_of(self, as_of: date) -> Shelf:
        zones: dict[str, str] = {}
        for adoption in self._shelf.of_study.all(Adopted):
            zones.update(adoption.what.time_zones)
        shelf, limit = Shelf(self._shelf.casebooks), as_of.isoformat()
        for entry in sorted(self._shelf.in_force(), key=lambda entry: entry.order):
            if occurred_day(entry, zones) <= limit:
                shelf.put(entry)
        return shelf


def occurred_day(entry: AnyEntry, zones: Mapping[str, str]) -> str:
    """The earliest day on which the entry's deed can have occurred; without a claim, the site's day of recording."""
    if entry.occurred:
        return earliest_day(entry.occurred)
    return local_day(entry.recorded_at, zones.get(entry.site, "UTC"))


def trial_so_far(entries: Iterable[AnyEntry], as_of: date | None = None, known_at: int | str | None = None) -> Trial:
    """Where the study stands.

    as_of     count what occurred up to that day, as known now (corrections made since included). A partial date
              counts from its earliest day on; what has no date counts from the site's day of recording.
    known_at  count only what was recorded by then: up to that entry's number, or up to an instant.
    """
    fold = Fold()
    for entry in known_by(entries, known_at):
        fold.add(entry)
    return fold.trial(as_of)


def known_by(entries: Iterable[AnyEntry], known_at: int | str | None) -> Iterator[AnyEntry]:
    """The entries recorded by then: up to and with entry number `known_at`, or up to that instant."""
    if isinstance(known_at, str):
        instant = format_instant(parse_instant(known_at))
        return (entry for entry in entries if entry.recorded_at <= instant)
    return (entry for entry in entries if known_at is None or entry.seq <= known_at)


class _ById(Mapping[str, AnyEntry]):
    """Every entry as recorded, up to a size: a window on the builder's table, which only ever grows."""

    __slots__ = ("_by_id", "_order", "_size")

    def __init__(self, order: list[AnyEntry], by_id: dict[str, AnyEntry], size: int) -> None:
        self._order, self._by_id, self._size = order, by_id, size

    def __getitem__(self, id: str) -> AnyEntry:
        entry = self._by_id[id]
        if entry.seq >= self._size:
            raise KeyError(id)
        return entry

    def __iter__(self) -> Iterator[str]:
        return (self._order[seq].id for seq in range(self._size))

    def __len__(self) -> int:
        return self._size


class _Recorded(Sequence[AnyEntry]):
    """Every entry as recorded, in order, up to a size: a window on the builder's list, which only ever grows."""

    __slots__ = ("_order", "_size")

    def __init__(self, order: list[AnyEntry], size: int) -> None:
        self._order, self._size = order, size

    @overload
    def __getitem__(self, at: int) -> AnyEntry: ...
    @overload
    def __getitem__(self, at: slice) -> list[AnyEntry]: ...
    def __getitem__(self, at: int | slice) -> AnyEntry | list[AnyEntry]:
        if isinstance(at, slice):
            return [self._order[place] for place in range(*at.indices(self._size))]
        return self._order[range(self._size)[at]]

    def __len__(self) -> int:
        return self._size


class _Originals(Mapping[str, tuple[AnyEntry, ...]]):
    """The chain each entry stands in, up to a size: a window like `_ById`."""

    __slots__ = ("_chains", "_known")

    def __init__(self, order: list[AnyEntry], by_id: dict[str, AnyEntry], chains: dict[str, _Chain], size: int) -> None:
        self._known, self._chains = _ById(order, by_id, size), chains

    def __getitem__(self, id: str) -> tuple[AnyEntry, ...]:
        entry = self._known[id]
        chain = self._chains.get(id)
        return chain.upto(len(self._known)) if chain else (entry,)

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)
