"""The tables of tests/spec/criteria: every row is one person and the answer the rule must give."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from trialwright.criteria import (
    Anchors,
    Criterion,
    CriterionStatus,
    Effect,
    Judged,
    Kind,
    ReasonKind,
    ReferenceRange,
    judge,
    read_facts,
    shipped_library,
)
from trialwright.facts import parse_occurred


class Yaml12(yaml.SafeLoader):
    """YAML 1.2's booleans: `on` is a word."""


Yaml12.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)\Z"), list("tf"))

SPEC = Path(__file__).parents[1] / "spec" / "criteria"
ROWS = [(path.stem, row) for path in sorted(SPEC.glob("*.yaml")) for row in yaml.load(path.read_text("utf-8"), Yaml12)]
KEYS = {"case", "rule", "kind", "facts", "anchors", "ranges", "on", "born", "sex", "confirmed"}
ANSWERS = {"status", "effect", "reasons", "says"}
OUTCOME = {("inclusion", "met"): "allows", ("inclusion", "not met"): "bars"}
OUTCOME |= {("exclusion", "met"): "bars", ("exclusion", "not met"): "allows"}


def asked(row: dict[str, Any]) -> Judged:
    person = read_facts({"born": row.get("born", "1971-05"), "sex": row.get("sex", "female"), "facts": row["facts"]})
    criterion = Criterion(
        id="row",
        kind=Kind(row.get("kind", "inclusion")),
        text=row["case"],
        rule=row["rule"],
        confirmed="the table" if row.get("confirmed", True) else None,
    )
    anchors = Anchors({name: parse_occurred(text) for name, text in row.get("anchors", {}).items()})
    ranges = [site_range(each) for each in row.get("ranges", [])]
    on = date.fromisoformat(row.get("on", "2026-11-22"))
    return judge([criterion], person, anchors, on, shipped_library(), ranges=ranges).criteria[0]


def site_range(given: dict[str, Any]) -> ReferenceRange:
    values = dict(given)
    for end in ("low", "high"):
        if end in values:
            values[end] = Decimal(values[end])
    for day in ("valid_from", "valid_to"):
        if day in values:
            values[day] = date.fromisoformat(values[day])
    return ReferenceRange(**values)


@pytest.mark.parametrize(("table", "row"), ROWS, ids=[f"{table}: {row['case']}" for table, row in ROWS])
def test_the_rule_answers_as_the_table_says(table: str, row: dict[str, Any]) -> None:
    assert set(row) <= KEYS | ANSWERS
    judged = asked(row)
    assert judged.status.value == row["status"], judged.reasons
    kind = row.get("kind", "inclusion")
    assert judged.effect.value == row.get("effect", OUTCOME.get((kind, row["status"]), "undecided"))
    if "reasons" in row or row["status"] == "unknown":
        assert sorted({reason.kind.value for reason in judged.reasons}) == sorted(row["reasons"])
    if "says" in row:
        shown = [reason.text for reason in judged.reasons] + [seen.conversion for seen in judged.evidence]
        assert any(row["says"] in text for text in shown), shown


def test_the_tables_meet_every_reason_status_and_effect() -> None:
    reasons = {reason for _, row in ROWS for reason in row.get("reasons", [])}
    assert reasons == {kind.value for kind in ReasonKind}
    assert {row["status"] for _, row in ROWS} == {status.value for status in CriterionStatus}
    assert {asked(row).effect for _, row in ROWS} == set(Effect)


def test_an_unknown_answer_always_has_a_reason_that_says_something() -> None:
    for _, row in ROWS:
        judged = asked(row)
        if judged.status is CriterionStatus.UNKNOWN:
            assert judged.reasons
        assert all(len(reason.text) > 10 for reason in judged.reasons)


def test_no_two_rows_of_the_tables_have_one_name() -> None:
    names = [(table, row["case"]) for table, row in ROWS]
    assert len(names) == len(set(names))
