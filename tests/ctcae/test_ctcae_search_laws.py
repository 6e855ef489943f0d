"""Laws of the search: beginnings and misspellings lead to the term, and no text makes it raise."""

from hypothesis import assume, example, given
from hypothesis import strategies as st

from trialwright.ctcae.catalogue import VERSIONS, Term, catalogue
from trialwright.ctcae.index import index
from trialwright.ctcae.search import find_terms
from trialwright.ctcae.words import plain_words

TERMS = [term for version in VERSIONS for term in catalogue(version).terms]
LONG_FIRST = [term for term in TERMS if len(plain_words(term.name)[0]) >= 4]
ONE_WORD = [term for term in TERMS if term.name.isalpha()]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
KNOWN = {word for version in VERSIONS for phrase in index(version).words for word in plain_words(phrase.text)}


@given(term=st.sampled_from(LONG_FIRST), data=st.data())
def test_four_letters_of_the_first_word_find_the_term_somewhere(term: Term, data: st.DataObject):
    first = plain_words(term.name)[0]
    typed = first[: data.draw(st.integers(4, len(first)))]
    assert term in [found.term for found in find_terms(typed, term.version, limit=None)]


@given(term=st.sampled_from(ONE_WORD), at=st.integers(0, 60), other=st.sampled_from(LETTERS), swap=st.booleans())
def test_one_letter_wrong_or_two_in_the_wrong_order_find_the_term_in_the_first_five(
    term: Term, at: int, other: str, swap: bool
):
    """Unless what was typed itself begins some word that terms are found by, as "gall" does, one letter from "fall"."""
    name = term.name.casefold()
    at %= len(name) - 1 if swap else len(name)
    typed = name[:at] + name[at + 1] + name[at] + name[at + 2 :] if swap else name[:at] + other + name[at + 1 :]
    assume(typed == name or not any(word.startswith(typed) for word in KNOWN))
    assert term in [found.term for found in find_terms(typed, term.version, limit=5)]


@given(words=st.text(st.characters(), max_size=60), version=st.sampled_from(VERSIONS))
@example(words="\x00\x1b[31m", version="5.0")
@example(words="🤒🌡️", version="5.0")
@example(words="\ud800", version="6.0")
@example(words="fever " * 2000, version="5.0")
@example(words="发热" * 5000, version="6.0")
@example(words="x" * 10_000, version="6.0")
def test_no_text_makes_the_search_raise(words: str, version: str):
    found = find_terms(words, version, limit=None)  # type: ignore[arg-type]
    assert len({one.term.name for one in found}) == len(found)


@given(words=st.text(st.sampled_from("abcdefg low pain发热减少 "), max_size=20), limit=st.integers(0, 30))
def test_fewer_hits_are_the_first_of_more(words: str, limit: int):
    assert find_terms(words, "5.0", limit=limit) == find_terms(words, "5.0", limit=None)[:limit]
