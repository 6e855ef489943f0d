"""The infusion's day on one sheet: what comes first, how it runs, the vital signs in one grid, what to do now."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from trialwright.conduct.infusion_sheet import InfusionSheet, infusion_sheet
from trialwright.conduct.next_steps import NextStep
from trialwright.errors import UsageError
from trialwright.web.access import actor
from trialwright.web.chrome import local_now
from trialwright.web.door import standing
from trialwright.web.ward.addresses import page_of

SIGNS = ("temperature_c", "pulse", "systolic", "diastolic", "respiratory_rate", "spo2_percent")
"""The columns of the grid of vital signs, as the act names them."""


@require_safe
def infusion(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet of a participant's infusion: the running one, else the next, else the one named."""
    stands = standing(request)
    book = stands.trial.casebook(code)
    if book is None:
        raise Http404
    number = request.GET.get("infusion", "")
    try:
        sheet = infusion_sheet(
            stands.study, stands.trial, book.code, local_now(stands), int(number) if number.isdigit() else None
        )
    except UsageError:
        raise Http404 from None
    role = actor(request).role
    shown: dict[str, Any] = {
        "book": book,
        "sheet": sheet,
        "grid": [(line, _cells(dict(line.values))) for line in sheet.grid],
        "steps": [(step, _address(sheet, step) if role in step.roles else "") for step in sheet.steps],
        "main": next((_address(sheet, one) for one in sheet.steps if one.act == sheet.act and role in one.roles), ""),
        "infusions": [entry.what.infusion for entry in book.infusions],
    }
    return render(request, "bedside/infusion.html", shown)


def _cells(values: dict[str, str]) -> tuple[str, ...]:
    return tuple(values.get(name, "–") for name in SIGNS)


def _address(sheet: InfusionSheet, step: NextStep) -> str:
    """The page on which a step is done, with what is known filled in."""
    page = page_of(step.act, sheet.code)
    words = [(name, _plain(value)) for name, value in step.words if value not in (None, (), "")]
    back = reverse("infusion", args=[sheet.code])
    return f"{page}?{urlencode([*words, ('next', back)])}"


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
