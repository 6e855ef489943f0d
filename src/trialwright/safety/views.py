"""Where the trial stands on safety, and what is known of one person: what the shell and the page at the site show.

All are plain values, computed from study and ledger at one moment. A participant's view never names a donor, a
donor's never a recipient.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from trialwright.cells.views import apart
from trialwright.facts import LocalTime
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import ConditionFound, Resumed
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.assessed import SCALES
from trialwright.safety.baselines import infusion_baselines, treatment_baseline
from trialwright.safety.events import AdverseEvent, adverse_events, first_id
from trialwright.safety.laboratory.values import LabValue, laboratory, value_grade
from trialwright.safety.next_steps import Step, next_steps
from trialwright.safety.period import collected_until
from trialwright.safety.reporting.due import ReportOwed, reports_owed
from trialwright.safety.reporting.standing import Stands
from trialwright.safety.stopping.boundary import Boundary, boundary
from trialwright.safety.stopping.dlt import DltAnswer, Evaluable, dlt_answer
from trialwright.safety.stopping.pauses import Pause, all_pauses, pauses, pauses_for
from trialwright.safety.stopping.triggers import fired
from trialwright.safety.view_parts import (
    NOT_CONFIRMED,
    WAITS,
    EventView,
    PregnancyView,
    ReportView,
    ValueView,
    event_view,
    event_views,
    is_open,
    pregnancy_views,
    report_view,
    value_view,
)
from trialwright.study.model import Study

SOON: Final = timedelta(days=15)
"""How far ahead reports that are due are listed: the longest of the usual times."""

# --- the whole trial --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PauseView:
    """A pause in force: by which rule, since when, why with the numbers, and whose decision ends it."""

    rule: str
    since: str | None
    reason: str
    decides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision about a pause or the stagger: what it let go on, for whom, and which pauses it knew of."""

    on: str | None
    decided_by: str
    decision: str
    scope: str
    exempt: tuple[str, ...]
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PendingView:
    """Somebody who may still count for the stopping rule, and what is waited for."""

    code: str
    number: int | None
    waits_for: tuple[str, ...]
    until: str | None  # the window's last day; None before an infusion


@dataclass(frozen=True, slots=True)
class WalkedView:
    """One step of the way so far: who was evaluated, and how many had a toxicity among how many then."""

    code: str
    on: str
    evaluable: int
    events: int


