"""The words by which terms of CTCAE are looked for: ours beside NCI's, and one shape for the spellings of a word."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from trialwright.ctcae.catalogue import VERSIONS, Version
from trialwright.errors import FormatError

LONGEST_SEARCH = 200  # letters of what was typed that are looked at
MOST_WORDS = 12

_HIGH = "raised high elevated elevation rise rising up increase increases increasing"
_LOW = "low reduced reduction drop dropped down decrease decreases decreasing"
_DIRECTIONS = dict.fromkeys(_HIGH.split(), "increased") | dict.fromkeys(_LOW.split(), "decreased")
_SMALL = "a an and at by for from had has have in is of on or the to was with"
_SMALL_WORDS = frozenset(_SMALL.split())
_BRITISH = (("ae", "e"), ("oe", "e"), ("our", "or"), ("leuc", "leuk"), ("sulph", "sulf"))
_ISE = re.compile(r"is(e|ed|es|ing|ation|ations)$")
_WORD = re.compile(r"[^\W_]+")
_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_SAME_IN_CHINESE = (
    ("增高", "升高"),
    ("增加", "升高"),
    ("增多", "升高"),
    ("上升", "升高"),
    ("减低", "降低"),
    ("减少", "降低"),
    ("下降", "降低"),
    ("综合症", "综合征"),
)


@dataclass(frozen=True, slots=True)
class SearchWords:
    """Our words for one term: English synonyms and abbreviations, Chinese words; `only` in one version, or None."""

    en: tuple[str, ...]
    zh: tuple[str, ...]
    only: Version | None = None


@lru_cache(maxsize=1)
def shipped_search_words() -> dict[str, SearchWords]:
    """By the name of a term of either version: the words of tables/search_words.yaml. Always the same object."""
    return read_search_words(_shipped()["terms"])


@lru_cache(maxsize=1)
def everyday_words() -> dict[str, tuple[str, ...]]:
    """By an everyday word, the words that CTCAE has for it, all of them folded. Always the same object."""
    return {folded(word): tuple(map(folded, theirs)) for word, theirs in _shipped()["words"].items()}


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Any]:
    import yaml

    text = files("trialwright.ctcae").joinpath("tables", "search_words.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = yaml.load(text, Loader=loader)
    return found


def read_search_words(given: Mapping[str, Any]) -> dict[str, SearchWords]:
    """Search words from plain values, by term. Raises FormatError for an unknown key or version, or what is no text."""
    found = {}
    for name, entry in given.items():
        if unknown := sorted(set(entry) - {"en", "zh", "only"}):
            raise FormatError(f"search words of {name!r}: no key {unknown[0]!r}. Allowed: en, zh, only.")
        english, chinese = tuple(entry.get("en", ())), tuple(entry.get("zh", ()))
        if odd := [word for word in (*english, *chinese) if not isinstance(word, str)]:
            raise FormatError(f"search words of {name!r}: {odd[0]!r} is no text. Write it in quotes.")
        if (only := entry.get("only")) not in (None, *VERSIONS):
            raise FormatError(f"search words of {name!r}: only {only!r}. Expected one of {', '.join(VERSIONS)}.")
        found[name] = SearchWords(english, chinese, only)
    return found


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a text in small letters, without its signs and words such as "of", unless it has no others."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text[:LONGEST_SEARCH]).casefold())[:MOST_WORDS]
    return tuple(word for word in words if word not in _SMALL_WORDS) or tuple(words)


def folded(word: str) -> str:
    """The one shape in which a small-letter word is compared: American, singular, raised and low as in CTCAE.

    >>> [folded(word) for word in ("haemorrhages", "oedema", "leucocytes", "localised", "raised")]
    ['hemorrhage', 'edema', 'leukocyte', 'localized', 'increased']
    """
    if word in _DIRECTIONS:
        return _DIRECTIONS[word]
    for british, american in _BRITISH:
        word = word.replace(british, american)
    return _singular(_ISE.sub(r"iz\1", word))


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "as", "os")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("shes", "ches", "xes", "sses")) else word[:-1]


def is_chinese(text: str) -> bool:
    """Whether any sign of the text is a Chinese one."""
    return bool(_CHINESE.search(text))


def folded_chinese(text: str) -> str:
    """The one shape in which a Chinese word is compared: no spaces or signs; one word for a rise, one for a fall."""
    text = "".join(_WORD.findall(unicodedata.normalize("NFKC", text[:LONGEST_SEARCH]).casefold()))
    for other, one in _SAME_IN_CHINESE:
        text = text.replace(other, one)
    return text
