"""The catalogue of CTCAE, held against NCI's own counts and against its map, which comes from another workbook."""

import csv
import doctest
import hashlib
import re
from importlib.resources import files
from types import ModuleType

import pytest

from trialwright.ctcae import catalogue as ctcae
from trialwright.ctcae import search as ctcae_search
from trialwright.ctcae import words as ctcae_words
from trialwright.ctcae.catalogue import GRADES, VERSIONS, Version, catalogue, mapped

TABLES = files("trialwright.ctcae").joinpath("tables")
MAP = list(csv.DictReader(TABLES.joinpath("ctcae_v5_to_v6.csv").read_text(encoding="utf-8").splitlines()))


def filled(version: Version) -> set[tuple[str, str]]:
    """The name of every term with the name of every element of it that has a text."""
    found = set()
    for term in catalogue(version).terms:
        texts = {"definition": term.definition, "navigational_note": term.navigational_note}
        texts |= {f"grade_{grade}": term.grades[grade - 1] for grade in GRADES}
        found |= {(term.name, element) for element, text in texts.items() if text}
    return found


@pytest.mark.parametrize(("version", "terms"), [("5.0", 837), ("6.0", 850)])
def test_every_term_is_there_in_26_classes(version: Version, terms: int):
    """NCI's counts: CTCAE v5.0 (27 Nov 2017), 837 terms in 26 classes; the workbook of v6.0, 850."""
    there = catalogue(version)
    assert len(there.terms) == terms
    assert len({term.name.casefold() for term in there.terms}) == terms
    assert len(there.socs) == 26
    assert {term.soc for term in there.terms} == set(there.socs)
    assert {term.version for term in there.terms} == {version}


def test_version_5_has_3185_grade_texts():
    assert sum(len(term.grades_there) for term in catalogue("5.0").terms) == 3185


def test_the_cells_of_version_5_are_those_of_the_map_from_another_workbook():
    assert {(row["v5_term"], row["v5_element"]) for row in MAP} == filled("5.0")
    assert len(MAP) == 4070


def test_what_the_map_says_was_kept_is_in_version_6():
    kept = {
        (row["v6_term"], row["v6_element"].replace("nav", "navigational_note"))
        for row in MAP
        if row["change_type"] == "No change"
    }
    assert len(kept) == 3029
    assert kept - filled("6.0") == set()


def test_texts_that_did_not_change_are_the_same_in_both_versions():
    """The map says which; the two tables come from two workbooks. What differs is named."""
    differing = set()
    for row in MAP:
        if row["change_type"] != "No change" or not row["v5_element"].startswith("grade_"):
            continue
        grade = int(row["v5_element"][-1])
        old, new = catalogue("5.0").term(row["v5_term"]), catalogue("6.0").term(row["v6_term"])
        assert old is not None
        assert new is not None
        if _letters(old.grades[grade - 1]) != _letters(new.grades[grade - 1]):
            differing.add((row["v5_term"], grade))
    assert differing == set()


def _letters(text: str | None) -> str:
    return re.sub(r"[\W_]", "", (text or "").casefold())


@pytest.mark.parametrize("name", ["ctcae_v5.0.csv", "ctcae_v6.0.csv", "ctcae_v5_to_v6.csv"])
def test_a_table_is_the_one_whose_origin_is_told(name: str):
    told = TABLES.joinpath("README.md").read_text(encoding="utf-8")
    (line,) = [line for line in told.splitlines() if line.startswith(f"| `{name}`")]
    assert hashlib.sha256(TABLES.joinpath(name).read_bytes()).hexdigest() in line


def test_a_term_is_looked_up_whatever_its_capitals_and_spaces():
    there = catalogue("5.0")
    term = there.term("  febrile   NEUTROPENIA\n")
    assert term is not None
    assert term.name == "Febrile neutropenia"
    assert term.grades_there == (3, 4, 5)
    assert term.grades[0] is None
    assert there.term("neutropenia") is None
    assert there.term("") is None
    assert there.term("Graft versus host disease") is None
    assert catalogue("6.0").term("Graft versus host disease") is not None


