"""How likely it is, after x events among n participants, that more than a given share suffer the event.

The share p has a Beta(a, b) prior, so that after the data it is Beta(a + x, b + n - x). Priors and limits are taken as
they were written (Decimal, Fraction or whole numbers): a float 0.3 is not 3/10, and a rule must not hang on that.
"""

from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Final, TypeAlias

from scipy.special import betaincc

Exact: TypeAlias = Decimal | Fraction | int
"""A number as somebody wrote it."""

_NEAR: Final = 1e-9  # nearer to the cut than this a double is not asked; its own error is some 1e-13
_DIGITS: Final = (30, 100)  # how finely a near-tie is looked at: first, and last
_MOST_DIGITS: Final = 3000
_MOST_TERMS: Final = 1_000_000
_MOST_BITS: Final = 40_000  # of a term


def posterior_above(p0: Exact, *, events: int, evaluable: int, a: Exact, b: Exact) -> float:
    """P(p > p0) after `events` among `evaluable` participants, for p ~ Beta(a, b) before them, as a double.

    For showing. To compare it with a cut ask `posterior_exceeds`, which is right in near-ties too.
    Raises ValueError for counts that cannot be, a or b not above 0, p0 not between 0 and 1, and floats.

    >>> round(posterior_above(Decimal("0.30"), events=2, evaluable=3, a=Decimal("0.6"), b=Decimal("1.4")), 4)
    0.8383
    """
    after_a, after_b = _after(events, evaluable, a, b)
    return float(betaincc(float(after_a), float(after_b), float(probability("p0", p0))))


def posterior_exceeds(p0: Exact, *, cut: Exact, events: int, evaluable: int, a: Exact, b: Exact) -> bool:
    """Whether P(p > p0) after the data is more than `cut`, decided on the unrounded value.

    A double decides unless it lies within 1e-9 of the cut; then `posterior_limits` does. For whole a and b that is a
    proof, ties included (a tie does not exceed). For others two numbers that agree to 100 digits count as a tie.
    Raises as `posterior_above`.

    >>> prior = {"a": Decimal("0.6"), "b": Decimal("1.4")}
    >>> posterior_exceeds(Decimal("0.30"), cut=Decimal("0.80"), events=3, evaluable=6, **prior)  # 0.80000312
    True
    """
    after_a, after_b = _after(events, evaluable, a, b)
    return beta_tail_exceeds(after_a, after_b, probability("p0", p0), probability("cut", cut))


def posterior_limits(
    p0: Exact, *, events: int, evaluable: int, a: Exact, b: Exact, digits: int = 40
) -> tuple[Fraction, Fraction]:
    """Two numbers between which P(p > p0) after the data lies for certain, some 10^-`digits` apart.

    Raises as `posterior_above`; and ValueError where the sum grows too long: p0 next to 0 or 1, or a heavy prior.
    """
    after_a, after_b = _after(events, evaluable, a, b)
    return _limits(after_a, after_b, probability("p0", p0), digits)


def beta_tail_exceeds(a: Fraction, b: Fraction, p0: Fraction, cut: Fraction) -> bool:
    """Whether P(p > p0) is more than the cut for p ~ Beta(a, b); for checked numbers, and many of them."""
    near = float(betaincc(float(a), float(b), float(p0)))
    if abs(near - float(cut)) >= _NEAR:  # false for NaN
        return near > cut
    for digits in (*_DIGITS, _digits_of_a_tie(a, b, p0, cut)):
        lower, upper = _limits(a, b, p0, digits)
        if lower > cut:
            return True
        if upper < cut:
            return False
    return False


def _digits_of_a_tie(a: Fraction, b: Fraction, p0: Fraction, cut: Fraction) -> int:
    """Digits at which agreement means equality, where there are such.

    With whole a and b the tail is a binomial one, a multiple of 1 / d^(a + b - 1) for p0 = u/d.
    """
    if a.denominator == b.denominator == 1:
        enough = len(str(p0.denominator)) * int(a + b) + len(str(cut.denominator)) + 5
        return min(enough, _MOST_DIGITS)
    return _DIGITS[-1]


def _limits(a: Fraction, b: Fraction, p0: Fraction, digits: int) -> tuple[Fraction, Fraction]:
    """Limits for P(p > p0), p ~ Beta(a, b).

    Both unnormalised tails carry the factor p0^a (1 - p0)^b, which cancels (DLMF 8.17.8 for x and for 1 - x):
    below = F(a, b, p0) / a and above = F(b, a, 1 - p0) / b, with F of `_series`: rational terms, all positive.
    """
    unit = 10 ** (digits + 5)
    (below_low, below_high), (above_low, above_high) = _series(a, b, p0, unit), _series(b, a, 1 - p0, unit)
    return (
        above_low * a / (above_low * a + below_high * b),
        above_high * a / (above_high * a + below_low * b),
    )


def _series(a: Fraction, b: Fraction, x: Fraction, unit: int) -> tuple[int, int]:
    """Sum over k of (a+b)_k / (a+1)_k x^k in units of 1/unit, rounded down and up: the sum lies between.

    Each term is the one before times (a+b+k) x / (a+1+k). That factor tends to x without crossing it, so once it is
    below 1 the rest is at most the last term times r / (1 - r), r the larger of the factor and x.
    """
    scale = lcm(a.denominator, b.denominator)
    top, bottom = int((a + b) * scale), int((a + 1) * scale)
    low = high = sum_low = sum_high = unit
    for _ in range(_MOST_TERMS):
        grow, shrink = top * x.numerator, bottom * x.denominator
        if low == 0 and grow < shrink:
            ratio = max(Fraction(grow, shrink), x)
            return sum_low, sum_high + int(high * ratio / (1 - ratio)) + 1
        low, high = low * grow // shrink, -(-high * grow // shrink)
        if high.bit_length() > _MOST_BITS:
            break
        sum_low, sum_high = sum_low + low, sum_high + high
        top, bottom = top + scale, bottom + scale
    raise ValueError("p0 or the cut lies too near 0 or 1 for a prior of this weight: a near-tie cannot be decided")


def exact(name: str, value: Exact) -> Fraction:
    """The number as a Fraction. Raises ValueError for a float, and for what is no finite number."""
    if isinstance(value, bool) or not isinstance(value, Decimal | Fraction | int):
        raise ValueError(f"{name} is {value!r}: expected a Decimal, a Fraction or a whole number, as it was written")
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError(f"{name} is {value}: expected a finite number")
    return Fraction(value)


def probability(name: str, value: Exact) -> Fraction:
    """The number as a Fraction. Raises ValueError unless it lies between 0 and 1, neither of them."""
    number = exact(name, value)
    if not 0 < number < 1:
        raise ValueError(f"{name} is {value}: expected a probability between 0 and 1, such as 0.30")
    return number


def weight(name: str, value: Exact) -> Fraction:
    """A parameter of a Beta distribution as a Fraction. Raises ValueError unless it is above 0."""
    number = exact(name, value)
    if number <= 0:
        raise ValueError(f"{name} is {value}: a parameter of a Beta distribution is more than 0")
    return number


def check_counts(events: int, evaluable: int) -> None:
    """Raise ValueError unless 0 <= events <= evaluable."""
    if not 0 <= events <= evaluable:
        raise ValueError(f"{events} events among {evaluable} evaluable participants: expected 0 to {evaluable} events")


def _after(events: int, evaluable: int, a: Exact, b: Exact) -> tuple[Fraction, Fraction]:
    check_counts(events, evaluable)
    return weight("a", a) + events, weight("b", b) + evaluable - events
