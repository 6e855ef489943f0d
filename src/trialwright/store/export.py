"""Taking a ledger out as JSON lines, and reading such a file."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from trialwright.errors import FormatError, IntegrityError
from trialwright.ledger.codec import unseal
from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.jsonl import format_line, parse_line
from trialwright.ledger.seal import FIRST_PREVIOUS
from trialwright.store.sqlite import Store, in_words, sealed_after


def export_jsonl(store: Store, out: Path | str) -> tuple[int, bytes]:
    """Write the whole ledger as JSON lines; gives its size and head. The file appears whole or not at all."""
    out = Path(out)
    partial = out.with_name(f".{out.name}.partial")
    size, head = 0, FIRST_PREVIOUS
    try:
        with partial.open("wb") as file, store.turn:
            for sealed in sealed_after(store, 0):
                file.write(format_line(sealed))
                size, head = size + 1, sealed.hash
            file.flush()
            os.fsync(file.fileno())
        partial.replace(out)
    except BaseException as fault:
        with suppress(OSError):
            partial.unlink()
        if isinstance(fault, sqlite3.Error):
            raise in_words(store.path, fault, "read") from fault
        raise
    return size, head


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
