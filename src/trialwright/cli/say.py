"""How commands speak: one JSON document or plain text on standard output, all else on standard error."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from trialwright.errors import FormatError, Place
from trialwright.facts.text import decode_text


def answer(document: Any, text: Callable[[], str] | str, *, as_json: bool) -> None:
    """Print the whole answer at once: `document` for machines, `text` for people."""
    if as_json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    else:
        words = text if isinstance(text, str) else text()
        sys.stdout.write(words.rstrip("\n") + "\n")
    sys.stdout.flush()


def note(message: str) -> None:
    """A message beside the answer: progress, a warning. Goes to standard error."""
    print(message, file=sys.stderr, flush=True)


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[int] = ()) -> str:
    """A plain table, columns two spaces apart; `right` names the columns (from 0) that align right."""
    cells = [[str(cell) for cell in row] for row in rows]
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
    text = read_text(path)
    try:
        return json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_float=_as_typed)
    except json.JSONDecodeError as error:
        raise FormatError(f"this is not JSON: {error.msg}.", Place(str(path), error.lineno, error.colno)) from None
    except RecursionError:
        raise FormatError("the document is nested too deeply. FACTS.json has four levels.", Place(str(path))) from None
    except ValueError as error:
        raise FormatError(f"{error}", Place(str(path))) from None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice in one object. Keep one of them.")
        found[key] = value
    return found


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a value. Leave out what is not known.")


def _as_typed(word: str) -> str:
    """Numbers stay as they were typed: the criteria read them exactly."""
    return word
