"""Where a query stands: open, answered or closed, by what was last said of it."""

from dataclasses import dataclass
from typing import Any, Final

from trialwright.ledger.entry import AnyEntry, Entry
from trialwright.ledger.kinds import QueryAnswered, QueryClosed, QueryRaised, QueryReopened
from trialwright.ledger.trial import Casebook, Trial

OPEN, ANSWERED, CLOSED = "open", "answered", "closed"
_STATES: Final = ((QueryAnswered, ANSWERED), (QueryClosed, CLOSED), (QueryReopened, OPEN))


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a query, and everything said of it, oldest first."""

    state: str
    said: tuple[AnyEntry, ...]


def state_of(book: Casebook, query: str, content: str | None = None) -> Standing:
    """Where a query of a casebook stands.

    query    first id of the entry that raised it, or the key of an automatic query
    content  of an automatic query: what it is about now. What was said of other content counts no more.
    """
    return states(book).get((query, content), NEW)


NEW: Final = Standing(OPEN, ())


def states(book: Casebook) -> dict[tuple[str, str | None], Standing]:
    """Every query of a casebook that anything was said of, by query and content."""
    said: dict[tuple[str, str | None], list[tuple[int, str, AnyEntry]]] = {}
    for kind, state in _STATES:
        for entry in book.all(kind):
            what: Any = entry.what
            said.setdefault((what.query, what.content), []).append((entry.order, state, entry))
    ordered = {key: sorted(rows, key=lambda row: row[0]) for key, rows in said.items()}
    return {key: Standing(rows[-1][1], tuple(row[2] for row in rows)) for key, rows in ordered.items()}


def amended_since(trial: Trial, book: Casebook, raised: Entry[QueryRaised]) -> bool:
    """Whether what a person's query asks about was corrected or taken back since it was raised or last reopened."""
    if raised.what.entry is None:
        return False
    first = trial.originals[raised.id][0]
    again = [entry.seq for entry in book.all(QueryReopened) if entry.what.query == first.id]
    since = max([first.seq, *again])
    return any(member.seq > since for member in trial.originals.get(raised.what.entry, ())[1:])
