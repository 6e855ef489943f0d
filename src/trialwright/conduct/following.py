"""Follow-up: visits, contacts, response, relapse, and other treatment."""

from dataclasses import dataclass, field, fields
from typing import Any

from trialwright.conduct.act import act, minor_deviation
from trialwright.conduct.answered import answered
from trialwright.conduct.assessing import Assessed, assessed, check_numbers, mrd_measured
from trialwright.conduct.deed import Deed
from trialwright.conduct.forms import check_answers
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
from trialwright.conduct.gates.renewal import renewed_for_visit
from trialwright.conduct.gates.response import category_fits, dated_by_first_sample, mrd_fits, remission_to_lose
from trialwright.conduct.person_facts import without_birthday
from trialwright.conduct.roles import SITE
from trialwright.conduct.schedule import days_off, window_of
from trialwright.endpoints.eln import NOT_KNOWN
from trialwright.errors import FormatError
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import (
    Contacted,
    OtherTherapyStarted,
    Relapsed,
    ResponseAssessed,
    Transplanted,
    Visited,
)

Entries = tuple[NewEntry, ...]


@dataclass(frozen=True, slots=True)
class Attendance:
    """A visit as it took place, with the answers to its forms: form.item -> value as typed.

    ranges  form.item -> the laboratory's own reference range; dates: form -> the day its results are from, where it
            is not the visit's
    """

    visit: str
    mode: str = "on site"
    answers: dict[str, Any] = field(default_factory=dict)
    ranges: dict[str, str] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)


@act(Attendance, by=SITE, gates=(consented, renewed_for_visit, alive, visits_not_withdrawn, visit_new), writes=Visited)
def visit(deed: Deed[Attendance]) -> Entries:
    """A visit of the schedule, or an unscheduled one, with its answers; outside its window is a minor deviation."""
    what = deed.what
    check_answers(deed.study, what.answers)
    off = days_off(deed)
    entries = [deed.entry(Visited(what.visit, what.mode, what.answers, off))]
    facts = answered(deed.study, what.answers, deed.on or "", by=deed.actor, ranges=what.ranges, dates=what.dates)
    if facts and what.mode != "missed":
        entries.append(deed.entry(without_birthday(facts.recorded(what.visit), deed.when)))
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


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was found in one assessment of the disease. The category may be left out where the findings settle it.

    by_criteria  the study's, unless others are named
    overrides    why a person's category is another than the rules give
    """

    category: str | None = None  # CR | CRh | CRi | MLFS | PR | NR | NE | remission kept | relapse
    by_criteria: str | None = None
    blasts_percent: str | None = None
    anc: str | None = None
    platelets: str | None = None
    circulating_blasts: str = "unknown"  # yes | no | unknown
    extramedullary: str = "unknown"
    marrow_adequate: str = "unknown"
    auer_rods: str = "unknown"
    counts_supported: str = "unknown"
    pretreatment_blasts_percent: str | None = None
    mrd: str | None = None  # negative | positive | not done
    mrd_method: str | None = None  # flow | qPCR | NGS | other
    mrd_percent: str | None = None
    mrd_sensitivity_percent: str | None = None
    overrides: str | None = None
    note: str | None = None


@act(
    Assessment,
    by=SITE,
    gates=(consented, alive, enrolled, visits_not_withdrawn, remission_to_lose, category_fits, mrd_fits),
    writes=ResponseAssessed,
)
def assess_response(deed: Deed[Assessment]) -> Entries:
    """The disease was assessed; it happens on the day of the sample."""
    what = deed.what
    check_numbers(deed.act, what)
    found = assessed(deed)
    category = what.category or found.settled
    if category is None:
        raise FormatError(f"assess_response: category missing, and {_left_open(found)}. Give it, or what is missing.")
    said = {part.name: getattr(what, part.name) for part in fields(what)}
    said |= {"category": category, "by_criteria": what.by_criteria or deed.study.response.criteria}
    said |= {"mrd": what.mrd or mrd_measured(what), "computed": found.computed or None}
    return (deed.entry(ResponseAssessed(**said)),)


def _left_open(found: Assessed) -> str:
    """Why no category is settled, as half a sentence."""
    if not found.computed:
        return "the study's criteria of response are not ours to judge by"
    left = "the findings exclude nothing" if found.computed == NOT_KNOWN else f"the findings leave {found.computed}"
    return f"{left}; not said: {', '.join(found.missing)}"


@act(Relapsed, by=SITE, gates=(consented, alive, enrolled, had_remission, dated_by_first_sample))
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
