"""A trial from the shell, as the README tells it: init, acts, refusals, after the deed, report, ledger."""

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from shell import REFERENCE_STUDY, trialwright

BY = "wang:investigator"
CONSENT = ("--document", "consent", "--document-version", "1.0", "--language", "zh", "--signer", "participant")
CONSENT = (*CONSENT, "--explained-by", "gong")
RECORD = REFERENCE_STUDY.with_name("NCT05333705.json")


def facts(on: str, **replaced: object) -> dict:
    """Facts of a man whom every criterion allows; a keyword takes a concept out (None) or replaces its value."""
    values = {"lvef": "62", "alt": "31", "ast": "28", "bilirubin": "11", "creatinine": "0.9"} | replaced
    units = {"lvef": "%", "alt": "U/L", "ast": "U/L", "bilirubin": "umol/L", "creatinine": "mg/dL"}
    highs = {"alt": "50", "ast": "40", "bilirubin": "20.5"}
    found = []
    for concept, value in values.items():
        if value is not None:
            fact = {"concept": concept, "value": value, "unit": units[concept], "on": on}
            high = {"range": {"high": highs[concept], "unit": units[concept]}} if concept in highs else {}
            found.append(fact | high)
    found += [
        {"concept": "diagnosis", "code": {"system": "ICD-10", "code": "C92.0"}, "on": on},
        {"valueset": "SevereInfection", "present": False, "on": on},
        {"valueset": "OtherMalignancy", "present": False, "on": on},
        {"opinion": "disease status fits the study", "value": "yes", "by": "investigator", "on": on},
        {"opinion": "unsuitable", "value": "no", "by": "investigator", "on": on},
    ]
    return {"born": "1971", "sex": "male", "facts": found}


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    directory = tmp_path / "T"
    assert trialwright("init", "--from", REFERENCE_STUDY, "--dir", directory, by=BY).code == 0
    return directory


def given(directory: Path, document: dict) -> Path:
    path = directory.parent / "facts.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def consented(directory: Path) -> None:
    ran = trialwright("act", directory, "consent", "new", "--on", "2026-11-10T09:30", *CONSENT, by=BY)
    assert ran.code == 0, ran.err


def enrolled(directory: Path) -> None:
    consented(directory)
    path = given(directory, facts("2026-11-11"))
    assert trialwright("act", directory, "screen", "S-001", "--facts", path, "--on", "2026-11-12", by=BY).code == 0
    words = ("--disease-status", "CR1", "--phase", "consolidation", "--remission-on", "2026-10-01")
    ran = trialwright("act", directory, "enrol", "S-001", "--on", "2026-11-13", *words, "--json", by=BY)
    assert ran.code == 0, ran.out + ran.err
    assert ran.json["entries"][-1]["what"]["number"] == 1


def test_nobody_has_a_casebook_before_consent(trial: Path):
    ran = trialwright("act", trial, "screen", "S-001", by=BY)
    assert ran.code == 2
    assert "There is no casebook 'S-001'. Nobody has consented yet." in ran.err


