"""Which entries are about whom, kept with the fold: built once for each head of the ledger."""

from collections.abc import Mapping

from trialwright.ledger.entry import AnyEntry
from trialwright.web.door import Standing
from trialwright.web.remembered import remembered


def entries_about(stands: Standing, code: str) -> tuple[AnyEntry, ...]:
    """Every entry about a code, newest first, also those corrected or taken back since, and refusals."""
    return _index(stands).get(code, ())


def _index(stands: Standing) -> Mapping[str, tuple[AnyEntry, ...]]:
    return remembered(stands, "entries about", lambda: _built(stands), each="head")


def _built(stands: Standing) -> Mapping[str, tuple[AnyEntry, ...]]:
    found: dict[str, list[AnyEntry]] = {}
    for entry in newest_first(stands):
        if entry.about:
            found.setdefault(entry.about, []).append(entry)
    return {code: tuple(entries) for code, entries in found.items()}


def newest_first(stands: Standing) -> tuple[AnyEntry, ...]:
    """Every entry as recorded, the newest first."""
    return remembered(stands, "newest first", lambda: stands.latest, each="head")
