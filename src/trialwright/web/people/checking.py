"""Whether somebody is who they say: the one place where a password is compared."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from trialwright.web.people import tries
from trialwright.web.people.demo import DEMO_PASSWORD, demonstration
from trialwright.web.people.log import Logged
from trialwright.web.people.models import Person


def checked(request: HttpRequest, code: str, password: str, what: Logged = Logged.WRONG_PASSWORD) -> Person | None:
    """The person of a code and password; None for a wrong one, an unknown code, a closed account and one locked out.

    All four take one hash, and write one line. A right password alone does not start the count anew: `settle` does,
    when everything that was asked for is there.
    """
    open_to_tries = tries.may_try(request, code)
    person = Person.objects.known(code)
    right = person.check_password(password) if person is not None else not make_password(password)
    printed = password == DEMO_PASSWORD and not demonstration()
    if person is not None and right and person.is_active and open_to_tries and not printed:
        return person
    tries.failed(request, code, what)
    return None


def settle(request: HttpRequest, person: Person) -> None:
    """Everything asked for was there."""
    tries.succeeded(request, person.code)


class Codes(ModelBackend):
    """Django's and allauth's way to `checked`."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **more: Any
    ) -> Person | None:
        """The person, or None."""
        if request is None or not username or password is None:
            return None
        return checked(request, username, password)
