"""Results and the safety board's report: at any cut-off, on what was known by any entry; as a page, a file, a PDF."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from trialwright.errors import UsageError
from trialwright.report.html import parts_css
from trialwright.web.door import Standing, standing
from trialwright.web.reports import Which, language, made, read_known_at

LONG = 24 * 3600


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Endpoints, flow, participants, cells, harm: the trial's report."""
    return _report(request, "results")


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """What the safety board reads."""
    return _report(request, "safety")


def _report(request: HttpRequest, which: Which) -> HttpResponse:
    stands = standing(request)
    shown: dict[str, Any] = {
        "which": which,
        "cut_off": request.GET.get("as_of", ""),
        "known_at": request.GET.get("known_at", ""),
    }
    try:
        cut_off, known_at = _cut_off(stands, shown["cut_off"]), read_known_at(shown["known_at"])
        report = made(stands, which, cut_off, known_at, language(get_language()))
    except UsageError as fault:
        return render(request, "reports/report.html", shown | {"fault": str(fault)}, status=422)
    form = request.GET.get("form", "")
    name = f"{stands.study.id}-{which}-{cut_off}"
    if form == "pdf":
        return _file(report.pdf, f"{name}.pdf", "application/pdf")
    if form == "html":
        return _file(report.page, f"{name}.html", "text/html; charset=utf-8")
    shown |= {"cut_off": cut_off.isoformat(), "report": report.document, "body": mark_safe(report.body)}
    return render(request, "reports/report.html", shown)


def _cut_off(stands: Standing, word: str) -> date:
    if not word.strip():
        return stands.today
    try:
        return date.fromisoformat(word.strip())
    except ValueError:
        raise UsageError(f"{word[:40]}: expected a day such as 2026-11-22.") from None


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The style of a report inside a page."""
    response = HttpResponse(parts_css(), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = f"private, max-age={LONG}"
    return response
