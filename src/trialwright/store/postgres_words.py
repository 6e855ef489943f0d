"""What PostgreSQL could not do, in words for a person: what to do next, and never a password."""

import re
from typing import TYPE_CHECKING, Any

from trialwright.errors import TrialwrightError, UsageError
from trialwright.store.url import UNREADABLE, DatabaseUrl, without_passwords

if TYPE_CHECKING:
    import psycopg

ADVICE = (
    ("password authentication failed|no password supplied|empty password", "Check the user and the password."),
    ("database .* does not exist", "Check the database's name, or have it made: `createdb NAME`."),
    ("role .* does not exist", "Check the user's name, or have the role made."),
    ("no pg_hba.conf entry", "The server lets nobody in from here under that name; ask its administrator."),
    (
        "refused|no such file|could not translate|resolve host|could not connect|timeout|timed out|no route|"
        "starting up|shutting down",
        "Is PostgreSQL running there, and are host and port right?",
    ),
    ("too many", "All the server's connections are taken; try again, or ask its administrator for more."),
)
"""What a server that does not let us in is found to say -> what to do about it."""
OTHERWISE = "Check host, port, user, password and database."
_BEFORE = re.compile(r"^.*\bfailed: (?:[A-Z]+:\s+)?")


def is_lost(fault: "psycopg.Error", connection: "psycopg.Connection[Any] | None") -> bool:
    """Whether the connection is gone, not only the statement."""
    from psycopg import OperationalError

    return isinstance(fault, OperationalError) and connection is not None and (connection.closed or connection.broken)


def in_words(url: DatabaseUrl, fault: "psycopg.Error", done: str) -> TrialwrightError:
    """The fault of a server that was asked to open, read or write a ledger."""
    from psycopg import OperationalError, ProgrammingError, errors

    said = _said(fault)
    if done == "opened":
        if isinstance(fault, ProgrammingError):  # what the driver cannot read it repeats, password and all
            return UsageError(UNREADABLE)
        found = [advice for pattern, advice in ADVICE if re.search(pattern, said, re.IGNORECASE)]
        return TrialwrightError(f"{url.shown} cannot be opened: {said}. {found[0] if found else OTHERWISE}")
    if isinstance(fault, errors.InsufficientPrivilege):
        ask = "Ask the database's owner for the right, as in `GRANT trialwright_app TO USER`."
        if done == "read":
            return TrialwrightError(f"{url.shown} cannot be read: {said}. {ask}")
        return TrialwrightError(f"{url.shown} cannot be {done}: {said}. {ask} Beginning a study needs its owner.")
    if isinstance(fault, errors.UndefinedTable | errors.InvalidSchemaName | errors.UndefinedFunction):
        begin = "`trialwright init --from study.yaml --db URL` makes one."
        return UsageError(f"{url.shown} is a database, but holds no ledger of trialwright ({said}). {begin}")
    if isinstance(fault, errors.UniqueViolation):
        return UsageError(f"{url.shown}: somebody else began the same study at this moment. Nothing was written.")
    if isinstance(fault, errors.LockNotAvailable):
        return TrialwrightError(f"{url.shown} cannot be {done}: another program holds the study. Try again.")
    way_out = "Look at the server and its disk, and try again." if isinstance(fault, OperationalError) else ""
    return TrialwrightError(f"{url.shown} cannot be {done}: {said}. {way_out}".rstrip())


def _said(fault: "psycopg.Error") -> str:
    """The server's own words, one line without its address, which stands before them."""
    lines = str(fault).strip().splitlines() or [type(fault).__name__]
    failures = [line for line in lines if "failed: " in line]  # of several addresses tried, the last; then hints follow
    words = fault.diag.message_primary or (failures or lines)[-1]
    return without_passwords(_BEFORE.sub("", words)).strip().rstrip(".")
