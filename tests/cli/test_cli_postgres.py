"""The commands on a database's URL: the same answers as on a directory, clear words where it cannot be, no password."""

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from postgres_server import APP, OWNER, STRANGER, the_server
from shell import REFERENCE_STUDY, REPOSITORY, trialwright

CONSENT = (
    *("consent", "new", "--on", "2026-01-05T09:00", "--id", "a1", "--language", "zh", "--signer", "participant"),
    *("--document", "consent", "--document-version", "1.0", "--explained-by", "wang"),
)
BY = "wang:investigator"


@pytest.fixture(scope="module")
def begun() -> str:
    """The application's URL, password and all, of a database in which the reference study is adopted."""
    name = the_server().database()
    done = trialwright("init", "--from", REFERENCE_STUDY, "--db", the_server().tcp_url(name, OWNER), by=BY)
    assert done.code == 0, done.err
    assert "the study nct05333705 is adopted" in done.out.lower()
    assert "pw%" not in done.out + done.err
    return the_server().tcp_url(name)


def test_a_trial_in_a_database_is_run_from_the_shell(begun: str, tmp_path: Path) -> None:
    done = trialwright("act", begun, *CONSENT, by=BY)
    assert done.code == 0, done.err
    again = trialwright("act", begun, *CONSENT, by=BY)
    assert again.out == done.out, "the same id is the same act"
    assert trialwright("ledger", "verify", begun, "--json").json["entries"] == 2
    verified = trialwright("ledger", "verify", begun)
    assert verified.code == 0
    assert verified.out.startswith(f"postgresql://{APP}@127.0.0.1:"), "and without the password"
    shown = trialwright("ledger", "show", begun, "--json").json
    assert [entry["kind"] for entry in shown] == ["adopted", "consented"]
    out = tmp_path / "out.jsonl"
    assert trialwright("ledger", "export", begun, "--out", out).code == 0
    assert trialwright("ledger", "verify", out, "--json").json["entries"] == 2
    for command in (("cells",), ("safety",)):
        told = trialwright(*command, begun)
        assert told.code == 0, told.err
        assert "pw%" not in told.out + told.err
    assert trialwright("report", begun, "--out", tmp_path / "R").code == 0
    assert (tmp_path / "R" / "report.pdf").exists()
    assert trialwright("study", "diff", begun, REFERENCE_STUDY, "--json").json["changes"] == []


def test_a_refusal_is_recorded_in_the_database_too(begun: str) -> None:
    before = trialwright("ledger", "verify", begun, "--json").json["entries"]
    words = [word.replace("1.0", "9.9").replace("a1", "a2") for word in CONSENT]
    refused = trialwright("act", begun, *words, by=BY)
    assert refused.code == 1
    assert "study.differs" not in refused.out
    assert trialwright("ledger", "verify", begun, "--json").json["entries"] == before + 1


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("ledger", "verify", "{tcp:wrong}"), "Check the user and the password"),
        (("ledger", "show", "{down}"), "Is PostgreSQL running there"),
        (("act", "{down}", *CONSENT), "Is PostgreSQL running there"),
        (("ledger", "show", "{nowhere}"), "Check the database's name"),
        (("ledger", "show", "{stranger}"), "GRANT trialwright_app TO USER"),
        (("ledger", "show", "{study}"), "holds no study 'other'"),
        (("ledger", "show", "{empty}"), "holds no ledger of trialwright"),
        (("init", "--from", "{file}", "--db", "{app}"), "already holds the study"),
        (("init", "--from", "{file}", "--db", "{fresh app}"), "Beginning a study needs its owner"),
        (("init", "--from", "{file}", "--db", "/some/where"), "--db: expected postgresql://"),
        (("init", "--from", "{file}", "--db", "{app}", "--dir", "D"), "Keep one"),
        (("init", "--from", "{file}", "--dir", "D", "--role", "ward"), "--role goes with --db"),
        (("init", "--from", "{file}"), "name the place"),
        (("init", "--from", "record.json", "--db", "{app}"), "a draft is written first"),
        (("study", "check", "{app}"), "Check the path"),
        (("screen", "{app}", "{app}"), "Check the path"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_message_without_a_password(
    begun: str, command: tuple[str, ...], told: str
) -> None:
    server = the_server()
    name = begun.rpartition("/")[2]
    words = {
        "{tcp:wrong}": server.tcp_url(name, password="not-pw%word"),
        "{down}": begun.replace(f":{server.port}", ":1"),
        "{nowhere}": server.tcp_url("nowhere"),
        "{stranger}": server.tcp_url(name, STRANGER),
        "{study}": f"{begun}?study=other",
        "{empty}": server.tcp_url(server.database()),
        "{app}": begun,
        "{fresh app}": server.tcp_url(server.database()),
        "{file}": str(REFERENCE_STUDY),
    }
    done = trialwright(*(words.get(word, word) for word in command), by=BY)
    assert done.code == 2, done.out
    assert done.out == ""
    assert told in done.err
    assert "pw%" not in done.err


def test_a_study_with_errors_is_not_adopted(tmp_path: Path) -> None:
    draft = tmp_path / "T"
    record = Path(__file__).parents[1] / "data" / "registry" / "NCT00399243.json"
    assert trialwright("init", "--from", record, "--dir", draft).code == 0
    url = the_server().tcp_url(the_server().database(), OWNER)
    done = trialwright("init", "--from", draft / "study.yaml", "--db", url, by=BY)
    assert done.code == 2
    assert "trialwright study check" in done.err


def test_without_the_extra_the_command_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that cannot be imported stands before the real one, as if it were not installed."""
    (tmp_path / "psycopg.py").write_text("raise ImportError('not here')\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{':'.join(sys.path)}")
    done = trialwright("ledger", "show", "postgresql://a:pw%25word@127.0.0.1:1/d")
    assert (done.code, done.out) == (2, "")
    assert 'pip install "trialwright[postgres]"' in done.err
    assert "pw%" not in done.err


def test_a_forged_ledger_does_not_verify(begun: str) -> None:
    server = the_server()
    copy = server.database()
    url = server.tcp_url(copy, OWNER)
    assert trialwright("init", "--from", REFERENCE_STUDY, "--db", url, by=BY).code == 0
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("ALTER TABLE trialwright.entry DISABLE TRIGGER USER")
        owner.execute("UPDATE trialwright.entry SET header = overlay(header PLACING 'X' FROM 12 FOR 1)")
    done = trialwright("ledger", "verify", server.tcp_url(copy))
    assert done.code == 1
    assert "entry 0: " in done.out


def test_the_readmes_words_on_a_database_are_run_as_they_stand() -> None:
    """Only the place differs: the server, its port and the name of the database are this test's."""
    server = the_server()
    name = server.database()
    (block,) = re.findall(r"```bash\n(.*?)```", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    block = block.replace("owner@localhost/trial", f"{OWNER}@/{name}").replace("ward@localhost/trial", f"{APP}@/{name}")
    here = {"PGHOST": str(server.folder), "PGPORT": str(server.port), "PGUSER": "postgres", "TRIALWRIGHT_BY": BY}
    path = os.pathsep.join((str(Path(sys.executable).parent), str(server.bin), os.environ["PATH"]))
    done = subprocess.run(
        ["bash", "-e", "-c", block.replace("-d trial ", f"-d {name} ")],
        cwd=REPOSITORY,
        env=os.environ | here | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "1 entries verify" in done.stdout
