"""Can the endpoints be had from this study: who counts, from when, what ends a time, who looks."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from trialwright.study.checks.treatment import is_early
from trialwright.study.checks.words import Passage, endpoint_passages, record_passages
from trialwright.study.finding import Check, Finder, Finding
from trialwright.study.model import Endpoint, Study, Visit
from trialwright.study.reader import StudyFile

FEEDS: Final = {
    "death": "survival",
    "death_without_relapse": "survival",
    "relapse": "disease",
    "molecular_relapse": "disease",
    "no_remission": "disease",
}
"""What a form must be for, so that a happening can be known."""


def endpoints_there(file: StudyFile) -> Iterator[Finding]:
    """A study measures something, and one thing first."""
    study = file.study
    if not study.endpoints:
        yield Finder(file, "no-endpoint", "error")(
            ("endpoints",),
            "endpoints",
            "the study names no endpoint, so nothing can be reported.",
            "Add `endpoints:`, each with who counts, from when, and what ends the time.",
        )
    elif sum(endpoint.role == "primary" for endpoint in study.endpoints) != 1:
        yield Finder(file, "one-primary", "warning")(
            ("endpoints",),
            "endpoints",
            "a study of one question has one primary endpoint.",
            "Give one endpoint `role: primary`.",
        )


def endpoint_definitions(file: StudyFile) -> Iterator[Finding]:
    """Denominator, time origin, censoring, horizon and competing happenings of each endpoint."""
    for index, endpoint in enumerate(file.study.endpoints):
        for code, meaning, what_to_do in (
            *_start_undefined(endpoint, file.study),
            *_end_undefined(endpoint, file.study),
        ):
            yield Finder(file, code, "error")(("endpoints", index), endpoint.id, meaning, what_to_do)


def _start_undefined(endpoint: Endpoint, study: Study) -> Iterator[tuple[str, str, str]]:
    """What is not said of who counts and from when: code, meaning, what to do."""
    name = endpoint.id
    about_relapse = "relapse" in (*endpoint.events, *endpoint.competing) and "no_remission" not in endpoint.events
    if about_relapse and endpoint.population != "remission":
        target = f"the {study.enrolment.target} enrolled" if study.enrolment.target else "everybody enrolled"
        yield (
            "remission-denominator",
            f"{name}: only somebody in remission can relapse or be free of disease; the denominator is not {target}.",
            "Write `population: remission` and `origin: remission`.",
        )
    elif endpoint.population is None:
        yield (
            "no-denominator",
            f"{name} does not say who counts.",
            "Add `population:` enrolled, infused or remission.",
        )
    if endpoint.origin is None:
        yield (
            "no-origin",
            f"{name} does not say from which day time runs.",
            "Add `origin:` enrolment, first_infusion or remission.",
        )
    elif endpoint.population == "remission" and endpoint.origin != "remission":
        yield (
            "remission-denominator",
            f"{name} counts those in remission, but time runs from {endpoint.origin}, not from the remission.",
            "Write `origin: remission`.",
        )


def _end_undefined(endpoint: Endpoint, study: Study) -> Iterator[tuple[str, str, str]]:
    """What is not said of how a time ends, and of when it is read."""
    name = endpoint.id
    if endpoint.censor_at is None:
        yield (
            "no-censoring",
            f"{name} does not say where the time of somebody without an event ends.",
            "Add `censor_at:` last_known_alive or last_disease_assessment.",
        )
    if endpoint.horizon_days is None:
        yield (
            "no-horizon",
            f"{name} does not say at which day it is read.",
            "Add `horizon_days:`, 730.5 for two years.",
        )
    if endpoint.kind == "incidence" and not endpoint.competing and endpoint.events != ("death",):
        yield (
            "no-competing",
            f"{name} is an incidence, and death competes with it; left out, the incidence comes out too high.",
            "Add `competing:`.",
        )
    if "no_remission" in endpoint.events and study.response.efs_landmark_days is None:
        yield (
            "no-landmark",
            f"{name} counts a remission that did not come, and the study does not say by when it should.",
            "Add `efs_landmark_days:` under `response`.",
        )


def incidences_together(file: StudyFile) -> Iterator[Finding]:
    """Relapse alone misleads; and endpoints that must add up to one need one way of censoring."""
    endpoints = [endpoint for endpoint in file.study.endpoints if endpoint.population == "remission"]
    events = {endpoint.events for endpoint in endpoints if endpoint.kind == "incidence"}
    if ("relapse",) in events and ("death_without_relapse",) not in events:
        subject = next(endpoint for endpoint in endpoints if endpoint.events == ("relapse",))
        yield Finder(file, "relapse-alone", "warning")(
            ("endpoints", file.study.endpoints.index(subject)),
            subject.id,
            "the incidence of relapse falls when more people die first; alone it misleads.",
            "Add an endpoint for death without relapse beside it.",
        )
    for rule in ("censor_at", "transplant", "origin"):
        if len({getattr(endpoint, rule) for endpoint in endpoints if endpoint.role != "sensitivity"}) > 1:
            first = file.study.endpoints.index(endpoints[0])
            yield Finder(file, "unequal-rules", "warning")(
                ("endpoints", first),
                endpoints[0].id,
                f"the endpoints of those in remission differ in `{rule}`; disease-free survival, relapse and "
                "death without relapse then no longer add up to one.",
                f"Give them one `{rule}`.",
            )


_EFFICACY: Final = re.compile(r"survival|response|remission|relapse|efficacy|progression", re.IGNORECASE)
_PRIMARY: Final = re.compile(r"primary (?:end ?points?|outcomes?|objectives?)[^\n]*\s+([^\n]+)", re.IGNORECASE)


def efficacy_first(file: StudyFile) -> Iterator[Finding]:
    """A small phase 1 without control whose primary endpoint is efficacy."""
    study = file.study
    record = study.record
    if not is_early(study) or record is None or len(record.arms) > 1:
        return
    count = study.enrolment.target or (record.enrolment.count if record.enrolment else None)
    passages = [
        Passage(("endpoints", index), endpoint.id, endpoint.label)
        for index, endpoint in enumerate(study.endpoints)
        if endpoint.role == "primary"
    ]
    passages = passages or [each for each in endpoint_passages(file) if each.subject == "primaryOutcomes"]
    for passage in record_passages(file) if not passages else ():
        if found := _PRIMARY.search(passage.text):
            passages.append(Passage(passage.path, "primary endpoint", found[1], found.start(1)))
    for passage in passages:
        if _EFFICACY.search(passage.text):
            yield Finder(file, "efficacy-in-phase-1", "warning")(
                passage.path,
                passage.subject,
                f"the primary endpoint of a phase 1 is efficacy, with {count} participants and no control: "
                "nobody can say from it whether the treatment works.",
                "Make safety the primary endpoint; or note that the result describes and does not test.",
                at=passage.at,
            )
            return


def fed_by_visits(file: StudyFile) -> Iterator[Finding]:
    """An endpoint that no visit asks for, or whose horizon lies after the last day a visit is sure to reach."""
    study = file.study
    if study.historical:
        return
    forms: dict[str, set[str]] = {form.id: set(form.feeds) for form in study.forms}
    for index, endpoint in enumerate(study.endpoints):
        needed = {FEEDS[happening] for happening in (*endpoint.events, *endpoint.competing)}
        fed = {need: [visit for visit in study.visits if _feeds(visit, need, forms)] for need in sorted(needed)}
        missing = [need for need, visits in fed.items() if not visits]
        if missing:
            yield Finder(file, "endpoint-not-fed", "error")(
                ("endpoints", index),
                endpoint.id,
                f"no visit asks about {' or '.join(missing)}, which {endpoint.id} needs.",
                f"Add a visit with a form that has `feeds: [{', '.join(missing)}]`.",
            )
            continue
        yield from _horizon(file, index, endpoint, fed)


def _horizon(file: StudyFile, index: int, endpoint: Endpoint, fed: dict[str, list[Visit]]) -> Iterator[Finding]:
    """The last day on which somebody is sure to have been asked must not lie before the horizon."""
    if endpoint.horizon_days is None or endpoint.origin is None or endpoint.censor_at is None:
        return
    need = "survival" if endpoint.censor_at == "last_known_alive" else "disease"
    reached = [_sure_day(visit, endpoint) for visit in fed.get(need, [])]
    last = max((day for day in reached if day is not None), default=None)
    if last is None or Decimal(last) < endpoint.horizon_days:
        sure = f"day {last}" if last is not None else "none"
        yield Finder(file, "horizon-after-last-visit", "warning")(
            ("endpoints", index),
            endpoint.id,
            f"{endpoint.id} is read at day {endpoint.horizon_days} from {endpoint.origin}; the last day its visits are "
            f"sure to reach is {sure}, so somebody on schedule may be censored before it.",
            f"Add a visit counted from {endpoint.origin} whose earliest day is not before day {endpoint.horizon_days}.",
        )


def _sure_day(visit: Visit, endpoint: Endpoint) -> int | None:
    """The earliest day a visit on schedule can fall on, counted from the endpoint's origin; None if not tied to it."""
    same = visit.anchor == endpoint.origin or (visit.anchor, endpoint.origin) == ("infusion", "first_infusion")
    return visit.day - visit.before if same else None


def _feeds(visit: Visit, need: str, forms: dict[str, set[str]]) -> bool:
    return any(need in forms.get(form, set()) for form in visit.forms)


CHECKS: tuple[Check, ...] = (
    endpoints_there,
    endpoint_definitions,
    incidences_together,
    efficacy_first,
    fed_by_visits,
)
