"""Which of a site's reference ranges is a person's: not known is never a guess."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.study import NormalRange, Site, range_for, read_study
from trialwright.study.ranges import fits

MEN = NormalRange(concept="hemoglobin", low=Decimal(130), high=Decimal(175), unit="g/L", sex="male")
WOMEN = NormalRange(concept="hemoglobin", low=Decimal(115), high=Decimal(150), unit="g/L", sex="female")
ALT = NormalRange(concept="alt", high=Decimal(40), unit="U/L")
YOUNG = NormalRange(concept="alp", high=Decimal(135), unit="U/L", to_age_years=49)
OLD = NormalRange(concept="alp", high=Decimal(155), unit="U/L", from_age_years=50)
ADULT = NormalRange(concept="ldh", high=Decimal(250), unit="U/L", from_age_years=18)
FOR_HER = NormalRange(concept="uric_acid", high=Decimal(357), unit="umol/L", sex="female")
TWINS = tuple(
    NormalRange(concept="sodium", low=Decimal(137), high=Decimal(147), unit="mmol/L", sex=sex)
    for sex in ("male", "female")
)
SITE = Site(code="XA", name="A hospital", time_zone="UTC", ranges=(MEN, WOMEN, ALT, YOUNG, OLD, ADULT, FOR_HER, *TWINS))


@pytest.mark.parametrize(
    ("concept", "sex", "age", "answer"),
    [
        ("hemoglobin", "male", 40, MEN),
        ("hemoglobin", "female", None, WOMEN),
        ("hemoglobin", None, 40, None),
        ("hemoglobin", "other", 40, None),
        ("alt", None, None, ALT),
        ("alt", "other", None, ALT),
        ("alp", "male", 49, YOUNG),
        ("alp", "male", 50, OLD),
        ("alp", "male", None, None),
        ("ldh", "male", 18, ADULT),
        ("ldh", "male", 17, None),
        ("ldh", "male", None, None),  # could be a child, whose range nobody wrote
        ("uric_acid", "female", 40, FOR_HER),
        ("uric_acid", None, 40, None),  # could be a man, whose range nobody wrote
        ("sodium", None, None, TWINS[0]),  # the same limits for everybody
        ("potassium", "male", 40, None),
    ],
)
def test_a_person_has_the_range_that_everybody_they_could_be_has(
    concept: str, sex: str | None, age: int | None, answer: NormalRange | None
) -> None:
    assert range_for(SITE, concept, sex, age) == answer


_ages = st.none() | st.integers(0, 100)
_range = st.builds(
    NormalRange,
    concept=st.just("alt"),
    high=st.sampled_from([Decimal(40), Decimal(50)]),
    unit=st.just("U/L"),
    sex=st.sampled_from(["male", "female", "any"]),
    from_age_years=_ages,
    to_age_years=_ages,
)


@given(st.lists(_range, max_size=4), st.sampled_from(["male", "female"]), st.integers(0, 110), st.booleans(),
       st.booleans())  # fmt: skip
def test_learning_sex_and_age_never_changes_the_limits_given_without_them(
    lines: list[NormalRange], sex: str, age: int, sex_hidden: bool, age_hidden: bool
) -> None:
    site = Site(code="XA", name="A hospital", time_zone="UTC", ranges=tuple(lines))
    blind = range_for(site, "alt", None if sex_hidden else sex, None if age_hidden else age)
    full = range_for(site, "alt", sex, age)
    if blind is not None:
        assert full is not None
        assert full.high == blind.high
    if full is not None:
        assert all(line.high == full.high for line in lines if fits(line, sex, age))


def test_a_study_file_carries_the_ranges_of_its_sites() -> None:
    text = (
        'id: small\ntitle: A small study\nversion: "1"\nsites:\n  - code: XA\n    name: A hospital\n'
        "    time_zone: Asia/Shanghai\n    ranges:\n"
        "      - {concept: hemoglobin, low: 115, high: 150, unit: g/L, sex: female, from_age_years: 18,\n"
        "         source: assumption, basis: WS/T 405-2012}\n"
    )
    (line,) = read_study(text).study.sites[0].ranges
    assert (line.low, line.high, line.sex, line.from_age_years) == (Decimal(115), Decimal(150), "female", 18)
