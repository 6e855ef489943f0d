"""The grammar stays LALR(1) and unambiguous, reads its expressions, prints them, and says what it expected."""

from contextlib import suppress
from itertools import combinations
from pathlib import Path

import pytest
from lark import Lark
from lark.exceptions import GrammarError, LexError

from trialwright.criteria import RuleError, format_rule, parse_rule, walk
from trialwright.criteria.language import Compare, Presence, When
from trialwright.criteria.parse import DEEPEST_RULE, LONGEST_RULE, grammar, keywords

EXPRESSIONS = (Path(__file__).parents[1] / "spec" / "criteria" / "expressions.txt").read_text("utf-8").splitlines()
# Terminals given by an expression that can match one text; the rest differ in their first character.
OVERLAPPING = {"NAME", "UNIT", "NUMBER", "DUNIT"}
DISJOINT = {frozenset({"NAME", "NUMBER"})}


def test_the_grammar_has_no_conflict() -> None:
    # lark's strict mode builds the table first and raises GrammarError on any conflict; only then does it look at the
    # terminals, for which it wants a package of its own (LexError). That half is the next test.
    with suppress(LexError):
        Lark(grammar(), parser="lalr", strict=True)
    with pytest.raises(GrammarError, match="collision"):
        Lark(grammar() + "\nelapsed2: NAME\n%extend atom: elapsed2\n", parser="lalr", strict=True)


def test_no_state_of_the_parser_can_read_one_text_as_two_terminals() -> None:
    lark = Lark(grammar(), parser="lalr")
    states = lark.parser.lexer.lexers.values()
    assert len(list(states)) > 50
    for state in states:
        overlapping = {terminal.name for terminal in state.terminals} & OVERLAPPING
        for pair in combinations(sorted(overlapping), 2):
            assert frozenset(pair) in DISJOINT, pair


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_is_read_and_its_printed_form_reads_back(text: str) -> None:
    rule = parse_rule(text)
    printed = format_rule(rule)
    assert parse_rule(printed) == rule
    assert printed.isascii()


def test_there_are_69_expressions() -> None:
    assert len(EXPRESSIONS) == 69


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("creatinine≤260 µmol/L", "creatinine <= 260 umol/L"),
        ("creatinine ≤ 1.5 × ULN", "creatinine <= 1.5 ULN"),
        ("age 18 .. 80 years", "age 18..80 years"),
        ("potassium between 3.5 mmol/L and 5.0 mmol/L", "potassium 3.5..5.0 mmol/L"),
        ("(relapsed) and ((refractory or lactating))", "relapsed and (refractory or lactating)"),
        ("at least 14 days after last_chemo", "at least 14 days since last_chemo"),
        ("ecog in {2}", "ecog is 2"),
        ('remission is "CR"', "remission is CR"),
        ("lvef >= 50 % within 1 days before enrolment", "lvef >= 50 % within 1 day before enrolment"),
    ],
)
def test_a_rule_is_printed_the_one_canonical_way(text: str, printed: str) -> None:
    assert format_rule(parse_rule(text)) == printed


COMPARISON = "a comparison (<=, >=, <, >, =, !=, in, is, between, a range)"


