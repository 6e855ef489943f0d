"""Every value in the three reference files, against our estimators; a value that nothing reads fails the test.

Made by R 4.2.2 with survival 3.5-3, cmprsk 2.2-11, etm 1.1.1, prodlim 2019.11.13, bpcp 1.4.2, km.ci 0.5-6:
tests/data/reference/README.md. Where we differ from R on purpose, the readers say so and assert ours.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from stats_readers import read_incidence, read_survival
from stats_reference import DATASETS, Leaves, people, reference, same, times_and_status

from trialwright.stats import (
    clopper_pearson,
    cumulative_incidence,
    exponential_control,
    gray,
    kaplan_meier,
    logrank,
    one_sample_logrank,
)

TESTS = {
    "os_by_entry_status": ("os_time", "os_event", "entry_status"),
    "cir_by_entry_status_gray": ("dfs_time", "cir_status", "entry_status"),
    "os_by_trt": ("futime", "death", "trt"),
    "dfs_by_trt": ("cir_time", "cir_status", "trt"),
    "cir_by_trt_gray": ("cir_time", "cir_status", "trt"),
    "os_by_group": ("t1", "d1", "group"),
    "dfs_by_group": ("t2", "d3", "group"),
    "cif_by_group_gray": ("t2", "cr_status", "group"),
}
PROSE = ("dataset", "data_file", "unit", "versions", "methods", "rules")


def parts(dataset: str) -> list[Any]:
    """Each top-level key of a file is a part; each analysis and each edge case is one."""
    found = []
    for key, value in reference(dataset).items():
        if key in ("analyses", "edge_cases"):
            found += [(dataset, key, at, block.get("id") or block["name"]) for at, block in enumerate(value)]
        else:
            found.append((dataset, key, None, key))
    return [pytest.param(*part[:3], id=f"{dataset}-{part[3]}") for part in found]


@pytest.mark.parametrize(("dataset", "key", "at"), [part for name in DATASETS for part in parts(name)])
def test_every_value_of_the_reference_is_read_and_is_ours(dataset: str, key: str, at: int | None) -> None:
    node = reference(dataset)[key] if at is None else reference(dataset)[key][at]
    leaves = Leaves(node)
    READERS[key](leaves, dataset, node)
    assert not leaves.unread


def read_prose(leaves: Leaves, dataset: str, node: Any) -> None:
    leaves.prose()


def read_analysis(leaves: Leaves, dataset: str, block: dict[str, Any]) -> None:
    times, status = times_and_status(dataset, block)
    (read_incidence if "causes" in block else read_survival)(leaves, times, status)
    leaves.prose()  # id, what, population and columns: used to find the people


def read_edge_case(leaves: Leaves, dataset: str, case: dict[str, Any]) -> None:
    times, status = leaves.column("time"), leaves.column("status")
    leaves.take("note")
    leaves.take("name")
    survival, incidence = Leaves(case["km_any_event"]), Leaves(case["aj"])
    read_survival(survival, times, [int(mark > 0) for mark in status])
    read_incidence(incidence, times, status)
    assert not survival.unread
    assert not incidence.unread
    leaves.unread = {path: v for path, v in leaves.unread.items() if path[0] not in ("km_any_event", "aj")}


def read_tests(leaves: Leaves, dataset: str, node: dict[str, Any]) -> None:
    for name in node:
        time, status, group = TESTS[name]
        rows = [row for row in people(dataset) if row[time]]
        times, marks = [int(row[time]) for row in rows], np.array([int(row[status]) for row in rows])
        groups = [row[group] for row in rows]
        if name.endswith("_gray"):
            for at in range(len(node[name])):
                ours = gray(times, marks, groups, of=leaves.take(name, at, "cause"), censored=0)
                for field in ("chisq", "df", "p"):
                    assert same(getattr(ours, field), leaves.take(name, at, field)), (name, field)
        else:
            read_logrank(leaves, name, times, marks > 0, groups)


def read_logrank(leaves: Leaves, name: str, times: list[int], event: Any, groups: list[str]) -> None:
    plain, weighted = logrank(times, event, groups), logrank(times, event, groups, rho=1)
    for field in ("chisq", "df", "p"):
        assert same(getattr(plain, field), leaves.take(name, "logrank", field)), (name, field)
        assert same(getattr(weighted, field), leaves.take(name, "peto_peto_rho1", field)), (name, field)
    for field in ("observed", "expected"):
        theirs = leaves.column(name, "logrank", field)
        assert all(same(getattr(g, field), v) for g, v in zip(plain.groups, theirs, strict=True)), (name, field)


def read_number_of_people(leaves: Leaves, dataset: str, node: int) -> None:
    assert leaves.take() == len(people(dataset))


def read_two_years(leaves: Leaves, dataset: str, node: float) -> None:
    assert leaves.take() == 2 * 365.25


def read_by_hand(leaves: Leaves, dataset: str, node: dict[str, Any]) -> None:
    """Fractions worked out on paper for hand15."""
    os_times, os_event = columns("os_time", "os_event")
    times, cause = columns("dfs_time", "cir_status")
    overall, free = kaplan_meier(os_times, os_event), kaplan_meier(times, np.array(cause) > 0)
    relapse = cumulative_incidence(times, np.array(cause), of=1, censored=0)
    death = cumulative_incidence(times, np.array(cause), of=2, censored=0)
    for ours, key in (
        (overall.at(730.5), "os_at_2y"),
        (overall.at(731), "os_at_731"),
        (free.at(730.5), "dfs_at_2y"),
        (relapse.at(730.5), "cir_at_2y"),
        (death.at(730.5), "trm_at_2y"),
    ):
        assert same(ours.estimate, float(Fraction(leaves.take(key).split(" ")[0])))
    added = relapse.at(730.5).estimate + death.at(730.5).estimate + free.at(730.5).estimate
    assert same(added, leaves.take("cir_plus_trm_plus_dfs"))
    steps = {20: "14/15", 90: "13/15", 95: "12/15", 150: "10/15", 400: "4/9"}
    prose = leaves.take("steps_os")
    assert all(
        fraction in prose and same(overall.at(day).estimate, float(Fraction(fraction)))
        for day, fraction in steps.items()
    )
    leaves.take("steps_cir")  # its sum, 52/104, is cir_at_2y


def read_wrong_answers(leaves: Leaves, dataset: str, node: dict[str, float]) -> None:
    """What must never be reported: each is reached by its mistake, and is not what we give."""
    times, cause = columns("dfs_time", "cir_status")
    relapsed = np.array(cause) == 1
    naive = 1 - kaplan_meier(times, relapsed).at(730.5).estimate
    assert same(naive, leaves.take("naive_one_minus_km_relapse_at_2y"))
    assert same(relapsed.mean(), leaves.take("crude_relapse_fraction"))
    os_times, os_event = columns("os_time", "os_event")
    assert same(np.mean(os_event), leaves.take("crude_dead_fraction"))
    honest = cumulative_incidence(times, np.array(cause), of=1, censored=0).at(730.5).estimate
    assert honest not in (naive, relapsed.mean())
    assert kaplan_meier(os_times, os_event).at(730.5).estimate != 1 - np.mean(os_event)


def read_binomial(leaves: Leaves, dataset: str, node: dict[str, Any]) -> None:
    paths = sorted({path[:-1] for path in leaves.unread if path[-1] == "x"}, key=str)
    for path in paths:
        ours = clopper_pearson(leaves.take(*path, "x"), leaves.take(*path, "n"))
        lower, upper = leaves.column(*path, "clopper_pearson95")
        assert same(ours.lower, lower)
        assert same(ours.upper, upper)


def read_one_sample(leaves: Leaves, dataset: str, node: dict[str, Any]) -> None:
    """hand15 against an exponential control with 30 % alive at two years."""
    times, event = columns("os_time", "os_event")
    ours = one_sample_logrank(times, event, control=exponential_control(0.30, at=730.5))
    leaves.take("note")
    for key, value in (
        ("observed", ours.observed),
        ("expected", ours.expected),
        ("smr", ours.ratio),
        ("z", ours.z),
        ("p_one_sided", ours.p),
        ("z_mid", ours.z_mid),
        ("p_one_sided_mid", ours.p_mid),
        ("p_exact_poisson_one_sided", ours.p_exact),
    ):
        assert same(value, leaves.take(key)), key


def columns(time: str, status: str) -> tuple[list[int], list[int]]:
    rows = [row for row in people("hand15") if row[time]]
    return [int(row[time]) for row in rows], [int(row[status]) for row in rows]


READERS = {
    "analyses": read_analysis,
    "edge_cases": read_edge_case,
    "tests": read_tests,
    "n": read_number_of_people,
    "two_years": read_two_years,
    "by_hand": read_by_hand,
    "wrong_answers_to_avoid": read_wrong_answers,
    "exact_binomial": read_binomial,
    "one_sample_logrank": read_one_sample,
} | dict.fromkeys(PROSE, read_prose)
