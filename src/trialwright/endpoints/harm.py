"""What harm the participants came to: each adverse event by the worst grade that each person had."""

from collections.abc import Collection
from dataclasses import dataclass

from trialwright.ledger.kinds import AdverseEventReported
from trialwright.ledger.trial import Trial

Reported = tuple[str, AdverseEventReported]  # casebook code, and what was reported


@dataclass(frozen=True, slots=True)
class WorstGrade:
    """One adverse event term: participants by their worst grade (grade 1 first), nobody counted twice."""

    term: str
    soc: str | None
    by_grade: tuple[int, int, int, int, int]
    any_grade: int
    grade_3_or_more: int
    serious: int
    related: int  # to the cells; what nobody has judged yet counts as related


@dataclass(frozen=True, slots=True)
class WorstGrades:
    """Adverse events by worst grade among `n` participants, the most frequent first; `anything` is any term at all."""

    n: int
    anything: WorstGrade
    rows: tuple[WorstGrade, ...]


def worst_grades(trial: Trial, *, among: Collection[str] | None = None) -> WorstGrades:
    """Each adverse event term by the worst grade each participant had, whenever it began.

    among  casebook codes, e.g. those of one disease status; by default all who were infused (the safety population).
    """
    chosen = [book for book in trial.enrolled if (book.code in among if among is not None else book.infusions)]
    reported: list[Reported] = [(book.code, event.what) for book in chosen for event in book.adverse_events]
    rows = [
        _worst(term, [one for one in reported if one[1].term == term])
        for term in dict.fromkeys(event.term for _, event in reported)
    ]
    order = sorted(rows, key=lambda row: (-row.any_grade, -row.grade_3_or_more, row.term))
    return WorstGrades(len(chosen), _worst("any", reported), tuple(order))


def _worst(term: str, reported: list[Reported]) -> WorstGrade:
    grades: dict[str, int] = {}
    for code, event in reported:
        grades[code] = max(grades.get(code, 0), event.grade)
    first, second, third, fourth, fifth = (list(grades.values()).count(grade) for grade in range(1, 6))
    return WorstGrade(
        term=term,
        soc=next((event.soc for _, event in reported if event.term == term and event.soc), None),
        by_grade=(first, second, third, fourth, fifth),
        any_grade=len(grades),
        grade_3_or_more=third + fourth + fifth,
        serious=len({code for code, event in reported if event.serious}),
        related=len({code for code, event in reported if event.related.get("nk_cells") != "not related"}),
    )
