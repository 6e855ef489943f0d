"""Gates of the cell laboratory: where cells come from, whether a lot passed, and who says so."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.infusion import newest_weight
from trialwright.conduct.order import certainly_before, minutes_between, spoken
from trialwright.conduct.outcome import Reason
from trialwright.conduct.release_tests import judge_lot
from trialwright.conduct.roles import person_key
from trialwright.facts import parse_occurred
from trialwright.ledger.kinds import LotMade, Rejected, Released, ReleaseTested
from trialwright.ledger.trial import Lot


def collection_new(deed: Deed[Any]) -> Iterable[Reason]:
    """A collection's code is used once."""
    there = deed.trial.collections.get(deed.who or "")
    if there is not None and (deed.itself is None or there.id != deed.itself.id):
        yield Reason(
            "collection.exists",
            f"Collection {deed.who} of {spoken(there.occurred)} is recorded.",
            "Give this collection its own code, or correct that entry.",
        )


def source_known(deed: Deed[Any]) -> Iterable[Reason]:
    """Cells come from a source that the study names."""
    product = deed.study.product
    known = [source.id for source in product.sources] if product else []
    if known and deed.what.source not in known:
        yield Reason(
            "collection.unknown_source",
            f"{deed.what.source!r} is no cell source of the study. It has: {', '.join(known)}.",
            "Choose one of them.",
        )


def lot_new(deed: Deed[Any]) -> Iterable[Reason]:
    """A lot's code is used once."""
    lot = deed.lot(deed.who or "")
    for made in deed.all(LotMade, lot) if lot else ():
        yield Reason(
            "lot.exists",
            f"Lot {deed.who} was made on {spoken(made.occurred)}.",
            "Give this lot its own code, or correct that entry.",
        )


def collection_known(deed: Deed[Any]) -> Iterable[Reason]:
    """The lot is made of a collection that is recorded, and after it."""
    collection = deed.trial.collections.get(deed.what.collection)
    if collection is None:
        known = ", ".join(sorted(deed.trial.collections)) or "none yet"
        yield Reason(
            "lot.unknown_collection",
            f"No collection {deed.what.collection} is recorded. Known: {known}.",
            "Record the collection first (act collect).",
        )
    elif deed.precedes(collection):
        yield Reason(
            "lot.before_collection",
            f"Collection {deed.what.collection} is of {spoken(collection.occurred)}; the lot would be of {deed.dated}.",
            "Check both dates.",
        )


def recipient_known(deed: Deed[Any]) -> Iterable[Reason]:
    """The intended recipient has a casebook."""
    recipient = deed.what.recipient
    if recipient is not None and deed.trial.casebook(recipient) is None:
        yield Reason(
            "lot.unknown_recipient",
            f"There is no participant {recipient!r}.",
            "Check the code; the recipient consents first.",
        )


def expiry_possible(deed: Deed[Any]) -> Iterable[Reason]:
    """The lot expires after it is made, and no later than the study's hours allow."""
    expires = parse_occurred(deed.what.expires_at)
    hours = deed.study.product.expiry_hours if deed.study.product else None
    if certainly_before(expires, deed.when):
        yield Reason(
            "lot.expires_before_made",
            f"The lot is made at {deed.dated} and would expire at {spoken(deed.what.expires_at)}.",
            "Check both times.",
        )
    elif hours is not None and _more_than(deed, expires, hours):
        yield Reason(
            "lot.expiry_too_late",
            f"The study lets cells live {hours} hours; "
            f"{spoken(deed.what.expires_at)} is later than that after {deed.dated}.",
            "Give the earlier expiry.",
        )


def _more_than(deed: Deed[Any], expires: Any, hours: int) -> bool:
    minutes = minutes_between(deed.when, expires)
    if minutes is not None:
        return minutes > hours * 60
    # Only days are known: the latest possible moment of making decides.
    return bool(expires.earliest > deed.when.latest + timedelta(days=1, hours=hours))


def lot_made(deed: Deed[Any]) -> Iterable[Reason]:
    """The lot was made."""
    lot = deed.lot(deed.who or "")
    if lot is None or lot.made is None:
        yield Reason(
            "lot.unknown",
            f"No lot {deed.who} was made.",
            "Check the code; record the lot first (act make_lot).",
        )


