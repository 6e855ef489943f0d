"""Two tables of real trials through the whole path: table, ledger, casebooks, times, estimates.

Expected values: tests/data/reference/*.json, by R 4.2.2 (survival 3.5-3, cmprsk 2.2-11), to 1e-9. The tables, what
their columns mean, and one death that has two days: tests/data/myeloid and tests/data/kmsurv_bmt, each with a README.
"""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from trialwright.endpoints import EndpointResult, Group, Reading, estimate_all
from trialwright.exchange import Imported, import_csv
from trialwright.ledger import Actor, Trial
from trialwright.ledger.entry import Mood
from trialwright.ledger.kinds import Adopted
from trialwright.stats import Survival, kaplan_meier, restricted_mean
from trialwright.store import check_store, create, trial
from trialwright.study import Study, read_study

DATA = Path(__file__).parent.parent / "data"
MANAGER = Actor("DM-1", "data manager")
CUT_OFF = date(2020, 1, 1)
TABLES = ("myeloid", "kmsurv_bmt")


class Line:
    """A table brought all the way from its file to its estimates."""

    def __init__(self, name: str, at: Path) -> None:
        folder = DATA / name
        file = read_study((folder / "study.yaml").read_text(), "study.yaml")
        adopted = Adopted(file.text, file.sha256, file.study.version, False, 0, {"TABLE": "UTC"})
        self.study: Study = file.study
        self.reference: dict[str, Any] = json.loads((DATA / "reference" / f"{name}.json").read_text())
        with create(at / f"{name}.db", adopted, study=file.study.id, site="TABLE", actor=MANAGER) as store:
            table, map_file = folder / f"{name}.csv", folder / "map.yaml"
            answer = import_csv(store, self.study, table, map_file, actor=MANAGER, site="TABLE")
            assert isinstance(answer, Imported)
            self.imported = answer
            self.again = import_csv(store, self.study, table, map_file, actor=MANAGER, site="TABLE")
            self.verified = check_store(store)
            self.trial: Trial = trial(store)
        self.results = {result.endpoint.id: result for result in estimate_all(self.study, self.trial, CUT_OFF)}

    def analysis(self, name: str) -> dict[str, Any]:
        (found,) = [one for one in self.reference["analyses"] if one["id"] == name]
        assert isinstance(found, dict)
        return found


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Line]:
    at = tmp_path_factory.mktemp("ledgers")
    return {name: Line(name, at) for name in TABLES}


SURVIVAL = [("myeloid", "os", "os_all"), ("myeloid", "dfs", "dfs_all")]
SURVIVAL += [("kmsurv_bmt", "os", "os_all"), ("kmsurv_bmt", "dfs", "dfs_all")]
INCIDENCE = [("myeloid", "cir", "cir_all", 1), ("myeloid", "cid", "cir_all", 2)]
INCIDENCE += [("kmsurv_bmt", "cir", "cif_all", 1), ("kmsurv_bmt", "cid", "cif_all", 2)]


@pytest.mark.parametrize(("name", "endpoint", "analysis"), SURVIVAL)
def test_survival_is_what_survfit_says(lines: dict[str, Line], name: str, endpoint: str, analysis: str) -> None:
    expected, result = lines[name].analysis(analysis), lines[name].results[endpoint]
    assert (result.n, sum(result.events.values())) == (expected["n"], expected["events"])
    for at, day in enumerate(expected["times"]):
        found = reading(result, day).usual
        assert found.at_risk == expected["n_risk_just_before"][at]
        if expected["beyond_last"][at]:
            assert found.estimate is None
            continue
        assert found.estimate == pytest.approx(expected["survival"][at], abs=1e-9)
        assert found.se == pytest.approx(expected["se_greenwood"][at], abs=1e-9)
        assert found.lower == pytest.approx(expected["ci95"]["log-log"]["lower"][at], abs=1e-9)
        assert found.upper == pytest.approx(expected["ci95"]["log-log"]["upper"][at], abs=1e-9)
    median = expected["median"]["log-log"]
    assert result.median is not None
    assert [result.median.estimate, result.median.lower, result.median.upper] == list(median.values())
    followed = expected["reverse_km_median_followup"]["prodlim_reverse"]["first_time_surv_le_half"]
    assert result.follow_up.median.estimate == followed


@pytest.mark.parametrize(("name", "endpoint", "analysis", "cause"), INCIDENCE)
def test_incidence_is_what_survfit_says(
    lines: dict[str, Line], name: str, endpoint: str, analysis: str, cause: int
) -> None:
    expected, result = lines[name].analysis(analysis), lines[name].results[endpoint]
    assert result.n == expected["n"]
    (of_cause,) = [one for one in expected["causes"] if one["cause"] == cause]
    limits = of_cause["ci95_survfit"]["log-log"]
    for at, day in enumerate(expected["times"]):
        found = reading(result, day).usual
        if day > expected["max_time"]:
            assert found.estimate is None
            continue
        assert found.estimate == pytest.approx(of_cause["cif"][at], abs=1e-9)
        assert found.se == pytest.approx(of_cause["se_infinitesimal_jackknife"][at], abs=1e-9)
        assert [found.lower, found.upper] == pytest.approx([limits["lower"][at], limits["upper"][at]], abs=1e-9)


