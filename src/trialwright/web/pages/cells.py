"""Cells: what is where and how it stands, one code with its history, and the way of cells back and forth."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from trialwright.cells.codes import read_label
from trialwright.cells.labels import labels_printed
from trialwright.cells.laboratory import cells_view, stock
from trialwright.cells.plan import plans
from trialwright.cells.states import lot_state
from trialwright.cells.trace import backwards, find_things, forwards, lineage
from trialwright.cells.views import donor_view
from trialwright.conduct import ACTS
from trialwright.conduct.roles import Role, read_role
from trialwright.errors import FormatError
from trialwright.report.certificate import certificate_of, format_certificate
from trialwright.report.label import format_label, label_of
from trialwright.web.access import actor, allowed
from trialwright.web.acts.questions import asked
from trialwright.web.chrome import local_now
from trialwright.web.door import Standing, standing
from trialwright.web.lines import lines

SUBJECTS = {"donor": ("donor",), "collection": ("collection", "cells", "labelled"), "lot": ("lot", "cells", "labelled"),
            "dose": ("dose", "cells", "labelled")}  # fmt: skip
BEGINNINGS = (
    ("register_donor", _("Register a donor")),
    ("collect", _("Record a collection")),
    ("make_lot", _("Record a lot")),
)


@require_safe
def laboratory(request: HttpRequest) -> HttpResponse:
    """The stock, who is called, who receives cells now, what is planned by when."""
    stands = standing(request)
    if code := request.GET.get("code", "").strip():
        return redirect(f"{reverse('cells-code', args=[_scanned(code)])}")
    there = stock(stands.study, stands.trial, local_now(stands))
    role = read_role(actor(request).role)
    shown = {
        "stock": there,
        "may_trace": allowed("trace", role),
        "plans": plans(stands.study, stands.trial, stands.today),
        "lots": [(lot.code, lot_state(stands.study, stands.trial, lot, local_now(stands)).words, lot)
                 for lot in reversed(tuple(stands.trial.lots.values()))],
        "donors": tuple(stands.trial.donors),
        "begin": [(name, words) for name, words in BEGINNINGS if role in ACTS[name].roles],
    }  # fmt: skip
    return render(request, "cells/laboratory.html", shown)


@require_safe
def code(request: HttpRequest, code: str) -> HttpResponse:
    """A donor, collection, lot or dose: how it stands, its tests, where it has been, what may be recorded."""
    stands = standing(request)
    now = local_now(stands)
    role = read_role(actor(request).role)
    donor = donor_view(stands.study, stands.trial, code, now)
    found = cells_view(stands.study, stands.trial, code, now)
    if found is None and donor is None:
        return _unknown(request, stands, code)
    sort = "donor" if donor else found.item.sort if found else "lot"
    chapter = stands.trial.chapter(code)
    shown: dict[str, Any] = {
        "code": code,
        "labelled": labels_printed(stands.trial, code) if chapter else 0,
        "released": bool(found and found.releases and code in stands.trial.lots),
        "may_trace": allowed("trace", role),
        "sort": sort,
        "view": found,
        "donor": donor,
        "acts": [asked(act) for act in ACTS.values() if act.subject in SUBJECTS[sort] and role in act.roles],
        "entries": lines(stands, reversed(chapter.entries)) if chapter else (),
        "people": role in (Role.INVESTIGATOR, Role.COORDINATOR, Role.MONITOR, Role.AUDITOR, Role.CELL_LABORATORY),
    }
    return render(request, "cells/code.html", shown)


@require_safe
def trace(request: HttpRequest) -> HttpResponse:
    """From any code back to donors, reagents and people, and on to whoever received the cells."""
    stands = standing(request)
    wanted = request.GET.get("code", "").strip()
    states = {lot.code: lot_state(stands.study, stands.trial, lot).words for lot in stands.trial.lots.values()}
    found = lineage(stands.trial, states)
    things = find_things(found, wanted) if wanted else ()
    shown = {
        "wanted": wanted,
        "found": [(thing, backwards(found, thing.key), forwards(found, thing.key)) for thing in things],
    }
    return render(request, "cells/trace.html", shown, status=404 if wanted and not things else 200)


@require_safe
def label(request: HttpRequest, code: str) -> HttpResponse:
    """The newest label that was recorded as printed, drawn: text and Data Matrix."""
    stands = standing(request)
    chapter = stands.trial.chapter(code)
    number = labels_printed(stands.trial, code) if chapter else 0
    if not number:
        raise Http404
    drawn = format_label(label_of(stands.study, stands.trial, code, number), written_at=int(stands.now.timestamp()))
    return _pdf(drawn, f"label-{code}-{number}.pdf")


@require_safe
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """The certificate of a lot's release: what travels with a dose."""
    stands = standing(request)
    lot = stands.trial.lots.get(code)
    if lot is None or lot.release is None:
        raise Http404
    made = certificate_of(stands.study, stands.trial, code)
    return _pdf(format_certificate(made, written_at=int(stands.now.timestamp())), f"certificate-{code}.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _scanned(code: str) -> str:
    """What a scanned label is stuck to; any other text as it is."""
    if code.count("-") < 2:
        return code
    try:
        return read_label(code)[0]
    except FormatError:
        return code


def _unknown(request: HttpRequest, stands: Standing, code: str) -> HttpResponse:
    return render(request, "cells/unknown.html", {"code": code}, status=404)
