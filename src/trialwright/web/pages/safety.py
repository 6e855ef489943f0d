"""Safety: paused or not and why, the stopping rule, who must be told by when, what is open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from trialwright.report.figures.boundary import boundary_figure
from trialwright.report.stopping_facts import stopping_facts
from trialwright.report.words import Say
from trialwright.safety.views import safety_view
from trialwright.web.access import actor
from trialwright.web.chrome import local_now
from trialwright.web.door import Standing, standing
from trialwright.web.reports import language


@require_safe
def safety(request: HttpRequest) -> HttpResponse:
    """Where the trial stands on safety now."""
    stands = standing(request)
    view = safety_view(stands.study, stands.trial, local_now(stands))
    shown = {"view": view, "figure": _boundary(stands, view.rule.sentence if view.rule else ""), "role": actor(request)}
    return render(request, "safety.html", shown)


def _boundary(stands: Standing, finding: str) -> str | None:
    facts = stopping_facts(stands.study, stands.trial, stands.today).boundary
    if facts is None:
        return None
    return mark_safe(boundary_figure(facts, Say(language(get_language())), id="boundary", finding=finding))
