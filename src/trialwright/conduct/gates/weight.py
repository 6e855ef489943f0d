"""What somebody weighs, as far as it is recorded when a deed is done."""

from decimal import Decimal
from typing import Any

from trialwright.cells.given import recorded_weight, weight_to_judge_by
from trialwright.conduct.deed import Deed
from trialwright.ledger.kinds import FactsRecorded
from trialwright.ledger.trial import Casebook


def newest_weight(deed: Deed[Any], book: Casebook | None = None) -> tuple[Decimal, str] | None:
    """The newest weight in kilograms recorded up to the deed, with its date."""
    return recorded_weight(deed.all(FactsRecorded, book), deed.when, deed.zone)


def todays_weight(deed: Deed[Any], book: Casebook | None) -> str | None:
    """The weight by which limits per kg are judged: stated with the deed or newest recorded, the lighter of both."""
    recorded = newest_weight(deed, book) if book is not None else None
    return weight_to_judge_by(getattr(deed.what, "weight_kg", None), recorded)
