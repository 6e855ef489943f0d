"""Which label of a code is valid: the newest printed, unless it was voided."""

from trialwright.cells.seen import Seen, everything
from trialwright.ledger.kinds import LabelPrinted, LabelVoided
from trialwright.ledger.trial import Trial


def valid_label(trial: Trial, code: str, seen: Seen = everything) -> int | None:
    """The number of the label now valid for a code; None where none was printed or the newest is void."""
    chapter = trial.chapter(code)
    if chapter is None:
        return None
    printed = [entry.what.label for entry in chapter.all(LabelPrinted) if seen(entry)]
    if not printed:
        return None
    newest = max(printed)
    voided = {entry.what.label for entry in chapter.all(LabelVoided) if seen(entry)}
    return None if newest in voided else newest


def labels_printed(trial: Trial, code: str) -> int:
    """How many labels of a code were ever printed: the next one's number is one more."""
    chapter = trial.chapter(code)
    return max((entry.what.label for entry in chapter.all(LabelPrinted)), default=0) if chapter else 0
