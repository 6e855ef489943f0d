"""Values that were looked at: each automatic grade is confirmed by a person, each value out of range marked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from trialwright.conduct.act import act
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.enrolment import signed_by_investigator
from trialwright.conduct.gates.harm import event_known
from trialwright.conduct.gates.people import consented
from trialwright.conduct.gates.values import (
    becomes_an_event,
    becomes_one,
    confirmed_grades,
    event_becoming,
    grades_confirmed,
    grades_given,
    not_marked,
    value_of,
)
from trialwright.conduct.roles import SITE, signer
from trialwright.facts import format_occurred
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import AdverseEventReported, ValueMarked
from trialwright.safety.laboratory.values import LabValue, as_typed

Entries = tuple[NewEntry, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Whether a value is clinically significant; what its grades are; and the event it joins or becomes.

    fact     the value's id: that of its entry and its place there (a7f#2)
    grades   term -> grade, where the person's differs from the computed one, or that one is open
    flags    what holds of the person beside the value, where a grade depends on it
    event    the adverse event it belongs to; left out, a significant value becomes one: then `related` is needed. A
             value from before consent becomes none: what was there before is a condition (act record_condition)
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
    marked = ValueMarked(
        fact=what.fact,
        significant=what.significant,
        flags=what.flags,
        ctcae=deed.study.safety.ctcae,
        event=what.event,
        signed_by=signer(deed.actor, deed.second),
        note=what.note,
        **looked_at(value, grades_given(deed)),
    )
    event = event_becoming(deed, value) if becomes_one(deed, value) else None
    return (deed.entry(marked), *((_since_the_sample(deed, value, event),) if event else ()))


def looked_at(value: LabValue, given: Mapping[str, str]) -> dict[str, Any]:
    """What a mark keeps of the value: its number as typed, and every grade, computed and confirmed."""
    quantity = value.measured.quantity
    return {
        "concept": value.measured.concept,
        "value": as_typed(quantity),
        "unit": quantity.unit,
        "grades": tuple(confirmed_grades(value, given)),
    }


def _since_the_sample(deed: Deed[Mark], value: LabValue, event: AdverseEventReported) -> NewEntry:
    """The event that a significant value becomes, from the day of its sample on."""
    return replace(deed.entry(event, occurred=format_occurred(value.measured.on)), causes=(value.measured.entry.id,))
