"""Codes and their check characters: vectors of others, and that no slip of one key goes unseen."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.cells.codes import code_fault, label_code, read_donation_number, read_label
from trialwright.errors import FormatError
from trialwright.facts.check_character import ALPHABET, check_character, ends_in_its_check

VECTORS = Path(__file__).parents[1] / "data" / "reference" / "celltherapy" / "din_mod37_2_vectors.csv"
ROWS = list(csv.DictReader(VECTORS.open(encoding="utf-8")))
LETTERS = ALPHABET[:36]
BODIES = st.text(LETTERS, min_size=1, max_size=20)
OURS = st.builds(
    lambda sort, site, digits: _ours(sort + site + digits),
    st.sampled_from("DCLBI"),
    st.text(LETTERS, min_size=1, max_size=4),
    st.text("0123456789", min_size=8, max_size=8),
)


def _ours(body: str) -> str:
    return f"{body[0]}-{body[1:]}{check_character(body)}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["din13"])
def test_the_check_character_is_the_one_that_others_reckon(row: dict[str, str]) -> None:
    assert check_character(row["din13"]) == row["eye_readable_char"]
    assert ALPHABET.index(row["eye_readable_char"]) == int(row["checksum"])
    assert 60 + int(row["checksum"]) == int(row["flag_type3"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["din13"])
def test_a_donation_number_is_read_as_printed_and_as_scanned(row: dict[str, str]) -> None:
    number, check = row["din13"], row["eye_readable_char"]
    spaced = f" {number[:5]} {number[5:7]} {number[7:]} {check.lower()} "
    for form in (number + check, spaced, row["code128_payload"]):
        assert read_donation_number(form) == number


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("G123498654321", "is no donation number: thirteen characters and a check character were expected"),
        ("G123498654321X", "fails its check character"),
        ("G123498645321H", "fails its check character"),
        ("=G12349865432178", "fails its check character"),
        ("=G12349865432100", "its flags 00 carry no check character. Type the boxed one"),
        ("=G12349865432197", "its flags 97 carry no check character"),
        ("O123498654321H", "is no donation number"),  # O is no first letter: it looks like 0
        ("", "is no donation number"),
    ],
)
def test_a_donation_number_that_is_none_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        read_donation_number(text)


@given(BODIES, st.data())
def test_every_single_wrong_character_is_detected(body: str, data: st.DataObject) -> None:
    whole = body + check_character(body)
    place = data.draw(st.integers(0, len(whole) - 1))
    alphabet = ALPHABET if place == len(body) else LETTERS
    wrong = data.draw(st.sampled_from([char for char in alphabet if char != whole[place]]))
    assert ends_in_its_check(whole)
    assert not ends_in_its_check(whole[:place] + wrong + whole[place + 1 :])


@given(BODIES, st.data())
def test_two_neighbours_exchanged_are_detected(body: str, data: st.DataObject) -> None:
    whole = body + check_character(body)
    place = data.draw(st.integers(0, len(whole) - 2))
    one, two = whole[place], whole[place + 1]
    if one != two:
        assert not ends_in_its_check(whole[:place] + two + one + whole[place + 2 :])


@given(OURS, st.data())
def test_a_slip_in_a_code_of_ours_is_a_fault_and_no_other_code_is_proposed(code: str, data: st.DataObject) -> None:
    assert code_fault(code) is None
    place = data.draw(st.integers(2, len(code) - 1))
    wrong = data.draw(st.sampled_from([char for char in LETTERS if char != code[place]]))
    slipped = code[:place] + wrong + code[place + 1 :]
    fault = code_fault(slipped)
    assert fault is not None
    assert code not in fault


@given(OURS, st.integers(1, 9999), st.data())
def test_a_label_is_read_back_and_a_slip_in_it_is_detected(code: str, label: int, data: st.DataObject) -> None:
    scanned = label_code(code, label)
    assert read_label(f" {scanned}\n") == (code, label)
    place = data.draw(st.sampled_from([n for n, char in enumerate(scanned) if char in LETTERS]))
    wrong = data.draw(st.sampled_from([char for char in LETTERS if char != scanned[place]]))
    slipped = scanned[:place] + wrong + scanned[place + 1 :]
    with pytest.raises(FormatError):
        read_label(slipped)


@pytest.mark.parametrize("text", ["", "S-001", "S-001-01", "s-001-01c", "S-001-1C", "Ｓ-001-01C", "x" * 200])
def test_what_no_label_says_is_not_read(text: str) -> None:
    with pytest.raises(FormatError, match="Scan it again"):
        read_label(text)
