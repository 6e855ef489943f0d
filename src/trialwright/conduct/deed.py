"""One act as it is asked, told, or looked at again: who does what to whom, and when, in which trial.

Gates read a deed and nothing else. They see the trial as it stood at the deed's own date, on what is known now: that
is why the same gate serves before the deed, after it, and years later when a fact has been corrected.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from trialwright.errors import FormatError, UsageError
from trialwright.facts import LocalTime, Occurred, parse_occurred
from trialwright.facts.order import certainly_before, spoken
from trialwright.ledger.entry import Actor, Entry, NewEntry, Told
from trialwright.ledger.kinds import FollowUpTransferred, Refused, What
from trialwright.ledger.trial import Casebook, Lot, Trial
from trialwright.study.model import Study

W_co = TypeVar("W_co", covariant=True)
K = TypeVar("K", bound=What)


@dataclass(frozen=True, eq=False)
class Deed(Generic[W_co]):
    """Who does what to whom, and when. `who` is a code: of a casebook, a lot or a collection.

    itself  the entry looked at again; its own traces in the trial do not count. None while it is not yet written.
    now     the instant of asking, UTC, where the door has a clock.
    """

    act: str
    study: Study
    trial: Trial
    actor: Actor
    who: str | None
    what: W_co
    on: str | None
    second: Actor | None = None
    told: Told | None = None
    site: str | None = None
    now: str | None = None
    itself: Entry[Any] | None = None

    @cached_property
    def when(self) -> Occurred:
        """When it happens or happened. Raises UsageError where nobody said."""
        if self.on is None:
            raise UsageError(f"{self.act}: say when it happened, such as 2026-11-22 or 2026-11-22T14:30+08:00[Zone].")
        try:
            return parse_occurred(self.on)
        except FormatError as fault:
            raise FormatError(f"{self.act}: on: {fault.message}") from None

    def check_clock(self) -> None:
        """Raises FormatError for a moment that is not on the site's clock: its day would not be the site's day."""
        moment = self.when
        if not isinstance(moment, LocalTime):
            return
        if moment.zone != self.zone:
            raise FormatError(f"{self.act}: on: {moment} is on the clock of {moment.zone}; the site's is {self.zone}.")
        right = moment.instant.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        if right != moment.wall:
            raise FormatError(
                f"{self.act}: on: at {moment} the clock of {self.zone} shows {right:%H:%M}. Check the offset."
            )

    @property
    def dated(self) -> str:
        """When, as a sentence says it."""
        return spoken(self.on)

    @cached_property
    def book(self) -> Casebook:
        """The person's casebook; an empty one for somebody whom this act first writes about."""
        code = self.who or ""
        return self.trial.casebooks.get(code) or Casebook(code)

    @cached_property
    def number(self) -> str:
        """How a sentence names the person: S-007 (participant 7)."""
        return f"{self.who} (participant {self.book.number})" if self.book.number else str(self.who)

    def lot(self, code: str) -> Lot | None:
        return self.trial.lots.get(code)

    @cached_property
    def zone(self) -> str:
        """The time zone of the site where it happens: its days are the days of this deed."""
        zones = self.trial.adopted.what.time_zones
        moved = [entry.what.to_site for entry in self.book.all(FollowUpTransferred)[-1:]]
        sites = [self.site, *moved, *(entry.site for entry in self.book.entries[:1]), *zones]
        return next((zones[site] for site in sites if site in zones), "UTC")

    # --- the past, as seen from the deed's own date ---

    def all(self, kind: type[K], book: Casebook | Lot | None = None) -> tuple[Entry[K], ...]:
        """The entries of one kind in force about the person (or `book`), the deed's own entry left out."""
        entries = (self.book if book is None else book).all(kind)
        return tuple(entry for entry in entries if self.itself is None or entry.id != self.itself.id)

    def earlier(self, kind: type[K], book: Casebook | Lot | None = None) -> tuple[Entry[K], ...]:
        """Those that may have come before the deed: what it can rest on."""
        return tuple(entry for entry in self.all(kind, book) if not self.precedes(entry))

    def standing(self, kind: type[K], book: Casebook | Lot | None = None) -> tuple[Entry[K], ...]:
        """Those in force when the deed is done: what can hold it back. See `stands`."""
        return tuple(entry for entry in self.all(kind, book) if self.stands(entry))

    def precedes(self, entry: Entry[Any]) -> bool:
        """Whether the deed certainly came before the entry."""
        return entry.occurred is not None and certainly_before(self.when, parse_occurred(entry.occurred))

    def follows(self, entry: Entry[Any]) -> bool:
        """Whether the deed certainly came after the entry."""
        return entry.occurred is not None and certainly_before(parse_occurred(entry.occurred), self.when)

    def stands(self, entry: Entry[Any]) -> bool:
        """Whether the entry stood when the deed is done.

        Where dates leave the order open: before the deed, everything already recorded stands; told afterwards, only
        what is certain counts; looked at again, what was recorded first stands.
        """
        if self.precedes(entry):
            return False
        if self.follows(entry):
            return True
        return self.told is None and self.recorded_first(entry)

    def recorded_first(self, entry: Entry[Any]) -> bool:
        """Whether the entry was in the ledger before this deed; all are, while the deed is not yet written."""
        return self.itself is None or entry.order < self.itself.order

    def was_before(self, entry: Entry[Any]) -> bool:
        """Whether the entry was recorded before this deed, whatever its date: how the cells' own chapter is read."""
        return self.itself is None or (entry.id != self.itself.id and entry.order < self.itself.order)

    def rests_on(self, entry: Entry[Any]) -> bool:
        """Whether the deed may rest on the entry: it may have come before, whenever it was written down."""
        return not self.precedes(entry) and (self.itself is None or entry.id != self.itself.id)

    def in_place(self, entry: Entry[Any]) -> bool:
        """Whether the entry was recorded before the deed and may have come before it."""
        return self.was_before(entry) and not self.precedes(entry)

    # --- what to write ---

    def entry(self, what: What, *, occurred: str | None = None, about: str | None = None) -> NewEntry:
        """An entry of this deed, about whom and when the deed is, unless said otherwise."""
        return NewEntry(what, about=about or self.who, occurred=occurred or self.on, second=self.second)


def find_casebook(trial: Trial, who: str) -> str:
    """The screening code of a code or a participant's number. Raises UsageError: another code is never proposed."""
    book = trial.casebook(who)
    if book is not None:
        return book.code
    known = sorted(trial.casebooks)
    there = "Nobody has consented yet."
    if known:
        there = f"There is {known[0]}." if len(known) == 1 else f"There are {known[0]} to {known[-1]}."
    raise UsageError(f"There is no casebook {who!r}. {there} A casebook is opened by the act `consent`.")


def next_screening_code(trial: Trial) -> str:
    """The code of the next casebook: S-001, S-002 ... A code once given is never given again.

    An act that was refused opened nothing: the code it would have given is still free.
    """
    return f"S-{max(_codes_given(trial), default=0) + 1:03d}"


def _codes_given(trial: Trial) -> Iterator[int]:
    for entry in trial.by_id.values():
        if entry.about and not isinstance(entry.what, Refused) and (number := _code_number(entry.about)):
            yield number


def _code_number(code: str) -> int | None:
    digits = code.removeprefix("S-")
    return int(digits) if code.startswith("S-") and digits.isascii() and digits.isdigit() else None
