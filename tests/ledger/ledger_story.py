"""Ledgers for tests, written as stories: a line is an id, about whom, what kind, and when it occurred.

    a1  -      adopted
    c1  S-001  consented   2026-01-02
    d1  S-001  died        2026-11
    d2  S-001  died        2026-11-03  corrects=d1 cause=infection
    r1  S-001  retracted   -           retracts=d1

`-` says "none". Further words are header fields (`corrects`, `retracts`, `recorded`, `site`) or fields of the kind,
as text, whole number or truth (`"7"` is the text). What a line leaves out comes from SAMPLES, so that every entry is
a full one.
"""

from dataclasses import fields, replace
from hashlib import sha256
from typing import Any

from trialwright.ledger import Actor, Entry, NewEntry, Stamp, kinds, read_entry, seal
from trialwright.ledger.fold import Fold
from trialwright.ledger.kinds import What
from trialwright.ledger.seal import FIRST_PREVIOUS, Sealed, simulated_first_salt, simulated_salt
from trialwright.ledger.trial import Trial

TEXT = "id: story\nversion: 1\n"
TEXT_2 = "id: story\nversion: 2\n"
NURSE = Actor("c1", "coordinator")
SITE = "XA-01"

SAMPLES: dict[str, What] = {
    what.kind: what
    for what in (
        kinds.Adopted(TEXT, sha256(TEXT.encode()).hexdigest(), "1", True, 15, {SITE: "Asia/Shanghai"}, "first"),
        kinds.AmendmentProposed(
            TEXT_2,
            sha256(TEXT_2.encode()).hexdigest(),
            "2",
            sha256(TEXT.encode()).hexdigest(),
            "a visit more",
            "substantial",
            "EC-2026-7",
            "2026-02-01",
            {"changes": 1, "consent_again": ["S-001"]},
        ),
        kinds.AmendmentApproved("k1", sha256(TEXT_2.encode()).hexdigest(), "EC-2026-7", "read line by line"),
        kinds.AmendmentRejected("k1", "the visit is too late"),
        kinds.Declined(2, "travel"),
        kinds.Refused("enrol", ({"code": "full", "text": "15 are enrolled.", "way_out": "None."},), {"who": "S-016"}),
        kinds.Retracted("wrong person"),
        kinds.Redacted("f1", "a name was typed into a note", ("m1", "i1")),
        kinds.Paused("dlt", "2 of 3 had a dose-limiting toxicity"),
        kinds.Resumed(
            "safety board", "goes on", ("S-001",), "participants", ({"rule": "stopping rule", "toxic": ["S-001"]},)
        ),
        kinds.Consented("ICF", "2.1", "zh", "participant", "i1"),
        kinds.FactsRecorded(
            ({"concept": "creatinine", "value": "<0.5", "unit": "mg/dL", "on": "2026-01-03"},),
            "1971",
            "female",
            "V0",
            54,
        ),
        kinds.Judged("screening", "unknown", "2026-01-03", ({"id": "i1", "reasons": ["stale"]},), {"AML": "ab12"}, 1),
        kinds.ScreeningEnded("failed", ("e3",), "bilirubin", 1),
        kinds.Rescreened(2, "bilirubin is back to normal"),
        kinds.Enrolled(1, "CR1", "consolidation", True, "2025-12", "CR", {"Stratum A": "yes"}, "i1"),
        kinds.DonorRegistered("cord blood", "mother", "bank-1", "U-77"),
        kinds.DonorConsented("DCF", "1.0", "zh", "bank", "i1", "bank-1, file 77"),
        kinds.DonorWithdrew("illness", True),
        kinds.DonorJudged(
            "ineligible with exception",
            {"hiv": "negative", "hbv": "positive"},
            "2026-01-05",
            "urgent medical need",
            "i1",
            "core antibody alone",
        ),
        kinds.DonorAssigned("D-01", "S-001", "the first donor withdrew"),
        kinds.Collected(
            "D-01",
            "peripheral blood",
            "180",
            "ACD-A",
            "G123498654321",
            "2026-01-08T08:00+08:00[Asia/Shanghai]",
            "apheresis",
        ),
        kinds.Received("n1", "a1", "laboratory", "good", "intact", "20.5"),
        kinds.Processed(
            "culture",
            ({"name": "beads", "lot": "R-77", "expires_on": "2026-06-30"},),
            ({"code": "incubator-2", "calibrated_until": "2026-03-31"},),
            "2026-01-08T13:00+08:00[Asia/Shanghai]",
            "fed on day 5",
        ),
        kinds.Sampled("Q-1", "2.5", ("sterility", "gram")),
        kinds.LotMade("C-01", "2026-02-01T12:00+08:00[Asia/Shanghai]", "S-001", "100", "1.22e9", 2, "60"),
        kinds.ReleaseTested("viability", "93", "%", "flow", "a1", "2026-01-20", "Q-1", "a2"),
        kinds.Divided(("B-01", "B-02"), "1.5"),
        kinds.DoseMade("L-01", 1, "48", "B-00"),
        kinds.Stored("refrigerator", "4.1"),
        kinds.TakenOut("refrigerator"),
        kinds.HandedOver("a1", "n1", "ward", "3.9", "6.2", "logger-4", "intact"),
        kinds.Released("conditional", ({"test": "viability", "status": "met"},), ("sterility",)),
        kinds.Rejected("sterility positive", True),
        kinds.LotAssigned("S-001", "S-002", "S-002 died", ({"test": "t-cells", "status": "met", "weight_kg": "70"},)),
        kinds.Recalled("contaminated medium"),
        kinds.LabelPrinted(2, "reprint"),
        kinds.LabelVoided(1, "torn"),
        kinds.Issued("S-001", "a3", "n1", "ward", "70", ({"test": "t-cells", "status": "met", "weight_kg": "70"},)),
        kinds.BedsideChecked("B-01", "B-01-019", "S-001-01C", "scanner", ("n1", "n2")),
        kinds.Returned("n1", "a1", "laboratory", "fever", "3.9", "6.2"),
        kinds.Discarded("expired", "n2", "12"),
        kinds.AlertRaised(
            "stored: 9.5 Cel, outside 2 to 8 Cel", ("cell laboratory",), "Decide whether to use them.", True, ("B-01",)
        ),
        kinds.AlertAnswered("k1", "ten minutes only: still good", True),
        kinds.ChemotherapyGiven(1, "IA 3+7", "2026-01-16", ({"drug": "idarubicin", "dose": "12"},), "36", False),
        kinds.Premedicated(1, ({"drug": "promethazine", "dose": "25", "unit": "mg", "route": "im"},)),
        kinds.ProphylaxisGiven(1, ({"drug": "ciclosporin"},)),
        kinds.GoDecided(1, "go", ({"check": "no fever", "status": "met"},), "i1", "well"),
        kinds.Infused(
            1,
            1,
            "L-01",
            1,
            "2026-01-20T10:40+08:00[Asia/Shanghai]",
            "50",
            "1e7",
            "61.5",
            ("n1", "n2"),
            None,
            ("B-01", "B-02"),
        ),
        kinds.InfusionInterrupted(1, "shivering"),
        kinds.InfusionResumed(1, "B-02"),
        kinds.InfusionEnded(1, "stopped", "84", "8.5e6", "fever", "12", "n2", "yes", "shivering, 38.4 Cel"),
        kinds.NotInfused("fever", 2),
        kinds.Visited("M1", "telephone", {"ecog.score": "1", "weight": {"value": "61.5", "unit": "kg"}}, -2),
        kinds.FormRowRecorded(
            "medications", 1, {"drug": "蒿甲醚 artemether", "began_on": "2026-01"}, "2026-01", "2026-02-03"
        ),
        kinds.VitalsTaken(1, "15 min", "37.2", "92", "118", "74", "18", "97", "shivers a little"),
        kinds.Contacted("telephone", True),
        kinds.ResponseAssessed(
            "CR",
            "ELN 2022",
            "1",
            "1.2",
            "90",
            "negative",
            "缓解",
            "no",
            "no",
            "yes",
            "no",
            "no",
            "60",
            "flow",
            "<0.01",
            "0.01",
            "CRh",
            "platelets rise without transfusion",
        ),
        kinds.Relapsed("haematological", "blasts 12 %"),
        kinds.ConditionFound("Anemia", 2, "5.0", "Blood and lymphatic system disorders", "none", "2025-12"),
        kinds.AdverseEventReported(
            "Fever",
            2,
            False,
            {"nk_cells": "related"},
            "5.0",
            "no",
            ("none",),
            "2026-02-03",
            "resolved",
            "none",
            "no",
            "x",
            "shivers",
            "paracetamol",
            "2026-02-01T09:00+08:00[Asia/Shanghai]",
            "Fever an hour after the infusion.",
        ),
        kinds.AdverseEventFollowed(
            "k1",
            3,
            True,
            ("hospitalisation",),
            {"nk_cells": "not related"},
            "no",
            "2026-02-05",
            "resolved",
            "none",
            "no",
            "antibiotics",
            "2026-02-02",
            "Blood culture positive.",
        ),
        kinds.ValueMarked(
            "f1#1",
            "alt",
            "212",
            "U/L",
            True,
            ({"term": "Alanine aminotransferase increased", "computed": "3", "confirmed": "3"},),
            ("symptomatic",),
            "5.0",
            "k1",
            "i1",
            "after the antibiotic",
        ),
        kinds.AcuteGvhdAssessed(
            {"skin": "2", "lower_gi": "1"}, "II to IV", "MAGIC 2016", ("lower GI stage 1",), "no", "k1", "biopsy"
        ),
        kinds.ChronicGvhdAssessed({"skin": "1"}, "mild to severe", "NIH 2014", ("skin 1",), "k1", "dry eyes"),
        kinds.CrsAssessed({"oxygen": "low flow"}, "2", "ASTCT 2019 CRS", ("oxygen: low flow",), "k1", "tocilizumab"),
        kinds.IcansAssessed({"ice": "8"}, "1 to 4", "ASTCT 2019 ICANS", ("ICE 8",), "k1", "tired"),
        kinds.InfusionReactionAssessed(
            {"interrupted": "yes"}, "2 to 5", "CTCAE v5.0", 1, ("interrupted",), "k1", "rash"
        ),
        kinds.PregnancyReported("partner", "2026-03-02", "2026-01-20", "2026-10-27", "yes", "told by telephone"),
        kinds.PregnancyFollowed("k1", "live birth", "healthy", "born in week 39"),
        kinds.ReportSent("k1", "site", "first report", "ethics committee", "EC-2026-7"),
        kinds.OtherTherapyStarted("venetoclax"),
        kinds.Transplanted("sibling", "planned"),
        kinds.TreatmentStopped("toxicity"),
        kinds.Withdrew("visits", "moved away"),
        kinds.LostToFollowUp("3 calls"),
        kinds.FoundAgain("registry office"),
        kinds.FollowUpTransferred("BJ-02", "moved"),
        kinds.Died("infection", "hospital record", None),
        kinds.DeviationRecorded("window", "day 9 instead of 7", "minor", "told", "ethics board", "v1"),
        kinds.Signed("eligibility", "Wang Li", ("k1",), "ab" * 32, "password and code", "n-7"),
        kinds.QueryRaised("Is the date right?", "k1", "ended_on", "d7", "vitals.weight"),
        kinds.QueryAnswered("k1", "yes, by the ward's chart", "Is it right?", "ab12"),
        kinds.QueryClosed("k1", "explained", "Is it right?", "ab12"),
        kinds.QueryReopened("k1", "the chart says otherwise", "Is it right?", "ab12"),
        kinds.SourceVerified(("k1",), "ab" * 32, "differs", "the chart says 63.5 kg", "ward chart", "vitals"),
        kinds.CasebookFrozen("before the interim analysis"),
        kinds.CasebookUnfrozen("a date was wrong"),
        kinds.StudyEnded("early", "the sponsor withdrew"),
        kinds.StudyLocked("final analysis", {"query:k1": "cannot be answered any more"}),
        kinds.StudyUnlocked("an unreported death"),
    )
}

