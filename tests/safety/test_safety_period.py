"""From when until when adverse events are collected: a story, the last day, and whether an event belongs in the tables.

Written from docs/decisions/0018 and the reference study's `collection`: 100 days after the last infusion, or until
other therapy or a transplant; serious events that may be related, and graft versus host disease, without end.
"""

from dataclasses import replace
from datetime import date

import pytest
from harm_story import RELATED, UNRELATED, conditioned, event, given, harm_study, put, tell, treated

from trialwright.ledger.kinds import OtherTherapyStarted
from trialwright.safety.events import adverse_events
from trialwright.safety.period import collected_until, is_collected

THERAPY, TRANSPLANT = "{} other_therapy S-001 therapy=azacitidine\n", "{} transplant S-001\n"
SECOND = given(cycle=2, on="2026-03-01T14:00")


@pytest.mark.parametrize(
    ("rule", "story", "until"),
    [
        ("no infusion: no end is known", conditioned(), None),
        ("a hundred days after the infusion", treated(), date(2026, 4, 30)),
        ("after the last infusion", treated() + SECOND, date(2026, 6, 9)),
        ("other therapy", treated() + THERAPY.format("2026-03-10"), date(2026, 3, 10)),
        ("a transplant", treated() + TRANSPLANT.format("2026-03-10"), date(2026, 3, 10)),
        (
            "whichever came first",
            treated() + TRANSPLANT.format("2026-03-12") + THERAPY.format("2026-03-10"),
            date(2026, 3, 10),
        ),
        ("other therapy after the hundred days", treated() + THERAPY.format("2026-05-10"), date(2026, 4, 30)),
        ("other therapy of a month: its last day", treated() + THERAPY.format("2026-03"), date(2026, 3, 31)),
        ("other therapy before the cells ended nothing", treated() + THERAPY.format("2026-01-15"), date(2026, 4, 30)),
        ("nor before the second", treated() + THERAPY.format("2026-02-15") + SECOND, date(2026, 6, 9)),
        ("on the day of the cells, hour unknown", treated() + THERAPY.format("2026-01-20"), date(2026, 1, 20)),
        ("before any infusion at all", conditioned() + TRANSPLANT.format("2026-01-15"), date(2026, 1, 15)),
    ],
)
def test_events_are_collected_until(rule: str, story: str, until: date | None) -> None:
    assert collected_until(harm_study(), tell(story).trial.casebooks["S-001"]) == until, rule


def test_other_therapy_without_a_day_ends_nothing() -> None:
    story = tell(treated())
    put(story, OtherTherapyStarted("azacitidine"), "S-001", None)
    assert collected_until(harm_study(), story.trial.casebooks["S-001"]) == date(2026, 4, 30)


IMMUNE = "Immune system disorders - Other, specify"
LATE = "2026-05-01"


@pytest.mark.parametrize(
    ("rule", "line", "collected"),
    [
        ("on the last day", event(on="2026-04-30", related=UNRELATED), True),
        ("the day after", event(on=LATE, related=UNRELATED), False),
        ("in the month of the last day", event(on="2026-04", related=UNRELATED), True),
        ("later, serious and related", event(on=LATE, related=RELATED), True),
        ("later, serious and not judged", event(on=LATE, related="{}"), True),
        ("later, related and not serious", event(on=LATE, more="serious=no"), False),
        (
            "later, of a named term",
            event("Graft versus host disease", 2, LATE, UNRELATED, "ctcae=6.0 serious=no"),
            True,
        ),
        (
            "later, its words name it",
            event(IMMUNE, 2, LATE, UNRELATED, "specify='skin graft versus host disease' serious=no"),
            True,
        ),
        ("later, other words", event(IMMUNE, 2, LATE, UNRELATED, "specify='serum sickness' serious=no"), False),
    ],
)
def test_an_event_belongs_in_the_tables(rule: str, line: str, collected: bool) -> None:
    story = tell(treated(), line)
    book = story.trial.casebooks["S-001"]
    (found,) = adverse_events(story.trial, book)
    assert is_collected(story.study, book, found) is collected, rule


def test_before_any_infusion_and_without_a_rule_everything_is_collected() -> None:
    story = tell(conditioned(), event(on="2027-01-01", related=UNRELATED, more="serious=no"))
    book = story.trial.casebooks["S-001"]
    (found,) = adverse_events(story.trial, book)
    assert is_collected(story.study, book, found)
    free = replace(story.study, safety=replace(story.study.safety, collection=None))
    treated_book = tell(treated()).trial.casebooks["S-001"]
    assert collected_until(free, treated_book) is None
    assert is_collected(free, treated_book, found)
