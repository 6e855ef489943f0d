"""When harm stops a small trial: how many events among n participants are too many, and what such a rule does.

The trial is looked at after every evaluable participant. Bounds are exact, and so is what they do: nothing is rounded
before it is compared, and nothing is simulated.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from math import comb
from typing import Final, TypeAlias

from trialwright.stats.posterior import Exact, beta_tail_exceeds, check_counts, exact, probability, weight

MOST_PARTICIPANTS: Final = 1000
"""For how many participants bounds are reckoned: exact counting takes seconds beyond."""

Row: TypeAlias = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class BetaBinomial:
    """Too many: P(p > p0 | data) > cut, for p ~ Beta(a, b) (Thall & Simon, Biometrics 1994;50:337)."""

    a: Fraction
    b: Fraction
    p0: Fraction
    cut: Fraction

    def reached(self, events: int, evaluable: int) -> bool:
        """Whether so many events are too many."""
        return beta_tail_exceeds(self.a + events, self.b + evaluable - events, self.p0, self.cut)


@dataclass(frozen=True, slots=True)
class Pointwise:
    """Too many: P(at least so many events | p0) <= alpha, the same alpha at every look."""

    p0: Fraction
    alpha: Fraction

    def reached(self, events: int, evaluable: int) -> bool:
        """Whether so many events are too many."""
        below = sum(comb(evaluable, x) * self.p0**x * (1 - self.p0) ** (evaluable - x) for x in range(events))
        return 1 - below <= self.alpha


@dataclass(frozen=True, slots=True)
class Bounds:
    """From how many events on the trial pauses.

    at          the bound at 1, 2 … N evaluable participants; None: no number of events pauses it at this look
    first_look  before so many evaluable participants the bound of the first look holds
    rule        what the bounds follow from; for Pocock's, `rule.alpha` is the pointwise level
    """

    at: Row
    first_look: int
    rule: BetaBinomial | Pointwise

    def lowest(self, evaluable: int) -> int | None:
        """The fewest events that pause the trial at so many evaluable participants; None if none can.

        Before the first look its bound holds: as many events pause at once. Beyond N (participants who were replaced
        and counted all the same) the rule is carried on.
        Raises ValueError if `evaluable` is negative.
        """
        check_counts(0, evaluable)
        look = max(evaluable, self.first_look)
        bound = self.at[look - 1] if look <= len(self.at) else _lowest(self.rule, look)
        return bound if bound is not None and bound <= evaluable else None

    def holds(self, events: int, evaluable: int) -> bool:
        """Whether the trial must pause after `events` among `evaluable` participants.

        Raises ValueError unless 0 <= events <= evaluable.
        """
        check_counts(events, evaluable)
        bound = self.lowest(evaluable)
        return bound is not None and events >= bound


@dataclass(frozen=True, slots=True)
class OperatingCharacteristics:
    """What a rule does if the event's probability is `true_probability`.

    p_stop      probability that the trial is stopped, at the last participant too
    expected_n  participants on average, those whose event stopped it included
    stop_by     probability of having been stopped by 1, 2 … N participants
    """

    true_probability: float
    p_stop: float
    expected_n: float
    stop_by: tuple[float, ...]


def beta_binomial_bounds(n: int, *, a: Exact, b: Exact, p0: Exact, cut: Exact, first_look: int = 1) -> Bounds:
    """The fewest events with P(p > p0 | data) > cut at each of 1 … n participants, for p ~ Beta(a, b) before.

    The bounds never fall as participants are added, and rise by at most one for each.
    Raises ValueError for n outside 1 … 1000, a first look below 1, a or b not above 0, p0 or cut not between 0 and 1.

    >>> from decimal import Decimal
    >>> beta_binomial_bounds(5, a=1, b=1, p0=Decimal("0.30"), cut=Decimal("0.90"), first_look=3).at
    (None, None, 2, 3, 3)
    """
    _check_size(n, first_look)
    rule = BetaBinomial(weight("a", a), weight("b", b), probability("p0", p0), probability("cut", cut))
    return _beta_binomial(n, rule, first_look)


def pocock_bounds(n: int, *, p0: Exact, alpha: Exact, first_look: int = 1) -> Bounds:
    """The fewest events whose probability under p0 is at most a pointwise level, the same at each of 1 … n looks.

    That level is the largest at which the trial is stopped with probability `alpha` at most if p0 is true; it is
    `bounds.rule.alpha`, and 0 with no bound at all if there is none.
    Raises ValueError for n outside 1 … 1000, a first look below 1, p0 or alpha not between 0 and 1.
    Source Ivanova, Qaqish & Schell, Biometrics 2005;61:540.

    >>> from decimal import Decimal
    >>> bounds = pocock_bounds(15, p0=Decimal("0.20"), alpha=Decimal("0.05"))
    >>> bounds.at[2:6], round(float(bounds.rule.alpha), 5)
    ((3, 4, 4, 4), 0.01958)
    """
    _check_size(n, first_look)
    return _pocock(n, probability("p0", p0), probability("alpha", alpha), first_look)


def operating_characteristics(
    bounds: Bounds, true_probability: Exact, *, looks_only: bool = False
) -> OperatingCharacteristics:
    """What the rule does over N participants, each with the event with `true_probability`, one after the other.

    looks_only  True: before the first look nothing stops the trial, as tables are commonly printed. By default its
                bound holds before it too, as in `Bounds.lowest`. The probability of stopping is the same.
    Raises ValueError unless `true_probability` lies from 0 to 1.
    """
    p = exact("true_probability", true_probability)
    if not 0 <= p <= 1:
        raise ValueError(f"true_probability is {true_probability}: expected a probability from 0 to 1")
    n = len(bounds.at)
    row = bounds.at if looks_only else tuple(bounds.lowest(evaluable) for evaluable in range(1, n + 1))
    stop_by = _stop_by(row, p)
    expected = n - sum(stop_by[:-1])  # participant k + 1 comes unless the trial was stopped by k
    return OperatingCharacteristics(float(p), float(stop_by[-1]), float(expected), tuple(map(float, stop_by)))


@lru_cache(maxsize=256)
def _beta_binomial(n: int, rule: BetaBinomial, first_look: int) -> Bounds:
    at = tuple(_lowest(rule, look) if look >= first_look else None for look in range(1, n + 1))
    return Bounds(at, first_look, rule)


@lru_cache(maxsize=4096)
def _lowest(rule: BetaBinomial | Pointwise, evaluable: int) -> int | None:
    """The fewest events that are too many: with more events it only gets worse."""
    found = bisect_left(range(evaluable + 1), True, key=lambda events: rule.reached(events, evaluable))
    return found if found <= evaluable else None


@lru_cache(maxsize=64)
def _pocock(n: int, p0: Fraction, alpha: Fraction, first_look: int) -> Bounds:
    tails = _binomial_tails(n, p0)
    # Between two of these levels no bound changes; a higher one stops the trial more often.
    levels = sorted({tail for look in tails[first_look - 1 :] for tail in look})
    fitting = bisect_right(levels, alpha, key=lambda level: _stop_by(_row(tails, level, first_look), p0)[-1])
    level = levels[fitting - 1] if fitting else 0
    return Bounds(_row(tails, level, first_look), first_look, Pointwise(p0, Fraction(level, p0.denominator**n)))


def _binomial_tails(n: int, p0: Fraction) -> list[list[int]]:
    """P(X >= 0, 1 … k) for X ~ Bin(k, p0), k = 1 … n, in whole units of d^-n, d the denominator of p0."""
    yes, d = p0.numerator, p0.denominator
    shares, tails = [d**n], []
    for _ in range(n):
        pairs = zip([*shares, 0], [0, *shares], strict=True)
        shares = [(without * (d - yes) + with_one * yes) // d for without, with_one in pairs]  # leaves no remainder
        tails.append(list(accumulate(reversed(shares)))[::-1])
    return tails


def _row(tails: list[list[int]], level: int, first_look: int) -> Row:
    """The fewest events at each look whose tail is at most the level."""
    row: list[int | None] = []
    for look, tail in enumerate(tails, 1):
        bound = bisect_left(tail, True, key=lambda share: share <= level)
        row.append(bound if look >= first_look and bound <= look else None)
    return tuple(row)


def _stop_by(row: Row, p: Fraction) -> list[Fraction]:
    """Probability of having been stopped by 1 … N participants."""
    yes, d = p.numerator, p.denominator
    stopped = []
    for look, first in enumerate(_first_stops(row), 1):
        ways = sum(paths * yes**events * (d - yes) ** (look - events) for events, paths in first)
        stopped.append(Fraction(ways, d**look))
    return list(accumulate(stopped))


@lru_cache(maxsize=64)
def _first_stops(row: Row) -> Sequence[Sequence[tuple[int, int]]]:
    """At each look: (events, in how many orders they can have come without a stop before this look)."""
    going = [1]  # paths still going, by number of events
    stops = []
    for bound in row:
        going = [without + with_one for without, with_one in zip([*going, 0], [0, *going], strict=True)]
        limit = len(going) if bound is None else bound
        stops.append(tuple(enumerate(going[limit:], limit)))
        going = going[:limit]
    return tuple(stops)


def _check_size(n: int, first_look: int) -> None:
    if not 1 <= n <= MOST_PARTICIPANTS:
        raise ValueError(f"bounds for {n} participants: expected 1 to {MOST_PARTICIPANTS}")
    if first_look < 1:
        raise ValueError(f"the first look is at participant {first_look}: expected 1 or more")
