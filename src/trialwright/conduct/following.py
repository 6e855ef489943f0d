"""Follow-up: visits, contacts, response, relapse, and other treatment."""

from dataclasses import dataclass, field
from typing import Any

from trialwright.conduct.act import act, minor_deviation
from trialwright.conduct.deed import Deed
from trialwright.conduct.forms import check_answers, facts_of
from trialwright.conduct.gates.follow_up import (
    had_remission,
    visit_new,
    was_alive,
)
from trialwright.conduct.gates.people import (
    alive,
    consented,
    contact_not_withdrawn,
    enrolled,
    visits_not_withdrawn,
)
from trialwright.conduct.roles import SITE
from trialwright.conduct.schedule import days_off, window_of
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import (
    Contacted,
    FactsRecorded,
    OtherTherapyStarted,
    Relapsed,
    ResponseAssessed,
    Transplanted,
    Visited,
)

Entries = tuple[NewEntry, ...]


@dataclass(frozen=True, slots=True)
class Attendance:
    """A visit as it took place, with the answers to its forms: form.item -> value as typed."""

    visit: str
    mode: str = "on site"
    answers: dict[str, Any] = field(default_factory=dict)


@act(Attendance, by=SITE, gates=(consented, alive, visits_not_withdrawn, visit_new), writes=Visited)
def visit(deed: Deed[Attendance]) -> Entries:
    """A visit of the schedule, or an unscheduled one, with its answers; outside its window is a minor deviation."""
    what = deed.what
    check_answers(deed.study, what.answers)
    off = days_off(deed)
    entries = [deed.entry(Visited(what.visit, what.mode, what.answers, off))]
    facts = facts_of(deed.study, what.answers, deed.on or "")
    if facts and what.mode != "missed":
        entries.append(deed.entry(FactsRecorded(facts, visit=what.visit)))
    if off:
        window = window_of(deed)
        late = f"{abs(off)} day{'s' if abs(off) > 1 else ''} {'late' if off > 0 else 'early'}"
        said = f"Visit {what.visit} on {deed.dated} is {late}; its window is {window}."
        entries.append(minor_deviation(deed, "visit.outside_window", said))
    if what.mode == "missed":
        entries.append(minor_deviation(deed, "visit.missed", f"Visit {what.visit} was missed."))
    return tuple(entries)


@act(Contacted, by=SITE, gates=(consented, was_alive, contact_not_withdrawn))
def contact(deed: Deed[Contacted]) -> Entries:
    """The person was known to be alive on a day, and how that is known."""
    return (deed.entry(deed.what),)


@act(ResponseAssessed, by=SITE, gates=(consented, alive, enrolled, visits_not_withdrawn))
def assess_response(deed: Deed[ResponseAssessed]) -> Entries:
    """The disease was assessed; it happens on the day of the sample."""
    return (deed.entry(deed.what),)


@act(Relapsed, by=SITE, gates=(consented, alive, enrolled, had_remission))
def relapse(deed: Deed[Relapsed]) -> Entries:
    """The disease came back; it happens on the day of the first sample that shows it."""
    return (deed.entry(deed.what),)


@act(OtherTherapyStarted, by=SITE, gates=(consented, alive, enrolled))
def other_therapy(deed: Deed[OtherTherapyStarted]) -> Entries:
    """Treatment against the leukaemia outside the study began."""
    return (deed.entry(deed.what),)


@act(Transplanted, by=SITE, gates=(consented, alive, enrolled))
def transplant(deed: Deed[Transplanted]) -> Entries:
    """The person was transplanted."""
    return (deed.entry(deed.what),)
