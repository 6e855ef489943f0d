"""The closed unit table, judged by ucumvert with pint and by UCUM's own functional tests (tests/data/ucum)."""

import xml.etree.ElementTree as ET
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.facts import convert, format_decimal, read_unit, unit_hint
from trialwright.facts.units import UNITS, Unit

UCUM = Path(__file__).parents[1] / "data" / "ucum" / "UcumFunctionalTests.xml"
BASES: dict[str, Unit] = {}
for each in UNITS.values():
    BASES.setdefault(each.kind, each)
# Kinds a dimension cannot tell apart, or whose unit is an annotation, which UCUM counts as 1: a judge of
# dimensions has nothing to say about them.
NOT_JUDGED = {"{EU}", "{copies}", "%{HbA1c}", "{1.73_m2}", "[ppth]", "[ppm]", "eq/L", "meq/L"}


@pytest.fixture(scope="module")
def judge():  # type: ignore[no-untyped-def]
    from ucumvert import PintUcumRegistry

    return PintUcumRegistry()


JUDGED = [unit for unit in UNITS.values() if not any(mark in unit.code for mark in NOT_JUDGED)]


@pytest.mark.parametrize("unit", JUDGED, ids=[unit.code for unit in JUDGED])
def test_a_unit_has_the_size_that_ucum_gives_it(unit: Unit, judge) -> None:  # type: ignore[no-untyped-def]
    base = BASES[unit.kind]
    if unit.kind == "temperature":
        theirs = judge.Quantity(37.0, judge.from_ucum(unit.code).units).to(judge.from_ucum(base.code).units).magnitude
        ours = convert(Fraction(37), unit, base)
    else:
        theirs = judge.from_ucum(unit.code).to(judge.from_ucum(base.code).units).magnitude
        ours = convert(Fraction(1), unit, base)
    assert ours is not None
    # pint's millimetre of mercury follows another density than UCUM's 133322 Pa/m (functional test 3-125).
    assert float(ours) == pytest.approx(theirs, rel=1e-5 if unit.code == "mm[Hg]" else 1e-12)


def test_a_metre_of_mercury_is_ucums_own() -> None:
    case = next(case for case in ET.parse(UCUM).getroot().iter("case") if case.get("id") == "3-125")
    assert (case.get("srcUnit"), case.get("dstUnit"), case.get("outcome")) == ("m[Hg]", "g.s-2.m-1", "133322000")
    assert convert(Fraction(1000), UNITS["mm[Hg]"], UNITS["Pa"]) == 133322  # 1 Pa = 1000 g.s-2.m-1


def test_the_judge_knows_nearly_all_of_the_table() -> None:
    assert len(JUDGED) >= 0.9 * len(UNITS)


def conversion_cases() -> list[dict[str, str]]:
    root = ET.parse(UCUM).getroot()
    found = [dict(case.attrib) for case in root.iter("case") if "dstUnit" in case.attrib]
    return [case for case in found if case["srcUnit"] in UNITS and case["dstUnit"] in UNITS]


def test_conversions_agree_with_ucums_functional_tests_where_both_know_the_units() -> None:
    cases = conversion_cases()
    assert len(cases) >= 5
    for case in cases:
        found = convert(Fraction(case["value"]), UNITS[case["srcUnit"]], UNITS[case["dstUnit"]])
        assert found is not None
        expected = Decimal(case["outcome"])
        digits = len(expected.as_tuple().digits)  # the file prints few digits
        assert float(found) == pytest.approx(float(expected), rel=10 ** (1 - digits)), case


def test_every_code_that_ucums_functional_tests_call_invalid_is_no_code_of_ours() -> None:
    root = ET.parse(UCUM).getroot()
    invalid = {case.get("unit") for case in root.iter("case") if case.get("valid") == "false"}
    assert len(invalid) == 39
    assert not invalid & set(UNITS)