@dataclass(frozen=True, slots=True)
class RuleView:
    """The stopping rule now. `posterior` and `cut` are None where its method has none; `pauses_at` where none can.

    bounds  the fewest events that pause at 1, 2 … evaluable participants, up to the target; None where none can
    """

    method: str
    p0: str
    cut: str | None
    first_look: int
    events: int
    evaluable: int
    toxic: tuple[str, ...]
    pauses_at: int | None
    bounds: tuple[int | None, ...]
    posterior: float | None
    crossed: bool
    pending: tuple[PendingView, ...]
    not_evaluable: tuple[str, ...]
    path: tuple[WalkedView, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class TriggerView:
    """A trigger and everything that happened of it. `reached`: often enough to pause; `decided`: and let go since."""

    id: str
    text: str
    count: int
    happened: tuple[str, ...]
    reached: bool
    decided: bool


@dataclass(frozen=True, slots=True)
class OpenValues:
    """A participant's values that somebody must look at, oldest first."""

    code: str
    number: int | None
    values: tuple[ValueView, ...]


@dataclass(frozen=True, slots=True)
class SafetyView:
    """Where the trial stands on safety at one moment, the most pressing first.

    rule         None where the study has no stopping rule
    due          reports due within the next 15 days; `later` counts those due after them
    waiting      values outside their range without a signed mark; unconfirmed: other automatic grades without one
    serious      serious events whose end is not recorded; `open_events`: all others whose end is not
    pregnancies  those still to be followed
    triggers     those of which anything happened
    decisions    newest first
    """

    at: str
    pauses: tuple[PauseView, ...]
    rule: RuleView | None
    overdue: tuple[ReportView, ...]
    due: tuple[ReportView, ...]
    later: int
    waiting: tuple[OpenValues, ...]
    unconfirmed: tuple[OpenValues, ...]
    serious: tuple[EventView, ...]
    open_events: tuple[EventView, ...]
    pregnancies: tuple[PregnancyView, ...]
    triggers: tuple[TriggerView, ...]
    decisions: tuple[DecisionView, ...]


def safety_view(study: Study, trial: Trial, now: LocalTime) -> SafetyView:
    """Where the trial stands on safety now; only what the trial holds counts, so fold it as of that day."""
    on = now.latest
    in_force = pauses(study, trial, on)
    stands = boundary(study, trial, on)
    owed = reports_owed(study, trial, now)
    due = [one for one in owed if one.stands.stands is Stands.DUE]
    soon = [one for one in due if one.stands.duty.due_day <= on + SOON]
    values = [(book, tuple(map(value_view, laboratory(study, trial, book)))) for book in trial.casebooks.values()]
    events = [event for chapter in trial.chapters for event in adverse_events(trial, chapter) if is_open(event)]
    return SafetyView(
        at=str(now),
        pauses=tuple(_pause(study, pause) for pause in in_force),
        rule=None if stands is None else _rule(stands),
        overdue=_reports_apart(trial, (one for one in owed if one.stands.stands is Stands.OVERDUE)),
        due=_reports_apart(trial, soon),
        later=len(due) - len(soon),
        waiting=tuple(_open_values(values, WAITS)),
        unconfirmed=tuple(_open_values(values, NOT_CONFIRMED)),
        serious=_worst_first(trial, (event for event in events if event.serious)),
        open_events=_worst_first(trial, (event for event in events if not event.serious)),
        pregnancies=tuple(one for book in trial.casebooks.values() for one in pregnancy_views(trial, book) if one.open),
        triggers=tuple(_triggers(study, trial, on, in_force)),
        decisions=_decisions(trial),
    )


def _pause(study: Study, pause: Pause) -> PauseView:
    since = None if pause.since is None else str(pause.since)
    return PauseView(pause.rule, since, pause.reason, study.safety.decided_by)


def _rule(stands: Boundary) -> RuleView:
    rule = stands.rule
    never = tuple(one.code for one in stands.answers if one.answer is Evaluable.NEVER)
    pending = tuple(
        PendingView(one.code, one.number, one.because, None if one.window is None else str(one.window.end))
        for one in stands.answers
        if one.answer is Evaluable.NOT_YET
    )
    return RuleView(
        method=rule.method,
        p0=str(rule.p0),
        cut=None if stands.posterior is None else str(rule.cut),
        first_look=rule.first_look,
        events=stands.events,
        evaluable=stands.evaluable,
        toxic=stands.toxic,
        pauses_at=stands.pauses_at,
        bounds=tuple(stands.bounds.lowest(evaluable) for evaluable in range(1, len(stands.bounds.at) + 1)),
        posterior=stands.posterior,
        crossed=stands.crossed,
        pending=pending,
        not_evaluable=never,
        path=tuple(WalkedView(one.code, str(one.on), one.evaluable, one.events) for one in stands.path),
        sentence=stands.sentence,
    )


def _open_values(values: Iterable[tuple[Casebook, tuple[ValueView, ...]]], stands: str) -> Iterator[OpenValues]:
    for book, listed in values:
        if found := tuple(value for value in listed if value.stands == stands):
            yield OpenValues(book.code, book.number, found)


def _reports_apart(trial: Trial, owed: Iterable[ReportOwed]) -> tuple[ReportView, ...]:
    return tuple(apart(trial, one.about, report_view(one)) for one in owed)


def _worst_first(trial: Trial, events: Iterable[AdverseEvent]) -> tuple[EventView, ...]:
    ordered = sorted(events, key=lambda event: (-event.grade, event.onset.earliest, event.about, event.id))
    return tuple(apart(trial, event.about, event_view(event)) for event in ordered)


def _triggers(study: Study, trial: Trial, on: date, in_force: tuple[Pause, ...]) -> Iterator[TriggerView]:
    paused = {pause.rule for pause in in_force}
    would = {pause.rule for pause in all_pauses(study, trial, on)}
    for trigger in study.safety.triggers:
        if happened := tuple(one.sentence for one in fired(study, trial, trigger)):
            reached = trigger.id in would
            decided = reached and trigger.id not in paused
            yield TriggerView(trigger.id, trigger.text, trigger.count, happened, reached, decided)


def _decisions(trial: Trial) -> tuple[DecisionView, ...]:
    return tuple(_decision(entry) for entry in reversed(trial.of_study.all(Resumed)))


def _decision(entry: Entry[Resumed]) -> DecisionView:
    what = entry.what
    about = tuple(str(answer.get("rule", "")) for answer in what.answers)
    return DecisionView(entry.occurred, what.decided_by, what.decision, what.scope, what.exempt, about)


# --- one person -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BaselineView:
    """A baseline: before the first study chemotherapy ("treatment", 0), or before an infusion."""

    which: str
    number: int
    at: str


@dataclass(frozen=True, slots=True)
class ConditionView:
    """What the person had before treatment."""

    id: str
    term: str
    grade: int
    on: str | None
    began_on: str | None


@dataclass(frozen=True, slots=True)
class ScaleView:
    """One assessment on a scale of its own: what was found, the grade it makes and what decides it."""

    id: str
    of: str  # CRS | ICANS | acute GVHD | chronic GVHD | infusion reaction
    scale: str
    on: str | None
    grade: str
    findings: tuple[tuple[str, str], ...]
    because: tuple[str, ...]
    event: str | None


@dataclass(frozen=True, slots=True)
class ToxicityView:
    """A dose-limiting toxicity that counts, and the entries it rests on."""

    item: str
    on: str
    sentence: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DltView:
    """Whether the person has had a dose-limiting toxicity: yes, no, not yet evaluable, not evaluable, and why.

    starts, ends  the window; None before an infusion. known_on: since when the answer stands; None while it is open
    """

    answer: str
    because: tuple[str, ...]
    starts: str | None
    ends: str | None
    known_on: str | None
    toxicities: tuple[ToxicityView, ...]


@dataclass(frozen=True, slots=True)
class PersonView:
    """What is known of one person's safety. Of a donor: events and reports alone.

    pauses   what holds this participant back now
    until    the last day on which new events are collected; None while no end is known
    dlt      None for somebody not enrolled, and where the study defines no dose-limiting toxicity
    values   every measured value, by day; `stands` tells those that somebody must look at
    steps    what to do next, the most pressing first
    """

    code: str
    sort: str  # participant | donor
    number: int | None
    at: str
    pauses: tuple[PauseView, ...]
    baselines: tuple[BaselineView, ...]
    until: str | None
    conditions: tuple[ConditionView, ...]
    events: tuple[EventView, ...]
    values: tuple[ValueView, ...]
    scales: tuple[ScaleView, ...]
    dlt: DltView | None
    pregnancies: tuple[PregnancyView, ...]
    reports: tuple[ReportView, ...]
    steps: tuple[Step, ...]


def person_view(
    study: Study, trial: Trial, code: str, now: LocalTime, values: tuple[LabValue, ...] | None = None
) -> PersonView | None:
    """What is known of one participant (by code or number) or donor; None for a code nobody has.

    values  the participant's laboratory, where it is known already
    """
    book = trial.casebook(code)
    if book is not None:
        known = laboratory(study, trial, book) if values is None else values
        return apart(trial, book.code, _participant(study, trial, book, now, known))
    donor = trial.donors.get(code)
    return None if donor is None else apart(trial, code, _donor(study, trial, donor, now))


def _participant(
    study: Study, trial: Trial, book: Casebook, now: LocalTime, values: tuple[LabValue, ...]
) -> PersonView:
    events = adverse_events(trial, book)
    first = treatment_baseline(book)
    until = collected_until(study, book)
    shown = event_views(study, book, events, lambda term, moment: value_grade(values, term, moment))
    reports = _reports(study, trial, book.code, now)
    listed, scales = tuple(map(value_view, values)), tuple(_scales(trial, book))
    pregnancies = tuple(pregnancy_views(trial, book))
    counted = book.enrolment is not None and study.safety.dlt is not None
    return PersonView(
        code=book.code,
        sort="participant",
        number=book.number,
        at=str(now),
        pauses=tuple(_pause(study, pause) for pause in pauses_for(study, trial, book, now.latest)),
        baselines=tuple(
            BaselineView(one.which, one.number, str(one.at))
            for one in (*((first,) if first else ()), *infusion_baselines(book))
        ),
        until=None if until is None else str(until),
        conditions=tuple(_conditions(trial, book)),
        events=shown,
        values=listed,
        scales=scales,
        dlt=_dlt(dlt_answer(study, trial, book, now.latest)) if counted else None,
        pregnancies=pregnancies,
        reports=tuple(map(report_view, reports)),
        steps=tuple(
            next_steps(book.code, events, listed, reports, pregnancies, scales, death_recorded=book.death is not None)
        ),
    )


def _donor(study: Study, trial: Trial, donor: Casebook, now: LocalTime) -> PersonView:
    events = adverse_events(trial, donor)
    reports = _reports(study, trial, donor.code, now)
    return PersonView(
        code=donor.code,
        sort="donor",
        number=None,
        at=str(now),
        pauses=(),
        baselines=(),
        until=None,
        conditions=(),
        events=tuple(map(event_view, events)),
        values=(),
        scales=(),
        dlt=None,
        pregnancies=(),
        reports=tuple(map(report_view, reports)),
        steps=tuple(next_steps(donor.code, events, (), reports)),
    )


def _reports(study: Study, trial: Trial, code: str, now: LocalTime) -> tuple[ReportOwed, ...]:
    return tuple(one for one in reports_owed(study, trial, now) if one.about == code)


def _conditions(trial: Trial, book: Casebook) -> Iterator[ConditionView]:
    for entry in book.all(ConditionFound):
        what = entry.what
        term = f"{what.term}: {what.specify}" if what.specify else what.term
        yield ConditionView(first_id(trial, entry.id), term, what.grade, entry.occurred, what.began_on)


def _scales(trial: Trial, book: Casebook) -> Iterator[ScaleView]:
    names = {scale.kind: scale.name for scale in SCALES}
    found: list[Entry[Any]] = [entry for entry in book.entries if type(entry.what) in names]
    for entry in sorted(found, key=lambda entry: (entry.occurred or "", entry.order)):
        what = entry.what
        yield ScaleView(
            id=first_id(trial, entry.id),
            of=names[type(what)],
            scale=what.scale,
            on=entry.occurred,
            grade=what.grade,
            findings=tuple(what.findings.items()),
            because=what.because,
            event=None if what.event is None else first_id(trial, what.event),
        )


def _dlt(answer: DltAnswer) -> DltView:
    window = answer.window
    return DltView(
        answer=answer.answer.value,
        because=answer.because,
        starts=None if window is None else str(window.start),
        ends=None if window is None else str(window.last),
        known_on=None if answer.known_on is None else str(answer.known_on),
        toxicities=tuple(ToxicityView(one.item, str(one.on), one.sentence, one.entries) for one in answer.found),
    )
