"""Harm on its own scales, counted: everybody infused by the worst grade they certainly had."""

from collections.abc import Iterator

import pytest
from counted_people import Line, conditioned, ledger, treated

from trialwright.ledger.kinds import AcuteGvhdAssessed, ChronicGvhdAssessed, CrsAssessed
from trialwright.safety.assessed import SCALES, ScaleCount, count_scale, grade_span, worst_grade

ACUTE, CHRONIC, CRS = SCALES[:3]
NAMES = ["acute GVHD", "chronic GVHD", "CRS", "ICANS", "infusion reaction"]


def acute(*grades: str, who: str = "S-1") -> Iterator[Line]:
    """Looks at somebody, one a day."""
    for at, grade in enumerate(grades):
        yield AcuteGvhdAssessed({}, grade, "MAGIC 2016", (), "no"), who, f"2026-02-{at + 1:02d}"


def counted(*chapters: Iterator[Line]) -> ScaleCount:
    return count_scale(ledger(*chapters).trial, ACUTE)


@pytest.mark.parametrize(
    ("looks", "worst"),
    [
        ((), None),
        (("0",), (0, 0)),
        (("I", "III", "0"), (3, 3)),
        (("II to IV",), (2, 4)),
        (("II or III",), (2, 3)),
        (("II to IV", "IV"), (4, 4)),  # whatever the first was, IV is the worst there is
        (("II to IV", "III"), (3, 4)),
        (("0 to IV", "0"), (0, 4)),
    ],
)
def test_the_worst_grade_is_certain_or_one_of_several(looks: tuple[str, ...], worst: tuple[int, int] | None) -> None:
    book = ledger(treated(), acute(*looks)).trial.casebooks["S-1"]
    assert worst_grade(book, ACUTE) == worst


def test_everybody_infused_is_at_one_grade_open_or_not_assessed() -> None:
    found = counted(
        treated("S-1", "S-2", "S-3", "S-4", "S-5"),
        conditioned("S-6"),
        acute("I", "III", "0"),
        acute("0", who="S-2"),
        acute("III", "II", who="S-3"),
        acute("II to IV", who="S-4"),
        acute("IV", who="S-6"),  # without cells: in nobody's table of infused
    )
    assert found == ScaleCount("acute GVHD", ("0", "I", "II", "III", "IV"), 5, (1, 0, 0, 2, 0), 1, 1)
    assert sum(found.by_grade) + found.open + found.not_assessed == found.n


def test_nobody_infused_is_nobody_counted() -> None:
    found = counted(conditioned())
    assert (found.n, found.by_grade, found.not_assessed) == (0, (0, 0, 0, 0, 0), 0)


def test_each_scale_counts_by_its_own_words_and_its_own_looks() -> None:
    told: list[Line] = [
        (ChronicGvhdAssessed({}, "moderate", "NIH 2014", ()), "S-1", "2026-06-01"),
        (CrsAssessed({}, "2 or 3", "ASTCT 2019", ()), "S-1", "2026-01-21"),
    ]
    trial = ledger(treated("S-1", "S-2"), iter(told)).trial
    assert [scale.name for scale in SCALES] == NAMES
    assert count_scale(trial, CHRONIC).by_grade == (0, 0, 1, 0)
    assert (count_scale(trial, CRS).open, count_scale(trial, CRS).not_assessed) == (1, 1)
    assert count_scale(trial, ACUTE).not_assessed == 2


def test_a_grade_that_nobody_can_read_may_be_any() -> None:
    assert grade_span("severe?", CHRONIC.words) == (0, 3)
