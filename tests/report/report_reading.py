"""Reading a report back in tests: the page as a tree, the PDF's headings and cells as typst lays them out."""

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import typst

from trialwright.report.blocks import Block, Document, Group, Section, Table
from trialwright.report.figures.look import FONTS
from trialwright.report.html import format_html
from trialwright.report.pdf import figures, typst_files

SVG = "{http://www.w3.org/2000/svg}"


def page(document: Document) -> ET.Element:
    """The HTML as a strict tree: it is written so that an XML parser reads it, and one that does not fails here."""
    return ET.fromstring(format_html(document).removeprefix("<!DOCTYPE html>\n"))


def words_of(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def pdf_elements(document: Document, selector: str) -> list[dict[str, Any]]:
    """What typst lays out of one kind, in reading order."""
    files: Any = typst_files(document)
    found: list[dict[str, Any]] = json.loads(
        typst.query(files, selector, font_paths=[str(FONTS)], ignore_system_fonts=True)
    )
    return found


def pdf_words(element: Any) -> str:
    """All text inside one of typst's elements, without the places to break that long words get."""
    if isinstance(element, dict):
        if element.get("func") == "text":
            return str(element["text"]).replace("\u200b", "")
        if element.get("func") == "space":
            return " "
        return "".join(pdf_words(element.get(key)) for key in ("children", "child", "body"))
    if isinstance(element, list):
        return "".join(pdf_words(part) for part in element)
    return ""


def sections(document: Document) -> Iterator[Section]:
    for section in document.sections:
        yield section
        yield from section.parts


def blocks(document: Document) -> Iterator[Block]:
    yield from document.front
    for section in sections(document):
        yield from section.blocks


def tables(document: Document) -> Iterator[Table]:
    """Every table, those behind the figures last, as the PDF has them."""
    yield from (block for block in blocks(document) if isinstance(block, Table))
    yield from (figure.data for figure in figures(document) if figure.data)


def cells(table: Table) -> Iterator[str]:
    for row in table.rows:
        if isinstance(row, Group):
            yield row.text
        else:
            yield from (cell.text + cell.under for cell in row)
