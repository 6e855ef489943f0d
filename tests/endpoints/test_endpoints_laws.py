"""Laws of the endpoints, for any story: what adds up, and what a later day may and may not change."""

from datetime import timedelta

import pytest
from endpoints_story import CID, CIR, DFS, EFS, OS, OS_INFUSED, STUDY, on, trial_of
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.endpoints import estimate, times
from trialwright.ledger import Trial

ENDPOINTS = (OS, OS_INFUSED, DFS, CIR, CID, EFS)
HAPPENINGS = (
    "CR",
    "CRi",
    "MLFS",
    "NR",
    "NE",
    "kept",
    "relapsed",
    "relapsed molecular",
    "seen",
    "infused",
    "transplanted",
)
DAYS = st.integers(0, 900)
FIRST_DAYS = st.integers(0, 120)
EXACT = st.lists(st.tuples(DAYS, st.sampled_from(HAPPENINGS)), max_size=6)


@st.composite
def people(draw: st.DrawFn) -> str:
    """One to six people, each enrolled on some day, with things that happened since, and perhaps a death at the end."""
    lines: list[str] = []
    for who in range(1, draw(st.integers(1, 6)) + 1):
        enrolled = draw(st.integers(0, 60))
        how = draw(st.sampled_from(("relapsed", "CR1 in remission")))
        lines.append(f"S-{who} {enrolled} enrolled {how}")
        happened = sorted(draw(EXACT))
        lines += [f"S-{who} {enrolled + day} {what}" for day, what in happened]
        last = max((day for day, _ in happened), default=0)
        if draw(st.booleans()):
            lines.append(f"S-{who} {enrolled + last + draw(st.integers(0, 200))} died")
    return "\n".join(lines)


def day_of(line: str) -> int:
    return int(line.split()[1])


def everything(trial: Trial, cut_off: int) -> list[tuple[object, ...]]:
    """All that the estimates at a cut-off are made of."""
    found = [times(STUDY, trial, endpoint, on(cut_off)) for endpoint in ENDPOINTS]
    return [
        (time.endpoint.id, one.code, one.included, one.origin, one.days, one.cause)
        for time in found
        for one in time.everyone
    ]


@settings(max_examples=150, deadline=None)
@given(people(), st.integers(0, 1200))
def test_event_free_relapsed_and_died_without_relapse_add_up_to_everyone(story: str, cut_off: int) -> None:
    trial = trial_of(story)
    dfs, cir, cid = (estimate(STUDY, trial, endpoint, on(cut_off)) for endpoint in (DFS, CIR, CID))
    assert dfs.curve is not None
    for day in (*dfs.curve.times, 182.625, 365.25, 730.5):
        shares = [result.at(float(day)) for result in (dfs, cir, cid)]
        values = [share.usual.estimate for share in shares if share is not None]
        assert all(value is None for value in values) or sum(value or 0.0 for value in values) == pytest.approx(1.0)


@settings(max_examples=150, deadline=None)
@given(people(), st.integers(0, 1200))
def test_what_occurred_after_the_cut_off_changes_nothing_at_it(story: str, cut_off: int) -> None:
    """True of dates known to the day. Of dates known in part, only that knowing more may narrow them (see below)."""
    before = [line for line in story.splitlines() if day_of(line) <= cut_off]
    assert everything(trial_of(story), cut_off) == everything(trial_of("\n".join(before)), cut_off)


@settings(max_examples=150, deadline=None)
@given(people(), st.integers(0, 1200))
def test_a_later_cut_off_keeps_every_event_that_an_earlier_one_saw(story: str, cut_off: int) -> None:
    """But for failing to reach a remission, which is known at the landmark only, and then dated back to day 1."""
    trial = trial_of(story)
    for endpoint in (OS, OS_INFUSED, DFS, CIR, CID):
        later = {one.code: one for one in times(STUDY, trial, endpoint, on(2000)).everyone}
        for one in times(STUDY, trial, endpoint, on(cut_off)).included:
            if one.cause is not None:
                assert (later[one.code].cause, later[one.code].days) == (one.cause, one.days)
            else:
                assert (later[one.code].days or 0) >= (one.days or 0)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 80),
    st.integers(0, 120),
    st.lists(st.integers(0, 120), max_size=3),
    st.sampled_from(["2026-02", "2026-03"]),
)
def test_later_knowledge_only_narrows_when_somebody_died_within_a_month(
    cut_off: int, seen: int, seen_later: list[int], month: str
) -> None:
    """The exception to the law above: an entry after the cut-off may say that death was not yet, never that it was."""
    told = f"S-1 0 enrolled relapsed \n S-1 {seen} seen \n S-1 {month} died"
    more = "".join(f"\n S-1 {cut_off + 1 + day} seen" for day in seen_later)
    (without,) = times(STUDY, trial_of(told), OS, on(cut_off)).everyone
    (knowing,) = times(STUDY, trial_of(told + more), OS, on(cut_off)).everyone
    if without.cause is None:
        assert (knowing.days, knowing.cause) == (without.days, without.cause)
    elif knowing.cause is not None:
        assert (knowing.days or 0) >= (without.days or 0)
        assert knowing.ended_on is not None
        assert knowing.ended_on <= on(cut_off)


@settings(max_examples=100, deadline=None)
@given(people())
def test_the_order_of_the_entries_does_not_matter(story: str) -> None:
    lines = story.splitlines()
    enrolments = [line for line in lines if "enrolled" in line]  # numbers are given in this order
    others = [line for line in lines if "enrolled" not in line]
    assert everything(trial_of("\n".join(enrolments + others[::-1])), 900) == everything(trial_of(story), 900)


@settings(max_examples=100, deadline=None)
@given(people(), st.integers(0, 1200))
def test_no_time_ends_after_the_cut_off_or_before_it_began(story: str, cut_off: int) -> None:
    for endpoint in ENDPOINTS:
        for one in times(STUDY, trial_of(story), endpoint, on(cut_off)).included:
            assert one.days is not None
            assert one.days >= 0
            assert one.ended_on is not None
            assert one.ended_on <= on(cut_off) + timedelta(days=one.cause == "no_remission")
