"""Stands in for `trialwright.criteria` until its nouns are there. Goes away with the first import of them."""

from pydantic.dataclasses import dataclass

from trialwright.study.shapes import CLOSED


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Criterion:
    """One eligibility rule."""

    id: str
    kind: str
    text: str
    rule: str


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Concept:
    """Something measured."""

    name: str


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class ValueSet:
    """A set of codes."""

    name: str
