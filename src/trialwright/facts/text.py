"""Text from outside: bytes read as UTF-8, or a fault that names the byte; and a found text as a message shows it."""

from trialwright.errors import FormatError, Place

MOST_SHOWN = 60
"""How many characters of a found text a message repeats: enough to find it by, and never a page."""


def quoted(text: str) -> str:
    """A found text in quotes, on one line; a long one cut.

    >>> quoted("2,1"), quoted("9" * 100) == "'" + "9" * 59 + "…'"
    ("'2,1'", True)
    """
    shown = repr(text[: MOST_SHOWN + 1])
    if len(shown) <= MOST_SHOWN + 2:
        return shown
    kept = text[: MOST_SHOWN - 1]
    while len(repr(kept)) > MOST_SHOWN + 1:
        kept = kept[:-1]
    return repr(kept + "…")


def shortened(text: str) -> str:
    """The same without the quotes, for a name within a sentence."""
    return quoted(text)[1:-1]


def decode_text(raw: bytes, name: str) -> str:
    """The text of a file's bytes, in UTF-8; a byte-order mark is dropped.

    Raises FormatError with line and column of the first byte that is not UTF-8.

    >>> decode_text(b"\\xef\\xbb\\xbfid", "study.yaml")
    'id'
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        start = raw.rfind(b"\n", 0, error.start) + 1
        column = len(raw[start : error.start].decode("utf-8-sig")) + 1  # as an editor counts: letters, not bytes
        raise FormatError(
            f"{_shown(raw, error.start)} is not UTF-8 text. Save the file as UTF-8 and try again.",
            Place(name, line, column),
        ) from None


def _shown(raw: bytes, at: int) -> str:
    marked = at == 0 and raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    return f"byte 0x{raw[at]:02x}" + (" (this looks like UTF-16)" if marked else "")
