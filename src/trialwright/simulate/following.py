"""What follows the infusion of one invented person: visits, response, harm, relapse, and how it ends."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from trialwright.ledger.entry import Told
from trialwright.simulate.event import Person
from trialwright.simulate.fate import Fate
from trialwright.simulate.harm import events
from trialwright.simulate.laboratory import LOW, RECOVERED, counts, values
from trialwright.simulate.marks import marks, visit_key
from trialwright.simulate.reviewing import no_marrow
from trialwright.simulate.step import COORDINATOR, INVESTIGATOR, Desk, Step, after
from trialwright.simulate.toxic import FEVERISH
from trialwright.study.model import Study, Visit

ADEQUATE = {"marrow_adequate": "yes", "counts_supported": "no"}
REMISSION = ADEQUATE | {"blasts_percent": "2", "circulating_blasts": "no", "extramedullary": "no"}
DISEASE = ADEQUATE | {"circulating_blasts": "yes", "extramedullary": "no"} | LOW
FLOW = {"mrd_method": "flow", "mrd_sensitivity_percent": "0.01"}
WEEKLY = ("d7", "d14", "d21", "d28")
LEAST_CHIMERISM = 0.1  # per cent: what the assay of the demonstration finds at least
ASKED_DAYS = 8
NO_ECHO = frozenset({4, 10, 14})
"""Those whose heart was not looked at on day 28: the form stays empty, and the record asks why."""
MARROW_DAYS = 14
"""A marrow examined so many days around a visit is the visit's own: what an edit check takes it for."""
BEFORE_THE_END = 10  # nobody is seen at a planned visit in the last days before death


def following(study: Study, fate: Fate, who: str, number: int, desk: Desk, *, until: date) -> Iterator[Step]:
    """Everything after the infusion (or after it was given up), up to the day of the demonstration."""
    assert fate.enrol_on is not None
    steps = [*_before_the_cells(fate, who, number, desk), *_visits(study, fate, who, number, desk)]
    steps += [*_disease(fate, who, number, desk), *_ends(fate, who, number, desk)]
    last = fate.death_on or until
    for step in steps:
        if step.on[:10] <= last.isoformat() and step.at.date() <= until:
            yield step


def visited(study: Study, fate: Fate, number: int) -> dict[str, date]:
    """The day of each visit of follow-up that takes place, by its name."""
    return {visit.id: day for visit, day in _attended(study, fate, number)}


def _attended(study: Study, fate: Fate, number: int) -> Iterator[tuple[Visit, date]]:
    for visit in study.visits:
        planned = _planned(visit, fate)
        if planned is not None and _attends(fate, planned):
            late = 12 if (number, visit.id) == (4, "d56") else 0  # one visit outside its window
            yield visit, after(planned, late + (number * 3 + visit.day) % (visit.after + 1))


def _visits(study: Study, fate: Fate, who: str, number: int, desk: Desk) -> Iterator[Step]:
    person = Person(fate, who, number, desk)
    began = [(event.key, event.onset[:10]) for event in events(person, visited(study, fate, number))]
    for visit, day in _attended(study, fate, number):
        phone = visit.mode == "any" and fate.relapse_on is not None
        words: dict[str, Any] = {"visit": visit.id, "mode": "telephone" if phone else "on site"}
        answers = _answers(visit, fate, number, day) | _donor_cells(visit, number) | _harm(visit, began, day)
        on_paper = (number, visit.id) == (10, "d21")
        told = Told("paper visit sheet", COORDINATOR.id, "the network was down for two days") if on_paper else None
        at = desk.at(after(day, 2 if on_paper else 0), 15, (number * 3) % 60)
        words["answers"], key = answers, visit_key(who, visit.id)
        yield Step(at, "visit", who, day.isoformat(), COORDINATOR, words, told=told, id=key)
        yield from marks(study, person, visit.id, answers, max(day, at.date()))
        if "marrow" in visit.forms and _in_remission(fate, day):
            found = REMISSION | counts(fate, number, visit.id, day) | _residual(number)
            yield Step(desk.at(day, 16, 30), "assess_response", who, day.isoformat(), INVESTIGATOR, found)
        elif "marrow" in visit.forms and _long_after_relapse(fate, day):
            yield from no_marrow(who, key, day, desk)


