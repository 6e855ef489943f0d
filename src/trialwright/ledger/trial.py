"""Where the study stands: what the ledger says of each person, of each lot and of the trial as a whole.

Everything here is the ledger's content in force: corrected entries are replaced by their correction, retracted ones
are gone, and each list is in the order in which the entries (or the originals they correct) were recorded. Nothing
is judged here: that needs the study, which the ledger does not know.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar, cast

from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import (
    Adopted,
    AdverseEventReported,
    ChemotherapyGiven,
    Collected,
    Consented,
    DeviationRecorded,
    Died,
    DonorAssigned,
    DoseMade,
    Enrolled,
    FactsRecorded,
    FoundAgain,
    Infused,
    Judged,
    LostToFollowUp,
    LotMade,
    NotInfused,
    Rejected,
    Released,
    ReleaseTested,
    Rescreened,
    ScreeningEnded,
    What,
    Withdrew,
)

W = TypeVar("W", bound=What)
T = TypeVar("T")
MOST_KEPT = 64
"""Results kept with one chapter; beyond, they are computed again."""
EMPTY: Mapping[type[What], tuple[Entry[What], ...]] = MappingProxyType({})


class _Chapter:
    """What the ledger says of one thing, by kind of entry."""

    by_kind: Mapping[type[What], tuple[Entry[What], ...]]

    def all(self, kind: type[W]) -> "tuple[Entry[W], ...]":
        """The entries of one kind in force, oldest first."""
        return cast("tuple[Entry[W], ...]", self.by_kind.get(kind, ()))

    def last(self, kind: type[W]) -> "Entry[W] | None":
        """The newest entry of one kind in force, if there is any."""
        found = self.all(kind)
        return found[-1] if found else None

    def kept(self, key: Hashable, make: Callable[[], T], of: object = None) -> T:
        """What is computed of this chapter, computed once: a chapter that changes becomes another object.

        key  names the computation and everything it depends on beside the chapter
        of   an object it depends on, too, such as the study; the same one, not an equal one
        """
        shelf: dict[Hashable, tuple[object, Any]] = self.__dict__.setdefault("_kept", {})
        found = shelf.get(key)
        if found is None or found[0] is not of:
            if len(shelf) >= MOST_KEPT:
                shelf.clear()
            found = shelf[key] = (of, make())
        return cast("T", found[1])

    @property
    def entries(self) -> tuple[Entry[What], ...]:
        """All entries in force, in the ledger's order."""
        return tuple(sorted((entry for group in self.by_kind.values() for entry in group), key=lambda e: e.order))


@dataclass(frozen=True)
class Casebook(_Chapter):
    """All that the ledger says of one person, under the screening code (S-001 ...)."""

    code: str
    by_kind: Mapping[type[What], tuple[Entry[What], ...]] = field(default_factory=lambda: EMPTY, repr=False)

    @property
    def consent(self) -> "Entry[Consented] | None":
        return self.last(Consented)

    @property
    def enrolment(self) -> "Entry[Enrolled] | None":
        return self.last(Enrolled)

    @property
    def number(self) -> int | None:
        """The participant's number, 1 ..., from enrolment on."""
        return self.enrolment.what.number if self.enrolment else None

    @property
    def episode(self) -> int:
        """The screening episode now open or last open, from 1."""
        again = self.last(Rescreened)
        return again.what.episode if again else 1

    @property
    def judgement(self) -> "Entry[Judged] | None":
        return self.last(Judged)

    @property
    def screening_end(self) -> "Entry[ScreeningEnded] | None":
        """How the present screening episode ended, if it did without enrolment."""
        end = self.last(ScreeningEnded)
        return end if end and end.what.episode == self.episode else None

    @property
    def cycles(self) -> "tuple[Entry[ChemotherapyGiven], ...]":
        return self.all(ChemotherapyGiven)

    @property
    def infusions(self) -> "tuple[Entry[Infused], ...]":
        return self.all(Infused)

    @property
    def never_to_be_infused(self) -> "Entry[NotInfused] | None":
        """The decision that no infusion will be given at all, if it was taken."""
        return next((entry for entry in self.all(NotInfused) if entry.what.cycle is None), None)

    @property
    def adverse_events(self) -> "tuple[Entry[AdverseEventReported], ...]":
        return self.all(AdverseEventReported)

    @property
    def deviations(self) -> "tuple[Entry[DeviationRecorded], ...]":
        return self.all(DeviationRecorded)

    @property
    def death(self) -> "Entry[Died] | None":
        return self.last(Died)

    @property
    def withdrawal(self) -> "Entry[Withdrew] | None":
        return self.last(Withdrew)

    @property
    def lost(self) -> "Entry[LostToFollowUp] | None":
        """Lost to follow-up and not found again since."""
        lost, found = self.last(LostToFollowUp), self.last(FoundAgain)
        return lost if lost and (found is None or found.order < lost.order) else None

    @cached_property
    def born(self) -> str | None:
        """Birth year (or finer, as recorded), the newest that was recorded."""
        return next((e.what.born for e in reversed(self.all(FactsRecorded)) if e.what.born), None)

    @cached_property
    def sex(self) -> str | None:
        return next((e.what.sex for e in reversed(self.all(FactsRecorded)) if e.what.sex), None)


