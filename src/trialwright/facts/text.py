"""Bytes that should be text: read as UTF-8, or a fault that names the byte."""

from trialwright.errors import FormatError, Place


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
