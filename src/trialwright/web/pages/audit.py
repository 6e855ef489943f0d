"""The audit trail: every entry as recorded, filtered, by entry number; and exactly the filtered set to take away."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import date
from itertools import islice
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from trialwright.cells.views import apart
from trialwright.conduct.roles import Role
from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.kinds import KINDS
from trialwright.report.audit import HEAD, MOODS, Asked, audit_row, delay, entries_asked, inert, local, mood_words
from trialwright.report.audit_document import audit_document
from trialwright.report.pdf import format_pdf
from trialwright.web.access import actor
from trialwright.web.door import Standing, instant, standing
from trialwright.web.index import entries_about
from trialwright.web.lines import Line, shown_line
from trialwright.web.pages.entries import readable

ON_A_PAGE: Final = 50
MOST_IN_PDF: Final = 2_000
"""A printed trail longer than this is no reading: the file for a spreadsheet holds any number."""
DAYS: Final = ("recorded_from", "recorded_to", "occurred_from", "occurred_to")


def audit(request: HttpRequest) -> HttpResponse:
    """The entries asked for, newest first, one page by entry number."""
    stands = standing(request)
    asked, faults = read_asked(request.GET)
    before = _number(request.GET.get("before"))
    page = list(islice(_asked_for(request, stands, asked, before), ON_A_PAGE + 1))
    more = page[ON_A_PAGE:]
    shown = {
        "rows": [_row(stands, entry) for entry in page[:ON_A_PAGE]],
        "older": page[ON_A_PAGE - 1].seq if more else None,
        "newest": before is None,
        "asked": asked,
        "faults": faults,
        "kinds": sorted(KINDS),
        "roles": [role.value for role in Role],
        "sites": list(stands.trial.adopted.what.time_zones),
        "moods": MOODS,
        "query": _query(request),
    }
    return render(request, "audit.html", shown, status=422 if faults else 200)


def read_asked(typed: QueryDict) -> tuple[Asked, dict[str, str]]:
    """What the form asks for; a day that cannot be read is a fault at its field, and asks for nothing."""
    found: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for part in fields(Asked):
        sent = typed.get(part.name, "").strip()
        if part.name not in DAYS:
            found[part.name] = sent
        elif sent:
            try:
                found[part.name] = date.fromisoformat(sent)
            except ValueError:
                faults[part.name] = _("Write the day as year-month-day: 2026-11-24.")
    return replace(Asked(), **found), faults


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None


def _query(request: HttpRequest) -> str:
    """The filter as it stands, without the page."""
    asked = request.GET.copy()
    asked.pop("before", None)
    return asked.urlencode()


def _asked_for(request: HttpRequest, stands: Standing, asked: Asked, before: int | None = None) -> Iterator[AnyEntry]:
    """The entries asked for that whoever asks may read."""
    book = stands.trial.casebook(asked.about) if asked.about else None
    among: Iterable[AnyEntry] = reversed(stands.trial.recorded)
    if asked.about:
        among = entries_about(stands, book.code if book else asked.about.upper())
    return entries_asked(
        stands.trial,
        asked,
        before=before,
        zone=stands.zone,
        allowed=lambda entry: readable(request, stands, entry),
        among=among,
    )


def _row(stands: Standing, entry: AnyEntry) -> dict[str, Any]:
    zone = stands.trial.adopted.what.time_zones.get(entry.site, stands.zone)
    line = _line(stands, entry)
    return {
        "line": line,
        "site": f"{local(entry.recorded_at, zone):%Y-%m-%d %H:%M}",
        "utc": f"{entry.recorded_at[:10]} {entry.recorded_at[11:16]}",
        "mood": mood_words(entry),
        "delay": delay(entry),
    }


def _line(stands: Standing, entry: AnyEntry) -> Line:
    line = shown_line(stands, entry)
    if entry.about in stands.books or entry.about in stands.trial.donors:
        return apart(stands.trial, entry.about or "", line)
    return line


# --- to take away -----------------------------------------------------------------------------------------------------


def export_csv(request: HttpRequest) -> HttpResponse:
    """The filtered set as a file for a spreadsheet; no cell of it is ever taken for a formula."""
    stands = standing(request)
    asked, faults = read_asked(request.GET)
    if faults:
        return audit(request)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    rows = list(_rows(request, stands, asked))
    for name, value in _said(request, stands, asked, len(rows)):
        writer.writerow((inert(name), inert(value)))
    writer.writerow(())
    writer.writerow(HEAD)
    writer.writerows(tuple(map(inert, row)) for row in rows)
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_name(stands)}.csv"'
    return response


def export_pdf(request: HttpRequest) -> HttpResponse:
    """The filtered set to print and to sign."""
    stands = standing(request)
    asked, faults = read_asked(request.GET)
    found = [] if faults else list(islice(_asked_for(request, stands, asked), MOST_IN_PDF + 1))
    if len(found) > MOST_IN_PDF:
        told = _("More than %(n)s entries are too many to print. Narrow the filter, or take the CSV.")
        messages.warning(request, told % {"n": f"{MOST_IN_PDF:,}"})
    if faults or len(found) > MOST_IN_PDF:
        return audit(request)
    rows = [_as_row(stands, entry, _numbers(stands)) for entry in found]
    document = audit_document(
        stands.study,
        tuple(rows),
        tuple(_said(request, stands, asked, len(rows))),
        simulated=stands.trial.simulated,
        written_at=int(stands.now.timestamp()),
    )
    response = HttpResponse(format_pdf(document), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{_name(stands)}.pdf"'
    return response


def _rows(request: HttpRequest, stands: Standing, asked: Asked) -> Iterator[tuple[str, ...]]:
    numbers = _numbers(stands)
    return (_as_row(stands, entry, numbers) for entry in _asked_for(request, stands, asked))


def _numbers(stands: Standing) -> dict[str, int]:
    return {entry.id: entry.seq for entry in stands.trial.recorded}


def _as_row(stands: Standing, entry: AnyEntry, numbers: dict[str, int]) -> tuple[str, ...]:
    zone = stands.trial.adopted.what.time_zones.get(entry.site, stands.zone)
    line = _line(stands, entry)
    says = "; ".join(f"{name}: {value}" for name, value in line.details)
    return audit_row(line.entry, says, numbers, zone)


def _said(request: HttpRequest, stands: Standing, asked: Asked, count: int) -> Iterator[tuple[str, str]]:
    """What stands above the rows: of which study, how many, which filter, who took it away and when, the head."""
    yield "study", f"{stands.study.id} {stands.study.version}: {stands.study.title}"
    yield "filter", "; ".join(f"{name}: {value}" for name, value in asked.said) or "everything"
    yield "entries", f"{count} of {stands.trial.size}"
    yield "exported", f"{instant(stands)} by {actor(request)}"
    yield "head", stands.trial.head.hex()
    if stands.trial.simulated:
        yield "simulated", "No real person is shown."


def _name(stands: Standing) -> str:
    return f"audit-trail-{stands.study.id}-{stands.now:%Y%m%dT%H%MZ}"
