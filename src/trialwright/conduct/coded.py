"""Codes of donors, collections, lots and doses as an act is given them: which sort, which is next, what was misread."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Any, Final

from trialwright.cells.codes import LETTERS, code_fault, new_code, read_label
from trialwright.conduct.outcome import Reason
from trialwright.conduct.words import check_code
from trialwright.errors import FormatError, UsageError
from trialwright.facts import parse_occurred
from trialwright.ledger.trial import Trial
from trialwright.study.model import Study

CELL_SUBJECTS: Final = {
    "donor": ("D-",),
    "collection": ("C-",),
    "lot": ("L-",),
    "dose": ("B-",),
    "cells": ("C-", "L-", "B-"),
}
"""What an act is about -> how its codes begin: the ledger tells them from people's, and from each other, by that."""
CODED_WORDS: Final = ("donor", "collection", "lot", "doses", "dose_code")
"""Fields of acts that hold such codes."""


def read_cell_code(name: str, subject: str, who: str | None) -> str:
    """The code as given, or that of a label as scanned. Raises UsageError for a code of another sort."""
    prefixes = CELL_SUBJECTS[subject]
    if who is None or who[:2] not in prefixes or len(who) <= len(prefixes[0]):
        begins = " or ".join(prefixes)
        raise UsageError(f"{name}: {who!r} is no code of a {subject}: it begins with {begins}, in capitals.")
    check_code(name, who)
    try:
        return read_label(who)[0]
    except FormatError:
        return who


def next_cell_code(study: Study, trial: Trial, subject: str, site: str | None, on: str | None, *, skip: int = 0) -> str:
    """The next code of a donor, collection, lot, dose or chain of identity, of this site and year."""
    place = site or (study.sites[0].code if study.sites else "")
    year = (parse_occurred(on).earliest if on else date(2000, 1, 1)).year
    return new_code(trial, subject, place, year, skip=skip)


def misread(study: Study, trial: Trial, code: str | None, what: Any) -> Iterable[Reason]:
    """Codes that nothing is recorded under and whose check character fails: somebody misread or mistyped them.

    Holds in both moods: under a misread code nothing true can be written. The right one is never guessed.
    """
    if not study.asks_codes:
        return
    for one in (code, *_coded_words(what)):
        if (
            one is None
            or one[:2] not in {f"{letter}-" for letter in LETTERS.values()}
            or trial.chapter(one) is not None
        ):
            continue
        fault = code_fault(one)
        if fault is not None:
            yield Reason("code.misread", fault, "Read it again, or scan it. No code that looks like it is proposed.")


def _coded_words(what: Any) -> Iterable[str]:
    for part in fields(what):
        value = getattr(what, part.name)
        if part.name in CODED_WORDS and isinstance(value, str | tuple):
            yield from (value,) if isinstance(value, str) else value
