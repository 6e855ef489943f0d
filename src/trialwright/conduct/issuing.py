"""From the laboratory to the bedside: for whom a lot is, its issue, the check by two people, its return."""

from dataclasses import dataclass

from trialwright.cells.descent import donor_of, doses_of, recipient_of
from trialwright.cells.release_tests import judge_lot
from trialwright.conduct.act import act
from trialwright.conduct.alerting import excursion
from trialwright.conduct.chains import chain_begun
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.cells import (
    at_a_moment,
    bags_came_first,
    donor_agrees,
    donor_of_chain,
    dose_there,
    issued_to_ward,
    lot_for_recipient,
    lot_known,
    lot_not_expired,
    lot_not_failed,
    lot_not_held,
    lot_not_recalled,
    lot_released,
)
from trialwright.conduct.gates.custody import (
    after_the_last,
    giver_and_taker,
    giver_has_it,
    in_laboratory,
    limits_on_the_way,
    made,
    out_of_storage,
    outside,
    still_there,
    temperature_said,
)
from trialwright.conduct.gates.issuing import (
    donor_agrees_to_new_recipient,
    exception_holds,
    for_another_now,
    for_nobody_yet,
    limits_for_recipient,
    nothing_issued,
    out_on_ward,
    quality_and_investigator,
    recipient_there,
    weight_near,
)
from trialwright.conduct.gates.labels import (
    labelled,
    labels_valid,
    not_checked_already,
    read_scan,
    scans_in_order,
    scans_of_this_person,
    two_at_bedside,
    two_scans_read,
)
from trialwright.conduct.gates.release import lot_made, not_expired, not_recalled, not_rejected
from trialwright.conduct.gates.weight import todays_weight
from trialwright.conduct.keeping_cells import void_labels
from trialwright.conduct.making_cells import line_of
from trialwright.conduct.roles import ANYONE_AT_SITE, LABORATORY, SITE, different_people
from trialwright.conduct.treating import UNDER_TREATMENT
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import BedsideChecked, Issued, LotAssigned, Returned
from trialwright.ledger.trial import Lot

Entries = tuple[NewEntry, ...]
ASSIGNABLE = (
    lot_made,
    not_rejected,
    not_recalled,
    not_expired,
    donor_agrees,
    donor_agrees_to_new_recipient,
    recipient_there,
    exception_holds,
)


@dataclass(frozen=True, slots=True)
class NewRecipient:
    """Whom the lot is for from now on, what that person weighs, and why it changes."""

    recipient: str
    weight_kg: str | None = None


@dataclass(frozen=True, slots=True)
class ChangedRecipient:
    """Whom the lot is for from now on, why, and what that person weighs."""

    recipient: str
    reason: str
    weight_kg: str | None = None


@act(
    NewRecipient,
    by=LABORATORY,
    subject="lot",
    two_person=True,
    gates=(*ASSIGNABLE, for_nobody_yet, quality_and_investigator, limits_for_recipient),
    writes=LotAssigned,
)
def assign_lot(deed: Deed[NewRecipient]) -> Entries:
    """A lot made for nobody yet gets its recipient; labels without one are void."""
    return _assigned(deed, deed.what.recipient, deed.what.weight_kg, None)


@act(
    ChangedRecipient,
    by=LABORATORY,
    subject="lot",
    two_person=True,
    gates=(*ASSIGNABLE, for_another_now, nothing_issued, quality_and_investigator, limits_for_recipient),
)
def reassign_lot(deed: Deed[ChangedRecipient]) -> Entries:
    """A lot gets another recipient before it is issued: every limit per kg is judged again, old labels are void."""
    return _assigned(deed, deed.what.recipient, deed.what.weight_kg, deed.what.reason)


