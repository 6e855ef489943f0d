"""The clocks of reporting: vectors of others' rules, the calendar's corners, turns of a case, and laws."""

import csv
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.facts import FALSE, TRUE, UNKNOWN, LocalTime, PartialDate, Truth, parse_occurred
from trialwright.safety.reporting.clocks import Case, Duty, Report, Turn, duties
from trialwright.study import Regime
from trialwright.study.shipped_regimes import SHIPPED

VECTORS = Path(__file__).parents[1] / "data" / "reference" / "celltherapy" / "sae_clock_vectors.csv"
ROWS = list(csv.DictReader(VECTORS.open(encoding="utf-8")))
TRUTH = {"1": TRUE, "0": FALSE, "?": UNKNOWN}
SITE, ICH, US = SHIPPED["site"], SHIPPED["ICH_E2A"], SHIPPED["US_312.32"]
SHANGHAI = "Asia/Shanghai"


def turn(aware: str, flags: str = "1011", sponsor: str | None = None) -> Turn:
    """`flags`: serious, fatal or life-threatening, unexpected, related; 1 yes, 0 no, ? not known."""
    serious, fatal, unexpected, related = (TRUTH[flag] for flag in flags)
    told = None if sponsor is None else parse_occurred(sponsor)
    return Turn(parse_occurred(aware), serious, fatal, unexpected, related, told)


def case(*turns: Turn, zone: str = SHANGHAI, pregnancy: bool = False) -> Case:
    return Case("C-1", zone, turns, pregnancy)


def told(owed: Sequence[Duty]) -> list[tuple[str, str, str | None]]:
    """What is owed, as a reader would list it: kind, due, why withdrawn."""
    return [(duty.what, str(duty.due), duty.withdrawn and duty.withdrawn.because) for duty in owed]


# --- vectors ----------------------------------------------------------------------------------------------------------


def test_the_vectors_are_all_there() -> None:
    assert len(ROWS) == 32
    assert {row["regime"] for row in ROWS} == {"ICH_E2A", "US_312.32", "EU_CTR", "CN_CDE"}
    assert sum(row["expedited"] == "1" for row in ROWS) == 20


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['regime']}-{row['day0_sponsor_aware']}-{row['note']}")
def test_reports_are_due_on_the_days_of_the_vectors(row: dict[str, str]) -> None:
    flags = "".join(row[key] for key in ("serious", "fatal_or_life_threatening", "unexpected", "suspected_related"))
    site = (date.fromisoformat(row["day0_sponsor_aware"]) - timedelta(days=1)).isoformat()
    owed = duties(case(turn(site, flags, row["day0_sponsor_aware"])), (SHIPPED[row["regime"]],))
    due = {duty.what: str(duty.due) for duty in owed}
    expected = {Report.FIRST: row["initial_due"], Report.COMPLETE: row["followup_due"]}
    assert due == {what: day for what, day in expected.items() if day}
    assert bool(owed) is (row["expedited"] == "1")
    assert all(str(duty.day_0) == row["day0_sponsor_aware"] for duty in owed)


# --- the site's hours -------------------------------------------------------------------------------------------------


def test_the_site_reports_every_serious_event_within_24_hours_expected_and_unrelated_ones_too() -> None:
    (duty,) = duties(case(turn("2026-03-02T22:15+08:00[Asia/Shanghai]", "1000")), (SITE,))
    assert str(duty.due) == "2026-03-03T22:15+08:00[Asia/Shanghai]"
    assert (duty.by, duty.to, duty.because) == ("investigator", ("institution", "ethics committee"), "serious")
    assert duties(case(turn("2026-03-02", "0011")), (SITE,)) == ()


def test_an_unknown_hour_counts_from_the_first_moment_of_the_day() -> None:
    (duty,) = duties(case(turn("2026-03-02")), (SITE,))
    assert str(duty.due) == "2026-03-03T00:00+08:00[Asia/Shanghai]"
    assert "the hour is not known" in duty.because


