"""The label of a dose, a lot or a collection, and a participant's wristband: what stands on it, and its printing.

Everything on it is read off the study and the ledger. A donor is named by a code, a participant by the screening code
and the number; a wristband says nothing of a donor. The release is not on a label: it can change while the label stays.
"""

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from trialwright.cells.codes import label_code, read_label
from trialwright.cells.descent import assigned_to, collection_of, doses_of, recipient_of
from trialwright.cells.release_tests import DONOR, newest_result
from trialwright.errors import FormatError, UsageError
from trialwright.facts.check_character import check_character
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import Collected, DonorJudged, DonorRegistered, DoseMade
from trialwright.ledger.trial import Casebook, Lot, Trial
from trialwright.report.figures.look import FONTS
from trialwright.report.visible import each_text, printable, visible
from trialwright.report.words import NBSP, Lang
from trialwright.study import Study
from trialwright.study.product import LabelText

TEMPLATE: Final = Path(__file__).parent / "templates" / "label.typ"
MOST_LABELS: Final = 9999
_DONATION: Final = re.compile(r"[A-NP-Z1-9][A-Z0-9]{4}[0-9]{8}", re.ASCII)
_CAUTION: Final = re.compile(r"investigational|临床研究|临床试验|研究用", re.IGNORECASE)

DONOR_WARNINGS: Final = {
    "eligible": None,
    "ineligible with exception": "ineligible with exception",
    "ineligible": "ineligible",
    "incomplete": "incomplete",
}
"""The donor's eligibility -> the warning on the label; whatever else was said, or nothing, is "not evaluated"."""

WORDS: Final = {
    "simulated": ("SIMULATED – NOT FOR USE", "模拟，不可使用"),
    "recipient": ("Recipient", "受者"),
    "participant": ("Participant", "受试者"),
    "no recipient": ("RECIPIENT NOT ASSIGNED", "受者未指定"),
    "number": ("No. {number}", "{number} 号"),
    "dose": ("Dose {dose} of {doses}", "第 {dose} 剂，共 {doses} 剂"),
    "lot": ("Lot", "批号"),
    "collection": ("Collection", "采集"),
    "donor": ("Donor", "供者"),
    "volume": ("Volume", "体积"),
    "made": ("Made", "制备"),
    "collected": ("Collected", "采集时间"),
    "expires": ("Expires", "有效期至"),
    "storage": ("Store at", "储存"),
    "additives": ("Contains", "添加物"),
    "facility": ("Facility", "机构"),
    "donation": ("Donation", "献血编号"),
    "study": ("Study", "研究"),
    "label": ("Label", "标签"),
    "caution": ("Caution: investigational product, for use in this study only", "仅供本临床研究使用"),
    "ineligible with exception": ("INELIGIBLE DONOR: documented exception", "供者不合格：已批准例外"),
    "ineligible": ("INELIGIBLE DONOR: not for infusion", "供者不合格：不可输注"),
    "incomplete": ("NOT EVALUATED: donor testing is incomplete", "供者检测未完成"),
    "not evaluated": ("NOT EVALUATED: donor's eligibility is not decided", "供者未经评估"),
    "missing": ("not recorded", "未记录"),
}
"""Every word that is ours, in English and Chinese; both stand on every label."""


@dataclass(frozen=True, slots=True)
class Label:
    """All that stands on one label. Times are as the ledger keeps them; None and empty are not printed, unless said.

    recipient  the screening code; None prints that no recipient is assigned.
    warning    a key of WORDS: what must be known of the donor's eligibility.
    """

    payload: str  # what the two-dimensional code says, and the line under it
    code: str
    label: int
    sort: str  # dose | lot | collection | wristband
    study: str
    simulated: bool
    recipient: str | None = None
    recipient_number: int | None = None
    product: str = ""
    volume_ml: str | None = None
    made_at: str | None = None  # of a collection: when it was taken
    expires_at: str | None = None
    donor: str | None = None
    lot: str | None = None
    dose: int | None = None
    doses: int | None = None  # of how many
    donation_number: str | None = None  # given by somebody else, with its check character
    storage: str = ""
    additives: tuple[str, ...] = ()
    facility: str = ""
    statements: tuple[str, ...] = ()
    warning: str | None = None
    caution: str | None = None  # the study's own words; None prints ours


