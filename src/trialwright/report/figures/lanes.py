"""A participant's course drawn as lanes, as SVG with classes: by hand, so that a page can draw it at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from typing import Final

from trialwright.report.timeline import Bar, EventBar, Part, Sign, Timeline, VisitSign

WIDTH, LEFT, RIGHT, TOP = 1060.0, 150.0, 14.0, 34.0
LETTER: Final = 6.3  # how wide a letter of the small size is at the most, on average
PITCH: Final = 24.0  # from row to row of adverse events
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
STEPS_OF_TICKS: Final = (1, 2, 7, 14, 30, 61, 91, 182, 365, 730)
MOST_TICKS: Final = 10
Say = Callable[[str], str]


def short_day(day: date) -> str:
    """12 Oct."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def month_year(day: date) -> str:
    """Oct 2026."""
    return f"{MONTHS[day.month - 1]} {day.year}"


@dataclass
class _Paper:
    """What is drawn so far, and how days become places on it."""

    part: Part
    say: Say
    drawn: list[str] = field(default_factory=list)
    bottom: float = TOP

    def x(self, day: date, share: float = 0.0) -> float:
        span = max((self.part.last - self.part.first).days, 1)
        place = ((day - self.part.first).days + share) / span
        return LEFT + place * (WIDTH - LEFT - RIGHT)

    def shows(self, first: date, last: date | None = None) -> bool:
        return first <= self.part.last and (last or first) >= self.part.first

    def clip(self, x: float) -> float:
        return min(max(x, LEFT), WIDTH - RIGHT)

    def add(self, tag: str) -> None:
        self.drawn.append(tag)

    def text(self, x: float, y: float, words: str, classes: str) -> None:
        self.add(f'<text class="{classes}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>')

    def rect(self, x: float, y: float, width: float, height: float, classes: str, title: str, rx: float = 3) -> None:
        told = f"<title>{escape(title)}</title>" if title else ""
        self.add(
            f'<rect class="{classes}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 2):.1f}" height="{height:.1f}" '
            f'rx="{rx:g}">{told}</rect>'
        )


def lanes_svg(
    course: Timeline, part: Part, *, id: str = "lanes", finding: str = "", description: str = "", say: Say = str
) -> str:
    """The course within one part as one `<svg>`; its colours are the style sheet's classes.

    say   puts our few words into the page's language.
    Labels that would lie over another are left out: the list beside the figure holds everything.
    """
    paper = _Paper(part, say)
    lanes = list(_lanes(course, paper))
    height = paper.bottom + 26
    ground = [*_window(course, paper), *_ticks(paper), *_today(course, paper)]
    title = escape(finding or f"{say('Timeline of')} {course.code}")
    told = escape(description or say("The same facts follow as a list."))
    body = "".join((*ground, *lanes, *paper.drawn))
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {height:.0f}" role="img" aria-labelledby="{id}-t {id}-d">'
        f'<title id="{id}-t">{title}</title><desc id="{id}-d">{told}</desc>{body}</svg>'
    )


# --- ground -----------------------------------------------------------------------------------------------------------


def _lanes(course: Timeline, paper: _Paper) -> Iterator[str]:
    """Draw each lane below the other; gives their names and the lines between them."""
    parts: tuple[tuple[str, Callable[[float], float]], ...] = (
        ("Steps", lambda top: _signs(paper, course.steps, top, "f-acc")),
        ("Chemotherapy", lambda top: _bars(paper, course.chemotherapy, top)),
        ("NK infusion", lambda top: _drops(paper, course.infusions, top)),
        ("Visits", lambda top: _visits(paper, course.visits, top)),
        ("Adverse events", lambda top: _events(paper, course.events, top)),
        ("Response", lambda top: _signs(paper, course.responses, top, "f-1")),
    )
    for at, (name, draw) in enumerate(parts):
        top = paper.bottom
        paper.bottom = top + draw(top)
        yield f'<text class="t-ink" x="0" y="{top + 25:.1f}">{escape(paper.say(name))}</text>'
        if at + 1 < len(parts):
            yield f'<path class="gr" d="M0 {paper.bottom:.1f}H{WIDTH - RIGHT:g}"/>'


def _ticks(paper: _Paper) -> Iterator[str]:
    days = (paper.part.last - paper.part.first).days
    step = next((step for step in STEPS_OF_TICKS if days / step <= MOST_TICKS), STEPS_OF_TICKS[-1])
    for day in _tick_days(paper.part, step):
        x = paper.x(day)
        words = month_year(day) if step >= 30 else short_day(day)
        yield f'<path class="gr" d="M{x:.1f} {TOP:g}V{paper.bottom:.1f}"/>'
        yield f'<text class="t-s mid" x="{x:.1f}" y="14">{escape(words)}</text>'


