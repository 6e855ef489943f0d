"""Cumulative incidence: how likely one kind of failure is, when another may come first."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.checks import check_choice, check_level
from trialwright.stats.estimate import Estimate, known, not_estimable
from trialwright.stats.intervals import Floats, transformed_limits
from trialwright.stats.risk import CENSORED, Counts, RiskTable, competing_risk_table, just_before
from trialwright.stats.survival import product_limit

IncidenceInterval = Literal["log-log", "cloglog", "log", "plain"]
INCIDENCE_INTERVALS: Final[tuple[str, ...]] = get_args(IncidenceInterval)
Variance = Literal["jackknife", "aalen"]
VARIANCES: Final[tuple[str, ...]] = get_args(Variance)


@dataclass(frozen=True, slots=True, eq=False)
class Incidence:
    """An Aalen-Johansen curve for one cause: right-continuous steps, beginning with a row at time 0.

    All arrays are (m,), one value per distinct time of `table`; NaN where a value does not exist.
    incidence     probability of having failed from `of`; event_free: of not having failed at all.
    se            standard error of the incidence, of the kind named by `variance`.
    lower, upper  limits of `interval` at `level`. While nobody has failed from `of` and nobody was censored,
                  they are the exact binomial ones, from 0 up.
    """

    table: RiskTable
    of: Hashable
    incidence: Floats
    event_free: Floats
    se: Floats
    lower: Floats
    upper: Floats
    interval: str
    variance: str
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
        """(m,) int, failures from `of` at each time."""
        return self.table.of(self.of)

    @property
    def censored(self) -> Counts:
        return self.table.censored

    def at(self, time: float) -> Estimate:
        """Probability of having failed from `of` by `time`, that very day included.

        After the end of the longest follow-up there is no estimate, unless everyone had failed by then.
        """
        at_risk = self.table.at_risk_at(time)
        if self.n == 0 or (time > self.table.last_time and self.event_free[-1] > 0.0):
            note = not_estimable(time, self.table.last_time, self.n)
            return Estimate(time, None, None, None, None, at_risk, note)
        row = self.table.row_at(time)
        lower, upper = known(self.lower[row]), known(self.upper[row])
        return Estimate(
            time, float(self.incidence[row]), known(self.se[row]), lower, upper, at_risk, self._note(row, lower)
        )

    def _note(self, row: int, lower: float | None) -> str | None:
        if self.incidence[row] > 0.0:
            return None if lower is not None else f"everyone failed from this cause: no {self.interval} interval exists"
        if lower is None:
            return f"no event yet, and some were censored: no {self.interval} interval exists"
        return "no event yet: the interval is the exact binomial one (Clopper-Pearson)"


def cumulative_incidence(
    times: ArrayLike,
    cause: ArrayLike | Sequence[Hashable],
    *,
    of: Hashable,
    level: float = 0.95,
    interval: IncidenceInterval = "log-log",
    variance: Variance = "jackknife",
    censored: Hashable = CENSORED,
) -> Incidence:
    """Probability of failing from `of` by each day, other causes competing (Aalen-Johansen).

    times     (n,) days from the start, >= 0; ties are exact, events before censorings.
    cause     (n,) what ended each person's time: any names, or `censored` where follow-up ended first.
    of        the cause of interest; it need not occur: then the incidence is 0 everywhere.
    interval  one of INCIDENCE_INTERVALS: log-log on F as R's survfit and cmprsk, cloglog on 1 - F as etm.
    variance  jackknife (R survfit; also etm's Greenwood kind) or aalen (R cmprsk, the larger of the two).
    Gives     Incidence, the same shape whatever the options.
    Raises    ValueError if lengths differ, a time is negative or a cause is empty; the message names the position.
    Source    Aalen & Johansen 1978. Agrees with R survfit, etm and cmprsk::cuminc, tests/data/reference.

    >>> round(cumulative_incidence([90, 200, 400], ["relapse", "death", CENSORED], of="relapse").at(365).estimate, 3)
    0.333
    """
    table = competing_risk_table(times, cause, censored=censored)
    return incidence_curve(table, of=of, level=level, interval=interval, variance=variance)


def incidence_curve(
    table: RiskTable,
    *,
    of: Hashable,
    level: float = 0.95,
    interval: IncidenceInterval = "log-log",
    variance: Variance = "jackknife",
) -> Incidence:
    """The Aalen-Johansen curve of one cause, of a table already counted."""
    check_level(level)
    check_choice("interval", interval, INCIDENCE_INTERVALS)
    check_choice("variance", variance, VARIANCES)
    failures = table.of(of)
    event_free, greenwood = product_limit(table.at_risk, table.events)
    before = just_before(event_free, first=1.0)
    steps = before * failures / np.maximum(table.at_risk, 1)
    incidence = np.cumsum(steps)
    alone = _until_another_cause(table, failures)
    incidence[alone] = 1.0 - event_free[alone]  # the same, but exactly 1 once everyone has failed
    kind = _jackknife_variance if variance == "jackknife" else _aalen_variance
    se = np.sqrt(kind(table, failures, before, event_free, greenwood))
    lower, upper = transformed_limits(interval, incidence, se, level)
    _fill_exact(table, incidence, lower, upper, level)
    return Incidence(table, of, incidence, event_free, se, lower, upper, interval, variance, level)


def _jackknife_variance(table: RiskTable, failures: Counts, before: Floats, after: Floats, greenwood: Floats) -> Floats:
    """Variance of the incidence from the increments' binomial variances (Greenwood's argument).

    Equal to the sum over earlier times that is usually printed, and to the infinitesimal jackknife.
    """
    n = np.maximum(table.at_risk, 1).astype(np.float64)
    share = failures / n
    steps = before * share
    own = before * steps * (1.0 - share) / n
    carried = _carried_variance(steps, own, steps / n, just_before(greenwood))
    # Until another cause strikes, the incidence is 1 - survival: Greenwood itself, exact down to 0.
    alone = _until_another_cause(table, failures)
    with np.errstate(invalid="ignore"):
        carried[alone] = np.nan_to_num(after[alone] ** 2 * greenwood[alone], nan=0.0)  # 0 × inf once nobody is left
    return carried


def _aalen_variance(table: RiskTable, failures: Counts, before: Floats, after: Floats, greenwood: Floats) -> Floats:
    """Aalen's martingale variance as R's cmprsk computes it: a correction for ties within each kind of failure."""
    n = np.maximum(table.at_risk, 1).astype(np.float64)
    others, unit = table.events - failures, (before / n) ** 2
    own = unit * failures * _tie_correction(failures, n)
    other = unit * others * _tie_correction(others, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        shared, weights = own / after, np.cumsum((own + other) / after**2)
    over = after == 0.0  # where nobody is left nothing can follow: neither is used
    shared[over], weights[over] = 0.0, 0.0
    return _carried_variance(before * failures / n, own, shared, just_before(weights))


def _until_another_cause(table: RiskTable, failures: Counts) -> slice:
    """The rows before the first failure from any other cause."""
    others = np.flatnonzero(table.events != failures)
    return slice(0, int(others[0]) if len(others) else None)


def _tie_correction(failures: Counts, n: Floats) -> Floats:
    return 1.0 - np.maximum(failures - 1, 0) / np.maximum(n - 1.0, 1.0)


def _carried_variance(steps: Floats, own: Floats, shared: Floats, weights: Floats) -> Floats:
    """Running variance of a sum of steps whose sizes depend on what happened before.

    The textbook form, a sum over i <= t of w_i (F(t) - F_i)^2 + q_i - 2 r_i (F(t) - F_i), costs m^2 and, expanded
    into prefix sums, loses digits as F(t) - F_i grows. Written as a recursion in t it needs only running sums of
    what is known just before each step: `weights` (their sum of w), and the covariance of F with log survival.
    """
    covariance = np.cumsum(steps * weights - shared)
    return np.maximum(np.cumsum(2.0 * steps * just_before(covariance) + steps**2 * weights + own), 0.0)


def _fill_exact(table: RiskTable, incidence: Floats, lower: Floats, upper: Floats, level: float) -> None:
    """Clopper-Pearson limits for 0 of n until the first censoring: so long, 0 of n is what was seen."""
    complete = np.cumsum(table.censored) == 0
    none_yet = complete & (incidence == 0.0)
    if table.n:
        lower[none_yet] = 0.0
        upper[none_yet] = 1.0 - ((1.0 - level) / 2.0) ** (1.0 / table.n)
