"""Gates about donors: consent, withdrawal, fitness to give, and for whom they give."""

from collections.abc import Iterable
from typing import Any

from trialwright.cells.consent import withdrawal_in_force
from trialwright.cells.descent import assigned_to, assignment_of, lots_of_donor, recipient_of
from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import is_investigator
from trialwright.facts import parse_occurred
from trialwright.facts.order import certainly_before, days_between, spoken
from trialwright.ledger.kinds import (
    ChemotherapyGiven,
    DonorConsented,
    DonorJudged,
    DonorRegistered,
)
from trialwright.ledger.trial import Casebook
from trialwright.study import CellSource, Donors

EXCEPTION = "ineligible with exception"
FIT = ("eligible", EXCEPTION)


def donors_of(deed: Deed[Any]) -> Donors | None:
    """What the study says of donors; None where it says nothing, and then no gate asks."""
    return deed.study.product.donors if deed.study.product else None


def source_of(deed: Deed[Any], name: str | None) -> CellSource | None:
    """The study's line about a source of cells."""
    sources = deed.study.product.sources if deed.study.product else ()
    return next((source for source in sources if source.id == name), None)


def _chapter(deed: Deed[Any], code: str | None) -> Casebook:
    return deed.trial.donors.get(code or "") or Casebook(code or "")


def donor_new(deed: Deed[Any]) -> Iterable[Reason]:
    """A donor is registered once."""
    for there in deed.all(DonorRegistered, _chapter(deed, deed.who)):
        yield Reason(
            "donor.exists",
            f"Donor {deed.who} was registered on {spoken(there.occurred)}.",
            "Give this donor another code (new), or correct that entry.",
        )


def tested_as_source_asks(deed: Deed[Any]) -> Iterable[Reason]:
    """Of cord blood the mother is tested, of blood its donor."""
    source = source_of(deed, deed.what.source)
    if source is not None and deed.what.tested != source.tested:
        yield Reason(
            "donor.tested_person",
            f"For {source.label} the {source.tested} is tested for infections; {deed.what.tested} was given.",
            f"Give {source.tested} (tested).",
        )


def donor_known(deed: Deed[Any]) -> Iterable[Reason]:
    """The donor is registered."""
    code = getattr(deed.what, "donor", None) or deed.who
    if donors_of(deed) is not None and not deed.all(DonorRegistered, _chapter(deed, code)):
        yield Reason(
            "donor.unknown",
            f"No donor {code} is registered.",
            "Check the code; register the donor first (act register_donor).",
        )


def source_is_donors(deed: Deed[Any]) -> Iterable[Reason]:
    """The cells come from the source the donor was registered for."""
    for there in deed.all(DonorRegistered, _chapter(deed, deed.what.donor))[:1]:
        if there.what.source != deed.what.source:
            yield Reason(
                "donor.other_source",
                f"Donor {deed.what.donor} was registered for {there.what.source}; this is a collection of "
                f"{deed.what.source}.",
                "Check donor and source.",
            )


def document_of_study(deed: Deed[Any]) -> Iterable[Reason]:
    """The form signed is one of the study's for donors."""
    donors = donors_of(deed)
    known = [(form.id, form.version) for form in donors.consent] if donors else []
    if known and (deed.what.document, deed.what.document_version) not in known:
        listed = ", ".join(f"{id} version {version}" for id, version in known)
        yield Reason(
            "donor.unknown_document",
            f"The study has no donor's consent form {deed.what.document} version {deed.what.document_version}. "
            f"It has: {listed}.",
            "Choose one of them.",
        )


def signed_by_whom_it_concerns(deed: Deed[Any]) -> Iterable[Reason]:
    """For cord blood the mother signs, or a bank that names where it keeps her form; else the donor."""
    registered = deed.all(DonorRegistered, _chapter(deed, deed.who))
    if not registered:
        return
    source = source_of(deed, registered[-1].what.source)
    allowed = ("mother", "bank") if source and source.tested == "mother" else ("donor",)
    if deed.what.signer not in allowed:
        yield Reason(
            "donor.wrong_signer",
            f"Consent for {registered[-1].what.source} is signed by the {' or a '.join(allowed)}; "
            f"signer {deed.what.signer} was given.",
            "Look at the form, and record who signed it (signer).",
        )
    if deed.what.signer == "bank" and not deed.what.reference:
        yield Reason(
            "donor.no_reference",
            "A bank keeps the mother's consent, and no reference to it is given.",
            "Give the bank's reference (reference).",
        )


