"""The cells in somebody's hand: which doses an act is about, of which lot, and how much of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from trialwright.cells.codes import read_label
from trialwright.cells.descent import lot_of
from trialwright.cells.volumes import left_of
from trialwright.conduct.deed import Deed
from trialwright.errors import FormatError
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import DoseMade
from trialwright.ledger.trial import Lot


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
