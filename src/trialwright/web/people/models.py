"""A person who logs in: the code that stands in the ledger, the printed name, and whether the account is open."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from trialwright.conduct.roles import Role, person_key


class People(BaseUserManager["Person"]):
    """Makes accounts, and finds them by what two codes have in common that are one person's."""

    def make(self, code: str, password: str, printed_name: str = "", **more: Any) -> "Person":
        """A new account. The code stands for this person for ever and is never given to another."""
        person = self.model(code=code, key=person_key(code), printed_name=printed_name or code, **more)
        person.set_password(password)
        person.password_set_at = timezone.now()
        person.save(using=self._db)
        return person

    def known(self, code: str) -> "Person | None":
        """The account of a code; capitals and look-alike letters do not count."""
        return self.filter(key=person_key(code)).first()


class Person(AbstractBaseUser):
    """An account. A person who leaves keeps it, closed: the code stands in the ledger."""

    code = models.CharField(max_length=64, unique=True)
    key = models.CharField(max_length=64, unique=True)
    printed_name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, blank=True)
    theme = models.CharField(max_length=10, blank=True)
    password_set_at = models.DateTimeField(null=True, blank=True)
    must_change = models.BooleanField(default=False)
    epoch = models.PositiveIntegerField(default=0)  # counts up whenever every session of this person has to end

    USERNAME_FIELD = "code"
    objects = People()

    def __str__(self) -> str:
        return self.code

    def get_session_auth_hash(self) -> str:
        """What a session has to match: it ends with the password, and with the epoch."""
        return salted_hmac(
            "trialwright.web.people.session", f"{self.epoch}:{self.password}", algorithm="sha256"
        ).hexdigest()

    def get_session_auth_fallback_hash(self) -> list[str]:
        """No older key is accepted."""
        return []


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


class Line(models.Model):
    """One line of the log of accounts. Never changed and never removed: the model refuses, and so does the database."""

    at = models.DateTimeField(db_index=True)  # UTC
    what = models.CharField(max_length=30)
    code = models.CharField(max_length=64, blank=True)  # whose account; as typed where there is none of it
    by = models.CharField(max_length=64, blank=True)  # who did it, where that is another person
    address = models.CharField(max_length=45, blank=True)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%dT%H:%MZ} {self.what} {self.code}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the line once. Raises ValueError when it is there already."""
        if self.pk is not None:
            raise ValueError("a line of the log of accounts is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Always raises ValueError."""
        raise ValueError("a line of the log of accounts is never removed")


class Tries(models.Model):
    """How often somebody failed under a code, or from an address, and until when no further try counts."""

    key = models.CharField(max_length=80, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    locks = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class OldPassword(models.Model):
    """The hash of a password that was in use before."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="old_passwords")
    hash = models.CharField(max_length=128)

    def __str__(self) -> str:
        return f"{self.person.code}: an earlier password"


class KeptForm(models.Model):
    """What somebody had typed when their session ran out: for this person only, for a short time, without passwords."""

    token = models.CharField(max_length=64, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    path = models.CharField(max_length=300)
    typed = models.JSONField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.path} of {self.person.code}"


class Used(models.Model):
    """A signature's nonce that has been used: it can never be used again."""

    nonce = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.nonce
