"""Which study counts: the one that the ledger adopted, whatever the working copy beside it says."""

from typing import TYPE_CHECKING

from trialwright.cli.say import note
from trialwright.errors import FormatError

if TYPE_CHECKING:
    from trialwright.store.directory import TrialDirectory

COPY = ("study.missing", "study.differs")


def note_other_copy(opened: "TrialDirectory") -> None:
    """Say beside an answer that `study.yaml` is not the study in force, by which the answer was found."""
    try:
        against = [reason for reason in opened.standstill if reason.code in COPY]
    except (FormatError, OSError) as fault:  # whoever may read the ledger need not be able to read the copy
        note(f"Note: the working copy of the study cannot be read ({fault}). The adopted study counts here.")
        return
    for reason in against:
        note(f"Note: {reason.text} The adopted study counts here. {reason.way_out}")