def test_a_person_is_enrolled_from_the_shell_and_counted_in_the_report(trial: Path, tmp_path: Path):
    enrolled(trial)
    ran = trialwright("report", trial, "--as-of", "2026-11-22", "--out", tmp_path / "R", "--json")
    assert ran.code == 0
    assert ran.json["enrolled"] == 1
    assert (tmp_path / "R" / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert (tmp_path / "R" / "report.pdf").read_bytes().startswith(b"%PDF-")


def test_a_missing_value_is_undecided_never_no_and_the_refusal_is_recorded(trial: Path):
    consented(trial)
    path = given(trial, facts("2026-11-11", creatinine=None))
    trialwright("act", trial, "screen", "S-001", "--facts", path, "--on", "2026-11-12", by=BY)
    words = ("--disease-status", "CR1", "--phase", "consolidation")
    ran = trialwright("act", trial, "enrol", "S-001", "--on", "2026-11-13", *words, "--json", by=BY)
    assert ran.code == 1
    assert [reason["code"] for reason in ran.json["reasons"]] == ["enrolment.undecided"]
    assert "creatinine" in ran.json["reasons"][0]["text"]
    shown = trialwright("ledger", "show", trial, "--kind", "refused", "--json").json
    assert [entry["what"]["act"] for entry in shown] == ["enrol"]


def test_what_happened_is_never_refused_and_becomes_a_deviation(trial: Path):
    consented(trial)
    words = ("--disease-status", "CR1", "--phase", "consolidation")
    told = ("--happened", "--source", "ward book", "--who-said", "gong", "--why-late", "the network was down")
    ran = trialwright("act", trial, "enrol", "S-001", "--on", "2026-11-13", *words, *told, "--json", by=BY)
    assert ran.code == 0
    kinds = [entry["what"] for entry in ran.json["entries"] if entry["kind"] == "deviation_recorded"]
    assert {what["gate"] for what in kinds} == {"enrolment.undecided"}
    assert {what["importance"] for what in kinds} == {"important"}
    assert {entry["mood"] for entry in ran.json["entries"]} == {"happened"}


def test_an_act_told_after_the_deed_says_which_gates_were_not_open(trial: Path):
    consented(trial)
    words = ("--disease-status", "CR1", "--phase", "consolidation", "--on", "2026-11-13")
    told = ("--happened", "--source", "ward book", "--who-said", "gong", "--why-late", "the network was down")
    ran = trialwright("act", trial, "enrol", "S-001", *words, *told, by=BY)
    assert (ran.code, ran.out.splitlines()[0]) == (0, "enrol: recorded.")
    first, *rest = ran.err.splitlines()
    assert first == "Recorded with a deviation:"
    (said,) = rest
    assert said.startswith("  • ")
    assert said.endswith(" (enrolment.undecided, important)")
    assert len(said) > 60  # what was found there stands between
    by_hand = ("--description", "seen twice", "--importance", "minor", "--on", "2026-11-14")
    ran = trialwright("act", trial, "record_deviation", "S-001", *by_hand, by=BY)
    assert (ran.code, ran.err) == (0, "")  # it is the deed, not something beside it


def test_the_help_of_an_act_shows_how_a_table_is_typed():
    from trialwright.cli.acting import JSON_SHAPES, LISTS
    from trialwright.conduct import ACTS

    for name, act in ACTS.items():
        text = trialwright("act", "T", name, "--help").out if name in HELPED else None
        for item in fields(act.fields):
            if "dict" not in str(item.type):
                continue
            shape = json.loads(JSON_SHAPES[item.name])
            assert isinstance(shape, list if "tuple" in str(item.type) else dict), item.name
            if text:
                assert f"--{item.name.replace('_', '-')}" in text
                assert f", such as '{JSON_SHAPES[item.name]}'" in text
    assert f"--volumes-ml (needed), such as {LISTS['volumes_ml']}" in trialwright("act", "T", "divide", "--help").out
    assert "--tests, such as sterility,gram" in trialwright("act", "T", "take_sample", "--help").out


HELPED = ("process", "decide_donor_eligibility", "give_chemotherapy", "premedicate", "decide_go", "record_facts")


def test_happened_needs_its_source(trial: Path):
    ran = trialwright("act", trial, "contact", "S-001", "--how", "telephone", "--happened", by=BY)
    assert ran.code == 2
    assert "--source, --who-said, --why-late" in ran.err


def test_a_collection_says_where_its_cells_come_from_before_and_after_the_deed(trial: Path):
    by, on = "chen:cell laboratory", ("--on", "2026-11-09")
    ran = trialwright("act", trial, "register_donor", "new", "--source", "peripheral blood", *on, "--json", by=by)
    donor = ran.json["entries"][0]["about"]
    consent = ("--document", "donation", "--document-version", "1.0", "--language", "zh", "--signer", "donor")
    assert trialwright("act", trial, "record_donor_consent", donor, *consent, *on, by=by).code == 0
    tests = (
        '{"hiv":"negative","hbv":"negative","hcv":"negative","syphilis":"negative","htlv":"negative","cmv":"negative"}'
    )
    fit = ("--eligibility", "eligible", "--tests", tests, "--sampled-on", "2026-11-09")
    assert trialwright("act", trial, "decide_donor_eligibility", donor, *fit, *on, by=by).code == 0
    words = ("--donor", donor, "--source", "peripheral blood", "--on", "2026-11-10", "--json")
    ran = trialwright("act", trial, "collect", "new", *words, by=by)
    assert ran.code == 0, ran.out
    assert ran.json["entries"][0]["what"]["source"] == "peripheral blood"
    told = ("--happened", "--told-source", "laboratory book", "--who-said", "chen", "--why-late", "network down")
    ran = trialwright("act", trial, "collect", "new", *words, *told, by=by)
    assert ran.code == 0, ran.err
    assert ran.json["entries"][0]["what"]["source"] == "peripheral blood"
    assert ran.json["entries"][0]["told"]["source"] == "laboratory book"


def test_an_act_without_its_words_exits_2_with_nothing_on_standard_output():
    ran = trialwright("act", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert "Usage: trialwright act DIR NAME" in ran.err


def test_the_same_command_with_the_same_id_is_one_entry(trial: Path):
    for _ in range(2):
        ran = trialwright(
            "act", trial, "consent", "new", "--on", "2026-11-10T09:30", *CONSENT, "--id", "a1", "--json", by=BY
        )
        assert ran.code == 0
        assert ran.json["size"] == 2


def test_a_form_that_is_stale_is_refused_with_what_came_since(trial: Path):
    consented(trial)
    ran = trialwright("act", trial, "withdraw", "S-001", "--extent", "visits", "--on", "2026-11-14", by=BY)
    assert ran.code == 0
    ran = trialwright(
        "act", trial, "contact", "S-001", "--how", "telephone", "--on", "2026-11-15", "--seen", 1, "--json", by=BY
    )
    assert ran.code == 1
    assert {reason["code"] for reason in ran.json["reasons"]} == {"stale"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("consnt", "new"), "Did you mean consent?"),
        (("contact", "S-001", "--hw", "telephone"), "'hw' is not a field. Did you mean how?"),
        (("contact", "S-001", "--how", "telephone", "--on", "2026-02-30"), "2026-02-30"),
        (("contact", "S-009", "--how", "telephone"), "There is no casebook 'S-009'. There is S-001."),
        (("contact", "S-001", "extra", "--how", "telephone"), "'extra' is one word too many"),
        (("contact", "S-001", "--how"), "--how needs a value"),
        (("withdraw", "S-001", "--extent", "al"), "extent"),
        (("contact", "S-001", "--how", "x", "--by", "wang"), "expected CODE:ROLE"),
        (("contact", "S-001", "--how", "x", "--by", "wang:surgeon"), "'surgeon' is no role"),
        (("contact", "S-001", "--how", "x", "--site", "BJ"), "there is no site 'BJ'"),
        (("contact", "S-001", "--how", "x", "--seen", "last"), "--seen last"),
    ],
)
def test_words_that_cannot_be_read_exit_2_and_write_nothing(trial: Path, words, told):
    consented(trial)
    before = trialwright("ledger", "verify", trial, "--json").json
    ran = trialwright("act", trial, *words, "--json", by=BY)
    assert ran.code == 2, ran.out
    assert ran.out == ""
    assert told in ran.err
    assert trialwright("ledger", "verify", trial, "--json").json == before


