"""Log in and out, and choose in which role one works, in which theme."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from trialwright.web.access import posts
from trialwright.web.people.demo import DEMO_PASSWORD, demonstration, one_for_each_role
from trialwright.web.people.models import Person


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Code and password; then the second factor, where one is set up."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    after = wanted if _ours(wanted) else "/"
    if request.user.is_authenticated:
        return redirect(after)
    wrong = False
    if request.method == "POST":
        password = request.POST.get("password", "")
        person = authenticate(request, username=request.POST.get("username", ""), password=password)
        if isinstance(person, Person):
            record_authentication(request, person, method="password", reauthenticated=True)
            answer: HttpResponse = perform_login(request, Login(user=person, redirect_url=after))
            return answer
        wrong = True
    shown = {
        "wrong": wrong,
        "typed": request.POST.get("username", ""),
        "next": after if after != "/" else "",
        "accounts": one_for_each_role(),
        "password": DEMO_PASSWORD if demonstration() else "",
        "ran_out": "kept=" in after,
    }
    return render(request, "people/log_in.html", shown)


def _ours(address: str) -> bool:
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


class LogOut(LogoutView):
    """Ends the session; by a sent form only."""

    http_method_names = ("post", "options")


@require_POST
def choose_post(request: HttpRequest) -> HttpResponse:
    """Work in another of one's roles."""
    wanted = request.POST.get("post", "")
    if any(str(post) == wanted for post in posts(request)):
        request.session["post"] = wanted
    return redirect("home")


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the machine has it."""
    response = redirect(request.META.get("HTTP_REFERER") or "home")
    theme = request.POST.get("theme", "")
    if theme in ("light", "dark"):
        response.set_cookie("theme", theme, max_age=365 * 24 * 3600, httponly=True, samesite="Strict")
    else:
        response.delete_cookie("theme", samesite="Strict")
    return response
