"""What is said when a page cannot be shown: never a traceback, always what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "faults/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "faults/403.html", status=403)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from a page of this session: most often the session ended meanwhile."""
    return render(request, "faults/forged.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "faults/500.html", {"reference": "–"}, status=500)