def release_test_known(deed: Deed[Any]) -> Iterable[Reason]:
    """The test is one of the study's release tests."""
    product = deed.study.product
    known = [test.id for test in product.release_tests] if product else []
    if known and deed.what.test not in known:
        yield Reason(
            "release.unknown_test",
            f"{deed.what.test!r} is no release test of the study. It has: {', '.join(known)}.",
            "Choose one of them.",
        )


def not_rejected(deed: Deed[Any]) -> Iterable[Reason]:
    """The lot was not rejected."""
    lot = deed.lot(deed.who or "")
    for rejection in deed.standing(Rejected, lot) if lot else ():
        yield Reason(
            "lot.rejected",
            f"Lot {deed.who} was rejected on {spoken(rejection.occurred)}: {rejection.what.reason}.",
            "A rejected lot is not released. If that was recorded in error, retract it.",
        )


def not_expired(deed: Deed[Any]) -> Iterable[Reason]:
    """The cells are alive when they are let go; a full release may come after they were given."""
    lot = deed.lot(deed.who or "")
    if lot is None or lot.made is None or lot.given:
        return
    expires_at = lot.made.what.expires_at
    if certainly_before(parse_occurred(expires_at), deed.when):
        yield Reason(
            "lot.expired",
            f"Lot {deed.who} expired at {spoken(expires_at)}; the release is dated {deed.dated}.",
            "Reject it (act reject_lot).",
        )


def not_released_so(deed: Deed[Any]) -> Iterable[Reason]:
    """The lot is not released in this way already."""
    lot = deed.lot(deed.who or "")
    for release in deed.earlier(Released, lot) if lot else ():
        if release.what.how in ("full", deed.what.how) and deed.recorded_first(release):
            yield Reason(
                "release.already",
                f"Lot {deed.who} has a {release.what.how} release since {spoken(release.occurred)}.",
                "Nothing to do.",
            )


def tests_passed(deed: Deed[Any]) -> Iterable[Reason]:
    """Every release test is met; only tests that may be pending are open, and then the release is conditional."""
    lot = deed.lot(deed.who or "")
    if lot is None:
        return
    for test in judge_lot(deed.study, lot, deed.when.latest, recipient_weight(deed, lot)):
        if test.status == "not met":
            yield Reason(
                "release.failed",
                f"{test.label} ({test.rule}) of lot {lot.code} is not met: {test.found}.",
                "Reject the lot (act reject_lot); if the result is wrong, correct it.",
            )
        elif test.status == "unknown" and _known_then(deed, test.id):
            continue
        elif test.status == "unknown" and not test.may_be_pending:
            yield Reason(
                "release.unknown",
                f"{test.label} ({test.rule}) of lot {lot.code} is not known: {test.found}.",
                "Record its result first (act record_release_test).",
            )
        elif test.status == "unknown" and deed.what.how == "full":
            yield Reason(
                "release.pending",
                f"{test.label} ({test.rule}) of lot {lot.code} is pending.",
                "Release conditionally (how: conditional), or wait for the result.",
            )


def recipient_weight(deed: Deed[Any], lot: Lot) -> str | None:
    """The weight given with the release, else the recipient's newest."""
    if deed.what.weight_kg is not None:
        return str(deed.what.weight_kg)
    book = deed.trial.casebook(lot.made.what.recipient) if lot.made and lot.made.what.recipient else None
    newest = newest_weight(deed, book) if book else None
    return str(newest[0]) if newest else None


def _known_then(deed: Deed[Any], test: str) -> bool:
    """Whether the release looked at again had this test's answer: its weight is not in the entry, its answer is."""
    judged = deed.itself.what.judged if deed.itself is not None else ()
    return any(one.get("test") == test and one.get("status") == "met" for one in judged)


def another_person(deed: Deed[Any]) -> Iterable[Reason]:
    """Who releases neither made the lot nor tested it."""
    lot: Lot | None = deed.lot(deed.who or "")
    if lot is None or lot.made is None:
        return
    tests = deed.all(ReleaseTested, lot)
    hands = {person_key(lot.made.actor.id): "made it"}
    hands |= {person_key(test.actor.id): "entered a test" for test in tests}
    hands |= {person_key(test.what.analyst): f"did the test {test.what.test}" for test in tests if test.what.analyst}
    hand = hands.get(person_key(deed.actor.id))
    if hand is not None:
        yield Reason(
            "release.own_work",
            f"{deed.actor.id} {hand}; quality assurance is another person.",
            "Let somebody release it who had no hand in the lot.",
        )
