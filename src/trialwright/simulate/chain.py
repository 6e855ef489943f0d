"""The chain of cells of one invented person: which donor, which lots, which bags, and what becomes of each.

What happens to whose cells is fixed by the participant's number, so that every demonstration shows every part: cord
blood, a rejected lot, a culture that grows after the infusion, an exception for a donor, two bags, cells that expire.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from trialwright.cells.codes import following_code
from trialwright.simulate.fate import Fate
from trialwright.simulate.step import after

CORD: Final = frozenset({4, 8, 12})
REJECTED: Final = 2  # the first of two lots is rejected in the morning
GROWS: Final = 5  # the culture grows two weeks after the infusion
EXCEPTION: Final = 6  # the donor is ineligible, and used all the same
TWO_BAGS: Final = 9
NEVER_GIVEN: Final = 11  # the cells expire: the person has an infection
INTERRUPTED: Final = 13
CAME_BACK: Final = 10  # the bag is returned, and issued again an hour later
OLD_REAGENT, SWAPPED, MISREAD, OLD_LABEL = 1, 3, 7, 12  # whose way shows these refusals
WITHDREW: Final = 14  # the donor withdraws after the infusion
CULTURE_DAYS: Final = 16
LOT_ML, SAMPLE_ML = 120, 10


@dataclass(frozen=True, slots=True)
class LotPlan:
    """One lot: its code, the codes of its bags with their volumes, and whether it passes."""

    code: str
    bags: tuple[tuple[str, int], ...]
    passes: bool = True


@dataclass(frozen=True, slots=True)
class Chain:
    """Everything with a code on the way to one person."""

    number: int
    donor: str
    collection: str
    lots: tuple[LotPlan, ...]
    day: date  # of the infusion, or on which it would have been

    @property
    def cord(self) -> bool:
        return self.number in CORD

    @property
    def given(self) -> LotPlan:
        """The lot that is meant to be given."""
        return self.lots[-1]


def chains(people: Iterable[Fate], site: str) -> dict[int, Chain]:
    """The chain of each participant by number; codes are given in the order in which the acts would give them."""
    enrolled = [fate for fate in people if fate.enrol_on is not None]
    days = {number: _day(fate) for number, fate in enumerate(enrolled, 1)}
    donors, collections, lots, bags = (_Codes(sort, site) for sort in ("donor", "collection", "lot", "dose"))
    found = {}
    for number in sorted(days, key=lambda one: (days[one], one)):
        day = days[number]
        plans = tuple(
            LotPlan(lots.next(day.year), tuple((bags.next(day.year), ml) for ml in volumes), passes)
            for volumes, passes in _lots(number)
        )
        begun = after(day, -CULTURE_DAYS).year
        found[number] = Chain(number, donors.next(begun), collections.next(begun), plans, day)
    return found


def _day(fate: Fate) -> date:
    """The day of the infusion; for somebody who is never infused, the day it was planned for."""
    assert fate.chemotherapy_on is not None
    return fate.infusions[0] if fate.infusions else after(fate.chemotherapy_on, 12)


def _lots(number: int) -> tuple[tuple[tuple[int, ...], bool], ...]:
    whole = LOT_ML - SAMPLE_ML
    good = ((whole // 2, whole // 2) if number == TWO_BAGS else (whole,), True)
    return (((whole,), False), good) if number == REJECTED else (good,)


class _Codes:
    """Codes of one sort, one after the other."""

    def __init__(self, sort: str, site: str) -> None:
        self._sort, self._site, self._number = sort, site, 0

    def next(self, year: int) -> str:
        code, self._number = following_code(self._sort, self._site, year, self._number)
        return code
