"""What a report is made of, in reading order: sections of paragraphs, pairs, tables and figures, all already worded.

Both doors (HTML and PDF) render exactly these few shapes, so that neither can say what the other does not.
All text is plain text: a door escapes it, and nothing in it is ever markup.
"""

from dataclasses import dataclass, field
from typing import Literal

Tone = Literal[
    "plain", "strong", "quiet", "hash", "code", "assumption", "g1", "g2", "g3", "g4", "g5",
    "overdue", "due", "met", "unknown", "stopped", "idle",
]  # fmt: skip
Standing = Literal["free", "waiting", "treated", "relapsed", "died", "left"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table. `under` stands below the text, smaller."""

    text: str
    tone: Tone = "plain"
    under: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A line across a table that names the rows after it."""

    text: str


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head. The first column names its row; columns in `numbers` (from 0) align right."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[Row | Group, ...]
    numbers: tuple[int, ...] = ()
    widths: tuple[float, ...] = ()  # shares of the page's width, for the PDF; empty: as the text needs
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences. A `note` is small print, a `lede` opens a section."""

    text: str
    kind: Literal["plain", "lede", "note", "quote"] = "plain"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Labels with what belongs to each; several values stand under one another."""

    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """An estimate printed large, its interval beside it, who it rests on below."""

    value: str
    interval: str
    rests_on: str
    role: str = ""
    interim: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with the sentence it shows, and the same numbers as a table."""

    id: str
    svg: str
    finding: str
    caption: str
    width: Literal["full", "half"] = "full"
    data: Table | None = None


@dataclass(frozen=True, slots=True)
class Square:
    """One place of the trial."""

    number: int
    standing: Standing
    label: str  # for those who cannot see the square


@dataclass(frozen=True, slots=True)
class Places:
    """One square per participant, in order of enrolment, and what each kind of square means."""

    squares: tuple[Square, ...]
    key: tuple[tuple[Standing, str], ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Banner:
    """Something that must not be overlooked."""

    kind: Literal["paused", "note"]
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Steps:
    """Lines of a list, in order."""

    lines: tuple[str, ...]


Block = Table | Paragraph | Pairs | Headline | Figure | Places | Banner | Steps


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part; `parts` are one level down. `new_page`: the PDF begins a page here."""

    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    parts: "tuple[Section, ...]" = ()
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report in one language."""

    lang: str  # en, zh-Hans
    title: str  # a finding
    kicker: str
    subtitle: str
    simulated: (
        tuple[str, str, str] | None
    )  # the banner in English and Chinese, and a sentence; None if nobody is invented
    footer: tuple[str, ...]
    front: tuple[Block, ...]
    sections: tuple[Section, ...]
    written_at: int  # seconds since 1970: the newest entry the report looked at, never the clock
    words: dict[str, str] = field(default_factory=dict)  # the doors' own few labels
