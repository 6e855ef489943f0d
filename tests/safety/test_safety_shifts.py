"""Laboratory shifts: the grade before treatment against the worst since, participant by participant.

Bands of CTCAE v5.0: neutrophils 2 from below 1.5, 3 below 1.0, 4 below 0.5 (10*9/L); 1 below the range, which is 1.8
here. Expected tables are reckoned by hand.
"""

from collections.abc import Iterator

import pytest
from counted_people import Line, conditioned, ledger, measured, screened, treated

from trialwright.ledger.kinds import ValueMarked
from trialwright.safety.laboratory.values import laboratory
from trialwright.safety.shifts import COLUMNS, Shift, shifts

NEUTROPHILS = "Neutrophil count decreased"
BEFORE, SINCE, LATER = "2026-01-09", "2026-01-25", "2026-02-05"


def shifted(*chapters: Iterator[Line]) -> dict[str, Shift]:
    story = ledger(*chapters)
    values = {code: laboratory(story.study, story.trial, book) for code, book in story.trial.casebooks.items()}
    return {one.term: one for one in shifts(story.study, story.trial, values)}


def cells(shift: Shift) -> dict[tuple[int | None, int | None], int]:
    """Where anybody stands: grade before, worst since."""
    return {
        (before, since): count
        for before, row in zip(COLUMNS, shift.counts, strict=True)
        for since, count in zip(COLUMNS, row, strict=True)
        if count
    }


@pytest.mark.parametrize(
    ("rule", "values", "place"),
    [
        ("in range before and since", [("2.4", BEFORE), ("2.2", SINCE)], (0, 0)),
        ("the worst since, not the last", [("2.4", BEFORE), ("0.3", SINCE), ("1.2", LATER)], (0, 4)),
        ("the last before, not the worst", [("0.9", "2026-01-05"), ("1.6", BEFORE), ("0.7", SINCE)], (1, 3)),
        ("better than before", [("0.7", BEFORE), ("2.2", SINCE)], (3, 0)),
        ("no value before", [("0.7", SINCE)], (None, 3)),
        ("no value since", [("1.2", BEFORE)], (2, None)),
        ("the day of chemotherapy is since", [("2.4", BEFORE), ("1.2", "2026-01-10")], (0, 2)),
    ],
)
def test_a_participant_stands_at_the_grade_before_and_the_worst_since(
    rule: str, values: list[tuple[str, str]], place: tuple[int | None, int | None]
) -> None:
    found = shifted(treated(), measured("anc", *values))[NEUTROPHILS]
    assert cells(found) == {place: 1}, rule
    assert found.n == 1, rule
    assert found.quiet == (place == (0, 0)), rule


def test_people_are_counted_each_once() -> None:
    people = {"S-1": ("2.4", "0.3"), "S-2": ("2.4", "0.2"), "S-3": ("1.6", "0.7"), "S-4": ("2.4", "2.4")}
    told = (measured("anc", (old, BEFORE), (new, SINCE), who=who) for who, (old, new) in people.items())
    found = shifted(treated(*people, "S-5"), *told)[NEUTROPHILS]
    assert cells(found) == {(0, 4): 2, (1, 3): 1, (0, 0): 1}
    assert found.n == 4  # of S-5 nothing was measured


def test_a_term_that_nobody_has_a_value_of_has_no_shift() -> None:
    found = shifted(treated(), measured("anc", ("2.4", BEFORE)))
    assert NEUTROPHILS in found
    assert "Platelet count decreased" not in found


def test_who_was_never_treated_has_no_shift_and_who_had_chemotherapy_only_has_one() -> None:
    told = (measured("anc", ("0.3", SINCE), who=who) for who in ("S-1", "S-2"))
    found = shifted(screened("S-1"), conditioned("S-2"), *told)[NEUTROPHILS]
    assert (found.n, cells(found)) == (1, {(None, 4): 1})


def test_a_grade_that_a_person_confirmed_holds_against_the_automatic_one() -> None:
    values = measured("anc", ("2.4", BEFORE), ("0.7", SINCE))
    story = ledger(treated(), values)
    (fact,) = (one.measured.id for one in laboratory(story.study, story.trial, story.trial.casebooks["S-1"])[1:])
    grades = ({"term": NEUTROPHILS, "computed": "3", "confirmed": "2", "rule": "<1.0 - 0.5"},)
    mark: Line = (ValueMarked(fact, "anc", "0.7", "10*9/L", False, grades), "S-1", "2026-01-26")
    again = shifted(treated(), measured("anc", ("2.4", BEFORE), ("0.7", SINCE)), iter([mark]))
    assert cells(again[NEUTROPHILS]) == {(0, 2): 1}


def test_a_value_below_a_limit_that_may_have_several_grades_is_unknown() -> None:
    """Less than 1.2 may be 2, 3 or 4."""
    found = shifted(treated(), measured("anc", ("2.4", BEFORE), ("<1.2", SINCE)))[NEUTROPHILS]
    assert cells(found) == {(0, None): 1}
    certain = shifted(treated(), measured("anc", ("2.4", BEFORE), ("<1.2", SINCE), ("0.2", LATER)))[NEUTROPHILS]
    assert cells(certain) == {(0, 4): 1}
