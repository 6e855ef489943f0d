"""What the study's row says against the entries that were read."""

from trialwright.ledger.verify import Fault, Verification


def row_faults(row: tuple[int, bytes], found: Verification) -> list[Fault]:
    """The fault of a row `(next_seq, head)` that does not fit the entries; none if it does."""
    next_seq, head = row
    if (next_seq, head) == (found.size, found.head):
        return []
    text = (
        f"the study's row says {next_seq} entries with the head {head.hex()}, and there are {found.size}: "
        "entries were cut off, or the row was changed"
    )
    return [Fault(min(next_seq, found.size), None, text)]