def donor_consented(deed: Deed[Any]) -> Iterable[Reason]:
    """The donor, the mother or her bank had consented before the cells were taken."""
    if donors_of(deed) is None:
        return
    chapter = _chapter(deed, deed.what.donor)
    if not deed.earlier(DonorConsented, chapter):
        later = deed.all(DonorConsented, chapter)
        said = f"; one of {spoken(later[0].occurred)} comes after it" if later else ""
        yield Reason(
            "donor.no_consent",
            f"No consent of donor {deed.what.donor} is recorded before {deed.dated}{said}.",
            "Do not collect. Record the signed consent first (act record_donor_consent).",
        )


def donor_fit(deed: Deed[Any]) -> Iterable[Reason]:
    """Somebody decided before the collection that the donor may give, or documented an exception."""
    donors = donors_of(deed)
    if donors is None or donors.decided_before != "collection":
        return
    decided = deed.earlier(DonorJudged, _chapter(deed, deed.what.donor))
    now = decided[-1].what.eligibility if decided else "not started"
    if now not in FIT:
        yield Reason(
            "donor.not_eligible",
            f"The eligibility of donor {deed.what.donor} on {deed.dated} is: {now}.",
            "Do not collect. Decide it first (act decide_donor_eligibility); an exception needs its reason and a "
            "physician.",
        )


def sample_near_collection(deed: Deed[Any]) -> Iterable[Reason]:
    """The sample for the donor's tests was taken near enough to the collection."""
    donors = donors_of(deed)
    if donors is None or donors.sampled_within_days is None:
        return
    decided = deed.earlier(DonorJudged, _chapter(deed, deed.what.donor))
    sampled = decided[-1].what.sampled_on if decided else None
    if sampled is None:
        if decided and decided[-1].what.eligibility in FIT:
            yield Reason(
                "donor.sample_unknown",
                f"When donor {deed.what.donor} was sampled for the tests is not recorded.",
                "Decide the eligibility anew, with the day of the sample (sampled_on).",
            )
        return
    fewest, most = days_between(parse_occurred(sampled), deed.when)
    if min(abs(fewest), abs(most)) > donors.sampled_within_days:
        yield Reason(
            "donor.sample_old",
            f"Donor {deed.what.donor} was sampled for the tests on {spoken(sampled)}; the study asks for a sample "
            f"within {donors.sampled_within_days} days of the collection.",
            "Test again and decide anew (act decide_donor_eligibility).",
        )


def donor_not_withdrawn(deed: Deed[Any]) -> Iterable[Reason]:
    """The donor still agrees to give."""
    donor = deed.what.donor
    withdrawal = withdrawal_in_force(deed.trial, donor, None, deed.stands, deed.rests_on)
    if withdrawal is not None:
        yield Reason(
            "donor.withdrew",
            f"Donor {donor} withdrew consent on {spoken(withdrawal.occurred)}.",
            "Respect it: nothing more is collected or used. Look for another donor.",
        )


def cells_not_withdrawn(deed: Deed[Any], donor: str | None, recipient: str | None) -> Iterable[Reason]:
    """The donor still agrees that the cells are used for this recipient. No donor is named."""
    withdrawal = withdrawal_in_force(deed.trial, donor, recipient, deed.stands, deed.rests_on)
    if withdrawal is not None:
        yield Reason(
            "donor.withdrew",
            f"The donor withdrew consent on {spoken(withdrawal.occurred)}, before this recipient's conditioning.",
            "Respect it: nothing more is collected or used. Look for another donor.",
        )


def new_chain_agreed(deed: Deed[Any], donor: str | None, recipient: str | None) -> Iterable[Reason]:
    """For somebody new nothing begins with the cells of a donor who has left, whoever else depends on them."""
    book = deed.trial.casebook(recipient) if recipient else None
    if donor is None or book is None:
        return
    now = assignment_of(deed.trial, book.code, deed.in_place)
    withdrawal = withdrawal_in_force(deed.trial, donor, None, deed.stands, deed.rests_on)
    if withdrawal is not None and (now is None or now.what.donor != donor):
        yield Reason(
            "donor.withdrew",
            f"The donor withdrew consent on {spoken(withdrawal.occurred)}, and {book.code} was not to receive these "
            "cells then.",
            "Respect it: nothing more is collected or used. Look for another donor.",
        )


