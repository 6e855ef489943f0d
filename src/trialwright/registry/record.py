"""A record of ClinicalTrials.gov (API version 2) as it was downloaded. Nothing in it is lost, known or not."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from trialwright.errors import FormatError, Place

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 30
LONGEST_NUMBER = 40
_NCT = re.compile(r"NCT\d{8}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `whole` is its JSON, numbers with a fraction as Decimal; `sha256` is of the file's bytes."""

    nct: str
    whole: dict[str, Any] = field(repr=False, hash=False)
    sha256: str
    name: str

    @property
    def protocol(self) -> dict[str, Any]:
        """What was registered before the first participant: the record's protocolSection."""
        section: dict[str, Any] = self.whole["protocolSection"]
        return section


def read_record(path: Path | str) -> Record:
    """The registry record in a file.

    Raises  FormatError if the file cannot be read, is not UTF-8 JSON, or is no study of ClinicalTrials.gov; the
            message says what was found and where.
    """
    path = Path(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as unreadable:
        reason = (unreadable.strerror or "cannot be read").lower()
        raise FormatError(f"{reason}. Give the path of a record saved as JSON.", Place(str(path))) from None
    return parse_record(content, path.name)


def parse_record(content: bytes, name: str) -> Record:
    """The registry record in the bytes of a file; see `read_record`."""
    place = Place(name)
    if len(content) > MAX_BYTES:
        raise FormatError(f"more than {MAX_BYTES:,} bytes; the largest record has about 1 million.", place)
    whole = _json(_text(content, name), name)
    if not isinstance(whole, dict) or not isinstance(whole.get("protocolSection"), dict):
        raise FormatError(
            f"{_what(whole)}; a record of ClinicalTrials.gov has a `protocolSection` at the top. "
            "Download it from https://clinicaltrials.gov/api/v2/studies/NCT…",
            place,
        )
    identification = whole["protocolSection"].get("identificationModule")
    nct = identification.get("nctId") if isinstance(identification, dict) else None
    if not isinstance(nct, str) or not _NCT.match(nct):
        found = repr(nct) if nct is not None else "nothing"
        raise FormatError(f"the NCT number is {found}; expected NCT and eight digits in `nctId`.", place)
    for key, module in whole["protocolSection"].items():
        if not isinstance(module, dict):
            raise FormatError(f"`protocolSection.{key}` is {_what(module)}; expected a block.", place)
    _check_values(whole, name)
    return Record(nct, whole, hashlib.sha256(content).hexdigest(), name)


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as odd:
        good = content[: odd.start]
        place = Place(name, good.count(b"\n") + 1, len(good) - (good.rfind(b"\n") + 1) + 1)
        what = (
            "this looks like UTF-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else f"byte {content[odd.start]:#04x}"
        )
        raise FormatError(f"not UTF-8: {what}. Save the record as UTF-8.", place) from None


def _json(text: str, name: str) -> Any:
    def refuse(word: str) -> NoReturn:
        raise FormatError(f"{word} is no JSON number. Is this the registry's own file?", Place(name))

    def number(word: str) -> int | Decimal:
        if len(word) > LONGEST_NUMBER:
            refuse(f"{word[:20]}…, {len(word)} digits long,")
        return int(word) if word.lstrip("-").isdigit() else Decimal(word)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        block = dict(pairs)
        if len(block) < len(pairs):
            twice = next(key for key, _ in pairs if sum(other == key for other, _ in pairs) > 1)
            raise FormatError(f"`{twice}` is given twice in one block. Download the record again.", Place(name))
        return block

    try:
        return json.loads(text, parse_float=number, parse_int=number, parse_constant=refuse, object_pairs_hook=unique)
    except json.JSONDecodeError as broken:
        cut = broken.pos >= len(text.rstrip()) or broken.msg.startswith("Unterminated")
        hint = "The file seems cut off; download it again." if cut and text.strip() else "Expected a JSON file."
        raise FormatError(f"not JSON: {broken.msg}. {hint}", Place(name, broken.lineno, broken.colno)) from None
    except RecursionError:
        raise _too_deep(name) from None


def _check_values(value: Any, name: str, depth: int = 0) -> None:
    """Every text can be written down again, and no block lies deeper than in any record."""
    if depth > MAX_DEPTH:
        raise _too_deep(name)
    match value:
        case dict():
            for key, inner in value.items():
                _check_values(key, name, depth)
                _check_values(inner, name, depth + 1)
        case list():
            for inner in value:
                _check_values(inner, name, depth + 1)
        case str() if any("\ud800" <= char <= "\udfff" for char in value):
            raise FormatError(f"half of a surrogate pair in {value[:40]!a}. Download the record again.", Place(name))


def _too_deep(name: str) -> FormatError:
    return FormatError("nested deeper than any record. Is this the registry's own file?", Place(name))


def _what(value: Any) -> str:
    """A JSON value in a word."""
    match value:
        case dict():
            return f"a block with {', '.join(f'`{key}`' for key in list(value)[:3]) or 'nothing in it'}"
        case list():
            return f"a list of {len(value)}"
        case None:
            return "null"
        case _:
            return f"{value!r:.40}"
