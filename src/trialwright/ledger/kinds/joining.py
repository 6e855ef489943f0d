"""Entries on the way in: consent, facts, judgements, the end of screening, enrolment."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from trialwright.ledger.kinds.what import What


@dataclass(frozen=True, slots=True)
class Consented(What):
    """Informed consent was signed. Opens the casebook; a later one renews it under another document version."""

    kind: ClassVar[str] = "consented"
    document: str
    document_version: str
    language: str
    signer: str  # participant | legal representative
    explained_by: str


@dataclass(frozen=True, slots=True)
class FactsRecorded(What):
    """Facts about a person, each in the words of FACTS.json: concept, value, unit, on, range ..."""

    kind: ClassVar[str] = "facts_recorded"
    facts: tuple[dict[str, Any], ...]
    born: str | None = None  # birth year only, until the identity vault exists
    sex: str | None = None
    visit: str | None = None
    completed_years: int | None = None


@dataclass(frozen=True, slots=True)
class Judged(What):
    """The study's criteria judged for one person: plain ids, statuses and texts."""

    kind: ClassVar[str] = "judged"
    purpose: str  # screening | enrolment
    eligible: str  # yes | no | unknown
    as_of: str
    criteria: tuple[dict[str, Any], ...]  # id, kind, status, effect, reasons, evidence
    value_sets: dict[str, str] = field(default_factory=dict)  # name -> content hash
    episode: int = 1


@dataclass(frozen=True, slots=True)
class ScreeningEnded(What):
    """A screening episode that did not end in enrolment."""

    kind: ClassVar[str] = "screening_ended"
    outcome: str  # failed | withdrawn
    criteria: tuple[str, ...] = ()
    note: str | None = None
    episode: int = 1


@dataclass(frozen=True, slots=True)
class Rescreened(What):
    """A new screening episode of the same casebook."""

    kind: ClassVar[str] = "rescreened"
    episode: int
    reason: str


@dataclass(frozen=True, slots=True)
class Enrolled(What):
    """A place in the trial is taken."""

    kind: ClassVar[str] = "enrolled"
    number: int
    disease_status: str
    phase: str
    in_remission: bool
    remission_on: str | None = None
    remission_category: str | None = None  # CR | CRh | CRi
    strata: dict[str, str] = field(default_factory=dict)
    signed_by: str | None = None
    meaning: str = "eligibility and enrolment approved"
