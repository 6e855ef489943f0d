"""Survival: a step curve with its band, ticks where follow-up ended, the estimate at the endpoint's time."""

from collections.abc import Sequence
from typing import Any

from trialwright.report.curves import Reading, RiskColumn, Step, SurvivalCurve
from trialwright.report.figures.canvas import (
    RiskRow,
    Sheet,
    curve_sheet,
    mark_horizon,
    name_axes,
    stairs,
    write_risk_table,
)
from trialwright.report.figures.look import BAND, CURVE, FULL_MM, HALF_MM, INK, INK_2, drawing, months
from trialwright.report.figures.svg import finished_svg, marked
from trialwright.report.words import Say

FEW = 3
"""Fewer than this many at risk and the curve is drawn thin: it rests on next to nobody."""


def survival_figure(
    curve: SurvivalCurve,
    risk: Sequence[RiskColumn],
    say: Say,
    *,
    id: str,
    finding: str,
    across: str,
    up: str,
    event: str,
    half: bool = False,
) -> str:
    """The SVG of one Kaplan-Meier curve. `risk` has a column for each labelled month (`labelled_days`)."""
    with drawing():
        sheet = survival_sheet(curve, half=half)
        name_axes(sheet, across, up)
        _draw_band(sheet, curve)
        draw_steps(sheet, curve.steps, curve.last_day, "curve")
        _draw_censorings(sheet, curve)
        mark_horizon(sheet, curve.reading.day)
        _write_reading(sheet, curve.reading, say)
        write_risk_table(
            sheet,
            (
                RiskRow(say("At risk"), tuple(str(column.at_risk) for column in risk), strong=True),
                RiskRow(event, tuple(str(column.events[0]) for column in risk)),
                RiskRow(say("Censored"), tuple(str(column.censored) for column in risk)),
            ),
        )
        return finished_svg(sheet.figure, id, finding, described(curve.reading, say))


def survival_sheet(curve: SurvivalCurve, *, half: bool = False) -> Sheet:
    """The empty sheet of a curve."""
    width, height = (HALF_MM, 120) if half else (FULL_MM, 190)
    return curve_sheet(width, height, 3, last_day=curve.last_day, horizon_day=curve.reading.day)


def described(reading: Reading, say: Say) -> str:
    """One sentence for those who cannot see the curve."""
    if reading.estimate is None:
        return say(
            "Could not be estimated at {months} months: {why}.",
            months=say.months(reading.day),
            why=say.note(reading.note),
        )
    return say("{share} at {months} months.", share=say.percent(reading.estimate), months=say.months(reading.day))


def draw_steps(sheet: Sheet, steps: Sequence[Step], last_day: float, mark: str) -> None:
    """The curve from 0 to the last person at risk, never beyond; thin and dashed where fewer than 3 are left."""
    few_from = next((step.day for step in steps if step.at_risk < FEW), last_day)
    solid = [step for step in steps if step.day <= few_from]
    xs, ys = stairs([(step.day, step.value) for step in solid], few_from)
    look: dict[str, Any] = {"color": CURVE, "solid_capstyle": "butt", "clip_on": False}
    sheet.axes.plot(xs, ys, gid=marked(mark), **look)
    if few_from < last_day:
        rest = [(few_from, solid[-1].value)] + [(s.day, s.value) for s in steps if s.day > few_from]
        xs, ys = stairs(rest, last_day)
        sheet.axes.plot(
            xs,
            ys,
            gid=marked(f"{mark} few"),
            linewidth=1.0,
            dashes=(2, 1.6),
            dash_capstyle="butt",
            color=CURVE,
            clip_on=False,
        )


def _draw_band(sheet: Sheet, curve: SurvivalCurve) -> None:
    """The interval, where there is one, up to the last person at risk."""
    lower = stairs([(s.day, s.lower if s.lower is not None else s.value) for s in curve.steps], curve.last_day)
    upper = stairs([(s.day, s.upper if s.upper is not None else s.value) for s in curve.steps], curve.last_day)
    if lower[0]:
        sheet.axes.fill_between(
            lower[0], lower[1], upper[1], facecolor=BAND, alpha=0.75, linewidth=0, gid=marked("band"), zorder=1
        )


def _draw_censorings(sheet: Sheet, curve: SurvivalCurve) -> None:
    """A tick where follow-up of somebody ended without the event; 9 points tall."""
    per_point = 1 / (sheet.axes.get_position().height * sheet.figure.get_figheight() * 72)
    half = 4.5 * per_point
    at = [(day, _value_at(curve.steps, day)) for day in curve.censored_days]
    if at:
        sheet.axes.vlines(
            [months(day) for day, _ in at],
            [v - half for _, v in at],
            [v + half for _, v in at],
            color=CURVE,
            linewidth=1.3,
            gid=marked("cens"),
            clip_on=False,
        )


def _value_at(steps: Sequence[Step], day: float) -> float:
    return next((step.value for step in reversed(steps) if step.day <= day), 1.0)


def _write_reading(sheet: Sheet, reading: Reading, say: Say) -> None:
    """The estimate and its interval beside the dashed line, where the curve leaves room."""
    month = months(reading.day)
    when = say("{months} months", months=say.months(reading.day))
    if reading.estimate is None:
        _beside(sheet, month, 0.5, say("Could not be estimated at {when}", when=when), "")
        return
    sheet.axes.plot(
        [month],
        [reading.estimate],
        marker="o",
        markersize=6,
        markeredgecolor="white",
        markeredgewidth=1.2,
        color=CURVE,
        gid=marked("f-1 s-sur"),
        clip_on=False,
        zorder=5,
    )
    first = say("{share} at {when}", share=say.percent(reading.estimate), when=when)
    second = say("95 % interval {interval}", interval=say.interval(reading.lower, reading.upper, 0))
    height = reading.estimate if reading.estimate > 0.3 else 1.02  # a low curve leaves its room at the top
    _beside(sheet, month, height, first, second if reading.lower is not None else "")


def _beside(sheet: Sheet, month: float, height: float, first: str, second: str) -> None:
    first_down, second_down = -15, -27
    place: dict[str, Any] = {"xycoords": "data", "textcoords": "offset points", "ha": "right"}
    sheet.axes.annotate(
        first,
        (month, height),
        xytext=(-8, first_down),
        fontweight=600,
        fontsize=10,
        color=INK,
        gid=marked("t-b"),
        **place,
    )
    if second:
        sheet.axes.annotate(second, (month, height), xytext=(-8, second_down), color=INK_2, gid=marked("t-2"), **place)
