"""Adverse events counted: participants by their worst grade, against two baselines, and which a registry lists.

The expected numbers are reckoned by hand from the stories beside them. What counts is written in DOMAIN, section 0
(fact 2), and docs/decisions/0018; the registry's threshold in 42 CFR 11.48(a)(4): 5 % may be met, and is listed if
exceeded. Exact limits are judged by scipy's binomtest.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest
from counted_people import BY_NOTHING, CELLS, SECOND, Line, conditioned, found_before, had, ledger, measured, screened
from counted_people import treated as treated_people
from scipy.stats import binomtest

from trialwright.ctcae.catalogue import catalogue
from trialwright.ledger.kinds import Transplanted
from trialwright.safety.counts import (
    Against,
    EventCounts,
    EventTable,
    TermCount,
    count_events,
    emergent,
    frequent_events,
    population,
)
from trialwright.stats import clopper_pearson

FEVER, RASH, ALT, GVHD = (
    "Fever",
    "Rash maculo-papular",
    "Alanine aminotransferase increased",
    "Graft versus host disease",
)
OTHER = "Immune system disorders - Other, specify"
THREE = ("S-1", "S-2", "S-3")


def counted(*chapters: Iterator[Line], against: Against = "treatment", **more: Any) -> EventCounts:
    story = ledger(*chapters)
    return count_events(story.study, story.trial, against, **more)


def grades(found: EventCounts, version: int = 0) -> dict[str, tuple[int, ...]]:
    return {row.term: row.by_grade for row in found.tables[version].rows}


# --- one participant: what counts, and at which grade -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "told", "since_treatment", "since_cells"),
    [
        ("nothing happened", [], None, None),
        ("begun under chemotherapy", [had(FEVER, (2, "2026-01-12"))], 2, None),
        ("begun on the day of chemotherapy", [had(FEVER, (2, "2026-01-10"))], 2, None),
        ("begun after the cells", [had(FEVER, (2, "2026-01-22"))], 2, 2),
        ("the worst grade, not the first or the last",
         [had(FEVER, (1, "2026-01-22"), (4, "2026-01-23"), (2, "2026-01-24"))], 4, 4),
        ("a condition of grade 2 that stays 2",
         [found_before(FEVER, 2), had(FEVER, (2, "2026-01-22"))], None, None),
        ("a condition of grade 2 that turns 1",
         [found_before(FEVER, 2), had(FEVER, (1, "2026-01-22"))], None, None),
        ("a condition of grade 2 that turns 3",
         [found_before(FEVER, 2), had(FEVER, (3, "2026-01-22"))], 3, 3),
        ("another term's condition says nothing", [found_before(RASH, 2), had(FEVER, (2, "2026-01-22"))], 2, 2),
        ("from before and no worse since", [had(FEVER, (2, "2026-01-05"))], None, None),
        ("from before and worse since", [had(FEVER, (2, "2026-01-05"), (3, "2026-01-23"))], 3, 3),
        ("from before and over", [had(FEVER, (2, "2026-01-05"), resolved_on="2026-01-07")], None, None),
        ("under chemotherapy, the same after the cells", [had(FEVER, (2, "2026-01-12"), (2, "2026-01-23"))], 2, None),
        ("under chemotherapy, worse after the cells", [had(FEVER, (2, "2026-01-12"), (3, "2026-01-23"))], 3, 3),
        ("worst under chemotherapy, milder after the cells",
         [had(FEVER, (4, "2026-01-12"), (1, "2026-01-15"), (2, "2026-01-23"))], 4, 2),
        ("a value of grade 1 before (95 U/L of at most 50), 1 since",
         [measured("alt", ("95", "2026-01-09"), unit="U/L", low="9", high="50"), had(ALT, (1, "2026-01-22"))],
         None, None),
        ("a value of grade 1 before (95 U/L of at most 50), 2 since",
         [measured("alt", ("95", "2026-01-09"), unit="U/L", low="9", high="50"), had(ALT, (2, "2026-01-22"))], 2, 2),
    ],
)  # fmt: skip
def test_an_event_counts_at_its_worst_grade_where_that_is_worse_than_before(
    rule: str, told: list[Iterator[Line]], since_treatment: int | None, since_cells: int | None
) -> None:
    story = ledger(treated_people(), *told)
    book = story.trial.casebooks["S-1"]
    for against, expected in (("treatment", since_treatment), ("infusion", since_cells)):
        found = [one.grade for one in emergent(story.study, story.trial, book, against)]  # type: ignore[arg-type]
        assert found == ([] if expected is None else [expected]), (rule, against)


def test_each_infusion_has_a_baseline_of_its_own() -> None:
    """Grade 2 after the first cells, 2 at the second and 3 after them: worse than before each; counted once, at 3."""
    told = had(FEVER, (2, "2026-01-22"), (3, "2026-02-22"))
    found = counted(treated_people(cells=(CELLS, SECOND)), told, against="infusion")
    assert grades(found) == {FEVER: (0, 0, 1, 0, 0)}


def test_an_event_of_the_first_infusion_that_stays_as_it_was_at_the_second_counts_for_the_first() -> None:
    found = counted(treated_people(cells=(CELLS, SECOND)), had(FEVER, (2, "2026-01-22")), against="infusion")
    assert grades(found) == {FEVER: (0, 1, 0, 0, 0)}


# --- people, not events -----------------------------------------------------------------------------------------------


def test_nobody_is_counted_twice() -> None:
    found = counted(
        treated_people(*THREE),
        had(FEVER, (1, "2026-01-22")),
        had(FEVER, (3, "2026-02-01")),
        had(FEVER, (2, "2026-02-09")),
        had(FEVER, (2, "2026-01-22"), who="S-2"),
        had(RASH, (1, "2026-02-25")),
    )
    assert grades(found) == {FEVER: (0, 1, 1, 0, 0), RASH: (1, 0, 0, 0, 0)}
    any_of_them = found.anything
    assert (any_of_them.by_grade, any_of_them.any_grade, any_of_them.grade_3_or_more) == ((0, 1, 1, 0, 0), 2, 1)
    assert found.n == 3


def test_the_most_frequent_term_stands_first_then_the_graver() -> None:
    found = counted(
        treated_people(*THREE),
        had("Nausea", (1, "2026-01-22")),
        had(FEVER, (3, "2026-01-22")),
        had(RASH, (1, "2026-01-22")),
        had(RASH, (1, "2026-01-22"), who="S-2"),
    )
    assert [row.term for row in found.tables[0].rows] == [RASH, FEVER, "Nausea"]


def test_a_participant_with_both_forms_counts_as_serious_and_as_not_serious() -> None:
    found = counted(
        treated_people(*THREE),
        had(FEVER, (1, "2026-01-22"), related={"nk_cells": "not related"}),
        had(FEVER, (3, "2026-02-01"), serious=True),
        had(FEVER, (2, "2026-01-22"), who="S-2", serious=True, related={"nk_cells": "unknown"}),
        had(FEVER, (2, "2026-01-22"), who="S-3", related={"nk_cells": "not related"}),
    )
    (row,) = found.tables[0].rows
    assert (row.any_grade, row.serious, row.not_serious) == (3, 2, 2)
    assert row.related == 2  # S-1's second, and S-2's, which nobody has judged


def test_the_safety_population_is_whom_anything_was_given() -> None:
    told = (treated_people("S-1"), conditioned("S-2"), screened("S-3"))
    story = ledger(*told, had(FEVER, (2, "2026-01-22"), who="S-3"), had(FEVER, (2, "2026-01-22"), who="S-2"))
    assert [book.code for book in population(story.trial, "treatment")] == ["S-1", "S-2"]
    assert [book.code for book in population(story.trial, "infusion")] == ["S-1"]
    by_cells = count_events(story.study, story.trial, "infusion")
    assert (by_cells.n, by_cells.anything.any_grade, by_cells.left_out) == (1, 0, (("not treated", 2),))


def test_a_part_of_the_population_is_counted_by_itself() -> None:
    told = (treated_people(*THREE), had(FEVER, (2, "2026-01-22")), had(FEVER, (3, "2026-01-22"), who="S-2"))
    found = counted(*told, among={"S-2", "S-3"})
    assert (found.n, grades(found), found.left_out) == (2, {FEVER: (0, 0, 1, 0, 0)}, ())


# --- what is left out, and why ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "told", "why"),
    [
        ("the last day of collection", had(FEVER, (2, "2026-04-30")), None),
        ("the day after", had(FEVER, (2, "2026-05-01")), "not collected"),
        ("the day after, serious, may be related",
         had(FEVER, (2, "2026-05-01"), serious=True, related={"nk_cells": "unknown"}), None),
        ("the day after, serious, due to none of the treatment",
         had(FEVER, (2, "2026-05-01"), serious=True, related=BY_NOTHING), "not collected"),
        ("graft versus host disease, whenever", had(GVHD, (2, "2027-05-01"), related=BY_NOTHING), None),
        ("over before the baseline", had(FEVER, (2, "2026-01-05"), resolved_on="2026-01-07"), "earlier"),
        ("no worse than before", had(FEVER, (2, "2026-01-05")), "not worse"),
    ],
)  # fmt: skip
def test_what_is_not_counted_says_why(rule: str, told: Iterator[Line], why: str | None) -> None:
    found = counted(treated_people(), told)
    assert found.left_out == (((why, 1),) if why else ()), rule
    assert found.anything.any_grade == (0 if why else 1)


def test_an_event_after_a_transplant_is_not_collected() -> None:
    transplant: Line = (Transplanted(), "S-1", "2026-03-01")
    before, after = had(FEVER, (2, "2026-03-01")), had(RASH, (2, "2026-03-02"))
    assert grades(counted(treated_people(), iter([transplant]), before, after)) == {FEVER: (0, 1, 0, 0, 0)}


def test_every_event_is_counted_or_left_out() -> None:
    found = counted(
        treated_people("S-1"),
        screened("S-3"),
        had(FEVER, (2, "2026-01-22")),
        had(FEVER, (2, "2026-06-01")),
        had(RASH, (2, "2026-01-05")),
        had(ALT, (2, "2026-01-05"), resolved_on="2026-01-06"),
        had(FEVER, (1, "2026-01-06"), who="S-3"),
    )
    assert found.left_out == (("earlier", 1), ("not worse", 1), ("not collected", 1), ("not treated", 1))
    assert grades(found) == {FEVER: (0, 1, 0, 0, 0)}


# --- terms and versions -----------------------------------------------------------------------------------------------


def test_two_versions_of_ctcae_are_two_tables_and_one_population() -> None:
    found = counted(
        treated_people(*THREE),
        had(FEVER, (2, "2026-01-22")),
        had(FEVER, (3, "2026-01-25"), ctcae="6.0"),
        had(FEVER, (1, "2026-01-22"), who="S-2", ctcae="6.0"),
    )
    assert [table.ctcae for table in found.tables] == ["5.0", "6.0"]
    assert (grades(found, 0), grades(found, 1)) == ({FEVER: (0, 1, 0, 0, 0)}, {FEVER: (1, 0, 1, 0, 0)})
    assert found.anything.by_grade == (1, 0, 1, 0, 0)  # S-1 once, at the worst of either


def test_without_an_event_there_is_one_empty_table_of_the_study_s_own_version() -> None:
    found = counted(treated_people())
    assert [(table.ctcae, table.rows) for table in found.tables] == [("5.0", ())]
    assert found.anything.by_grade == (0, 0, 0, 0, 0)


def test_an_other_specify_counts_by_its_words_however_they_are_written() -> None:
    found = counted(
        treated_people(*THREE),
        had(OTHER, (1, "2026-01-22"), specify="engraftment syndrome"),
        had(OTHER, (3, "2026-01-25"), specify="Engraftment  Syndrome"),
        had(OTHER, (2, "2026-01-22"), who="S-2", specify="engraftment syndrome"),
        had(OTHER, (2, "2026-01-22"), who="S-3", specify="serum sickness like"),
    )
    expected = {f"{OTHER}: engraftment syndrome": (0, 1, 1, 0, 0), f"{OTHER}: serum sickness like": (0, 1, 0, 0, 0)}
    assert grades(found) == expected


def test_a_condition_of_other_words_is_another_condition() -> None:
    told = (found_before(OTHER, 2, specify="serum sickness"), had(OTHER, (2, "2026-01-22"), specify="engraftment"))
    assert counted(treated_people(), *told).anything.any_grade == 1


def test_every_term_of_ctcae_5_is_counted_once() -> None:
    """NCI's count of CTCAE v5.0 is 837 terms."""
    told = [
        had(
            term.name, (term.grades_there[0], "2026-01-22"), soc=term.soc, specify="words" if term.needs_words else None
        )
        for term in catalogue("5.0").terms
    ]
    found = counted(treated_people("S-1", "S-2"), chain.from_iterable(told))
    rows = found.tables[0].rows
    assert len(rows) == len({row.term.removesuffix(": words") for row in rows}) == 837
    assert {(row.any_grade, sum(row.by_grade)) for row in rows} == {(1, 1)}
    assert {row.soc for row in rows} == {term.soc for term in catalogue("5.0").terms}
    assert found.anything.any_grade == 1


