"""trace, cells, label and certificate at the shell, on a directory in which the whole way of the cells was told."""

import json
import re
import shlex
import shutil
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cell_story import (
    AT_THE_BEDSIDE,
    COLLECTION,
    DONOR,
    DOSE,
    FILE,
    LOT,
    MADE,
    NURSE,
    QUALITY,
    TESTER,
    code,
    donor,
    patient,
    start,
    wristband,
)
from conduct_story import ZONE, person
from errors_told import run
from shell import trialwright

from trialwright.cli.say import table, visible
from trialwright.conduct import ACTS, read_what
from trialwright.ledger import Actor
from trialwright.store import Kept
from trialwright.store.directory import TrialDirectory, begin_trial, open_trial, read_study_file

LAB = "lab-1:cell_laboratory"
ENDPOINT = """
endpoints:
  - {id: os, label: Overall survival, role: primary, kind: survival, population: enrolled, origin: enrolment,
     events: [death], censor_at: last_known_alive, horizon_days: 730.5, source: assumption, basis: for the tests}
"""
"""What the lint asks of a study in a directory, and a study of cells alone does not have."""
CHAIN = f"2026-01-05 assign_donor S-001 donor={DONOR} {NURSE}\n"
READY = patient() + donor() + CHAIN + MADE.removeprefix(donor()) + wristband()
GIVEN_AND_FAILED = f"""
    {AT_THE_BEDSIDE.replace(MADE, donor() + CHAIN + MADE.removeprefix(donor()))}
    {start()}
    2026-01-20T15:00 end_infusion S-001 how=complete volume_ml=120 reaction=no {NURSE}
    2026-02-02 record_release_test {LOT} test=sterility value=positive {TESTER}
"""


def begun(path: Path, story: str) -> Path:
    """A directory in which a story was told: a simulated ledger of February 2026."""
    path.mkdir()
    text = FILE.read_text(encoding="utf-8").replace("concept: mrd, ", "")
    text = text.replace("feeds: [eligibility]", "feeds: [eligibility, survival]") + ENDPOINT
    (path / "study.yaml").write_text(text, encoding="utf-8")
    at = datetime(2026, 2, 15, tzinfo=UTC)
    begin_trial(path, read_study_file(path / "study.yaml"), actor=Actor("sys", "administrator"), simulated=True, at=at)
    with open_trial(path) as trial:
        for number, line in enumerate(line for line in story.splitlines() if line.strip()):
            outcome = perform(trial, line, id=f"s{number}", at=at)
            assert isinstance(outcome, Kept), f"{line}\n{outcome}"
    return path


def perform(trial: TrialDirectory, line: str, *, id: str, at: datetime) -> Any:
    """The act of a story's line, done in a directory."""
    on, name, *words = shlex.split(line)
    who, people, typed = None, {}, {}
    while words:
        word = words.pop(0)
        if word in ("by", "with"):
            people[word] = person(words.pop(0))
        elif "=" in word:
            field, _, value = word.partition("=")
            typed[field] = value
        else:
            who = word
    return trial.perform(
        ACTS[name],
        actor=people.get("by", Actor("inv", "investigator")),
        who=who,
        what=read_what(ACTS[name], typed),
        on=on + (ZONE if "T" in on else ""),
        second=people.get("with"),
        site="XA",
        id=id,
        at=at,
    )


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return begun(tmp_path_factory.mktemp("given") / "T", GIVEN_AND_FAILED)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return begun(tmp_path_factory.mktemp("made") / "T", READY)