def _long_after_relapse(fate: Fate, day: date) -> bool:
    """Whether the marrow at a visit is left out for good: the disease is back, or was never gone, and that is known."""
    known = [fate.relapse_on] if fate.relapse_on else []
    if fate.infusions and not fate.remission_on and fate.remission_after_days is None:
        known.append(after(fate.infusions[0], 28))
    return bool(known) and all(day > after(one, MARROW_DAYS + 3) for one in known)


def _before_the_cells(fate: Fate, who: str, number: int, desk: Desk) -> Iterator[Step]:
    """The marrow at enrolment, and the blood of the morning before the infusion."""
    assert fate.enrol_on is not None
    day = fate.enrol_on
    positive = fate.remission_on is None or number % 2 == 1
    blasts = "2" if fate.remission_on else _blasts(number)
    marrow = [
        {"concept": "marrow_blasts", "value": blasts, "unit": "%", "on": day.isoformat(), "source": "study"},
        {"concept": "mrd", "value": "positive" if positive else "negative", "on": day.isoformat(), "source": "study"},
    ]
    words: dict[str, Any] = {"facts": marrow, "visit": "screening"}
    yield Step(desk.at(day, 16, 45), "record_facts", who, day.isoformat(), COORDINATOR, words)
    for infused_on in fate.infusions:
        on = infused_on.isoformat()
        blood = [
            {"concept": "donor_chimerism", "value": f"<{LEAST_CHIMERISM}", "unit": "%", "on": on, "source": "study"},
            {"concept": "nk_cells", "value": str(4 + number * 5 % 21), "unit": "/uL", "on": on, "source": "study"},
        ]
        words = {"facts": blood, "visit": "go-no-go"}
        yield Step(desk.at(infused_on, 9, 25), "record_facts", who, on, COORDINATOR, words)


def _donor_cells(visit: Visit, number: int) -> dict[str, str]:
    """What is left of the donor's cells: a peak after a week, then a fall, faster in some; numbers by participant."""
    if "persistence" not in visit.forms or visit.id not in WEEKLY:
        return {}
    week = WEEKLY.index(visit.id)
    chimerism = (6 + number * 37 % 41) * (0.12 + number * 13 % 7 * 0.05) ** week
    shown = f"{chimerism:.2g}" if chimerism >= LEAST_CHIMERISM else f"<{LEAST_CHIMERISM}"
    nk_cells = 30 + (180 + number * 53 % 310) * (0.35 + number * 7 % 5 * 0.06) ** week + 18 * week
    return {"persistence.chimerism": shown, "persistence.nk_cells": f"{nk_cells:.0f}"}


def _residual(number: int) -> dict[str, str]:
    """Residual disease in a remission, by flow cytometry: below what it finds in two of three."""
    return FLOW | {"mrd_percent": "<0.01" if number % 3 else f"0.{15 + number}"}


def _blasts(number: int) -> str:
    return str(22 + number * 17 % 60)


def _planned(visit: Visit, fate: Fate) -> date | None:
    """The day a visit is due; None for those that treatment itself holds, or whose anchor does not come."""
    assert fate.enrol_on is not None
    if visit.anchor == "enrolment":
        return after(fate.enrol_on, visit.day) if visit.day > 0 else None
    if visit.anchor in ("infusion", "first_infusion"):
        return after(fate.infusions[0], visit.day) if fate.infusions and visit.day > 0 else None
    if visit.anchor == "remission":
        start = fate.enrol_on if fate.remission_on else _remission_day(fate)
        return after(start, visit.day) if start else None
    return None


def _attends(fate: Fate, day: date) -> bool:
    if fate.lost_on is not None and day >= fate.lost_on:
        return False
    return fate.death_on is None or day < after(fate.death_on, -BEFORE_THE_END)


def _remission_day(fate: Fate) -> date | None:
    if fate.remission_after_days is None or not fate.infusions:
        return None
    return after(fate.infusions[0], fate.remission_after_days)


def _in_remission(fate: Fate, day: date) -> bool:
    if fate.relapse_on is not None and day >= fate.relapse_on:
        return False
    reached = _remission_day(fate)
    return fate.remission_on is not None or (reached is not None and day >= reached)


def asked_of_harm(study: Study, person: Person, day: date) -> dict[str, str]:
    """The answers to the form about harm on the day of the infusion: only what began on that day is new."""
    events_then = events(person, visited(study, person.fate, person.number))
    return _new_harm(
        [(event.key, event.onset[:10]) for event in events_then if event.onset[:10] == day.isoformat()], day
    )


