"""Endpoints against R, through the ledger's nouns: fifteen invented participants.

Expected values: tests/data/reference/celltherapy/endpoints_15.json, by R 4.2.2, survival 3.5-3 and cmprsk 2.2-11,
printed to six digits. The second table has the same people with the remissions of those enrolled in remission dated
before enrolment: counting from those days would give them time in which they could not have failed.
"""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from endpoints_story import CID, CIR, DFS, FAR, OS, STUDY, trial_of

from trialwright.endpoints import EndpointResult, estimate
from trialwright.ledger.trial import Trial
from trialwright.study import Endpoint

DATA = Path(__file__).parent.parent / "data" / "reference" / "celltherapy"
EXPECTED: dict[str, Any] = json.loads((DATA / "endpoints_15.json").read_text())
TABLES = ("endpoints_15.csv", "endpoints_15_prior_remission.csv")


def trial_from(table: str) -> Trial:
    """The table as a story. Day 0 is enrolment; a remission on or before it is a remission at enrolment."""
    lines: list[str] = []
    with (DATA / table).open(newline="") as file:
        for row in csv.DictReader(file):
            who, last = f"S-{row['participant']}", row["last_contact_day"]
            at_enrolment = row["remission_day"] != "" and int(row["remission_day"]) <= 0
            if at_enrolment:
                lines += [f"{who} {row['remission_day']} CR", f"{who} 0 enrolled CR1 in remission"]
            else:
                lines.append(f"{who} 0 enrolled relapsed")
                lines += [f"{who} {row['remission_day']} CR"] if row["remission_day"] else []
            lines += [f"{who} {row['relapse_day']} relapsed"] if row["relapse_day"] else []
            if row["death_day"]:
                lines.append(f"{who} {row['death_day']} died")
            else:
                lines.append(f"{who} {last} seen")
                lines += [f"{who} {last} kept"] if row["remission_day"] and not row["relapse_day"] else []
    return trial_of("\n".join(lines))


@pytest.fixture(params=TABLES)
def trial(request: pytest.FixtureRequest) -> Trial:
    return trial_from(request.param)


def measured(trial: Trial, endpoint: Endpoint) -> EndpointResult:
    return estimate(STUDY, trial, endpoint, FAR)


@pytest.mark.parametrize("endpoint", [OS, DFS, CIR, CID], ids=lambda endpoint: endpoint.id)
def test_every_printed_value_of_r_is_reproduced(trial: Trial, endpoint: Endpoint) -> None:
    expected = EXPECTED[endpoint.id]
    result = measured(trial, endpoint)
    assert result.n == expected["n"]
    for day, values in expected["at"].items():
        found = result.at(float(day))
        assert found is not None
        assert found.usual.estimate == pytest.approx(values["estimate"], abs=5e-7)
        for name in ("se", "lower", "upper"):
            if name in values:
                assert getattr(found.usual, name) == pytest.approx(values[name], abs=5e-7)


def test_fifteen_are_enrolled_and_thirteen_reach_a_remission_that_counts(trial: Trial) -> None:
    left_out = measured(trial, DFS).times.excluded
    assert {(one.code, one.why_excluded) for one in left_out} == {
        ("S-07", "no CR, CRh or CRi at enrolment or since"),
        ("S-10", "no CR, CRh or CRi at enrolment or since"),
    }
