"""The treatment of one invented person: cells, chemotherapy, what protects, the go, the infusion."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from trialwright.simulate.fate import Fate
from trialwright.simulate.step import (
    COORDINATOR,
    INVESTIGATOR,
    LABORATORY,
    NURSE,
    QUALITY,
    SECOND_INVESTIGATOR,
    Desk,
    Step,
    after,
)
from trialwright.study.model import Study

CELLS_PER_KG = 12_500_000
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

PROPHYLAXIS = [{"drug": "ciclosporin", "dose": "1.5", "unit": "mg/kg", "route": "oral"}]
PREMEDICATION = [
    {"drug": "chlorphenamine", "group": "antihistamine", "dose": "10", "unit": "mg", "route": "intravenous"},
    {"drug": "paracetamol", "group": "antipyretic", "dose": "500", "unit": "mg", "route": "oral"},
]


def treating(
    study: Study, fate: Fate, who: str, number: int, desk: Desk, *, one_verifier: bool, late_premedication: bool
) -> Iterator[Step]:
    """From the first day of chemotherapy to the end of the infusion, if there is one.

    one_verifier        the infusion is first asked for by one person alone, and refused
    late_premedication  it is given, but fewer minutes before than the study asks
    """
    assert fate.chemotherapy_on is not None
    regimen, days, drugs = HIDAC if number in (4, 12) else REGIMENS[fate.phase]
    ended = after(fate.chemotherapy_on, days)
    words = {"cycle": 1, "regimen": regimen, "ended_on": ended.isoformat(), "drugs": drugs}
    yield Step(desk.at(ended, 18, 10), "give_chemotherapy", who, fate.chemotherapy_on.isoformat(), INVESTIGATOR, words)
    if not fate.infusions:
        yield _not_infused(fate, who, desk)
        return
    for day in fate.infusions:
        lot = f"L-{number:03d}"
        yield from _cells(study, fate, who, number, lot, desk, day)
        yield from _infusion_day(
            study, fate, who, lot, desk, day, one_verifier=one_verifier, late_premedication=late_premedication
        )


def _not_infused(fate: Fate, who: str, desk: Desk) -> Step:
    assert fate.chemotherapy_on is not None
    day = after(fate.chemotherapy_on, 13)
    reason = "uncontrolled infection after chemotherapy"
    return Step(desk.at(day, 9, 0), "not_infused", who, day.isoformat(), INVESTIGATOR, {"reason": reason})


def _cells(study: Study, fate: Fate, who: str, number: int, lot: str, desk: Desk, day: date) -> Iterator[Step]:
    """Collection, lot, tests and release, the day before and the morning of the infusion."""
    cord = number % 4 == 0
    source = "cord blood" if cord else "peripheral blood"
    collection = f"C-{number:03d}"
    collected = {"donor": f"D-{number:03d}", "source": source, "volume_ml": "95" if cord else "60"}
    collected_on = after(day, -16)
    yield Step(desk.at(collected_on, 11, 0), "collect", collection, collected_on.isoformat(), LABORATORY, collected)
    weight = float(fate.laboratory["weight"][0])
    made = {
        "collection": collection,
        "recipient": who,
        "expires_at": desk.moment(desk.at(day, 23, 0)),
        "volume_ml": "110",
        "nk_cells": f"{CELLS_PER_KG * weight:.3g}".replace("e+0", "e"),
    }
    yield Step(desk.at(day, 5, 30), "make_lot", lot, desk.moment(desk.at(day, 5, 0)), LABORATORY, made)
    for test, value, unit in _results(number):
        result = {"test": test, "value": value, "analyst": LABORATORY.id} | ({"unit": unit} if unit else {})
        yield Step(desk.at(day, 7, 10), "record_release_test", lot, day.isoformat(), LABORATORY, result)
    weighed = {"weight_kg": fate.laboratory["weight"][0]}
    released = desk.moment(desk.at(day, 8, 0))
    words = {"how": "conditional"} | weighed
    yield Step(desk.at(day, 8, 5), "release", lot, released, QUALITY, words, second=INVESTIGATOR)
    ready = after(day, 14)
    sterile = {"test": "sterility", "value": "negative", "analyst": LABORATORY.id}
    yield Step(desk.at(ready, 9, 0), "record_release_test", lot, ready.isoformat(), LABORATORY, sterile)
    full = {"how": "full"} | weighed
    yield Step(
        desk.at(ready, 15, 0), "release", lot, desk.moment(desk.at(ready, 15, 0)), QUALITY, full, second=INVESTIGATOR
    )


def _results(number: int) -> list[tuple[str, str, str | None]]:
    spread = (number * 7) % 10
    return [
        ("viability", f"{86 + spread}", "%"),
        ("purity", f"{74 + spread * 2}", "%"),
        ("identity", "confirmed", None),
        ("t-cells", f"{4 + spread}e4", "/kg"),
        ("b-cells", f"{1 + spread}e4", "/kg"),
        ("gram", "negative", None),
        ("mycoplasma", "negative", None),
        ("endotoxin", f"0.{4 + spread // 3}", "{EU}/kg"),
        ("potency", f"{38 + spread * 2}", "%"),
        ("donor", "eligible", None),
        ("rapid-culture", "negative", None),
    ]


def _infusion_day(
    study: Study,
    fate: Fate,
    who: str,
    lot: str,
    desk: Desk,
    day: date,
    *,
    one_verifier: bool,
    late_premedication: bool,
) -> Iterator[Step]:
    """The checks, the go, what protects, the infusion and the look at the person afterwards."""
    start = desk.at(day, 14, 30)
    yield from _prepared(study, fate, who, desk, day)
    minutes = 12 if late_premedication else 45
    given = start - timedelta(minutes=minutes)
    words: dict[str, Any] = {"cycle": 1, "agents": PREMEDICATION}
    yield Step(given, "premedicate", who, desk.moment(given), NURSE, words)
    infusion = {"cycle": 1, "lot": lot, "weight_kg": fate.laboratory["weight"][0], "volume_ml": "110"}
    if one_verifier:
        early = start - timedelta(minutes=2)
        yield Step(early, "infuse", who, desk.moment(early), NURSE, infusion)
    key = f"infusion:{who}"
    yield Step(start, "infuse", who, desk.moment(start), SECOND_INVESTIGATOR, infusion, second=NURSE, id=key)
    ended = {"content": {"ended_at": desk.moment(start + timedelta(minutes=35))}}
    known = {"entry": key, "reason_code": "newly known", "why": "end of the infusion"}
    yield Step(start + timedelta(minutes=36), "correct", None, day.isoformat(), NURSE, known | ended)
    answers = {"vitals.temperature": "36.9", "vitals.spo2": "97", "infusion.reaction": "no"}
    words = {"visit": "infusion", "answers": answers}
    yield Step(desk.at(day, 19, 0), "visit", who, day.isoformat(), COORDINATOR, words)


def _prepared(study: Study, fate: Fate, who: str, desk: Desk, day: date) -> Iterator[Step]:
    """The morning's measurements, prophylaxis, and the signed go."""
    vitals = {"vitals.temperature": "36.7", "vitals.spo2": "98", "vitals.weight": fate.laboratory["weight"][0]}
    laboratory = {f"laboratory.{name}": fate.laboratory[name][0] for name in ("alt", "ast", "bilirubin")}
    check = {"visit": "go-no-go", "answers": vitals | laboratory}
    yield Step(desk.at(day, 9, 15), "visit", who, day.isoformat(), NURSE, check)
    early = desk.at(day, 8, 30)
    yield Step(early, "give_gvhd_prophylaxis", who, desk.moment(early), NURSE, {"cycle": 1, "agents": PROPHYLAXIS})
    checks = [{"id": line.id, "answer": "yes"} for line in study.treatment.go_no_go]
    decided = desk.at(day, 13, 0)
    go = {"cycle": 1, "decision": "go", "checks": checks}
    yield Step(decided, "decide_go", who, desk.moment(decided), INVESTIGATOR, go)
