"""How each kind of block in the reference files is held against our estimators. A reader reads all of its block."""

from typing import Any

import numpy as np
from stats_reference import Leaves, same

from trialwright.stats import (
    Estimate,
    Incidence,
    Survival,
    cumulative_incidence,
    kaplan_meier,
    nelson_aalen,
    numbers_at_risk,
    restricted_mean,
    reverse_kaplan_meier,
    risk_table,
)

R_INTERVALS = ("log", "log-log", "plain", "logit", "arcsin")
R_UNIROOT = 1.3e-4  # R's uniroot stops at .Machine$double.eps^0.25 = 1.22e-4 unless told otherwise
SMALL_SAMPLE = {
    "bpcp": "bpcp",
    "bpcp_midp": "bpcp-midp",
    "borkowf_log": "borkowf",
    "borkowf_logs_shrunk": "borkowf-shrunk",
    "thomas_grunkemeier": "thomas-grunkemeier",
    "km.ci_rothman": "rothman",
    "km.ci_peto": "peto",
}


def read_survival(leaves: Leaves, times: list[int], event: list[int]) -> None:
    """A Kaplan-Meier block: the curve, every interval, medians, hazard, mean, follow-up, small-sample limits."""
    curves = {kind: kaplan_meier(times, event, interval=kind) for kind in R_INTERVALS}
    at = leaves.column("times")
    _read_counts(leaves, times, event, at)
    _read_curve(leaves, curves["log-log"], at, leaves.column("beyond_last"))
    for kind, curve in curves.items():
        _read_limits(leaves, curve, at, ("ci95", kind))
        _read_median(leaves, curve, ("median", kind))
    _read_hazard(leaves, times, event, at)
    if leaves.has("rmst"):
        mean = restricted_mean(curves["log"], leaves.take("rmst", "tau"))
        assert same(mean.estimate, leaves.take("rmst", "estimate"))
        assert same(mean.se, leaves.take("rmst", "se"))
    if leaves.has("reverse_km_median_followup"):
        _read_reverse(leaves, times, event, at)
    if leaves.has("small_sample_ci95_at_2y"):
        _read_small_sample(leaves, times, event)


def _read_counts(leaves: Leaves, times: list[int], event: list[int], at: list[float]) -> None:
    assert leaves.take("n") == len(times)
    assert leaves.take("events") == sum(event)
    assert leaves.take("max_time") == max(times)
    shown = numbers_at_risk(risk_table(times, event), at)
    assert [column.at_risk for column in shown] == leaves.column("n_risk_just_before")
    assert [column.events for column in shown] == leaves.column("cum_events")


def _read_curve(leaves: Leaves, curve: Survival, at: list[float], beyond: list[bool]) -> None:
    theirs = zip(at, beyond, leaves.column("survival"), leaves.column("se_greenwood"), strict=True)
    for time, after_the_end, survival, se in theirs:
        ours = curve.at(time)
        assert after_the_end == (time > curve.table.last_time)
        if after_the_end and curve.survival[-1] > 0:
            # R carries the last value past the end of follow-up; we say that nothing is known there.
            assert same(curve.survival[-1], survival)
            assert same(curve.se[-1], se)
            _is_not_estimable(ours)
        else:
            assert same(ours.estimate, survival), time
            assert same(ours.se, se), time


def _read_limits(leaves: Leaves, curve: Survival | Incidence, at: list[float], path: tuple[str | int, ...]) -> None:
    """R's limits are ours wherever the estimate lies between 0 and 1."""
    lower, upper = leaves.column(*path, "lower"), leaves.column(*path, "upper")
    for time, low, high in zip(at, lower, upper, strict=True):
        ours = curve.at(time)
        if ours.estimate is None:
            last = curve.at(curve.table.last_time)  # carried on by R
            assert same(last.lower, low) or low in (0, 1) or _is_exact_for_none(curve, last)
            assert same(last.upper, high) or high in (0, 1) or _is_exact_for_none(curve, last)
            _is_not_estimable(ours)
        elif 0 < ours.estimate < 1:
            assert same(ours.lower, low), time
            assert same(ours.upper, high), time
        else:
            # R prints [1, 1], [0, 0] or NA where no such interval exists.
            assert (low, high) in {(1, 1), (0, 0), (None, None)}, time
            assert ours.note is not None
            assert (ours.lower is None and ours.upper is None) or _is_exact_for_none(curve, ours)