@dataclass(frozen=True)
class Lot(_Chapter):
    """All that the ledger says of one cell product, from making to its doses given."""

    code: str
    by_kind: Mapping[type[What], tuple[Entry[What], ...]] = field(default_factory=lambda: EMPTY, repr=False)
    given: "tuple[Entry[Infused], ...]" = ()  # infusions of this lot, whoever received them

    @property
    def made(self) -> "Entry[LotMade] | None":
        return self.last(LotMade)

    @property
    def tests(self) -> "tuple[Entry[ReleaseTested], ...]":
        return self.all(ReleaseTested)

    @property
    def release(self) -> "Entry[Released] | None":
        """The release in force; none once the lot was rejected."""
        return None if self.rejection else self.last(Released)

    @property
    def rejection(self) -> "Entry[Rejected] | None":
        return self.last(Rejected)


@dataclass(frozen=True)
class Trial:
    """The fold of a ledger. `size` entries, sealed by `head`; all of it as far as the fold was asked to look."""

    study: str
    adoptions: "tuple[Entry[Adopted], ...]"
    casebooks: Mapping[str, Casebook]
    lots: Mapping[str, Lot]
    collections: "Mapping[str, Entry[Collected]]"
    of_study: Casebook  # entries about the study itself: declined, paused, resumed, refused ... (code "")
    numbers_used: frozenset[int]  # every number ever given, also by enrolments since retracted
    originals: Mapping[str, tuple[Entry[What], ...]]  # id -> its chain: first entry, corrections, retraction
    by_id: Mapping[str, Entry[What]]  # every entry as recorded, also those replaced
    size: int
    head: bytes
    others: Mapping[str, Casebook] = field(default_factory=dict)  # donors, collections, doses, chains of identity
    recorded: "Sequence[Entry[What]]" = ()  # the same in their order: the newest n are recorded[-n:]
    unreadable: int = 0  # entries of kinds this version does not know: the trial is then read-only

    @property
    def adopted(self) -> "Entry[Adopted]":
        """The study file in force."""
        return self.adoptions[-1]

    @property
    def simulated(self) -> bool:
        return self.adoptions[0].what.simulated

    @cached_property
    def enrolled(self) -> tuple[Casebook, ...]:
        """Casebooks of those who hold a place, by number."""
        holders = [book for book in self.casebooks.values() if book.number is not None]
        return tuple(sorted(holders, key=lambda book: book.number or 0))

    @cached_property
    def doses(self) -> "Mapping[str, Entry[DoseMade]]":
        """Every dose by its code: the entry that made it."""
        return self._first_of(DoseMade, "B-")

    @cached_property
    def donors(self) -> Mapping[str, Casebook]:
        """The chapters of donors by code."""
        return MappingProxyType({code: book for code, book in self.others.items() if code.startswith("D-")})

    @cached_property
    def assignments(self) -> "Mapping[str, Entry[DonorAssigned]]":
        """Every chain of identity by its code: which donor gives for whom."""
        return self._first_of(DonorAssigned, "I-")

    @property
    def chapters(self) -> "tuple[Casebook | Lot, ...]":
        """Every chapter about somebody or something, the study itself left out."""
        return (*self.casebooks.values(), *self.lots.values(), *self.others.values())

    def chapter(self, code: str) -> "Casebook | Lot | None":
        """The chapter of any code; None where nothing is recorded under it."""
        return self.lots.get(code) or self.others.get(code) or self.casebook(code)

    def _first_of(self, kind: type[W], letter: str) -> "Mapping[str, Entry[W]]":
        found = ((code, book.last(kind)) for code, book in self.others.items() if code.startswith(letter))
        return MappingProxyType({code: entry for code, entry in found if entry is not None})

    @property
    def next_number(self) -> int:
        return max(self.numbers_used, default=0) + 1

    def casebook(self, who: str) -> Casebook | None:
        """The casebook of a screening code ("S-007") or of a participant's number ("7"); None if there is none."""
        if who in self.casebooks:
            return self.casebooks[who]
        return next((book for book in self.enrolled if str(book.number) == who), None)
