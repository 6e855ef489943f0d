"""Harm in the story of one invented person: what was there before, what happens to everybody, and what ends late.

What the demonstration promises of single participants is told in `toxic`; what blood values become, in `marks`.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from trialwright.simulate.chain import INTERRUPTED, Chain
from trialwright.simulate.event import CELLS, CHEMOTHERAPY, NEITHER, OPEN, Event, News, Person, told
from trialwright.simulate.fate import Fate, Harm
from trialwright.simulate.marks import event_key, events_of_marks
from trialwright.simulate.step import COORDINATOR, INVESTIGATOR, Desk, Step, after
from trialwright.simulate.toxic import STORIES
from trialwright.study.model import Study

REACTION, FEVER = "Infusion related reaction", "Fever"
COLLECTED_DAYS: Final = 100
RUN_TOGETHER: Final[Mapping[int, str]] = {5: FEVER, 7: FEVER, 9: FEVER, INTERRUPTED: REACTION}
"""What is part of a story of its own, and not told apart."""
HEALTHY: Final = frozenset({3, 14})
"""Participants in remission without any complaint at the beginning."""
DONOR_FELT = 2
"""The donor of this participant felt the citrate of the collection."""
CITRATE: Final = {
    "term": "Paresthesia",
    "grade": 1,
    "serious": False,
    "related": {"collection": "related"},
    "treatment": "calcium by mouth, slower collection",
    "outcome": "resolved",
    "narrative": "tingling around the mouth during the collection, of the citrate; gone within half an hour",
}


def harm(study: Study, person: Person, days: Mapping[str, date]) -> Iterator[Step]:
    """Everything that happens to one participant, from the conditions found before treatment on.

    days  visit -> the day on which it took place
    """
    yield from _conditions(person)
    for event in events(person, days):
        yield from told(study, event, person.desk)


def events(person: Person, days: Mapping[str, date]) -> Iterator[Event]:
    """Every adverse event of one participant while they are collected, in no order."""
    for one in person.fate.harms:
        if RUN_TOGETHER.get(person.number) != one.term:
            yield _drawn(person, one)
    if person.number in STORIES:
        yield from STORIES[person.number](person)
    yield from events_of_marks(person, days)
    if (dies := _dies(person)) is not None:
        yield dies


# --- before treatment -------------------------------------------------------------------------------------------------


def _conditions(person: Person) -> Iterator[Step]:
    """What the person brought along: worse where there is leukaemia."""
    fate = person.fate
    assert fate.enrol_on is not None
    if fate.remission_on is None:
        found = [("Anemia", 2), ("Neutrophil count decreased", 3), ("Platelet count decreased", 3), ("Fatigue", 1)]
    elif person.number in HEALTHY:
        return
    else:
        found = [("Anemia", 1)] + ([("Fatigue", 1)] if person.number % 2 else [("Peripheral sensory neuropathy", 1)])
    for place, (term, grade) in enumerate(found):
        at = person.desk.at(fate.enrol_on, 17, 20 + place)
        words = {"term": term, "grade": grade, "began_on": after(fate.consent_on, -40 - place).isoformat()[:7]}
        yield Step(at, "record_condition", person.code, fate.enrol_on.isoformat(), COORDINATOR, words)


# --- as drawn ---------------------------------------------------------------------------------------------------------


def _drawn(person: Person, one: Harm) -> Event:
    """An event of those that are drawn: reported on the day after, milder halfway, and over."""
    key, onset = event_key(person.code, one.term.replace(" ", "-")), person.day(one.day)
    over = after(onset, one.lasts_days)
    news = []
    if one.grade == 2 and one.lasts_days > 2:
        half = after(onset, (one.lasts_days + 1) // 2)
        news.append(News(person.desk.at(half, 16, 45), half.isoformat(), {"grade": one.grade - 1}))
    ended = {"resolved_on": over.isoformat(), "outcome": "resolved"}
    news.append(News(person.desk.at(after(over, 2), 11, 0), over.isoformat(), ended))
    looks = (_reacted(person, key, onset, one.grade),) if one.term == REACTION else ()
    at = person.desk.at(after(onset, 1), 9, 45)
    return Event(key, person.code, at, onset.isoformat(), _words(one), tuple(news), beside=looks)


def _words(one: Harm) -> dict[str, Any]:
    related = {"related": CELLS, "not related": CHEMOTHERAPY}.get(one.nk_cells, OPEN)
    words: dict[str, Any] = {"term": one.term, "grade": one.grade, "serious": bool(one.serious)}
    words |= {"seriousness": list(one.serious), "related": {**related, "collection": "not related"}}
    words |= {"dose_limiting": one.dose_limiting, "expected": "yes"}
    if one.serious:
        words["narrative"] = "Fever of 38.9 Cel without neutrophils; blood cultures without growth; meropenem."
        words["treatment"] = "meropenem"
    return words


def _reacted(person: Person, key: str, day: date, grade: int) -> Step:
    found = {"infusion": 1, "reaction": "yes", "prophylaxis_hours": "0", "prolonged_or_recurrent": "no"}
    found |= {"hospitalised": "no", "life_threatening": "no", "event": key, "prompt_response": "yes"}
    found["interrupted"] = "yes" if grade > 1 else "no"
    at = person.desk.at(after(day, 1), 9, 55)
    return Step(at, "assess_infusion_reaction", person.code, day.isoformat(), INVESTIGATOR, found)


# --- deaths while events are collected --------------------------------------------------------------------------------


def _dies(person: Person) -> Event | None:
    """The fatal event of somebody who dies of something else than leukaemia soon after the cells: not due to them."""
    fate = person.fate
    if fate.death_on is None or fate.death_cause == "leukaemia" or not fate.infusions or fate.transplant_on:
        return None
    month = fate.death_known_to == "month"
    earliest = fate.death_on.replace(day=1) if month else fate.death_on
    if earliest > person.day(COLLECTED_DAYS):
        return None
    on = fate.death_on.isoformat()[:7] if month else fate.death_on.isoformat()
    term = "Sepsis" if fate.death_cause == "infection" else "Death NOS"
    words: dict[str, Any] = {"term": term, "grade": 5, "serious": True, "seriousness": ["death"], "expected": "no"}
    words |= {"related": {**NEITHER, "collection": "not related", "leukaemia": "not related"}, "outcome": "fatal"}
    words["narrative"] = "Died with blood counts recovered and without graft versus host disease."
    at = person.desk.at(after(fate.death_on, 35 if month else 1), 9, 5)
    return Event(event_key(person.code, "fatal"), person.code, at, on, words)


# --- donors, pregnancies, and the last weeks --------------------------------------------------------------------------


def donor_harm(chain: Chain, begun: date, desk: Desk) -> Iterator[Step]:
    """What the donor felt of the collection."""
    if chain.number != DONOR_FELT:
        return
    onset, words = desk.moment(desk.at(begun, 9, 5)), CITRATE | {"resolved_on": begun.isoformat()}
    yield Step(desk.at(begun, 10, 15), "report_donor_event", chain.donor, onset, COORDINATOR, words)


def pregnancy(people: list[Person], until: date) -> Iterator[Step]:
    """The partner of a man in long follow-up is pregnant; told within a day, and followed to the birth."""
    man = next((one for one in people if one.fate.sex == "male" and _well(one.fate, one.day(640), until)), None)
    if man is None:
        return
    key, at = f"pregnancy:{man.code}", man.at(330, 10, 10)
    words = {"of": "partner", "consented": "yes", "due_on": man.day(560).isoformat()}
    words["last_period_on"] = man.day(280).isoformat()
    yield Step(at, "report_pregnancy", man.code, at.date().isoformat(), INVESTIGATOR, words, id=key)
    for place, recipient in enumerate(("institution", "ethics committee")):
        sent = man.at(330, 13, 10 * place)
        report = {"entry": key, "regime": "pregnancy", "what": "first report", "to": recipient}
        yield Step(sent, "send_report", man.code, man.desk.moment(sent), COORDINATOR, report)
    for days, outcome, child in ((450, "ongoing", None), (562, "live birth", "a healthy girl of 3300 g")):
        follow = {"pregnancy": key, "outcome": outcome} | ({"child": child} if child else {})
        at = man.at(days, 14, 30)
        yield Step(at, "follow_pregnancy", man.code, at.date().isoformat(), COORDINATOR, follow)


def _well(fate: Fate, day: date, until: date) -> bool:
    """Whether somebody is alive, in follow-up and in remission until a day that the story reaches."""
    ends = (fate.death_on, fate.lost_on, fate.relapse_on, fate.transplant_on, fate.withdraw_on)
    return bool(fate.infusions) and day <= until and all(end is None or end > day for end in ends)


def unreported(study: Study, people: list[Person], until: date) -> Iterator[Step]:
    """Two days before the story ends somebody is admitted with pneumonia, and one report of it is forgotten."""
    alive = next((one for one in reversed(people) if _in_follow_up(one.fate)), None)
    if alive is None:
        return
    desk, onset = alive.desk, after(until, -4)
    words: dict[str, Any] = {"term": "Lung infection", "grade": 3, "serious": True, "seriousness": ["hospitalisation"]}
    words |= {"related": {**OPEN, "collection": "not related"}, "treatment": "piperacillin and tazobactam"}
    words["narrative"] = "Pneumonia of the right lower lobe two years after the cells; immunoglobulins are low."
    key, forgotten = event_key(alive.code, "pneumonia"), (("site", "ethics committee"),)
    at = desk.at(after(until, -3), 9, 30)
    yield from told(study, Event(key, alive.code, at, onset.isoformat(), words, forgotten=forgotten), desk)


def _in_follow_up(fate: Fate) -> bool:
    ends = (fate.death_on, fate.lost_on, fate.withdraw_on)
    return bool(fate.infusions) and all(end is None for end in ends)
