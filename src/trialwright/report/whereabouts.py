"""Where somebody is in the trial, in a word; and the next visit with its window."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from trialwright.conduct.schedule import visit_windows
from trialwright.facts import parse_occurred
from trialwright.ledger.kinds import Relapsed, Visited
from trialwright.ledger.trial import Casebook
from trialwright.safety.stopping.window import dlt_window
from trialwright.study.model import Study

Tone = Literal["na", "due", "met", "not"]


@dataclass(frozen=True, slots=True)
class State:
    """A word for where somebody is, its place in the order of a trial, and the tone it is shown in."""

    word: str
    order: int
    tone: Tone


STATES: Final = (
    State("in screening", 0, "due"),
    State("screening ended", 1, "na"),
    State("waits for chemotherapy", 2, "due"),
    State("waits for the infusion", 3, "due"),
    State("in the DLT window", 4, "due"),
    State("in follow-up", 5, "met"),
    State("relapsed", 6, "na"),
    State("lost to follow-up", 7, "na"),
    State("withdrew", 8, "na"),
    State("died", 9, "na"),
)
_NAMED: Final = {state.word: state for state in STATES}


def state_of(study: Study, book: Casebook, today: date) -> State:
    """Where somebody is today: the furthest that the ledger says."""
    return _NAMED[_word(study, book, today)]


def _word(study: Study, book: Casebook, today: date) -> str:
    if book.death:
        return "died"
    if book.withdrawal and book.withdrawal.what.extent != "treatment":
        return "withdrew"
    if book.lost:
        return "lost to follow-up"
    if book.enrolment is None:
        return "screening ended" if book.screening_end else "in screening"
    if book.all(Relapsed):
        return "relapsed"
    if not book.infusions:
        if book.never_to_be_infused:
            return "in follow-up"
        return "waits for the infusion" if book.cycles else "waits for chemotherapy"
    window = dlt_window(study, book) if study.safety.dlt else None
    return "in the DLT window" if window and window.last >= today else "in follow-up"


@dataclass(frozen=True, slots=True)
class NextVisit:
    """The visit that is due next: its id, label and window. `late`: its window began before today and is open."""

    visit: str
    label: str
    first: date
    last: date


OVER: Final = frozenset({"died", "withdrew", "lost to follow-up", "screening ended"})


def next_visits(study: Study, book: Casebook, today: date) -> tuple[NextVisit, ...]:
    """The visits whose window is not over and that nobody recorded, by window; none where no visit is awaited."""
    if _word(study, book, today) in OVER:
        return ()
    done = [(one.what.visit, parse_occurred(one.occurred)) for one in book.all(Visited) if one.occurred]
    found: list[NextVisit] = []
    for visit in study.visits:
        windows = visit_windows(study, book, visit.id)
        taken = set()
        for name, when in done:
            if name == visit.id and windows:
                taken.add(min(windows, key=lambda one: abs(one.off(when))).first)
        found += [
            NextVisit(visit.id, visit.label, one.first, one.last)
            for one in windows
            if one.last >= today and one.first not in taken
        ]
    return tuple(sorted(found, key=lambda one: (one.last, one.first)))
