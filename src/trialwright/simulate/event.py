"""An adverse event of a story: reported, followed, and told to everybody whom the study's regimes name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from trialwright.facts import FALSE, TRUE, UNKNOWN, LocalTime, Truth, parse_occurred
from trialwright.safety.events import GRAVE, NOT_RELATED, RELATED, STUDY_TREATMENT
from trialwright.safety.reporting.clocks import Case, Duty, Turn, duties
from trialwright.safety.reporting.regimes import regimes_of
from trialwright.simulate.fate import Fate
from trialwright.simulate.step import COORDINATOR, INVESTIGATOR, Desk, Step, after
from trialwright.study.model import Study

Words = Mapping[str, Any]
REPORT_HOURS, REPORT_DAYS = timedelta(hours=3), 3
"""How long after the site knew a report of hours goes out, and how many days before it is due any other."""
LATE_HOURS = 7

CELLS: Final = {"nk_cells": "related", "chemotherapy": "not related", "premedication": "not related"}
CHEMOTHERAPY: Final = {"nk_cells": "not related", "chemotherapy": "related", "premedication": "not related"}
NEITHER: Final = {"nk_cells": "not related", "chemotherapy": "not related", "premedication": "not related"}
OPEN: Final = {"nk_cells": "unknown", "chemotherapy": "not related", "premedication": "not related"}


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person for the telling of harm: days count from the (first) infusion, the day 0."""

    fate: Fate
    code: str
    number: int
    desk: Desk

    def day(self, days: int) -> date:
        return after(self.fate.infusions[0], days)

    def at(self, days: int, hour: int, minute: int = 0) -> datetime:
        return self.desk.at(self.day(days), hour, minute)

    def moment(self, days: int, hour: int, minute: int = 0) -> str:
        return self.desk.moment(self.at(days, hour, minute))


@dataclass(frozen=True, slots=True)
class News:
    """Something new about an event: when it is entered, since when it holds, and what."""

    at: datetime
    on: str
    words: Words
    pauses: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One event: the words of its report, and everything that follows.

    key        the id of its entry
    marked     a signed laboratory value becomes it: no step of its own reports it
    late       reports that go out too late, as (regime, recipient)
    forgotten  reports that nobody sends
    """

    key: str
    who: str
    at: datetime
    onset: str
    words: Words
    news: tuple[News, ...] = ()
    act: str = "report_adverse_event"
    marked: bool = False
    late: tuple[tuple[str, str], ...] = ()
    forgotten: tuple[tuple[str, str], ...] = ()
    beside: tuple[Step, ...] = field(default=())


def told(study: Study, event: Event, desk: Desk) -> Iterator[Step]:
    """Every step of an event: its report, what is assessed beside it, its follow-ups, and the reports that go out."""
    if not event.marked:
        yield Step(event.at, event.act, event.who, event.onset, INVESTIGATOR, event.words, id=event.key)
    yield from event.beside
    for news in event.news:
        words = {"event": event.key, **news.words}
        yield Step(news.at, "follow_adverse_event", event.who, news.on, INVESTIGATOR, words, pauses=news.pauses)
    yield from _sent(study, event, desk)


def _sent(study: Study, event: Event, desk: Desk) -> Iterator[Step]:
    """The reports that the event's clocks ask for, each to each recipient, as early as is usual."""
    case = Case(event.key, desk.zone, tuple(_turns(event, desk)))
    gone: dict[tuple[str, str, str], datetime] = {}
    for duty in sorted(duties(case, regimes_of(study.safety.reporting)), key=lambda duty: duty.due_day):
        for place, recipient in enumerate(duty.to):
            key = (duty.regime, duty.what.value, recipient)
            aware = _clock(duty.aware, desk)
            answered = key in gone and gone[key] >= aware
            if answered or duty.withdrawn or (duty.regime, recipient) in event.forgotten:
                continue
            at = _leaves(duty, aware, desk, late=(duty.regime, recipient) in event.late) + timedelta(minutes=9 * place)
            gone[key] = at
            words = {"entry": event.key, "regime": duty.regime, "what": duty.what.value, "to": recipient}
            yield Step(at, "send_report", event.who, desk.moment(at), COORDINATOR, words)


def _leaves(duty: Duty, aware: datetime, desk: Desk, *, late: bool) -> datetime:
    """When a report goes out."""
    if isinstance(duty.due, LocalTime):
        return aware + timedelta(hours=duty_hours(duty, aware) + LATE_HOURS) if late else aware + REPORT_HOURS
    return max(desk.at(after(duty.due, 1 if late else -REPORT_DAYS), 15, 20), aware + REPORT_HOURS)


def duty_hours(duty: Duty, aware: datetime) -> int:
    """How many whole hours a duty leaves."""
    assert isinstance(duty.due, LocalTime)
    return int((duty.due.instant - aware).total_seconds() // 3600)


def _clock(moment: Any, desk: Desk) -> datetime:
    assert isinstance(moment, LocalTime)
    return desk.at(moment.wall.date(), moment.wall.hour, moment.wall.minute)


def _turns(event: Event, desk: Desk) -> Iterator[Turn]:
    """What is known of the event from each awareness on."""
    known: dict[str, Any] = {"serious": False, "related": {}, "seriousness": (), "grade": 0, "expected": "unknown"}
    first = News(event.at, event.onset, event.words)
    for news in sorted((first, *event.news), key=lambda one: one.at):
        said = {name: news.words[name] for name in known if name in news.words}
        said["related"] = {**known["related"], **said.get("related", {})}
        said["seriousness"] = (*known["seriousness"], *said.get("seriousness", ()))
        known |= said
        grave = known["grade"] == 5 or bool(GRAVE & set(known["seriousness"]))
        aware = news.words.get("aware_at") or desk.moment(news.at)
        serious, unexpected = bool(known["serious"]), _unexpected(known["expected"])
        yield Turn(parse_occurred(aware), _truth(serious), _truth(grave), unexpected, _related(known["related"]))


def _truth(answer: bool) -> Truth:
    return TRUE if answer else FALSE


def _unexpected(expected: str) -> Truth:
    return {"yes": FALSE, "no": TRUE}.get(expected, UNKNOWN)


def _related(judged: Mapping[str, str]) -> Truth:
    answers = [judged.get(cause) for cause in STUDY_TREATMENT]
    if RELATED in answers:
        return TRUE
    return FALSE if all(answer == NOT_RELATED for answer in answers) else UNKNOWN
