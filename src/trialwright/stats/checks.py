"""What the estimators refuse to count: impossible input, named by its position."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def checked_times(times: ArrayLike) -> NDArray[Any]:
    """The times as a one-dimensional array of finite numbers >= 0; integers stay integers.

    Raises ValueError naming the first position that holds a negative, missing or infinite time.
    """
    array = np.asarray(times)
    if array.ndim != 1:
        raise ValueError(f"times must be one list, one time per participant; this has {array.ndim} dimensions")
    if array.size == 0:
        return np.zeros(0, dtype=np.int64)
    if array.dtype.kind in "mM":
        raise ValueError(f"times are dates or durations ({array.dtype}): expected numbers, such as whole days")
    if array.dtype.kind not in "iuf":
        array = _as_numbers(array.tolist() if isinstance(times, np.ndarray) else list(times))  # type: ignore[arg-type]
    # Two passes without a temporary; NaN makes both comparisons false.
    if not (array.min() >= 0 and array.max() < np.inf):
        at = int(np.flatnonzero(~((array >= 0) & (array < np.inf)))[0])
        raise ValueError(f"times[{at}] is {array[at]}: a time must be a finite number, 0 or more, since the start")
    return array


def checked_events(event: ArrayLike, n: int) -> NDArray[np.bool_]:
    """True where the event happened, False where follow-up ended first.

    Takes booleans, or 0 and 1. A 2 is refused: it is the mark of a competing cause, for `cumulative_incidence`.
    """
    array = np.asarray(event)
    check_length("event", array, n)
    if array.dtype == np.bool_ or array.size == 0:
        return array.astype(np.bool_)
    if not (array.dtype.kind in "iuf" and ((array == 0) | (array == 1)).all()):
        for at, value in enumerate(array.tolist()):
            if value not in (0, 1):
                raise ValueError(
                    f"event[{at}] is {value!r}: expected True or 1 (it happened), False or 0 (censored); "
                    "several causes are for cumulative_incidence"
                )
    return array.astype(np.bool_)


def check_length(name: str, array: NDArray[Any] | Sequence[object], n: int) -> None:
    """Raise ValueError unless there is one value per time."""
    if getattr(array, "ndim", 1) != 1 or len(array) != n:
        shape = getattr(array, "shape", (len(array),))
        found = f"{shape[0]} values" if len(shape) == 1 else f"an array of shape {shape}"
        first = f"; position {min(n, shape[0])} has no partner" if len(shape) == 1 else ""
        raise ValueError(f"times has {n} values and {name} {found}: expected one per participant{first}")


def check_level(level: float) -> None:
    """Raise ValueError unless 0 < level < 1."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"level is {level}: a confidence level lies between 0 and 1, such as 0.95")


def check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    """Raise ValueError unless the value is one of the choices."""
    if value not in choices:
        raise ValueError(f"{name} is {value!r}: choose one of {', '.join(choices)}")


def _as_numbers(values: list[Any]) -> NDArray[np.float64]:
    numbers = np.empty(len(values))
    for at, value in enumerate(values):
        if isinstance(value, (bool, str)) or value is None:
            raise ValueError(f"times[{at}] is {value!r}: expected a number")
        try:
            numbers[at] = float(value)
        except (TypeError, ValueError):
            raise ValueError(f"times[{at}] is {value!r}: expected a number") from None
    return numbers
