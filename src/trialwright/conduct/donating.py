"""Donors: registered, consenting and withdrawing, judged fit to give, assigned to a participant."""

from dataclasses import dataclass, field, replace

from trialwright.cells.descent import lots_of_donor
from trialwright.conduct.act import act
from trialwright.conduct.alerting import donor_left, failed_after_infusion
from trialwright.conduct.coded import next_cell_code
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.donors import (
    FIT,
    change_of_donor_explained,
    document_of_study,
    donor_known,
    donor_new,
    donor_not_withdrawn,
    exception_documented,
    people_of_donor,
    sampled_before_decided,
    signed_by_whom_it_concerns,
    tested_as_source_asks,
    tests_complete,
)
from trialwright.conduct.gates.lots import source_known
from trialwright.conduct.gates.people import alive, consented
from trialwright.conduct.roles import ANYONE_AT_SITE, signer
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import DonorAssigned, DonorConsented, DonorJudged, DonorRegistered, DonorWithdrew

Entries = tuple[NewEntry, ...]


@act(
    DonorRegistered,
    by=ANYONE_AT_SITE,
    subject="donor",
    coded=True,
    gates=(donor_new, source_known, tested_as_source_asks),
)
def register_donor(deed: Deed[DonorRegistered]) -> Entries:
    """Somebody who may give cells gets a code; of cord blood the mother is tested."""
    return (deed.entry(deed.what),)


@act(
    DonorConsented,
    by=ANYONE_AT_SITE,
    subject="donor",
    gates=(donor_known, document_of_study, signed_by_whom_it_concerns),
)
def record_donor_consent(deed: Deed[DonorConsented]) -> Entries:
    """The donor's own consent, apart from any participant's; for cord blood the mother's, or a bank's by reference."""
    return (deed.entry(deed.what),)


@dataclass(frozen=True, slots=True)
class DonorWithdrawal:
    """Why the donor takes consent back, if they say."""

    reason: str | None = None


@act(DonorWithdrawal, by=ANYONE_AT_SITE, subject="donor", writes=DonorWithdrew)
def withdraw_donor_consent(deed: Deed[DonorWithdrawal]) -> Entries:
    """A donor withdraws, and is never refused: before conditioning it stops all use, after it people decide at once."""
    people = people_of_donor(deed, deed.who or "")
    withdrew = DonorWithdrew(deed.what.reason, after_conditioning=any(people.values()))
    return (deed.entry(withdrew), *donor_left(deed, people))


@dataclass(frozen=True, slots=True)
class Fitness:
    """Whether the donor is fit to give, on which tests, and why an ineligible one's cells may be used."""

    eligibility: str
    tests: dict[str, str] = field(default_factory=dict)  # test -> negative | positive | unknown
    sampled_on: str | None = None
    exception: str | None = None
    note: str | None = None


@act(
    Fitness,
    by=ANYONE_AT_SITE,
    subject="donor",
    gates=(donor_known, tests_complete, sampled_before_decided, exception_documented),
    writes=DonorJudged,
)
def decide_donor_eligibility(deed: Deed[Fitness]) -> Entries:
    """A responsible person decides whether the donor is fit to give, or documents an exception with a physician."""
    what = deed.what
    physician = signer(deed.actor, deed.second) if what.exception else None
    judged = DonorJudged(what.eligibility, what.tests, what.sampled_on, what.exception, physician, what.note)
    found = f"its donor is now judged {what.eligibility}"
    lots = lots_of_donor(deed.trial, deed.who or "") if what.eligibility not in FIT else ()
    return (deed.entry(judged), *(called for lot in lots for called in failed_after_infusion(deed, lot, found)))


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which donor gives for the participant; of a change, why."""

    donor: str
    reason: str | None = None


@act(
    Assignment,
    by=ANYONE_AT_SITE,
    gates=(consented, alive, donor_known, donor_not_withdrawn, change_of_donor_explained),
    writes=DonorAssigned,
)
def assign_donor(deed: Deed[Assignment]) -> Entries:
    """A donor gives for a participant: a chain of identity begins, under a code of its own."""
    code = next_cell_code(deed.study, deed.trial, "chain", deed.site, deed.on)
    assigned = DonorAssigned(deed.what.donor, deed.book.code, deed.what.reason)
    return (replace(deed.entry(assigned), about=code),)
