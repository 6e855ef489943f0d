"""One's own account: its password, its second factor, and that the session still runs."""

from typing import Any
from urllib.parse import quote

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from trialwright.web.access import posts
from trialwright.web.people import passwords
from trialwright.web.people.checking import checked, settle
from trialwright.web.people.demo import demonstration
from trialwright.web.people.models import Person


def account(request: HttpRequest) -> HttpResponse:
    """What the account is, and what may be changed about it."""
    factors = Authenticator.objects.filter(user=request.user)
    by_type: dict[str, list[Authenticator]] = {}
    for one in factors:
        by_type.setdefault(str(one.type), []).append(one)
    codes = by_type.get("recovery_codes", [])
    shown = {
        "posts": posts(request),
        "totp": bool(by_type.get("totp")),
        "passkeys": by_type.get("webauthn", []),
        "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
        "demonstration": demonstration(),
    }
    return render(request, "people/account.html", shown)


@sensitive_post_parameters("old_password", "password", "password_again")
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password of one's own choice; every other session ends with the old one."""
    person = request.user
    assert isinstance(person, Person)
    faults: dict[str, list[str]] = {}
    if request.method == "POST":
        old, new = request.POST.get("old_password", ""), request.POST.get("password", "")
        if checked(request, person.code, old) is None:
            faults["old_password"] = [_("This is not your password.")]
        elif new != request.POST.get("password_again", ""):
            faults["password_again"] = [_("This is not the same as the line above.")]
        else:
            settle(request, person)
            try:
                passwords.change(request, person, new)
            except ValidationError as fault:
                faults["password"] = list(fault.messages)
        if not faults:
            request.session.cycle_key()
            update_session_auth_hash(request, person)
            messages.success(request, _("The password is changed. Every other session of yours has ended."))
            return redirect("account")
    shown = {"faults": faults, "due": passwords.has_to_change(person), "one_time": person.must_change}
    return render(request, "people/change_password.html", shown, status=422 if faults else 200)


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """The person is still there: the session runs on. The request itself has seen to it."""
    return HttpResponse(status=204)


class RecoveryCodes(ViewRecoveryCodesView):  # type: ignore[misc]
    """The recovery codes, shown once; the file to keep is in the page, so that nothing asks for them again."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().get_context_data(**kwargs)
        if shown["can_view_codes"]:
            text = "".join(f"{code}\n" for code in shown["unused_codes"])
            shown["codes_file"] = f"data:text/plain;charset=utf-8,{quote(text)}"
        return shown
