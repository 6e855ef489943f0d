"""When something happened, as far as it is known: a year, a month, a day, or a minute at a site's clock."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cached_property, lru_cache

from trialwright.errors import FormatError
from trialwright.facts.text import quoted

# [0-9], never \d, which matches Arabic-Indic digits; \Z, never $, which lets a trailing newline pass.
_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\Z")
_LOCAL = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)([+-])([0-9]{2}):([0-9]{2})\[([^\[\]]+)\]\Z"
)
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*\Z")
_LONGEST = 80  # no date-time is longer; stops a megabyte before the expression sees it


@dataclass(frozen=True, order=False)
class PartialDate:
    """A date of which the day, or day and month, may be unknown: the interval from `earliest` to `latest`.

    >>> str(PartialDate(2026, 11)), PartialDate(2026, 11).latest
    ('2026-11', datetime.date(2026, 11, 30))
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError("a day needs its month")
        date(self.year, _or_first(self.month), _or_first(self.day))

    @cached_property
    def earliest(self) -> date:
        return date(self.year, _or_first(self.month), _or_first(self.day))

    @cached_property
    def latest(self) -> date:
        if self.day is not None:
            return self.earliest
        if self.month is None:
            return date(self.year, 12, 31)
        if self.month == 12:
            return date(self.year, 12, 31)
        return date(self.year, self.month + 1, 1) - timedelta(days=1)

    @property
    def exact(self) -> bool:
        """Whether the day is known."""
        return self.day is not None

    @classmethod
    def of(cls, day: date) -> "PartialDate":
        return cls(day.year, day.month, day.day)

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"] + [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)


@dataclass(frozen=True)
class LocalTime:
    """A minute (or second) on a site's clock, with the offset and the zone that clock then followed.

    The offset is what the clock said, kept for good: zone tables change, entries do not. Whether the zone
    really had that offset is the door's question, because answering it needs a table from outside.
    """

    wall: datetime  # no tzinfo: what the clock on the wall showed
    offset_minutes: int
    zone: str

    def __post_init__(self) -> None:
        if self.wall.tzinfo is not None or self.wall.microsecond:
            raise ValueError("wall is the clock's own reading: no tzinfo, whole seconds")
        if abs(self.offset_minutes) > 14 * 60:
            raise ValueError("no clock on earth is more than 14 hours from UTC")
        if not _ZONE.match(self.zone):
            raise ValueError(f"{quoted(self.zone)} is not a zone name such as Asia/Shanghai")

    @property
    def earliest(self) -> date:
        return self.wall.date()

    @property
    def latest(self) -> date:
        return self.wall.date()

    @property
    def exact(self) -> bool:
        return True

    @cached_property
    def instant(self) -> datetime:
        """The same moment in UTC. Hours are counted here, never between two readings of a wall clock."""
        return self.wall.replace(tzinfo=timezone(timedelta(minutes=self.offset_minutes))).astimezone(UTC)

    def __str__(self) -> str:
        shown = self.wall.isoformat(timespec="seconds" if self.wall.second else "minutes")
        sign = "-" if self.offset_minutes < 0 else "+"
        hours, minutes = divmod(abs(self.offset_minutes), 60)
        return f"{shown}{sign}{hours:02d}:{minutes:02d}[{self.zone}]"


Occurred = PartialDate | LocalTime


@lru_cache(maxsize=65_536)
def parse_partial_date(text: str) -> PartialDate:
    """The partial date written as 2026, 2026-11 or 2026-11-20, in ASCII digits and nothing else.

    Raises FormatError, naming what was found.
    """
    found = _PARTIAL.match(text) if len(text) <= _LONGEST else None
    if found is None:
        raise FormatError(f"{quoted(text)} is not a date. Write 2026, 2026-11 or 2026-11-20.")
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        return PartialDate(0 if year is None else year, month, day)
    except ValueError:
        raise FormatError(f"{quoted(text)} is not a day of the calendar. Check the month and the day.") from None


@lru_cache(maxsize=65_536)
def parse_occurred(text: str) -> Occurred:
    """When something occurred: a partial date, or 2026-11-20T14:30+08:00[Asia/Shanghai].

    Raises FormatError. `format_occurred(parse_occurred(t)) == t` for every text accepted, so a ledger can keep it;
    a second of :00 is therefore refused (write the minute alone).
    """
    if "T" not in text:
        return parse_partial_date(text)
    found = _LOCAL.match(text) if len(text) <= _LONGEST else None
    if found is None:
        raise FormatError(f"{quoted(text)} is not a time with its zone. Write 2026-11-20T14:30+08:00[Asia/Shanghai].")
    day, clock, sign, hours, minutes, zone = found.groups()
    try:
        if int(minutes) > 59:
            raise ValueError
        offset = (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)
        moment = LocalTime(datetime.fromisoformat(f"{day}T{clock}"), offset, zone)
    except ValueError:
        raise FormatError(
            f"{quoted(text)} is not a moment of the calendar. Check the day, the hour and the offset."
        ) from None
    if str(moment) != text:
        raise FormatError(f"{quoted(text)} is not written the one way we keep: {moment}.")
    return moment


def format_occurred(occurred: Occurred) -> str:
    """The text that `parse_occurred` reads back to the same value."""
    return str(occurred)


def completed_years(born: PartialDate, on: date) -> tuple[int, int]:
    """The fewest and the most completed years of age on a day, given what is known of the birth date.

    Whoever is born on 29 February completes a year on 1 March where the year has no such day.
    Negative before birth.

    >>> completed_years(parse_partial_date("1971-05"), date(2026, 5, 10))
    (54, 55)
    """
    return _years(born.latest, on), _years(born.earliest, on)


def completed_months(born: PartialDate, on: date) -> tuple[int, int]:
    """The fewest and the most completed months of age on a day."""
    return _months(born.latest, on), _months(born.earliest, on)


def _or_first(part: int | None) -> int:
    return 1 if part is None else part


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _months(born: date, on: date) -> int:
    return (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
