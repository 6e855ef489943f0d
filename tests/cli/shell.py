"""The command as a user runs it: a process of its own, its two streams and its exit code."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
DATA = REPOSITORY / "tests" / "data"
REFERENCE_STUDY = REPOSITORY / "src" / "trialwright" / "studies" / "nct05333705" / "study.yaml"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def trialwright(*words: object, by: str | None = None, cwd: Path | None = None) -> Ran:
    """Run `trialwright WORDS`; a traceback on either stream fails the test at once."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TRIALWRIGHT_")}
    if by is not None:
        environment["TRIALWRIGHT_BY"] = by
    done = subprocess.run(
        [sys.executable, "-m", "trialwright", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment | {"PYTHONUTF8": "1"},
        cwd=cwd,
        timeout=300,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)
