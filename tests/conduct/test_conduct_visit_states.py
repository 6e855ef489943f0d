"""How a person's visits stand: done, missed, open, over, ahead, or waiting for what they are counted from.

The small study: infused on 20 January 2026, its day 7 is 27 January with a day on either side.
"""

from datetime import date

import pytest
from conduct_story import Story, infused

from trialwright.conduct.answered import last_said, screening_entries, screening_visit
from trialwright.conduct.visit_states import VisitState, outside, recorded_late, visit_states
from trialwright.facts import parse_occurred


@pytest.fixture
def story() -> Story:
    return infused(Story())


def state(story: Story, visit: str, today: str) -> VisitState:
    found = visit_states(story.study, story.trial.casebooks["S-001"], date.fromisoformat(today))
    return next(one for one in found if one.visit == visit)


@pytest.mark.parametrize(
    ("today", "stands"),
    [("2026-01-25", "ahead"), ("2026-01-26", "open"), ("2026-01-28", "open"), ("2026-01-29", "not recorded")],
)
def test_a_visit_that_nobody_recorded_stands_by_its_window(story: Story, today: str, stands: str) -> None:
    found = state(story, "d7", today)
    assert (found.stands, str(found.window)) == (stands, "2026-01-26 to 2026-01-28")


def test_a_visit_waits_for_what_it_is_counted_from(story: Story) -> None:
    assert state(story, "rl", "2026-02-01").stands == "waits"
    assert state(story, "rl", "2026-02-01").window is None


def test_a_recorded_visit_is_done_and_a_missed_one_missed_until_it_is_made_up_for(story: Story) -> None:
    story.do("2026-01-27 visit S-001 visit=d7 mode=missed")
    assert state(story, "d7", "2026-02-01").stands == "missed"
    story.do('2026-01-28 visit S-001 visit=d7 answers=\'{"heart.lvef":"60"}\'')
    found = state(story, "d7", "2026-02-01")
    assert found.stands == "done"
    assert found.entry is not None
    assert found.entry.occurred == "2026-01-28"


def test_an_unscheduled_visit_stands_on_its_day(story: Story) -> None:
    story.do("2026-02-03 visit S-001 visit=unscheduled")
    found = visit_states(story.study, story.trial.casebooks["S-001"], date(2026, 2, 4))
    planned = [one.visit for one in found]
    assert planned.index("d7") < planned.index("unscheduled") < planned.index("m6")


@pytest.mark.parametrize(("on", "off"), [("2026-01-24", -2), ("2026-01-26", 0), ("2026-01-31", 3)])
def test_a_day_outside_the_window_is_told_with_how_far(story: Story, on: str, off: int) -> None:
    found = outside(story.study, story.trial.casebooks["S-001"], "d7", parse_occurred(on))
    assert (found[0] if found else 0) == off


def test_nothing_is_outside_a_window_that_is_not_there(story: Story) -> None:
    book = story.trial.casebooks["S-001"]
    assert outside(story.study, book, "rl", parse_occurred("2026-01-24")) is None
    assert outside(story.study, book, "unscheduled", parse_occurred("2026-01-24")) is None


def test_the_delay_of_a_visit_is_counted_in_the_sites_days(story: Story) -> None:
    story.do("2026-01-27 visit S-001 visit=d7")
    entry = state(story, "d7", "2026-02-01").entry
    assert entry is not None
    assert recorded_late(entry, "Asia/Shanghai") == (date(2030, 1, 1) - date(2026, 1, 27)).days


def test_what_was_said_last_is_found_by_its_day(story: Story) -> None:
    story.do('2026-01-28 visit S-001 visit=d7 answers=\'{"heart.lvef":"64 %","heart.infection":"no"}\'')
    story.do('2026-01-30 record_facts S-001 facts=\'[{"concept":"lvef","value":"58","unit":"%","on":"2026-01-02"}]\'')
    said = last_said(story.trial.casebooks["S-001"])
    assert (said["lvef"].words, said["lvef"].on) == ("64 %", "2026-01-28")
    assert said["SevereInfection"].words == "no"


def test_a_study_without_a_visit_of_that_name_screens_at_the_first_before_enrolment(story: Story) -> None:
    found = screening_visit(story.study)
    assert found is not None
    assert found.id == "c1"
    assert screening_entries(story.study, story.trial.casebooks["S-001"]) == ()
