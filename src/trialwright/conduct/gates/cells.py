"""Gates about cells in hand: whether the lot may be given, to this person, now."""

from collections.abc import Iterable
from typing import Any

from trialwright.cells.alerts import codes_behind, holds_on
from trialwright.cells.custody import whereabouts
from trialwright.cells.descent import assignment_of, donor_of, doses_of, lot_of, recipient_of
from trialwright.cells.given import portions_given
from trialwright.cells.release_tests import Portion, judge_lot, judge_over_all
from trialwright.conduct.bags import bags_of, cells_named, lot_in_hand, volume_in_hand
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.custody import after_the_last
from trialwright.conduct.gates.donors import cells_not_withdrawn
from trialwright.conduct.gates.weight import todays_weight
from trialwright.conduct.outcome import Reason
from trialwright.facts import LocalTime, parse_occurred
from trialwright.facts.order import certainly_before, spoken
from trialwright.ledger.kinds import Infused, Recalled, Rejected, Released
from trialwright.ledger.trial import Casebook, Lot


def lot_known(deed: Deed[Any]) -> Iterable[Reason]:
    """The cells named by the deed were made, and are of one lot."""
    if hasattr(deed.what, "dose_label") and not bags_of(deed):
        return  # no dose was scanned, which another gate says
    lot = lot_in_hand(deed)
    if lot is None or lot.made is None:
        yield Reason(
            "lot.unknown",
            _no_lot(deed),
            "Scan the bag again; if the lot exists, the cell laboratory records it (act make_lot).",
        )
    lots = {found.code for bag in bags_of(deed) if (found := lot_of(deed.trial, bag.code)) is not None}
    if len(lots) > 1:
        yield Reason(
            "infusion.two_lots",
            f"The doses are of lots {', '.join(sorted(lots))}.",
            "Give one lot in one infusion, so that what happens can be traced to it.",
        )


def _no_lot(deed: Deed[Any]) -> str:
    if bags_of(deed):
        return f"No lot is known for dose {cells_named(deed)}."
    named = getattr(deed.what, "lot", None)
    return f"No lot {named} was made." if named else "No dose is named by its code, and no lot."


def lot_released(deed: Deed[Any]) -> Iterable[Reason]:
    """Quality assurance let the lot go before the deed, and has not taken it back."""
    lot = lot_in_hand(deed)
    if lot is None or lot.made is None:
        return
    for rejection in deed.standing(Rejected, lot)[:1]:  # also one after a first dose was given: the others stay back
        yield Reason(
            "lot.rejected",
            f"Lot {lot.code} was rejected on {spoken(rejection.occurred)}: {rejection.what.reason}.",
            _keep_back(deed),
        )
        return
    if not deed.earlier(Released, lot):
        yield Reason(
            "lot.not_released",
            f"Lot {lot.code} is not released{_released_later(deed, lot)}.",
            "Wait for the cell laboratory's release (act release).",
        )


def _released_later(deed: Deed[Any], lot: Lot) -> str:
    later = deed.all(Released, lot)
    return f"; its release is dated {spoken(later[0].occurred)}, after {deed.dated}" if later else ""


def lot_not_recalled(deed: Deed[Any]) -> Iterable[Reason]:
    """Nobody called the lot back."""
    lot = lot_in_hand(deed)
    for recall in deed.standing(Recalled, lot) if lot else ():
        yield Reason(
            "lot.recalled",
            f"Lot {recall.about} was recalled on {spoken(recall.occurred)}: {recall.what.reason}.",
            _keep_back(deed),
        )


def _keep_back(deed: Deed[Any]) -> str:
    if deed.act == "issue":
        return "Do not issue it."
    return "Do not give it. Return it to the cell laboratory."


def lot_not_held(deed: Deed[Any]) -> Iterable[Reason]:
    """No alert holds the dose, its lot or its collection back."""
    lot = lot_in_hand(deed)
    if lot is None:
        return
    bags: list[str | None] = [bag.code for bag in bags_of(deed)]
    codes = dict.fromkeys(code for bag in bags or [None] for code in codes_behind(deed.trial, lot, bag))
    for alert in holds_on(deed.trial, codes, deed.stands):
        yield Reason(
            "lot.held",
            f"{alert.about} has been held back since {spoken(alert.occurred)}: {alert.what.what}.",
            f"Do not give it before the {' and the '.join(alert.what.to)} answered alert {alert.id} "
            "(act answer_alert).",
        )