def test_an_actor_must_be_named(trial: Path):
    ran = trialwright("act", trial, "decline")
    assert ran.code == 2
    assert "--by CODE:ROLE" in ran.err


@pytest.mark.parametrize("code", ["wa\nng", " ", "wa ng", "wang\u202e", "w" * 65])
def test_a_person_s_code_cannot_be_read_as_something_else(trial: Path, code: str):
    ran = trialwright("act", trial, "decline", "--on", "2026-11-10", "--count", "1", by=f"{code}:coordinator")
    assert (ran.code, ran.out) == (2, "")
    assert "cannot be the code of a person" in ran.err
    ran = trialwright("act", trial, "decline", "--on", "2026-11-10", "--count", "1", "--with", code, by=BY)
    assert ran.code == 2
    assert trialwright("ledger", "verify", trial, "--json").json["entries"] == 1


def test_every_act_has_help_with_its_fields(trial: Path):
    listed = trialwright("act", trial, "--help").out
    for name in ("consent", "enrol", "infuse", "record_death", "record_history"):
        assert name in listed
        assert "Who may:" in trialwright("act", trial, name, "--help").out


def test_acts_refuse_while_the_working_copy_differs_from_the_adopted_study(trial: Path):
    study = trial / "study.yaml"
    study.write_text(study.read_text(encoding="utf-8").replace("target: 15", "target: 16"), encoding="utf-8")
    ran = trialwright("act", trial, "decline", "--json", by=BY)
    assert ran.code == 1
    assert [reason["code"] for reason in ran.json["reasons"]] == ["study.differs"]
    assert "study diff" in ran.json["reasons"][0]["way_out"]
    changes = trialwright("study", "diff", trial, study, "--json").json["changes"]
    assert [(one["path"], one["old"], one["new"]) for one in changes] == [("enrolment.target", "15", "16")]


