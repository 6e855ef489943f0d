"""Half-filled forms, kept for a day on the server and never in the ledger: nobody else sees them.

A draft lies where the sessions lie, under a key that only the server can make, so that it outlives the quarter of an
hour after which a tablet is logged out.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.crypto import salted_hmac

from trialwright.web.door import standing

LIVES = timedelta(hours=24)
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "password", "second_password", "id", "seen", "do"})


def keep(request: HttpRequest, page: str) -> None:
    """Keep what was typed on a page, for whoever is logged in."""
    typed = {key: values for key, values in request.POST.lists() if key not in NOT_KEPT and any(values)}
    kept = {"typed": typed, "at": timezone.now().isoformat()}
    data = SessionStore().encode(kept)
    ends = timezone.now() + LIVES
    Session.objects.update_or_create(
        session_key=_key(request, page), defaults={"session_data": data, "expire_date": ends}
    )


def find(request: HttpRequest, page: str) -> tuple[QueryDict, datetime] | None:
    """What was kept of a page, and since when; None if nothing was, or a day has gone by."""
    row = Session.objects.filter(session_key=_key(request, page), expire_date__gt=timezone.now()).first()
    if row is None:
        return None
    kept: dict[str, Any] = SessionStore().decode(row.session_data)
    if not kept.get("typed"):
        return None
    typed = QueryDict(mutable=True)
    for key, values in kept["typed"].items():
        typed.setlist(key, values)
    return typed, datetime.fromisoformat(kept["at"])


def drop(request: HttpRequest, page: str) -> None:
    """Forget a draft: it was recorded, or is not wanted."""
    Session.objects.filter(session_key=_key(request, page)).delete()


def _key(request: HttpRequest, page: str) -> str:
    whose = f"{request.user.pk}|{standing(request).name}|{page}"
    return "draft" + salted_hmac("trialwright.draft", whose, algorithm="sha256").hexdigest()[:32]
