"""Canonical bytes against the `rfc8785` package (an implementation of RFC 8785 that nobody here wrote)."""

import json
import unicodedata
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from trialwright.errors import FormatError
from trialwright.ledger.canon import DEEPEST, LARGEST, format_canonical, parse_canonical, parse_exact

keys = st.text("abcxyz019_.", min_size=1, max_size=8)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text)
)
leaves = st.none() | st.booleans() | st.integers(1 - LARGEST, LARGEST - 1) | texts
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4))


@given(values)
def test_canonical_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert format_canonical(value) == rfc8785.dumps(value)


@given(values)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert parse_canonical(format_canonical(value)) == value


@given(values, st.sampled_from([None, 2, "\t"]), st.booleans())
def test_any_other_spelling_of_a_value_is_refused(value: Any, indent: Any, ascii_only: bool) -> None:
    other = json.dumps(value, indent=indent, ensure_ascii=ascii_only, sort_keys=False).encode()
    if other == format_canonical(value):
        assert parse_canonical(other) == value
    else:
        with pytest.raises(FormatError):
            parse_canonical(other)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"weight": 61.5}, "weight: 61.5 is a float"),
        ({"n": LARGEST}, "too large"),
        ({"n": -LARGEST}, "too large"),
        ({"n": 10**30}, "too large"),
        ({"a": {"Weight": "1"}}, "a: the key 'Weight' cannot be kept"),
        ({"köchel": "1"}, "the key"),
        ({"": "1"}, "the key"),
        ({"a\n": "1"}, "the key"),
        ({1: "1"}, "the key 1"),
        ({"name": ["x", "a\0b"]}, "name[1]: the text contains the character NUL"),
        ({"name": "\ud800"}, "half a character (U+D800)"),
        ({"name": "e\u0301"}, "NFC"),
        ({"name": "\u212b"}, "NFC"),  # the Ångström sign: one character, and still not NFC
        ({"set": {1, 2}}, "a set cannot be written"),
        ({"bytes": b"x"}, "a bytes cannot be written"),
    ],
)
def test_what_lies_outside_the_subset_is_refused_and_named(value: Any, found: str) -> None:
    with pytest.raises(FormatError) as refused:
        format_canonical(value)
    assert found in str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b'{"a":1.0}',
        b'{"a":1e2}',
        b'{"a":1e999}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-0}',
        b'{"a":9007199254740992}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\\u0000"}',
        b'{"a":"e\xcc\x81"}',
        b'{"a":"\xff"}',
        b'{"A":1}',
        b"\xef\xbb\xbf{}",
        b"{}\n",
        b"",
    ],
)
def test_bytes_outside_the_subset_are_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        parse_canonical(data)


def test_reading_sealed_bytes_quickly_still_refuses_a_key_given_twice() -> None:
    with pytest.raises(FormatError):
        parse_exact(b'{"a":1,"a":2}')


def test_a_bomb_of_brackets_is_refused() -> None:
    value: Any = "x"
    for _ in range(DEEPEST):
        value = [value]
    assert parse_canonical(format_canonical(value)) == value
    with pytest.raises(FormatError, match="nested deeper"):
        format_canonical([value])
    with pytest.raises(FormatError):
        parse_canonical(b"[" * 100_000 + b"]" * 100_000)
