"""Which entries are about whom: an index that grows with the ledger, one in each process, never built twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.trial import Trial
from trialwright.web.door import Standing


@dataclass
class _Index:
    """Numbers of entries by the code they are about, as far as the ledger was read."""

    numbers: dict[str, list[int]] = field(default_factory=dict)
    size: int = 0
    head: bytes = b""  # hash of the newest entry read: another one there is another ledger

    def fits(self, trial: Trial) -> bool:
        return self.size == 0 or (self.size <= trial.size and trial.recorded[self.size - 1].hash == self.head)

    def read(self, trial: Trial) -> None:
        for seq in range(self.size, trial.size):
            entry = trial.recorded[seq]
            if entry.about:
                self.numbers.setdefault(entry.about, []).append(seq)
            self.head = entry.hash
        self.size = max(self.size, trial.size)


_INDEXES: Final[dict[tuple[str, str], _Index]] = {}
_LOCK = Lock()


def entries_about(stands: Standing, code: str) -> Sequence[AnyEntry]:
    """Every entry about a code, newest first, also those corrected or taken back since, and refusals."""
    trial, key = stands.trial, (stands.name, str(stands.directory.path))
    with _LOCK:
        index = _INDEXES.get(key)
        if index is None or (index.size <= trial.size and not index.fits(trial)):
            index = _INDEXES[key] = _Index()
        index.read(trial)
        numbers = index.numbers.get(code, ())
        return [trial.recorded[seq] for seq in reversed(numbers) if seq < trial.size]
