"""Acts of an amendment: proposing a new version of the study file, approving it by two, rejecting it."""

from dataclasses import dataclass
from hashlib import sha256

from trialwright.conduct.act import act
from trialwright.conduct.amendment.effect import amendment_effect
from trialwright.conduct.amendment.proposals import AmendmentSoFar, open_amendment
from trialwright.conduct.amendment.versions import read_once
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.amendments import (
    completes,
    effective_by_now,
    ethics_agreed,
    may_be_adopted,
    none_open,
    one_open,
    readable,
    theirs_to_approve,
)
from trialwright.conduct.roles import Role
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import Adopted, AmendmentApproved, AmendmentProposed, AmendmentRejected

Entries = tuple[NewEntry, ...]
PROPOSERS = frozenset({Role.INVESTIGATOR, Role.DATA_MANAGER})
APPROVERS = frozenset({Role.INVESTIGATOR, Role.ADMINISTRATOR, Role.DATA_MANAGER, Role.SAFETY_BOARD})


@dataclass(frozen=True, slots=True)
class Amendment:
    """A new version of the study file, whole, and what for.

    ethics_approval  reference of the committee's decision, if it is there already
    effective_from   the version does not come into force before this day
    """

    text: str
    why: str
    nature: str = "substantial"  # substantial | not substantial | urgent safety measure
    ethics_approval: str | None = None
    effective_from: str | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Which proposal is approved; the one that waits, if nothing is said."""

    proposal: str = ""
    ethics_approval: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a proposal is not adopted; the one that waits, if none is named."""

    reason: str
    proposal: str = ""


@act(
    Amendment,
    by=PROPOSERS,
    subject="study",
    of_ledger=True,
    gates=(none_open, readable, may_be_adopted),
    writes=AmendmentProposed,
)
def propose_amendment(deed: Deed[Amendment]) -> Entries:
    """A new version of the study file is proposed, with its dry run; nothing changes until two people approve it."""
    what = deed.what
    file = read_once(what.text)
    proposed = AmendmentProposed(
        text=what.text,
        sha256=sha256(what.text.encode()).hexdigest(),
        version_label=file.study.version,
        replaces=deed.trial.adopted.what.sha256,
        why=what.why,
        nature=what.nature,
        ethics_approval=what.ethics_approval,
        effective_from=what.effective_from,
        effect=amendment_effect(deed.study, file, deed.trial, deed.when.latest).summary,
    )
    return (deed.entry(proposed),)


@act(
    Approval,
    by=APPROVERS,
    subject="study",
    of_ledger=True,
    gates=(one_open, theirs_to_approve, may_be_adopted, ethics_agreed, effective_by_now),
    writes=AmendmentApproved,
)
def approve_amendment(deed: Deed[Approval]) -> Entries:
    """A person approves the proposed version; with the second approval it is the study in force."""
    found = _waiting(deed)
    proposal = found.proposal
    approved = AmendmentApproved(proposal.id, proposal.what.sha256, deed.what.ethics_approval, deed.what.note)
    if not completes(found):
        return (deed.entry(approved),)
    study = read_once(proposal.what.text).study
    adopted = Adopted(
        text=proposal.what.text,
        sha256=proposal.what.sha256,
        version_label=proposal.what.version_label,
        simulated=deed.trial.simulated,
        target=study.enrolment.target or 0,
        time_zones={site.code: site.time_zone for site in study.sites},
        note=proposal.what.why,
    )
    return (deed.entry(approved), deed.entry(adopted))


@act(
    Rejection,
    by=APPROVERS,
    subject="study",
    of_ledger=True,
    gates=(one_open,),
    writes=AmendmentRejected,
)
def reject_amendment(deed: Deed[Rejection]) -> Entries:
    """The proposed version is not adopted; the study in force stays."""
    return (deed.entry(AmendmentRejected(_waiting(deed).proposal.id, deed.what.reason)),)


def _waiting(deed: "Deed[Approval] | Deed[Rejection]") -> AmendmentSoFar:
    found = open_amendment(deed.trial)
    assert found is not None  # the gate `one_open` saw to it, and it always holds
    return found
