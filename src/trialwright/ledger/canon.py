"""Canonical bytes: one value, one way to write it, so that a hash over the bytes is a hash over the meaning.

A strict subset of RFC 8785 (JSON Canonicalization Scheme): keys of `[a-z0-9_.]`, strings in Unicode NFC without NUL
and without lone surrogates, integers between -2^53 and 2^53, true, false, null, arrays and objects; no floats (a
measured number is a string, as typed) and no key twice. Inside this subset orjson with sorted keys writes what
RFC 8785 demands; outside it the two differ, so everything outside is refused.
"""

import re
from typing import Any
from unicodedata import is_normalized

import orjson

from trialwright.errors import FormatError

LARGEST = 2**53  # beyond it a reader that stores numbers as doubles would round
DEEPEST = 32  # no entry needs more, and a bomb of brackets ends here
_KEY = re.compile(r"[a-z0-9_.]+")
_met_keys: set[str] = set()  # good keys met before, so that each is matched once and not once per entry


def format_canonical(value: Any) -> bytes:
    """The canonical bytes of a value.

    Raises FormatError if the value lies outside the subset; the message says where in it, and why.

    >>> format_canonical({"unit": "µmol/L", "n": 2})
    b'{"n":2,"unit":"\\xc2\\xb5mol/L"}'
    """
    if not is_clean(value):
        raise FormatError(_fault(value))
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # lone surrogates, which the quick look lets through
        raise FormatError(_fault(value)) from None


def parse_canonical(data: bytes) -> Any:
    """The value that these canonical bytes stand for.

    Raises FormatError if the bytes are not exactly what `format_canonical` would write for it: that covers a key
    given twice, spaces, another order, another way to write a number or a letter.
    """
    value = parse_exact(data)
    if not is_clean(value):
        raise FormatError(_fault(value))
    return value


def parse_exact(data: bytes) -> Any:
    """As `parse_canonical`, but trusts that the values were inside the subset when they were sealed.

    Still refuses what a parser swallows silently: keys given twice, spaces, another order.
    """
    try:
        value = orjson.loads(data)
        again = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError) as fault:
        raise FormatError(f"these bytes are not JSON: {fault}") from None
    if again != data:
        raise FormatError("these bytes are not canonical: a key twice, spaces, another order or another spelling")
    return value


def check_text(data: bytes) -> None:
    """Raises FormatError if canonical bytes hold a text outside the subset; keys and numbers are not looked at.

    The quick way where a caller has checked the keys and types itself: nearly all bytes are ASCII without NUL.
    """
    if not data.isascii() or b"\\u0000" in data:
        parse_canonical(data)


def is_clean(value: Any, depth: int = DEEPEST) -> bool:
    """Whether a value lies inside the subset, quickly: no message, no path; lone surrogates are left to orjson."""
    kind: type = type(value)
    if kind is str:
        return "\0" not in value and (value.isascii() or is_normalized("NFC", value))
    if value is None or kind is bool:
        return True
    if kind is int:
        return bool(-LARGEST < value < LARGEST)
    if depth == 0:
        return False
    if kind is dict:
        for key, inner in value.items():
            if type(key) is not str or (key not in _met_keys and not _is_clean_key(key)):
                return False
            # Nearly every member is a text in ASCII: asked here, it costs no call.
            if type(inner) is str and inner.isascii() and "\0" not in inner:
                continue
            if not is_clean(inner, depth - 1):
                return False
        return True
    if kind is list or kind is tuple:
        return all(is_clean(inner, depth - 1) for inner in value)
    return False


def _is_clean_key(key: str) -> bool:
    if not _KEY.fullmatch(key):
        return False
    if len(_met_keys) < 10_000:  # keys come from our own kinds and forms; a flood of others is not remembered
        _met_keys.add(key)
    return True


def _fault(value: Any, where: str = "", depth: int = DEEPEST) -> str:
    """What is wrong with a value and where in it, for a person; empty if nothing is."""
    place = where or "the value"
    if isinstance(value, bool) or value is None:
        return ""
    if type(value) is str:
        return _string_fault(value, place)
    if type(value) is int:
        return "" if -LARGEST < value < LARGEST else f"{place}: {value} is too large for a ledger; write it as text."
    if type(value) is float:
        return f"{place}: {value!r} is a float; a measured number is kept as typed: give it as text."
    if depth == 0:
        return f"{place}: nested deeper than {DEEPEST} levels."
    if type(value) is dict:
        return next(filter(None, (_member_fault(key, inner, where, depth) for key, inner in value.items())), "")
    if type(value) in (list, tuple):
        inside = (_fault(inner, f"{where}[{n}]", depth - 1) for n, inner in enumerate(value))
        return next(filter(None, inside), "")
    return (
        f"{place}: a {type(value).__name__} cannot be written into a ledger; give text, whole numbers, lists, tables."
    )


def _member_fault(key: Any, inner: Any, where: str, depth: int) -> str:
    if type(key) is not str or not _KEY.fullmatch(key):
        return (
            f"{where or 'the value'}: the key {key!r} cannot be kept; "
            "a key is made of small letters a-z, digits, `_` and `.` only."
        )
    return _fault(inner, f"{where}.{key}" if where else key, depth - 1)


def _string_fault(text: str, place: str) -> str:
    if "\0" in text:
        return f"{place}: the text contains the character NUL; remove it."
    try:
        text.encode()
    except UnicodeEncodeError as fault:
        return f"{place}: the text contains half a character (U+{ord(text[fault.start]):04X}); type it again."
    if not is_normalized("NFC", text):
        return f"{place}: {text!r} is not in Unicode form NFC (letters with their accents as one character)."
    return ""
