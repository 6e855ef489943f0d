"""Accounts of a demonstration: one for each role, under the codes by which the simulated story was played."""

from trialwright.conduct.roles import Role
from trialwright.web.people.models import Membership, Person

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


def make_demo_accounts(site: str, password: str) -> None:
    """Make those that are not there yet."""
    for code, name, role in DEMO:
        person = Person.objects.filter(code=code).first()
        if person is None:
            person = Person.objects.make(code, password, name)
        Membership.objects.get_or_create(person=person, role=role.value, site=site)