def _is_exact_for_none(curve: Survival | Incidence, ours: Estimate) -> bool:
    """Our limits for an incidence of 0 of n without censoring: 0 and the upper Clopper-Pearson limit."""
    return (
        isinstance(curve, Incidence)
        and ours.estimate == 0
        and ours.lower == 0
        and same(ours.upper, 1 - 0.025 ** (1 / curve.n), 1e-12)
    )


def _is_not_estimable(ours: Estimate) -> None:
    assert (ours.estimate, ours.se, ours.lower, ours.upper) == (None, None, None, None)
    assert ours.note is not None
    assert ours.note.startswith("not estimable")


def _read_median(leaves: Leaves, curve: Survival, path: tuple[str, ...]) -> None:
    for name in ("estimate", "lower", "upper"):
        assert same(getattr(curve.median, name), leaves.take(*path, name)), (path, name)


def _read_hazard(leaves: Leaves, times: list[int], event: list[int], at: list[float]) -> None:
    curve = nelson_aalen(times, event)
    theirs = zip(at, leaves.column("nelson_aalen"), leaves.column("se_nelson_aalen"), strict=True)
    for time, hazard, se in theirs:
        ours = curve.at(time)
        if time > max(times):
            assert same(curve.hazard[-1], hazard)
            assert same(curve.se[-1], se)
            _is_not_estimable(ours)
        else:
            assert same(ours.estimate, hazard), time
            assert same(ours.se, se), time


def _read_reverse(leaves: Leaves, times: list[int], event: list[int], at: list[float]) -> None:
    """Median follow-up: ours is prodlim's. survfit with its marks swapped counts the day's dead as still at risk."""
    part = "reverse_km_median_followup"
    ours = reverse_kaplan_meier(times, event)
    swapped = kaplan_meier(times, [1 - happened for happened in event], interval="log").median
    for name, key in (("estimate", "estimate"), ("lower", "lower_log"), ("upper", "upper_log")):
        assert same(getattr(swapped, name), leaves.take(part, "survfit_swapped", key)), key
    half = ours.times[ours.survival <= 0.5 + 1e-9]
    assert same(float(half[0]) if len(half) else None, leaves.take(part, "prodlim_reverse", "first_time_surv_le_half"))
    theirs = leaves.column(part, "prodlim_reverse", "censoring_survival_at_times")
    for time, followed in zip(at, theirs, strict=True):
        if time > max(times):
            assert followed is None
            # prodlim is silent past the last time; a curve at 0 stays there, any other is not known further.
            assert ours.at(time).estimate == (0 if ours.survival[-1] == 0 else None)
        else:
            assert same(ours.at(time).estimate, followed), time


def _read_small_sample(leaves: Leaves, times: list[int], event: list[int]) -> None:
    part = "small_sample_ci95_at_2y"
    time = leaves.take(part, "time")
    for theirs, kind in SMALL_SAMPLE.items():
        ours = kaplan_meier(times, event, interval=kind).at(time)
        limits = leaves.take(part, theirs, "lower"), leaves.take(part, theirs, "upper")
        # Both limits of these two come from R's uniroot; test_stats_small_sample.py holds ours to the equations.
        tolerance = R_UNIROOT if kind in ("bpcp-midp", "thomas-grunkemeier") else 1e-9
        assert same(ours.lower, limits[0], tolerance), kind
        assert same(ours.upper, limits[1], tolerance), kind


def read_incidence(leaves: Leaves, times: list[int], cause: list[int]) -> None:
    """An Aalen-Johansen block: event-free probability, and for each cause three packages' values."""
    at = leaves.column("times")
    assert leaves.take("n") == len(times)
    assert leaves.take("max_time") == max(times)
    marks = np.array(cause)
    event_free = kaplan_meier(times, marks > 0)
    for time, free in zip(at, leaves.column("event_free"), strict=True):
        assert same(float(event_free.survival[event_free.table.row_at(time)]), free), time
    number = 0
    while leaves.has("causes", number):
        _read_cause(leaves, times, marks, at, number)
        number += 1


