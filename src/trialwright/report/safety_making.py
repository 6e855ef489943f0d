"""From a study, a trial and its clocks to the safety report's facts: pure, so that the same ledger gives the same."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from trialwright.cells.states import State, lot_state
from trialwright.cells.views import NUMBERED, donor_codes, without
from trialwright.facts import LocalTime, parse_occurred
from trialwright.ledger import Trial
from trialwright.ledger.kinds import AlertAnswered, AlertRaised, PregnancyFollowed, PregnancyReported
from trialwright.report import listings
from trialwright.report.event_facts import donor_events, grades_over_time, harm_groups, serious_events
from trialwright.report.laboratory_facts import laboratory_facts
from trialwright.report.making import asked_facts, study_facts
from trialwright.report.model import DeathFacts
from trialwright.report.owed_facts import end_of_day, owed_facts
from trialwright.report.safety_facts import (
    AssessmentFacts,
    DeathStory,
    EventsFacts,
    FailedLotFacts,
    FrequentFacts,
    PregnancyFacts,
    SafetyModel,
)
from trialwright.report.stopping_facts import StoppingFacts, person, stopping_facts
from trialwright.safety.assessed import SCALES, assessments, count_scale
from trialwright.safety.baselines import infusion_baselines
from trialwright.safety.counts import MOST_PERCENT, Against, count_events, frequent_events, population
from trialwright.safety.events import adverse_events, event_named, first_id
from trialwright.study import Study, StudyFile


def safety_model(
    study_file: StudyFile, trial: Trial, cut_off: date, *, then: Trial | None = None, now: LocalTime | None = None
) -> SafetyModel:
    """Everything the safety report says at a cut-off.

    trial  all that is known at the instant asked for
    then   the same ledger folded as of the cut-off: what occurred up to it; by default `trial`
    now    when clocks are read; by default the end of the cut-off day, so that the report can be made again
    """
    study, then = study_file.study, then or trial
    now = now or end_of_day(trial, cut_off)
    stopping = stopping_facts(study, then, cut_off)
    dose_limiting = frozenset(id for one in stopping.answers for id, _ in one.found)
    found = SafetyModel(
        study=study_facts(study_file),
        asked=asked_facts(trial, cut_off),
        now=str(now),
        simulated=trial.simulated,
        target=study.enrolment.target or len(then.enrolled),
        enrolled=len(then.enrolled),
        treated=len(population(then, "treatment")),
        infused=len(population(then, "infusion")),
        stopping=stopping,
        owed=owed_facts(study, then, now),
        since_treatment=_events(study, then, "treatment"),
        since_infusion=_events(study, then, "infusion"),
        groups=harm_groups(study, then),
        serious=serious_events(then, dose_limiting),
        donor_events=donor_events(then),
        laboratory=laboratory_facts(study, then),
        over_time=grades_over_time(study, then, cut_off),
        scales=tuple(count_scale(then, scale) for scale in SCALES),
        assessments=tuple(_assessments(then, stopping)),
        deaths=tuple(_death(then, one) for one in listings.deaths(then)),
        pregnancies=tuple(_pregnancies(then)),
        failed_lots=tuple(_failed_lots(study, then)),
    )
    return _apart(found, then)


def _apart(found: SafetyModel, then: Trial) -> SafetyModel:
    """The same with the two sides kept apart: no donor's code beside participants, and no participant's beside donors.

    Also where somebody typed one.
    """
    donors, people = donor_codes(then), tuple(then.casebooks)
    side = without(replace(found, owed=(), donor_events=()), donors, "the donor")
    owed = (
        without(one, people, "a participant", NUMBERED) if one.donor else without(one, donors, "the donor")
        for one in found.owed
    )
    apart = without(found.donor_events, people, "a participant", NUMBERED)
    return replace(side, owed=tuple(owed), donor_events=apart)


def _events(study: Study, then: Trial, against: Against) -> EventsFacts:
    counts = count_events(study, then, against)
    frequent = tuple(
        FrequentFacts(table.ctcae, MOST_PERCENT, frequent_events(table, counts.n)) for table in counts.tables
    )
    return EventsFacts(counts, frequent)


def _assessments(then: Trial, stopping: StoppingFacts) -> Iterator[AssessmentFacts]:
    """Every look on every scale, by scale, participant and date."""
    limiting = {one.person.code: set(one.found) for one in stopping.answers}
    for scale in SCALES:
        for book in then.casebooks.values():
            starts = infusion_baselines(book)
            for entry in assessments(book, scale):
                what = entry.what
                event = event_named(then, what.event) if what.event else None
                when = str(parse_occurred(entry.occurred)) if entry.occurred else ""
                counted = {(first_id(then, what.event or entry.id), when)}
                yield AssessmentFacts(
                    who=person(then, book.code),
                    scale=scale.name,
                    version=what.scale,
                    on=entry.occurred,
                    day=listings.days_between(str(starts[0].at), entry.occurred) if starts else None,
                    grade=what.grade,
                    findings=dict(what.findings),
                    because=what.because,
                    steroid_refractory=getattr(what, "steroid_refractory", None),
                    infusion=getattr(what, "infusion", None),
                    event=event.named if event else None,
                    event_grade=event.worst if event else None,
                    dose_limiting=bool(counted & limiting.get(book.code, set())),
                )


def _death(then: Trial, one: DeathFacts) -> DeathStory:
    book = then.casebooks[one.code]
    last = max((start.at.latest for start in infusion_baselines(book)), default=None)
    events = adverse_events(then, book)
    return DeathStory(
        one,
        listings.days_between(last.isoformat(), one.occurred) if last else None,
        book.death.what.autopsy if book.death else None,
        tuple(event.named for event in events if event.fatal),
    )


def _pregnancies(then: Trial) -> Iterator[PregnancyFacts]:
    for book in then.casebooks.values():
        for entry in book.all(PregnancyReported):
            id = first_id(then, entry.id)
            followed = [one for one in book.all(PregnancyFollowed) if first_id(then, one.what.pregnancy) == id]
            yield PregnancyFacts(
                person(then, book.code),
                entry.what.of,
                entry.occurred,
                entry.what.due_on,
                entry.what.consented,
                tuple((one.occurred, one.what.outcome, one.what.child) for one in followed),
            )


def _failed_lots(study: Study, then: Trial) -> Iterator[FailedLotFacts]:
    """Lots that were given and fail, with every alert about them to those who treat the recipients."""
    labels = {test.id: test.label for test in study.product.release_tests} if study.product else {}
    chapters = (*then.casebooks.values(), *then.lots.values())
    answers = {entry.what.alert: entry for chapter in chapters for entry in chapter.all(AlertAnswered)}
    raised = [entry for chapter in chapters for entry in chapter.all(AlertRaised)]
    for lot in then.lots.values():
        judged = lot_state(study, then, lot) if lot.given else None
        if judged is None or judged.state is not State.FAILED:
            continue
        alerts = []
        for alert in raised:
            if lot.code in alert.what.cells or alert.about == lot.code:
                answer = answers.get(alert.id)
                said = (answer.what.answer, str(answer.actor), answer.occurred) if answer else (None, None, None)
                alerts.append((f"{alert.about}: {alert.what.what}", *said))
        yield FailedLotFacts(
            lot.code,
            tuple(labels.get(test, test) for test in judged.failed),
            tuple((person(then, given.about or ""), given.occurred) for given in lot.given),
            tuple(alerts),
        )