def _tick_days(part: Part, step: int) -> Iterator[date]:
    """Days a step apart; from a month on the first of months."""
    margin = (part.last - part.first) / 40
    if step < 30:
        day = part.first
        while day <= part.last - margin:
            if day >= part.first + margin:
                yield day
            day += timedelta(days=step)
        return
    months = round(step / 30.4)
    at = part.first.year * 12 + part.first.month
    at += -at % months if months > 1 else 0
    while (day := date(at // 12, at % 12 + 1, 1)) <= part.last - margin:
        if day >= part.first + margin:
            yield day
        at += months


def _window(course: Timeline, paper: _Paper) -> Iterator[str]:
    if course.dlt is None or not paper.shows(*course.dlt):
        return
    first, last = course.dlt
    left, right = paper.clip(paper.x(first)), paper.clip(paper.x(last, 1))
    yield (
        f'<rect class="f-accs soft" x="{left:.1f}" y="{TOP:g}" width="{right - left:.1f}" '
        f'height="{paper.bottom - TOP:.1f}"/>'
    )
    days = (last - first).days
    words = f"{paper.say('DLT window')}, {paper.say('day')} 0 – {days}"
    if right - left > len(words) * LETTER:
        yield f'<text class="t-acc t-s" x="{left + 4:.1f}" y="28">{escape(words)}</text>'
    else:
        yield f'<text class="t-acc t-s" x="{left:.1f}" y="28">DLT</text>'


def _today(course: Timeline, paper: _Paper) -> Iterator[str]:
    if paper.shows(course.today):
        x = paper.x(course.today, 0.5)
        end = "end" if x > WIDTH - 80 else "mid"
        yield f'<path class="l-now" d="M{x:.1f} {TOP - 8:g}V{paper.bottom + 6:.1f}"/>'
        words = paper.say("today")
        yield f'<text class="t-now t-s {end}" x="{x:.1f}" y="{paper.bottom + 20:.1f}">{escape(words)}</text>'


# --- lanes ------------------------------------------------------------------------------------------------------------


class _Rows:
    """Rows of labels: a label goes where it lies over none, or nowhere."""

    def __init__(self, rows: int) -> None:
        self.ends = [float("-inf")] * rows

    def take(self, left: float, right: float) -> int | None:
        for row, end in enumerate(self.ends):
            if left >= end:
                self.ends[row] = right + 8
                return row
        return None


def _signs(paper: _Paper, signs: tuple[Sign, ...], top: float, classes: str) -> float:
    """Squares with their words beside them, in three rows."""
    rows = _Rows(3)
    for sign in signs:
        if not paper.shows(sign.day):
            continue
        x = paper.x(sign.day, 0.5)
        words = sign.label if sign.known else f"{sign.label} ({paper.say('about')})"
        wide = len(words) * LETTER + 12
        at_edge = x + wide > WIDTH
        row = rows.take(x - wide if at_edge else x - 6, x + 6 if at_edge else x + wide)
        y = top + 8 + (row if row is not None else 2) * 17
        paper.rect(x - 5, y + 2, 10, 10, classes, f"{words}, {short_day(sign.day)} {sign.day.year}", 2)
        if row is not None:
            paper.text(x - 9 if at_edge else x + 9, y + 11, words, "t-s end" if at_edge else "t-s")
    used = sum(end > float("-inf") for end in rows.ends)
    return max(used, 1) * 17 + 20


def _bars(paper: _Paper, bars: tuple[Bar, ...], top: float) -> float:
    rows = _Rows(2)
    for bar in bars:
        if not paper.shows(bar.first, bar.last):
            continue
        left, right = paper.clip(paper.x(bar.first)), paper.clip(paper.x(bar.last, 1))
        wide = len(bar.label) * LETTER
        at_edge = right + wide + 8 > WIDTH
        row = rows.take(left - wide - 8 if at_edge else left, right if at_edge else right + 8 + wide)
        y = top + 9 + (row or 0) * 22
        paper.rect(left, y, right - left, 19, "f-1s", f"{bar.label}, {short_day(bar.first)} – {short_day(bar.last)}", 4)
        if row is not None:
            paper.text(left - 6 if at_edge else right + 7, y + 14, bar.label, f"t-ink t-s{' end' if at_edge else ''}")
    used = sum(end > float("-inf") for end in rows.ends)
    return max(used, 1) * 22 + 16


def _drops(paper: _Paper, signs: tuple[Sign, ...], top: float) -> float:
    rows = _Rows(1)
    for sign in signs:
        if not paper.shows(sign.day):
            continue
        x = paper.x(sign.day, 0.5)
        told = f"{sign.label}, {short_day(sign.day)} {sign.day.year}"
        paper.add(
            f'<g transform="translate({x - 11:.1f} {top + 8:.1f})"><title>{escape(told)}</title><path class="f-acc" '
            'd="M11 0C7.3 5.7 4 8.5 4 12.5a7 7 0 0 0 14 0c0-4-3.3-6.8-7-12.5z"/></g>'
        )
        wide = len(sign.label) * LETTER
        at_edge = x + wide + 14 > WIDTH
        if rows.take(x - wide - 12 if at_edge else x, x if at_edge else x + 12 + wide) is not None:
            paper.text(x - 12 if at_edge else x + 12, top + 24, sign.label, f"t-ink t-s{' end' if at_edge else ''}")
    return 38.0


def _visits(paper: _Paper, visits: tuple[VisitSign, ...], top: float) -> float:
    """Circles, filled when done; a missed one has a cross; the window behind each; labels where there is room."""
    rows = _Rows(2)
    middle = top + 18
    shown = [one for one in sorted(visits, key=lambda one: one.day) if paper.shows(*(one.window or (one.day,)))]
    for visit in shown:
        if visit.window is not None:
            left, right = (paper.clip(paper.x(visit.window[0])), paper.clip(paper.x(visit.window[1], 1)))
            paper.rect(left, middle - 6, right - left, 12, "f-1s" if visit.entry else "f-sunk", "", 6)
    for visit in shown:
        if not paper.shows(visit.day):
            continue
        x = paper.x(visit.day, 0.5)
        _circle(paper, visit, x, middle)
        wide = len(visit.label) * LETTER
        inside = x - wide / 2 > LEFT - 20 and x + wide / 2 < WIDTH
        row = rows.take(x - wide / 2, x + wide / 2) if inside else None
        if row is not None:
            paper.text(x, middle + 18 + row * 13, visit.label, "t-s mid")
    return 56.0 if rows.ends[1] > float("-inf") else 44.0


def _circle(paper: _Paper, visit: VisitSign, x: float, y: float) -> None:
    word = paper.say(visit.state)
    told = f"<title>{escape(f'{visit.label}, {word}, {short_day(visit.day)} {visit.day.year}')}</title>"
    if visit.state == "done":
        paper.add(f'<circle class="f-acc" cx="{x:.1f}" cy="{y:.1f}" r="6.5">{told}</circle>')
        return
    if visit.state == "to do":
        paper.add(f'<circle class="f-sur" cx="{x:.1f}" cy="{y:.1f}" r="6"/>')
        paper.add(f'<circle class="s-acc" cx="{x:.1f}" cy="{y:.1f}" r="6">{told}</circle>')
        return
    if visit.state == "not recorded":
        paper.add(f'<circle class="f-sur" cx="{x:.1f}" cy="{y:.1f}" r="6"/>')
        paper.add(f'<circle class="s-dash" cx="{x:.1f}" cy="{y:.1f}" r="6">{told}</circle>')
        return
    cross = f"M{x - 5:.1f} {y - 5:.1f}l10 10m0 -10l-10 10"
    paper.add(f'<path class="s-over" d="{cross}">{told}</path>')


def _events(paper: _Paper, events: tuple[EventBar, ...], top: float) -> float:
    """Bars in as many rows as they need, the grade's digit in each stretch that has room for it."""
    rows: list[float] = []
    for event in sorted(events, key=lambda one: (one.first, one.last)):
        if not paper.shows(event.first, event.last):
            continue
        left, right = paper.clip(paper.x(event.first)), paper.clip(paper.x(event.last, 1))
        wide = len(event.term) * LETTER
        before = right + wide + 8 > WIDTH
        start, end = (left - wide - 8, right + 4) if before else (left, right + wide + 12)
        row = next((at for at, last in enumerate(rows) if start >= last), None)
        if row is None:
            rows.append(float("-inf"))
            row = len(rows) - 1
        rows[row] = end + 8
        y = top + 8 + row * PITCH
        _grades(paper, event, y)
        if before and left - wide - 8 < LEFT:
            _on_bar(paper, event, left, right, y)
        else:
            paper.text(left - 6 if before else right + 6, y + 14, event.term, f"t-s t-ink{' end' if before else ''}")
    return max(len(rows), 1) * PITCH + 14


def _on_bar(paper: _Paper, event: EventBar, left: float, right: float, y: float) -> None:
    """The term on its own bar, where there is room neither before nor behind it."""
    worst = event.steps[-1].grade
    words = event.term[: max(int((right - left - 40) / LETTER), 0)]
    paper.text(left + 30, y + 14, words, f"on-g{worst} t-s")


def _grades(paper: _Paper, event: EventBar, y: float) -> None:
    for step in event.steps:
        if not paper.shows(step.first, step.last):
            continue
        left, right = paper.clip(paper.x(step.first)), paper.clip(paper.x(step.last, 1))
        told = f"{event.term}, {paper.say('grade')} {step.grade}, {short_day(step.first)} – {short_day(step.last)}"
        paper.rect(left, y, right - left, 19, f"b-g{step.grade}", told)
        if right - left > 22:
            paper.text(left + 5, y + 14, f"G{step.grade}", f"on-g{step.grade} t-s")
        elif right - left > 10:
            paper.text(left + 2, y + 14, f"{step.grade}", f"on-g{step.grade} t-s")
