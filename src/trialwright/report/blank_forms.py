"""Blank forms to print, a visit after the other, for a day on which the computer is out of reach.

Everything on them is read off the study file. The captions are ours, in English and Chinese beside each other; the
study's own words stay in the language they were written in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from trialwright.errors import UsageError
from trialwright.report.figures.look import FONTS
from trialwright.report.visible import printable, visible
from trialwright.report.words import Lang
from trialwright.study import Study
from trialwright.study.model import Form, Item, Visit
from trialwright.study.ward import VitalsPlan

TEMPLATE: Final = Path(__file__).parent / "templates" / "blank_forms.typ"
ROWS: Final = 8
"""Empty rows of a form that repeats."""
MOST_PLANNED: Final = 120
"""Minutes up to which the grid of an infusion names its moments; later ones are written in by hand."""
SIGNS: Final = (
    ("Temperature", "体温", "°C"),
    ("Pulse", "脉搏", "/min"),
    ("Blood pressure", "血压", "mmHg"),
    ("Breaths", "呼吸", "/min"),
    ("SpO₂", "血氧饱和度", "%"),
)

WORDS: Final = {
    "blank": ("Blank form", "空白表"),
    "participant": ("Participant code", "受试者代码"),
    "date": ("Date (year, month, day)", "日期（年-月-日）"),
    "time": ("Time", "时间"),
    "site": ("Site", "研究中心"),
    "mode": ("How", "方式"),
    "on site": ("on site", "到院"),
    "telephone": ("telephone", "电话"),
    "home": ("at home", "上门"),
    "missed": ("missed", "未进行"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "unknown": ("unknown", "不详"),
    "required": ("must be answered", "必填"),
    "unit": ("unit, if another", "单位，若不同"),
    "signature": ("Filled in by (name, signature)", "填写人（姓名、签名）"),
    "signed_on": ("Date and time", "日期和时间"),
    "entered": ("Entered into the ledger by, on", "录入人、录入时间"),
    "source": ("Where it was first written", "原始记录所在"),
    "page": ("Page", "页"),
    "study": ("Study", "研究"),
    "version": ("version", "版本"),
    "planned": ("Planned", "计划"),
    "taken": ("Taken at", "实测时间"),
    "by": ("By", "测量人"),
    "note": ("Note", "备注"),
    "vitals": ("Vital signs at the infusion", "输注时生命体征"),
    "start": ("Start of the infusion", "输注开始"),
    "end": ("End of the infusion", "输注结束"),
    "volume": ("Volume given", "输注体积"),
    "reaction": ("Reaction", "反应"),
    "row": ("Row", "行"),
    "year": ("year", "年"),
    "month": ("month", "月"),
    "day": ("day", "日"),
    "paper": (
        "What is written here is entered afterwards as it happened, with this sheet as its source.",
        "此处内容须事后如实录入，并以本表为原始记录。",
    ),
    "window": ("When", "时间窗"),
}
"""Every word that is ours, in English and Chinese."""


@dataclass(frozen=True, slots=True)
class BlankForms:
    """The visits to be printed, of which study: `sha256` is that of the file as it was read."""

    study: Study
    sha256: str
    visits: tuple[Visit, ...]
    rows: tuple[Form, ...]
    vitals: VitalsPlan | None
    simulated: bool = False


def blank_forms(study: Study, sha256: str, visit: str | None = None, *, simulated: bool = False) -> BlankForms:
    """The blank forms of one visit, or of all, with the forms of rows and the grid of an infusion at the end.

    Raises UsageError for a visit that the study does not have, and for a study without visits.
    """
    ids = [one.id for one in study.visits]
    if visit is not None and visit not in ids:
        known = ", ".join(ids) or "no visit"
        raise UsageError(f"The study has no visit {visit!r}. It has: {known}.")
    if not study.visits:
        raise UsageError("The study plans no visit, so there is no form to print. Add `visits:` to it.")
    chosen = tuple(one for one in study.visits if visit in (None, one.id))
    infusion = study.treatment.infusion
    wants_grid = any(one.anchor in ("infusion", "first_infusion") and one.day == 0 for one in chosen)
    vitals = infusion.vitals if infusion and wants_grid else None
    rows = tuple(form for form in study.forms if form.repeats) if visit is None else ()
    return BlankForms(study, sha256, chosen, rows, vitals, simulated)


def format_blank_forms(forms: BlankForms, *, written_at: int, lang: Lang = "en") -> bytes:
    """The forms as PDF, A4: the same bytes for the same study. `lang` is the language that comes first.

    written_at  seconds since 1970, the PDF's own date
    """
    import typst

    files: Any = blank_form_files(forms, lang)  # a table of files in memory: not yet in typst-py's types
    made: bytes = typst.compile(
        files, font_paths=[str(FONTS)], ignore_system_fonts=True, timestamp=written_at, pdf_standards=["ua-1"]
    )
    return made


def blank_form_files(forms: BlankForms, lang: Lang = "en") -> dict[str, bytes]:
    """What typst reads: the template, and the forms as JSON."""
    return {"main.typ": TEMPLATE.read_bytes(), "forms.json": orjson.dumps(_shown(forms, lang))}


def _shown(forms: BlankForms, lang: Lang) -> dict[str, Any]:
    """The forms as the template reads them: plain texts only, ours in both languages."""
    study = forms.study
    by_id = {form.id: form for form in study.forms}
    sheets = [_sheet(visit, by_id) for visit in forms.visits]
    return {
        "lang": lang,
        "study": _plain(study.id),
        "title": _plain(study.title),
        "version": _plain(study.version),
        "sha256": forms.sha256,
        "simulated": forms.simulated,
        "sites": [_plain(f"{site.code}  {site.name}") for site in study.sites],
        "words": {key: list(pair if lang == "en" else reversed(pair)) for key, pair in WORDS.items()},
        "sheets": sheets,
        "rows": [_rows(form) for form in forms.rows],
        "grid": None if forms.vitals is None else _grid(forms.vitals, lang),
    }


def _sheet(visit: Visit, forms: dict[str, Form]) -> dict[str, Any]:
    days = f"day {visit.day:+d} from {visit.anchor.replace('_', ' ')}" if visit.day else visit.anchor.replace("_", " ")
    around = f", {visit.before} days before to {visit.after} days after" if visit.before or visit.after else ""
    known = [forms[name] for name in visit.forms if name in forms]
    return {
        "id": _plain(visit.id),
        "label": _plain(visit.label),
        "window": f"{days}{around}",
        "forms": [_form(form) for form in known if not form.repeats],
    }


def _form(form: Form) -> dict[str, Any]:
    return {
        "id": _plain(form.id),
        "label": _plain(form.label),
        "text": _plain(form.text) if form.text else None,
        "items": [_item(form, item) for item in form.items],
    }


def _item(form: Form, item: Item) -> dict[str, Any]:
    return {
        "name": _plain(f"{form.id}.{item.id}"),
        "label": _plain(item.label),
        "type": item.type,
        "unit": _plain(shown_unit(item.unit)) if item.unit else None,
        "choices": [_plain(choice) for choice in item.choices],
        "required": item.required,
    }


def _rows(form: Form) -> dict[str, Any]:
    wide = {"text": 2, "choice": 2}
    columns = [{"label": item.label, "width": wide.get(item.type, 1), "required": item.required} for item in form.items]
    return {**_form(form), "columns": [{**one, "label": _plain(str(one["label"]))} for one in columns], "count": ROWS}


def _grid(plan: VitalsPlan, lang: Lang) -> dict[str, Any]:
    signs = [{"label": [zh, en] if lang == "zh" else [en, zh], "unit": unit} for en, zh, unit in SIGNS]
    return {"moments": list(_moments(plan)), "signs": signs}


def _moments(plan: VitalsPlan) -> Iterator[str]:
    yield from (f"{minute} min" for minute in plan.minutes)
    last, every = max(plan.minutes, default=0), plan.then_every_minutes
    while every is not None and last + every <= MOST_PLANNED:
        last += every
        yield f"{last} min"
    yield from (f"end + {hour} h" for hour in plan.hours_after_end)
    yield from ("", "")


def shown_unit(unit: str) -> str:
    """A unit as a person writes it.

    >>> shown_unit("10*9/L"), shown_unit("Cel"), shown_unit("umol/L")
    ('×10⁹/L', '°C', 'µmol/L')
    """
    named = {"Cel": "°C", "mm[Hg]": "mmHg", "%": "%"}
    if unit in named:
        return named[unit]
    shown = unit.replace("10*9", "×10⁹").replace("10*6", "×10⁶").replace("m2", "m²")
    return f"µ{shown[1:]}" if shown.startswith("u") and len(shown) > 1 and shown[1] in "gmLl" else shown


def _plain(text: str) -> str:
    return printable(visible(" ".join(text.split())))
