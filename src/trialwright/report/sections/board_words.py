"""Cells and phrases that the parts of the safety report share."""

from collections.abc import Iterable

from trialwright.report.blocks import Cell, Tone
from trialwright.report.stopping_facts import Person
from trialwright.report.words import Say

GRADE_TONES: tuple[Tone, ...] = ("g1", "g2", "g3", "g4", "g5")
ASSUMED = "assumption of this study"


def who_cell(who: Person, say: Say) -> Cell:
    """A participant: the code, the number below it."""
    return Cell(who.code, "code", say("No. {number}", number=who.number) if who.number is not None else "")


def assumed_cell(assumed: bool, say: Say) -> tuple[Cell, ...]:
    """The mark of an assumption, where it is one."""
    return (Cell(say(ASSUMED), "assumption"),) if assumed else ()


def moment(text: str | None, say: Say) -> str:
    """A day, with its hour where that is known: 24 Nov 2026, 09:12."""
    day = say.date(text)
    return f"{day}, {text[11:16]}" if text and "T" in text else day


def graded(grade: int) -> Cell:
    """A grade in its colour, with its digit."""
    return Cell(f"G{grade}", GRADE_TONES[min(max(grade, 1), 5) - 1]) if grade else Cell("G0")


def yes_no(answer: str | bool | None, say: Say) -> str:
    """yes, no or unknown."""
    if isinstance(answer, bool):
        answer = "yes" if answer else "no"
    return say.code("answer", answer or "unknown")


def listed(parts: Iterable[str], say: Say) -> str:
    """A list within a sentence; a dash where it is empty."""
    return say.joined(parts, ", ") or "–"
