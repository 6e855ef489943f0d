"""Endpoints against R and against fractions worked by hand: hand15, fifteen invented people with many ties.

Expected values: tests/data/reference/hand15.json (R 4.2.2; survfit, cuminc, bpcp; `by_hand` gives the fractions).
"""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from endpoints_story import CID, CIR, DFS, FAR, OS, STUDY, trial_of

from trialwright.endpoints import EndpointResult, Reading, estimate, in_remission, landmark
from trialwright.ledger import Trial
from trialwright.study import Endpoint

DATA = Path(__file__).parent.parent / "data" / "reference"
REFERENCE: dict[str, Any] = json.loads((DATA / "hand15.json").read_text())
ANALYSES: dict[str, Any] = {analysis["id"]: analysis for analysis in REFERENCE["analyses"]}


def hand15() -> Trial:
    lines: list[str] = []
    with (DATA / "hand15.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            who = row["id"]
            lines.append(f"{who} 0 enrolled CR1 in remission" if row["cr_day"] == "0" else f"{who} 0 enrolled relapsed")
            lines += [f"{who} {row['cr_day']} CR"] if row["cr_day"] else []
            lines += [f"{who} {row['relapse_day']} relapsed"] if row["relapse_day"] else []
            if row["dead"] == "1":
                lines.append(f"{who} {row['last_day']} died")
            else:
                lines.append(f"{who} {row['last_day']} seen")
                lines += [f"{who} {row['last_day']} kept"] if not row["relapse_day"] else []
    return trial_of("\n".join(lines))


TRIAL = hand15()


def measured(endpoint: Endpoint) -> EndpointResult:
    return estimate(STUDY, TRIAL, endpoint, FAR)


def read(endpoint: Endpoint, day: float) -> Reading:
    found = measured(endpoint).at(day)
    assert found is not None
    return found


@pytest.mark.parametrize("endpoint", [OS, DFS], ids=lambda endpoint: endpoint.id)
def test_survival_through_the_ledger_is_what_survfit_says(endpoint: Endpoint) -> None:
    expected = ANALYSES[endpoint.id]
    result = measured(endpoint)
    assert (result.n, sum(result.events.values())) == (expected["n"], expected["events"])
    for at, day in enumerate(expected["times"]):
        found = read(endpoint, day)
        assert found.usual.at_risk == expected["n_risk_just_before"][at]
        if expected["beyond_last"][at]:
            assert (found.usual.estimate, found.shown.lower) == (None, None)
            assert found.usual.note is not None
            continue
        assert found.usual.estimate == pytest.approx(expected["survival"][at], abs=1e-9)
        if 0 < expected["survival"][at] < 1:  # R prints [1, 1] where no interval exists
            assert found.usual.se == pytest.approx(expected["se_greenwood"][at], abs=1e-9)
            assert found.usual.lower == pytest.approx(expected["ci95"]["log-log"]["lower"][at], abs=1e-9)
            assert found.usual.upper == pytest.approx(expected["ci95"]["log-log"]["upper"][at], abs=1e-9)
    assert result.median is not None
    assert result.median.estimate == expected["median"]["log-log"]["estimate"]


@pytest.mark.parametrize("endpoint", [OS, DFS], ids=lambda endpoint: endpoint.id)
def test_the_beta_product_interval_stands_beside_the_usual_one(endpoint: Endpoint) -> None:
    expected = ANALYSES[endpoint.id]["small_sample_ci95_at_2y"]["bpcp"]
    exact = measured(endpoint).horizon.exact
    assert exact is not None
    assert [exact.lower, exact.upper] == pytest.approx([expected["lower"], expected["upper"]], abs=1e-9)


@pytest.mark.parametrize(("endpoint", "cause"), [(CIR, 1), (CID, 2)], ids=["cir", "cid"])
def test_incidence_through_the_ledger_is_what_survfit_says(endpoint: Endpoint, cause: int) -> None:
    expected = ANALYSES["cir"]
    (of_cause,) = [one for one in expected["causes"] if one["cause"] == cause]
    last = expected["max_time"]
    for at, day in enumerate(expected["times"]):
        found = read(endpoint, day).usual
        if day <= last:
            assert found.estimate == pytest.approx(of_cause["cif"][at], abs=1e-9)
            assert found.se == pytest.approx(of_cause["se_infinitesimal_jackknife"][at], abs=1e-9)
        else:
            assert found.estimate is None


def test_two_years_by_hand() -> None:
    at_two_years = [read(endpoint, 730.5).usual.estimate for endpoint in (OS, DFS, CIR, CID)]
    assert at_two_years == pytest.approx([4 / 9, 9 / 26, 1 / 2, 2 / 13], abs=1e-12)


def test_day_731_is_after_two_years() -> None:
    assert read(OS, 731).usual.estimate == pytest.approx(1 / 3, abs=1e-12)  # P09 dies half a day after two years


def test_one_minus_kaplan_meier_is_never_the_incidence_of_relapse() -> None:
    wrong = REFERENCE["wrong_answers_to_avoid"]["naive_one_minus_km_relapse_at_2y"]
    assert abs((read(CIR, 730.5).usual.estimate or 0) - wrong) > 0.08


def test_median_follow_up_counts_deaths_out_before_censorings() -> None:
    expected = ANALYSES["os"]["reverse_km_median_followup"]["prodlim_reverse"]["first_time_surv_le_half"]
    found = measured(OS).follow_up
    assert found.median.estimate == expected
    assert (found.event_free, found.shortest, found.longest) == (6, 150, 1000)  # P04, P05, P07, P08, P10, P15


def test_survival_from_a_landmark_is_what_survfit_says_of_the_survivors() -> None:
    expected = ANALYSES["os_landmark_100"]
    days = tuple(expected["times"])
    together = landmark(STUDY, TRIAL, OS, FAR, landmark_days=100, grouped=lambda so_far: "all", at_days=days)
    (group,) = together.groups
    assert (len(group.people), len(together.before)) == (expected["n"], 3)
    for at, reading in enumerate(group.readings):
        assert reading.usual.estimate == pytest.approx(expected["survival"][at], abs=1e-9)
        assert reading.usual.lower == pytest.approx(expected["ci95"]["log-log"]["lower"][at], abs=1e-9)


def test_a_landmark_groups_people_by_what_was_known_on_that_day() -> None:
    groups = {group.value: len(group.people) for group in landmark(STUDY, TRIAL, OS, FAR, landmark_days=29).groups}
    # P11 (day 30) and P14 (day 45) are in remission later: on day 29 they were not. P12 was dead.
    assert groups == {"in remission by the landmark": 11, "not in remission by the landmark": 3}
    assert landmark(STUDY, TRIAL, OS, FAR, landmark_days=45, grouped=in_remission).groups[0].value.startswith("in ")
