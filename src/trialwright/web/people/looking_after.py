"""What an administrator does with accounts: open, close, reopen, help somebody in again. Each is written to the log.

Nobody changes their own account here: an administrator who needs it asks another one, or whoever has the machine.
"""

from datetime import date

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest

from trialwright.conduct.roles import Role, person_key, read_role
from trialwright.errors import UsageError
from trialwright.web.people import log, passwords, tries
from trialwright.web.people.codes import read_code, read_name
from trialwright.web.people.log import Logged
from trialwright.web.people.models import Membership, Person


@transaction.atomic
def open_account(
    request: HttpRequest | None, code: str, printed_name: str, *, by: str, password: str | None = None
) -> tuple[Person, str]:
    """A new account and its one-time password, or the password given. Raises UsageError with the reason."""
    code, printed_name = read_code(code), read_name(printed_name)
    known = Person.objects.filter(key=person_key(code)).first()
    if known is not None:
        raise UsageError(f"The code {known.code} stands for {known.printed_name} for ever. Choose another code.")
    person = Person.objects.make(code, password or passwords.one_time_password(), printed_name)
    log.write(request, Logged.OPENED, person.code, by=by, detail=printed_name)
    if password is not None:
        return person, password
    return person, passwords.give_one_time(request, person, by)


def close(request: HttpRequest | None, person: Person, by: str) -> None:
    """The account is closed; its sessions end at once, its code stays."""
    _somebody_else(person, by)
    person.is_active, person.epoch = False, person.epoch + 1
    person.save()
    log.write(request, Logged.CLOSED, person.code, by=by)


def reopen(request: HttpRequest | None, person: Person, by: str) -> str:
    """The account is open again, with a one-time password, which this gives."""
    _somebody_else(person, by)
    person.is_active = True
    person.save()
    log.write(request, Logged.REOPENED, person.code, by=by)
    return passwords.give_one_time(request, person, by)


def one_time(request: HttpRequest | None, person: Person, by: str) -> str:
    """A one-time password for somebody who has forgotten theirs."""
    _somebody_else(person, by)
    return passwords.give_one_time(request, person, by)


def reset_factors(request: HttpRequest | None, person: Person, by: str) -> None:
    """The second factors are gone, and every session ends: at the next log-in a new one is set up."""
    _somebody_else(person, by)
    Authenticator.objects.filter(user=person).delete()
    person.epoch += 1
    person.save()
    log.write(request, Logged.FACTORS_RESET, person.code, by=by)


def unlock(request: HttpRequest | None, person: Person, by: str) -> None:
    """The code may be tried again at once."""
    _somebody_else(person, by)
    tries.unlock(person.code)
    log.write(request, Logged.UNLOCKED, person.code, by=by)


def give_role(request: HttpRequest | None, person: Person, role: str, site: str, *, by: str) -> None:
    """A role at a site. For now kept with the account; `posts` is the one place that reads it."""
    _somebody_else(person, by)
    chosen = _role(role, site)
    Membership.objects.get_or_create(person=person, role=chosen.value, site=site)
    log.write(request, Logged.ROLE_GIVEN, person.code, by=by, detail=f"{chosen.value} at {site}")


def take_role(request: HttpRequest | None, person: Person, role: str, site: str, *, by: str) -> None:
    """The role at the site is taken away."""
    _somebody_else(person, by)
    chosen = _role(role, site)
    Membership.objects.filter(person=person, role=chosen.value, site=site).delete()
    log.write(request, Logged.ROLE_TAKEN, person.code, by=by, detail=f"{chosen.value} at {site}")


def read_day(text: str) -> date | None:
    """The day, None where it is none."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _role(role: str, site: str) -> Role:
    if not site.strip():
        raise UsageError("A role is held at a site. Choose one.")
    return read_role(role)


def _somebody_else(person: Person, by: str) -> None:
    if person.key == person_key(by):
        raise UsageError("Nobody changes their own account here. Ask another administrator.")
