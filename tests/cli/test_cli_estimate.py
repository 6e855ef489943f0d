"""`trialwright estimate` on tables nobody here made. Expected numbers: R, in tests/data/reference (see its README)."""

import json
from pathlib import Path

import pytest
from shell import DATA, trialwright

HAND15 = DATA / "reference" / "hand15.csv"
EXPECTED = json.loads((DATA / "reference" / "hand15.json").read_text())


def test_survival_at_two_years_is_what_r_says():
    ran = trialwright(
        "estimate", "survival", HAND15, "--time", "os_time", "--event", "os_event", "--at", "730.5", "--json"
    )
    assert ran.code == 0
    found = ran.json
    assert (found["n"], found["events"]) == (15, 9)
    assert found["at"][0]["estimate"] == pytest.approx(4 / 9, abs=1e-12)  # by hand, in the reference file
    assert found["median"]["estimate"] == 400
    assert set(found["at"][0]) == {"time", "estimate", "se", "lower", "upper", "at_risk"}


def test_incidence_leaves_out_people_the_question_is_not_about():
    ran = trialwright(
        "estimate",
        "incidence",
        HAND15,
        "--time",
        "dfs_time",
        "--cause",
        "cir_status",
        "--of",
        "1",
        "--at",
        "730.5",
        "--json",
    )
    assert ran.json["n"] == 13
    assert ran.json["left_out"] == 2
    assert ran.json["at"][0]["estimate"] == pytest.approx(0.5, abs=1e-12)  # by hand, in the reference file


def test_groups_carry_the_logrank_test_of_r():
    ran = trialwright(
        "estimate",
        "survival",
        HAND15,
        "--time",
        "os_time",
        "--event",
        "os_event",
        "--at",
        "365",
        "--by",
        "entry_status",
        "--json",
    )
    expected = EXPECTED["tests"]["os_by_entry_status"]["logrank"]
    assert sorted(ran.json["groups"]) == ["CR", "RR"]
    assert ran.json["logrank"]["chisq"] == pytest.approx(expected["chisq"], abs=1e-9)
    assert ran.json["logrank"]["df"] == 1


def test_groups_carry_the_gray_test_of_r():
    ran = trialwright(
        "estimate", "incidence", HAND15, "--time", "dfs_time", "--cause", "cir_status", "--of", "1", "--at", "365",
        "--by", "entry_status", "--json",
    )  # fmt: skip
    expected = next(row for row in EXPECTED["tests"]["cir_by_entry_status_gray"] if str(row["cause"]) == "1")
    assert ran.json["gray"]["chisq"] == pytest.approx(expected["chisq"], abs=1e-9)


def test_what_cannot_be_estimated_is_null_with_a_note():
    ran = trialwright(
        "estimate", "survival", HAND15, "--time", "os_time", "--event", "os_event", "--at", "1200", "--json"
    )
    assert ran.code == 0
    assert ran.json["at"][0]["estimate"] is None
    assert "after the end of follow-up" in ran.json["at"][0]["note"]


@pytest.mark.parametrize(
    ("text", "words", "told"),
    [
        ("t,e\n10,1\nx,1\n", (), "table.csv:3:1: t is 'x'; expected a number from 0 up"),
        ("t,e\n10,1\n-3,1\n", (), "table.csv:3:1: t is '-3'"),
        ("t,e\n10,1\n٣,1\n", (), "table.csv:3:1"),
        ("t,e\n10\n", (), "table.csv:2:1: 1 fields, but 2 columns"),
        ("t,t,e\n1,2,1\n", (), "column 't' stands twice"),
        ("a,b\n1,2\n", (), "column 't' is not in the first line; it has: a, b"),
        ("", (), "table.csv: the table is empty"),
        ("t,e\n10,1\n", ("--at", "soon"), "'soon' is not a time"),
        ("t,e\n10,1\n", ("--level", "2"), "--level 2.0"),
        ("t,e\n10,1\n1e999,1\n", (), "table.csv:3:1: t is '1e999'"),
        ("t;e\n10;1\n", (), "no commas in the first line: 't;e'"),
        ("t,e\n", (), "table.csv:1: a line of column names and nobody below it"),
        ('t,e\n10,"1\n', (), "table.csv:2:4: a quote that is never closed"),
        ("t,e\n,1\n", (), "table.csv:2:1: t is ''"),
    ],
)
def test_a_bad_table_is_named_with_its_line_and_leaves_standard_output_empty(tmp_path: Path, text, words, told):
    table = tmp_path / "table.csv"
    table.write_text(text, encoding="utf-8")
    given = words if "--at" in words else ("--at", "5", *words)
    ran = trialwright("estimate", "survival", table, "--time", "t", "--event", "e", *given, "--json")
    assert ran.code == 2
    assert ran.out == ""
    assert told in ran.err


def test_bytes_that_are_no_text_are_named_by_their_place(tmp_path: Path):
    table = tmp_path / "table.csv"
    table.write_bytes(b"t,e\n1,\xff\n")
    ran = trialwright("estimate", "survival", table, "--time", "t", "--event", "e", "--at", "5")
    assert ran.code == 2
    assert "table.csv:2:3: byte 0xff is not UTF-8" in ran.err


def test_every_fault_of_a_table_is_told_at_once(tmp_path: Path):
    table = tmp_path / "table.csv"
    table.write_text("t,e\na,1\nb,1\n3,1\n")
    ran = trialwright("estimate", "survival", table, "--time", "t", "--event", "e", "--at", "5")
    assert "table.csv:2:1" in ran.err
    assert "table.csv:3:1" in ran.err


@pytest.mark.parametrize(
    ("kind", "words"), [("survival", ("--event", "e")), ("incidence", ("--cause", "e", "--of", "1"))]
)
def test_a_test_between_groups_in_which_nothing_happened_says_so(tmp_path: Path, kind, words):
    table = tmp_path / "table.csv"
    table.write_text("t,e,g\n1,0,a\n2,0,a\n3,0,b\n4,0,b\n")
    asked = ("estimate", kind, table, "--time", "t", *words, "--at", "2", "--by", "g")
    ran = trialwright(*asked)
    assert ran.code == 0
    assert "not computed; no event was seen while two groups were at risk" in ran.out
    test = trialwright(*asked, "--json").json[{"survival": "logrank", "incidence": "gray"}[kind]]
    assert test["chisq"] is None
    assert test["p"] is None
    assert test["note"]