@pytest.mark.parametrize(
    ("aware", "due"),
    [
        ("2026-03-28T12:00+01:00[Europe/Berlin]", "2026-03-29T13:00+02:00[Europe/Berlin]"),  # an hour is skipped
        ("2026-10-24T12:00+02:00[Europe/Berlin]", "2026-10-25T11:00+01:00[Europe/Berlin]"),  # an hour comes twice
        ("2026-10-24T02:30+02:00[Europe/Berlin]", "2026-10-25T02:30+02:00[Europe/Berlin]"),  # its first time
        ("2026-10-25T02:30+02:00[Europe/Berlin]", "2026-10-26T01:30+01:00[Europe/Berlin]"),
        ("2026-10-25", "2026-10-25T23:00+01:00[Europe/Berlin]"),  # a day of 25 hours
        ("2026-03-29", "2026-03-30T01:00+02:00[Europe/Berlin]"),  # a day of 23
        ("2028-02-28T08:00+01:00[Europe/Berlin]", "2028-02-29T08:00+01:00[Europe/Berlin]"),
        ("2026-12-31T08:00+01:00[Europe/Berlin]", "2027-01-01T08:00+01:00[Europe/Berlin]"),
    ],
)
def test_24_hours_are_hours_that_pass_whatever_the_clocks_are_set_to(aware: str, due: str) -> None:
    (duty,) = duties(case(turn(aware), zone="Europe/Berlin"), (SITE,))
    assert str(duty.due) == due


def test_a_pregnancy_is_reported_within_24_hours_and_is_no_serious_event() -> None:
    owed = duties(case(turn("2026-03-02T09:00+08:00[Asia/Shanghai]", "0000"), pregnancy=True), tuple(SHIPPED.values()))
    assert [(duty.regime, str(duty.due)) for duty in owed] == [("pregnancy", "2026-03-03T09:00+08:00[Asia/Shanghai]")]
    assert duties(case(turn("2026-03-02", "1111")), (SHIPPED["pregnancy"],)) == ()
    assert owed[0].because == "a pregnancy"


# --- day 0 ------------------------------------------------------------------------------------------------------------


def test_a_sponsor_of_whom_no_awareness_is_recorded_is_counted_from_the_site() -> None:
    (first, _) = duties(case(turn("2026-03-02", "1111")), (ICH,))
    assert (first.day_0, first.due) == (date(2026, 3, 2), date(2026, 3, 9))


def test_a_day_that_is_not_known_counts_from_the_first_it_can_be() -> None:
    (first,) = duties(case(turn("2028-02")), (ICH,))
    assert first.due == date(2028, 2, 16)
    assert "the day is not known: counted from 2028-02-01" in first.because


def test_a_turn_whose_day_is_not_known_is_never_counted_from_before_the_turn_above_it() -> None:
    owed = duties(case(turn("2026-03-10"), turn("2026-03", "1111")), (ICH,))
    assert told(owed) == [
        ("first report", "2026-03-25", None),
        ("first report", "2026-03-17", None),
        ("complete report", "2026-03-25", None),
    ]


def test_day_0_is_the_day_on_the_clock_of_who_knew() -> None:
    late = turn("2026-03-02T23:50+08:00[Asia/Shanghai]", "1011", "2026-03-03T00:10+01:00[Europe/Berlin]")
    (by_sponsor,) = duties(case(late), (ICH,))
    (by_site,) = duties(case(late), (SHIPPED["CN_IIT"],))
    assert (by_sponsor.day_0, by_site.day_0) == (date(2026, 3, 3), date(2026, 3, 2))


@pytest.mark.parametrize(
    ("aware", "due"),
    [("2026-03-02", "2026-03-09"), ("2026-03-06", "2026-03-13"), ("2026-03-07", "2026-03-13"),
     ("2026-03-08", "2026-03-13")],
)  # fmt: skip
def test_five_working_days_pass_over_saturdays_and_sundays(aware: str, due: str) -> None:
    (duty,) = duties(case(turn(aware)), (SHIPPED["ethics_unanticipated"],))
    assert str(duty.due) == due


# --- what is not known ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ("101?", "not known whether related: counts as related"),
        ("10?1", "not known whether unexpected: counts as unexpected"),
        ("?011", "not known whether serious: counts as serious"),
    ],
)
def test_what_nobody_has_assessed_counts_as_yes(flags: str, says: str) -> None:
    (duty,) = duties(case(turn("2026-03-02", flags)), (ICH,))
    assert says in duty.because
    assert duty.due == date(2026, 3, 17)


def test_a_danger_that_nobody_has_assessed_takes_the_shorter_time() -> None:
    first, complete = duties(case(turn("2026-03-02", "1?11")), (ICH,))
    assert (first.due, complete.due) == (date(2026, 3, 9), date(2026, 3, 17))
    assert "not known whether fatal or life-threatening" in first.because


