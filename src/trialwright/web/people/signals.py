"""What happens to accounts, written to their log as it happens."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from trialwright.web.people import kept, log, tries
from trialwright.web.people.log import Logged
from trialwright.web.people.models import Person


@receiver(user_logged_in)
def _logged_in(sender: Any, request: HttpRequest, user: Person, **more: Any) -> None:
    tries.succeeded(request, user.code)
    log.write(request, Logged.LOG_IN, user.code)
    kept.forget_old()


@receiver(user_logged_out)
def _logged_out(sender: Any, request: HttpRequest, user: Person | None, **more: Any) -> None:
    if user is not None:
        log.write(request, Logged.LOG_OUT, user.code)


@receiver(authenticator_added)
def _added(sender: Any, request: HttpRequest, user: Person, authenticator: Authenticator, **more: Any) -> None:
    made = authenticator.type == Authenticator.Type.RECOVERY_CODES
    log.write(request, Logged.CODES_MADE if made else Logged.FACTOR_ADDED, user.code, detail=authenticator.type)


@receiver(authenticator_reset)
def _reset(sender: Any, request: HttpRequest, user: Person, authenticator: Authenticator, **more: Any) -> None:
    log.write(request, Logged.CODES_MADE, user.code, detail=authenticator.type)


@receiver(authenticator_removed)
def _removed(sender: Any, request: HttpRequest, user: Person, authenticator: Authenticator, **more: Any) -> None:
    log.write(request, Logged.FACTOR_REMOVED, user.code, detail=authenticator.type)
