"""ICANS by ASTCT 2019: a table of people and grades, written from the domain notes (pn.bmj.com, table for adults)."""

from itertools import product
from typing import Any

import pytest

from trialwright.errors import FormatError
from trialwright.facts import FALSE, TRUE, UNKNOWN
from trialwright.safety.scales.icans import (
    CONSCIOUSNESS,
    FIELDS,
    ICE_POINTS,
    OEDEMA,
    SEIZURE,
    Icans,
    IceScore,
    grade_icans,
    read_icans,
)

WELL = {"ice": "10", "consciousness": "awake", "seizure": "none", "motor": "no", "oedema": "none"}


@pytest.mark.parametrize(("ice", "grade"), list(enumerate((3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 0))))
def test_an_ice_score_alone_has_its_grade(ice: int, grade: int) -> None:
    assert grade_icans(read_icans(WELL | {"ice": str(ice)})).grade == grade


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (WELL | {"consciousness": "wakes to voice"}, "2"),
        (WELL | {"consciousness": "wakes to touch only"}, "3"),
        (WELL | {"consciousness": "unarousable"}, "4"),
        (WELL | {"ice": "0", "consciousness": "unarousable"}, "4"),
        (WELL | {"ice": "unknown", "consciousness": "unarousable"}, "4"),
        (WELL | {"ice": "0", "consciousness": "awake"}, "3"),
        (WELL | {"seizure": "resolving quickly"}, "3"),
        (WELL | {"ice": "3", "seizure": "resolving quickly"}, "3"),
        (WELL | {"seizure": "over 5 minutes"}, "4"),
        (WELL | {"seizure": "repetitive"}, "4"),
        (WELL | {"motor": "yes"}, "4"),
        (WELL | {"oedema": "focal"}, "3"),
        (WELL | {"oedema": "diffuse"}, "4"),
        (WELL | {"oedema": "posturing"}, "4"),
        (WELL | {"oedema": "sixth nerve palsy"}, "4"),
        (WELL | {"oedema": "papilloedema"}, "4"),
        (WELL | {"oedema": "Cushing triad"}, "4"),
        (WELL | {"ice": "unknown"}, "0 to 3"),
        (WELL | {"ice": "8", "oedema": "unknown"}, "1 to 4"),
        (WELL | {"ice": "unknown", "consciousness": "wakes to voice"}, "2 or 3"),
        (WELL | {"ice": "unknown", "motor": "yes"}, "4"),
        ({}, "0 to 4"),
    ],
)
def test_the_worst_item_decides(typed: dict[str, str], text: str) -> None:
    assert grade_icans(read_icans(typed)).text == text


@pytest.mark.parametrize(
    ("typed", "because", "missing"),
    [
        (WELL, ("ICE 10 and no other finding",), ()),
        (WELL | {"ice": "5", "consciousness": "wakes to voice"}, ("ICE 5", "consciousness: wakes to voice"), ()),
        (WELL | {"motor": "yes", "ice": "unknown"}, ("deep focal weakness",), ()),
        (WELL | {"seizure": "unknown", "oedema": "focal"}, ("oedema: focal",), ("seizure",)),
        (WELL | {"ice": "", "naming": "1"}, ("ICE 1 to 8",), ("orientation", "command", "writing", "attention")),
    ],
)
def test_a_grade_says_what_decides_it_and_what_is_missing(
    typed: dict[str, str], because: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    graded = grade_icans(read_icans(typed))
    assert (graded.scale, graded.because, graded.missing) == ("ASTCT 2019 ICANS", because, missing)


def test_the_ice_form_adds_up_to_ten_points() -> None:
    assert IceScore(4, 3, 1, 1, 1).total == 10
    assert IceScore(2, 3, 0, 1, 0).total == 6
    partly = IceScore(orientation=2, writing=0)
    assert (partly.total, partly.lowest, partly.highest) == (None, 2, 7)
    assert partly.missing == ("naming", "command", "attention")


def test_a_form_filled_in_part_spans_the_grades_of_every_way_to_fill_it() -> None:
    points: list[tuple[int | None, ...]] = [(*range(most + 1), None) for most in ICE_POINTS.values()]
    for given in product(*points):
        partly = grade_icans(Icans(IceScore(*given), "awake", "none", FALSE, "none"))
        ways = product(
            *(
                range(most + 1) if point is None else (point,)
                for point, most in zip(given, ICE_POINTS.values(), strict=True)
            )
        )
        grades = {grade_icans(Icans(IceScore(*way), "awake", "none", FALSE, "none")).grade for way in ways}
        assert {partly.lowest, partly.highest} == {min(grades), max(grades)}  # type: ignore[type-var]


def test_the_form_its_sum_or_both_are_read() -> None:
    items = {"orientation": "3", "naming": "3", "command": "1", "writing": "0", "attention": "1"}
    rest: dict[str, Any] = {"consciousness": None, "seizure": None, "motor": UNKNOWN, "oedema": None}
    assert read_icans(items) == Icans(IceScore(3, 3, 1, 0, 1), **rest)
    assert read_icans(items | {"ice": "8"}) == read_icans({"ice": "8"}) == Icans(8, **rest)
    assert read_icans({"naming": "1", "ice": "8"}).ice == 8
    assert read_icans({"consciousness": "Wakes to Voice", "motor": "yes"}) == Icans(
        IceScore(), "wakes to voice", None, TRUE, None
    )


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"ice": "11"}, "ice: '11' was found, a whole number from 0 to 10 was expected."),
        ({"naming": "4"}, "naming: '4' was found, a whole number from 0 to 3 was expected."),
        ({"naming": "1", "ice": "9"}, "ice: 9 was found, but the items of the form add up to 1 to 8."),
        (dict.fromkeys(ICE_POINTS, "1") | {"ice": "6"}, "ice: 6 was found, but the items of the form add up to 5."),
        ({"consciousness": "asleep"}, f"consciousness: 'asleep' was found, one of: {', '.join(CONSCIOUSNESS)}"),
        ({"seizure": "yes"}, f"seizure: 'yes' was found, one of: {', '.join(SEIZURE)}"),
        ({"oedema": "bleeding"}, f"oedema: 'bleeding' was found, one of: {', '.join(OEDEMA)}"),
        ({"edema": "none"}, f"'edema' is no finding of this scale; it asks for {', '.join(FIELDS)}"),
    ],
)
def test_a_finding_that_cannot_be_read_is_named_with_what_was_expected(typed: dict[str, str], message: str) -> None:
    with pytest.raises(FormatError) as raised:
        read_icans(typed)
    assert message in raised.value.message


@pytest.mark.parametrize("findings", [(11, None, None), (1, "asleep", None), (1, None, "yes")])
def test_findings_that_cannot_be_are_refused(findings: tuple[int, str | None, str | None]) -> None:
    ice, consciousness, seizure = findings
    with pytest.raises(ValueError, match=r"is (11|'asleep'|'yes')"):
        Icans(ice, consciousness, seizure, UNKNOWN, None)


def test_points_that_an_item_does_not_have_are_refused() -> None:
    with pytest.raises(ValueError, match="command is 2"):
        IceScore(command=2)
