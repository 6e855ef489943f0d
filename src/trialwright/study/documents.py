"""Documents that somebody signs: consent forms, of participants and of donors."""

from typing import Literal

from pydantic.dataclasses import dataclass

from trialwright.study.shapes import CLOSED, CalendarDay, Code, Days, Source, Text

Part = Literal["in screening", "in treatment", "in follow-up"]
"""Where somebody stands in the trial who consented to an earlier version."""

Step = Literal["screening", "enrolment", "chemotherapy", "infusion", "visits"]
"""What waits for a renewed consent. Reports of harm, contacts, withdrawal and death never wait for one."""


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Renewal:
    """Who must consent again to a new version of a form, and what waits until they have.

    who         where they stand; who was never asked under an earlier version signs this one anyway
    before      the steps that are refused without it
    grace_days  so many days after the version is in force nothing is refused yet
    """

    who: tuple[Part, ...] = ("in screening", "in treatment", "in follow-up")
    before: tuple[Step, ...] = ("screening", "enrolment", "chemotherapy", "infusion", "visits")
    grace_days: Days = 0
    reason: Text | None = None
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class ConsentDocument:
    """A consent form in one version, and from when it is the one to sign.

    reconsent  who signed an earlier version and must sign this one too; without it nobody need
    """

    id: Code
    version: Text
    languages: tuple[Text, ...]
    valid_from: CalendarDay
    label: Text | None = None
    reconsent: Renewal | None = None
    source: Source | None = None
    basis: Text | None = None
