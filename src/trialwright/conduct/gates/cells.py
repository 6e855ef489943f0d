"""Gates about cells: where a lot comes from, whether it passed, and for whom it is."""

from collections.abc import Iterable
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.order import certainly_before, spoken
from trialwright.conduct.outcome import Reason
from trialwright.conduct.release_tests import judge_lot
from trialwright.facts import parse_occurred
from trialwright.ledger.kinds import Rejected, Released
from trialwright.ledger.trial import Casebook, Lot


def lot_known(deed: Deed[Any]) -> Iterable[Reason]:
    """The lot named by the deed was made."""
    lot = deed.lot(deed.what.lot)
    if lot is None or lot.made is None:
        known = ", ".join(sorted(deed.trial.lots)) or "none yet"
        yield Reason(
            "lot.unknown",
            f"No lot {deed.what.lot} was made. Known lots: {known}.",
            "Scan the bag again; if the lot exists, the cell laboratory records it (act make_lot).",
        )


def lot_released(deed: Deed[Any]) -> Iterable[Reason]:
    """Quality assurance let the lot go before the infusion, and has not taken it back."""
    lot = deed.lot(deed.what.lot)
    if lot is None or lot.made is None:
        return
    for rejection in deed.standing(Rejected, lot):
        if not rejection.what.after_infusion:
            yield Reason(
                "lot.rejected",
                f"Lot {lot.code} was rejected on {spoken(rejection.occurred)}: {rejection.what.reason}.",
                "Do not give it. Return it to the cell laboratory.",
            )
            return
    if not deed.earlier(Released, lot):
        yield Reason(
            "lot.not_released",
            f"Lot {lot.code} is not released{_released_later(deed, lot)}.",
            "Wait for the cell laboratory's release (act release).",
        )


def lot_not_failed(deed: Deed[Any]) -> Iterable[Reason]:
    """No release test of the lot is failed on what is known when the cells are given, reckoned for today's weight."""
    lot = deed.lot(deed.what.lot)
    if lot is None or lot.made is None:
        return
    for test in judge_lot(deed.study, lot, deed.when.latest, deed.what.weight_kg):
        if test.status == "not met":
            yield Reason(
                "lot.failed_test",
                f"{test.label} ({test.rule}) of lot {lot.code} is not met: {test.found}.",
                "Do not give it. Call the cell laboratory, which rejects the lot or corrects the result.",
            )


def _released_later(deed: Deed[Any], lot: Lot) -> str:
    later = deed.all(Released, lot)
    return f"; its release is dated {spoken(later[0].occurred)}, after {deed.dated}" if later else ""


def lot_for_recipient(deed: Deed[Any]) -> Iterable[Reason]:
    """The lot was made for this person, or for nobody in particular."""
    lot = deed.lot(deed.what.lot)
    if lot is None or lot.made is None or lot.made.what.recipient is None:
        return
    recipient = lot.made.what.recipient
    if recipient not in (deed.who, str(deed.book.number)):
        yield Reason(
            "lot.wrong_recipient",
            f"Lot {lot.code} was made for {_named(deed, recipient)}, not for {deed.number}.",
            "Stop. Check the wristband and the bag, and call the cell laboratory.",
        )


def _named(deed: Deed[Any], recipient: str) -> str:
    book: Casebook | None = deed.trial.casebook(recipient)
    return f"{book.code} (participant {book.number})" if book and book.number else recipient


def lot_not_expired(deed: Deed[Any]) -> Iterable[Reason]:
    """The cells are alive at the moment the infusion starts."""
    lot = deed.lot(deed.what.lot)
    if lot is None or lot.made is None:
        return
    expires_at = lot.made.what.expires_at
    if certainly_before(parse_occurred(expires_at), deed.when):
        yield Reason(
            "lot.expired",
            f"Lot {lot.code} expired at {spoken(expires_at)}; the infusion would start at {deed.dated}.",
            "Do not give it. Return it to the cell laboratory.",
        )


def dose_there(deed: Deed[Any]) -> Iterable[Reason]:
    """The lot has the dose, and nobody received it yet."""
    lot = deed.lot(deed.what.lot)
    if lot is None or lot.made is None:
        return
    if deed.what.dose > lot.made.what.doses:
        yield Reason(
            "lot.no_such_dose",
            f"Lot {lot.code} was divided into {lot.made.what.doses} dose(s); dose {deed.what.dose} was asked for.",
            "Read the dose's number off the bag.",
        )
    for given in lot.given:
        if given.what.dose == deed.what.dose and deed.recorded_first(given):
            yield Reason(
                "lot.dose_given",
                f"Dose {deed.what.dose} of lot {lot.code} was given to {given.about} on {spoken(given.occurred)}.",
                "Check lot and dose on the bag; if that entry is wrong, correct it first.",
            )
