"""The record of what happened: entries in order, sealed, never overwritten."""

from trialwright.ledger.codec import Stamp, read_entry, seal, unseal
from trialwright.ledger.entry import Actor, Entry, Mood, NewEntry, Told
from trialwright.ledger.fold import Fold, trial_so_far
from trialwright.ledger.seal import Sealed
from trialwright.ledger.trial import Casebook, Lot, Trial

__all__ = [
    "Actor",
    "Casebook",
    "Entry",
    "Fold",
    "Lot",
    "Mood",
    "NewEntry",
    "Sealed",
    "Stamp",
    "Told",
    "Trial",
    "read_entry",
    "seal",
    "trial_so_far",
    "unseal",
]
