"""Enrolment as a step line over time: one step for each participant, and today. Classes only; the sheet colours it."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from html import escape
from typing import Final

WIDTH, HEIGHT, TOP, BASE = 1100, 150, 14, 112
LEFT, RIGHT = 8, 1092
LEAST_DAYS: Final = 60
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MOST_TICKS: Final = 12


def arrivals_svg(days: Sequence[date], target: int, today: date, *, finding: str, today_word: str) -> str:
    """The drawing. days: of enrolment, in order; target: how many places there are; finding: its title in words."""
    first = min([*days, today])
    last = max(today, first + timedelta(days=LEAST_DAYS)) + timedelta(days=max((today - first).days // 20, 5))
    span = (last - first).days
    rise = (BASE - TOP) / max(target, len(days), 1)

    def x(day: date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (day - first).days / span, 1)

    def y(count: int) -> float:
        return round(BASE - count * rise, 1)

    path = [f"M{LEFT} {BASE}"]
    dots = []
    for count, day in enumerate(days, 1):
        path.append(f"H{x(day)}V{y(count)}")
        dots.append(f'<circle class="f-1" cx="{x(day)}" cy="{y(count)}" r="3.5"/>')
    path.append(f"H{x(today)}")
    now = f'<path class="l-now" d="M{x(today)} 4V{BASE + 4}"/>'
    now += f'<text class="t-now end" x="{x(today) - 6}" y="{BASE - 6}">{escape(today_word)}</text>'
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(finding)}">{_ticks(first, last, x)}'
        f'<path class="ax" d="M{LEFT} {BASE}H{RIGHT}"/><path class="curve" d="{"".join(path)}"/>'
        f"{''.join(dots)}{now}</svg>"
    )


def _ticks(first: date, last: date, x: Callable[[date], float]) -> str:
    months = []
    at = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    while at <= last:
        months.append(at)
        at = date(at.year + at.month // 12, at.month % 12 + 1, 1)
    every = len(months) // MOST_TICKS + 1
    return "".join(
        f'<path class="gr" d="M{x(one)} {BASE}v5"/><text x="{x(one) + 3}" y="{BASE + 18}">'
        f"{MONTHS[one.month - 1]} {one.year}</text>"
        for one in months[::every]
    )
