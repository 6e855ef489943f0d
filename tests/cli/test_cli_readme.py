"""The README's words, run as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

from shell import REPOSITORY


def test_the_readme_runs_a_trial_word_for_word(tmp_path: Path):
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", readme.partition("## Run a trial")[2], re.DOTALL)
    assert len(blocks) == 4
    (shown,) = re.findall(r"```text\n(.*?)```", readme, re.DOTALL)
    for name in ("src", "examples", "tests"):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-e", "-c", "".join(blocks)],
        cwd=tmp_path,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "enrolled S-001" in done.stdout
    assert "646 people" in done.stdout
    assert "D-XA260000015" in done.stdout
    assert shown in done.stdout
    assert (tmp_path / "label.pdf").is_file()
    assert (tmp_path / "R" / "report.pdf").is_file()
    assert (tmp_path / "MR" / "report.pdf").is_file()
    assert (tmp_path / "S" / "safety.pdf").is_file()


def test_the_readme_names_only_commands_that_exist():
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    fenced = "\n".join(re.findall(r"```sh\n(.*?)```", readme, re.DOTALL))
    named = re.findall(r"`trialwright ([a-z]+)", readme) + re.findall(r"^trialwright ([a-z]+)", fenced, re.MULTILINE)
    assert len(set(named)) >= 8
    for words in set(named):
        done = subprocess.run(
            [sys.executable, "-m", "trialwright", words, "--help"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, words
    for figure in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", readme):
        assert (REPOSITORY / figure).is_file(), figure
