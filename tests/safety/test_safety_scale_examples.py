"""The examples in the docstrings of the scales run and say what they say."""

import doctest
from types import ModuleType

import pytest

from trialwright.safety.scales import acute_gvhd, chronic_gvhd, crs, graded, icans, infusion_reaction


@pytest.mark.parametrize("module", [acute_gvhd, chronic_gvhd, crs, graded, icans, infusion_reaction])
def test_the_examples_of_a_scale_run(module: ModuleType) -> None:
    ran = doctest.testmod(module)
    assert ran.attempted > 0
    assert ran.failed == 0
