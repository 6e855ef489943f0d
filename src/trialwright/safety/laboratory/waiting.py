"""Values that nobody signed: outside their range without a mark, or marked, and the mark's signature is gone."""

from collections.abc import Iterator
from dataclasses import dataclass

from trialwright.facts import TRUE
from trialwright.facts.quantities import Range
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import ValueMarked
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.laboratory.measured import Measured, measured
from trialwright.safety.laboratory.out_of_range import out_of_range, range_of
from trialwright.safety.laboratory.values import age_of, as_typed, site_of
from trialwright.study import library_of
from trialwright.study.model import Study
from trialwright.study.ranges import range_for


@dataclass(frozen=True, slots=True)
class WaitingValue:
    """One value, the range it is read by, and its unsigned mark, if it has one."""

    measured: Measured
    range: Range | None
    mark: Entry[ValueMarked] | None


def waiting_values(study: Study, trial: Trial, book: Casebook) -> Iterator[WaitingValue]:
    """The values of a participant that `laboratory` says wait, and those whose mark nobody signed, by day of sample.

    Nothing is graded here: that is what makes the question cheap enough to be asked of a whole trial on every page.
    """
    site, library = site_of(study, book), library_of(study.eligibility)
    sex, age = book.sex, age_of(book)
    marks = {(mark.what.fact, mark.what.value, mark.what.unit): mark for mark in book.all(ValueMarked)}
    normals = {}
    for row in measured(trial, book):
        mark = marks.get((row.id, as_typed(row.quantity), row.quantity.unit))
        if mark is not None and mark.what.signed_by is not None:
            continue
        if row.concept not in normals:
            normals[row.concept] = range_for(site, row.concept, sex, age) if site else None
        limits = range_of(row.quantity, normals[row.concept])
        if mark is not None:
            yield WaitingValue(row, limits, mark)
        elif out_of_range(row.quantity, limits, concept=library.concepts.get(row.concept)).truth is TRUE:
            yield WaitingValue(row, limits, None)
