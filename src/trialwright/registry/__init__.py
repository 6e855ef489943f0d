"""What a public registry has published about a study, and a first plan drafted from it."""

from trialwright.registry.draft import Draft, draft_study
from trialwright.registry.record import Record, read_record

__all__ = ["Draft", "Record", "draft_study", "read_record"]
