"""Taking over a table of the past: one person's history becomes entries, every one marked historical."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from trialwright.conduct.act import act
from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.conduct.person_facts import without_birthday
from trialwright.conduct.roles import TABLES
from trialwright.facts import parse_partial_date
from trialwright.facts.order import certainly_before
from trialwright.ledger.entry import Mood, NewEntry
from trialwright.ledger.kinds import (
    Contacted,
    Died,
    Enrolled,
    FactsRecorded,
    LostToFollowUp,
    Relapsed,
    ResponseAssessed,
    Transplanted,
)


@dataclass(frozen=True, slots=True)
class History:
    """One line of a table: who, and the dates that matter. What the table does not say stays None."""

    code: str
    enrolled_on: str
    disease_status: str
    phase: str = "not stated"
    in_remission: bool | None = None  # None: as the study's disease status says, or by the date of remission
    strata: dict[str, str] = field(default_factory=dict)
    remission_on: str | None = None
    remission_category: str = "CR"
    relapse_on: str | None = None
    relapse_how: str = "not stated"
    transplant_on: str | None = None
    death_on: str | None = None
    death_cause: str = "unknown"
    last_assessed_on: str | None = None  # last disease assessment, without relapse
    last_contact_on: str | None = None
    lost_on: str | None = None
    born: str | None = None
    sex: str | None = None
    facts: tuple[dict[str, Any], ...] = ()
    source: str = "table"


ORDER = ("remission_on", "relapse_on", "death_on"), ("enrolled_on", "relapse_on", "death_on")
BEFORE_DEATH = ("enrolled_on", "remission_on", "relapse_on", "transplant_on", "last_assessed_on", "last_contact_on")
EVENTS = {
    "enrolled_on": "day 0",
    "remission_on": "the remission",
    "relapse_on": "the relapse",
    "transplant_on": "the transplant",
    "last_assessed_on": "the last assessment",
    "last_contact_on": "the last contact",
    "death_on": "the death",
}


NOT_PEOPLE = ("L-", "C-", "D-")
"""How codes begin that are never a person's. A dose's and a chain's may be: the ledger knows who came from a table."""


def history_new(deed: Deed[History]) -> Iterable[Reason]:
    """A person of the table comes once."""
    code = deed.what.code
    if code in deed.trial.casebooks and deed.trial.casebooks[code].entries:
        yield Reason(
            "history.exists",
            f"{code} has a casebook already.",
            "Look for the line that stands twice in the table, or give each person a code of their own.",
        )
    if code[:2] in NOT_PEOPLE or not code.strip():
        yield Reason(
            "history.code",
            f"{code!r} cannot name a person: codes that begin with L-, C- or D- name lots, collections and donors.",
            "Put another word in front of the table's code.",
        )


def history_in_order(deed: Deed[History]) -> Iterable[Reason]:
    """Nothing lies after death, and no relapse before the remission or before day 0."""
    pairs = {pair for chain in ORDER for pair in combinations(chain, 2)}
    pairs |= {(name, "death_on") for name in BEFORE_DEATH}
    for earlier, later in sorted(pairs):
        first, second = getattr(deed.what, earlier), getattr(deed.what, later)
        if first and second and certainly_before(parse_partial_date(second), parse_partial_date(first)):
            yield Reason(
                "history.order",
                f"{deed.what.code}: {EVENTS[later]} on {second} lies before {EVENTS[earlier]} on {first}.",
                "Check the line of the table against its source.",
            )


@act(History, by=TABLES, subject="study", needs_on=False, of_ledger=True, gates=(history_new, history_in_order))
def record_history(deed: Deed[History]) -> tuple[NewEntry, ...]:
    """One person's history is taken over from a table: order and identity are checked, nothing else."""
    return tuple(replace(entry, about=deed.what.code, mood=Mood.HISTORICAL) for entry in _entries(deed))


def _entries(deed: Deed[History]) -> Iterator[NewEntry]:
    what = deed.what
    yield NewEntry(_enrolled(deed), occurred=what.enrolled_on)
    if what.facts or what.born or what.sex:
        facts = without_birthday(FactsRecorded(what.facts, what.born, what.sex), parse_partial_date(what.enrolled_on))
        yield NewEntry(facts, occurred=what.enrolled_on)
    if what.remission_on and _after_day_0(what):
        response = ResponseAssessed(what.remission_category, by_criteria=f"as the {what.source} says")
        yield NewEntry(response, occurred=what.remission_on)
    if what.transplant_on:
        yield NewEntry(Transplanted(), occurred=what.transplant_on)
    if what.last_assessed_on:
        seen = ResponseAssessed("remission kept", by_criteria=f"as the {what.source} says")
        yield NewEntry(seen, occurred=what.last_assessed_on)
    if what.relapse_on:
        yield NewEntry(Relapsed(what.relapse_how), occurred=what.relapse_on)
    if what.last_contact_on:
        yield NewEntry(Contacted(what.source), occurred=what.last_contact_on)
    if what.lost_on:
        yield NewEntry(LostToFollowUp(), occurred=what.lost_on)
    if what.death_on:
        yield NewEntry(Died(what.death_cause, what.source), occurred=what.death_on)


def _after_day_0(what: History) -> bool:
    return certainly_before(parse_partial_date(what.enrolled_on), parse_partial_date(what.remission_on or ""))


def _enrolled(deed: Deed[History]) -> Enrolled:
    """Day 0 of the person. In remission then: as the table says, or the study's word for the status, or its date."""
    what = deed.what
    status = next((one for one in deed.study.disease_status if one.id == what.disease_status), None)
    had = what.remission_on is not None and not _after_day_0(what)
    in_remission = what.in_remission if what.in_remission is not None else (status.in_remission if status else had)
    return Enrolled(
        number=deed.trial.next_number,
        disease_status=what.disease_status,
        phase=what.phase,
        in_remission=in_remission,
        remission_on=what.remission_on if had else None,
        remission_category=what.remission_category if had else None,
        strata=what.strata,
        meaning="taken over from a table",
    )
