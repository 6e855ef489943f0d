"""The few exceptions. Expected refusals are values (`Refusal`), never exceptions.

TrialwrightError                 exit 2  everything a user may be shown
├── FormatError                  exit 2  something given to us cannot be read; says where
├── UsageError                   exit 2  the command's words are off; says what to type
├── IntegrityError               exit 1  a ledger that does not verify
└── MissingExtraError            exit 2  an optional part is not installed; names it
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: line and column count from 1; None where the fault concerns the whole."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


class TrialwrightError(Exception):
    """What the command line prints as one message and an exit code, never as a traceback."""

    exit_code = 2


class FormatError(TrialwrightError):
    """Something given to us cannot be read: what was found, where, what was expected, what to do."""

    def __init__(self, message: str, place: Place | None = None) -> None:
        self.message, self.place = message, place
        super().__init__(f"{place}: {message}" if place else message)


class UsageError(TrialwrightError):
    """The words of a command are off."""


class IntegrityError(TrialwrightError):
    """A ledger that does not verify: the first bad entry, and what is wrong with it."""

    exit_code = 1


class MissingExtraError(TrialwrightError):
    """An optional part of trialwright is needed and not installed."""
