"""Laws of every scale: an unknown finding opens the grade as far as its answers do; a worse finding never lowers it."""

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scale_laws import SCALES, Scale

from trialwright.facts import FALSE, TRUE, UNKNOWN
from trialwright.safety.scales.graded import Graded, say_grade

every_scale = pytest.mark.parametrize("scale", SCALES, ids=[scale.name for scale in SCALES])


@every_scale
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_an_answer_stays_within_the_grades_said_to_be_possible_and_both_ends_can_be_reached(
    scale: Scale, data: st.DataObject
) -> None:
    found = data.draw(scale.findings())
    graded = scale.grade(found)
    assert graded is not None
    reached = [scale.grade(done) for done in scale.completions(found, scale.open_fields(found))]
    grades = [one.grade for one in reached if one is not None]
    assert None not in grades
    assert (graded.lowest, graded.highest) == (min(grades), max(grades))


@every_scale
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_answering_what_is_missing_settles_the_grade(scale: Scale, data: st.DataObject) -> None:
    found = data.draw(scale.findings())
    graded = scale.grade(found)
    assert graded is not None
    assert graded.known is (graded.missing == ())
    assert set(graded.missing) <= set(scale.open_fields(found))
    settled = [scale.grade(done) for done in scale.completions(found, list(graded.missing))]
    assert all(one.known for one in settled if one is not None)


@every_scale
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_worse_finding_never_lowers_a_grade(scale: Scale, data: st.DataObject) -> None:
    found = data.draw(scale.findings())
    field = data.draw(st.sampled_from(sorted(scale.answers)))
    mild, worse = sorted(data.draw(st.tuples(*[st.sampled_from(range(len(scale.answers[field])))] * 2)))
    before = scale.grade(found | {field: scale.answers[field][mild]})
    after = scale.grade(found | {field: scale.answers[field][worse]})
    assume(before is not None and after is not None)
    assert before is not None
    assert after is not None
    assert before.lowest <= after.lowest
    assert before.highest <= after.highest


@every_scale
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_grade_above_nothing_says_which_finding_decides(scale: Scale, data: st.DataObject) -> None:
    graded = scale.grade(data.draw(scale.findings()))
    assert graded is not None
    assert bool(graded.because) is (graded.lowest > 0 or graded.known)
    assert not any("not known" in reason for reason in graded.because)


@every_scale
def test_nothing_known_leaves_every_grade_of_the_scale_open(scale: Scale) -> None:
    findings: dict[str, Any] = {field: scale.unknown(field) for field in scale.answers}
    graded = scale.grade(findings)
    assert graded is not None
    highest = {"acute GVHD": 4, "chronic GVHD": 3, "CRS": 5, "ICANS": 4, "infusion reaction": 5}[scale.name]
    assert (graded.lowest, graded.highest, graded.grade, graded.because) == (0, highest, None, ())
    assert set(graded.missing) == set(findings)


@pytest.mark.parametrize(
    ("lowest", "highest", "text"), [(2, 2, "2"), (0, 1, "0 or 1"), (1, 2, "1 or 2"), (1, 3, "1 to 3"), (0, 5, "0 to 5")]
)
def test_neighbouring_grades_are_said_with_or_and_a_span_with_to(lowest: int, highest: int, text: str) -> None:
    assert say_grade(lowest, highest) == text


@pytest.mark.parametrize(("grade", "truth"), [(1, TRUE), (2, TRUE), (3, UNKNOWN), (4, UNKNOWN), (5, FALSE)])
def test_whether_a_grade_is_reached_is_unknown_between_the_lowest_and_the_highest(grade: int, truth: object) -> None:
    assert Graded("a scale", 2, 4, "2 to 4", ("a finding",), ("another",)).at_least(grade) is truth
