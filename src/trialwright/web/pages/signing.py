"""To sign: everything that waits for an investigator, one list; and the page on which it is seen and signed."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from trialwright.conduct import ACTS, Refusal
from trialwright.conduct.review.shown import shown_digest
from trialwright.conduct.review.signatures import ToSign, signatures, to_sign
from trialwright.errors import TrialwrightError
from trialwright.web.access import actor
from trialwright.web.door import Standing, do, standing
from trialwright.web.lines import lines
from trialwright.web.people import signing

SIGN = ACTS["sign"]
MEANINGS = {
    "eligibility": gettext_lazy("I have reviewed the evidence and judge this person eligible or not, as it says."),
    "enrolment": gettext_lazy("I have reviewed this enrolment and agree with it."),
    "value review": gettext_lazy("I have reviewed this value and agree with the mark."),
    "causality": gettext_lazy("I have judged the causes of this event, as it says."),
    "death": gettext_lazy("I have reviewed what is recorded of this death."),
    "casebook": gettext_lazy("I have reviewed the whole casebook; it is accurate and complete as far as I know."),
    "report": gettext_lazy("I have reviewed this report."),
}


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Everything that waits for a signature at this site, the oldest first; and what was signed and changed since."""
    stands = standing(request)
    rows = sorted(to_sign(stands.study, stands.trial, stands.site), key=lambda one: one.since)
    broken = [one for one in signatures(stands.trial) if not one.holds]
    return render(request, "signing/waiting.html", {"rows": rows, "broken": broken})


def sign(request: HttpRequest, code: str, meaning: str) -> HttpResponse:
    """What is to be signed, as it stands; and the signature, with the password."""
    stands = standing(request)
    wanted = _wanted(stands, code, meaning, request.GET.get("entry") or request.POST.get("entry", ""))
    if request.method == "POST":
        return _sent(request, stands, code, wanted)
    return _page(request, stands, code, wanted, {}, None)


def _wanted(stands: Standing, code: str, meaning: str, entry: str) -> ToSign:
    for one in to_sign(stands.study, stands.trial):
        if (one.about, one.meaning, one.act) == (code, meaning, "sign") and (not entry or entry in one.entries):
            return one
    raise Http404


def _page(
    request: HttpRequest,
    stands: Standing,
    code: str,
    wanted: ToSign,
    faults: dict[str, str],
    refusal: Refusal | None,
    status: int = 200,
) -> HttpResponse:
    id = uuid.uuid4().hex
    entries = [stands.trial.by_id[one] for one in wanted.entries]
    newest = [stands.trial.originals[entry.id][-1] for entry in entries]
    shown: dict[str, Any] = {
        "wanted": wanted,
        "book": stands.trial.casebook(code),
        "meaning": MEANINGS[wanted.meaning],
        "lines": lines(stands, newest[:200]),
        "more": max(len(newest) - 200, 0),
        "id": id,
        "shown": wanted.shown,
        "signing": signing.ask(request, id, wanted.shown),
        "faults": faults,
        "refusal": refusal,
    }
    return render(request, "signing/sign.html", shown, status=status)


def _sent(request: HttpRequest, stands: Standing, code: str, wanted: ToSign) -> HttpResponse:
    id, shown = request.POST.get("id", ""), request.POST.get("shown", "")
    if shown != shown_digest(stands.trial, wanted.entries):
        told = {"password": _("What you saw has changed since. Look at it again, then sign.")}
        return _page(request, stands, code, wanted, told, None, 409)
    if faults := signing.sign(request, id, shown, recorded=id in stands.trial.by_id):
        return _page(request, stands, code, wanted, faults, None, 422)
    words = {
        "meaning": wanted.meaning,
        "shown": shown,
        "printed_name": request.user.printed_name,  # type: ignore[union-attr]
        "authenticated": "password and code" if request.POST.get("otp") else "password",
        "nonce": id,
        "entries": list(wanted.entries),
    }
    try:
        outcome = do(request, SIGN, actor=actor(request), who=code, words=words, on=None, id=id)
    except TrialwrightError as fault:
        return _page(request, standing(request), code, wanted, {"password": str(fault)}, None, 422)
    if isinstance(outcome, Refusal):
        return _page(request, standing(request), code, wanted, {}, outcome, 422)
    messages.success(request, _("Signed: %(what)s of %(who)s.") % {"what": _(wanted.meaning), "who": code})
    return redirect("to-sign")
