"""Which safety reports are owed in the whole trial, to whom and by when, and which are overdue."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from trialwright.facts import FALSE, TRUE, UNKNOWN, LocalTime, Occurred, Truth, parse_occurred
from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.instants import parse_instant
from trialwright.ledger.kinds import PregnancyReported, ReportSent
from trialwright.ledger.trial import Casebook, Lot, Trial
from trialwright.safety.events import (
    NOT_RELATED,
    RELATED,
    STUDY_TREATMENT,
    AdverseEvent,
    adverse_events,
    first_id,
)
from trialwright.safety.moments import in_order
from trialwright.safety.reporting.clocks import Case, Duty, Report, Turn, duties
from trialwright.safety.reporting.regimes import judge_expectedness, regimes_of
from trialwright.safety.reporting.standing import DutyStanding, Sent, standing
from trialwright.study.model import Study
from trialwright.study.reporting import Regime

OF_DONOR = ("collection",)


@dataclass(frozen=True, slots=True)
class ReportOwed:
    """One report to one recipient: about which entry of whom, and how it stands now."""

    entry: str  # first id of the event or pregnancy
    about: str
    subject: str  # the event's term and worst grade, or "pregnancy"
    to: str
    stands: DutyStanding


def reports_owed(study: Study, trial: Trial, now: LocalTime) -> tuple[ReportOwed, ...]:
    """Every report owed for every event and pregnancy, as of now; by the day it is due."""
    regimes = regimes_of(study.safety.reporting)
    found = [
        ReportOwed(one.case, one.about, one.subject, one.to, stands)
        for chapter in trial.chapters
        for one in _asked(study, trial, chapter, regimes)
        for stands in standing(one.owed, one.gone, now)
    ]
    return tuple(sorted(found, key=lambda one: (one.stands.duty.due_day, one.about, one.entry, one.to)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one recipient is owed of one case, and what was sent; how it stands depends on the moment."""

    case: str
    about: str
    subject: str
    to: str
    owed: tuple[Duty, ...]
    gone: tuple[Sent, ...]


def _asked(study: Study, trial: Trial, chapter: Casebook | Lot, regimes: tuple[Regime, ...]) -> tuple[_Asked, ...]:
    return chapter.kept("reports asked", lambda: tuple(_of_chapter(study, trial, chapter, regimes)), of=study)


def _of_chapter(study: Study, trial: Trial, chapter: Casebook | Lot, regimes: tuple[Regime, ...]) -> Iterator[_Asked]:
    sent = chapter.all(ReportSent)
    for event in adverse_events(trial, chapter):
        case, subject = case_of(study, trial, event), f"{event.named}, grade {event.worst}"
        yield from _owed(trial, case, subject, event.about, regimes, sent)
    for pregnancy in chapter.all(PregnancyReported):
        id = first_id(trial, pregnancy.id)
        known = Turn(_aware(trial, pregnancy), FALSE, FALSE, UNKNOWN, UNKNOWN)
        case = Case(id, _zone(trial, pregnancy), (known,), pregnancy=True)
        subject = f"pregnancy of the {pregnancy.what.of}"
        yield from _owed(trial, case, subject, pregnancy.about or "", regimes, sent)


def _owed(
    trial: Trial,
    case: Case,
    subject: str,
    about: str,
    regimes: tuple[Regime, ...],
    sent: tuple[AnyEntry, ...],
) -> Iterator[_Asked]:
    """Each recipient is told apart: a report to the institution is none to the ethics committee."""
    reports = [(entry.what.to, _sent(trial, entry)) for entry in sent if entry.occurred]
    for regime in regimes:
        for recipient in regime.to:
            if owed := tuple(duties(case, (replace(regime, to=(recipient,)),))):
                gone = tuple(report for to, report in reports if to == recipient)
                yield _Asked(case.code, about, subject, recipient, owed, gone)


def _sent(trial: Trial, entry: AnyEntry) -> Sent:
    what = entry.what
    return Sent(first_id(trial, what.entry), what.regime, Report(what.what), parse_occurred(entry.occurred or ""))


def case_of(study: Study, trial: Trial, event: AdverseEvent) -> Case:
    """What was known of an event, and when: each entry adds what it says to all that was known before.

    Awareness is what the entry says (aware_at), else the moment it was first recorded.
    """
    known = sorted(event.followed, key=lambda entry: in_order(_aware(trial, entry)))
    turns = [_turn(study, trial, replace(event, followed=tuple(known[:count]))) for count in range(len(known) + 1)]
    return Case(event.id, _zone(trial, event.reported), tuple(sorted(turns, key=lambda turn: in_order(turn.aware))))


def _turn(study: Study, trial: Trial, event: AdverseEvent) -> Turn:
    newest = event.followed[-1] if event.followed else event.reported
    grave = TRUE if event.grave else FALSE
    return Turn(
        _aware(trial, newest),
        TRUE if event.serious else FALSE,
        grave,
        _unexpected(study, event, grave),
        _related(event),
    )


def _unexpected(study: Study, event: AdverseEvent, grave: Truth) -> Truth:
    """As a person judged it; else against the reference information in force at onset."""
    if event.expected in ("yes", "no"):
        return FALSE if event.expected == "yes" else TRUE
    reporting = study.safety.reporting
    lines = reporting.reference_information if reporting else ()
    return judge_expectedness(event.term, event.onset, fatal=grave, reference_information=lines).unexpected


def _related(event: AdverseEvent) -> Truth:
    """Whether it is related to anything the study gave or took; what nobody judged is unknown."""
    causes = OF_DONOR if event.about.startswith("D-") else STUDY_TREATMENT
    judged = [event.related.get(cause) for cause in causes]
    if RELATED in judged:
        return TRUE
    return FALSE if all(one == NOT_RELATED for one in judged) else UNKNOWN


def _aware(trial: Trial, entry: AnyEntry) -> Occurred:
    """When the site knew: as said, else the moment of the first recording on the site's clock."""
    if entry.what.aware_at:
        return parse_occurred(entry.what.aware_at)
    first = trial.originals[entry.id][0] if entry.id in trial.originals else entry
    return at_clock(first.recorded_at, _zone(trial, entry))


def at_clock(instant: str, zone: str) -> LocalTime:
    """An instant of recording as the site's clock showed it, to the minute."""
    there = parse_instant(instant).astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0)
    offset = there.utcoffset() or timedelta()
    return LocalTime(there.replace(tzinfo=None, fold=0), int(offset.total_seconds()) // 60, zone)


def _zone(trial: Trial, entry: AnyEntry) -> str:
    zones = trial.adopted.what.time_zones
    return zones.get(entry.site) or next(iter(zones.values()), "UTC")
