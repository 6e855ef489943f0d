"""The chapters while they grow: one per person, lot, donor, collection, and one for the study itself."""

from bisect import insort
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from types import MappingProxyType
from typing import Generic, TypeVar

from trialwright.ledger.entry import AnyEntry, Entry, Mood
from trialwright.ledger.kinds import Collected, Infused, Refused, What
from trialwright.ledger.trial import Casebook, Lot

Noun = TypeVar("Noun")
_by_order = attrgetter("order")


@dataclass(slots=True)
class _Growing:
    """A chapter while it grows: entries by kind; each kind frozen when someone looks, thawed when it changes."""

    code: str
    by_kind: dict[type[What], list[AnyEntry]] = field(default_factory=dict)
    frozen: dict[type[What], tuple[AnyEntry, ...]] = field(default_factory=dict)
    given: list[AnyEntry] = field(default_factory=list)  # of a lot: its infusions, whoever received them

    def put(self, entry: AnyEntry) -> None:
        kind = type(entry.what)
        self.frozen.pop(kind, None)
        _place(self.by_kind.setdefault(kind, []), entry)

    def take(self, entry: AnyEntry) -> None:
        kind = type(entry.what)
        self.frozen.pop(kind, None)
        self.by_kind[kind].remove(entry)
        if not self.by_kind[kind]:
            del self.by_kind[kind]

    def freeze(self) -> Mapping[type[What], tuple[AnyEntry, ...]]:
        for kind, entries in self.by_kind.items():
            if kind not in self.frozen:
                self.frozen[kind] = tuple(entries)
        return MappingProxyType(dict(self.frozen))


def _place(entries: list[AnyEntry], entry: AnyEntry) -> None:
    """Into its place by order; nearly always the end."""
    if not entries or entries[-1].order < entry.order:
        entries.append(entry)
    else:
        insort(entries, entry, key=_by_order)


class _Row(Generic[Noun]):
    """Chapters of one sort by code, and the frozen nouns made of them; only changed ones are made again."""

    def __init__(self, freeze: Callable[[_Growing], Noun]) -> None:
        self._freeze = freeze
        self._chapters: dict[str, _Growing] = {}
        self._changed: dict[str, None] = {}
        self._nouns: dict[str, Noun] = {}
        self._view: Mapping[str, Noun] = MappingProxyType({})

    def change(self, code: str) -> _Growing:
        """The chapter of a code, opened if there is none, marked as changed."""
        self._changed[code] = None
        chapter = self._chapters.get(code)
        if chapter is None:
            chapter = self._chapters[code] = _Growing(code)
        return chapter

    def has(self, code: str) -> bool:
        return code in self._chapters

    def view(self) -> Mapping[str, Noun]:
        """All nouns by code, in the order in which their chapters were opened."""
        if self._changed:
            for code in self._changed:  # in the order of opening: a dict, not a set
                self._nouns[code] = self._freeze(self._chapters[code])
            self._changed.clear()
            self._view = MappingProxyType(dict(self._nouns))
        return self._view

    def chapters(self) -> Iterator[_Growing]:
        return iter(self._chapters.values())


class Shelf:
    """All chapters. Entries are put and taken; the properties give frozen nouns, unchanged ones shared."""

    def __init__(self, people: Container[str] = ()) -> None:
        """`people`: codes known to be people's, whatever they look like."""
        self._people = people
        self._study: _Row[Casebook] = _Row(_casebook)
        self._casebooks: _Row[Casebook] = _Row(_casebook)
        self._others: _Row[Casebook] = _Row(_casebook)
        self._lots: _Row[Lot] = _Row(lambda c: Lot(c.code, c.freeze(), tuple(c.given)))
        self._study.change("")

    def put(self, entry: AnyEntry) -> None:
        """An entry comes into force."""
        self._chapter_of(entry).put(entry)
        if type(entry.what) is Infused:
            _place(self._lots.change(entry.what.lot).given, entry)

    def take(self, entry: AnyEntry) -> None:
        """An entry is in force no more. Its chapter stays, even if empty: a code once used is used."""
        self._chapter_of(entry).take(entry)
        if type(entry.what) is Infused:
            self._lots.change(entry.what.lot).given.remove(entry)

    def _chapter_of(self, entry: AnyEntry) -> _Growing:
        about = entry.about
        if about is None or type(entry.what) is Refused:
            return self._study.change("")
        match about[:2]:
            case "L-":
                return self._lots.change(about)
            case "C-" | "D-":
                return self._others.change(about)
            case "B-" | "I-" if not self._is_person(about, entry):
                return self._others.change(about)
            case _:
                return self._casebooks.change(about)

    def _is_person(self, about: str, entry: AnyEntry) -> bool:
        """Whether a table of the past gave a person a code like a dose's: arms are often called A, B and so on."""
        return entry.mood is Mood.HISTORICAL or about in self._people or self._casebooks.has(about)

    def in_force(self) -> Iterator[AnyEntry]:
        """Every entry in force, chapter by chapter."""
        for row in (self._study, self._casebooks, self._others, self._lots):
            for chapter in row.chapters():
                for entries in chapter.by_kind.values():
                    yield from entries

    @property
    def of_study(self) -> Casebook:
        return self._study.view()[""]

    @property
    def casebooks(self) -> Mapping[str, Casebook]:
        return self._casebooks.view()

    @property
    def lots(self) -> Mapping[str, Lot]:
        return self._lots.view()

    @property
    def others(self) -> Mapping[str, Casebook]:
        """Chapters of donors, collections, doses and chains of identity."""
        return self._others.view()

    @property
    def collections(self) -> Mapping[str, Entry[Collected]]:
        """The collection itself, of each collection's chapter."""
        found = {code: book.last(Collected) for code, book in self.others.items()}
        return MappingProxyType({code: entry for code, entry in found.items() if entry is not None})


def _casebook(chapter: _Growing) -> Casebook:
    return Casebook(chapter.code, chapter.freeze())
