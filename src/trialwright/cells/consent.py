"""Whether a donor still agrees that cells are used for somebody."""

from trialwright.cells.seen import Seen, everything
from trialwright.facts import parse_occurred
from trialwright.facts.order import certainly_before
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import ChemotherapyGiven, DonorConsented, DonorWithdrew
from trialwright.ledger.trial import Casebook, Trial


def withdrawal_in_force(
    trial: Trial, donor: str | None, recipient: str | None, stood: Seen = everything, known: Seen = everything
) -> Entry[DonorWithdrew] | None:
    """The withdrawal that holds the donor's cells back from the recipient; None where there is none.

    A consent signed again afterwards ends it. One that came when the recipient's conditioning had begun holds nothing
    back: the person may depend on the cells, and people decide.

    recipient  None where the cells are for nobody yet, or to be collected
    stood      whether a withdrawal stood; known: whether a consent or a cycle counts
    """
    chapter = trial.donors.get(donor or "")
    book = trial.casebook(recipient) if recipient else None
    for withdrawal in chapter.all(DonorWithdrew) if chapter else ():
        if stood(withdrawal) and not _again(chapter, withdrawal, known) and not _depends(book, withdrawal, known):
            return withdrawal
    return None


def _again(chapter: Casebook | None, withdrawal: Entry[DonorWithdrew], known: Seen) -> bool:
    withdrew = parse_occurred(withdrawal.occurred or "")
    return any(
        consent.order > withdrawal.order and not certainly_before(parse_occurred(consent.occurred or ""), withdrew)
        for consent in (chapter.all(DonorConsented) if chapter else ())
        if known(consent)
    )


def _depends(book: Casebook | None, withdrawal: Entry[DonorWithdrew], known: Seen) -> bool:
    """Whether the conditioning of whom the cells are for had begun: not only that of somebody else."""
    if book is None or not withdrawal.what.after_conditioning:
        return False
    withdrew = parse_occurred(withdrawal.occurred or "")
    begun = (parse_occurred(cycle.occurred or "") for cycle in book.all(ChemotherapyGiven) if known(cycle))
    return any(not certainly_before(withdrew, start) for start in begun)
