"""Whatever people type, it is text: in the page, in the drawings, in the PDF."""

from dataclasses import replace
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from nasty_words import NASTY
from report_reading import SVG, page, pdf_elements, pdf_words, words_of
from report_story import CUT_OFF, entries, model, study_file

from trialwright.ledger import Entry, trial_so_far
from trialwright.report import report_model
from trialwright.report.blocks import Document
from trialwright.report.html import format_html
from trialwright.report.pdf import figures, format_pdf
from trialwright.report.visible import visible
from trialwright.report.wording import document

ALL = " | ".join(NASTY)


@cache
def told(typed: str) -> Document:
    return document(model(typed))


@pytest.mark.parametrize("typed", NASTY)
def test_free_text_is_inert_and_nothing_of_it_is_lost_in_the_page(typed: str) -> None:
    tree = page(told(typed))
    assert not {element.tag.removeprefix(SVG) for element in tree.iter()} & {"script", "img", "label"}
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    shown = " ".join(visible(f"hospital record{typed}").split())
    assert shown in words_of(tree)


def test_free_text_is_inert_in_the_pdf() -> None:
    assert format_pdf(told(ALL))
    assert len(pdf_elements(told(ALL), "heading")) == len(pdf_elements(told(""), "heading"))
    assert len(pdf_elements(told(ALL), "image")) == len(pdf_elements(told(""), "image"))


def test_markup_of_typst_stays_as_it_was_typed() -> None:
    text = "".join(pdf_words(table) for table in pdf_elements(told(ALL), "table"))
    for typed in NASTY:
        if typed.startswith(("#", "*")):
            assert typed in text


def test_free_text_is_inert_in_a_drawing() -> None:
    named = [_failed(entry, ALL) if entry.what.kind == "screening_ended" else entry for entry in entries()]
    found = document(report_model(study_file(), trial_so_far(named), CUT_OFF, findings=(), possible=()))
    flow = next(figure for figure in figures(found) if figure.id == "flow")
    drawn = "".join("".join(text.itertext()) for text in ET.fromstring(flow.svg).iter(f"{SVG}text"))
    assert "".join(visible(ALL).split()) in "".join(drawn.split())
    assert "<script>" not in format_html(found)
    assert format_pdf(found)


def _failed(entry: Entry[Any], criterion: str) -> Entry[Any]:
    """The same end of screening, failed for a criterion of this name."""
    return replace(entry, what=replace(entry.what, outcome="failed", criteria=(criterion,)))
