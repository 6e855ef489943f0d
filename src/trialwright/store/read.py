"""Reading a ledger: its entries, and where the trial stands."""

from datetime import date

from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.fold import trial_so_far
from trialwright.ledger.trial import Trial
from trialwright.store.store import Store


def entries(store: Store, *, after: int = -1) -> tuple[AnyEntry, ...]:
    """The entries with a number above `after`, as recorded."""
    with store.reading():
        return tuple(store.fold.since(after + 1))


def trial(store: Store, *, as_of: date | None = None, known_at: int | str | None = None) -> Trial:
    """Where the study stands; see `trialwright.ledger.trial_so_far` for `as_of` and `known_at`."""
    with store.reading():
        if known_at is None:
            return store.fold.trial(as_of)
        return trial_so_far(store.fold.since(0), as_of, known_at)
