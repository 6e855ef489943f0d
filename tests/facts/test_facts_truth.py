"""Three-valued logic, judged by HL7's CQL conformance tests (tests/data/cql; null is UNKNOWN)."""

import re
import xml.etree.ElementTree as ET
from itertools import product
from pathlib import Path

import pytest

from trialwright.facts import FALSE, TRUE, UNKNOWN, Truth, all_of, any_of

CQL = Path(__file__).parents[1] / "data" / "cql"
NS = {"t": "http://hl7.org/fhirpath/tests"}
VALUES = {"true": TRUE, "false": FALSE, "null": UNKNOWN}


def cases(file: str, groups: set[str]) -> list[tuple[str, str, str]]:
    found = []
    for group in ET.parse(CQL / file).getroot().iterfind("t:group", NS):
        if group.get("name") in groups:
            for test in group.iterfind("t:test", NS):
                expression, output = test.find("t:expression", NS), test.find("t:output", NS)
                assert expression is not None
                assert expression.text
                assert output is not None
                assert output.text
                found.append((str(test.get("name")), expression.text.strip(), output.text.strip()))
    return found


LOGIC = cases("CqlLogicalOperatorsTest.xml", {"And", "Or", "Not", "Xor", "Implies"})


def evaluated(expression: str) -> Truth:
    words = re.findall(r"[a-z]+", expression.lower())
    if words[0] == "not":
        return ~VALUES[words[1]]
    left, operator, right = VALUES[words[0]], words[1], VALUES[words[2]]
    match operator:
        case "and":
            return left & right
        case "or":
            return left | right
        case "implies":
            return left.implies(right)
        case "xor":
            return (left | right) & ~(left & right)
    raise AssertionError(expression)


def test_all_39_cases_of_the_conformance_file_are_used() -> None:
    assert len(LOGIC) == 39


@pytest.mark.parametrize(("name", "expression", "output"), LOGIC, ids=[name for name, _, _ in LOGIC])
def test_a_connective_answers_as_hl7_says(name: str, expression: str, output: str) -> None:
    assert evaluated(expression) is VALUES[output]


def test_is_true_and_is_false_are_two_valued_as_hl7_says() -> None:
    checks = {"is true": TRUE, "is false": FALSE, "is null": UNKNOWN}
    used = 0
    for _, expression, output in cases("CqlNullologicalOperatorsTest.xml", {"IsNull", "IsTrue", "IsFalse"}):
        if (found := re.fullmatch(r"Is(True|False|Null)\((true|false|null)\)", expression, re.IGNORECASE)) or (
            found := re.fullmatch(r"(?:is (true|false|null))? ?\((true|false|null)\)", expression)
        ):
            asked, value = found.group(1).lower(), found.group(2)
            assert (VALUES[value] is checks[f"is {asked}"]) is (output == "true")
            used += 1
    assert used >= 6


def test_a_truth_is_no_bool_because_unknown_is_not_no() -> None:
    for truth in Truth:
        with pytest.raises(TypeError, match="three values"):
            bool(truth)


def test_all_of_and_any_of_are_and_and_or_of_many() -> None:
    assert all_of([]) is TRUE
    assert any_of([]) is FALSE
    for three in product(Truth, repeat=3):
        assert all_of(three) is three[0] & three[1] & three[2]
        assert any_of(three) is ~(~three[0] & ~three[1] & ~three[2])
