"""The export: one entry per line, every byte of it covered by a hash or by the template.

    {"hash":"<64 hex>","header":{…},"payload":{…}|null,"salt":"<32 hex>"}

in exactly this order, header and payload as canonical bytes, lower-case hex, LF after every line, also the last. A
line is sliced, not parsed: the header's keys are fixed, so `,"payload":` occurs in a line first where the payload
begins (inside a text every quotation mark has a backslash before it). A redacted entry has `null` and a salt of zeros.
"""

from collections.abc import Iterable

from trialwright.errors import FormatError
from trialwright.ledger.seal import Sealed
from trialwright.ledger.verify import Verification, check_ledger

_START, _HEADER, _PAYLOAD, _SALT, _END = b'{"hash":"', b'","header":', b',"payload":', b',"salt":"', b'"}\n'
_HEADER_AT = len(_START) + 64
_TAIL = len(_SALT) + 32 + len(_END)


def format_line(sealed: Sealed) -> bytes:
    """An entry as one line of the export, its LF included."""
    payload = b"null" if sealed.payload is None else sealed.payload
    hash_, salt = sealed.hash.hex().encode(), sealed.salt.hex().encode()
    return b"".join((_START, hash_, _HEADER, sealed.header, _PAYLOAD, payload, _SALT, salt, _END))


def parse_line(line: bytes) -> Sealed:
    """The entry of one line, its LF included. Raises FormatError if the line is not the template's."""
    if not line.endswith(b"\n"):
        raise FormatError("the line is not ended: the file was cut off here")
    if line.endswith(b"\r\n"):
        raise FormatError(
            "the line ends in CR LF: a program on its way rewrote the file. Take the export as it was made"
        )
    payload_at = line.find(_PAYLOAD, _HEADER_AT)
    payload = line[payload_at + len(_PAYLOAD) : -_TAIL]
    try:
        sealed = Sealed(
            line[_HEADER_AT + len(_HEADER) : payload_at],
            bytes.fromhex(line[len(_START) : _HEADER_AT].decode()),
            None if payload == b"null" else payload,
            bytes.fromhex(line[len(_SALT) - _TAIL : -len(_END)].decode()),
        )
    except ValueError:  # not hexadecimal
        sealed = None
    # Sliced at fixed places, then written again: what was sliced wrongly, or spelt otherwise, is another line.
    if sealed is None or format_line(sealed) != line:
        raise FormatError('the line is not {"hash":…,"header":…,"payload":…,"salt":…} as an export writes it')
    return sealed


def check_lines(lines: Iterable[bytes], *, canonical: bool = True) -> Verification:
    """Every fault of an export, given as its lines, each with its LF (a file opened in binary gives them so).

    A line that is none ends it: without its hash nothing after it can be tied to what stands before.
    """
    return check_ledger(map(parse_line, lines), canonical=canonical)
