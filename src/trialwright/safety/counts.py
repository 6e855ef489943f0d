"""Adverse events counted: each term by the worst grade that each participant had, and what is not counted.

People are counted, never events. Only what is treatment-emergent counts: worse than at the baseline that a table
names, and begun while events were collected.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from trialwright.facts import Occurred
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.baselines import (
    INFUSION,
    TREATMENT,
    Emerged,
    emerged,
    harm_of,
    infusion_baselines,
    treatment_baseline,
)
from trialwright.safety.events import AdverseEvent, adverse_events
from trialwright.safety.laboratory.values import LabValue, laboratory, value_grade
from trialwright.safety.period import is_collected
from trialwright.study.model import Study

Against = Literal["treatment", "infusion"]
Why = Literal["earlier", "not worse", "not collected", "not treated"]
LEFT_OUT: Final[tuple[Why, ...]] = ("earlier", "not worse", "not collected", "not treated")
MOST_PERCENT: Final = 5
"""The highest threshold that ClinicalTrials.gov allows for listing events that are not serious."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One treatment-emergent event of one participant: its worst grade since the baseline."""

    who: str
    event: AdverseEvent
    grade: int


@dataclass(frozen=True, slots=True)
class TermCount:
    """One term: participants by their worst grade (grade 1 first), nobody counted twice.

    related      to the cells; what nobody has judged yet counts as related
    not_serious  participants who had it in a form that was not serious
    """

    term: str
    soc: str | None
    by_grade: tuple[int, int, int, int, int]
    any_grade: int
    grade_3_or_more: int
    serious: int
    related: int
    not_serious: int


@dataclass(frozen=True, slots=True)
class EventTable:
    """The events graded by one version of CTCAE, the most frequent first; `anything` is any term at all."""

    ctcae: str
    anything: TermCount
    rows: tuple[TermCount, ...]


@dataclass(frozen=True, slots=True)
class EventCounts:
    """Treatment-emergent adverse events among `n` participants.

    against   "treatment": worse than before the first study chemotherapy, n treated; "infusion": worse than before
              one of the infusions, n infused
    tables    one for each version of CTCAE that occurs, else one of the study's own
    anything  any event of any version
    left_out  why events are not counted, and how many (events, not people)
    """

    against: Against
    n: int
    tables: tuple[EventTable, ...]
    anything: TermCount
    left_out: tuple[tuple[Why, int], ...]


def count_events(study: Study, trial: Trial, against: Against, *, among: Collection[str] | None = None) -> EventCounts:
    """Each term by the worst grade that each participant had since the baseline.

    among  casebook codes, e.g. those of one disease status; by default everybody treated (or infused)
    """
    books = [book for book in population(trial, against) if among is None or book.code in among]
    counted: list[Counted] = []
    left_out: Counter[Why] = Counter()
    for book in books:
        found, others = _of_participant(study, trial, book, against)
        counted += found
        left_out.update(others)
    if among is None:
        left_out["not treated"] = sum(len(adverse_events(trial, book)) for book in _others(trial, books))
    versions = sorted({one.event.ctcae for one in counted}) or [study.safety.ctcae]
    tables = tuple(_table(version, [one for one in counted if one.event.ctcae == version]) for version in versions)
    reasons = tuple((why, left_out[why]) for why in LEFT_OUT if left_out[why])
    return EventCounts(against, len(books), tables, _count("any", counted), reasons)


def population(trial: Trial, against: Against) -> tuple[Casebook, ...]:
    """Everybody who was treated (or infused), by number; those who were never enrolled last."""
    begun = treatment_baseline if against == TREATMENT else infusion_baselines
    books = [book for book in trial.casebooks.values() if begun(book)]
    return tuple(sorted(books, key=lambda book: (book.number is None, book.number or 0, book.code)))


def emergent(study: Study, trial: Trial, book: Casebook, against: Against) -> tuple[Counted, ...]:
    """The events of one participant that count, each with its worst grade since the baseline."""
    return _of_participant(study, trial, book, against)[0]


def frequent_events(table: EventTable, n: int, threshold_percent: Decimal | int = MOST_PERCENT) -> tuple[str, ...]:
    """The terms that more than so many per cent of `n` participants had in a form that was not serious.

    Exceeding is more than, not as many as: of 15 participants one is 6.67 % and listed, of 20 one is 5 % and not.
    Raises ValueError for a threshold that ClinicalTrials.gov does not allow (below 0, above 5).
    Source 42 CFR 11.48(a)(4); the threshold of 5 % from PMC3066456, table 2.
    """
    if not 0 <= threshold_percent <= MOST_PERCENT:
        raise ValueError(f"a threshold of {threshold_percent} %: expected 0 to {MOST_PERCENT}")
    least = Fraction(threshold_percent) * n
    return tuple(row.term for row in table.rows if row.not_serious * 100 > least)


def _of_participant(
    study: Study, trial: Trial, book: Casebook, against: Against
) -> tuple[tuple[Counted, ...], list[Why]]:
    """What counts of one participant, and why each other event does not."""
    values: tuple[LabValue, ...] | None = None

    def measured_before(term: str, moment: Occurred) -> int:
        nonlocal values
        if values is None:
            values = laboratory(study, trial, book)
        return value_grade(values, term, moment)

    events = adverse_events(trial, book)
    compared: dict[str, list[Emerged]] = {}
    for one in emerged(book, events, TREATMENT if against == TREATMENT else INFUSION, measured_before):
        compared.setdefault(one.event.id, []).append(one)
    counted: list[Counted] = []
    left_out: list[Why] = []
    for event in events:
        since = compared.get(event.id, [])
        worse = [one.since for one in since if one.worse]
        if not is_collected(study, book, event):
            left_out.append("not collected")
        elif worse:
            counted.append(Counted(book.code, event, max(worse)))
        else:
            left_out.append("not worse" if since else "earlier")
    return tuple(counted), left_out


def _others(trial: Trial, books: Iterable[Casebook]) -> Iterator[Casebook]:
    chosen = {book.code for book in books}
    return (book for book in trial.casebooks.values() if book.code not in chosen)


def _table(version: str, counted: list[Counted]) -> EventTable:
    """One row for each harm: an "Other, specify" by its words, under the first spelling of them."""
    harms: dict[tuple[str, str], list[Counted]] = {}
    for one in counted:
        harms.setdefault(harm_of(one.event), []).append(one)
    rows = [
        _count(found[0].event.named, found, next((one.event.soc for one in found if one.event.soc), None))
        for found in harms.values()
    ]
    order = sorted(rows, key=lambda row: (-row.any_grade, -row.grade_3_or_more, row.term))
    return EventTable(version, _count("any", counted), tuple(order))


def _count(term: str, counted: list[Counted], soc: str | None = None) -> TermCount:
    grades: dict[str, int] = {}
    for one in counted:
        grades[one.who] = max(grades.get(one.who, 0), one.grade)
    first, second, third, fourth, fifth = (list(grades.values()).count(grade) for grade in range(1, 6))
    return TermCount(
        term=term,
        soc=soc,
        by_grade=(first, second, third, fourth, fifth),
        any_grade=len(grades),
        grade_3_or_more=third + fourth + fifth,
        serious=len({one.who for one in counted if one.event.serious}),
        related=len({one.who for one in counted if one.event.may_be_due_to(("nk_cells",))}),
        not_serious=len({one.who for one in counted if not one.event.serious}),
    )
