"""Adverse events told one by one: serious ones of participants, those of donors apart, and grades over time."""

from collections.abc import Collection, Iterator
from datetime import date

from trialwright.facts import Occurred, parse_occurred
from trialwright.ledger import Casebook, Trial
from trialwright.ledger.kinds import ReportSent
from trialwright.report import listings
from trialwright.report.model import HarmGroup
from trialwright.report.safety_facts import EventLine, GradesOverTime, GradeSpan, SeriousFacts
from trialwright.report.stopping_facts import Person, person
from trialwright.safety.baselines import infusion_baselines, treatment_baseline
from trialwright.safety.counts import count_events, emergent, population
from trialwright.safety.events import AdverseEvent, adverse_events, first_id
from trialwright.study import Study


def serious_events(then: Trial, dose_limiting: Collection[str]) -> tuple[SeriousFacts, ...]:
    """Every serious event of a participant, by onset."""
    found = [
        _told(then, book, event, person(then, book.code), event.id in dose_limiting)
        for book in then.casebooks.values()
        for event in adverse_events(then, book)
        if event.serious
    ]
    return tuple(sorted(found, key=lambda one: (one.onset[:10], one.code, one.id)))


def donor_events(then: Trial) -> tuple[SeriousFacts, ...]:
    """Every event of a donor, serious or not, by donor and onset."""
    return tuple(
        _told(then, book, event, None, False) for book in then.donors.values() for event in adverse_events(then, book)
    )


def _told(then: Trial, book: Casebook, event: AdverseEvent, who: Person | None, limiting: bool) -> SeriousFacts:
    """One event; `who` is None for a donor."""
    starts = infusion_baselines(book)
    sent = [entry for entry in book.all(ReportSent) if first_id(then, entry.what.entry) == event.id]
    return SeriousFacts(
        id=event.id,
        code=book.code,
        who=who,
        term=event.named,
        soc=event.soc,
        ctcae=event.ctcae,
        onset=str(event.onset),
        day=listings.days_between(str(starts[0].at), str(event.onset)) if starts else None,
        grades=tuple((one.grade, str(one.since)) for one in event.grades),
        resolved_on=event.resolved_on,
        seriousness=event.seriousness if event.serious else (),
        related=dict(event.related),
        expected=event.expected,
        dose_limiting=limiting or event.dose_limiting == "yes",
        action=event.action,
        treatment=event.treatment,
        outcome=event.outcome,
        narrative=event.narrative,
        sent=tuple((entry.what.what, entry.what.to, entry.what.regime, entry.occurred) for entry in sent),
    )


# --- by part of the population ---------------------------------------------------------------------------------------


def harm_groups(study: Study, then: Trial) -> tuple[HarmGroup, ...]:
    """Harm by disease status at enrolment and by phase, among the treated; "" for those who were never enrolled."""
    treated = [(book.code, book.enrolment.what if book.enrolment else None) for book in population(then, "treatment")]
    parts: dict[tuple[str, str], list[str]] = {}
    for by, field in (("disease status", "disease_status"), ("phase", "phase")):
        for value in sorted({str(getattr(what, field, "")) for _, what in treated}):
            parts[by, value] = [code for code, what in treated if str(getattr(what, field, "")) == value]
    return tuple(_group(study, then, by, value, codes) for (by, value), codes in parts.items())


def _group(study: Study, then: Trial, by: str, value: str, codes: list[str]) -> HarmGroup:
    found = count_events(study, then, "treatment", among=codes).anything
    return HarmGroup(by, value, len(codes), found.any_grade, found.grade_3_or_more, found.serious)


# --- over time --------------------------------------------------------------------------------------------------------


def grades_over_time(study: Study, then: Trial, cut_off: date) -> tuple[GradesOverTime, ...]:
    """Every treated participant's emergent events, in days from the first infusion (else the first chemotherapy)."""
    return tuple(_of_participant(study, then, book, cut_off) for book in population(then, "treatment"))


def _of_participant(study: Study, then: Trial, book: Casebook, cut_off: date) -> GradesOverTime:
    infusions, begun = infusion_baselines(book), treatment_baseline(book)
    origin = infusions[0].at if infusions else begun.at if begun else None
    counted = emergent(study, then, book, "treatment")
    last = parse_occurred(book.death.occurred).latest if book.death and book.death.occurred else cut_off
    lines = [_line(one.event, origin, min(last, cut_off)) for one in counted] if origin else []
    return GradesOverTime(person(then, book.code), "infusion" if infusions else "chemotherapy", tuple(lines))


def _line(event: AdverseEvent, origin: Occurred, last: date) -> EventLine:
    """The stretches of one event, each until the next grade, the last until its end; at least one day long."""
    over = parse_occurred(event.resolved_on).latest if event.resolved_on else None
    return EventLine(event.named, tuple(_spans(event, origin.earliest, over or last)), over is None, event.serious)


def _spans(event: AdverseEvent, origin: date, end: date) -> Iterator[GradeSpan]:
    since = [(one.since.earliest, one.grade) for one in event.grades]
    for at, (day, grade) in enumerate(since):
        until = since[at + 1][0] if at + 1 < len(since) else end
        if grade:
            yield GradeSpan((day - origin).days, max((until - origin).days, (day - origin).days + 1), grade)
