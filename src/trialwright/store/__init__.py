"""Where ledgers are kept: one file per study, to which everyone may only add."""

from trialwright.store.check import check_file, check_store, rebuild_study_row
from trialwright.store.export import export_jsonl, read_jsonl
from trialwright.store.opening import open_ledger
from trialwright.store.perform import Kept, create, perform
from trialwright.store.read import entries, trial
from trialwright.store.redact import redact
from trialwright.store.store import Store

__all__ = [
    "Kept",
    "Store",
    "check_file",
    "check_store",
    "create",
    "entries",
    "export_jsonl",
    "open_ledger",
    "perform",
    "read_jsonl",
    "rebuild_study_row",
    "redact",
    "trial",
]
