"""Queries: what the record asks by itself, what people ask, and where each stands."""

from datetime import date

import pytest
from conduct_refusals import record
from conduct_story import Story, infusion
from harm_refusals import ENROLLED, INFUSED, READY, event
from hypothesis import given, settings
from hypothesis import strategies as st
from review_refusals import ANSWERED, ASKED, CLOSED, SCREENED, answers, asks, closes, reopens

from trialwright.conduct.review.automatic import automatic_queries
from trialwright.conduct.review.plausible import shipped_limits
from trialwright.conduct.review.queries import queries
from trialwright.facts import read_unit
from trialwright.ledger.kinds import QueryAnswered, QueryClosed, QueryRaised, QueryReopened

ON = date(2030, 1, 11)
AMEND = "reason_code='source corrected' why='read again'"
HEAVY = ENROLLED + record("weight", "640", "kg", "2026-01-09").strip() + "\n"
KEY = "value.implausible:S-001:a5:#1"
VISIT = "2026-01-27 visit S-001 visit=d7 answers='{}'\n"


def found(text: str) -> list[tuple[str, str | None]]:
    story = Story().tell(text)
    return [(one.rule, one.field) for one in automatic_queries(story.study, story.trial)]


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        (ENROLLED, []),
        (HEAVY, [("value.implausible", "#1")]),
        (ENROLLED + record("weight", "64", "kg", "2026-01-09"), []),
        (ENROLLED + record("temperature", "98.6", "Cel", "2026-01-09"), [("value.implausible", "#1")]),
        (ENROLLED + record("temperature", "<44", "Cel", "2026-01-09"), []),
        (ENROLLED + record("creatinine", "0.1", "mg/dL", "2026-01-09"), [("value.implausible", "#1")]),
        (ENROLLED + record("lvef", "61", "", "2026-01-09"), [("value.no_unit", "#1")]),
        (INFUSED + VISIT, [("visit.form_missing", "heart")]),
        (INFUSED + VISIT.replace("{}", '{"heart.pain":"no"}'), [("visit.item_missing", "heart.lvef")]),
        (INFUSED + VISIT.replace("{}", '{"heart.lvef":"60"}'), []),
        (INFUSED + VISIT.replace("visit=d7", "visit=d7 mode=missed"), []),
        (INFUSED + record("lvef", "60", "%", "2026-01-27") + "\n" + VISIT, []),
        (f"{ENROLLED}2026-01-04 contact S-001 how=telephone told", [("date.before_consent", "occurred")]),
        (
            f"{ENROLLED}2026-01-12 record_death S-001 cause=leukaemia how_known=ward\n"
            "2026-01-14 relapse S-001 how=molecular told",
            [("date.after_death", "occurred")],
        ),
        (f"{ENROLLED}2025-11-01 relapse S-001 how=molecular told", [("date.relapse_before_remission", "occurred")]),
        (
            READY + infusion("S-001", more="ended_at=2026-01-20T13:30+08:00[Asia/Shanghai] told"),
            [("date.ends_before_start", "ended_at")],
        ),
        (
            INFUSED + event(more="serious=no resolved_on=2026-01-20 told"),
            [("date.resolved_before_onset", "resolved_on")],
        ),
        (f"{ENROLLED}2026-01-12 record_death S-001 cause=unknown how_known=ward", [("death.no_cause", "cause")]),
        (
            f"{ENROLLED}2026-01-12 record_death S-001 cause=infection how_known=ward",
            [("death.no_fatal_event", "cause")],
        ),
        (
            f"{ENROLLED}2026-01-12 assess_response S-001 category=relapse blasts_percent=30 told",
            [("response.no_relapse", "category")],
        ),
    ],
)
def test_the_record_asks_about_what_cannot_be_right_and_about_nothing_else(
    story: str, expected: list[tuple[str, str | None]]
) -> None:
    assert found(story) == expected


def test_every_limit_has_a_unit_that_we_read_and_its_low_end_below_its_high_one() -> None:
    for limits in shipped_limits().values():
        assert read_unit(limits.unit) is not None
        assert limits.low is not None
        assert limits.high is not None
        assert limits.low < limits.high


def states(story: Story) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.key, one.state, one.turn) for one in queries(story.study, story.trial, ON)]