@pytest.mark.parametrize(
    ("name", "endpoint", "by", "value", "analysis"),
    [
        ("myeloid", "os", "arm", "A", "os_A"),
        ("myeloid", "dfs", "arm", "B", "dfs_B"),
        ("kmsurv_bmt", "os", "group", "ALL", "os_ALL"),
        ("kmsurv_bmt", "dfs", "group", "AML high risk", "dfs_AML_high"),
        ("kmsurv_bmt", "dfs", "group", "ALL", "dfs_ALL"),
    ],
)
def test_each_stratum_is_what_survfit_says_of_it(
    lines: dict[str, Line], name: str, endpoint: str, by: str, value: str, analysis: str
) -> None:
    expected, group = lines[name].analysis(analysis), stratum(lines[name].results[endpoint], by, value)
    at = expected["times"].index(730.5)
    assert (group.n, group.events) == (expected["n"], expected["events"])
    found = group.readings[-1].usual
    assert found.estimate == pytest.approx(expected["survival"][at], abs=1e-9)
    assert found.se == pytest.approx(expected["se_greenwood"][at], abs=1e-9)
    assert group.median is not None
    assert group.median.estimate == expected["median"]["log-log"]["estimate"]


def test_the_twenty_with_a_relapse_and_no_remission_count_for_survival_only(lines: dict[str, Line]) -> None:
    results = lines["myeloid"].results
    assert (results["os"].n, results["dfs"].n) == (646, 454)
    reasons = {one.why_excluded for one in results["dfs"].times.excluded}
    assert reasons == {"no CR, CRh or CRi at enrolment or since"}
    relapsed = {row["id"] for row in rows("myeloid") if row["rltime"] and not row["crtime"]}
    assert len(relapsed) == 20
    assert relapsed <= {one.code.removeprefix("M-") for one in results["dfs"].times.excluded}


def test_the_death_with_two_days_touches_the_restricted_mean_and_nothing_else(lines: dict[str, Line]) -> None:
    """We count it on day 350, the reference on day 332; nobody else's time ends from then until then."""
    ends = sorted((float(row["t2"]), row["id"]) for row in rows("kmsurv_bmt") if 332 <= float(row["t2"]) <= 350)
    assert ends == [(332.0, "38")]
    (ours,) = [one for one in lines["kmsurv_bmt"].results["dfs"].times.included if one.code == "B-38"]
    assert (ours.days, ours.cause) == (350, "death")

    curve = lines["kmsurv_bmt"].results["dfs"].curve
    assert isinstance(curve, Survival)
    theirs = kaplan_meier(
        [int(row["t2"]) for row in rows("kmsurv_bmt")], [row["d3"] == "1" for row in rows("kmsurv_bmt")]
    )
    expected = lines["kmsurv_bmt"].analysis("dfs_all")["rmst"]["estimate"]
    assert restricted_mean(theirs, 730.5).estimate == pytest.approx(expected, abs=1e-9)
    step = (theirs.at(331).estimate or 0.0) - (theirs.at(332).estimate or 0.0)
    assert restricted_mean(curve, 730.5).estimate == pytest.approx(expected + 18 * step, abs=1e-9)
    assert [day for day in range(2641) if theirs.at(day).estimate != curve.at(day).estimate] == list(range(332, 350))


@pytest.mark.parametrize("name", TABLES)
def test_every_entry_is_marked_historical_and_the_ledger_verifies(lines: dict[str, Line], name: str) -> None:
    line = lines[name]
    assert {entry.mood for book in line.trial.casebooks.values() for entry in book.entries} == {Mood.HISTORICAL}
    assert line.imported.people == len(rows(name)) == len(line.trial.enrolled)
    assert line.verified.ok


@pytest.mark.parametrize("name", TABLES)
def test_importing_the_same_table_twice_is_one_import(lines: dict[str, Line], name: str) -> None:
    assert lines[name].again == lines[name].imported


@pytest.mark.parametrize("name", TABLES)
def test_event_free_and_failed_add_up_to_one(lines: dict[str, Line], name: str) -> None:
    results = lines[name].results
    for day in (*range(0, 2300, 7), 730.5):
        parts = [reading(results[endpoint], day).usual.estimate for endpoint in ("dfs", "cir", "cid")]
        assert sum(part or 0.0 for part in parts) == pytest.approx(1.0, abs=1e-12)


def test_a_table_of_the_past_says_how_many_were_followed_without_calling_itself_interim(lines: dict[str, Line]) -> None:
    past = sum(float(row["futime"]) >= 730.5 for row in rows("myeloid"))
    dead = 267  # R's cumulative events at 730.5 days: os_all in ../data/reference/myeloid.json
    said = lines["myeloid"].results["os"].interim
    assert said == f"{dead + past} of 646 followed two years ({dead} of them until death)"


def reading(result: EndpointResult, day: float) -> Reading:
    found = result.at(day)
    assert found is not None
    return found


def stratum(result: EndpointResult, by: str, value: str) -> Group:
    (found,) = [group for group in result.groups if (group.by, group.value) == (by, value)]
    return found


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))
