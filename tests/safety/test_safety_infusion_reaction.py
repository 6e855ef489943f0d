"""Infusion reactions by CTCAE v5.0: a table of people and grades, written from the grade texts in the domain notes."""

from decimal import Decimal

import pytest

from trialwright.errors import FormatError
from trialwright.facts import FALSE, TRUE, UNKNOWN
from trialwright.safety.scales.infusion_reaction import (
    InfusionReaction,
    grade_infusion_reaction,
    read_infusion_reaction,
)

MILD = {
    "interrupted": "no",
    "prophylaxis_hours": "0",
    "prolonged_or_recurrent": "no",
    "hospitalised": "no",
    "life_threatening": "no",
}
STOPPED = MILD | {"interrupted": "yes", "prompt_response": "yes"}


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ({"reaction": "no"}, "0"),
        (MILD, "1"),
        (MILD | {"prompt_response": "no"}, "1"),
        (STOPPED, "2"),
        (MILD | {"prophylaxis_hours": "1"}, "2"),
        (STOPPED | {"prophylaxis_hours": "24"}, "2"),
        (STOPPED | {"prophylaxis_hours": "24.5"}, "3"),
        (STOPPED | {"prompt_response": "no"}, "3"),
        (STOPPED | {"prolonged_or_recurrent": "yes"}, "3"),
        (MILD | {"prolonged_or_recurrent": "yes"}, "3"),
        (MILD | {"hospitalised": "yes"}, "3"),
        (MILD | {"life_threatening": "yes"}, "4"),
        (MILD | {"death": "yes"}, "5"),
        (STOPPED | {"prompt_response": "unknown"}, "2 or 3"),
        (MILD | {"interrupted": "unknown"}, "1 to 3"),
        (MILD | {"interrupted": "unknown", "prompt_response": "yes"}, "1 or 2"),
        (MILD | {"hospitalised": "unknown"}, "1 to 3"),
        (MILD | {"prophylaxis_hours": "unknown"}, "1 to 3"),
        (MILD | {"reaction": "unknown"}, "0 or 1"),
        (STOPPED | {"reaction": "unknown"}, "2"),
        ({"life_threatening": "yes"}, "4"),
        ({}, "1 to 4"),
    ],
)
def test_the_worst_finding_decides(typed: dict[str, str], text: str) -> None:
    assert grade_infusion_reaction(read_infusion_reaction(typed)).text == text


@pytest.mark.parametrize(
    ("typed", "because", "missing"),
    [
        ({"reaction": "no"}, ("no reaction",), ()),
        (MILD, ("a reaction",), ()),
        (STOPPED, ("interrupted or treated, prompt response",), ()),
        (STOPPED | {"prompt_response": "no"}, ("interrupted or treated, no prompt response",), ()),
        (STOPPED | {"prompt_response": ""}, ("interrupted or treated",), ("prompt_response",)),
        (STOPPED | {"prophylaxis_hours": "48"}, ("prophylaxis for 48 hours",), ()),
        (MILD | {"hospitalised": "yes", "prophylaxis_hours": "unknown"}, ("in hospital for it",), ()),
        (MILD | {"interrupted": "unknown"}, ("a reaction",), ("interrupted", "prompt_response")),
        (MILD | {"life_threatening": "unknown"}, ("a reaction",), ("life_threatening",)),
    ],
)
def test_a_grade_says_what_decides_it_and_what_is_missing(
    typed: dict[str, str], because: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    graded = grade_infusion_reaction(read_infusion_reaction(typed))
    assert graded.scale == "CTCAE v5.0 infusion related reaction"
    assert (graded.because, graded.missing) == (because, missing)


def test_findings_are_read_as_typed_and_what_is_left_out_is_unknown() -> None:
    assert read_infusion_reaction({"interrupted": "Yes", "prophylaxis_hours": "12"}) == InfusionReaction(
        TRUE, UNKNOWN, Decimal(12), UNKNOWN, UNKNOWN, UNKNOWN, death=FALSE, reaction=TRUE
    )


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"prophylaxis_hours": "a day"}, "prophylaxis_hours: 'a day' was found, hours from 0 to 1000, such as 24, was"),
        ({"prophylaxis_hours": "-1"}, "prophylaxis_hours: '-1' was found, hours from 0 to 1000, such as 24, was"),
        (
            {"hospitalised": "ward"},
            "hospitalised: 'ward' was found, yes or no was expected. Correct it, or write unknown.",
        ),
        ({"grade": "2"}, "'grade' is no finding of this scale; it asks for reaction, interrupted"),
        (
            {"reaction": "no", "interrupted": "yes", "prophylaxis_hours": "2"},
            "reaction: 'no' was found, but also interrupted, prophylaxis_hours, which only a reaction has.",
        ),
    ],
)
def test_a_finding_that_cannot_be_read_is_named_with_what_was_expected(typed: dict[str, str], message: str) -> None:
    with pytest.raises(FormatError) as raised:
        read_infusion_reaction(typed)
    assert message in raised.value.message


def test_findings_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="there was no reaction, and yet life_threatening"):
        InfusionReaction(FALSE, UNKNOWN, None, FALSE, FALSE, TRUE, reaction=FALSE)
    with pytest.raises(ValueError, match="prophylaxis_hours is -1"):
        InfusionReaction(FALSE, UNKNOWN, Decimal(-1), FALSE, FALSE, FALSE)
