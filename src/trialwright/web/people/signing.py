"""Signing: a person says again who they are, for one form as it was shown, once.

The form carries a nonce: signed by the server, and bound to the person, the session, the form's id, and what the page
rested on. It is used up by the signature. The first signature of a session asks for the one-time code too where one is
set up (21 CFR 11.200(a)(1)); later ones for the password. A failed signature counts for lock-out.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from allauth.mfa.models import Authenticator
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from trialwright.web.people import tries
from trialwright.web.people.checking import checked, settle
from trialwright.web.people.log import Logged
from trialwright.web.people.models import Person, Used

SALT: Final = "trialwright.web.people.signing"
HOURS: Final = 12
SIGNED: Final = "signed"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks of whoever signs it: it carries the nonce, and where `code` holds, asks for a one-time code."""

    nonce: str
    code: bool


def ask(request: HttpRequest, form_id: str, shown: str) -> Asked:
    """What the form of an id, resting on what was shown, asks its signer."""
    return Asked(signing.dumps(_bound(request, form_id, shown), salt=SALT), needs_code(request))


def needs_code(request: HttpRequest) -> bool:
    """Whether this signature asks for a one-time code beside the password."""
    return not request.session.get(SIGNED) and _of_codes(_me(request)) is not None


def sign(request: HttpRequest, form_id: str, shown: str, *, recorded: bool = False) -> dict[str, str]:
    """What is wrong with the signature that was sent, by field; empty when it stands, and then the nonce is used up.

    `recorded`: the form's act is in the ledger already (somebody clicked twice); then the same nonce is no fault.
    """
    person, post = _me(request), request.POST
    if not _matches(post.get("nonce", ""), _bound(request, form_id, shown)):
        return {"password": _("This page is not the one that was shown to you. Look at it again, then sign.")}
    if checked(request, person.code, post.get("password", ""), Logged.WRONG_SIGNATURE) is None:
        return {"password": _("This is not your password. Nothing was recorded.")}
    if needs_code(request) and not _code_right(person, post.get("otp", "")):
        tries.failed(request, person.code, Logged.WRONG_SIGNATURE)
        return {"otp": _("This is not the code that your device shows now. Nothing was recorded.")}
    if not _use_up(post.get("nonce", "")) and not recorded:
        return {"password": _("This signature was used before. Look at the page again, then sign anew.")}
    settle(request, person)
    request.session[SIGNED] = True
    return {}


def second_person(request: HttpRequest, code: str, password: str) -> Person | str:
    """The second person, who gives their own code and password and is not logged in by it; else what is wrong."""
    me = _me(request)
    known = Person.objects.known(code)
    if known is not None and known.pk == me.pk:
        return _("The second person has to be somebody else than you.")
    person = checked(request, code, password, Logged.WRONG_SIGNATURE)
    if person is None:
        return _("Code and password of the second person do not belong together.")
    settle(request, person)
    return person


def _me(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


def _bound(request: HttpRequest, form_id: str, shown: str) -> list[str]:
    session = hashlib.sha256((request.session.session_key or "").encode()).hexdigest()[:16]
    return [str(_me(request).pk), session, form_id, shown]


def _matches(nonce: str, bound: list[str]) -> bool:
    try:
        return bool(signing.loads(nonce, salt=SALT, max_age=HOURS * 3600) == bound)
    except signing.BadSignature:
        return False


def _of_codes(person: Person) -> Authenticator | None:
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()


def _code_right(person: Person, code: str) -> bool:
    """Whether it is the code of the device, or one of the recovery codes; either is used up."""
    found = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.WEBAUTHN).order_by("-type")
    return bool(code) and any(one.wrap().validate_code(code.strip()) for one in found)


def _use_up(nonce: str) -> bool:
    try:
        with transaction.atomic():
            Used.objects.create(nonce=hashlib.sha256(nonce.encode()).hexdigest(), at=timezone.now())
    except IntegrityError:
        return False
    return True
