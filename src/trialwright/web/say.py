"""Dates, moments and numbers as a person reads them: 24 Nov 2026; 2026年11月24日; 1,284."""

import re
from datetime import date, datetime

from trialwright.errors import FormatError
from trialwright.facts import LocalTime, parse_occurred

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CHINESE = "zh"


def day(value: date | datetime | str | None, language: str | None = None) -> str:
    """A day for reading; of a partial date as much as is known; other text as it is."""
    if value is None or value == "":
        return "–"
    if isinstance(value, str):
        return _partial(value, language)
    return _ymd(value.year, value.month, value.day, language)


def moment(value: datetime | str | None, language: str | None = None) -> str:
    """A day and, where it is known, the time of day."""
    if isinstance(value, datetime):
        return f"{day(value, language)} {value:%H:%M}"
    if not value:
        return "–"
    try:
        read = parse_occurred(value)
    except FormatError:
        return value
    if isinstance(read, LocalTime):
        return f"{day(read.wall, language)} {read.wall:%H:%M}"
    return day(value, language)


UNITS = (
    ("10*9/L", "× 10⁹/L"),
    ("10*12/L", "× 10¹²/L"),
    ("umol", "μmol"),
    ("ug/L", "μg/L"),
    ("mg/m2", "mg/m²"),
    ("/uL", "/μL"),
    ("Cel", "°C"),
    ("mm[Hg]", "mmHg"),
)
"""Units as the closed table spells them, and as people read them."""


def measured(text: str) -> str:
    """A value as reported with its unit as people read it: 1.9 × 10⁹/L. A no-break space keeps them together."""
    for code, read in UNITS:
        text = text.replace(code, read)
    return re.sub(r"(?<=[0-9]) (?=[^\W\d_]|[%/×°])", "\u00a0", text, count=1)


def unit(code: str) -> str:
    """A unit as people read it: × 10⁹/L for 10*9/L."""
    for written, read in UNITS:
        code = code.replace(written, read)
    return code


def number(value: int) -> str:
    return f"{value:,}"


def _partial(text: str, language: str | None) -> str:
    head = text[:10]
    parts = head.split("-")
    if not all(part.isdigit() for part in parts) or not 1 <= len(parts) <= 3:
        return text
    numbers: list[int | None] = [int(part) for part in parts]
    year, month, day_of = [*numbers, None, None][:3]
    return _ymd(year or 0, month, day_of, language)


def _ymd(year: int, month: int | None, day_of: int | None, language: str | None) -> str:
    if language and language.startswith(CHINESE):
        return f"{year}年" + (f"{month}月" if month else "") + (f"{day_of}日" if day_of else "")
    return " ".join(str(part) for part in (day_of, MONTHS[month - 1] if month else None, year) if part)
