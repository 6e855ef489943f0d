"""CPU seconds of the estimators beside np.sort of the same times, and beside the peers that are installed.

    python benchmarks/stats.py [--people 1000000] [--repeats 5]

The workload is the whole curve: Kaplan-Meier with its log-log interval, and Aalen-Johansen of one cause with both
variances, of arrays in memory, on one thread. Peers (statsmodels, lifelines) run where requirements/bench.txt is
installed, at a hundredth of the people where a whole run would take minutes; their figures then say so.
"""

import argparse
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from trialwright.stats import competing_risk_table, incidence_curve, kaplan_meier, survival_curve


def whole_curve(times: np.ndarray, cause: np.ndarray) -> None:
    """Ours: one count (or sort) of the people, then three curves of the table."""
    table = competing_risk_table(times, cause, censored=0)
    survival_curve(table)
    incidence_curve(table, of=1, variance="jackknife")
    incidence_curve(table, of=1, variance="aalen")


def small_trials(trials: int) -> Callable[[], None]:
    """Fifteen participants at a time, one call each: what a report does, not what the simulator will."""
    rng = np.random.default_rng(15)
    days, marks = rng.integers(1, 1000, (trials, 15)), rng.integers(0, 3, (trials, 15))

    def run() -> None:
        for times, cause in zip(days, marks, strict=True):
            kaplan_meier(times, cause > 0).at(730.5)
            incidence_curve(competing_risk_table(times, cause, censored=0), of=1).at(730.5)

    return run


def cpu_seconds(work: Callable[[], object], repeats: int) -> float:
    """The median over the repeats, after one run to warm up."""
    work()
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return sorted(spent)[repeats // 2]


def peers(times: np.ndarray, cause: np.ndarray) -> list[tuple[str, int, Callable[[], object]]]:
    """Name, number of people, and what to run, of each peer that can be imported."""
    found: list[tuple[str, int, Callable[[], Any]]] = []
    if find_spec("statsmodels"):
        from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

        found.append(("statsmodels KM", len(times), lambda: SurvfuncRight(times, cause > 0)))
        found.append(("statsmodels AJ + one variance", len(times), lambda: CumIncidenceRight(times, cause)))
    if find_spec("lifelines"):
        from lifelines import AalenJohansenFitter, KaplanMeierFitter

        few = max(len(times) // 100, 1)
        found.append(("lifelines KM", len(times), lambda: KaplanMeierFitter().fit(times, cause > 0)))
        fit = AalenJohansenFitter(seed=1).fit
        found.append(("lifelines AJ + variance", few, lambda: fit(times[:few], cause[:few], event_of_interest=1)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    rng = np.random.default_rng(1)
    cause = rng.integers(0, 3, options.people).astype(np.int8)
    for name, times in (
        ("whole days", rng.integers(0, 3650, options.people).astype(np.int32)),
        ("real-valued times", rng.exponential(1000.0, options.people)),
    ):
        print(f"{options.people:,} people, {name}: CPU seconds, times np.sort")
        bound = cpu_seconds(lambda times=times: np.sort(times), options.repeats)
        ours = cpu_seconds(lambda times=times: whole_curve(times, cause), options.repeats)
        print(f"  {'np.sort of the times':40} {bound:9.4f}")
        print(f"  {'trialwright, KM + AJ + both variances':40} {ours:9.4f} {ours / bound:8.2f}")
        for peer, n, work in peers(times, cause):
            spent = cpu_seconds(work, 1)
            print(f"  {peer:40} {spent:9.4f} {spent / bound:8.2f}{'' if n == len(times) else f'   ({n:,} people)'}")
    spent = cpu_seconds(small_trials(1000), 3)
    print(f"fifteen participants, KM + AJ at two years, one call each: {1000 / spent:,.0f} trials per CPU second")


if __name__ == "__main__":
    main()