def test_an_answer_no_outweighs_everything_unknown() -> None:
    assert duties(case(turn("2026-03-02", "?0?0")), (ICH,)) == ()


# --- turns ------------------------------------------------------------------------------------------------------------


def test_a_case_that_turns_fatal_starts_its_own_clock_and_the_first_one_stands() -> None:
    owed = duties(case(turn("2026-03-02"), turn("2026-03-06", "1111")), (ICH,))
    assert told(owed) == [
        ("first report", "2026-03-17", None),
        ("first report", "2026-03-13", None),
        ("complete report", "2026-03-21", None),
    ]
    assert [duty.fatal for duty in owed] == [False, True, True]
    assert len(duties(case(turn("2026-03-02"), turn("2026-03-06", "1111")), (SITE,))) == 2


def test_a_case_that_only_later_turns_serious_is_counted_from_then() -> None:
    (duty,) = duties(case(turn("2026-03-02", "0011"), turn("2026-03-06")), (ICH,))
    assert (duty.day_0, duty.due) == (date(2026, 3, 6), date(2026, 3, 21))


@pytest.mark.parametrize(
    ("flags", "why"),
    [("0011", "not serious"), ("1001", "expected"), ("1010", "not related"), ("1000", "expected, not related")],
)
def test_a_case_that_turns_out_not_to_qualify_withdraws_what_is_not_yet_due(flags: str, why: str) -> None:
    (duty,) = duties(case(turn("2026-03-02"), turn("2026-03-16", flags)), (ICH,))
    assert duty.withdrawn is not None
    assert (duty.withdrawn.because, str(duty.withdrawn.on)) == (why, "2026-03-16")


def test_what_is_due_today_or_was_due_is_not_withdrawn() -> None:
    for day in ("2026-03-17", "2026-03-18", "2026-03"):
        (duty,) = duties(case(turn("2026-03-02"), turn(day, "1010")), (ICH,))
        assert duty.withdrawn is None
    owed = duties(case(turn("2026-03-02", "1111"), turn("2026-03-10", "1110")), (ICH,))
    assert told(owed) == [("first report", "2026-03-09", None), ("complete report", "2026-03-17", "not related")]


def test_hours_are_withdrawn_only_by_what_was_known_before_they_ran_out() -> None:
    aware = turn("2026-03-02T10:00+08:00[Asia/Shanghai]")
    for later, gone in (("2026-03-03T09:59+08:00[Asia/Shanghai]", True), ("2026-03-02", True),
                        ("2026-03-03T10:00+08:00[Asia/Shanghai]", False), ("2026-03-03", False)):  # fmt: skip
        (duty,) = duties(case(aware, turn(later, "0000")), (SITE,))
        assert (duty.withdrawn is not None) is gone, later


def test_a_case_that_qualifies_again_starts_a_new_clock() -> None:
    owed = duties(case(turn("2026-03-02"), turn("2026-03-05", "1010"), turn("2026-03-09")), (ICH,))
    assert told(owed) == [("first report", "2026-03-17", "not related"), ("first report", "2026-03-24", None)]


def test_a_case_less_dangerous_than_thought_goes_back_to_the_longer_time_from_the_same_day_0() -> None:
    owed = duties(case(turn("2026-03-02", "1?11"), turn("2026-03-05", "1011")), (ICH,))
    why = "not fatal or life-threatening: the longer time holds"
    assert told(owed) == [
        ("first report", "2026-03-09", why),
        ("complete report", "2026-03-17", why),
        ("first report", "2026-03-17", None),
    ]
    assert owed[2].day_0 == date(2026, 3, 2)
    too_late = duties(case(turn("2026-03-02", "1?11"), turn("2026-03-09", "1011")), (ICH,))
    assert told(too_late) == [("first report", "2026-03-09", None), ("complete report", "2026-03-17", None)]


def test_danger_changes_nothing_where_hours_are_counted() -> None:
    assert told(duties(case(turn("2026-03-02", "1?11"), turn("2026-03-02", "1011")), (SITE,))) == [
        ("first report", "2026-03-03T00:00+08:00[Asia/Shanghai]", None)
    ]