# --- the registry's threshold, and exact limits -----------------------------------------------------------------------


def table(**not_serious: int) -> EventTable:
    """A table of terms, each with so many participants who had it in a form that was not serious."""
    rows = tuple(TermCount(term, None, (n, 0, 0, 0, 0), n, 0, 0, 0, n) for term, n in not_serious.items())
    return EventTable("5.0", rows[0], rows)


@pytest.mark.parametrize(
    ("n", "listed"),
    [
        (15, ("one", "two")),  # 1 of 15 is 6.67 %
        (19, ("one", "two")),  # 1 of 19 is 5.26 %
        (20, ("two",)),  # 1 of 20 is 5 %, which does not exceed 5 %
        (40, ()),  # 2 of 40 is 5 %
    ],
)
def test_a_term_is_listed_when_it_exceeds_five_per_cent_of_the_participants(n: int, listed: tuple[str, ...]) -> None:
    assert frequent_events(table(none=0, one=1, two=2), n) == listed


@pytest.mark.parametrize(("n", "listed"), [(15, (RASH, FEVER)), (20, (RASH,))])
def test_one_of_fifteen_is_listed_and_one_of_twenty_is_not(n: int, listed: tuple[str, ...]) -> None:
    """A fever of one participant, a rash of two; a serious nausea of all is in the registry's other table."""
    codes = [f"S-{at}" for at in range(1, n + 1)]
    found = counted(
        treated_people(*codes),
        had(FEVER, (1, "2026-01-22")),
        had(FEVER, (1, "2026-01-29")),  # the same participant again
        had(RASH, (1, "2026-01-22")),
        had(RASH, (1, "2026-01-22"), who="S-2"),
        *(had("Nausea", (3, "2026-01-22"), who=who, serious=True) for who in codes),
    )
    assert found.n == n
    assert frequent_events(found.tables[0], found.n) == listed


def test_the_threshold_may_be_lower_and_never_higher() -> None:
    assert frequent_events(table(one=1), 20, Decimal("4.9")) == ("one",)
    assert frequent_events(table(none=0, one=1), 20, 0) == ("one",)
    with pytest.raises(ValueError, match="expected 0 to 5"):
        frequent_events(table(one=1), 20, 6)


@pytest.mark.parametrize("n", [1, 2, 7, 14, 15, 20])
def test_the_limits_of_a_count_are_those_of_scipy_s_exact_test(n: int) -> None:
    for count in range(n + 1):
        exact = binomtest(count, n).proportion_ci(confidence_level=0.95, method="exact")
        found = clopper_pearson(count, n)
        assert (found.lower, found.upper) == pytest.approx((exact.low, exact.high), abs=1e-9)
