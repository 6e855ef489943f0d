"""The laboratory as safety reads it: each value with its range, whether it lies outside, its grades, and its mark."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from trialwright.criteria import Library
from trialwright.facts import TRUE, Occurred, Quantity
from trialwright.facts.order import certainly_before
from trialwright.facts.quantities import Range
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import FactsRecorded, ValueMarked
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.baselines import treatment_baseline
from trialwright.safety.laboratory.grading import AutoGrade, grade_value
from trialwright.safety.laboratory.measured import Measured, concept_named, measured
from trialwright.safety.laboratory.out_of_range import OutOfRange, out_of_range, range_of
from trialwright.safety.laboratory.rules import Flag, rules, terms_for
from trialwright.study import library_of
from trialwright.study.model import Site, Study
from trialwright.study.ranges import range_for


@dataclass(frozen=True, slots=True)
class LabValue:
    """One value with everything safety asks of it.

    range    the laboratory's own, else the site's; None where nobody gave one
    grades   the automatic grade for each term that the value decides; empty where none does
    mark     the signed mark: clinically significant or not; None while nobody has looked, and again once the value
             that was looked at was corrected
    """

    measured: Measured
    range: Range | None
    outside: OutOfRange
    grades: tuple[AutoGrade, ...]
    mark: Entry[ValueMarked] | None

    @property
    def worst(self) -> AutoGrade | None:
        """The highest grade it certainly has, of whichever term; None where it has none."""
        graded = [one for one in self.grades if one.lowest > 0]
        return max(graded, key=lambda one: one.lowest, default=None)

    def graded(self, term: str) -> tuple[int, int] | None:
        """The lowest and highest grade it may have for a term: as a person confirmed it, else as computed.

        None where it does not grade the term.
        """
        marks = self.mark.what.grades if self.mark else ()
        for one in marks:
            if one.get("term") == term and one.get("confirmed", "").isdigit():
                return int(one["confirmed"]), int(one["confirmed"])
        found = next((one for one in self.grades if one.term == term), None)
        return (found.lowest, found.highest) if found else None

    @property
    def waits(self) -> bool:
        """Whether a signed mark is missing: it lies outside its range, and nobody has looked."""
        return self.outside.truth is TRUE and self.mark is None


def laboratory(
    study: Study,
    trial: Trial,
    book: Casebook,
    concept: str | None = None,
    *,
    flags: Mapping[str, Iterable[str]] | None = None,
) -> tuple[LabValue, ...]:
    """Every value measured of a participant, by the day of the sample; of one concept, where it is named.

    flags  what holds of the person beside a value, by the value's id; left out, what its mark says
    Grades compare with the last value before the first study chemotherapy. No grade comes under CTCAE 6.0, whose
    values are graded by hand.
    """
    rows = measured(trial, book, concept)
    return tuple(_read(study, book, rows, rows, dict(flags or {})))


def _read(
    study: Study,
    book: Casebook,
    rows: tuple[Measured, ...],
    wanted: tuple[Measured, ...],
    flags: Mapping[str, Iterable[str]],
) -> Iterator[LabValue]:
    """The wanted ones of some rows, each with everything safety asks of it."""
    marks = {row.id: mark_of(book, row) for row in wanted}
    said = {id: mark.what.flags for id, mark in marks.items() if mark is not None} | dict(flags)
    site, start, library = site_of(study, book), treatment_baseline(book), library_of(study.eligibility)
    for row in wanted:
        normal = range_for(site, row.concept, book.sex, age_of(book)) if site else None
        limits = range_of(row.quantity, normal)
        before = baseline_value(rows, row, start.at if start else None)
        known = library.concepts.get(row.concept)
        grades = tuple(_grades(study, row, limits, before, said.get(row.id, ()), library))
        outside = out_of_range(row.quantity, limits, concept=known)
        yield LabValue(row, limits, outside, grades, marks[row.id])


def baseline_value(rows: tuple[Measured, ...], row: Measured, start: Occurred | None) -> Measured | None:
    """The last value of the same concept before treatment began; None for a value that is itself from before."""
    if start is None or certainly_before(row.on, start):
        return None
    earlier = [one for one in rows if one.concept == row.concept and certainly_before(one.on, start)]
    return earlier[-1] if earlier else None


def mark_of(book: Casebook, row: Measured) -> Entry[ValueMarked] | None:
    """The newest mark of a value as it is now: one of a number since corrected says nothing of the new number."""
    looked_at = (row.id, as_typed(row.quantity), row.quantity.unit)
    marks = (mark for mark in reversed(book.all(ValueMarked)))
    return next((mark for mark in marks if (mark.what.fact, mark.what.value, mark.what.unit) == looked_at), None)


def as_typed(quantity: Quantity) -> str:
    """The number as a mark keeps it, with its comparator: <0.1."""
    return f"{quantity.comparator}{quantity.number}"


def value_named(
    study: Study, trial: Trial, book: Casebook, id: str, flags: Iterable[str] | None = None
) -> LabValue | None:
    """The value of an id, graded with the flags if any are given; None if none in force has it."""
    concept = concept_named(trial, book, id)
    rows = measured(trial, book, concept) if concept else ()
    wanted = tuple(row for row in rows if row.id == id)
    return next(_read(study, book, rows, wanted, {} if flags is None else {id: flags}), None)


def value_grade(values: tuple[LabValue, ...], term: str, moment: Occurred) -> int:
    """The grade that the last value before a moment certainly had for a term; 0 where it had none."""
    grades = [
        graded[0]
        for value in values
        if not certainly_before(moment, value.measured.on) and value.measured.on.latest <= moment.latest
        if (graded := value.graded(term)) is not None
    ]
    return grades[-1] if grades else 0


def _grades(
    study: Study,
    row: Measured,
    limits: Range | None,
    before: Measured | None,
    said: Iterable[str],
    library: Library,
) -> Iterator[AutoGrade]:
    if not rules(study.safety.ctcae):
        return
    flags = frozenset(flag for flag in Flag if flag.value in said)
    baseline = before.quantity if before else None
    for rule in terms_for(row.concept):
        yield grade_value(rule, row.quantity, range=limits, baseline=baseline, flags=flags, library=library)


def site_of(study: Study, book: Casebook) -> Site | None:
    """The site whose ranges are a person's: that of the casebook."""
    code = next((entry.site for entry in book.entries), None)
    return next((site for site in study.sites if site.code == code), None)


def age_of(book: Casebook) -> int | None:
    """The completed years last recorded of a person; None where nobody said."""
    ages = [entry.what.completed_years for entry in book.all(FactsRecorded) if entry.what.completed_years is not None]
    return ages[-1] if ages else None
