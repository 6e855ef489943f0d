"""Acute GVHD: the overall grade against all 250 combinations; the organs' stages at the limits the tables print.

The grades are held against magic_agvhd_grades.csv. The tables of stages are written from the limits of the MAGIC table
(NCBI Bookshelf NBK577669), as the project's domain notes give them; nobody else's program made them.
"""

import csv
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.errors import FormatError
from trialwright.facts import FALSE, TRUE, UNKNOWN, Quantity, Truth, parse_quantity
from trialwright.safety.scales.acute_gvhd import STAGES, AcuteGvhd, grade_acute_gvhd, read_acute_gvhd
from trialwright.safety.scales.acute_gvhd_stages import (
    StoolDay,
    liver_stage,
    lower_gi_stage,
    skin_stage,
    stool_volume,
    upper_gi_stage,
)
from trialwright.safety.scales.graded import Graded

VECTORS = Path(__file__).parents[1] / "data" / "reference" / "celltherapy" / "magic_agvhd_grades.csv"
ORGANS = ("skin", "liver", "upper_gi", "lower_gi")
D = Decimal


def rows() -> dict[tuple[int, ...], int]:
    with VECTORS.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    found = {tuple(int(row[organ]) for organ in ORGANS): int(row["overall_grade"]) for row in read}
    assert len(found) == len(read)
    return found


def test_the_reference_holds_every_combination_of_stages_once() -> None:
    assert set(rows()) == set(product(range(5), range(5), range(2), range(5)))
    assert [list(rows().values()).count(grade) for grade in range(5)] == [1, 2, 29, 96, 122]


def test_all_250_combinations_have_the_grade_of_the_reference() -> None:
    answered = {
        stages: grade_acute_gvhd(AcuteGvhd(*stages)).grade for stages in product(range(5), range(5), (0, 1), range(5))
    }
    assert answered == rows()


def test_with_stages_unknown_the_grade_spans_those_of_the_reference_rows_that_fit() -> None:
    graded = rows()
    for stages in product((*range(5), None), (*range(5), None), (0, 1, None), (*range(5), None)):
        fitting = [
            grade
            for row, grade in graded.items()
            if all(stage in (None, of_row) for stage, of_row in zip(stages, row, strict=True))
        ]
        answer = grade_acute_gvhd(AcuteGvhd(*stages))
        assert (answer.lowest, answer.highest) == (min(fitting), max(fitting)), stages


@pytest.mark.parametrize(
    ("stages", "text", "because", "missing"),
    [
        ((0, 0, 0, 0), "0", ("every organ stage 0",), ()),
        ((2, 0, 0, 0), "I", ("skin stage 2",), ()),
        ((3, 1, 1, 0), "II", ("skin stage 3", "liver stage 1", "upper GI stage 1"), ()),
        ((1, 2, 0, 1), "III", ("liver stage 2",), ()),
        ((4, None, None, None), "IV", ("skin stage 4",), ()),
        ((3, None, None, 0), "II to IV", ("skin stage 3",), ("liver",)),
        ((0, 3, None, None), "III or IV", ("liver stage 3",), ("lower_gi",)),
        ((1, 0, None, 0), "I or II", ("skin stage 1",), ("upper_gi",)),
        ((None, None, None, None), "0 to IV", (), ORGANS),
    ],
)
def test_a_grade_says_what_decides_it_and_what_is_missing(
    stages: tuple[int | None, ...], text: str, because: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    graded = grade_acute_gvhd(AcuteGvhd(*stages))
    assert (graded.scale, graded.text, graded.because, graded.missing) == ("MAGIC 2016", text, because, missing)


@pytest.mark.parametrize("stages", [(5, 0, 0, 0), (0, -1, 0, 0), (0, 0, 2, 0), (0, 0, 0, 5)])
def test_a_stage_that_does_not_exist_is_refused(stages: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="it lies between 0 and"):
        AcuteGvhd(*stages)


def test_stages_are_read_as_typed_and_what_is_left_out_is_unknown() -> None:
    assert read_acute_gvhd({"skin": "3", "liver": "unknown", "upper_gi": " 1 "}) == AcuteGvhd(3, None, 1, None)
    assert [AcuteGvhd(**{**dict.fromkeys(ORGANS), organ: int(stage)}) for organ in STAGES for stage in STAGES[organ]]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"upper_gi": "2"}, "upper_gi: '2' was found, a whole number from 0 to 1 was expected."),
        ({"skin": "III"}, "skin: 'III' was found, a whole number from 0 to 4 was expected."),
        ({"liver": "-1"}, "liver: '-1' was found, a whole number from 0 to 4 was expected."),
        ({"gut": "1"}, "'gut' is no finding of this scale; it asks for skin, liver, upper_gi, lower_gi."),
    ],
)
def test_a_stage_that_cannot_be_read_is_named_with_what_was_expected(typed: dict[str, str], message: str) -> None:
    with pytest.raises(FormatError) as raised:
        read_acute_gvhd(typed)
    assert message in raised.value.message


