"""Laws of automatic grading, searched for counterexamples by Hypothesis in all 39 rules."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.criteria import shipped_library
from trialwright.facts import Quantity, Range
from trialwright.safety.laboratory.grading import AutoGrade, Unanswered, grade_value
from trialwright.safety.laboratory.rules import Flag, LabRule, rules

# What is believable is another question; here every number may come.
LIBRARY = shipped_library().override(
    [replace(concept, plausible=(None, None)) for concept in shipped_library().concepts.values()]
)
ANY_UNIT = {"bilirubin": "umol/L", "creatinine": "umol/L", "haptoglobin": "g/L"}
RULES = rules("5.0")
MANY = settings(max_examples=400)


@st.composite
def asked(draw: st.DrawFn) -> tuple[LabRule, str, Decimal]:
    """A rule, a unit it is graded in, and the size of its numbers."""
    rule = draw(st.sampled_from(RULES))
    table = draw(st.sampled_from(rule.tables))
    factors = [abs(clause.factor) for clause in table.clauses if clause.reference == "abs" and clause.factor]
    return rule, table.unit or ANY_UNIT[rule.concept], max(factors, default=Decimal(40))


def number(size: Decimal) -> st.SearchStrategy[Decimal]:
    """Numbers up to two and a half times the highest limit, many of them on a limit exactly."""
    return st.integers(0, 500).map(lambda part: size * part / 200)


@st.composite
def people(draw: st.DrawFn) -> tuple[LabRule, Quantity, Range, Quantity, frozenset[Flag]]:
    """Everything that a rule can ask for, all of it known."""
    rule, unit, size = draw(asked())
    low, high = sorted((draw(number(size)), draw(number(size)) + Decimal("0.5")))
    value, baseline = draw(number(size)), draw(number(size))
    flags = draw(st.frozensets(st.sampled_from(list(Flag))))
    return rule, Quantity(value, unit), Range(low, high), Quantity(baseline, unit), flags


def within(answer: AutoGrade, wider: AutoGrade) -> bool:
    return wider.lowest <= answer.lowest and answer.highest <= wider.highest


def fully_known(rule: LabRule, value: Quantity, limits: Range, baseline: Quantity, flags: frozenset[Flag]) -> AutoGrade:
    return grade_value(
        rule, value, range=limits, baseline=baseline, flags=flags, answered_no=frozenset(Flag) - flags, library=LIBRARY
    )


@MANY
@given(people())
def test_where_everything_is_known_so_is_the_grade(
    person: tuple[LabRule, Quantity, Range, Quantity, frozenset[Flag]],
) -> None:
    answer = fully_known(*person)
    assert answer.known
    assert not answer.reasons
    assert not answer.clauses_unknown
    assert answer.text == str(answer.lowest)
    assert answer.lowest in person[0].grades


@MANY
@given(people(), st.booleans(), st.booleans(), st.booleans(), st.frozensets(st.sampled_from(list(Flag))))
def test_whatever_is_learned_the_grade_lies_in_the_interval_answered_without_it(
    person: tuple[LabRule, Quantity, Range, Quantity, frozenset[Flag]],
    no_lln: bool,
    no_uln: bool,
    no_baseline: bool,
    unasked: frozenset[Flag],
) -> None:
    rule, value, limits, baseline, flags = person
    partial = grade_value(
        rule,
        value,
        range=Range(None if no_lln else limits.low, None if no_uln else limits.high),
        baseline=None if no_baseline else baseline,
        flags=flags - unasked,
        answered_no=frozenset(Flag) - flags - unasked,
        unanswered=Unanswered.UNKNOWN,
        library=LIBRARY,
    )
    assert within(fully_known(*person), partial)
    assert partial.known == (not partial.reasons)


@MANY
@given(people(), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_a_limit_that_is_missing_is_never_taken_as_no(
    person: tuple[LabRule, Quantity, Range, Quantity, frozenset[Flag]],
    no_lln: bool,
    no_uln: bool,
    no_baseline: bool,
    asked_nothing: bool,
) -> None:
    """Also in the customary reading, where only flags and the baseline are."""
    rule, value, limits, baseline, flags = person
    answers = [
        grade_value(
            rule,
            value,
            range=each,
            baseline=None if no_baseline else baseline,
            flags=frozenset() if asked_nothing else flags,
            library=LIBRARY,
        )
        for each in (limits, Range(None if no_lln else limits.low, None if no_uln else limits.high))
    ]
    assert within(*answers)


@MANY
@given(people(), st.integers(0, 500))
def test_a_grade_only_rises_towards_the_side_that_the_term_is_about(
    person: tuple[LabRule, Quantity, Range, Quantity, frozenset[Flag]], part: int
) -> None:
    rule, value, limits, baseline, flags = person
    further = Quantity(value.number * (1 + Decimal(part) / 100), value.unit)
    lower, higher = (fully_known(rule, each, limits, baseline, flags) for each in (value, further))
    if rule.tables[0].clauses[0].comparator.startswith(">"):
        assert lower.lowest <= higher.lowest
    else:
        assert lower.lowest >= higher.lowest


@MANY
@given(people(), st.sampled_from(["<", "<=", ">", ">="]), st.integers(0, 500), st.booleans())
def test_the_grade_of_an_interval_holds_the_grade_of_every_value_in_it(
    person: tuple[LabRule, Quantity, Range, Quantity, frozenset[Flag]], comparator: str, part: int, of_baseline: bool
) -> None:
    rule, value, limits, baseline, flags = person
    one = baseline if of_baseline else value
    limit = one.number * part / 100
    inside = {"<": one.number < limit, "<=": one.number <= limit, ">": one.number > limit, ">=": one.number >= limit}
    said = Quantity(limit, one.unit, comparator)
    if inside[comparator]:
        wide = fully_known(rule, value if of_baseline else said, limits, said if of_baseline else baseline, flags)
        assert within(fully_known(*person), wide)


# unit → another unit of the same thing in which CTCAE prints no limits, and the value said in it, exactly
ELSEWHERE = {
    "U/L": ("mU/L", lambda value: value * 1000),
    "umol/L": ("mmol/L", lambda value: value / 1000),
    "mmol/L": ("mol/L", lambda value: value / 1000),
    "10*9/L": ("/uL", lambda value: value * 1000),
    "mg/dL": ("mg/L", lambda value: value * 10),
    "g/dL": ("mg/mL", lambda value: value * 10),
    "g/L": ("mg/L", lambda value: value * 1000),
    "s": ("ms", lambda value: value * 1000),
    "ms": ("s", lambda value: value / 1000),
    "%": ("1", lambda value: value / 100),
    "Cel": ("[degF]", lambda value: value * Decimal("1.8") + 32),
}


@MANY
@given(people(), st.booleans())
def test_a_value_said_in_a_unit_without_printed_limits_has_the_same_grade(
    person: tuple[LabRule, Quantity, Range, Quantity, frozenset[Flag]], limits_too: bool
) -> None:
    rule, value, limits, baseline, flags = person
    unit = value.unit or ""
    if unit not in ELSEWHERE or unit not in (rule.tables[0].unit, ANY_UNIT.get(rule.concept)):
        return
    other, said = ELSEWHERE[unit]
    assert other not in {table.unit for table in rule.tables}
    assert limits.low is not None
    assert limits.high is not None
    ends = Range(said(limits.low), said(limits.high)) if limits_too else Range(limits.low, limits.high, unit)
    moved = fully_known(rule, Quantity(said(value.number), other), ends, baseline, flags)
    assert moved.text == fully_known(*person).text


@MANY
@given(people(), st.sampled_from(["creatinine", "bilirubin"]))
def test_mass_and_moles_have_the_same_grade_where_only_multiples_are_printed(
    person: tuple[LabRule, Quantity, Range, Quantity, frozenset[Flag]], name: str
) -> None:
    _, value, limits, baseline, flags = person
    rule = next(each for each in RULES if each.concept == name)
    mass = LIBRARY.concepts[name].molar_mass
    assert mass is not None
    moles = Quantity(value.number, "umol/L")
    grams = Quantity(value.number * mass / 10000, "mg/dL")
    ends = Range(limits.low, limits.high, "umol/L")
    before = Quantity(baseline.number, "umol/L")
    assert fully_known(rule, moles, ends, before, flags).text == fully_known(rule, grams, ends, before, flags).text
