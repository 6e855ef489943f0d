"""Confidence limits that stay honest for fifteen people: exact binomial, beta product, and their rivals.

The functions of one proportion take counts. Those of a curve take a `RiskTable` with its survival and give (lower,
upper) along it; each is defined at 0 and at 1 too, or NaN there where its author left it undefined.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv, chdtri

from trialwright.stats.checks import check_level
from trialwright.stats.estimate import Interval
from trialwright.stats.intervals import Floats, Limits, log, normal_quantile, plain
from trialwright.stats.risk import RiskTable

_HALVINGS: Final = 200  # of an interval: more than the digits of a double


def clopper_pearson(successes: int, n: int, *, level: float = 0.95) -> Interval:
    """Exact binomial limits for `successes` of `n` (Clopper & Pearson 1934).

    >>> round(clopper_pearson(0, 15).upper, 4)
    0.218
    """
    _check_counts(successes, n, level)
    tail = (1.0 - level) / 2.0
    lower = float(betaincinv(successes, n - successes + 1, tail)) if successes else 0.0
    upper = float(betaincinv(successes + 1, n - successes, 1.0 - tail)) if successes < n else 1.0
    return Interval(lower, upper)


def wilson(successes: int, n: int, *, level: float = 0.95) -> Interval:
    """Score limits for `successes` of `n` (Wilson 1927): near the level on average, not at least it."""
    _check_counts(successes, n, level)
    lower, upper = _wilson(np.array([successes / n]), np.array([float(n)]), normal_quantile(level))
    return Interval(float(lower[0]), float(upper[0]))


def beta_product(table: RiskTable, survival: Floats, greenwood: Floats, level: float) -> Limits:
    """BPCP by the method of moments (Fay, Brittain & Proschan, Biostatistics 2013;14:723).

    Equals Clopper-Pearson while nobody is censored, exists at 0 and at 1, and covers at 15 participants
    where the asymptotic limits do not. The lower limit always looks one further failure ahead.
    """
    tail = (1.0 - level) / 2.0
    (a_low, b_low), (a_high, b_high) = _beta_products(table)
    return _beta_quantile(a_low, b_low, tail), _beta_quantile(a_high, b_high, 1.0 - tail)


def beta_product_midp(table: RiskTable, survival: Floats, greenwood: Floats, level: float) -> Limits:
    """The mid-P version of BPCP (Fay & Brittain 2016): shorter, near the level on average, not at least it.

    A limit is a quantile of the even mixture of the two beta variables from which BPCP takes its two limits.
    """
    tail = (1.0 - level) / 2.0
    low, high = _beta_products(table)

    def mixture(x: Floats) -> Floats:
        return 0.5 * _beta_share(*low, x) + 0.5 * _beta_share(*high, x)

    nothing, all_ = np.zeros(len(survival)), np.ones(len(survival))
    return (
        _bisect(lambda x: mixture(x) < tail, nothing, all_),
        _bisect(lambda x: mixture(x) < 1.0 - tail, nothing, all_),
    )


def borkowf(table: RiskTable, survival: Floats, greenwood: Floats, level: float) -> Limits:
    """On log survival with Borkowf's hybrid variance (Stat Med 2005;24:827): wider than Greenwood's in the tail."""
    inside = np.where((survival > 0.0) & (survival < 1.0), survival, np.nan)
    return log(inside, np.sqrt(_hybrid_variance(table, survival, shrunk=False)), normal_quantile(level))


def borkowf_shrunk(table: RiskTable, survival: Floats, greenwood: Floats, level: float) -> Limits:
    """Borkowf's limits with survival drawn towards one half by half a person, so that they exist at 0 and 1 too."""
    drawn = survival * (1.0 - 1.0 / table.n) + 0.5 / table.n
    return log(drawn, np.sqrt(_hybrid_variance(table, survival, shrunk=True)), normal_quantile(level))


def rothman(table: RiskTable, survival: Floats, greenwood: Floats, level: float) -> Limits:
    """Wilson's limits with the number of people that would give Greenwood's variance without censoring."""
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = (1.0 - survival) / (survival * greenwood)
        return _wilson(survival, effective, normal_quantile(level))


def peto(table: RiskTable, survival: Floats, greenwood: Floats, level: float) -> Limits:
    """Plain limits with Peto's variance S^2 (1 - S) / n', n' at risk at the last time anyone left, as km.ci has it."""
    inside = (survival > 0.0) & (survival < 1.0)
    se = np.where(inside, survival * np.sqrt((1.0 - survival) / np.maximum(table.at_risk, 1)), np.nan)
    return plain(survival, se, normal_quantile(level))


def thomas_grunkemeier(table: RiskTable, survival: Floats, greenwood: Floats, level: float) -> Limits:
    """Likelihood ratio limits (Thomas & Grunkemeier 1975). Costs m^2: for small trials."""
    lower, upper = np.full(len(survival), np.nan), np.full(len(survival), np.nan)
    limit = float(chdtri(1, 1.0 - level))
    died = table.events > 0
    for row in np.flatnonzero((survival > 0.0) & (survival < 1.0)):
        rows = np.flatnonzero(died[: row + 1])
        n, d = table.at_risk[rows].astype(np.float64), table.events[rows].astype(np.float64)
        lower[row], upper[row] = _likelihood_limits(n, d, limit)
    return lower, upper


