"""A toxicity that was found, and everything that an item of the definition is asked of."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from trialwright.facts import Occurred
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.events import AdverseEvent
from trialwright.safety.scales.graded import DIGITS, ROMAN
from trialwright.safety.stopping.window import Window

_NUMBERS: Mapping[str, int] = {word: at for words in (DIGITS, ROMAN) for at, word in enumerate(words)}


@dataclass(frozen=True, slots=True)
class Found:
    """A toxicity of the definition: when, what it rests on. `counts` is False where that cannot be told yet."""

    item: str
    on: Occurred
    sentence: str
    entries: tuple[str, ...] = ()
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything an item is asked of: one participant's casebook and window, as of a day."""

    trial: Trial
    book: Casebook
    window: Window
    on: date
    events: tuple[AdverseEvent, ...]


def grade_range(text: str) -> tuple[int, int]:
    """The lowest and highest grade that a text allows: 3, III or IV, 2 to 4. What cannot be read may be any.

    >>> grade_range("II to IV"), grade_range("3 or 4"), grade_range("unknown")
    ((2, 4), (3, 4), (0, 5))
    """
    ends = [_NUMBERS[part] for part in re.split(" to | or ", text) if part in _NUMBERS]
    return (ends[0], ends[-1]) if ends else (0, 5)


def stretches(course: Iterable[tuple[Occurred, bool]]) -> Iterator[tuple[Occurred, Occurred | None]]:
    """From when until when something was so, of a course in order; None where it was so to the last.

    >>> list(stretches([(1, False), (2, True), (3, True), (4, False), (5, True)]))
    [(2, 4), (5, None)]
    """
    began: Occurred | None = None
    for moment, so in course:
        if so and began is None:
            began = moment
        elif not so and began is not None:
            yield began, moment
            began = None
    if began is not None:
        yield began, None