def _harm(visit: Visit, began: Iterable[tuple[str, str]], day: date) -> dict[str, str]:
    """The answers to the form about harm, where the visit has it."""
    return _new_harm(began, day) if "harm" in visit.forms else {}


def _new_harm(began: Iterable[tuple[str, str]], day: date) -> dict[str, str]:
    """Whether something began since about the visit before, and whether it was graft versus host disease."""
    new = [key for key, onset in began if after(day, -ASKED_DAYS).isoformat() < onset <= day.isoformat()]
    gvhd = any(key.endswith("acute-gvhd") for key in new)
    return {"harm.any": "yes" if new else "no", "harm.gvhd": "yes" if gvhd else "no"}


def _answers(visit: Visit, fate: Fate, number: int, day: date) -> dict[str, str]:
    answers: dict[str, str] = {}
    if "survival" in visit.forms:
        answers |= {"survival.alive": "yes", "survival.on": day.isoformat(), "survival.how": "seen at the visit"}
    if "disease" in visit.forms:
        relapsed = fate.relapse_on is not None and day >= fate.relapse_on
        answers["disease.relapse"] = "yes" if relapsed else "no"
    if "vitals" in visit.forms:
        temperature, oxygen = FEVERISH.get((number, visit.id), ("36.6", "98"))
        answers |= {"vitals.temperature": temperature, "vitals.spo2": oxygen}
        answers["vitals.weight"] = fate.laboratory["weight"][0]
    if "laboratory" in visit.forms:
        answers |= values(fate, number, visit.id, day)
    if visit.id == "d28":
        answers["marrow.cellularity"] = str(20 + number * 7 % 30)
        if number not in NO_ECHO:
            answers["heart.lvef"] = str(int(fate.laboratory["lvef"][0]) - number % 4)
    return answers


def _disease(fate: Fate, who: str, number: int, desk: Desk) -> Iterator[Step]:
    if fate.infusions and not fate.remission_on and fate.remission_after_days is None:
        day = after(fate.infusions[0], 28)
        found = DISEASE | {"blasts_percent": "31", "pretreatment_blasts_percent": _blasts(number)}
        yield Step(desk.at(day, 16, 30), "assess_response", who, day.isoformat(), INVESTIGATOR, found)
    if fate.relapse_on is not None:
        known = desk.at(after(fate.relapse_on, 2), 10, 0)
        elsewhere = REMISSION | {"extramedullary": "yes"} | RECOVERED
        found = elsewhere if number % 5 == 0 else DISEASE | {"blasts_percent": _blasts(number)}
        sampled = desk.at(after(fate.relapse_on, 2), 9, 30)
        yield Step(sampled, "assess_response", who, fate.relapse_on.isoformat(), INVESTIGATOR, found)
        how = {"how": "extramedullary" if number % 5 == 0 else "haematological"}
        yield Step(known, "relapse", who, fate.relapse_on.isoformat(), INVESTIGATOR, how)
        if number % 2:
            day = after(fate.relapse_on, 9)
            therapy = {"therapy": "venetoclax and azacitidine"}
            yield Step(desk.at(day, 10, 30), "other_therapy", who, day.isoformat(), INVESTIGATOR, therapy)
    if fate.transplant_on is not None:
        donor = {"donor_type": "haploidentical relative"}
        at = desk.at(after(fate.transplant_on, 1), 9, 0)
        yield Step(at, "transplant", who, fate.transplant_on.isoformat(), INVESTIGATOR, donor)


def _ends(fate: Fate, who: str, number: int, desk: Desk) -> Iterator[Step]:
    if fate.lost_on is not None:
        words = {"attempts": "three calls and a letter"}
        yield Step(desk.at(fate.lost_on, 16, 0), "lose_to_follow_up", who, fate.lost_on.isoformat(), COORDINATOR, words)
    if fate.death_on is None:
        return
    month = fate.death_known_to == "month"
    on = fate.death_on.isoformat()[:7] if month else fate.death_on.isoformat()
    words = {"cause": fate.death_cause, "how_known": "told by the family" if month else "hospital record"}
    known = after(fate.death_on, 35 if month else 1)
    yield Step(desk.at(known, 9, 20), "record_death", who, on, INVESTIGATOR, words)
