"""Codes of donors, collections, lots, doses and labels: short, read alike by everybody, and checked.

A code of ours is a letter for what it names, the site (up to four characters), two digits of the year, six of a
number, and a check character over all of them: `L-XA26000017X`. It is shorter than a donation number of a blood
service and can never be taken for one. A label's code is the code of what it labels, the label's own number and a
check character over both: `B-XA26000017F-01S`, so that an old label is told from a new one.
"""

import re
from typing import Final

from trialwright.errors import FormatError
from trialwright.facts.check_character import ALPHABET, check_character, ends_in_its_check
from trialwright.ledger.kinds import Refused
from trialwright.ledger.trial import Trial

LETTERS: Final = {"donor": "D", "collection": "C", "lot": "L", "dose": "B", "chain": "I"}
"""What a code names -> the letter it begins with."""
SORTS: Final = {f"{letter}-": sort for sort, letter in LETTERS.items()}
SERIAL_DIGITS: Final = 6
CONFUSING: Final = "*IO"
"""Check characters that are read as something else: numbers that have them are left out."""
_OURS: Final = re.compile(r"[A-Z]-[A-Z0-9]{1,4}[0-9]{8}[A-Z0-9*]", re.ASCII)
_LABEL: Final = re.compile(r"(?P<code>[A-Z]-[A-Z0-9*._:-]{1,62})-(?P<label>[0-9]{2,4})(?P<check>[A-Z0-9*])", re.ASCII)


def new_code(trial: Trial, sort: str, site: str, year: int, *, skip: int = 0) -> str:
    """The next code of that sort; with `skip`, the one so many further on. A code once written is never given again."""
    number = max(_numbers_given(trial, LETTERS[sort]), default=0)
    code = ""
    for _ in range(skip + 1):
        code, number = following_code(sort, site, year, number)
    return code


def following_code(sort: str, site: str, year: int, number: int) -> tuple[str, int]:
    """The first code of that sort after a serial number, and its own serial number."""
    letter = LETTERS[sort]
    prefix = "".join(char for char in site.upper() if char.isascii() and char.isalnum())[:4] or "T"
    while True:
        number += 1
        body = f"{prefix}{year % 100:02d}{number:0{SERIAL_DIGITS}d}"
        check = check_character(letter + body)
        if check not in CONFUSING:
            return f"{letter}-{body}{check}", number


def _numbers_given(trial: Trial, letter: str) -> list[int]:
    """Serial numbers of every code of ours that an entry is about; a refused act opened nothing."""
    return [
        int(entry.about[-1 - SERIAL_DIGITS : -1])
        for entry in trial.by_id.values()
        if entry.about
        and entry.about.startswith(f"{letter}-")
        and not isinstance(entry.what, Refused)
        and _OURS.fullmatch(entry.about)
    ]


def code_fault(code: str) -> str | None:
    """Why a code cannot be one of ours; None if its check character is right. No other code is ever proposed."""
    if (label := _LABEL.fullmatch(code)) and check_character(_plain(code[:-1])) == label["check"]:
        return f"{code} is what a label says; its code is the part before the last hyphen."
    if not _OURS.fullmatch(code):
        return f"{code[:40]} has not the shape of a code, such as L-XA26000017X."
    if not ends_in_its_check(code.replace("-", "")):
        return f"{code} fails its check character: at least one character was mistyped or misread."
    return None


def label_code(code: str, label: int) -> str:
    """What stands in the two-dimensional code of a label, and under it for people.

    >>> label_code("S-007", 1)
    'S-007-01Q'
    """
    body = f"{code}-{label:02d}"
    return body + check_character(_plain(body))


def read_label(scanned: str) -> tuple[str, int]:
    """The code of what is labelled and the label's number. Raises FormatError naming what is wrong with the scan."""
    text = scanned.strip()
    found = _LABEL.fullmatch(text)
    if found is None:
        raise FormatError(f"{text[:40]!r} is not what a label of this trial says. Scan it again; do not type it.")
    if check_character(_plain(text[:-1])) != found["check"]:
        raise FormatError(f"{text} fails its check character: it was misread or mistyped. Scan it again.")
    return found["code"], int(found["label"])


def _plain(text: str) -> str:
    """The digits and capital letters of a code: what its check character is reckoned from."""
    return "".join(char for char in text if char in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")


# --- numbers given by others ------------------------------------------------------------------------------------------

_DONATION: Final = re.compile(r"(?P<number>[A-NP-Z1-9][A-Z0-9]{4}[0-9]{8})(?P<check>[A-Z0-9*])", re.ASCII)
_PAYLOAD: Final = re.compile(r"=(?P<number>[A-NP-Z1-9][A-Z0-9]{4}[0-9]{8})(?P<flags>[0-9]{2})", re.ASCII)
_FLAGS_WITH_CHECK: Final = 60  # 60 to 96: sixty more than the value of the check character


def read_donation_number(text: str) -> str:
    """The thirteen characters of a donation number given by a blood service, its check character verified.

    Accepted as printed for the eye (thirteen characters and the check character, spaces allowed) and as a scanner
    reads it (`=`, thirteen characters, two flags that carry the check). Only shape and check character are read here;
    what the parts mean stays with who gave the number. Raises FormatError.

    >>> read_donation_number("=G12349865432177")
    'G123498654321'
    """
    plain = text.strip().replace(" ", "").upper()
    if scanned := _PAYLOAD.fullmatch(plain):
        value = int(scanned["flags"]) - _FLAGS_WITH_CHECK
        if not 0 <= value < len(ALPHABET):
            raise FormatError(f"{text}: its flags {scanned['flags']} carry no check character. Type the boxed one.")
        number, check = scanned["number"], ALPHABET[value]
    elif typed := _DONATION.fullmatch(plain):
        number, check = typed["number"], typed["check"]
    else:
        raise FormatError(
            f"{text[:40]!r} is no donation number: thirteen characters and a check character were expected, such as "
            "G123498654321H."
        )
    if check_character(number) != check:
        raise FormatError(f"{text} fails its check character: at least one character was mistyped or misread.")
    return number