# Expected, by the conversions that laboratories print: creatinine 3.0 mg/dL = 265.2 umol/L; bilirubin 2, 3, 6, 15 mg/dL
# = 34, 51, 103, 257 umol/L (the factor 17.104); haemoglobin 10.0 g/dL = 6.206 mmol/L.
@pytest.mark.parametrize(
    ("value", "source", "target", "mass", "places", "expected"),
    [
        ("3.0", "mg/dL", "umol/L", "113.12", 1, "265.2"),
        ("260", "umol/L", "mg/dL", "113.12", 2, "2.94"),
        ("1", "mg/dL", "umol/L", "584.66", 3, "17.104"),
        ("2", "mg/dL", "umol/L", "584.66", 0, "34"),
        ("15", "mg/dL", "umol/L", "584.66", 0, "257"),
        ("10.0", "g/dL", "mmol/L", "16114.5", 3, "6.206"),
        ("1", "ukat/L", "U/L", None, 0, "60"),
        ("98.6", "[degF]", "Cel", None, 1, "37.0"),
        ("1", "10*9/L", "10*3/uL", None, 0, "1"),
        ("0.55", "1", "%", None, 0, "55"),
    ],
)
def test_a_conversion_gives_the_published_number(
    value: str, source: str, target: str, mass: str | None, places: int, expected: str
) -> None:
    found = convert(Fraction(value), UNITS[source], UNITS[target], Decimal(mass) if mass else None)
    assert found is not None
    assert f"{float(found):.{places}f}" == expected


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("×10^9/L", "10*9/L"),
        ("x10^9/L", "10*9/L"),
        ("X10^9/L".lower(), "10*9/L"),
        ("10^9/L", "10*9/L"),
        ("10⁹/L", "10*9/L"),
        ("×10⁹/L", "10*9/L"),
        ("10*9/L", "10*9/L"),
        ("10E9/L", "10*9/L"),
        ("10^9/l", "10*9/L"),
        ("１０^９／Ｌ", "10*9/L"),
        ("G/L", "10*9/L"),
        ("×10^12/L", "10*12/L"),
        ("µmol/L", "umol/L"),
        ("μmol/L", "umol/L"),
        ("µmol /L", "umol/L"),
        ("umol/l", "umol/L"),
        ("mg/dl", "mg/dL"),
        ("IU/L", "[iU]/L"),
        ("mmHg", "mm[Hg]"),
        ("℃", "Cel"),
        ("°C", "Cel"),
        ("次/分", "/min"),
        ("％", "%"),
        ("mL/min/1.73m2", "mL/min/{1.73_m2}"),
        ("ml/min/1.73m²", "mL/min/{1.73_m2}"),
        ("EU/kg", "{EU}/kg"),
        ("岁", "a"),
    ],
)
def test_what_a_chinese_laboratory_prints_is_read(spelling: str, code: str) -> None:
    unit = read_unit(spelling)
    assert unit is not None
    assert unit.code == code


@pytest.mark.parametrize("text", ["K/uL", "K/μL", "M/uL", "C", "", " ", "109/L", "furlong", "mg/dL mg/dL", "x" * 5000])
def test_what_is_not_surely_a_unit_is_not_read(text: str) -> None:
    assert read_unit(text) is None


def test_a_trap_is_explained() -> None:
    assert "kelvin" in str(unit_hint("K/µL"))
    assert "mg/dL" in str(unit_hint("MG/DL"))
    assert unit_hint("furlong") is None


def test_units_of_different_kinds_never_meet_even_where_ucum_says_they_do() -> None:
    for one, other in [
        ("%{HbA1c}", "mmol/mol"),
        ("mL/min", "mL/min/{1.73_m2}"),
        ("{EU}/kg", "/kg"),
        ("{EU}/mL", "{EU}/kg"),
        ("[iU]/L", "U/L"),
        ("meq/L", "mmol/L"),
        ("mg/m2", "kg/m2"),
    ]:
        assert convert(Fraction(1), UNITS[one], UNITS[other]) is None
        assert convert(Fraction(1), UNITS[one], UNITS[other], Decimal(100)) is None


PAIRS = [(one, other) for one in UNITS.values() for other in UNITS.values() if one.kind == other.kind]


@given(st.sampled_from(PAIRS), st.fractions(-1000, 1000))
def test_there_and_back_again_is_exact(pair: tuple[Unit, Unit], value: Fraction) -> None:
    there = convert(value, *pair)
    assert there is not None
    assert convert(there, pair[1], pair[0]) == value


@given(st.fractions(0, 1000), st.decimals("1", "1000", places=2))
def test_mass_to_molar_and_back_is_exact(value: Fraction, mass: Decimal) -> None:
    there = convert(value, UNITS["mg/dL"], UNITS["umol/L"], mass)
    assert there is not None
    assert convert(there, UNITS["umol/L"], UNITS["mg/dL"], mass) == value


def test_a_number_for_reading_has_no_exponent() -> None:
    shown = [format_decimal(Fraction(text)) for text in ("0", "260", "185.6435", "12345678", "0.000123456", "-2.5")]
    assert shown == ["0", "260", "185.6", "12345678", "0.0001235", "-2.5"]
