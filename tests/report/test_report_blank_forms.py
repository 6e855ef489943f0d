"""Blank forms: every question of the study file stands on them, in both languages' chrome, the same bytes each time."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
import typst
from report_reading import pdf_words

from trialwright.errors import UsageError
from trialwright.report.blank_forms import (
    WORDS,
    BlankForms,
    blank_form_files,
    blank_forms,
    format_blank_forms,
    shown_unit,
)
from trialwright.report.figures.look import FONTS
from trialwright.report.words import Lang
from trialwright.study import StudyFile, read_study

WRITTEN_AT = 1_760_000_000


@cache
def reference() -> StudyFile:
    source = files("trialwright") / "studies" / "nct05333705" / "study.yaml"
    return read_study(source.read_text(encoding="utf-8"), "study.yaml")


def chosen(visit: str | None) -> BlankForms:
    return blank_forms(reference().study, reference().sha256, visit)


def words_on(visit: str | None, lang: Lang = "en") -> str:
    """The headings as laid out, and all that the template is given, without blanks."""
    files_: Any = blank_form_files(chosen(visit), lang)
    data = json.loads(files_["forms.json"])
    made: Any = typst.query(files_, "heading", font_paths=[str(FONTS)], ignore_system_fonts=True)
    headings = "".join(pdf_words(one["body"]) for one in json.loads(made))
    return "".join(f"{headings} {json.dumps(data, ensure_ascii=False)}".split())


def test_each_visit_and_each_form_has_its_heading() -> None:
    made: Any = typst.query(
        blank_form_files(chosen("d28")),
        "heading",
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,  # type: ignore[arg-type]
    )
    study = reference().study
    visit = next(one for one in study.visits if one.id == "d28")
    labels = [next(form.label for form in study.forms if form.id == name) for name in visit.forms]
    assert [pdf_words(one["body"]) for one in json.loads(made)] == [visit.label, *labels]


@pytest.mark.parametrize("visit", ["screening", "d7", "infusion", "m24-survival"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_question_of_the_visit_is_handed_to_the_template(visit: str, lang: Lang) -> None:
    study = reference().study
    shown = words_on(visit, lang)
    planned = next(one for one in study.visits if one.id == visit)
    for form in (form for form in study.forms if form.id in planned.forms):
        assert "".join(form.label.split()) in shown
        for item in form.items:
            assert f"{form.id}.{item.id}" in shown
            assert all("".join(choice.split()) in shown for choice in item.choices)
    for key in ("participant", "date", "signature", "entered"):
        assert all("".join(word.split()) in shown for word in WORDS[key])
    assert study.id in shown
    assert reference().sha256 in shown


def test_all_visits_come_with_the_grid_of_an_infusion_and_the_forms_of_rows() -> None:
    shown = words_on(None)
    assert all("".join(visit.label.split()) in shown for visit in reference().study.visits)
    assert all(moment in shown for moment in ("0min", "30min", "120min", "end+24h"))
    assert "Othermedications" in shown


def test_the_same_study_makes_the_same_bytes() -> None:
    first, again = (format_blank_forms(chosen("d7"), written_at=WRITTEN_AT) for _ in range(2))
    assert first == again
    assert first.startswith(b"%PDF")


def test_a_visit_the_study_has_not_is_named_with_those_it_has() -> None:
    with pytest.raises(UsageError, match=r"no visit 'd8'\. It has: screening"):
        blank_forms(reference().study, "0" * 64, "d8")


@pytest.mark.parametrize(
    ("unit", "shown"), [("10*9/L", "×10⁹/L"), ("Cel", "°C"), ("umol/L", "µmol/L"), ("U/L", "U/L"), ("mg/m2", "mg/m²")]
)
def test_units_are_written_as_people_write_them(unit: str, shown: str) -> None:
    assert shown_unit(unit) == shown