@pytest.mark.parametrize(
    ("text", "offset", "says"),
    [
        ("", 0, "The rule is empty"),
        ("  \n", 0, "The rule is empty"),
        ("age >=", 6, "found the end, expected a number."),
        ("creatinine <= 3.0 mg/dL mg/dL", 24, "expected a window, `assuming`, `|`, `and`, `or` or the end."),
        ("creatinine <= 3.0 furlongs foo", 27, "found 'foo', expected a window"),
        (
            "relapsed refractory",
            9,
            f"found 'refractory', expected {COMPARISON}, a window, `/`, `and`, `or` or the end.",
        ),
        ("relapsed AND refractory", 9, "Keywords are lower-case: write `and`."),
        ("relapsed and or refractory", 13, "`or` is a keyword and cannot be a name"),
        ("relapsed and", 12, "found the end, expected a criterion."),
        ("relapsed ; refractory", 9, "found ';', expected"),
        ("(relapsed and refractory", 24, "`)`"),
        ("if relapsed", 11, "`then`"),
        ("if relapsed then", 16, "found the end, expected a criterion."),
        ("no diagnosis SevereInfection", 13, "found 'SevereInfection', expected `in`."),
        ("active <= 3", 7, "expected diagnosis, medication, procedure, allergy or therapy."),
        ("diagnosis in AML assuming nothing", 26, "expected absent, complete or unknown."),
        ("diagnosis in AML within 5", 25, "found the end, expected hours, days, weeks, months or years."),
        ("lvef >= 50 % within 14 before enrolment", 23, "expected hours, days, weeks, months or years."),
        ("lvef >= 50 % within 14 days enrolment", 28, "expected before, after, of or around."),
        ("lvef >= 50 % within 1.5 days before enrolment", 20, "needs a whole number"),
        ("lvef >= 50 % before", 19, "found the end, expected a name."),
        ("alt <= 2.5 x", 12, "expected ULN, LLN, baseline or nadir."),
        ("ecog in {}", 9, "expected a name, a number or a text in quotation marks."),
        ("ecog in {0 1}", 11, "expected `,` or `}`."),
        ("ecog is", 7, "found the end, expected a name, a number or a text in quotation marks."),
        ("opinion unsuitable by investigator", 8, "expected a text in quotation marks."),
        ('opinion "unsuitable', 8, "found '\"', expected a text in quotation marks."),
        ('opinion "unsuitable" by', 23, "found the end, expected a name."),
        ("at least 14 days", 16, "found the end, expected `since`."),
        ("at least 3 of (relapsed, refractory)", 9, "write a number from 1 to 2"),
        ("at least 0 of (relapsed)", 9, "write a number from 1 to 1"),
        ("at least 1.5 of (relapsed, refractory)", 9, "needs a whole number"),
        ("crp <= 1e99 mg/L", 7, "Check the exponent"),
        ("signed", 6, "found the end, expected a name."),
        ("signed before screening", 7, "`before` is a keyword and cannot be a name"),
        ("remission is active", 13, 'as a text, write "active"'),
        ("within 3 days before enrolment", 0, "`within` is a keyword and cannot be a name"),
        ("latest diagnosis in AML", 7, "`diagnosis` is a keyword and cannot be a name"),
        ("creatinine <= 3.0 mg/dL\n  mg/dL", 26, "found 'mg/dL'"),
        ("肌酐 <= 3.0 mg/dL", 0, "found '肌', expected a criterion."),
        ("alt <= ٣ U/L", 7, "expected a number."),
    ],
)
def test_a_rule_that_cannot_be_read_says_where_and_what_was_expected(text: str, offset: int, says: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule(text)
    assert (caught.value.offset, says in caught.value.message) == (offset, True), caught.value.message


def test_what_was_expected_never_names_a_terminal() -> None:
    messages = []
    for text in EXPRESSIONS:
        words = text.split()
        for cut in range(1, len(words)):
            for broken in (" ".join(words[:cut]), " ".join([*words[:cut], "?", *words[cut:]])):
                try:
                    parse_rule(broken)
                except RuleError as error:
                    messages.append(error.message)
    assert len(messages) > 300
    for message in messages:
        wanted = message.partition("expected ")[2]
        assert "__" not in wanted
        assert not {word.strip(",.") for word in wanted.split() if word.isupper()} - {"ULN", "LLN"}, message
        assert len(wanted) < 220, message


def test_a_rule_too_long_or_too_deep_is_refused() -> None:
    with pytest.raises(RuleError, match="Split the criterion"):
        parse_rule("relapsed and " * LONGEST_RULE)
    with pytest.raises(RuleError, match="deep"):
        parse_rule("not " * (DEEPEST_RULE + 2) + "relapsed")
    assert parse_rule("(" * 500 + "relapsed" + ")" * 500) == parse_rule("relapsed")


def test_an_offset_points_at_the_thing_itself() -> None:
    text = "if female then creatinine <= 3.0 mg/dL | 260 umol/L and no diagnosis in AML"
    rule = parse_rule(text)
    assert isinstance(rule, When)
    creatinine, diagnosis = [part for part in walk(rule) if isinstance(part, Compare | Presence)]
    assert text[creatinine.at :].startswith("creatinine")
    assert [text[each.at :][:3] for each in creatinine.condition.alternatives] == ["3.0", "260"]
    assert text[diagnosis.at :].startswith("no diagnosis")
    assert text[diagnosis.set_at :] == "AML"


def test_keywords_are_those_of_the_grammar() -> None:
    assert {"and", "or", "not", "within", "ULN", "diagnosis", "assuming"} <= keywords()
    assert not {"creatinine", "x", "enrolment"} & keywords()
