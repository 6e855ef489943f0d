"""What an endpoint comes to: its estimates with their intervals, on the way and at its horizon, and their basis."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final, Literal

from trialwright.endpoints.course import Where
from trialwright.endpoints.follow_up import FollowUp, follow_up, interim
from trialwright.endpoints.times import Cause, ParticipantTime, Times, Transplant, times
from trialwright.ledger.trial import Trial
from trialwright.stats import (
    CENSORED,
    Estimate,
    Incidence,
    NumberAtRisk,
    Quantile,
    RiskTable,
    Survival,
    competing_risk_table,
    incidence_curve,
    numbers_at_risk,
    survival_curve,
)
from trialwright.study import Endpoint, Study

TWO_YEARS: Final = 730.5
HALF_YEARS: Final = (182.625, 365.25, 547.875, TWO_YEARS)  # 6, 12, 18 and 24 months
FEW_AT_RISK: Final = 3  # fewer than this and a reading is printed grey
FEW_EVENTS: Final = 3  # fewer than this and the beta product interval stands alone
OF_INTEREST: Final = "of interest"
COMPETING: Final = "competing"

Kind = Literal["survival", "incidence"]
Choice = Literal["censored at transplant", "imputed earliest", "imputed latest"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a curve says at one time after day 0.

    usual      with the log-log interval, the printed convention; its interval is None where none exists.
    exact      the same survival with the beta product interval (BPCP); None for an incidence.
    exact_alone  print `exact` only: survival is 0 or 1, or there were fewer than three events.
    few        fewer than three are at risk: print it grey.
    """

    days: float
    usual: Estimate
    exact: Estimate | None
    exact_alone: bool
    few: bool

    @property
    def shown(self) -> Estimate:
        """The estimate to print where there is room for one interval only."""
        return self.exact if self.exact is not None and self.exact_alone else self.usual


@dataclass(frozen=True, slots=True)
class Group:
    """The same endpoint in a part of its population.

    by  "disease status", "phase", a stratum by its own name, or "remission" (at enrolment, or reached later).
    """

    by: str
    value: str
    n: int
    events: int
    readings: tuple[Reading, ...]
    median: Quantile | None


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The readings again under another choice, and which choice that was."""

    code: Choice
    text: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class EndpointResult:
    """One endpoint at one cut-off. `kind` says whether the readings are of being event-free or of having failed.

    curve      None where nothing can be estimated; then `note` says why.
    events     how many ended by each cause, competing ones too.
    readings   at 6, 12, 18 and 24 months, the horizon, and what else the study asks for, ascending.
    at_risk    the table under the figure, every six months from day 0.
    interim    "interim: k of 15 followed two years ...", until the last participant is; then None.
    """

    endpoint: Endpoint
    kind: Kind
    cut_off: date
    times: Times
    curve: Survival | Incidence | None
    events: dict[Cause, int]
    readings: tuple[Reading, ...]
    median: Quantile | None
    at_risk: tuple[NumberAtRisk, ...]
    follow_up: FollowUp
    groups: tuple[Group, ...]
    sensitivity: tuple[Sensitivity, ...]
    interim: str | None
    note: str | None = None

    @property
    def n(self) -> int:
        return self.times.n

    @property
    def horizon_days(self) -> float:
        """Where the estimate is read: two years unless the study says otherwise."""
        return _horizon(self.endpoint)

    @property
    def horizon(self) -> Reading | None:
        """The reading there; None where nothing can be estimated."""
        return next((reading for reading in self.readings if reading.days == self.horizon_days), None)

    def at(self, days: float) -> Reading | None:
        """The reading at any day after day 0; None where there is no curve at all."""
        return next(iter(_readings(self.curve, (days,))), None)


def estimate_all(study: Study, trial: Trial, cut_off: date) -> tuple[EndpointResult, ...]:
    """Every endpoint of the study at a cut-off, in the study's order."""
    return tuple(estimate(study, trial, endpoint, cut_off) for endpoint in study.endpoints)


def estimate(study: Study, trial: Trial, endpoint: Endpoint, cut_off: date) -> EndpointResult:
    """One endpoint at a cut-off, with its groups, and again as it would be had other choices been made."""
    main = times(study, trial, endpoint, cut_off)
    kind: Kind = "incidence" if _competes(endpoint) else endpoint.kind
    curve = _curve(endpoint, main.included) if main.note is None else None
    days = _reading_days(endpoint)
    return EndpointResult(
        endpoint=endpoint,
        kind=kind,
        cut_off=cut_off,
        times=main,
        curve=curve,
        events={cause: count for cause in Cause if (count := sum(one.cause is cause for one in main.included))},
        readings=_readings(curve, days),
        median=curve.median if isinstance(curve, Survival) else None,
        at_risk=numbers_at_risk(curve.table, _grid(endpoint, curve.table)) if curve else (),
        follow_up=follow_up(main),
        groups=_groups(endpoint, main, days),
        sensitivity=tuple(_sensitivity(study, trial, endpoint, main, days)),
        interim=interim(study, trial, cut_off, TWO_YEARS),
        note=main.note or (None if main.n else "not estimable: nobody is in this population yet"),
    )


