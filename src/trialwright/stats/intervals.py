"""Confidence limits from a standard error: the usual transformations, for survival and for incidence.

Every function takes arrays and gives (lower, upper); where the estimate is 0 or 1 no such interval exists: NaN.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
Limits = tuple[Floats, Floats]


def normal_quantile(level: float) -> float:
    """z with `level` of the standard normal between -z and z: 1.959964 for 0.95."""
    return float(ndtri(0.5 + level / 2))


def plain(p: Floats, se: Floats, z: float) -> Limits:
    """p ± z se, kept within 0 and 1."""
    return np.maximum(p - z * se, 0.0), np.minimum(p + z * se, 1.0)


def log(p: Floats, se: Floats, z: float) -> Limits:
    """On log p, the upper limit kept to 1: what R's survfit prints unless told otherwise."""
    factor = np.exp(z * se / p)
    return p / factor, np.minimum(p * factor, 1.0)


def log_log(p: Floats, se: Floats, z: float) -> Limits:
    """On log(-log p) (Kalbfleisch & Prentice): the convention of this house."""
    depth = np.log(p)
    width = np.exp(-z * se / (p * depth))
    return np.exp(depth * width), np.exp(depth / width)  # p to a power, at a third of the price


def complementary_log_log(p: Floats, se: Floats, z: float) -> Limits:
    """On log(-log(1 - p)), as etm does for a cumulative incidence; not the same limits as `log_log`."""
    lower, upper = log_log(1.0 - p, se, z)
    return 1.0 - upper, 1.0 - lower


def logit(p: Floats, se: Floats, z: float) -> Limits:
    """On log(p / (1 - p))."""
    odds, factor = p / (1.0 - p), np.exp(z * se / (p * (1.0 - p)))
    return odds / (factor + odds), odds * factor / (1.0 + odds * factor)


def arcsin(p: Floats, se: Floats, z: float) -> Limits:
    """On arcsin(sqrt p), the angle kept within 0 and a right angle."""
    angle, width = np.arcsin(np.sqrt(p)), z / 2.0 * se / np.sqrt(p * (1.0 - p))
    return np.sin(np.maximum(angle - width, 0.0)) ** 2, np.sin(np.minimum(angle + width, np.pi / 2)) ** 2


TRANSFORMED: dict[str, Callable[[Floats, Floats, float], Limits]] = {
    "log-log": log_log,
    "log": log,
    "plain": plain,
    "logit": logit,
    "arcsin": arcsin,
    "cloglog": complementary_log_log,
}


def transformed_limits(kind: str, p: Floats, se: Floats, level: float) -> Limits:
    """The limits of one kind along a whole curve; NaN where p is 0 or 1, and R would print [0, 0] or [1, 1]."""
    with np.errstate(all="ignore"):
        lower, upper = TRANSFORMED[kind](p, se, normal_quantile(level))
    nowhere = ~((p > 0.0) & (p < 1.0))
    lower[nowhere], upper[nowhere] = np.nan, np.nan
    return lower, upper
