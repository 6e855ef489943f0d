"""Entries about the trial as a whole: the study in force, pauses, refusals, retractions."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from trialwright.ledger.kinds.what import What


@dataclass(frozen=True, slots=True)
class Adopted(What):
    """The study file in force from here on, its exact text. The first entry of every ledger."""

    kind: ClassVar[str] = "adopted"
    text: str
    sha256: str
    version_label: str
    simulated: bool
    target: int  # places in the trial
    time_zones: dict[str, str]  # site code -> IANA zone
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Declined(What):
    """People who were approached and said no: a count, nothing about them."""

    kind: ClassVar[str] = "declined"
    count: int = 1
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Refused(What):
    """An act that was asked for and refused, with every reason."""

    kind: ClassVar[str] = "refused"
    act: str
    reasons: tuple[dict[str, str], ...]  # code, text, way_out
    asked: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retracted(What):
    """An earlier entry is taken back: it should never have been written."""

    kind: ClassVar[str] = "retracted"
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Redacted(What):
    """The content of an earlier entry was removed; why, and who approved it."""

    kind: ClassVar[str] = "redacted"
    entry: str  # id of the entry whose payload went
    justification: str
    approved_by: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Removed(What):
    """Stands where a redacted payload was. Never written: only read."""

    kind: ClassVar[str] = "removed"
    of_kind: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable(What):
    """An entry of a kind this version does not know: kept, shown, never interpreted. Never written."""

    kind: ClassVar[str] = "unreadable"
    of_kind: str = ""
    of_version: int = 0
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paused(What):
    """Enrolment and infusion stop until a decision resumes them."""

    kind: ClassVar[str] = "paused"
    by_rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Resumed(What):
    """The decision that lets the trial go on, or exempts named participants from the pause or the stagger."""

    kind: ClassVar[str] = "resumed"
    decided_by: str
    decision: str
    exempt: tuple[str, ...] = ()  # casebooks; empty: the trial as a whole resumes
    scope: str = "trial"  # trial | participants | stagger
    answers: tuple[dict[str, Any], ...] = ()  # each pause it was about, as it stood: what must be new to pause again
