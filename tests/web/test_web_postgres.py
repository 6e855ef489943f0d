"""The application on PostgreSQL with two processes: eight people at once, and nothing is lost or given twice."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest
from postgres_server import APP, OWNER, the_server
from site_desk import PASSWORD, hidden

from trialwright.ledger import Actor
from trialwright.store.directory import begin_trial, open_trial
from trialwright.study import read_study

PEOPLE = 8


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The application's address and the ledger's, two processes in front of one database."""
    server = the_server()
    name = server.database()
    text = (files("trialwright") / "studies" / "nct05333705" / "study.yaml").read_text(encoding="utf-8")
    begun = datetime(2026, 6, 1, tzinfo=UTC)
    begin_trial(server.url(name, OWNER), read_study(text, "study.yaml"), actor=Actor("li", "coordinator"),
                simulated=True, at=begun, seed=1, role="trialwright_app")  # fmt: skip
    ledger = server.url(name, APP)
    command = [sys.executable, "-m", "trialwright", "serve", ledger, "--accounts", str(tmp_path), "--port", "0"]
    process = subprocess.Popen(
        [*command, "--workers", "2", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        url = json.loads("".join(process.stdout.readline() for _ in range(3)))["url"].rstrip("/")
        assert "The application is at" in process.stderr.readline()
        yield url, ledger
    finally:
        process.terminate()
        process.wait(timeout=20)


def browser(url: str, code: str) -> OpenerDirector:
    """Somebody logged in."""
    opened = build_opener(HTTPCookieProcessor(CookieJar()))
    page = opened.open(f"{url}/log-in/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    typed = urlencode({"csrfmiddlewaretoken": token[1], "username": code, "password": PASSWORD}).encode()
    opened.open(Request(f"{url}/log-in/", typed, {"Origin": url}))
    return opened


def consent(opened: OpenerDirector, url: str) -> str:
    """Record one consent; gives the address the answer leads to."""
    form = hidden(opened.open(f"{url}/acts/consent/").read().decode()) | {
        "on": "2026-06-01",
        "time": "08:00",
        "w.document": "consent",
        "w.document_version": "1.0",
        "w.language": "zh",
        "w.signer": "participant",
        "w.explained_by": "gong",
    }
    answer = opened.open(Request(f"{url}/acts/consent/", urlencode(form).encode(), {"Origin": url}))
    return str(answer.geturl())


def test_eight_people_at_once_open_eight_casebooks_and_each_gets_a_code_of_its_own(served: tuple[str, str]) -> None:
    url, ledger = served
    people = [browser(url, code) for code in ("li", "zhao", "wang", "li", "zhao", "wang", "li", "zhao")]
    with ThreadPoolExecutor(PEOPLE) as pool:
        places = list(pool.map(lambda opened: consent(opened, url), people))
    codes = {re.search(r"/participants/(S-[0-9]+)/", place)[1] for place in places}  # type: ignore[index]
    assert codes == {f"S-{number:03d}" for number in range(1, PEOPLE + 1)}
    with open_trial(ledger, read_only=True) as opened:
        assert set(opened.trial().casebooks) == codes


def test_a_database_s_url_needs_a_place_for_accounts_and_a_file_one_process(tmp_path: Path) -> None:
    for words, told in (
        (["postgresql://ward@localhost/none"], "--accounts"),
        ([str(tmp_path), "--workers", "2"], "served by one process"),
    ):
        ran = subprocess.run([sys.executable, "-m", "trialwright", "serve", *words], capture_output=True, text=True)
        assert ran.returncode == 2
        assert told in ran.stderr
        assert "Traceback" not in ran.stderr
