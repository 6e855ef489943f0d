"""How long the donor's cells were found: one thin line per participant and infusion, the median of each visit."""

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from trialwright.endpoints import AfterInfusion, Found, Persistence
from trialwright.report.figures.canvas import (
    AXIS_FOOT,
    LEFT,
    POINT,
    RIGHT,
    RISK_LINE,
    TOP,
    RiskRow,
    Sheet,
    name_axes,
    write_risk_table,
)
from trialwright.report.figures.look import CURVE, FULL_MM, INK, drawing, inches
from trialwright.report.figures.svg import finished_svg, marked
from trialwright.report.words import Say

PLOT: Final = 190.0  # points
BAR: Final = 1.3  # days to each side of a median's bar


def persistence_figure(found: Persistence, up: str, say: Say, *, id: str, finding: str) -> str:
    """The SVG of one measure, on a logarithmic scale; a value below its assay's limit is hollow, at the limit.

    up  the title of the upright axis. A 0 has no place on the scale: it is hollow at the foot of the sheet.
    """
    with drawing():
        sheet = _sheet(found, say)
        name_axes(sheet, say("days since the infusion"), up)
        floor = sheet.axes.get_ylim()[0]
        for one in found.courses:
            _draw_line(sheet, one, floor)
        for median in found.medians:
            if median.value is not None:
                at = _height(median.value, floor)
                ends = [median.visit - BAR, median.visit + BAR]
                sheet.axes.plot(ends, [at, at], color=INK, linewidth=2.2, gid=marked("s-ink"), zorder=6)
        write_risk_table(
            sheet,
            (
                RiskRow(say("Values"), tuple(str(median.n) for median in found.medians)),
                RiskRow(say("Median"), tuple(shown(median.value, median.below) for median in found.medians), True),
            ),
        )
        return finished_svg(sheet.figure, id, finding, say("One line per infusion; the table has the same values."))


def shown(value: Decimal | None, below: bool = False) -> str:
    """A value for reading, two significant digits unless it is whole; "<0.1" below the limit; a dash of nobody.

    >>> shown(Decimal("12.34")), shown(Decimal("0.1"), True), shown(Decimal(140)), shown(None)
    ('12.3', '<0.1', '140', '–')
    """
    if value is None:
        return "–"
    digits = max(0, 1 - value.adjusted()) if value < 10 else 1
    number = f"{value:.{digits}f}"
    return ("<" if below else "") + (number.rstrip("0").rstrip(".") if "." in number else number)


def _sheet(found: Persistence, say: Say) -> Sheet:
    from matplotlib.figure import Figure

    foot = AXIS_FOOT + 10 + RISK_LINE * 2
    width, height = inches(FULL_MM), (TOP + PLOT + foot) * POINT
    figure = Figure(figsize=(width, height))
    across = width / POINT
    place = (LEFT / across, foot * POINT / height, (across - LEFT - RIGHT) / across, PLOT * POINT / height)
    axes = figure.add_axes(place)
    end = max([*found.visits, *(one.days for course in found.courses for one in course.found)], default=28)
    axes.set_xlim(-3, end + 3)
    axes.set_yscale("log")
    low, high = _decades(found.courses)
    axes.set_ylim(10.0**low / 1.25, 10.0**high)
    ticks = [10.0**power for power in range(low, high + 1)]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_xticks(found.visits, [str(day) if day else say("before") for day in found.visits])
    return Sheet(figure, axes, tuple(float(day) for day in found.visits), float(end))


def _decades(courses: Sequence[AfterInfusion]) -> tuple[int, int]:
    """The powers of ten between which every value lies."""
    values = [one.value for course in courses for one in course.found if one.value > 0]
    if not values:
        return -1, 2
    low, high = min(values), max(values)
    top = math.ceil(math.log10(high))
    return min(low.adjusted(), top - 1), top


def _draw_line(sheet: Sheet, course: AfterInfusion, floor: float) -> None:
    axes = sheet.axes
    days = [max(one.days, 0) for one in course.found]
    heights = [_height(one.value, floor) for one in course.found]
    axes.plot(days, heights, color=CURVE, linewidth=0.8, alpha=0.55, gid=marked("curve"), zorder=3)
    for day, height, one in zip(days, heights, course.found, strict=True):
        hollow = _hollow(one)
        axes.plot(
            [day],
            [height],
            marker="o",
            markersize=4.6,
            linestyle="none",
            markerfacecolor="white" if hollow else CURVE,
            markeredgecolor=CURVE,
            markeredgewidth=0.9,
            gid=marked("f-sur curve" if hollow else "f-1 curve"),
            clip_on=False,
            zorder=5 if hollow else 4,
        )


def _hollow(one: Found) -> bool:
    return one.below or one.value <= 0


def _height(value: Decimal, floor: float) -> float:
    return float(value) if value > 0 else floor