@pytest.mark.parametrize(
    ("story", "state", "turn", "age"),
    [
        (ASKED, "open", ("coordinator", "investigator"), 10),
        (ANSWERED, "answered", ("data manager", "monitor"), 10),
        (CLOSED, "closed", (), 0),
        (CLOSED + reopens("a5"), "open", ("coordinator", "investigator"), 10),
        (ANSWERED + reopens("a5") + answers("a5"), "answered", ("data manager", "monitor"), 10),
    ],
)
def test_a_query_is_open_answered_closed_and_asked_again(
    story: str, state: str, turn: tuple[str, ...], age: int
) -> None:
    told = Story().tell(story)
    [one] = queries(told.study, told.trial, ON)
    assert (one.key, one.by, one.state, one.turn, one.age_days) == ("a5", "person", state, turn, age)
    assert one.asked_by == "mon:monitor"


def test_a_correction_lets_a_query_be_closed_without_an_answer_and_no_earlier_one_does() -> None:
    story = Story().tell(ASKED + f'2026-01-10 correct entry=a3 {AMEND} content=\'{{"born":"1971"}}\'')
    assert [one.mended for one in queries(story.study, story.trial, ON)] == [True]
    story.tell(closes("a5"))
    assert states(story) == [("a5", "closed", ())]
    story.tell(reopens("a5"))
    assert story.codes(closes("a5").strip()) == {"query.not_answered"}


def test_an_automatic_query_is_settled_until_its_content_changes() -> None:
    story = Story().tell(HEAVY)
    assert states(story) == [(KEY, "open", ("coordinator", "investigator"))]
    assert story.codes(closes(KEY).strip()) == {"query.not_answered"}
    story.tell(answers(KEY) + closes(KEY))
    assert states(story) == [(KEY, "closed", ())]
    heavier = '[{"concept":"weight","value":"641","unit":"kg","on":"2026-01-09"}]'
    story.do(f"2026-01-15 correct entry=a5 {AMEND} content='{{\"facts\":{heavier}}}'")
    assert (KEY, "open", ("coordinator", "investigator")) in states(story)


def test_an_automatic_query_that_was_mended_is_kept_as_closed_with_what_it_asked() -> None:
    right = '[{"concept":"weight","value":"64","unit":"kg","on":"2026-01-09"}]'
    correct = f"2026-01-15 correct entry=a5 {AMEND} content='{{\"facts\":{right}}}'"
    assert states(Story().tell(HEAVY + correct)) == []
    story = Story().tell(HEAVY + answers(KEY, "'a slip; corrected'") + correct)
    [one] = queries(story.study, story.trial, ON)
    assert (one.state, one.gone, one.rule) == ("closed", True, "value.implausible")
    assert one.text.startswith("weight 640 kg")


@given(st.lists(st.sampled_from(["answer", "close", "reopen", "elsewhere"]), max_size=8))
@settings(max_examples=40, deadline=None)
def test_the_last_word_decides_and_closed_stays_closed_until_it_is_reopened(said: list[str]) -> None:
    """Law: whatever is tried, in whatever order; entries about anything else change no state."""
    story = Story().tell(HEAVY + asks("a3"))
    lines = {"answer": answers, "close": closes, "reopen": reopens}
    for query, content in (("a6", False), (KEY, True)):
        state = "open"
        for one in said:
            line = record("height", "170", "cm", "2026-01-20") if one == "elsewhere" else lines[one](query)
            if story.codes(line.strip()):
                continue
            entry = story.do(line.strip())[0]
            state = {QueryAnswered: "answered", QueryClosed: "closed", QueryReopened: "open"}.get(
                type(entry.what), state
            )
            if one != "elsewhere":
                assert (entry.what.content is not None) == content
            assert {one.state for one in queries(story.study, story.trial, ON) if one.key == query} == {state}


def test_a_query_raised_about_a_visit_keeps_its_item() -> None:
    story = Story().tell(f"{SCREENED}2026-01-09 raise_query S-001 visit=d7 item=heart.lvef text=when by mon:monitor")
    [one] = queries(story.study, story.trial, ON)
    assert (one.visit, one.item, one.entry) == ("d7", "heart.lvef", None)
    assert story.trial.casebooks["S-001"].last(QueryRaised) is not None
