"""Instants of recording (UTC, to the millisecond, one spelling), and the earliest day of what occurred."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from trialwright.errors import FormatError

INSTANT = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z")
"""How a ledger spells an instant. Of one length and most significant first, so that texts compare as times."""


def format_instant(moment: datetime) -> str:
    """The one spelling of an instant in a ledger; `moment` must know its zone.

    >>> format_instant(datetime(2026, 11, 22, 8, 30, tzinfo=UTC))
    '2026-11-22T08:30:00.000Z'
    """
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def parse_instant(text: str) -> datetime:
    """The instant that a text with its zone means. Raises FormatError without a zone: a day is no instant."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise FormatError(f"{text!r} is not an instant; write it like 2026-11-22T08:30:00Z, zone included.")
    return moment.astimezone(UTC)


def earliest_day(occurred: str) -> str:
    """The earliest day a partial date or local date-time can mean, as YYYY-MM-DD.

    >>> [earliest_day(text) for text in ("2026", "2026-11", "2026-11-22", "2026-11-22T23:30+08:00[Asia/Shanghai]")]
    ['2026-01-01', '2026-11-01', '2026-11-22', '2026-11-22']
    """
    return (occurred + "-01-01" if len(occurred) == 4 else occurred + "-01" if len(occurred) == 7 else occurred)[:10]


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local_day(recorded_at: str, zone: str) -> str:
    """The day at the site, as YYYY-MM-DD, on which an instant of recording fell.

    >>> local_day("2026-11-22T16:30:00.000Z", "Asia/Shanghai")
    '2026-11-23'
    """
    return f"{parse_instant(recorded_at).astimezone(_zone(zone)):%Y-%m-%d}"
