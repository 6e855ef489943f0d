"""A small plot of one laboratory value over time, with bands of grades, as SVG with classes."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from typing import Final

from trialwright.report.figures.lanes import short_day
from trialwright.report.laboratory_course import LabCourse, Point
from trialwright.report.timeline import Part

WIDTH, LEFT, EDGE, KEY = 280.0, 2.0, 252.0, 255.0
TOP, FLOOR = 8.0, 84.0
ROOM: Final = 0.08
"""What lies free above the highest and below the lowest point, as a share of the height."""
Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    first: date
    last: date
    log: bool

    def y(self, number: float) -> float:
        low, high, at = self._of(self.low), self._of(self.high), self._of(number)
        share = (at - low) / (high - low) if high > low else 0.5
        return FLOOR - min(max(share, 0.0), 1.0) * (FLOOR - TOP)

    def x(self, day: date) -> float:
        span = (self.last - self.first).days
        return LEFT + 6 + (EDGE - LEFT - 12) * ((day - self.first).days / span if span else 0.5)

    def _of(self, number: float) -> float:
        return math.log10(max(number, 1e-9)) if self.log else number


def spark_svg(course: LabCourse, *, part: Part | None = None, say: Say = str) -> str:
    """The plot, of one part of the course alone if it is given. Its label says every value plotted.

    Empty text where no value can be plotted.
    """
    if part is not None:
        within = tuple(point for point in course.points if part.first <= point.on <= part.last)
        course = replace(course, points=within)
    if not course.points:
        return ""
    scale = _scale(course)
    parts = "".join((*_bands(course, scale), *_lines(course, scale, say), *_path(course.points, scale)))
    said = ", ".join(f"{point.text} {say('on')} {short_day(point.on)} {point.on.year}" for point in course.points)
    label = escape(f"{course.name}: {said}", quote=True)
    return f'<svg viewBox="0 0 {WIDTH:g} 104" role="img" aria-label="{label}">{parts}</svg>'


def _scale(course: LabCourse) -> _Scale:
    """All points, the limits and the baseline inside."""
    near = [number for number in (course.lower, course.upper, course.baseline) if number is not None]
    points = [point.at for point in course.points]
    low, high = min(points), max(points)
    # A limit far from every value would press the line flat: it is drawn where it lies within the values' reach.
    span = (high - low) or abs(high) or 1.0
    numbers = points + [number for number in near if low - span <= number <= high + span]
    low, high = min(numbers), max(numbers)
    days = [point.on for point in course.points]
    if course.log:
        low, high = (max(low, 1e-9) / 1.3, high * 1.3)
    else:
        room = (high - low or abs(high) or 1.0) * ROOM
        low, high = (max(low - room, 0.0) if low >= 0 else low - room), high + room
    return _Scale(low, high, min(days), max(days), course.log)


def _bands(course: LabCourse, scale: _Scale) -> Iterator[str]:
    for band in course.bands:
        bottom = scale.y(float(band.low)) if band.low is not None else FLOOR
        top = scale.y(float(band.high)) if band.high is not None else TOP
        height = bottom - top
        if height < 0.8:
            continue
        grade = band.grade
        wide, key = EDGE - LEFT, max(height - 1, 1)
        yield f'<rect class="b-g{grade} soft" x="{LEFT:g}" y="{top:.1f}" width="{wide:g}" height="{height:.1f}"/>'
        yield f'<rect class="b-g{grade}" x="{KEY:g}" y="{top:.1f}" width="23" height="{key:.1f}" rx="2"/>'
        if height >= 12:
            middle = (top + bottom) / 2 + 4
            yield f'<text class="on-g{grade} t-s mid" x="266.5" y="{middle:.1f}">G{grade}</text>'


def _lines(course: LabCourse, scale: _Scale, say: Say) -> Iterator[str]:
    for limit in (course.lower, course.upper):
        if limit is not None and scale.low <= limit <= scale.high:
            yield f'<path class="limit" d="M{LEFT:g} {scale.y(limit):.1f}H{EDGE:g}"/>'
    if course.baseline is not None and scale.low <= course.baseline <= scale.high:
        yield f'<path class="ref" d="M{LEFT:g} {scale.y(course.baseline):.1f}H{EDGE:g}"/>'
    for at, day in enumerate(course.infused):
        if scale.first <= day <= scale.last:
            x = scale.x(day)
            yield f'<path class="s-acc" d="M{x:.1f} {TOP:g}V{FLOOR:g}"/>'
            if 60 < x < 195 and at == 0:
                yield f'<text class="t-acc t-s mid" x="{x:.1f}" y="98">d0</text>'
    yield f'<text class="t-s" x="{LEFT:g}" y="98">{escape(_day(scale.first))}</text>'
    if scale.last != scale.first:
        yield f'<text class="t-s end" x="{EDGE:g}" y="98">{escape(_day(scale.last))}</text>'


def _day(day: date) -> str:
    return f"{short_day(day)} {day.year % 100:02d}"


def _path(points: tuple[Point, ...], scale: _Scale) -> Iterator[str]:
    places = [(scale.x(point.on), scale.y(point.at)) for point in points]
    if len(places) > 1:
        line = " L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        yield f'<path class="spark" d="M{line}"/>'
    for (x, y), point in zip(places[:-1], points[:-1], strict=True):
        told = escape(f"{point.text}, {_day(point.on)}")
        yield f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="2.2"><title>{told}</title></circle>'
    x, y = places[-1]
    yield f'<circle class="dot-last" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
