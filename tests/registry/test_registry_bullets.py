"""Cutting eligibility texts into bullets: shapes of text that real records have, and no word lost."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.registry.bullets import split_bullets

RECORDS = sorted((Path(__file__).parents[1] / "data" / "registry").glob("*.json"))

IN, OUT = "inclusion", "exclusion"
SHAPES: list[tuple[str, list[tuple[str | None, str]]]] = [
    ("Inclusion Criteria:\n\n* A\n* B\n\nExclusion Criteria:\n\n* C", [(IN, "A"), (IN, "B"), (OUT, "C")]),
    ("INCLUSION CRITERIA\n\n1. A\n2) B\n\nKEY EXCLUSION CRITERIA:\n- C", [(IN, "A"), (IN, "B"), (OUT, "C")]),
    ("Inclusion Criteria:\n\n* A\n\n  * nested\n  * too\n* B", [(IN, "A\n  * nested\n  * too"), (IN, "B")]),
    ("Inclusion Criteria:\n\n* A goes\n  on here\n* B", [(IN, "A goes\n  on here"), (IN, "B")]),
    ("Inclusion Criteria:\n\n1. A.\n\n   Or, at times, B.\n2. C", [(IN, "A.\n   Or, at times, B."), (IN, "C")]),
    ("Adults with AML.\n\nNo infection.", [(None, "Adults with AML."), (None, "No infection.")]),
    ("Exclusion Criteria:\n\n* not fulfilling inclusion criteria", [(OUT, "not fulfilling inclusion criteria")]),
    ("Inclusion Criteria:\n\n* blasts \\> 5 %\n", [(IN, "blasts \\> 5 %")]),
    ("Inclusion Criteria for Cohort A:\n\n* A\n\nInclusion Criteria for Cohort B:\n\n* B", [(IN, "A"), (IN, "B")]),
    ("", []),
    ("  \n\n", []),
]


@pytest.mark.parametrize(("text", "bullets"), SHAPES, ids=[str(index) for index in range(len(SHAPES))])
def test_a_shape_of_text_is_cut_where_a_reader_would(text: str, bullets: list[tuple[str | None, str]]) -> None:
    assert [(each.kind, each.text) for each in split_bullets(text)] == bullets


def test_a_line_that_ends_with_a_colon_stands_over_the_bullets_below_it() -> None:
    bullets = split_bullets("Inclusion Criteria:\n\nDonors:\n\n* healthy\n\nPatients:\n\n* AML")
    assert [(each.number, each.under, each.text) for each in bullets] == [
        (1, "Donors:", "healthy"),
        (2, "Patients:", "AML"),
    ]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_no_word_of_a_real_text_is_lost(path: Path) -> None:
    """What is in no bullet is a heading, a line over bullets, or a sign of the list."""
    record = json.loads(path.read_text(encoding="utf-8"))
    text = record["protocolSection"]["eligibilityModule"]["eligibilityCriteria"]
    left = text
    for bullet in split_bullets(text):
        for line in (*bullet.text.split("\n"), bullet.under):
            left = left.replace(line, "", 1) if line and line in left else left
    words = re.findall(r"[A-Za-z]+", left)
    assert set(words) <= set(
        re.findall(r"[A-Za-z]+", "Key Main Inclusion Exclusion INCLUSION EXCLUSION Criteria CRITERIA criteria")
    )


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_text_is_cut_without_a_crash_and_no_bullet_is_empty(text: str) -> None:
    bullets = split_bullets(text)
    assert all(each.text.strip() for each in bullets)
    assert bool(bullets) <= bool(text.strip())
