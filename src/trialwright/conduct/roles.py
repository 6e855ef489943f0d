"""Who may do what: the roles of a trial, and the acts each of them may write."""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum

from trialwright.errors import UsageError
from trialwright.ledger.entry import Actor


class Role(StrEnum):
    """The roles of a trial. A code for a person and one of these make an actor."""

    INVESTIGATOR = "investigator"
    COORDINATOR = "coordinator"
    CELL_LABORATORY = "cell laboratory"
    DATA_MANAGER = "data manager"
    MONITOR = "monitor"
    STATISTICIAN = "statistician"
    SAFETY_BOARD = "safety board"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


SITE = frozenset({Role.INVESTIGATOR, Role.COORDINATOR})
LABORATORY = frozenset({Role.CELL_LABORATORY})
DECISION = frozenset({Role.INVESTIGATOR, Role.SAFETY_BOARD})
ANYONE_AT_SITE = SITE | LABORATORY
TABLES = SITE | {Role.DATA_MANAGER}


def read_role(text: str) -> Role:
    """The role a word names; `cell-laboratory` and `cell_laboratory` are the cell laboratory. Raises UsageError."""
    plain = " ".join(text.replace("-", " ").replace("_", " ").lower().split())
    try:
        return Role(plain)
    except ValueError:
        known = ", ".join(role.value for role in Role)
        near = get_close_matches(plain, [role.value for role in Role], 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UsageError(f"{text!r} is no role of a trial.{hint} The roles are: {known}.") from None


def signer(actor: Actor, second: Actor | None) -> str | None:
    """The investigator who signs: the one who acts, else the second person; None if neither is one."""
    return next((person.id for person in (actor, second) if person is not None and is_investigator(person)), None)


def is_investigator(actor: Actor | None) -> bool:
    """Whether this person may sign: eligibility, enrolment, go or no-go. A second person may have no role of ours."""
    return actor is not None and actor.role.strip().lower() == Role.INVESTIGATOR


LOOK_ALIKE = str.maketrans("аеорсухіјѕһԁԛԝνοαρτικ", "aeopcyxijshdqwvoaptik")
"""Cyrillic and Greek letters that nobody tells from Latin ones on a badge."""


def person_key(code: str) -> str:
    """By what two codes are seen to be one person's: capitals, spaces around and letters nobody can see do not count.

    >>> person_key(" Wang") == person_key("wang")
    True
    """
    plain = unicodedata.normalize("NFKC", code).casefold().translate(LOOK_ALIKE)
    return "".join(letter for letter in plain if unicodedata.category(letter)[0] != "C").strip()


def different_people(codes: Iterable[str | None]) -> tuple[str, ...]:
    """The codes of different people, in their order, each person once as first written; empty codes are nobody."""
    found: dict[str, str] = {}
    for code in codes:
        if code and person_key(code):
            found.setdefault(person_key(code), code)
    return tuple(found.values())
