"""Entries as lines a person reads: what, about whom, when, by whom, number, hash; of a correction the old value."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.kinds import Refused, Retracted
from trialwright.web.door import Standing


@dataclass(frozen=True, slots=True)
class Line:
    """One entry for reading. `sort`: "ref" a refusal, "fix" a correction or retraction, else empty."""

    entry: AnyEntry
    title: str
    sort: str
    details: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, str, str], ...]

    @property
    def second(self) -> str | None:
        return self.entry.second.id if self.entry.second else None


def lines(stands: Standing, entries: Iterable[AnyEntry]) -> tuple[Line, ...]:
    return tuple(shown_line(stands, entry) for entry in entries)


def shown_line(stands: Standing, entry: AnyEntry) -> Line:
    """One entry for reading."""
    return Line(entry, title(entry), _sort(entry), tuple(_details(entry)), tuple(_changes(stands, entry)))


def title(entry: AnyEntry) -> str:
    """What happened, in a few words."""
    if isinstance(entry.what, Refused):
        return f"Refused: {entry.what.act.replace('_', ' ')}"
    if isinstance(entry.what, Retracted):
        return "Taken back"
    kind = entry.what.kind.replace("_", " ")
    return f"{kind[0].upper()}{kind[1:]}{', corrected' if entry.corrects else ''}"


def history(stands: Standing, entry: AnyEntry) -> tuple[Line, ...]:
    """The entry's whole chain: as first written, each correction, the retraction."""
    first = entry.corrects or entry.retracts or entry.id
    chain = stands.trial.originals.get(first) or (entry,)
    return lines(stands, chain)


def _sort(entry: AnyEntry) -> str:
    if isinstance(entry.what, Refused):
        return "ref"
    return "fix" if entry.corrects or entry.retracts else ""


def _details(entry: AnyEntry) -> Iterator[tuple[str, str]]:
    for part in fields(entry.what):
        value = getattr(entry.what, part.name)
        if value not in (None, (), {}, ""):
            yield part.name.replace("_", " "), said(value)


def said(value: Any) -> str:
    """Any value of an entry, as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {said(part)}" for key, part in value.items() if part not in (None, ""))
    if isinstance(value, tuple | list):
        return ", ".join(said(part) for part in value)
    return str(value)


def _changes(stands: Standing, entry: AnyEntry) -> Iterator[tuple[str, str, str]]:
    """Field, old value and new value of a correction."""
    if not entry.corrects:
        return
    chain = stands.trial.originals.get(entry.corrects, ())
    before = [one for one in chain if one.seq < entry.seq]
    if not before:
        return
    old = before[-1]
    for part in fields(entry.what):
        was, now = getattr(old.what, part.name, None), getattr(entry.what, part.name)
        if was != now:
            yield part.name.replace("_", " "), said(was) if was is not None else "–", said(now)
    if old.occurred != entry.occurred:
        yield "when", str(old.occurred), str(entry.occurred)