def test_one_changed_byte_is_named(trial: Path):
    consented(trial)
    database = sqlite3.connect(trial / "ledger.db")
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in names:
        database.execute(f"DROP TRIGGER {name}")
    database.execute(
        "UPDATE payload SET body = CAST(replace(CAST(body AS TEXT), 'gong', 'gonh') AS BLOB) WHERE seq = 1"
    )
    database.commit()
    database.close()
    ran = trialwright("ledger", "verify", trial, "--json")
    assert ran.code == 1
    assert ran.json["verified"] is False
    assert ran.json["faults"][0]["seq"] == 1
    assert "1 entry is good up to the first fault" in trialwright("ledger", "verify", trial).out


def test_a_ledger_emptied_behind_its_back_is_told_by_every_command(trial: Path, tmp_path: Path):
    database = sqlite3.connect(trial / "ledger.db")
    for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    for table in ("entry", "payload", "study"):
        database.execute(f"DELETE FROM {table}")
    database.commit()
    database.close()
    decline = ("act", trial, "decline", "--count", "1")
    for words in (decline, ("report", trial, "--out", tmp_path / "R"), ("ledger", "verify", trial)):
        ran = trialwright(*words, by=BY)
        assert ran.code == 1, ran.err
        assert "the first one adopts the study" in ran.err + ran.out


def test_an_export_verifies_by_itself_and_a_torn_one_does_not(trial: Path, tmp_path: Path):
    consented(trial)
    out = tmp_path / "ledger.jsonl"
    head = trialwright("ledger", "export", trial, "--out", out, "--json").json["head"]
    assert trialwright("ledger", "verify", out, "--json").json["head"] == head
    out.write_bytes(out.read_bytes()[:-10])
    ran = trialwright("ledger", "verify", out, "--json")
    assert ran.code == 1
    assert ran.json["entries"] == 1


def test_a_record_becomes_a_draft_and_acts_refuse_until_it_has_no_error(tmp_path: Path):
    directory = tmp_path / "D"
    ran = trialwright("init", "--from", RECORD, "--dir", directory, "--json", by=BY)
    assert ran.code == 0
    assert ran.json["ledger"] is None
    assert ran.json["errors"] > 0
    assert any("265.2 umol/L" in question for question in ran.json["questions"])
    assert trialwright("study", "check", directory / "study.yaml").code == 1
    refused = trialwright("act", directory, "consent", "new", "--on", "2026-11-10", *CONSENT, "--json", by=BY)
    assert refused.code == 1
    assert {reason["code"] for reason in refused.json["reasons"]} >= {"study.unconfirmed", "study.open-question"}
    assert not (directory / "ledger.db").exists()


def test_a_draft_screens_everybody_unknown(tmp_path: Path):
    directory = tmp_path / "D"
    trialwright("init", "--from", RECORD, "--dir", directory, by=BY)
    path = given(directory, facts("2026-11-11"))
    ran = trialwright("screen", directory / "study.yaml", path, "--on", "2026-11-12", "--json")
    assert ran.code == 0
    assert ran.json["eligible"] == "unknown"
    assert {criterion["status"] for criterion in ran.json["criteria"]} == {"unknown"}


def test_init_never_writes_over_a_ledger_or_another_study(trial: Path, tmp_path: Path):
    again = trialwright("init", "--from", REFERENCE_STUDY, "--dir", trial, by=BY)
    assert again.code == 2
    assert "already holds a ledger" in again.err
    other = tmp_path / "O"
    other.mkdir()
    (other / "study.yaml").write_text("id: mine\n")
    ran = trialwright("init", "--from", REFERENCE_STUDY, "--dir", other, by=BY)
    assert ran.code == 2
    assert (other / "study.yaml").read_text() == "id: mine\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"born": "1971", "born": "1972"}', "'born' stands twice"),
        ('{"born": ', "facts.json:1:"),
        ('{"bron": "1971"}', "bron"),
        ('{"facts": [{"concept": "creatinine", "value": NaN}]}', "NaN is not a value"),
        ("[" * 3000, "facts.json"),
    ],
)
def test_a_bad_facts_file_is_named(tmp_path: Path, text, told):
    path = tmp_path / "facts.json"
    path.write_text(text)
    ran = trialwright("screen", REFERENCE_STUDY, path, "--json")
    assert ran.code == 2
    assert ran.out == ""
    assert told in ran.err


