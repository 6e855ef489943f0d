"""Where cells are and who has them: read off the entries of their chapter, one after the other, as recorded.

At every moment a collection, lot or dose is with one person, at one place. It is handed on only by who has it.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from trialwright.cells.descent import infusions_of, lot_of
from trialwright.cells.seen import Seen, everything
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import (
    Collected,
    Discarded,
    Divided,
    DoseMade,
    HandedOver,
    Infused,
    Issued,
    LotMade,
    Processed,
    Received,
    Returned,
    Stored,
    TakenOut,
)
from trialwright.ledger.trial import Trial

LABORATORY: Final = "cell laboratory"
CUSTODY: Final = (
    Collected,
    Received,
    Processed,
    LotMade,
    DoseMade,
    Stored,
    TakenOut,
    HandedOver,
    Issued,
    Returned,
    Divided,
    Discarded,
)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where something is, who has it, since when; `gone` says why it can move no more, if it cannot."""

    holder: str | None
    place: str | None
    since: str | None
    stored: bool = False
    issued: bool = False
    gone: str | None = None  # given | divided | discarded


def custody_of(trial: Trial, code: str, seen: Seen = everything) -> tuple[Entry[Any], ...]:
    """Every entry that moved it or changed it, in the order in which they were recorded; its infusions too."""
    chapter = trial.chapter(code)
    if chapter is None:
        return ()
    entries: list[Entry[Any]] = [entry for kind in CUSTODY for entry in chapter.all(kind)]
    lot = lot_of(trial, code)
    if lot is not None and code in trial.doses:
        entries += infusions_of(lot, code)
    return tuple(sorted((entry for entry in entries if seen(entry)), key=lambda entry: entry.order))


def whereabouts(trial: Trial, code: str, seen: Seen = everything) -> Whereabouts | None:
    """Where it is now, or was when those entries stood; None for what was never made."""
    now: Whereabouts | None = None
    for entry in custody_of(trial, code, seen):
        # Cells stay with who had them in hand, whoever corrects the entry later.
        first = trial.originals.get(entry.id, (entry,))[0]
        now = _moved(now or Whereabouts(None, None, None), entry, first.actor.id)
    return now


def _moved(now: Whereabouts, entry: Entry[Any], by: str) -> Whereabouts:
    what, since = entry.what, entry.occurred
    match what:
        case Collected():
            return Whereabouts(what.collected_by or by, what.place or "where it was collected", since)
        case LotMade() | DoseMade():
            return Whereabouts(by, LABORATORY, since)
        case Received() | Returned():
            return Whereabouts(what.taker, what.place, since)
        case HandedOver():
            return replace(now, holder=what.taker, place=what.place, since=since)
        case Issued():
            return Whereabouts(what.taker, what.place, since, issued=True)
        case Stored():
            return replace(now, holder=by, place=what.place, since=since, stored=True)
        case TakenOut():
            return replace(now, holder=by, place=LABORATORY, since=since, stored=False)
        case Infused():
            return replace(now, since=since, gone="given")
        case Divided():
            return replace(now, since=since, gone="divided")
        case Discarded(volume_ml=None):
            return replace(now, since=since, gone="discarded")
        case _:
            return now
