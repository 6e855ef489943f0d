"""What may be typed into each field of an act, for a form or a help text: its words, or the form of its number.

What is typed is read elsewhere: an act's own words in `words`, the findings of a scale by that scale, which minds
neither capitals nor hyphens.
"""

from collections.abc import Mapping
from dataclasses import Field
from typing import Any, Final

from trialwright.conduct.words import (
    CAUSES,
    DATES,
    LEAST,
    MOMENTS,
    MOST,
    RELATED,
    VOCABULARY,
    YES_NO_UNKNOWN,
)
from trialwright.safety.scales.acute_gvhd import STAGES
from trialwright.safety.scales.chronic_gvhd import FIELDS as ORGANS
from trialwright.safety.scales.chronic_gvhd import SCORES
from trialwright.safety.scales.crs import OXYGEN
from trialwright.safety.scales.icans import CONSCIOUSNESS, ICE_POINTS, MOST_ICE, OEDEMA, SEIZURE
from trialwright.safety.scales.typed import NOT_KNOWN

Choices = Mapping[str, tuple[str, ...]]


def _beside(words: tuple[str, ...]) -> tuple[str, ...]:
    return (*words, NOT_KNOWN)


def _asked(*fields: str) -> Choices:
    return dict.fromkeys(fields, YES_NO_UNKNOWN)


FINDINGS: Final[Mapping[str, Choices]] = {
    "assess_acute_gvhd": {organ: _beside(stages) for organ, stages in STAGES.items()},
    "assess_chronic_gvhd": {organ: _beside(SCORES) for organ in ORGANS},
    "assess_crs": {
        **_asked("fever_explained", "masked", "hypotension", "vasopressin", "death"),
        "oxygen": _beside(OXYGEN),
    },
    "assess_icans": {
        **_asked("motor"),
        "consciousness": _beside(CONSCIOUSNESS),
        "seizure": _beside(SEIZURE),
        "oedema": _beside(OEDEMA),
    },
    "assess_infusion_reaction": _asked(
        "interrupted",
        "prompt_response",
        "prolonged_or_recurrent",
        "hospitalised",
        "life_threatening",
        "death",
        "reaction",
    ),
}
"""Act -> finding -> the words that its scale takes."""
PERCENT: Final = "0 to 100"
COUNTS: Final = "x 10^9/L, or with its unit, such as '1200 /uL'"
NUMBERS: Final[Mapping[str, str]] = {
    "temperature_c": "degrees Celsius, such as 38.4",
    "pulse": "beats per minute",
    "systolic": "mm[Hg]",
    "diastolic": "mm[Hg]",
    "respiratory_rate": "breaths per minute",
    "spo2_percent": PERCENT,
    "moment": "15 min after the start, end + 2 h, or unplanned",
    "vasopressors": "how many, vasopressin not counted",
    "prophylaxis_hours": "hours, such as 24; 0 is none",
    "ice": f"the sum, 0 to {MOST_ICE}",
    **{item: f"points, 0 to {most}" for item, most in ICE_POINTS.items()},
    "anc": COUNTS,
    "platelets": COUNTS,
    **dict.fromkeys(
        ("blasts_percent", "pretreatment_blasts_percent", "mrd_percent", "mrd_sensitivity_percent"), PERCENT
    ),
}
"""Field -> the form and the unit of its number."""
TABLES: Final[Mapping[str, str]] = {"related": f"{' | '.join(RELATED)}, for each of {', '.join(CAUSES)}"}
"""Field that holds a table -> what stands in it."""


def choices_of(act: str) -> Choices:
    """Field -> the words it takes, of the fields that take no others."""
    return {**VOCABULARY.get(act, {}), **FINDINGS.get(act, {})}


def form_of(act: str, field: "Field[Any]") -> str | None:
    """What may be typed into a field, in one line; None where any text may.

    >>> from dataclasses import fields
    >>> from trialwright.conduct.grading import CrsFindings
    >>> [form_of("assess_crs", field) for field in fields(CrsFindings)][:2]
    ['degrees Celsius, such as 38.4', 'yes | no | unknown']
    """
    name, choices = field.name, choices_of(act)
    if name in choices:
        return " | ".join(choices[name])
    if field.type in (bool, bool | None):
        return "yes | no"
    if name in LEAST and field.type in (int, int | None):
        return f"{LEAST[name]} to {MOST[name]}" if name in MOST else f"{LEAST[name]} or more"
    if name in DATES:
        return "a day, such as 2026-11-20 (2026-11 where only the month is known)"
    if name in MOMENTS:
        return "a moment, such as 2026-11-20T09:30"
    return NUMBERS.get(name) or TABLES.get(name)
