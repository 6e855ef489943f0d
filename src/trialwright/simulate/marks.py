"""The signed marks of one invented person's blood values: what is out of range is looked at on the day after.

Values of the last weeks, and one visit of one person, are left waiting: a list of what nobody has looked at is shown
only if there is something in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from trialwright.conduct.forms import facts_of
from trialwright.facts import TRUE, parse_quantity
from trialwright.safety.laboratory.out_of_range import out_of_range, range_of
from trialwright.simulate.event import CELLS, CHEMOTHERAPY, Event, News, Person
from trialwright.simulate.laboratory import RECOVERED, counts
from trialwright.simulate.step import INVESTIGATOR, NURSE, Step, after
from trialwright.study import library_of
from trialwright.study.model import Study
from trialwright.study.ranges import range_for

LOOKED_AT_UNTIL: Final = date(2026, 3, 20)
WAITS: Final = (12, "d56")
NEUTROPENIC: Final = (2, 6, 9)
"""Those whose low neutrophils the investigator calls significant: they become an event."""
LIVER = 4
NAMED: Final[Mapping[int, tuple[str, str, tuple[str, ...]]]] = {
    5: ("cytokine-release", "crp", ("d1", "d3")),
    7: ("cytokine-release", "crp", ("d1", "d3")),
    9: ("cytokine-release", "crp", ("d1",)),
    10: ("acute-gvhd", "bilirubin", ("d21", "d28")),
}
"""Participant -> the event that values of theirs belong to: its name, the value, the visits."""
COUNTS: Final = frozenset({"anc", "platelets", "hemoglobin"})
Joins = Mapping[tuple[str, str], Mapping[str, Any]]


def visit_key(who: str, visit: str) -> str:
    """The id of a visit's entry."""
    return f"visit:{who}:{visit}"


def marks(study: Study, person: Person, visit: str, answers: Mapping[str, str], day: date) -> Iterator[Step]:
    """A mark for each value of a visit that lies outside the site's range, signed on the day after."""
    if day < LOOKED_AT_UNTIL and (person.number, visit) != WAITS:
        facts = facts_of(study, answers, day.isoformat())
        yield from marks_of(study, person, visit, f"{visit_key(person.code, visit)}.2", facts, day)


def marks_of(
    study: Study, person: Person, visit: str, entry: str, facts: Sequence[Mapping[str, Any]], day: date
) -> Iterator[Step]:
    """A mark for each fact of an entry that is a value outside its range."""
    site, library, joins = study.sites[0], library_of(study.eligibility), significant(person)
    at = person.desk.at(after(day, 1), 8, 20)
    for place, fact in enumerate(facts, 1):
        concept = fact.get("concept", "")
        normal = range_for(site, concept, person.fate.sex, None)
        if normal is None:
            continue
        quantity = parse_quantity(fact["value"], fact.get("unit"))
        if out_of_range(quantity, range_of(quantity, normal), concept=library.concepts.get(concept)).truth is not TRUE:
            continue
        words: dict[str, Any] = {"fact": f"{entry}#{place}"}
        words |= joins.get((visit, concept)) or {"significant": False, "note": _why_not(concept)}
        key = _mark_key(person.code, visit, concept)
        yield Step(at, "mark_value", person.code, at.date().isoformat(), INVESTIGATOR, words, id=key)


def seen(study: Study, person: Person, visit: str, answers: Mapping[str, str], at: datetime) -> Iterator[Step]:
    """A visit of the treatment with its answers, and the marks of its values."""
    day, words = at.date(), {"visit": visit, "answers": answers}
    yield Step(at, "visit", person.code, day.isoformat(), NURSE, words, id=visit_key(person.code, visit))
    yield from marks(study, person, visit, answers, day)


def _why_not(concept: str) -> str:
    if concept in COUNTS:
        return "as in leukaemia and after its chemotherapy"
    return "no complaint, no treatment"


def _mark_key(who: str, visit: str, concept: str) -> str:
    return f"mark:{who}:{visit}:{concept}"


def significant(person: Person) -> Joins:
    """The values that are an event, or belong to one: (visit, concept) -> the words of the mark."""
    who, number = person.code, person.number
    if number in NEUTROPENIC:
        joins = {("d3", "anc"): {"significant": True, "related": CHEMOTHERAPY, "note": "isolated, on prophylaxis"}}
        return joins | {(visit, "anc"): _joins(f"{_mark_key(who, 'd3', 'anc')}.2") for visit in ("d7", "d14", "d21")}
    if number == LIVER:
        became = {"significant": True, "related": CELLS, "serious": True, "seriousness": ["important medical event"]}
        became["note"] = "ALT thirty times the limit; no virus, no other drug; the cells are held to be the cause"
        joined = _joins(f"{_mark_key(who, 'd14', 'alt')}.2")
        later = {(visit, name): joined for visit in ("d14", "d21", "d28") for name in ("alt", "ast")}
        return later | {("d14", "alt"): became}
    if number not in NAMED:
        return {}
    event, concept, visits = NAMED[number]
    return {(visit, concept): _joins(event_key(who, event)) for visit in visits}


def event_key(who: str, name: str) -> str:
    """The id of the entry that reports an event of somebody."""
    return f"harm:{who}:{name}"


def _joins(event: str) -> Mapping[str, Any]:
    return {"significant": True, "event": event}


def events_of_marks(person: Person, days: Mapping[str, date]) -> Iterator[Event]:
    """The events that signed values become, with what follows.

    days  visit -> the day on which it took place
    """
    if person.number in NEUTROPENIC:
        recovered = counts(person.fate, person.number, "d28", days["d28"]) is RECOVERED
        last: Mapping[str, Any] = _over(days, "d28") if recovered else {"grade": 3}
        yield _event(person, days, "d3", "anc", {"d14": {"grade": 3}, "d21": {"grade": 2}, "d28": last})
    if person.number == LIVER:
        said = {"grade": 4, "serious": True, "seriousness": ["important medical event"], "related": CELLS}
        treated = "methylprednisolone 1 mg/kg from day 15 on; no further cause was found"
        later: dict[str, Mapping[str, Any]] = {"d14": {"treatment": treated, "narrative": treated}}
        later |= {"d21": {"grade": 3}, "d28": {"grade": 1}, "d56": _over(days, "d56")}
        yield _event(person, days, "d14", "alt", later, said)


def _over(days: Mapping[str, date], visit: str) -> dict[str, Any]:
    return {"resolved_on": days[visit].isoformat(), "outcome": "resolved"} if visit in days else {}


def _event(
    person: Person,
    days: Mapping[str, date],
    visit: str,
    concept: str,
    later: Mapping[str, Mapping[str, Any]],
    said: Mapping[str, Any] | None = None,
) -> Event:
    key = f"{_mark_key(person.code, visit, concept)}.2"
    at = person.desk.at(after(days[visit], 1), 8, 20)
    news = tuple(
        News(person.desk.at(after(days[name], 1), 8, 50), days[name].isoformat(), words)
        for name, words in later.items()
        if name in days
    )
    words = said or {"grade": 4, "serious": False, "related": CHEMOTHERAPY}
    return Event(key, person.code, at, days[visit].isoformat(), words, news, marked=True)
