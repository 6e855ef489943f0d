"""Who is followed for an endpoint, from which day, until when, and what ended each person's time."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from trialwright.endpoints.course import Caveat, Course, Where, courses
from trialwright.ledger.trial import Trial
from trialwright.study import Endpoint, Study

Transplant = Literal["ignore", "censor", "competing"]


class Cause(StrEnum):
    """What can end a person's time, in the order in which things of one day count: relapse before death."""

    NO_REMISSION = "no_remission"
    RELAPSE = "relapse"
    DEATH = "death"
    DEATH_WITHOUT_RELAPSE = "death_without_relapse"
    TRANSPLANT = "transplant"


@dataclass(frozen=True, slots=True)
class ParticipantTime:
    """One participant's time for one endpoint. Whoever is not counted has a reason and no days.

    days       from day 0 (`origin`) to `ended_on`; `entry` is the day from which the person is at risk, here always 0.
    cause      None where follow-up ended first: then `why_censored` says how.
    apart      enrolled "in remission" or "reached later", where the endpoint is about remission.
    """

    code: str
    number: int
    included: bool
    disease_status: str
    phase: str
    strata: dict[str, str]
    why_excluded: str | None = None
    origin: date | None = None
    entry: int = 0
    days: int | None = None
    ended_on: date | None = None
    cause: Cause | None = None
    why_censored: str | None = None
    apart: str | None = None
    transplant_day: int | None = None
    caveats: tuple[Caveat, ...] = ()


@dataclass(frozen=True, slots=True)
class Times:
    """Every enrolled participant's time for one endpoint at a cut-off, by number; `note` if none can be had."""

    endpoint: Endpoint
    cut_off: date
    everyone: tuple[ParticipantTime, ...]
    note: str | None = None

    @property
    def included(self) -> tuple[ParticipantTime, ...]:
        return tuple(one for one in self.everyone if one.included)

    @property
    def excluded(self) -> tuple[ParticipantTime, ...]:
        return tuple(one for one in self.everyone if not one.included)

    @property
    def n(self) -> int:
        return len(self.included)


def times(
    study: Study,
    trial: Trial,
    endpoint: Endpoint,
    cut_off: date,
    *,
    where: Where = "middle",
    transplant: Transplant | None = None,
) -> Times:
    """The time of each participant for an endpoint: what occurred up to the cut-off, as the trial now knows it.

    where       the day that stands for a death or relapse known to the month or year only: the middle of what is
                possible, or either end of it.
    transplant  what a transplant does, if not what the endpoint says.
    Enrolment, consent and infusion are never imputed: without the day a participant is excluded, with that reason.
    """
    missing = _missing(study, endpoint)
    molecular = "molecular_relapse" in {str(happening) for happening in endpoint.events}
    policy = transplant or endpoint.transplant
    people = () if missing else courses(study, trial, cut_off, molecular=molecular)
    everyone = tuple(_time(study, endpoint, one, cut_off, where, policy) for one in people)
    return Times(endpoint, cut_off, everyone, missing)


def _missing(study: Study, endpoint: Endpoint) -> str | None:
    """What the study must still say before anybody can be counted."""
    asked = {"population": endpoint.population, "origin": endpoint.origin, "censor_at": endpoint.censor_at}
    open_ = [name for name, said in asked.items() if said is None]
    if "no_remission" in endpoint.events and study.response.efs_landmark_days is None:
        open_.append("response.efs_landmark_days")
    return f"not estimable: the study does not say {', '.join(open_)} for {endpoint.id}" if open_ else None


def _time(
    study: Study, endpoint: Endpoint, one: Course, cut_off: date, where: Where, transplant: Transplant
) -> ParticipantTime:
    start = ParticipantTime(
        one.code, one.number, False, one.disease_status, one.phase, one.strata, apart=_apart(one), caveats=one.caveats
    )
    origin = _origin(endpoint, one, where)
    if isinstance(origin, str):
        return replace(start, why_excluded=origin)
    landmark = origin + timedelta(days=study.response.efs_landmark_days or 0)
    happened = _happenings(endpoint, one, origin, where, landmark, cut_off)
    ended_on, cause, why = _end(endpoint, one, origin, happened, transplant)
    if ended_on < origin:
        return replace(start, why_excluded=f"dates contradict each other: {cause or why} on {ended_on}, day 0 {origin}")
    moved = one.transplant_on
    return replace(
        start,
        included=True,
        origin=origin,
        days=(ended_on - origin).days,
        ended_on=ended_on,
        cause=cause,
        why_censored=why,
        transplant_day=(moved - origin).days if moved else None,
    )


