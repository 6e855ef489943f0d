"""Terms found by the words of people: a table of searches, our Chinese words, and NCI's names themselves."""

import csv
from pathlib import Path

import pytest

from trialwright.ctcae.catalogue import VERSIONS, Version, catalogue, mapped
from trialwright.ctcae.index import Source
from trialwright.ctcae.search import How, find_terms
from trialwright.ctcae.words import everyday_words, folded, read_search_words, shipped_search_words
from trialwright.errors import FormatError

LAY = list(csv.DictReader((Path(__file__).parent / "lay_searches.csv").read_text(encoding="utf-8").splitlines()))


def names(words: str, version: Version = "5.0", limit: int | None = 20) -> list[str]:
    return [found.term.name for found in find_terms(words, version, limit=limit)]


@pytest.mark.parametrize("row", LAY, ids=lambda row: f"{row['version']} {row['words']}")
def test_what_a_nurse_types_finds_the_term_first(row: dict[str, str]):
    assert names(row["words"], row["version"], limit=1) == [row["term"]]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_term_is_found_first_by_its_own_name(version: Version):
    for term in catalogue(version).terms:
        first = find_terms(term.name, version, limit=1)[0]
        assert first.term is term
        assert (first.why.source, first.why.how) == (Source.OWN, How.AS_TYPED)
        assert find_terms(term.name.upper(), version, limit=1)[0].term is term


def test_a_term_is_found_by_the_name_it_has_in_the_other_version():
    """Every name that NCI's map gives up or brings in, but where the other version has it for many."""
    for name, here, there in (
        *((term.name, "5.0", "6.0") for term in catalogue("5.0").terms),
        *((term.name, "6.0", "5.0") for term in catalogue("6.0").terms),
    ):
        if catalogue(there).term(name) is None:
            for other in mapped(name, here, there):
                assert other.name in names(name, there)[:5], name


@pytest.mark.parametrize("version", VERSIONS)
def test_every_word_of_ours_finds_its_term_among_the_first_three(version: Version):
    tried = 0
    for name, words in shipped_search_words().items():
        terms = _terms_of(name, version)
        if terms and words.only in (None, version):
            for word in (*words.en, *words.zh):
                assert terms & set(names(word, version, limit=3)), word
                tried += 1
    assert tried > 900


def _terms_of(name: str, version: Version) -> set[str]:
    other: Version = "6.0" if version == "5.0" else "5.0"
    if catalogue(version).term(name) is not None:
        return {name}
    return {one.name for one in mapped(name, other, version)}


def test_our_words_are_about_terms_that_exist_and_more_than_90_have_chinese_ones():
    ours = shipped_search_words()
    there = {term.name for version in VERSIONS for term in catalogue(version).terms}
    assert set(ours) - there == set()
    assert sum(len(words.zh) >= 1 for words in ours.values()) >= 90
    assert sum(len(words.zh) >= 2 for words in ours.values()) >= 90
    for name, words in ours.items():
        assert len(set(words.en)) == len(words.en), name
        assert len(set(words.zh)) == len(words.zh), name
        assert name.casefold() not in {word.casefold() for word in words.en}, name
        if words.only is not None:
            assert catalogue(words.only).term(name) is not None


def test_an_everyday_word_leads_to_words_that_names_have():
    own = {folded(word) for version in VERSIONS for term in catalogue(version).terms for word in _words(term.name)}
    for everyday, theirs in everyday_words().items():
        assert set(theirs) <= own, everyday


def _words(name: str) -> list[str]:
    return name.casefold().replace("-", " ").replace(",", " ").split()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("platelet count", "the term's own words"),
        ("low platelets", "a synonym of ours: low platelets"),
        ("low platlets", "a synonym of ours: low platelets (spelt otherwise)"),
        ("platelets count", "the term's own words (spelt otherwise)"),
        ("thrombocytopenia", "its name in the other version of CTCAE: Thrombocytopenia"),
        ("血小板减少", "a Chinese search word of ours: 血小板减少"),
        ("患者血小板低", "a Chinese search word of ours: 血小板低 (in part)"),
        ("platelet count trouble", "the term's own words (in part)"),
    ],
)
def test_a_hit_says_by_which_word_and_whose_it_is(words: str, why: str):
    (found,) = find_terms(words, "5.0", limit=1)
    assert found.term.name == "Platelet count decreased"
    assert str(found.why) == why


def test_a_hit_by_an_everyday_word_says_what_it_was_taken_for():
    (found,) = find_terms("kidney bleeding", "5.0", limit=1)
    assert str(found.why) == "a synonym of ours: kidney for renal, bleeding for hemorrhage"


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("haemorrhage", "hemorrhage"),
        ("oedema", "edema"),
        ("oesophagitis", "esophagitis"),
        ("diarrhoea", "diarrhea"),
        ("dyspnoea", "dyspnea"),
        ("leucocytosis", "leukocytosis"),
        ("tumour", "tumor"),
        ("faecal incontinence", "fecal incontinence"),
        ("paraesthesia", "paresthesia"),
        ("localised oedema", "localized edema"),
        ("tooth discolouration", "tooth discoloration"),
    ],
)
def test_british_and_american_spelling_find_the_same(british: str, american: str):
    assert names(british) == names(american) != []


def test_low_does_not_find_what_is_raised_before_what_is_low():
    for low in ("low potassium", "potassium low", "decreased potassium"):
        found = names(low)
        assert found[0] == "Hypokalemia"
    assert names("raised potassium")[0] == "Hyperkalemia"


def test_limit_is_kept_and_nothing_is_found_for_nothing():
    assert len(names("pain", limit=7)) == 7
    assert len(names("pain", limit=None)) > 20
    assert len(names("pain")) == 20
    assert names("") == names("  ") == names("?!") == names("qqqqzzzz") == names("pain", limit=0) == []
    with pytest.raises(ValueError, match="limit -1"):
        find_terms("pain", "5.0", limit=-1)
    with pytest.raises(ValueError, match="no CTCAE version"):
        find_terms("pain", "4.0")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"de": ["Fieber"]}, "no key 'de'"),
        ({"en": [True]}, "True is no text"),
        ({"zh": ["发热"], "only": "4.0"}, "only '4.0'"),
    ],
)
def test_search_words_that_are_none_are_told(entry: dict[str, object], told: str):
    with pytest.raises(FormatError, match=told):
        read_search_words({"Fever": entry})
