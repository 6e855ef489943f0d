"""The grades of every event over time: a line for each event, participant by participant, each grade with its digit."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from trialwright.report.figures.canvas import POINT
from trialwright.report.figures.look import CURVE, EDGE, FULL_MM, GRID, INK, INK_2, drawing, inches, text_width
from trialwright.report.figures.svg import finished_svg, marked
from trialwright.report.safety_facts import EventLine, GradesOverTime
from trialwright.report.words import Say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PITCH, BAR, TOP, FOOT, RIGHT = 13.0, 9.0, 6.0, 34.0, 14.0
LEFT: Final = 178.0
LONGEST: Final = 150.0
"""Days after which an event that goes on is cut off: an arrow says so."""
LINES: Final = 44
"""Lines in one figure: what fits on a page."""
NARROWEST: Final = 8.0
"""Points that a bar is wide at least, so that its digit stands in it; what follows begins after it."""
GROUNDS: Final = ("#f7e9b8", "#f2c46b", "#dd7f33", "#ab3527", "#27171b")
WORDS: Final = ("#3b2d00", "#3a2400", "#241000", "#ffffff", "#ffffff")


def sheets(people: Sequence[GradesOverTime]) -> Iterator[tuple[GradesOverTime, ...]]:
    """The participants with an event, in parts that fit on a page each; nobody is divided who fits on one."""
    part: list[GradesOverTime] = []
    for person in people:
        if not person.lines:
            continue
        if part and _lines(part) + 1 + len(person.lines) > LINES:
            yield tuple(part)
            part = []
        part.append(person)
    if part:
        yield tuple(part)


def _lines(people: Sequence[GradesOverTime]) -> int:
    return sum(len(person.lines) + 1 for person in people)


def grades_figure(people: Sequence[GradesOverTime], say: Say, *, id: str, finding: str) -> str:
    """The SVG of one sheet."""
    from matplotlib.figure import Figure

    count = _lines(people)
    with drawing():
        width, height = inches(FULL_MM), (TOP + PITCH * count + FOOT) * POINT
        figure = Figure(figsize=(width, height))
        across = width / POINT
        axes = figure.add_axes(
            (LEFT / across, FOOT * POINT / height, (across - LEFT - RIGHT) / across, PITCH * count * POINT / height)
        )
        _frame(axes, people, count, say)
        low, high = axes.get_xlim()
        shortest = NARROWEST * (high - low) / (across - LEFT - RIGHT)
        row = count - 1
        for person in people:
            _name(axes, person, row, say)
            for line in person.lines:
                row -= 1
                _draw(axes, line, row, shortest)
            row -= 1
        return finished_svg(figure, id, finding, say("One line per event; the digit is its grade."))


def _ends(people: Sequence[GradesOverTime]) -> tuple[float, float]:
    """The first and the last day shown."""
    spans = [span for person in people for line in person.lines for span in line.spans]
    first = min((span.start for span in spans), default=0.0)
    last = max((min(span.end, LONGEST) for span in spans), default=28.0)
    return min(first, 0.0) - 1, max(last, 28.0) + 1


def _frame(axes: "Axes", people: Sequence[GradesOverTime], count: int, say: Say) -> None:
    low, high = _ends(people)
    step = next(step for step in (7, 14, 28, 56) if (high - low) / step <= 14)
    ticks = [day for day in range(-10 * step, int(high) + 1, step) if day >= low]
    axes.set_xlim(low, high)
    axes.set_ylim(-0.6, count - 0.4)
    axes.set_xticks(ticks, [str(day) for day in ticks])
    axes.set_yticks([])
    axes.grid(False)
    axes.vlines(ticks, -0.6, count - 0.4, color=GRID, linewidth=0.7, gid=marked("gr"), zorder=0)
    axes.vlines([0], -0.6, count - 0.4, color=EDGE, linewidth=0.9, gid=marked("ref"), zorder=1)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(length=0)
    axes.set_xlabel(say("days since the first infusion"), labelpad=3)
    axes.xaxis.label.set_gid(marked("t-ink"))


def _name(axes: "Axes", person: GradesOverTime, row: int, say: Say) -> None:
    who = person.who.code if person.who.number is None else f"{person.who.code} · {person.who.number}"
    if person.origin == "chemotherapy":
        who += " · " + say("days since the first chemotherapy")
    place = {"xycoords": ("figure fraction", "data"), "va": "center"}
    axes.annotate(who, (0, row), fontweight=600, color=INK, gid=marked("t-b"), **place)  # type: ignore[arg-type]


def _draw(axes: "Axes", line: EventLine, row: int, shortest: float) -> None:
    """One event; `shortest` is the narrowest bar, in days."""
    thick = BAR / PITCH
    term = _short(line.term) + (" *" if line.serious else "")
    axes.annotate(
        term, (0, row), xycoords=("figure fraction", "data"), xytext=(8, 0), textcoords="offset points", va="center",
        fontsize=8.5, color=INK_2, gid=marked("t-2"),
    )  # fmt: skip
    last = -1e9
    for span in line.spans:
        start = max(min(span.start, LONGEST), last)
        last = max(min(span.end, LONGEST), start + shortest)
        grade = min(max(span.grade, 1), 5)
        axes.broken_barh(
            [(start, last - start)], (row - thick / 2, thick), facecolor=GROUNDS[grade - 1], edgecolor=EDGE,
            linewidth=0.4, gid=marked(f"f-g{grade}"), zorder=2,
        )  # fmt: skip
        _digit(axes, start, row, grade)
    if line.open:
        axes.annotate(
            "→", (last, row), xytext=(1, 0.5), textcoords="offset points", va="center", color=CURVE, fontweight=600,
            gid=marked("t-acc"), zorder=4,
        )  # fmt: skip


def _digit(axes: "Axes", start: float, row: int, grade: int) -> None:
    """The grade's digit at the beginning of its bar."""
    axes.annotate(
        str(grade), (start, row), xytext=(2, 0), textcoords="offset points", va="center", fontsize=8,
        fontweight=600, color=WORDS[grade - 1], gid=marked(f"t-g{grade}"), zorder=3,
    )  # fmt: skip


def _short(term: str) -> str:
    """A term cut to the width of its column."""
    room = LEFT - 22
    if text_width(term, 8.5) <= room:
        return term
    while term and text_width(term + "…", 8.5) > room:
        term = term[:-1]
    return term.rstrip() + "…"
