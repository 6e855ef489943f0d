"""Comma-separated text -> cells that know their line and column (RFC 4180, and the line ends of every system)."""

import codecs
from dataclasses import dataclass, field
from unicodedata import normalize

from trialwright.errors import FormatError, Place
from trialwright.exchange.faults import shown

MAX_BYTES = 64 * 1024 * 1024
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16: the one begins with the other
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one field of a table, without blanks around it, and where it begins."""

    text: str
    line: int
    column: int


def decode_table(raw: bytes, name: str, encoding: str) -> str:
    """The text of a table. A byte-order mark says the encoding by itself; else it is the map's.

    Raises FormatError with line and column of the first byte that is not in that encoding.
    """
    if len(raw) > MAX_BYTES:
        raise FormatError(f"{len(raw):,} bytes; a table has at most {MAX_BYTES:,}. Cut it into parts.", Place(name))
    marked = next((theirs for mark, theirs in MARKS.items() if raw.startswith(mark)), None)
    try:
        text = raw.decode(marked or encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        good = raw[: error.start].decode(marked or encoding, "ignore")
        column = len(good) - good.rfind("\n")  # as an editor counts: letters, not bytes
        raise FormatError(
            f"byte 0x{raw[error.start]:02x} is not {marked or encoding} text. Save the table as UTF-8, or say "
            "`encoding: gb18030` (or another) in the map.",
            Place(name, line, column),
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise FormatError(
            "a zero byte: this is no text, or UTF-16 without its mark. Save the table as UTF-8.", Place(name, line)
        )
    return normalize("NFC", text.removeprefix("\ufeff"))


@dataclass(slots=True)
class _Reading:
    """Where a pass over the text stands."""

    text: str
    name: str
    delimiter: str
    at: int = 0
    line: int = 1
    line_start: int = 0
    rows: list[list[Cell]] = field(default_factory=list)
    faults: list[FormatError] = field(default_factory=list)

    @property
    def column(self) -> int:
        return self.at - self.line_start + 1

    def fault(self, message: str, line: int, column: int) -> None:
        self.faults.append(FormatError(message, Place(self.name, line, column)))


def read_cells(text: str, name: str, delimiter: str = ",") -> tuple[list[list[Cell]], list[FormatError]]:
    """The rows of a table, lines without any cell left out, and what is wrong with its quotes."""
    reading = _Reading(text, name, delimiter)
    row: list[Cell] = []
    while reading.at < len(text):
        row.append(_cell(reading))
        if reading.at < len(text) and text[reading.at] == delimiter:
            reading.at += 1
            if reading.at == len(text):
                row.append(Cell("", reading.line, reading.column))
            continue
        _keep(reading, row)
        row = []
        _line_end(reading)
    if row:
        _keep(reading, row)
    return reading.rows, reading.faults


def _keep(reading: _Reading, row: list[Cell]) -> None:
    if any(cell.text for cell in row) or len(row) > 1:
        reading.rows.append(row)


def _cell(reading: _Reading) -> Cell:
    line, column = reading.line, reading.column
    if reading.text.startswith('"', reading.at):
        return _quoted(reading, line, column)
    start = reading.at
    while reading.at < len(reading.text) and reading.text[reading.at] not in (reading.delimiter, "\n", "\r"):
        reading.at += 1
    found = reading.text[start : reading.at].strip()
    if '"' in found:
        reading.fault(
            f"a quote inside {shown(found)}. Put quotes round the whole field, and write a quote in it twice.",
            line,
            column,
        )
    return Cell(found, line, column)


def _quoted(reading: _Reading, line: int, column: int) -> Cell:
    """A field in quotes: delimiters and line ends belong to it, a quote in it is written twice."""
    text, parts = reading.text, []
    reading.at += 1
    while True:
        end = text.find('"', reading.at)
        if end < 0:
            reading.fault("a quote that is never closed. Close it, or delete it.", line, column)
            end = len(text)
        parts.append(text[reading.at : end])
        _count_lines(reading, end)
        reading.at = min(end + 1, len(text))
        if not text.startswith('"', reading.at):
            break
        parts.append('"')
        reading.at += 1
    start = reading.at
    while reading.at < len(text) and text[reading.at] not in (reading.delimiter, "\n", "\r"):
        reading.at += 1
    if text[start : reading.at].strip():
        reading.fault(
            f"{shown(text[start : reading.at])} after a closing quote. Put it inside the quotes.", line, column
        )
    return Cell("".join(parts).strip(), line, column)


def _count_lines(reading: _Reading, end: int) -> None:
    """Keep count of the lines inside a quoted field."""
    ends = reading.text.count("\n", reading.at, end)
    if ends:
        reading.line += ends
        reading.line_start = reading.text.rfind("\n", reading.at, end) + 1


def _line_end(reading: _Reading) -> None:
    if reading.at >= len(reading.text):
        return
    reading.at += 2 if reading.text.startswith("\r\n", reading.at) else 1
    reading.line += 1
    reading.line_start = reading.at
