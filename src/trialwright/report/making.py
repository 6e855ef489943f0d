"""From a study, a trial and two dates to a report's facts: pure, so that the same ledger gives the same report."""

from collections.abc import Iterable
from datetime import date

from trialwright.cells.states import lot_state
from trialwright.conduct.possible import PossibleDeviation, judgements_on_corrected_facts, possible_deviations
from trialwright.endpoints import (
    baseline,
    courses,
    estimate_all,
    exposure,
    flow,
    interim,
    persistence,
    response,
)
from trialwright.endpoints.estimate import TWO_YEARS
from trialwright.facts import PartialDate
from trialwright.ledger import Trial
from trialwright.report import listings, measures, standing
from trialwright.report.cell_facts import CellFacts, cell_facts
from trialwright.report.event_facts import harm_groups
from trialwright.report.model import Asked, DeviationFacts, Published, ReportModel, StudyFacts
from trialwright.report.owed_facts import end_of_day, owed_facts
from trialwright.report.stopping_facts import stopping_facts
from trialwright.safety.counts import count_events
from trialwright.study import Finding, Study, StudyFile, check_study
from trialwright.study import Published as Record


def report_model(
    study_file: StudyFile,
    trial: Trial,
    cut_off: date,
    *,
    then: Trial | None = None,
    findings: Iterable[Finding] | None = None,
    possible: Iterable[PossibleDeviation] | None = None,
) -> ReportModel:
    """Everything a report says at a cut-off.

    trial      all that is known at the instant asked for; what occurred after the cut-off plays no part, except that
               it may narrow a date known in part.
    then       the same ledger folded as of the cut-off, for what is simply counted; by default `trial`.
    findings   the lint's, by default asked of `check_study`; possible: past acts in question, by default asked anew.
    """
    study, then = study_file.study, then or trial
    results = estimate_all(study, trial, cut_off)
    people = courses(study, trial, cut_off)
    target = study.enrolment.target or len(people)
    return ReportModel(
        study=study_facts(study_file),
        asked=asked_facts(trial, cut_off),
        simulated=trial.simulated,
        target=target,
        enrolled=len(people),
        places=standing.places(people, target),
        interim=interim(study, trial, cut_off, TWO_YEARS),
        flow=flow(then),
        baseline=baseline(study, then),
        exposure=exposure(then),
        response=response(study, trial, cut_off),
        persistence=persistence(study, trial, cut_off),
        endpoints=tuple(measures.endpoint_facts(result) for result in results),
        stacked=measures.stacked(results),
        swims=standing.swims(trial, people, cut_off),
        stopping=stopping_facts(study, then, cut_off),
        overdue=sum(one.stands == "overdue" for one in owed_facts(study, then, end_of_day(trial, cut_off))),
        harm=count_events(study, then, "treatment"),
        harm_groups=harm_groups(study, then),
        deaths=listings.deaths(then),
        deviations=(*listings.deviations(then), *_possible(study_file, then, possible)),
        refused=listings.refused(then),
        assumptions=listings.assumptions(study_file),
        findings=listings.findings(check_study(study_file) if findings is None else findings),
        cells=_cells(study, then, cut_off),
    )


def _cells(study: Study, then: Trial, cut_off: date) -> CellFacts:
    """Every chain of cells, with how each lot stands at the end of the cut-off day."""
    now = PartialDate.of(cut_off)
    states = {code: lot_state(study, then, lot, now).words for code, lot in then.lots.items()}
    return cell_facts(study, then, states)


def _possible(file: StudyFile, then: Trial, found: Iterable[PossibleDeviation] | None) -> tuple[DeviationFacts, ...]:
    """Past acts in question, each asked by the study file of its own day: the ledger holds its text."""
    if found is None:
        found = possible_deviations(file.study, then)
    questioned = judgements_on_corrected_facts(then)
    return (*listings.possible_deviations(found), *listings.judgements_in_question(questioned))


def asked_facts(trial: Trial, cut_off: date) -> Asked:
    """Both clocks; the newest entry's instant is the report's own date, so that it can be made again."""
    recorded_at = max((entry.recorded_at for entry in trial.by_id.values()), default=None)
    return Asked(cut_off, trial.size - 1, recorded_at, trial.size, trial.head.hex(), trial.unreadable)


def study_facts(file: StudyFile) -> StudyFacts:
    """Which study this is, and what a registry published of it."""
    study = file.study
    return StudyFacts(
        id=study.id,
        title=study.title,
        version=study.version,
        sha256=file.sha256,
        historical=study.historical,
        published=_published(study.record) if study.record else None,
        sites=tuple(", ".join(part for part in (one.name, one.city, one.country) if part) for one in study.sites),
        criteria=tuple((one.id, one.kind, one.text, one.rule) for one in study.eligibility.criteria),
        population_labels=_labels(study),
        ctcae=study.safety.ctcae,
        response_criteria=study.response.criteria,
    )


def _labels(study: Study) -> dict[str, str]:
    statuses = {one.id: one.label for one in study.disease_status}
    return statuses | {one.id: one.label for one in study.phases}


def _published(record: Record) -> Published:
    """The record's facts in the order in which its page shows them."""
    treatments = tuple(f"{one.type}: {one.name}" if one.type else one.name for one in record.interventions)
    return Published(
        title=record.title,
        official_title=record.official_title,
        sponsor=record.sponsor,
        sponsor_class=record.sponsor_class,
        status=record.status,
        phases=record.phases,
        conditions=record.conditions,
        treatments=treatments,
        study_type=record.study_type,
        identifiers=tuple(one for one in (record.nct, record.org_id) if one),
        about=record.brief_summary,
        description=record.detailed_description,
        enrolment_count=record.enrolment.count if record.enrolment else None,
        enrolment_type=record.enrolment.type if record.enrolment else None,
        sex=record.sex,
        minimum_age=record.minimum_age,
        maximum_age=record.maximum_age,
        healthy_volunteers=record.healthy_volunteers,
        eligibility_text=record.eligibility_text,
        purpose=record.purpose,
        allocation=record.allocation,
        model=record.model,
        masking=record.masking,
        arms=tuple(
            (one.label, one.type or "", one.description or "", ", ".join(one.interventions)) for one in record.arms
        ),
        contacts=tuple(one.name for one in record.contacts if one.name),
        registry=record.registry,
    )
