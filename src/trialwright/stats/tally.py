"""How many leave at each distinct time, and why: one pass over whole days, one sort of any other times."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Tally = tuple[NDArray[np.float64], NDArray[np.int64]]

_BLOCK: Final = 1 << 16  # people counted at a time: what fits in the cache is counted twice as fast


def tally(times: NDArray[Any], codes: NDArray[Any], kinds: int) -> Tally:
    """Distinct times, ascending from 0 (m,), and how many of each kind leave at them (kinds, m).

    times  (n,) finite numbers >= 0.   codes  (n,) of 0 .. kinds - 1.
    Both ways give the same table; dates are whole days, so counting is the usual one.
    """
    last_day = _last_day(times)
    if last_day is not None:
        return count_days(times, codes, kinds, last_day)
    distinct, counts = count_sorted(times, codes, kinds)
    if distinct[0] == 0.0:
        return distinct, counts
    nobody = np.zeros((kinds, 1), dtype=np.int64)
    return np.concatenate(([0.0], distinct)), np.concatenate((nobody, counts), axis=1)


def _last_day(times: NDArray[Any]) -> int | None:
    """The largest time if all are whole days, and one slot for each possible day costs less than a sort."""
    if not len(times):
        return 0
    last = times.max()
    if last > 8 * len(times) + 100_000 or not (times.dtype.kind in "iu" or (times == np.floor(times)).all()):
        return None
    return int(last)


def count_days(times: NDArray[Any], codes: NDArray[Any], kinds: int, last_day: int) -> Tally:
    """One slot for each day and kind: some 2 ns per person. Row 0 is always day 0."""
    counts = np.zeros((last_day + 1) * kinds, dtype=np.int64)
    block = max(_BLOCK, len(counts))
    for start in range(0, len(times), block):
        slots = times[start : start + block].astype(np.int64)
        slots *= kinds
        slots += codes[start : start + block]
        counts += np.bincount(slots, minlength=len(counts))
    by_day = counts.reshape(-1, kinds)
    used = np.flatnonzero(by_day.any(axis=1) | (np.arange(last_day + 1) == 0))
    return used.astype(np.float64), np.ascontiguousarray(by_day[used].T)


def count_sorted(times: NDArray[Any], codes: NDArray[Any], kinds: int) -> Tally:
    """Sort each time together with its code, as one whole number where both fit into 64 bits.

    A double that is not negative keeps its order when its bits are read as an integer. Times in use span few powers
    of two, so that above the smallest of them some high bits are free: there is room for the code below.
    """
    room = max((kinds - 1).bit_length(), 1)
    bits = (times.astype(np.float64) + 0.0).view(np.int64)  # + 0.0: a negative zero is a zero
    base = int(bits[bits > 0].min(initial=np.iinfo(np.int64).max)) - 1
    keys = np.maximum(bits - base, 0)
    if int(keys.max()) >> (63 - room):
        return _count_unique(times, codes, kinds)
    keys <<= room
    keys |= codes
    keys.sort()
    code, keys = keys & ((1 << room) - 1), keys >> room
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    first = keys[starts]
    distinct = np.where(first > 0, first + base, 0).view(np.float64)
    return distinct, np.stack([np.add.reduceat(code == kind, starts, dtype=np.int64) for kind in range(kinds)])


def _count_unique(times: NDArray[Any], codes: NDArray[Any], kinds: int) -> Tally:
    """For times that span hundreds of powers of two, or very many causes."""
    distinct, row = np.unique(times.astype(np.float64) + 0.0, return_inverse=True)
    slots = codes.astype(np.int64) * len(distinct) + row
    return distinct, np.bincount(slots, minlength=len(distinct) * kinds).reshape(kinds, -1)
