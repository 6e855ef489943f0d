"""Which facts lie in a rule's window: surely inside, surely outside, or not known because a date is partial.

Window ends are inclusive calendar days at the site. Only a window of hours between two moments known to the
minute is counted in hours; where one of the two is only a day, the hours it may span decide.
"""

import calendar
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Generic, Protocol, TypeVar

from trialwright.criteria.asking import Asking
from trialwright.criteria.criterion import Reason, ReasonKind
from trialwright.criteria.language import Duration, Ever, Gap, Lasting, Side, SideWord, Window, Within
from trialwright.criteria.printing import format_window
from trialwright.facts import LocalTime, Occurred, PartialDate


class Where(IntEnum):
    """Where a fact stands to a window. The lower wins where several windows are named."""

    OUT = 0
    MAYBE = 1
    IN = 2


class Dated(Protocol):
    """Whatever has a date can be laid beside a window: an observation, a code, a pair of observations."""

    @property
    def on(self) -> Occurred: ...


Row = TypeVar("Row", bound=Dated)
End = tuple[date, date]  # the earliest and the latest day on which a window may begin or end; equal where it is known
_ALWAYS: tuple["Span", ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A window laid on the calendar. `days` and `counted_from` say how old is too old, for the reader."""

    words: str
    start: End | None = None
    end: End | None = None
    days: int | None = None
    counted_from: date | None = None
    hours: "Hours | None" = None

    def place(self, on: Occurred) -> Where:
        if self.hours is not None:
            return self.hours.place(on)
        return min(_after(on, self.start), _before(on, self.end))

    def meets(self, begins: Occurred, ends: Occurred) -> Where:
        """Where a period stands: it meets the window if it begins before the window's end and ends after its start."""
        if self.hours is not None:
            return max(self.hours.place(begins), self.hours.place(ends))
        return min(_after(ends, self.start), _before(begins, self.end))

    def not_before(self, on: Occurred) -> bool:
        """Whether something said on a day is young enough to speak for the window."""
        if self.hours is not None:
            return self.hours.place(on) is not Where.OUT
        return _after(on, self.start) is Where.IN


@dataclass(frozen=True, slots=True)
class Hours:
    """`within 24 hours before infusion`, or at least so many hours away (`gap`)."""

    anchor: Occurred
    hours: int
    side: SideWord
    gap: bool

    def place(self, on: Occurred) -> Where:
        least, most = self._hours_away(on)
        if self.gap:
            return Where.IN if least >= self.hours else Where.OUT if most < self.hours else Where.MAYBE
        if most < 0 or least > self.hours:
            return Where.OUT
        # Two dates of one day count as in order; two moments known to the minute are what they are.
        same_day = on.earliest == on.latest == self.anchor.earliest == self.anchor.latest
        timed = isinstance(on, LocalTime) and isinstance(self.anchor, LocalTime)
        in_order = least >= 0 or (same_day and not timed)
        return Where.IN if in_order and most <= self.hours else Where.MAYBE

    def _hours_away(self, on: Occurred) -> tuple[float, float]:
        """The fewest and the most hours to the anchor on the window's side; on both sides, without a sign."""
        if self.side == "after":
            return hours_between(self.anchor, on)
        least, most = hours_between(on, self.anchor)
        if self.side == "before":
            return least, most
        return (
            (0.0, max(-least, most)) if least < 0 < most else (min(abs(least), abs(most)), max(abs(least), abs(most)))
        )


@dataclass(slots=True)
class Selected(Generic[Row]):
    """Rows by where they stand to the window."""

    inside: list[Row]
    maybe: list[Row]
    outside: list[Row]


Spans = Callable[[Asking], tuple[Span, ...] | Reason]


def spans_of(windows: Sequence[Window]) -> Spans:
    """The windows, ready to be laid on a person's calendar. Gives a Reason where an anchor has not happened."""
    laid = [window for window in windows if not isinstance(window, Ever | Lasting)]
    if not laid:
        return lambda asking: _ALWAYS

    def spans(asking: Asking) -> tuple[Span, ...] | Reason:
        found: list[Span] = []
        for window in laid:
            span = _span(window, asking)
            if isinstance(span, Reason):
                return span
            found.append(span)
        return tuple(found)

    return spans


def select(rows: Sequence[Row], spans: tuple[Span, ...], on: date) -> Selected[Row]:
    """The rows sorted by where they stand to all windows and to the day of asking."""
    selected: Selected[Row] = Selected([], [], [])
    bins = (selected.outside, selected.maybe, selected.inside)
    for row in rows:
        bins[placed_start(row.on, spans, on)].append(row)
    return selected


def placed_start(on: Occurred, spans: tuple[Span, ...], today: date) -> Where:
    """Where one date stands to all windows and to the day of asking."""
    where = Where.IN if on.latest <= today else Where.MAYBE
    return min([where, *(span.place(on) for span in spans)])


def placed_period(begins: Occurred, ends: Occurred, spans: tuple[Span, ...], today: date, open_ended: bool) -> Where:
    """Where a period stands. Open-ended: what began before the window may or may not have gone on into it."""
    where = Where.IN if begins.latest <= today else Where.MAYBE
    for span in spans:
        met = span.meets(begins, ends)
        if met is Where.OUT and open_ended and span.meets(begins, PartialDate.of(today)) is not Where.OUT:
            met = Where.MAYBE
        where = min(where, met)
    return where


def stale(row: Dated, shown: str, spans: tuple[Span, ...], about: str) -> Reason:
    """Why the newest row outside the window is not used: "last 2.1 mg/dL on 2025-11-02 is 60 d old, limit 14 d".

    The row must lie outside one of the spans.
    """
    missed = next(span for span in spans if span.place(row.on) is Where.OUT)
    text = f"last {shown} on {row.on} is not {missed.words}"
    if missed.days is not None and missed.counted_from is not None and row.on.latest <= missed.counted_from:
        age = (missed.counted_from - row.on.latest).days
        text = f"last {shown} on {row.on} is {age} d old, limit {missed.days} d"
    return Reason(ReasonKind.STALE, text, about)


def moved(day: date, duration: Duration, direction: int) -> date:
    """A day moved by a duration; a month's end stays a month's end (31 March back one month is 28 February)."""
    steps = duration.number * direction
    if duration.unit in ("month", "year"):
        months = day.year * 12 + day.month - 1 + steps * (12 if duration.unit == "year" else 1)
        year, month = divmod(months, 12)
        if not 1 <= year <= 9999:
            return date.min if direction < 0 else date.max
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    if duration.unit == "hour":
        raise ValueError("hours do not move a day: see hours_between")
    try:
        return day + timedelta(days=steps * (7 if duration.unit == "week" else 1))
    except OverflowError:
        return date.min if direction < 0 else date.max


def _span(window: Within | Gap | Side, asking: Asking) -> Span | Reason:
    anchor = asking.anchor(window.anchor)
    if anchor is None:
        if window.side != "before":
            text = f"{window.anchor} has not happened by {asking.on}, or its date is not recorded"
            return Reason(ReasonKind.MISSING, text, window.anchor)
        anchor = PartialDate.of(asking.on)  # what has not happened yet counts as now
    here = (anchor.earliest, anchor.latest)
    words = format_window(window)
    if isinstance(window, Side):
        return Span(words, *{"before": (None, here), "after": (here, None)}.get(window.side, (here, here)))
    duration, gap = window.duration, isinstance(window, Gap)
    if duration.unit == "hour":
        return Span(words, hours=Hours(anchor, duration.number, window.side, gap))
    back = (moved(anchor.earliest, duration, -1), moved(anchor.latest, duration, -1))
    ahead = (moved(anchor.earliest, duration, 1), moved(anchor.latest, duration, 1))
    if gap:
        return Span(words, end=back) if window.side != "after" else Span(words, start=ahead)
    days = (anchor.latest - back[1]).days
    match window.side:
        case "before":
            return Span(words, back, here, days, anchor.latest)
        case "after":
            return Span(words, here, ahead)
        case _:
            return Span(words, back, ahead, days, anchor.latest)


def _after(on: Occurred, start: End | None) -> Where:
    if start is None or on.earliest >= start[1]:
        return Where.IN
    return Where.OUT if on.latest < start[0] else Where.MAYBE


def _before(on: Occurred, end: End | None) -> Where:
    if end is None or on.latest <= end[0]:
        return Where.IN
    return Where.OUT if on.earliest > end[1] else Where.MAYBE


def hours_between(first: Occurred, second: Occurred) -> tuple[float, float]:
    """The fewest and the most hours from `first` to `second`, negative if it comes before."""
    if isinstance(first, LocalTime) and isinstance(second, LocalTime):
        exactly = (second.instant - first.instant).total_seconds() / 3600
        return exactly, exactly
    return _hours(_wall(first)[1], _wall(second)[0]), _hours(_wall(first)[0], _wall(second)[1])


def _hours(first: datetime, second: datetime) -> float:
    return (second - first).total_seconds() / 3600


def _wall(on: Occurred) -> tuple[datetime, datetime]:
    if isinstance(on, LocalTime):
        return on.wall, on.wall
    day = timedelta(hours=23, minutes=59)  # the last minute of a day is still that day
    return _midnight(on.earliest), _midnight(on.latest) + day


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock's reading, as LocalTime.wall
