"""Cells for the tests of labels and certificates, as bare entries: a donor, a collection, a lot of two doses, released.

One participant, S-007, number 3. `told` changes the story: entries to leave out, and entries to add at its end.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from trialwright.ledger import Actor, Entry, Fold, Mood, Told, Trial, kinds
from trialwright.study import Study, read_study

ROOT = Path(__file__).parent.parent.parent
STUDY_YAML = ROOT / "src" / "trialwright" / "studies" / "nct05333705" / "study.yaml"
WRITTEN_AT = 1_768_896_000

WHO = "S-007"
DONOR, COLLECTION, LOT = "D-XA26000001K", "C-XA260000011", "L-XA26000017K"
DOSES = ("B-XA26000021P", "B-XA26000022M")
QUALITY, PHYSICIAN = Actor("QA-2", "quality assurance"), Actor("DR-1", "investigator")
Line = tuple[kinds.What, str | None, str | None]


@cache
def study() -> Study:
    return read_study(STUDY_YAML.read_text(encoding="utf-8")).study


def labelled(**texts: Any) -> Study:
    """The study with other words on its labels."""
    plan = study()
    assert plan.product is not None
    assert plan.product.labels is not None
    return replace(plan, product=replace(plan.product, labels=replace(plan.product.labels, **texts)))


def at(day: str, clock: str) -> str:
    return f"2026-01-{day}T{clock}+08:00[Asia/Shanghai]"


def adopted(simulated: bool = True) -> Line:
    return kinds.Adopted("text", "0" * 64, "1.0", simulated, 15, {"XA": "Asia/Shanghai"}), None, "2025-12-01"


def participant() -> Iterable[Line]:
    yield kinds.Consented("main", "1.0", "zh", "participant", "DR-1"), WHO, "2025-12-20"
    yield kinds.Enrolled(3, "CR1", "consolidation", True, "2025-12-01"), WHO, "2025-12-28"


def donor(eligibility: str = "eligible", **more: Any) -> Iterable[Line]:
    yield kinds.DonorRegistered("peripheral blood"), DONOR, "2025-12-29"
    tests = dict.fromkeys(("hiv", "hbv", "hcv", "syphilis", "htlv"), "negative") | {"cmv": "positive"}
    yield kinds.DonorJudged(eligibility, tests, "2026-01-02", **more), DONOR, "2026-01-03"
    yield kinds.DonorAssigned(DONOR, WHO), "I-XA26000001R", "2026-01-03"


def collected(**more: Any) -> Iterable[Line]:
    said = {"volume_ml": "180", "anticoagulant": "ACD-A", "started_at": at("04", "08:10"), "place": "apheresis unit"}
    yield kinds.Collected(DONOR, "peripheral blood", **(said | more)), COLLECTION, at("04", "10:30")
    for step, day, clock in (
        ("separation", "04", "13:00"),
        ("cd3-depletion", "04", "15:00"),
        ("culture", "18", "09:00"),
    ):
        reagents = (
            {"name": f"{step} reagent", "lot": "R-4711", "expires_on": "2027-03"},
            {"name": "human albumin 5 %", "lot": "HA-22", "expires_on": "2026-09-30"},
        )
        equipment = ({"code": "CENTRI-2", "calibrated_until": "2026-06-30"},)
        yield kinds.Processed(step, reagents, equipment), COLLECTION, at(day, clock)


def lot_made(recipient: str | None = WHO, expires_at: str = at("21", "07:00")) -> Iterable[Line]:
    yield kinds.LotMade(COLLECTION, expires_at, recipient, "100", doses=2, taken_ml="180"), LOT, at("20", "07:00")
    washed = ({"code": "WASH-1", "calibrated_until": "2026-05-31"},)
    yield (
        kinds.Processed("wash", ({"name": "saline", "lot": "NS-9", "expires_on": "2026-12"},), washed),
        LOT,
        at("20", "07:20"),
    )
    yield kinds.Sampled("Q-1", "2", ("viability", "cell-count")), LOT, at("20", "07:30")


RESULTS = (
    ("cell-count", "1.2e7", "/mL", "flow cytometry"),
    ("viability", "93", "%", "flow cytometry"),
    ("purity", "88.4", "%", "flow cytometry"),
    ("identity", "confirmed", None, "PCR-SSO"),
    ("t-cells", "0.4", "%", "flow cytometry"),
    ("b-cells", "<0.1", "%", "flow cytometry"),
    ("gram", "negative", None, "microscopy"),
    ("mycoplasma", "negative", None, "PCR"),
    ("endotoxin", "<0.5", "{EU}/mL", "LAL"),
    ("potency", "41", "%", "K562, 4 h"),
    ("rapid-culture", "negative", None, "automated culture"),
)
LATE = (("mycoplasma-culture", "negative", None, "culture"), ("sterility", "negative", None, "14-day culture"))


def lot_tested(results: Iterable[tuple[str, str, str | None, str]] = RESULTS, day: str = "20") -> Iterable[Line]:
    for test, value, unit, method in results:
        yield (
            kinds.ReleaseTested(test, value, unit, method, "LAB-4", f"2026-01-{day}", "Q-1", "LAB-5"),
            LOT,
            at(day, "08:00"),
        )


def divided() -> Iterable[Line]:
    for number, code in enumerate(DOSES, 1):
        yield kinds.DoseMade(LOT, number, "49"), code, at("20", "08:10")
    yield kinds.Divided(DOSES, "0"), LOT, at("20", "08:10")


def released(how: str = "conditional", day: str = "20", clock: str = "09:00") -> Iterable[Line]:
    tests = study().product.release_tests if study().product else ()
    pending = tuple(test.id for test in tests if test.may_be_pending) if how == "conditional" else ()
    found = {test: f"{value} {unit or ''}".strip() for test, value, unit, _ in (*RESULTS, *LATE)}
    judged = tuple(
        {"test": one.id, "rule": one.rule, "status": "unknown", "found": "no result"}
        if one.id in pending
        else {"test": one.id, "rule": one.rule, "status": "met", "found": found.get(one.id, "eligible")}
        | ({"weight_kg": "68.5", "found": "17500 /kg"} if one.rule.endswith("/kg") else {})
        for one in tests
    )
    yield kinds.Released(how, judged, pending), LOT, at(day, clock)


def story(**changes: Iterable[Line]) -> list[Line]:
    """The whole story, a part of it told otherwise; `more` comes at its end."""
    parts: dict[str, Iterable[Line]] = {
        "adopted": [adopted()],
        "participant": participant(),
        "donor": donor(),
        "collected": collected(),
        "lot": lot_made(),
        "tested": lot_tested(),
        "divided": divided(),
        "released": released(),
        "more": (),
    }
    return [line for part in (parts | changes).values() for line in part]


def told(after: Told | None = None, second: Actor | None = PHYSICIAN, **changes: Iterable[Line]) -> Trial:
    """Where the trial stands after the story; `after`: who told the releases after the deed, `second`: who agreed."""
    fold = Fold()
    for seq, (what, about, on) in enumerate(story(**changes)):
        release = isinstance(what, kinds.Released)
        actor = QUALITY if release else Actor("LAB-1", "cell laboratory")
        recorded_at = f"2026-02-10T08:{seq // 60:02d}:{seq % 60:02d}.000Z"
        entry: Entry[Any] = Entry(seq, f"e{seq}", "nct05333705", "0" * 64, "XA", actor, recorded_at, what, about, on)
        late: dict[str, Any] = {"mood": Mood.HAPPENED, "told": after} if release and after else {}
        fold.add(replace(entry, second=second if release else None, hash=bytes([seq % 256]) * 32, **late))
    return fold.trial()
