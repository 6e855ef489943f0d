"""Making cells: collection, receipt, steps, lot, samples, tests, division, release by quality assurance, rejection."""

from dataclasses import dataclass, replace
from typing import Any

from trialwright.cells.codes import read_donation_number
from trialwright.cells.descent import doses_of
from trialwright.cells.release_tests import JudgedTest
from trialwright.conduct.act import act, minor_deviation
from trialwright.conduct.alerting import excursion, failed_after_infusion, released_against_gates
from trialwright.conduct.chains import chain_begun
from trialwright.conduct.coded import next_cell_code
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.cells import donor_agrees, lot_known
from trialwright.conduct.gates.custody import (
    AT_HAND,
    after_the_last,
    ends_not_before_start,
    enough_left,
    giver_and_taker,
    giver_has_it,
    in_date,
    limits_on_the_way,
    out_of_storage,
    outside,
    reagent_agrees,
    sample_new,
    step_known,
    temperature_said,
    volumes_add_up,
)
from trialwright.conduct.gates.donors import (
    donor_consented,
    donor_fit,
    donor_known,
    donor_not_withdrawn,
    sample_near_collection,
    source_is_donors,
)
from trialwright.conduct.gates.lots import (
    collection_at_hand,
    collection_in_laboratory,
    collection_known,
    collection_new,
    donation_new,
    donor_gives_for,
    enough_collected,
    expiry_possible,
    lot_new,
    meant_for_somebody,
    moments_said,
    no_other_donor_assigned,
    received_first,
    recipient_known,
    source_known,
    steps_done,
    use_agreed,
    volume_said,
    worked_on_with_consent,
)
from trialwright.conduct.gates.release import (
    another_person,
    judged_for_release,
    lot_made,
    made_before,
    not_expired,
    not_held,
    not_recalled,
    not_rejected,
    not_released_so,
    physician_agrees,
    reckoned_per_kg,
    release_test_known,
    result_readable,
    tests_passed,
)
from trialwright.conduct.late_results import newly_failed
from trialwright.conduct.roles import ANYONE_AT_SITE, LABORATORY
from trialwright.facts import parse_occurred
from trialwright.facts.check_character import check_character
from trialwright.facts.order import days_between
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import (
    Collected,
    Divided,
    DoseMade,
    LotMade,
    Processed,
    Received,
    Rejected,
    Released,
    ReleaseTested,
    Sampled,
)

Entries = tuple[NewEntry, ...]


@act(
    Collected,
    by=ANYONE_AT_SITE,
    subject="collection",
    coded=True,
    gates=(
        collection_new,
        source_known,
        donor_known,
        source_is_donors,
        donor_consented,
        donor_not_withdrawn,
        donor_fit,
        sample_near_collection,
        donation_new,
        ends_not_before_start,
    ),
)
def collect(deed: Deed[Collected]) -> Entries:
    """Cells are taken from a donor; the collection gets its own code, and keeps the number others gave it."""
    what = deed.what
    if what.donation_number is not None:
        number = read_donation_number(what.donation_number)
        what = replace(what, donation_number=number + check_character(number))
    return (deed.entry(what),)


@act(
    Received,
    by=LABORATORY,
    subject="collection",
    gates=(*AT_HAND, out_of_storage, after_the_last, giver_has_it, giver_and_taker, temperature_said),
)
def receive(deed: Deed[Received]) -> Entries:
    """A collection reaches the laboratory: from whom, in what state, how warm, sealed or not."""
    what = deed.what
    said = outside(limits_on_the_way(deed), what.temperature_c)
    broken = "the seal is broken" if what.seal == "broken" else None
    found = "; ".join(part for part in (said, broken) if part) or None
    return (deed.entry(what), *excursion(deed, found))


@act(
    Processed,
    by=LABORATORY,
    subject="cells",
    gates=(
        *AT_HAND,
        out_of_storage,
        after_the_last,
        step_known,
        ends_not_before_start,
        in_date,
        reagent_agrees,
        received_first,
        worked_on_with_consent,
    ),
)
def process(deed: Deed[Processed]) -> Entries:
    """One step of making the cells, with the lots of its reagents and its equipment; dated by its end."""
    said = _days_off(deed)
    beside = (minor_deviation(deed, "process.days", said),) if said else ()
    return (deed.entry(deed.what), *beside)


def _days_off(deed: Deed[Processed]) -> str | None:
    """A step that took fewer or more days than the study gives it: said beside it, never a reason to refuse."""
    steps = deed.study.product.steps if deed.study.product else ()
    step = next((one for one in steps if one.id == deed.what.step), None)
    if step is None or deed.what.started_at is None:
        return None
    fewest, most = days_between(parse_occurred(deed.what.started_at), deed.when)
    low, high = step.min_days, step.max_days
    if (low is not None and most < low) or (high is not None and fewest > high):
        return f"{step.label} took {fewest} days; the study gives {low or 0} to {high if high is not None else '...'}."
    return None


