"""What may be a code and a printed name. Needs nothing of Django: the command line asks before it opens accounts."""

import re

from trialwright.errors import UsageError

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
LONGEST_NAME = 120


def read_code(text: str) -> str:
    """The code without spaces around it. Raises UsageError."""
    code = text.strip()
    if not CODE.match(code):
        told = "A code is 1 to 64 letters, digits, dots, hyphens or underscores, and begins with a letter or digit."
        raise UsageError(f"{told} Choose such a code.")
    return code


def read_name(text: str) -> str:
    """The printed name with single spaces. Raises UsageError."""
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME:
        raise UsageError("The printed name is missing or longer than 120 letters. Signatures show it: give it in full.")
    return name
