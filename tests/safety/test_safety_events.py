"""An adverse event as it stands, from what was reported and what followed: a story and what is said of the event.

Written from DOMAIN.md, section 7 (what makes an event serious; causes are asked apart), and docs/decisions/0017.
"""

import pytest
from conduct_story import Story
from harm_story import CELLS, RELATED, UNRELATED, at, event, follows, put, reported, tell, tell_on, treated

from trialwright.facts import parse_occurred
from trialwright.ledger.kinds import AdverseEventFollowed
from trialwright.safety.events import AdverseEvent, adverse_events, event_named, first_id


def events(story: Story) -> tuple[AdverseEvent, ...]:
    return adverse_events(story.trial, story.trial.casebooks["S-001"])


def the_event(*chapters: str) -> AdverseEvent:
    (found,) = events(tell(treated(), *chapters))
    return found


def after(*lines: str, grade: int = 2, more: str = "") -> AdverseEvent:
    return the_event(event(grade=grade, on="2026-01-25", more=more), *lines)


# --- its course -------------------------------------------------------------------------------------------------------


def test_its_grades_stand_in_the_order_of_their_dates_whenever_they_were_told() -> None:
    found = after(
        follows("grade=1", "2026-02-03"), follows("grade=4", "2026-01-28"), follows("narrative=better", "2026-01-30")
    )
    assert [(one.grade, str(one.since)) for one in found.grades] == [
        (2, "2026-01-25"),
        (4, "2026-01-28"),
        (1, "2026-02-03"),
    ]
    assert (found.worst, found.grade, found.narrative) == (4, 1, (("2026-01-30", "better"),))


def test_of_one_day_the_grade_told_last_stands_last_and_an_hour_after_a_bare_day() -> None:
    found = after(
        follows("grade=3", "2026-01-28T08:00"), follows("grade=4", "2026-01-28"), follows("grade=1", "2026-01-28")
    )
    assert [one.grade for one in found.grades] == [2, 4, 1, 3]


def test_a_grade_without_its_day_is_no_turn_of_its_course() -> None:
    story = tell(treated(), event(grade=2))
    put(story, AdverseEventFollowed(reported(story)[0], grade=4), "S-001", None)
    assert [one.grade for one in events(story)[0].grades] == [2]


def test_what_a_follow_up_leaves_out_is_unchanged() -> None:
    found = after(
        follows("action=interrupted", "2026-01-26"),
        follows("outcome=resolving treatment=fluids", "2026-01-27"),
        follows("outcome=resolved resolved_on=2026-01-30", "2026-01-30"),
        more="expected=no",
    )
    said = (found.action, found.treatment, found.outcome, found.resolved_on, found.expected, found.dose_limiting)
    assert said == ("interrupted", "fluids", "resolved", "2026-01-30", "no", "unknown")


def test_where_nothing_was_said_nothing_is_known() -> None:
    found = after()
    assert (found.action, found.treatment, found.outcome, found.resolved_on) == (None, None, None, None)
    assert (found.expected, found.dose_limiting, found.fatal_since, found.narrative) == ("unknown", "unknown", None, ())


# --- how grave --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "lines", "grade", "more", "fatal", "since"),
    [
        ("grade 5", (), 5, "serious=yes seriousness=death", True, "2026-01-25"),
        ("serious because of death", (), 4, "serious=yes seriousness=death", True, "2026-01-25"),
        ("ended in death", (), 4, "outcome=fatal", True, "2026-01-25"),
        ("grade 5 later", (follows("grade=5", "2026-01-28"),), 4, "", True, "2026-01-28"),
        ("outcome later", (follows("outcome=fatal", "2026-01-28"),), 4, "", True, "2026-01-28"),
        ("serious by death later", (follows("seriousness=death", "2026-01-28"),), 4, "", True, "2026-01-28"),
        ("life-threatening", (), 4, "serious=yes seriousness=life-threatening", False, None),
    ],
)
def test_an_event_is_fatal_by_grade_outcome_or_seriousness(
    rule: str, lines: tuple[str, ...], grade: int, more: str, fatal: bool, since: str | None
) -> None:
    found = after(*lines, grade=grade, more=more)
    told = str(found.fatal_since) if found.fatal_since else None
    assert (found.fatal, told, found.grave) == (fatal, since, True), rule


def test_a_death_whose_follow_up_has_no_day_is_told_from_the_onset() -> None:
    story = tell(treated(), event(grade=4))
    put(story, AdverseEventFollowed(reported(story)[0], outcome="fatal"), "S-001", None)
    assert str(events(story)[0].fatal_since) == "2026-01-25"


def test_it_is_serious_as_last_said_and_every_reason_is_kept() -> None:
    turned = after(follows("serious=yes seriousness=life-threatening", "2026-01-26"), more="serious=no")
    assert (turned.serious, turned.seriousness, turned.grave) == (True, ("life-threatening",), True)
    both = after(follows("seriousness=hospitalisation,disability", "2026-01-26"))
    assert both.seriousness == ("hospitalisation", "disability")
    assert not both.grave
    assert not after(follows("serious=no", "2026-01-26")).serious


