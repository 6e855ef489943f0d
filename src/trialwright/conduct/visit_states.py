"""The visits of one person: each with its window, how it stands today, and what was recorded of it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from trialwright.conduct.schedule import UNSCHEDULED, Window, find_visit, visit_windows
from trialwright.facts import Occurred, parse_occurred
from trialwright.ledger.entry import Entry
from trialwright.ledger.instants import local_day
from trialwright.ledger.kinds import Visited
from trialwright.ledger.trial import Casebook
from trialwright.study.model import Study, Visit

Stands = Literal["done", "missed", "open", "not recorded", "ahead", "waits"]


@dataclass(frozen=True, slots=True)
class VisitState:
    """One visit of one window, or an unscheduled one.

    stands  done | missed | open: its window is open today | not recorded: its window is over | ahead: its window has
            not begun | waits: what it is counted from has not happened
    window  None where nothing has happened that it could be counted from, and for an unscheduled visit
    """

    visit: str
    label: str
    anchor: str
    window: Window | None
    stands: Stands
    entry: Entry[Visited] | None = None


def visit_states(study: Study, book: Casebook, today: date) -> tuple[VisitState, ...]:
    """Every visit of the study for one person, by its window; then those that wait; then the unscheduled ones."""
    found = [state for visit in study.visits for state in _of(study, book, visit, today)]
    found += [_unplanned(entry) for entry in book.all(Visited) if entry.what.visit == UNSCHEDULED]
    return tuple(sorted(found, key=_by_day))


def _of(study: Study, book: Casebook, visit: Visit, today: date) -> list[VisitState]:
    windows = visit_windows(study, book, visit.id)
    entries = [entry for entry in book.all(Visited) if entry.what.visit == visit.id]
    if not windows:
        last = entries[-1] if entries else None
        stands: Stands = "waits" if last is None else "missed" if last.what.mode == "missed" else "done"
        return [VisitState(visit.id, visit.label, visit.anchor, None, stands, last)]
    return [
        VisitState(
            visit.id, visit.label, visit.anchor, window, *_stands(window, _within(windows, window, entries), today)
        )
        for window in windows
    ]


def _within(windows: tuple[Window, ...], window: Window, entries: list[Entry[Visited]]) -> list[Entry[Visited]]:
    return [
        entry for entry in entries if entry.occurred and _nearest(windows, parse_occurred(entry.occurred)) == window
    ]


def _nearest(windows: tuple[Window, ...], on: Occurred) -> Window:
    return min(windows, key=lambda window: abs(window.off(on)))


def _stands(window: Window, entries: list[Entry[Visited]], today: date) -> tuple[Stands, Entry[Visited] | None]:
    held = [entry for entry in entries if entry.what.mode != "missed"]
    if held:
        return "done", held[-1]
    if entries:
        return "missed", entries[-1]
    if today < window.first:
        return "ahead", None
    return ("open" if today <= window.last else "not recorded"), None


def _unplanned(entry: Entry[Visited]) -> VisitState:
    return VisitState(UNSCHEDULED, "Unscheduled", "", None, "done", entry)


def _by_day(state: VisitState) -> tuple[bool, date, date]:
    if state.window is not None:
        return False, state.window.first, state.window.last
    if state.entry is not None and state.entry.occurred:
        day = parse_occurred(state.entry.occurred).earliest
        return False, day, day
    return True, date.max, date.max


def recorded_late(entry: Entry[Visited], zone: str) -> int:
    """How many days after the visit it was recorded, by the site's calendar; 0 on its day."""
    day = parse_occurred(entry.occurred).latest if entry.occurred else None
    recorded = date.fromisoformat(local_day(entry.recorded_at, zone))
    return max((recorded - day).days, 0) if day else 0


def outside(study: Study, book: Casebook, visit: str, on: Occurred) -> tuple[int, Window] | None:
    """Days outside the nearest window (negative if early) and that window; None inside, and where there is none."""
    if find_visit(study, visit) is None:
        return None
    windows = visit_windows(study, book, visit)
    if not windows:
        return None
    window = _nearest(windows, on)
    off = window.off(on)
    return (off, window) if off else None
