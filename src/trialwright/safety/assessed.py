"""Harm on scales of its own, counted: participants by the worst grade they certainly had."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.kinds import (
    AcuteGvhdAssessed,
    ChronicGvhdAssessed,
    CrsAssessed,
    IcansAssessed,
    InfusionReactionAssessed,
)
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.counts import population
from trialwright.safety.scales.chronic_gvhd import WORDS as SEVERITIES
from trialwright.safety.scales.graded import DIGITS, ROMAN


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale: the entries that hold its assessments, and its grades in order, the first of which is none."""

    name: str
    kind: type[Any]
    words: tuple[str, ...]


SCALES: Final = (
    Scale("acute GVHD", AcuteGvhdAssessed, ROMAN),
    Scale("chronic GVHD", ChronicGvhdAssessed, SEVERITIES),
    Scale("CRS", CrsAssessed, DIGITS),
    Scale("ICANS", IcansAssessed, DIGITS[:5]),
    Scale("infusion reaction", InfusionReactionAssessed, DIGITS),
)


@dataclass(frozen=True, slots=True)
class ScaleCount:
    """Participants by their worst grade on one scale.

    by_grade      as `words`; only those whose worst grade is certain
    open          participants whose worst grade may be one of several
    not_assessed  participants whom nobody assessed: not the same as without a finding
    """

    scale: str
    words: tuple[str, ...]
    n: int
    by_grade: tuple[int, ...]
    open: int
    not_assessed: int


def count_scale(trial: Trial, scale: Scale) -> ScaleCount:
    """Everybody infused by the worst grade on a scale."""
    books = population(trial, "infusion")
    worst = [worst_grade(book, scale) for book in books]
    by_grade = tuple(sum(one == (at, at) for one in worst) for at in range(len(scale.words)))
    open_ = sum(one is not None and one[0] != one[1] for one in worst)
    return ScaleCount(scale.name, scale.words, len(books), by_grade, open_, worst.count(None))


def worst_grade(book: Casebook, scale: Scale) -> tuple[int, int] | None:
    """The lowest and the highest that a participant's worst grade may be; None where nobody assessed."""
    spans = [grade_span(entry.what.grade, scale.words) for entry in assessments(book, scale)]
    return (max(low for low, _ in spans), max(high for _, high in spans)) if spans else None


def assessments(book: Casebook, scale: Scale) -> tuple[AnyEntry, ...]:
    """Every assessment on a scale, by its date."""
    found: tuple[AnyEntry, ...] = book.all(scale.kind)
    return tuple(sorted(found, key=lambda entry: (entry.occurred or "", entry.order)))


def grade_span(text: str, words: Sequence[str]) -> tuple[int, int]:
    """The lowest and highest grade that a text allows, as places in `words`; what cannot be read may be any.

    >>> grade_span("II to IV", ("0", "I", "II", "III", "IV")), grade_span("?", ("none", "mild"))
    ((2, 4), (0, 1))
    """
    numbers: Mapping[str, int] = {word: at for at, word in enumerate(words)}
    ends = [numbers[part] for part in re.split(" to | or ", text) if part in numbers]
    return (ends[0], ends[-1]) if ends else (0, len(words) - 1)
