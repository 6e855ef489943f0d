"""Queries: what the record and people ask about it, answered and closed; and what stands in the way of the lock."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trialwright.conduct import ACTS
from trialwright.conduct.review.queries import QueryView
from trialwright.conduct.review.queries import queries as every_query
from trialwright.conduct.review.readiness import lock_readiness
from trialwright.conduct.roles import Role, read_role
from trialwright.web.access import actor
from trialwright.web.door import standing

STATES = ("open", "answered", "closed")
SHOWN = 100


@require_safe
def queries(request: HttpRequest) -> HttpResponse:
    """Every query, those first whose turn it is; filtered by state and participant."""
    stands = standing(request)
    role = read_role(actor(request).role)
    found = every_query(stands.study, stands.trial, stands.today)
    state, about = request.GET.get("state", "open"), request.GET.get("about", "").strip()
    rows = [
        one for one in found if (state == "all" or one.state == state) and about in ("", one.about, str(one.number))
    ]
    shown: dict[str, Any] = {
        "rows": [(one, _acts(one, role)) for one in rows[:SHOWN]],
        "total": len(rows),
        "counts": [(name, sum(one.state == name for one in found)) for name in STATES],
        "mine": sum(role.value in one.turn for one in found),
        "state": state,
        "about": about,
        "may_ask": role in ACTS["raise_query"].roles,
    }
    return render(request, "queries/queries.html", shown)


def _acts(query: QueryView, role: Role) -> tuple[str, ...]:
    """What this role may say of the query now."""
    possible = {"open": ("answer_query", "close_query"), "answered": ("close_query", "reopen_query")}
    names = possible.get(query.state, ("reopen_query",))
    return tuple(name for name in names if role in ACTS[name].roles)


@require_safe
def readiness(request: HttpRequest) -> HttpResponse:
    """What stands in the way of locking the study, each thing by the name under which it can be set aside."""
    stands = standing(request)
    role = read_role(actor(request).role)
    found = lock_readiness(stands.study, stands.trial, stands.today)
    sorts: dict[str, list[Any]] = {}
    for one in found:
        sorts.setdefault(one.sort, []).append(one)
    shown = {"sorts": sorts, "total": len(found), "may_lock": role in ACTS["lock_study"].roles}
    return render(request, "queries/readiness.html", shown)
