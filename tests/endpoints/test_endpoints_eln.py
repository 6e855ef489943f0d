"""Response by ELN: every vector, the table in words, and that an answer never overturns what was settled."""

import csv
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from trialwright.endpoints import Findings, judge_mrd, judge_relapse, judge_response
from trialwright.endpoints.eln import CATEGORIES, CRITERIA, Criteria
from trialwright.facts import Quantity, parse_quantity
from trialwright.facts.truth import FALSE, TRUE, UNKNOWN, Truth

HERE = Path(__file__).parents[1]
VECTORS = list(
    csv.DictReader((HERE / "data" / "reference" / "celltherapy" / "eln2022_response_vectors.csv").open(newline=""))
)
ROWS: list[dict[str, Any]] = yaml.load((HERE / "spec" / "response" / "eln.yaml").read_text("utf-8"), yaml.BaseLoader)
KEYS = {"case", "criteria", "is", "literal", "missing"}
NUMBERS = {"blasts": "marrow_blasts", "anc": "anc", "platelets": "platelets", "before": "pretreatment_blasts"}
ASKED = {
    "adequate": "marrow_adequate",
    "blood": "circulating_blasts",
    "outside": "extramedullary",
    "auer": "auer_rods",
    "supported": "counts_supported",
}
TRUTHS = {"yes": TRUE, "no": FALSE, "unknown": UNKNOWN, "1": TRUE, "0": FALSE}


def quantity(text: str | None) -> Quantity | None:
    return parse_quantity(text) if text else None


def told(row: dict[str, Any]) -> Findings:
    """The findings of a row of the table; what it leaves out is as its README says."""
    usual = {"adequate": "yes", "blood": "no", "outside": "no", "auer": "no", "supported": "no"}
    truths = {ASKED[name]: TRUTHS[row.get(name, usual[name])] for name in ASKED}
    return Findings(**{NUMBERS[name]: quantity(row.get(name)) for name in NUMBERS}, **truths)  # type: ignore[arg-type]


# --- somebody else's answers ---


def test_every_vector_is_there() -> None:
    assert len(VECTORS) == 16


@pytest.mark.parametrize("row", VECTORS, ids=range(1, len(VECTORS) + 1))
@pytest.mark.parametrize(("column", "literal"), [("response_default", False), ("response_cri_literal_or", True)])
def test_each_vector_is_answered(row: dict[str, str], column: str, literal: bool) -> None:
    found = Findings(
        quantity(row["bm_blasts_pct"]),
        quantity(row["anc_10e9L"]),
        quantity(row["plt_10e9L"]),
        TRUTHS[row["circulating_blasts"]],
        TRUTHS[row["extramedullary"]],
        quantity(row["pretreatment_bm_blasts_pct"]),
        TRUE if row["bm_blasts_pct"] else FALSE,  # no count: no marrow
        FALSE,
        FALSE,
    )
    judged = judge_response(found, "ELN 2022", cri_literal_or=literal)
    assert judged.category == row[column]
    assert judged.missing == ()


# --- the table ---


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case"])
def test_the_table_is_answered(row: dict[str, Any]) -> None:
    assert set(row) <= KEYS | set(NUMBERS) | set(ASKED)
    criteria: Criteria = row.get("criteria", "ELN 2022")
    for name, literal in (("is", False), ("literal", True)):
        answer = row.get(name, row["is"])
        judged = judge_response(told(row), criteria, cri_literal_or=literal)
        assert list(judged.possible) == ([answer] if isinstance(answer, str) else answer)
        assert judged.category == (answer if isinstance(answer, str) else None)
        for words in row.get("missing", []):
            assert any(words in phrase for phrase in judged.missing)
        assert bool(judged.missing) is (judged.category is None)


def test_what_is_open_is_said_in_the_order_of_the_categories() -> None:
    assert judge_response(told({"blasts": "2", "platelets": "150"}), "ELN 2022").said == "CR or CRh or CRi"
    assert judge_response(Findings(), "ELN 2022").said == "not known"
    assert judge_response(Findings(), "ELN 2017").said == "not known"


def test_what_was_found_is_said_with_its_numbers() -> None:
    judged = judge_response(told({"blasts": "4.90", "anc": "990 /uL", "platelets": "<20"}), "ELN 2017")
    assert judged.because == (
        "blasts in the marrow 4.90 %",
        "neutrophils 990 /uL",
        "platelets <20 x 10^9/L",
        "no blasts in the blood",
        "none outside the marrow",
        "adequate marrow",
        "no Auer rods",
    )


def test_a_unit_of_another_sort_is_no_answer() -> None:
    assert judge_response(told({"blasts": "2", "anc": "2 g/L", "platelets": "60"}), "ELN 2022").category is None


# --- laws ---

UNKNOWN_OR = st.sampled_from([TRUE, FALSE, UNKNOWN])


def numbers(*edges: str) -> st.SearchStrategy[Quantity | None]:
    typed = [f"{sign}{edge}" for edge in edges for sign in ("", "<", ">=")]
    return st.none() | st.sampled_from(typed).map(parse_quantity)


