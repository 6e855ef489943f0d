"""What the tests need from the system is installed where it may be, and named where it may not."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from shell import REPOSITORY

TOOLS = ("bash", "grep", "cut", "tr", "cat", "env", "true")


def machine(folder: Path, **programs: str) -> Path:
    """A machine whose only programs are a few tools and the ones given, each a line of shell."""
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (folder / tool).symlink_to(found)
    for name, line in programs.items():
        path = folder / name.replace("_", "-")
        path.write_text(f"#!{folder}/bash\n{line}\n")
        path.chmod(0o755)
    return folder


def need(path: Path, *names: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [path / "bash", REPOSITORY / "scripts" / "need-packages", *names],
        env={"PATH": str(path), "LOG": str(path.parent / "log")},
        capture_output=True,
        text=True,
        check=False,
    )


APT = 'echo "apt-get $*" >> "$LOG"'


@pytest.mark.parametrize(
    ("who", "sudo"), [("echo 0", "exit 1"), ("echo 1000", 'shift; exec "$@"')], ids=["as root", "with sudo"]
)
def test_what_is_missing_is_installed_where_it_may_be(tmp_path: Path, who: str, sudo: str) -> None:
    path = machine(tmp_path / "bin", uname="echo Linux", id=who, sudo=sudo, apt_get=APT, ls="exit 1")
    assert need(path, "chromium").returncode == 0
    assert (tmp_path / "log").read_text().splitlines() == [
        "apt-get update -qq",
        "apt-get install -y -qq --no-install-recommends chromium",
    ]


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    path = machine(tmp_path / "bin", uname="echo Linux", apt_get=APT, chromium="true", initdb="true")
    done = need(path, "chromium", "postgresql")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (tmp_path / "log").exists()


@pytest.mark.parametrize(
    ("programs", "told"),
    [
        ({"uname": "echo Darwin"}, "  brew install --cask chromium\n  brew install postgresql@17\n"),
        ({"uname": "echo Linux", "id": "echo 0"}, "The tests need chromium postgresql (Debian's names)"),
        (
            {"uname": "echo Linux", "id": "echo 1000", "sudo": "exit 1", "apt_get": APT},
            "The tests need chromium postgresql (Debian's names)",
        ),
        (
            {"uname": "echo Linux", "id": "echo 0", "apt_get": "exit 100"},
            "apt-get could not install chromium postgresql. Install it, then run make again.\n",
        ),
    ],
    ids=["macOS", "no apt-get", "no right", "apt-get fails"],
)
def test_what_cannot_be_installed_is_named(tmp_path: Path, programs: dict[str, str], told: str) -> None:
    done = need(machine(tmp_path / "bin", ls="exit 1", **programs), "chromium", "postgresql")
    assert done.returncode == 1
    assert told in done.stderr
    assert os.listdir(tmp_path) == ["bin"]
