"""Keeping cells: storage, hand-overs, labels, discarding, recall."""

from dataclasses import dataclass

from trialwright.cells.custody import whereabouts
from trialwright.cells.descent import doses_of
from trialwright.cells.labels import labels_printed, valid_label
from trialwright.conduct.act import act
from trialwright.conduct.alerting import excursion, recalled
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.custody import (
    AT_HAND,
    after_the_last,
    enough_left,
    giver_and_taker,
    giver_has_it,
    in_that_storage,
    limits_on_the_way,
    made,
    out_of_storage,
    outside,
    place_known,
    still_there,
    temperature_said,
)
from trialwright.conduct.gates.issuing import before_a_witness
from trialwright.conduct.gates.labels import label_there, reprint_explained, something_to_label
from trialwright.conduct.gates.release import lot_made, not_recalled
from trialwright.conduct.roles import ANYONE_AT_SITE, LABORATORY
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import (
    Discarded,
    HandedOver,
    LabelPrinted,
    LabelVoided,
    Recalled,
    Stored,
    TakenOut,
)

Entries = tuple[NewEntry, ...]


@act(
    Stored,
    by=LABORATORY,
    subject="cells",
    gates=(*AT_HAND, out_of_storage, after_the_last, place_known),
)
def put_in_storage(deed: Deed[Stored]) -> Entries:
    """Cells are put into a place of storage."""
    storage = deed.study.product.storage if deed.study.product else ()
    limits = next((place.temperatures for place in storage if place.id == deed.what.place), None)
    return (deed.entry(deed.what), *excursion(deed, outside(limits, deed.what.temperature_c)))


@act(TakenOut, by=LABORATORY, subject="cells", gates=(*AT_HAND, in_that_storage, after_the_last))
def take_out_of_storage(deed: Deed[TakenOut]) -> Entries:
    """Cells are taken out of storage, by the person who acts."""
    return (deed.entry(deed.what),)


@act(
    HandedOver,
    by=ANYONE_AT_SITE,
    subject="cells",
    gates=(made, still_there, out_of_storage, after_the_last, giver_has_it, giver_and_taker, temperature_said),
)
def hand_over(deed: Deed[HandedOver]) -> Entries:
    """Cells go from one person to another, with what the logger showed on the way."""
    what = deed.what
    said = outside(limits_on_the_way(deed), what.lowest_c, what.highest_c)
    broken = "the seal is broken" if what.seal == "broken" else None
    found = "; ".join(part for part in (said, broken) if part) or None
    return (deed.entry(what), *excursion(deed, found))


@dataclass(frozen=True, slots=True)
class Printing:
    """Why a label is printed."""

    reason: str = "first"  # first | reprint | new recipient | new content


@act(
    Printing,
    by=ANYONE_AT_SITE,
    subject="labelled",
    gates=(something_to_label, reprint_explained),
    writes=LabelPrinted,
)
def print_label(deed: Deed[Printing]) -> Entries:
    """A label is printed for cells, or a wristband for a participant; the label before it is void from then on."""
    code = deed.who or ""
    return (*void_labels(deed, (code,), deed.what.reason), _printed(deed, code))


def _printed(deed: Deed[Printing], code: str) -> NewEntry:
    return deed.entry(LabelPrinted(labels_printed(deed.trial, code) + 1, deed.what.reason))


def void_labels(deed: Deed[object], codes: tuple[str, ...], reason: str) -> Entries:
    """What makes the labels now valid of these codes void."""
    valid = [(code, label) for code in codes if (label := valid_label(deed.trial, code)) is not None]
    return tuple(deed.entry(LabelVoided(label, reason), about=code) for code, label in valid)


@act(LabelVoided, by=ANYONE_AT_SITE, subject="labelled", gates=(something_to_label, label_there))
def void_label(deed: Deed[LabelVoided]) -> Entries:
    """A label is lost, torn or wrong: it is valid no more."""
    return (deed.entry(deed.what),)


@dataclass(frozen=True, slots=True)
class Discarding:
    """Why cells are destroyed, and how much of them; everything that is left, if nothing is said."""

    reason: str
    volume_ml: str | None = None


@act(
    Discarding,
    by=ANYONE_AT_SITE,
    subject="cells",
    two_person=True,
    gates=(*AT_HAND, after_the_last, enough_left, before_a_witness),
    writes=Discarded,
)
def discard(deed: Deed[Discarding]) -> Entries:
    """Cells are destroyed before a witness."""
    witness = deed.second.id if deed.second else "nobody"
    return (deed.entry(Discarded(deed.what.reason, witness, deed.what.volume_ml)),)


@act(Recalled, by=LABORATORY, subject="lot", gates=(lot_made, not_recalled))
def recall(deed: Deed[Recalled]) -> Entries:
    """A lot is called back: what is left is not given, and whoever has it or received it is called."""
    lot = deed.lot(deed.who or "")
    if lot is None:
        return (deed.entry(deed.what),)
    out = [
        dose.about or ""
        for dose in doses_of(deed.trial, lot)
        if (where := whereabouts(deed.trial, dose.about or "")) and where.issued and where.gone is None
    ]
    return (deed.entry(deed.what), *recalled(deed, lot, out, deed.what.reason))
