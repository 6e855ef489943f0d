"""Gates of assigning a lot and of issuing a dose."""

from collections.abc import Iterable
from typing import Any

from trialwright.cells.custody import whereabouts
from trialwright.cells.descent import donor_of, doses_of, recipient_of
from trialwright.cells.release_tests import judge_lot
from trialwright.conduct.bags import lot_in_hand
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.custody import where_is
from trialwright.conduct.gates.donors import EXCEPTION, new_chain_agreed
from trialwright.conduct.gates.release import another_investigator, hands_of
from trialwright.conduct.gates.weight import newest_weight, todays_weight
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import different_people, person_key
from trialwright.facts import parse_decimal
from trialwright.facts.order import spoken
from trialwright.ledger.kinds import DonorJudged, LotAssigned


def recipient_there(deed: Deed[Any]) -> Iterable[Reason]:
    """Whom the lot is to be for has a casebook and lives."""
    book = deed.trial.casebook(deed.what.recipient)
    if book is None:
        yield Reason(
            "assign.unknown_recipient",
            f"There is no participant {deed.what.recipient!r}.",
            "Check the code; the recipient consents first.",
        )
    elif book.death is not None:
        yield Reason(
            "assign.recipient_dead",
            f"{book.code} died on {book.death.occurred}.",
            "Choose another recipient, or discard the cells.",
        )


def for_nobody_yet(deed: Deed[Any]) -> Iterable[Reason]:
    """A first assignment is of a lot that is for nobody."""
    now = _recipient(deed)
    if now is not None:
        yield Reason(
            "assign.assigned",
            f"Lot {deed.who} is meant for {now} already.",
            "For another recipient reassign it (act reassign_lot), with the reason.",
        )


def for_another_now(deed: Deed[Any]) -> Iterable[Reason]:
    """A reassignment moves the lot from one recipient to another."""
    now, book = _recipient(deed), deed.trial.casebook(deed.what.recipient)
    if now is None:
        yield Reason(
            "assign.not_assigned",
            f"Lot {deed.who} is meant for nobody yet.",
            "Assign it (act assign_lot).",
        )
    elif book is not None and now == book.code:
        yield Reason("assign.same", f"Lot {deed.who} is meant for {now} already.", "Nothing to do.")


def _recipient(deed: Deed[Any]) -> str | None:
    lot = lot_in_hand(deed)
    return recipient_of(lot, deed.in_place) if lot else None


def nothing_issued(deed: Deed[Any]) -> Iterable[Reason]:
    """No dose of the lot is out or given: what left the laboratory is not renamed behind its back."""
    lot = lot_in_hand(deed)
    if lot is None:
        return
    for given in lot.given:
        if deed.was_before(given):
            yield Reason(
                "assign.given",
                f"Lot {lot.code} was given to {given.about} on {spoken(given.occurred)}.",
                "What was given stays this recipient's. Make another lot.",
            )
            return
    for dose in doses_of(deed.trial, lot, deed.was_before):
        where = whereabouts(deed.trial, dose.about or "", deed.was_before)
        if where is not None and where.issued and where.gone is None:
            yield Reason(
                "assign.issued",
                f"Dose {dose.about} is out of the laboratory: {where.holder} ({where.place}) has had it since "
                f"{spoken(where.since)}.",
                "Let it come back first (act return_dose).",
            )


def quality_and_investigator(deed: Deed[Any]) -> Iterable[Reason]:
    """Quality assurance, who had no hand in the lot, and an investigator decide together."""
    lot = lot_in_hand(deed)
    hand = hands_of(deed, lot).get(person_key(deed.actor.id)) if lot else None
    if hand is not None:
        yield Reason(
            "assign.own_work",
            f"{deed.actor.id} {hand}; quality assurance is another person.",
            "Let somebody assign it who had no hand in the lot.",
        )
    if not another_investigator(deed):
        yield Reason(
            "assign.no_investigator",
            "No investigator decides with quality assurance.",
            "Act with an investigator (--with CODE:investigator).",
        )


