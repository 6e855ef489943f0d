"""Entries about donors: registered, consented, found fit to give or not, meant for a participant."""

from dataclasses import dataclass, field
from typing import ClassVar

from trialwright.ledger.kinds.what import What


@dataclass(frozen=True, slots=True)
class DonorRegistered(What):
    """Somebody may give cells: known here by a code only."""

    kind: ClassVar[str] = "donor_registered"
    source: str  # peripheral blood | cord blood
    tested: str = "donor"  # donor | mother: whose blood the infection tests are of
    bank: str | None = None  # the bank that keeps a cord blood
    bank_unit: str | None = None  # the bank's own number of it


@dataclass(frozen=True, slots=True)
class DonorConsented(What):
    """Consent to give: signed by the donor, for cord blood by the mother; a bank's is kept there and named here."""

    kind: ClassVar[str] = "donor_consented"
    document: str
    document_version: str
    language: str
    signer: str  # donor | mother | bank
    explained_by: str | None = None
    reference: str | None = None  # where a bank keeps the signed form


@dataclass(frozen=True, slots=True)
class DonorWithdrew(What):
    """The donor, or the mother, takes consent back."""

    kind: ClassVar[str] = "donor_withdrew"
    reason: str | None = None
    after_conditioning: bool = False  # a recipient's chemotherapy had begun: that person may depend on the cells


@dataclass(frozen=True, slots=True)
class DonorJudged(What):
    """Whether the donor is fit to give, decided by a responsible person on history and tests."""

    kind: ClassVar[str] = "donor_judged"
    eligibility: str  # not started | incomplete | eligible | ineligible | ineligible with exception
    tests: dict[str, str] = field(default_factory=dict)  # test -> negative | positive | unknown
    sampled_on: str | None = None
    exception: str | None = None  # why an ineligible donor's cells may be used
    decided_by: str | None = None  # the physician who answers for an exception
    note: str | None = None


@dataclass(frozen=True, slots=True)
class DonorAssigned(What):
    """A chain of identity: this donor gives for this participant. A later one for the participant takes its place."""

    kind: ClassVar[str] = "donor_assigned"
    donor: str
    recipient: str
    reason: str | None = None  # of a change
