"""Entries of an amendment: a new version of the study file is proposed, approved by two people, or rejected.

The version comes into force with an entry `adopted`, written with the second approval.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from trialwright.ledger.kinds.what import What


@dataclass(frozen=True, slots=True)
class AmendmentProposed(What):
    """A new version of the study file, its exact text, against the version in force when it was proposed."""

    kind: ClassVar[str] = "amendment_proposed"
    text: str
    sha256: str
    version_label: str
    replaces: str  # sha256 of the version in force
    why: str
    nature: str = "substantial"  # substantial | not substantial | urgent safety measure
    ethics_approval: str | None = None  # reference of the committee's decision
    effective_from: str | None = None  # a day: not in force before it
    effect: dict[str, Any] = field(default_factory=dict)  # the dry run on the day, in counts and codes


@dataclass(frozen=True, slots=True)
class AmendmentApproved(What):
    """Somebody approves a proposed version: it takes two people."""

    kind: ClassVar[str] = "amendment_approved"
    proposal: str  # id of the entry
    sha256: str  # what is approved
    ethics_approval: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class AmendmentRejected(What):
    """A proposed version is not adopted: refused, or taken back by who proposed it."""

    kind: ClassVar[str] = "amendment_rejected"
    proposal: str  # id of the entry
    reason: str
