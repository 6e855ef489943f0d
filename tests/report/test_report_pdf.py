"""The PDF: the same bytes every time, the same words as the page, every sign printable."""

import unicodedata

import pytest
from report_reading import cells, pdf_elements, pdf_words, sections, tables
from report_story import model

from trialwright.report.blocks import Document, Paragraph, Section
from trialwright.report.pdf import format_pdf
from trialwright.report.visible import IN_TYPST, printable, visible
from trialwright.report.wording import document

DOCUMENT = document(model())


def test_the_same_model_gives_the_same_bytes() -> None:
    first, second = format_pdf(DOCUMENT), format_pdf(document(model()))
    assert first == second
    assert first.startswith(b"%PDF-")


def test_the_pdf_s_date_is_the_ledger_s_not_the_clock_s() -> None:
    assert b"20270630" in format_pdf(DOCUMENT)  # the story's entries were all recorded on 30 Jun 2027


def test_another_ledger_gives_another_pdf() -> None:
    assert format_pdf(document(model(simulated=False))) != format_pdf(DOCUMENT)


def test_the_pdf_has_every_heading_of_the_document() -> None:
    found = [pdf_words(heading["body"]) for heading in pdf_elements(DOCUMENT, "heading")]
    expected = [DOCUMENT.title, *(section.title for section in sections(DOCUMENT)), DOCUMENT.words["in_numbers"]]
    assert found == expected


def test_the_pdf_has_every_cell_of_every_table() -> None:
    found = "".join("".join(pdf_words(table).split()) for table in pdf_elements(DOCUMENT, "table"))
    for table in tables(DOCUMENT):
        for cell in cells(table):
            assert "".join(cell.split()) in found


def test_every_picture_has_a_text_for_those_who_cannot_see_it() -> None:
    images = pdf_elements(DOCUMENT, "image")
    assert len(images) > 20
    assert all(image["alt"] for image in images)


def _saying(text: str) -> Document:
    return Document("en", "T", "k", "s", None, ("f",), (), (Section("a", "A", (Paragraph(text),)),), 0,
                    {"in_numbers": "n"})  # fmt: skip


def test_every_chinese_character_of_gb_2312_prints() -> None:
    rows = [bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]
    signs = "".join(code.decode("gb2312", errors="ignore") for code in rows)
    assert len(signs) == 6763
    assert printable(signs) == signs
    assert format_pdf(_saying(signs))  # typst refuses, under PDF/UA, a sign that no font has


@pytest.mark.parametrize(("first", "last"), IN_TYPST)
def test_signs_left_to_typst_s_own_fonts_print(first: int, last: int) -> None:
    codes = (chr(code) for code in range(first, last + 1))
    signs = " ".join(sign for sign in codes if unicodedata.category(sign) not in ("Cn", "Cf"))
    assert printable(signs) == signs
    assert format_pdf(_saying(signs))


@pytest.mark.parametrize(("typed", "shown"), [("𪛖", "[U+2A6D6]"), ("😀", "[U+1F600]"), ("한", "[U+D55C]")])
def test_a_sign_that_no_font_has_is_named_instead_of_a_box(typed: str, shown: str) -> None:
    assert printable(typed) == shown
    assert format_pdf(_saying(f"a {typed} b"))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("lot \u202e7", "lot [U+202E]7"),
        ("a\u200bb", "a[U+200B]b"),
        ("\x00\x07", "[U+0000][U+0007]"),
        ("\ud800", "[U+D800]"),
        ("two\nlines", "two\nlines"),
        ("不可输注 ≤ 5 ×10⁹/L", "不可输注 ≤ 5 ×10⁹/L"),
    ],
)
def test_invisible_signs_are_made_visible_and_all_others_stay(typed: str, shown: str) -> None:
    assert visible(typed) == shown
    assert format_pdf(_saying(visible(typed)))