def label_of(study: Study, trial: Trial, code: str, label: int) -> Label:
    """The label of a dose, lot or collection, or the wristband of a participant, as study and ledger stand now.

    Raises UsageError where nothing of that code is labelled, the study says nothing of labels, or the code cannot be
    read back from a label.
    """
    chapter = trial.chapter(code)
    payload = _payload(chapter.code if chapter else code, label)
    if isinstance(chapter, Lot):
        return _of_lot(study, trial, chapter, payload, label)
    if code in trial.doses:
        return _of_dose(study, trial, trial.doses[code], payload, label)
    if code in trial.collections:
        return _of_collection(study, trial, trial.collections[code], payload, label)
    if chapter is None or code[:2] in ("B-", "C-", "D-", "I-"):
        raise UsageError(
            f"{code[:40]} is no dose, lot, collection or participant of this trial. Only those have labels: check the "
            "code, or record what it names first."
        )
    return Label(payload, chapter.code, label, "wristband", study.id, trial.simulated, chapter.code, chapter.number)


def _payload(code: str, label: int) -> str:
    if not 1 <= label <= MOST_LABELS:
        raise UsageError(f"Label {label} is no number of a label. Labels of a code are numbered 1 to {MOST_LABELS}.")
    payload = label_code(code, label)
    try:
        if read_label(payload) == (code, label):
            return payload
    except FormatError:
        pass
    raise UsageError(
        f"{code[:40]} cannot stand on a label: a code there has capital letters, digits and . : _ - only, at most 64. "
        "Give it such a code."
    )


def _of_dose(study: Study, trial: Trial, dose: Entry[DoseMade], payload: str, label: int) -> Label:
    lot = trial.lots.get(dose.what.lot)
    if lot is None or lot.made is None:
        raise UsageError(
            f"Dose {dose.about} is of lot {dose.what.lot}, and no such lot was made. Record the lot first."
        )
    how_many = max(one.what.number for one in doses_of(trial, lot))
    return Label(
        payload,
        dose.about or "",
        label,
        "dose",
        volume_ml=dose.what.volume_ml,
        dose=dose.what.number,
        doses=max(how_many, dose.what.number),
        **_common(study, trial, lot),
    )


def _of_lot(study: Study, trial: Trial, lot: Lot, payload: str, label: int) -> Label:
    if lot.made is None:
        raise UsageError(f"No lot {lot.code} was made. Record it first (act make_lot).")
    return Label(payload, lot.code, label, "lot", volume_ml=lot.made.what.volume_ml, **_common(study, trial, lot))


def _common(study: Study, trial: Trial, lot: Lot) -> dict[str, Any]:
    """What the labels of a lot and of its doses share."""
    assert lot.made is not None  # both callers looked
    said = _label_text(study)
    collection = collection_of(trial, lot)
    donor = collection.what.donor if collection else None
    newest = newest_result(study, lot, DONOR)
    return {
        **_for_whom(trial, recipient_of(lot)),
        **_of_study(study, trial, said),
        "product": said.product,
        "made_at": lot.made.occurred,
        "expires_at": lot.made.what.expires_at,
        "donor": donor,
        "lot": lot.code,
        "donation_number": with_check(collection.what.donation_number) if collection else None,
        "storage": said.storage,
        "additives": said.additives,
        "warning": donor_warning(donor_eligibility(trial, donor) or (newest.what.value if newest else None)),
    }


def _of_collection(study: Study, trial: Trial, taken: Entry[Collected], payload: str, label: int) -> Label:
    """The finished product's storage and additives are not the collection's: it says its anticoagulant."""
    what = taken.what
    sources = study.product.sources if study.product else ()
    meant_for = assigned_to(trial, what.donor)
    return Label(
        payload,
        taken.about or "",
        label,
        "collection",
        product=next((source.label for source in sources if source.id == what.source), what.source),
        volume_ml=what.volume_ml,
        made_at=taken.occurred,
        donor=what.donor,
        donation_number=with_check(what.donation_number),
        additives=(what.anticoagulant,) if what.anticoagulant else (),
        warning=donor_warning(donor_eligibility(trial, what.donor)),
        **_for_whom(trial, meant_for[0] if len(meant_for) == 1 else None),
        **_of_study(study, trial, _label_text(study), what.place),
    )


def _label_text(study: Study) -> LabelText:
    if study.product is None or study.product.labels is None:
        raise UsageError("The study says nothing of labels. Add product: labels: to study.yaml and adopt it.")
    return study.product.labels


def _of_study(study: Study, trial: Trial, said: LabelText, place: str | None = None) -> dict[str, Any]:
    """The study, the facility and the statements; the caution apart from them, so that it stands out."""
    caution = next((text for text in said.statements if _CAUTION.search(text)), None)
    others = tuple(text for text in said.statements if text != caution)
    about = {"study": study.id, "simulated": trial.simulated, "facility": place or said.facility}
    return about | {"statements": others, "caution": caution}