_HEADER_WORDS = {"corrects", "retracts", "recorded", "site"}


def sealed_story(story: str) -> list[Sealed]:
    """The story as a sealed ledger, with the salts of a simulated one."""
    first = simulated_first_salt(1)
    sealed: list[Sealed] = []
    for seq, line in enumerate(line for line in story.splitlines() if line.strip()):
        new, stamp = _read_line(line, seq)
        salt = first if seq == 0 else simulated_salt(first, seq)
        sealed.append(seal(new, stamp, previous=sealed[-1].hash if sealed else FIRST_PREVIOUS, salt=salt))
    return sealed


def entries_of(story: str) -> list[Entry[Any]]:
    """The entries that a story tells."""
    return [read_entry(sealed) for sealed in sealed_story(story)]


def _read_line(line: str, seq: int) -> tuple[NewEntry, Stamp]:
    id, about, kind, *rest = line.split()
    occurred = rest.pop(0) if rest and "=" not in rest[0] else "-"
    words = dict(word.split("=", 1) for word in rest)
    recorded = words.get("recorded", f"2026-{1 + seq // 28:02d}-{1 + seq % 28:02d}T08:00:00.000Z")
    stamp = Stamp("story", sha256(TEXT.encode()).hexdigest(), seq, id, words.get("site", SITE), NURSE, recorded)
    said = {name: _value(word) for name, word in words.items() if name not in _HEADER_WORDS}
    new = NewEntry(
        replace(SAMPLES[kind], **said),
        about=None if about == "-" else about,
        occurred=None if occurred == "-" else occurred,
        corrects=words.get("corrects"),
        retracts=words.get("retracts"),
    )
    return new, stamp


