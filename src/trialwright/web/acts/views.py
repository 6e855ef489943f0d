"""The page of an act: its form, what is wrong with an answer, why it was refused, or what was recorded."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from trialwright.conduct import ACTS, NEW, Act, Refusal, may
from trialwright.errors import TrialwrightError
from trialwright.ledger import Actor, Told
from trialwright.ledger.kinds import DeviationRecorded
from trialwright.store import Kept
from trialwright.web.access import actor
from trialwright.web.acts.offers import offers
from trialwright.web.acts.questions import Question, asked, questions, typed_words
from trialwright.web.door import Standing, do, standing
from trialwright.web.lines import lines
from trialwright.web.people import signing
from trialwright.web.people.kept import typed_before

AT_THE_FIELD = re.compile(r"(?P<act>[a-z_]+): (?P<field>[a-z_]+):? (?P<told>.*)", re.DOTALL)
MISSING = re.compile(r"[a-z_]+: (?P<fields>[a-z_, ]+) missing\.", re.DOTALL)
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


@dataclass(frozen=True, slots=True)
class Faults:
    """What was wrong: at fields by name, and what concerns the whole form."""

    fields: Mapping[str, str]
    whole: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.fields) + len(self.whole)


NO_FAULTS = Faults({}, ())


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
        "since": _since(stands, typed) if refusal and _stale(refusal) else (),
        "needs_code": chosen.needs_who and not code,
        "here": "participants" if book else "",
        "anywhere_required": any(question.required for question in found),
    }
    return render(request, "acts/act.html", shown, status=status)


def _sent(request: HttpRequest, chosen: Act[Any], code: str | None) -> HttpResponse:
    typed = request.POST
    stands = standing(request)
    who = code or typed.get("who", "").strip() or (NEW if chosen.opens or chosen.coded else None)
    second, faults = _second(request, chosen)
    faults |= _signature(request, chosen, code)
    if faults:
        return _form(request, chosen, code, typed, Faults(faults, ()), id=typed.get("id"), status=422)
    try:
        outcome = do(
            request,
            chosen,
            actor=actor(request),
            who=who,
            words=typed_words(chosen, typed),
            on=_when(stands, typed),
            id=typed.get("id") or uuid.uuid4().hex,
            second=second,
            told=_told(typed),
            seen=_seen(typed),
        )
    except TrialwrightError as fault:
        return _form(request, chosen, code, typed, _faults(chosen, str(fault)), id=typed.get("id"), status=422)
    if isinstance(outcome, Refusal):
        return _form(request, chosen, code, typed, refusal=outcome, status=409 if _stale(outcome) else 422)
    return _done(request, chosen, outcome, typed)


def _done(request: HttpRequest, chosen: Act[Any], kept: Kept, typed: QueryDict) -> HttpResponse:
    first = kept.entries[0]
    what = chosen.name.replace("_", " ")
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


def _second(request: HttpRequest, chosen: Act[Any]) -> tuple[Actor | None, dict[str, str]]:
    """The second person, who says so with a password of their own."""
    code = request.POST.get("second", "").strip()
    if not code or not chosen.two_person:
        return None, {}
    person = signing.second_person(request, code, request.POST.get("second_password", ""))
    if isinstance(person, str):
        return None, {"second": person}
    held = person.memberships.order_by("pk").first()
    return Actor(person.code, held.role if held else "second person"), {}


def _signature(request: HttpRequest, chosen: Act[Any], code: str | None) -> dict[str, str]:
    """Whoever signs says again who they are, for this form as it was shown."""
    if chosen.name not in SIGNED:
        return {}
    stands, id = standing(request), request.POST.get("id", "")
    seen = _seen(request.POST)
    shown = _shown(stands, chosen, code, -1 if seen is None else seen)
    return signing.sign(request, id, shown, recorded=id in stands.trial.by_id)


def _shown(stands: Standing, chosen: Act[Any], code: str | None, seen: int) -> str:
    """What the form rests on: the trial, the act, about whom, and the hash of the newest entry that was seen."""
    head = stands.trial.recorded[seen].hash.hex() if 0 <= seen <= stands.seen else ""
    return "/".join((stands.name, chosen.name, code or "", str(seen), head))


def _told(typed: QueryDict) -> Told | None:
    if typed.get("happened") != "yes":
        return None
    return Told(typed.get("told_source", ""), typed.get("told_who", ""), typed.get("told_why", ""))


def _when(stands: Standing, typed: QueryDict) -> str | None:
    """The day, and with a time of day the moment on the site's clock."""
    day, time = typed.get("on", "").strip(), typed.get("time", "").strip()
    if not day or not time:
        return day or None
    from datetime import datetime

    try:
        local = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo(stands.zone))
    except ValueError:
        return f"{day}T{time}"  # the core says what is wrong with it
    offset = local.strftime("%z")
    return f"{day}T{local:%H:%M}{offset[:3]}:{offset[3:]}[{stands.zone}]"


def _seen(typed: QueryDict) -> int | None:
    seen = typed.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdigit() else None


def _faults(chosen: Act[Any], message: str) -> Faults:
    """The message at its field, where it names one of the form."""
    names = getattr(chosen.fields, "__dataclass_fields__", {})
    if found := MISSING.match(message):
        return Faults({name: _("An answer is needed here.") for name in found["fields"].split(", ")}, ())
    found = AT_THE_FIELD.match(message)
    if found and (found["field"] in names or found["field"] == "on"):
        return Faults({found["field"]: found["told"]}, ())
    return Faults({}, (message.removeprefix(f"{chosen.name}: "),))


def _stale(refusal: Refusal) -> bool:
    return any(reason.code == "stale" for reason in refusal.reasons)


def _since(stands: Standing, typed: QueryDict) -> tuple[Any, ...]:
    """What was written since the person looked."""
    seen = _seen(typed)
    return lines(stands, () if seen is None else stands.latest(20, after=seen))


__all__ = ["Question", "act"]
