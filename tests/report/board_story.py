"""A trial for the safety report's tests: seven treated, two dose-limiting toxicities, five reports overdue.

Everything here is invented. S-01 to S-03 are well; S-04 has a cytokine release syndrome of grade 3, S-06 a graft
versus host disease of grade III and S-05 a sepsis that kills, judged due to the leukaemia; S-07 is not seen again.
An event of a donor, a pregnancy of a partner, and a lot that failed after it was given: the trial paused, the
board resumed it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from report_story import study_file

from trialwright.ledger import Actor, Entry, Trial, kinds, trial_so_far
from trialwright.report import SafetyModel, safety_model

DAY_0 = date(2026, 1, 5)
CUT_OFF = date(2026, 11, 24)
RECORDED = "2026-11-24T01:{minute:02d}:{second:02d}.000Z"
NOBODY = {"nk_cells": "not related", "chemotherapy": "not related", "premedication": "not related"}
BY_CELLS = {"nk_cells": "related", "chemotherapy": "not related", "premedication": "not related"}
BY_CHEMOTHERAPY = {"nk_cells": "not related", "chemotherapy": "related", "premedication": "not related"}
SHANGHAI = "+08:00[Asia/Shanghai]"
Line = tuple[str, kinds.What, str | None, str | None]  # id, what, about whom, when

FEVER = ("Fever", "General disorders and administration site conditions")
CRS = ("Cytokine release syndrome", "Immune system disorders")
GVHD = ("Graft versus host disease", "Immune system disorders")
SEPSIS = ("Sepsis", "Infections and infestations")
LUNG = ("Lung infection", "Infections and infestations")
NEUTROPENIA = ("Neutrophil count decreased", "Investigations")
ALT = ("Alanine aminotransferase increased", "Investigations")
RASH = ("Rash maculo-papular", "Skin and subcutaneous tissue disorders")


def on(at: int, day: int) -> str:
    """The date of a day after the enrolment of participant `at` (1 ...), who come five weeks apart."""
    return (DAY_0 + timedelta(days=35 * (at - 1) + day)).isoformat()


def event(term: tuple[str, str], grade: int, related: dict[str, str], **more: Any) -> kinds.AdverseEventReported:
    said: dict[str, Any] = {"serious": False} | more
    return kinds.AdverseEventReported(term[0], grade, related=related, soc=term[1], **said)


def story(extra: str = "") -> Iterator[Line]:
    """The ledger's lines; `extra` is free text that stands wherever a person may type one."""
    for at in range(1, 8):
        yield from _participant(at)
    yield from _crs(extra)
    yield from _death(extra)
    yield from _gvhd(extra)
    yield from _beside(extra)
    yield from _reports()


def _participant(at: int) -> Iterator[Line]:
    who = f"S-{at:02d}"
    yield f"c{at}", kinds.Consented("consent", "1.0", "zh", "participant", "DR-1"), who, on(at, -10)
    before: list[dict[str, Any]] = [
        {"concept": "anc", "value": "2.4", "unit": "10*9/L", "on": on(at, -3), "range": {"low": "1.8", "high": "6.3"}},
        {
            "concept": "alt",
            "value": "95" if at == 3 else "30",
            "unit": "U/L",
            "on": on(at, -3),
            "range": {"low": "9", "high": "50"},
        },
    ]
    yield f"f{at}", kinds.FactsRecorded(tuple(before), born="1970", sex="female"), who, on(at, -3)
    status, remission = ("CR1", True) if at % 2 else ("relapsed", False)
    enrolled = kinds.Enrolled(
        at,
        status,
        "consolidation" if remission else "induction",
        remission,
        remission_category="CR" if remission else None,
    )
    yield f"n{at}", enrolled, who, on(at, 0)
    if at == 3:
        yield "cond3", kinds.ConditionFound(ALT[0], 1, soc=ALT[1]), who, on(at, -3)
    drugs = ({"drug": "daunorubicin", "dose": "60", "unit": "mg/m2", "days": "1-3"},)
    yield f"x{at}", kinds.ChemotherapyGiven(1, "7+3", on(at, 3), drugs, "180"), who, on(at, 1)
    made = kinds.LotMade(f"C-{at}", f"{on(at, 9)}T10:00{SHANGHAI}", recipient=who)
    yield f"lot{at}", made, f"L-{at}", on(at, 7)
    infused = kinds.Infused(1, 1, f"L-{at}", 1, None, "100", "1.8e7", "60", ("N-1", "N-2"))
    yield f"i{at}", infused, who, f"{on(at, 8)}T10:00{SHANGHAI}"
    yield f"a{at}", event(NEUTROPENIA, 3, BY_CHEMOTHERAPY, resolved_on=on(at, 27)), who, on(at, 6)
    yield f"g{at}", kinds.AdverseEventFollowed(f"a{at}", grade=4), who, on(at, 10)
    yield f"v{at}", event(FEVER, 1, {"nk_cells": "unknown"}, resolved_on=on(at, 10)), who, on(at, 9)
    counts = (
        {"concept": "anc", "value": "0.2", "unit": "10*9/L", "on": on(at, 12), "range": {"low": "1.8", "high": "6.3"}},
    )
    yield f"l{at}", kinds.FactsRecorded(counts), who, on(at, 12)
    if at < 7:
        back = (
            {
                "concept": "anc",
                "value": "2.1",
                "unit": "10*9/L",
                "on": on(at, 40),
                "range": {"low": "1.8", "high": "6.3"},
            },
        )
        yield f"b{at}", kinds.FactsRecorded(back), who, on(at, 40)
    if at not in (5, 7):
        yield f"s{at}", kinds.Contacted("clinic"), who, on(at, 45)


