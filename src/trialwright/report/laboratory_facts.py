"""The laboratory in the safety report: shifts, and every value outside its range with or without a signed mark."""

from trialwright.facts import UNKNOWN
from trialwright.facts.quantities import Range
from trialwright.ledger import Trial
from trialwright.report.safety_facts import LaboratoryFacts, MarkFacts, ValueFacts
from trialwright.report.stopping_facts import person
from trialwright.safety.counts import population
from trialwright.safety.events import event_named
from trialwright.safety.laboratory.values import LabValue, laboratory
from trialwright.safety.shifts import shifts
from trialwright.study import Study, library_of


def laboratory_facts(study: Study, then: Trial) -> LaboratoryFacts:
    """What was measured of everybody treated."""
    values = {book.code: laboratory(study, then, book) for book in population(then, "treatment")}
    every = [(code, value) for code, taken in values.items() for value in taken]
    concepts = library_of(study.eligibility).concepts
    seen = {value.measured.concept for _, value in every}
    return LaboratoryFacts(
        ctcae=study.safety.ctcae,
        shifts=shifts(study, then, values),
        waiting=tuple(_waiting(then, code, value) for code, value in every if value.waits),
        marks=tuple(mark for code, value in every if (mark := _mark(then, code, value)) is not None),
        values=len(every),
        no_range=sum(value.outside.truth is UNKNOWN for _, value in every),
        names={
            name: (known.en or name, known.zh or known.en or name) for name, known in concepts.items() if name in seen
        },
    )


def _waiting(then: Trial, code: str, value: LabValue) -> ValueFacts:
    worst, limits = value.worst, value.range or Range()
    return ValueFacts(
        person(then, code),
        value.measured.concept,
        str(value.measured.on),
        f"{value.measured.quantity.comparator}{value.measured.quantity.number}",
        value.measured.quantity.unit,
        None if limits.low is None else str(limits.low),
        None if limits.high is None else str(limits.high),
        limits.unit or value.measured.quantity.unit,
        value.outside.reason,
        f"{worst.term}: {worst.text}" if worst else None,
    )


def _mark(then: Trial, code: str, value: LabValue) -> MarkFacts | None:
    if value.mark is None:
        return None
    what = value.mark.what
    event = event_named(then, what.event) if what.event else None
    return MarkFacts(
        person(then, code),
        value.measured.concept,
        str(value.measured.on),
        f"{value.measured.quantity.comparator}{value.measured.quantity.number}",
        value.measured.quantity.unit,
        what.significant,
        tuple((one.get("term", ""), one.get("confirmed", "")) for one in what.grades),
        event.named if event else None,
        what.signed_by,
    )