def _value(word: str) -> Any:
    if word.startswith('"'):
        return word.strip('"')
    if word.lstrip("-").isdigit():
        return int(word)
    return {"True": True, "False": False, "None": None}.get(word, word)


def fold_of(entries: list[Entry[Any]]) -> Fold:
    fold = Fold()
    for entry in entries:
        fold.add(entry)
    return fold


def digest(trial: Trial) -> str:
    """A hash over everything a trial says, so that two folds can be compared across years."""
    return sha256(repr(picture(trial)).encode()).hexdigest()


def picture(trial: Trial) -> list[Any]:
    """Everything a trial says, as plain values in a fixed order."""
    chapters = {"": trial.of_study, **trial.casebooks, **trial.lots, **trial.others}
    return [
        trial.study,
        [(code, _entries(chapter.entries)) for code, chapter in sorted(chapters.items())],
        [(code, [entry.id for entry in lot.given]) for code, lot in sorted(trial.lots.items())],
        sorted(trial.collections),
        sorted(trial.numbers_used),
        sorted((id, [entry.id for entry in chain]) for id, chain in trial.originals.items()),
        _entries(trial.by_id.values()),
        trial.size,
        trial.head.hex(),
        trial.unreadable,
    ]


def _entries(entries: Any) -> list[Any]:
    names = [field.name for field in fields(Entry)]
    return [[(name, str(getattr(entry, name))) for name in names] for entry in entries]
