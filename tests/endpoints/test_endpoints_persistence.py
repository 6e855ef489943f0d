"""Residual disease and donor cells over time: who counts, which infusion a sample follows, what is under a limit."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from endpoints_story import FAR, STUDY, entry_of, on
from hypothesis import given
from hypothesis import strategies as st

from trialwright.endpoints import MrdConversion, Persistence, persistence, response
from trialwright.ledger import Trial, kinds, trial_so_far
from trialwright.study import Form, Item, Visit

CELLS = Form(
    id="persistence",
    label="Persistence",
    items=(
        Item(id="chimerism", label="Donor chimerism", type="quantity", concept="donor_chimerism", unit="%"),
        Item(id="nk", label="NK cells", type="quantity", concept="nk_cells", unit="/uL"),
    ),
)
WEEKS = tuple(
    Visit(id=f"d{day}", label=f"Day {day}", anchor="infusion", day=day, before=1, after=1, forms=("persistence",))
    for day in (0, 7, 14)
)
ASKING = replace(STUDY, forms=(*STUDY.forms, CELLS), visits=WEEKS)


def told(*lines: tuple[str, int, kinds.What]) -> Trial:
    return trial_so_far([entry_of(at, what, who, on(day).isoformat()) for at, (who, day, what) in enumerate(lines)])


def enrolled(who: str, number: int, in_remission: bool = False) -> tuple[str, int, kinds.What]:
    return who, 0, kinds.Enrolled(number, "CR1" if in_remission else "relapsed", "x", in_remission)


def infused(who: str, day: int, infusion: int = 1, dose: int = 1) -> tuple[str, int, kinds.What]:
    return who, day, kinds.Infused(infusion, infusion, "L-1", dose, None, None, None, "60")


def fact(who: str, day: int, concept: str, value: str, unit: str | None = "%") -> tuple[str, int, kinds.What]:
    said: dict[str, Any] = {"concept": concept, "value": value, "on": on(day).isoformat()}
    return who, 500, kinds.FactsRecorded((said | ({"unit": unit} if unit else {}),))


def mrd(who: str, day: int, status: str) -> tuple[str, int, kinds.What]:
    return who, day, kinds.ResponseAssessed("CR", mrd=status)


# --- residual disease ---


def conversion(*lines: tuple[str, int, kinds.What], cut_off: Any = FAR) -> MrdConversion:
    return response(STUDY, told(*lines), cut_off).mrd


def test_conversion_is_counted_only_among_the_positive() -> None:
    found = conversion(
        *(enrolled(f"S-{number}", number, number % 2 == 0) for number in range(1, 6)),
        *(infused(f"S-{number}", 14) for number in range(1, 6)),
        mrd("S-1", 10, "positive"), mrd("S-1", 42, "negative"),
        mrd("S-2", 10, "positive"), mrd("S-2", 42, "positive"),
        mrd("S-3", 10, "negative"), mrd("S-3", 42, "negative"),
        mrd("S-4", 42, "negative"),
        mrd("S-5", 10, "not done"),
    )  # fmt: skip
    assert (found.share.count, found.share.n, found.negative, found.unknown) == (1, 2, 1, 2)
    assert (found.share.lower, found.share.upper) == pytest.approx((0.0125791, 0.9874209), abs=1e-7)  # 1 - 0.975^(1/2)
    assert [(one.number, one.baseline) for one in found.courses] == [
        (1, "positive"), (2, "positive"), (3, "negative"), (4, None), (5, None),
    ]  # fmt: skip
    assert [(point.days, point.status) for point in found.courses[0].later] == [(28, "negative")]


def test_without_anybody_positive_no_share_is_invented() -> None:
    found = conversion(enrolled("S-1", 1), mrd("S-1", 0, "negative"))
    assert (found.share.n, found.share.share, found.share.lower) == (0, None, None)


@pytest.mark.parametrize(
    ("baseline", "expected"),
    [
        ([mrd("S-1", -3, "negative"), mrd("S-1", 14, "positive")], "positive"),  # the day of the infusion is before it
        ([mrd("S-1", 12, "positive"), mrd("S-1", 10, "negative")], "positive"),  # the last sample, in whatever order
        ([fact("S-1", 12, "mrd", "positive", None), mrd("S-1", 5, "negative")], "positive"),
        ([mrd("S-1", 12, "negative"), fact("S-1", 12, "mrd", "positive", None)], "positive"),  # they disagree
        ([mrd("S-1", 15, "positive")], None),
    ],
)
def test_the_last_sample_up_to_the_first_infusion_is_the_baseline(
    baseline: list[tuple[str, int, kinds.What]], expected: str | None
) -> None:
    (course,) = conversion(enrolled("S-1", 1), infused("S-1", 14), infused("S-1", 40, 2), *baseline).courses
    assert course.baseline == expected


def test_who_was_not_infused_is_counted_from_enrolment() -> None:
    (course,) = conversion(enrolled("S-1", 1), mrd("S-1", 0, "positive"), mrd("S-1", 30, "negative")).courses
    assert (course.baseline, course.converted_on) == ("positive", on(30))


@pytest.mark.parametrize("other", [kinds.OtherTherapyStarted("azacitidine"), kinds.Transplanted()])
def test_a_negative_sample_after_another_treatment_is_not_the_cells(other: kinds.What) -> None:
    story = (enrolled("S-1", 1), infused("S-1", 14), mrd("S-1", 0, "positive"), mrd("S-1", 42, "negative"))
    assert conversion(*story, ("S-1", 43, other)).share.count == 1
    assert conversion(*story, ("S-1", 42, other)).share.count == 0
    assert conversion(*story, cut_off=on(41)).share.count == 0


# --- donor cells ---


def cells(*lines: tuple[str, int, kinds.What], cut_off: Any = FAR) -> Persistence:
    return persistence(ASKING, told(*lines), cut_off)[0]


def test_a_study_that_asks_for_none_has_none() -> None:
    assert persistence(STUDY, told(enrolled("S-1", 1)), FAR) == ()
    assert [one.concept for one in persistence(ASKING, told(enrolled("S-1", 1)), FAR)] == [
        "donor_chimerism",
        "nk_cells",
    ]


def test_a_sample_belongs_to_the_infusion_before_it_and_to_the_visit_of_its_day() -> None:
    found = cells(
        enrolled("S-1", 1), infused("S-1", 14), infused("S-1", 16, 1, 2), infused("S-1", 42, 2),
        fact("S-1", 2, "donor_chimerism", "0"),
        fact("S-1", 13, "donor_chimerism", "<0.1"),
        fact("S-1", 20, "donor_chimerism", "12"),
        fact("S-1", 25, "donor_chimerism", "7"),
        fact("S-1", 41, "donor_chimerism", "1"),
        fact("S-1", 42, "donor_chimerism", "0.9"),
        fact("S-1", 50, "donor_chimerism", "30"),
    )  # fmt: skip
    first, second = found.courses
    assert [(one.days, str(one.value), one.below, one.visit) for one in first.found] == [
        (-12, "0", False, 0), (-1, "0.1", True, 0), (6, "12", False, 7), (11, "7", False, None),
    ]  # fmt: skip
    assert [(one.days, one.visit) for one in second.found] == [(-1, 0), (0, 0), (8, 7)]
    assert (first.infusion, second.infusion) == (1, 2)
    at_0 = second.at(0)
    assert at_0 is not None
    assert at_0.value == Decimal("0.9")
    assert second.at(14) is None


def test_units_are_converted_and_what_cannot_be_is_left_out() -> None:
    found = cells(
        enrolled("S-1", 1), infused("S-1", 14),
        fact("S-1", 20, "donor_chimerism", "0.12", "1"),
        fact("S-1", 21, "donor_chimerism", "3", "g/L"),
        fact("S-1", 22, "donor_chimerism", "trace", None),
        fact("S-1", 27, "donor_chimerism", "5", None),
        fact("S-1", 28, "weight", "60", "kg"),
    )  # fmt: skip
    assert [(one.days, one.value) for one in found.courses[0].found] == [(6, Decimal(12)), (13, Decimal(5))]


def test_nobody_has_donor_cells_without_an_infusion_or_after_the_cut_off() -> None:
    story = (enrolled("S-1", 1), infused("S-1", 14), fact("S-1", 21, "donor_chimerism", "5"))
    assert cells(story[0], story[2]).courses == ()
    assert cells(*story, cut_off=on(20)).courses == ()
    assert cells(*story, cut_off=on(21)).courses != ()


@pytest.mark.parametrize(
    ("values", "median"),
    [
        ([], (0, None, False)),
        (["3"], (1, "3", False)),
        (["3", "9", "5"], (3, "5", False)),
        (["3", "5"], (2, "4", False)),
        (["<0.1", "<0.1", "4"], (3, "0.1", True)),
        (["<0.1", "0.1", "4"], (3, "0.1", False)),  # a limit not reached lies under the limit
        (["<0.1", "4"], (2, "2.05", True)),
    ],
)
def test_the_median_of_a_visit_says_when_it_lies_below_a_limit(
    values: list[str], median: tuple[int, str | None, bool]
) -> None:
    people = [line for at in range(len(values)) for line in (enrolled(f"S-{at}", at + 1), infused(f"S-{at}", 14))]
    found = cells(*people, *(fact(f"S-{at}", 21, "donor_chimerism", value) for at, value in enumerate(values)))
    week = next(one for one in found.medians if one.visit == 7)
    assert (week.n, week.value and str(week.value), week.below) == median


@given(st.lists(st.decimals(0, 100, places=1), min_size=1, max_size=9))
def test_a_median_has_half_of_the_values_on_each_side(values: list[Decimal]) -> None:
    people = [line for at in range(len(values)) for line in (enrolled(f"S-{at}", at + 1), infused(f"S-{at}", 14))]
    found = cells(*people, *(fact(f"S-{at}", 21, "donor_chimerism", str(value)) for at, value in enumerate(values)))
    week = next(one for one in found.medians if one.visit == 7)
    assert week.value is not None
    assert sum(value <= week.value for value in values) * 2 >= len(values)
    assert sum(value >= week.value for value in values) * 2 >= len(values)
