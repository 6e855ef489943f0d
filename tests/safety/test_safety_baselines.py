"""What somebody already had, and which events are worse than it: a story, and what emerged against which baseline.

Written from DOMAIN.md, section 0 (fact 2: treatment-emergent is a grade worse than at baseline, never "grade 1 or
more"), and docs/decisions/0018.
"""

import pytest
from conduct_story import Story, chemotherapy, consents
from harm_story import arrives, conditioned, event, follows, given, put, tell, treated

from trialwright.facts import Occurred
from trialwright.ledger.kinds import ConditionFound
from trialwright.ledger.trial import Casebook
from trialwright.safety.baselines import (
    INFUSION,
    TREATMENT,
    condition_grade,
    emerged,
    infusion_baselines,
    same_harm,
    treatment_baseline,
)
from trialwright.safety.events import adverse_events


def book_of(story: Story) -> Casebook:
    return story.trial.casebooks["S-001"]


def found_before(grade: int, on: str = "2026-01-09", term: str = "Hypotension", more: str = "") -> str:
    return f"{on} record_condition S-001 term='{term}' grade={grade} {more}\n"


# --- the two baselines ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "story", "at"),
    [
        ("nobody treated has one", arrives(), None),
        ("the first day of the first chemotherapy", treated(), "2026-01-10"),
        (
            "cells that came first",
            arrives() + given(on="2026-01-09T14:00") + chemotherapy("S-001", more="told"),
            "2026-01-09",
        ),
    ],
)
def test_before_treatment_is_before_the_first_thing_given(rule: str, story: str, at: str | None) -> None:
    found = treatment_baseline(book_of(tell(story)))
    assert (None if found is None else str(found.at)[:10]) == at, rule


def test_each_infusion_has_its_own_until_the_next() -> None:
    story = tell(conditioned(), given(cycle=2, on="2026-03-01T14:00"), given())
    first, second = infusion_baselines(book_of(story))
    assert (first.which, first.number, second.number) == (INFUSION, 1, 2)
    assert (str(first.at)[:10], first.until, second.until) == ("2026-01-20", second.at, None)
    assert infusion_baselines(book_of(tell(conditioned()))) == ()


# --- what was found before --------------------------------------------------------------------------------------------


def test_the_newest_condition_before_a_moment_counts_and_nothing_found_later() -> None:
    """Something found after treatment began is refused as a condition; one already in a ledger is not counted."""
    story = tell(treated(), found_before(3, "2026-01-09"), found_before(1, "2026-01-08"))
    put(story, ConditionFound("Hypotension", 4), "S-001", "2026-02-01")
    book = book_of(story)
    baseline = treatment_baseline(book)
    assert baseline is not None
    assert condition_grade(book, "Hypotension", baseline.at) == 3
    assert condition_grade(book, "Sepsis", baseline.at) is None


def test_of_one_day_the_condition_recorded_last_counts_and_one_without_a_day_does_not() -> None:
    story = tell(treated(), found_before(3), found_before(2))
    put(story, ConditionFound("Hypotension", 4), "S-001", None)
    baseline = treatment_baseline(book_of(story))
    assert baseline is not None
    assert condition_grade(book_of(story), "Hypotension", baseline.at) == 2


def test_two_of_one_term_with_other_words_are_two_harms() -> None:
    other = "Infections and infestations - Other, specify"
    said = [
        event(other, 2, f"2026-01-2{at}", more=f"specify='{words}'")
        for at, words in enumerate(("BK  virus", "bk Virus", "CMV"), 5)
    ]
    story = tell(treated(), *said)
    one, same, another = adverse_events(story.trial, book_of(story))
    assert same_harm(one, same)
    assert not same_harm(one, another)


# --- what emerged -----------------------------------------------------------------------------------------------------

TWICE = treated() + given(cycle=2, on="2026-03-01T14:00")
BAD = event(grade=4, on="2026-01-25")


@pytest.mark.parametrize(
    ("rule", "story", "against_treatment", "against_infusions"),
    [
        ("new after the cells", BAD, [(0, 4)], [(1, 0, 4), (2, 4, 4)]),
        ("new, and over before the second", event(more="resolved_on=2026-02-10"), [(0, 4)], [(1, 0, 4)]),
        ("new after the second", event(on="2026-03-05"), [(0, 4)], [(2, 0, 4)]),
        ("after chemotherapy, before the cells", event(on="2026-01-15"), [(0, 4)], [(1, 4, 4), (2, 4, 4)]),
        (
            "after chemotherapy, and worse after the cells",
            event(grade=2, on="2026-01-15") + follows("grade=3", "2026-01-25"),
            [(0, 3)],
            [(1, 2, 3), (2, 3, 3)],
        ),
        ("there before treatment", event(on="2026-01-08"), [(4, 4)], [(1, 4, 4), (2, 4, 4)]),
        ("over before treatment", event(on="2026-01-07", more="resolved_on=2026-01-08"), [], []),
        ("a condition found before", found_before(4) + BAD, [(4, 4)], [(1, 4, 4), (2, 4, 4)]),
        ("a condition less severe", found_before(1) + BAD, [(1, 4)], [(1, 1, 4), (2, 4, 4)]),
        ("a condition of another term", found_before(4, term="Hypertension") + BAD, [(0, 4)], [(1, 0, 4), (2, 4, 4)]),
        (
            "another event of the term, still going on",
            event(grade=3, on="2026-01-08") + BAD,
            [(3, 3), (3, 4)],
            [(1, 3, 3), (2, 4, 3), (1, 3, 4), (2, 4, 4)],
        ),
    ],
)
def test_an_event_emerged_where_it_is_worse_than_it_was(
    rule: str, story: str, against_treatment: list[tuple[int, int]], against_infusions: list[tuple[int, int, int]]
) -> None:
    told = tell(TWICE, story)
    book, events = book_of(told), adverse_events(told.trial, book_of(told))
    treatment = list(emerged(book, events, TREATMENT))
    infusions = list(emerged(book, events, INFUSION))
    assert [(one.before, one.since) for one in treatment] == against_treatment, rule
    assert [(one.baseline.number, one.before, one.since) for one in infusions] == against_infusions, rule
    assert all(one.worse is (one.since > one.before) for one in (*treatment, *infusions))


def test_the_last_value_before_counts_as_a_grade_too() -> None:
    asked: list[str] = []

    def measured(term: str, moment: Occurred) -> int:
        asked.append(f"{term} {moment}")
        return 3

    story = tell(treated(), BAD)
    (one,) = emerged(book_of(story), adverse_events(story.trial, book_of(story)), TREATMENT, measured)
    assert (one.before, one.worse, asked) == (3, True, ["Hypotension 2026-01-10"])


def test_nothing_emerges_where_nothing_was_given() -> None:
    story = tell(consents(), event(on="2026-01-06"))
    events = adverse_events(story.trial, book_of(story))
    assert [list(emerged(book_of(story), events, which)) for which in (TREATMENT, INFUSION)] == [[], []]
