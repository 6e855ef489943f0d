"""The export: one entry per line, every byte of it covered by a hash or by the template.

    {"hash":"<64 hex>","header":{…},"payload":{…}|null,"salt":"<32 hex>"}

in exactly this order, header and payload as canonical bytes, lower-case hex, LF after every line, also the last. A
line is sliced, not parsed: the header's keys are fixed, so `,"payload":` occurs in a line first where the payload
begins (inside a text every quotation mark has a backslash before it). A redacted entry has `null` and a salt of zeros.
"""

import re
from collections.abc import Iterable

from trialwright.errors import FormatError
from trialwright.ledger.seal import Sealed
from trialwright.ledger.verify import Verification, check_ledger

_START, _HEADER, _PAYLOAD, _SALT, _END = b'{"hash":"', b'","header":', b',"payload":', b',"salt":"', b'"}'
_HEADER_AT = len(_START) + 64
_TAIL = len(_SALT) + 32 + len(_END)
_HEX = re.compile(rb"[0-9a-f]*").fullmatch


def format_line(sealed: Sealed) -> bytes:
    """An entry as one line of the export, its LF included."""
    payload = b"null" if sealed.payload is None else sealed.payload
    parts = (_START, sealed.hash.hex().encode(), _HEADER, sealed.header, _PAYLOAD, payload)
    return b"".join((*parts, _SALT, sealed.salt.hex().encode(), _END, b"\n"))


def parse_line(line: bytes) -> Sealed:
    """The entry of one line, its LF included. Raises FormatError if the line is not the template's."""
    if not line.endswith(b"\n"):
        raise FormatError("the line is not ended: the file was cut off here")
    body = line[:-1]
    payload_at = body.find(_PAYLOAD, _HEADER_AT)
    hash_, salt = body[len(_START) : _HEADER_AT], body[-_TAIL + len(_SALT) : -len(_END)]
    whole = (
        body.startswith(_START)
        and body.startswith(_HEADER, _HEADER_AT)
        and body.startswith(_SALT, len(body) - _TAIL)
        and body.endswith(_END)
        and _HEADER_AT + len(_HEADER) < payload_at < len(body) - _TAIL
        and len(salt) == 32
        and _HEX(hash_)
        and _HEX(salt)
    )
    if not whole:
        raise FormatError('the line is not {"hash":…,"header":…,"payload":…,"salt":…} as an export writes it')
    payload = body[payload_at + len(_PAYLOAD) : len(body) - _TAIL]
    header = body[_HEADER_AT + len(_HEADER) : payload_at]
    return Sealed(
        header, bytes.fromhex(hash_.decode()), None if payload == b"null" else payload, bytes.fromhex(salt.decode())
    )


def check_lines(lines: Iterable[bytes], *, canonical: bool = True) -> Verification:
    """Every fault of an export, given as its lines, each with its LF (a file opened in binary gives them so).

    A line that is none ends it: without its hash nothing after it can be tied to what stands before.
    """
    return check_ledger(map(parse_line, lines), canonical=canonical)
