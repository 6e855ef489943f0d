"""The scales as the laws see them: fields, each with its answers from the mildest to the worst."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

from hypothesis import strategies as st

from trialwright.facts import FALSE, TRUE, UNKNOWN
from trialwright.safety.scales.acute_gvhd import AcuteGvhd, grade_acute_gvhd
from trialwright.safety.scales.chronic_gvhd import FIELDS as ORGANS
from trialwright.safety.scales.chronic_gvhd import ChronicGvhd, grade_chronic_gvhd
from trialwright.safety.scales.crs import Crs, grade_crs
from trialwright.safety.scales.graded import Graded
from trialwright.safety.scales.icans import CONSCIOUSNESS, Icans, grade_icans
from trialwright.safety.scales.infusion_reaction import InfusionReaction, grade_infusion_reaction

NO_YES = (FALSE, TRUE)
YES_NO = (TRUE, FALSE)
Findings = dict[str, Any]


@dataclass(frozen=True)
class Scale:
    """A scale under test; `most_unknown` keeps the number of completions small enough to try every one."""

    name: str
    make: Callable[..., Any]
    judge: Callable[[Any], Graded]
    answers: dict[str, tuple[Any, ...]]
    most_unknown: int = 8

    def grade(self, findings: Findings) -> Graded | None:
        """The grade; None for findings that contradict each other, which the scale refuses."""
        try:
            made = self.make(**findings)
        except ValueError:
            return None
        return self.judge(made)

    def unknown(self, field: str) -> Any:
        return UNKNOWN if self.answers[field][0] in NO_YES else None

    def open_fields(self, findings: Findings) -> list[str]:
        return [field for field, value in findings.items() if value is UNKNOWN or value is None]

    def completions(self, findings: Findings, fields: list[str]) -> Iterator[Findings]:
        """The findings with every possible answer to these fields."""
        for answers in product(*(self.answers[field] for field in fields)):
            yield findings | dict(zip(fields, answers, strict=True))

    def findings(self) -> st.SearchStrategy[Findings]:
        """Any findings, some of them unknown, that the scale accepts."""
        each = {field: st.sampled_from((*given, self.unknown(field))) for field, given in self.answers.items()}
        return st.fixed_dictionaries(each).filter(
            lambda found: len(self.open_fields(found)) <= self.most_unknown and self.grade(found) is not None
        )


SCALES = (
    Scale(
        "acute GVHD",
        AcuteGvhd,
        grade_acute_gvhd,
        {"skin": tuple(range(5)), "liver": tuple(range(5)), "upper_gi": (0, 1), "lower_gi": tuple(range(5))},
    ),
    Scale(
        "chronic GVHD", ChronicGvhd, grade_chronic_gvhd, dict.fromkeys(ORGANS, ("excluded", 0, 1, 2, 3)), most_unknown=3
    ),
    Scale(
        "CRS",
        Crs,
        grade_crs,
        {
            "temperature_c": (Decimal("37.9"), Decimal("38.0")),
            "fever_explained": YES_NO,
            "masked": NO_YES,
            "hypotension": NO_YES,
            "vasopressors": (0, 1, 2),
            "vasopressin": NO_YES,
            "oxygen": ("none", "blow-by", "Venturi", "CPAP"),
            "death": NO_YES,
        },
    ),
    Scale(
        "ICANS",
        Icans,
        grade_icans,
        {
            "ice": (10, 9, 7, 6, 3, 2, 0),
            "consciousness": CONSCIOUSNESS,
            "seizure": ("none", "resolving quickly", "repetitive"),
            "motor": NO_YES,
            "oedema": ("none", "focal", "posturing"),
        },
    ),
    Scale(
        "infusion reaction",
        InfusionReaction,
        grade_infusion_reaction,
        {
            "reaction": NO_YES,
            "interrupted": NO_YES,
            "prompt_response": YES_NO,
            "prophylaxis_hours": (Decimal(0), Decimal(24), Decimal(25)),
            "prolonged_or_recurrent": NO_YES,
            "hospitalised": NO_YES,
            "life_threatening": NO_YES,
            "death": NO_YES,
        },
    ),
)
