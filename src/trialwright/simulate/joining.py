"""The way in of one invented person: consent, screening with its facts, and how it ends."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from trialwright.simulate.event import Person
from trialwright.simulate.fate import Fate
from trialwright.simulate.marks import marks_of
from trialwright.simulate.step import COORDINATOR, INVESTIGATOR, Desk, Step, after
from trialwright.study.model import Study

RANGES = {
    "alt": {"low": "9", "high": "50", "unit": "U/L"},
    "ast": {"low": "15", "high": "40", "unit": "U/L"},
    "bilirubin": {"low": "3.4", "high": "20.5", "unit": "umol/L"},
}
DIAGNOSIS = {"system": "ICD-10", "code": "C92.000"}


def joining(study: Study, fate: Fate, who: str, desk: Desk, *, forgets_creatinine: bool) -> Iterator[Step]:
    """From consent to enrolment, or to the end of screening.

    forgets_creatinine  the first attempt to enrol is refused, because one value is missing; it is then fetched
    """
    yield _consent(study, fate, desk)
    tested_on, screened_on = after(fate.consent_on, 1), after(fate.consent_on, 2)
    left_out = {"creatinine"} if forgets_creatinine else set()
    words: dict[str, Any] = {"facts": facts(fate, tested_on, left_out), "born": str(fate.born), "sex": fate.sex}
    key = f"screening:{who}"
    yield Step(desk.at(screened_on, 10, 15), "screen", who, screened_on.isoformat(), COORDINATOR, words, id=key)
    yield from marks_of(study, Person(fate, who, 0, desk), "screening", key, words["facts"], screened_on)
    if fate.enrol_on is None:
        yield _end(fate, who, desk, after(screened_on, 1))
        return
    if forgets_creatinine:
        yield _enrolment(fate, who, desk, fate.enrol_on, hour=9)
        value, unit = fate.laboratory["creatinine"]
        late = {"concept": "creatinine", "value": value, "unit": unit, "on": tested_on.isoformat(), "source": "study"}
        words = {"facts": [late], "visit": "screening"}
        yield Step(desk.at(fate.enrol_on, 10, 40), "record_facts", who, fate.enrol_on.isoformat(), COORDINATOR, words)
    yield _enrolment(fate, who, desk, fate.enrol_on, hour=11)


def _consent(study: Study, fate: Fate, desk: Desk) -> Step:
    document = study.consent[0]
    words = {
        "document": document.id,
        "document_version": document.version,
        "language": "zh",
        "signer": "participant",
        "explained_by": INVESTIGATOR.id,
    }
    signed = desk.moment(desk.at(fate.consent_on, 9, 10))
    return Step(desk.at(fate.consent_on, 9, 30), "consent", "new", signed, COORDINATOR, words)


def _end(fate: Fate, who: str, desk: Desk, day: date) -> Step:
    outcome = "withdrawn" if fate.withdraws_before else "failed"
    return Step(desk.at(day, 14, 5), "end_screening", who, day.isoformat(), INVESTIGATOR, {"outcome": outcome})


def _enrolment(fate: Fate, who: str, desk: Desk, day: date, *, hour: int) -> Step:
    words: dict[str, Any] = {"disease_status": fate.disease_status, "phase": fate.phase}
    if fate.remission_on is not None:
        words["remission_on"] = fate.remission_on.isoformat()
        words["remission_category"] = "CRh" if fate.disease_status == "CRh/CRi" else "CR"
    return Step(desk.at(day, hour, 20), "enrol", who, day.isoformat(), INVESTIGATOR, words)


def facts(fate: Fate, on: date, left_out: set[str]) -> list[dict[str, Any]]:
    """What screening finds, in the words of FACTS.json."""
    day = on.isoformat()
    found: list[dict[str, Any]] = []
    for concept, (value, unit) in fate.laboratory.items():
        if concept not in left_out:
            fact = {"concept": concept, "value": value, "unit": unit, "on": day, "source": "study"}
            found.append(fact | ({"range": RANGES[concept]} if concept in RANGES else {}))
    found += [
        {"concept": "diagnosis", "code": DIAGNOSIS, "on": day},
        {"valueset": "SevereInfection", "present": False, "on": day},
        {"valueset": "OtherMalignancy", "present": False, "on": day},
        {"opinion": "disease status fits the study", "value": "yes", "by": "investigator", "on": day},
        {"opinion": "unsuitable", "value": "no", "by": "investigator", "on": day},
    ]
    if fate.sex == "female":
        found += [{"concept": name, "value": "no", "on": day} for name in ("pregnant", "lactating")]
    return found
