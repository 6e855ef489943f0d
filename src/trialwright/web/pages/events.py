"""Adverse events of one person: the list, a new one from the words people use, and what follows from each."""

import uuid
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from trialwright.conduct import Refusal
from trialwright.conduct.words import CAUSES, OF_EVENT, RELATED
from trialwright.ctcae.catalogue import Term, catalogue
from trialwright.ctcae.search import find_terms
from trialwright.safety.events import event_named
from trialwright.safety.next_steps import ASKED
from trialwright.safety.reporting.due import OF_DONOR
from trialwright.safety.views import PersonView, person_view
from trialwright.web.acts.labels import cause_said, label_of, said_of
from trialwright.web.acts.sent import NO_FAULTS, Faults, is_stale, since, when
from trialwright.web.chrome import local_now
from trialwright.web.door import forget
from trialwright.web.ward.asking import Opened, ask, opened, say

CAUSES_ASKED: Final = tuple(cause for cause in CAUSES if cause not in OF_DONOR)
SCALES: Final = (
    "assess_crs",
    "assess_icans",
    "assess_acute_gvhd",
    "assess_chronic_gvhd",
    "assess_infusion_reaction",
)
PLAIN: Final = ("grade", "serious", "expected", "dose_limiting", "action", "outcome", "resolved_on", "treatment")
WORDS: Final = (*PLAIN, "narrative", "specify")


@require_safe
def events(request: HttpRequest, code: str) -> HttpResponse:
    """Every event with how it stands, the clocks that run, the scales, and what to do next."""
    on_page = opened(request, code)
    view = _view(on_page)
    open_ = [one for one in view.events if one.resolved_on is None and not one.fatal and one.outcome not in _OVER]
    shown = {
        "book": on_page.book,
        "view": view,
        "open": sorted(open_, key=lambda one: (not one.serious, -one.grade)),
        "over": [one for one in view.events if one not in open_],
        "clocks": [one for one in view.reports if one.stands in ("overdue", "due")],
        "waiting": [one for one in view.values if one.stands in ("waits for a mark", "grade not confirmed")],
        "scales": [(name, said_of(name).title) for name in SCALES],
        "writes": on_page.may("report_adverse_event"),
        "here": "participants",
    }
    return render(request, "ward/events.html", shown)


_OVER = frozenset({"resolved", "resolved with sequelae", "fatal"})


def _view(on_page: Opened) -> PersonView:
    stands = on_page.stands
    found = person_view(stands.study, stands.trial, on_page.book.code, local_now(stands))
    if found is None:
        raise Http404
    return found


# --- terms ------------------------------------------------------------------------------------------------------------


@require_safe
def terms(request: HttpRequest, code: str) -> HttpResponse:
    """The terms that fit some words, as a list to choose from: the part of the page that is fetched as one types."""
    return render(request, "ward/terms.html", _found(request, opened(request, code)))


def _found(request: HttpRequest, on_page: Opened) -> dict[str, Any]:
    words = request.GET.get("q", "").strip()
    version = on_page.stands.study.safety.ctcae
    return {
        "book": on_page.book,
        "q": words,
        "found": find_terms(words, version, limit=12) if words else (),
        "ctcae": version,
    }


# --- a new event ------------------------------------------------------------------------------------------------------


def new(request: HttpRequest, code: str) -> HttpResponse:
    """First the term, searched in any words; then the grades it has, and everything asked of the event."""
    on_page = opened(request, code)
    if not on_page.may("report_adverse_event"):
        return render(request, "faults/403.html", status=403)
    term = _term(on_page, request.POST.get("term") or request.GET.get("term", ""))
    if term is None:
        return render(request, "ward/event_term.html", _found(request, on_page) | {"here": "participants"})
    if request.method != "POST":
        typed = QueryDict(mutable=True)
        typed["on"], typed["aware_on"] = on_page.stands.today.isoformat(), on_page.stands.today.isoformat()
        typed["aware_time"] = f"{on_page.stands.here:%H:%M}"
        return _new(request, on_page, term, typed)
    words = _words(on_page, request.POST) | {"term": term.name}
    outcome = ask(request, "report_adverse_event", on_page.book.code, words, when(on_page.stands, request.POST))
    if isinstance(outcome, Faults):
        return _new(request, on_page, term, request.POST, faults=outcome, status=422)
    if isinstance(outcome, Refusal):
        return _new(request, opened(request, on_page.book.code), term, request.POST, refusal=outcome, status=422)
    say(request, "report_adverse_event", outcome)
    return redirect("event", on_page.book.code, outcome.entries[0].id)


def _term(on_page: Opened, name: str) -> Term | None:
    return catalogue(on_page.stands.study.safety.ctcae).term(name) if name else None


