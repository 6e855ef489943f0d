"""What every request of somebody logged in has to pass: a session that still runs, a password that holds, a factor."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from trialwright.web.people import kept
from trialwright.web.people.demo import demonstration
from trialwright.web.people.models import Person
from trialwright.web.people.passwords import has_to_change

EACH = 60  # seconds: how often a session that is used is written anew
SETTING_UP = frozenset({"mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate", "log-out", "set_language"})
CHANGING = frozenset({"account_change_password", "log-out", "set_language", "choose-theme"})


class sessions:
    """Keeps a session that is used, keeps what was typed in one that ran out, and demands what an account needs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else None
        person = request.user
        if not isinstance(person, Person):
            return _nobody(request, view)
        now = int(time.time())
        if now - request.session.get("used", 0) >= EACH:
            request.session["used"] = now
        if name not in CHANGING and has_to_change(person):
            return redirect("account_change_password")
        if name not in CHANGING | SETTING_UP and not demonstration() and not has_factor(person):
            return redirect("mfa_activate_totp")
        return None


def _nobody(request: HttpRequest, view: Any) -> HttpResponse | None:
    """Somebody who is not logged in sends a form: keep it where their session ran out, refuse it otherwise."""
    if request.method != "POST" or not getattr(view, "login_required", True):
        return None
    again = kept.keep(request)
    if again is None:
        return render(request, "faults/forged.html", status=403)
    return redirect(f"{reverse('log-in')}?{urlencode({'next': again})}")


def has_factor(person: Person) -> bool:
    """Whether a second factor is set up."""
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(person, ["totp", "webauthn"]))


def seconds_left(request: HttpRequest) -> int:
    """How long the session lasts without another request."""
    return int(settings.SESSION_COOKIE_AGE - (time.time() - request.session.get("used", time.time())))
