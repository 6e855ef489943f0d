"""Fifteen invented participants under the endpoint rules, against R survival 3.5-3 and cmprsk 2.2-11.

The rules are applied here, in the test, so that they are judged apart from the room that will apply them:
OS for all from enrolment; DFS, CIR and CID for those with a remission, from the later of enrolment and remission, event
relapse or death, whichever first, censored at the last contact. The file prints six digits: 1e-6.
"""

import csv
from dataclasses import dataclass

import pytest
from stats_reference import FOLDER, Leaves, reference, same

from trialwright.stats import CENSORED, cumulative_incidence, kaplan_meier

PRINTED = 1e-6


@dataclass(frozen=True)
class Times:
    overall: tuple[list[int], list[bool]]
    remission: tuple[list[int], list[object]]


def endpoint_times(file: str) -> Times:
    with (FOLDER / "celltherapy" / file).open(newline="") as opened:
        rows = [{k: int(v) if v else None for k, v in row.items()} for row in csv.DictReader(opened)]
    overall = [row["death_day"] if row["death_day"] is not None else row["last_contact_day"] for row in rows]
    in_remission = [row for row in rows if row["remission_day"] is not None]
    times, causes = [], []
    for row in in_remission:
        ends = [(row["relapse_day"], 0, "relapse"), (row["death_day"], 1, "death")]
        ends = [end for end in ends if end[0] is not None] or [(row["last_contact_day"], 2, CENSORED)]
        day, _, cause = min(ends, key=lambda end: end[:2])
        times.append(day - max(0, row["remission_day"]))
        causes.append(cause)
    return Times((overall, [row["death_day"] is not None for row in rows]), (times, causes))


@pytest.mark.parametrize("file", ["endpoints_15.csv", "endpoints_15_prior_remission.csv"])
def test_the_endpoint_rules_give_rs_values_also_with_remissions_before_enrolment(file: str) -> None:
    leaves = Leaves(reference("celltherapy/endpoints_15"))
    people = endpoint_times(file)
    times, causes = people.remission
    failed = [cause is not CENSORED for cause in causes]
    curves = {
        "os": kaplan_meier(*people.overall),
        "dfs": kaplan_meier(times, failed),
        "cir": cumulative_incidence(times, causes, of="relapse", variance="aalen"),
        "cid": cumulative_incidence(times, causes, of="death", variance="aalen"),
    }
    for name, curve in curves.items():
        if leaves.has(name, "n"):
            assert curve.n == leaves.take(name, "n")
        for day in {path[2] for path in leaves.unread if path[0] == name}:
            ours = curve.at(float(day))
            for field in ("estimate", "se", "lower", "upper"):
                if leaves.has(name, "at", day, field):
                    assert same(getattr(ours, field), leaves.take(name, "at", day, field), PRINTED), (name, day, field)
            if leaves.has(name, "at", day, "cmprsk_variance"):
                assert same(ours.se**2, leaves.take(name, "at", day, "cmprsk_variance"), PRINTED), (name, day)
            if leaves.has(name, "at", day, "log_ci"):
                log = kaplan_meier(*people.overall, interval="log").at(float(day))
                lower, upper = leaves.column(name, "at", day, "log_ci")
                assert same(log.lower, lower, PRINTED)
                assert same(log.upper, upper, PRINTED)
    naive = 1 - kaplan_meier(times, [cause == "relapse" for cause in causes]).at(700).estimate
    assert same(naive, leaves.take("never_report", "one_minus_km_relapse_700"), PRINTED)
    assert naive > curves["cir"].at(700).estimate + 0.01
    leaves.prose()
    assert not leaves.unread


def test_counting_from_a_remission_before_enrolment_would_give_immortal_time() -> None:
    """The trap: remissions 180 days before enrolment, counted from the remission, give DFS(365) .692 for .615."""
    times, causes = endpoint_times("endpoints_15.csv").remission
    with (FOLDER / "celltherapy" / "endpoints_15.csv").open(newline="") as file:
        days = [int(row["remission_day"]) for row in csv.DictReader(file) if row["remission_day"]]
    late = [time + 180 if day == 0 else time for time, day in zip(times, days, strict=True)]
    failed = [cause is not CENSORED for cause in causes]
    assert kaplan_meier(late, failed).at(365).estimate == pytest.approx(0.692, abs=5e-4)
    assert kaplan_meier(times, failed).at(365).estimate == pytest.approx(0.615, abs=5e-4)
