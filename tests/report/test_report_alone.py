"""A figure as a file of its own."""

from xml.etree import ElementTree

import pytest

from trialwright.report.figures.alone import standing_alone

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><title id="t">Half</title><desc>50 %</desc>'
    "<text font-family=\"'Atkinson Hyperlegible Next', 'Noto Sans SC'\">x</text></svg>"
)


def test_a_simulated_figure_says_so_itself():
    words = [node.text for node in ElementTree.fromstring(standing_alone(DRAWING, "Simulated <participants>")).iter()]
    assert "Simulated <participants>" in words


def test_a_figure_of_real_participants_has_ground_and_margin_and_no_banner():
    alone = ElementTree.fromstring(standing_alone(DRAWING, None))
    assert alone.get("viewBox") == "-14 -14 128 78"
    assert [node.tag.rpartition("}")[2] for node in alone] == ["title", "desc", "rect", "text"]
    assert (alone[3].get("font-family") or "").endswith("sans-serif")


def test_a_drawing_without_a_view_is_refused():
    with pytest.raises(ValueError, match="viewBox"):
        standing_alone("<svg></svg>", None)
