"""Laboratory shifts: for each term that values grade, the grade before treatment against the worst grade since."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from trialwright.facts.order import certainly_before
from trialwright.ledger.trial import Trial
from trialwright.safety.baselines import Baseline, treatment_baseline
from trialwright.safety.laboratory.rules import rules
from trialwright.safety.laboratory.values import LabValue
from trialwright.study.model import Study

COLUMNS: Final = (0, 1, 2, 3, 4, None)
"""The grades of a shift table; None is unknown: no value, or one that may have several grades."""
Graded = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shift:
    """One term: participants by grade before treatment (row) and worst grade since (column), both as `COLUMNS`.

    n  participants with a value of it at any time
    """

    term: str
    n: int
    counts: tuple[tuple[int, ...], ...]

    @property
    def quiet(self) -> bool:
        """Whether nobody had a grade, before or since, and none is unknown."""
        return self.counts[0][0] == self.n


def shifts(study: Study, trial: Trial, values: Mapping[str, tuple[LabValue, ...]]) -> tuple[Shift, ...]:
    """The shift of every term that values grade under the study's CTCAE and that anybody treated has a value of.

    values  casebook code -> all that was measured of that participant (`laboratory.values.laboratory`)
    Grades are those that a person confirmed, else the automatic ones. None under CTCAE 6.0: graded by hand.
    """
    books = [(code, book) for code in values if (book := trial.casebook(code))]
    treated = [(values[code], start) for code, book in books if (start := treatment_baseline(book))]
    found = []
    for rule in rules(study.safety.ctcae):
        pairs = [pair for taken, start in treated if (pair := _pair(start, taken, rule.term)) is not None]
        if pairs:
            found.append(_shift(rule.term, pairs))
    return tuple(found)


def _shift(term: str, pairs: Iterable[tuple[int | None, int | None]]) -> Shift:
    counted = Counter(pairs)
    counts = tuple(tuple(counted[before, since] for since in COLUMNS) for before in COLUMNS)
    return Shift(term, counted.total(), counts)


def _pair(start: Baseline, values: tuple[LabValue, ...], term: str) -> tuple[int | None, int | None] | None:
    """Grade before and worst grade since of one participant; None without any value."""
    graded = [(value, said) for value in values if (said := value.graded(term)) is not None]
    if not graded:
        return None
    before = [said for value, said in graded if certainly_before(value.measured.on, start.at)]
    since = [said for value, said in graded if not certainly_before(value.measured.on, start.at)]
    return _known(before[-1:]), _known(since)


def _known(graded: list[Graded]) -> int | None:
    """The worst grade, where it is certain which it is."""
    if not graded:
        return None
    lowest, highest = (max(end) for end in zip(*graded, strict=True))
    return lowest if lowest == highest else None