def _for_whom(trial: Trial, recipient: str | None) -> dict[str, Any]:
    book = trial.casebook(recipient) if recipient else None
    return {"recipient": book.code if book else recipient, "recipient_number": book.number if book else None}


def donor_eligibility(trial: Trial, donor: str | None) -> str | None:
    """What was decided last of a donor, in the ledger's words; None where nothing was, or nobody is registered."""
    chapter: Casebook | None = trial.donors.get(donor or "")
    judged = chapter.last(DonorJudged) if chapter else None
    if judged is None and chapter is not None and chapter.all(DonorRegistered):
        return "not started"
    return judged.what.eligibility if judged else None


def donor_warning(eligibility: str | None) -> str | None:
    """The warning a label bears for a donor's eligibility, a key of WORDS; none only for one found eligible.

    >>> donor_warning("eligible"), donor_warning(None)
    (None, 'not evaluated')
    """
    return DONOR_WARNINGS.get(eligibility or "", "not evaluated")


def with_check(donation_number: str | None) -> str | None:
    """A donation number with its check character: whoever types it from the bag needs it. Any other stays as it is.

    >>> with_check("G123498654321")
    'G123498654321 H'
    """
    if donation_number and _DONATION.fullmatch(donation_number):
        return f"{donation_number} {check_character(donation_number)}"
    return donation_number


# --- printing ---------------------------------------------------------------------------------------------------------


def format_label(label: Label, *, written_at: int, lang: Lang = "en") -> bytes:
    """The label as PDF, 100 × 60 mm, a wristband 100 × 25 mm: always one page, the same bytes for the same label.

    written_at  seconds since 1970, the PDF's own date. lang  which of the two languages comes first.
    Raises UsageError where the study's texts leave no room to print them legibly.
    """
    import typst

    files: Any = label_files(label, lang)  # a table of files in memory: documented by typst-py, not yet in its types
    try:
        made: bytes = typst.compile(
            files,
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            timestamp=written_at,
            pdf_standards=["ua-1"],  # typst then refuses a sign that no font has
        )
    except typst.TypstError as error:
        if "label-full" not in str(error):
            raise
        raise UsageError(
            f"The label of {label.code} has no room for all that study.yaml says under product: labels:. Shorten the "
            "product, the facility, the additives or the statements."
        ) from None
    return made


def label_files(label: Label, lang: Lang = "en") -> dict[str, bytes]:
    """What typst reads: the template, the label as JSON, and the two-dimensional code as SVG."""
    import zxingcpp

    square = zxingcpp.create_barcode(label.payload, zxingcpp.BarcodeFormat.DataMatrix)
    shown = each_text(label, lambda text: printable(visible(" ".join(text.split("\n")))))
    return {
        "main.typ": TEMPLATE.read_bytes(),
        "label.json": orjson.dumps(_shown(shown, lang)),
        "code.svg": square.to_svg(add_quiet_zones=True).encode(),
    }


def _shown(label: Label, lang: Lang) -> dict[str, Any]:
    """The label as the template reads it: plain texts, each of ours in both languages."""
    numbers = {"number": label.recipient_number, "dose": label.dose, "doses": label.doses}
    words = {key: [text.format(**numbers) for text in _ordered(key, lang)] for key in WORDS}
    return {
        **asdict(label),
        "words": words,
        "warning": words[label.warning] if label.warning else None,
        "caution": [label.caution] if label.caution else words["caution"],
        "dose_of": words["dose"] if label.dose is not None else None,
        "made_at": shown_time(label.made_at),
        "expires_at": shown_time(label.expires_at),
        "storage": label.storage.replace(" Cel", f"{NBSP}°C"),
        "additives": [text.replace(" %", f"{NBSP}%") for text in label.additives],
    }


def _ordered(key: str, lang: Lang) -> tuple[str, str]:
    english, chinese = WORDS[key]
    return (chinese, english) if lang == "zh" else (english, chinese)


def shown_time(occurred: str | None) -> tuple[str, str]:
    """A date or local time for reading, and its offset beside it; both empty where there is none.

    >>> shown_time("2026-01-20T07:00+08:00[Asia/Shanghai]")
    ('2026-01-20 07:00', '+08:00')
    """
    if not occurred or "T" not in occurred:
        return occurred or "", ""
    clock, _, _ = occurred.partition("[")
    return clock[:-6].replace("T", " "), clock[-6:]