def readings_of(
    endpoint: Endpoint, people: Iterable[ParticipantTime], days: Iterable[float]
) -> tuple[Survival | Incidence, tuple[Reading, ...]]:
    """The endpoint's curve among some people, and what it says at some days."""
    curve = _curve(endpoint, people)
    return curve, _readings(curve, days)


def _horizon(endpoint: Endpoint) -> float:
    return float(endpoint.horizon_days) if endpoint.horizon_days is not None else TWO_YEARS


def _reading_days(endpoint: Endpoint) -> tuple[float, ...]:
    wanted = {*HALF_YEARS, _horizon(endpoint), *(float(days) for days in endpoint.also_at_days)}
    return tuple(sorted(wanted))


def _grid(endpoint: Endpoint, table: RiskTable) -> tuple[float, ...]:
    """Every half year from day 0, to the horizon or the end of follow-up, whichever is later."""
    end, step = max(_horizon(endpoint), table.last_time), HALF_YEARS[0]
    return tuple(step * at for at in range(int(end // step) + 1))


def _competes(endpoint: Endpoint) -> bool:
    """Whether something competes; then even a survival endpoint is read as an incidence, never as 1 - KM."""
    return bool(endpoint.competing) or endpoint.transplant == "competing"


def _curve(endpoint: Endpoint, people: Iterable[ParticipantTime]) -> Survival | Incidence:
    """The endpoint's curve among these people; with nobody in it, one that knows nothing."""
    followed = tuple(people)
    days = [one.days or 0 for one in followed]
    counted = {str(happening).removeprefix("molecular_") for happening in endpoint.events}
    table = competing_risk_table(days, [_mark(one, counted) for one in followed])
    if endpoint.kind == "survival" and not _competes(endpoint):
        return survival_curve(table)
    return incidence_curve(table, of=OF_INTEREST)


def _mark(one: ParticipantTime, counted: set[str]) -> object:
    if one.cause is None:
        return CENSORED
    return OF_INTEREST if one.cause in counted else COMPETING


def _readings(curve: Survival | Incidence | None, days: Iterable[float]) -> tuple[Reading, ...]:
    if curve is None:
        return ()
    exact = survival_curve(curve.table, interval="bpcp") if isinstance(curve, Survival) else None
    return tuple(_reading(curve, exact, day) for day in days)


def _reading(curve: Survival | Incidence, exact: Survival | None, days: float) -> Reading:
    usual = curve.at(days)
    few = usual.at_risk < FEW_AT_RISK
    if exact is None:
        return Reading(days, usual, None, False, few)
    events = int(curve.events[: curve.table.row_at(days) + 1].sum())
    alone = usual.estimate is not None and (usual.estimate in (0.0, 1.0) or events < FEW_EVENTS)
    return Reading(days, usual, exact.at(days), alone, few)


def _groups(endpoint: Endpoint, main: Times, days: tuple[float, ...]) -> tuple[Group, ...]:
    """Each disease status, phase and stratum; and how remission was come by, where the endpoint is about remission."""
    parts: dict[str, Callable[[ParticipantTime], str | None]] = {
        "disease status": lambda one: one.disease_status,
        "phase": lambda one: one.phase,
    }
    for name in sorted({name for one in main.included for name in one.strata}):
        parts[name] = partial(_stratum, name)
    if endpoint.population == "remission":
        parts["remission"] = lambda one: one.apart
    groups: list[Group] = []
    for by, part in parts.items():
        for value in sorted({value for one in main.included if (value := part(one))}):
            people = [one for one in main.included if part(one) == value]
            groups.append(_group(endpoint, by, value, people, days))
    return tuple(groups)


def _stratum(name: str, one: ParticipantTime) -> str | None:
    return one.strata.get(name)


def _group(endpoint: Endpoint, by: str, value: str, people: list[ParticipantTime], days: tuple[float, ...]) -> Group:
    curve = _curve(endpoint, people)
    median = curve.median if isinstance(curve, Survival) else None
    return Group(by, value, len(people), int(curve.events.sum()), _readings(curve, days), median)


def _sensitivity(
    study: Study, trial: Trial, endpoint: Endpoint, main: Times, days: tuple[float, ...]
) -> Iterable[Sensitivity]:
    """Censored at transplant, wherever the endpoint does otherwise; both ends of dates known in part."""

    def again(code: Choice, text: str, where: Where, transplant: Transplant | None) -> Sensitivity:
        other = times(study, trial, endpoint, main.cut_off, where=where, transplant=transplant)
        return Sensitivity(code, text, _readings(_curve(endpoint, other.included), days))

    if main.note is not None:
        return
    if endpoint.transplant != "censor" and any(one.transplant_day is not None for one in main.included):
        yield again("censored at transplant", "Follow-up ends at a transplant.", "middle", "censor")
    if any(caveat.code.endswith(".imputed") for one in main.included for caveat in one.caveats):
        yield again("imputed earliest", "Each date known in part is its earliest possible day.", "earliest", None)
        yield again("imputed latest", "Each date known in part is its latest possible day.", "latest", None)
