"""Blood counts that do not come back: neutrophils still low after the day set, in a marrow empty of leukaemia."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from trialwright.criteria.compare import compared
from trialwright.facts import FALSE, TRUE, UNKNOWN, Occurred, PartialDate, Truth, convert, read_unit
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.laboratory.measured import Measured, measured
from trialwright.study.safety import Recovery

MARROW_DAYS = timedelta(days=14)
"""A marrow so long before the day set still tells whether it was empty then."""
NEUTROPHILS, BLASTS, CELLULARITY = "anc", "marrow_blasts", "marrow_cellularity"
UNITS = {NEUTROPHILS: "10*9/L", BLASTS: "%", CELLULARITY: "%"}


@dataclass(frozen=True, slots=True)
class Delay:
    """Counts that failed to recover: since when; `counts` is False where it cannot be told yet."""

    on: Occurred
    sentence: str
    counts: bool


def recovery_delays(
    rule: Recovery, trial: Trial, book: Casebook, began: Occurred, infused: Occurred, on: date
) -> Iterator[Delay]:
    """How counts failed to recover by a day, or what is missing to tell; nothing where they had recovered.

    began    the first day of the chemotherapy cycle before the first infusion, from which the rule's days count
    infused  that infusion: an earlier count says nothing about recovery
    """
    day = began.latest + timedelta(days=rule.after_day)
    if on <= day:
        return
    counts = [one for one in measured(trial, book, NEUTROPHILS) if infused.earliest <= one.on.earliest <= on]
    before = [one for one in counts if one.on.latest <= day]
    later = [one for one in counts if one.on.earliest > day]
    if before and below(before[-1], rule.neutrophils_below) is FALSE:
        return
    limit = f"{rule.neutrophils_below.normalize():f} x 10^9/L"
    low = below(later[0], rule.neutrophils_below) if later else UNKNOWN
    if low is UNKNOWN:
        said = f"whether neutrophils have come back to {limit} after {day} is not known"
        yield Delay(PartialDate.of(day + timedelta(days=1)), said, False)
    elif low is TRUE:
        yield from _in_marrow(rule, trial, book, later[0], day, on)


def _in_marrow(rule: Recovery, trial: Trial, book: Casebook, low: Measured, day: date, on: date) -> Iterator[Delay]:
    limits = ((BLASTS, rule.blasts_below_percent), (CELLULARITY, rule.cellularity_below_percent))
    empty = [_marrow_below(trial, book, concept, limit, day, on) for concept, limit in limits]
    said = f"neutrophils {low.quantity} on {low.on}, after {day}"
    if all(answer is TRUE for answer in empty):
        yield Delay(low.on, f"{said}, in a marrow without leukaemia and nearly without cells", True)
    elif not any(answer is FALSE for answer in empty):
        yield Delay(low.on, f"{said}: blasts and cellularity of the marrow are not both known", False)


def _marrow_below(trial: Trial, book: Casebook, concept: str, limit: Decimal, day: date, on: date) -> Truth:
    """Whether the newest marrow near the day was below a limit."""
    rows = [one for one in measured(trial, book, concept) if day - MARROW_DAYS <= one.on.earliest <= on]
    return below(rows[-1], limit) if rows else UNKNOWN


def below(value: Measured, limit: Decimal) -> Truth:
    """Whether the value lies below a limit in its concept's own unit; UNKNOWN where its unit does not fit."""
    unit, wanted = value.quantity.measured_in, read_unit(UNITS[value.concept])
    here = convert(Fraction(limit), wanted, unit) if unit and wanted else None
    return UNKNOWN if here is None else compared(value.quantity.interval, "<", here)
