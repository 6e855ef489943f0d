"""Whether a ledger is whole; and the one row that may be made anew from the entries."""

from pathlib import Path

from trialwright.errors import FormatError, IntegrityError
from trialwright.ledger.jsonl import check_lines
from trialwright.ledger.verify import Verification, check_ledger
from trialwright.store.opening import open_ledger
from trialwright.store.store import Store
from trialwright.store.url import is_url


def check_file(path: Path | str, *, canonical: bool = True) -> Verification:
    """Every fault of a ledger: a file, a database's URL, or an export (`.jsonl`).

    canonical  see `trialwright.ledger.verify.check_ledger`.
    Raises FormatError if the file is missing or is neither.
    """
    if not is_url(path) and Path(path).suffix == ".jsonl":
        return _check_export(Path(path), canonical=canonical)
    with open_ledger(path, read_only=True) as store:
        return check_store(store, canonical=canonical)


def _check_export(path: Path, *, canonical: bool) -> Verification:
    if not path.is_file():
        raise FormatError(f"there is no file {path}. Check the path.")
    with path.open("rb") as lines:
        return check_lines(lines, canonical=canonical)


def check_store(store: Store, *, canonical: bool = True) -> Verification:
    """Every fault of an open ledger: its entries, its columns, its study row, its tables and their guards."""
    with store.queue:
        return store.engine.check(canonical=canonical)


def rebuild_study_row(store: Store) -> Verification:
    """Make the study's row anew from the entries, after they verified; gives what was found before.

    Only for a person who knows why the row is wrong: a row that says more entries than there are is the trace of a
    cut tail. Raises IntegrityError if the entries themselves do not verify.
    """
    with store.queue, store.engine.writing(-1) as tail:  # nobody writes between the look and the new row
        found = check_ledger(tail.entries)
        if not found.ok:
            raise IntegrityError(f"entry {found.faults[0].seq}: {found.faults[0].text}; the row was left as it is.")
        store.engine.set_row(found.size, found.head)
    return found
