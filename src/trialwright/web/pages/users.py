"""Users and log-ins, for those who look after accounts."""

import csv
from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from trialwright.conduct.roles import Role
from trialwright.errors import UsageError
from trialwright.web.access import actor
from trialwright.web.door import standing
from trialwright.web.people import looking_after
from trialwright.web.people.log import Logged
from trialwright.web.people.models import Line, Person
from trialwright.web.people.tries import locked_until

A_PAGE = 100
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def users(request: HttpRequest) -> HttpResponse:
    """Everybody with an account, whether it is open, and in which roles."""
    return _users(request)


def _users(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    locked = locked_until()
    factors = set(
        Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES).values_list("user_id", flat=True)
    )
    people = Person.objects.prefetch_related("memberships").order_by("-is_active", "key")
    rows = [(one, locked.pop(one.key, None), one.pk in factors) for one in people]
    shown = {
        "rows": rows,
        "others": sorted(locked.items()),
        "locked": sum(until is not None for _one, until, _factor in rows),
        "roles": [role.value for role in Role],
        "sites": list(standing(request).trial.adopted.what.time_zones),
    }
    return render(request, "people/users.html", shown | more, status=status)


@require_POST
def open_account(request: HttpRequest) -> HttpResponse:
    """A new account with a one-time password, which is shown once."""
    typed = request.POST
    try:
        person, password = looking_after.open_account(
            request, typed.get("code", ""), typed.get("printed_name", ""), by=actor(request).id
        )
        if typed.get("role"):
            looking_after.give_role(request, person, typed["role"], typed.get("site", ""), by=actor(request).id)
    except UsageError as fault:
        return _users(request, 422, fault=str(fault), typed=typed)
    return _users(request, given=(person, password))


def user(request: HttpRequest, code: str) -> HttpResponse:
    """One account."""
    return _user(request, _found(code))


def _user(request: HttpRequest, person: Person, status: int = 200, **more: Any) -> HttpResponse:
    shown = {
        "person": person,
        "self": person.code == actor(request).id,
        "until": locked_until().get(person.key),
        "factor": Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES).exists(),
        "log": Line.objects.filter(code=person.code)[:20],
        "roles": [role.value for role in Role],
        "sites": list(standing(request).trial.adopted.what.time_zones),
    }
    return render(request, "people/user.html", shown | more, status=status)


@require_POST
def change_user(request: HttpRequest, code: str) -> HttpResponse:
    """One change of an account, by an administrator who is somebody else."""
    person, by = _found(code), actor(request).id
    change = CHANGES.get(request.POST.get("do", ""))
    if change is None:
        raise Http404
    try:
        password = change(request, person, by)
    except UsageError as fault:
        return _user(request, person, 422, fault=str(fault))
    if password:
        return _user(request, person, given=password)
    return redirect("user", person.code)


def _role(act: Callable[..., None]) -> Callable[[HttpRequest, Person, str], None]:
    def change(request: HttpRequest, person: Person, by: str) -> None:
        act(request, person, request.POST.get("role", ""), request.POST.get("site", ""), by=by)

    return change


CHANGES: dict[str, Callable[[HttpRequest, Person, str], str | None]] = {
    "close": looking_after.close,
    "reopen": looking_after.reopen,
    "password": looking_after.one_time,
    "factors": looking_after.reset_factors,
    "unlock": looking_after.unlock,
    "give": _role(looking_after.give_role),
    "take": _role(looking_after.take_role),
}


def _found(code: str) -> Person:
    person = Person.objects.filter(code=code).first()
    if person is None:
        raise Http404
    return person


def log_ins(request: HttpRequest) -> HttpResponse:
    """The log of accounts, the newest first."""
    found, asked = _lines(request)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "asked": asked, "sorts": list(Logged), "query": _query(request)}
    return render(request, "people/log_ins.html", shown)


def log_ins_csv(request: HttpRequest) -> HttpResponse:
    """The same as a table for a spreadsheet; what would be a formula there is text."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="log-ins.csv"'
    table = csv.writer(response)
    table.writerow(["number", "at", "what", "code", "by", "from", "detail"])
    for line in _lines(request)[0].iterator():
        at = line.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        words = (line.what, line.code, line.by, line.address, line.detail)
        table.writerow([line.pk, at, *(f"'{word}" if word.startswith(FORMULA) else word for word in words)])
    return response


def _lines(request: HttpRequest) -> tuple[QuerySet[Line], dict[str, str]]:
    asked = {name: request.GET.get(name, "").strip().replace("\0", "") for name in ("code", "what", "since", "until")}
    found = Line.objects.all()
    if asked["code"]:
        found = found.filter(code__iexact=asked["code"])
    if asked["what"]:
        found = found.filter(what=asked["what"])
    for name, side in (("since", "at__date__gte"), ("until", "at__date__lte")):
        if asked[name]:
            day = looking_after.read_day(asked[name])
            if day is None:
                asked[f"{name}_fault"] = _("Expected year-month-day, as in 2026-11-24.")
            else:
                found = found.filter(**{side: day})
    return found, asked


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
