"""The plain words in which findings are typed and kept: yes, no, unknown, counts, numbers, and a scale's own words."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from trialwright.errors import FormatError
from trialwright.facts import FALSE, TRUE, UNKNOWN, Truth, parse_decimal, quoted

NOT_KNOWN: Final = "unknown"
YES_NO_UNKNOWN: Final = ("yes", "no", NOT_KNOWN)
_TRUTHS: Final = {"yes": TRUE, "no": FALSE, NOT_KNOWN: UNKNOWN}
_COUNT: Final = re.compile(r"[0-9]{1,3}\Z")
_WITHIN_WORDS: Final = re.compile(r"(?<=[a-z])[-_ ]+(?=[a-z])")

Typed = Mapping[str, str]  # field -> word; a field left out or left empty is unknown


def check_fields(typed: Typed, fields: Sequence[str]) -> None:
    """Raises FormatError for a field the scale does not have: a misspelt one would otherwise count as unknown."""
    for field in typed:
        if field not in fields:
            raise FormatError(
                f"{quoted(field)} is no finding of this scale; it asks for {', '.join(fields)}. "
                "Correct the name, or leave it out."
            )


def read_word(typed: Typed, field: str, allowed: Sequence[str]) -> str | None:
    """The allowed word typed for a field, as the scale writes it; None for unknown. Raises FormatError.

    Capitals, hyphens and spaces do not matter: "Low-flow" is "low flow".
    """
    plain = _plain(typed, field)
    if plain is None:
        return None
    for word in allowed:
        if _folded(word) == plain:
            return word
    raise _fault(typed, field, f"one of: {', '.join(allowed)}")


def read_truth(typed: Typed, field: str, *, otherwise: Truth = UNKNOWN) -> Truth:
    """Yes, no or unknown; `otherwise` where the field was left out or left empty. Raises FormatError."""
    if not typed.get(field, "").strip():
        return otherwise
    plain = _folded(typed[field])
    if plain not in _TRUTHS:
        raise _fault(typed, field, "yes or no")
    return _TRUTHS[plain]


def read_count(typed: Typed, field: str, most: int, least: int = 0) -> int | None:
    """A whole number from `least` to `most`; None for unknown. Raises FormatError."""
    plain = _plain(typed, field)
    if plain is None:
        return None
    if not _COUNT.match(plain) or not least <= int(plain) <= most:
        raise _fault(typed, field, f"a whole number from {least} to {most}")
    return int(plain)


def read_number(typed: Typed, field: str, least: Decimal, most: Decimal, what: str) -> Decimal | None:
    """A number within what can be; None for unknown. Raises FormatError.

    what  what was expected, for the message: "degrees Celsius from 25 to 45".
    """
    if _plain(typed, field) is None:
        return None
    try:
        number = parse_decimal(typed[field])
    except FormatError:
        raise _fault(typed, field, what) from None
    if not least <= number <= most:
        raise _fault(typed, field, what)
    return number


def check_range(field: str, value: Decimal | int | None, least: int, most: int) -> None:
    """Raises ValueError for a value that no scale holds; None is unknown, and fine."""
    if value is not None and not least <= value <= most:
        raise ValueError(f"{field} is {value}; it lies between {least} and {most}")


def check_word(field: str, value: str | None, allowed: Sequence[str]) -> None:
    """Raises ValueError for a word the scale does not have; None is unknown, and fine."""
    if value is not None and value not in allowed:
        raise ValueError(f"{field} is {value!r}; expected one of {', '.join(allowed)}")


def _plain(typed: Typed, field: str) -> str | None:
    folded = _folded(typed.get(field, ""))
    return None if folded in ("", NOT_KNOWN) else folded


def _folded(text: str) -> str:
    """Capitals, spaces and hyphens within words as they do not matter; a sign before a number stays."""
    return _WITHIN_WORDS.sub(" ", " ".join(text.casefold().split()))


def _fault(typed: Typed, field: str, expected: str) -> FormatError:
    return FormatError(
        f"{field}: {quoted(typed[field])} was found, {expected} was expected. Correct it, or write unknown."
    )
