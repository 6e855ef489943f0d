"""The check at the bedside: two people, four scans; right person, right bag, or a refusal that stops the hand.

Each person scans the wristband and the bag. The scans are held in the session until all four are there, or until one
is known to be wrong: then the act is asked at once, so that the attempt stands in the ledger.
"""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth import authenticate
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from trialwright.conduct import ACTS, Refusal, read_what
from trialwright.errors import TrialwrightError
from trialwright.ledger import Actor
from trialwright.ledger.trial import Casebook
from trialwright.web.access import actor
from trialwright.web.chrome import local_now
from trialwright.web.door import Standing, do, instant, standing
from trialwright.web.people.models import Person

CHECK: Final = ACTS["check_at_bedside"]
STEPS: Final = ("first wristband", "first bag", "second person", "second wristband", "second bag")
KEY: Final = "bedside"


@dataclass(frozen=True, slots=True)
class Scan:
    """One of the four: which, what was read, whether it is the one asked for now."""

    name: str
    read: str | None
    now: bool


def bedside(request: HttpRequest, code: str) -> HttpResponse:
    """The check of one participant, scan by scan."""
    stands = standing(request)
    book = stands.trial.casebook(code)
    if book is None:
        raise Http404
    held = _held(request, book)
    if request.method != "POST":
        return _page(request, stands, book, held)
    if request.POST.get("stop"):
        _forget(request)
        return redirect("casebook", code=book.code)
    return _scanned(request, stands, book, held)


def _scanned(request: HttpRequest, stands: Standing, book: Casebook, held: dict[str, str]) -> HttpResponse:
    step = _step(held)
    if step == "second person":
        if told := _second(request, held):
            return _page(request, stands, book, held, told=told)
    else:
        read = request.POST.get("scan", "").strip()
        if not read:
            return _page(request, stands, book, held, told=_("Nothing was scanned."))
        held[step] = read
    request.session[KEY] = held
    if _differs(held) or _wrong(request, stands, book, held) or _step(held) == "":
        return _decide(request, stands, book, held)
    return redirect("bedside", code=book.code)


def _decide(request: HttpRequest, stands: Standing, book: Casebook, held: dict[str, str]) -> HttpResponse:
    """Ask for the act with what was scanned; of two different scans with the later one, which must not pass."""
    late = "second" if "second wristband" in held else "first"
    words = {
        "wristband": held.get(f"{late} wristband") or held.get("first wristband", ""),
        "dose_label": held.get(f"{late} bag") or held.get("first bag", "-"),
        "device": request.POST.get("device") or "scanner",
    }
    second = Actor(held["second"], held["second role"]) if held.get("second") else None
    try:
        outcome = do(
            request,
            CHECK,
            actor=actor(request),
            who=book.code,
            words=words,
            on=str(local_now(stands)),
            id=uuid.uuid4().hex,
            second=second,
        )
    except TrialwrightError as fault:
        held.pop(f"{late} bag", None)
        request.session[KEY] = held
        return _page(request, stands, book, held, told=str(fault))
    _forget(request)
    if isinstance(outcome, Refusal):
        shown = {"book": book, "refusal": outcome, "wristband": words["wristband"], "bag": words["dose_label"]}
        return render(request, "bedside/refused.html", shown | {"attempt": standing(request).seen}, status=422)
    return render(request, "bedside/agreed.html", {"book": book, "entry": outcome.entries[0]})


def _wrong(request: HttpRequest, stands: Standing, book: Casebook, held: dict[str, str]) -> bool:
    """Whether what was scanned so far is refused whoever the second person will be. Nothing is written."""
    if not held.get("first bag") or held.get("second"):
        return False
    words = {"wristband": held["first wristband"], "dose_label": held["first bag"], "device": "scanner"}
    try:
        outcome = CHECK(
            stands.study,
            stands.trial,
            actor(request),
            book.code,
            read_what(CHECK, words),
            str(local_now(stands)),
            second=Actor("?", "second person"),
            site=stands.site,
            now=instant(stands),
        )
    except TrialwrightError:
        return True
    return isinstance(outcome, Refusal)


def _differs(held: dict[str, str]) -> bool:
    """Whether the second person read something else than the first."""
    pairs = [(held.get(f"first {what}"), held.get(f"second {what}")) for what in ("wristband", "bag")]
    return any(one and other and one != other for one, other in pairs)


def _second(request: HttpRequest, held: dict[str, str]) -> str:
    """Take the second person in; gives what is wrong, or nothing."""
    code = request.POST.get("second", "").strip()
    person = authenticate(request, username=code, password=request.POST.get("second_password", ""))
    if not isinstance(person, Person):
        return _("Code and password of the second person do not belong together.")
    if person == request.user:
        return _("The second person is somebody else than the first.")
    post = person.memberships.order_by("pk").first()
    held |= {"second": person.code, "second role": post.role if post else "second person"}
    return ""


def _held(request: HttpRequest, book: Casebook) -> dict[str, str]:
    held = request.session.get(KEY, {})
    return dict(held) if held.get("code") == book.code else {"code": book.code}


def _forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def _step(held: dict[str, str]) -> str:
    """The scan that is asked for now; empty once all are there."""
    done = {"second person": "second"}
    return next((step for step in STEPS if not held.get(done.get(step, step))), "")


def _page(request: HttpRequest, stands: Standing, book: Casebook, held: dict[str, str], told: str = "") -> HttpResponse:
    step = _step(held)
    scans = {name: Scan(name, held.get(name), name == step) for name in STEPS}
    shown: dict[str, Any] = {
        "book": book,
        "step": step,
        "people": (
            ("first", actor(request).id, scans["first wristband"], scans["first bag"]),
            ("second", held.get("second"), scans["second wristband"], scans["second bag"]),
        ),
        "done": sum(bool(held.get(name)) for name in STEPS if name != "second person"),
        "told": told,
    }
    return render(request, "bedside/bedside.html", shown, status=422 if told else 200)
