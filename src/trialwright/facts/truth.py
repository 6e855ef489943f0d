"""Three values, not two: yes, no, and not known (Kleene's strong logic)."""

from collections.abc import Iterable
from enum import Enum
from typing import NoReturn


class Truth(Enum):
    """TRUE, FALSE or UNKNOWN; `&`, `|`, `~` and `implies` follow Kleene.

    A Truth is deliberately no bool: `if truth:` would read UNKNOWN as "no", the one mistake this
    project exists to prevent, so it raises TypeError. Ask `is TRUE`.

    >>> TRUE & UNKNOWN, FALSE & UNKNOWN, ~UNKNOWN
    (UNKNOWN, FALSE, UNKNOWN)
    """

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    # The order FALSE < UNKNOWN < TRUE makes "and" a minimum and "or" a maximum.
    def __and__(self, other: "Truth") -> "Truth":
        return self if self._value_ <= other._value_ else other

    def __or__(self, other: "Truth") -> "Truth":
        return self if self._value_ >= other._value_ else other

    def __invert__(self) -> "Truth":
        return _NOT[self._value_]

    def implies(self, other: "Truth") -> "Truth":
        return ~self | other

    def __bool__(self) -> NoReturn:
        raise TypeError("a Truth has three values: ask `is TRUE`, `is FALSE` or `is UNKNOWN`")

    def __repr__(self) -> str:
        return self.name


TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
_NOT = (TRUE, UNKNOWN, FALSE)


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene "and" of any number of truths; TRUE of none."""
    answer = TRUE
    for truth in truths:
        answer &= truth
    return answer


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene "or" of any number of truths; FALSE of none."""
    answer = FALSE
    for truth in truths:
        answer |= truth
    return answer
