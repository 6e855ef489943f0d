"""Blood counts that do not come back: neutrophils still low after the day set, in a marrow empty of leukaemia."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from trialwright.criteria.compare import compared
from trialwright.facts import FALSE, TRUE, UNKNOWN, Occurred, PartialDate, Truth, convert, read_unit
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.laboratory.measured import Measured, measured
from trialwright.safety.moments import in_order
from trialwright.study.safety import Recovery

NEAR = timedelta(days=14)
"""A marrow, or a count that is not low, so long before the day set still tells how it was then."""
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
    counts = [one for one in measured(trial, book, NEUTROPHILS) if began.earliest <= one.on.earliest <= on]
    answers = [(one, below(one, rule.neutrophils_below)) for one in counts]
    if _recovered([one for one in answers if one[0].on.latest <= day], infused, day):
        return
    later = [one for one in answers if one[0].on.earliest > day]
    low, answer = next(((one, low) for one, low in later if low is not UNKNOWN), (None, UNKNOWN))
    if low is None:
        limit = f"{rule.neutrophils_below.normalize():f} x 10^9/L"
        said = f"whether neutrophils have come back to {limit} after {day} is not known"
        yield Delay(PartialDate.of(day + timedelta(days=1)), said, False)
    elif answer is TRUE:
        yield from _in_marrow(rule, trial, book, low, day, on)


def _recovered(until: Sequence[tuple[Measured, Truth]], infused: Occurred, day: date) -> bool:
    """Whether the last count up to the day shows that neutrophils had come back.

    It is not low, was taken after the infusion, and follows a low one or lies near the day: a count before the fall
    is no recovery.
    """
    if not until or until[-1][1] is not FALSE or until[-1][0].on.earliest < infused.earliest:
        return False
    return until[-1][0].on.earliest >= day - NEAR or any(low is TRUE for _, low in until)


def _in_marrow(rule: Recovery, trial: Trial, book: Casebook, low: Measured, day: date, on: date) -> Iterator[Delay]:
    said = f"neutrophils {low.quantity} on {low.on}, after {day}"
    answers = tuple(_marrow(rule, trial, book, day, on))
    if any(answer is TRUE for answer in answers):
        yield Delay(low.on, f"{said}, in a marrow without leukaemia and nearly without cells", True)
    elif all(answer is UNKNOWN for answer in answers):
        yield Delay(low.on, f"{said}: blasts and cellularity of the marrow are not both known", False)


def _marrow(rule: Recovery, trial: Trial, book: Casebook, day: date, on: date) -> Iterator[Truth]:
    """Whether the marrow was empty, after each value found near the day or later: a relapse since undoes nothing."""
    limits = {BLASTS: rule.blasts_below_percent, CELLULARITY: rule.cellularity_below_percent}
    rows = [one for concept in limits for one in measured(trial, book, concept) if day - NEAR <= one.on.earliest <= on]
    now = dict.fromkeys(limits, UNKNOWN)
    for one in sorted(rows, key=lambda row: (*in_order(row.on), row.entry.order)):
        now[one.concept] = below(one, limits[one.concept])
        if FALSE in now.values():
            yield FALSE
        else:
            yield TRUE if all(answer is TRUE for answer in now.values()) else UNKNOWN


def below(value: Measured, limit: Decimal) -> Truth:
    """Whether the value lies below a limit in its concept's own unit; UNKNOWN where its unit does not fit."""
    unit, wanted = value.quantity.measured_in, read_unit(UNITS[value.concept])
    here = convert(Fraction(limit), wanted, unit) if unit and wanted else None
    return UNKNOWN if here is None else compared(value.quantity.interval, "<", here)
