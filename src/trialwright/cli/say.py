"""How commands speak: one JSON document or plain text on standard output, all else on standard error."""

import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from trialwright.cli.json_places import LONGEST_NUMBER, JsonPlaces, json_places
from trialwright.errors import FormatError, Place, UsageError
from trialwright.facts.text import decode_text

MOST_FAULTS = 20
LONGEST_SHOWN = 60  # letters of what was found that a message repeats


def answer(document: Any, text: Callable[[], str] | str, *, as_json: bool) -> None:
    """Print the whole answer at once: `document` for machines, `text` for people."""
    if as_json:
        _print(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    else:
        words = visible(text if isinstance(text, str) else text())
        _print(words.rstrip("\n") + "\n")


def _print(words: str) -> None:
    """Print, or say that it could not be printed: by now the deed is done, and must not look undone."""
    if sys.stdout is None:  # closed by whoever started us
        return
    try:
        sys.stdout.write(words)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        why = (error.strerror or str(error)).lower()
        raise UsageError(f"it was done, but the answer could not be printed: {why}. Do not repeat it.") from None


def note(message: str) -> None:
    """A message beside the answer: progress, a warning. Goes to standard error."""
    print(visible(message), file=sys.stderr, flush=True)


def visible(text: str) -> str:
    """The text with every control and every invisible or direction-changing sign written as its code, as in a report.

    New lines and tabs stay, and the joiner inside one written sign.

    >>> visible("lot \\u202e7")
    'lot [U+202E]7'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"[U+{ord(sign):04X}]" if _hidden(sign) else sign for sign in text)


def _hidden(sign: str) -> bool:
    return sign not in "\n\t\u200d" and unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def cut(text: str) -> str:
    """What was found, short enough for a message."""
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def shown(text: str) -> str:
    """The same, quoted."""
    return repr(cut(text))


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[int] = ()) -> str:
    """A plain table, columns two spaces apart; `right` names the columns (from 0) that align right."""
    cells = [[visible(str(cell)) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(head), *cells]) for i in range(len(head))]
    to_right = set(right)

    def line(row: Sequence[str]) -> str:
        parts = [c.rjust(w) if i in to_right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        return "  ".join(parts).rstrip()

    return "\n".join([line(head), line(["─" * w for w in widths]), *(line(row) for row in cells)])


def read_text(path: Path) -> str:
    """The text of a file; FormatError names the first byte that is not UTF-8."""
    return decode_text(path.read_bytes(), str(path))


def read_json(path: Path) -> Any:
    """The one JSON document in a file. Duplicate keys, NaN and Infinity are faults, each with its place."""
    return parse_json(read_text(path), str(path))


def parse_json(text: str, name: str) -> Any:
    """The one JSON document of a text. Raises FormatError with every fault's line and column."""
    if not text.strip():
        raise FormatError("the file is empty. Expected one JSON document, in braces.", Place(name))
    try:
        return json.loads(
            text, object_pairs_hook=_no_duplicates, parse_constant=_refuse, parse_float=_as_typed, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        message = f"this is not JSON ({error.msg}). Look here and just before: {_hint(error, text)}"
        raise FormatError(message, Place(name, error.lineno, error.colno)) from None
    except RecursionError:
        raise FormatError("brackets inside brackets, too deep. FACTS.json has four levels.", Place(name)) from None
    except _NotOurs:
        raise _told(json_places(text, name)) from None


class _NotOurs(Exception):
    """JSON to Python, but nothing for us: a key twice, NaN, a number without end. Where it stands is asked then."""


def _told(places: JsonPlaces) -> FormatError:
    (at, first), *more = places.faults
    others = (f"{places.place(where)}: {message}" for where, message in more[:MOST_FAULTS])
    return FormatError("\n".join([first, *others]), places.place(at))


def _hint(error: json.JSONDecodeError, text: str) -> str:
    if error.pos >= len(text.rstrip()):
        return "the file ends too early; a bracket, brace or quote is not closed."
    return "a comma, colon, quote or bracket is missing, or there is one too many."


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _NotOurs
    return found


def _refuse(word: str) -> float:
    raise _NotOurs


def _whole(word: str) -> int:
    if len(word) > LONGEST_NUMBER:
        raise _NotOurs
    return int(word)


def _as_typed(word: str) -> str:
    """Numbers stay as they were typed: the criteria read them exactly."""
    if len(word) > LONGEST_NUMBER:
        raise _NotOurs
    return word
