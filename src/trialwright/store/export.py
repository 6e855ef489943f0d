"""Taking a ledger out as JSON lines, and reading such a file."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from trialwright.errors import FormatError, IntegrityError, UsageError
from trialwright.ledger.codec import unseal
from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.jsonl import format_line, parse_line
from trialwright.ledger.seal import FIRST_PREVIOUS
from trialwright.store.store import Store

LINE_BEGINS = b'{"hash":"'
LINE = re.compile(LINE_BEGINS + b'([0-9a-f]{64})"')


def export_jsonl(store: Store, out: Path | str) -> tuple[int, bytes]:
    """Write the whole ledger as JSON lines; gives its size and head. The file appears whole or not at all.

    Raises UsageError if something else is there: only an earlier export is replaced, and only by a ledger that goes on
    from it. A ledger that was cut or written anew must not take the place of the evidence against it. IntegrityError at
    the first entry whose seal does not hold.
    """
    out = Path(out)
    if not out.parent.is_dir():
        raise UsageError(
            f"there is no directory {out.parent} to write {out.name} to. Make it first, or choose another."
        )
    partial = out.with_name(f".{out.name}.partial")
    earlier = _earlier_head(out)
    size, head, goes_on = 0, FIRST_PREVIOUS, earlier is None
    try:
        with partial.open("wb") as file, store.queue, store.engine.reading(-1) as tail:
            for sealed in tail.entries:
                unseal(sealed, head, size)  # what does not verify is not handed on as if it did
                file.write(format_line(sealed))
                size, head = size + 1, sealed.hash
                goes_on = goes_on or head == earlier
            file.flush()
            os.fsync(file.fileno())
        if not goes_on:
            raise UsageError(
                f"{out} holds an export that this ledger does not go on from: another ledger's, or this one was cut or "
                "changed since. Keep that file, compare the two, and export under another name."
            )
        partial.replace(out)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise
    return size, head


def _earlier_head(out: Path) -> bytes | None:
    """The head of the export that stands there already; None where nothing does. Anything else raises UsageError."""
    if not out.exists():
        return None
    last = b""
    if out.is_file():
        with out.open("rb") as lines:
            for last in lines:
                if not last.startswith(LINE_BEGINS):
                    break
    found = LINE.match(last)
    if found is None:
        raise UsageError(f"{out} exists already and is no export of a ledger. Choose another name, or move it away.")
    return bytes.fromhex(found[1].decode())


def read_jsonl(path: Path | str) -> Iterator[AnyEntry]:
    """The entries of an export, each seal checked. Raises IntegrityError at the first that does not hold."""
    previous = FIRST_PREVIOUS
    with Path(path).open("rb") as lines:
        for seq, line in enumerate(lines):
            try:
                sealed = parse_line(line)
            except FormatError as fault:
                raise IntegrityError(f"{path}: entry {seq}: {fault}") from None
            yield unseal(sealed, previous, seq)
            previous = sealed.hash
