"""The safety report's page, PDF and drawings: complete in both languages, inert, the same bytes, readable aloud."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from board_story import after, board, entries
from nasty_words import NASTY
from report_reading import SVG, cells, page, pdf_elements, pdf_words, sections, tables, words_of
from report_story import study_file

from trialwright.ctcae.catalogue import catalogue
from trialwright.ledger.kinds import CrsAssessed, Paused
from trialwright.report import write_safety_report
from trialwright.report.blocks import Document, Table
from trialwright.report.html import format_html
from trialwright.report.pdf import figures, format_pdf
from trialwright.report.safety_wording import safety_document
from trialwright.report.visible import visible
from trialwright.report.words import Lang, Say

ALL = " | ".join(NASTY)
LANGS: tuple[Lang, ...] = ("en", "zh")
ENGLISH = re.compile(r"[A-Za-z][a-z]+(?: [a-z]{2,})+")
IN_ENGLISH = {"Simulated participants", "one vasopressor"}  # the banner's two languages; a reason that was typed


@cache
def told(lang: Lang = "en", typed: str = "") -> Document:
    return safety_document(board(typed), lang)


@pytest.fixture(params=LANGS)
def lang(request: pytest.FixtureRequest) -> Lang:
    found: Lang = request.param
    return found


# --- both languages ---------------------------------------------------------------------------------------------------


def test_every_label_has_its_chinese() -> None:
    say = Say("zh")
    paused = board(told=after(("hand", Paused("sponsor", "two fevers"), None, "2026-11-20")))
    for model in (board(), paused, board(cut_off=date(2026, 3, 5))):
        safety_document(model, "zh", say)
    assert say.missing == set()


def test_no_english_is_left_in_chinese_but_what_was_typed_and_the_terms_of_ctcae() -> None:
    data = " ".join("\n".join(_typed()).split())
    tree = page(told("zh"))
    body = tree.find("body")
    assert body is not None
    runs = [" ".join(run.split()) for run in body.itertext()]
    left = {found for run in runs for found in ENGLISH.findall(run) if found not in data}
    assert left - IN_ENGLISH == set()


def _typed() -> Iterator[str]:
    """All that people typed: the ledger's entries, the study file; and CTCAE's terms. The core's own words are not."""
    for entry in entries():
        yield from _texts(entry.what)
    yield from _texts(yaml.safe_load(study_file().text))
    for term in catalogue("5.0").terms:
        yield from (term.name, term.soc)


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif is_dataclass(node):
        for one in fields(node):
            if one.name not in ("because", "seriousness", "related"):
                yield from _texts(getattr(node, one.name))
    elif isinstance(node, dict):
        for part in node.values():
            yield from _texts(part)
    elif isinstance(node, list | tuple):
        for part in node:
            yield from _texts(part)


def test_a_reason_of_a_scale_is_said_in_the_report_s_language() -> None:
    english, chinese = words_of(page(told("en"))), words_of(page(told("zh")))
    assert "liver stage 2" in english
    assert "肝 2 期" in chinese
    assert "stage" not in chinese


# --- the same bytes ---------------------------------------------------------------------------------------------------


def test_the_same_ledger_gives_the_same_bytes(tmp_path: Path, lang: Lang) -> None:
    once, again = (write_safety_report(board(), tmp_path / name, lang=lang) for name in ("a", "b"))
    assert [path.name for path in once] == ["safety.html", "safety.pdf"]
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in again]
    assert once[1].read_bytes().startswith(b"%PDF-")


def test_another_ledger_gives_another_pdf() -> None:
    assert format_pdf(told()) != format_pdf(safety_document(board(told=entries(simulated=False))))


# --- what is typed is text --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", NASTY)
def test_free_text_is_inert_and_nothing_of_it_is_lost(typed: str) -> None:
    tree = page(told(typed=typed))
    assert not {element.tag.removeprefix(SVG) for element in tree.iter()} & {"script", "img", "label"}
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    for where in (
        "Fever of 39.1 six hours after the infusion",
        "tocilizumab 8 mg/kg",
        "hospital record",
        "one vasopressor",
        "Go on; the recipient is well",
        "Well; blood cultures sterile",
    ):
        assert " ".join(visible(f"{where}{typed}").split()) in words_of(tree)


def test_free_text_is_inert_in_the_pdf() -> None:
    nasty = told(typed=ALL)
    assert format_pdf(nasty)
    for kind in ("heading", "image"):
        assert len(pdf_elements(nasty, kind)) == len(pdf_elements(told(), kind))


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_asks_for_nothing_and_runs_nothing(lang: Lang) -> None:
    tree = page(told(lang))
    tags = {element.tag.removeprefix(SVG) for element in tree.iter()}
    assert not tags & {"script", "iframe", "object", "embed", "form", "link", "foreignObject", "animate"}
    for element in tree.iter():
        assert not {"src", "srcset", "action", "background", "poster", "style"} & set(element.attrib)
        assert element.get("href", "#").startswith("#")


