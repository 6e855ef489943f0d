"""Plain values -> YAML that a person likes to read and `read_study` reads back exactly."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

_PLAIN = re.compile(r"[^\W\d_][\w ,.()/%+≤≥'’-]*\Z")
_NOT_WORDS = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n"])  # the last six: YAML 1.1
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def format_yaml(value: Any) -> str:
    """A mapping or list as YAML lines, each ended; scalars as the core schema of YAML 1.2 has them."""
    return "".join(f"{line}\n" for line in _lines(value))


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _entry(f"{_key(key)}:", inner)
    else:
        for inner in value:
            yield from _item(inner)


def _entry(head: str, value: Any) -> Iterator[str]:
    """`key:` and what follows it, on the same line or below."""
    if isinstance(value, dict | list | tuple) and value:
        yield head
        yield from (f"  {line}" if line else "" for line in _lines(value))
    elif isinstance(value, str) and _literal(value):
        yield f"{head} |{'' if value.endswith(chr(10)) else '-'}"
        yield from (f"  {line}" if line else "" for line in value.removesuffix("\n").split("\n"))
    else:
        yield f"{head} {_scalar(value)}"


def _item(value: Any) -> Iterator[str]:
    """`- ` and what follows it; a mapping begins on the same line."""
    if isinstance(value, dict | list | tuple) and value:
        for index, line in enumerate(_lines(value)):
            yield ("- " if index == 0 else "  ") + line if line else ""
    else:
        yield f"- {_scalar(value)}"


def _literal(text: str) -> bool:
    """Whether a text can stand as a literal block: lines as they are, no blank first line, at most one end."""
    return (
        "\n" in text.removesuffix("\n")
        and not text.endswith("\n\n")
        and not text.startswith((" ", "\n", "\t"))
        and not _ESCAPED.search(text)
        and all(line.strip() or not line for line in text.split("\n"))
    )


def _key(key: str) -> str:
    return key if _PLAIN_KEY.match(key) and key.lower() not in _NOT_WORDS else _quoted(key)


def _scalar(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return str(value)
        case str():
            return value if _is_plain(value) else _quoted(value)
        case dict():
            return "{}"
        case _:
            return "[]"


def _is_plain(text: str) -> bool:
    return bool(_PLAIN.match(text)) and not text.endswith(" ") and text.lower() not in _NOT_WORDS


def _quoted(text: str) -> str:
    """In double quotes, JSON's escapes, and escapes for what an editor would not show."""
    quoted = json.dumps(text, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
