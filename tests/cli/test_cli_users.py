"""`trialwright user`: the first account of a real trial, listed and closed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

STUDY = Path(__file__).parents[2] / "src" / "trialwright" / "studies" / "nct05333705" / "study.yaml"


def _run(*words: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "trialwright", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


def _json(*words: str) -> Any:
    code, out, err = _run(*words, "--json")
    assert code == 0, err
    return json.loads(out)


def test_an_account_is_opened_listed_and_closed_from_the_shell(tmp_path: Path) -> None:
    trial = str(tmp_path / "T")
    assert _run("init", "--from", str(STUDY), "--dir", trial, "--by", "wang:investigator")[0] == 0
    opened = _json("user", "add", trial, "ada", "--name", "Ada Min", "--role", "administrator")
    assert len(opened["one_time_password"]) == 19
    code, out, err = _run("user", "add", trial, "ADA", "--name", "Another", "--role", "monitor")
    assert (code, out) == (2, "")
    assert "stands for Ada Min for ever" in err
    assert _json("user", "close", trial, "Ada")["open"] is False
    (account,) = _json("user", "list", trial)["accounts"]
    roles = [{"role": "administrator", "site": "XA"}]
    assert account == {"code": "ada", "name": "Ada Min", "open": False, "roles": roles}
    assert opened["one_time_password"].encode() not in (tmp_path / "T" / "site.db").read_bytes()
