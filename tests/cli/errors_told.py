"""Every message of tests/errors/{facts,table,estimate,ledger,cli}: the command line itself, run on the files there.

A file `NAME.txt` holds a command, the exit code, and what is printed, word for word. The command runs in a fresh
directory with the files of its folder that it names, beside what `world` puts there. After a message was changed on
purpose, and read again with a nurse's eyes:

    python tests/cli/errors_told.py            # writes what is printed into the files anew; look at the diff
"""

import io
import os
import re
import shlex
import shutil
import socket
import sqlite3
import sys
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

REPOSITORY = Path(__file__).parents[2]
CORPUS = REPOSITORY / "tests" / "errors"
FOLDERS = ("facts", "table", "estimate", "ledger", "cli")
HASH = re.compile(r"\b[0-9a-f]{64}\b")  # salts are random: a head is another one in every run
BY = "wang:investigator"
CONSENT = "--document consent --document-version 1.0 --language zh --signer participant --explained-by gong"


@dataclass(frozen=True)
class Told:
    """What a command printed, its exit code, and whether any file changed."""

    code: int
    out: str
    err: str
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """One message's file, taken apart."""

    path: Path
    before: str  # a recipe of BEFORE, or nothing
    by: str
    words: tuple[str, ...]
    code: int
    text: str


def read_case(path: Path) -> Case:
    """A file: `before: RECIPE` if it needs one, `$ [TRIALWRIGHT_BY=…] trialwright …`, `exit N`, an empty line, text."""
    head, _, text = path.read_text(encoding="utf-8").partition("\n\n")
    lines = head.strip().split("\n")
    before = lines.pop(0).removeprefix("before: ") if lines[0].startswith("before: ") else ""
    words = shlex.split(lines[0].removeprefix("$ "))
    by = words.pop(0).removeprefix("TRIALWRIGHT_BY=") if words[0].startswith("TRIALWRIGHT_BY=") else BY
    code = int(lines[1].removeprefix("exit ")) if len(lines) > 1 else 0
    return Case(path, before, by, tuple(words[1:]), code, text)


def format_case(case: Case, told: Told) -> str:
    """The file that `read_case` reads, with what is told now."""
    command = case.path.read_text(encoding="utf-8").partition("\n\n")[0].split("\nexit ")[0].rstrip("\n")
    return f"{command}\nexit {told.code}\n\n{told.out}{told.err}"


def cases() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((CORPUS / folder).glob("*.txt"))]


# --- running ----------------------------------------------------------------------------------------------------------


def run(words: tuple[str, ...], by: str = BY) -> tuple[int, str, str]:
    """The command line, in this process: its exit code and what it printed on its two streams."""
    from trialwright.cli import main

    out, err, code = io.StringIO(), io.StringIO(), 0
    here = {"TRIALWRIGHT_BY": by, "COLUMNS": "100", "TRIALWRIGHT_TRACEBACK": ""}
    typed = patch.object(sys, "argv", ["trialwright", *words])
    with patch.dict(os.environ, here), typed, redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return code, out.getvalue(), err.getvalue()


def tell(case: Case, world: Path, *, as_json: bool = False) -> Told:
    """What the command of a case says in a copy of the world."""
    with TemporaryDirectory() as name:
        here = Path(name) / "here"
        shutil.copytree(world, here)
        for file in sorted(case.path.parent.iterdir()):
            if file.name in case.words:
                shutil.copy(file, here / file.name)
        if case.before:
            BEFORE[case.before](here)
        with chdir(here):
            was = _files(here)
            code, out, err = run((*case.words, *(["--json"] if as_json else [])), case.by)
            now = _files(here)
    out, err = (HASH.sub("(hash)", text.replace(f"{here}/", "")) for text in (out, err))
    return Told(code, out, err, tuple(sorted(name for name in was | now if was.get(name) != now.get(name))))


def _files(here: Path) -> dict[str, bytes]:
    """Every file, but SQLite's helper files where nothing waits in them: a reader may leave those behind."""
    found = {str(path.relative_to(here)): path.read_bytes() for path in here.rglob("*") if path.is_file()}
    return {
        name: raw for name, raw in found.items() if not name.endswith("-shm") and (raw or not name.endswith("-wal"))
    }


# --- what stands in the directory -------------------------------------------------------------------------------------


def make_world(here: Path) -> Path:
    """study.yaml, a trial T with one consent, a draft D, a trial H of people observed in the past, an export."""
    data = REPOSITORY / "tests" / "data"
    shipped = REPOSITORY / "src" / "trialwright" / "studies" / "nct05333705" / "study.yaml"
    here.mkdir()
    with chdir(here):
        shutil.copy(shipped, "study.yaml")
        shutil.copy(data / "myeloid" / "study.yaml", "observed.yaml")
        shutil.copy(data / "registry" / "NCT00399243.json", "record.json")
        _must("init --from study.yaml --dir T")
        _must(f"act T consent new --on 2026-01-05T09:00 --id a1 {CONSENT}")
        _must("init --from observed.yaml --dir H")
        _must("init --from record.json --dir D")
        _must("ledger export T --out export.jsonl")
    return here


