"""What holds for every answer: headers that keep it on this host, and faults told as a reference."""

import logging
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from trialwright.errors import TrialwrightError

GetResponse = Callable[[HttpRequest], HttpResponse]
LOG = logging.getLogger("trialwright.web")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def headers(get_response: GetResponse) -> GetResponse:
    """Nothing is asked of another host, nothing is framed, and no page stays in a cache of the ward's tablet."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response

    return answer


class faults:
    """A fault of ours is told as a reference; its details go to the server's log, without anybody's values."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        from django.core.exceptions import PermissionDenied
        from django.http import Http404

        if isinstance(fault, Http404 | PermissionDenied):
            return None
        reference = uuid4().hex[:8]
        known = isinstance(fault, TrialwrightError)
        LOG.error("reference %s: %s in %s", reference, type(fault).__name__, request.path, exc_info=not known)
        told = str(fault) if known else ""
        page = render_to_string("faults/500.html", {"reference": reference, "told": told}, request)
        return HttpResponse(page, status=500)
