"""A ledger of four entries, made once, and a copy of it for each test."""

from pathlib import Path
from typing import Any

import pytest
from store_desk import CONSENT, FACTS, begin, copy_of, do, write

from trialwright.ledger import kinds
from trialwright.store import trial


@pytest.fixture(scope="module")
def four_entries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("four") / "ledger.db"
    with begin(path) as store:
        do(store, write(CONSENT), "a")
        do(store, write(FACTS), "b")
        do(store, write(kinds.Died("infection", "letter")), "c")
    return path


@pytest.fixture
def store(four_entries: Path, tmp_path: Path) -> Any:
    with copy_of(four_entries, tmp_path) as store:
        assert trial(store).size == 4
        yield store