def test_screen_gives_the_contract_s_answer(tmp_path: Path):
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(facts("2026-11-11", creatinine="2.1")))
    found = trialwright("screen", REFERENCE_STUDY, path, "--on", "2026-11-12", "--json").json
    creatinine = next(one for one in found["criteria"] if one["rule"].startswith("creatinine"))
    assert {"id", "kind", "text", "rule", "status", "effect", "reasons", "evidence"} <= set(creatinine)
    assert (creatinine["status"], creatinine["effect"]) == ("met", "allows")
    assert "185.6 umol/L" in creatinine["evidence"][0]["conversion"]  # 2.1 mg/dL at 113.12 g/mol


def test_a_missing_directory_is_told_with_the_way_out(tmp_path: Path):
    ran = trialwright("report", tmp_path / "none", "--out", tmp_path / "R")
    assert ran.code == 2
    assert "trialwright init" in ran.err
    assert not (tmp_path / "R").exists()


@pytest.mark.parametrize("stdout", [">&-", "| true"])
def test_a_deed_done_is_never_called_undone_because_its_answer_was_not_read(trial: Path, stdout: str):
    command = f'set -o pipefail; "{sys.executable}" -m trialwright act "{trial}" decline --count 1 --by {BY} {stdout}'
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert trialwright("ledger", "verify", trial, "--json").json["entries"] == 2


def test_a_terminal_that_cannot_show_a_sign_gets_its_number(tmp_path: Path):
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(facts("2026-11-11")), encoding="utf-8")
    command = [sys.executable, "-m", "trialwright", "screen", str(REFERENCE_STUDY), str(path), "--on", "2026-11-12"]
    plain = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "ascii"}
    ran = subprocess.run(command, capture_output=True, text=True, env=plain, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "\\u2713 inc-2-lvef: met" in ran.stdout


def stopped(code: str, *words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command after `code`, in a process of its own."""
    program = f"import sys; sys.argv[1:] = {[str(word) for word in words]!r}\n{code}\n"
    program += "from trialwright.cli import main; main()"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=cwd, check=False)


@pytest.mark.parametrize("room", [100, 42_000, 60_000, 70_000])
def test_a_full_disk_leaves_nothing_half_begun(tmp_path: Path, room: int):
    """A limit on the size of files stands for the full disk; study.yaml has 41 kB, the first entry more."""
    full = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))"
    words = ("init", "--from", REFERENCE_STUDY, "--dir", "deep/T", "--by", BY)
    ran = stopped(full, *words, cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, ""), ran.stderr
    assert "Traceback" not in ran.stderr
    assert list(tmp_path.iterdir()) == []
    there = tmp_path / "deep" / "T" / "study.yaml"
    there.parent.mkdir(parents=True)
    there.write_bytes(REFERENCE_STUDY.read_bytes())
    assert stopped(full, *words, cwd=tmp_path).returncode == 2
    assert [path.name for path in there.parent.iterdir()] == ["study.yaml"]
    assert trialwright(*words, cwd=tmp_path).code == 0


def test_ctrl_c_while_the_command_is_still_being_read_is_no_traceback(tmp_path: Path):
    early = (
        "class Pressed:\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'typer':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Pressed())"
    )
    ran = stopped(early, "--help", cwd=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "Stopped.\n")


def test_a_fact_that_nothing_reads_is_said_by_screen_and_by_act(trial: Path):
    consented(trial)
    document = facts("2026-11-11")
    document["facts"].append({"concept": "creatinin", "value": "0.9", "unit": "mg/dL", "on": "2026-11-11"})
    path = given(trial, document)
    for words in (("screen", REFERENCE_STUDY, path), ("act", trial, "screen", "S-001", "--facts", path)):
        ran = trialwright(*words, "--on", "2026-11-12", by=BY)
        (told,) = [line for line in ran.err.splitlines() if line.startswith("Not used: ")]
        assert "creatinin" in told
        assert ran.code == 0
