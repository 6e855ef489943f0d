"""What cannot be seen in a text is made visible, and what our fonts cannot print is named: [U+202E]."""

import unicodedata
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, Final, TypeVar

from trialwright.report.figures.look import FONT_FILES, FONTS

Noun = TypeVar("Noun")
_PLAIN_FORMATS: Final = frozenset("\n\u200d")  # a new line, and the joiner inside one written sign


def visible(text: str) -> str:
    """The text with every control and every invisible or direction-changing sign written as its code.

    A right-to-left override can make "not released" read as something else; nobody types one on purpose.

    >>> visible("lot \\u202e7")
    'lot [U+202E]7'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_named(sign) if _hidden(sign) else sign for sign in text)


def printable(text: str) -> str:
    """The text with every sign that none of our fonts has written as its code, so that no box stands in the PDF."""
    known = _known_signs()
    if all(ord(sign) in known for sign in text):
        return text
    return "".join(sign if ord(sign) in known or sign == "\n" else _named(sign) for sign in text)


def each_text(noun: Noun, change: Callable[[str], str]) -> Noun:
    """The same frozen nouns with every text in them changed; drawings (`svg`) and what cannot hold text stay."""
    changed: Any = noun
    if isinstance(noun, str):
        changed = change(noun)
    elif isinstance(noun, tuple):
        changed = tuple(each_text(part, change) for part in noun)
    elif isinstance(noun, dict):
        changed = {key: each_text(value, change) for key, value in noun.items()}
    elif is_dataclass(noun) and not isinstance(noun, type):
        new = {
            field.name: each_text(getattr(noun, field.name), change) for field in fields(noun) if field.name != "svg"
        }
        changed = replace(noun, **new)
    result: Noun = changed
    return result


def _hidden(sign: str) -> bool:
    return sign not in _PLAIN_FORMATS and unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _named(sign: str) -> str:
    return f"[U+{ord(sign):04X}]"


@cache
def _known_signs() -> frozenset[int]:
    """Every code point that one of our fonts has."""
    from matplotlib.ft2font import FT2Font

    return frozenset(code for name in FONT_FILES for code in FT2Font(str(FONTS / name)).get_charmap()) | {0x0A}
