"""A whole trial as a list of steps: everybody's way through it, in the order in which a site would enter it.

The same seed tells the same story. Some steps are meant to be refused (a value is missing, one person verifies alone,
the sixteenth asks for a place): a demonstration of gates that never close would show nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from trialwright.simulate.board import board
from trialwright.simulate.chain import Chain, chains
from trialwright.simulate.event import Person
from trialwright.simulate.fate import Fate, fates
from trialwright.simulate.following import following, visited
from trialwright.simulate.harm import harm, pregnancy, unreported
from trialwright.simulate.joining import joining
from trialwright.simulate.reviewing import reviewing
from trialwright.simulate.step import COORDINATOR, Desk, Step, after
from trialwright.simulate.treating import treating
from trialwright.study.model import Study

TARGET = 15
STAGGER_DAYS = 28
FORGETFUL = 3  # this participant's creatinine is missing at first


def story(study: Study, rng: np.random.Generator, *, until: date) -> tuple[Step, ...]:
    """The steps of a simulated trial of the study, in order of their moments, up to a day.

    Raises ValueError if the study has no site, no consent document or no treatment to play.
    """
    if not (study.sites and study.consent and study.treatment.infusion):
        raise ValueError("a story needs a study with a site, a consent document and an infusion")
    desk = Desk(study.sites[0].time_zone)
    stagger = study.enrolment.stagger
    people = fates(
        rng,
        places=study.enrolment.target or TARGET,
        stagger_days=stagger.days if stagger else STAGGER_DAYS,
        staggered=stagger.first if stagger else 0,
    )
    ways = chains(people, study.sites[0].code)
    steps = [step for one in _everybody(study, people, ways, desk, until) for step in one if step.at.date() <= until]
    steps += _declined(people, desk)
    steps += _one_too_many(study, people, desk)
    steps += _late(study, people, desk, until)
    steps = [step for step in board(steps, desk) if step.at.date() <= until]
    steps += [step for step in reviewing(steps, desk) if step.at.date() <= until]
    return tuple(sorted(steps, key=lambda step: step.at))


def _everybody(
    study: Study, people: tuple[Fate, ...], ways: Mapping[int, Chain], desk: Desk, until: date
) -> Iterator[Iterator[Step]]:
    number = 0
    for place, fate in enumerate(people, 1):
        who = f"S-{place:03d}"
        if fate.enrol_on is None:
            yield joining(study, fate, who, desk, forgets_creatinine=False)
            continue
        number += 1
        yield joining(study, fate, who, desk, forgets_creatinine=number == FORGETFUL)
        yield treating(study, fate, who, ways[number], desk)
        yield following(study, fate, who, number, desk, until=until)
        yield harm(study, Person(fate, who, number, desk), visited(study, fate, number))


def _late(study: Study, people: tuple[Fate, ...], desk: Desk, until: date) -> Iterator[Step]:
    """What happens long after the cells: a pregnancy, and an illness in the last days."""
    enrolled = [(f"S-{place:03d}", fate) for place, fate in enumerate(people, 1) if fate.enrol_on]
    persons = [Person(fate, who, number, desk) for number, (who, fate) in enumerate(enrolled, 1)]
    yield from pregnancy([one for one in persons if one.fate.infusions], until)
    yield from unreported(study, persons, until)


def _declined(people: tuple[Fate, ...], desk: Desk) -> Iterator[Step]:
    for count, reason, place in ((1, "too far to travel", 4), (2, "no time", 12)):
        day = after(people[place].consent_on, -3)
        words = {"count": count, "reason": reason}
        yield Step(desk.at(day, 17, 0), "decline", None, day.isoformat(), COORDINATOR, words)


def _one_too_many(study: Study, people: tuple[Fate, ...], desk: Desk) -> Iterator[Step]:
    """Somebody consents and is eligible after the last place was taken: refused, and the screening ends."""
    last = people[-1]
    assert last.enrol_on is not None
    moved = after(last.enrol_on, 20)
    fate = replace(last, consent_on=moved, enrol_on=after(moved, 6), disease_status="CR1", phase="consolidation")
    fate = replace(fate, remission_on=after(moved, -40))
    who = f"S-{len(people) + 1:03d}"
    yield from joining(study, fate, who, desk, forgets_creatinine=False)
    assert fate.enrol_on is not None
    day = after(fate.enrol_on, 1)
    words = {"outcome": "withdrawn", "note": "every place was taken"}
    yield Step(desk.at(day, 9, 0), "end_screening", who, day.isoformat(), COORDINATOR, words)
