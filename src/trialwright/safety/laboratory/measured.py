"""Every number that was measured of a person, with where it is written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trialwright.criteria import Observation
from trialwright.criteria.facts_file import read_fact
from trialwright.errors import FormatError
from trialwright.facts import Occurred, Quantity, parse_decimal, parse_occurred
from trialwright.facts.quantities import Range
from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.kinds import FactsRecorded, ResponseAssessed
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.events import first_id
from trialwright.safety.moments import in_order

OF_RESPONSE = (("blasts_percent", "marrow_blasts", "%"), ("anc", "anc", "10*9/L"), ("platelets", "platelets", "10*9/L"))
"""What a disease assessment holds besides its category: field, concept, unit."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One value: its id is the entry's first id and its place there (a7f#2), which a correction keeps."""

    id: str
    concept: str
    quantity: Quantity
    on: Occurred
    entry: AnyEntry
    visit: str | None = None

    @property
    def range(self) -> Range | None:
        """The laboratory's own range, where it was given with the value."""
        return self.quantity.range


def measured(trial: Trial, book: Casebook, concept: str | None = None) -> tuple[Measured, ...]:
    """The numbers measured of a person, by the day of the sample; of one concept, where it is named."""
    every = book.kept("measured", lambda: _sorted(_all(trial, book)))
    return every if concept is None else tuple(one for one in every if one.concept == concept)


def _sorted(found: Iterable[Measured]) -> tuple[Measured, ...]:
    return tuple(sorted(found, key=lambda one: (*in_order(one.on), one.entry.order)))


def concept_named(trial: Trial, book: Casebook, id: str) -> str | None:
    """Of which concept the value of an id is; None if the casebook holds none in force under it."""
    first, _, place = id.rpartition("#")
    for entry in book.all(FactsRecorded):
        if first_id(trial, entry.id) == first:
            named = [fact.get("concept") for at, fact in enumerate(entry.what.facts, 1) if str(at) == place]
            return next(iter(named), None)
    known = any(first_id(trial, entry.id) == first for entry in book.all(ResponseAssessed))
    return next((concept for name, concept, _ in OF_RESPONSE if known and name == place), None)


def _all(trial: Trial, book: Casebook) -> Iterator[Measured]:
    for entry in book.all(FactsRecorded):
        for place, fact in enumerate(entry.what.facts, 1):
            if "concept" not in fact or "code" in fact:
                continue
            try:
                read = read_fact(fact)
            except FormatError:
                continue  # told as a fact in question elsewhere; here there is no number to look at
            if isinstance(read, Observation) and isinstance(read.value, Quantity) and not read.entered_in_error:
                id = f"{first_id(trial, entry.id)}#{place}"
                yield Measured(id, read.concept, read.value, read.on, entry, entry.what.visit)
    for assessed in book.all(ResponseAssessed):
        for name, concept, unit in OF_RESPONSE:
            typed = getattr(assessed.what, name)
            if typed is not None and assessed.occurred:
                try:
                    quantity = Quantity(parse_decimal(typed), unit)
                except FormatError:
                    continue
                id = f"{first_id(trial, assessed.id)}#{name}"
                yield Measured(id, concept, quantity, parse_occurred(assessed.occurred), assessed)
