"""Impossible input is refused, and the message names the position; what cannot be estimated is None, with a note."""

import doctest
import importlib
import math
import pkgutil
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import trialwright.stats
from trialwright.stats import (
    CENSORED,
    competing_risk_table,
    cumulative_incidence,
    exponential_control,
    gray,
    kaplan_meier,
    logrank,
    nelson_aalen,
    one_sample_logrank,
    restricted_mean,
    reverse_kaplan_meier,
)


class Cause(Enum):
    RELAPSE = "relapse"
    DEATH = "death"


@pytest.mark.parametrize(
    ("times", "position"),
    [
        ([1, 2, -3], r"times\[2\] is -3"),
        ([1.0, math.nan], r"times\[1\] is nan"),
        ([math.inf, 1.0], r"times\[0\] is inf"),
        ([1, None], r"times\[1\] is None"),
        (["12", 3], r"times\[0\] is '12'"),
        ([1, "x"], r"times\[1\] is"),
        ([True, False], r"times\[0\] is True"),
        ([1, 2j], r"times\[0\]|times\[1\]"),
    ],
)
def test_an_impossible_time_is_refused_by_every_estimator(times: list[Any], position: str) -> None:
    marks = [1] * len(times)
    for estimate in (
        lambda: kaplan_meier(times, marks),
        lambda: reverse_kaplan_meier(times, marks),
        lambda: nelson_aalen(times, marks),
        lambda: cumulative_incidence(times, ["a"] * len(times), of="a"),
        lambda: logrank(times, marks, range(len(times))),
        lambda: gray(times, ["a"] * len(times), range(len(times)), of="a"),
        lambda: one_sample_logrank(times, marks, control=exponential_control(0.3, at=730.5)),
    ):
        with pytest.raises(ValueError, match=position):
            estimate()


@pytest.mark.parametrize("unit", ["timedelta64[D]", "datetime64[D]"])
def test_dates_and_durations_are_refused_because_their_unit_would_be_a_guess(unit: str) -> None:
    with pytest.raises(ValueError, match="whole days"):
        kaplan_meier(np.array([1, 2], dtype="i8").astype(unit), [1, 0])


def test_exact_numbers_of_any_kind_are_times() -> None:
    assert kaplan_meier([Fraction(1, 2), Decimal("3")], [1, 0]).at(0.5).estimate == 0.5


def test_a_curve_shows_its_table() -> None:
    survival = kaplan_meier([1, 2, 2], [True, False, True])
    incidence = cumulative_incidence([1, 2, 2], ["a", CENSORED, "b"], of="b")
    for curve, events in ((survival, [0, 1, 1]), (incidence, [0, 0, 1])):
        assert curve.times.tolist() == [0, 1, 2]
        assert curve.at_risk.tolist() == [3, 3, 2]
        assert curve.events.tolist() == events
        assert curve.censored.tolist() == [0, 0, 1]
        assert curve.n == 3


def test_times_in_a_table_of_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="2 dimensions"):
        kaplan_meier([[1, 2], [3, 4]], [1, 0])


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ([1, 0], "times has 3 values and event 2 values.*position 2 has no partner"),
        ([1, 0, 1, 1], "event 4 values.*position 3 has no partner"),
        ([[1], [0], [1]], r"shape \(3, 1\)"),
        ([0, 1, 2], r"event\[2\] is 2.*cumulative_incidence"),
        ([0, None, 1], r"event\[1\] is None"),
        (["0", "1", "1"], r"event\[0\] is '0'"),
        ([0.0, math.nan, 1.0], r"event\[1\] is nan"),
    ],
)
def test_an_impossible_event_is_refused(event: list[Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kaplan_meier([1, 2, 3], event)


@pytest.mark.parametrize("cause", [None, "", math.nan, 0, False])
def test_an_empty_cause_is_refused_unless_it_was_said_to_mean_censored(cause: object) -> None:
    with pytest.raises(ValueError, match=r"cause\[1\] is .*censored="):
        cumulative_incidence([1, 2], ["relapse", cause], of="relapse")


def test_a_zero_among_whole_numbers_is_refused_when_another_number_means_censored() -> None:
    with pytest.raises(ValueError, match=r"cause\[1\] is 0, but 9"):
        cumulative_incidence([1, 2, 3], np.array([1, 0, 9]), of=1, censored=9)


def test_a_missing_cause_is_refused_by_its_length() -> None:
    for cause in (["a"], np.array([1])):
        with pytest.raises(ValueError, match=r"cause 1 values.*position 1 has no partner"):
            cumulative_incidence([1, 2], cause, of="a", censored=0)
    with pytest.raises(ValueError, match="group 1 values"):
        logrank([1, 2], [1, 1], ["a"])


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, math.nan])
def test_a_level_outside_zero_and_one_is_refused(level: float) -> None:
    for estimate in (
        lambda: kaplan_meier([1], [1], level=level),
        lambda: cumulative_incidence([1], ["a"], of="a", level=level),
        lambda: nelson_aalen([1], [1], level=level),
    ):
        with pytest.raises(ValueError, match=f"level is {level}"):
            estimate()


