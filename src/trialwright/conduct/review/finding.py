"""One thing that an edit check found in a casebook, with a key that stays and a digest of what it saw."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.trial import Casebook, Trial


@dataclass(frozen=True)
class Finding:
    """An automatic query: computed from the casebook, never an entry. It is gone once its cause is.

    rule   which check found it, such as value.implausible
    entry  first id of the entry it is about
    field  the field or item of that entry; for a fact its place and concept
    saw    everything the check looked at: another value is another question, and asks again
    since  when the newest entry it rests on was recorded
    """

    rule: str
    about: str
    text: str
    entry: str
    field: str | None
    visit: str | None
    item: str | None
    saw: tuple[str, ...]
    since: str

    @cached_property
    def key(self) -> str:
        """Names the question: the same as long as it is the same check of the same place."""
        return ":".join((self.rule, self.about, self.entry, *((self.field,) if self.field else ())))

    @cached_property
    def content(self) -> str:
        """A digest of what the check saw, 16 hexadecimal digits."""
        return sha256("\x1f".join((self.rule, *self.saw)).encode()).hexdigest()[:16]


def found(
    trial: Trial,
    book: Casebook,
    rule: str,
    text: str,
    entry: AnyEntry,
    *,
    saw: Iterable[object],
    field: str | None = None,
    visit: str | None = None,
    item: str | None = None,
    beside: Iterable[AnyEntry] = (),
) -> Finding:
    """A finding about an entry; `beside` are other entries it rests on."""
    first = trial.originals[entry.id][0].id
    since = max((one.recorded_at for one in (entry, *beside)), default="")
    return Finding(rule, book.code, text, first, field, visit, item, tuple(map(str, saw)), since)