def limits_for_recipient(deed: Deed[Any]) -> Iterable[Reason]:
    """Every limit per kilogram holds for the new recipient."""
    lot, book = lot_in_hand(deed), deed.trial.casebook(deed.what.recipient)
    if lot is None or book is None:
        return
    weight = todays_weight(deed, book)
    for test in judge_lot(deed.study, deed.trial, lot, deed.when.latest, weight, seen=deed.rests_on):
        if test.status == "not met" or (test.status == "unknown" and not test.may_be_pending):
            yield Reason(
                "assign.limit",
                f"{test.label} ({test.rule}) of lot {lot.code} is {test.status} for {book.code}: {test.found}.",
                "This lot cannot be given to this recipient. Choose another lot."
                if test.status == "not met"
                else "Give what is missing: the recipient's weight (weight_kg), or a result (act record_release_test).",
            )


# --- issue ------------------------------------------------------------------------------------------------------------


def weight_near(deed: Deed[Any]) -> Iterable[Reason]:
    """Today's weight is given, and is near the newest recorded."""
    rule = deed.study.treatment.infusion
    book = deed.trial.casebook(deed.what.recipient)
    if rule is None or rule.weight_tolerance_percent is None or book is None:
        return
    stated, recorded = deed.what.weight_kg, newest_weight(deed, book)
    if stated is None and recorded is None:
        yield Reason(
            "issue.no_weight",
            f"What {book.code} weighs today is not known.",
            "Weigh, and give it (weight_kg).",
        )
    elif stated is not None and recorded is not None:
        off = abs(parse_decimal(stated) - recorded[0]) * 100
        if off > rule.weight_tolerance_percent * recorded[0]:
            yield Reason(
                "issue.weight_changed",
                f"{stated} kg was given; {book.code} weighed {recorded[0]} kg on {spoken(recorded[1])}, more than "
                f"{rule.weight_tolerance_percent} % away.",
                "Weigh again, and record the weight.",
            )


def out_on_ward(deed: Deed[Any]) -> Iterable[Reason]:
    """Only what was issued comes back."""
    where = where_is(deed)
    if where is not None and (where.gone is not None or not where.issued):
        said = f"was {where.gone}" if where.gone else f"was not issued: {where.holder} ({where.place}) has it"
        yield Reason("return.not_out", f"Dose {deed.who} {said}.", "Check the code: only an issued dose comes back.")


def before_a_witness(deed: Deed[Any]) -> Iterable[Reason]:
    """Cells are destroyed by one person before another."""
    if len(different_people((deed.actor.id, deed.second.id if deed.second else None))) < 2:
        yield Reason(
            "discard.no_witness",
            f"{deed.who} was to be discarded by {deed.actor.id} alone.",
            "Do it before a witness, and name them (--with CODE).",
        )


def donor_agrees_to_new_recipient(deed: Deed[Any]) -> Iterable[Reason]:
    """The donor has not left before this recipient was thought of."""
    lot = lot_in_hand(deed)
    if lot is not None:
        yield from new_chain_agreed(deed, donor_of(deed.trial, lot), deed.what.recipient)


def exception_holds(deed: Deed[Any]) -> Iterable[Reason]:
    """A donor accepted as an exception was accepted for one recipient: for another it is decided anew."""
    lot = lot_in_hand(deed)
    if lot is None or lot.made is None:
        return
    donor = deed.trial.donors.get(donor_of(deed.trial, lot) or "")
    decided = deed.earlier(DonorJudged, donor) if donor else ()
    meant = [entry for entry in (lot.made, *deed.earlier(LotAssigned, lot)) if deed.was_before(entry)]
    if decided and decided[-1].what.eligibility == EXCEPTION and decided[-1].order < max(one.order for one in meant):
        yield Reason(
            "assign.exception",
            f"The donor of lot {lot.code} is an exception ({decided[-1].what.exception}), decided for somebody else or "
            "before there was a recipient.",
            "Decide the exception anew for this recipient (act decide_donor_eligibility), or choose another lot.",
        )
