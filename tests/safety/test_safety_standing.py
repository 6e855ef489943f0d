"""How duties stand: sent, due, overdue, withdrawn; what a report answers; and laws."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.facts import FALSE, TRUE, UNKNOWN, LocalTime, PartialDate, Truth, parse_occurred
from trialwright.safety.reporting.clocks import Case, Report, Turn, duties
from trialwright.safety.reporting.standing import DutyStanding, Sent, Stands, due_list, overdue, standing
from trialwright.study.shipped_regimes import SHIPPED

SITE, ICH, US = SHIPPED["site"], SHIPPED["ICH_E2A"], SHIPPED["US_312.32"]
TRUTH = {"1": TRUE, "0": FALSE, "?": UNKNOWN}


def turn(aware: str, flags: str = "1011") -> Turn:
    """`flags`: serious, fatal or life-threatening, unexpected, related."""
    return Turn(parse_occurred(aware), *(TRUTH[flag] for flag in flags))


def at(text: str) -> LocalTime:
    moment = parse_occurred(f"{text}+08:00[Asia/Shanghai]")
    assert isinstance(moment, LocalTime)
    return moment


def case(*turns: Turn, code: str = "C-1") -> Case:
    return Case(code, "Asia/Shanghai", turns)


def sent(when: str, regime: str = "ICH_E2A", what: Report = Report.FIRST, code: str = "C-1") -> Sent:
    return Sent(code, regime, what, parse_occurred(when))


def says(*standings: DutyStanding) -> list[str]:
    return [each.says for each in standings]


PLAIN = duties(case(turn("2026-03-02")), (ICH,))  # due on 2026-03-17
BY_HOUR = duties(case(turn("2026-03-02T10:00+08:00[Asia/Shanghai]")), (SITE,))  # due on 2026-03-03 at 10:00


@pytest.mark.parametrize(
    ("now", "stands", "said"),
    [
        ("2026-03-02T12:00", Stands.DUE, "due in 15 days"),
        ("2026-03-16T23:59", Stands.DUE, "due in 1 day"),
        ("2026-03-17T00:00", Stands.DUE, "due today"),
        ("2026-03-17T23:59", Stands.DUE, "due today"),
        ("2026-03-18T00:00", Stands.OVERDUE, "overdue since 1 day"),
        ("2026-04-01T08:00", Stands.OVERDUE, "overdue since 15 days"),
    ],
)
def test_a_day_is_due_until_it_ends_at_the_site(now: str, stands: Stands, said: str) -> None:
    (each,) = standing(PLAIN, (), at(now))
    assert (each.stands, each.says) == (stands, said)


def test_today_is_the_site_s_wherever_the_question_is_asked() -> None:
    berlin = parse_occurred("2026-03-17T17:30+01:00[Europe/Berlin]")
    assert isinstance(berlin, LocalTime)
    assert says(*standing(PLAIN, (), berlin)) == ["overdue since 1 day"]


@pytest.mark.parametrize(
    ("now", "stands", "said"),
    [
        ("2026-03-02T10:00", Stands.DUE, "due in 24 hours"),
        ("2026-03-03T08:59", Stands.DUE, "due in 1 hour"),
        ("2026-03-03T10:00", Stands.DUE, "due in less than an hour"),
        ("2026-03-03T10:01", Stands.OVERDUE, "overdue since less than an hour"),
        ("2026-03-03T13:00", Stands.OVERDUE, "overdue since 3 hours"),
    ],
)
def test_hours_are_due_to_the_minute(now: str, stands: Stands, said: str) -> None:
    (each,) = standing(BY_HOUR, (), at(now))
    assert (each.stands, each.says) == (stands, said)


@pytest.mark.parametrize(
    ("when", "in_time", "late", "said"),
    [
        ("2026-03-07", TRUE, 0, "sent on day 5, in time"),
        ("2026-03-17", TRUE, 0, "sent on day 15, in time"),
        ("2026-03-19", FALSE, 2, "sent on day 17, late by 2 days"),
        ("2026-03", UNKNOWN, 14, "sent on day 29; whether in time is not known: 2026-03 does not say the day"),
        ("2026-04", FALSE, 44, "sent on day 59, late by at most 44 days"),
    ],
)
def test_a_report_counts_from_day_0(when: str, in_time: Truth, late: int, said: str) -> None:
    (each,) = standing(PLAIN, (sent(when),), at("2026-06-01T08:00"))
    assert (each.stands, each.in_time, each.late, each.says) == (Stands.SENT, in_time, late, said)


@pytest.mark.parametrize(
    ("when", "in_time", "said"),
    [
        ("2026-03-03T10:00+08:00[Asia/Shanghai]", TRUE, "sent on day 1, in time"),
        ("2026-03-03T10:20+08:00[Asia/Shanghai]", FALSE, "sent on day 1, late by less than an hour"),
        ("2026-03-03T12:00+08:00[Asia/Shanghai]", FALSE, "sent on day 1, late by 2 hours"),
        ("2026-03-02", TRUE, "sent on day 0, in time"),
        ("2026-03-03", UNKNOWN, "sent on day 1; whether in time is not known: 2026-03-03 does not say the hour"),
        ("2026-03-04", FALSE, "sent on day 2, late by 38 hours"),
    ],
)
def test_a_report_within_hours_needs_its_own_hour(when: str, in_time: Truth, said: str) -> None:
    (each,) = standing(BY_HOUR, (sent(when, "site"),), at("2026-06-01T08:00"))
    assert (each.in_time, each.says) == (in_time, said)


def test_a_report_answers_the_clocks_that_had_begun_when_it_was_sent() -> None:
    owed = duties(case(turn("2026-03-02"), turn("2026-03-06", "1111")), (ICH,))
    early = standing(owed, (sent("2026-03-04"),), at("2026-03-20T08:00"))
    assert says(*early) == ["sent on day 2, in time", "overdue since 7 days", "due in 1 day"]
    later = standing(owed, (sent("2026-03-07"),), at("2026-03-20T08:00"))
    assert says(*later) == ["sent on day 5, in time", "sent on day 1, in time", "due in 1 day"]
    both = (sent("2026-03-20", what=Report.COMPLETE), sent("2026-03-14"), sent("2026-03-04"))
    assert says(*standing(owed, both, at("2026-03-20T08:00"))) == [
        "sent on day 2, in time", "sent on day 8, late by 1 day", "sent on day 14, in time"]  # fmt: skip


def test_a_report_of_the_day_a_case_turned_fatal_answers_the_new_clock_only_if_the_hours_say_so() -> None:
    day_only = duties(case(turn("2026-03-02"), turn("2026-03-06", "1111")), (ICH,))
    assert [each.stands for each in standing(day_only, (sent("2026-03-06"),), at("2026-03-07T08:00"))] == [
        Stands.SENT, Stands.DUE, Stands.DUE]  # fmt: skip
    timed = duties(case(turn("2026-03-02"), turn("2026-03-06T15:00+08:00[Asia/Shanghai]", "1111")), (ICH,))
    for hour, stands in (("09", Stands.DUE), ("16", Stands.SENT)):
        report = sent(f"2026-03-06T{hour}:00+08:00[Asia/Shanghai]")
        assert standing(timed, (report,), at("2026-03-07T08:00"))[1].stands is stands


def test_a_report_of_another_case_regime_or_kind_answers_nothing() -> None:
    others = (sent("2026-03-03", code="C-2"), sent("2026-03-03", "US_312.32"),
              sent("2026-03-03", what=Report.FOLLOW_UP), sent("2026-03-01"))  # fmt: skip
    assert says(*standing(PLAIN, others, at("2026-03-17T08:00"))) == ["due today"]


def test_a_report_dated_after_now_is_not_sent_yet() -> None:
    assert says(*standing(PLAIN, (sent("2026-03-18"),), at("2026-03-17T08:00"))) == ["due today"]
    assert says(*standing(PLAIN, (sent("2026-03-17"),), at("2026-03-17T08:00"))) == ["sent on day 15, in time"]


def test_a_withdrawn_duty_is_shown_with_its_reason_and_one_that_was_sent_as_sent() -> None:
    owed = duties(case(turn("2026-03-02"), turn("2026-03-05", "1010")), (ICH,))
    assert says(*standing(owed, (), at("2026-04-01T08:00"))) == ["withdrawn on 2026-03-05: not related"]
    assert says(*standing(owed, (sent("2026-03-04"),), at("2026-04-01T08:00"))) == ["sent on day 2, in time"]


def test_an_overdue_report_stays_overdue_though_the_event_turns_out_unrelated() -> None:
    owed = duties(case(turn("2026-03-02"), turn("2026-03-20", "1010")), (ICH,))
    assert says(*overdue(standing(owed, (), at("2026-03-21T08:00")))) == ["overdue since 4 days"]


def test_the_lists_put_the_most_pressing_first() -> None:
    owed = (
        *duties(case(turn("2026-03-02")), (ICH,)),
        *duties(case(turn("2026-03-05", "1111"), code="C-2"), (ICH, SITE)),
    )
    listed = standing(owed, (), at("2026-03-05T12:00"))
    assert [(each.duty.case, each.says) for each in due_list(listed)] == [
        ("C-2", "due in 12 hours"), ("C-2", "due in 7 days"), ("C-1", "due in 12 days"), ("C-2", "due in 15 days")
    ]  # fmt: skip
    assert [each.duty.regime for each in overdue(standing(owed, (), at("2026-04-05T12:00")))] == [
        "site", "ICH_E2A", "ICH_E2A", "ICH_E2A"]  # fmt: skip


# --- laws -------------------------------------------------------------------------------------------------------------

BEGIN = date(2026, 1, 1)
DAYS = st.integers(0, 60).map(lambda days: BEGIN + timedelta(days=days))
TRUTHS = st.sampled_from([TRUE, FALSE, UNKNOWN])
TURNS = st.lists(st.tuples(DAYS, TRUTHS, TRUTHS, TRUTHS, TRUTHS), min_size=1, max_size=4)
REPORTS = st.lists(st.tuples(DAYS, st.sampled_from(list(Report)), st.sampled_from(list(SHIPPED))), max_size=6)
NOW = st.integers(0, 90 * 24 * 60).map(
    lambda minutes: LocalTime(datetime(2026, 1, 1) + timedelta(minutes=minutes), 480, "Asia/Shanghai")  # noqa: DTZ001 - a wall clock
)


@given(TURNS, REPORTS, NOW)
def test_a_duty_is_exactly_one_of_sent_withdrawn_due_or_overdue(turns: list, reports: list, now: LocalTime) -> None:  # type: ignore[type-arg]
    known = tuple(Turn(PartialDate.of(day), *truths) for day, *truths in sorted(turns, key=lambda each: each[0]))
    owed = duties(case(*known), tuple(SHIPPED.values()))
    out = [Sent("C-1", regime, what, PartialDate.of(day)) for day, what, regime in reports]
    listed = standing(owed, out, now)
    assert [each.duty for each in listed] == list(owed)
    waiting, missed = due_list(listed), overdue(listed)
    for each in listed:
        is_sent, is_withdrawn = each.sent is not None, each.stands is Stands.WITHDRAWN
        assert is_sent + is_withdrawn + (each in waiting) + (each in missed) == 1
        assert (each.in_time is None) is not is_sent
        assert each.says
        if is_withdrawn:
            assert each.duty.withdrawn is not None
        if each in waiting:
            assert now.wall.date() <= each.duty.due_day
        if each in missed:
            assert now.wall.date() >= each.duty.due_day
            assert each.duty.withdrawn is None


@given(TURNS, REPORTS, NOW)
def test_one_more_report_never_makes_anything_due_again(turns: list, reports: list, now: LocalTime) -> None:  # type: ignore[type-arg]
    known = tuple(Turn(PartialDate.of(day), *truths) for day, *truths in sorted(turns, key=lambda each: each[0]))
    owed = duties(case(*known), tuple(SHIPPED.values()))
    out = [Sent("C-1", regime, what, PartialDate.of(day)) for day, what, regime in reports]
    for fewer, more in zip(standing(owed, out[1:], now), standing(owed, out, now), strict=True):
        assert fewer.stands is not Stands.SENT or more.stands is Stands.SENT
