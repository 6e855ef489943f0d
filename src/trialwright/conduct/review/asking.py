"""Queries: a question about the record is asked, answered, settled, and asked again."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from trialwright.conduct.act import act
from trialwright.conduct.deed import Deed
from trialwright.conduct.forms import form_items
from trialwright.conduct.outcome import Reason
from trialwright.conduct.review.automatic import findings_about
from trialwright.conduct.review.finding import Finding
from trialwright.conduct.review.shown import chain_of
from trialwright.conduct.review.standing import CLOSED, OPEN, amended_since, state_of
from trialwright.conduct.roles import SITE, Role
from trialwright.conduct.schedule import find_visit
from trialwright.conduct.words import check_among
from trialwright.errors import UsageError
from trialwright.ledger.entry import Entry, NewEntry
from trialwright.ledger.kinds import QueryAnswered, QueryClosed, QueryRaised, QueryReopened

Entries = tuple[NewEntry, ...]
ASKERS = frozenset({Role.MONITOR, Role.DATA_MANAGER, Role.INVESTIGATOR})
CLOSERS = frozenset({Role.MONITOR, Role.DATA_MANAGER})


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a query: the id of the entry that raised it, or the key of an automatic one."""

    query: str
    answer: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """Why a query is closed, or open again."""

    query: str
    reason: str


def asks_something(deed: Deed[QueryRaised]) -> Iterable[Reason]:
    """A query has words, and names what it is about."""
    what = deed.what
    if not what.text.strip():
        yield Reason("query.no_text", "The query asks nothing.", "Write what should be looked at (text).")
    if not (what.entry or what.visit or what.item):
        yield Reason(
            "query.about_nothing",
            f"The query about {deed.who} does not say what it is about.",
            "Name an entry (entry, and its field), or a visit or an item of a form (visit, item).",
        )


def asks_about_theirs(deed: Deed[QueryRaised]) -> Iterable[Reason]:
    """The entry asked about is of the same casebook."""
    first = chain_of(deed.trial, deed.what.entry)[0] if deed.what.entry else None
    if first is not None and first.about != deed.who:
        yield Reason(
            "query.of_another",
            f"Entry {first.seq} ({first.what.kind.replace('_', ' ')}) is about {first.about or 'the study'}, "
            f"not about {deed.who}.",
            "Raise the query in the casebook of that entry.",
        )


def not_asked_already(deed: Deed[QueryRaised]) -> Iterable[Reason]:
    """The same question is not open twice."""
    for one in deed.book.all(QueryRaised):
        if one.what == deed.what and state_of(deed.book, one.id).state != CLOSED:
            yield Reason(
                "query.asked_already",
                f"Entry {one.seq} asks the same, and is not closed.",
                "Follow that query; reopen it once it is closed, if the answer does not satisfy.",
            )


@act(
    QueryRaised,
    by=ASKERS,
    of_ledger=True,
    needs_on=False,
    gates=(asks_something, asks_about_theirs, not_asked_already),
)
def raise_query(deed: Deed[QueryRaised]) -> Entries:
    """Somebody asks the site about what is recorded of a person, or missing."""
    what = deed.what
    if what.visit:
        find_visit(deed.study, what.visit)
    if what.item:
        check_among("raise_query: item", (what.item,), tuple(form_items(deed.study)))
    return (deed.entry(what),)


# --- what becomes of it -----------------------------------------------------------------------------------------------


def answer_said(deed: Deed[Answer]) -> Iterable[Reason]:
    """An answer has words."""
    if not deed.what.answer.strip():
        yield Reason("query.no_answer", "The answer says nothing.", "Write what was found (answer).")


def reason_said(deed: Deed[Settlement]) -> Iterable[Reason]:
    """A query is closed or opened again for a reason."""
    if not deed.what.reason.strip():
        yield Reason("query.no_reason", f"{deed.act} gives no reason.", "Say why (reason).")


def not_closed(deed: Deed[Any]) -> Iterable[Reason]:
    """A closed query is reopened before anything else is said of it."""
    if _state(deed) == CLOSED:
        yield Reason(
            "query.closed",
            f"The query {deed.what.query} of {deed.who} is closed.",
            "Reopen it first (act reopen_query), with the reason.",
        )


def answered_or_mended(deed: Deed[Settlement]) -> Iterable[Reason]:
    """A query is closed on an answer, or because what it asked about was corrected."""
    raised = _raised(deed)
    if _state(deed) != OPEN or (raised is not None and amended_since(deed.trial, deed.book, raised)):
        return
    yield Reason(
        "query.not_answered",
        f"The query {deed.what.query} of {deed.who} has no answer, and what it asks about was not corrected.",
        "Wait for the site's answer (act answer_query) or its correction (act correct).",
    )


def something_to_reopen(deed: Deed[Settlement]) -> Iterable[Reason]:
    """What is reopened was answered or closed."""
    if _state(deed) == OPEN:
        yield Reason("query.open", f"The query {deed.what.query} of {deed.who} is open.", "Nothing to do.")


@act(Answer, by=SITE, of_ledger=True, needs_on=False, gates=(answer_said, not_closed), writes=QueryAnswered)
def answer_query(deed: Deed[Answer]) -> Entries:
    """The site answers a query. What was wrong is corrected by its own act; the answer says so."""
    return (deed.entry(QueryAnswered(*_named(deed, deed.what.answer))),)


@act(
    Settlement,
    by=CLOSERS,
    of_ledger=True,
    needs_on=False,
    gates=(reason_said, not_closed, answered_or_mended),
    writes=QueryClosed,
)
def close_query(deed: Deed[Settlement]) -> Entries:
    """A query is settled: its answer satisfies, or what it asked about was corrected."""
    return (deed.entry(QueryClosed(*_named(deed, deed.what.reason))),)


@act(
    Settlement,
    by=CLOSERS,
    of_ledger=True,
    needs_on=False,
    gates=(reason_said, something_to_reopen),
    writes=QueryReopened,
)
def reopen_query(deed: Deed[Settlement]) -> Entries:
    """A query that was answered or closed is asked again: the answer does not satisfy."""
    return (deed.entry(QueryReopened(*_named(deed, deed.what.reason))),)


def _named(deed: Deed[Any], words: str) -> tuple[str, str, str | None, str | None]:
    """The query, what is said, and of an automatic one its words and what it was about."""
    raised = _raised(deed)
    if raised is not None:
        return deed.trial.originals[raised.id][0].id, words.strip(), None, None
    found = _finding(deed)
    return found.key, words.strip(), found.text, found.content


def _state(deed: Deed[Any]) -> str:
    raised = _raised(deed)
    if raised is not None:
        return state_of(deed.book, deed.trial.originals[raised.id][0].id).state
    found = _finding(deed)
    return state_of(deed.book, found.key, found.content).state


def _raised(deed: Deed[Any]) -> Entry[QueryRaised] | None:
    """The query in force that the deed names by any id of its chain; None where it names none."""
    chain = deed.trial.originals.get(deed.what.query, ())
    ids = {entry.id for entry in chain}
    return next((one for one in deed.book.all(QueryRaised) if one.id in ids), None)


def _finding(deed: Deed[Any]) -> Finding:
    """The automatic query of that key. Raises UsageError if the casebook has no such query."""
    found = findings_about(deed.study, deed.trial, deed.book)
    one = next((finding for finding in found if finding.key == deed.what.query), None)
    if one is None:
        raise UsageError(
            f"{deed.who} has no query {deed.what.query!r}. An automatic query is gone once what it asked about was "
            "put right; one that a person raised is named by the id of its entry."
        )
    return one
