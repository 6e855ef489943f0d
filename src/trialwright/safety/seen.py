"""A casebook as it stood when only some entries counted."""

from dataclasses import replace
from types import MappingProxyType

from trialwright.cells.seen import Seen, everything
from trialwright.ledger.trial import Casebook


def as_seen(book: Casebook, seen: Seen) -> Casebook:
    """The casebook with only the entries that count; itself where all do.

    The same one again for the same entries, so that what is computed of it is kept, too.
    """
    if seen is everything:
        return book
    kept = {kind: tuple(entry for entry in entries if seen(entry)) for kind, entries in book.by_kind.items()}
    if all(len(entries) == len(book.by_kind[kind]) for kind, entries in kept.items()):
        return book
    ids = frozenset(entry.id for entries in kept.values() for entry in entries)
    counted = MappingProxyType({kind: entries for kind, entries in kept.items() if entries})
    return book.kept(("as seen", ids), lambda: replace(book, by_kind=counted))
