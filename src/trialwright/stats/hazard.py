"""Cumulative hazard: events seen against time at risk, and against what a historical control would have seen."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincinv, ndtr, pdtr

from trialwright.stats.checks import check_level, checked_events, checked_times
from trialwright.stats.estimate import Estimate, known, not_estimable
from trialwright.stats.intervals import Floats, normal_quantile
from trialwright.stats.risk import RiskTable, risk_table

CumulativeHazardOf = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Hazard:
    """A Nelson-Aalen curve: the sum of events over those at risk, up to and including each time.

    hazard, se, lower, upper are (m,), one value per distinct time of `table`; the limits (on log hazard) are NaN
    before the first event.
    """

    table: RiskTable
    hazard: Floats
    se: Floats
    lower: Floats
    upper: Floats
    level: float

    def at(self, time: float) -> Estimate:
        """The cumulative hazard at a time; there is none after the end of the longest follow-up."""
        table, at_risk = self.table, self.table.at_risk_at(time)
        if table.n == 0 or time > table.last_time:
            return Estimate(time, None, None, None, None, at_risk, not_estimable(time, table.last_time, table.n))
        row = table.row_at(time)
        lower, upper = known(self.lower[row]), known(self.upper[row])
        note = "no event yet: an interval does not exist" if lower is None else None
        return Estimate(time, float(self.hazard[row]), float(self.se[row]), lower, upper, at_risk, note)


@dataclass(frozen=True, slots=True)
class OneSampleLogrank:
    """Events seen against events expected of a historical control; a negative z is fewer than expected.

    ratio          observed / expected (the standardised mortality ratio), with its exact Poisson limits.
    z, p           (O - E) / sqrt(E), one-sided p: the chance of so few; conservative in small trials.
    z_mid, p_mid   Wu's (O - E) / sqrt((O + E) / 2).
    p_exact        P(Poisson(E) <= O).
    The control's curve is taken as known: where it was itself estimated, all three p are too small.
    """

    observed: int
    expected: float
    ratio: float
    lower: float
    upper: float
    z: float
    p: float
    z_mid: float
    p_mid: float
    p_exact: float


def nelson_aalen(times: ArrayLike, event: ArrayLike, *, level: float = 0.95) -> Hazard:
    """Cumulative hazard by each day (Nelson-Aalen), with its Poisson standard error.

    times  (n,) days from the start, >= 0.   event  (n,) bool, or 0 and 1.
    Source Nelson 1972, Aalen 1978. Agrees with R survfit's cumhaz and std.chaz, tests/data/reference.

    >>> nelson_aalen([20, 90, 400, 800], [True, False, True, False]).at(400).estimate
    0.75
    """
    check_level(level)
    table = risk_table(times, event)
    at_risk = np.maximum(table.at_risk, 1)
    hazard = np.cumsum(table.events / at_risk)
    se = np.sqrt(np.cumsum(table.events / at_risk.astype(np.float64) ** 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.exp(normal_quantile(level) * se / hazard)
    lower, upper = np.where(hazard > 0, hazard / factor, np.nan), np.where(hazard > 0, hazard * factor, np.nan)
    return Hazard(table, hazard, se, lower, upper, level)


def exponential_control(survival: float, *, at: float) -> CumulativeHazardOf:
    """The cumulative hazard of a control with a constant hazard and this survival at one time.

    >>> round(float(exponential_control(0.5, at=365)(np.array([730.0]))[0]), 6)
    1.386294
    """
    if not (0.0 < survival < 1.0 and at > 0.0):
        raise ValueError(f"survival {survival} at {at}: expected a share between 0 and 1, at a time after 0")
    rate = -np.log(survival) / at
    return lambda times: rate * times


def one_sample_logrank(
    times: ArrayLike, event: ArrayLike, *, control: CumulativeHazardOf, level: float = 0.95
) -> OneSampleLogrank:
    """Events seen against those expected had each participant had the control's hazard for as long as followed.

    control  cumulative hazard of the control at an array of times: `exponential_control`, or a published curve.
    Raises   ValueError if nothing can be expected: there is nobody, or the control never has the event.
    Source   Breslow 1975; Wu 2014. Formula values in tests/data/reference/hand15.json.
    """
    check_level(level)
    checked = checked_times(times)
    observed = int(checked_events(event, len(checked)).sum())
    expected = float(np.sum(control(checked.astype(np.float64))))
    if not expected > 0.0:
        raise ValueError(f"expected events are {expected}: nobody was followed, or the control never has the event")
    tail = (1.0 - level) / 2.0
    lower = float(gammaincinv(observed, tail)) if observed else 0.0
    z, z_mid = (observed - expected) / np.sqrt([expected, (observed + expected) / 2.0])
    return OneSampleLogrank(
        observed=observed,
        expected=expected,
        ratio=observed / expected,
        lower=lower / expected,
        upper=float(gammaincinv(observed + 1, 1.0 - tail)) / expected,
        z=float(z),
        p=float(ndtr(z)),
        z_mid=float(z_mid),
        p_mid=float(ndtr(z_mid)),
        p_exact=float(pdtr(observed, expected)),
    )
