"""The certificate of release that travels with a dose: what quality assurance let go, on what results, and who signed.

It is of the newest release of a lot. A lot that may not be given has none. The donor is named by a code alone.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from trialwright.cells.alerts import codes_behind, holds_on
from trialwright.cells.descent import collection_of, doses_of, recipient_of
from trialwright.cells.states import lot_state
from trialwright.conduct.roles import person_key
from trialwright.errors import UsageError
from trialwright.ledger.entry import Actor, Entry, Mood, Told
from trialwright.ledger.kinds import (
    DeviationRecorded,
    DonorJudged,
    DonorRegistered,
    LotAssigned,
    LotMade,
    Processed,
    Recalled,
    Rejected,
    Released,
    ReleaseTested,
)
from trialwright.ledger.trial import Lot, Trial
from trialwright.report.figures.look import FONTS
from trialwright.report.label import WORDS, donor_warning, shown_time, with_check
from trialwright.report.visible import each_text, printable, visible
from trialwright.study import Study
from trialwright.study.product import ReleaseTest

TEMPLATE: Final = Path(__file__).parent / "templates" / "certificate.typ"
SIMULATED: Final = ("SIMULATED PARTICIPANTS", "模拟受试者")
MEANING: Final = "released for infusion"
MEANING_CONDITIONAL: Final = "released for infusion, with results pending"


@dataclass(frozen=True, slots=True)
class Result:
    """One result of a release test as the ledger has it; `late`: recorded after the release."""

    value: str
    method: str | None
    analyst: str | None
    reviewer: str | None
    sample: str | None
    sampled_on: str | None
    late: bool


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """One release test: its limit, what was judged at the release, and its results; `assumed`: no source but ours."""

    id: str
    label: str
    rule: str
    status: str  # met | not met | pending | not judged
    found: str
    weight_kg: str | None
    assumed: bool
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class DonorStatement:
    """Whether the donor was found fit to give, by whose decision, on which tests. No name, and nothing else."""

    code: str
    eligibility: str | None  # None: nothing was decided
    decided_on: str | None = None
    decided_by: str | None = None
    sampled_on: str | None = None
    of_mother: bool = False  # cord blood: the tests are of the mother's blood
    tests: tuple[tuple[str, str], ...] = ()  # label of the test, result
    exception: str | None = None
    warning: tuple[str, str] | None = None  # as on the label, in English and Chinese


@dataclass(frozen=True, slots=True)
class Step:
    """One step of making, of the collection or of the lot."""

    label: str
    of: str
    at: str | None
    by: str
    reagents: tuple[tuple[str, str, str], ...]  # name, lot, expiry
    equipment: tuple[tuple[str, str], ...]  # code, calibrated until


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose of the lot; `parent`: the dose it was divided from."""

    code: str
    number: int
    volume_ml: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, in what role, when, and what it means."""

    person: str
    role: str
    at: str | None
    recorded_at: str  # to the minute, UTC
    meaning: str


@dataclass(frozen=True, slots=True)
class AfterDeed:
    """Of a release that was written down only when it had been done: by whom and when, on whose word, and why late."""

    recorded_by: str
    recorded_at: str  # to the minute, UTC
    source: str
    who: str
    why_late: str


@dataclass(frozen=True, slots=True)
class Deviation:
    """A gate of the release that was not open, and what was found there."""

    gate: str
    description: str
    importance: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """All that a certificate of release says. Times and numbers are as the ledger keeps them."""

    study: str
    study_title: str
    study_version: str
    simulated: bool
    lot: str
    product: str
    how: str  # conditional | full
    pending: tuple[str, ...]  # labels of the tests whose results are awaited
    recipient: str | None
    recipient_number: int | None
    made_at: str | None
    expires_at: str
    volume_ml: str | None
    collection: str
    collected_at: str | None
    cell_source: str | None
    donation_number: str | None
    donor: DonorStatement | None
    tests: tuple[JudgedLine, ...]
    steps: tuple[Step, ...]
    doses: tuple[Dose, ...]
    facility: str | None
    storage: str | None
    additives: tuple[str, ...]
    statements: tuple[str, ...]
    quality: Signature
    physician: Signature | None
    after_deed: AfterDeed | None  # None: the gates were asked before the release
    deviations: tuple[Deviation, ...]
    entries: int
    head: str


def certificate_of(study: Study, trial: Trial, lot_code: str) -> Certificate:
    """The certificate of a lot's newest release, with everything recorded since about its tests.

    Raises UsageError where the lot may not be given: never released, rejected, failed, recalled.
    """
    lot, made = _lot_made(trial, lot_code)
    release = _release(study, trial, lot)
    collection = collection_of(trial, lot)
    donor = collection.what.donor if collection else None
    recipient = recipient_of(lot)
    book = trial.casebook(recipient) if recipient else None
    said = study.product.labels if study.product else None
    tests = _tests(study, lot, release)
    names = {test.id: test.label for test in tests}
    meaning = MEANING if release.what.how == "full" else MEANING_CONDITIONAL
    return Certificate(
        study=study.id,
        study_title=study.title,
        study_version=study.version,
        simulated=trial.simulated,
        lot=lot.code,
        product=said.product if said else study.product.name if study.product else "",
        how=release.what.how,
        pending=tuple(names.get(id, id) for id in release.what.pending),
        recipient=book.code if book else recipient,
        recipient_number=book.number if book else None,
        made_at=made.occurred,
        expires_at=made.what.expires_at,
        volume_ml=made.what.volume_ml,
        collection=made.what.collection,
        collected_at=collection.occurred if collection else None,
        cell_source=collection.what.source if collection else None,
        donation_number=with_check(collection.what.donation_number) if collection else None,
        donor=_donor(study, trial, donor) if donor else None,
        tests=tests,
        steps=_steps(study, trial, lot),
        doses=_doses(trial, lot),
        facility=said.facility if said else None,
        storage=said.storage if said else None,
        additives=said.additives if said else (),
        statements=said.statements if said else (),
        quality=_signature(release, release.actor, meaning),
        physician=_signature(release, release.second, meaning) if release.second and _two_people(release) else None,
        after_deed=_after_deed(release),
        deviations=_deviations(lot, release),
        entries=trial.size,
        head=trial.head.hex()[:16],
    )


def _lot_made(trial: Trial, code: str) -> tuple[Lot, Entry[LotMade]]:
    """The lot of a code, and how it was made. Raises UsageError where there is none."""
    lot = trial.lots.get(code)
    if lot is None or lot.made is None:
        dose = trial.doses.get(code)
        hint = f"It is a dose of lot {dose.what.lot}: ask for that lot's." if dose else "Check the code."
        raise UsageError(f"{code[:40]} is no lot of this trial. {hint}")
    return lot, lot.made


def _doses(trial: Trial, lot: Lot) -> tuple[Dose, ...]:
    return tuple(
        Dose(one.about or "", one.what.number, one.what.volume_ml, one.what.parent) for one in doses_of(trial, lot)
    )


def _release(study: Study, trial: Trial, lot: Lot) -> Entry[Released]:
    """The newest release of a lot that may be given. Raises UsageError saying why there is none."""
    rejected, recalled = lot.last(Rejected), lot.last(Recalled)
    if rejected is not None:
        raise UsageError(
            f"Lot {lot.code} was rejected on {shown_time(rejected.occurred)[0]}: {rejected.what.reason}. A rejected "
            "lot has no certificate of release. If that was recorded in error, retract it."
        )
    if recalled is not None:
        raise UsageError(
            f"Lot {lot.code} was recalled on {shown_time(recalled.occurred)[0]}: {recalled.what.reason}. A recalled "
            "lot has no certificate of release; what is left of it comes back."
        )
    release = lot.release
    if release is None:
        raise UsageError(
            f"Lot {lot.code} is in quarantine: no release is recorded, so there is nothing to certify. Quality "
            "assurance releases it first (act release)."
        )
    for alert in holds_on(trial, codes_behind(trial, lot)):
        raise UsageError(
            f"Lot {lot.code} is held since {shown_time(alert.occurred)[0]}: {alert.what.what}. What is held has no "
            "certificate of release until the alert is answered (act answer_alert)."
        )
    if failed := lot_state(study, trial, lot).failed:
        raise UsageError(
            f"Lot {lot.code} fails {', '.join(failed)} on the results recorded by now, and is not certified. Reject it "
            "(act reject_lot); if a result is wrong, correct it."
        )
    return release


# --- tests ------------------------------------------------------------------------------------------------------------


def _tests(study: Study, lot: Lot, release: Entry[Released]) -> tuple[JudgedLine, ...]:
    """Every test of the study in its order, then whatever else was tested."""
    known = {test.id: test for test in (study.product.release_tests if study.product else ())}
    judged = _judged(lot, release)
    tested = [entry.what.test for entry in lot.tests]
    return tuple(
        _test(id, known.get(id), judged.get(id, {}), lot, release) for id in dict.fromkeys([*known, *judged, *tested])
    )


def _judged(lot: Lot, release: Entry[Released]) -> dict[str, dict[str, Any]]:
    """What was judged of each test at the release; where the lot was assigned anew since, for that recipient."""
    assigned = [entry for entry in lot.all(LotAssigned) if entry.order > release.order and entry.what.judged]
    lines = [*release.what.judged, *(assigned[-1].what.judged if assigned else ())]
    return {str(line["test"]): line for line in lines if "test" in line}


def _test(id: str, test: ReleaseTest | None, line: dict[str, Any], lot: Lot, release: Entry[Released]) -> JudgedLine:
    status = str(line.get("status", "not judged"))
    weight = line.get("weight_kg")
    return JudgedLine(
        id=id,
        label=test.label if test else id,
        rule=str(line.get("rule") or (test.rule if test else "")),
        status="pending" if status == "unknown" else status,
        found=str(line.get("found", "")),
        weight_kg=str(weight) if weight else None,
        assumed=test is not None and test.source == "assumption",
        results=tuple(_result(entry, release) for entry in lot.tests if entry.what.test == id),
    )


def _result(entry: Entry[ReleaseTested], release: Entry[Released]) -> Result:
    what, unit = entry.what, (entry.what.unit or "").replace("{", "").replace("}", "")
    value = f"{what.value} {unit}" if unit and unit != "1" else what.value
    late = entry.seq > release.seq
    return Result(value, what.method, what.analyst, what.reviewer, what.sample, what.sampled_on, late)


# --- donor, making, signatures ----------------------------------------------------------------------------------------


def _donor(study: Study, trial: Trial, donor: str) -> DonorStatement:
    chapter = trial.donors.get(donor)
    registered = chapter.last(DonorRegistered) if chapter else None
    judged = chapter.last(DonorJudged) if chapter else None
    said = judged.what.eligibility if judged else None
    warning = donor_warning(said)
    warned = WORDS[warning] if warning else None
    mother = registered is not None and registered.what.tested == "mother"
    if judged is None:
        return DonorStatement(donor, None, of_mother=mother, warning=warned)
    donors = study.product.donors if study.product else None
    labels = {test.id: test.label for test in (donors.tests if donors else ())}
    what = judged.what
    return DonorStatement(
        donor,
        said,
        decided_on=judged.occurred,
        decided_by=what.decided_by or judged.actor.id,
        sampled_on=what.sampled_on,
        of_mother=mother,
        tests=tuple((labels.get(test, test), result) for test, result in what.tests.items()),
        exception=what.exception,
        warning=warned,
    )


def _steps(study: Study, trial: Trial, lot: Lot) -> tuple[Step, ...]:
    """The steps of the collection, then those of the lot, as recorded."""
    labels = {step.id: step.label for step in (study.product.steps if study.product else ())}
    collection = trial.others.get(lot.made.what.collection) if lot.made else None
    done: Iterable[Entry[Processed]] = (*(collection.all(Processed) if collection else ()), *lot.all(Processed))
    return tuple(
        Step(
            labels.get(entry.what.step, entry.what.step),
            entry.about or "",
            entry.occurred,
            entry.actor.id,
            tuple(_said(one, "name", "lot", "expires_on") for one in entry.what.reagents),
            tuple(_said(one, "code", "calibrated_until") for one in entry.what.equipment),
        )
        for entry in done
    )


def _said(item: dict[str, Any], *keys: str) -> Any:
    """What a line says under each key; a dash where it says nothing."""
    return tuple(str(item.get(key) or "–") for key in keys)


def _signature(release: Entry[Released], person: Actor, meaning: str) -> Signature:
    return Signature(person.id, person.role, release.occurred, _minute(release), meaning)


def _two_people(release: Entry[Released]) -> bool:
    return release.second is not None and person_key(release.second.id) != person_key(release.actor.id)


def _after_deed(release: Entry[Released]) -> AfterDeed | None:
    if release.mood is not Mood.HAPPENED:
        return None
    told = release.told or Told("not recorded", "not recorded", "not recorded")
    return AfterDeed(str(release.actor), _minute(release), told.source, told.who, told.why_late)


def _deviations(lot: Lot, release: Entry[Released]) -> tuple[Deviation, ...]:
    """The deviations of the lot's releases: what its gates found, and all that was written beside this one."""
    return tuple(
        Deviation(one.what.gate or "", one.what.description, one.what.importance)
        for one in lot.all(DeviationRecorded)
        if (one.what.gate or "").startswith("release.") or _act(one.id) == _act(release.id)
    )


