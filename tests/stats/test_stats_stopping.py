"""Stopping bounds against a table computed elsewhere, against counting every path, and the laws they must keep."""

import csv
import itertools
import re
from decimal import Decimal
from fractions import Fraction
from math import comb
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import betaincc

from trialwright.stats import (
    MOST_PARTICIPANTS,
    BetaBinomial,
    Bounds,
    Pointwise,
    beta_binomial_bounds,
    operating_characteristics,
    pocock_bounds,
    posterior_above,
    posterior_exceeds,
    posterior_limits,
)

TABLE = Path(__file__).parents[1] / "data" / "reference" / "celltherapy" / "stopping_boundaries_n15.csv"
DESIGNS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
BETA = re.compile(r"Beta\((?P<a>[\d.]+),(?P<b>[\d.]+)\) p0=(?P<p0>[\d.]+) cut>(?P<cut>[\d.]+) nmin=(?P<look>\d+)")
POCOCK = re.compile(r"Pocock p0=(?P<p0>[\d.]+) phi=(?P<alpha>[\d.]+) pointwise_alpha=(?P<level>[\d.]+)")
DEFAULT = {"a": Decimal("0.6"), "b": Decimal("1.4")}
P0 = Decimal("0.30")

weights = st.decimals(Decimal("0.1"), 5, places=1)
probabilities = st.decimals(Decimal("0.05"), Decimal("0.95"), places=2)
looks = st.integers(1, 6)


def bounds_of_design(name: str) -> Bounds:
    if found := BETA.fullmatch(name):
        numbers = {key: Decimal(found[key]) for key in ("a", "b", "p0", "cut")}
        return beta_binomial_bounds(15, **numbers, first_look=int(found["look"]))
    found = POCOCK.fullmatch(name)
    assert found, name
    return pocock_bounds(15, p0=Decimal(found["p0"]), alpha=Decimal(found["alpha"]))


@st.composite
def any_bounds(draw: st.DrawFn, most: int = 15) -> Bounds:
    n, first_look, p0 = draw(st.integers(1, most)), draw(looks), draw(probabilities)
    if draw(st.booleans()):
        return pocock_bounds(n, p0=p0, alpha=draw(probabilities), first_look=first_look)
    return beta_binomial_bounds(
        n, a=draw(weights), b=draw(weights), p0=p0, cut=draw(probabilities), first_look=first_look
    )


# --- against others ---------------------------------------------------------------------------------------------------


def test_the_table_holds_twenty_eight_designs_of_both_kinds() -> None:
    assert len(DESIGNS) == len({row["design"] for row in DESIGNS}) == 28
    assert sum(BETA.fullmatch(row["design"]) is not None for row in DESIGNS) == 24
    assert sum(POCOCK.fullmatch(row["design"]) is not None for row in DESIGNS) == 4
    assert len(DESIGNS[0]) == 13


@pytest.mark.parametrize("row", DESIGNS, ids=lambda row: row["design"])
def test_every_bound_of_the_table_is_ours(row: dict[str, str]) -> None:
    at = bounds_of_design(row["design"]).at
    assert " ".join("-" if bound is None else str(bound) for bound in at) == row["stop_if_events_at_least_n1_to_n15"]


@pytest.mark.parametrize("row", DESIGNS, ids=lambda row: row["design"])
def test_every_printed_probability_of_stopping_and_expected_number_is_ours(row: dict[str, str]) -> None:
    bounds, seen = bounds_of_design(row["design"]), 0
    for heading, printed in row.items():
        if found := re.fullmatch(r"(p_stop_at|expected_n)_true_(0\.\d\d)", heading):
            does = operating_characteristics(bounds, Decimal(found[2]), looks_only=True)
            ours, places = (does.p_stop, 4) if found[1] == "p_stop_at" else (does.expected_n, 3)
            assert round(ours, places) == float(printed), heading
            assert does.true_probability == float(found[2])
            seen += 1
    assert seen == 11