# --- causes -----------------------------------------------------------------------------------------------------------


def test_each_cause_stands_as_last_judged() -> None:
    found = after(follows('related=\'{"chemotherapy":"related"}\'', "2026-01-26"))
    assert found.related == {"nk_cells": "related", "chemotherapy": "related"}


@pytest.mark.parametrize(
    ("judged", "asked", "may"),
    [
        (RELATED, ("nk_cells",), True),
        (UNRELATED, ("nk_cells", "chemotherapy", "premedication"), False),
        (UNRELATED, ("nk_cells", "leukaemia"), True),  # nobody judged the leukaemia
        ('{"nk_cells":"unknown"}', ("nk_cells",), True),
        (UNRELATED, (), False),
    ],
)
def test_what_nobody_judged_may_be_a_cause(judged: str, asked: tuple[str, ...], may: bool) -> None:
    assert the_event(event(related=judged)).may_be_due_to(asked) is may


# --- before, and since ------------------------------------------------------------------------------------------------

OVER = "resolved_on=2026-01-15"
AGAIN = follows("grade=3", "2026-01-25")


@pytest.mark.parametrize(
    ("rule", "story", "before", "since"),
    [
        ("begun after the cells", event(grade=3), 0, 3),
        ("going on", event(grade=2, on="2026-01-12"), 2, 2),
        ("going on, and worse since", event(grade=2, on="2026-01-12") + AGAIN, 2, 3),
        ("going on, and better since", event(grade=4, on="2026-01-12") + AGAIN, 4, 4),
        ("better before the cells", event(grade=4, on="2026-01-12") + follows("grade=1", "2026-01-18"), 1, 1),
        ("over before the cells", event(grade=4, on="2026-01-12", more=OVER), 0, 0),
        ("over before the cells, there again since", event(grade=4, on="2026-01-12", more=OVER) + AGAIN, 0, 3),
        (
            "over, and there again before the cells",
            event(grade=4, on="2026-01-12", more=OVER) + follows("grade=2", "2026-01-18"),
            2,
            2,
        ),
        ("over on the day of the cells", event(grade=4, on="2026-01-12", more="resolved_on=2026-01-20"), 4, 4),
        ("begun on the day of the cells, hour unknown", event(grade=3, on="2026-01-20"), 0, 3),
        ("begun an hour before", event(grade=3, on="2026-01-20T13:00"), 3, 3),
    ],
)
def test_the_grade_before_is_certain_and_the_grade_since_is_possible(
    rule: str, story: str, before: int, since: int
) -> None:
    found, cells = the_event(story), at(CELLS)
    assert (found.grade_before(cells), found.worst_since(cells)) == (before, since), rule


@pytest.mark.parametrize(
    ("rule", "until", "worst"),
    [
        ("it began later", "2026-01-24", 0),
        ("it began on the last day", "2026-01-25", 2),
        ("it rose later", "2026-01-27", 2),
        ("it rose on the last day", "2026-01-28", 4),
        ("it rose before", "2026-02-10", 4),
    ],
)
def test_between_two_moments_only_what_may_lie_between_counts(rule: str, until: str, worst: int) -> None:
    found = after(follows("grade=4", "2026-01-28"))
    assert found.worst_since(at(CELLS), parse_occurred(until)) == worst, rule


# --- which events -----------------------------------------------------------------------------------------------------


def test_events_stand_by_onset_and_an_event_has_one_id_for_good() -> None:
    story = tell(treated(), event("Sepsis", 2, "2026-02-01"), event("Hypotension", 3, "2026-01-25"))
    sepsis = reported(story)[1]
    (corrected,) = story.do(
        f"- correct entry={sepsis} reason_code='source corrected' why='read again' content='{{\"grade\":\"4\"}}'"
    )
    tell_on(story, f"2026-01-27 follow_adverse_event event={corrected.id} grade=1")
    first, second = events(story)
    assert ((first.term, first.id, first.worst, first.grade), second.term) == (("Hypotension", sepsis, 4, 1), "Sepsis")
    assert first_id(story.trial, corrected.id) == sepsis
    named = [event_named(story.trial, id) for id in (sepsis, corrected.id)]
    assert [one.id for one in named if one] == [sepsis, sepsis]


def test_what_is_no_event_in_force_is_not_found() -> None:
    story = tell(treated(), event())
    (id,) = reported(story)
    assert event_named(story.trial, "a2") is None  # a consent
    assert event_named(story.trial, "a999") is None
    assert first_id(story.trial, "a999") == "a999"
    story.do(f"- retract entry={id} reason_code=duplicate why=twice")
    assert event_named(story.trial, id) is None


def test_only_entries_that_count_are_seen() -> None:
    story = tell(treated(), event(grade=2))
    size = story.fold.size
    tell_on(story, follows("grade=4", "2026-01-28"), event("Sepsis"))
    seen = adverse_events(story.trial, story.trial.casebooks["S-001"], lambda entry: entry.order < size)
    assert [(one.term, one.worst) for one in seen] == [("Hypotension", 2)]
