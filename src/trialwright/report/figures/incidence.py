"""Relapse and death without relapse, stacked: with those alive in remission the three parts fill the sheet."""

from collections.abc import Sequence
from typing import Any, Final

from trialwright.report.curves import RiskColumn, StackedCurves, Step
from trialwright.report.figures.canvas import (
    RiskRow,
    Sheet,
    curve_sheet,
    mark_horizon,
    name_axes,
    stairs,
    write_risk_table,
)
from trialwright.report.figures.look import CURVE, DEATH, FULL_MM, INK, RELAPSE, drawing, months
from trialwright.report.figures.svg import finished_svg, marked
from trialwright.report.words import Say

_PLACE: Final[dict[str, Any]] = {"xycoords": "data", "textcoords": "offset points", "ha": "right", "va": "center"}


def incidence_figure(curves: StackedCurves, risk: Sequence[RiskColumn], say: Say, *, id: str, finding: str) -> str:
    """The SVG of the stacked curves; `risk` has a column for each labelled month, events (relapses, deaths)."""
    with drawing():
        day = curves.relapse_reading.day
        sheet = curve_sheet(FULL_MM, 190, 3, last_day=curves.last_day, horizon_day=day)
        name_axes(sheet, say("months since remission"), say("of those in remission, %"))
        _draw_areas(sheet, curves)
        mark_horizon(sheet, day)
        _write_labels(sheet, curves, say)
        write_risk_table(
            sheet,
            (
                RiskRow(say("At risk"), tuple(str(column.at_risk) for column in risk), strong=True),
                RiskRow(say("Relapsed"), tuple(str(column.events[0]) for column in risk)),
                RiskRow(say("Died"), tuple(str(column.events[1]) for column in risk)),
            ),
        )
        return finished_svg(sheet.figure, id, finding, _described(curves, say))


def _draw_areas(sheet: Sheet, curves: StackedCurves) -> None:
    xs, relapse = stairs(_from_zero(curves.relapse), curves.last_day)
    _, death = stairs(_from_zero(curves.death), curves.last_day)
    either = [low + high for low, high in zip(relapse, death, strict=True)]
    axes = sheet.axes
    axes.fill_between(xs, 0, relapse, facecolor=RELAPSE, linewidth=0, gid=marked("a-rel"), zorder=2)
    axes.fill_between(
        xs, relapse, either, facecolor=DEATH, edgecolor="white", hatch="///", linewidth=0, gid=marked("a-die"), zorder=2
    )
    axes.plot(xs, relapse, color="white", linewidth=1.0, gid=marked("e-rel"), zorder=3)
    axes.plot(xs, either, color=CURVE, gid=marked("curve"), clip_on=False, zorder=4)


def _from_zero(steps: Sequence[Step]) -> list[tuple[float, float]]:
    """The points of an incidence, which begins at 0 on day 0."""
    return [(0.0, 0.0), *((step.day, step.value) for step in steps)]


def _write_labels(sheet: Sheet, curves: StackedCurves, say: Say) -> None:
    """Each part named where it ends, inside if there is room for a line of text, else just above."""
    relapse, death, rest = (
        reading.estimate for reading in (curves.relapse_reading, curves.death_reading, curves.remission_reading)
    )
    if relapse is None or death is None or rest is None:
        text = say("Could not be estimated at {when}", when=_when(curves, say))
        sheet.axes.annotate(
            text,
            (months(curves.relapse_reading.day), 0.93),
            xytext=(-6, 0),
            fontweight=600,
            color=INK,
            gid=marked("t-b"),
            **_PLACE,
        )
        return
    month = min(months(curves.relapse_reading.day), months(curves.last_day))
    top = relapse + death
    if relapse >= 0.12:
        _label(sheet, month, relapse / 2, say("relapse {share}", share=say.percent(relapse)), "t-on")
    above = [say("died without relapse {share}", share=say.percent(death))]
    if relapse < 0.12:
        above.append(say("relapse {share}", share=say.percent(relapse)))
    for line, text in enumerate(above):
        _label(sheet, month, top, text, "t-ink", up=9 + 12 * line)
    _label(sheet, month, max((1 + top) / 2, 0.9), say("alive in remission {share}", share=say.percent(rest)), "t-b")


def _label(sheet: Sheet, month: float, height: float, text: str, mark: str, up: float = 0) -> None:
    sheet.axes.annotate(
        text,
        (month, height),
        xytext=(-6, up),
        fontsize=10 if mark != "t-ink" else 9,
        fontweight=400 if mark == "t-ink" else 600,
        color="white" if mark == "t-on" else INK,
        zorder=6,
        gid=marked(mark),
        **_PLACE,
    )


def _when(curves: StackedCurves, say: Say) -> str:
    return say("{months} months", months=say.months(curves.relapse_reading.day))


def _described(curves: StackedCurves, say: Say) -> str:
    relapse, death, rest = (
        reading.estimate for reading in (curves.relapse_reading, curves.death_reading, curves.remission_reading)
    )
    if relapse is None or death is None or rest is None:
        return say("Could not be estimated at {when}", when=_when(curves, say)) + "."
    return say(
        "At {when}: relapse {relapse}, death without relapse {death}, alive in remission {rest}.",
        when=_when(curves, say),
        relapse=say.percent(relapse),
        death=say.percent(death),
        rest=say.percent(rest),
    )
