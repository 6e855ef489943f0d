"""A site for the tests: the demonstration's ledger with accounts, served within the process or to a real Chromium.

The demonstration is played once in each worker; every test gets a copy of its own.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "store"))  # the tests' own PostgreSQL
PASSWORD = "cells for everybody"
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


def chromium() -> str:
    """The system's browser; its absence is a failure, never a skip."""
    found = next((path for path in CHROMIUM if Path(path).exists()), None)
    assert found, "Chromium is missing: `make test` installs it (Debian: apt-get install chromium)."
    return found


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration as `trialwright demo` writes it, with accounts."""
    from trialwright.cli.demo import begin_practice, play
    from trialwright.web.site import demo_accounts, environment, set_up

    # A browser's driver keeps a loop in this thread, and Django would take the tests beside it for its guests.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    directory = tmp_path_factory.mktemp("site") / "demo"
    directory.mkdir()
    play(directory, 1)
    begin_practice(directory / "practice")
    os.environ.update(environment(directory, "127.0.0.1", demo=True))
    set_up()
    demo_accounts("XA")
    from django.db import connections

    connections.close_all()
    return directory


def _copy(played: Path, to: Path) -> Path:
    shutil.copytree(played, to, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    return to


@pytest.fixture
def site(played: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the demonstration, on which this process's Django now works."""
    from django.conf import settings
    from django.core.cache import cache
    from django.db import connections
    from django.test import override_settings

    from trialwright.web.door import close_all

    directory = _copy(played, tmp_path / "demo")
    before = settings.DATABASES["default"]["NAME"]
    connections.close_all()
    connections["default"].settings_dict["NAME"] = str(directory / "site.db")
    cache.clear()
    with override_settings(TRIAL=str(directory), ALLOWED_HOSTS=["testserver", "127.0.0.1", "localhost"]):
        yield directory
    close_all()
    connections.close_all()
    connections["default"].settings_dict["NAME"] = str(before)


@dataclass
class Served:
    """A site behind a real web server."""

    directory: Path
    url: str


@pytest.fixture
def served(played: Path, tmp_path: Path) -> Iterator[Served]:
    """A copy of the demonstration behind `trialwright serve`, as a user starts it."""
    directory = _copy(played, tmp_path / "served")
    command = [sys.executable, "-m", "trialwright", "serve", str(directory), "--port", "0", "--json"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        url = json.loads("".join(server.stdout.readline() for _ in range(3)))["url"].rstrip("/")
        _wait_for(url, server)
        yield Served(directory, url)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(url: str, server: "subprocess.Popen[str]") -> None:
    for _ in range(300):
        assert server.poll() is None, "the application ended by itself"
        try:
            urllib.request.urlopen(f"{url}/log-in/", timeout=2)
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the application did not answer within 30 seconds")


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """The system's Chromium. Of one file only: while it runs, Django's own connections cannot be used beside it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield opened
        opened.close()
