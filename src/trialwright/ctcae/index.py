"""Everything a term of CTCAE may be looked for by, gathered once a version."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from math import log

from trialwright.ctcae.catalogue import VERSIONS, Term, Version, catalogue, mapped
from trialwright.ctcae.near import Near
from trialwright.ctcae.words import folded, folded_chinese, is_chinese, plain_words, shipped_search_words


class Source(StrEnum):
    """Whose words a term is found by, the best first."""

    OWN = "the term's own words"
    OTHER_VERSION = "its name in the other version of CTCAE"
    SYNONYM = "a synonym of ours"
    CHINESE = "a Chinese search word of ours"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One thing that a term may be called. keys: its words, folded; a Chinese one is a single key."""

    term: Term
    text: str
    source: Source
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Index:
    """The phrases of a version, by each folded word; `weights` says how much a word tells: a rare one more."""

    words: tuple[Phrase, ...]
    chinese: tuple[Phrase, ...]
    near: Near = field(repr=False)
    by_key: dict[str, list[int]] = field(repr=False)
    weights: dict[str, float] = field(repr=False)


@lru_cache(maxsize=len(VERSIONS))
def index(version: Version) -> Index:
    """The index of a version, made once. Raises ValueError for an unknown version."""
    phrases = [phrase for term in catalogue(version).terms for phrase in _phrases(term)]
    words = tuple(phrase for phrase in phrases if phrase.source is not Source.CHINESE)
    by_key: dict[str, list[int]] = {}
    for at, phrase in enumerate(words):
        for key in dict.fromkeys(phrase.keys):
            by_key.setdefault(key, []).append(at)
    return Index(
        words=words,
        chinese=tuple(phrase for phrase in phrases if phrase.source is Source.CHINESE),
        near=Near({word for phrase in words for word in plain_words(phrase.text)}),
        by_key=by_key,
        weights={key: log(1 + len(words) / len(places)) for key, places in by_key.items()},
    )


def _phrases(term: Term) -> Iterator[Phrase]:
    yield _phrase(term, term.name, Source.OWN)
    others = _names_elsewhere(term)
    for name in others:
        yield _phrase(term, name, Source.OTHER_VERSION)
    ours = shipped_search_words()
    for name in (term.name, *others):
        words = ours.get(name)
        if words is not None and words.only in (None, term.version):
            for text in (*words.en, *words.zh):
                yield _phrase(term, text, Source.CHINESE if is_chinese(text) else Source.SYNONYM)


def _phrase(term: Term, text: str, source: Source) -> Phrase:
    chinese = source is Source.CHINESE
    return Phrase(term, text, source, (folded_chinese(text),) if chinese else tuple(map(folded, plain_words(text))))


def _names_elsewhere(term: Term) -> list[str]:
    """Names of the other version that are none here and that NCI's map leads to or from this term."""
    other: Version = "6.0" if term.version == "5.0" else "5.0"
    here = catalogue(term.version)
    return [one.name for one in mapped(term.name, term.version, other) if here.term(one.name) is None]
