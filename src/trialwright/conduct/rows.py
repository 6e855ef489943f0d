"""Rows of the study's repeating forms: what else a person was given, each row recorded by itself and then followed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trialwright.conduct.act import act
from trialwright.conduct.answers import check_row, facts_of_row, row_form
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.people import consented
from trialwright.conduct.gates.ward import row_not_the_same, row_there
from trialwright.conduct.roles import SITE
from trialwright.ledger.entry import Entry, NewEntry
from trialwright.ledger.kinds import FactsRecorded, FormRowRecorded
from trialwright.ledger.trial import Casebook
from trialwright.study.model import Form, Study

Entries = tuple[NewEntry, ...]


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row as it stands: the newest answer of every item, and the entry that gave it.

    began, ended  as the answers say it; None where they do not
    entries       the entries of the row in force, oldest first
    """

    form: str
    row: int
    answers: Mapping[str, Any]
    given_by: Mapping[str, str]
    began: str | None
    ended: str | None
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row as it is first written: item -> answer as typed."""

    form: str
    answers: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MoreOfRow:
    """What is newly known of a row: only the items that are said."""

    form: str
    row: int
    answers: dict[str, Any] = field(default_factory=dict)


@act(NewRow, by=SITE, gates=(consented, row_not_the_same), writes=FormRowRecorded)
def record_row(deed: Deed[NewRow]) -> Entries:
    """A row of a repeating form, such as a medication; it gets the next number of its form."""
    what = deed.what
    form = row_form(deed.study, what.form)
    check_row(form, what.answers, whole=True)
    taken = [entry.what.row for entry in _ever(deed, what.form)]
    return _written(deed, form, max(taken, default=0) + 1, what.answers)


@act(MoreOfRow, by=SITE, gates=(consented, row_there), writes=FormRowRecorded)
def follow_row(deed: Deed[MoreOfRow]) -> Entries:
    """What is newly known of a row: that a medication ended, that its dose changed."""
    what = deed.what
    form = row_form(deed.study, what.form)
    check_row(form, what.answers, whole=False, before=row_of(deed.book, what.form, what.row))
    return _written(deed, form, what.row, what.answers)


def _written(deed: Deed[Any], form: Form, row: int, answers: dict[str, Any]) -> Entries:
    began, ended = began_and_ended(form, answers)
    entry = deed.entry(FormRowRecorded(form.id, row, answers, began, ended))
    facts = facts_of_row(form, answers, began or deed.on or "")
    return (entry, deed.entry(FactsRecorded(facts))) if facts else (entry,)


def _ever(deed: Deed[Any], form: str) -> list[Entry[FormRowRecorded]]:
    """Every entry of the form about the person, also those taken back: a row's number is given once."""
    entries = (one for one in deed.trial.by_id.values() if one.about == deed.who)
    return [one for one in entries if isinstance(one.what, FormRowRecorded) and one.what.form == form]  # type: ignore[misc]


def began_and_ended(form: Form, answers: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The days that a row's answers name as its first and its last."""
    said = {item.asks: str(answers[item.id]) for item in form.items if item.asks and answers.get(item.id)}
    return said.get("began"), said.get("ended")


def form_rows(study: Study, book: Casebook, form: str) -> tuple[FormRow, ...]:
    """The rows of a person's repeating form as they stand, by number."""
    numbers = dict.fromkeys(one.what.row for one in book.all(FormRowRecorded) if one.what.form == form)
    return tuple(row for number in sorted(numbers) if (row := row_of(book, form, number)) is not None)


def row_of(book: Casebook, form: str, number: int) -> FormRow | None:
    """One row as it stands; None where nothing in force is recorded of it."""
    entries = [one for one in book.all(FormRowRecorded) if (one.what.form, one.what.row) == (form, number)]
    if not entries:
        return None
    answers: dict[str, Any] = {}
    given_by: dict[str, str] = {}
    for entry in entries:
        for item, answer in entry.what.answers.items():
            answers[item], given_by[item] = answer, entry.id
    began = next((one.what.began for one in reversed(entries) if one.what.began), None)
    ended = next((one.what.ended for one in reversed(entries) if one.what.ended), None)
    return FormRow(form, number, answers, given_by, began, ended, tuple(one.id for one in entries))
