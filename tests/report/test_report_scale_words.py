"""What the scales say, in the report's two languages: every reason a scale can give, every word it asks for."""

import re
from collections.abc import Iterator
from itertools import combinations

import pytest
from scale_laws import SCALES, Scale

from trialwright.report.scale_words import findings_said, reason_said
from trialwright.report.sections.board_scales import grade_said
from trialwright.report.words import Say
from trialwright.safety.scales import chronic_gvhd, crs, icans
from trialwright.safety.scales.chronic_gvhd import SCORES

ENGLISH, CHINESE = Say("en"), Say("zh")
WORDS = (*crs.OXYGEN, *icans.CONSCIOUSNESS, *icans.SEIZURE, *icans.OEDEMA)
LETTER = re.compile("[a-zA-Z]")
ABBREVIATIONS = re.compile(r"ICE|CPAP|BiPAP|°C")


def reasons(scale: Scale) -> Iterator[str]:
    """The reasons of the mildest findings, and of those with one, two or three others, known or not."""
    mildest = {field: answers[0] for field, answers in scale.answers.items()}
    options = {field: (*answers, scale.unknown(field)) for field, answers in scale.answers.items()}
    for changed in (set(some) for some in combinations(scale.answers, 2)):
        one, two = sorted(changed)
        for first in options[one]:
            for second in options[two]:
                graded = scale.grade(mildest | {one: first, two: second})
                if graded is not None:
                    yield from graded.because
    everything = {field: answers[-1] for field, answers in scale.answers.items()}
    for field in everything:
        worst = scale.grade(everything | {field: mildest[field]})
        yield from worst.because if worst is not None else ()


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.name)
def test_every_reason_has_its_chinese(scale: Scale) -> None:
    found = set(reasons(scale))
    assert found
    say = Say("zh")
    said = {reason: reason_said(reason, say) for reason in found}
    assert {
        reason: words for reason, words in said.items() if re.search("[a-zA-Z]", ABBREVIATIONS.sub("", words))
    } == {}
    assert say.missing == set()
    assert {reason_said(reason, ENGLISH) for reason in found} == found


@pytest.mark.parametrize("word", sorted({*WORDS, *SCORES, *chronic_gvhd.WORDS, "unknown"}))
def test_every_word_that_a_scale_asks_for_has_its_chinese(word: str) -> None:
    say = Say("zh")
    said = findings_said({"oxygen": word}, say) + grade_said(word, say) * (word in chronic_gvhd.WORDS)
    assert say.missing == set()
    if word in {*WORDS, "unknown", "excluded"}:
        assert LETTER.search(ABBREVIATIONS.sub("", said)) is None


@pytest.mark.parametrize(
    ("findings", "english"),
    [
        ({"skin": "2", "liver": "0", "lower_gi": "unknown"}, "skin 2; no: liver; unknown: lower gut"),
        (
            {"hypotension": "yes", "vasopressors": "1", "oxygen": "none"},
            "low blood pressure, vasopressors 1; no: oxygen",
        ),
        ({"ice": "0", "writing": "0", "motor": "no"}, "ICE score 0, writing 0; no: motor weakness"),
        ({"skin": "0", "liver": "0"}, "no: skin, liver"),
        ({}, ""),
    ],
)
def test_findings_are_those_that_are_there_then_those_that_are_not(findings: dict[str, str], english: str) -> None:
    """No point of the ICE form is the worst there is, never the absence of something."""
    assert findings_said(findings, ENGLISH) == english


@pytest.mark.parametrize(
    ("grade", "english", "chinese"),
    [
        ("III", "III", "III"),
        ("II to IV", "II to IV", "II 至 IV"),
        ("2 or 3", "2 or 3", "2 或 3"),
        ("mild to severe", "mild to severe", "轻度 至 重度"),
        ("looks like 3 to me", "looks like 3 to me", "looks like 3 to me"),
    ],
)
def test_a_grade_or_its_span_is_said_in_both_languages(grade: str, english: str, chinese: str) -> None:
    assert (grade_said(grade, ENGLISH), grade_said(grade, CHINESE)) == (english, chinese)


def test_a_reason_that_somebody_typed_stays_as_it_is() -> None:
    for typed in ("one vasopressor", "skin stage 2, I think", "oxygen", "fever of many °C"):
        assert reason_said(typed, CHINESE) == typed
