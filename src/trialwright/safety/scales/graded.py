"""A grade as far as it is known: the lowest and the highest it can be, what decides it, and what is still missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from trialwright.facts import FALSE, TRUE, UNKNOWN, Truth

DIGITS: Final = ("0", "1", "2", "3", "4", "5")
ROMAN: Final = ("0", "I", "II", "III", "IV")


@dataclass(frozen=True, slots=True)
class Graded:
    """What a scale answers for one person at one time; a finding nobody gave leaves it open between two grades.

    scale            the scale and its version, e.g. "MAGIC 2016".
    lowest, highest  both can be reached: some answer to what is missing gives each of them.
    text             for people and for the ledger: "II", "III or IV", "II to IV", "mild to severe".
    because          the findings that make the grade no lower than `lowest`; where it is known to be 0, why.
    missing          the fields, by the names they are typed under, whose answers settle the grade; none if it is known.
    """

    scale: str
    lowest: int
    highest: int
    text: str
    because: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether one grade only is possible."""
        return self.lowest == self.highest

    @property
    def grade(self) -> int | None:
        """The grade; None while it is open."""
        return self.lowest if self.known else None

    def at_least(self, grade: int) -> Truth:
        """Whether the grade is this high or higher; UNKNOWN while the answer depends on what is missing."""
        if self.lowest >= grade:
            return TRUE
        return FALSE if self.highest < grade else UNKNOWN


@dataclass(frozen=True, slots=True)
class Finding:
    """One item of a scale: the grades it can stand for alone, how a person says it, the fields that leave it open."""

    lowest: int
    highest: int
    said: str
    missing: tuple[str, ...] = ()


def worst_of(scale: str, findings: Iterable[Finding], *, words: Sequence[str] = DIGITS, nothing: str) -> Graded:
    """The grade of a scale on which the worst item wins.

    nothing  the reason given when the grade is known to be 0.

    >>> worst_of("a scale", [Finding(1, 1, "fever"), Finding(0, 3, "oxygen", ("oxygen",))], nothing="no finding").text
    '1 to 3'
    """
    items = tuple(findings)
    lowest, highest = max(item.lowest for item in items), max(item.highest for item in items)
    because = tuple(item.said for item in items if item.lowest == lowest) if lowest else ()
    if highest == 0:
        because = (nothing,)
    # An item that cannot exceed what is certain already asks for nothing more.
    open_fields = (field for item in items if item.highest > lowest for field in item.missing)
    return Graded(scale, lowest, highest, say_grade(lowest, highest, words), because, tuple(dict.fromkeys(open_fields)))


def say_grade(lowest: int, highest: int, words: Sequence[str] = DIGITS) -> str:
    """A grade, two neighbouring ones, or the span between two, in the words of the scale.

    >>> say_grade(4, 4, ROMAN), say_grade(3, 4, ROMAN), say_grade(2, 4, ROMAN)
    ('IV', 'III or IV', 'II to IV')
    """
    if lowest == highest:
        return words[lowest]
    return f"{words[lowest]} {'or' if highest == lowest + 1 else 'to'} {words[highest]}"
