"""The page of an act: its form, what is wrong with an answer, why it was refused, or what was recorded."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from trialwright.conduct import ACTS, NEW, Act, Refusal, may
from trialwright.errors import TrialwrightError
from trialwright.ledger.kinds import DeviationRecorded
from trialwright.store import Kept
from trialwright.web.access import actor
from trialwright.web.acts.offers import offers
from trialwright.web.acts.questions import Question, asked, questions, typed_words
from trialwright.web.acts.sent import (
    NO_FAULTS,
    Faults,
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
from trialwright.web.door import Standing, do, standing
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
) -> HttpResponse:
    stands = standing(request)
    book = stands.trial.casebook(code) if code else None
    found = questions(chosen, typed, offers(stands, chosen, book), faults.fields)
    id = id or uuid.uuid4().hex
    shown = {
        "act": asked(chosen),
        "code": code,
        "book": book,
        "questions": found,
        "typed": typed,
        "faults": faults,
        "refusal": refusal,
        "id": id,
        "seen": stands.seen,
        "signed": chosen.name in SIGNED,
        "signing": signing.ask(request, id, _shown(stands, chosen, code, stands.seen))
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
    if chosen.name in SIGNED:
        faults |= signature(request, _shown(stands, chosen, code, seen(typed)))
    if faults:
        return _form(request, chosen, code, typed, Faults(faults, ()), id=typed.get("id"), status=422)
    try:
        outcome = do(
            request,
            chosen,
            actor=actor(request),
            who=who,
            words=typed_words(chosen, typed),
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


def done(request: HttpRequest, name: str, kept: Kept, typed: QueryDict) -> HttpResponse:
    """Say what was recorded, with every deviation beside it, and go where the form was to lead."""
    first = kept.entries[0]
    what = name.replace("_", " ")
    about = f" {first.about}" if first.about else ""
    said = {"what": what, "about": about, "n": f"{first.seq:,}"}
    messages.success(request, _("Recorded: %(what)s%(about)s. Entry %(n)s.") % said)
    for entry in kept.entries:
        if isinstance(entry.what, DeviationRecorded) and not isinstance(first.what, DeviationRecorded):
            messages.warning(request, _("A deviation stands beside it: %(text)s") % {"text": entry.what.description})
    return redirect(_next(request, typed, first.about))


def _next(request: HttpRequest, typed: QueryDict, about: str | None) -> str:
    wanted = typed.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    book = standing(request).trial.casebook(about) if about else None
    return reverse("casebook", args=[book.code]) if book else reverse("home")


def _shown(stands: Standing, chosen: Act[Any], code: str | None, looked: int | None) -> str:
    """What the form rests on: the trial, the act, about whom, and the hash of the newest entry that was seen."""
    known = looked is not None and 0 <= looked <= stands.seen
    head = stands.trial.recorded[looked].hash.hex() if looked is not None and known else ""
    return "/".join((stands.name, chosen.name, code or "", str(looked), head))


__all__ = ["Question", "act", "done"]
