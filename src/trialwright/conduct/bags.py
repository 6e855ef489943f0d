"""The cells in somebody's hand: which doses an act is about, of which lot, and how much of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from trialwright.cells.codes import read_label
from trialwright.cells.descent import lot_of
from trialwright.cells.release_tests import Portion
from trialwright.cells.volumes import left_of
from trialwright.conduct.deed import Deed
from trialwright.errors import FormatError
from trialwright.facts import parse_decimal
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import DoseMade, Infused, InfusionEnded
from trialwright.ledger.trial import Casebook, Lot, Trial


@dataclass(frozen=True, slots=True)
class Bag:
    """A dose that an act names: its code, and the entry that made it, if there is one."""

    code: str
    made: Entry[DoseMade] | None


def bags_of(deed: Deed[Any]) -> tuple[Bag, ...]:
    """The doses that the deed names by code: infused, issued, checked or returned."""
    return tuple(Bag(code, deed.trial.doses.get(code)) for code in _codes(deed))


def _codes(deed: Deed[Any]) -> Iterable[str]:
    if deed.who and deed.who.startswith("B-"):
        return (deed.who,)
    scanned = getattr(deed.what, "dose_label", None)
    if scanned is not None:
        try:
            code = read_label(scanned)[0]
        except FormatError:
            return ()
        return (code,) if code.startswith("B-") else ()
    doses = getattr(deed.what, "doses", ())
    return doses if isinstance(doses, tuple) else ()


def lot_in_hand(deed: Deed[Any]) -> Lot | None:
    """The lot that the deed is about: named, or that of its first dose."""
    if deed.who and deed.who[:2] in ("L-", "B-"):
        return lot_of(deed.trial, deed.who)
    bags = bags_of(deed)
    if bags:
        return lot_of(deed.trial, bags[0].code)
    named = getattr(deed.what, "lot", None)
    return deed.lot(named) if named else None


def cells_named(deed: Deed[Any]) -> str:
    """How a sentence names the cells in hand."""
    bags = bags_of(deed)
    if bags:
        return ", ".join(bag.code for bag in bags)
    return getattr(deed.what, "lot", None) or deed.who or "no cells"


def volume_in_hand(deed: Deed[Any]) -> Decimal | None:
    """Millilitres left in all doses named; None where no dose is named by code."""
    bags = bags_of(deed)
    if not bags or any(bag.made is None for bag in bags):
        return None
    return sum((left_of(deed.trial, bag.code, deed.was_before) or Decimal(0) for bag in bags), Decimal(0))


def volume_given(trial: Trial, book: Casebook, given: Entry[Infused]) -> Decimal | None:
    """What was given of an infusion: as said at its end, else what was in its doses; None where neither is known."""
    ends = [end for end in book.all(InfusionEnded) if end.what.infusion == given.what.infusion]
    if ends:
        return parse_decimal(ends[-1].what.volume_ml)
    if given.what.volume_ml is not None:
        return parse_decimal(given.what.volume_ml)
    doses = [trial.doses.get(code) for code in given.what.doses]
    if not doses or any(dose is None for dose in doses):
        return None
    held = (left_of(trial, code, lambda entry: entry.order < given.order) for code in given.what.doses)
    return sum((one or Decimal(0) for one in held), Decimal(0))


def portions_given(deed: Deed[Any], book: Casebook) -> tuple[Portion, ...]:
    """What the person received before this deed, each infusion at its own weight."""
    found = []
    for given in deed.earlier(Infused, book):
        lot = deed.lot(given.what.lot)
        if lot is not None and deed.was_before(given):
            found.append(Portion(lot, volume_given(deed.trial, book, given), given.what.weight_kg))
    return tuple(found)
