"""Making cells: collection, lot, release tests, release by quality assurance, rejection."""

from dataclasses import dataclass, replace

from trialwright.conduct.act import act
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.release import (
    another_person,
    collection_known,
    collection_new,
    expiry_possible,
    lot_made,
    lot_new,
    not_expired,
    not_rejected,
    not_released_so,
    recipient_known,
    recipient_weight,
    release_test_known,
    source_known,
    tests_passed,
)
from trialwright.conduct.release_tests import JudgedTest, judge_lot
from trialwright.conduct.roles import LABORATORY
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import Collected, LotMade, Rejected, Released, ReleaseTested

Entries = tuple[NewEntry, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """How the lot is let go, and the recipient's weight where a test counts per kilogram."""

    how: str  # conditional | full
    weight_kg: str | None = None


@act(Collected, by=LABORATORY, subject="collection", gates=(collection_new, source_known))
def collect(deed: Deed[Collected]) -> Entries:
    """Cells are taken from a donor; the collection gets its own code."""
    return (deed.entry(deed.what),)


@act(
    LotMade,
    by=LABORATORY,
    subject="lot",
    gates=(lot_new, collection_known, recipient_known, expiry_possible),
)
def make_lot(deed: Deed[LotMade]) -> Entries:
    """A lot is made of a collection, for one recipient, with its number of doses and its expiry."""
    book = deed.trial.casebook(deed.what.recipient) if deed.what.recipient else None
    return (deed.entry(replace(deed.what, recipient=book.code) if book else deed.what),)


@act(ReleaseTested, by=LABORATORY, subject="lot", gates=(lot_made, release_test_known))
def record_release_test(deed: Deed[ReleaseTested]) -> Entries:
    """A result of a release test, also when it comes after the cells were given."""
    return (deed.entry(deed.what),)


@act(
    Release,
    by=LABORATORY,
    subject="lot",
    gates=(lot_made, not_rejected, not_expired, not_released_so, tests_passed, another_person),
    writes=Released,
)
def release(deed: Deed[Release]) -> Entries:
    """Quality assurance lets a lot go: fully, or conditionally while a test that may be pending is unknown."""
    lot = deed.lot(deed.who or "")
    tests = judge_lot(deed.study, lot, deed.when.latest, recipient_weight(deed, lot)) if lot else ()
    pending = tuple(test.id for test in tests if test.status == "unknown")
    return (deed.entry(Released(deed.what.how, tuple(_line(test) for test in tests), pending)),)


def _line(test: JudgedTest) -> dict[str, str]:
    """A test's answer as the entry keeps it, with the weight it was reckoned for: the infusion is compared with it."""
    line = {"test": test.id, "rule": test.rule, "status": test.status, "found": test.found}
    return line | ({"weight_kg": test.weight_kg} if test.weight_kg else {})


@act(Rejected, by=LABORATORY, subject="lot", gates=(lot_made,))
def reject_lot(deed: Deed[Rejected]) -> Entries:
    """A lot may not be given; or a late result showed this after it was given."""
    lot = deed.lot(deed.who or "")
    given = lot is not None and bool(lot.given)
    return (deed.entry(replace(deed.what, after_infusion=deed.what.after_infusion or given)),)
