"""Terms of CTCAE found by whatever somebody at the bedside types: NCI's words, a synonym, a misspelling, Chinese."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trialwright.ctcae.catalogue import Term, Version
from trialwright.ctcae.index import Index, Phrase, Source, index
from trialwright.ctcae.words import (
    LONGEST_SEARCH,
    everyday_words,
    folded,
    folded_chinese,
    is_chinese,
    plain_words,
)

# How hits are ranked. Only the order matters, not the figures: they were set by hand until the searches in the tests
# put the right term first.
_LEAST = 0.3  # a hit with less than this share of the best one's score (of 1.0, if that has more) is left out
_WHOLE, _WHOLE_OWN = 1.0, 1.5  # added where all that was typed is all of a phrase
_NOT_OWN, _CATCH_ALL = 0.97, 0.85
_UNMATCHED = 4.0  # the weight of a typed word that nothing is near to: that of a word in about thirty phrases
_BESIDE_CHINESE = 0.8  # Latin words within a Chinese search
_EVERYDAY = 0.9  # how near CTCAE's word is to an everyday word for it
_OTHER_WAY = 0.6  # "low" was typed and the phrase says "increased", or the other way round
_OPPOSITES = (("decreased", "increased"), ("increased", "decreased"))
_ORDER = {source: place for place, source in enumerate(Source)}


class How(StrEnum):
    """How well what was typed and the phrase agree."""

    AS_TYPED = "as typed"  # every typed word is in it, or begins a word of it
    SPELT_OTHERWISE = "spelt otherwise"
    IN_PART = "in part"  # something that was typed is not in it


@dataclass(frozen=True, slots=True)
class Why:
    """Why a term was found: by which of its phrases, whose phrase that is, and how well it fits what was typed."""

    phrase: str
    source: Source
    how: How

    def __str__(self) -> str:
        told = str(self.source) if self.source is Source.OWN else f"{self.source}: {self.phrase}"
        return told if self.how is How.AS_TYPED else f"{told} ({self.how})"


@dataclass(frozen=True, slots=True)
class Found:
    """One term that a search found, with why. The term is NCI's, whatever words led to it."""

    term: Term
    why: Why


@dataclass(frozen=True, slots=True)
class _Hit:
    score: float
    term: Term
    why: Why

    @property
    def rank(self) -> tuple[float, int, int, str]:
        return (-self.score, _ORDER[self.why.source], len(self.term.name), self.term.name)


@dataclass(frozen=True, slots=True, order=True)
class _Match:
    """A typed word and the nearest word of a phrase."""

    nearness: float
    key: str
    typed: str
    everyday: bool


def find_terms(words: str, version: Version, *, limit: int | None = 20) -> tuple[Found, ...]:
    """The terms of a version that fit some words, the best first; at most `limit` (None: all). Empty is fine.

    Looked at are NCI's name, its name in the other version, our English synonyms and our Chinese search words, each by
    whole words, beginnings of words, British and American spelling, and words one slip of the finger away. Of a long
    text only the beginning is looked at. Never raises for any `words`; ValueError for an unknown version or a negative
    limit.

    >>> [found.term.name for found in find_terms("low platelets", "5.0", limit=1)]
    ['Platelet count decreased']
    """
    if limit is not None and limit < 0:
        raise ValueError(f"limit {limit}: expected 0 or more, or None for all.")
    best: dict[str, _Hit] = {}
    for hit in _hits(index(version), words[:LONGEST_SEARCH]):
        name = hit.term.name
        if name not in best or hit.rank < best[name].rank:
            best[name] = hit
    least = _LEAST * min(1.0, max((hit.score for hit in best.values()), default=0.0))
    ranked = sorted((hit for hit in best.values() if hit.score >= least), key=lambda hit: hit.rank)
    return tuple(Found(hit.term, hit.why) for hit in ranked[:limit])


def _hits(there: Index, text: str) -> Iterator[_Hit]:
    if not is_chinese(text):
        yield from _by_words(there, plain_words(text), 1.0)
        return
    yield from _by_chinese(there, folded_chinese(text))
    latin = "".join(" " if is_chinese(sign) else sign for sign in text)
    yield from _by_words(there, plain_words(latin), _BESIDE_CHINESE)


