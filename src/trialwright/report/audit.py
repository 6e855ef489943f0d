"""The audit trail: which entries are asked for, in the ledger's order from the newest, and as a document to hand over.

Every entry counts, also refusals and what was corrected since. Pages go by entry number, so that a page of a long
ledger costs no more than the entries looked at.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from trialwright.errors import FormatError
from trialwright.facts import LocalTime, parse_occurred
from trialwright.ledger.entry import AnyEntry, Mood
from trialwright.ledger.instants import parse_instant
from trialwright.ledger.kinds import Refused
from trialwright.ledger.trial import Trial

MOODS: Final = ("before", "told late", "taken over")
_MOOD: Final = {Mood.BEFORE: "before", Mood.HAPPENED: "told late", Mood.HISTORICAL: "taken over"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries: what is left empty asks for all.

    recorded_from, recorded_to  by the site's day of recording; occurred_from, occurred_to by the day it happened
    only  "corrections" (with what was taken back) | "refusals" | "" for all
    """

    about: str = ""
    kind: str = ""
    user: str = ""
    role: str = ""
    site: str = ""
    mood: str = ""
    only: str = ""
    recorded_from: date | None = None
    recorded_to: date | None = None
    occurred_from: date | None = None
    occurred_to: date | None = None

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """What was asked, as names and values; empty for everything."""
        named = ((part.name, getattr(self, part.name)) for part in fields(self))
        return tuple((name.replace("_", " "), str(value)) for name, value in named if value not in ("", None))


def entries_asked(
    trial: Trial,
    asked: Asked,
    *,
    before: int | None = None,
    zone: str = "UTC",
    allowed: Callable[[AnyEntry], bool] | None = None,
    among: Iterable[AnyEntry] | None = None,
) -> Iterator[AnyEntry]:
    """The entries asked for, newest first, one after the other: take as many as a page shows.

    before   only entries with a lower number
    zone     the site's, in whose days `recorded_from` and `recorded_to` count
    allowed  whether the reader may see an entry; left out: all
    among    the entries to look among, newest first, where an index knows them; left out: the whole ledger
    """
    codes = _codes(trial, asked.about)
    clock = ZoneInfo(zone)
    entries = reversed(tuple(trial.by_id.values())) if among is None else among
    for entry in entries:
        if before is not None and entry.seq >= before:
            continue
        if (allowed is None or allowed(entry)) and _fits(entry, asked, codes, clock):
            yield entry


def _codes(trial: Trial, about: str) -> frozenset[str]:
    """The code asked for, and the screening code of a participant's number."""
    if not about:
        return frozenset()
    book = trial.casebook(about)
    return frozenset({about.upper(), about, *((book.code,) if book else ())})


def _fits(entry: AnyEntry, asked: Asked, codes: frozenset[str], clock: ZoneInfo) -> bool:
    if codes and entry.about not in codes:
        return False
    if asked.kind and entry.what.kind != asked.kind:
        return False
    if asked.user and asked.user not in (entry.actor.id, entry.second.id if entry.second else None):
        return False
    if asked.role and entry.actor.role != asked.role:
        return False
    if asked.site and entry.site != asked.site:
        return False
    if asked.mood and _MOOD[entry.mood] != asked.mood:
        return False
    return _only(entry, asked.only) and _dated(entry, asked, clock)


def _only(entry: AnyEntry, only: str) -> bool:
    if only == "corrections":
        return bool(entry.corrects or entry.retracts)
    return only != "refusals" or isinstance(entry.what, Refused)


def _dated(entry: AnyEntry, asked: Asked, clock: ZoneInfo) -> bool:
    if asked.recorded_from or asked.recorded_to:
        day = parse_instant(entry.recorded_at).astimezone(clock).date()
        if (asked.recorded_from and day < asked.recorded_from) or (asked.recorded_to and day > asked.recorded_to):
            return False
    if asked.occurred_from or asked.occurred_to:
        try:
            when = parse_occurred(entry.occurred or "")
        except FormatError:
            return False
        if asked.occurred_from and when.latest < asked.occurred_from:
            return False
        if asked.occurred_to and when.earliest > asked.occurred_to:
            return False
    return True


def mood_words(entry: AnyEntry) -> str:
    """How it came to be written: before the deed, told late, taken over."""
    return _MOOD[entry.mood]


def delay(entry: AnyEntry) -> str | None:
    """How long after the deed it was recorded: "3 h", "2 days"; None where the day or the order is not known."""
    try:
        when = parse_occurred(entry.occurred or "")
    except FormatError:
        return None
    recorded = parse_instant(entry.recorded_at)
    if isinstance(when, LocalTime):
        hours = (recorded - _instant(when)).total_seconds() / 3600
        if hours < 0:
            return None
        return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"
    days = (recorded.date() - when.latest).days if when.exact else -1
    return None if days < 0 else f"{days} days" if days != 1 else "1 day"


def _instant(when: LocalTime) -> datetime:
    return (when.wall - timedelta(minutes=when.offset_minutes)).replace(tzinfo=UTC)


def local(recorded_at: str, zone: str) -> datetime:
    """The instant by a site's clock."""
    return parse_instant(recorded_at).astimezone(ZoneInfo(zone))


# --- to hand over -----------------------------------------------------------------------------------------------------

HEAD: Final = (
    "number", "recorded (UTC)", "recorded (site)", "occurred", "delay", "site", "about", "kind", "says", "by", "role",
    "second", "mood", "told by", "source of telling", "why late", "corrects", "retracts", "reason", "why", "hash",
)  # fmt: skip
_ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before what could begin one.

    >>> inert("=1+1")
    "'=1+1"
    """
    return f"'{text}" if text.lstrip(" ").startswith(_ACTIVE) or text.startswith(("\t", "\r", "\n")) else text


def audit_row(entry: AnyEntry, says: str, numbers: Mapping[str, int], zone: str) -> tuple[str, ...]:
    """One entry as a row under `HEAD`. `says` is its content in words; `numbers` gives the number of an id."""

    def number(id: str | None) -> str:
        return "" if id is None else str(numbers.get(id, id))

    told = entry.told
    return (
        str(entry.seq),
        entry.recorded_at,
        local(entry.recorded_at, zone).isoformat(timespec="seconds"),
        entry.occurred or "",
        delay(entry) or "",
        entry.site,
        entry.about or "",
        entry.what.kind,
        says,
        entry.actor.id,
        entry.actor.role,
        str(entry.second) if entry.second else "",
        mood_words(entry),
        told.who if told else "",
        told.source if told else "",
        told.why_late if told else "",
        number(entry.corrects),
        number(entry.retracts),
        entry.reason_code or "",
        entry.why or "",
        entry.hash.hex(),
    )
