"""From what the estimators gave to what a report says: every endpoint as plain numbers, and the curves to draw."""

from collections.abc import Iterable, Sequence
from typing import Any

from numpy.typing import NDArray

from trialwright.endpoints import EndpointResult
from trialwright.endpoints import Reading as Read
from trialwright.report.curves import Reading, RiskColumn, StackedCurves, Step, SurvivalCurve
from trialwright.report.figures.canvas import labelled_days
from trialwright.report.model import (
    EndpointFacts,
    FollowedFacts,
    GroupFacts,
    Quartile,
    SensitivityFacts,
    Stacked,
)
from trialwright.stats import (
    Estimate,
    Incidence,
    NumberAtRisk,
    Quantile,
    RiskTable,
    Survival,
    incidence_curve,
    numbers_at_risk,
)
from trialwright.stats.estimate import known

SURVIVAL_VARIANCE = "Greenwood"
BPCP = "BPCP"


def endpoint_facts(result: EndpointResult) -> EndpointFacts:
    """One endpoint's result in plain numbers."""
    end, curve = result.endpoint, result.curve
    horizon_days = result.horizon_days
    return EndpointFacts(
        id=end.id,
        label=end.label,
        role=end.role,
        kind=result.kind,
        measure=end.measure,
        text=end.text,
        source=end.source or "unsaid",
        basis=end.basis,
        population=end.population,
        origin=end.origin,
        n=result.n,
        events={str(cause): count for cause, count in result.events.items()},
        excluded=tuple((one.number, one.why_excluded or "") for one in result.times.excluded),
        horizon_days=horizon_days,
        horizon=_at(result.readings, horizon_days),
        readings=tuple(_reading(read) for read in result.readings),
        median=_quartile(result.median),
        followed=_followed(result),
        groups=tuple(
            GroupFacts(group.by, group.value, group.n, group.events, _at(group.readings, horizon_days))
            for group in result.groups
        ),
        sensitivity=tuple(
            SensitivityFacts(one.code, one.text, _at(one.readings, horizon_days)) for one in result.sensitivity
        ),
        imputed=_imputed(result),
        curve=_survival_curve(curve, horizon_days) if isinstance(curve, Survival) else None,
        risk=_risk(curve.table, horizon_days) if curve is not None else (),
        variance=curve.variance if isinstance(curve, Incidence) else SURVIVAL_VARIANCE,
        note=result.note,
    )


def _imputed(result: EndpointResult) -> tuple[tuple[int, str], ...]:
    """Whose death or relapse is known in part only, and what was made of it."""
    caveats = ((one.number, caveat) for one in result.times.included for caveat in one.caveats)
    return tuple((number, caveat.text) for number, caveat in caveats if caveat.code.endswith(".imputed"))


def stacked(results: Iterable[EndpointResult]) -> Stacked | None:
    """Relapse and death without relapse on one sheet; None if the study does not measure relapse or nobody is in it."""
    cir = next((one for one in results if one.endpoint.measure == "cir"), None)
    if cir is None or not isinstance(cir.curve, Incidence) or cir.n == 0:
        return None
    relapse, table = cir.curve, cir.curve.table
    other = next((cause for cause in table.causes if cause != relapse.of), "competing")
    death = incidence_curve(table, of=other)
    day = cir.horizon_days
    first, second = relapse.at(day), death.at(day)
    both = (first.estimate, second.estimate)
    rest = 1.0 - both[0] - both[1] if both[0] is not None and both[1] is not None else None
    curves = StackedCurves(
        n=cir.n,
        relapse=_incidence_steps(relapse),
        death=_incidence_steps(death),
        last_day=table.last_time,
        relapse_reading=_incidence_reading(first, relapse),
        death_reading=_incidence_reading(second, death),
        remission_reading=Reading(day, rest, None, None, first.at_risk, "", note=first.note or ""),
    )
    return Stacked(curves, _risk(table, day, (relapse.of, other)))


def _at(readings: Sequence[Read], days: float) -> Reading | None:
    return next((_reading(read) for read in readings if read.days == days), None)


def _reading(read: Read) -> Reading:
    """The printed reading: the usual interval with the exact one beside it, or the exact one alone."""
    shown, exact = read.shown, read.exact
    bpcp: tuple[float, float] | None = None
    if exact is not None and exact.lower is not None and exact.upper is not None:
        bpcp = (exact.lower, exact.upper)
    alone = read.exact_alone and exact is not None
    return Reading(
        day=read.days,
        estimate=shown.estimate,
        lower=shown.lower,
        upper=shown.upper,
        at_risk=shown.at_risk,
        interval=BPCP if alone else "log-log",
        bpcp=bpcp,
        note=_plain_note(shown),
        se=read.usual.se,
    )


def _incidence_reading(estimate: Estimate, curve: Incidence) -> Reading:
    return Reading(
        estimate.time,
        estimate.estimate,
        estimate.lower,
        estimate.upper,
        estimate.at_risk,
        curve.interval,
        note=_plain_note(estimate),
        se=estimate.se,
    )


def _plain_note(estimate: Estimate) -> str:
    return (estimate.note or "").removeprefix("not estimable: ")


def _survival_curve(curve: Survival, horizon_days: float) -> SurvivalCurve | None:
    if curve.n == 0:
        return None
    steps = _steps(curve.table, curve.events, curve.survival, curve.lower, curve.upper)
    censored = tuple(float(day) for day, count in zip(curve.times, curve.censored, strict=True) if count)
    at = curve.at(horizon_days)
    reading = Reading(at.time, at.estimate, at.lower, at.upper, at.at_risk, curve.interval, note=_plain_note(at))
    return SurvivalCurve(curve.n, steps, censored, curve.table.last_time, reading)


def _incidence_steps(curve: Incidence) -> tuple[Step, ...]:
    return _steps(curve.table, curve.events, curve.incidence, curve.lower, curve.upper)


def _steps(table: RiskTable, events: Any, value: Any, lower: Any, upper: Any) -> tuple[Step, ...]:
    """Every day on which somebody left, with the curve's value from then on."""
    rows: Iterable[tuple[Any, ...]] = zip(table.times, table.at_risk, events, value, lower, upper, strict=True)
    return tuple(Step(float(t), int(n), int(d), float(v), known(a), known(b)) for t, n, d, v, a, b in rows)


def _risk(table: RiskTable, horizon_days: float, causes: tuple[Any, ...] = ()) -> tuple[RiskColumn, ...]:
    """The table under a figure, at its labelled months; events per cause where causes are named."""
    days = labelled_days(table.last_time, horizon_days)
    return tuple(_column(table, found, causes) for found in numbers_at_risk(table, days))


def _column(table: RiskTable, found: NumberAtRisk, causes: tuple[Any, ...]) -> RiskColumn:
    upto = table.row_at(found.time) + 1
    counts: list[NDArray[Any]] = [table.of(cause) for cause in causes] or [table.events]
    events = tuple(int(count[:upto].sum()) for count in counts)
    return RiskColumn(found.time, found.at_risk, events, found.censored)


def _quartile(quantile: Quantile | None) -> Quartile | None:
    if quantile is None:
        return None
    return Quartile(quantile.estimate, quantile.lower, quantile.upper, quantile.note or "")


def _followed(result: EndpointResult) -> FollowedFacts:
    found = result.follow_up
    median = found.median
    return FollowedFacts(
        Quartile(median.estimate, median.lower, median.upper, median.note or ""),
        found.event_free,
        found.shortest,
        found.longest,
    )
