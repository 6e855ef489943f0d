"""One step of a simulated trial: an act as somebody at the site would ask for it, at a moment of theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from trialwright.conduct.review.shown import shown_digest, whole_casebook
from trialwright.facts import LocalTime, format_occurred
from trialwright.ledger.entry import Actor, Told
from trialwright.ledger.trial import Trial

INVESTIGATOR = Actor("wang", "investigator")
SECOND_INVESTIGATOR = Actor("gong", "investigator")
COORDINATOR = Actor("li", "coordinator")
NURSE = Actor("zhao", "coordinator")
LABORATORY = Actor("chen", "cell laboratory")
TESTER = Actor("wu", "cell laboratory")
QUALITY = Actor("sun", "cell laboratory")
BOARD = Actor("board", "safety board")
MONITOR = Actor("he", "monitor")
DATA_MANAGER = Actor("ma", "data manager")


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked of the trial. `words` are the act's own, as they would be typed; `on` is when it occurs."""

    at: datetime  # when it is entered, at the site's own time
    act: str
    who: str | None
    on: str
    by: Actor
    words: Mapping[str, Any] = field(default_factory=dict)
    second: Actor | None = None
    told: Told | None = None
    id: str | None = None  # what a later step calls the first entry of this one
    pauses: str | None = None  # the trigger of the study by which the trial stands still from here on
    shows: tuple[str, ...] | None = None  # entries looked at, whose digest is then `shown`; empty: the whole casebook


def words_of(step: Step, trial: Trial) -> dict[str, Any]:
    """The act's words as typed; where entries were looked at, with the digest of how they stand in the trial now."""
    words = dict(step.words)
    if step.shows is not None:
        book = trial.casebook(step.who or "")
        words["shown"] = shown_digest(trial, step.shows or (whole_casebook(trial, book) if book else ()))
    return words


@dataclass(frozen=True, slots=True)
class Desk:
    """The site's clock and calendar: writes a day or a moment as the ledger wants it."""

    zone: str

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), ZoneInfo(self.zone))

    def moment(self, at: datetime) -> str:
        """A local date-time with its zone, as entries have it."""
        offset = at.utcoffset() or timedelta()
        return format_occurred(LocalTime(at.replace(tzinfo=None), int(offset.total_seconds() // 60), self.zone))


def after(day: date, days: int) -> date:
    """The day so many days later; earlier, where they are negative."""
    return day + timedelta(days=days)