@act(
    LotMade,
    by=LABORATORY,
    subject="lot",
    coded=True,
    gates=(
        lot_new,
        collection_known,
        collection_in_laboratory,
        collection_at_hand,
        recipient_known,
        meant_for_somebody,
        volume_said,
        moments_said,
        donor_gives_for,
        no_other_donor_assigned,
        use_agreed,
        steps_done,
        enough_collected,
        expiry_possible,
    ),
)
def make_lot(deed: Deed[LotMade]) -> Entries:
    """A lot is made of a collection, for one recipient (of cord blood perhaps later), with volume and expiry."""
    book = deed.trial.casebook(deed.what.recipient) if deed.what.recipient else None
    made = deed.entry(replace(deed.what, recipient=book.code) if book else deed.what)
    collection = deed.trial.collections.get(deed.what.collection)
    return (made, *chain_begun(deed, collection.what.donor if collection else None, book.code if book else None))


@act(
    Sampled,
    by=LABORATORY,
    subject="cells",
    gates=(*AT_HAND, after_the_last, sample_new, enough_left),
)
def take_sample(deed: Deed[Sampled]) -> Entries:
    """A part is taken for tests."""
    return (deed.entry(deed.what),)


@act(
    ReleaseTested,
    by=LABORATORY,
    subject="lot",
    gates=(lot_made, release_test_known, result_readable, reckoned_per_kg, made_before),
)
def record_release_test(deed: Deed[ReleaseTested]) -> Entries:
    """A result of a release test. One that fails after the cells were given calls everybody who must look."""
    lot = deed.lot(deed.who or "")
    failed = newly_failed(deed.study, deed.trial, lot, deed.what, deed.on) if lot else None
    called = failed_after_infusion(deed, lot, f"{failed} failed") if lot and failed else ()
    return (deed.entry(deed.what), *called)


@dataclass(frozen=True, slots=True)
class Division:
    """The volume of each dose, and what is left over."""

    volumes_ml: tuple[str, ...]
    rest_ml: str | None = None


@act(
    Division,
    by=LABORATORY,
    subject="cells",
    gates=(*AT_HAND, lot_known, out_of_storage, after_the_last, volumes_add_up),
    writes=Divided,
)
def divide(deed: Deed[Division]) -> Entries:
    """A lot, or a dose, is divided into doses, each with a code of its own; the volumes add up."""
    parent = deed.trial.doses.get(deed.who or "")
    lot = deed.trial.lots.get(parent.what.lot if parent else deed.who or "")
    number = len(doses_of(deed.trial, lot)) if lot else 0
    codes = [_dose_code(deed, place) for place in range(len(deed.what.volumes_ml))]
    divided = deed.entry(Divided(tuple(codes), deed.what.rest_ml))
    doses = (
        deed.entry(
            DoseMade(lot.code if lot else deed.who or "", number + place, volume, deed.who if parent else None),
            about=code,
        )
        for place, (code, volume) in enumerate(zip(codes, deed.what.volumes_ml, strict=True), 1)
    )
    return (divided, *doses)


def _dose_code(deed: Deed[Any], place: int) -> str:
    return next_cell_code(deed.study, deed.trial, "dose", deed.site, deed.on, skip=place)


@dataclass(frozen=True, slots=True)
class Release:
    """How the lot is let go, and the recipient's weight where a test counts per kilogram."""

    how: str  # conditional | full
    weight_kg: str | None = None


@act(
    Release,
    by=LABORATORY,
    subject="lot",
    gates=(
        lot_made,
        not_rejected,
        not_recalled,
        not_held,
        donor_agrees,
        not_expired,
        not_released_so,
        tests_passed,
        another_person,
        physician_agrees,
    ),
    writes=Released,
)
def release(deed: Deed[Release]) -> Entries:
    """Quality assurance lets a lot go: fully, or with a physician while a test that may be pending is unknown."""
    lot = deed.lot(deed.who or "")
    tests = judged_for_release(deed, lot) if lot else ()
    pending = tuple(test.id for test in tests if test.status == "unknown")
    released = deed.entry(Released(deed.what.how, tuple(map(line_of, tests)), pending))
    return (released, *(released_against_gates(deed, release.reasons(deed)) if deed.told else ()))


def line_of(test: JudgedTest) -> dict[str, str]:
    """A test's answer as the entry keeps it, with the weight it was reckoned for: the infusion is compared with it."""
    line = {"test": test.id, "rule": test.rule, "status": test.status, "found": test.found}
    return line | ({"weight_kg": test.weight_kg} if test.weight_kg else {})


@act(Rejected, by=LABORATORY, subject="lot", gates=(lot_made,))
def reject_lot(deed: Deed[Rejected]) -> Entries:
    """A lot may not be given; or a late result showed this after it was given, and everybody concerned is called."""
    lot = deed.lot(deed.who or "")
    given = lot is not None and bool(lot.given)
    rejected = replace(deed.what, after_infusion=deed.what.after_infusion or given)
    called = failed_after_infusion(deed, lot, f"rejected: {deed.what.reason}") if lot and given else ()
    return (deed.entry(rejected), *called)
