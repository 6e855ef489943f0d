"""Whether a ledger is whole: every seal, every number, every byte; each fault named with its entry.

What no chain can show by itself is that its tail was cut off, or that all of it was written anew: for that its head
must be compared with one kept elsewhere (a printed report, a checkpoint).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson

from trialwright.errors import FormatError
from trialwright.facts.dates import parse_occurred
from trialwright.ledger.canon import check_text, parse_canonical, parse_exact
from trialwright.ledger.codec import check_header, parse_payload
from trialwright.ledger.instants import INSTANT
from trialwright.ledger.kinds import Adopted, Redacted, Unreadable
from trialwright.ledger.seal import FIRST_PREVIOUS, Sealed, seal_fault

ENOUGH = 100  # faults listed; whoever finds a hundred needs no hundred-and-first


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry that does not verify, and what is wrong with it."""

    seq: int  # where it stands, from 0
    id: str | None  # None where not even that can be read
    text: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verifier found: how many entries, their head, and every fault, broken seals in order first."""

    size: int  # entries looked at
    head: bytes  # the seal of the last of them
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        return not self.faults

    @property
    def entries(self) -> int:
        """Entries that are good, counted up to the first fault."""
        return self.faults[0].seq if self.faults else self.size


@dataclass(slots=True)
class _Seen:
    """What must be remembered from entry to entry."""

    ids: set[str] = field(default_factory=set)
    study: str | None = None
    recorded_at: str = ""
    removed: dict[str, int] = field(default_factory=dict)  # id -> seq of entries without content
    named: dict[str, int] = field(default_factory=dict)  # id -> seq of the `redacted` entry that names it


def check_ledger(entries: Iterable[Sealed], *, canonical: bool = True) -> Verification:
    """Every fault of a ledger, from its stored bytes.

    entries    in order; if reading the next one raises FormatError, that is a fault and the end.
    canonical  also parse each entry, write it again and compare, and check each field against its kind; without it
               the stored bytes are hashed as they are, which is enough for what this program wrote itself.
    """
    faults: list[Fault] = []
    seen, previous, size = _Seen(), FIRST_PREVIOUS, 0
    try:
        for sealed in entries:
            id, text = _entry_fault(sealed, previous, size, seen, canonical)
            if text and len(faults) < ENOUGH:
                faults.append(Fault(size, id, text))
            # After a broken seal the chain is followed from the hash as stored, so that one fault is named once.
            previous = sealed.hash
            size += 1
    except FormatError as fault:  # the source itself breaks off: a line that is none, a tail cut off
        faults.append(Fault(size, None, str(fault)))
    if size == 0 and not faults:
        faults.append(Fault(0, None, "there is no entry; the first one adopts the study"))
    faults.extend(_redaction_faults(seen))  # last: a broken entry may be the reason that one looks for in vain
    return Verification(size, previous, tuple(faults))


def _entry_fault(sealed: Sealed, previous: bytes, seq: int, seen: _Seen, canonical: bool) -> tuple[str | None, str]:
    """The entry's id as far as it can be read, and what is wrong with it; empty if nothing is."""
    id: str | None = None
    try:
        header = parse_exact(sealed.header) if canonical else orjson.loads(sealed.header)
        if canonical:
            check_header(header)
            check_text(sealed.header)
            _check_times(header)
        id = header["id"]
        text = seal_fault(sealed, previous, header["payload_sha256"]) or _place_fault(header, seq, seen)
        if canonical and sealed.payload is not None and not text:
            _check_payload(header, sealed.payload)
        _remember(header, sealed, seq, seen)
    except (FormatError, orjson.JSONDecodeError) as fault:
        return id, f"cannot be read: {fault}"
    except (KeyError, TypeError):  # stored bytes only: JSON, but no header or no `redacted` content of ours
        return id, "cannot be read: its fields are not those of an entry"
    return id, text


def _place_fault(header: dict[str, Any], seq: int, seen: _Seen) -> str:
    """Whether the entry may stand here: its number, its id, its study, and the first one's kind."""
    if header["seq"] != seq:
        return f"stands where entry {seq} should, and says it is entry {header['seq']}"
    if header["id"] in seen.ids:
        return f"its id {header['id']!r} was used before"
    if seen.study is not None and header["study"] != seen.study:
        return f"belongs to the study {header['study']!r}, and the ledger to {seen.study!r}"
    if header["recorded_at"] < seen.recorded_at:
        return f"was recorded at {header['recorded_at']}, before the entry before it ({seen.recorded_at})"
    if seq == 0 and header["kind"] != Adopted.kind:
        return f"the first entry adopts the study; this one is `{header['kind']}`"
    for target in (header["corrects"], header["retracts"]):
        if target is not None and target not in seen.ids:
            return f"amends {target!r}, and no entry before it has that id"
    return ""


_check_occurred = lru_cache(maxsize=4096)(parse_occurred)


def _check_times(header: dict[str, Any]) -> None:
    """Raises FormatError if an instant or a date is not written the one way we keep."""
    occurred, recorded, raw = header["occurred"], header["recorded_at"], header["clock_regressed"]
    if occurred is not None:
        _check_occurred(occurred)
    if not INSTANT.fullmatch(recorded) or (raw is not None and not INSTANT.fullmatch(raw)):
        raise FormatError(f"{raw or recorded!r} is not an instant of a ledger")


def _check_payload(header: dict[str, Any], data: bytes) -> None:
    """Raises FormatError if the content is not canonical or not what its kind says."""
    check_text(data)
    what, _, _ = parse_payload(header, parse_exact(data))
    if isinstance(what, Unreadable) or what.version != header["kind_version"]:
        parse_canonical(data)  # the checks of today's kind did not see these very fields
    if isinstance(what, Adopted):
        text = sha256(what.text.encode()).hexdigest()
        if not text == what.sha256 == header["study_sha256"]:
            raise FormatError("it adopts a study whose text has another SHA-256")


def _remember(header: dict[str, Any], sealed: Sealed, seq: int, seen: _Seen) -> None:
    id = header["id"]
    seen.ids.add(id)
    seen.recorded_at = header["recorded_at"]
    if seen.study is None:
        seen.study = header["study"]
    if sealed.payload is None:
        seen.removed[id] = seq
    elif header["kind"] == Redacted.kind:
        seen.named[str(orjson.loads(sealed.payload)["what"]["entry"])] = seq


def _redaction_faults(seen: _Seen) -> list[Fault]:
    """Contents that are gone without a reason, and reasons whose content is still there."""
    gone = [
        Fault(seq, id, "UNJUSTIFIED: its content was removed, and no `redacted` entry says why and who approved it")
        for id, seq in seen.removed.items()
        if id not in seen.named
    ]
    kept = [
        Fault(seq, None, f"says that the content of {id!r} was removed, and it was not")
        for id, seq in seen.named.items()
        if id not in seen.removed
    ]
    return gone + kept
