"""A casebook as it stood when only some entries counted."""

from dataclasses import replace
from types import MappingProxyType

from trialwright.cells.seen import Seen, everything
from trialwright.ledger.trial import Casebook


def as_seen(book: Casebook, seen: Seen) -> Casebook:
    """The casebook with only the entries that count; itself where all do."""
    if seen is everything:
        return book
    kept = {kind: tuple(entry for entry in entries if seen(entry)) for kind, entries in book.by_kind.items()}
    return replace(book, by_kind=MappingProxyType({kind: entries for kind, entries in kept.items() if entries}))
