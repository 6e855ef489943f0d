"""Values that were looked at: each automatic grade is confirmed by a person, each value out of range marked."""

from dataclasses import dataclass, field, replace

from trialwright.conduct.act import act
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.enrolment import signed_by_investigator
from trialwright.conduct.gates.harm import event_known
from trialwright.conduct.gates.people import consented
from trialwright.conduct.gates.values import (
    becomes_an_event,
    confirmed_grades,
    event_grade,
    grades_confirmed,
    not_marked,
    value_of,
)
from trialwright.conduct.roles import SITE, signer
from trialwright.ctcae.catalogue import catalogue
from trialwright.facts import format_occurred
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import AdverseEventReported, ValueMarked
from trialwright.safety.laboratory.values import LabValue

Entries = tuple[NewEntry, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Whether a value is clinically significant; what its grades are; and the event it joins or becomes.

    fact     the value's id: that of its entry and its place there (a7f#2)
    grades   term -> grade, where the person's differs from the computed one, or that one is open
    flags    what holds of the person beside the value, where a grade depends on it
    event    the adverse event it belongs to; left out, a significant value becomes one: then `related` is needed
    """

    fact: str
    significant: bool
    grades: dict[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    event: str | None = None
    related: dict[str, str] = field(default_factory=dict)
    serious: bool = False
    seriousness: tuple[str, ...] = ()
    note: str | None = None


@act(
    Mark,
    by=SITE,
    needs_on=False,
    gates=(
        consented,
        signed_by_investigator,
        not_marked,
        event_known,
        grades_confirmed,
        becomes_an_event,
    ),
    writes=ValueMarked,
)
def mark_value(deed: Deed[Mark]) -> Entries:
    """A value is signed as clinically significant or not, its grade confirmed; a significant one is an event."""
    what, value = deed.what, value_of(deed)
    event = _becomes(deed, value) if what.significant and what.event is None else None
    quantity = value.measured.quantity
    marked = ValueMarked(
        fact=what.fact,
        concept=value.measured.concept,
        value=f"{quantity.comparator}{quantity.number}",
        unit=quantity.unit,
        significant=what.significant,
        grades=tuple(confirmed_grades(value, what)),
        flags=what.flags,
        ctcae=deed.study.safety.ctcae,
        event=what.event,
        signed_by=signer(deed.actor, deed.second),
        note=what.note,
    )
    return (deed.entry(marked), *((event,) if event else ()))


def _becomes(deed: Deed[Mark], value: LabValue) -> NewEntry | None:
    """The event that a significant value becomes, from the day of its sample on."""
    what, found = deed.what, event_grade(value, deed.what)
    if found is None:
        return None
    name, grade = found
    term = catalogue(deed.study.safety.ctcae).term(name)
    event = AdverseEventReported(
        term=name,
        grade=grade,
        serious=what.serious,
        related=what.related,
        ctcae=deed.study.safety.ctcae,
        seriousness=what.seriousness,
        soc=term.soc if term else None,
        narrative=what.note,
    )
    return replace(deed.entry(event, occurred=format_occurred(value.measured.on)), causes=(value.measured.entry.id,))
