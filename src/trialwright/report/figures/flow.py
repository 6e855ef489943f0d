"""The flow of people, as CONSORT draws it: who came, and where everybody left the way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from trialwright.endpoints import Flow, Tally
from trialwright.report.figures.look import EDGE, FAMILIES, INK, INK_2, drawing, text_width
from trialwright.report.figures.svg import SVG, finished
from trialwright.report.words import Say

WIDTH: Final = 493.0  # points, as every full figure
MAIN, SIDE, GAP = 200.0, 250.0, 43.0
SIZE, LEADING, INSET = 9.0, 12.0, 8.0
BETWEEN: Final = 22.0


@dataclass(frozen=True, slots=True)
class Box:
    """A count with its name; under it, the parts it is made of."""

    title: str
    count: int
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the way: who goes on, and beside it who does not."""

    on: Box
    off: Box | None = None


def flow_levels(flow: Flow, say: Say) -> tuple[Level, ...]:
    """The steps of the way, with their numbers, as the figure and its table show them."""
    failed = tuple((say("criterion not met: {id}", id=tally.reason), tally.count) for tally in flow.failed_by)
    withdrew = _if(say("withdrew in screening"), flow.withdrew_in_screening)
    waiting = _if(say("still in screening"), flow.in_screening)
    not_enrolled = flow.failed + flow.withdrew_in_screening + flow.in_screening
    not_done = (*_parts(flow.left_by, say), *_if(say("still followed"), flow.followed))
    return (
        Level(Box(say("Approached"), flow.approached), Box(say("Declined"), flow.declined)),
        Level(
            Box(say("Consented"), flow.consented),
            Box(say("Not enrolled"), not_enrolled, (*failed, *withdrew, *waiting)),
        ),
        Level(
            Box(say("Enrolled"), flow.enrolled),
            Box(say("Not infused"), flow.not_treated, _parts(flow.not_treated_by, say)),
        ),
        Level(Box(say("Infused"), flow.treated)),
        Level(Box(say("Evaluable for response"), flow.evaluable)),
        Level(
            Box(say("Completed two years"), flow.completed),
            Box(say("Of those enrolled, left before or still followed"), flow.left + flow.followed, not_done),
        ),
    )


def flow_figure(levels: Sequence[Level], say: Say, *, id: str, finding: str) -> str:
    """The SVG of the flow: the way down at the left, those who leave it at the right."""
    root = ET.Element(f"{{{SVG}}}svg")
    y = 1.0
    with drawing():
        for at, level in enumerate(levels):
            main = _lines(level.on, MAIN)
            side = _lines(level.off, SIDE) if level.off else []
            height = max(len(main), len(side)) * LEADING + 2 * INSET
            if at:
                _line(root, MAIN / 2, y - BETWEEN, MAIN / 2, y)
            _draw_box(root, 0.5, y, MAIN, height, main, "f-accs", "#dfeced", "#0b5963")
            if side:
                _line(root, MAIN, y + height / 2, MAIN + GAP, y + height / 2)
                _draw_box(root, MAIN + GAP, y, SIDE - 0.5, height, side, "f-sunk", "#eeece5", "#dedad0")
            y += height + BETWEEN
    root.set("viewBox", f"0 0 {WIDTH:g} {y - BETWEEN + 1:g}")
    return finished(root, id, finding, say("The table has the same numbers."))


def _if(label: str, count: int) -> tuple[tuple[str, int], ...]:
    return ((label, count),) if count else ()


def _parts(tallies: Iterable[Tally], say: Say) -> tuple[tuple[str, int], ...]:
    return tuple((say(tally.reason), tally.count) for tally in tallies)


def _lines(box: Box, width: float) -> list[tuple[str, bool]]:
    """What stands in a box, wrapped to its width; the first line is the title."""
    lines = [(f"{box.title}: {box.count}", True)]
    for label, count in box.parts:
        lines += [(words, False) for words in _wrapped(f"{label}: {count}", width - 2 * INSET)]
    return lines


def _wrapped(text: str, width: float) -> list[str]:
    """The text in lines that fit; a word that is too long alone is cut."""
    lines, line = [], ""
    for word in _pieces(text, width):
        joined = f"{line} {word}" if line else word
        if line and text_width(joined, SIZE) > width:
            lines.append(line)
            joined = word
        line = joined
    return [*lines, line]


def _pieces(text: str, width: float) -> list[str]:
    pieces: list[str] = []
    for word in text.split():
        while text_width(word, SIZE) > width:
            cut = next(at for at in range(len(word) - 1, 0, -1) if at == 1 or text_width(word[:at], SIZE) <= width)
            pieces.append(word[:cut])
            word = word[cut:]
        pieces.append(word)
    return pieces


def _draw_box(
    root: ET.Element,
    x: float,
    y: float,
    width: float,
    height: float,
    lines: Sequence[tuple[str, bool]],
    mark: str,
    fill: str,
    stroke: str,
) -> None:
    shape = {"x": x, "y": y, "width": width, "height": height, "rx": 3.0, "stroke-width": 0.7}
    ET.SubElement(
        root,
        f"{{{SVG}}}rect",
        {**{key: f"{value:g}" for key, value in shape.items()}, "class": mark, "fill": fill, "stroke": stroke},
    )
    for at, (words, strong) in enumerate(lines):
        text = ET.SubElement(
            root,
            f"{{{SVG}}}text",
            {
                "x": f"{x + INSET:g}",
                "y": f"{y + INSET + LEADING * at + SIZE:g}",
                "font-size": f"{SIZE:g}",
                "font-family": ", ".join(f"'{family}'" for family in FAMILIES),
                "font-weight": "600" if strong else "400",
                "fill": INK if strong else INK_2,
                "class": "t-b" if strong else "t-2",
            },
        )
        text.text = words


def _line(root: ET.Element, x1: float, y1: float, x2: float, y2: float) -> None:
    """An arrow from one box to the next."""
    down = x1 == x2
    tip = f"M{x2 - 3:g} {y2 - 4:g}l3 4l3 -4" if down else f"M{x2 - 4:g} {y2 - 3:g}l4 3l-4 3"
    ET.SubElement(
        root,
        f"{{{SVG}}}path",
        {"d": f"M{x1:g} {y1:g}L{x2:g} {y2:g}{tip}", "class": "ax", "fill": "none", "stroke": EDGE, "stroke-width": "1"},
    )
