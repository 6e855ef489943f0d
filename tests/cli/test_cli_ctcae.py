"""`trialwright ctcae`: terms for people and for machines."""

from errors_told import run
from shell import trialwright


def test_ctcae_prints_the_term_its_class_and_its_grades():
    ran = trialwright("ctcae", "low", "platelets")
    assert (ran.code, ran.err) == (0, "")
    assert "Platelet count decreased (Investigations)" in ran.out
    assert "  found by a synonym of ours: low platelets" in ran.out
    assert "  grade 3  <50,000 - 25,000/mm3; <50.0 - 25.0 x 10e9 /L" in ran.out
    assert "grade 5" not in ran.out
    assert "  in v6.0: Thrombocytopenia" in ran.out


def test_ctcae_gives_one_document_to_machines():
    document = trialwright("ctcae", "thrombocytopenia", "--version", "6.0", "--json").json
    assert (document["version"], document["words"]) == ("6.0", "thrombocytopenia")
    first = document["found"][0]
    assert first["term"] == "Thrombocytopenia"
    assert list(first["grades"]) == ["1", "2", "3", "4", "5"]
    assert first["grades"]["5"] == "Death"
    assert first["why"] == {"phrase": "Thrombocytopenia", "source": "the term's own words", "how": "as typed"}
    (other,) = first["in_the_other_version"]["terms"]
    assert (other["term"], other["changes"]) == ("Platelet count decreased", ["Deletion"])


def test_ctcae_wraps_to_the_terminal():
    code, out, _ = run(("ctcae", "转氨酶升高", "--version", "6.0"))
    assert code == 0
    assert max(map(len, out.splitlines())) <= 100
    assert sum(line.startswith("  grade ") for line in out.splitlines()) == 12


def test_ctcae_asks_for_words_where_the_term_alone_says_nothing_and_says_where_it_is_new():
    assert "Say in words of yours what happened" in run(("ctcae", "GVHD"))[1]
    assert "v5.0 has no such term." in run(("ctcae", "GVHD", "--version", "6.0"))[1]


def test_ctcae_lists_the_others_without_their_grades():
    out = run(("ctcae", "pain"))[1]
    assert out.startswith('CTCAE v5.0, 20 terms for "pain":')
    assert out.count("  found by ") == 3
    assert len([line for line in out.partition("Also:\n")[2].splitlines() if not line.startswith("   ")]) == 17


def test_ctcae_that_finds_nothing_says_where_such_a_thing_is_recorded():
    code, out, err = run(("ctcae", "qqqqzzzz"))
    assert (code, err) == (0, "")
    assert "nothing for 'qqqqzzzz'" in out
    assert '"Other, specify"' in out.replace("\n ", "")
    assert trialwright("ctcae", "qqqqzzzz", "--json").json["found"] == []
