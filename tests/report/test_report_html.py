"""The page: one file, well-formed, nothing fetched, readable aloud."""

import re
from itertools import pairwise

import pytest
from report_reading import SVG, blocks, cells, page, tables, words_of
from report_story import model

from trialwright.report.blocks import Headline
from trialwright.report.html import format_html
from trialwright.report.wording import document

DOCUMENT = document(model())
HTML = format_html(DOCUMENT)
PAGE = page(DOCUMENT)


def test_the_same_model_gives_the_same_page() -> None:
    assert format_html(document(model())) == HTML


def test_the_page_asks_for_nothing_outside_itself() -> None:
    for element in PAGE.iter():
        for name, value in element.attrib.items():
            assert name not in ("src", "srcset", "action", "background", "poster", "style")
            if name in ("href", "{http://www.w3.org/1999/xlink}href"):
                assert value.startswith("#")
    css = "".join(style.text or "" for style in PAGE.iter("style"))
    assert re.findall(r"url\((?!data:font/woff2;base64,)", css) == []
    assert "@import" not in css
    assert "http" not in css


def test_the_page_has_no_script_and_forbids_any() -> None:
    tags = {element.tag.removeprefix(SVG) for element in PAGE.iter()}
    assert not tags & {"script", "iframe", "object", "embed", "form", "link", "foreignObject", "animate"}
    policy = next(meta.get("content", "") for meta in PAGE.iter("meta") if meta.get("http-equiv"))
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_headings_go_down_one_step_at_a_time() -> None:
    levels = [int(element.tag[1]) for element in PAGE.iter() if element.tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_every_link_and_label_finds_its_own() -> None:
    ids = [element.get("id") for element in PAGE.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in PAGE.iter():
        for word in (element.get("aria-labelledby") or "").split():
            assert word in ids
        if element.tag == "a":
            assert element.get("href", "")[1:] in ids


def test_the_language_is_said_and_chinese_is_marked() -> None:
    assert PAGE.get("lang") == "en"
    chinese = [element for element in PAGE.iter() if element.get("lang") == "zh-Hans"]
    assert words_of(chinese[0]) == "模拟受试者"
    body = PAGE.find("body")
    assert body is not None
    ours, all_of_it = (
        "".join(re.findall("[\u3400-\u9fff]", words))
        for words in ("".join(words_of(element) for element in chinese), words_of(body))
    )
    assert ours == all_of_it


def test_a_passage_of_english_on_a_chinese_page_is_marked_and_a_term_is_not() -> None:
    chinese = page(document(model(), "zh"))
    assert chinese.get("lang") == "zh-Hans"
    english = {words_of(element) for element in chinese.iter() if element.get("lang") == "en"}
    assert "first complete remission" in english
    assert any(words.startswith("This study aims to introduce a new technology") for words in english)
    assert not any(words.strip() in ("BPCP", "Kaplan-Meier") for words in english)


def test_tables_name_their_columns_and_their_rows() -> None:
    for table in PAGE.iter("table"):
        assert words_of(table.find("caption") or table)
        assert all(head.get("scope") == "col" for head in table.findall("thead/tr/th"))
        for row in table.findall("tbody/tr"):
            assert row[0].get("scope") in ("row", "rowgroup")


def test_what_scrolls_takes_the_focus_and_has_a_name() -> None:
    scrolling = [element for element in PAGE.iter() if element.get("class") == "scroll"]
    assert len(scrolling) > 10
    assert all(element.get("tabindex") == "0" and element.get("aria-label") for element in scrolling)


def test_every_drawing_is_an_image_with_a_title_or_silent() -> None:
    for svg in PAGE.iter(f"{SVG}svg"):
        assert (svg.get("role") == "img" and svg.find(f"{SVG}title") is not None) or svg.get("aria-hidden") == "true"


def test_every_cell_of_the_document_stands_in_the_page() -> None:
    text = "".join("".join(PAGE.itertext()).split())
    for table in tables(DOCUMENT):
        for cell in cells(table):
            assert "".join(cell.split()) in text


def test_the_first_page_states_the_trial_the_estimate_and_what_is_interim() -> None:
    front = words_of(next(s for s in PAGE.iter("section") if s.get("class") == "panel front"))
    assert "49.5 %" in front  # OS at two years by R: 0.495000
    assert "21.8 – 72.3 %" in front
    assert "Interim: 12 of 15 followed two years" in front
    assert "All fifteen places are taken." in words_of(PAGE)


def test_numbers_in_the_headline_are_the_models() -> None:
    primary = model().primary
    assert primary is not None
    assert primary.horizon is not None
    headline = next(block for block in blocks(DOCUMENT) if isinstance(block, Headline))
    assert headline.value == f"{(primary.horizon.estimate or 0) * 100:.1f}\u00a0%"
    assert f"{primary.horizon.at_risk} at risk" in headline.rests_on


@pytest.mark.parametrize("simulated", [True, False])
def test_the_banner_stands_on_simulated_reports_only(simulated: bool) -> None:
    tree = page(document(model(simulated=simulated)))
    banners = [words_of(aside) for aside in tree.iter("aside")]
    assert banners == (["Simulated participants模拟受试者Nobody in this report is a real person."] if simulated else [])
    body = tree.find("body")
    assert body is not None
    assert body.get("class") == ("simulated" if simulated else None)  # on paper: the banner of every page


def test_the_report_supports_compliance_and_never_claims_it() -> None:
    text = words_of(PAGE).lower()
    assert "supports compliance" in text
    assert "part 11" not in text
    assert "is compliant" not in text
