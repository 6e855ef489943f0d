"""How an entry reads, for people and for machines."""

from dataclasses import fields, is_dataclass
from typing import Any

from trialwright.ledger import Entry
from trialwright.ledger.kinds import What


def plain(value: Any) -> Any:
    """A value of the ledger as JSON knows it: dataclasses become objects, tuples lists; None is left out of objects."""
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((item.name, getattr(value, item.name)) for item in fields(value))
        return {name: plain(part) for name, part in pairs if part is not None}
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [plain(part) for part in value]
    if isinstance(value, bytes):
        return value.hex()
    return value


def entry_document(entry: Entry[What]) -> dict[str, Any]:
    """An entry as JSON, its kind beside what it says."""
    document = plain(entry)
    assert isinstance(document, dict)
    return {"kind": entry.what.kind} | document


def entry_line(entry: Entry[What]) -> str:
    """An entry in one line: number, kind, whom it concerns, when, by whom, short seal."""
    when = entry.occurred or entry.recorded_at
    about = entry.about or "study"
    pointer = f" corrects {entry.corrects[:8]}" if entry.corrects else ""
    pointer += f" retracts {entry.retracts[:8]}" if entry.retracts else ""
    mood = "" if entry.mood == "before" else f" [{entry.mood}]"
    with_ = f" with {entry.second.id}" if entry.second else ""
    words = f"#{entry.seq} {entry.what.kind} {about} {when} by {entry.actor}{with_}{mood}{pointer}"
    return f"{words}  {entry.hash.hex()[:8]}"
