"""The eligibility text of a record, one Markdown string, cut into its bullets. Every word comes out as it went in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_HEADING = re.compile(r"^\W*(?:\w+[\w /,()-]{0,60}\s)?(inclusion|exclusion)\b(?P<rest>[^.]{0,80})$", re.IGNORECASE)
_BULLET = re.compile(r"^(?P<indent>\s*)(?:[*•·‣▪–-]|\(?\d{1,2}[.)]|\(?[a-zA-Z][.)])\s+(?P<words>\S.*)$")
_HEADING_END = re.compile(r"criteri|:\s*\**\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bullet:
    """One line of a list, with the lines nested in it.

    kind    None where no heading above says inclusion or exclusion
    number  from 1 within its kind
    under   the nearest line above that is no bullet and ends with a colon: "Donors:"; "" if there is none
    """

    kind: Literal["inclusion", "exclusion"] | None
    number: int
    text: str
    under: str = ""


def split_bullets(text: str) -> tuple[Bullet, ...]:
    """The bullets of an eligibility text in order. A paragraph outside any list counts as a bullet of its own.

    >>> [(b.kind, b.text) for b in split_bullets("Inclusion Criteria:\\n\\n* Age > 18\\n* AML")]
    [('inclusion', 'Age > 18'), ('inclusion', 'AML')]
    """
    kind: Literal["inclusion", "exclusion"] | None = None
    under = ""
    counts: dict[str | None, int] = {}
    bullets = []
    for block in _blocks(text):
        heading = _heading(block)
        if heading is not None:
            kind, under = heading, ""
            continue
        if not _BULLET.match(_first_line(block)) and block.rstrip(" *").endswith(":"):
            under = block.strip()
            continue
        counts[kind] = counts.get(kind, 0) + 1
        bullets.append(Bullet(kind, counts[kind], _words(block), under))
    return tuple(bullets)


def _heading(block: str) -> Literal["inclusion", "exclusion"] | None:
    """Which heading a block is, such as "Key Exclusion Criteria:"; a bullet is one only if it ends with a colon."""
    line = block.strip()
    found = _HEADING.match(line) if "\n" not in line else None
    if found is None or not _HEADING_END.search(line) or (_BULLET.match(line) and not line.rstrip("* ").endswith(":")):
        return None
    return "inclusion" if found[1].lower() == "inclusion" else "exclusion"


def _words(block: str) -> str:
    """A block without the sign before it."""
    found = _BULLET.match(_first_line(block))
    return (block[found.start("words") :] if found else block).strip()


def _first_line(block: str) -> str:
    return block.split("\n", 1)[0]


def _blocks(text: str) -> Iterator[str]:
    """The text cut where a bullet of the outermost level, a heading or a paragraph begins."""
    current: list[str] = []
    level: int | None = None
    blank = False
    for line in text.splitlines():
        if not line.strip():
            blank = True
            continue
        found = _BULLET.match(line)
        indent = len(line) - len(line.lstrip())
        nested = found is not None and level is not None and indent > level
        continues = found is None and bool(current) and (not blank or (level is not None and indent > level))
        if (nested or continues) and not _heading(line):
            current.append(line)
        else:
            if current:
                yield "\n".join(current)
            current = [line]
            level = indent if found else None
        blank = False
    if current:
        yield "\n".join(current)