def _by_words(there: Index, typed: Sequence[str], share: float) -> Iterator[_Hit]:
    """Every phrase that any of the words is near to."""
    matches = [tuple(_matches(there, word)) for word in typed]
    weights = [_weight(there, found) for found in matches]
    rows: dict[int, dict[int, _Match]] = {}  # by phrase: its nearest match for each typed word
    for place, found in enumerate(matches):
        for match in found:
            for at in there.by_key[match.key]:
                row = rows.setdefault(at, {})
                row[place] = max(match, row.get(place, match))
    whole = tuple(map(folded, typed))
    for at, row in rows.items():
        phrase = there.words[at]
        covers = sum(weights[place] * match.nearness for place, match in row.items()) / sum(weights)
        score = covers * (0.7 + 0.3 * _covered(there, phrase, row.values())) * _standing(phrase)
        if phrase.keys == whole:
            score += _WHOLE_OWN if phrase.source is Source.OWN else _WHOLE
        elif _other_way(phrase, whole):
            score *= _OTHER_WAY
        yield _Hit(score * share, phrase.term, _why(phrase, tuple(row.values()), len(typed)))


def _matches(there: Index, word: str) -> Iterator[_Match]:
    for key, nearness in there.near.near(word).items():
        yield _Match(nearness, key, word, everyday=False)
    for key in everyday_words().get(folded(word), ()):
        if key in there.by_key:
            yield _Match(_EVERYDAY, key, word, everyday=True)


def _weight(there: Index, found: Sequence[_Match]) -> float:
    """How much a typed word counts: as its nearest word of the index does."""
    if not found:
        return _UNMATCHED
    nearest = max(match.nearness for match in found)
    return min(there.weights[match.key] for match in found if match.nearness == nearest)


def _covered(there: Index, phrase: Phrase, row: Iterable[_Match]) -> float:
    """What share of the phrase was typed."""
    typed = {match.key for match in row}
    return sum(there.weights[key] for key in phrase.keys if key in typed) / sum(
        there.weights[key] for key in phrase.keys
    )


def _other_way(phrase: Phrase, typed: Sequence[str]) -> bool:
    return any(one in typed and other in phrase.keys and one not in phrase.keys for one, other in _OPPOSITES)


def _why(phrase: Phrase, row: Sequence[_Match], typed: int) -> Why:
    written = plain_words(phrase.text)
    spelt = all(match.everyday or any(word.startswith(match.typed) for word in written) for match in row)
    how = How.IN_PART if len(row) < typed else How.AS_TYPED if spelt else How.SPELT_OTHERWISE
    everyday = [match for match in row if match.everyday]
    if everyday and phrase.source is Source.OWN:
        return Why(", ".join(f"{match.typed} for {match.key}" for match in everyday), Source.SYNONYM, how)
    return Why(phrase.text, phrase.source, how)


def _by_chinese(there: Index, typed: str) -> Iterator[_Hit]:
    """Every Chinese search word that shares two neighbouring signs with what was typed, or all of a shorter one."""
    pairs = _neighbours(typed)
    for phrase in there.chinese:
        key = phrase.keys[0]
        within = key in typed or typed in key
        theirs = _neighbours(key)
        if key == typed:
            score = 1.0 + _WHOLE
        elif within:
            score = 0.6 + 0.35 * min(len(key), len(typed)) / max(len(key), len(typed))
        else:
            score = 0.9 * len(pairs & theirs) / max(1, min(len(pairs), len(theirs)))
        how = How.AS_TYPED if typed in key else How.IN_PART
        if score:
            yield _Hit(score * _standing(phrase), phrase.term, Why(phrase.text, phrase.source, how))


def _neighbours(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _standing(phrase: Phrase) -> float:
    own = 1.0 if phrase.source is Source.OWN else _NOT_OWN
    return own * _CATCH_ALL if phrase.term.needs_words else own
