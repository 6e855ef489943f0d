"""What samples taken since a remission have shown: the assessments and the facts a relapse is read from."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from trialwright.conduct.deed import Deed
from trialwright.errors import FormatError
from trialwright.facts import Occurred, Quantity, parse_occurred, parse_quantity
from trialwright.facts.order import certainly_before
from trialwright.facts.units import convert, read_unit
from trialwright.ledger.kinds import FactsRecorded, ResponseAssessed

RELAPSE: Final = "relapse"
"""The category of an assessment that shows one."""


def blood_blasts_since(deed: Deed[Any], since: Occurred) -> Iterator[Occurred]:
    """Blood samples since the remission with blasts."""
    for when, what in assessments_since(deed, since):
        if what.circulating_blasts == "yes":
            yield when
    for when, fact in facts_since(deed, since):
        if fact.get("concept") == "blood_blasts" and least_percent(quantity_of(fact)) > 0:
            yield when


def assessments_since(deed: Deed[Any], since: Occurred) -> Iterator[tuple[Occurred, ResponseAssessed]]:
    """Assessments since the remission, those left out in which a person said why it is no relapse."""
    for entry in deed.all(ResponseAssessed):
        if entry.occurred and not _explained(entry.what):
            when = parse_occurred(entry.occurred)
            if certainly_before(since, when):
                yield when, entry.what


def facts_since(deed: Deed[Any], since: Occurred) -> Iterator[tuple[Occurred, dict[str, Any]]]:
    """Facts sampled since the remission; not those of a day whose assessment explains them."""
    explained = {
        entry.occurred[:10] for entry in deed.all(ResponseAssessed) if entry.occurred and _explained(entry.what)
    }
    for entry in deed.all(FactsRecorded):
        for fact in entry.what.facts:
            on = fact.get("on")
            if on and on[:10] not in explained and certainly_before(since, parse_occurred(on)):
                yield parse_occurred(on), fact


def _explained(what: ResponseAssessed) -> bool:
    return bool(what.overrides) and what.category != RELAPSE


def quantity_of(fact: dict[str, Any]) -> Quantity | None:
    """The number of a fact; None where it is none."""
    try:
        return parse_quantity(str(fact.get("value", "")), fact.get("unit"))
    except FormatError:
        return None


def least_percent(quantity: Quantity | None) -> Fraction:
    """The least per cent a quantity can mean; 0 where it is not known, which shows nothing."""
    low = quantity.interval[0] if quantity else None
    percent = read_unit("%")
    measured = percent if quantity is None or quantity.unit is None else quantity.measured_in
    value = convert(low[0], measured, percent) if low and measured and percent else None
    return value if value is not None else Fraction(0)
