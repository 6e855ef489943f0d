"""A casebook is closed to the site and opened again; the study ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from trialwright.conduct.act import act
from trialwright.conduct.at_rest import end_in_force, freeze_in_force
from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import Role
from trialwright.facts.order import spoken
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import CasebookFrozen, CasebookUnfrozen, StudyEnded

Entries = tuple[NewEntry, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """Why what was closed is opened again."""

    reason: str


def not_frozen(deed: Deed[Any]) -> Iterable[Reason]:
    """What is frozen is not frozen again."""
    frozen = freeze_in_force(deed.book)
    if frozen is not None:
        yield Reason(
            "casebook.frozen_already",
            f"The casebook of {deed.number} is frozen since {spoken(frozen.occurred or frozen.recorded_at[:10])} "
            f"(entry {frozen.seq}).",
            "Nothing to do.",
        )


def is_frozen(deed: Deed[Any]) -> Iterable[Reason]:
    """Only what is frozen is unfrozen."""
    if freeze_in_force(deed.book) is None:
        yield Reason("casebook.not_frozen", f"The casebook of {deed.number} is not frozen.", "Nothing to do.")


def reason_given(deed: Deed[Any]) -> Iterable[Reason]:
    """Opening, ending and locking have a reason."""
    if not (deed.what.reason or "").strip():
        yield Reason("review.no_reason", f"{deed.act} gives no reason.", "Say why (reason).")


@act(CasebookFrozen, by={Role.DATA_MANAGER}, of_ledger=True, needs_on=False, gates=(not_frozen,))
def freeze_casebook(deed: Deed[CasebookFrozen]) -> Entries:
    """A casebook is closed to corrections and new entries of the site; harm and queries are recorded all the same."""
    return (deed.entry(deed.what),)


@act(
    Opening,
    by={Role.DATA_MANAGER},
    of_ledger=True,
    needs_on=False,
    gates=(is_frozen, reason_given),
    writes=CasebookUnfrozen,
)
def unfreeze_casebook(deed: Deed[Opening]) -> Entries:
    """A frozen casebook is open to the site again, and why."""
    return (deed.entry(CasebookUnfrozen(deed.what.reason.strip())),)


def goes_on(deed: Deed[Any]) -> Iterable[Reason]:
    """A study ends once."""
    end = end_in_force(deed.trial)
    if end is not None:
        yield Reason(
            "study.ended_already",
            f"The study ended on {spoken(end.occurred)} (entry {end.seq}).",
            "If that date is wrong, correct it (act correct).",
        )


@act(
    StudyEnded,
    by={Role.DATA_MANAGER, Role.INVESTIGATOR},
    subject="study",
    gates=(goes_on, reason_given),
)
def end_study(deed: Deed[StudyEnded]) -> Entries:
    """The study is over, as planned or early: from that day on nobody consents or is enrolled."""
    return (deed.entry(deed.what),)
