"""The sheet a curve is drawn on: months below, per cent at the left, numbers at risk under the axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trialwright.report.figures.look import EDGE, GRID, INK, INK_2, inches, months
from trialwright.report.figures.svg import marked
from trialwright.report.words import MONTH_DAYS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINT: Final = 1 / 72
LEFT, RIGHT, TOP = 62.0, 12.0, 10.0  # points around the plot
AXIS_FOOT: Final = 36.0  # tick labels and the axis title
RISK_LINE: Final = 14.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A figure with one plot area, and where its months stand."""

    figure: "Figure"
    axes: "Axes"
    ticks: tuple[float, ...]  # months
    end: float  # months


@dataclass(frozen=True, slots=True)
class RiskRow:
    """One row of the table under a curve, a number for each tick."""

    label: str
    counts: tuple[str, ...]
    strong: bool = False


def month_ticks(last_day: float, horizon_day: float) -> tuple[float, ...]:
    """Months that carry a label: every 6 up to three years, then every 12, 24 … so that there are never more than 9."""
    end = max(months(last_day), months(horizon_day), 6.0)
    step = next(step for step in (6, 12, 24, 60, 120, 240, 600, 6000) if end / step <= 8)
    return tuple(float(at) for at in range(0, int(end + 1e-9) + 1, step))


def labelled_days(last_day: float, horizon_day: float) -> tuple[float, ...]:
    """The days of the months that carry a label: where numbers at risk are wanted."""
    return tuple(tick * MONTH_DAYS for tick in month_ticks(last_day, horizon_day))


def curve_sheet(width_mm: float, plot_height: float, risk_rows: int, *, last_day: float, horizon_day: float) -> Sheet:
    """An empty sheet for a curve that ends at `last_day` and is read at `horizon_day`."""
    from matplotlib.figure import Figure

    foot = AXIS_FOOT + (10 + RISK_LINE * risk_rows if risk_rows else 0)
    width, height = inches(width_mm), (TOP + plot_height + foot) * POINT
    figure = Figure(figsize=(width, height))
    across = width / POINT
    axes = figure.add_axes(
        (LEFT / across, foot * POINT / height, (across - LEFT - RIGHT) / across, plot_height * POINT / height)
    )
    ticks = month_ticks(last_day, horizon_day)
    end = max(months(last_day), months(horizon_day), 6.0) * 1.015
    axes.set_xlim(0, end)
    axes.set_ylim(0, 1)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100"])
    return Sheet(figure, axes, ticks, end)


def name_axes(sheet: Sheet, across: str, up: str) -> None:
    """Titles of the two axes; the upright one stands at the left edge."""
    at = sheet.axes
    at.set_xlabel(across, labelpad=3)
    at.annotate(
        up,
        (0, 0.5),
        xycoords=("figure fraction", "axes fraction"),
        xytext=(9, 0),
        textcoords="offset points",
        rotation=90,
        ha="center",
        va="center",
        gid=marked("t-ink"),
    )


def write_risk_table(sheet: Sheet, rows: Sequence[RiskRow]) -> None:
    """Numbers under the axis, each centred below its month, a hairline above."""
    from matplotlib.lines import Line2D

    axes = sheet.axes
    top = AXIS_FOOT + 4
    height = sheet.figure.get_figheight() / POINT
    foot = axes.get_position().y0 * height
    y = (foot - top) / height
    sheet.figure.add_artist(Line2D([0, 1], [y, y], color=GRID, linewidth=0.7, gid=marked("gr")))
    for line, row in enumerate(rows):
        down = -(top + 11 + RISK_LINE * line)
        weight = 600 if row.strong else 400
        axes.annotate(
            row.label,
            (0, 0),
            xycoords=("figure fraction", "axes fraction"),
            xytext=(0, down),
            textcoords="offset points",
            color=INK if row.strong else INK_2,
            fontweight=weight,
            gid=marked("t-b" if row.strong else "t-2"),
        )
        for tick, count in zip(sheet.ticks, row.counts, strict=True):
            axes.annotate(
                count,
                (tick, 0),
                xycoords=("data", "axes fraction"),
                xytext=(0, down),
                textcoords="offset points",
                ha="center",
                color=INK if row.strong else INK_2,
                fontweight=weight,
                gid=marked("t-b" if row.strong else "t-2"),
            )


def stairs(points: Sequence[tuple[float, float]], until: float) -> tuple[list[float], list[float]]:
    """Corners of the stairs through (day, value), in months; curves on the same days have the same number of them."""
    xs: list[float] = []
    ys: list[float] = []
    for day, value in points:
        xs += [months(day)] * (2 if xs else 1)
        ys += [ys[-1], value] if ys else [value]
    return ([*xs, months(until)], [*ys, ys[-1]]) if points else (xs, ys)


def mark_horizon(sheet: Sheet, day: float) -> None:
    """The dashed line at the endpoint's time."""
    sheet.axes.plot([months(day)] * 2, [0, 1], color=EDGE, linewidth=0.9, dashes=(4, 4), gid=marked("ref"), zorder=1.5)
