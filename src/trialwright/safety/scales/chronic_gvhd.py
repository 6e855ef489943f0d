"""Chronic graft-versus-host disease: eight organs scored 0 to 3, and the global severity (NIH consensus of 2014)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from trialwright.safety.scales.graded import Finding, Graded, worst_of
from trialwright.safety.scales.typed import check_fields, check_range, read_word

SCALE: Final = "NIH 2014"
FIELDS: Final = ("skin", "mouth", "eyes", "gi", "liver", "lungs", "joints", "genital")
WORDS: Final = ("none", "mild", "moderate", "severe")
"""The global severity by its number, 0 to 3."""
EXCLUDED: Final = "excluded"
SCORES: Final = ("0", "1", "2", "3", EXCLUDED)
"""What may be typed for an organ; beside it "unknown"."""

Score = int | Literal["excluded"] | None
_LABELS: Final = {"gi": "GI", "joints": "joints and fascia", "genital": "genital tract"}


@dataclass(frozen=True, slots=True)
class ChronicGvhd:
    """The scores of one assessment, 0 to 3.

    None      not scored: not known, so any score is possible.
    EXCLUDED  whatever is wrong there has another cause altogether: the organ is left out. A mixed cause is scored.
    Raises ValueError for a score that does not exist.
    """

    skin: Score
    mouth: Score
    eyes: Score
    gi: Score
    liver: Score
    lungs: Score
    joints: Score
    genital: Score

    def __post_init__(self) -> None:
        for organ in FIELDS:
            score = getattr(self, organ)
            if score != EXCLUDED:
                check_range(organ, score, 0, 3)


def grade_chronic_gvhd(scores: ChronicGvhd) -> Graded:
    """The global severity: none, mild, moderate or severe (0 to 3); with an organ not scored, those it can be.

    Mild: one or two organs with score 1, the lungs 0. Moderate: three organs or more with score 1, any organ but the
    lungs with 2, or the lungs with 1. Severe: any organ with 3, or the lungs with 2. Performance status is not counted.
    Source Jagasia et al., Biol Blood Marrow Transplant 2015;21:389-401 (NIH consensus of 2014): the wording of the
    global severity is from memory; the organs and the lungs' limits are in NCI thesaurus C225388.

    >>> everywhere = dict.fromkeys(FIELDS, 0)
    >>> grade_chronic_gvhd(ChronicGvhd(**everywhere | {"skin": 1, "lungs": None})).text
    'mild to severe'
    """
    given = {organ: getattr(scores, organ) for organ in FIELDS}
    fewest, most = _filled(given, 0), _filled(given, 3)
    unscored = tuple(organ for organ, score in given.items() if score is None)
    count = Finding(_severity_by_count(fewest), _severity_by_count(most), _count(fewest), unscored)
    organs = [
        Finding(
            _severity(organ, fewest[organ]), _severity(organ, most[organ]), f"{_label(organ)} score {score}", (organ,)
        )
        for organ, score in given.items()
        if score != EXCLUDED
    ]
    return worst_of(SCALE, (*organs, count), words=WORDS, nothing="no organ with a score above 0")


def lung_score(fev1_percent: Decimal | None) -> int | None:
    """The lungs' score by FEV1 in percent of predicted: 1 below 80, 2 below 60, 3 below 40; None where not known.

    The scale prints whole percents (60-79, 40-59, up to 39); a value between them goes to the worse score: that is our
    reading. Where symptoms and FEV1 disagree FEV1 decides (from memory). Raises ValueError below 0.
    """
    if fev1_percent is None:
        return None
    check_range("fev1_percent", fev1_percent, 0, 300)
    return sum(fev1_percent < limit for limit in (80, 60, 40))


def skin_score(by_surface: int | None, by_features: int | None) -> Graded:
    """The skin's score: the higher of the score by body surface and the score by features such as sclerosis.

    None is not known; its `grade` is then None, unless the other one is 3. Raises ValueError outside 0-3.
    """
    check_range("by_surface", by_surface, 0, 3)
    check_range("by_features", by_features, 0, 3)
    return worst_of(
        f"{SCALE}, skin",
        (_skin("by_surface", by_surface), _skin("by_features", by_features)),
        nothing="both skin scores 0",
    )


def read_chronic_gvhd(typed: Mapping[str, str]) -> ChronicGvhd:
    """The scores from plain words: an organ -> "0" to "3", "excluded" or "unknown"; one left out is unknown.

    Raises FormatError naming the organ, what was found and what was expected.
    """
    check_fields(typed, FIELDS)
    return ChronicGvhd(**{organ: _score(read_word(typed, organ, SCORES)) for organ in FIELDS})


def _score(word: str | None) -> Score:
    if word is None:
        return None
    return EXCLUDED if word == EXCLUDED else int(word)


def _filled(given: Mapping[str, Score], unknown: int) -> dict[str, int]:
    """Every organ with a number: what is unknown counts as `unknown`, what is excluded as 0."""
    return {organ: unknown if score is None else 0 if score == "excluded" else score for organ, score in given.items()}


def _severity(organ: str, score: int) -> int:
    """What one organ demands by itself; one organ with score 1 is already mild."""
    return (0, 2, 3, 3)[score] if organ == "lungs" else score


def _severity_by_count(scores: Mapping[str, int]) -> int:
    """Three organs involved make it moderate, however lightly."""
    return 2 if sum(score > 0 for score in scores.values()) >= 3 else 0


def _count(scores: Mapping[str, int]) -> str:
    involved = [_label(organ) for organ, score in scores.items() if score]
    return f"{len(involved)} organs involved: {', '.join(involved)}"


def _label(organ: str) -> str:
    return _LABELS.get(organ, organ)


def _skin(name: str, score: int | None) -> Finding:
    if score is None:
        return Finding(0, 3, "not known", (name,))
    return Finding(score, score, f"{name.removeprefix('by_')} score {score}")
