"""Every message of the command line, provoked and compared word for word; tests/errors/README.md says how."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from errors_told import BEFORE, CORPUS, REPOSITORY, Told, cases, format_case, make_world, read_case, tell

SOURCE = REPOSITORY / "src" / "trialwright"
READ = (
    "cli/*.py",
    "exchange/*.py",
    "criteria/facts_file.py",
    "criteria/fhir.py",
    "facts/dates.py",
    "facts/quantities.py",
    "facts/text.py",
    "ledger/jsonl.py",
    "ledger/seal.py",
    "ledger/verify.py",
    "store/check.py",
    "store/check_sqlite.py",
    "store/directory.py",
    "store/export.py",
    "store/repeat.py",
    "store/row.py",
    "store/sqlite.py",
    "store/store.py",
    "store/url.py",
)
"""Where messages come from that these five folders answer for; what a database says: tests/cli/test_cli_postgres.py."""
SAYING = {"FormatError", "UsageError", "IntegrityError", "TrialwrightError", "Fault", "Reason", "fault"}
ONLY_WARN = {
    "facts/fhir-not-used",
    "estimate/a-cause-nobody-has",
    "cli/init-no-site",
    "cli/show-nobody",
    "cli/trace-working-copy-differs",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_world(tmp_path_factory.mktemp("errors") / "world")


@pytest.mark.parametrize("path", cases(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_message_is_the_one_on_file_and_nothing_was_written(path: Path, world: Path) -> None:
    """Regression: `python tests/cli/errors_told.py` writes the files anew."""
    case = read_case(path)
    told = tell(case, world)
    assert format_case(case, told) == path.read_text(encoding="utf-8")
    assert "Traceback" not in told.err
    _check_streams(case.code, told)
    if case.code:
        by_machine = tell(case, world, as_json=True)
        assert by_machine.code == case.code
        assert by_machine.err == told.err
        assert by_machine.out == "" if case.code == 2 or not told.out else json.loads(by_machine.out)


def _check_streams(code: int, told: Told) -> None:
    if code == 2:
        assert told.out == ""
        assert told.err.endswith("\n")
        assert told.changed == ()
    if code == 1:  # a refusal may be recorded, and nothing else
        assert set(told.changed) <= {"T/ledger.db", "T/ledger.db-wal"}


def test_every_case_ends_in_an_error_but_those_that_only_warn() -> None:
    warning = {f"{path.parent.name}/{path.stem}" for path in cases() if read_case(path).code == 0}
    assert warning == ONLY_WARN
    assert {read_case(path).code for path in cases()} == {0, 1, 2}


def test_no_file_stands_alone() -> None:
    for folder in {path.parent for path in cases()}:
        commands = " ".join(read.read_text(encoding="utf-8").partition("\n\n")[0] for read in folder.glob("*.txt"))
        unused = [one.name for one in folder.iterdir() if one.suffix != ".txt" and one.name not in commands.split()]
        assert unused == []
    assert {read_case(path).before for path in cases()} - {""} == set(BEFORE)


# --- no message in the source without a file --------------------------------------------------------------------------

NOT_HERE = {
    "too large for a repository": ("a table has at most", "facts for one person, more than"),
    "false entries, sealed anew: tests/ledger/test_ledger_verify.py": (
        "is not an instant of a ledger",
        "says that the content of",
        "it adopts a study whose text has another SHA-256",
    ),
    "a full or busy disk, and damage that SQLite meets late: tests/store": (
        "cannot be ",
        "one act of the batch could not be written",
        "the database itself is damaged",
    ),
    "a standard output that cannot be written: tests/cli/test_cli_trial.py": ("the answer could not be printed",),
    "no command leads there; who calls from Python is told": (
        "the row was left as it is",
        "was opened for reading only",
        "exists already; a ledger is never written over",
        "to put a ledger in; make it first",
        "names no site. Add one",
    ),
}
"""Messages without a file, and why."""


def said_in(path: Path) -> Iterator[str]:
    """The texts that a module's errors are made of, as patterns: what is put in at run time matches anything."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in SAYING:
            for argument in call.args:
                if isinstance(argument, ast.JoinedStr | ast.Constant) and (pattern := _pattern(argument)):
                    yield pattern


def _pattern(text: ast.JoinedStr | ast.Constant) -> str:
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    words = [str(part.value) if isinstance(part, ast.Constant) else None for part in parts]
    if " " not in "".join(word or "" for word in words):
        return ""  # a reason's code, no message
    return "".join(".*?" if word is None else re.escape(word) for word in words)


MODULES = [path for pattern in READ for path in sorted(SOURCE.glob(pattern))]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_message_in_the_source_has_a_file_that_provokes_it(module: Path) -> None:
    corpus = "\n".join(path.read_text(encoding="utf-8") for path in CORPUS.rglob("*.txt"))
    unsaid = [said for said in said_in(module) if not re.search(said, corpus)]
    elsewhere = [re.escape(words) for told in NOT_HERE.values() for words in told]
    assert [said for said in unsaid if not any(words in said for words in elsewhere)] == []
