"""Which non-serious events exceed the registry's threshold: exact counts of people, no rounding.

The figures are the registry's own arithmetic (42 CFR 11; DOMAIN, section 9): 5 % may be met, and is listed if exceeded.
"""

from decimal import Decimal

import pytest

from trialwright.safety.counts import EventTable, TermCount, frequent_events


def table(**not_serious: int) -> EventTable:
    """A table of terms, each with so many participants who had it in a form that was not serious."""
    rows = tuple(TermCount(term, None, (n, 0, 0, 0, 0), n, 0, 0, 0, n) for term, n in not_serious.items())
    return EventTable("5.0", rows[0], rows)


@pytest.mark.parametrize(
    ("n", "listed"),
    [
        (15, ("one", "two")),  # 1 of 15 is 6.67 %
        (19, ("one", "two")),  # 1 of 19 is 5.26 %
        (20, ("two",)),  # 1 of 20 is 5 %, which does not exceed 5 %
        (40, ()),  # 2 of 40 is 5 %
    ],
)
def test_a_term_is_listed_when_it_exceeds_five_per_cent_of_the_participants(n: int, listed: tuple[str, ...]) -> None:
    assert frequent_events(table(none=0, one=1, two=2), n) == listed


def test_the_threshold_may_be_lower_and_never_higher() -> None:
    assert frequent_events(table(one=1), 20, Decimal("4.9")) == ("one",)
    assert frequent_events(table(none=0, one=1), 20, 0) == ("one",)
    with pytest.raises(ValueError, match="expected 0 to 5"):
        frequent_events(table(one=1), 20, 6)
