"""How content written under an older version of its kind is read today.

An upcaster turns the content of version n into that of version n + 1 and touches nothing else: a pure function from
dict to dict. Content is immutable, so upcasters are kept for ever, and so is a corpus of every version in the tests.
All kinds are at version 1 so far, hence the table is empty.
"""

from collections.abc import Callable, Mapping
from typing import Any

Body = dict[str, Any]
Upcaster = Callable[[Body], Body]

UPCASTERS: Mapping[tuple[str, int], Upcaster] = {}
"""(kind, version n) -> the function that gives version n + 1."""


def upcast(kind: str, version: int, body: Body, *, to: int, upcasters: Mapping[tuple[str, int], Upcaster]) -> Body:
    """The content in the shape of version `to`, step by step.

    Raises KeyError if a step is missing, or a field that a step needs.
    """
    for step in range(version, to):
        body = upcasters[kind, step](body)
    return body
