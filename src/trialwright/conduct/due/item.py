"""One thing that waits for somebody: of which kind, about whom, how pressing, and what settles it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from trialwright.conduct import ACTS
from trialwright.facts import LocalTime
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import FollowUpTransferred
from trialwright.ledger.trial import Casebook, Lot, Trial
from trialwright.study.model import Study

COMING_DAYS: Final = 14
"""So many days ahead a thing is listed as coming; later ones are not listed."""


class DueKind(StrEnum):
    """What sort of thing waits. In this order among equally pressing ones."""

    PAUSE = "pause"
    INFUSION = "infusion"
    ALERT = "alert"
    REPORT = "report"
    EXPIRY = "expiry"
    VALUE = "value"
    ASSESSMENT = "assessment"
    EVENT = "event"
    RELEASE = "release result"
    DONOR = "donor"
    CELLS = "cells"
    SCREENING = "screening"
    VISIT = "visit"
    SURVIVAL = "survival"
    RESPONSE = "response"
    DEVIATION = "deviation"
    JUDGEMENT = "judgement"


class DueState(StrEnum):
    """How pressing it is."""

    OVERDUE = "overdue"
    TODAY = "due today"
    COMING = "coming"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class DueItem:
    """One thing that waits for somebody, and the act that settles it.

    about     code of a participant, donor, lot or dose; None: the trial as a whole
    number    the participant's number; None before enrolment, and for what is no participant
    subject   what it is about beside the person: a visit, a test, the id of an event; tells items apart
    first     the first day on which it may be done; None: any
    deadline  the last day, or moment, on which it is in time; None where nothing sets one, and then it waits
    act       the act that settles it; words: those of its words that are known, as they would be typed
    who       the code the act is done about; None for an act about the study
    roles     who may do the act
    site      whose it is; None: every site's
    """

    kind: DueKind
    state: DueState
    about: str | None
    number: int | None
    subject: str
    says: str
    act: str
    who: str | None
    words: Mapping[str, Any]
    roles: tuple[str, ...]
    first: date | None = None
    deadline: date | LocalTime | None = None
    site: str | None = None

    @property
    def deadline_day(self) -> date | None:
        """The day of the deadline, on the site's calendar."""
        return self.deadline.wall.date() if isinstance(self.deadline, LocalTime) else self.deadline

    @property
    def key(self) -> tuple[str, str, str]:
        """By what the item is known again in a later list."""
        return (self.kind.value, self.about or "", self.subject)


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which trial it is asked, and when."""

    study: Study
    trial: Trial
    at: LocalTime

    @property
    def on(self) -> date:
        return self.at.wall.date()

    def item(
        self,
        kind: DueKind,
        subject: str,
        says: str,
        act: str,
        *,
        book: Casebook | Lot | None = None,
        who: str | None = None,
        words: Mapping[str, Any] | None = None,
        first: date | None = None,
        deadline: date | LocalTime | None = None,
        state: DueState | None = None,
    ) -> DueItem:
        """An item about a chapter, its state by its days unless it is given."""
        code = who if who is not None else (book.code if book is not None else None)
        stands = state or self.state_of(first, deadline)
        person = book if isinstance(book, Casebook) and book.code in self.trial.casebooks else None
        roles = tuple(sorted(role.value for role in ACTS[act].roles))
        return DueItem(
            kind,
            stands,
            code,
            person.number if person else None,
            subject,
            says,
            act,
            code if ACTS[act].subject != "study" else None,
            dict(words or {}),
            roles,
            first,
            deadline,
            site_of_chapter(book) if book is not None else None,
        )

    def state_of(self, first: date | None, deadline: date | LocalTime | None) -> DueState:
        """Overdue after the deadline, due on its last day or while it may be done, else coming; waiting without one."""
        if deadline is None:
            return DueState.WAITING if first is None or first <= self.on else DueState.COMING
        over = deadline.instant < self.at.instant if isinstance(deadline, LocalTime) else deadline < self.on
        if over:
            return DueState.OVERDUE
        day = deadline.wall.date() if isinstance(deadline, LocalTime) else deadline
        opened = first is not None and first <= self.on
        return DueState.TODAY if opened or day == self.on else DueState.COMING


def site_of_chapter(chapter: Casebook | Lot) -> str | None:
    """The site a chapter belongs to: where the person is followed, else where it was first recorded."""
    moved: list[Entry[Any]] = list(chapter.all(FollowUpTransferred))
    if moved:
        return str(moved[-1].what.to_site)
    first = min((entry for group in chapter.by_kind.values() for entry in group), key=_order, default=None)
    return first.site if first else None


def _order(entry: Entry[Any]) -> int:
    return entry.order
