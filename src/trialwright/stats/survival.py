"""Kaplan-Meier and what is read off it: a probability at a day, a median, a mean up to a horizon."""

from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.checks import check_choice, check_level
from trialwright.stats.estimate import Estimate, Quantile, RestrictedMean, known, not_estimable
from trialwright.stats.intervals import Floats, normal_quantile, transformed_limits
from trialwright.stats.risk import Counts, RiskTable, risk_table
from trialwright.stats.small_sample import SMALL_SAMPLE, small_sample_limits

SurvivalInterval = Literal[
    "log-log",
    "log",
    "plain",
    "logit",
    "arcsin",
    "bpcp",
    "bpcp-midp",
    "borkowf",
    "borkowf-shrunk",
    "thomas-grunkemeier",
    "rothman",
    "peto",
]
SURVIVAL_INTERVALS: Final[tuple[str, ...]] = get_args(SurvivalInterval)

# Two survival probabilities closer than this are the same: R's tolerance for a curve that runs exactly at one half.
_SAME: Final = float(np.sqrt(np.finfo(np.float64).eps))


@dataclass(frozen=True, slots=True, eq=False)
class Survival:
    """A Kaplan-Meier curve: right-continuous steps, beginning with a row at time 0.

    All arrays are (m,), one value per distinct time of `table`; NaN where a value does not exist.
    se            Greenwood's standard error of the survival; NaN once survival is 0.
    lower, upper  limits of `interval` at `level`.
    """

    table: RiskTable
    survival: Floats
    se: Floats
    lower: Floats
    upper: Floats
    interval: str
    level: float

    @property
    def n(self) -> int:
        return self.table.n

    @property
    def times(self) -> Floats:
        return self.table.times

    @property
    def at_risk(self) -> Counts:
        return self.table.at_risk

    @property
    def events(self) -> Counts:
        return self.table.events

    @property
    def censored(self) -> Counts:
        return self.table.censored

    def at(self, time: float) -> Estimate:
        """Probability of still being event-free after `time`: an event on that very day has happened.

        After the end of the longest follow-up there is no estimate, unless the curve has reached 0.
        """
        at_risk = self.table.at_risk_at(time)
        if self.n == 0 or (time > self.table.last_time and self.survival[-1] > 0.0):
            reason = not_estimable(time, self.table.last_time, self.n)
            return Estimate(time, None, None, None, None, at_risk, reason)
        row = self.table.row_at(time)
        lower, upper = known(self.lower[row]), known(self.upper[row])
        note = None
        if lower is None:
            happened = "no event yet" if self.survival[row] > 0.0 else "every one at risk had the event"
            note = f"{happened}: a {self.interval} interval does not exist; a beta product interval (bpcp) does"
        return Estimate(time, float(self.survival[row]), known(self.se[row]), lower, upper, at_risk, note)

    def quantile(self, probability: float) -> Quantile:
        """Time by which this share has had the event; limits are where the band's edges cross the same height.

        A curve that runs flat exactly at that height gives the middle of the flat (as R's quantile.survfit).
        """
        if not 0.0 < probability < 1.0:
            raise ValueError(f"probability is {probability}: expected a share between 0 and 1, such as 0.5")
        edges = (self.survival, self.lower, self.upper)
        estimate, lower, upper = (known(_crossing(self.times, edge, 1.0 - probability)) for edge in edges)
        note = None
        if estimate is None:
            note = "not reached: fewer than this share are estimated to have had the event" if self.n else "nobody"
        return Quantile(probability, estimate, lower, upper, note)

    @property
    def median(self) -> Quantile:
        return self.quantile(0.5)


def kaplan_meier(
    times: ArrayLike, event: ArrayLike, *, level: float = 0.95, interval: SurvivalInterval = "log-log"
) -> Survival:
    """Probability of being event-free by each day (Kaplan-Meier), with Greenwood's error and an interval.

    times     (n,) days from the start, >= 0; ties are exact, events before censorings.
    event     (n,) bool, or 0 and 1; False where follow-up ended first.
    interval  one of SURVIVAL_INTERVALS.
    Gives     Survival, the same shape whatever the interval; with nobody in it, every estimate is None.
    Raises    ValueError if lengths differ or a time is negative or missing; the message names the position.
    Source    Kaplan & Meier 1958; Greenwood 1926. Agrees with R survival::survfit, tests/data/reference.

    >>> kaplan_meier([20, 90, 400, 800], [True, False, True, False]).at(365).estimate
    0.75
    """
    return survival_curve(risk_table(times, event), level=level, interval=interval)