SMALL_SAMPLE: Final[dict[str, Callable[[RiskTable, Floats, Floats, float], Limits]]] = {
    "bpcp": beta_product,
    "bpcp-midp": beta_product_midp,
    "borkowf": borkowf,
    "borkowf-shrunk": borkowf_shrunk,
    "thomas-grunkemeier": thomas_grunkemeier,
    "rothman": rothman,
    "peto": peto,
}


def small_sample_limits(kind: str, table: RiskTable, survival: Floats, greenwood: Floats, level: float) -> Limits:
    """The limits of one kind along a whole curve; NaN throughout if there is nobody."""
    if table.n == 0:
        nothing = np.full(len(survival), np.nan)
        return nothing, nothing.copy()
    return SMALL_SAMPLE[kind](table, survival, greenwood, level)


def _check_counts(successes: int, n: int, level: float) -> None:
    check_level(level)
    if not 0 <= successes <= n or n < 1:
        raise ValueError(f"{successes} of {n}: expected a count between 0 and n, and n at least 1")


def _wilson(p: Floats, n: Floats, z: float) -> Limits:
    middle = p + z**2 / (2.0 * n)
    reach = z * np.sqrt(p * (1.0 - p) / n + z**2 / (4.0 * n**2))
    shrink = 1.0 + z**2 / n
    return (middle - reach) / shrink, (middle + reach) / shrink


def _beta_products(table: RiskTable) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Parameters of the two betas with the moments of the products: below survival (lower limit), above (upper)."""
    n, d = table.at_risk.astype(np.float64), table.events.astype(np.float64)
    first = np.cumprod(np.where(d > 0, (n - d + 1.0) / (n + 1.0), 1.0), dtype=np.float64)
    ratio = (n - d + 1.0) * (n - d + 2.0) / ((n + 1.0) * (n + 2.0))
    second = np.cumprod(np.where(d > 0, ratio, 1.0), dtype=np.float64)
    after = n - d - table.censored
    ahead = _matched(first * after / (after + 1.0), second * after / (after + 2.0))
    return ahead, _matched(first, second)


def _matched(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """The beta with these two moments; (0, 1) stands for a certain 0, (1, 0) for a certain 1."""
    inside = (first > 0.0) & (first < 1.0)
    scale = (first - second) / np.where(inside, second - first**2, 1.0)
    return np.where(inside, scale * first, first), np.where(inside, scale * (1.0 - first), 1.0 - first)


def _beta_quantile(a: Floats, b: Floats, share: float) -> Floats:
    certain = (a == 0.0) | (b == 0.0)
    safe_a, safe_b = np.where(certain, 1.0, a), np.where(certain, 1.0, b)
    return np.where(certain, a, betaincinv(safe_a, safe_b, share))


def _beta_share(a: Floats, b: Floats, x: Floats) -> Floats:
    certain = (a == 0.0) | (b == 0.0)
    safe_a, safe_b = np.where(certain, 1.0, a), np.where(certain, 1.0, b)
    return np.where(certain, (x >= a).astype(np.float64), betainc(safe_a, safe_b, x))


def _hybrid_variance(table: RiskTable, survival: Floats, *, shrunk: bool) -> Floats:
    n = float(table.n)
    most = 1.0 - np.cumsum(table.events) / n  # survival if every one censored had been seen to live on
    weight = np.where(survival >= 0.5, survival, np.where(most >= 0.5, 0.5, most))
    if shrunk:
        weight = weight * (1.0 - 1.0 / n) + 0.5 / n
    with np.errstate(divide="ignore", invalid="ignore"):
        return weight * (1.0 - weight) / (n - np.cumsum(table.censored))


def _likelihood_limits(n: Floats, d: Floats, limit: float) -> tuple[float, float]:
    """Survival at the two multipliers where minus twice the log likelihood ratio reaches the limit."""
    staying = n - d

    def within(multiplier: float) -> bool:
        ratio = np.sum(staying * np.log1p(multiplier / staying) - n * np.log1p(multiplier / n))
        return bool(-2.0 * ratio < limit)

    def edge(inside: float, outside: float) -> float:
        for _ in range(_HALVINGS):
            middle = (inside + outside) / 2.0
            inside, outside = (middle, outside) if within(middle) else (inside, middle)
        return float(np.prod((staying + inside) / (n + inside)))

    far = 1.0
    while within(far):
        far *= 2.0
    return edge(0.0, -float(staying.min())), edge(0.0, far)


def _bisect(below: Callable[[Floats], NDArray[np.bool_]], low: Floats, high: Floats) -> Floats:
    """Where a rising function stops being below its mark, in every row at once."""
    for _ in range(_HALVINGS // 2):
        middle = (low + high) / 2.0
        under = below(middle)
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return np.asarray((low + high) / 2.0)
