"""The amendments of a trial: each proposal, who approved it, and what became of it."""

from dataclasses import dataclass
from typing import Literal

from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import Adopted, AmendmentApproved, AmendmentProposed, AmendmentRejected
from trialwright.ledger.trial import Trial

Standing = Literal["open", "adopted", "rejected", "void"]
"""`void`: another version was adopted since, so that this one was compared with a study no longer in force."""


@dataclass(frozen=True, slots=True)
class AmendmentSoFar:
    """One proposal with its approvals, oldest first, and the entry that ended it, if one did."""

    proposal: Entry[AmendmentProposed]
    approvals: tuple[Entry[AmendmentApproved], ...]
    standing: Standing
    ended_by: "Entry[Adopted] | Entry[AmendmentRejected] | None"

    @property
    def ethics_approval(self) -> str | None:
        """The committee's decision as named by the newest who named one."""
        named = (self.proposal.what.ethics_approval, *(one.what.ethics_approval for one in self.approvals))
        return next((reference for reference in reversed(named) if reference), None)


def amendments(trial: Trial) -> tuple[AmendmentSoFar, ...]:
    """Every proposal that was made, oldest first."""
    return tuple(_so_far(trial, proposal) for proposal in trial.of_study.all(AmendmentProposed))


def open_amendment(trial: Trial) -> AmendmentSoFar | None:
    """The proposal that waits for approvals; None while there is none. There is never more than one."""
    proposal = trial.of_study.last(AmendmentProposed)
    found = _so_far(trial, proposal) if proposal is not None else None
    return found if found is not None and found.standing == "open" else None


def _so_far(trial: Trial, proposal: "Entry[AmendmentProposed]") -> AmendmentSoFar:
    approvals = tuple(e for e in trial.of_study.all(AmendmentApproved) if e.what.proposal == proposal.id)
    for rejection in trial.of_study.all(AmendmentRejected):
        if rejection.what.proposal == proposal.id:
            return AmendmentSoFar(proposal, approvals, "rejected", rejection)
    later = next((one for one in trial.adoptions if one.seq > proposal.seq), None)
    if later is None:
        return AmendmentSoFar(proposal, approvals, "open", None)
    standing: Standing = "adopted" if later.what.sha256 == proposal.what.sha256 else "void"
    return AmendmentSoFar(proposal, approvals, standing, later)
