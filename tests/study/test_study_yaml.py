"""The tree under a study file: YAML 1.2's core schema, its traps, and attacks that must cost nothing."""

import time
from decimal import Decimal

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.study.scalars import Scalar, find_in_source
from trialwright.study.tree import read_tree

# YAML 1.2.2, section 10.3.2 (core schema), its table of regular expressions and its example 10.9; and what older
# readers make of the same words.
CORE = [
    ("null", None),
    ("~", None),
    ("", None),
    ("true", True),
    ("False", False),
    ("0", 0),
    ("0o7", 7),
    ("0x3A", 58),
    ("-19", -19),
    ("010", 10),  # octal 8 in YAML 1.1
    ("0.", Decimal("0.")),
    ("-0.0", Decimal("-0.0")),
    (".5", Decimal("0.5")),
    ("+12e03", Decimal("12e3")),
    ("-2E+05", Decimal("-2E5")),
    ("0.30", Decimal("0.30")),
    ("no", "no"),  # false in YAML 1.1: the country Norway
    ("NO", "NO"),
    ("yes", "yes"),
    ("off", "off"),
    ("y", "y"),
    ("12:30", "12:30"),  # 750 in YAML 1.1, base sixty
    ("1_000", "1_000"),
    ("2026-11-22", "2026-11-22"),  # a date in YAML 1.1
    ("0b11", "0b11"),
    ("=", "="),
    ("1e3x", "1e3x"),
    ("١٢", "١٢"),  # Arabic digits are no number, though \d takes them
    ("nUll", "nUll"),
]


@pytest.mark.parametrize(("written", "means"), CORE, ids=[written or "nothing" for written, _ in CORE])
def test_plain_words_mean_what_yaml_1_2_says(written: str, means: object) -> None:
    tree = read_tree(f"key: {written}\n", "x")
    assert tree.faults == ()
    assert tree.value == {"key": means}
    assert type(tree.value["key"]) is type(means)


def test_quotes_make_text_of_everything() -> None:
    assert read_tree("a: '010'\nb: \"true\"\nc: |-\n  12\n", "x").value == {"a": "010", "b": "true", "c": "12"}


def test_keys_are_always_words() -> None:
    assert read_tree("no: 1\n12: 2\n", "x").value == {"no": 1, "12": 2}


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(20)
)
ATTACKS = {
    "100,000 brackets": "[" * 100_000,
    "100,000 braces": "{a: " * 100_000,
    "100,000 dashes": "- " * 100_000,
    "100,000 question marks": "? " * 100_000,
    "an alias bomb of 9^20": BOMB,
    "four megabytes and one": "a: " + "x" * (4 * 1024 * 1024),
    "half a surrogate pair": "a: \ud800",
    "a NUL": "a: \x00",
    "nothing but a tag": "!!python/object/apply:os.system ['true']",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused_at_once(attack: str) -> None:
    """The bound is generous: each takes a few milliseconds; safe_load needs 12 s for the brackets."""
    began = time.process_time()
    tree = read_tree(ATTACKS[attack], "x")
    assert tree.faults
    assert time.process_time() - began < 1.0


def test_a_tag_never_makes_an_object() -> None:
    tree = read_tree("a: !!python/name:os.system x\n", "x")
    assert tree.value == {"a": "x"}
    assert "a tag" in tree.faults[0].message


def test_a_key_given_twice_keeps_the_first_and_says_so() -> None:
    tree = read_tree("a: 1\nb: {c: 2}\na: {b: [3]}\n", "x")
    assert tree.value == {"a": 1, "b": {"c": 2}}
    assert [str(fault.place) for fault in tree.faults] == ["x:3:1"]


# --- places -----------------------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=60)
LINES = st.lists(WORDS.filter(str.strip), min_size=1, max_size=4).map(" \n".join)


@settings(max_examples=400, deadline=None)
@given(
    text=st.one_of(WORDS, LINES),
    style=st.sampled_from([None, "'", '"', "|", ">"]),
    width=st.sampled_from([12, 40, 999]),
)
def test_every_visible_character_is_found_where_it_stands(text: str, style: str | None, width: int) -> None:
    """PyYAML writes the text, in every style and folded at every width; ours must find each character in it again."""
    source = yaml.safe_dump({"first": "x", "key": text}, default_style=style, width=width, allow_unicode=True)
    tree = read_tree(source, "x")
    if tree.faults:
        assert any(char in source for char in "\x85\u2028\u2029")
        return
    scalar = tree.scalars[("key",)]
    assert scalar.value == text
    lines = source.split("\n")
    for offset, char in enumerate(text):
        if char.isspace():
            continue
        line, column = find_in_source(source, scalar, offset)
        there = lines[line - 1][column - 1 :]
        assert there.startswith((char, "\\")), (source, offset, char, there)


def test_a_position_no_rule_fits_is_the_beginning_of_the_text() -> None:
    """A value that is not what the source says (it cannot come from a file) has no better place than its start."""
    assert find_in_source("ab: other\n", Scalar(4, 9, "", "more than that"), 5) == (1, 5)


def test_the_place_behind_a_text_is_just_behind_its_last_character() -> None:
    source = "k: >-\n  one\n  two  \nl: 1\n"
    assert find_in_source(source, read_tree(source, "x").scalars[("k",)], 7) == (3, 6)
    assert find_in_source('k: ""\n', Scalar(3, 5, '"', ""), 0) == (1, 4)


@pytest.mark.parametrize(
    ("written", "value", "offset", "column"),
    [
        (r'"a\u00e9b"', "a\u00e9b", 2, 12),
        (r'"a\tb"', "a\tb", 2, 8),
        (r'"a\x20b"', "a b", 2, 10),
        (r'"\U0001F600b"', "\U0001f600b", 1, 15),
        (r'"a\"b"', 'a"b', 2, 8),
        ("'a''b'", "a'b", 2, 8),
    ],
)
def test_an_escape_counts_as_the_one_character_it_makes(written: str, value: str, offset: int, column: int) -> None:
    source = f"k: {written}\n"
    scalar = read_tree(source, "x").scalars[("k",)]
    assert scalar.value == value
    assert find_in_source(source, scalar, offset) == (1, column)


@settings(max_examples=200, deadline=None)
@given(st.recursive(st.text(max_size=20) | st.integers(-999, 999) | st.booleans() | st.none(),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
                    max_leaves=12))  # fmt: skip
def test_a_tree_that_pyyaml_wrote_is_read_back(value: object) -> None:
    """Double quotes keep every text a text in both versions of YAML."""
    source = yaml.safe_dump({"top": value}, default_style='"', allow_unicode=False)
    tree = read_tree(source, "x")
    doubtful = [fault for fault in tree.faults if "a tag" not in fault.message]
    if not doubtful:
        assert _as_lists(tree.value["top"]) == _as_written(value)


def _as_lists(value: object) -> object:
    if isinstance(value, tuple):
        return [_as_lists(each) for each in value]
    return {key: _as_lists(each) for key, each in value.items()} if isinstance(value, dict) else value


def _as_written(value: object) -> object:
    """default_style='"' writes numbers and null as tagged texts; ours reports the tag and keeps the text."""
    if isinstance(value, list):
        return [_as_written(each) for each in value]
    if isinstance(value, dict):
        return {key: _as_written(each) for key, each in value.items()}
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
