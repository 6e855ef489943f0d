"""Chronic GVHD: the global severity by eight organs' scores, written from the NIH 2014 rules in the domain notes."""

from decimal import Decimal
from itertools import combinations

import pytest

from trialwright.errors import FormatError
from trialwright.safety.scales.chronic_gvhd import (
    EXCLUDED,
    FIELDS,
    ChronicGvhd,
    Score,
    grade_chronic_gvhd,
    lung_score,
    read_chronic_gvhd,
    skin_score,
)


def scored(**scores: Score) -> ChronicGvhd:
    return ChronicGvhd(**{organ: scores.get(organ, 0) for organ in FIELDS})


@pytest.mark.parametrize(
    ("scores", "text"),
    [
        ({}, "none"),
        ({"skin": 1}, "mild"),
        ({"skin": 1, "eyes": 1}, "mild"),
        ({"skin": 1, "eyes": 1, "mouth": 1}, "moderate"),
        (dict.fromkeys(("gi", "liver", "joints", "genital"), 1), "moderate"),
        ({"genital": 2}, "moderate"),
        ({"skin": 2, "eyes": 2, "mouth": 2, "gi": 2}, "moderate"),
        ({"lungs": 1}, "moderate"),
        ({"lungs": 1, "skin": 1}, "moderate"),
        ({"lungs": 2}, "severe"),
        ({"lungs": 3}, "severe"),
        ({"liver": 3}, "severe"),
        ({"skin": EXCLUDED, "eyes": 1}, "mild"),
        (dict.fromkeys(FIELDS, EXCLUDED), "none"),
        ({"skin": 1, "eyes": 1, "mouth": None}, "mild to severe"),
        ({"lungs": None}, "none to severe"),
        ({"skin": 1, "eyes": 1, "mouth": 1, "gi": None}, "moderate or severe"),
        ({"skin": 3, "lungs": None}, "severe"),
    ],
)
def test_the_global_severity_follows_the_scores(scores: dict[str, Score], text: str) -> None:
    assert grade_chronic_gvhd(scored(**scores)).text == text


@pytest.mark.parametrize("organ", [organ for organ in FIELDS if organ != "lungs"])
@pytest.mark.parametrize(("score", "grade"), [(0, 0), (1, 1), (2, 2), (3, 3)])
def test_one_organ_alone_makes_its_own_score_the_severity(organ: str, score: int, grade: int) -> None:
    assert grade_chronic_gvhd(scored(**{organ: score})).grade == grade


def test_three_organs_lightly_involved_are_moderate_and_two_are_mild_unless_the_lungs_are_among_them() -> None:
    for three in combinations(FIELDS, 3):
        assert grade_chronic_gvhd(scored(**dict.fromkeys(three, 1))).text == "moderate"
    for two in combinations(FIELDS, 2):
        expected = "moderate" if "lungs" in two else "mild"
        assert grade_chronic_gvhd(scored(**dict.fromkeys(two, 1))).text == expected


def test_the_severity_says_which_organs_decide_and_which_are_not_scored() -> None:
    by_count = grade_chronic_gvhd(scored(skin=1, mouth=1, joints=1, liver=None))
    assert by_count.because == ("3 organs involved: skin, mouth, joints and fascia",)
    assert (by_count.scale, by_count.missing) == ("NIH 2014", ("liver",))
    assert grade_chronic_gvhd(scored(gi=3, lungs=2, skin=1)).because == ("GI score 3", "lungs score 2")
    assert grade_chronic_gvhd(scored()).because == ("no organ with a score above 0",)


@pytest.mark.parametrize(
    ("fev1", "score"),
    [
        ("120", 0),
        ("80", 0),
        ("79.9", 1),
        ("79", 1),
        ("60", 1),
        ("59.5", 2),
        ("59", 2),
        ("40", 2),
        ("39.5", 3),
        ("39", 3),
        ("0", 3),
    ],
)
def test_the_lungs_are_scored_by_fev1(fev1: str, score: int) -> None:
    assert lung_score(Decimal(fev1)) == score


def test_an_fev1_not_known_is_no_score_and_one_below_0_is_refused() -> None:
    assert lung_score(None) is None
    with pytest.raises(ValueError, match="fev1_percent is -1"):
        lung_score(Decimal(-1))


@pytest.mark.parametrize(
    ("by_surface", "by_features", "lowest", "highest"),
    [(0, 0, 0, 0), (1, 2, 2, 2), (3, 0, 3, 3), (2, None, 2, 3), (None, 3, 3, 3), (None, None, 0, 3)],
)
def test_the_skin_has_the_higher_of_its_two_scores(
    by_surface: int | None, by_features: int | None, lowest: int, highest: int
) -> None:
    graded = skin_score(by_surface, by_features)
    assert (graded.lowest, graded.highest) == (lowest, highest)


def test_a_score_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="mouth is 4"):
        scored(mouth=4)
    with pytest.raises(ValueError, match="by_features is 4"):
        skin_score(0, 4)


def test_scores_are_read_as_typed_and_what_is_left_out_is_unknown() -> None:
    read = read_chronic_gvhd({"skin": "2", "mouth": "Excluded", "eyes": "unknown", "lungs": "0"})
    assert read == ChronicGvhd(2, EXCLUDED, None, None, None, 0, None, None)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (
            {"eyes": "4"},
            "eyes: '4' was found, one of: 0, 1, 2, 3, excluded was expected. Correct it, or write unknown.",
        ),
        ({"eyes": "-1"}, "eyes: '-1' was found"),
        ({"lung": "1"}, "'lung' is no finding of this scale; it asks for skin, mouth, eyes, gi, liver, lungs"),
    ],
)
def test_a_score_that_cannot_be_read_is_named_with_what_was_expected(typed: dict[str, str], message: str) -> None:
    with pytest.raises(FormatError) as raised:
        read_chronic_gvhd(typed)
    assert message in raised.value.message
