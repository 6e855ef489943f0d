"""The safety board's report: the same ledger gives the same bytes, in both languages; what is typed stays text."""

from pathlib import Path

import pytest
from board_story import board

from trialwright.report import safety_json, write_safety_report

NASTY = "<script>alert(1)</script>"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_same_ledger_gives_the_same_bytes(tmp_path: Path, lang: str) -> None:
    once, again = (write_safety_report(board(), tmp_path / name, lang=lang) for name in ("a", "b"))  # type: ignore[arg-type]
    assert [path.name for path in once] == ["safety.html", "safety.pdf"]
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in again]


def test_what_people_type_is_text_on_the_page(tmp_path: Path) -> None:
    page = write_safety_report(board(NASTY), tmp_path)[0].read_text(encoding="utf-8")
    assert "alert(1)" in page
    assert "<script" not in page


def test_the_numbers_are_those_of_the_stopping_rule() -> None:
    stopping = safety_json(board())["stopping"]
    assert stopping["answers"]
    assert {"decisions", "pauses"} <= stopping.keys()