def _assigned(deed: Deed[object], recipient: str, weight_kg: str | None, reason: str | None) -> Entries:
    lot = deed.lot(deed.who or "") or Lot(deed.who or "")
    book = deed.trial.casebook(recipient)
    weight = todays_weight(deed, book)
    tests = judge_lot(deed.study, deed.trial, lot, deed.when.latest, weight, seen=deed.rests_on)
    judged = tuple(line_of(test) for test in tests if test.weight_kg)
    assigned = LotAssigned(book.code if book else recipient, recipient_of(lot, deed.in_place), reason, judged)
    codes = (lot.code, *(dose.about or "" for dose in doses_of(deed.trial, lot)))
    chain = chain_begun(
        deed, donor_of(deed.trial, lot), book.code if book else None, reason or "the lot is meant for this recipient"
    )
    return (deed.entry(assigned), *void_labels(deed, codes, "new recipient"), *chain)


@dataclass(frozen=True, slots=True)
class Issue:
    """To whom the dose goes, who takes it where, and what the recipient weighs today."""

    recipient: str
    taker: str
    place: str
    weight_kg: str | None = None


@act(
    Issue,
    by=LABORATORY,
    subject="dose",
    gates=(
        made,
        still_there,
        in_laboratory,
        out_of_storage,
        after_the_last,
        giver_has_it,
        giver_and_taker,
        lot_known,
        lot_released,
        lot_not_recalled,
        lot_not_held,
        donor_agrees,
        lot_for_recipient,
        donor_of_chain,
        lot_not_failed,
        lot_not_expired,
        at_a_moment,
        labelled,
        weight_near,
    ),
    writes=Issued,
)
def issue(deed: Deed[Issue]) -> Entries:
    """The laboratory gives a dose out for its recipient; every limit per kg is judged for today's weight."""
    what = deed.what
    book = deed.trial.casebook(what.recipient)
    recipient = book.code if book else what.recipient
    dose = deed.trial.doses.get(deed.who or "")
    lot = deed.lot(dose.what.lot) if dose else None
    weight = todays_weight(deed, book)
    tests = judge_lot(deed.study, deed.trial, lot, deed.when.latest, weight, seen=deed.rests_on) if lot else ()
    judged = tuple(line_of(test) for test in tests)
    return (deed.entry(Issued(recipient, deed.actor.id, what.taker, what.place, weight, judged)),)


@dataclass(frozen=True, slots=True)
class Scans:
    """What the scanner read off the wristband and off the bag."""

    wristband: str
    dose_label: str
    device: str = "scanner"  # scanner | camera | typed


@act(
    Scans,
    by=SITE,
    two_person=True,
    gates=(
        *UNDER_TREATMENT,
        at_a_moment,
        two_scans_read,
        scans_in_order,
        scans_of_this_person,
        labels_valid,
        two_at_bedside,
        lot_known,
        lot_for_recipient,
        dose_there,
        issued_to_ward,
        bags_came_first,
        lot_released,
        lot_not_recalled,
        lot_not_held,
        lot_not_expired,
        not_checked_already,
    ),
    writes=BedsideChecked,
)
def check_at_bedside(deed: Deed[Scans]) -> Entries:
    """Two people scan the participant's wristband and the dose: they belong together."""
    what = deed.what
    people = different_people((deed.actor.id, deed.second.id if deed.second else None))
    scanned = read_scan(what.dose_label)
    dose = scanned[0] if scanned else what.dose_label
    return (deed.entry(BedsideChecked(dose, what.dose_label, what.wristband, what.device, people)),)


@dataclass(frozen=True, slots=True)
class Return:
    """Who takes the dose back where, why it comes, and how warm it was."""

    taker: str
    place: str
    reason: str
    giver: str | None = None
    lowest_c: str | None = None
    highest_c: str | None = None


@act(
    Return,
    by=ANYONE_AT_SITE,
    subject="dose",
    gates=(made, out_on_ward, after_the_last, giver_has_it, giver_and_taker, temperature_said),
    writes=Returned,
)
def return_dose(deed: Deed[Return]) -> Entries:
    """An issued dose comes back to the laboratory without having been given."""
    what = deed.what
    said = outside(limits_on_the_way(deed), what.lowest_c, what.highest_c)
    returned = Returned(what.giver or deed.actor.id, what.taker, what.place, what.reason, what.lowest_c, what.highest_c)
    return (deed.entry(returned), *excursion(deed, said))
