"""Whatever people type, it is text: in the page, in the drawings, in the PDF."""

from dataclasses import replace
from typing import Any

import pytest
from report_reading import SVG, page, pdf_elements, pdf_words, words_of
from report_story import CUT_OFF, entries, model, study_file

from trialwright.ledger import Entry, trial_so_far
from trialwright.report import report_model
from trialwright.report.html import format_html
from trialwright.report.pdf import format_pdf
from trialwright.report.visible import visible
from trialwright.report.wording import document

NASTY = (
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '" onload="alert(1)',
    "' onmouseover='x",
    "]]><svg onload=alert(1)>",
    "<!-- ",
    "&lt;script&gt;&amp;",
    "{{ 7*7 }}{% raw %}",
    "${7*7} {lang} {0}",
    '#typst() #eval("1") #read("/etc/passwd")',
    "*bold* _emph_ $x^2$ @label <label> `raw` \\u{41} //c /* c",
    "\u202eesrever\u2066\u200b\u0000\x1b[31m",
    "=SUM(A1) \t\r\n# heading",
    "url(javascript:alert(1)) } body { display: none } @import 'x'",
    "模拟 ≤ ≥ × 10⁹/L 𪛖 😀",
    "x" * 300,
)


@pytest.mark.parametrize("typed", NASTY)
def test_free_text_is_inert_and_nothing_of_it_is_lost_in_the_page(typed: str) -> None:
    told = document(model(typed))
    tree = page(told)
    assert not {element.tag.removeprefix(SVG) for element in tree.iter()} & {"script", "img", "label"}
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    shown = " ".join(visible(f"hospital record{typed}").split())
    assert shown in words_of(tree)


@pytest.mark.parametrize("typed", NASTY)
def test_free_text_is_inert_in_the_pdf(typed: str) -> None:
    told = document(model(typed))
    assert format_pdf(told)
    quiet = document(model())
    count = len(pdf_elements(quiet, "heading"))
    assert len(pdf_elements(told, "heading")) == count


def test_markup_of_typst_stays_as_it_was_typed() -> None:
    typed = '#eval("1+1") *b* $x$ \\ `r`'
    text = "".join(pdf_words(table) for table in pdf_elements(document(model(typed)), "table"))
    assert typed in text


@pytest.mark.parametrize("typed", NASTY)
def test_free_text_is_inert_in_a_drawing(typed: str) -> None:
    named = [_failed(entry, typed) if entry.what.kind == "screening_ended" else entry for entry in entries()]
    found = report_model(study_file(), trial_so_far(named), CUT_OFF, findings=(), possible=())
    html = format_html(document(found))
    tree = page(document(found))
    assert "<script>" not in html
    drawn = " ".join("".join(text.itertext()) for svg in tree.iter(f"{SVG}svg") for text in svg.iter(f"{SVG}text"))
    assert "".join(visible(typed).split()) in "".join(drawn.split())
    assert format_pdf(document(found))


def _failed(entry: Entry[Any], criterion: str) -> Entry[Any]:
    """The same end of screening, failed for a criterion of this name."""
    return replace(entry, what=replace(entry.what, outcome="failed", criteria=(criterion,)))
