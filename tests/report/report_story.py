"""A trial for the report's tests, written as a ledger: fifteen of an invented table and five more.

The dates of remission, relapse, death and last contact are those of `data/reference/celltherapy/endpoints_15.csv` (its
estimates by R stand beside it); all else is invented here so that every part of a report has something to say.
"""

import csv
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from trialwright.ledger import Actor, Entry, Trial, kinds, trial_so_far
from trialwright.report import ReportModel, report_model
from trialwright.study import StudyFile, read_study

ROOT = Path(__file__).parent.parent.parent
STUDY_YAML = ROOT / "src" / "trialwright" / "studies" / "nct05333705" / "study.yaml"
TABLE = ROOT / "tests" / "data" / "reference" / "celltherapy" / "endpoints_15.csv"
DAY_0 = date(2023, 1, 2)
CUT_OFF = date(2027, 6, 30)


@cache
def study_file() -> StudyFile:
    return read_study(STUDY_YAML.read_text(encoding="utf-8"))


def entries(extra: str = "", simulated: bool = True) -> list[Entry[Any]]:
    """The ledger; `extra` is free text that stands wherever a person may type one."""
    file = study_file()
    adopted = kinds.Adopted(file.text, file.sha256, "1.0", simulated, 15, {"XA": "Asia/Shanghai"})
    told: list[tuple[kinds.What, str | None, str | None]] = [(adopted, None, "2022-12-01")]
    told += _before()
    with TABLE.open(newline="") as table:
        for at, row in enumerate(csv.DictReader(table)):
            told += _participant(at, row, extra)
    told += _about_the_study(extra)
    return [_entry(seq, what, who, on) for seq, (what, who, on) in enumerate(told)]


def _entry(seq: int, what: kinds.What, who: str | None, on: str | None) -> Entry[Any]:
    recorded = f"2027-06-30T08:{seq // 60 % 60:02d}:{seq % 60:02d}.000Z"
    actor = Actor("DR-1", "investigator")
    return Entry(
        seq, f"e{seq}", "nct05333705", "0" * 64, "XA", actor, recorded, what, who, on, hash=bytes([seq % 256]) * 32
    )


def _before() -> Iterator[tuple[kinds.What, str | None, str | None]]:
    """People who were approached and never enrolled."""
    yield kinds.Declined(3, "too far away"), None, "2022-12-05"
    for at, (outcome, criteria) in enumerate((("failed", ("inc-2-lvef", "inc-2-alt")), ("withdrawn", ()))):
        who = f"S-9{at}"
        yield kinds.Consented("consent", "1.0", "zh", "participant", "DR-1"), who, "2022-12-10"
        yield kinds.ScreeningEnded(outcome, criteria), who, "2022-12-20"


def _participant(at: int, row: dict[str, str], extra: str) -> Iterator[tuple[kinds.What, str | None, str | None]]:
    who, start = f"S-{row['participant']}", DAY_0 + timedelta(days=30 * at)

    def on(day: str | int) -> str:
        return (start + timedelta(days=int(day))).isoformat()

    at_enrolment = row["remission_day"] == "0"
    last = row["death_day"] or row["last_contact_day"]
    yield kinds.Consented("consent", "1.0", "zh", "participant", "DR-1"), who, on(-14)
    facts = ({"concept": "platelets", "value": str(60 + 7 * at), "unit": "10*9/L", "on": on(-3)},)
    yield kinds.FactsRecorded(facts, born=str(1950 + 2 * at), sex="female" if at % 2 else "male"), who, on(-3)
    status = "CR1" if at_enrolment else "relapsed"
    phase = "consolidation" if at_enrolment else "induction"
    yield (
        kinds.Enrolled(at + 1, status, phase, at_enrolment, remission_category="CR" if at_enrolment else None),
        who,
        on(0),
    )
    drugs = ({"drug": "daunorubicin", "dose": "60", "unit": "mg/m2", "days": "1-3"},)
    yield kinds.ChemotherapyGiven(1, "7+3", on(7), drugs, "180"), who, on(1)
    if int(last) > 14:
        yield kinds.Infused(1, 1, "L-1", 1, None, "100", f"{8 + at}e6", "60", ("N-1", "N-2")), who, on(14)
        grade = 1 + at % 5
        event = kinds.AdverseEventReported(
            f"Fever{extra}" if at % 3 else "Sepsis", grade, grade > 2, {"nk_cells": "related" if at % 2 else "unknown"},
            soc="General disorders" if at % 3 else "Infections and infestations",
        )  # fmt: skip
        yield event, who, on(15)
        yield from _donor_cells(at, who, on)
    if row["remission_day"] and not at_enrolment:
        yield kinds.ResponseAssessed("CR", mrd="negative"), who, on(row["remission_day"])
    if row["relapse_day"]:
        yield kinds.Relapsed("haematological"), who, on(row["relapse_day"])
    if row["death_day"]:
        yield kinds.Died("leukaemia" if at % 2 else "unknown", f"hospital record{extra}"), who, on(row["death_day"])
    else:
        yield kinds.Contacted("telephone"), who, on(last)
        if row["remission_day"] and not row["relapse_day"]:
            yield kinds.ResponseAssessed("remission kept"), who, on(last)


def _donor_cells(at: int, who: str, on: Callable[[int], str]) -> Iterator[tuple[kinds.What, str | None, str | None]]:
    """Residual disease before the infusion; donor chimerism before it and in the first two weeks, lost in some."""
    yield (
        kinds.FactsRecorded(({"concept": "mrd", "value": "positive" if at % 2 else "negative", "on": on(2)},)),
        who,
        on(2),
    )
    for day, value in ((13, "<0.1"), (21, str(5 + 2 * at)), (28, "<0.1" if at % 3 else "0.8")):
        fact = {"concept": "donor_chimerism", "value": value, "unit": "%", "on": on(day)}
        yield kinds.FactsRecorded((fact,)), who, on(day)


def _about_the_study(extra: str) -> Iterator[tuple[kinds.What, str | None, str | None]]:
    yield (
        kinds.DeviationRecorded("infusion.window", f"Infused a day late{extra}", "minor", "explained", None),
        "S-02",
        "2023-03-01",
    )
    reasons = ({"code": "lot.not_released", "text": f"The lot is not released{extra}.", "way_out": "Release it."},)
    yield kinds.Refused("infuse", reasons), "S-03", "2023-03-02"


def trial(extra: str = "", simulated: bool = True, until: int | None = None) -> Trial:
    return trial_so_far(entries(extra, simulated)[:until])


def model(extra: str = "", *, simulated: bool = True, cut_off: date = CUT_OFF) -> ReportModel:
    """The whole story's report. The lint is not asked: it has tests of its own."""
    told = entries(extra, simulated)
    return report_model(
        study_file(), trial_so_far(told), cut_off, then=trial_so_far(told, as_of=cut_off), findings=(), possible=()
    )
