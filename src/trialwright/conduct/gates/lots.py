"""Gates of making a lot: where its cells come from, for whom it is, what was done, and how long it lives."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from trialwright.cells.codes import read_donation_number
from trialwright.cells.descent import assigned_to, assignment_of
from trialwright.cells.volumes import left_of
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.custody import out_of_storage, still_there
from trialwright.conduct.gates.donors import cells_not_withdrawn, new_chain_agreed
from trialwright.conduct.outcome import Reason
from trialwright.facts import LocalTime, parse_decimal, parse_occurred
from trialwright.facts.order import certainly_before, minutes_between, spoken
from trialwright.ledger.kinds import LotMade, Processed, Received


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
        yield Reason(
            "lot.unknown_collection",
            f"No collection {deed.what.collection} is recorded.",
            "Read the code again; record the collection first (act collect).",
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


def meant_for_somebody(deed: Deed[Any]) -> Iterable[Reason]:
    """A lot is made for its recipient, unless its source lets it wait for one."""
    product, collection = deed.study.product, deed.trial.collections.get(deed.what.collection)
    if product is None or not deed.study.asks_codes or deed.what.recipient is not None or collection is None:
        return
    source = next((one for one in product.sources if one.id == collection.what.source), None)
    if source is None or not source.recipient_later:
        yield Reason(
            "lot.for_nobody",
            f"A lot of {collection.what.source} is made for its recipient, and none is named.",
            "Name the recipient (recipient).",
        )


def donor_gives_for(deed: Deed[Any]) -> Iterable[Reason]:
    """A donor who is assigned to somebody gives for that person."""
    collection = deed.trial.collections.get(deed.what.collection)
    book = deed.trial.casebook(deed.what.recipient) if deed.what.recipient else None
    if collection is None or book is None:
        return
    people = assigned_to(deed.trial, collection.what.donor, deed.in_place)
    if people and book.code not in people:
        yield Reason(
            "lot.donor_of_another",
            f"The donor of collection {deed.what.collection} is assigned to {', '.join(people)}, not to {book.code}.",
            "Check collection and recipient; a change of donor is recorded first (act assign_donor).",
        )


def collection_in_laboratory(deed: Deed[Any]) -> Iterable[Reason]:
    """Where the study asks for codes, the collection was received before anything is made of it."""
    collection = deed.trial.others.get(deed.what.collection)
    if not deed.study.asks_codes or collection is None:
        return
    if not deed.earlier(Received, collection):
        yield Reason(
            "lot.not_received",
            f"Collection {deed.what.collection} was not received in the laboratory.",
            "Record how it came (act receive).",
        )


def collection_at_hand(deed: Deed[Any]) -> Iterable[Reason]:
    """What a lot is made of is there, and was taken out of storage."""
    yield from still_there(deed, deed.what.collection)
    yield from out_of_storage(deed, deed.what.collection)


def steps_done(deed: Deed[Any]) -> Iterable[Reason]:
    """Every step that the study needs was done."""
    steps = deed.study.product.steps if deed.study.product else ()
    collection = deed.trial.others.get(deed.what.collection)
    done = {entry.what.step for entry in deed.earlier(Processed, collection)} if collection else set()
    for step in steps:
        if collection is not None and step.needed and step.id not in done:
            yield Reason(
                "lot.step_missing",
                f"{step.label} of collection {deed.what.collection} is not recorded.",
                "Record the step (act process).",
            )


def enough_collected(deed: Deed[Any]) -> Iterable[Reason]:
    """No more is taken of a collection than is left of it."""
    left, taken = left_of(deed.trial, deed.what.collection, deed.was_before), deed.what.taken_ml
    if left is not None and taken is not None and parse_decimal(taken) > left:
        yield Reason(
            "lot.more_than_collected",
            f"{taken} mL were to be taken of {deed.what.collection}; {left:f} mL are left.",
            "Check the volume.",
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


def donation_new(deed: Deed[Any]) -> Iterable[Reason]:
    """A donation number given by others names one collection."""
    if deed.what.donation_number is None:
        return
    number = read_donation_number(deed.what.donation_number)
    for code, there in deed.trial.collections.items():
        known = there.what.donation_number
        if known and read_donation_number(known) == number and (deed.itself is None or there.id != deed.itself.id):
            yield Reason(
                "collection.same_donation",
                f"Donation {number} is recorded as collection {code}.",
                "Read the number again; one donation is collected once.",
            )


def use_agreed(deed: Deed[Any]) -> Iterable[Reason]:
    """The donor has not taken back consent before conditioning."""
    collection = deed.trial.collections.get(deed.what.collection)
    if collection is not None:
        yield from cells_not_withdrawn(deed, collection.what.donor, deed.what.recipient)
        yield from new_chain_agreed(deed, collection.what.donor, deed.what.recipient)


def no_other_donor_assigned(deed: Deed[Any]) -> Iterable[Reason]:
    """The recipient has no other donor: a change of donor is a decision of its own."""
    collection = deed.trial.collections.get(deed.what.collection)
    book = deed.trial.casebook(deed.what.recipient) if deed.what.recipient else None
    if collection is None or book is None:
        return
    now = assignment_of(deed.trial, book.code, deed.in_place)
    if now is not None and now.what.donor != collection.what.donor:
        yield Reason(
            "lot.other_donor",
            f"{book.code} has been assigned a donor since {spoken(now.occurred)}, and collection "
            f"{deed.what.collection} is of another.",
            "Check the collection; a change of donor is recorded first (act assign_donor).",
        )


def received_first(deed: Deed[Any]) -> Iterable[Reason]:
    """Nothing is done to a collection that the laboratory has not taken in, where the study asks for codes."""
    collection = deed.trial.others.get(deed.who or "") if deed.who in deed.trial.collections else None
    if collection is None or not deed.study.asks_codes or deed.earlier(Received, collection):
        return
    yield Reason(
        "cells.not_received",
        f"Collection {deed.who} was not received in the laboratory before {deed.dated}.",
        "Record how it came first (act receive).",
    )


def worked_on_with_consent(deed: Deed[Any]) -> Iterable[Reason]:
    """Cells whose donor has left before anybody was conditioned for them are worked on no more."""
    collection = deed.trial.collections.get(deed.who or "")
    if collection is not None:
        chain = next(iter(assigned_to(deed.trial, collection.what.donor, deed.in_place)), None)
        yield from cells_not_withdrawn(deed, collection.what.donor, chain)


def volume_said(deed: Deed[Any]) -> Iterable[Reason]:
    """Where every bag is accounted for, the lot's volume is known."""
    if deed.study.asks_codes and deed.what.volume_ml is None:
        yield Reason("lot.no_volume", f"The volume of lot {deed.who} is not given.", "Measure it (volume_ml).")


def moments_said(deed: Deed[Any]) -> Iterable[Reason]:
    """Cells live for hours: when they were made and until when they live carries the hour."""
    if not deed.study.asks_codes:
        return
    expires = parse_occurred(deed.what.expires_at)
    if not (isinstance(deed.when, LocalTime) and isinstance(expires, LocalTime)):
        yield Reason(
            "lot.no_time",
            f"Lot {deed.who} is made at {deed.dated} and expires at {spoken(deed.what.expires_at)}: the hour of one "
            "is missing.",
            "Give both with date and time.",
        )
