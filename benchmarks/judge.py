"""How long one person takes against the reference study's criteria once they are parsed: 1 ms or less is the aim.

Run: .venv/bin/python benchmarks/judge.py
"""

import statistics
import time
from datetime import date

from trialwright.criteria import Anchors, Criterion, Kind, judge, read_facts, shipped_library

# The reference study's rules, with the windows its lint proposes.
RULES = [
    (Kind.INCLUSION, "age 18..80 years"),
    (Kind.INCLUSION, "diagnosis in AML"),
    (Kind.INCLUSION, 'opinion "remission status fits the study" by investigator'),
    (Kind.INCLUSION, "lvef >= 50 % within 28 days before enrolment"),
    (Kind.INCLUSION, "alt <= 2.5 ULN within 14 days before enrolment"),
    (Kind.INCLUSION, "ast <= 2.5 ULN within 14 days before enrolment"),
    (Kind.INCLUSION, "bilirubin <= 2 ULN within 14 days before enrolment"),
    (Kind.INCLUSION, "creatinine <= 3.0 mg/dL | 260 umol/L within 14 days before enrolment"),
    (Kind.INCLUSION, "signed consent before screening"),
    (Kind.EXCLUSION, "active diagnosis in SevereInfection"),
    (Kind.EXCLUSION, "diagnosis in OtherMalignancy ever"),
    (Kind.EXCLUSION, "female and (pregnant or lactating)"),
    (Kind.EXCLUSION, 'opinion "unsuitable" by investigator'),
]


def lab(concept: str, value: str, unit: str, on: str, low: str, high: str) -> dict[str, object]:
    return {"concept": concept, "value": value, "unit": unit, "on": on, "range": {"low": low, "high": high}}


FACTS = {
    "born": "1971-05",
    "sex": "female",
    "facts": [
        *(lab("alt", str(30 + day), "U/L", f"2026-11-{day:02d}", "9", "50") for day in range(10, 21)),
        *(lab("ast", str(30 + day), "U/L", f"2026-11-{day:02d}", "15", "40") for day in range(10, 21)),
        *(lab("bilirubin", str(10 + day), "umol/L", f"2026-11-{day:02d}", "3", "21") for day in range(10, 21)),
        *(lab("creatinine", str(70 + day), "umol/L", f"2026-11-{day:02d}", "45", "84") for day in range(10, 21)),
        {"concept": "lvef", "value": "62", "unit": "%", "on": "2026-11-15"},
        {"concept": "diagnosis", "code": {"system": "ICD-10", "code": "C92.000"}, "on": "2026-10-01"},
        {"concept": "severe_infection", "value": "no", "on": "2026-11-20", "by": "investigator"},
        {"valueset": "OtherMalignancy", "present": False, "on": "2026-11-20"},
        {"concept": "pregnancy_test", "value": "阴性", "on": "2026-11-20"},
        {"concept": "lactating", "value": "no", "on": "2026-11-20"},
        {"opinion": "unsuitable", "value": "no", "by": "investigator", "on": "2026-11-20"},
        {"opinion": "remission status fits the study", "value": "yes", "by": "investigator", "on": "2026-11-20"},
        {"signed": "consent", "on": "2026-11-12"},
    ],
}


def main() -> None:
    library = shipped_library()
    criteria = [
        Criterion(f"c{number}", kind, rule, rule, confirmed="reference") for number, (kind, rule) in enumerate(RULES)
    ]
    on = date(2026, 11, 22)
    judgement = judge(criteria, read_facts(FACTS), Anchors(), on, library)
    assert judgement.eligible.value == "yes", [j for j in judgement.criteria if j.effect.value != "allows"]
    reading: list[float] = []
    judging: list[float] = []
    for _ in range(500):
        begin = time.perf_counter()
        person = read_facts(FACTS)
        between = time.perf_counter()
        judge(criteria, person, Anchors(), on, library)
        reading.append(between - begin)
        judging.append(time.perf_counter() - between)
    print(f"{len(criteria)} criteria, {len(FACTS['facts'])} facts, 500 people, each new")  # type: ignore[arg-type]
    for name, times in (("read", reading), ("judge", judging)):
        ordered = sorted(times)
        print(f"{name:6} median {statistics.median(times) * 1e3:.3f} ms, p95 {ordered[475] * 1e3:.3f} ms")


if __name__ == "__main__":
    main()
