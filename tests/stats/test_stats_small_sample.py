"""Intervals for few people: against published tables, against their own defining equations, and where nobody died."""

import numpy as np
import pytest
from scipy.stats import beta, binom
from stats_reference import people

from trialwright.stats import clopper_pearson, kaplan_meier, wilson
from trialwright.stats.small_sample import SMALL_SAMPLE

# Clopper-Pearson, 95 %, x of 15, four digits: the precision that fifteen people can give. The test after the next
# proves such limits from the binomial distribution itself.
PRECISION = {
    0: (0.0, 0.2180),
    1: (0.0017, 0.3195),
    2: (0.0166, 0.4046),
    3: (0.0433, 0.4809),
    5: (0.1182, 0.6162),
    7: (0.2127, 0.7341),
    8: (0.2659, 0.7873),
    10: (0.3838, 0.8818),
    12: (0.5191, 0.9567),
    15: (0.7820, 1.0),
}


def hand15(time: str, event: str) -> tuple[list[int], list[int]]:
    rows = [row for row in people("hand15") if row[time]]
    return [int(row[time]) for row in rows], [int(row[event]) for row in rows]


@pytest.mark.parametrize(("x", "limits"), PRECISION.items())
def test_clopper_pearson_gives_the_precision_table_for_fifteen(x: int, limits: tuple[float, float]) -> None:
    ours = clopper_pearson(x, 15)
    assert (round(ours.lower, 4), round(ours.upper, 4)) == limits


@pytest.mark.parametrize("x", range(1, 12))
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_clopper_pearson_inverts_the_binomial_tails(x: int, level: float) -> None:
    ours = clopper_pearson(x, 12, level=level)
    tail = (1 - level) / 2
    assert binom.sf(x - 1, 12, ours.lower) == pytest.approx(tail, abs=1e-9)
    assert ours.upper == 1.0 if x == 12 else binom.cdf(x, 12, ours.upper) == pytest.approx(tail, abs=1e-9)


def test_wilson_gives_the_limits_that_its_score_equation_defines() -> None:
    ours = wilson(3, 15)
    for limit in (ours.lower, ours.upper):
        assert abs(3 / 15 - limit) == pytest.approx(1.959963984540054 * np.sqrt(limit * (1 - limit) / 15), abs=1e-12)
    # Newcombe, Stat Med 1998;17:857, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (x, n), limits in published.items():
        found = wilson(x, n)
        assert (round(found.lower, 4), round(found.upper, 4)) == limits


@pytest.mark.parametrize(("x", "n"), [(-1, 15), (16, 15), (0, 0)])
def test_impossible_counts_are_refused(x: int, n: int) -> None:
    for interval in (clopper_pearson, wilson):
        with pytest.raises(ValueError, match=f"{x} of {n}"):
            interval(x, n)


def test_midp_limits_solve_the_equation_of_the_even_mixture() -> None:
    """The mixture's two betas are moment-matched here anew, from products of scipy's own beta moments."""
    times, event = hand15("os_time", "os_event")
    limits = kaplan_meier(times, event, interval="bpcp-midp").at(730.5)
    gone = sorted({time for time, died in zip(times, event, strict=True) if died and time <= 730.5})
    counts = [(sum(t >= u for t in times), sum(t == u and d for t, d in zip(times, event, strict=True))) for u in gone]
    above = [beta(n - d + 1, d) for n, d in counts]
    below = [*above, beta(sum(t > 730.5 for t in times), 1)]

    def matched(parts: list) -> object:
        first, second = np.prod([b.moment(1) for b in parts]), np.prod([b.moment(2) for b in parts])
        scale = (first - second) / (second - first**2)
        return beta(scale * first, scale * (1 - first))

    for limit, share in ((limits.lower, 0.025), (limits.upper, 0.975)):
        mixed = (matched(above).cdf(limit) + matched(below).cdf(limit)) / 2
        assert mixed == pytest.approx(share, abs=1e-12)


@pytest.mark.parametrize("columns", [("os_time", "os_event"), ("dfs_time", "dfs_event")])
def test_thomas_grunkemeier_limits_lie_where_the_likelihood_ratio_is_3_84(columns: tuple[str, str]) -> None:
    times, event = hand15(*columns)
    ours = kaplan_meier(times, event, interval="thomas-grunkemeier").at(730.5)
    gone = sorted({time for time, died in zip(times, event, strict=True) if died and time <= 730.5})
    n = np.array([sum(t >= u for t in times) for u in gone], dtype=float)
    d = np.array([sum(t == u and bool(e) for t, e in zip(times, event, strict=True)) for u in gone], dtype=float)

    def survival(multiplier: float) -> float:
        return float(np.prod((n + multiplier - d) / (n + multiplier)))

    for limit, span in ((ours.lower, (-min(n - d) + 1e-9, 0.0)), (ours.upper, (0.0, 1e4))):
        low, high = span
        for _ in range(200):  # the multiplier at which survival is our limit
            middle = (low + high) / 2
            low, high = (middle, high) if survival(middle) < limit else (low, middle)
        ratio = -2 * np.sum((n - d) * np.log1p(low / (n - d)) - n * np.log1p(low / n))
        assert ratio == pytest.approx(3.841458820694124, abs=1e-6)


def test_while_nobody_has_died_only_the_honest_intervals_exist() -> None:
    times, event = [100, 200, 300, 400, 500], [0, 0, 1, 0, 0]
    for kind in SMALL_SAMPLE:
        ours = kaplan_meier(times, event, interval=kind).at(50)
        if kind in ("bpcp", "bpcp-midp", "borkowf-shrunk"):
            assert 0 < ours.lower < 1
            assert ours.upper == 1
        else:
            assert ours.lower is None
            assert ours.upper is None
            assert "bpcp" in ours.note
    assert kaplan_meier(times, event, interval="bpcp").at(50).lower == pytest.approx(0.025 ** (1 / 5), abs=1e-12)


def test_once_everyone_has_died_bpcp_still_gives_an_upper_limit() -> None:
    ours = kaplan_meier([10, 20, 30], [1, 1, 1], interval="bpcp").at(30)
    assert (ours.estimate, ours.se, ours.lower) == (0.0, None, 0.0)
    assert ours.upper == pytest.approx(clopper_pearson(0, 3).upper, abs=1e-12)


@pytest.mark.parametrize("kind", SMALL_SAMPLE)
def test_with_nobody_there_is_no_interval_of_any_kind(kind: str) -> None:
    ours = kaplan_meier([], [], interval=kind).at(0)
    assert (ours.estimate, ours.lower, ours.upper, ours.at_risk) == (None, None, None, 0)
