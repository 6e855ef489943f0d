"""Which of a site's reference ranges is a person's."""

from collections.abc import Sequence
from typing import Final

from trialwright.study.model import NormalRange, Site

OLDEST: Final = 150
"""No person is older, in years; what an age that is not known could be."""


def range_for(site: Site, concept: str, sex: str | None, age_years: int | None) -> NormalRange | None:
    """The site's own range of a concept for a person; None where there is none, or where it cannot be told which.

    sex        "male", "female", "other", or None if not known
    age_years  completed years, or None if not known
    Where sex or age is not known, a range is given only if everybody the person could be has the same limits:
    not known is never guessed. A sex other than male or female has the ranges for any sex alone.
    """
    ranges = [each for each in site.ranges if each.concept == concept]
    sexes = ("male", "female") if sex is None else (sex,)
    ages = _ages(ranges) if age_years is None else (age_years,)
    answer: NormalRange | None = None
    for each_sex in sexes:
        for age in ages:
            fitting = [each for each in ranges if fits(each, each_sex, age)]
            if not fitting or any(not _same(each, answer or fitting[0]) for each in fitting):
                return None
            answer = answer or fitting[0]
    return answer


def fits(normal: NormalRange, sex: str, age_years: int) -> bool:
    """Whether a range is one for people of this sex and age."""
    if normal.sex not in ("any", sex):
        return False
    return _first(normal) <= age_years <= _last(normal)


def overlap(one: NormalRange, other: NormalRange) -> bool:
    """Whether two ranges of a concept are for some of the same people."""
    sexes = one.sex == other.sex or "any" in (one.sex, other.sex)
    return sexes and _first(one) <= _last(other) and _first(other) <= _last(one)


def _ages(ranges: Sequence[NormalRange]) -> tuple[int, ...]:
    """One age on either side of every edge: between two edges nothing changes."""
    edges = {0, OLDEST} | {_first(each) for each in ranges} | {_last(each) + 1 for each in ranges}
    return tuple(sorted({age for edge in edges for age in (edge - 1, edge) if 0 <= age <= OLDEST}))


def _first(normal: NormalRange) -> int:
    return normal.from_age_years or 0


def _last(normal: NormalRange) -> int:
    return OLDEST if normal.to_age_years is None else normal.to_age_years


def _same(one: NormalRange, other: NormalRange) -> bool:
    """Whether two ranges say the same limits, in the same unit."""
    return (one.low, one.high, one.unit) == (other.low, other.high, other.unit)
