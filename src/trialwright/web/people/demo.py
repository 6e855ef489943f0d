"""Accounts of a demonstration: one for each role, under the codes by which the simulated story was played."""

from typing import Final

from django.conf import settings

from trialwright.conduct.roles import Role
from trialwright.errors import UsageError
from trialwright.web.people.models import Membership, Person

DEMO_PASSWORD: Final = "cells for everybody"  # shown on the log-in page of a demonstration, and nowhere else accepted
DEMO = (
    ("wang", "Wang (simulated)", Role.INVESTIGATOR),
    ("li", "Li (simulated)", Role.COORDINATOR),
    ("zhao", "Zhao (simulated)", Role.COORDINATOR),
    ("chen", "Chen (simulated)", Role.CELL_LABORATORY),
    ("wu", "Wu (simulated)", Role.CELL_LABORATORY),
    ("deng", "Deng (simulated)", Role.DATA_MANAGER),
    ("ma", "Ma (simulated)", Role.MONITOR),
    ("tang", "Tang (simulated)", Role.STATISTICIAN),
    ("board", "Safety board (simulated)", Role.SAFETY_BOARD),
    ("admin", "Administrator (simulated)", Role.ADMINISTRATOR),
    ("audit", "Auditor (simulated)", Role.AUDITOR),
)


def demonstration() -> bool:
    """Whether this is a demonstration: it was started as one, and its ledger says that its people are simulated."""
    if not settings.DEMO:
        return False
    from trialwright.web.door import MAIN, opened

    return bool(opened(MAIN).trial().simulated)


def one_for_each_role() -> tuple[tuple[str, str, Role], ...]:
    """Code, printed name and role of the first demo account of each role that is open; none outside a demonstration."""
    if not demonstration():
        return ()
    there = set(Person.objects.filter(is_active=True).values_list("code", flat=True))
    first = {role: (code, name, role) for code, name, role in reversed(DEMO) if code in there}
    return tuple(first[role] for role in Role if role in first)


def make_demo_accounts(site: str, password: str = DEMO_PASSWORD) -> None:
    """Make those that are not there yet. Raises UsageError for a trial whose participants are real."""
    if not demonstration():
        raise UsageError("Demo accounts are made for simulated trials only. Use `trialwright user add DIR CODE`.")
    for code, name, role in DEMO:
        person = Person.objects.known(code)
        if person is None:
            person = Person.objects.make(code, password, name)
        Membership.objects.get_or_create(person=person, role=role.value, site=site)
