"""A person who logs in: the code that stands in the ledger, the printed name, and whether the account is open."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from trialwright.conduct.roles import Role


class People(BaseUserManager["Person"]):
    """Makes accounts."""

    def make(self, code: str, password: str, printed_name: str = "", **more: Any) -> "Person":
        """A new account. The code stands for this person for ever and is never given to another."""
        person = self.model(code=code, printed_name=printed_name or code, **more)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """An account. A person who leaves keeps it, closed: the code stands in the ledger."""

    code = models.CharField(max_length=64, unique=True)
    printed_name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, blank=True)
    theme = models.CharField(max_length=10, blank=True)
    password_set_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "code"
    objects = People()

    def __str__(self) -> str:
        return self.code


class Membership(models.Model):
    """A role of a person at a site."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=[(role.value, role.value) for role in Role])
    site = models.CharField(max_length=20)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "role", "site"], name="one_membership_each"),)

    def __str__(self) -> str:
        return f"{self.person.code}:{self.role}@{self.site}"


class Clock(models.Model):
    """How far the clock of a simulated trial is ahead of the real one (negative: behind)."""

    trial = models.CharField(max_length=40, primary_key=True)
    ahead_seconds = models.FloatField()

    def __str__(self) -> str:
        return self.trial