def test_an_unknown_option_is_refused_with_the_choices() -> None:
    with pytest.raises(ValueError, match="'wald': choose one of log-log, log, plain"):
        kaplan_meier([1], [1], interval="wald")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'bpcp': choose one of log-log, cloglog"):
        cumulative_incidence([1], ["a"], of="a", interval="bpcp")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'gray': choose one of jackknife, aalen"):
        cumulative_incidence([1], ["a"], of="a", variance="gray")  # type: ignore[arg-type]


def test_one_group_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="at least two"):
        logrank([1, 2], [1, 1], ["a", "a"])


@pytest.mark.parametrize("rho", [0.0, 1.0])
def test_where_no_event_was_seen_a_comparison_says_so(rho: float) -> None:
    for test in (
        logrank([1, 2, 3], [0, 0, 0], ["a", "b", "b"], rho=rho),
        gray([1, 2, 3], [CENSORED] * 3, ["a", "b", "b"], of="relapse", rho=rho),
    ):
        assert (test.chisq, test.df, test.p) == (None, 0, None)
        assert "nothing to compare" in test.note


def test_where_hardly_anybody_overlaps_gray_says_that_it_has_no_variance() -> None:
    """Found by a random search: the tie correction makes the variance negative, and chi-squared with it."""
    test = gray([0, 1, 3, 3, 3], np.array([1, 2, 1, 1, 1]), ["a", "b", "a", "c", "c"], of=1, censored=0)
    assert (test.chisq, test.p) == (None, None)
    assert "too few people" in test.note


def test_a_group_that_has_failed_altogether_leaves_the_comparison_defined() -> None:
    """The weighted incidence reaches 1 while one group is still at risk; its score is then exactly 0."""
    test = gray([0, 0, 2, 3], np.array([1, 1, 1, 1]), ["a", "a", "b", "b"], of=1, censored=0)
    assert test.df == 1
    assert 0 < test.p < 1


def test_groups_named_in_different_kinds_keep_the_order_in_which_they_came() -> None:
    assert [g.group for g in logrank([1, 2, 3], [1, 1, 1], ["b", 1, "b"]).groups] == ["b", 1]


def test_an_impossible_control_is_refused() -> None:
    with pytest.raises(ValueError, match="survival 1"):
        exponential_control(1.0, at=730.5)
    with pytest.raises(ValueError, match="expected events are 0"):
        one_sample_logrank([0, 0], [1, 1], control=exponential_control(0.3, at=730.5))


def test_no_event_gives_an_observed_of_none_with_an_exact_upper_limit() -> None:
    """Exact Poisson: no event leaves the mean below -log(.025)."""
    ours = one_sample_logrank([730.5], [0], control=exponential_control(math.exp(-1), at=730.5))
    assert (ours.observed, ours.ratio, ours.lower) == (0, 0, 0)
    assert ours.upper == pytest.approx(-math.log(0.025), abs=1e-12)


@pytest.mark.parametrize("until", [0, -1, math.nan])
def test_a_horizon_must_lie_after_the_start(until: float) -> None:
    with pytest.raises(ValueError, match="until"):
        restricted_mean(kaplan_meier([1], [1]), until)


@pytest.mark.parametrize("probability", [0, 1, math.nan])
def test_a_quantile_of_everyone_or_nobody_is_refused(probability: float) -> None:
    with pytest.raises(ValueError, match="probability"):
        kaplan_meier([1], [1]).quantile(probability)


def test_past_the_end_of_follow_up_nothing_is_estimated() -> None:
    curve = kaplan_meier([10, 20], [1, 0])
    assert curve.at(20).estimate == 0.5
    assert curve.at(20.5).note == "not estimable: 20.5 is after the end of follow-up at 20"
    assert restricted_mean(curve, 21).estimate is None
    assert restricted_mean(curve, 20).estimate == 15
    assert nelson_aalen([10, 20], [1, 0]).at(21).estimate is None


def test_a_curve_that_has_reached_zero_stays_there() -> None:
    curve = kaplan_meier([10, 20], [1, 1])
    assert (curve.at(5000).estimate, curve.at(5000).at_risk) == (0.0, 0)
    assert restricted_mean(curve, 5000).estimate == 15
    everyone = cumulative_incidence([10, 20], [Cause.RELAPSE, Cause.DEATH], of=Cause.DEATH)
    assert everyone.at(5000).estimate == 0.5


