"""Every participant's way, one line each: remission, infusions, relapse, transplant, and how the line ends."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from trialwright.report.curves import Swim
from trialwright.report.figures.canvas import POINT, RIGHT, month_ticks
from trialwright.report.figures.look import (
    CURVE,
    EDGE,
    FULL_MM,
    GRID,
    INK,
    LINE,
    RELAPSE,
    drawing,
    inches,
    months,
    text_width,
)
from trialwright.report.figures.svg import finished_svg, marked
from trialwright.report.words import Say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PITCH, BAR = 15.0, 8.5  # points from line to line, thickness of a bar
LEFT, TOP, FOOT = 44.0, 26.0, 34.0


def swimmer_figure(swims: Sequence[Swim], horizon_day: float, say: Say, *, id: str, finding: str) -> str:
    """The SVG of the swimmer plot, longest follow-up first."""
    from matplotlib.figure import Figure

    lines = sorted(swims, key=lambda swim: (-swim.end, swim.number))
    with drawing():
        height = (TOP + FOOT + PITCH * max(len(lines), 1)) * POINT
        width = inches(FULL_MM)
        figure = Figure(figsize=(width, height))
        across = width / POINT
        axes = figure.add_axes(
            (LEFT / across, FOOT * POINT / height, (across - LEFT - RIGHT) / across, 1 - (TOP + FOOT) * POINT / height)
        )
        last = max((swim.end for swim in lines), default=0.0)
        _frame(axes, lines, last, horizon_day, say)
        for row, swim in enumerate(lines):
            _draw_line(axes, swim, len(lines) - 1 - row)
        _write_key(figure, lines, say)
        return finished_svg(figure, id, finding, say("One line per participant; the table has the same dates."))


def _frame(axes: "Axes", lines: Sequence[Swim], last: float, horizon_day: float, say: Say) -> None:
    ticks = month_ticks(last, horizon_day)
    axes.set_xlim(0, max(months(last), months(horizon_day)) * 1.03)
    axes.set_ylim(-0.7, len(lines) - 0.3)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_yticks([len(lines) - 1 - row for row in range(len(lines))], [f"{swim.number}" for swim in lines])
    axes.grid(False)
    axes.vlines(ticks, -0.7, len(lines) - 0.3, color=GRID, linewidth=0.7, gid=marked("gr"), zorder=0)
    axes.vlines(
        [months(horizon_day)],
        -0.7,
        len(lines) - 0.3,
        color=EDGE,
        linewidth=0.9,
        linestyles=(0, (4, 4)),
        gid=marked("ref"),
        zorder=1,
    )
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(length=0)
    axes.set_xlabel(say("months since enrolment"), labelpad=3)


def _draw_line(axes: "Axes", swim: Swim, y: int) -> None:
    thick = BAR / PITCH
    axes.broken_barh(
        [(0, months(swim.end))], (y - thick / 2, thick), facecolor=LINE, linewidth=0, gid=marked("f-line"), zorder=2
    )
    if swim.remission:
        start, end = swim.remission
        axes.broken_barh(
            [(months(start), months(end - start))],
            (y - thick / 2, thick),
            facecolor=CURVE,
            linewidth=0,
            gid=marked("f-1"),
            zorder=2,
        )
    for day in swim.infusions:
        inside = swim.remission is not None and swim.remission[0] <= day <= swim.remission[1]
        _mark(axes, day, y, "D", 4.2, "white" if inside else INK, "f-sur" if inside else "f-ink")
    if swim.transplant is not None:
        _mark(axes, swim.transplant, y, "s", 6.0, "white", "f-sur s-edge", edge=EDGE)
    if swim.relapse is not None:
        _mark(axes, swim.relapse, y, "^", 7.5, RELAPSE, "f-2 s-sur", edge="white")
    _draw_end(axes, swim, y)


def _draw_end(axes: "Axes", swim: Swim, y: int) -> None:
    place: dict[str, Any] = {"xycoords": "data", "textcoords": "offset points", "va": "center"}
    if swim.ended == "died":
        _mark(axes, swim.end, y, "x", 5.0, INK, "s-ink", shift=5)
    elif swim.ended == "left":
        axes.annotate("|", (months(swim.end), y), xytext=(1, 0), fontweight=600, gid=marked("t-b"), **place)
    else:
        axes.annotate(
            "→", (months(swim.end), y), xytext=(1, 0.5), color=CURVE, fontweight=600, gid=marked("t-acc"), **place
        )


def _mark(
    axes: "Axes",
    day: float,
    y: int,
    marker: str,
    size: float,
    color: str,
    mark: str,
    edge: str = "none",
    shift: float = 0,
) -> None:
    from matplotlib.transforms import ScaledTranslation

    moved = axes.transData + ScaledTranslation(shift * POINT, 0, axes.figure.dpi_scale_trans)
    axes.plot(
        [months(day)],
        [y],
        marker=marker,
        markersize=size,
        linestyle="none",
        markerfacecolor=color,
        markeredgecolor=color if marker == "x" else edge,
        markeredgewidth=1.5 if marker == "x" else 0.9,
        gid=marked(mark),
        clip_on=False,
        zorder=5,
        transform=moved,
    )


def _write_key(figure: "Figure", lines: Sequence[Swim], say: Say) -> None:
    """What the signs mean, in one line above the bars; only those that occur."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    width, height = figure.get_figwidth() / POINT, figure.get_figheight() / POINT
    x, y = 2.0, height - 9
    for shape, label, color, mark in _signs(lines, say):
        if shape == "bar":
            bar = (x / width, (y - 4) / height), 14 / width, 8 / height
            figure.add_artist(Rectangle(*bar, facecolor=color, linewidth=0, gid=marked(mark)))
            x += 17
        elif shape in "→|":
            figure.text(x / width, y / height, shape, color=color, fontweight=600, va="center", gid=marked(mark))
            x += 12 if shape == "→" else 5
        else:
            sign: dict[str, Any] = {"markeredgecolor": EDGE if shape == "s" else color, "markerfacecolor": color}
            sign["markeredgewidth"] = 1.5 if shape == "x" else 0.8
            at = [(x + 4) / width], [y / height]
            figure.add_artist(Line2D(*at, marker=shape, markersize=5.5, linestyle="none", gid=marked(mark), **sign))
            x += 11
        figure.text(x / width, y / height, label, va="center", fontsize=9, gid=marked("t-2"))
        x += text_width(label, 9) + 9


def _signs(lines: Sequence[Swim], say: Say) -> Iterator[tuple[str, str, str, str]]:
    """Shape, meaning, colour and class of every sign that stands in the figure."""
    if any(swim.remission for swim in lines):
        yield "bar", say("in remission"), CURVE, "f-1"
    yield "bar", say("not in remission"), LINE, "f-line"
    if any(swim.infusions for swim in lines):
        yield "D", say("infusion"), INK, "f-ink"
    if any(swim.relapse is not None for swim in lines):
        yield "^", say("relapse"), RELAPSE, "f-2"
    if any(swim.transplant is not None for swim in lines):
        yield "s", say("transplant"), "white", "f-sur s-edge"
    ended = {swim.ended for swim in lines}
    if "died" in ended:
        yield "x", say("died"), INK, "s-ink"
    if "alive" in ended:
        yield "→", say("alive"), CURVE, "t-acc"
    if "left" in ended:
        yield "|", say("follow-up ended"), INK, "t-b"
