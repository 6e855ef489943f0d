"""Both engines; a ledger of four entries, made once, and a copy of it for each test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from store_desk import CONSENT, ENGINES, FACTS, begin, copy_of, do, place, write

from trialwright.ledger import kinds
from trialwright.store import trial

Fresh = Callable[..., Path | str]


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The engine a test runs on: each test that asks for it runs once on each."""
    return str(request.param)


@pytest.fixture
def fresh(engine: str, tmp_path: Path) -> Fresh:
    """Gives places where a ledger can be begun."""
    return lambda name: place(engine, tmp_path, name)


@pytest.fixture
def where(fresh: Fresh) -> Path | str:
    """A place where a ledger can be begun."""
    return fresh("ledger.db")


@pytest.fixture(scope="module")
def four_entries(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Path | str:
    where = place(engine, tmp_path_factory.mktemp("four"))
    with begin(where) as store:
        do(store, write(CONSENT), "a")
        do(store, write(FACTS), "b")
        do(store, write(kinds.Died("infection", "letter")), "c")
    return where


@pytest.fixture
def store(four_entries: Path | str, tmp_path: Path) -> Any:
    with copy_of(four_entries, tmp_path) as store:
        assert trial(store).size == 4
        yield store
