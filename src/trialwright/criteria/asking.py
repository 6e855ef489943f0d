"""One asking of the rules: which person, as of which day, with which library; and which of their facts may be used."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from trialwright.criteria.answers import Answer
from trialwright.criteria.criterion import Evidence, Reason, ReasonKind
from trialwright.criteria.library import Concept, Library, ReferenceRange
from trialwright.criteria.person import FOR_THE_STUDY, Anchors, Fact, Observation, Person, Signed
from trialwright.criteria.words import YES
from trialwright.facts import LocalTime, Occurred, PartialDate


@dataclass(frozen=True)
class Asking:
    """The person, the day, and what the answer may lean on. `assume` honours a rule's `assuming …`."""

    person: Person
    anchors: Anchors
    on: date
    library: Library
    ranges: Sequence[ReferenceRange] = ()
    assume: bool = True

    def anchor(self, name: str) -> Occurred | None:
        """When a moment happened, None if it has not by this day.

        A moment the caller does not give is looked for among the facts: a signed document, or a flag that says
        yes, so that a facts file can say `{"concept": "last_chemo", "value": "yes", "on": "2026-10-30"}`.
        """
        given = self.anchors.get(name)
        if given is not None:
            return given if given.earliest <= self.on else None
        said = [fact.on for fact in self.person.by_name.get((Signed, name), ())]
        flags = self.person.by_name.get((Observation, name), ())
        said += [fact.on for fact in flags if isinstance(fact, Observation) and fact.value in YES]
        return max((on for on in said if on.earliest <= self.on), key=lambda on: on.latest, default=None)

    def usable(self, kind: type, name: str) -> list[Fact]:
        """The facts of a kind and name that had occurred by this day and were not obtained before consent."""
        rows = self.person.by_name.get((kind, name), ())
        return [row for row in rows if row.on.earliest <= self.on and not self.before_consent(row)]

    def before_consent(self, fact: Fact) -> bool:
        """Whether a fact obtained for the study surely predates consent; routine care may."""
        if fact.source != FOR_THE_STUDY or self.consented is None:
            return False
        if isinstance(fact.on, LocalTime) and isinstance(self.consented, LocalTime):
            return fact.on.instant < self.consented.instant
        return fact.on.latest < self.consented.earliest

    @cached_property
    def today(self) -> PartialDate:
        """The day of asking, as a date like any other."""
        return PartialDate.of(self.on)

    @cached_property
    def consented(self) -> Occurred | None:
        return self.anchor("consent")

    def why_none(self, kind: type, name: str) -> Reason:
        """Why no fact of this kind and name can be used: none at all, all later than the day, or before consent."""
        rows = self.person.by_name.get((kind, name), ())
        if later := [row for row in rows if row.on.earliest > self.on]:
            first = min(later, key=lambda row: row.on.earliest)
            return Reason(ReasonKind.STALE, f"the only value is dated {first.on}, after {self.on}", name)
        if rows:
            text = f"obtained for the study on {rows[-1].on}, before consent on {self.consented}: not used"
            return Reason(ReasonKind.CONFLICT, text, name)
        return Reason(ReasonKind.MISSING, f"{self.spoken(name)}: nothing is recorded", name)

    def spoken(self, name: str) -> str:
        """A name as a sentence says it."""
        concept = self.library.concepts.get(name)
        return concept.en if concept and concept.en else name.replace("_", " ")

    def concept(self, name: str) -> Concept:
        """The library's concept, or a bare one of that name: facts may speak of what the library does not know."""
        return self.library.concepts.get(name) or Concept(name=name)


Ask = Callable[[Asking], Answer]
"""A rule's question, ready to be asked of many people."""


def evidence_of(row: Observation, conversion: str = "") -> Evidence:
    """The row as an answer shows it, as reported, with the conversion that a comparison needed."""
    return Evidence(row.id, row.concept, str(row.value), str(row.on), conversion)
