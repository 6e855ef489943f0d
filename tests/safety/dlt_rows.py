"""Rows of the tables of dose-limiting toxicities: one participant's story and the answer."""

from dataclasses import dataclass
from datetime import date

import pytest
from harm_story import LATER, answer, tell, unharmed

from trialwright.safety.stopping.dlt import Evaluable

YES, NO, NOT_YET, NEVER = Evaluable.YES, Evaluable.NO, Evaluable.NOT_YET, Evaluable.NEVER


@dataclass(frozen=True)
class Row:
    """A rule in words, the lines of the story, the answer, and the item it rests on or words that it gives."""

    rule: str
    story: str
    answer: Evaluable
    said: str = ""
    before: str = unharmed()
    on: date = LATER


def holds(row: Row) -> None:
    found = answer(tell(row.before, row.story), on=row.on)
    told = f"{[one.item for one in found.found]} {'; '.join(found.because)}"
    assert (found.answer, row.said in told) == (row.answer, True), (row.rule, told)


def rows(*table: Row) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", table, ids=[row.rule for row in table])
