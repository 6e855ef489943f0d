"""Numbers: believable, and with their unit."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from trialwright.conduct.review.finding import Finding, found
from trialwright.conduct.review.plausible import implausible, limits_of
from trialwright.criteria import Library
from trialwright.errors import FormatError
from trialwright.facts import Quantity, parse_quantity
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import FactsRecorded
from trialwright.ledger.trial import Casebook, Trial
from trialwright.study import library_of
from trialwright.study.model import Study

NO_UNIT: Final = ("1", None, "")


def values(study: Study, trial: Trial, book: Casebook) -> Iterator[Finding]:
    """Numbers that nobody believes without asking, and numbers whose unit was left out."""
    units, library = _units(study), library_of(study.eligibility)
    for entry in book.all(FactsRecorded):
        for place, fact in enumerate(entry.what.facts, 1):
            if "concept" in fact and "value" in fact and not fact.get("entered_in_error"):
                yield from _value(trial, book, entry, place, fact, units, library)


def _value(
    trial: Trial,
    book: Casebook,
    entry: Entry[FactsRecorded],
    place: int,
    fact: dict[str, Any],
    units: Mapping[str, str],
    library: Library,
) -> Iterator[Finding]:
    concept, field = str(fact["concept"]), f"#{place}"
    quantity = _quantity(str(fact["value"]), fact.get("unit") or None)
    if quantity is None:
        return
    shown = f"{concept} {quantity}" + (f" of {fact['on']}" if fact.get("on") else "")
    saw = (concept, fact["value"], fact.get("unit"))
    if quantity.unit is None and units.get(concept) not in NO_UNIT:
        text = f"{shown} has no unit; the form asks for {units[concept]}. In which unit was it measured?"
        yield found(trial, book, "value.no_unit", text, entry, saw=saw, field=field, visit=entry.what.visit)
        return
    limits = limits_of(concept, library)
    if limits is not None and implausible(quantity, limits):
        text = f"{shown} lies outside {limits}. Is the number right, and its unit?"
        yield found(trial, book, "value.implausible", text, entry, saw=saw, field=field, visit=entry.what.visit)


@lru_cache(maxsize=16384)
def _quantity(value: str, unit: str | None) -> Quantity | None:
    """The number; None where the value is a word. Read once: the same few thousand come on every page."""
    if not any(letter.isdigit() for letter in value):
        return None
    try:
        return parse_quantity(value, unit)
    except FormatError:
        return None


@lru_cache(maxsize=8)
def _units(study: Study) -> Mapping[str, str]:
    """Concept -> the unit in which the study's forms ask for it."""
    items = (item for form in study.forms for item in form.items)
    return {item.concept: item.unit for item in items if item.concept and item.unit}
