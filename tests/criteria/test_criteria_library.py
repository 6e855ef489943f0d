"""The shipped library is sound, and value sets hold what they say."""

from decimal import Decimal

import pytest

from trialwright.criteria import Concept, Library, ValueSet, read_library, shipped_library
from trialwright.criteria.presence import membership
from trialwright.errors import FormatError
from trialwright.facts import FALSE, TRUE, UNKNOWN, Code, Truth, read_unit

LIBRARY = shipped_library()
# Standard atomic weights (IUPAC, abridged to five figures), for the molar masses of the library.
WEIGHTS = {"C": "12.011", "H": "1.0080", "N": "14.007", "O": "15.999", "Ca": "40.078", "Mg": "24.305", "P": "30.974"}
FORMULAS = {
    "creatinine": {"C": 4, "H": 7, "N": 3, "O": 1},
    "bilirubin": {"C": 33, "H": 36, "N": 4, "O": 6},
    "urea": {"C": 1, "H": 4, "N": 2, "O": 1},
    "bun": {"N": 2},
    "uric_acid": {"C": 5, "H": 4, "N": 4, "O": 3},
    "glucose": {"C": 6, "H": 12, "O": 6},
    "cholesterol": {"C": 27, "H": 46, "O": 1},
    "calcium": {"Ca": 1},
    "calcium_corrected": {"Ca": 1},
    "magnesium": {"Mg": 1},
    "phosphate": {"P": 1},
}


def test_every_molar_mass_is_its_formulas_and_names_its_source() -> None:
    with_mass = {name: concept for name, concept in LIBRARY.concepts.items() if concept.molar_mass is not None}
    assert set(with_mass) == {*FORMULAS, "hemoglobin"}
    for name, formula in FORMULAS.items():
        expected = sum(Decimal(WEIGHTS[element]) * count for element, count in formula.items())
        assert with_mass[name].molar_mass is not None
        assert float(with_mass[name].molar_mass or 0) == pytest.approx(float(expected), rel=5e-5)
    assert all(concept.molar_mass_source for concept in with_mass.values())


def test_every_concept_is_named_in_both_languages_and_has_what_its_kind_needs() -> None:
    for concept in LIBRARY.concepts.values():
        assert concept.en, concept.name
        assert concept.zh, concept.name
        assert (concept.unit is not None) == (concept.kind == "quantity"), concept.name
        assert concept.unit is None or read_unit(concept.unit) is not None
        assert bool(concept.words) == (concept.kind == "word"), concept.name
        low, high = concept.plausible
        assert low is None or high is None or low < high


def test_a_loinc_code_belongs_to_one_concept() -> None:
    codes = [code for concept in LIBRARY.concepts.values() for code in concept.loinc]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("code", sorted(code for concept in LIBRARY.concepts.values() for code in concept.loinc))
def test_a_loinc_codes_check_digit_holds(code: str) -> None:
    number, check = code.split("-")  # LOINC's check digit is Luhn's (mod 10)
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(number))]
    total = sum(value - 9 if value > 9 else value for value in doubled)
    assert (10 - total % 10) % 10 == int(check)


def test_every_value_set_says_what_it_stands_on() -> None:
    for value_set in LIBRARY.value_sets.values():
        assert value_set.codes
        assert value_set.basis
        assert value_set.source == "assumption"
        assert not value_set.flag or LIBRARY.concepts[value_set.flag].kind == "flag"


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("AML", "C92.0", TRUE),
        ("AML", "C92.000", TRUE),
        ("AML", "C94.2", TRUE),
        ("AML", "C92.4", FALSE),
        ("AML", "C92.1", FALSE),
        ("AML", "C92", UNKNOWN),
        ("AML", "C91.0", FALSE),
        ("OtherMalignancy", "C50.9", TRUE),
        ("OtherMalignancy", "C34.100x003", TRUE),
        ("OtherMalignancy", "C91.0", TRUE),
        ("OtherMalignancy", "C97", TRUE),
        ("OtherMalignancy", "Z85.3", TRUE),
        ("OtherMalignancy", "Z85", UNKNOWN),
        ("OtherMalignancy", "Z85.6", FALSE),
        ("OtherMalignancy", "C92.0", FALSE),
        ("OtherMalignancy", "C9200", FALSE),
        ("OtherMalignancy", "C95.900", FALSE),
        ("OtherMalignancy", "D46.2", FALSE),
        ("OtherMalignancy", "D47.1", FALSE),
        ("OtherMalignancy", "D25.9", FALSE),
        ("SevereInfection", "A41.9", TRUE),
        ("SevereInfection", "J18.901", TRUE),
        ("SevereInfection", "J06.9", FALSE),
        ("Pregnancy", "O80", TRUE),
    ],
)
def test_a_code_belongs_where_it_should(name: str, code: str, expected: Truth) -> None:
    assert membership(Code("ICD-10", code), LIBRARY.value_sets[name]) is expected


def test_no_leukaemia_bars_itself() -> None:
    aml, other = LIBRARY.value_sets["AML"], LIBRARY.value_sets["OtherMalignancy"]
    for code in (*aml.codes, *LIBRARY.value_sets["APL"].codes, *LIBRARY.value_sets["MDS"].codes):
        assert membership(code, other) is FALSE


def test_a_value_sets_hash_is_of_its_codes_alone() -> None:
    one = ValueSet(name="A", codes=(Code("ICD-10", "C1"), Code("ICD-10", "C2")))
    same = ValueSet(name="B", en="another name", codes=(Code("ICD-10", "C2"), Code("ICD-10", "C1")))
    other = ValueSet(name="A", codes=one.codes, excluding=(Code("ICD-10", "C2"),))
    assert one.content_hash == same.content_hash != other.content_hash


def test_the_shipped_library_is_one_object_and_a_study_may_override_it() -> None:
    assert shipped_library() is LIBRARY
    mine = Concept(name="creatinine", unit="mg/dL")
    study = LIBRARY.override(concepts=[mine], anchors={"leukapheresis": "cells were collected"})
    assert study.concepts["creatinine"] is mine
    assert study.concepts["alt"] is LIBRARY.concepts["alt"]
    assert LIBRARY.concepts["creatinine"].molar_mass is not None
    assert "leukapheresis" in study.anchors
    assert isinstance(study, Library)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"version": "1", "concept": {}}, "no key 'concept'"),
        ({"version": "1", "concepts": {"a": {"units": "g/L"}}}, "no key 'units'"),
        ({"version": "1", "concepts": {"a": {"unit": "K/uL"}}}, "is no unit of the table"),
        ({"version": "1", "concepts": {"a": {"kind": "number"}}}, "kind 'number' is none of"),
        ({"version": "1", "concepts": {"a": {"same_day": "last"}}}, "same_day 'last' is neither"),
        ({"version": "1", "concepts": {"a": {"molar_mass": "x"}}}, "not a number"),
        ({"version": "1", "value_sets": {"A": {"ICD": ["C1"]}}}, "no key 'ICD'"),
        ({"version": "1", "value_sets": {"A": {"excluding": {"ICD": ["C1"]}}}}, "no key 'ICD'"),
    ],
)
def test_a_fault_in_a_library_is_named(given: dict[str, object], says: str) -> None:
    with pytest.raises(FormatError, match=says):
        read_library(given)