def survival_curve(table: RiskTable, *, level: float = 0.95, interval: SurvivalInterval = "log-log") -> Survival:
    """The Kaplan-Meier curve of a table already counted; failures of all causes are events."""
    check_level(level)
    check_choice("interval", interval, SURVIVAL_INTERVALS)
    survival, greenwood = product_limit(table.at_risk, table.events)
    with np.errstate(invalid="ignore"):
        se = survival * np.sqrt(greenwood)  # 0 × inf: once everyone has had the event no error is known
    if interval in SMALL_SAMPLE:
        lower, upper = small_sample_limits(interval, table, survival, greenwood, level)
    else:
        lower, upper = transformed_limits(interval, survival, se, level)
    return Survival(table, survival, se, lower, upper, interval, level)


def reverse_kaplan_meier(
    times: ArrayLike, event: ArrayLike, *, level: float = 0.95, interval: SurvivalInterval = "log-log"
) -> Survival:
    """How long people would have been followed had nobody had the event: its median is the median follow-up.

    The roles of event and censoring are exchanged, and with them who leaves first on a shared day: events still
    come before censorings, so nobody who died that day is at risk of being censored. Swapping the marks and calling
    `kaplan_meier` gets that wrong. In the table behind the curve, `at_risk` is counted after that day's events.
    Source Schemper & Smith 1996. Agrees with R prodlim(reverse=TRUE), tests/data/reference.

    >>> reverse_kaplan_meier([20, 90, 400, 800], [True, False, True, False]).median.estimate
    800.0
    """
    table = risk_table(times, event)
    swapped = replace(
        table, at_risk=table.at_risk - table.events, failures=table.censored[np.newaxis], censored=table.events
    )
    return survival_curve(swapped, level=level, interval=interval)


def product_limit(at_risk: Counts, events: Counts) -> tuple[Floats, Floats]:
    """Survival after each time, and Greenwood's sum (the variance of log survival; inf once survival is 0)."""
    n, staying = np.maximum(at_risk, 1).astype(np.float64), (at_risk - events).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        kept, terms = staying / n, events / (n * staying)
    empty = at_risk == 0  # in a reversed table, a time when all still there had the event
    kept[empty], terms[empty] = 1.0, 0.0
    return np.cumprod(kept, dtype=np.float64), np.cumsum(terms)


def restricted_mean(curve: Survival, until: float) -> RestrictedMean:
    """Mean event-free time up to a horizon, with its standard error and a plain interval.

    None, with a note, if the horizon lies after the end of follow-up and the curve has not reached 0.
    """
    table = curve.table
    if not until > 0.0:
        raise ValueError(f"until is {until}: expected a time after 0")
    if curve.n == 0 or (until > table.last_time and curve.survival[-1] > 0.0):
        return RestrictedMean(until, None, None, None, None, not_estimable(until, table.last_time, curve.n))
    rows = table.row_at(until) + 1
    areas = curve.survival[:rows] * np.diff(np.append(curve.times[:rows], until))
    after = np.cumsum(areas[::-1])[::-1]
    events, at_risk = curve.events[:rows], curve.at_risk[:rows]
    counted = (events > 0) & (events < at_risk)  # where all at risk fail no area is left, and nothing to add
    d, n = events[counted], at_risk[counted].astype(np.float64)
    estimate, se = float(after[0]), float(np.sqrt(np.sum(after[counted] ** 2 * d / (n * (n - d)))))
    reach = normal_quantile(curve.level) * se
    return RestrictedMean(until, estimate, se, max(estimate - reach, 0.0), min(estimate + reach, until))


def _crossing(times: Floats, edge: Floats, height: float) -> float:
    """The first time an edge is down to a height; the middle of a flat that runs exactly there; NaN if never."""
    down = np.flatnonzero(edge <= height + _SAME)
    if not len(down):
        return float("nan")
    first = int(down[0])
    if edge[first] < height - _SAME:
        return float(times[first])
    below = np.flatnonzero(edge < height - _SAME)
    if len(below):
        return float(times[first] + times[below[0]]) / 2.0
    return float(times[first] + times[-1]) / 2.0 if edge[-1] == edge[-1] else float("nan")