def _new(
    request: HttpRequest,
    on_page: Opened,
    term: Term,
    typed: QueryDict,
    *,
    faults: Faults = NO_FAULTS,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = _asked(on_page, term, typed, faults, refusal) | {"term": term, "here": "participants"}
    return render(request, "ward/event_new.html", shown, status=status)


def _asked(
    on_page: Opened, term: Term | None, typed: QueryDict, faults: Faults, refusal: Refusal | None
) -> dict[str, Any]:
    """What the form of an event, or of what is new about one, needs."""
    stands = on_page.stands
    names = ("serious", "expected", "dose_limiting", "action", "outcome", "treatment", "resolved_on", "narrative")
    return {
        "book": on_page.book,
        "typed": typed,
        "seriousness_typed": typed.getlist("seriousness"),
        "grades": [(grade, term.grades[grade - 1]) for grade in term.grades_there] if term else [],
        "seriousness": OF_EVENT["seriousness"],
        "expected": OF_EVENT["expected"],
        "actions": OF_EVENT["action"],
        "outcomes": OF_EVENT["outcome"],
        "relations": RELATED,
        "causes": [(cause, cause_said(cause), typed.get(f"related.{cause}", "")) for cause in CAUSES_ASKED],
        "labels": {name: label_of("report_adverse_event", name) for name in names},
        "faults": faults,
        "refusal": refusal,
        "since": since(stands, typed) if refusal and is_stale(refusal) else (),
        "id": uuid.uuid4().hex if not typed.get("id") or refusal else typed["id"],
        "seen": stands.seen,
    }


def _words(on_page: Opened, typed: QueryDict) -> dict[str, Any]:
    """What was sent, in the act's own words; what was left empty is left out."""
    words: dict[str, Any] = {name: typed.get(name, "").strip() for name in WORDS}
    words = {name: value for name, value in words.items() if value}
    related = {cause: typed.get(f"related.{cause}", "") for cause in CAUSES_ASKED}
    if any(related.values()):
        words["related"] = {cause: said for cause, said in related.items() if said}
    if seriousness := typed.getlist("seriousness"):
        words["seriousness"] = seriousness
    if aware := when(on_page.stands, _moment(typed, "aware")):
        words["aware_at"] = aware
    return words


def _moment(typed: QueryDict, name: str) -> QueryDict:
    """The day and time of another moment than the act's own."""
    moment = QueryDict(mutable=True)
    moment["on"], moment["time"] = typed.get(f"{name}_on", ""), typed.get(f"{name}_time", "")
    return moment


# --- one event --------------------------------------------------------------------------------------------------------


def event(request: HttpRequest, code: str, id: str) -> HttpResponse:
    """What follows from an event: who must be told by when, whether the trial pauses; and what is new about it."""
    on_page = opened(request, code)
    if request.method != "POST":
        typed = QueryDict(mutable=True)
        typed["on"] = on_page.stands.today.isoformat()
        return _event(request, on_page, id, typed)
    words = _words(on_page, request.POST) | {"event": id}
    outcome = ask(request, "follow_adverse_event", on_page.book.code, words, when(on_page.stands, request.POST))
    if isinstance(outcome, Faults):
        return _event(request, on_page, id, request.POST, faults=outcome, status=422)
    if isinstance(outcome, Refusal):
        return _event(request, opened(request, code), id, request.POST, refusal=outcome, status=422)
    say(request, "follow_adverse_event", outcome)
    forget(request)
    return redirect("event", on_page.book.code, id)


def _event(
    request: HttpRequest,
    on_page: Opened,
    id: str,
    typed: QueryDict,
    *,
    faults: Faults = NO_FAULTS,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    stands = on_page.stands
    found = event_named(stands.trial, id)
    if found is None or found.about != on_page.book.code:
        raise Http404
    view = _view(on_page)
    shown_event = next(one for one in view.events if one.id == found.id)
    term = catalogue(found.ctcae).term(found.term) if found.ctcae in ("5.0", "6.0") else None
    reports = [_with_link(one, on_page.book.code, found.id) for one in view.reports if one.entry == found.id]
    steps = [
        (step.says, _step_link(step.act, step.who, step.words, on_page.book.code, found.id))
        for step in view.steps
        if ("event", found.id) in step.words and step.act != "follow_adverse_event"
    ]
    shown = _asked(on_page, term, typed, faults, refusal) | {
        "event": shown_event,
        "related": [(cause_said(cause), said) for cause, said in shown_event.related],
        "reports": reports,
        "steps": steps,
        "pauses": view.pauses,
        "dlt": view.dlt,
        "follows": bool(faults.count or refusal),
        "writes": on_page.may("follow_adverse_event"),
        "here": "participants",
    }
    return render(request, "ward/event.html", shown, status=status)


def _with_link(report: Any, code: str, event: str) -> tuple[Any, str]:
    """A report owed, and the address of the form by which it is recorded as sent."""
    query = QueryDict(mutable=True)
    for name in ("entry", "regime", "what", "to"):
        query[name] = getattr(report, name)
    query["next"] = reverse("event", args=[code, event])
    return report, f"{reverse('act-about', args=[code, 'send_report'])}?{query.urlencode()}"


def _step_link(act: str, who: str, words: Any, code: str, event: str) -> str:
    query = QueryDict(mutable=True)
    for name, value in dict(words).items():
        if value != ASKED:
            query[name] = str(value)
    query["next"] = reverse("event", args=[code, event])
    return f"{reverse('act-about', args=[who, act])}?{query.urlencode()}"
