"""What a ward writes down of one invented person beside the visits: vital signs at the infusion, other medications."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from trialwright.conduct.vitals_plan import planned_moments, vitals_plan
from trialwright.facts import LocalTime
from trialwright.simulate.bedside import MINUTES, reacts
from trialwright.simulate.chain import INTERRUPTED, Chain
from trialwright.simulate.fate import Fate
from trialwright.simulate.step import COORDINATOR, NURSE, Desk, Step, after
from trialwright.study.model import Study

FORGOTTEN: Final = (6, "15 min")
"""Nobody took this participant's vital signs then."""
LATE: Final = (3, "30 min", 12)
"""This participant's were taken so many minutes late."""
WARM: Final = ("15 min", "30 min", "end + 1 h")
ANTIVIRAL_DAYS: Final = 100


def vitals(study: Study, chain: Chain, fate: Fate, who: str, desk: Desk, start: datetime) -> Iterator[Step]:
    """The vital signs of an infusion at the moments that the study plans; one forgotten, one late."""
    plan = vitals_plan(study)
    if plan is None:
        return
    ended = start + timedelta(minutes=MINUTES + (15 if chain.number == INTERRUPTED else 0))
    began, over = _clock(start, desk), _clock(ended, desk)
    for place, planned in enumerate(planned_moments(plan, began, over, over)):
        if (chain.number, planned.name) == FORGOTTEN:
            continue
        late = LATE[2] if (chain.number, planned.name) == LATE[:2] else (place + chain.number) % 2
        at = planned.at.instant.astimezone(start.tzinfo) + timedelta(minutes=late)
        words = {
            "moment": planned.name,
            **_signs(chain.number, place, warm=reacts(chain, fate) and planned.name in WARM),
        }
        yield Step(at, "take_vitals", who, desk.moment(at), NURSE, words)


def _clock(at: datetime, desk: Desk) -> LocalTime:
    offset = at.utcoffset() or timedelta()
    return LocalTime(at.replace(tzinfo=None), int(offset.total_seconds() // 60), desk.zone)


def _signs(number: int, place: int, *, warm: bool) -> dict[str, str]:
    """Ordinary signs that differ a little from person to person and from one moment to the next."""
    turn = number * 7 + place * 3
    return {
        "temperature_c": f"37.{6 + turn % 3}" if warm else f"36.{4 + turn % 5}",
        "pulse": str((96 if warm else 68) + turn % 14),
        "systolic": str(112 + turn % 23),
        "diastolic": str(66 + turn % 15),
        "respiratory_rate": str((18 if warm else 14) + turn % 4),
        "spo2_percent": str(96 + turn % 4),
    }


def medications(study: Study, fate: Fate, who: str, chain: Chain, desk: Desk) -> Iterator[Step]:
    """What is given beside the study's treatment: an antiviral for everybody, and what treats a reaction."""
    if fate.chemotherapy_on is None or not any(form.id == "medications" and form.repeats for form in study.forms):
        return
    begun = fate.chemotherapy_on.isoformat()
    drug: dict[str, Any] = {"drug": "aciclovir", "dose": "400", "unit": "mg twice a day", "route": "oral"}
    answers = drug | {"began_on": begun, "reason": "prophylaxis of herpes"}
    words = {"form": "medications", "answers": answers}
    yield Step(desk.at(fate.chemotherapy_on, 16, 5), "record_row", who, begun, COORDINATOR, words)
    if not fate.infusions:
        return
    if reacts(chain, fate):
        at = desk.at(chain.day, 15, 20)
        given: dict[str, Any] = {"drug": "chlorphenamine", "dose": "10", "unit": "mg", "route": "intravenous"}
        day = chain.day.isoformat()
        given |= {"began_on": day, "ended_on": day, "reason": "reaction to the infusion"}
        words = {"form": "medications", "answers": given}
        yield Step(at, "record_row", who, day, NURSE, words)
    last = after(fate.infusions[0], ANTIVIRAL_DAYS)
    if fate.death_on is None or last < fate.death_on:
        stopped = {"form": "medications", "row": 1, "answers": {"ended_on": last.isoformat()}}
        yield Step(desk.at(last, 11, 15), "follow_row", who, last.isoformat(), COORDINATOR, stopped)
