"""The report as PDF: the same document handed to typst as data, its drawings as files; the same bytes every time."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, assert_never

import orjson

from trialwright.report.blocks import (
    Banner,
    Block,
    Cell,
    Document,
    Figure,
    Group,
    Headline,
    Pairs,
    Paragraph,
    Places,
    Section,
    Standing,
    Steps,
    Table,
)
from trialwright.report.figures.look import FONTS
from trialwright.report.figures.places import square_svg
from trialwright.report.visible import each_text, printable

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
_LONG: Final = re.compile(r"[^\s\u00a0]{22,}")
_JOINED: Final = re.compile(r"[^\s\u00a0]{13,}")
_AFTER: Final = re.compile(r"([:_./-])(?=[^\W\d])")
_CUT: Final = re.compile(r".{1,12}", re.DOTALL)
STANDINGS: tuple[Standing, ...] = ("free", "waiting", "treated", "relapsed", "died", "left")


def format_pdf(document: Document) -> bytes:
    """The PDF, byte for byte the same for the same document: our fonts only, and the ledger's time for the clock's."""
    import typst

    files: Any = typst_files(document)  # a table of files in memory: documented by typst-py, not yet in its types
    made: bytes = typst.compile(
        files,
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        timestamp=document.written_at,
        pdf_standards=["ua-1"],  # readable aloud: tags, titles, a text for every picture
    )
    return made


def typst_files(document: Document) -> dict[str, bytes]:
    """What typst reads: the template, the document as JSON, and one SVG for each drawing."""
    document = each_text(document, _for_typst)
    files = {f"{standing}.svg": square_svg(standing).encode() for standing in STANDINGS}
    for figure in figures(document):
        files[_file(figure)] = printable(figure.svg).encode()
    shown = {
        "lang": document.lang,
        "title": document.title,
        "kicker": document.kicker,
        "subtitle": document.subtitle,
        "simulated": document.simulated,
        "footer": document.footer,
        "words": document.words,
        "front": [_block(block) for block in document.front],
        "sections": [_section(section) for section in document.sections],
        "data": [_block(figure.data) for figure in figures(document) if figure.data],
    }
    return {"main.typ": TEMPLATE.read_bytes(), "document.json": orjson.dumps(shown), **files}


def _for_typst(text: str) -> str:
    """Signs that our fonts lack named, and a place to break in every word too long for a column."""
    broken = _LONG.sub(lambda word: "\u200b".join(_CUT.findall(word.group())), printable(text))
    return _JOINED.sub(lambda word: _AFTER.sub("\\1\u200b", word.group()), broken)


def figures(document: Document) -> Iterator[Figure]:
    """Every figure of the document, in reading order."""
    sections = [*document.sections, *(part for section in document.sections for part in section.parts)]
    for block in (*document.front, *(block for section in sections for block in section.blocks)):
        if isinstance(block, Figure):
            yield block


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "new_page": section.new_page,
        "blocks": [_block(block) for block in section.blocks],
        "parts": [_section(part) for part in section.parts],
    }


def _block(block: Block) -> dict[str, Any]:
    """One block as the template reads it: plain strings and numbers."""
    match block:
        case Paragraph():
            return {"kind": "paragraph", "text": block.text, "style": block.kind}
        case Table():
            return _table(block)
        case Pairs():
            pairs = [{"label": label, "values": [_cell(cell) for cell in cells]} for label, cells in block.rows]
            return {"kind": "pairs", "rows": pairs}
        case Headline():
            return {
                "kind": "headline",
                "value": block.value,
                "interval": block.interval,
                "rests-on": block.rests_on,
                "role": block.role,
                "interim": block.interim,
            }
        case Figure():
            return {
                "kind": "figure",
                "file": _file(block),
                "alt": f"{block.finding} {block.caption}",
                "finding": block.finding,
                "caption": block.caption,
                "width": block.width,
            }
        case Places():
            squares = [{"standing": s.standing, "number": s.number, "label": s.label} for s in block.squares]
            return {"kind": "places", "squares": squares, "key": block.key}
        case Banner():
            return {"kind": "banner", "style": block.kind, "title": block.title, "text": block.text}
        case Steps():
            return {"kind": "steps", "lines": block.lines}
        case _:
            assert_never(block)


def _table(table: Table) -> dict[str, Any]:
    """A row is a group's line or its cells: the template asks which."""
    rows = [
        {"group": row.text, "cells": []}
        if isinstance(row, Group)
        else {"group": None, "cells": [_cell(cell) for cell in row]}
        for row in table.rows
    ]
    parts = {"caption": table.caption, "head": table.head, "rows": rows, "numbers": table.numbers}
    return {"kind": "table", **parts, "widths": table.widths, "note": table.note}


def _cell(cell: Cell) -> dict[str, str]:
    return {"text": cell.text, "tone": cell.tone, "under": cell.under}


def _file(figure: Figure) -> str:
    return f"figure-{figure.id}.svg"
