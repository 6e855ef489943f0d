"""What waits about cells: alerts, results after a release, lots that expire, donors, and the way to an infusion."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from trialwright.cells.alerts import all_open_alerts
from trialwright.cells.custody import whereabouts
from trialwright.cells.descent import assigned_to, collection_of, recipient_of
from trialwright.cells.plan import Due, PlanStep, anything_left, doses_left, plan_of
from trialwright.conduct.due.item import Asked, DueItem, DueKind, DueState
from trialwright.facts import LocalTime, parse_occurred
from trialwright.facts.order import spoken
from trialwright.ledger.kinds import DonorJudged, DonorWithdrew, ReleaseTested, Sampled
from trialwright.ledger.trial import Casebook, Lot
from trialwright.study.product import ReleaseTest

ACT_OF_MILESTONE: Final[Mapping[str, str]] = {
    "donor_consented": "record_donor_consent",
    "donor_tested": "decide_donor_eligibility",
    "donor_eligible": "decide_donor_eligibility",
    "collected": "collect",
    "making": "process",
    "made": "make_lot",
    "released": "release",
    "infused": "infuse",
}
"""Milestone of a participant's cells -> the act that reaches it."""
UNDECIDED: Final = ("not started", "incomplete")


def of_cells(asked: Asked) -> Iterator[DueItem]:
    """Everything that waits about alerts, lots, donors and the cells of those who wait for them."""
    yield from _alerts(asked)
    for lot in asked.trial.lots.values():
        yield from _results(asked, lot)
        yield from _expiry(asked, lot)
    for donor in asked.trial.donors.values():
        yield from _donor(asked, donor)
    for book in asked.trial.casebooks.values():
        plan = plan_of(asked.study, asked.trial, book, asked.on)
        for step in plan.steps if plan else ():
            if step.due in (Due.OPEN, Due.LATE, Due.IMPOSSIBLE):
                yield _milestone(asked, book, step)


def _alerts(asked: Asked) -> Iterator[DueItem]:
    for alert in all_open_alerts(asked.trial):
        holds = " The cells are held back until then." if alert.what.holds else ""
        about = alert.about or ""
        says = f"{about}, {spoken(alert.occurred)}: {alert.what.what}. {alert.what.asks}{holds}"
        yield asked.item(
            DueKind.ALERT,
            alert.id,
            says,
            "answer_alert",
            book=asked.trial.chapter(about),
            who=about,
            words={"alert": alert.id},
            deadline=parse_occurred(alert.occurred).latest if alert.occurred else None,
        )


# --- results that come after the release ------------------------------------------------------------------------------


def _results(asked: Asked, lot: Lot) -> Iterator[DueItem]:
    """Tests that may be pending at the release, and of which no result is there."""
    if lot.made is None or lot.rejection is not None:
        return
    known = {entry.what.test for entry in lot.all(ReleaseTested)}
    tests = asked.study.product.release_tests if asked.study.product else ()
    for test in tests:
        if test.may_be_pending and test.id not in known and (lot.release is not None or lot.given):
            yield _result(asked, lot, test)


def _result(asked: Asked, lot: Lot, test: ReleaseTest) -> DueItem:
    sampled = _sampled(asked, lot, test)
    due = sampled + timedelta(days=test.takes_days) if sampled and test.takes_days is not None else None
    when = f"sampled on {sampled}" if sampled else "no day of sampling is recorded"
    by = f", day {test.takes_days} is {due}" if due else ""
    whose = f" (given to {', '.join(dict.fromkeys(one.about or '' for one in lot.given))})" if lot.given else ""
    says = f"{test.label} of lot {lot.code}{whose}: no result yet; {when}{by}."
    words = {"test": test.id}
    return asked.item(
        DueKind.RELEASE, test.id, says, "record_release_test", book=lot, words=words, first=due, deadline=due
    )


def _sampled(asked: Asked, lot: Lot, test: ReleaseTest) -> date | None:
    """When the test's sample was taken: of the lot or its collection; else when the lot was made."""
    taken = collection_of(asked.trial, lot)
    of_collection = asked.trial.others.get(taken.about or "") if taken else None
    chapters = [lot, *([of_collection] if of_collection else [])]
    samples = [one for chapter in chapters for one in chapter.all(Sampled) if test.id in one.what.tests]
    moments = [*(one.occurred for one in samples), lot.made.occurred if lot.made else None]
    return next((parse_occurred(on).latest for on in moments if on), None)


# --- lots that expire -------------------------------------------------------------------------------------------------


def _expiry(asked: Asked, lot: Lot) -> Iterator[DueItem]:
    """Cells that are somewhere: until when they may be given, and once they expired, that they are to be discarded."""
    if lot.made is None or not anything_left(asked.trial, lot):
        return
    expires = parse_occurred(lot.made.what.expires_at)
    deadline = expires if isinstance(expires, LocalTime) else expires.latest
    whose = f" for {who}" if (who := recipient_of(lot)) else ""
    over = deadline.instant < asked.at.instant if isinstance(deadline, LocalTime) else deadline < asked.on
    doses = [dose.about or "" for dose in doses_left(asked.trial, lot)] or [lot.code]
    for code in doses:
        where = whereabouts(asked.trial, code)
        place = f", {where.place}" if where and where.place else ""
        if over or lot.rejection is not None:
            why = f"expired at {spoken(lot.made.what.expires_at)}" if over else "is rejected"
            says = f"{code}{place}: lot {lot.code} {why}. Discard it before a witness."
            state = DueState.OVERDUE if over else DueState.WAITING
            yield asked.item(DueKind.EXPIRY, f"discard {code}", says, "discard", book=lot, who=code, state=state)
        elif who:
            says = f"{code}{whose}{place}: expires at {spoken(lot.made.what.expires_at)}."
            yield asked.item(DueKind.EXPIRY, f"give {code}", says, "infuse", book=lot, who=who, deadline=deadline)


# --- donors, and the way to an infusion -------------------------------------------------------------------------------


def _donor(asked: Asked, donor: Casebook) -> Iterator[DueItem]:
    """A donor who gives for somebody, and of whom results or the decision are outstanding."""
    waiting = assigned_to(asked.trial, donor.code)
    judged, left = donor.last(DonorJudged), donor.last(DonorWithdrew)
    eligibility = judged.what.eligibility if judged else "not started"
    if not waiting or eligibility not in UNDECIDED or left is not None:
        return
    open_ = [name for name, result in judged.what.tests.items() if result in ("unknown", "pending")] if judged else []
    named = f": {', '.join(open_)} outstanding" if open_ else ""
    says = f"Whether donor {donor.code} is fit to give is {eligibility}{named}."
    yield asked.item(DueKind.DONOR, "eligibility", says, "decide_donor_eligibility", book=donor)


def _milestone(asked: Asked, book: Casebook, step: PlanStep) -> DueItem:
    one = step.milestone
    state = DueState.TODAY if step.due is Due.OPEN else DueState.OVERDUE
    act = ACT_OF_MILESTONE.get(one.id, "infuse")
    says = f"Cells for {book.code}: {one.says}"
    return asked.item(
        DueKind.CELLS,
        one.id,
        says,
        act,
        book=book,
        who=_done_about(book, act),
        first=one.first,
        deadline=one.last,
        state=state if one.last is not None else None,
    )


def _done_about(book: Casebook, act: str) -> str | None:
    """The participant, where the act is about one; cells and donors have codes that the list does not know."""
    return book.code if act == "infuse" else None
