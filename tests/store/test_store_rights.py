"""Whoever may only read a ledger reads it, and is told so: it is not called damaged."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from store_desk import FACTS, do, write

from trialwright.errors import TrialwrightError, UsageError
from trialwright.store import Store, check_file, open_ledger, trial


@pytest.fixture(scope="module")
def engine() -> str:
    return "sqlite"


def test_a_ledger_opened_for_reading_is_only_read(store: Store) -> None:
    with open_ledger(store.engine.path, read_only=True) as reader:
        with pytest.raises(UsageError, match="for reading only"):
            do(reader, write(FACTS), "d")
        do(store, write(FACTS), "d")
        assert trial(reader).size == 5


def test_an_auditor_reads_a_ledger_on_a_disk_that_cannot_be_written(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such a disk is pretended: the tests may run as a user whom no permission stops."""
    store.close()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with open_ledger(store.engine.path, read_only=True) as reader:
        assert trial(reader).size == 4
        assert [file.name for file in store.engine.path.parent.iterdir()] == [store.engine.path.name], (
            "no helper file was made"
        )


@contextmanager
def without_the_right_to_write(path: Path) -> Iterator[Path]:
    """A copy of a ledger that this process may read, and neither write nor make files beside."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "T"
        folder.mkdir()
        copy = Path(shutil.copy(path, folder / "ledger.db"))
        for one, mode in ((Path(name), 0o755), (copy, 0o444), (folder, 0o555)):
            one.chmod(mode)
        root = os.getuid() == 0  # whom no mode stops: it is somebody else meanwhile
        if root:
            os.setresuid(65534, 65534, 0)
        try:
            yield copy
        finally:
            if root:
                os.setresuid(0, 0, 0)
            folder.chmod(0o755)


def test_a_ledger_that_may_only_be_read_is_read_and_not_called_damaged(store: Store) -> None:
    store.close()
    with without_the_right_to_write(store.engine.path) as path:
        with open_ledger(path, read_only=True) as reader:
            assert trial(reader).size == 4
        assert check_file(path).ok
        with pytest.raises(TrialwrightError, match=r"cannot be written: .*\. Ask for the right to write") as fault:
            open_ledger(path)
    assert fault.value.exit_code == 2


def test_what_waits_beside_a_ledger_that_may_only_be_read_is_not_left_out(store: Store) -> None:
    do(store, write(FACTS), "d")  # still in the helper file: this store is open
    waiting = store.engine.path.with_name("ledger.db-wal").read_bytes()
    with without_the_right_to_write(store.engine.path) as path:
        if os.getuid() == 65534:
            os.setresuid(0, 0, 0)
        path.parent.chmod(0o755)
        path.with_name("ledger.db-wal").write_bytes(waiting)
        path.parent.chmod(0o555)
        if os.getuid() == 0:
            os.setresuid(65534, 65534, 0)
        for look in (lambda: open_ledger(path, read_only=True), lambda: check_file(path)):
            with pytest.raises(TrialwrightError, match="cannot be read: unable to open database file") as fault:
                look()
            assert fault.value.exit_code == 2
