"""Whether what a person saw is still so: which entries since then concern the act."""

from trialwright.conduct.outcome import Reason, Refusal
from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.fold import Fold
from trialwright.ledger.kinds import (
    Adopted,
    BedsideChecked,
    Collected,
    DonorAssigned,
    DoseMade,
    Infused,
    Issued,
    LotAssigned,
    LotMade,
    Paused,
    Refused,
    Resumed,
)


def stale_refusal(
    fold: Fold, act: str, about: str | None, seen: int | None, concerns: tuple[str, ...]
) -> Refusal | None:
    """The refusal of an act whose person has not seen an entry that concerns it; None if there is no such entry.

    One chain holds the whole study: if any new entry made an act stale, every form on a busy ward would be.
    """
    if seen is None:
        return None
    codes = {about, *concerns} - {None}
    newer = [entry for entry in fold.since(seen + 1) if _concerns(fold, entry, codes)]
    return Refusal(act, about, tuple(_reason(entry) for entry in newer)) if newer else None


def _concerns(fold: Fold, entry: AnyEntry, codes: set[str | None]) -> bool:
    if isinstance(entry.what, Refused):
        return False  # nothing came of it
    amended = entry.corrects or entry.retracts
    first = fold.chain(amended)[0] if amended else entry
    if isinstance(first.what, Adopted | Paused | Resumed):
        return True
    return not codes.isdisjoint({*_codes(entry), *_codes(first)})


def _codes(entry: AnyEntry) -> tuple[str | None, ...]:
    """Everything with a code that an entry speaks of."""
    match entry.what:
        case Infused(lot=lot, doses=doses):
            return (entry.about, lot, *doses)
        case BedsideChecked(dose=dose):
            return (entry.about, dose)
        case DoseMade(lot=lot):
            return (entry.about, lot)
        case Issued(recipient=recipient) | LotAssigned(recipient=recipient):
            return (entry.about, recipient)
        case DonorAssigned(donor=donor, recipient=recipient):
            return (entry.about, donor, recipient)
        case LotMade(collection=collection, recipient=recipient):
            return (entry.about, collection, recipient)
        case Collected(donor=donor):
            return (entry.about, donor)
        case _:
            return (entry.about,)


def _reason(entry: AnyEntry) -> Reason:
    whom = f" about {entry.about}" if entry.about else ""
    return Reason(
        "stale",
        f"Entry {entry.seq} ({entry.what.kind.replace('_', ' ')}{whom}) was written by {entry.actor} since you looked.",
        "Read it and decide again.",
    )