def donor_agrees(deed: Deed[Any]) -> Iterable[Reason]:
    """The donor has not taken back consent before the conditioning of whom the cells are for."""
    lot = lot_in_hand(deed)
    if lot is None:
        return
    named = getattr(deed.what, "recipient", None) or (deed.who if deed.who in deed.trial.casebooks else None)
    recipient = named or recipient_of(lot, deed.in_place)
    yield from cells_not_withdrawn(deed, donor_of(deed.trial, lot), recipient)


def donor_of_chain(deed: Deed[Any]) -> Iterable[Reason]:
    """The lot comes from the donor now assigned to the recipient. No donor is named."""
    lot = lot_in_hand(deed)
    book = _recipients_book(deed, lot) if lot else None
    now = assignment_of(deed.trial, book.code, deed.in_place) if book else None
    if lot is not None and now is not None and now.what.donor != donor_of(deed.trial, lot):
        yield Reason(
            "lot.chain_changed",
            f"Lot {lot.code} comes from another donor than the one assigned since {spoken(now.occurred)}.",
            "Do not give it. A change of donor, back to this one too, is recorded first (act assign_donor).",
        )


def at_a_moment(deed: Deed[Any]) -> Iterable[Reason]:
    """What is a question of minutes is dated with the hour."""
    if not isinstance(deed.when, LocalTime):
        yield Reason(
            "cells.no_time",
            f"It is dated {deed.dated}, without the time of day.",
            "Give date and time, such as 2026-11-22T14:30.",
        )


def lot_not_failed(deed: Deed[Any]) -> Iterable[Reason]:
    """No release test of the lot is failed on what is known at the deed, reckoned for today's weight."""
    lot = lot_in_hand(deed)
    if lot is None or lot.made is None:
        return
    book = _recipients_book(deed, lot)
    weight = todays_weight(deed, book)
    for test in judge_lot(deed.study, deed.trial, lot, deed.when.latest, weight, seen=deed.rests_on):
        if test.status == "not met":
            yield Reason(
                "lot.failed_test",
                f"{test.label} ({test.rule}) of lot {lot.code} is not met: {test.found}.",
                "Do not give it. The cell laboratory rejects the lot, or corrects the result if it is wrong.",
            )
        elif test.status == "unknown" and not test.may_be_pending and deed.study.asks_codes:
            yield Reason(
                "lot.test_unknown",
                f"{test.label} ({test.rule}) of lot {lot.code} is not known: {test.found}.",
                "Record what is missing: today's weight (act record_facts), or the result (act record_release_test).",
            )
    if book is not None:
        yield from _over_all(deed, lot, book, weight)


def _over_all(deed: Deed[Any], lot: Lot, book: Casebook, weight: str | None) -> Iterable[Reason]:
    """What all infusions of the person add up to, with this one."""
    before = [given for given in deed.earlier(Infused, book) if deed.was_before(given)]
    portions = (*portions_given(deed.trial, book, before), Portion(lot, volume_in_hand(deed), weight))
    for test in judge_over_all(deed.study, deed.trial, portions, deed.when.latest, seen=deed.rests_on):
        if test.status != "met":
            yield Reason(
                "lot.over_all_doses",
                f"{test.label} ({test.rule}) is {test.status} with lot {lot.code}: {test.found}.",
                "Do not give it, or give a smaller dose."
                if test.status == "not met"
                else "Do not give it before what is missing is recorded.",
            )


def _recipients_book(deed: Deed[Any], lot: Lot) -> Casebook | None:
    """The casebook of whom the deed gives the cells to: the person it is about, else the lot's recipient."""
    if deed.who in deed.trial.casebooks:
        return deed.book
    recipient = recipient_of(lot, deed.in_place)
    return deed.trial.casebook(recipient) if recipient else None


def lot_for_recipient(deed: Deed[Any]) -> Iterable[Reason]:
    """The lot is meant for this person; where the study asks for codes, a lot for nobody is given to nobody."""
    lot = lot_in_hand(deed)
    if lot is None or lot.made is None:
        return
    recipient = recipient_of(lot, deed.in_place)
    wanted = getattr(deed.what, "recipient", None) or deed.who
    book = deed.trial.casebook(wanted or "")
    if recipient is None:
        if deed.study.asks_codes:
            yield Reason(
                "lot.no_recipient",
                f"Lot {lot.code} is meant for nobody yet.",
                "Assign it first (act assign_lot), with quality assurance and an investigator, and print a new label.",
            )
    elif book is None or recipient not in (book.code, str(book.number)):
        yield Reason(
            "lot.wrong_recipient",
            f"Lot {lot.code} is meant for {_named(deed, recipient)}, not for {_named(deed, wanted or 'nobody')}.",
            "Stop. Check the wristband and the bag, and call the cell laboratory.",
        )


