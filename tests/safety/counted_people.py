"""Ledgers of treated people for the tests that count: each told in a line or two, written past every act.

Everybody begins chemotherapy on 2026-01-10 and gets cells on 2026-01-20 at 14:00, unless the story says otherwise.
Events are collected to 2026-04-30, 100 days after the cells.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from conduct_story import ZONE, Story
from harm_story import harm_study, put

from trialwright.ledger.kinds import (
    AdverseEventFollowed,
    AdverseEventReported,
    ChemotherapyGiven,
    ConditionFound,
    Consented,
    Enrolled,
    FactsRecorded,
    Infused,
    What,
)

Line = tuple[What, str, str]  # what, about whom, when
CHEMOTHERAPY, CELLS, SECOND = "2026-01-10", "2026-01-20T14:00", "2026-02-20T14:00"
BY_CELLS = {"nk_cells": "related"}
BY_NOTHING = dict.fromkeys(("nk_cells", "chemotherapy", "premedication"), "not related")


def ledger(*lines: Iterable[Line]) -> Story:
    story = Story(study=harm_study(), sha256="harm-1")
    events = 0
    for what, who, when in (line for chapter in lines for line in chapter):
        if isinstance(what, AdverseEventFollowed):  # of the event told last
            what = replace(what, event=f"a{events}")
        put(story, what, who, when)
        if isinstance(what, AdverseEventReported):
            events = story.acts
    return story


def screened(who: str = "S-1") -> Iterator[Line]:
    yield Consented("main", "1", "zh", "participant", "DR-1"), who, "2026-01-02"


def conditioned(who: str = "S-1") -> Iterator[Line]:
    """Somebody with a place and chemotherapy, and no cells."""
    yield from screened(who)
    yield Enrolled(int(who[2:]), "CR1", "consolidation", True, remission_category="CR"), who, "2026-01-08"
    yield ChemotherapyGiven(1, "7+3", "2026-01-12", ()), who, CHEMOTHERAPY


def treated(*codes: str, cells: tuple[str, ...] = (CELLS,)) -> Iterator[Line]:
    """People with chemotherapy and cells; `cells`: when each infusion began."""
    for who in codes or ("S-1",):
        yield from conditioned(who)
        for at, moment in enumerate(cells, 1):
            yield Infused(at, at, f"L-{who[2:]}", at, None, "100", "1.8e7", "60"), who, moment + ZONE


def had(term: str, *grades: tuple[int, str], who: str = "S-1", **more: Any) -> Iterator[Line]:
    """An event of somebody: the grade it began with and those that followed, each with its day. Not serious."""
    (first, onset), *later = grades
    said: dict[str, Any] = {"serious": False, "related": BY_CELLS} | more
    yield AdverseEventReported(term, first, **said), who, onset
    for grade, day in later:
        yield AdverseEventFollowed("the last", grade=grade), who, day


def found_before(term: str, grade: int, who: str = "S-1", on: str = "2026-01-09", **more: Any) -> Iterator[Line]:
    yield ConditionFound(term, grade, **more), who, on


def measured(concept: str, *values: tuple[str, str], who: str = "S-1", unit: str = "10*9/L", low: str = "1.8",
             high: str = "6.3") -> Iterator[Line]:  # fmt: skip
    """Values with their range, each with its day."""
    for value, on in values:
        fact = {"concept": concept, "value": value, "unit": unit, "on": on, "range": {"low": low, "high": high}}
        yield FactsRecorded((fact,)), who, on