@pytest.fixture
def ready(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may write to."""
    return Path(shutil.copytree(made, tmp_path / "T"))


def said(*words: object) -> str:
    """What a command prints for people; it must succeed."""
    code, out, err = run(tuple(map(str, words)), LAB)
    assert (code, err) == (0, "")
    return out


def told(*words: object) -> Any:
    """What a command prints for machines: one JSON document and nothing else."""
    return json.loads(said(*words, "--json"))


# --- trace ------------------------------------------------------------------------------------------------------------


def test_a_reagents_lot_number_tells_who_received_what(given: Path) -> None:
    text = said("trace", "R-77", given)
    assert text.splitlines()[:4] == [
        "reagent beads R-77: expires 2026-06-30",
        "",
        "Received by 1 participant:",
        f"  S-001 received {DOSE} on 2026-01-20 14:00 (S-001#1)",
    ]
    document = told("trace", "R-77", given)
    (found,) = document["found"]
    assert found["received"] == [
        {"participant": "S-001", "infusion": "S-001#1", "when": f"2026-01-20T14:00{ZONE}", "cells": [DOSE]}
    ]
    assert [one["sort"] for one in found["forwards"]] == ["collection", "lot", "dose", "infusion", "participant"]
    assert any("infusion 1 of" in sentence for sentence in found["outcomes"]["S-001"])


def test_a_trace_goes_both_ways_or_one(given: Path) -> None:
    whole, back, on = (told("trace", LOT, given, *way)["found"][0] for way in ((), ("--backwards",), ("--forwards",)))
    assert {"backwards", "forwards", "received", "outcomes"} <= set(whole)
    assert "forwards" not in back
    assert "backwards" not in on
    assert whole["backwards"] == back["backwards"]
    assert whole["forwards"] == on["forwards"]
    assert {(one["sort"], one["code"]) for one in back["backwards"]} >= {("collection", COLLECTION), ("donor", DONOR)}
    assert any(edge["parent"]["code"] == DONOR and edge["how"] == ["gave"] for edge in back["edges"])
    assert not any(edge["child"]["code"] == DOSE for edge in back["edges"])
    text = said("trace", LOT, given, "--backwards")
    assert "Where it comes from:" in text
    assert "What came of it:" not in text


def test_outcomes_stand_under_the_participant_and_a_participant_is_traced_back(given: Path) -> None:
    tree = said("trace", DONOR, given)
    person = tree.index("→ participant S-001")
    assert "infusion 1 of" in tree[person:]
    assert "alert to investigator, safety board" in tree[person:]
    back = said("trace", "1", given)
    assert back.startswith("participant S-001: participant 1")
    assert back.index("How it went on:") < back.index("Where it comes from:") < back.index(f"donor {DONOR} (gave)")
    assert "What came of it:" not in back


def test_a_chain_of_identity_names_its_donor_and_its_participant(given: Path) -> None:
    found = told("trace", code("chain", 1), given)["found"]
    assert [one["thing"]["sort"] for one in found] == ["donor", "participant"]


def test_what_nobody_received_says_so(made: Path) -> None:
    assert "Received by nobody:\n  None of it was given." in said("trace", LOT, made)
    assert "Received:\n  No cells yet." in said("trace", "S-001", made)


def test_a_code_that_was_misread_is_named_and_no_other_is_proposed(given: Path) -> None:
    wrong = LOT[:-1] + ("A" if LOT[-1] != "A" else "B")
    code_, out, err = run(("trace", wrong, str(given)), LAB)
    assert (code_, out) == (2, "")
    assert err == (
        f"trialwright: {wrong} fails its check character: at least one character was mistyped or misread. Read it "
        "again, or scan it.\n"
    )
    code_, out, err = run(("trace", "R-78", str(given)), LAB)
    assert (code_, out) == (2, "")
    assert "nothing is recorded under 'R-78'" in err
    assert "R-77" not in err


# --- cells ------------------------------------------------------------------------------------------------------------


def test_the_laboratory_sees_what_is_there_and_what_is_planned(made: Path) -> None:
    text = said("cells", made, "--at", "2026-01-20T13:00")
    assert re.search(
        rf"{DOSE} +dose +conditionally released +S-001 +120 +2026-01-20 23:00 +10\.0 +1 +refrigerator", text
    )
    assert "Plan of S-001 (participant 1), cycle 1: chemotherapy ended 2026-01-16." in text
    document = told("cells", made, "--at", "2026-01-20T13:00")
    assert [one["code"] for one in document["items"]] == [DOSE]
    assert document["items"][0]["hours_left"] == 10.0
    (plan,) = document["plans"]
    assert [(one["milestone"]["id"], one["due"]) for one in plan["steps"]][-2:] == [
        ("released", "done"),
        ("infused", "due"),
    ]
    assert plan["steps"][-1]["milestone"]["first"] == "2026-01-18"
    assert document["plan"] is None


def test_as_of_a_day_later_things_have_not_happened(given: Path) -> None:
    assert told("cells", given, "S-001", "--at", "2026-01-19")["items"] == []
    assert told("cells", given, "S-001", "--at", "2026-01-30")["alerts"] == []
    code_, out, err = run(("cells", str(given), DOSE, "--at", "2026-01-19"), LAB)
    assert (code_, out) == (2, "")
    assert f"nothing is recorded of '{DOSE}' up to 2026-01-19" in err
    now = told("cells", given, "1")
    assert [one["state"] for one in now["items"]] == ["failed after infusion, given", "given"]
    assert len(now["alerts"]) == 1
    at = f"2026-01-19T08:00{ZONE}"
    assert told("cells", given, "--at", at)["at"] == at


def test_a_participants_alert_says_how_it_is_answered(given: Path) -> None:
    text = said("cells", given, "S-001")
    alert = told("cells", given, "S-001")["alerts"][0]["id"]
    assert text.index("OPEN ALERTS:") < text.index(DOSE)
    assert f"act answer_alert S-001 --alert {alert} --answer" in text
    assert DONOR not in text
    assert "Given:\n  infusion 1, cycle 1, 2026-01-20 14:00" in text


def test_the_participants_view_says_what_is_possible(made: Path) -> None:
    text = said("cells", made, "S-001", "--at", "2026-01-20T13:00")
    possible = text[text.index("What is possible now:") :]
    assert f"✓ Lot {LOT}, meant for this participant, 10.0 hours left, 1.75e7 cells/kg for 70 kg." in possible
    assert "✗ Another collection is too late in this cycle" in possible
    assert "✓ No infusion in cycle 1" in possible


def test_an_infusion_without_an_end_is_pointed_out(tmp_path: Path) -> None:
    directory = begun(tmp_path / "T", f"{AT_THE_BEDSIDE}{start()}\n")
    at = ("--at", "2026-01-20T14:30")
    said_so = "infusion 1 began at 2026-01-20 14:00 and no end is recorded (act end_infusion)"
    assert f"INFUSIONS WITHOUT AN END:\n  ! S-001: {said_so}\n" in said("cells", directory, *at)
    assert f"INFUSION WITHOUT AN END:\n  ! {said_so}\n" in said("cells", directory, "S-001", *at)
    assert [one["who"] for one in told("cells", directory, *at)["running"]] == ["S-001"]


def test_signs_that_nobody_sees_are_named(ready: Path) -> None:
    reason = "\u202egnorw\u200b"
    who = ("--site", "XA", "--by", "lab-3:cell_laboratory")
    said("act", ready, "discard", DOSE, "--reason", reason, "--on", "2026-01-20T09:00", "--with", "nurse", *who)
    said("act", ready, "recall", LOT, "--reason", reason, "--on", "2026-01-20T10:00", *who)
    assert "[U+202E]gnorw[U+200B]" in said("cells", ready, DOSE)
    for text in (said("cells", ready, DOSE), said("cells", ready), said("trace", LOT, ready)):
        assert not set(text) & set("\u202e\u200b")
    code_, _, err = run(("certificate", LOT, str(ready), "--out", str(ready.parent / "c.pdf")), LAB)
    assert code_ == 2
    assert "[U+202E]gnorw[U+200B]" in err
    assert visible("a\tb\n王 é ✓ \x1b[31m") == "a\tb\n王 é ✓ [U+001B][31m"
    assert table(["x", "y"], [["\u202e", "z"]]).splitlines()[-1] == "[U+202E]  z"


@pytest.mark.parametrize("command", [("cells", "T"), ("trace", LOT, "T"), ("certificate", LOT, "T", "--out", "c.pdf")])
def test_an_edited_working_copy_is_named_beside_the_answer(ready: Path, command: tuple[str, ...]) -> None:
    copy = ready / "study.yaml"
    with chdir(ready.parent):
        before = run(command, LAB)
        copy.write_text(copy.read_text(encoding="utf-8") + "\n# mine\n", encoding="utf-8")
        after = run(command, LAB)
        copy.write_bytes(b"\xff")
        unreadable = run(command, LAB)
    assert (before[0], before[2]) == (0, "")
    assert (after[0], after[1]) == before[:2]
    assert "is not the study that this ledger adopted" in after[2]
    assert "The adopted study counts here." in after[2]
    assert unreadable[:2] == before[:2]
    assert "the working copy of the study cannot be read" in unreadable[2]


def test_a_donors_view_names_no_participant(given: Path) -> None:
    text = said("cells", given, DONOR)
    assert "1 participant received cells" in text
    assert not re.search(r"S-0|participant [0-9]", text)
    assert told("cells", given, DONOR)["reached"] == 1


def test_a_lot_has_its_tests_and_a_label_that_is_scanned_its_dose(given: Path) -> None:
    text = said("cells", given, LOT)
    assert re.search(r"14-day culture +sterility is negative +not met", text)
    scanned = told("cells", given, f"{DOSE}-01{_check(DOSE)}")
    assert [move["did"] for move in scanned["moves"]] == ["dose made", "stored", "taken out", "issued", "infused"]
    received = told("cells", given, COLLECTION)["moves"][1]
    assert (received["giver"], received["taker"], received["temperature"]) == ("nurse", "lab-1", "20")
    assert "nurse → lab-1" in said("cells", given, COLLECTION)


def _check(code: str) -> str:
    from trialwright.cells.codes import label_code

    return label_code(code, 1)[-1]


def test_a_chemotherapy_still_to_come_can_be_planned_for(made: Path) -> None:
    text = said("cells", made, "--chemotherapy-ends", "2026-03-10", "--at", "2026-02-26")
    assert "Plan for a chemotherapy whose last day is 2026-03-10:" in text
    assert re.search(r"Collection +2026-02-21 to 2026-03-11\n", text)
    document = told("cells", made, "--chemotherapy-ends", "2026-03-10")
    assert document["plan"]["ended_on"] == "2026-03-10"
    code_, out, err = run(("cells", str(made), "S-001", "--chemotherapy-ends", "2026-03-10", "--json"), LAB)
    assert (code_, json.loads(out)["plan"]["planned"]) == (0, False)
    assert err.startswith("--chemotherapy-ends is not used")


def test_a_plan_for_the_next_cycle(given: Path) -> None:
    plan = told("cells", given, "S-001", "--chemotherapy-ends", "2026-03-10")["plan"]
    assert (plan["cycle"], plan["planned"], plan["plan"]["ended_on"]) == (2, True, "2026-03-10")


def test_a_chain_is_told_to_be_traced(made: Path) -> None:
    code_, out, err = run(("cells", str(made), code("chain", 1)), LAB)
    assert (code_, out) == (2, "")
    assert "joins a donor and a participant" in err


def test_a_trial_without_cells_says_so_and_reading_writes_nothing(tmp_path: Path) -> None:
    directory = begun(tmp_path / "T", patient())
    before = (directory / "ledger.db").read_bytes()
    assert "No collection, lot or dose is anywhere now." in said("cells", directory, "--at", "2026-01-20")
    assert "No lot was made for this participant." in said("cells", directory, "S-001", "--at", "2026-01-20")
    assert (directory / "ledger.db").read_bytes() == before


# --- label and certificate --------------------------------------------------------------------------------------------


def test_a_label_is_printed_and_recorded_and_a_second_says_why(ready: Path, tmp_path: Path) -> None:
    out = tmp_path / "label.pdf"
    with chdir(tmp_path):
        refused = run(("label", DOSE, "T", "--out", "label.pdf", "--json"), LAB)
        assert refused[0] == 1
        assert [one["code"] for one in json.loads(refused[1])["reasons"]] == ["label.not_first"]
        assert sorted(path.name for path in tmp_path.iterdir()) == ["T"]  # a refusal writes no file
        text = said("label", DOSE, "T", "--out", "label.pdf", "--reason", "reprint", "--at", "2026-01-20T09:00")
    assert text.startswith(f"label.pdf: label 2 of {DOSE}, which says {DOSE}-02")
    assert "Label 1 is void: destroy it." in text
    assert out.read_bytes().startswith(b"%PDF-")
    document = told("label", DOSE, ready, "--out", out, "--reason", "new content", "--by", LAB)
    assert (document["done"], document["label"], document["code"]) == (True, 3, DOSE)
    assert [one["kind"] for one in document["entries"]] == ["label_voided", "label_printed"]
    assert told("cells", ready, DOSE)["item"]["label"] == 3
    assert not list(tmp_path.glob("*.new"))


def test_a_wristband_is_printed_by_the_participants_number(ready: Path, tmp_path: Path) -> None:
    document = told("label", "1", ready, "--out", tmp_path / "band.pdf", "--reason", "reprint", "--site", "XB")
    assert (document["code"], document["label"], document["entries"][-1]["site"]) == ("S-001", 2, "XB")


def test_a_refused_label_leaves_the_file_that_was_there(ready: Path, tmp_path: Path) -> None:
    out = tmp_path / "label.pdf"
    out.write_bytes(b"the one before")
    code_, told_, _ = run(("label", DOSE, str(ready), "--out", str(out)), LAB)
    assert code_ == 1
    assert told_.startswith(f"Refused: print_label {DOSE}. 1 reason:")
    assert told_.rstrip().endswith("The attempt is recorded.")
    assert out.read_bytes() == b"the one before"


def test_what_has_no_label_is_said_before_anything_is_recorded(ready: Path, tmp_path: Path) -> None:
    size = len(told("ledger", "show", ready))
    code_, _, err = run(("label", DONOR, str(ready), "--out", str(tmp_path / "label.pdf")), LAB)
    assert code_ == 2
    assert "is no dose, lot, collection or participant" in err
    assert len(told("ledger", "show", ready)) == size


def test_a_certificate_is_written_and_nothing_recorded(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "certificate.pdf"
    text = said("certificate", LOT, made, "--out", out)
    assert text == f"{out}: certificate of the conditional release of {LOT}. Results awaited: 14-day culture.\n"
    assert out.read_bytes().startswith(b"%PDF-")
    document = told("certificate", LOT, made, "--out", out)
    assert (document["lot"], document["how"], document["file"]) == (LOT, "conditional", str(out))


def test_a_lot_that_may_not_be_given_has_no_certificate(ready: Path, tmp_path: Path) -> None:
    with open_trial(ready) as trial:
        line = f"2026-01-20T12:00 reject_lot {LOT} reason='bag leaks' {QUALITY}"
        assert isinstance(perform(trial, line, id="r1", at=datetime(2026, 2, 16, tzinfo=UTC)), Kept)
    code_, out, err = run(("certificate", LOT, str(ready), "--out", str(tmp_path / "c.pdf")), LAB)
    assert (code_, out) == (2, "")
    assert "was rejected on 2026-01-20 12:00" in err
    assert not list(tmp_path.glob("*.pdf*"))


def test_the_commands_run_as_processes_of_their_own(made: Path) -> None:
    ran = trialwright("trace", LOT, made, "--json", by=LAB)
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["asked"] == LOT
    ran = trialwright("cells", made, by=LAB)
    assert (ran.code, ran.err) == (0, "")