def _read_cause(leaves: Leaves, times: list[int], marks: Any, at: list[float], number: int) -> None:
    of = leaves.take("causes", number, "cause")

    def curve(**options: Any) -> Incidence:
        return cumulative_incidence(times, marks, of=of, censored=0, **options)

    ours = curve()
    assert leaves.take("causes", number, "events") == (marks == of).sum() == ours.events.sum()
    sums = [int(ours.events[: ours.table.row_at(time) + 1].sum()) for time in at]
    assert sums == leaves.column("causes", number, "cum_events")
    theirs = leaves.column("causes", number, "cif"), leaves.column("causes", number, "se_infinitesimal_jackknife")
    _read_incidence_curve(ours, at, *theirs)
    for kind in ("log", "log-log", "plain"):
        _read_limits(leaves, curve(interval=kind), at, ("causes", number, "ci95_survfit", kind))
    if leaves.has("causes", number, "cmprsk"):
        _read_cmprsk(leaves, curve(variance="aalen"), at, ("causes", number, "cmprsk"))
    if leaves.has("causes", number, "etm"):
        _read_etm(leaves, curve(interval="cloglog"), at, ("causes", number, "etm"))


def _read_incidence_curve(ours: Incidence, at: list[float], incidence: list[float], se: list[float]) -> None:
    for time, value, error in zip(at, incidence, se, strict=True):
        here = ours.at(time)
        if time > ours.table.last_time and ours.event_free[-1] > 0:
            assert same(float(ours.incidence[-1]), value)
            assert same(float(ours.se[-1]), error)
            _is_not_estimable(here)
        else:
            assert same(here.estimate, value), time
            assert same(here.se, error), time


def _read_cmprsk(leaves: Leaves, ours: Incidence, at: list[float], path: tuple[str | int, ...]) -> None:
    values, variances = leaves.column(*path, "cif"), leaves.column(*path, "var_aalen")
    for time, value, variance in zip(at, values, variances, strict=True):
        here = ours.at(time)
        if value is None:  # past the end of follow-up: cmprsk is silent, even where everyone has failed
            assert time > ours.table.last_time
            assert (here.estimate is None) == (ours.event_free[-1] > 0)
        else:
            assert same(here.estimate, value), time
            assert same(here.se**2, variance), time
    lower = leaves.column(*path, "ci95_loglog_formula", "lower")
    upper = leaves.column(*path, "ci95_loglog_formula", "upper")
    for time, low, high in zip(at, lower, upper, strict=True):
        here = ours.at(time)
        if low is None:
            assert high is None
            assert time > ours.table.last_time or here.lower is None or _is_exact_for_none(ours, here)
        else:
            assert same(here.lower, low), time
            assert same(here.upper, high), time


def _read_etm(leaves: Leaves, ours: Incidence, at: list[float], path: tuple[str | int, ...]) -> None:
    values, variances = leaves.column(*path, "cif"), leaves.column(*path, "var_greenwood")
    for time, value, variance in zip(at, values, variances, strict=True):
        row = ours.table.row_at(time)  # etm carries on past the end of follow-up
        assert same(float(ours.incidence[row]), value), time
        assert same(float(ours.se[row]) ** 2, variance), time
    lower, upper = leaves.column(*path, "ci95_cloglog", "lower"), leaves.column(*path, "ci95_cloglog", "upper")
    for time, low, high in zip(at, lower, upper, strict=True):
        row = ours.table.row_at(time)
        if ours.incidence[row] > 0:
            assert same(float(ours.lower[row]), low), time
            assert same(float(ours.upper[row]), high), time
        else:
            assert (low, high) in {(None, None), (0, 0)}  # etm: no interval, or a falsely certain one
            here = ours.at(time)
            assert here.lower is None or _is_exact_for_none(ours, here)
