"""Where ledgers are kept: one file per study, to which everyone may only add."""

from trialwright.store.perform import Kept, create, perform
from trialwright.store.read import entries, trial
from trialwright.store.sqlite import Store, open_ledger

__all__ = ["Kept", "Store", "create", "entries", "open_ledger", "perform", "trial"]