FINDINGS = st.builds(
    Findings,
    numbers("0", "4.9", "5", "24", "25", "25.1", "80"),
    numbers("0.4", "0.5", "0.9", "1.0", "3"),
    numbers("49", "50", "99", "100", "300"),
    UNKNOWN_OR,
    UNKNOWN_OR,
    numbers("0", "9", "10", "50", "99"),
    UNKNOWN_OR,
    UNKNOWN_OR,
    UNKNOWN_OR,
)
TRUTH_FIELDS = ("circulating_blasts", "extramedullary", "marrow_adequate", "auer_rods", "counts_supported")
NUMBER_FIELDS = ("marrow_blasts", "anc", "platelets", "pretreatment_blasts")


@given(FINDINGS, st.sampled_from(CRITERIA), st.booleans(), st.data())
def test_an_answer_never_changes_what_was_settled(
    found: Findings, criteria: Criteria, literal: bool, data: st.DataObject
) -> None:
    before = judge_response(found, criteria, cri_literal_or=literal)
    unknown = [name for name in TRUTH_FIELDS if getattr(found, name) is UNKNOWN]
    unknown += [name for name in NUMBER_FIELDS if getattr(found, name) is None]
    if not unknown:
        return
    name = data.draw(st.sampled_from(unknown))
    answer: Truth | Quantity = (
        data.draw(st.sampled_from([TRUE, FALSE]))
        if name in TRUTH_FIELDS
        else Quantity(Decimal(data.draw(st.integers(0, 1000))) / 10)
    )
    after = judge_response(replace(found, **{name: answer}), criteria, cri_literal_or=literal)  # type: ignore[arg-type]
    assert set(after.possible) <= set(before.possible)
    assert before.category in (None, after.category)


@given(FINDINGS, st.sampled_from(CRITERIA), st.booleans())
def test_something_is_always_possible_and_nothing_is_asked_of_what_is_settled(
    found: Findings, criteria: Criteria, literal: bool
) -> None:
    judged = judge_response(found, criteria, cri_literal_or=literal)
    assert judged.possible
    assert list(judged.possible) == [one for one in CATEGORIES if one in judged.possible]
    assert (judged.category is None) is bool(judged.missing)
    assert "CRh" not in judged.possible or criteria == "ELN 2022"


@given(FINDINGS, st.sampled_from([TRUE, FALSE]), st.data())
def test_an_answer_never_takes_a_relapse_back(found: Findings, before: Truth, data: st.DataObject) -> None:
    judged = judge_relapse(found, blood_blasts_before=before).relapsed
    unknown = [name for name in TRUTH_FIELDS if getattr(found, name) is UNKNOWN]
    if judged is UNKNOWN or not unknown:
        return
    name = data.draw(st.sampled_from(unknown))
    answered = replace(found, **{name: data.draw(st.sampled_from([TRUE, FALSE]))})
    assert judge_relapse(answered, blood_blasts_before=before).relapsed is judged


# --- relapse and residual disease ---


@pytest.mark.parametrize(
    ("row", "before", "relapsed"),
    [
        ({"blasts": "5"}, FALSE, TRUE),
        ({"blasts": "4.9"}, FALSE, FALSE),
        ({"blasts": ">=5", "adequate": "no"}, FALSE, TRUE),
        ({"blasts": "2", "adequate": "no"}, FALSE, UNKNOWN),
        ({"blasts": "2", "adequate": "unknown"}, FALSE, UNKNOWN),
        ({}, FALSE, UNKNOWN),
        ({"outside": "yes", "adequate": "no"}, FALSE, TRUE),
        ({"blasts": "2", "outside": "unknown"}, FALSE, UNKNOWN),
        ({"blasts": "2", "blood": "yes"}, FALSE, UNKNOWN),
        ({"blasts": "2", "blood": "yes"}, TRUE, TRUE),
        ({"blasts": "2", "blood": "no"}, TRUE, FALSE),
    ],
)
def test_a_relapse_is_in_the_marrow_outside_it_or_twice_in_the_blood(
    row: dict[str, str], before: Truth, relapsed: Truth
) -> None:
    assert judge_relapse(told(row), blood_blasts_before=before).relapsed is relapsed


@pytest.mark.parametrize(
    ("method", "percent", "sensitivity", "positive"),
    [
        ("flow", "0.1", None, TRUE),
        ("flow", "0.099", None, FALSE),
        ("flow", "<0.01", "0.01", FALSE),
        ("flow", "<0.1", "0.1", FALSE),
        ("flow", "<0.5", "0.5", UNKNOWN),
        ("flow", "0", "0.5", UNKNOWN),
        ("flow", "2", "0.5", TRUE),
        ("flow", None, None, UNKNOWN),
        ("NGS", "0.01", None, UNKNOWN),
        (None, "0.01", None, UNKNOWN),
    ],
)
def test_residual_disease_by_flow_is_negative_below_a_tenth_of_a_per_cent(
    method: str | None, percent: str | None, sensitivity: str | None, positive: Truth
) -> None:
    assert judge_mrd(method, quantity(percent), quantity(sensitivity)) is positive
