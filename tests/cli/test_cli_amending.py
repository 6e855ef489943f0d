"""An amendment at the shell: the dry run, the proposal from a file or the working copy, two approvals."""

from pathlib import Path

import pytest
from shell import REFERENCE_STUDY, Ran, trialwright

INV, ADM = "wang:investigator", "zhang:administrator"
FIRST = REFERENCE_STUDY.read_text(encoding="utf-8")
SECOND = FIRST.replace('version: "1.0"', 'version: "1.1"', 1).replace("lvef >= 50 %", "lvef >= 45 %")
CONSENT = ("consent", "new", "--on", "2026-01-05T09:00", "--document", "consent", "--document-version", "1.0")
SIGNED = ("--language", "zh", "--signer", "participant", "--explained-by", "wang")
FACTS = '[{"concept":"lvef","value":"47","unit":"%","on":"2026-01-06"}]'


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    """S-001 is in screening with an ejection fraction of 47 %."""
    path = tmp_path / "T"
    assert trialwright("init", "--from", REFERENCE_STUDY, "--dir", path, by=INV).code == 0
    assert act(path, *CONSENT, *SIGNED).code == 0
    assert act(path, "record_facts", "S-001", "--on", "2026-01-06", "--facts", facts(tmp_path)).code == 0
    return path


def facts(folder: Path) -> Path:
    path = folder / "facts.json"
    path.write_text(f'{{"born": "1970", "sex": "female", "facts": {FACTS}}}', encoding="utf-8")
    return path


def act(path: Path, *words: object, by: str = INV) -> Ran:
    return trialwright("act", path, *words, by=by)


def new_file(folder: Path, text: str = SECOND) -> Path:
    path = folder / "new.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_diff_of_a_trial_says_whom_it_touches(trial: Path, tmp_path: Path) -> None:
    ran = trialwright("study", "diff", trial, new_file(tmp_path), "--on", "2026-01-10", "--json")
    assert ran.code == 0
    (judged,) = ran.json["judgements"]
    (criterion,) = judged["criteria"]
    assert (judged["who"], criterion) == ("S-001", {"id": "inc-2-lvef", "was": "bars", "would_be": "allows"})
    assert ran.json["touched"] == ["S-001"]
    told = trialwright("study", "diff", trial, new_file(tmp_path), "--on", "2026-01-10").out
    assert "S-001: no → unknown (inc-2-lvef: bars → allows)" in told


def test_diff_of_a_study_with_itself_is_empty(trial: Path) -> None:
    for old in (REFERENCE_STUDY, trial):
        ran = trialwright("study", "diff", old, REFERENCE_STUDY, "--json")
        assert (ran.code, ran.json["changes"], ran.json["errors"]) == (0, [], [])
    assert trialwright("study", "diff", trial, REFERENCE_STUDY).out.strip() == "Nothing changes."


def test_diff_ends_with_1_where_the_new_file_has_errors_and_names_their_lines(tmp_path: Path) -> None:
    bad = new_file(tmp_path, SECOND.replace("  target: 15\n", "", 1))
    ran = trialwright("study", "diff", REFERENCE_STUDY, bad)
    assert ran.code == 1
    line = SECOND[: SECOND.index("  target: 15\n")].count("\n") + 1
    assert f"new.yaml:{line}:3: error no-target" in ran.out
    assert [one["code"] for one in trialwright("study", "diff", REFERENCE_STUDY, bad, "--json").json["errors"]] == [
        "no-target"
    ]


def test_a_file_that_is_no_study_is_refused_with_its_line_and_nothing_is_recorded(trial: Path, tmp_path: Path) -> None:
    broken = new_file(tmp_path, SECOND.replace("  target: 15\n", "  target: many\n", 1))
    ran = act(trial, "propose_amendment", "--file", broken, "--why", "x")
    assert ran.code == 2
    line = SECOND[: SECOND.index("  target: 15\n")].count("\n") + 1
    assert f"new.yaml:{line}:11:" in ran.err
    assert "amendment" not in trialwright("ledger", "show", trial).out


def test_an_amendment_from_the_working_copy_comes_into_force_by_two(trial: Path) -> None:
    copy = trial / "study.yaml"
    copy.write_text(SECOND, encoding="utf-8")
    assert act(trial, "decline").code == 1
    assert act(trial, "propose_amendment", "--why", "weak hearts", "--ethics-approval", "EC-7").code == 0
    assert act(trial, "decline").code == 0
    assert act(trial, "approve_amendment").code == 0
    twice = act(trial, "approve_amendment", "--json")
    assert [reason["code"] for reason in twice.json["reasons"]] == ["amendment.approved_already"]
    last = act(trial, "approve_amendment", "--json", by=ADM)
    assert [entry["kind"] for entry in last.json["entries"]] == ["amendment_approved", "adopted"]
    assert act(trial, "decline").code == 0
    assert trialwright("ledger", "verify", trial).code == 0


def test_an_amendment_from_a_file_replaces_the_copy_that_nobody_touched(trial: Path, tmp_path: Path) -> None:
    words = ("--file", new_file(tmp_path), "--why", "weak hearts", "--ethics-approval", "EC-7")
    assert act(trial, "propose_amendment", *words).code == 0
    assert (trial / "study.yaml").read_text(encoding="utf-8") == FIRST
    for by in (INV, ADM):
        assert act(trial, "approve_amendment", by=by).code == 0
    assert (trial / "study.yaml").read_text(encoding="utf-8") == SECOND