@pytest.mark.parametrize("row", [row for row in DESIGNS if "Pocock" in row["design"]], ids=lambda row: row["design"])
def test_the_pointwise_level_is_the_printed_one(row: dict[str, str]) -> None:
    rule, found = bounds_of_design(row["design"]).rule, POCOCK.fullmatch(row["design"])
    assert isinstance(rule, Pointwise)
    assert found
    assert round(float(rule.alpha), 5) == float(found["level"])


@pytest.mark.parametrize(
    ("evaluable", "printed"),
    [
        (3, (0.1071, 0.4898, 0.8383, 0.9762)),
        (6, (0.0314, 0.2126, 0.5234, 0.8000, 0.9449, 0.9908, 0.9992)),
    ],
)
def test_posteriors_of_the_default_rule_are_the_printed_ones(evaluable: int, printed: tuple[float, ...]) -> None:
    """Printed with four digits beside the table, by the program that made it."""
    ours = [posterior_above(P0, events=x, evaluable=evaluable, **DEFAULT) for x in range(evaluable + 1)]
    assert [round(value, 4) for value in ours] == list(printed)


def test_a_rule_for_another_limit_stops_where_another_program_stops() -> None:
    """Beta(0.4, 1.6), p0 0.20, cut 0.95: computed by another program for this project."""
    bounds = beta_binomial_bounds(15, a=Decimal("0.4"), b=Decimal("1.6"), p0=Decimal("0.20"), cut=Decimal("0.95"))
    assert bounds.at == (None, 2, 3, 3, 4, 4, 4, 4, 5, 5, 5, 6, 6, 6, 7)
    p_stop = [operating_characteristics(bounds, Decimal(p)).p_stop for p in ("0.2", "0.4", "0.5", "0.6")]
    assert [round(value, 3) for value in p_stop] == [0.113, 0.62, 0.845, 0.96]


# --- near-ties --------------------------------------------------------------------------------------------------------


def test_three_of_six_exceed_a_cut_they_would_equal_when_rounded() -> None:
    lower, upper = posterior_limits(P0, events=3, evaluable=6, **DEFAULT)
    assert round(float(lower), 8) == 0.80000312
    assert 0 < upper - lower < Fraction(1, 10**40)
    assert posterior_exceeds(P0, cut=Decimal("0.80"), events=3, evaluable=6, **DEFAULT)
    assert not posterior_exceeds(P0, cut=Decimal("0.80001"), events=3, evaluable=6, **DEFAULT)


@pytest.mark.parametrize("digits", [12, 20, 35, 60])
def test_a_cut_that_a_double_cannot_tell_from_the_posterior_is_told_from_it(digits: int) -> None:
    lower, upper = posterior_limits(P0, events=3, evaluable=6, digits=digits + 5, **DEFAULT)
    a_little = Fraction(1, 10**digits)
    assert posterior_exceeds(P0, cut=lower - a_little, events=3, evaluable=6, **DEFAULT)
    assert not posterior_exceeds(P0, cut=upper + a_little, events=3, evaluable=6, **DEFAULT)


@pytest.mark.parametrize(
    ("a", "b", "p0", "tail"),
    [
        ("1", "1", "0.30", "0.7"),  # 1 - p0
        ("1", "2", "0.30", "0.49"),  # (1 - p0)^2
        ("2", "1", "0.30", "0.91"),  # 1 - p0^2
        ("1", "0.5", "0.51", "0.7"),  # (1 - p0)^(1/2)
        ("1.4", "1.4", "0.50", "0.5"),  # by symmetry
        ("0.5", "0.5", "0.25", "2/3"),  # 1 - 2/pi arcsin(1/2)
        ("30", "1", "0.10", "999999999999999999999999999999/1000000000000000000000000000000"),
    ],
)
def test_a_tail_that_equals_the_cut_does_not_exceed_it(a: str, b: str, p0: str, tail: str) -> None:
    """Tails by hand, in closed form."""
    cut, a_hair = Fraction(tail), Fraction(1, 10**40)
    for less, exceeds in ((Fraction(0), False), (a_hair, True), (-a_hair, False)):
        found = posterior_exceeds(Decimal(p0), cut=cut - less, events=0, evaluable=0, a=Decimal(a), b=Decimal(b))
        assert found is exceeds


