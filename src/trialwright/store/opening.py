"""Opening a ledger and making one, wherever it is kept: a path is a file of SQLite, a URL a database of PostgreSQL."""

from pathlib import Path

from trialwright.store.engine import Engine
from trialwright.store.sqlite import make_file, open_file
from trialwright.store.store import Clock, Store, utc_now
from trialwright.store.url import is_url, parse_url


def open_ledger(where: Path | str, *, read_only: bool = False, clock: Clock = utc_now) -> Store:
    """The ledger in a file or at a database's URL.

    Raises FormatError if it is missing or no ledger; TrialwrightError if the database cannot be reached;
    IntegrityError, on the first look inside, if a seal is broken.
    """
    if isinstance(where, str) and is_url(where):
        from trialwright.store.postgres import open_database

        return Store(open_database(parse_url(where)), clock, read_only)
    return Store(open_file(Path(where), read_only=read_only), clock, read_only)


def make_ledger(where: Path | str, study: str, *, role: str | None = None) -> Engine:
    """A new ledger without entries; `role` is whom a database lets read and append.

    Raises UsageError if one is there already, TrialwrightError if it cannot be made.
    """
    if isinstance(where, str) and is_url(where):
        from trialwright.store.postgres import make_in_database

        return make_in_database(parse_url(where), study, role)
    return make_file(Path(where))