def bounds(graded: Graded) -> tuple[int, int, tuple[str, ...]]:
    return graded.lowest, graded.highest, graded.missing


@pytest.mark.parametrize(
    ("percent", "bullae", "stage"),
    [
        ("0", FALSE, 0),
        ("0", TRUE, 0),
        ("0.5", FALSE, 1),
        ("24.9", FALSE, 1),
        ("25", FALSE, 2),
        ("50", FALSE, 2),
        ("50", TRUE, 2),
        ("50.1", FALSE, 3),
        ("100", FALSE, 3),
        ("50.1", TRUE, 4),
    ],
)
def test_the_skin_is_staged_by_the_surface_with_rash_and_by_bullae(percent: str, bullae: Truth, stage: int) -> None:
    assert skin_stage(D(percent), bullae=bullae).grade == stage


def test_a_rash_or_bullae_not_known_leave_the_skin_open() -> None:
    assert bounds(skin_stage(None, bullae=FALSE)) == (0, 3, ("bsa_percent",))
    assert bounds(skin_stage(None, bullae=TRUE)) == (0, 4, ("bsa_percent",))
    assert bounds(skin_stage(None, bullae=UNKNOWN)) == (0, 4, ("bsa_percent", "bullae"))
    assert bounds(skin_stage(D(80), bullae=UNKNOWN)) == (3, 4, ("bullae",))
    assert bounds(skin_stage(D(30), bullae=UNKNOWN)) == (2, 2, ())
    with pytest.raises(ValueError, match="bsa_percent is 101"):
        skin_stage(D(101), bullae=FALSE)


@pytest.mark.parametrize(
    ("bilirubin", "stage"),
    [
        ("1.9 mg/dL", 0),
        ("1.99 mg/dL", 0),
        ("2 mg/dL", 1),
        ("3.0 mg/dL", 1),
        ("3.05 mg/dL", 2),
        ("3.1 mg/dL", 2),
        ("6 mg/dL", 2),
        ("6.1 mg/dL", 3),
        ("15.0 mg/dL", 3),
        ("15.1 mg/dL", 4),
        ("33.9 umol/L", 0),
        ("34 umol/L", 1),
        ("51 µmol/L", 1),
        ("51.1 umol/L", 2),
        ("103 umol/L", 2),
        ("104 umol/L", 3),
        ("257 umol/L", 3),
        ("258 umol/L", 4),
        ("0.034 mmol/L", 1),
        ("20 mg/L", 1),
        ("<2 mg/dL", 0),
        (">15 mg/dL", 4),
        (">257 umol/L", 4),
    ],
)
def test_the_liver_is_staged_in_the_unit_reported(bilirubin: str, stage: int) -> None:
    assert liver_stage(parse_quantity(bilirubin)).grade == stage


@pytest.mark.parametrize("tenths", range(0, 251))
def test_both_units_give_the_same_stage_for_what_a_laboratory_prints(tenths: int) -> None:
    milligrams = Decimal(tenths) / 10
    micromoles = (milligrams * Decimal("17.104")).quantize(Decimal(1))
    stages = [liver_stage(Quantity(*pair)).grade for pair in ((milligrams, "mg/dL"), (micromoles, "umol/L"))]
    assert stages[0] == stages[1]


@pytest.mark.parametrize(
    ("bilirubin", "lowest", "highest"),
    [
        (None, 0, 4),
        (Quantity(D(3)), 0, 4),
        (Quantity(D(3), "U/L"), 0, 4),
        (Quantity(D(3), "mg/dL", ">"), 2, 4),
        (Quantity(D(3), "mg/dL", ">="), 1, 4),
        (Quantity(D(2), "mg/dL", ">"), 1, 4),
        (Quantity(D(2), "mg/dL", "<="), 0, 1),
        (Quantity(D(3), "mg/dL", "<="), 0, 1),
        (Quantity(D(4), "mg/dL", "<"), 0, 2),
    ],
)
def test_a_bilirubin_known_in_part_leaves_the_stages_it_may_be(
    bilirubin: Quantity | None, lowest: int, highest: int
) -> None:
    assert bounds(liver_stage(bilirubin)) == (lowest, highest, ("bilirubin",))


def test_a_bilirubin_below_0_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be below 0"):
        liver_stage(Quantity(D(-1), "mg/dL"))


@pytest.mark.parametrize(("persistent", "lowest", "highest"), [(FALSE, 0, 0), (TRUE, 1, 1), (UNKNOWN, 0, 1)])
def test_the_upper_gut_is_stage_1_with_persistent_symptoms(persistent: Truth, lowest: int, highest: int) -> None:
    graded = upper_gi_stage(persistent)
    assert (graded.lowest, graded.highest) == (lowest, highest)