@given(st.integers(1, 12), st.integers(1, 12), probabilities)
def test_limits_with_a_whole_prior_hold_the_binomial_tail(a: int, b: int, p0: Decimal) -> None:
    n, p = a + b - 1, Fraction(p0)
    tail = sum(comb(n, x) * p**x * (1 - p) ** (n - x) for x in range(a))
    lower, upper = posterior_limits(p0, events=0, evaluable=0, a=a, b=b)
    assert lower <= tail <= upper
    assert upper - lower < Fraction(1, 10**40)
    assert not posterior_exceeds(p0, cut=tail, events=0, evaluable=0, a=a, b=b)


@given(weights, weights, probabilities, st.integers(0, 30), st.integers(0, 30))
def test_limits_agree_with_scipy(a: Decimal, b: Decimal, p0: Decimal, events: int, without: int) -> None:
    lower, upper = posterior_limits(p0, events=events, evaluable=events + without, a=a, b=b)
    assert float(lower) == pytest.approx(betaincc(float(a + events), float(b + without), float(p0)), abs=1e-12)
    assert 0 <= lower <= upper <= 1 + Fraction(1, 10**40)
    assert upper - lower < Fraction(1, 10**38)


def test_what_cannot_be_decided_is_refused_and_not_guessed() -> None:
    cut = Decimal("0.9999999999")
    for a, b, p0 in (("0.6", "1.4", "1e-20"), ("600000", "1", "0.3")):
        with pytest.raises(ValueError, match="a near-tie cannot be decided"):
            posterior_exceeds(Decimal(p0), cut=cut, events=0, evaluable=0, a=Decimal(a), b=Decimal(b))


# --- counting every path ----------------------------------------------------------------------------------------------


def every_path(bounds: Bounds, p: Fraction, looks_only: bool) -> tuple[list[Fraction], Fraction]:
    """Stopped by 1 … N, and participants on average, from all 2^N courses the trial can take."""
    n = len(bounds.at)
    stopped_at, expected = [Fraction(0)] * n, Fraction(0)
    for path in itertools.product((0, 1), repeat=n):
        chance = p ** sum(path) * (1 - p) ** (n - sum(path))
        end = n
        for look in range(1, n + 1):
            bound = bounds.at[look - 1]
            too_many = bound is not None and sum(path[:look]) >= bound
            if too_many or (not looks_only and bounds.holds(sum(path[:look]), look)):
                stopped_at[look - 1] += chance
                end = look
                break
        expected += chance * end
    return list(itertools.accumulate(stopped_at)), expected


@given(any_bounds(most=8), probabilities, st.booleans())
def test_forward_recursion_is_the_sum_over_every_path(bounds: Bounds, p: Decimal, looks_only: bool) -> None:
    stop_by, expected = every_path(bounds, Fraction(p), looks_only)
    ours = operating_characteristics(bounds, p, looks_only=looks_only)
    assert ours.stop_by == tuple(float(share) for share in stop_by)
    assert (ours.p_stop, ours.expected_n) == (float(stop_by[-1]), float(expected))


@given(st.integers(1, 6), probabilities, probabilities, st.integers(1, 3))
def test_no_higher_pointwise_level_keeps_the_overall_one(n: int, p0: Decimal, alpha: Decimal, first_look: int) -> None:
    """Every level at which a bound changes is tried, each by counting every path."""
    bounds, p = pocock_bounds(n, p0=p0, alpha=alpha, first_look=first_look), Fraction(p0)
    assert isinstance(bounds.rule, Pointwise)
    tails = {
        (look, least): sum(comb(look, x) * p**x * (1 - p) ** (look - x) for x in range(least, look + 1))
        for look in range(first_look, n + 1)
        for least in range(look + 1)
    }
    for level in {*tails.values(), Fraction(0)}:
        least = (min((x for x in range(look + 1) if tails.get((look, x), 2) <= level), default=None)
                 for look in range(1, n + 1))  # fmt: skip
        row = Bounds(tuple(least), first_look, bounds.rule)
        overall = every_path(row, p, looks_only=True)[0][-1]
        assert (overall <= Fraction(alpha)) == (level <= bounds.rule.alpha)
        if level == bounds.rule.alpha:
            assert row.at == bounds.at


