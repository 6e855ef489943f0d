"""The report as one HTML file that needs nothing else: style, font and figures stand in it; no script, no request."""

import base64
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from trialwright.report.blocks import Document, Group, Standing, Tone
from trialwright.report.figures.look import FONTS
from trialwright.report.figures.places import square_svg
from trialwright.report.figures.signs import sign_svg

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
_CHINESE: Final = re.compile("([\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]+)")
_WORD: Final = re.compile("[a-z]{2,}")
_PARTS, _END_OF_PARTS = "/* parts:", "/* end of parts */"
_PHRASE: Final = 3  # fewer Latin words within Chinese are a name or a term, not a passage in English


def format_html(document: Document) -> str:
    """The whole page, the same text for the same document. Every text of it is escaped; only our drawings are not."""
    template = _environment().get_template("report.html.j2")
    return template.render(
        lang=document.lang,
        title=document.title,
        kicker=document.kicker,
        subtitle=document.subtitle,
        simulated=document.simulated,
        footer=document.footer,
        front=document.front,
        sections=document.sections,
        words=document.words,
        css=_style(),
    )


def format_body(document: Document) -> str:
    """The report's sections as a part of another page, within `<div class="report">`; its style is `parts_css`."""
    template = _environment().get_template("report_body.html.j2")
    return template.render(
        lang=document.lang, front=document.front, sections=document.sections, words=document.words, level=2
    )


@cache
def parts_css() -> str:
    """The style of a report inside another page: every rule holds within `.report` only."""
    sheet = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    parts = sheet[sheet.index(_PARTS) : sheet.index(_END_OF_PARTS)]
    return f".report {{\n{parts}}}\n"


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    made.filters["kind"] = lambda block: type(block).__name__
    made.filters["drawing"] = _ours
    made.filters["spoken"] = _spoken
    made.filters["square"] = _square
    made.filters["sign"] = _sign
    made.tests["group"] = lambda row: isinstance(row, Group)
    return made


def _spoken(text: str, lang: str) -> Any:
    """Escaped text whose runs in the page's other language are marked, so that they are read aloud and drawn as such.

    Chinese on an English page; on a Chinese page a passage of English: what the study's file and people wrote.
    """
    from markupsafe import Markup, escape

    english_page = lang == "en"
    parts = []
    for at, run in enumerate(_CHINESE.split(text)):
        foreign = at % 2 == 1 if english_page else at % 2 == 0 and len(_WORD.findall(run)) >= _PHRASE
        marked = Markup('<span lang="{}">{}</span>').format("zh-Hans" if english_page else "en", run)
        parts.append(marked if foreign else escape(run))
    return Markup("").join(parts)


def _ours(svg: str) -> Any:
    """A drawing made by `figures`, where every text was escaped as it was written."""
    from markupsafe import Markup

    return Markup(svg)


def _square(standing: Standing) -> Any:
    return _ours(square_svg(standing))


def _sign(tone: Tone) -> Any:
    return _ours(sign_svg(tone))


@cache
def _style() -> Any:
    """The style sheet with its one font inside."""
    font = base64.b64encode((FONTS / "AtkinsonHyperlegibleNext-wght.woff2").read_bytes()).decode("ascii")
    face = (
        '@font-face { font-family: "Atkinson Hyperlegible Next"; font-weight: 200 800; font-style: normal; '
        f'font-display: swap; src: url(data:font/woff2;base64,{font}) format("woff2"); }}\n'
    )
    return _ours(face + (TEMPLATES / "report.css").read_text(encoding="utf-8"))
