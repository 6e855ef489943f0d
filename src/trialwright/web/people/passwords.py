"""Passwords: what makes one good enough, how long it lasts, and how one is given and changed."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from trialwright.conduct.roles import person_key
from trialwright.web.people import log
from trialwright.web.people.demo import DEMO_PASSWORD, demonstration
from trialwright.web.people.log import Logged
from trialwright.web.people.models import OldPassword, Person

REMEMBERED = 5
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that is read for another


class NotTheCode:
    """Refuses a password that holds the person's code, or is one of the last five."""

    def validate(self, password: str, user: Person | None = None) -> None:
        plain = person_key(password)
        if user is not None and user.key and user.key in plain and len(plain) - len(user.key) < 8:
            raise ValidationError(_("The password is the code, or little more. Take one that nobody guesses from it."))
        if password == DEMO_PASSWORD and not demonstration():
            raise ValidationError(_("This password is printed in demonstrations. Take another."))
        if user is not None and user.pk and any(check_password(password, hash) for hash in _earlier(user)):
            raise ValidationError(_("This was one of your last five passwords. Take a new one."))

    def get_help_text(self) -> str:
        return _("Not your code, and none of your last five passwords.")


def _earlier(person: Person) -> list[str]:
    kept = person.old_passwords.order_by("-pk").values_list("hash", flat=True)[: REMEMBERED - 1]
    return [person.password, *kept]


def one_time_password() -> str:
    """Sixteen letters in fours, for one log-in."""
    word = "".join(secrets.choice(LETTERS) for _place in range(16))
    return "-".join(word[at : at + 4] for at in range(0, 16, 4))


def change(request: HttpRequest | None, person: Person, password: str) -> None:
    """Give a person the password of their choice; every session of theirs ends.

    Raises ValidationError with every reason against the password.
    """
    validate_password(password, person)
    _set(person, password, must_change=False)
    log.write(request, Logged.PASSWORD, person.code)


def give_one_time(request: HttpRequest | None, person: Person, by: str) -> str:
    """A one-time password, to be changed at the next log-in; every session ends and the code may try again."""
    from trialwright.web.people.tries import unlock

    password = one_time_password()
    _set(person, password, must_change=True)
    unlock(person.code)
    log.write(request, Logged.ONE_TIME, person.code, by=by)
    return password


def _set(person: Person, password: str, *, must_change: bool) -> None:
    OldPassword.objects.create(person=person, hash=person.password)
    person.set_password(password)
    person.password_set_at, person.must_change = timezone.now(), must_change
    person.epoch += 1
    person.save()


def has_to_change(person: Person) -> bool:
    """Whether the password was for one log-in, or is too old."""
    if person.must_change:
        return True
    if demonstration() or person.password_set_at is None:
        return person.password_set_at is None and not demonstration()
    return timezone.now() - person.password_set_at > timedelta(days=settings.PASSWORD_DAYS)
