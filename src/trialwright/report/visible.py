"""What cannot be seen in a text is made visible, and what our fonts cannot print is named: [U+202E]."""

import unicodedata
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, Final, TypeVar

from trialwright.report.figures.look import FONT_FILES, FONTS

Noun = TypeVar("Noun")
IN_TYPST: Final = (
    (0x100, 0x217), (0x384, 0x4FF), (0x1E00, 0x1EF1), (0x2000, 0x200A), (0x2010, 0x2027), (0x202F, 0x2040),
    (0x2045, 0x2052), (0x2070, 0x209C), (0x20A0, 0x20C0), (0x2100, 0x211E), (0x2126, 0x2151), (0x2190, 0x22FF),
)  # fmt: skip
"""Ranges that the fonts inside the typst wheel print where ours do not (a test prints every sign of them)."""
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
    """Every code point that one of our fonts has, or one of those inside typst."""
    from matplotlib.ft2font import FT2Font

    ours = {code for name in FONT_FILES for code in FT2Font(str(FONTS / name)).get_charmap()}
    typsts_own = {code for first, last in IN_TYPST for code in range(first, last + 1)}
    return frozenset(ours | typsts_own | {0x0A})
