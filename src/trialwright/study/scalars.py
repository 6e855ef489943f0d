"""From a position inside a text value back to the line and column of the file it was written in.

The rule: for every way YAML has of writing a text (plain, quoted, literal `|`, folded `>`), the visible characters of
the value stand in the file in the same order. So the k-th visible character of the value is the k-th visible one of
the source, escapes counted as the one character they make. A position on white space points at the next visible
character; one past the end points just behind the last.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value as it stands in the file: from `start` to `end` (indexes into the text), how quoted, and what it says."""

    start: int
    end: int
    style: str  # "" plain, "'" or '"' quoted, "|" literal, ">" folded
    value: str


_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r?\n|.)", re.DOTALL)
_BLANK_ESCAPES = frozenset("tnvr eNLP_\t")


def find_in_source(text: str, scalar: Scalar, offset: int) -> tuple[int, int]:
    """(line, column) in `text`, from 1, of the character at `offset` of the scalar's value."""
    seen = sum(1 for char in scalar.value[:offset] if not char.isspace())
    spots = list(_visible(text, scalar))
    if len(spots) != sum(1 for char in scalar.value if not char.isspace()):
        index = scalar.start  # not the shape we know: better the value's beginning than a wrong column
    elif seen < len(spots):
        index = spots[seen][0]
    else:
        index = spots[-1][1] if spots else scalar.start
    return line_and_column(text, index)


def line_and_column(text: str, index: int) -> tuple[int, int]:
    """Where a character of a text stands, both counted from 1."""
    return text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1) + 1


def _visible(text: str, scalar: Scalar) -> Iterator[tuple[int, int]]:
    """(from, to) in the source of each visible character of the value."""
    index, end = scalar.start, scalar.end
    if scalar.style in "|>" and scalar.style:
        index = text.find("\n", index, end) + 1 or end  # past the header, which may hold a comment
    elif scalar.style:
        index, end = index + 1, end - 1
    while index < end:
        step, blank = _step(text, index, scalar.style)
        if not blank:
            yield index, index + step
        index += step


def _step(text: str, index: int, style: str) -> tuple[int, bool]:
    """How many source characters make the value's next one, and whether that one is white space (or nothing)."""
    if style == "'" and text.startswith("''", index):
        return 2, False
    if style == '"' and (escape := _ESCAPE.match(text, index)):
        kind = escape[1]
        if kind[0] in "xuU" and len(kind) > 1:
            return len(escape[0]), chr(int(kind[1:], 16)).isspace()
        return len(escape[0]), kind in _BLANK_ESCAPES - {"e"} or kind.endswith("\n")
    return 1, text[index].isspace()