def people_of_donor(deed: Deed[Any], donor: str) -> dict[str, bool]:
    """Those for whom the donor gives, or whose lots come from the donor: whether their chemotherapy had begun."""
    people = dict.fromkeys(assigned_to(deed.trial, donor, deed.in_place))
    people |= dict.fromkeys(
        who for lot in lots_of_donor(deed.trial, donor) if (who := recipient_of(lot, deed.in_place))
    )
    books = [book for who in people if (book := deed.trial.casebook(who)) is not None]
    return {book.code: bool(deed.earlier(ChemotherapyGiven, book)) for book in books}


# --- fitness to give --------------------------------------------------------------------------------------------------


def tests_complete(deed: Deed[Any]) -> Iterable[Reason]:
    """Nobody is eligible while a test is missing, unknown or positive."""
    donors = donors_of(deed)
    if donors is None or deed.what.eligibility not in FIT:
        return
    for test in donors.tests:
        answer = deed.what.tests.get(test.id, "unknown")
        if answer not in ("negative", "positive"):
            yield Reason(
                "donor.test_missing",
                f"{test.label}: {answer}. A donor with a test missing is neither eligible nor an exception yet.",
                "Record the eligibility as incomplete until the result is there.",
            )
        elif answer == "positive" and test.disqualifies and deed.what.eligibility == "eligible":
            yield Reason(
                "donor.test_positive",
                f"{test.label} is positive: the donor is not eligible.",
                "Decide ineligible; an exception needs its reason and a physician.",
            )
    known = {test.id for test in donors.tests}
    for name in deed.what.tests:
        if known and name not in known:
            yield Reason(
                "donor.unknown_test",
                f"{name!r} is no donor test of the study. It has: {', '.join(sorted(known))}.",
                "Choose one of them.",
            )


def sampled_before_decided(deed: Deed[Any]) -> Iterable[Reason]:
    """Nobody decides on a sample that is not taken yet."""
    sampled = deed.what.sampled_on
    if sampled is not None and certainly_before(deed.when, parse_occurred(sampled)):
        yield Reason(
            "donor.sample_later",
            f"The sample is of {spoken(sampled)}; the decision would be of {deed.dated}, before it.",
            "Check both dates.",
        )


def exception_documented(deed: Deed[Any]) -> Iterable[Reason]:
    """An exception names one of the study's reasons, and a physician answers for it."""
    donors = donors_of(deed)
    if deed.what.eligibility != EXCEPTION:
        return
    known = donors.exceptions if donors else ()
    if not deed.what.exception or (known and deed.what.exception not in known):
        yield Reason(
            "donor.exception_reason",
            f"The exception's reason is {deed.what.exception or 'not given'}; the study accepts: "
            f"{', '.join(known) or 'none'}.",
            "Give one of these reasons (exception).",
        )
    if not (is_investigator(deed.actor) or is_investigator(deed.second)):
        yield Reason(
            "donor.exception_physician",
            "No physician answers for the exception.",
            "Let an investigator decide it, or decide it with one (--with CODE:investigator).",
        )


# --- for whom ---------------------------------------------------------------------------------------------------------


def change_of_donor_explained(deed: Deed[Any]) -> Iterable[Reason]:
    """Another donor than before is another chain of identity: the change says why."""
    now = assignment_of(
        deed.trial, deed.book.code, lambda entry: deed.itself is None or entry.order < deed.itself.order
    )
    if now is None:
        return
    if now.what.donor == deed.what.donor:
        yield Reason(
            "assignment.same",
            f"Donor {deed.what.donor} has been assigned to {deed.number} since {spoken(now.occurred)}.",
            "Nothing to do.",
        )
    elif not deed.what.reason:
        yield Reason(
            "assignment.no_reason",
            f"{deed.number} has had another donor since {spoken(now.occurred)}, and the change gives no reason.",
            "Say why (reason).",
        )
