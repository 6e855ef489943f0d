"""Trials for tests, written as stories: a line is who, when and what, so that a reader sees what happened.

    S-01  0    enrolled CR1 in remission
    S-02  0    enrolled relapsed
    S-02  28   CR
    S-02  95   died

When is a day counted from 2026-01-01, or a date, or a part of one (2026-03).
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from trialwright.ledger import Actor, Entry, Trial, kinds, trial_so_far
from trialwright.study import DiseaseStatus, Endpoint, Enrolment, Form, Item, Response, Site, Study

DAY_0 = date(2026, 1, 1)
FAR = date(2040, 1, 1)


def on(day: int) -> date:
    return DAY_0 + timedelta(days=day)


def trial_of(story: str) -> Trial:
    """The trial that a story tells."""
    return trial_so_far(entries_of(story))


def entries_of(story: str) -> list[Entry[Any]]:
    """The ledger that a story tells, one entry a line."""
    entries: list[Entry[Any]] = []
    numbers: dict[str, int] = {}
    for line in story.splitlines():
        if not line.strip():
            continue
        who, when, *words = line.split()
        if words[0] == "enrolled":
            numbers[who] = len(numbers) + 1
        occurred = when if re.match("20[0-9]{2}", when) else on(int(when)).isoformat()
        entries.append(entry_of(len(entries), _what(words, numbers.get(who, 0)), who, occurred))
    return entries


def _what(words: list[str], number: int) -> kinds.What:
    match words:
        case ["enrolled", status, "in", "remission"]:
            return kinds.Enrolled(number, status, "consolidation", True, remission_category="CR")
        case ["enrolled", status]:
            return kinds.Enrolled(number, status, "induction", False)
        case ["CR" | "CRh" | "CRi" | "MLFS" | "PR" | "NR" | "NE" as category]:
            return kinds.ResponseAssessed(category)
        case ["assessed", "relapse"]:
            return kinds.ResponseAssessed("relapse")
        case ["kept"]:
            return kinds.ResponseAssessed("remission kept")
        case ["relapsed", *how]:
            return kinds.Relapsed(how[0] if how else "haematological")
        case ["died"]:
            return kinds.Died("leukaemia", "hospital record")
        case ["seen"]:
            return kinds.Contacted("telephone")
        case ["visit", mode, "relapse", answer]:
            return kinds.Visited("m6", mode.replace("-", " "), {"disease.relapse": answer})
        case ["infused"]:
            return kinds.Infused(1, 1, "L-1", 1, None, None, None, None)
        case ["transplanted"]:
            return kinds.Transplanted()
        case ["withdrew", "from", "contact"]:
            return kinds.Withdrew("all contact")
        case ["lost"]:
            return kinds.LostToFollowUp()
        case ["found"]:
            return kinds.FoundAgain("telephone")
        case ["fact"]:
            return kinds.FactsRecorded(({"concept": "anc", "value": "1.2", "unit": "10*9/L", "on": "2026-02-10"},))
        case ["event", grade]:
            return kinds.AdverseEventReported(
                "Fever", int(grade), False, {"nk_cells": "related"}, resolved_on="2026-12-01"
            )
        case _:
            raise ValueError(f"no such line in a story: {words}")


def entry_of(seq: int, what: kinds.What, who: str, occurred: str) -> Entry[Any]:
    actor = Actor("DR-1", "investigator")
    return Entry(seq, f"e{seq}", "T", "0" * 64, "XA", actor, "2040-01-01T00:00:00.000Z", what, who, occurred)


def _endpoint(id: str, kind: str, population: str, origin: str, events: tuple[str, ...], **more: Any) -> Endpoint:
    seen = "last_known_alive" if events == ("death",) else "last_disease_assessment"
    said: dict[str, Any] = {"role": "secondary", "censor_at": seen, "horizon_days": Decimal("730.5"), **more}
    return Endpoint(
        id=id,
        label=id.upper(),
        kind=kind,
        population=population,
        origin=origin,
        events=events,
        **said,  # type: ignore[arg-type]
    )


OS = _endpoint("os", "survival", "enrolled", "enrolment", ("death",), role="primary")
OS_INFUSED = _endpoint("os_infused", "survival", "infused", "first_infusion", ("death",), role="sensitivity")
DFS = _endpoint("dfs", "survival", "remission", "remission", ("relapse", "death"))
CIR = _endpoint("cir", "incidence", "remission", "remission", ("relapse",), competing=("death_without_relapse",))
CID = _endpoint("cid", "incidence", "remission", "remission", ("death_without_relapse",), competing=("relapse",))
EFS = _endpoint("efs", "survival", "enrolled", "enrolment", ("no_remission", "relapse", "death"), role="ours")

STUDY = Study(
    id="T",
    title="A trial in a test",
    version="1",
    sites=(Site(code="XA", name="The site", time_zone="Asia/Shanghai"),),
    enrolment=Enrolment(target=15),
    disease_status=(
        DiseaseStatus(id="CR1", label="First remission", in_remission=True),
        DiseaseStatus(id="relapsed", label="Relapsed", in_remission=False),
    ),
    forms=(
        Form(
            id="disease",
            label="Disease status",
            feeds=("disease",),
            items=(Item(id="relapse", label="Relapse since the last visit", type="yes_no", asks="relapse"),),
        ),
    ),
    response=Response(efs_landmark_days=180),
    endpoints=(OS, OS_INFUSED, DFS, CIR, CID, EFS),
)
