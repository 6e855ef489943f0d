"""The demo, as a newcomer meets it."""

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from shell import REFERENCE_STUDY, trialwright

from trialwright.cells.alerts import all_open_alerts
from trialwright.cells.descent import assignment_of, doses_of
from trialwright.cells.states import lot_state
from trialwright.cells.trace import Key, backwards, lineage
from trialwright.cli.demo import play
from trialwright.store.directory import open_trial

REFUSED = [
    "reagent.expired",
    "enrolment.undecided",
    "bedside.swapped",
    "trial.paused",
    "code.misread",
    "infusion.one_verifier",
    "bedside.old_label",
    "enrolment.target_reached",
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("demo") / "demo"
    ran = trialwright("demo", "--dir", directory, "--no-serve")
    assert ran.code == 0, ran.err
    return directory


def test_the_demo_writes_its_four_files_and_its_ledger_verifies(demo: Path):
    assert {path.name for path in demo.iterdir()} >= {"study.yaml", "ledger.db", "report.html", "report.pdf"}
    assert trialwright("ledger", "verify", demo).code == 0
    assert (demo / "study.yaml").read_bytes() == REFERENCE_STUDY.read_bytes()


def test_every_place_is_taken_and_only_what_should_be_refused_is(demo: Path):
    entries = trialwright("ledger", "show", demo, "--json").json
    assert sum(entry["kind"] == "enrolled" for entry in entries) == 15
    refusals = [entry["what"]["reasons"][0]["code"] for entry in entries if entry["kind"] == "refused"]
    assert refusals == REFUSED
    assert entries[0]["what"]["simulated"] is True


@pytest.mark.parametrize("seed", [2, 3, 5, 7, 11, 13])
def test_another_seed_tells_another_whole_story(tmp_path: Path, seed: int):
    played = play(tmp_path, seed)
    assert played["refused"] == len(REFUSED)
    with open_trial(tmp_path, read_only=True) as opened:
        assert len(opened.trial().enrolled) == 15


def test_every_participant_has_a_whole_chain_of_cells(demo: Path):
    """What the demonstration promises: each way from donor to bedside, and what can go wrong on it."""
    with open_trial(demo, read_only=True) as opened:
        study, trial = opened.study_file.study, opened.trial()
        known = lineage(trial)
        states = {code: lot_state(study, trial, lot) for code, lot in trial.lots.items()}
        for book in trial.enrolled:
            assert assignment_of(trial, book.code) is not None
            for infusion in book.infusions:
                above = backwards(known, Key("infusion", f"{book.code}#{infusion.what.infusion}"))
                sorts = [thing.sort for thing in above]
                assert [sorts.count(sort) for sort in ("donor", "collection", "lot")] == [1, 1, 1]
                assert {"dose", "reagent", "equipment", "operator"} <= set(sorts)
        sources = [entry.what.source for entry in trial.collections.values()]
        assert (len(sources), sources.count("cord blood")) == (15, 3)
        words = [state.words for state in states.values()]
        assert words.count("released, given") == 13
        assert sorted(set(words) - {"released, given"}) == [
            "conditionally released, expired and discarded",
            "failed after infusion, given",
            "rejected, discarded",
        ]
        assert sum(state.donor_exception for state in states.values()) == 1
        assert max(len(doses_of(trial, lot)) for lot in trial.lots.values()) == 2
        assert [alert.about for alert in all_open_alerts(trial)] == ["S-018"]


def test_the_same_seed_makes_the_same_ledger_and_the_same_report_to_the_byte(demo: Path, tmp_path: Path):
    again = tmp_path / "again"
    trialwright("demo", "--dir", again, "--no-serve")
    for name in ("report.pdf", "report.html"):
        assert (again / name).read_bytes() == (demo / name).read_bytes()
    heads = [trialwright("ledger", "verify", directory, "--json").json["head"] for directory in (demo, again)]
    assert heads[0] == heads[1]


def test_the_demo_replaces_itself_and_nothing_else(demo: Path, tmp_path: Path):
    assert trialwright("demo", "--dir", demo, "--no-serve").code == 0
    real = tmp_path / "T"
    trialwright("init", "--from", REFERENCE_STUDY, "--dir", real, by="wang:investigator")
    before = (real / "ledger.db").read_bytes()
    ran = trialwright("demo", "--dir", real, "--no-serve")
    assert ran.code == 2
    assert "real trial" in ran.err
    assert (real / "ledger.db").read_bytes() == before
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    assert trialwright("demo", "--dir", tmp_path / "mine", "--no-serve").code == 2


def test_serve_opens_the_application_never_shows_a_file_and_stops_on_ctrl_c(demo: Path, tmp_path: Path):
    directory = tmp_path / "demo"
    shutil.copytree(demo, directory)
    command = [sys.executable, "-m", "trialwright", "serve", str(directory), "--port", "0", "--json"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        url = json.loads("".join(server.stdout.readline() for _ in range(3)))["url"]
        page = _fetched(f"{url}log-in/")
        assert "Log in" in page.read().decode()
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
        for hidden in ("ledger.db", "study.yaml", "site.key", "../ledger.db", "%2e%2e/ledger.db", "static/../site.db"):
            with pytest.raises(urllib.error.HTTPError) as found:
                urllib.request.urlopen(f"{url}{hidden}")
            assert found.value.code == 404
    finally:
        server.send_signal(2)
        _, err = server.communicate(timeout=20)
    assert server.returncode == 0
    assert "Ctrl-C stops" in err
    assert "Traceback" not in err


def _fetched(url: str):
    for _ in range(200):
        try:
            return urllib.request.urlopen(url)
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {url}")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--known-at", "1999-01-01T00:00:00Z"), "nothing was known then"),
        (("--known-at", "-1"), "expected the number of an entry"),
        (("--known-at", "9" * 5000), "expected the number of an entry"),
        (("--known-at", "0001-01-01T00:00:00+14:00"), "expected the number of an entry"),
        (("--as-of", "20240601"), "expected a day such as"),
        (("--as-of", "2024-W01-1"), "expected a day such as"),
        (("--as-of", ""), "expected a day such as"),
    ],
)
def test_a_report_of_no_moment_is_refused_and_nothing_is_written(demo: Path, tmp_path: Path, words, told):
    ran = trialwright("report", demo, "--out", tmp_path / "R", *words, "--json")
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert not (tmp_path / "R").exists()