def _apart(one: Course) -> str | None:
    if one.remission is None:
        return None
    return "in remission at enrolment" if one.in_remission else "remission reached later"


def _origin(endpoint: Endpoint, one: Course, where: Where) -> date | str:
    """Day 0, or why this participant is not counted."""
    if one.enrolled_on is None:
        return "the day of enrolment is not known"
    if "infused" in (endpoint.population, endpoint.origin) or endpoint.origin == "first_infusion":
        if not one.infused:
            return "not infused"
        if one.first_infusion_on is None:
            return "the day of the first infusion is not known"
    if "remission" in (endpoint.population, endpoint.origin) and one.remission is None:
        return "no CR, CRh or CRi at enrolment or since"
    match endpoint.origin:
        case "first_infusion":
            return one.first_infusion_on or one.enrolled_on
        case "remission":
            # The middle also when the ends of what is possible are asked for: those are about death and relapse.
            return one.remission.day("middle") if one.remission else one.enrolled_on
        case _:
            return one.enrolled_on


Happened = tuple[date, Cause]


def _happenings(
    endpoint: Endpoint, one: Course, origin: date, where: Where, landmark: date, cut_off: date
) -> list[Happened]:
    """All that happened to a person of what this endpoint counts or lets compete, in order."""
    counted = {str(happening) for happening in (*endpoint.events, *endpoint.competing)}
    death = one.death.day(where) if one.death else None
    relapse = one.relapse.day(where) if one.relapse else None
    if relapse and death and one.relapse and not one.relapse.known:
        relapse = min(relapse, death)  # two days counted with, of which one order is known: the relapse came first
    found: list[Happened] = []
    if "no_remission" in counted and _failed(one, landmark, death, cut_off):
        found.append((origin + timedelta(days=1), Cause.NO_REMISSION))
    if relapse and counted & {"relapse", "molecular_relapse"}:
        found.append((relapse, Cause.RELAPSE))
    if death and "death" in counted:
        found.append((death, Cause.DEATH))
    if death and "death_without_relapse" in counted and not (relapse and relapse <= death):
        found.append((death, Cause.DEATH_WITHOUT_RELAPSE))
    order = list(Cause)
    return sorted(found, key=lambda happened: (happened[0], order.index(happened[1])))


def _failed(one: Course, landmark: date, death: date | None, cut_off: date) -> bool:
    """Whether treatment had failed: no CR, CRh or CRi by the landmark, as far as that is known at the cut-off.

    Alive, past the landmark and never judged is not known, so it is no failure.
    """
    if one.in_remission or (one.remission and one.remission.day("middle") <= landmark):
        return False
    if death and death <= landmark:
        return True
    since = [day for day in one.evaluated if one.enrolled_on is None or day >= one.enrolled_on]
    return cut_off >= landmark and bool(since)


def _end(
    endpoint: Endpoint, one: Course, origin: date, happened: list[Happened], transplant: Transplant
) -> tuple[date, Cause | None, str | None]:
    """When and how the time ended: the first event, a transplant where it matters, or the last that was seen."""
    ended_on, why = _last_seen(endpoint, one, origin)
    cause: Cause | None = None
    if happened:
        (ended_on, cause), why = happened[0], None
    moved = one.transplant_on
    if moved is None or transplant == "ignore" or (cause and moved >= ended_on):
        return ended_on, cause, why
    if transplant == "competing" and moved >= origin:
        return moved, Cause.TRANSPLANT, None  # known, so it happened, also after the last assessment: as with a death
    if cause is None and moved > ended_on:
        return ended_on, cause, why
    return max(moved, origin), None, "transplant"  # before day 0: nothing of the time counts


def _last_seen(endpoint: Endpoint, one: Course, origin: date) -> tuple[date, str | None]:
    if endpoint.censor_at == "last_known_alive":
        day = max(one.last_alive or origin, origin)
        return day, one.left or f"alive on {day}"
    day = max(one.last_assessed or origin, origin)
    if "no_remission" in endpoint.events and one.remission is None:
        day = max([*one.evaluated, origin])  # not yet failed, and never free of leukaemia: judged is all one can ask
    return day, one.left or f"last assessment on {day}"
