"""Partial dates, moments with their zone, ages."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.errors import FormatError
from trialwright.facts import (
    LocalTime,
    PartialDate,
    completed_months,
    completed_years,
    format_occurred,
    parse_occurred,
    parse_partial_date,
)


def test_a_partial_date_is_every_day_it_may_be() -> None:
    spans = {text: parse_partial_date(text) for text in ("2026", "2026-02", "2024-02", "2026-12", "2026-11-20")}
    assert {text: (str(when.earliest), str(when.latest)) for text, when in spans.items()} == {
        "2026": ("2026-01-01", "2026-12-31"),
        "2026-02": ("2026-02-01", "2026-02-28"),
        "2024-02": ("2024-02-01", "2024-02-29"),
        "2026-12": ("2026-12-01", "2026-12-31"),
        "2026-11-20": ("2026-11-20", "2026-11-20"),
    }
    assert [when.exact for when in spans.values()] == [False, False, False, False, True]


MOMENT = "2026-11-20T14:30+08:00[Asia/Shanghai]"


def test_a_moment_keeps_its_clock_and_knows_its_instant() -> None:
    moment = parse_occurred(MOMENT)
    assert isinstance(moment, LocalTime)
    assert moment.instant == datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
    assert (moment.earliest, moment.latest, moment.exact) == (date(2026, 11, 20), date(2026, 11, 20), True)


@pytest.mark.parametrize(
    "text",
    [
        "2026",
        "2026-11",
        "2026-11-20",
        "0001-01-01",
        MOMENT,
        "2026-03-08T01:59:59-05:00[America/New_York]",
        "2026-11-20T00:00+00:00[UTC]",
        "2026-11-20T05:45+05:45[Asia/Kathmandu]",
        "2026-11-20T12:00-03:30[America/St_Johns]",
    ],
)
def test_what_is_read_is_written_back_the_same(text: str) -> None:
    assert format_occurred(parse_occurred(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 2026",
        "2026 ",
        "2026\n",
        "2026-11-20\n",
        MOMENT + "\n",
        "٢٠٢٦",
        "２０２６-11-20",
        "2026-11-2",
        "26-11-20",
        "2026-13",
        "2026-00",
        "2026-01-00",
        "2026-02-30",
        "2023-02-29",
        "0000",
        "2026/11/20",
        "20261120",
        "2026-W47",
        "2026-11-20T14:30",
        "2026-11-20T14:30Z",
        "2026-11-20T14:30+08:00",
        "2026-11-20T14:30+08:00[]",
        "2026-11-20T14:30+08:00[Asia/Shanghai",
        "2026-11-20T14:30+0800[Asia/Shanghai]",
        "2026-11-20T14:30:00+08:00[Asia/Shanghai]",
        "2026-11-20T14:30.5+08:00[Asia/Shanghai]",
        "2026-11-20T24:00+08:00[Asia/Shanghai]",
        "2026-02-30T14:30+08:00[Asia/Shanghai]",
        "2026-11-20T14:30+15:00[Asia/Shanghai]",
        "2026-11-20T14:30+08:60[Asia/Shanghai]",
        "2026-11-20T14:30-00:00[UTC]",
        "2026-11-20T14:30+08:00[../etc/passwd]",
        "2026-11-20T14:30+08:00[Asia/Shang hai]",
        "2026-11-20t14:30+08:00[Asia/Shanghai]",
        "2026-11" * 1000,
    ],
)
def test_anything_else_is_refused_with_a_short_message(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_occurred(text)
    assert len(caught.value.message) < 200


def test_a_wrong_part_is_a_broken_promise() -> None:
    with pytest.raises(ValueError, match="month"):
        PartialDate(2026, None, 3)
    with pytest.raises(ValueError, match="tzinfo"):
        LocalTime(datetime(2026, 1, 1, tzinfo=UTC), 0, "UTC")
    assert PartialDate.of(date(2026, 11, 20)) == PartialDate(2026, 11, 20)


def test_a_birthday_completes_a_year_and_the_day_before_does_not() -> None:
    born = parse_partial_date("1945-11-23")
    assert completed_years(born, date(2026, 11, 22)) == (80, 80)
    assert completed_years(born, date(2026, 11, 23)) == (81, 81)


def test_whoever_is_born_on_29_february_completes_a_year_on_1_march() -> None:
    born = parse_partial_date("2008-02-29")
    assert completed_years(born, date(2026, 2, 28)) == (17, 17)
    assert completed_years(born, date(2026, 3, 1)) == (18, 18)


def test_a_birth_year_leaves_two_ages_open() -> None:
    assert completed_years(parse_partial_date("1945"), date(2026, 11, 22)) == (80, 81)
    assert completed_months(parse_partial_date("2026-05"), date(2026, 11, 22)) == (5, 6)


@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_an_age_of_a_coarser_date_contains_the_exact_age(born: date, on: date) -> None:
    exact = completed_years(PartialDate.of(born), on)
    for coarse in (PartialDate(born.year, born.month), PartialDate(born.year)):
        fewest, most = completed_years(coarse, on)
        assert fewest <= exact[0] <= most


@given(st.dates(date(1, 1, 1)))
def test_every_day_is_written_and_read_back(day: date) -> None:
    assert parse_occurred(str(PartialDate.of(day))) == PartialDate.of(day)
    assert str(PartialDate.of(day)) == day.isoformat()
