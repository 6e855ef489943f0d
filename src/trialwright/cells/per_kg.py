"""From what a laboratory measures to what a person receives per kilogram: concentration, volume, weight.

A result is given per millilitre, in percent of the viable nucleated cells, as the total of the lot (unit 1), or per
kilogram as somebody else reckoned it. A result without a unit is none. All arithmetic is exact; what cannot be
reckoned is None, and unknown is never zero.
"""

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Final

from trialwright.errors import FormatError
from trialwright.facts import Quantity, parse_quantity
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import ReleaseTested

_POWER: Final = re.compile(r"10\*([0-9]{1,2})")
_DIGITS: Final = Context(prec=12)


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of a lot goes to whom: millilitres of it, of how many in all, at how many viable cells each."""

    weight_kg: Decimal | None
    volume_ml: Decimal | None
    whole_ml: Decimal | None
    viable_per_ml: Decimal | None


@dataclass(frozen=True, slots=True)
class PerKg:
    """A value per kilogram with its unit, the result's comparator kept; or what is missing to reckon it."""

    value: str | None
    unit: str
    missing: str = ""


def read_result(entry: Entry[ReleaseTested]) -> Quantity | None:
    """A result as a number with its unit; None where it is a word."""
    try:
        return parse_quantity(entry.what.value, entry.what.unit)
    except FormatError:
        return None


def per_kg(entry: Entry[ReleaseTested], amount: Amount) -> PerKg | None:
    """The result per kilogram of the recipient; None where its unit is none of a product's."""
    result = read_result(entry)
    if result is None:
        return PerKg(None, "/kg", f"{entry.what.value!r} is no number")
    if result.unit is None:
        return PerKg(None, "/kg", "the result has no unit (write /mL, %, or 1 for the total of the lot)")
    unit = result.unit.strip()
    if "[EU]" in unit:
        return PerKg(None, "/kg", "[EU] is the Ehrlich unit (write {EU} for endotoxin)")
    if unit.endswith("/kg"):
        return PerKg(f"{result.comparator}{result.number}", unit)
    total, counted, missing = _total(result.number, unit, amount)
    if total is None and not missing:
        return None
    if not missing and (amount.weight_kg is None or amount.weight_kg <= 0):
        missing = "no weight of a recipient"
    if missing or total is None or amount.weight_kg is None:
        return PerKg(None, f"{counted}/kg", missing)
    return PerKg(f"{result.comparator}{_short(total / amount.weight_kg)}", f"{counted}/kg")


def _total(number: Decimal, unit: str, amount: Amount) -> tuple[Decimal | None, str, str]:
    """All that the person receives, what is counted ("" cells, "{EU}" endotoxin), and what is missing for it."""
    if unit.endswith("/mL"):
        counted, factor = _counted(unit.removesuffix("/mL"))
        if amount.volume_ml is None:
            return None, counted, "no volume"
        return number * factor * amount.volume_ml, counted, ""
    if unit == "%":
        missing = [
            word
            for word, value in (("no volume", amount.volume_ml), ("no count of viable cells", amount.viable_per_ml))
            if value is None
        ]
        if amount.volume_ml is None or amount.viable_per_ml is None:
            return None, "", " and ".join(missing)
        return number / 100 * amount.viable_per_ml * amount.volume_ml, "", ""
    counted, factor = _counted("" if unit == "1" else unit)
    if counted not in ("", "{EU}"):
        return None, counted, ""
    return number * factor * _share(amount), counted, ""


def _share(amount: Amount) -> Decimal:
    """The part of the lot that the person receives; all of it where volumes are not known."""
    if amount.volume_ml is None or not amount.whole_ml:
        return Decimal(1)
    return amount.volume_ml / amount.whole_ml


def _counted(unit: str) -> tuple[str, Decimal]:
    power = _POWER.fullmatch(unit)
    return ("", Decimal(10) ** int(power[1])) if power else (unit, Decimal(1))


def _short(value: Decimal) -> str:
    """Twelve digits: more than any laboratory measures, few enough to print."""
    return f"{_DIGITS.plus(value).normalize():f}"
