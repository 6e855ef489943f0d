"""Every safety report that is owed, as plain facts: to whom, by when, and how it stands now."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from trialwright.facts import FALSE, TRUE, UNKNOWN, LocalTime
from trialwright.ledger import Trial
from trialwright.report.safety_facts import OwedFacts
from trialwright.report.stopping_facts import person
from trialwright.safety.events import event_named
from trialwright.safety.reporting.due import ReportOwed, reports_owed
from trialwright.safety.reporting.standing import Stands
from trialwright.study import Study

_ORDER: Final = (Stands.OVERDUE, Stands.DUE, Stands.SENT, Stands.WITHDRAWN)
_TRUTHS: Final = {TRUE: "yes", FALSE: "no", UNKNOWN: "unknown"}


def end_of_day(trial: Trial, cut_off: date) -> LocalTime:
    """The last minute of the cut-off day on the site's clock: what was due by then and not sent is overdue."""
    zone = next(iter(trial.adopted.what.time_zones.values()), "UTC")
    end = datetime.combine(cut_off, time(23, 59), ZoneInfo(zone))
    return LocalTime(end.replace(tzinfo=None), int((end.utcoffset() or timedelta()).total_seconds()) // 60, zone)


def owed_facts(study: Study, then: Trial, now: LocalTime) -> tuple[OwedFacts, ...]:
    """Every report owed as of a moment, the most pressing first: overdue, due, sent, withdrawn."""
    found = sorted(reports_owed(study, then, now), key=lambda one: _ORDER.index(one.stands.stands))
    labels = {one.id: one.label for one in study.safety.reporting.own_regimes} if study.safety.reporting else {}
    return tuple(_owed(then, one, labels) for one in found)


def _owed(then: Trial, one: ReportOwed, labels: Mapping[str, str]) -> OwedFacts:
    duty, stands = one.stands.duty, one.stands
    event = event_named(then, one.entry)
    return OwedFacts(
        entry=one.entry,
        about=one.about,
        number=person(then, one.about).number,
        donor=one.about in then.donors,
        subject=event.named if event else one.subject,
        grade=event.worst if event else None,
        what=duty.what.value,
        regime=labels.get(duty.regime, duty.regime),
        to=one.to,
        aware=str(duty.aware),
        due=str(duty.due),
        hours=isinstance(duty.due, LocalTime),
        stands=stands.stands.value,
        late=stands.late,
        left=stands.left,
        in_time=None if stands.in_time is None else _TRUTHS[stands.in_time],
        sent_at=str(stands.sent.at) if stands.sent else None,
        because=duty.withdrawn.because if duty.withdrawn else duty.because,
    )
