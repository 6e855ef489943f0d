"""The treatment of one invented person: cells, chemotherapy, what protects, the go, the infusion."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from trialwright.simulate.bedside import bedside, infusion, reacts
from trialwright.simulate.cells import cells
from trialwright.simulate.chain import Chain
from trialwright.simulate.event import Person
from trialwright.simulate.fate import Fate
from trialwright.simulate.following import asked_of_harm
from trialwright.simulate.laboratory import BEFORE, GO, values
from trialwright.simulate.marks import seen
from trialwright.simulate.step import (
    COORDINATOR,
    INVESTIGATOR,
    NURSE,
    Desk,
    Step,
    after,
)
from trialwright.simulate.ward import medications, vitals
from trialwright.study.model import Study

REGIMENS: dict[str, tuple[str, int, list[dict[str, Any]]]] = {
    "induction": (
        "7+3 daunorubicin",
        6,
        [
            {"drug": "cytarabine", "dose": "100", "unit": "mg/m2", "days": "1-7"},
            {"drug": "daunorubicin", "dose": "60", "unit": "mg/m2", "days": "1-3"},
        ],
    ),
    "consolidation": (
        "DA consolidation",
        4,
        [
            {"drug": "cytarabine", "dose": "100", "unit": "mg/m2", "days": "1-5"},
            {"drug": "daunorubicin", "dose": "45", "unit": "mg/m2", "days": "1-2"},
        ],
    ),
}
HIDAC = ("HiDAC", 4, [{"drug": "cytarabine", "dose": "2000", "unit": "mg/m2", "days": "1,3,5"}])

HURRIED = 13
"""This participant's premedication comes late."""

PROPHYLAXIS = [{"drug": "ciclosporin", "dose": "1.5", "unit": "mg/kg", "route": "oral"}]
PREMEDICATION = [
    {"drug": "chlorphenamine", "group": "antihistamine", "dose": "10", "unit": "mg", "route": "intravenous"},
    {"drug": "paracetamol", "group": "antipyretic", "dose": "500", "unit": "mg", "route": "oral"},
]


def treating(study: Study, fate: Fate, who: str, chain: Chain, desk: Desk) -> Iterator[Step]:
    """From the donor and the first day of chemotherapy to the end of the infusion, if there is one."""
    assert fate.chemotherapy_on is not None
    regimen, days, drugs = HIDAC if chain.number in (4, 12) else REGIMENS[fate.phase]
    ended = after(fate.chemotherapy_on, days)
    words = {"cycle": 1, "regimen": regimen, "ended_on": ended.isoformat(), "drugs": drugs}
    yield from _drawn_before(study, fate, who, chain, desk)
    yield Step(desk.at(ended, 18, 10), "give_chemotherapy", who, fate.chemotherapy_on.isoformat(), INVESTIGATOR, words)
    yield from cells(chain, fate, who, desk)
    yield from medications(study, fate, who, chain, desk)
    if not fate.infusions:
        yield _not_infused(chain, who, desk)
        return
    yield from _infusion_day(study, fate, who, chain, desk)


def _drawn_before(study: Study, fate: Fate, who: str, chain: Chain, desk: Desk) -> Iterator[Step]:
    """Blood on the day before chemotherapy begins (never on the day of enrolment): what is later compared with it."""
    assert fate.chemotherapy_on is not None
    assert fate.enrol_on is not None
    day = max(after(fate.chemotherapy_on, -1), after(fate.enrol_on, 1))
    answers = values(fate, chain.number, BEFORE, day) | {"harm.any": "no", "harm.gvhd": "no"}
    yield from seen(study, Person(fate, who, chain.number, desk), BEFORE, answers, desk.at(day, 8, 0))


def _not_infused(chain: Chain, who: str, desk: Desk) -> Step:
    at = desk.at(chain.day, 13, 0)
    reason = "uncontrolled infection after chemotherapy"
    return Step(at, "not_infused", who, at.date().isoformat(), INVESTIGATOR, {"reason": reason})


def _infusion_day(study: Study, fate: Fate, who: str, chain: Chain, desk: Desk) -> Iterator[Step]:
    """The checks, the go, what protects, the issue, the bedside, the infusion and the look at the person afterwards."""
    start = desk.at(chain.day, 14, 30)
    yield from _prepared(study, fate, who, chain.number, desk, chain.day)
    given = start - timedelta(minutes=12 if chain.number == HURRIED else 45)
    words: dict[str, Any] = {"cycle": 1, "agents": PREMEDICATION}
    yield Step(given, "premedicate", who, desk.moment(given), NURSE, words)
    at = desk.at(chain.day, 8, 45)
    yield Step(at, "print_label", who, desk.moment(at), NURSE, {})
    yield from bedside(chain, fate, who, desk, start)
    yield from infusion(chain, fate, who, desk, start)
    yield from vitals(study, chain, fate, who, desk, start)
    answers = {"vitals.temperature": "36.9", "vitals.spo2": "97"}
    answers["infusion.reaction"] = "yes" if reacts(chain, fate) else "no"
    answers |= asked_of_harm(study, Person(fate, who, chain.number, desk), chain.day)
    words = {"visit": "infusion", "answers": answers}
    yield Step(desk.at(chain.day, 19, 0), "visit", who, chain.day.isoformat(), COORDINATOR, words)


def _prepared(study: Study, fate: Fate, who: str, number: int, desk: Desk, day: date) -> Iterator[Step]:
    """The morning's measurements, prophylaxis, and the signed go."""
    vitals = {"vitals.temperature": "36.7", "vitals.spo2": "98", "vitals.weight": fate.laboratory["weight"][0]}
    person = Person(fate, who, number, desk)
    yield from seen(study, person, GO, vitals | values(fate, number, GO, day), desk.at(day, 9, 15))
    early = desk.at(day, 8, 30)
    yield Step(early, "give_gvhd_prophylaxis", who, desk.moment(early), NURSE, {"cycle": 1, "agents": PROPHYLAXIS})
    checks = [{"id": line.id, "answer": "yes"} for line in study.treatment.go_no_go]
    decided = desk.at(day, 13, 0)
    go = {"cycle": 1, "decision": "go", "checks": checks}
    yield Step(decided, "decide_go", who, desk.moment(decided), INVESTIGATOR, go)
