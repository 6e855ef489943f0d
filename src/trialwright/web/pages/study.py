"""The study as a person reads it: what was adopted, who may take part, what is done when, and what the lint says."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import Adopted
from trialwright.study import Finding, Study, check_study
from trialwright.study.model import Endpoint, Visit
from trialwright.web.door import Standing, standing
from trialwright.web.remembered import remembered


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit of the schedule: its day from what it hangs on, its window, the labels of its forms."""

    visit: Visit
    anchor: str
    days: str
    forms: tuple[str, ...]


def study(request: HttpRequest) -> HttpResponse:
    """The study in force."""
    stands = standing(request)
    plan = stands.study
    shown = {
        "adoptions": tuple(reversed(stands.trial.adoptions)),
        "inclusion": [one for one in plan.eligibility.criteria if one.kind == "inclusion"],
        "exclusion": [one for one in plan.eligibility.criteria if one.kind == "exclusion"],
        "visits": [_visit_line(plan, visit) for visit in plan.visits],
        "endpoints": [(one, _measured(one)) for one in plan.endpoints],
        "findings": remembered(stands, "lint", lambda: _findings(stands), each="head"),
    }
    return render(request, "study.html", shown)


def as_adopted(request: HttpRequest) -> HttpResponse:
    """The exact text of an adopted study file: the one in force, or an earlier one by its hash."""
    stands = standing(request)
    wanted = request.GET.get("sha256", stands.trial.adopted.what.sha256)
    found = _adopted(stands, wanted)
    if found is None:
        raise Http404
    response = HttpResponse(found.what.text.encode(), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="study-{found.what.sha256[:8]}.yaml"'
    return response


def _adopted(stands: Standing, sha256: str) -> Entry[Adopted] | None:
    return next((one for one in stands.trial.adoptions if one.what.sha256 == sha256), None)


def _findings(stands: Standing) -> tuple[Finding, ...]:
    return check_study(stands.directory.study_as_of(stands.trial))


def _visit_line(plan: Study, visit: Visit) -> VisitLine:
    labels = {form.id: form.label for form in plan.forms}
    first, last = visit.day - visit.before, visit.day + visit.after
    days = f"{visit.day}" if first == last else f"{visit.day} ({first} – {last})"
    anchor = visit.anchor.replace("_", " ")
    return VisitLine(visit, anchor, days.replace("-", "−"), tuple(labels.get(form, form) for form in visit.forms))


def _measured(one: Endpoint) -> dict[str, Any]:
    """What an endpoint counts, in the words of its lines."""
    return {
        _("events"): ", ".join(event.replace("_", " ") for event in one.events),
        _("competing"): ", ".join(event.replace("_", " ") for event in one.competing),
        _("counted from"): (one.origin or "").replace("_", " "),
        _("in whom"): one.population or "",
        _("horizon in days"): one.horizon_days or "",
    }
