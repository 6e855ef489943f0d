"""Every query there is, a person's and the record's own: what it asks, where it stands, how old it is, whose turn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from trialwright.conduct.review.automatic import findings_about
from trialwright.conduct.review.finding import Finding
from trialwright.conduct.review.standing import ANSWERED, CLOSED, NEW, OPEN, Standing, amended_since, states
from trialwright.ledger.entry import AnyEntry, Entry
from trialwright.ledger.instants import local_day
from trialwright.ledger.kinds import QueryRaised
from trialwright.ledger.trial import Casebook, Trial
from trialwright.study.model import Study

PERSON, AUTOMATIC = "person", "automatic"
TURNS: Final = {OPEN: ("coordinator", "investigator"), ANSWERED: ("data manager", "monitor"), CLOSED: ()}
"""State -> the roles whose turn it is."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said of a query: answered, closed or reopened; by whom, when, in which words."""

    what: str
    by: str
    when: str
    words: str


@dataclass(frozen=True, slots=True)
class QueryView:
    """One query. `key` names it in every act: the id of its entry, or the key of an automatic one.

    by      "person" or "automatic"; `asked_by` the person's code and role, None for an automatic one
    rule    of an automatic query: the check
    since   the day on which it was asked; an automatic one, on which the newest entry it rests on was recorded
    age     whole days from `since` until it was closed, or until now
    mended  a person's query: what it asks about was corrected since; so it can be closed without an answer
    gone    an automatic query whose cause is gone: kept here only because somebody spoke of it
    """

    key: str
    by: str
    about: str
    number: int | None
    site: str | None
    text: str
    entry: str | None
    field: str | None
    visit: str | None
    item: str | None
    rule: str | None
    asked_by: str | None
    since: str
    age_days: int
    state: str
    turn: tuple[str, ...]
    said: tuple[Said, ...]
    mended: bool = False
    gone: bool = False


def queries(study: Study, trial: Trial, on: date) -> tuple[QueryView, ...]:
    """Every query of the trial as it stands on a day: open ones first, then answered, then closed; oldest first."""
    rows = [one for book in trial.casebooks.values() for one in queries_about(study, trial, book, on)]
    order = {OPEN: 0, ANSWERED: 1, CLOSED: 2}
    return tuple(sorted(rows, key=lambda row: (order[row.state], row.since, row.about, row.key)))


def queries_about(study: Study, trial: Trial, book: Casebook, on: date) -> Iterator[QueryView]:
    """The queries of one casebook, in no order."""
    said, zones = states(book), trial.adopted.what.time_zones
    site = (
        min((entry.order, entry.site) for group in book.by_kind.values() for entry in group)[1] if book.by_kind else ""
    )
    zone = zones.get(site, "UTC")
    for raised in book.all(QueryRaised):
        first = trial.originals[raised.id][0]
        yield _raised(trial, book, raised, said.pop((first.id, None), NEW), _place(first, zone, on, site))
    found = findings_about(study, trial, book)
    for one in found:
        yield _automatic(book, one, said.pop((one.key, one.content), NEW), zone, on, site)
    newest = {key: standing for (key, content), standing in said.items() if content is not None}
    for key, standing in newest.items():
        if all(one.key != key for one in found):
            yield _gone(book, key, standing, zone, on, site)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where and when a query was asked, and until when its age counts."""

    since: str
    site: str
    zone: str
    on: date


def _place(entry: AnyEntry, zone: str, on: date, site: str) -> _Place:
    return _Place(local_day(entry.recorded_at, zone), site, zone, on)


def _raised(trial: Trial, book: Casebook, raised: Entry[QueryRaised], stands: Standing, place: _Place) -> QueryView:
    first, what = trial.originals[raised.id][0], raised.what
    return QueryView(
        key=first.id,
        by=PERSON,
        about=book.code,
        number=book.number,
        site=place.site,
        text=what.text,
        entry=what.entry,
        field=what.field,
        visit=what.visit,
        item=what.item,
        rule=None,
        asked_by=str(first.actor),
        since=place.since,
        age_days=_age(place, stands),
        state=stands.state,
        turn=TURNS[stands.state],
        said=_said(stands),
        mended=amended_since(trial, book, raised),
    )


def _automatic(book: Casebook, one: Finding, stands: Standing, zone: str, on: date, site: str) -> QueryView:
    place = _Place(local_day(one.since, zone), site, zone, on)
    return QueryView(
        key=one.key,
        by=AUTOMATIC,
        about=book.code,
        number=book.number,
        site=site,
        text=one.text,
        entry=one.entry,
        field=one.field,
        visit=one.visit,
        item=one.item,
        rule=one.rule,
        asked_by=None,
        since=place.since,
        age_days=_age(place, stands),
        state=stands.state,
        turn=TURNS[stands.state],
        said=_said(stands),
    )


def _gone(book: Casebook, key: str, stands: Standing, zone: str, on: date, site: str) -> QueryView:
    """An automatic query that somebody spoke of, and whose cause is gone: closed by what was put right."""
    first: Any = stands.said[0].what
    place = _place(stands.said[0], zone, on, site)
    rule, _, entry, *field = key.split(":", 3)
    return QueryView(
        key=key,
        by=AUTOMATIC,
        about=book.code,
        number=book.number,
        site=site,
        text=first.asked or "",
        entry=entry,
        field=field[0] if field else None,
        visit=None,
        item=None,
        rule=rule,
        asked_by=None,
        since=place.since,
        age_days=_age(place, stands),
        state=CLOSED,
        turn=(),
        said=_said(stands),
        gone=True,
    )


def _said(stands: Standing) -> tuple[Said, ...]:
    return tuple(_one(entry) for entry in stands.said)


def _one(entry: AnyEntry) -> Said:
    word = str(entry.what.kind).removeprefix("query_")
    words = entry.what.answer if word == ANSWERED else entry.what.reason
    return Said(word, str(entry.actor), entry.recorded_at, words)


def _age(place: _Place, stands: Standing) -> int:
    """Whole days since it was asked, until it was closed; never less than none."""
    end = place.on
    if stands.state == CLOSED and stands.said:
        end = date.fromisoformat(local_day(stands.said[-1].recorded_at, place.zone))
    return max((end - date.fromisoformat(place.since)).days, 0)
