"""The examples in the docstrings of facts and criteria run and say what they say."""

import doctest
import importlib
import pkgutil
from types import ModuleType

import pytest

import trialwright.criteria
import trialwright.facts

MODULES = [
    importlib.import_module(f"{package.__name__}.{found.name}")
    for package in (trialwright.facts, trialwright.criteria)
    for found in pkgutil.iter_modules(package.__path__)
]


@pytest.mark.parametrize("module", MODULES, ids=[module.__name__ for module in MODULES])
def test_the_examples_of_a_module_run(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


def test_there_are_examples() -> None:
    assert sum(len(test.examples) for module in MODULES for test in doctest.DocTestFinder().find(module)) >= 12