def _must(command: str) -> None:
    code, out, err = run(tuple(command.split()))
    assert code == 0, out + err


def _unguarded(here: Path, *statements: str) -> None:
    """Change a ledger as only somebody with the file in their hands can: the guards are off meanwhile."""
    database = sqlite3.connect(here / "T" / "ledger.db")
    guards = dict(database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
    for statement in (*(f"DROP TRIGGER {name}" for name in guards), *statements, *guards.values()):
        database.execute(statement)
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def _without_guard(here: Path, name: str) -> None:
    database = sqlite3.connect(here / "T" / "ledger.db")
    database.execute(f"DROP TRIGGER {name}")
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def _flip(here: Path, column: str, old: str, new: str, seq: int = 1) -> None:
    """Change sealed bytes of the entry `seq`."""
    table = "payload" if column == "body" else "entry"
    told = f"CAST(replace(CAST({column} AS TEXT), '{old}', '{new}') AS BLOB)"
    _unguarded(here, f"UPDATE {table} SET {column} = {told} WHERE seq = {seq}")


def _no_site(here: Path) -> None:
    path = here / "study.yaml"
    text = path.read_text(encoding="utf-8")
    at, end = text.index("\nsites:\n"), text.index("\n\n", text.index("\nsites:\n"))
    path.write_text(text[:at] + text[end:], encoding="utf-8")


_taken: list[socket.socket] = []


def _take_port() -> None:
    """Listen on 8437 as long as this process lives; if somebody else does, that serves as well."""
    if not _taken:
        _taken.append(socket.socket())
        with suppress(OSError):
            _taken[0].bind(("127.0.0.1", 8437))
            _taken[0].listen()


def _another_database(here: Path, *statements: str) -> None:
    path = here / "T" / "ledger.db"
    path.unlink()
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


BEFORE: dict[str, Callable[[Path], object]] = {
    "a changed byte of a content": lambda here: _flip(here, "body", "gong", "gonh"),
    "a changed byte of a header": lambda here: _flip(here, "header", "wang", "wong"),
    "a changed id": lambda here: _unguarded(here, "UPDATE entry SET id = 'a2' WHERE seq = 1"),
    "the last entry cut off": lambda here: _unguarded(
        here, "DELETE FROM entry WHERE seq = 1", "DELETE FROM payload WHERE seq = 1"
    ),
    "every entry cut off": lambda here: _unguarded(
        here, "DELETE FROM entry", "DELETE FROM payload", "DELETE FROM study"
    ),
    "a content without its entry": lambda here: _unguarded(
        here, "INSERT INTO payload SELECT study, 7, salt, body FROM payload WHERE seq = 1"
    ),
    "an entry of another study": lambda here: _unguarded(
        here, "INSERT INTO entry SELECT 'zzz', 0, 'other', header, hash FROM entry WHERE seq = 0"
    ),
    "a second study": lambda here: _unguarded(here, "INSERT INTO study VALUES ('other', 0, zeroblob(32))"),
    "checkpoints of something else": lambda here: _unguarded(
        here,
        "INSERT INTO checkpoint VALUES ('other', 1, 'x')",
        "INSERT INTO checkpoint SELECT id, 9, 'x' FROM study",
    ),
    "tables of one's own": lambda here: _unguarded(
        here, "CREATE TABLE letters (text)", "ALTER TABLE checkpoint ADD COLUMN more TEXT"
    ),
    "a guard taken off": lambda here: _without_guard(here, "entry_is_never_changed"),
    "a removed content": lambda here: _unguarded(
        here, "UPDATE payload SET body = NULL, salt = zeroblob(16) WHERE seq = 1"
    ),
    "a database that is torn": lambda here: (here / "T" / "ledger.db").write_bytes(
        (here / "T" / "ledger.db").read_bytes()[:4096] + b"torn" * 1024
    ),
    "another database": lambda here: _another_database(here, "CREATE TABLE note (text TEXT)"),
    "a newer database": lambda here: _unguarded(here, "PRAGMA user_version = 9"),
    "no database": lambda here: (here / "T" / "ledger.db").write_text("This is a letter, not a ledger.\n" * 99),
    "no working copy": lambda here: (here / "T" / "study.yaml").unlink(),
    "another working copy": lambda here: (here / "T" / "study.yaml").write_bytes((here / "observed.yaml").read_bytes()),
    "no site": _no_site,
    "no ledger": lambda here: (here / "T" / "ledger.db").unlink(),
    "a port in use": lambda here: _take_port(),
    "other files": lambda here: (here / "mine").mkdir() or (here / "mine" / "letter.txt").write_text("keep me\n"),
}


def main() -> None:
    """Write every file anew."""
    with TemporaryDirectory() as name:
        world = make_world(Path(name) / "world")
        for path in cases():
            case = read_case(path)
            path.write_text(format_case(case, tell(case, world)), encoding="utf-8")


if __name__ == "__main__":
    main()
