"""When a visit is due: its window, counted in the site's days from what it hangs on."""

from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any, assert_never

from trialwright.conduct.deed import Deed
from trialwright.errors import FormatError
from trialwright.facts import Occurred, parse_occurred
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import ChemotherapyGiven, Consented, Enrolled, Infused, Relapsed, ResponseAssessed
from trialwright.ledger.trial import Casebook
from trialwright.study.model import Anchor, Study, Visit

UNSCHEDULED = "unscheduled"
REMISSIONS = ("CR", "CRh", "CRi")


@dataclass(frozen=True, slots=True)
class Window:
    """The days on which a visit is neither early nor late, both ends included, and the day it counts from."""

    first: date
    last: date
    anchor: date

    def off(self, on: Occurred) -> int:
        """Days outside, negative if early; 0 if it may have been inside."""
        if on.latest < self.first:
            return (on.latest - self.first).days
        return max((on.earliest - self.last).days, 0)

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"


def find_visit(study: Study, name: str) -> Visit | None:
    """The study's visit; None for an unscheduled one. Raises FormatError for a name the study does not have."""
    if name == UNSCHEDULED:
        return None
    found = next((visit for visit in study.visits if visit.id == name), None)
    if found is None:
        known = [visit.id for visit in study.visits]
        near = get_close_matches(name, known, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise FormatError(f"visit: the study has no visit {name!r}.{hint} It has: {', '.join([*known, UNSCHEDULED])}.")
    return found


def visit_windows(study: Study, book: Casebook, name: str) -> tuple[Window, ...]:
    """The windows of a visit for one person, one for each anchor that has happened; none if none has."""
    visit = find_visit(study, name)
    if visit is None:
        return ()
    days = sorted(day for on in _anchors(book, visit.anchor) if on.exact for day in [on.latest])
    if visit.each == "first":
        days = days[:1]
    return tuple(
        Window(
            day + timedelta(days=visit.day - visit.before),
            day + timedelta(days=visit.day + visit.after),
            day,
        )
        for day in days
    )


def window_of(deed: Deed[Any]) -> Window | None:
    """The window the visit belongs to: of several, the nearest to its day."""
    windows = visit_windows(deed.study, deed.book, deed.what.visit)
    return min(windows, key=lambda window: abs(window.off(deed.when)), default=None)


def days_off(deed: Deed[Any]) -> int:
    """Days outside the nearest window, signed; 0 inside, for unscheduled visits, and where no anchor has happened."""
    window = window_of(deed)
    return window.off(deed.when) if window else 0


def _anchors(book: Casebook, anchor: Anchor) -> list[Occurred]:
    match anchor:
        case "consent":
            return _when(book.all(Consented)[:1])
        case "enrolment":
            return _when(book.all(Enrolled))
        case "chemotherapy":
            return _when(book.all(ChemotherapyGiven))
        case "infusion":
            return _when(book.all(Infused))
        case "first_infusion":
            return sorted(_when(book.all(Infused)), key=lambda on: on.earliest)[:1]
        case "relapse":
            return _when(book.all(Relapsed))
        case "remission":
            return _remission(book)
        case _:
            assert_never(anchor)


def _remission(book: Casebook) -> list[Occurred]:
    """The remission that counts: the later of enrolment and remission for those in one, else the first reached."""
    enrolment = book.enrolment
    if enrolment is None:
        return []
    if enrolment.what.in_remission:
        return _when([enrolment])
    reached = [entry for entry in book.all(ResponseAssessed) if entry.what.category in REMISSIONS]
    return sorted(_when(reached), key=lambda on: on.earliest)[:1]


def _when(entries: Any) -> list[Occurred]:
    kept: list[Entry[Any]] = [entry for entry in entries if entry.occurred]
    return [parse_occurred(entry.occurred or "") for entry in kept]