def stool(
    ml: str | None = None, episodes: str | None = None, kg: str | None = "70", pain: Truth = FALSE, blood: Truth = FALSE
) -> Graded:
    return lower_gi_stage(
        ml_per_day=D(ml) if ml else None,
        episodes_per_day=D(episodes) if episodes else None,
        weight_kg=D(kg) if kg else None,
        severe_pain=pain,
        bloody=blood,
    )


@pytest.mark.parametrize(
    ("ml", "stage"),
    [("0", 0), ("499", 0), ("499.9", 0), ("500", 1), ("999", 1), ("999.5", 2), ("1000", 2), ("1500", 2), ("1501", 3)],
)
def test_the_lower_gut_is_staged_by_volume(ml: str, stage: int) -> None:
    assert stool(ml).grade == stage
    assert stool(ml, kg="50.1").grade == stage


@pytest.mark.parametrize(
    ("episodes", "adult", "light"),
    [
        ("2", 0, 0),
        ("3", 1, 0),
        ("4", 1, 1),
        ("4.5", 2, 1),
        ("5", 2, 1),
        ("6", 2, 1),
        ("7", 2, 2),
        ("8", 3, 2),
        ("10", 3, 2),
        ("11", 3, 3),
    ],
)
def test_the_lower_gut_is_staged_by_episodes(episodes: str, adult: int, light: int) -> None:
    assert stool(None, episodes).grade == adult
    assert stool(None, episodes, "50").grade == light


@pytest.mark.parametrize(
    ("ml", "stage"), [("399", 0), ("400", 1), ("796", 1), ("797", 2), ("800", 2), ("1200", 2), ("1201", 3)]
)
def test_up_to_50_kg_the_volume_counts_per_kg(ml: str, stage: int) -> None:
    assert stool(ml, kg="40").grade == stage


def test_pain_or_blood_make_stage_4_whatever_the_volume() -> None:
    assert stool("100", pain=TRUE).grade == stool("100", blood=TRUE, pain=UNKNOWN).grade == stool(blood=TRUE).grade == 4
    assert stool("100", pain=TRUE, blood=TRUE).because == ("severe pain and bloody stool",)
    assert bounds(stool("600", pain=UNKNOWN)) == (1, 4, ("severe_pain",))
    assert bounds(stool("600", pain=UNKNOWN, blood=UNKNOWN)) == (1, 4, ("severe_pain", "bloody"))


def test_stool_or_weight_not_known_leave_the_lower_gut_open() -> None:
    assert bounds(stool()) == (0, 3, ("ml_per_day or episodes_per_day",))
    assert bounds(stool("0", kg=None)) == (0, 0, ())
    assert bounds(stool("600", kg=None)) == (1, 3, ("weight_kg",))
    assert bounds(stool("1600", kg=None)) == (3, 3, ())
    assert bounds(stool(None, "5", kg=None)) == (1, 2, ("weight_kg",))
    assert bounds(stool(None, "11", kg=None)) == (3, 3, ())


@given(ml=st.integers(0, 4000), kg=st.integers(1, 120))
def test_a_weight_found_later_stays_within_what_was_possible(ml: int, kg: int) -> None:
    before, after = stool(str(ml), kg=None), stool(str(ml), kg=str(kg))
    assert before.lowest <= after.lowest <= after.highest <= before.highest


def test_volume_and_episodes_together_are_refused_and_so_are_values_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="not both"):
        stool("600", "3")
    with pytest.raises(ValueError, match="cannot be below 0"):
        stool("-1")
    with pytest.raises(ValueError, match="a weight is above 0"):
        stool("1", kg="0")


def test_the_volume_is_the_mean_of_three_days_and_an_unmeasured_episode_counts_200_ml() -> None:
    days = [StoolDay(D(400), 0), StoolDay(D("650.5"), 1), StoolDay(D(0), 3)]
    assert stool_volume(days, weight_kg=D(70)) == Fraction(Decimal("1850.5")) / 3
    assert stool_volume(days, weight_kg=D(40)) == Fraction(Decimal("1530.5")) / 3
    assert stool_volume(days, weight_kg=None) is None
    assert stool_volume([StoolDay(D(600), 0)] * 3, weight_kg=None) == 600


def test_a_day_not_known_leaves_the_mean_unknown() -> None:
    known = StoolDay(D(400), 0)
    assert stool_volume([known, known, StoolDay(None, 0)], weight_kg=D(70)) is None
    assert stool_volume([known, StoolDay(D(1), None), known], weight_kg=D(70)) is None


def test_other_than_three_days_or_less_than_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="the mean is of three"):
        stool_volume([StoolDay(D(400), 0)] * 2, weight_kg=D(70))
    with pytest.raises(ValueError, match="cannot be below 0"):
        stool_volume([StoolDay(D(400), -1)] * 3, weight_kg=D(70))