def _named(deed: Deed[Any], recipient: str) -> str:
    book: Casebook | None = deed.trial.casebook(recipient)
    return f"{book.code} (participant {book.number})" if book and book.number else recipient


def lot_not_expired(deed: Deed[Any]) -> Iterable[Reason]:
    """The cells are alive at the moment of the deed."""
    lot = lot_in_hand(deed)
    if lot is None or lot.made is None:
        return
    expires_at = lot.made.what.expires_at
    if certainly_before(parse_occurred(expires_at), deed.when):
        yield Reason(
            "lot.expired",
            f"Lot {lot.code} expired at {spoken(expires_at)}; this would be at {deed.dated}.",
            _keep_back(deed),
        )


def dose_there(deed: Deed[Any]) -> Iterable[Reason]:
    """The dose exists, and nobody received it yet."""
    lot, bags = lot_in_hand(deed), bags_of(deed)
    if bags:
        codes = [bag.code for bag in bags]
        for code in dict.fromkeys(codes):
            yield from _bag_there(deed, code)
            if codes.count(code) > 1:
                yield Reason(
                    "lot.dose_given",
                    f"Dose {code} is named {codes.count(code)} times: a bag is given once.",
                    "Scan every bag once.",
                )
        return
    if lot is None or lot.made is None:
        return
    if doses_of(deed.trial, lot, deed.was_before) or deed.study.asks_codes:
        yield Reason(
            "dose.not_named",
            f"No dose of lot {lot.code} is named by its code.",
            "Scan every bag of this infusion (doses).",
        )
        return
    number = getattr(deed.what, "dose", 1)
    if number > lot.made.what.doses:
        yield Reason(
            "lot.no_such_dose",
            f"Lot {lot.code} was divided into {lot.made.what.doses} dose(s); dose {number} was asked for.",
            "Read the dose's number off the bag.",
        )
    for given in lot.given:
        if given.what.dose == number and deed.recorded_first(given) and not _itself(deed, given):
            yield _given(deed, f"Dose {number} of lot {lot.code}", given.about, given.occurred)


def _bag_there(deed: Deed[Any], code: str) -> Iterable[Reason]:
    lot = lot_of(deed.trial, code)
    where = whereabouts(deed.trial, code, deed.was_before)
    if where is None or lot is None:
        yield Reason(
            "dose.unknown",
            f"No dose {code} was made.",
            "Scan the bag again; a lot is divided into doses by the cell laboratory (act divide).",
        )
        return
    for given in lot.given:
        if code in given.what.doses and deed.was_before(given):
            yield _given(deed, f"Dose {code}", given.about, given.occurred)
            return
    if where.gone is not None:
        yield Reason(
            "dose.gone",
            f"Dose {code} was {where.gone} on {spoken(where.since)}.",
            "Do not give what is in your hand. Check the code on the bag, and call the cell laboratory.",
        )


def _given(deed: Deed[Any], what: str, who: str | None, occurred: str | None) -> Reason:
    return Reason(
        "lot.dose_given",
        f"{what} was given to {who} on {spoken(occurred)}.",
        "Check lot and dose on the bag; if that entry is wrong, correct it first.",
    )


def _itself(deed: Deed[Any], given: Any) -> bool:
    return deed.itself is not None and given.id == deed.itself.id


def bags_came_first(deed: Deed[Any]) -> Iterable[Reason]:
    """Every dose came to the ward before it is checked or given there."""
    for bag in bags_of(deed):
        yield from after_the_last(deed, bag.code)


def issued_to_ward(deed: Deed[Any]) -> Iterable[Reason]:
    """Where the study asks for codes, the laboratory issued every dose, and it was not returned since."""
    if not deed.study.asks_codes:
        return
    for bag in bags_of(deed):
        where = whereabouts(deed.trial, bag.code, deed.was_before)
        if where is not None and where.gone is None and not where.issued:
            yield Reason(
                "dose.not_issued",
                f"Dose {bag.code} was not issued: by what is recorded {where.holder} ({where.place}) has it.",
                "Call the cell laboratory, which issues it for its recipient (act issue).",
            )
