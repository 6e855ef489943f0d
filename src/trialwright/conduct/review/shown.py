"""Exactly what somebody was shown: entries with everything that was ever amended in them, as one digest."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from hashlib import sha256
from typing import Final

from trialwright.conduct.outcome import Reason
from trialwright.errors import UsageError
from trialwright.facts.order import spoken
from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.kinds import (
    CasebookFrozen,
    CasebookUnfrozen,
    FactsRecorded,
    QueryAnswered,
    QueryClosed,
    QueryRaised,
    QueryReopened,
    Retracted,
    Signed,
    SourceVerified,
    Visited,
    What,
)
from trialwright.ledger.trial import Casebook, Trial

OF_REVIEW: Final[frozenset[type[What]]] = frozenset(
    {
        Signed,
        QueryRaised,
        QueryAnswered,
        QueryClosed,
        QueryReopened,
        SourceVerified,
        CasebookFrozen,
        CasebookUnfrozen,
        Retracted,
    }
)
"""Kinds that speak of the record and not of the person: no part of what a casebook's signature covers."""
REMOVED: Final = b"removed"


def shown_digest(trial: Trial, ids: Iterable[str]) -> str:
    """SHA-256 over the sorted hashes of the chains that the entries stand in, hexadecimal.

    ids  of any entry of a chain; the order and repeats do not matter
    A correction, a retraction or a removed content of any of them gives another digest; nothing else does.
    Raises UsageError for an id that no entry has.
    """
    hashes = {_hash(member) for id in ids for member in chain_of(trial, id)}
    return sha256(b"".join(sorted(hashes))).hexdigest()


def chain_of(trial: Trial, id: str) -> tuple[AnyEntry, ...]:
    """The chain an id stands in: first entry, corrections, retraction. Raises UsageError for an unknown id."""
    chain = trial.originals.get(id)
    if chain is None:
        near = get_close_matches(id, list(trial.by_id), 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UsageError(f"There is no entry {id!r}.{hint} `trialwright ledger show` lists the entries with their ids.")
    return chain


def first_ids(trial: Trial, ids: Iterable[str]) -> tuple[str, ...]:
    """The first id of each chain, each once, in their order. Raises UsageError for an unknown id."""
    return tuple(dict.fromkeys(chain_of(trial, id)[0].id for id in ids))


def _hash(entry: AnyEntry) -> bytes:
    """The seal of an entry; another one once its content was removed, since nobody can see any more what was shown."""
    return sha256(entry.hash + REMOVED).digest() if entry.redacted else entry.hash


def changes_since(trial: Trial, ids: Iterable[str], seq: int) -> tuple[AnyEntry, ...]:
    """What was amended in some entries after entry number `seq`: corrections, retractions, entries whose content went.

    Ids that no entry has are passed over.
    """
    found: dict[str, AnyEntry] = {}
    for id in ids:
        for member in trial.originals.get(id, ()):
            if member.seq > seq or member.redacted:
                found[member.id] = member
    return tuple(sorted(found.values(), key=lambda entry: entry.seq))


def whole_casebook(trial: Trial, book: Casebook) -> tuple[str, ...]:
    """The first id of every chain in force that speaks of the person: what the signature of a casebook covers."""
    entries = (entry for kind, group in book.by_kind.items() if kind not in OF_REVIEW for entry in group)
    ordered = sorted(entries, key=lambda entry: entry.order)
    return tuple(trial.originals[entry.id][0].id for entry in ordered)


def entries_of_visit(trial: Trial, book: Casebook, visit: str) -> tuple[str, ...]:
    """The first id of every entry in force that belongs to a visit by its name: its answers, and facts found there."""
    entries: list[AnyEntry] = [*book.all(Visited), *book.all(FactsRecorded)]
    mine = sorted((entry for entry in entries if entry.what.visit == visit), key=lambda entry: entry.order)
    return tuple(trial.originals[entry.id][0].id for entry in mine)


# --- gates shared by whatever is done with what was shown ---


def faults_of_shown(trial: Trial, ids: tuple[str, ...], shown: str, about: str | None, act: str) -> Iterator[Reason]:
    """What speaks against acting on entries as shown: none, somebody else's, taken back, changed since."""
    if not ids:
        yield Reason(
            "shown.nothing", f"{act} names no entry.", "Name the entries that were shown (entries), by their ids."
        )
        return
    for id in first_ids(trial, ids):
        chain = chain_of(trial, id)
        first, last = chain[0], chain[-1]
        if first.about != about:
            whom = f"about {first.about}" if first.about else "about the study"
            yield Reason(
                "shown.of_another",
                f"Entry {first.seq} ({_named(first)}) is {whom}; {act} is about {about or 'the study'}.",
                "Act on one casebook at a time, and name only its entries.",
            )
        if len(chain) > 1 and isinstance(last.what, Retracted):
            yield Reason(
                "shown.taken_back",
                f"Entry {first.seq} ({_named(first)} of {spoken(first.occurred)}) was taken back by entry {last.seq}.",
                "Leave it out.",
            )
    if shown_digest(trial, ids) != shown.strip().lower():
        yield Reason(
            "shown.changed",
            "What was shown is not what the record says now: one of the entries was corrected, taken back or left out.",
            "Look at it again, and decide on what it says now.",
        )


def _named(entry: AnyEntry) -> str:
    return str(entry.what.kind).replace("_", " ")