# --- laws -------------------------------------------------------------------------------------------------------------


@given(any_bounds())
def test_bounds_never_fall_and_rise_by_one_at_most(bounds: Bounds) -> None:
    looks = [bounds.lowest(evaluable) for evaluable in range(25)]
    for before, after in itertools.pairwise(looks):
        assert before is None or (after is not None and after in (before, before + 1))
    assert list(bounds.at)[bounds.first_look - 1 :] == looks[bounds.first_look : len(bounds.at) + 1]
    assert set(bounds.at[: bounds.first_look - 1]) <= {None}


@given(weights, weights, probabilities, st.integers(0, 14), st.data())
def test_a_participant_with_the_event_raises_the_posterior_and_one_without_lowers_it(
    a: Decimal, b: Decimal, p0: Decimal, evaluable: int, data: st.DataObject
) -> None:
    events = data.draw(st.integers(0, evaluable))
    now = posterior_limits(p0, events=events, evaluable=evaluable, a=a, b=b)
    assert posterior_limits(p0, events=events, evaluable=evaluable + 1, a=a, b=b)[1] < now[0]
    assert posterior_limits(p0, events=events + 1, evaluable=evaluable + 1, a=a, b=b)[0] > now[1]


@given(any_bounds(), probabilities, probabilities)
def test_a_greater_true_probability_stops_the_trial_more_often_and_sooner(
    bounds: Bounds, one: Decimal, other: Decimal
) -> None:
    low, high = (operating_characteristics(bounds, p) for p in sorted((one, other)))
    assert low.p_stop <= high.p_stop
    assert low.expected_n >= high.expected_n
    assert list(high.stop_by) == sorted(high.stop_by)


@given(any_bounds(), probabilities)
def test_the_bound_before_the_first_look_changes_when_a_trial_stops_but_not_whether(bounds: Bounds, p: Decimal) -> None:
    assume(bounds.first_look <= len(bounds.at))
    at_once, later = (operating_characteristics(bounds, p, looks_only=each) for each in (False, True))
    assert at_once.p_stop == later.p_stop
    assert at_once.expected_n <= later.expected_n


@given(weights, weights, probabilities, probabilities, st.integers(1, 15))
def test_a_bound_is_the_first_number_of_events_that_exceeds(
    a: Decimal, b: Decimal, p0: Decimal, cut: Decimal, evaluable: int
) -> None:
    bound = beta_binomial_bounds(15, a=a, b=b, p0=p0, cut=cut).at[evaluable - 1]
    exceeding = [posterior_exceeds(p0, cut=cut, events=x, evaluable=evaluable, a=a, b=b) for x in range(evaluable + 1)]
    assert exceeding == [bound is not None and x >= bound for x in range(evaluable + 1)]


# --- when the trial pauses --------------------------------------------------------------------------------------------


def default_bounds() -> Bounds:
    return beta_binomial_bounds(15, **DEFAULT, p0=P0, cut=Decimal("0.80"), first_look=3)


def test_two_of_two_pause_before_the_first_look_at_three() -> None:
    bounds = default_bounds()
    assert bounds.at[:3] == (None, None, 2)
    assert [bounds.lowest(evaluable) for evaluable in (0, 1, 2, 3)] == [None, None, 2, 2]
    assert bounds.holds(2, 2)
    assert not bounds.holds(1, 2)
    assert not bounds.holds(1, 1)
    assert not bounds.holds(0, 0)


def test_a_first_look_without_a_bound_pauses_nobody_before_it() -> None:
    bounds = beta_binomial_bounds(5, **DEFAULT, p0=P0, cut=Decimal("0.99"), first_look=2)
    assert bounds.lowest(2) is None
    assert not bounds.holds(2, 2)


def test_the_rule_is_carried_on_beyond_the_last_planned_participant() -> None:
    longer = beta_binomial_bounds(40, **DEFAULT, p0=P0, cut=Decimal("0.80"), first_look=3)
    assert [default_bounds().lowest(evaluable) for evaluable in range(1, 41)] == [
        longer.lowest(n) for n in range(1, 41)
    ]
    pocock = pocock_bounds(15, p0=P0, alpha=Decimal("0.05"))
    assert isinstance(pocock.rule, Pointwise)
    beyond = [(events, pocock.holds(events, 16)) for events in range(17)]
    tails = [sum(comb(16, x) * 0.3**x * 0.7 ** (16 - x) for x in range(events, 17)) for events in range(17)]
    assert beyond == [(events, tail <= float(pocock.rule.alpha)) for events, tail in enumerate(tails)]


