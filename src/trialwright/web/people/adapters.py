"""What django-allauth is told about our accounts: no sign-up, no mail, our counts, our log, secrets enciphered."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest

from trialwright.web.people import tries
from trialwright.web.people.checking import checked, settle
from trialwright.web.people.log import Logged
from trialwright.web.people.models import Person


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by an administrator only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The pages say what happened themselves."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address of the connection; a forwarding header is not believed."""
        return str(request.META.get("REMOTE_ADDR", ""))

    def reauthenticate(self, user: Person, password: str) -> bool:
        """Whether the password is the person's; a wrong one counts."""
        from allauth.core import context

        if checked(context.request, user.code, password) is None:
            return False
        settle(context.request, user)
        return True


class Factors(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors. Their secrets lie enciphered, so that a copy of the database alone gives none away."""

    def get_totp_label(self, user: Person) -> str:
        return user.code

    def get_totp_issuer(self) -> str:
        return "trialwright"

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode("ascii")).decode()


def _cipher() -> Fernet:
    key = hashlib.sha256(b"trialwright second factors" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


class SecondFactor(AuthenticateForm):  # type: ignore[misc]
    """The code at log-in; a wrong one counts for lock-out like a wrong password."""

    def clean_code(self) -> str:
        return counted(self, super().clean_code)


class SecondFactorAgain(ReauthenticateForm):  # type: ignore[misc]
    """The code again, before something of the account is changed."""

    def clean_code(self) -> str:
        code = counted(self, super().clean_code)
        from allauth.core import context

        settle(context.request, self.user)
        return code


def counted(form: Any, clean: Any) -> str:
    """The code when it is right and the person is not locked out."""
    from allauth.core import context
    from allauth.mfa.adapter import get_adapter
    from django.core.exceptions import ValidationError

    person: Person = form.user
    if not tries.may_try(context.request, person.code):
        tries.failed(context.request, person.code, Logged.WRONG_FACTOR)
        raise get_adapter().validation_error("incorrect_code")
    try:
        return str(clean())
    except ValidationError:
        tries.failed(context.request, person.code, Logged.WRONG_FACTOR)
        raise
