"""What somebody had typed when their session ran out, kept until they have logged in again.

The session's row outlives its time, so that the database itself says whose form it was; a session that was ended
(log-out, another password, a closed account) has no such row any more, and nothing is kept. Passwords and one-time
codes are never kept, and nobody but the same person is shown what is.
"""

import secrets
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from trialwright.web.people.models import KeptForm, Person

FOR = timedelta(hours=2)
MOST = 20  # forms of one person
NEVER = ("password", "otp", "csrfmiddlewaretoken", "nonce", "credential")


def keep(request: HttpRequest) -> str | None:
    """Keep what was typed; gives the address of the form that will show it again. None where it is nobody's."""
    person = whose(request)
    if person is None:
        return None
    typed = {name: values for name, values in request.POST.lists() if not any(word in name for word in NEVER)}
    token = secrets.token_urlsafe(32)
    for old in KeptForm.objects.filter(person=person).order_by("-at")[MOST - 1 :]:
        old.delete()
    KeptForm.objects.create(token=token, person=person, path=request.path[:300], typed=typed, at=timezone.now())
    return f"{request.path}?{urlencode({'kept': token})}"


def whose(request: HttpRequest) -> Person | None:
    """Whose session it was that ran out within the last two hours; None where it was ended in another way."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    now = timezone.now()
    row = Session.objects.filter(session_key=key, expire_date__lte=now, expire_date__gt=now - FOR).first()
    if row is None:
        return None
    session = row.get_decoded()
    person = Person.objects.filter(pk=session.get(SESSION_KEY) or 0, is_active=True).first()
    if person and constant_time_compare(session.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash()):
        return person
    return None


def typed_before(request: HttpRequest) -> QueryDict | None:
    """What this person had typed into the form of this address; None where nothing was kept for them."""
    found = kept_form(request)
    if found is None:
        return None
    typed = QueryDict(mutable=True)
    for name, values in found.typed.items():
        typed.setlist(name, values)
    return typed


def kept_form(request: HttpRequest) -> KeptForm | None:
    """The form that the address names by its token, of this person and this page only."""
    token = request.GET.get("kept", "")
    if not token or not request.user.is_authenticated:
        return None
    since = timezone.now() - FOR
    return KeptForm.objects.filter(token=token, person=request.user, path=request.path, at__gt=since).first()


def forget_old() -> None:
    """Remove kept forms and sessions whose time is over."""
    KeptForm.objects.filter(at__lte=timezone.now() - FOR).delete()
    Session.objects.filter(expire_date__lte=timezone.now() - FOR).delete()