def test_what_is_learned_of_a_reported_case_is_owed_within_15_days_under_the_american_rule() -> None:
    owed = duties(case(turn("2026-03-02"), turn("2026-03-10"), turn("2026-03-12", "1111")), (US,))
    assert told(owed) == [
        ("first report", "2026-03-17", None),
        ("follow-up", "2026-03-25", None),
        ("first report", "2026-03-19", None),
        ("complete report", "2026-03-27", None),
    ]
    assert told(duties(case(turn("2026-03-02"), turn("2026-03-20", "1010")), (US,))) == [
        ("first report", "2026-03-17", None),
        ("follow-up", "2026-04-04", None),  # that it is not related is news of a report that was due
    ]
    assert len(duties(case(turn("2026-03-02"), turn("2026-03-05", "1010")), (US,))) == 1


def test_a_regime_may_ask_for_fatal_cases_alone() -> None:
    deaths = Regime(id="deaths", label="deaths", by="sponsor", to=("board",), when="serious", fatal_days=3)
    assert duties(case(turn("2026-03-02"), turn("2026-03-03")), (deaths,)) == ()
    assert told(duties(case(turn("2026-03-02"), turn("2026-03-04", "1111")), (deaths,))) == [
        ("first report", "2026-03-07", None)
    ]


@pytest.mark.parametrize("turns", [(), (turn("2026-03-02"), turn("2026-03-01")),
                                   (turn("2026-03-02", sponsor="2026-03-05"), turn("2026-03-03", sponsor="2026-03-04")),
                                   (turn("2026-03-10"), turn("2026-03"), turn("2026-03-05"))])  # fmt: skip
def test_a_case_without_turns_or_with_turns_out_of_order_is_no_case(turns: tuple[Turn, ...]) -> None:
    with pytest.raises(ValueError, match="case C-1: "):
        Case("C-1", SHANGHAI, turns)


# --- laws -------------------------------------------------------------------------------------------------------------

TRUTHS = st.sampled_from([TRUE, FALSE, UNKNOWN])
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    day, turns = draw(DAYS), []
    for _ in range(draw(st.integers(1, 5))):
        day += timedelta(days=draw(st.integers(0, 20)))
        aware: PartialDate | LocalTime = PartialDate.of(day)
        precision = draw(st.sampled_from(["month", "day", "noon"]))
        if precision == "month":
            aware = PartialDate(day.year, day.month)
        elif precision == "noon":
            aware = LocalTime(datetime.combine(day, time(12)), 480, SHANGHAI)
        truths: list[Truth] = [draw(TRUTHS) for _ in range(4)]
        turns.append(Turn(aware, *truths))
    return Case("C-1", SHANGHAI, tuple(turns), draw(st.booleans()))


ALL = tuple(SHIPPED.values())


@given(cases())
def test_nothing_is_due_before_its_day_0_nor_day_0_before_the_site_can_have_known(each: Case) -> None:
    for duty in duties(each, ALL):
        assert each.aware_at.earliest <= duty.day_0 <= duty.due_day


@given(cases(), st.integers(1, 4))
def test_a_further_turn_removes_nothing_and_withdraws_nothing_that_was_due(each: Case, kept: int) -> None:
    shorter = Case(each.code, each.zone, each.turns[:kept], each.pregnancy)
    for regime in ALL:
        before, after = duties(shorter, (regime,)), duties(each, (regime,))
        assert len(after) >= len(before)
        for old, new in zip(before, after, strict=False):
            assert (old.what, old.due, old.because) == (new.what, new.due, new.because)
            was_withdrawn, is_withdrawn = old.withdrawn is not None, new.withdrawn is not None
            assert is_withdrawn >= was_withdrawn
            if is_withdrawn and not was_withdrawn:
                assert new.withdrawn is not None
                assert new.withdrawn.on.latest <= new.due_day


@given(cases())
def test_an_assessment_still_to_come_never_owes_less_than_the_answer_no(each: Case) -> None:
    """Replacing "not related" by "not known" keeps a first report owed wherever one was."""
    doubting = tuple(
        Turn(
            t.aware, t.serious, t.fatal_or_life_threatening, t.unexpected, UNKNOWN if t.related is FALSE else t.related
        )
        for t in each.turns
    )
    doubted = Case(each.code, each.zone, doubting, each.pregnancy)
    for regime in ALL:
        if any(duty.withdrawn is None for duty in duties(each, (regime,))):
            assert any(duty.withdrawn is None for duty in duties(doubted, (regime,)))
