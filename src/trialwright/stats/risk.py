"""Who is still followed, and who leaves, at each distinct time: the one table behind every estimate."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trialwright.stats.checks import check_length, checked_events, checked_times
from trialwright.stats.tally import tally

Counts = NDArray[np.int64]


class Outcome(Enum):
    """The one outcome that every study shares; causes of failure are named by the caller."""

    CENSORED = "censored"


CENSORED: Final = Outcome.CENSORED


@dataclass(frozen=True, slots=True, eq=False)
class RiskTable:
    """Distinct times, with those at risk just before each, and those who leave at it and why.

    times     (m,) float, ascending; the first is always 0, where nobody may have left yet.
    at_risk   (m,) int, those whose time is not before it: a person censored on a day is at risk that day.
    failures  (k, m) int, one row for each of `causes`.
    censored  (m,) int.
    """

    n: int
    causes: tuple[Hashable, ...]
    times: NDArray[np.float64]
    at_risk: Counts
    failures: Counts
    censored: Counts

    @property
    def events(self) -> Counts:
        """(m,) int, failures of any cause."""
        total: Counts = self.failures[0] if len(self.failures) == 1 else self.failures.sum(axis=0)
        return total

    @property
    def last_time(self) -> float:
        """The end of the longest follow-up; 0 if there is nobody."""
        return float(self.times[-1])

    def of(self, cause: Hashable) -> Counts:
        """(m,) int, failures of one cause; all 0 for a cause that never occurred."""
        if cause not in self.causes:
            return np.zeros(len(self.times), dtype=np.int64)
        counts: Counts = self.failures[self.causes.index(cause)]
        return counts

    def row_at(self, time: float) -> int:
        """The last row whose time is not after `time` (every curve here is right-continuous)."""
        return int(np.searchsorted(self.times, time, side="right")) - 1

    def at_risk_at(self, time: float) -> int:
        """How many have a time not before `time`: failures and censorings on that very day are still at risk."""
        row = int(np.searchsorted(self.times, time, side="left"))
        return int(self.at_risk[row]) if row < len(self.times) else 0


@dataclass(frozen=True, slots=True)
class NumberAtRisk:
    """A column of the table under a survival figure: at risk at `time`, events until then, censored before."""

    time: float
    at_risk: int
    events: int
    censored: int


def risk_table(times: ArrayLike, event: ArrayLike) -> RiskTable:
    """The table for one kind of failure.

    times  (n,) numbers >= 0 since the start; whole days take the counting path, all else is sorted.
    event  (n,) bool, or 0 and 1; False where follow-up ended first.
    Raises ValueError naming the position of an impossible value.
    """
    checked = checked_times(times)
    return _table(checked, checked_events(event, len(checked)).view(np.uint8), (True,))


def competing_risk_table(
    times: ArrayLike, cause: ArrayLike | Sequence[Hashable], *, censored: Hashable = CENSORED
) -> RiskTable:
    """The table for several kinds of failure.

    times     (n,) numbers >= 0 since the start.
    cause     (n,) what ended each person's time: any names (enums, strings, integers), or `censored`.
    censored  the mark of follow-up that ended first; CENSORED unless the data have their own, such as 0.
    Raises ValueError naming the position of an impossible value; an empty cause, or a 0 where 0 was not
    declared to mean censored, is impossible: it is more likely a gap than a cause.
    """
    checked = checked_times(times)
    codes, causes = _coded(cause, len(checked), censored)
    return _table(checked, codes, causes)


def just_before(running: NDArray[np.float64], first: float = 0.0) -> NDArray[np.float64]:
    """What a running sum or product, its times along the first axis, had reached just before each time.

    >>> just_before(np.array([0.5, 0.25]), first=1.0).tolist()
    [1.0, 0.5]
    """
    return np.concatenate((np.full_like(running[:1], first), running[:-1]))


def numbers_at_risk(table: RiskTable, times: Iterable[float]) -> tuple[NumberAtRisk, ...]:
    """The table under a figure: at each time those at risk just before, events up to and including, censored before."""
    return tuple(_number_at_risk(table, float(time)) for time in times)


def _number_at_risk(table: RiskTable, time: float) -> NumberAtRisk:
    events = int(table.events[: table.row_at(time) + 1].sum())
    before = int(np.searchsorted(table.times, time, side="left"))
    return NumberAtRisk(time, table.at_risk_at(time), events, int(table.censored[:before].sum()))


def _coded(cause: Any, n: int, censored: Hashable) -> tuple[NDArray[Any], tuple[Hashable, ...]]:
    """Codes 0 (censored), 1, 2 … for each person, and the causes that 1, 2 … stand for."""
    if isinstance(cause, np.ndarray) and cause.dtype.kind in "iu" and _is_whole(censored):
        return _coded_integers(cause, n, int(censored))  # type: ignore[call-overload]
    values = cause.tolist() if isinstance(cause, np.ndarray) else list(cause)
    check_length("cause", values, n)
    code_of: dict[Hashable, int] = {censored: 0}
    codes = np.empty(n, dtype=np.int64)
    for at, value in enumerate(values):
        if value not in code_of:
            if not value or value != value:
                raise ValueError(
                    f"cause[{at}] is {value!r}: expected the name of a cause, or {censored!r} where follow-up "
                    "ended first; if this value means censored, say so with censored="
                )
            code_of[value] = len(code_of)
        codes[at] = code_of[value]
    return codes, tuple(code_of)[1:]


def _coded_integers(cause: NDArray[Any], n: int, censored: int) -> tuple[NDArray[Any], tuple[Hashable, ...]]:
    check_length("cause", cause, n)
    if n and censored == 0 and cause.min() >= 0 and cause.max() < 16:
        codes = cause.astype(np.int64) if cause.dtype.kind == "u" else cause  # else no pass over ten million people
        return codes, tuple(range(1, int(cause.max()) + 1))
    if censored != 0 and (cause == 0).any():
        at = int(np.flatnonzero(cause == 0)[0])
        raise ValueError(f"cause[{at}] is 0, but {censored} was said to mean censored: expected the name of a cause")
    found = np.unique(cause)
    found = found[found != censored]
    codes = np.where(cause == censored, 0, np.searchsorted(found, cause) + 1)
    return codes, tuple(found.tolist())


def _is_whole(value: object) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _table(times: NDArray[Any], codes: NDArray[Any], causes: tuple[Hashable, ...]) -> RiskTable:
    n = len(times)
    distinct, counts = tally(times, codes, len(causes) + 1)
    leaving = counts.sum(axis=0)
    at_risk = n - np.cumsum(leaving) + leaving
    arrays = (distinct, at_risk, counts[1:], counts[0])
    for array in arrays:
        array.flags.writeable = False
    return RiskTable(n, causes, *arrays)
