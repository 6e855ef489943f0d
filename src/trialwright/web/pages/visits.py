"""The visits of one person, and one visit as a page: its forms from the study, how it took place, its window."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trialwright.conduct import Refusal
from trialwright.conduct.answered import screening_visit
from trialwright.conduct.schedule import UNSCHEDULED
from trialwright.conduct.visit_states import outside, recorded_late, visit_states
from trialwright.conduct.words import VOCABULARY
from trialwright.errors import FormatError
from trialwright.facts import parse_occurred
from trialwright.study.model import Form
from trialwright.web.acts.sent import NO_FAULTS, Faults, is_stale, since, when
from trialwright.web.ward import drafts
from trialwright.web.ward.asking import Opened, ask, opened, say
from trialwright.web.ward.items import Typed, faults_in, forms_named, missing_in, shown_forms, typed_forms


def visits(request: HttpRequest, code: str) -> HttpResponse:
    """Every visit with its window and its state."""
    on_page = opened(request, code)
    states = visit_states(on_page.stands.study, on_page.book, on_page.stands.today)
    shown = {
        "book": on_page.book,
        "open": [one for one in states if one.stands in ("open", "not recorded")],
        "ahead": [one for one in states if one.stands == "ahead"],
        "waits": [one for one in states if one.stands == "waits"],
        "done": [
            (one, recorded_late(one.entry, on_page.stands.zone) if one.entry else 0)
            for one in states
            if one.stands in ("done", "missed")
        ],
        "screening": _screening(on_page),
        "writes": on_page.may("visit"),
        "here": "participants",
    }
    return render(request, "ward/visits.html", shown)


def _screening(on_page: Opened) -> str:
    """The visit that has a page of its own while somebody is in screening; empty afterwards."""
    planned = screening_visit(on_page.stands.study)
    return planned.id if planned and on_page.book.number is None else ""


def visit(request: HttpRequest, code: str, visit: str) -> HttpResponse:
    """One visit: its forms to be filled in, and what came of sending them."""
    on_page = opened(request, code)
    study = on_page.stands.study
    planned = next((one for one in study.visits if one.id == visit), None)
    if planned is None and visit != UNSCHEDULED:
        raise Http404
    chosen = request.POST.getlist("form") or request.GET.getlist("form")
    forms = forms_named(study, planned.forms if planned else chosen)
    if request.method != "POST":
        kept = drafts.find(request, _draft(on_page, visit))
        typed = kept[0].copy() if kept and "draft" in request.GET else QueryDict(mutable=True)
        forms = forms or forms_named(study, typed.getlist("form"))
        return _page(request, on_page, visit, forms, typed, draft=kept[1] if kept else None)
    match request.POST.get("do"):
        case "keep":
            drafts.keep(request, _draft(on_page, visit))
            return redirect("visits", on_page.book.code)
        case "drop":
            drafts.drop(request, _draft(on_page, visit))
            return redirect("visit", on_page.book.code, visit)
    return _sent(request, on_page, visit, forms)


def _draft(on_page: Opened, visit: str) -> str:
    return f"visit/{on_page.book.code}/{visit}"


def _page(
    request: HttpRequest,
    on_page: Opened,
    visit: str,
    forms: tuple[Form, ...],
    typed: QueryDict,
    *,
    faults: Faults = NO_FAULTS,
    refusal: Refusal | None = None,
    doubts: Iterable[str] = (),
    draft: Any = None,
    status: int = 200,
) -> HttpResponse:
    stands, study = on_page.stands, on_page.stands.study
    planned = next((one for one in study.visits if one.id == visit), None)
    day = typed.get("on") or stands.today.isoformat()
    shown = {
        "book": on_page.book,
        "visit": visit,
        "label": planned.label if planned else _("Unscheduled visit"),
        "unscheduled": planned is None,
        "all_forms": forms_named(study, [one.id for one in study.forms]),
        "chosen": [form.id for form in forms],
        "forms": shown_forms(study, on_page.book, forms, typed, faults.fields, on_page.actor),
        "modes": VOCABULARY["visit"]["mode"],
        "mode": typed.get("mode", "on site"),
        "state": next((one for one in visit_states(study, on_page.book, stands.today) if one.visit == visit), None),
        "off": _off(on_page, visit, day),
        "day": day,
        "typed": typed,
        "faults": faults,
        "refusal": refusal,
        "since": since(stands, typed) if refusal and is_stale(refusal) else (),
        "doubts": tuple(doubts),
        "draft": draft,
        "id": uuid.uuid4().hex if not typed.get("id") or refusal else typed["id"],
        "seen": stands.seen,
        "writes": on_page.may("visit"),
        "here": "participants",
    }
    return render(request, "ward/visit.html", shown, status=status)


def _off(on_page: Opened, visit: str, day: str) -> str:
    """In words, how far a day lies outside the visit's window; empty inside it."""
    try:
        found = outside(on_page.stands.study, on_page.book, visit, parse_occurred(day))
    except FormatError:
        return ""
    if found is None:
        return ""
    off, window = found
    days = ngettext("%(n)s day", "%(n)s days", abs(off)) % {"n": abs(off)}
    said = {"day": day, "days": days, "window": str(window)}
    if off > 0:
        return _("%(day)s is %(days)s after the window of %(window)s: a deviation will stand beside the visit.") % said
    return _("%(day)s is %(days)s before the window of %(window)s: a deviation will stand beside the visit.") % said


def _sent(request: HttpRequest, on_page: Opened, visit: str, forms: tuple[Form, ...]) -> HttpResponse:
    study, typed = on_page.stands.study, request.POST
    missed = typed.get("mode") == "missed"
    sent = Typed({}, {}, {}) if missed else typed_forms(study, forms, typed)
    wrong = faults_in(study, sent)
    if wrong:
        return _page(request, on_page, visit, forms, typed, faults=Faults(wrong, ()), status=422)
    doubts = _doubts(on_page, visit, forms, sent, typed, missed)
    if doubts and typed.get("sure") != "yes":
        return _page(request, on_page, visit, forms, typed, doubts=doubts, status=422)
    words: dict[str, Any] = {"visit": visit, "mode": typed.get("mode") or "on site"}
    words |= {"answers": dict(sent.answers), "ranges": dict(sent.ranges), "dates": dict(sent.dates)}
    outcome = ask(request, "visit", on_page.book.code, words, when(on_page.stands, typed))
    if isinstance(outcome, Faults):
        return _page(request, on_page, visit, forms, typed, faults=outcome, status=422)
    if isinstance(outcome, Refusal):
        return _page(request, opened(request, on_page.book.code), visit, forms, typed, refusal=outcome, status=422)
    say(request, "visit", outcome)
    drafts.drop(request, _draft(on_page, visit))
    return redirect("visits", on_page.book.code)


def _doubts(
    on_page: Opened, visit: str, forms: tuple[Form, ...], sent: Typed, typed: QueryDict, missed: bool
) -> list[str]:
    """What a person is asked to say twice: answers that are needed and missing, and a day outside the window."""
    found = []
    if not missed and (missing := missing_in(on_page.stands.study, forms, sent)):
        labels = ", ".join(label for _name, label in missing)
        found.append(_("Needed, and not answered: %(labels)s.") % {"labels": labels})
    if off := _off(on_page, visit, typed.get("on", "")):
        found.append(off)
    return found
