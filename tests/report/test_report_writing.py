"""The files: whole or not at all, and quick to make."""

import os
from pathlib import Path

import pytest
from report_story import model

from trialwright.report import write_report
from trialwright.report import writing as door


def test_the_page_and_the_pdf_are_written_and_nothing_else(tmp_path: Path) -> None:
    paths = write_report(model(), tmp_path / "new" / "place")
    assert [path.name for path in paths] == ["report.html", "report.pdf"]
    assert sorted(path.name for path in (tmp_path / "new" / "place").iterdir()) == ["report.html", "report.pdf"]


def test_figures_are_kept_as_svg_when_wanted(tmp_path: Path) -> None:
    names = {path.name for path in write_report(model(), tmp_path, svg=True)}
    assert {"os.svg", "stacked.svg", "swimmer.svg", "flow.svg"} <= names


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_report(model(), tmp_path / "a")]
    second = [path.read_bytes() for path in write_report(model(), tmp_path / "b")]
    assert first == second


def test_an_old_report_stays_whole_when_the_new_one_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_report(model(), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def broken(document: object) -> bytes:
        raise RuntimeError("no PDF today")

    monkeypatch.setattr(door, "format_pdf", broken)
    with pytest.raises(RuntimeError, match="no PDF today"):
        write_report(model(simulated=False), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_nothing_is_left_behind_when_the_disk_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(source: str, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(OSError, match="No space left"):
        write_report(model(), tmp_path)
    assert list(tmp_path.iterdir()) == []
