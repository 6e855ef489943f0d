"""Home: where the trial stands, what is due, queries, the latest entries; and the clock of a simulated trial."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from trialwright.conduct.due import DueItem, due, for_role
from trialwright.conduct.review.queries import QueryView, queries
from trialwright.facts import parse_occurred
from trialwright.report.figures.arrivals import arrivals_svg
from trialwright.web.access import actor, allowed
from trialwright.web.chrome import local_now
from trialwright.web.clock import STEPS, let_pass
from trialwright.web.door import MAIN, PRACTICE, Standing, forget, has_practice, standing
from trialwright.web.lines import lines
from trialwright.web.remembered import remembered

LATEST = 8
SHOWN = 12
FEW_QUERIES = 4


def home(request: HttpRequest) -> HttpResponse:
    """Where the trial stands, and what waits for the role in which somebody works."""
    stands, role = standing(request), actor(request).role
    every = _due(stands)
    mine = every if request.GET.get("due") == "all" else for_role(every, role)
    asked = _queries(stands) if allowed("queries", request.post.role) else ()  # type: ignore[attr-defined]
    waiting = [one for one in asked if role in one.turn]
    shown: dict[str, Any] = {
        "latest": lines(stands, stands.latest(LATEST)),
        "due": [(one, _address(one, role)) for one in mine[: None if request.GET.get("due") else SHOWN]],
        "due_total": len(mine),
        "due_everybody": len(every),
        "all_due": request.GET.get("due") == "all",
        "queries": waiting[:FEW_QUERIES],
        "queries_total": len(waiting),
        "may_query": allowed("queries", request.post.role),  # type: ignore[attr-defined]
        "may_audit": allowed("audit", request.post.role),  # type: ignore[attr-defined]
        "may_enrol": allowed("path-new", request.post.role),  # type: ignore[attr-defined]
        "arrivals": _arrivals(stands),
    }
    return render(request, "home.html", shown)


def _due(stands: Standing) -> tuple[DueItem, ...]:
    make = lambda: due(stands.study, stands.trial, local_now(stands), stands.site)  # noqa: E731
    return remembered(stands, "due", make, each="minute")


def _queries(stands: Standing) -> tuple[QueryView, ...]:
    return remembered(stands, "queries", lambda: queries(stands.study, stands.trial, stands.today), each="day")


def _address(one: DueItem, role: str) -> str:
    """Where the thing is settled: the form of its act with what is known filled in; empty for another role's."""
    if role not in one.roles:
        return ""
    words = [(name, str(value)) for name, value in one.words.items() if isinstance(value, str | int)]
    if one.act == "visit" and one.who and one.words.get("visit"):
        return reverse("visit", args=[one.who, one.words["visit"]])
    if one.act in ("screen", "enrol") and one.who:
        return reverse("path", args=[one.who])
    query = f"?{urlencode([*words, ('next', reverse('home'))])}"
    return (reverse("act-about", args=[one.who, one.act]) if one.who else reverse("act", args=[one.act])) + query


def _arrivals(stands: Standing) -> SafeString | None:
    """Enrolment over time; None while nobody is enrolled."""
    enrolments = [book.enrolment for book in stands.trial.enrolled if book.enrolment]
    days = sorted(parse_occurred(one.occurred).earliest for one in enrolments if one.occurred)
    if not days:
        return None
    said = _("%(n)s participants enrolled, the first on %(first)s, the last on %(last)s.")
    finding = said % {"n": len(days), "first": days[0], "last": days[-1]}
    target = stands.study.enrolment.target or len(days)
    return mark_safe(arrivals_svg(days, target, stands.today, finding=finding, today_word=_("today")))


@require_POST
def pass_time(request: HttpRequest) -> HttpResponse:
    """Let time pass in a simulated trial."""
    stands = standing(request)
    step = request.POST.get("step", "")
    if stands.trial.simulated and step in STEPS:
        let_pass(stands.trial, stands.name, step)
        forget(request)
    return redirect(request.POST.get("next") or "home") if _local(request.POST.get("next")) else redirect("home")


@require_POST
def choose_trial(request: HttpRequest) -> HttpResponse:
    """Work on the trial for practice, or on the main one again; in a demonstration only."""
    if has_practice():
        wanted = PRACTICE if request.POST.get("trial") == PRACTICE else MAIN
        request.session["trial"] = wanted
        forget(request)
        if wanted == PRACTICE:
            messages.info(request, _("This is the trial for practice: it is empty and yours to fill."))
    return redirect("home")


def _local(address: str | None) -> bool:
    return bool(address) and address.startswith("/") and not address.startswith("//")  # type: ignore[union-attr]
