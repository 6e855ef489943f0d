"""Laws of the language and of judging, searched for counterexamples by Hypothesis."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.criteria import (
    Anchors,
    Criterion,
    CriterionStatus,
    Kind,
    Observation,
    Person,
    facts_as_json,
    format_rule,
    judge,
    parse_rule,
    read_facts,
    shipped_library,
)
from trialwright.criteria.language import (
    And,
    Asked,
    AtLeast,
    Between,
    Compare,
    Comparison,
    Duration,
    Elapsed,
    Ever,
    Flag,
    Gap,
    Lasting,
    Not,
    OneOf,
    Or,
    Presence,
    Rule,
    Side,
    SignedDocument,
    Threshold,
    When,
    With,
    Within,
)
from trialwright.criteria.parse import keywords
from trialwright.errors import FormatError
from trialwright.facts import FALSE, TRUE, UNKNOWN, PartialDate, Quantity, Truth, all_of, any_of

ON = date(2026, 11, 22)
LIBRARY = shipped_library()

# --- rules -----------------------------------------------------------------------------------------------------

names = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,8}", fullmatch=True).filter(lambda name: name not in keywords())
numbers = st.one_of(
    st.integers(0, 9999).map(Decimal),
    st.decimals(0, 999, places=2, allow_nan=False, allow_infinity=False).map(abs),
    st.sampled_from([Decimal("2e5"), Decimal("1E-7"), Decimal("0.10")]),
)
units = st.sampled_from(["", "mg/dL", "umol/L", "%", "10*9/L", "{EU}/kg", "mL/min/{1.73_m2}", "ULN", "nadir", "years"])
thresholds = st.builds(Threshold, numbers, units)
comparators = st.sampled_from(["<=", ">=", "<", ">", "=", "!="])
texts = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs", "Cc"]), max_size=12)
same_unit_ranges = st.builds(
    lambda low, high, unit: Between(Threshold(low, unit), Threshold(high, unit)), numbers, numbers, units
)
conditions = st.one_of(
    st.builds(Comparison, comparators, st.lists(thresholds, min_size=1, max_size=3).map(tuple)),
    same_unit_ranges,
    st.builds(Between, thresholds, thresholds),
    st.builds(OneOf, st.lists(st.one_of(numbers, texts, names), min_size=1, max_size=3).map(tuple)),
)
sides = st.sampled_from(["before", "after", "of", "around"])
durations = st.builds(Duration, st.integers(0, 400), st.sampled_from(["hour", "day", "week", "month", "year"]))
windows = st.lists(
    st.one_of(
        st.builds(Within, durations, sides, names),
        st.builds(Gap, durations, sides, names),
        st.builds(Side, sides, names),
        st.builds(Ever),
        st.builds(Lasting, durations),
    ),
    max_size=2,
).map(tuple)
policies = st.sampled_from([None, "absent", "complete", "unknown"])
picks = st.sampled_from([None, "latest", "earliest", "any", "all", "highest", "lowest", "mean"])
presences = st.builds(
    Presence,
    st.sampled_from(["diagnosis", "medication", "procedure", "allergy", "therapy"]),
    names,
    st.booleans(),
    st.sampled_from([None, "active", "prior", "current", "new"]),
    st.lists(st.builds(With, names, comparators, thresholds), max_size=2).map(tuple),
    windows,
    policies,
)
atoms = st.one_of(
    st.builds(Compare, names, conditions, st.one_of(st.just(""), names), picks, windows, policies),
    presences,
    st.builds(Asked, texts, st.one_of(st.just(""), names)),
    st.builds(SignedDocument, names, st.one_of(st.none(), st.builds(Side, sides, names))),
    st.builds(Elapsed, st.booleans(), durations, names),
    st.builds(Flag, names, windows),
)


def joined(parts: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    counted = st.lists(parts, min_size=1, max_size=3).flatmap(
        lambda found: st.builds(AtLeast, st.integers(1, len(found)), st.just(tuple(found)))
    )
    return st.one_of(st.builds(And, several), st.builds(Or, several), st.builds(Not, parts), counted) | st.builds(
        When, parts, parts
    )


@given(st.recursive(atoms, joined, max_leaves=8))
def test_what_is_printed_reads_back_to_the_same_rule(rule: Rule) -> None:
    text = format_rule(rule)
    assert parse_rule(text) == rule
    assert format_rule(parse_rule(text)) == text


# --- the three values ------------------------------------------------------------------------------------------

FLAGS = ("relapsed", "refractory", "lactating", "pregnant", "severe_infection")
formulas = st.recursive(st.sampled_from(FLAGS).map(Flag), joined, max_leaves=10)
truths = st.dictionaries(st.sampled_from(FLAGS), st.sampled_from([TRUE, FALSE]), max_size=len(FLAGS))
kinds = st.sampled_from(list(Kind))


def answered(rule: str, person: Person, kind: Kind = Kind.INCLUSION) -> CriterionStatus:
    criterion = Criterion("law", kind, "", rule, confirmed="the law")
    return judge([criterion], person, Anchors(), ON, LIBRARY).criteria[0].status


def who_said(said: Mapping[str, Truth]) -> Person:
    day = PartialDate.of(ON)
    return Person(
        facts=tuple(
            Observation(concept=name, value="yes" if truth is TRUE else "no", on=day) for name, truth in said.items()
        )
    )


def by_the_tables(rule: Rule, said: Mapping[str, Truth]) -> Truth:
    match rule:
        case And():
            return all_of(by_the_tables(part, said) for part in rule.parts)
        case Or():
            return any_of(by_the_tables(part, said) for part in rule.parts)
        case Not():
            return ~by_the_tables(rule.part, said)
        case When():
            return by_the_tables(rule.condition, said).implies(by_the_tables(rule.consequence, said))
        case AtLeast():
            found = [by_the_tables(part, said) for part in rule.parts]
            if found.count(TRUE) >= rule.count:
                return TRUE
            return UNKNOWN if found.count(TRUE) + found.count(UNKNOWN) >= rule.count else FALSE
        case Flag():
            return said.get(rule.name, UNKNOWN)
        case _:
            raise AssertionError(rule)


STATUS = {TRUE: CriterionStatus.MET, FALSE: CriterionStatus.NOT_MET, UNKNOWN: CriterionStatus.UNKNOWN}


@given(formulas, truths, kinds)
def test_a_rule_joins_its_parts_as_the_tables_of_kleene_say(rule: Rule, said: dict[str, Truth], kind: Kind) -> None:
    assert answered(format_rule(rule), who_said(said), kind) is STATUS[by_the_tables(rule, said)]


@given(formulas, truths, st.sampled_from(FLAGS), st.sampled_from([TRUE, FALSE]))
def test_replacing_an_unknown_atom_never_changes_what_was_settled(
    rule: Rule, said: dict[str, Truth], name: str, truth: Truth
) -> None:
    before = answered(format_rule(rule), who_said(said))
    after = answered(format_rule(rule), who_said({name: truth, **said}))
    assert before is CriterionStatus.UNKNOWN or before is after


# --- measurements ----------------------------------------------------------------------------------------------

LABS = {"creatinine": ("mg/dL", "umol/L", "mmHg", None), "alt": ("U/L", "ukat/L", "IU/L", None)}
values = st.builds(
    Quantity,
    st.decimals("0.5", "400", places=1),
    st.none(),
    st.sampled_from(["", "", "", "<", "<=", ">", ">="]),
)
days = st.integers(0, 6).map(lambda back: PartialDate.of(ON - timedelta(days=back)))
moments = st.one_of(days, days, st.just(PartialDate(2026, 11)))


@st.composite
def rows(draw: st.DrawFn, concept: str) -> Observation:
    value = draw(values)
    unit = draw(st.sampled_from(LABS[concept]))
    return Observation(concept=concept, value=Quantity(value.number, unit, value.comparator), on=draw(moments))


creatinines = st.lists(rows("creatinine"), max_size=4)
limits = st.decimals("0.5", "400", places=1).map(lambda number: f"{number} {'umol/L' if number > 20 else 'mg/dL'}")
alternatives = st.lists(limits, min_size=1, max_size=2).map(" | ".join)


@given(
    creatinines,
    alternatives,
    st.sampled_from(["", "latest ", "earliest "]),
    kinds,
    st.sampled_from([("<=", ">"), ("<", ">="), ("=", "!=")]),
)
def test_not_above_is_at_most_whatever_the_rows(
    found: list[Observation], limit: str, pick: str, kind: Kind, turned: tuple[str, str]
) -> None:
    person = Person(facts=tuple(found))
    direct = answered(f"{pick}creatinine {turned[0]} {limit}", person, kind)
    negated = answered(f"not {pick}creatinine {turned[1]} {limit}", person, kind)
    assert direct is negated


@given(creatinines, limits, kinds)
def test_no_any_is_all_against(found: list[Observation], limit: str, kind: Kind) -> None:
    person = Person(facts=tuple(found))
    none = answered(f"not any creatinine > {limit}", person, kind)
    every = answered(f"all creatinine <= {limit}", person, kind)
    assert none is every
    assert every is answered(f"highest creatinine <= {limit}", person, kind)


OF_TWO = st.sampled_from(
    [
        "alt <= 90 U/L or creatinine <= 3 mg/dL",
        "alt <= 90 U/L and creatinine <= 3 mg/dL",
        "if alt <= 90 U/L then not creatinine <= 3 mg/dL",
        "if creatinine > 3 mg/dL | 260 umol/L then alt <= 90 U/L",
        "at least 1 of (alt <= 90 U/L, any creatinine < 2 mg/dL within 3 days before enrolment)",
        "not (alt > 90 U/L and not mean creatinine < 2 mg/dL)",
        "alt <= 90 U/L or creatinine < 2 mg/dL for at least 2 days",
    ]
)


@given(st.lists(rows("alt"), max_size=3), rows("creatinine"), OF_TWO, kinds)
def test_the_first_row_of_a_concept_that_had_none_never_flips_what_was_settled(
    found: list[Observation], first: Observation, rule: str, kind: Kind
) -> None:
    before = answered(rule, Person(facts=tuple(found)), kind)
    after = answered(rule, Person(facts=(*found, first)), kind)
    assert before is CriterionStatus.UNKNOWN or before is after


@given(st.data(), creatinines, alternatives, picks, kinds)
def test_the_order_of_the_facts_does_not_matter(
    data: st.DataObject, found: list[Observation], limit: str, pick: str | None, kind: Kind
) -> None:
    rule = f"{pick or ''} creatinine <= {limit}"
    shuffled = data.draw(st.permutations(found))
    assert answered(rule, Person(facts=tuple(found)), kind) is answered(rule, Person(facts=tuple(shuffled)), kind)


@given(values, limits, comparators, st.decimals("-5", "5", places=1))
def test_a_comparator_is_decided_only_if_every_value_it_allows_agrees(
    value: Quantity, limit: str, comparator: str, step: Decimal
) -> None:
    number = value.number + step
    inside = {
        "": number == value.number,
        "<": number < value.number,
        "<=": number <= value.number,
        ">": number > value.number,
        ">=": number >= value.number,
    }[value.comparator]
    if not inside or number <= 0:
        return
    unit = limit.split()[1]
    day = PartialDate.of(ON)
    rule = f"creatinine {comparator} {limit}"
    shown, meant = Quantity(value.number, unit, value.comparator), Quantity(number, unit)
    said = answered(rule, Person(facts=(Observation(concept="creatinine", value=shown, on=day),)))
    exactly = answered(rule, Person(facts=(Observation(concept="creatinine", value=meant, on=day),)))
    assert CriterionStatus.UNKNOWN in (said, exactly) or said is exactly


# --- reading ---------------------------------------------------------------------------------------------------

KEYS = ["facts", "born", "sex", "concept", "value", "on", "unit", "range", "code", "valueset", "present", "x"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(rows("creatinine") | rows("alt"), max_size=5))
def test_facts_written_and_read_back_are_the_same_person(found: list[Observation]) -> None:
    person = Person(born=PartialDate(1971, 5), sex="female", facts=tuple(found))
    assert read_facts(facts_as_json(person)) == person


@settings(max_examples=300)
@given(JSON)
def test_reading_anything_gives_a_person_or_a_format_error(given_: Any) -> None:
    with suppress(FormatError):
        assert isinstance(read_facts(given_), Person)


GOOD: dict[str, Any] = {
    "born": "1971-05",
    "sex": "female",
    "facts": [
        {"concept": "alt", "value": "30", "unit": "U/L", "on": "2026-11-20", "range": {"low": "9", "high": "40"}},
        {"concept": "diagnosis", "code": {"system": "ICD-10", "code": "C92.0"}, "on": "2026-10-01", "grade": 3},
        {"valueset": "OtherMalignancy", "present": False, "on": "2026-11-20"},
        {"opinion": "unsuitable", "value": "no", "by": "investigator", "on": "2026-11-20"},
    ],
}


def paths(node: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [here, *(path for key, value in inner for path in paths(value, (*here, key)))]


@settings(max_examples=300)
@given(st.sampled_from(paths(GOOD)[1:]), JSON)
def test_one_damaged_place_in_a_good_file_is_read_or_named(path: tuple[Any, ...], damage: Any) -> None:
    damaged = json.loads(json.dumps(GOOD))
    inner = damaged
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = damage
    with suppress(FormatError):
        assert isinstance(read_facts(damaged), Person)
