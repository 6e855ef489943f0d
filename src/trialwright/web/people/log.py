"""The log of accounts: every log-in, failure, lock-out and change of an account, with who, when and from where."""

from enum import StrEnum

from django.http import HttpRequest
from django.utils import timezone

from trialwright.web.people.models import Line


class Logged(StrEnum):
    """What a line of the log is about."""

    LOG_IN = "logged in"
    LOG_OUT = "logged out"
    WRONG_PASSWORD = "wrong password"
    WRONG_FACTOR = "wrong second factor"
    WRONG_SIGNATURE = "signature failed"
    LOCKED = "locked out"
    UNLOCKED = "unlocked"
    PASSWORD = "password changed"
    ONE_TIME = "one-time password given"
    OPENED = "account opened"
    CLOSED = "account closed"
    REOPENED = "account reopened"
    FACTOR_ADDED = "second factor added"
    FACTOR_REMOVED = "second factor removed"
    FACTORS_RESET = "second factor reset"
    CODES_MADE = "recovery codes made"
    ROLE_GIVEN = "role given"
    ROLE_TAKEN = "role taken"


COMMAND_LINE = "command line"


def address_of(request: HttpRequest | None) -> str:
    """From where a request came; the command line where there is none. A forwarding header is not believed."""
    return COMMAND_LINE if request is None else str(request.META.get("REMOTE_ADDR") or "")[:45]


def write(request: HttpRequest | None, what: Logged, code: str, *, by: str = "", detail: str = "") -> None:
    """One line more."""
    Line.objects.create(
        at=timezone.now(), what=what.value, code=code[:64], by=by, address=address_of(request), detail=detail[:200]
    )