def _crs(extra: str) -> Iterator[Line]:
    """S-04: grade 1 on day 9, grade 3 two days later, over on day 13."""
    who = "S-04"
    told = event(
        CRS, 1, BY_CELLS, serious=True, seriousness=("hospitalisation",), expected="yes",
        aware_at=f"{on(4, 9)}T15:00{SHANGHAI}", narrative=f"Fever of 39.1 six hours after the infusion{extra}",
        treatment=f"tocilizumab 8 mg/kg{extra}", action=f"none{extra}",
    )  # fmt: skip
    yield "crs", told, who, f"{on(4, 9)}T14:00{SHANGHAI}"
    worse = kinds.AdverseEventFollowed(
        "crs", grade=3, narrative="One vasopressor", aware_at=f"{on(4, 11)}T09:00{SHANGHAI}"
    )
    yield "crs2", worse, who, f"{on(4, 11)}T08:00{SHANGHAI}"
    yield "crs3", kinds.AdverseEventFollowed("crs", resolved_on=on(4, 14), outcome="resolved"), who, on(4, 14)
    found = {"temperature_c": "39.1", "hypotension": "yes", "vasopressors": "1", "oxygen": "low flow"}
    assessed = kinds.CrsAssessed(found, "3", "ASTCT 2019", (f"one vasopressor{extra}",), "crs")
    yield "crs4", assessed, who, f"{on(4, 11)}T08:30{SHANGHAI}"
    yield "ica", kinds.IcansAssessed({"ice": "8"}, "1", "ASTCT 2019", ("ICE 8",)), who, on(4, 12)
    reaction = kinds.InfusionReactionAssessed({"interrupted": "yes"}, "2 or 3", "CTCAE 5.0", 1, ("interrupted",))
    yield "irr", reaction, "S-02", f"{on(2, 8)}T10:30{SHANGHAI}"


def _death(extra: str) -> Iterator[Line]:
    """S-05: a sepsis that kills on day 60, after the window, judged due to the leukaemia."""
    who = "S-05"
    told = event(
        SEPSIS, 4, NOBODY | {"leukaemia": "related"}, serious=True, seriousness=("life-threatening", "hospitalisation"),
        expected="no", aware_at=f"{on(5, 52)}T09:00{SHANGHAI}", narrative=f"Klebsiella in two blood cultures{extra}",
    )  # fmt: skip
    yield "sep", told, who, on(5, 52)
    worse = kinds.AdverseEventFollowed("sep", grade=5, seriousness=("death",), outcome="fatal", resolved_on=on(5, 60))
    yield "sep2", worse, who, on(5, 60)
    yield "dead", kinds.Died("leukaemia", f"hospital record{extra}", False), who, on(5, 60)


def _gvhd(extra: str) -> Iterator[Line]:
    """S-06: graft versus host disease of gut and liver on day 27, grade III; a lung infection nobody reported."""
    who = "S-06"
    told = event(GVHD, 3, BY_CELLS, serious=True, seriousness=("hospitalisation",), expected="yes",
                 aware_at=f"{on(6, 27)}T10:00{SHANGHAI}", treatment="methylprednisolone 2 mg/kg")  # fmt: skip
    yield "gv", told, who, on(6, 27)
    findings = {"skin": "2", "liver": "2", "upper_gi": "0", "lower_gi": "1"}
    assessed = kinds.AcuteGvhdAssessed(findings, "III", "MAGIC 2016", ("liver stage 2",), "no", "gv", f"biopsy{extra}")
    yield "gv2", assessed, who, on(6, 28)
    milder = {"skin": "1", "liver": "0", "upper_gi": "0", "lower_gi": "0"}
    yield "gv3", kinds.AcuteGvhdAssessed(milder, "I", "MAGIC 2016", ("skin stage 1",), "no", "gv"), who, on(6, 60)
    yield "gv4", kinds.AdverseEventFollowed("gv", grade=1), who, on(6, 60)
    lung = event(LUNG, 3, {"nk_cells": "unknown"}, serious=True, seriousness=("hospitalisation",),
                 aware_at=f"2026-11-05T11:00{SHANGHAI}")  # fmt: skip
    yield "lung", lung, who, "2026-11-04"
    yield "rash", event(RASH, 2, BY_CELLS), who, on(6, 26)


