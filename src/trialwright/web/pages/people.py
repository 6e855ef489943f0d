"""Log in and out, and choose in which role one works, in which theme."""

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from trialwright.web.access import posts


class LogIn(LoginView):
    """Code and password."""

    template_name = "people/log_in.html"
    redirect_authenticated_user = True


class LogOut(LogoutView):
    """Ends the session."""


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
