"""The numbers that leave this room: an estimate with its interval, or None and the reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """Confidence limits for a probability."""

    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A probability, or a cumulative hazard, at one time. What cannot be estimated is None, and the note says why."""

    time: float
    estimate: float | None
    se: float | None
    lower: float | None
    upper: float | None
    at_risk: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Quantile:
    """The time by which a share of the participants has failed (0.5: the median)."""

    probability: float
    estimate: float | None
    lower: float | None
    upper: float | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """Mean time without the event until a horizon: the area under the survival curve."""

    until: float
    estimate: float | None
    se: float | None
    lower: float | None
    upper: float | None
    note: str | None = None


def known(value: float) -> float | None:
    """The number, or None for NaN: outside the arrays nothing is written as NaN."""
    return None if value != value else float(value)


def not_estimable(time: float, last_time: float, n: int) -> str:
    """Why there is no estimate at a time."""
    if n == 0:
        return "not estimable: there is nobody to follow"
    return f"not estimable: {time:g} is after the end of follow-up at {last_time:g}"
