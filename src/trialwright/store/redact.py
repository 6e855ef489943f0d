"""Removing the content of an entry: rare, with a reason and two approvers, and the chain still verifies."""

from datetime import datetime

from trialwright.conduct.roles import different_people
from trialwright.errors import UsageError
from trialwright.ledger.entry import Actor, NewEntry
from trialwright.ledger.kinds import (
    Adopted,
    AmendmentApproved,
    AmendmentProposed,
    Enrolled,
    Infused,
    Redacted,
    Retracted,
)
from trialwright.store.perform import Kept, keep
from trialwright.store.store import Store

NEVER_REDACTED = (Adopted, AmendmentProposed, AmendmentApproved, Enrolled, Infused, Retracted, Redacted)
"""What the trial's own safety counts on: the study, the places, the doses given, and the redactions themselves."""


def redact(
    store: Store,
    entry: str,
    *,
    justification: str,
    approved_by: tuple[str, str],
    actor: Actor,
    site: str,
    id: str,
    at: str | datetime | None = None,
) -> Kept:
    """The `redacted` entry that says why, written together with the removal, or neither.

    The content goes, and with it its salt, so that nothing is left from which it could be guessed; the header stays.
    The same `id` again gives the same answer. (Copies made before, exports and backups, are not reached.)
    Raises UsageError if the entry is unknown, already redacted or of a kind that is never redacted, or if the
    justification or two different approvers are missing.
    """
    if not justification.strip():
        raise UsageError("a redaction needs a justification")
    if len(different_people(approved_by)) != 2:
        raise UsageError("a redaction needs two different approvers")
    with store.writing():
        if (before := store.fold.entry(id)) is not None and isinstance(before.what, Redacted):
            return Kept((before,), before.hash, before.seq + 1)
        old = store.fold.entry(entry)
        if old is None:
            raise UsageError(f"there is no entry {entry!r}")
        if old.redacted:
            raise UsageError(f"the content of {entry!r} is gone already")
        if isinstance(old.what, NEVER_REDACTED):
            raise UsageError(f"an entry `{old.what.kind}` is never redacted; correct or retract it")
        reason = NewEntry(Redacted(entry, justification, approved_by), about=old.about)
        return keep(store, reason, id=id, actor=actor, site=site, at=at, removes=old.seq)
