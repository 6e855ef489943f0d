"""A person's visits as the schedule plans them, each with its window and how it stands on a day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from trialwright.conduct.schedule import Window, visit_windows
from trialwright.facts import Occurred, parse_occurred
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import FactsRecorded, Visited
from trialwright.ledger.trial import Casebook
from trialwright.study.model import Study, Visit

VisitState = Literal["done", "missed", "late", "due", "ahead"]


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """One visit of one person, for one of its anchors.

    state    done | missed: recorded so | late: its window is over, and nothing is recorded | due: its window is open |
             ahead: it opens later
    entries  what is recorded of it: visits, and facts that name it; oldest first
    on       the day of the newest of them; None where there is none
    """

    visit: Visit
    window: Window
    state: VisitState
    entries: tuple[str, ...] = ()
    on: str | None = None

    @property
    def days_to(self) -> int:
        """Days of its window: how many it is open."""
        return (self.window.last - self.window.first).days


def planned_visits(study: Study, book: Casebook, on: date) -> tuple[PlannedVisit, ...]:
    """Every visit that has an anchor, by the first day of its window: of those whose follow-up ended only the earlier.

    A visit is recorded by its own act, or by facts that name it: what screening found is the visit of screening.
    """
    return book.kept(("planned visits", on), lambda: tuple(_planned(study, book, on)), of=study)


def _planned(study: Study, book: Casebook, on: date) -> list[PlannedVisit]:
    ends = follow_up_ended(book)
    found = [
        one
        for visit in study.visits
        for one in _of_visit(study, book, visit, on)
        if one.state in ("done", "missed") or ends is None or one.window.last < ends
    ]
    return sorted(found, key=lambda one: (one.window.first, one.window.last))


def _of_visit(study: Study, book: Casebook, visit: Visit, on: date) -> Iterator[PlannedVisit]:
    windows = visit_windows(study, book, visit.id)
    recorded = {window: list(_recorded(book, visit.id, window, windows)) for window in windows}
    for window, entries in recorded.items():
        attended = [entry for entry in entries if not is_missed(entry)]
        newest = max((attended or entries), key=lambda entry: entry.order, default=None)
        state: VisitState = (
            "done"
            if attended
            else "missed"
            if entries
            else "late"
            if window.last < on
            else "due"
            if window.first <= on
            else "ahead"
        )
        yield PlannedVisit(visit, window, state, tuple(e.id for e in entries), newest.occurred if newest else None)


def _recorded(book: Casebook, visit: str, window: Window, windows: tuple[Window, ...]) -> Iterator[Entry[Any]]:
    for entry in entries_of_visit(book, visit):
        if nearest(windows, parse_occurred(entry.occurred or "")) == window:
            yield entry


def entries_of_visit(book: Casebook, visit: str) -> list[Entry[Any]]:
    """The visits of a name, and the facts that name it, oldest first; those without a day are left out."""
    found: list[Entry[Any]] = [
        *(one for one in book.all(Visited) if one.what.visit == visit),
        *(one for one in book.all(FactsRecorded) if one.what.visit == visit),
    ]
    return sorted((one for one in found if one.occurred), key=lambda one: one.order)


def nearest(windows: Iterable[Window], on: Occurred) -> Window | None:
    """The window a day belongs to: of several, the nearest."""
    return min(windows, key=lambda window: abs(window.off(on)), default=None)


def is_missed(entry: Entry[Any]) -> bool:
    """Whether the entry says that the visit did not take place."""
    return isinstance(entry.what, Visited) and entry.what.mode == "missed"


def follow_up_ended(book: Casebook) -> date | None:
    """The first day on which no visit is expected any more: death, loss, or consent to visits withdrawn; else None."""
    left = book.withdrawal
    ends = [book.death, book.lost, left if left and left.what.extent != "treatment" else None]
    days = [parse_occurred(end.occurred).earliest for end in ends if end is not None and end.occurred]
    return min(days, default=None)
