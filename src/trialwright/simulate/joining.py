"""The way in of one invented person: consent, screening with its facts, and how it ends."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from trialwright.simulate.course import Course
from trialwright.simulate.step import COORDINATOR, INVESTIGATOR, Desk, Step, after
from trialwright.study.model import Study

RANGES = {
    "alt": {"low": "9", "high": "50", "unit": "U/L"},
    "ast": {"low": "15", "high": "40", "unit": "U/L"},
    "bilirubin": {"low": "3.4", "high": "20.5", "unit": "umol/L"},
}
DIAGNOSIS = {"system": "ICD-10", "code": "C92.000"}


def joining(study: Study, course: Course, who: str, desk: Desk, *, forgets_creatinine: bool) -> Iterator[Step]:
    """From consent to enrolment, or to the end of screening.

    forgets_creatinine  the first attempt to enrol is refused, because one value is missing; it is then fetched
    """
    document = study.consent[0]
    yield Step(
        desk.at(course.consent_on, 9, 30),
        "consent",
        "new",
        desk.moment(desk.at(course.consent_on, 9, 10)),
        COORDINATOR,
        {
            "document": document.id,
            "document_version": document.version,
            "language": "zh",
            "signer": "participant",
            "explained_by": INVESTIGATOR.id,
        },
    )
    tested_on = after(course.consent_on, 1)
    left_out = {"creatinine"} if forgets_creatinine else set()
    screened_on = after(course.consent_on, 2)
    yield Step(
        desk.at(screened_on, 10, 15),
        "screen",
        who,
        screened_on.isoformat(),
        COORDINATOR,
        {"facts": facts(course, tested_on, left_out), "born": str(course.born), "sex": course.sex},
    )
    if course.enrol_on is None:
        yield _end(course, who, desk, after(screened_on, 1))
        return
    if forgets_creatinine:
        yield _enrolment(course, who, desk, course.enrol_on, hour=9)
        value, unit = course.laboratory["creatinine"]
        late = {"concept": "creatinine", "value": value, "unit": unit, "on": tested_on.isoformat(), "source": "study"}
        words = {"facts": [late], "visit": "screening"}
        yield Step(
            desk.at(course.enrol_on, 10, 40), "record_facts", who, course.enrol_on.isoformat(), COORDINATOR, words
        )
    yield _enrolment(course, who, desk, course.enrol_on, hour=11)


def _end(course: Course, who: str, desk: Desk, day: date) -> Step:
    outcome = "withdrawn" if course.withdraws_before else "failed"
    return Step(desk.at(day, 14, 5), "end_screening", who, day.isoformat(), INVESTIGATOR, {"outcome": outcome})


def _enrolment(course: Course, who: str, desk: Desk, day: date, *, hour: int) -> Step:
    words: dict[str, Any] = {"disease_status": course.disease_status, "phase": course.phase}
    if course.remission_on is not None:
        words["remission_on"] = course.remission_on.isoformat()
        words["remission_category"] = "CRh" if course.disease_status == "CRh/CRi" else "CR"
    return Step(desk.at(day, hour, 20), "enrol", who, day.isoformat(), INVESTIGATOR, words)


def facts(course: Course, on: date, left_out: set[str]) -> list[dict[str, Any]]:
    """What screening finds, in the words of FACTS.json."""
    day = on.isoformat()
    found: list[dict[str, Any]] = []
    for concept, (value, unit) in course.laboratory.items():
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
    if course.sex == "female":
        found += [{"concept": name, "value": "no", "on": day} for name in ("pregnant", "lactating")]
    return found
