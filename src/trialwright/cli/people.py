"""Who acts: a code and a role, from --by or the environment."""

import os
from typing import TYPE_CHECKING

from trialwright.cli.say import shown
from trialwright.errors import UsageError

if TYPE_CHECKING:
    from trialwright.ledger import Actor

LONGEST = 64


def actor_from(by: str | None) -> "Actor":
    """The actor that `--by CODE:ROLE` names, else $TRIALWRIGHT_BY. Raises UsageError if neither says."""
    from trialwright.ledger import Actor

    words = by or os.environ.get("TRIALWRIGHT_BY")
    if not words:
        raise UsageError("say who acts: --by CODE:ROLE (or set TRIALWRIGHT_BY), for example --by wang:investigator.")
    code, colon, role = words.partition(":")
    if not (colon and code and role):
        raise UsageError(f"{shown(words)} does not say who acts; expected CODE:ROLE, for example wang:investigator.")
    return Actor(checked_code(code), role)


def checked_code(code: str) -> str:
    """The code of a person, if it can stand in a line of the record without being read as something else."""
    if len(code) > LONGEST or not code.isprintable() or any(letter.isspace() for letter in code):
        raise UsageError(
            f"{shown(code)} cannot be the code of a person: up to {LONGEST} letters, digits and signs, without spaces, "
            "such as wang."
        )
    return code
