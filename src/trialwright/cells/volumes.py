"""How much is there: what was made, less what was taken for samples, doses and the bin. Millilitres."""

from decimal import Decimal

from trialwright.cells.descent import parts_of
from trialwright.cells.seen import Seen, everything
from trialwright.facts import parse_decimal
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import Collected, Discarded, Divided, DoseMade, LotMade, Sampled, What
from trialwright.ledger.trial import Trial

ZERO = Decimal(0)


def volume_of(trial: Trial, code: str) -> Decimal | None:
    """What a collection, lot or dose measured when it came to be; None where nobody said."""
    made = _made(trial, code)
    match made.what if made else None:
        case Collected(volume_ml=ml) | LotMade(volume_ml=ml) | DoseMade(volume_ml=ml):
            return parse_decimal(ml) if ml is not None else None
    return None


def left_of(trial: Trial, code: str, seen: Seen = everything) -> Decimal | None:
    """What is left of it now; None where its volume was never said, or where all of it was discarded: then 0."""
    whole, chapter = volume_of(trial, code), trial.chapter(code)
    if whole is None or chapter is None:
        return None
    gone = ZERO
    for sample in chapter.all(Sampled):
        gone += parse_decimal(sample.what.volume_ml) if seen(sample) else ZERO
    for entry in chapter.all(Divided):
        gone += parse_decimal(entry.what.rest_ml) if seen(entry) and entry.what.rest_ml else ZERO
    for part in parts_of(trial, code, seen):
        gone += parse_decimal(part.what.volume_ml)
    for lot in trial.lots.values():
        made = lot.made
        if made and made.what.collection == code and made.what.taken_ml and seen(made):
            gone += parse_decimal(made.what.taken_ml)
    for discard in chapter.all(Discarded):
        if seen(discard):
            if discard.what.volume_ml is None:
                return ZERO
            gone += parse_decimal(discard.what.volume_ml)
    return whole - gone


def _made(trial: Trial, code: str) -> Entry[What] | None:
    """The entry by which it came to be."""
    if code in trial.collections:
        return trial.collections[code]
    if code in trial.doses:
        return trial.doses[code]
    lot = trial.lots.get(code)
    return lot.made if lot else None
