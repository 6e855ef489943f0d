"""What somebody weighs, as far as it is recorded."""

from decimal import Decimal
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.errors import FormatError
from trialwright.facts import parse_decimal, parse_occurred
from trialwright.facts.order import certainly_before, newest
from trialwright.ledger.kinds import FactsRecorded
from trialwright.ledger.trial import Casebook


def newest_weight(deed: Deed[Any], book: Casebook | None = None) -> tuple[Decimal, str] | None:
    """The newest weight in kilograms recorded up to the deed, with its date."""
    found: list[tuple[str, Decimal]] = []
    for entry in deed.all(FactsRecorded, book):
        for fact in entry.what.facts:
            if fact.get("concept") != "weight" or fact.get("unit") != "kg" or not fact.get("on"):
                continue
            try:
                if not certainly_before(deed.when, parse_occurred(str(fact["on"]))):
                    found.append((str(fact["on"]), parse_decimal(str(fact.get("value")))))
            except FormatError:
                continue  # a weight such as "<80": no number to compare with
    if not found:
        return None
    # Of two of the same moment, the one recorded later.
    on, weight = max(reversed(found), key=lambda one: newest(one[0], deed.zone))
    return weight, on


def todays_weight(deed: Deed[Any], book: Casebook | None) -> str | None:
    """The weight by which limits per kg are judged: as stated with the deed, else the newest recorded.

    Of a stated and a recorded weight the smaller: more per kilogram, so the stricter.
    """
    stated = getattr(deed.what, "weight_kg", None)
    recorded = newest_weight(deed, book) if book is not None else None
    if stated is None or recorded is None:
        return str(recorded[0]) if recorded else stated
    return str(min(parse_decimal(stated), recorded[0]))
