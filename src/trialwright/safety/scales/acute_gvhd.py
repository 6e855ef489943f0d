"""Acute graft-versus-host disease: four organs by stage, and the overall grade 0 to IV (MAGIC 2016)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from trialwright.safety.scales.graded import ROMAN, Finding, Graded, worst_of
from trialwright.safety.scales.typed import check_fields, check_range, read_count

SCALE: Final = "MAGIC 2016"
FIELDS: Final = ("skin", "liver", "upper_gi", "lower_gi")
STAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "skin": ("0", "1", "2", "3", "4"),
    "liver": ("0", "1", "2", "3", "4"),
    "upper_gi": ("0", "1"),
    "lower_gi": ("0", "1", "2", "3", "4"),
}
"""The stages each organ may have, as they are typed; beside them "unknown"."""

# The overall grade that each stage demands by itself, stage 0 first.
_DEMANDS: Final = {
    "skin": (0, 1, 1, 2, 4),
    "liver": (0, 2, 3, 3, 4),
    "upper_gi": (0, 2),
    "lower_gi": (0, 2, 3, 3, 4),
}
_ORGANS: Final = {"skin": "skin", "liver": "liver", "upper_gi": "upper GI", "lower_gi": "lower GI"}


@dataclass(frozen=True, slots=True)
class AcuteGvhd:
    """The stages of one assessment: upper GI 0 or 1, the others 0 to 4; None is not known.

    Raises ValueError for a stage that does not exist.
    """

    skin: int | None
    liver: int | None
    upper_gi: int | None
    lower_gi: int | None

    def __post_init__(self) -> None:
        for organ in FIELDS:
            check_range(organ, getattr(self, organ), 0, len(_DEMANDS[organ]) - 1)


def grade_acute_gvhd(stages: AcuteGvhd) -> Graded:
    """The overall grade, 0 and I to IV; with a stage unknown, the grades it can be.

    The worst organ decides: I skin 1-2; II skin 3, liver 1, upper GI 1 or lower GI 1; III liver 2-3 or lower GI 2-3;
    IV stage 4 of skin, liver or lower GI.
    Source Harris et al., Biol Blood Marrow Transplant 2016;22:4-10. The wording of the overall grades is from memory;
    all 250 combinations are held in tests/data/reference/celltherapy/magic_agvhd_grades.csv.

    >>> grade_acute_gvhd(AcuteGvhd(skin=4, liver=None, upper_gi=None, lower_gi=None)).text
    'IV'
    >>> grade_acute_gvhd(AcuteGvhd(skin=3, liver=None, upper_gi=0, lower_gi=0)).text
    'II to IV'
    """
    return worst_of(
        SCALE, (_finding(organ, getattr(stages, organ)) for organ in FIELDS), words=ROMAN, nothing="every organ stage 0"
    )


def read_acute_gvhd(typed: Mapping[str, str]) -> AcuteGvhd:
    """The stages from plain words: skin, liver, upper_gi, lower_gi, each a stage or "unknown".

    A field left out is unknown. Raises FormatError naming the field, what was found and what was expected.
    """
    check_fields(typed, FIELDS)
    return AcuteGvhd(**{organ: read_count(typed, organ, len(_DEMANDS[organ]) - 1) for organ in FIELDS})


def _finding(organ: str, stage: int | None) -> Finding:
    demands = _DEMANDS[organ]
    if stage is None:
        return Finding(demands[0], demands[-1], f"{_ORGANS[organ]} not known", (organ,))
    return Finding(demands[stage], demands[stage], f"{_ORGANS[organ]} stage {stage}")