def test_ids_are_unique_every_link_finds_its_own_and_headings_go_down_step_by_step(lang: Lang) -> None:
    tree = page(told(lang))
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in tree.iter():
        assert all(word in ids for word in (element.get("aria-labelledby") or "").split())
        assert element.tag != "a" or element.get("href", "")[1:] in ids
    levels = [int(element.tag[1]) for element in tree.iter() if element.tag in ("h1", "h2", "h3", "h4")]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_tables_name_their_columns_and_rows_and_what_scrolls_takes_the_focus(lang: Lang) -> None:
    tree = page(told(lang))
    for table in tree.iter("table"):
        assert words_of(table.find("caption") or table)
        assert all(head.get("scope") == "col" for head in table.findall("thead/tr/th"))
        assert all(row[0].get("scope") in ("row", "rowgroup") for row in table.findall("tbody/tr"))
    scrolling = [element for element in tree.iter() if element.get("class") == "scroll"]
    assert len(scrolling) > 10
    assert all(element.get("tabindex") == "0" and element.get("aria-label") for element in scrolling)


def test_every_table_has_as_many_cells_in_a_row_as_columns(lang: Lang) -> None:
    for table in tables(told(lang)):
        assert {len(row) for row in table.rows if isinstance(row, tuple)} <= {len(table.head)}, table.caption
        assert len(table.widths) in (0, len(table.head)), table.caption


def test_every_cell_stands_in_the_page(lang: Lang) -> None:
    text = "".join("".join(page(told(lang)).itertext()).split())
    assert [cell for table in tables(told(lang)) for cell in cells(table) if "".join(cell.split()) not in text] == []


def test_every_drawing_says_its_finding_and_has_its_numbers(lang: Lang) -> None:
    found = {figure.id: figure for figure in figures(told(lang))}
    assert set(found) == {"boundary", "grades-1"}
    for figure in found.values():
        root = ET.fromstring(figure.svg)
        assert root.get("role") == "img"
        named = {part.get("id"): part.text for part in root if part.tag in (f"{SVG}title", f"{SVG}desc")}
        assert set((root.get("aria-labelledby") or "").split()) == set(named)
        assert all(named.values())
        assert figure.data is not None
        assert figure.data.rows


@pytest.mark.parametrize(
    ("cut_off", "beside"), [("2026-11-24", "S-07, with a DLT"), ("2026-06-30", "the next, with a DLT")]
)
def test_the_boundary_says_where_the_trial_stands_and_where_one_more_would_take_it(cut_off: str, beside: str) -> None:
    found = next(
        one for one in figures(safety_document(board(cut_off=date.fromisoformat(cut_off)))) if one.id == "boundary"
    )
    texts = {text.text for text in ET.fromstring(found.svg).iter(f"{SVG}text")}
    assert {beside, beside.replace("with a", "without a"), "Enrolment and infusion pause"} <= texts
    assert texts & {"2 of 6", "1 of 4"}


# --- the PDF ----------------------------------------------------------------------------------------------------------


def test_the_pdf_has_every_section_in_order(lang: Lang) -> None:
    document = told(lang)
    found = [pdf_words(heading["body"]) for heading in pdf_elements(document, "heading")]
    assert found == [document.title, *(one.title for one in sections(document)), document.words["in_numbers"]]


def test_the_pdf_has_every_cell_of_every_table(lang: Lang) -> None:
    document = told(lang)
    found = "".join("".join(pdf_words(table).split()) for table in pdf_elements(document, "table"))
    for table in tables(document):
        assert [cell for cell in cells(table) if "".join(cell.split()) not in found] == []


def test_every_picture_has_a_text(lang: Lang) -> None:
    images = pdf_elements(told(lang), "image")
    assert len(images) == 2
    assert all(image["alt"] for image in images)


def test_a_tall_table_of_few_rows_is_broken_between_pages_and_not_cut() -> None:
    """Twelve looks of many lines each are taller than a page: without a break what is below it is lost."""
    long = " ".join(["a finding in many words"] * 40)
    looks = [
        (f"look{at}", CrsAssessed({"oxygen": long}, "1", "ASTCT 2019", (long,)), "S-01", f"2026-01-{13 + at}")
        for at in range(12)
    ]
    many, few = safety_document(board(told=after(*looks))), safety_document(board(told=after(*looks[:1])))
    assert _pages(many) >= _pages(few) + 3


def _pages(document: Document) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", format_pdf(document)))


# --- other studies ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("upto", [1, 12])
def test_a_report_of_little_is_still_a_page_and_a_pdf(upto: int, lang: Lang) -> None:
    document = safety_document(board(told=entries()[:upto]), lang)
    assert page(document).get("lang") == document.lang
    assert format_pdf(document).startswith(b"%PDF-")
    assert format_html(document) == format_html(document)


def test_marks_that_are_not_significant_are_counted_not_listed() -> None:
    model = board()
    (mark,) = model.laboratory.marks
    others = tuple(replace(mark, significant=False, value=str(at)) for at in range(70))
    laboratory = replace(model.laboratory, marks=(mark, *others))
    document = safety_document(replace(model, laboratory=laboratory))
    marks = next(one for one in sections(document) if one.id == "marks")
    listed, counted = (block for block in marks.blocks if isinstance(block, Table))
    (row,) = counted.rows
    assert isinstance(row, tuple)
    assert len(listed.rows) == 1
    assert [cell.text for cell in row[1:]] == ["70", "1", "Alanine aminotransferase increased: 2"]
