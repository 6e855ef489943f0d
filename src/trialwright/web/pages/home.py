"""Home: where the trial stands, what is due, the latest entries; and the clock of a simulated trial."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from trialwright.web.clock import STEPS, let_pass
from trialwright.web.door import MAIN, PRACTICE, forget, has_practice, standing
from trialwright.web.lines import lines

LATEST = 8


def home(request: HttpRequest) -> HttpResponse:
    """Where the trial stands."""
    stands = standing(request)
    return render(request, "home.html", {"latest": lines(stands, stands.latest(LATEST))})


@require_POST
def pass_time(request: HttpRequest) -> HttpResponse:
    """Let time pass in a simulated trial."""
    stands = standing(request)
    step = request.POST.get("step", "")
    if stands.trial.simulated and step in STEPS:
        let_pass(stands.trial, stands.name, step)
        forget(request)
    return redirect(request.POST.get("next") or "home") if _local(request.POST.get("next")) else redirect("home")


@require_POST
def choose_trial(request: HttpRequest) -> HttpResponse:
    """Work on the trial for practice, or on the main one again; in a demonstration only."""
    if has_practice():
        wanted = PRACTICE if request.POST.get("trial") == PRACTICE else MAIN
        request.session["trial"] = wanted
        forget(request)
        messages.info(
            request, _("This is the trial for practice: it is empty and yours to fill.") if wanted == PRACTICE else ""
        )
    return redirect("home")


def _local(address: str | None) -> bool:
    return bool(address) and address.startswith("/") and not address.startswith("//")  # type: ignore[union-attr]