def _beside(extra: str) -> Iterator[Line]:
    """Raised liver values before treatment and after, signed; a pregnancy; a failed lot; a donor; one screened only."""
    later = ({"concept": "alt", "value": "160", "unit": "U/L", "on": on(3, 20), "range": {"low": "9", "high": "50"}},)
    yield "alt", kinds.FactsRecorded(later), "S-03", on(3, 20)
    yield "alt3", event(ALT, 2, {"nk_cells": "unknown"}), "S-03", on(3, 20)
    grades = ({"term": ALT[0], "computed": "2", "confirmed": "2", "rule": "> 3 - 5 x ULN"},)
    mark = kinds.ValueMarked("alt#1", "alt", "160", "U/L", True, grades, event="alt3", signed_by="DR-1")
    yield "mark", mark, "S-03", on(3, 21)
    yield "alt1", event(ALT, 1, {"nk_cells": "unknown"}), "S-03", on(3, 30)  # no worse than before treatment
    yield "old", event(FEVER, 2, NOBODY, resolved_on=on(2, -4)), "S-02", on(2, -6)
    yield "late", event(RASH, 1, NOBODY), "S-01", on(1, 200)
    yield "cs", kinds.Consented("consent", "1.0", "zh", "participant", "DR-1"), "S-90", "2026-03-01"
    yield "scr", event(FEVER, 1, NOBODY), "S-90", "2026-03-03"
    yield "preg", kinds.PregnancyReported("partner", consented="yes", due_on="2026-12-20"), "S-02", "2026-05-02"
    yield "preg2", kinds.PregnancyFollowed("preg", "ongoing"), "S-02", "2026-09-02"
    yield "d1", kinds.DonorRegistered("peripheral blood"), "D-1", "2025-12-20"
    told = event(("Vasovagal reaction", "Nervous system disorders"), 2, {"collection": "related"},
                 narrative=f"Fainted after the collection for S-04{extra}", resolved_on="2026-01-02")  # fmt: skip
    yield "don", told, "D-1", "2026-01-02"

    yield "grew", kinds.ReleaseTested("sterility", "positive"), "L-2", on(2, 20)
    about = ["contamination:L-2:sterility", "contamination:L-2:i2"]  # the test, and who was given the lot
    why = {"rule": "contamination", "about": about, "without": 0, "reason": f"lot L-2 grew{extra}"}
    go_on = kinds.Resumed("safety board", f"Go on; the recipient is well{extra}", answers=(why,))
    yield "resumed", go_on, None, on(2, 25)

    raised = kinds.AlertRaised(
        "lot L-2, given to this participant: sterility", ("investigator",), "See.", cells=("L-2",)
    )
    yield "alert", raised, "S-02", on(2, 20)
    yield "answer", kinds.AlertAnswered("alert", f"Well; blood cultures sterile{extra}"), "S-02", on(2, 21)


def _reports() -> Iterator[Line]:
    """Every report went out in time but those of the lung infection and one of the sepsis, which was late."""
    for about, who, at, day in (("crs", "S-04", 4, 10), ("gv", "S-06", 6, 27), ("sep", "S-05", 5, 52)):
        for to in ("institution", "ethics committee"):
            late = about == "sep" and to == "ethics committee"
            sent = kinds.ReportSent(about, "site", "first report", to, "2026-11")
            yield f"r-{about}-{to}", sent, who, f"{on(at, day + 3 * late)}T12:00{SHANGHAI}"


def entries(extra: str = "", simulated: bool = True) -> list[Entry[Any]]:
    file = study_file()
    adopted = kinds.Adopted(file.text, file.sha256, "1.0", simulated, 15, {"XA": "Asia/Shanghai"})
    told: list[Line] = [("e0", adopted, None, "2025-12-01"), *story(extra)]
    return [_entry(seq, *line) for seq, line in enumerate(told)]


def _entry(seq: int, id: str, what: kinds.What, who: str | None, when: str | None) -> Entry[Any]:
    recorded = RECORDED.format(minute=seq // 60, second=seq % 60)
    actor = Actor("DR-1", "investigator")
    return Entry(seq, id, "nct05333705", "0" * 64, "XA", actor, recorded, what, who, when, hash=bytes([seq % 256]) * 32)


def after(*more: tuple[str, kinds.What, str | None, str | None]) -> list[Entry[Any]]:
    """The story's ledger with these lines at its end."""
    told = entries()
    return [*told, *(_entry(len(told) + at, *line) for at, line in enumerate(more))]


def trial(told: list[Entry[Any]] | None = None, cut_off: date | None = None) -> Trial:
    return trial_so_far(entries() if told is None else told, as_of=cut_off)


def board(extra: str = "", *, told: list[Entry[Any]] | None = None, cut_off: date = CUT_OFF) -> SafetyModel:
    """The safety board's report of the story at a cut-off."""
    written = entries(extra) if told is None else told
    return safety_model(study_file(), trial_so_far(written), cut_off, then=trial_so_far(written, as_of=cut_off))
