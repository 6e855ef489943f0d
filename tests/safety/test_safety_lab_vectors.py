"""Every value of the reference table has the grade that the printed CTCAE v5.0 gives it."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from trialwright.facts import Quantity, Range, parse_decimal
from trialwright.safety.laboratory.grading import AutoGrade, Unanswered, grade_value
from trialwright.safety.laboratory.rules import Flag, rule_of

TABLE = Path(__file__).parents[1] / "data" / "reference" / "ctcae" / "lab_test_vectors_v5.0.csv"
ROWS = tuple(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


def decimal(text: str) -> Decimal | None:
    return parse_decimal(text) if text else None


def graded(row: dict[str, str], unanswered: Unanswered) -> AutoGrade:
    unit = "umol/L" if row["unit"] == "any" else row["unit"]
    baseline = decimal(row["baseline"])
    return grade_value(
        rule_of(row["term"]),
        Quantity(parse_decimal(row["value"]), unit),
        range=Range(decimal(row["lln"]), decimal(row["uln"])),
        baseline=None if baseline is None else Quantity(baseline, unit),
        flags=frozenset(Flag[flag.upper()] for flag in row["flags"].split()),
        unanswered=unanswered,
    )


def test_no_row_is_missing() -> None:
    assert len(ROWS) == 123
    assert len({row["term"] for row in ROWS}) == 12


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['term'].split()[0]}-{row['value']}-{row['baseline']}")
def test_a_value_has_the_grade_of_the_table(row: dict[str, str]) -> None:
    grade = graded(row, Unanswered.NOT_SO)
    assert (grade.lowest, grade.highest, grade.text) == (
        int(row["expected_grade"]),
        int(row["expected_grade"]),
        row["expected_grade"],
    )
    assert grade.known
    assert not grade.reasons
    assert (grade.rule == "no clause holds") == (row["expected_grade"] == "0")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['term'].split()[0]}-{row['value']}-{row['baseline']}")
def test_where_nothing_unsaid_is_taken_as_no_the_grade_of_the_table_stays_possible(row: dict[str, str]) -> None:
    grade = graded(row, Unanswered.UNKNOWN)
    assert grade.lowest == int(row["expected_grade"])
    assert grade.known == (not grade.reasons)