def test_with_nobody_every_estimate_is_none_and_says_why() -> None:
    curve = kaplan_meier([], [])
    for estimate in (
        curve.at(0),
        curve.median,
        restricted_mean(curve, 10),
        nelson_aalen([], []).at(0),
        cumulative_incidence([], [], of="a").at(0),
        cumulative_incidence([], np.array([], dtype=int), of=1, censored=0).at(0),
    ):
        assert estimate.estimate is None
        assert "nobody" in estimate.note


def test_a_cause_that_never_occurs_has_incidence_zero_and_the_exact_upper_limit_while_complete() -> None:
    times, cause = [10, 20, 30, 40], [Cause.DEATH, Cause.DEATH, CENSORED, Cause.DEATH]
    ours = cumulative_incidence(times, cause, of=Cause.RELAPSE)
    complete, after = ours.at(29), ours.at(30)
    assert (complete.estimate, complete.se, complete.lower) == (0, 0, 0)
    assert complete.upper == pytest.approx(1 - 0.025 ** (1 / 4), abs=1e-12)
    assert "exact binomial" in complete.note
    # Someone was censored on day 30: from then on only three of the four are known.
    assert (after.estimate, after.lower, after.upper) == (0, None, None)
    assert "censored" in after.note


@pytest.mark.parametrize("n", range(1, 60))
def test_however_many_failed_one_by_one_the_last_makes_the_incidence_exactly_one(n: int) -> None:
    """A sum of n times 1/n may end a hair below 1, and an interval of no width would be printed there."""
    ours = cumulative_incidence(range(n), ["a"] * n, of="a").at(n)
    assert (ours.estimate, ours.se, ours.lower, ours.upper) == (1.0, 0.0, None, None)


def test_where_everyone_failed_from_one_cause_no_interval_exists() -> None:
    ours = cumulative_incidence([10, 20], ["a", "a"], of="a").at(20)
    assert (ours.estimate, ours.se, ours.lower, ours.upper) == (1.0, 0.0, None, None)
    assert "everyone failed" in ours.note


def test_a_median_that_is_not_reached_is_none_with_a_note() -> None:
    ours = kaplan_meier([10, 20, 30, 40], [1, 0, 0, 0]).median
    assert (ours.estimate, ours.upper) == (None, None)
    assert ours.note.startswith("not reached")


def test_a_curve_flat_at_one_half_to_its_end_has_its_median_in_the_middle_of_the_flat() -> None:
    """As R's quantile.survfit: halfway between the step and the last follow-up."""
    assert kaplan_meier([10, 30], [1, 0]).median.estimate == 20


@pytest.mark.parametrize("cause", [np.array([5, -7, 5]), np.array([500, 9, 500]), [5, -7, 5]])
def test_any_whole_numbers_may_name_causes(cause: Any) -> None:
    censored = -7 if -7 in list(cause) else 9
    table = competing_risk_table([1, 2, 3], cause, censored=censored)
    assert table.causes == (5 if 5 in list(cause) else 500,)
    assert table.events.sum() == 2


@pytest.mark.parametrize("kind", ["i1", "u1", "i4", "u4", "u8", "f4"])
def test_any_width_of_number_is_counted_the_same(kind: str) -> None:
    times, cause = [0, 3, 3, 7, 7, 9], [1, 2, 0, 1, 1, 0]
    marks = np.array(cause, dtype="u8" if kind == "u8" else "i1")
    for scale in (1, 0.5):
        ours = cumulative_incidence(np.array(times).astype(kind) * np.float32(scale), marks, of=1, censored=0)
        plain = cumulative_incidence([time * scale for time in times], np.array(cause), of=1, censored=0)
        assert np.array_equal(ours.times, plain.times)
        assert np.array_equal(ours.incidence, plain.incidence)
    exact = kaplan_meier(np.array(times, dtype=kind), marks == 1)
    assert exact.at(7).estimate == kaplan_meier(times, [mark == 1 for mark in cause]).at(7).estimate


def test_a_time_far_away_is_sorted_and_not_counted_day_by_day() -> None:
    curve = kaplan_meier([10, 10**12], [1, 0])
    assert list(curve.times) == [0, 10, 10**12]
    assert curve.at(10**11).estimate == 0.5


def test_a_curve_cannot_be_written_to() -> None:
    table = kaplan_meier([1, 2], [1, 0]).table
    for array in (table.times, table.at_risk, table.failures, table.censored):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize("module", [name for _, name, _ in pkgutil.iter_modules(trialwright.stats.__path__)])
def test_the_examples_in_the_docstrings_run(module: str) -> None:
    found = doctest.testmod(importlib.import_module(f"trialwright.stats.{module}"))
    assert found.failed == 0
