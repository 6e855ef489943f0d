"""Participants: everybody with a casebook, where each stands, and what comes next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from trialwright.cells.alerts import all_open_alerts
from trialwright.ledger.trial import Casebook
from trialwright.report.whereabouts import STATES, NextVisit, State, next_visits, state_of
from trialwright.safety.reporting.standing import Stands
from trialwright.web.chrome import owed
from trialwright.web.door import Standing, standing
from trialwright.web.remembered import remembered

ON_A_PAGE: Final = 50
SORTS: Final = ("number", "code", "state", "consent", "next")
LAST: Final = "9999"


@dataclass(frozen=True, slots=True)
class Row:
    """One participant in the list."""

    book: Casebook
    state: State
    next: NextVisit | None
    open: int


def participants(request: HttpRequest) -> HttpResponse:
    """Everybody with a casebook, as many as one page holds; found by code or number, by state, in the order chosen."""
    stands = standing(request)
    states = remembered(stands, "states", lambda: _states(stands))
    sort = request.GET.get("sort", "")
    sort = sort if sort.lstrip("-") in SORTS else "number"
    typed, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    books = [book for book in stands.books.values() if _found(book, typed) and state in ("", states[book.code].word)]
    books.sort(key=_key(stands, sort.lstrip("-"), states), reverse=sort.startswith("-"))
    page = Paginator(books, ON_A_PAGE).get_page(request.GET.get("page"))
    open_of = remembered(stands, "open matters", lambda: _open_matters(stands), each="minute")
    rows = [_row(stands, book, states[book.code], open_of) for book in page]
    counted = [(one.word, sum(found is one for found in states.values())) for one in STATES]
    shown = {
        "rows": rows,
        "page": page,
        "sort": sort,
        "typed": typed,
        "state": state,
        "counted": [(word, count) for word, count in counted if count],
        "total": len(states),
        "heads": _heads(sort),
    }
    return render(request, "participants.html", shown)


def _heads(sort: str) -> list[tuple[str, str, str]]:
    """Each column that sorts: its name, what its link asks for, and how it stands now."""
    found = []
    for name in SORTS:
        stands = "ascending" if sort == name else "descending" if sort == f"-{name}" else "none"
        found.append((name, f"-{name}" if sort == name else name, stands))
    return found


def _found(book: Casebook, typed: str) -> bool:
    return typed.upper() in book.code.upper() or (typed.isdigit() and book.number == int(typed))


def _states(stands: Standing) -> Mapping[str, State]:
    return {code: state_of(stands.study, book, stands.today) for code, book in stands.books.items()}


def _key(stands: Standing, sort: str, states: Mapping[str, State]) -> Callable[[Casebook], Any]:
    if sort == "next":
        when = remembered(stands, "next visits", lambda: _next_of_all(stands))
        return lambda book: (when.get(book.code, LAST), _by_number(book))
    if sort == "state":
        return lambda book: (states[book.code].order, _by_number(book))
    if sort == "consent":
        return lambda book: (book.consent.occurred or "" if book.consent else LAST, _by_number(book))
    return (lambda book: (book.code,)) if sort == "code" else _by_number


def _by_number(book: Casebook) -> tuple[bool, int, str]:
    """Those who hold a place by number, then everybody else by code."""
    return book.number is None, book.number or 0, book.code


def _next_of_all(stands: Standing) -> Mapping[str, str]:
    found = ((code, next_visits(stands.study, book, stands.today)) for code, book in stands.books.items())
    return {code: f"{visits[0].last}" for code, visits in found if visits}


def _row(stands: Standing, book: Casebook, state: State, open_of: Mapping[str, int]) -> Row:
    visits = next_visits(stands.study, book, stands.today)
    return Row(book, state, visits[0] if visits else None, open_of.get(book.code, 0))


def _open_matters(stands: Standing) -> Mapping[str, int]:
    """Reports owed and alerts nobody answered, by the code they are about."""
    found: dict[str, int] = {}
    for one in owed(stands):
        if one.stands.stands in (Stands.DUE, Stands.OVERDUE):
            found[one.about] = found.get(one.about, 0) + 1
    for alert in all_open_alerts(stands.trial):
        if alert.about:
            found[alert.about] = found.get(alert.about, 0) + 1
    return found