def _act(id: str) -> str:
    """What the ids of one act's entries have in common: the second is the first's with `.2` after it."""
    stem, dot, number = id.rpartition(".")
    return stem if dot and number.isdigit() else id


def _minute(entry: Entry[Any]) -> str:
    return entry.recorded_at[:16].replace("T", " ")


# --- printing ---------------------------------------------------------------------------------------------------------


def format_certificate(certificate: Certificate, *, written_at: int) -> bytes:
    """The certificate as PDF, A4, the same bytes for the same certificate.

    written_at  seconds since 1970, the PDF's own date.
    """
    import typst

    files: Any = certificate_files(certificate)  # a table of files in memory: documented by typst-py, not in its types
    made: bytes = typst.compile(
        files,
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        timestamp=written_at,
        pdf_standards=["ua-1"],  # readable aloud; typst then refuses a sign that no font has
    )
    return made


def certificate_files(certificate: Certificate) -> dict[str, bytes]:
    """What typst reads: the template, and the certificate as JSON."""
    shown = each_text(certificate, lambda text: printable(visible(text)))
    times = {name: shown_time(getattr(shown, name)) for name in ("made_at", "expires_at", "collected_at")}
    said = asdict(shown) | times | {"simulated": SIMULATED if shown.simulated else None}
    said["storage"] = (shown.storage or "").replace(" Cel", " °C")
    said["steps"] = [asdict(step) | {"at": shown_time(step.at)} for step in shown.steps]
    for who in ("quality", "physician"):
        signed: Signature | None = getattr(shown, who)
        said[who] = asdict(signed) | {"at": shown_time(signed.at)} if signed else None
    return {"main.typ": TEMPLATE.read_bytes(), "certificate.json": orjson.dumps(said)}