def test_a_first_look_beyond_the_target_still_has_its_bound() -> None:
    bounds = beta_binomial_bounds(4, **DEFAULT, p0=P0, cut=Decimal("0.80"), first_look=6)
    assert bounds.at == (None, None, None, None)
    assert [bounds.lowest(evaluable) for evaluable in range(1, 7)] == [None, None, 3, 3, 3, 3]


def test_a_prior_of_much_harm_pauses_with_no_event_at_all() -> None:
    bounds = beta_binomial_bounds(3, a=50, b=1, p0=P0, cut=Decimal("0.80"), first_look=2)
    assert bounds.at == (None, 0, 0)
    assert bounds.holds(0, 0)
    assert operating_characteristics(bounds, 0).stop_by == (1.0, 1.0, 1.0)


def test_a_level_that_no_bound_can_keep_leaves_no_bound() -> None:
    bounds = pocock_bounds(2, p0=Decimal("0.5"), alpha=Decimal("0.01"))
    assert bounds.at == (None, None)
    assert bounds.rule == Pointwise(Fraction(1, 2), Fraction(0))
    assert bounds.lowest(2) is None
    assert operating_characteristics(bounds, 1).p_stop == 0


def test_equal_rules_have_equal_bounds_however_they_were_written() -> None:
    assert default_bounds() is beta_binomial_bounds(
        15, a=Fraction(3, 5), b=Decimal("1.40"), p0=Decimal("0.3"), cut=Decimal("0.8"), first_look=3
    )
    assert default_bounds().rule == BetaBinomial(Fraction(3, 5), Fraction(7, 5), Fraction(3, 10), Fraction(4, 5))


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"p0": 0.3}, "p0 is 0.3: expected a Decimal"),
        ({"cut": True}, "cut is True: expected a Decimal"),
        ({"a": Decimal("NaN")}, "a is NaN: expected a finite number"),
        ({"a": 0}, "a is 0: a parameter of a Beta distribution is more than 0"),
        ({"b": Decimal("-1")}, "b is -1: a parameter"),
        ({"p0": 1}, "p0 is 1: expected a probability between 0 and 1"),
        ({"cut": Decimal(80)}, "cut is 80: expected a probability"),
        ({"n": 0}, "bounds for 0 participants: expected 1 to 1000"),
        ({"n": MOST_PARTICIPANTS + 1}, "bounds for 1001 participants"),
        ({"first_look": 0}, "the first look is at participant 0: expected 1 or more"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(changed: dict[str, object], says: str) -> None:
    arguments = {"n": 15, **DEFAULT, "p0": P0, "cut": Decimal("0.80"), "first_look": 3} | changed
    with pytest.raises(ValueError, match=re.escape(says)):
        beta_binomial_bounds(arguments.pop("n"), **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(("events", "evaluable"), [(-1, 3), (4, 3), (0, -1)])
def test_counts_that_cannot_be_are_refused(events: int, evaluable: int) -> None:
    with pytest.raises(ValueError, match=f"{events} events among {evaluable} evaluable participants"):
        default_bounds().holds(events, evaluable)
    with pytest.raises(ValueError, match=f"{events} events among {evaluable}"):
        posterior_above(P0, events=events, evaluable=evaluable, **DEFAULT)


def test_other_impossible_probabilities_are_refused() -> None:
    with pytest.raises(ValueError, match="alpha is 1: expected a probability"):
        pocock_bounds(15, p0=P0, alpha=1)
    with pytest.raises(ValueError, match=r"true_probability is 1\.5: expected a probability from 0 to 1"):
        operating_characteristics(default_bounds(), Decimal("1.5"))
    with pytest.raises(ValueError, match="expected 0 to -1 events"):
        default_bounds().lowest(-1)