def test_a_grade_means_something_else_in_the_other_version():
    """NCI's printed bands: neutrophils 1.0 to 1.5 x 10e9/L are grade 2 in v5.0 and grade 1 in v6.0."""
    old, new = (catalogue(version).term("Neutrophil count decreased") for version in VERSIONS)
    assert old is not None
    assert new is not None
    assert "1.5 - 1.0 x 10e9" in (old.grades[1] or "")
    assert "1.5 - 1.0 x 10^9" in (new.grades[0] or "")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_class_has_one_other_that_needs_words(version: Version):
    assert [term.soc for term in catalogue(version).terms if term.needs_words] == list(catalogue(version).socs)


@pytest.mark.parametrize(
    ("name", "frm", "to", "others"),
    [
        ("Platelet count decreased", "5.0", "6.0", ["Thrombocytopenia"]),
        ("Thrombocytopenia", "6.0", "5.0", ["Platelet count decreased"]),
        ("lung infection", "5.0", "6.0", ["Pneumonia"]),
        ("Fever", "5.0", "6.0", ["Fever"]),
        ("Restrictive cardiomyopathy", "5.0", "6.0", ["Heart failure", "Cardiac disorders - Other, specify"]),
        ("Graft versus host disease", "6.0", "5.0", []),
        ("Fever", "6.0", "6.0", ["Fever"]),
    ],
)
def test_a_term_is_followed_into_the_other_version(name: str, frm: Version, to: Version, others: list[str]):
    assert [other.name for other in mapped(name, frm, to)] == others


def test_the_map_says_what_changed_and_which_elements_went_where():
    kept, gone = mapped("Asystole", "5.0", "6.0")
    assert (kept.name, kept.changes, kept.elements) == (
        "Asystole",
        ("No change",),
        ("definition", "grade_4", "grade_5"),
    )
    assert (gone.name, gone.changes, gone.elements) == ("Sinus bradycardia", ("Deletion",), ("grade_1",))
    (same,) = mapped("Asystole", "5.0", "5.0")
    assert same.elements == ("definition", "grade_1", "grade_4", "grade_5")
    (back,) = [other for other in mapped("Febrile neutropenia", "6.0", "5.0") if other.name == "Febrile neutropenia"]
    assert set(back.elements) <= {"definition", "navigational_note", *(f"grade_{grade}" for grade in GRADES)}


def test_every_term_of_version_5_leads_somewhere_and_42_of_version_6_are_new():
    """60 names are new in v6.0; 18 of them stand for terms of v5.0."""
    for term in catalogue("5.0").terms:
        assert all(catalogue("6.0").term(other.name) for other in mapped(term.name, "5.0", "6.0"))
        assert mapped(term.name, "5.0", "6.0") != ()
    new = [term for term in catalogue("6.0").terms if mapped(term.name, "6.0", "5.0") == ()]
    assert len(new) == 42
    assert all(catalogue("5.0").term(term.name) is None for term in new)
    assert {"Addition: Term" in term.change for term in new} == {True}


def test_an_unknown_version_or_term_is_told():
    with pytest.raises(ValueError, match=r"no CTCAE version '4\.03'"):
        catalogue("4.03")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"v5\.0 has no term 'Pneumonia'"):
        mapped("Pneumonia", "5.0", "6.0")
    with pytest.raises(ValueError, match=r"no CTCAE version '7'"):
        mapped("Fever", "5.0", "7")  # type: ignore[arg-type]


def test_the_catalogue_is_read_once():
    assert catalogue("5.0") is catalogue("5.0")


@pytest.mark.parametrize("module", [ctcae, ctcae_search, ctcae_words], ids=lambda module: module.__name__)
def test_the_examples_in_the_code_run(module: ModuleType):
    assert doctest.testmod(module).failed == 0
