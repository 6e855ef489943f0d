"""Laws that hold for every table of people, checked by Hypothesis."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.stats import (
    SURVIVAL_INTERVALS,
    VARIANCES,
    RiskTable,
    clopper_pearson,
    competing_risk_table,
    cumulative_incidence,
    gray,
    incidence_curve,
    kaplan_meier,
    logrank,
    numbers_at_risk,
    reverse_kaplan_meier,
    risk_table,
)
from trialwright.stats.tally import count_days, count_sorted, tally

# Few distinct days, so that ties of every kind are common; causes 0 (censored), 1, 2, 3.
people = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=40)
two_groups = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 2), st.sampled_from("ab")), min_size=2, max_size=40
).filter(lambda rows: len({row[2] for row in rows}) == 2)


def columns(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([row[0] for row in rows]), np.array([row[1] for row in rows])


def arrays(table: RiskTable) -> tuple[np.ndarray, ...]:
    return table.times, table.at_risk, table.failures, table.censored


@given(people)
def test_event_free_and_all_cumulative_incidences_add_up_to_one_at_every_time(rows: Any) -> None:
    times, cause = columns(rows)
    table = competing_risk_table(times, cause, censored=0)
    total = sum(incidence_curve(table, of=of).incidence for of in (1, 2, 3)) + kaplan_meier(times, cause > 0).survival
    assert total == pytest.approx(np.ones(len(total)), abs=1e-12)


@given(people)
def test_counting_days_and_sorting_times_give_the_same_table(rows: Any) -> None:
    times, cause = columns([(0, 0), *rows])  # somebody on day 0, which counting always lists
    (days, by_day), (sorted_times, by_sort) = count_days(times, cause, 4, times.max()), count_sorted(times, cause, 4)
    assert np.array_equal(days, sorted_times)
    assert np.array_equal(by_day, by_sort)


@given(
    st.lists(
        st.tuples(st.floats(0, 1.7e308) | st.sampled_from([0.0, -0.0, 5e-324, 1e-300, 0.5, 1.0]), st.integers(0, 3)),
        min_size=1,
        max_size=30,
    )
)
def test_sorting_packed_bits_is_exact_for_every_double(rows: Any) -> None:
    times, cause = columns(rows)
    distinct, counts = tally(times, cause, 4)
    expected = sorted({0.0, *times.tolist()})
    assert distinct.tolist() == expected
    assert not np.signbit(distinct).any()
    for kind in range(4):
        assert counts[kind].tolist() == [int(((times == time) & (cause == kind)).sum()) for time in expected]


def test_a_negative_zero_is_a_zero_on_every_path() -> None:
    for times in ([-0.0, 0.0, 3.0], [-0.0, 0.0, 0.5], [-0.0, 0.0, 0.5, 1e-300]):
        distinct, counts = tally(np.array(times), np.zeros(len(times), dtype=np.int64), 1)
        assert distinct.tolist() == sorted(set(times))
        assert counts[0][0] == 2
        assert not np.signbit(distinct).any()


def test_more_people_than_one_block_are_counted_as_by_sorting() -> None:
    rng = np.random.default_rng(3)
    times, cause = rng.integers(0, 500, 200_001).astype(np.int32), rng.integers(0, 3, 200_001).astype(np.int8)
    counted, by_sort = competing_risk_table(times, cause, censored=0), count_sorted(times, cause, 3)
    assert np.array_equal(counted.times, by_sort[0])
    assert np.array_equal(np.vstack((counted.censored, counted.failures)), by_sort[1])
    assert counted.n == counted.at_risk[0] == 200_001


@given(people)
def test_whole_days_as_integers_as_floats_and_as_halves_give_the_same_curve(rows: Any) -> None:
    times, cause = columns([(2 * day + 1, mark) for day, mark in rows])  # odd: their halves are never whole days
    tables = [competing_risk_table(t, cause, censored=0) for t in (times, times.astype(float), times / 2)]
    for table, unit in zip(tables, (1.0, 1.0, 2.0), strict=True):
        assert np.array_equal(table.times * unit, tables[0].times)
        assert all(np.array_equal(a, b) for a, b in zip(arrays(table)[1:], arrays(tables[0])[1:], strict=True))
        for variance in VARIANCES:
            ours, first = (incidence_curve(t, of=1, variance=variance) for t in (table, tables[0]))
            assert np.array_equal(ours.se, first.se)
            assert np.array_equal(ours.lower, first.lower, equal_nan=True)


@given(people, st.integers(1, 1000))
def test_the_unit_of_time_changes_nothing_but_the_times(rows: Any, unit: int) -> None:
    times, cause = columns(rows)
    for kind in ("log-log", "bpcp"):
        ours, scaled = (kaplan_meier(t, cause > 0, interval=kind) for t in (times, times * unit))
        assert np.array_equal(ours.times * unit, scaled.times)
        assert np.array_equal(ours.survival, scaled.survival)
        assert np.array_equal(ours.lower, scaled.lower, equal_nan=True)


@given(people, st.randoms(use_true_random=False))
def test_the_order_of_the_people_does_not_matter(rows: Any, random: Any) -> None:
    mixed = random.sample(rows, len(rows))
    for (times, cause), (again, its_cause) in [(columns(rows), columns(mixed))]:
        first, second = (competing_risk_table(*c, censored=0) for c in ((times, cause), (again, its_cause)))
        assert all(np.array_equal(a, b) for a, b in zip(arrays(first), arrays(second), strict=True))


@given(people)
def test_the_names_of_the_causes_do_not_matter(rows: Any) -> None:
    times, cause = columns(rows)
    named = [(None, "relapse", "death", "transplant")[mark] for mark in cause]
    ours = cumulative_incidence(times, named, of="relapse", censored=None)
    theirs = cumulative_incidence(times, cause, of=1, censored=0)
    assert np.array_equal(ours.incidence, theirs.incidence)
    assert np.array_equal(ours.se, theirs.se)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=30))
def test_without_censoring_survival_is_the_share_left_and_bpcp_is_clopper_pearson(days: list[int]) -> None:
    n = len(days)
    curve = kaplan_meier(days, [1] * n, interval="bpcp")
    for row, time in enumerate(curve.times):
        left = sum(day > time for day in days)
        exact = clopper_pearson(left, n)
        assert curve.survival[row] == pytest.approx(left / n, abs=1e-12)
        assert curve.lower[row] == pytest.approx(exact.lower, abs=1e-9)
        assert curve.upper[row] == pytest.approx(exact.upper, abs=1e-9)


@given(people.map(lambda rows: [(day, max(cause, 1)) for day, cause in rows]))
def test_without_censoring_incidence_is_the_share_failed_and_its_variance_the_binomial_one(rows: Any) -> None:
    times, cause = columns(rows)
    ours = cumulative_incidence(times, cause, of=1, censored=0)
    for row, time in enumerate(ours.times):
        share = float(((times <= time) & (cause == 1)).mean())
        assert ours.incidence[row] == pytest.approx(share, abs=1e-12)
        assert ours.se[row] ** 2 == pytest.approx(share * (1 - share) / len(times), abs=1e-12)


@given(people)
def test_running_variances_equal_the_textbook_sums(rows: Any) -> None:
    """The two sums over all earlier times, written out; ours carries them forward in one pass."""
    table = competing_risk_table(*columns(rows), censored=0)
    for variance, textbook in (("jackknife", _delta_sum), ("aalen", _martingale_sum)):
        ours = incidence_curve(table, of=1, variance=variance)
        theirs = [textbook(table, row) for row in range(len(table.times))]
        assert ours.se**2 == pytest.approx(np.array(theirs), abs=1e-12)


def _curves(table: RiskTable) -> tuple[np.ndarray, ...]:
    n, d = table.at_risk.astype(float), table.of(1).astype(float)
    total = table.events.astype(float)
    after = np.cumprod(1 - total / n)
    before = np.concatenate(([1.0], after[:-1]))
    return n, d, total, after, before, np.cumsum(before * d / n)


def _delta_sum(table: RiskTable, row: int) -> float:
    n, d, total, _, before, incidence = (values[: row + 1] for values in _curves(table))
    ahead = incidence[-1] - incidence
    weight = np.divide(total, n * (n - total), out=np.zeros_like(n), where=n > total)
    own = before**2 * d * (n - d) / n**3
    return float(np.sum(weight * ahead**2 + own - 2 * before * d / n**2 * ahead))


def _martingale_sum(table: RiskTable, row: int) -> float:
    n, d, total, after, before, incidence = (values[: row + 1] for values in _curves(table))
    ahead = np.divide(incidence[-1] - incidence, after, out=np.zeros_like(n), where=after > 0)

    def ties(events: np.ndarray) -> np.ndarray:
        return np.where(events > 1, 1 - (events - 1) / np.maximum(n - 1, 1), 1.0)

    other = total - d
    return float(np.sum(before**2 / n**2 * (d * ties(d) * (1 - ahead) ** 2 + other * ties(other) * ahead**2)))


@given(people)
def test_every_interval_holds_its_limits_in_order_and_within_zero_and_one(rows: Any) -> None:
    times, cause = columns(rows)
    for kind in SURVIVAL_INTERVALS:
        curve = kaplan_meier(times, cause > 0, interval=kind)
        known = ~np.isnan(curve.lower)
        assert np.array_equal(known, ~np.isnan(curve.upper)), kind
        low, middle, high = curve.lower[known], curve.survival[known], curve.upper[known]
        if kind == "borkowf-shrunk":  # its centre is survival drawn towards one half
            middle = middle * (1 - 1 / len(rows)) + 0.5 / len(rows)
        slack = 1e-9
        assert ((low >= -slack) & (low <= middle + slack) & (middle <= high + slack) & (high <= 1 + slack)).all(), kind


@given(people)
def test_survival_times_follow_up_is_the_share_of_people_still_there(rows: Any) -> None:
    """Kaplan-Meier times reverse Kaplan-Meier = (time > t) / n: what ties decided in one, they decide in the other."""
    times, cause = columns(rows)
    ours, reverse = kaplan_meier(times, cause > 0), reverse_kaplan_meier(times, cause > 0)
    share = [(times > time).mean() for time in ours.times]
    assert ours.survival * reverse.survival == pytest.approx(np.array(share), abs=1e-12)


@given(people, st.lists(st.floats(0, 15), min_size=1, max_size=5))
def test_everyone_is_at_risk_or_has_left_before(rows: Any, at: list[float]) -> None:
    times, cause = columns(rows)
    for column in numbers_at_risk(risk_table(times, cause > 0), at):
        events_before = int(((times < column.time) & (cause > 0)).sum())
        assert column.at_risk + events_before + column.censored == len(times)
        assert column.events == int(((times <= column.time) & (cause > 0)).sum())


@given(people, st.sampled_from([0.5, 0.8, 0.95]))
def test_a_higher_level_gives_a_wider_interval(rows: Any, level: float) -> None:
    times, cause = columns(rows)
    for kind in ("log-log", "bpcp"):
        narrow, wide = (kaplan_meier(times, cause > 0, level=at, interval=kind) for at in (level, 0.99))
        known = ~np.isnan(narrow.lower)
        assert (wide.lower[known] <= narrow.lower[known] + 1e-12).all()
        assert (wide.upper[known] >= narrow.upper[known] - 1e-12).all()


@given(people)
def test_two_copies_of_one_group_do_not_differ(rows: Any) -> None:
    times, cause = (np.tile(column, 2) for column in columns(rows))
    group = ["a"] * len(rows) + ["b"] * len(rows)
    for test in (logrank(times, cause > 0, group), gray(times, cause, group, of=1, censored=0)):
        assert test.chisq is None or test.chisq == pytest.approx(0, abs=1e-9)
        assert [g.observed for g in test.groups] == pytest.approx([g.expected for g in test.groups], abs=1e-9)


@given(two_groups, st.integers(1, 50))
def test_a_comparison_depends_on_neither_names_of_groups_nor_unit_of_time(rows: Any, unit: int) -> None:
    times, cause = columns(rows)
    group = [row[2] for row in rows]
    renamed = [{"a": "z", "b": "y"}[name] for name in group]
    for first, second in (
        (logrank(times, cause > 0, group), logrank(times * unit, cause > 0, renamed)),
        (gray(times, cause, group, of=1, censored=0), gray(times * unit, cause, renamed, of=1, censored=0)),
    ):
        assert (first.chisq is None) == (second.chisq is None)
        if first.chisq is not None:
            assert first.chisq == pytest.approx(second.chisq, rel=1e-6, abs=1e-9)
            assert sum(g.observed - g.expected for g in first.groups) == pytest.approx(0, abs=1e-9)


@given(two_groups)
def test_without_competing_causes_gray_and_logrank_have_the_same_expected_counts(rows: Any) -> None:
    times, cause = columns([(row[0], min(row[1], 1)) for row in rows])
    group = [row[2] for row in rows]
    ours, theirs = gray(times, cause, group, of=1, censored=0), logrank(times, cause > 0, group)
    assert [g.expected for g in ours.groups] == pytest.approx([g.expected for g in theirs.groups], abs=1e-9)
