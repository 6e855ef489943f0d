"""The page of an act: its form, what is wrong with an answer, why it was refused, or what was recorded."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from trialwright.conduct import ACTS, NEW, Act, Refusal, may, read_what
from trialwright.conduct.choices import FINDINGS
from trialwright.conduct.words import word_faults
from trialwright.errors import TrialwrightError
from trialwright.ledger.kinds import DeviationRecorded, ResponseAssessed
from trialwright.store import Kept
from trialwright.web.access import actor
from trialwright.web.acts.labels import said_of
from trialwright.web.acts.offers import offers
from trialwright.web.acts.questions import Question, asked, grouped, questions, typed_words
from trialwright.web.acts.sent import (
    NO_FAULTS,
    Faults,
    as_shown,
    faults_of,
    fields_of,
    is_stale,
    second_person,
    seen,
    signature,
    since,
    told,
    when,
)
from trialwright.web.door import do, instant, standing
from trialwright.web.people import signing
from trialwright.web.people.kept import typed_before

TIMED = frozenset(
    {
        "premedicate",
        "decide_go",
        "check_at_bedside",
        "infuse",
        "interrupt_infusion",
        "resume_infusion",
        "end_infusion",
        "report_adverse_event",
        "consent",
        "collect",
        "receive",
        "process",
        "issue",
        "return_dose",
        "hand_over",
        "send_report",
    }
)
"""Acts whose time of day matters: the form begins with the present minute."""
SIGNED = frozenset({"screen", "enrol", "mark_value", "decide_go", "resume", "release", "record_death"})
"""Acts by which somebody signs: the password is asked for again."""
PREVIEWED = frozenset({"assess_response", *FINDINGS})
"""Acts whose entry holds what the core makes of the findings: it can be shown before anything is written."""


def act(request: HttpRequest, name: str, code: str | None = None) -> HttpResponse:
    """The form of an act, or what came of sending it."""
    chosen = ACTS.get(name)
    if chosen is None:
        raise Http404
    if not may(actor(request), chosen):
        return render(request, "faults/403.html", status=403)
    if request.method == "POST":
        return _sent(request, chosen, code)
    again = typed_before(request)
    if again is not None:
        return _form(request, chosen, code, again, id=again.get("id"))
    return _form(request, chosen, code, _first(request, chosen))


def _first(request: HttpRequest, chosen: Act[Any]) -> QueryDict:
    """The form as it is opened: today, now where the minute matters, and what the address already says."""
    stands = standing(request)
    typed = QueryDict(mutable=True)
    typed["on"] = stands.today.isoformat() if chosen.needs_on else ""
    if chosen.name in TIMED:
        typed["time"] = f"{stands.here:%H:%M}"
    for key, values in request.GET.lists():
        if key == "kept":
            continue
        typed.setlist(key if key in ("on", "time", "next", "who") else f"w.{key}", values)
    return typed


def _form(
    request: HttpRequest,
    chosen: Act[Any],
    code: str | None,
    typed: QueryDict,
    faults: Faults = NO_FAULTS,
    refusal: Refusal | None = None,
    id: str | None = None,
    status: int = 200,
    made: str = "",
) -> HttpResponse:
    stands = standing(request)
    book = stands.trial.casebook(code) if code else None
    found = questions(chosen, typed, offers(stands, chosen, book), faults.fields)
    id = id or uuid.uuid4().hex
    shown = {
        "act": asked(chosen),
        "code": code,
        "book": book,
        "groups": grouped(chosen.name, found),
        "typed": typed,
        "faults": faults,
        "refusal": refusal,
        "id": id,
        "seen": stands.seen,
        "made": made,
        "previewed": chosen.name in PREVIEWED,
        "signed": chosen.name in SIGNED,
        "signing": signing.ask(request, id, as_shown(stands, chosen.name, code, stands.seen))
        if chosen.name in SIGNED
        else None,
        "told_afterwards": not chosen.of_ledger,
        "since": since(stands, typed) if refusal and is_stale(refusal) else (),
        "needs_code": chosen.needs_who and not code,
        "here": "participants" if book else "",
        "anywhere_required": any(question.required for question in found),
    }
    return render(request, "acts/act.html", shown, status=status)


def _sent(request: HttpRequest, chosen: Act[Any], code: str | None) -> HttpResponse:
    typed = request.POST
    stands = standing(request)
    who = code or typed.get("who", "").strip() or (NEW if chosen.opens or chosen.coded else None)
    second, faults = second_person(request, chosen.two_person)
    words = typed_words(chosen, typed)
    faults |= word_faults(chosen.name, chosen.fields, words)
    if chosen.name in SIGNED and not faults:  # a signature that is used up for nothing would have to be given again
        faults |= signature(request, as_shown(stands, chosen.name, code, seen(typed)))
    if faults:
        return _form(request, chosen, code, typed, Faults(faults, ()), id=typed.get("id"), status=422)
    try:
        if typed.get("do") == "preview" and chosen.name in PREVIEWED:
            return _preview(request, chosen, code, words)
        outcome = do(
            request,
            chosen,
            actor=actor(request),
            who=who,
            words=words,
            on=when(stands, typed),
            id=typed.get("id") or uuid.uuid4().hex,
            second=second,
            told=told(typed),
            seen=seen(typed),
        )
    except TrialwrightError as fault:
        return _form(
            request,
            chosen,
            code,
            typed,
            faults_of(chosen.name, fields_of(chosen), str(fault)),
            id=typed.get("id"),
            status=422,
        )
    if isinstance(outcome, Refusal):
        return _form(request, chosen, code, typed, refusal=outcome, status=409 if is_stale(outcome) else 422)
    return done(request, chosen.name, outcome, typed)


def _preview(request: HttpRequest, chosen: Act[Any], code: str | None, words: dict[str, Any]) -> HttpResponse:
    """The form again, with what the core makes of it: the act is asked, and nothing is written."""
    stands, typed = standing(request), request.POST
    what = read_what(chosen, words)
    on = when(stands, typed)
    outcome = chosen(stands.study, stands.trial, actor(request), code, what, on, site=stands.site, now=instant(stands))
    if isinstance(outcome, Refusal):
        return _form(request, chosen, code, typed, refusal=outcome, id=typed.get("id"))
    return _form(request, chosen, code, typed, id=typed.get("id"), made=graded_as(outcome[0].what))


def done(request: HttpRequest, name: str, kept: Kept, typed: QueryDict) -> HttpResponse:
    """Say what was recorded, with every deviation beside it, and go where the form was to lead."""
    first = kept.entries[0]
    about = f": {first.about}" if first.about else ""
    said = {"what": said_of(name).done, "about": about, "n": f"{first.seq:,}"}
    messages.success(request, _("%(what)s%(about)s. Entry %(n)s.") % said)
    if graded := graded_as(first.what):
        messages.info(request, graded)
    for entry in kept.entries:
        if isinstance(entry.what, DeviationRecorded) and not isinstance(first.what, DeviationRecorded):
            messages.warning(request, _("A deviation stands beside it: %(text)s") % {"text": entry.what.description})
    return redirect(_next(request, typed, first.about))


def graded_as(what: Any) -> str:
    """What the entry's findings make: the grade of a scale, or the category of a response; with what decides it."""
    because = "; ".join(getattr(what, "because", ()))
    if grade := getattr(what, "scale", None) and what.grade:
        return _("Grade %(grade)s (%(scale)s). %(because)s") % {
            "grade": grade,
            "scale": what.scale,
            "because": because,
        }
    if isinstance(what, ResponseAssessed):
        computed = what.computed or _("nothing")
        return _("Category %(said)s; the rules make of the findings: %(computed)s.") % {
            "said": what.category,
            "computed": computed,
        }
    return ""


def _next(request: HttpRequest, typed: QueryDict, about: str | None) -> str:
    wanted = typed.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    book = standing(request).trial.casebook(about) if about else None
    return reverse("casebook", args=[book.code]) if book else reverse("home")


__all__ = ["Question", "act", "done"]
