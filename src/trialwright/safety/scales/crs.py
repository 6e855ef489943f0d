"""Cytokine release syndrome: fever, blood pressure and oxygen, and the grade they make (ASTCT 2019)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from trialwright.facts import FALSE, TRUE, UNKNOWN, Truth
from trialwright.safety.scales.graded import Finding, Graded, worst_of
from trialwright.safety.scales.typed import (
    check_fields,
    check_range,
    check_word,
    read_count,
    read_number,
    read_truth,
    read_word,
)

SCALE: Final = "ASTCT 2019 CRS"
FIELDS: Final = (
    "temperature_c",
    "fever_explained",
    "masked",
    "hypotension",
    "vasopressors",
    "vasopressin",
    "oxygen",
    "death",
)
_OXYGEN_GRADES: Final = {
    "none": 0,
    "low flow": 2,
    "blow-by": 2,
    "high flow": 3,
    "facemask": 3,
    "non-rebreather": 3,
    "Venturi": 3,
    "CPAP": 4,
    "BiPAP": 4,
    "ventilation": 4,
}
OXYGEN: Final = tuple(_OXYGEN_GRADES)
"""What somebody short of oxygen needs; low flow is up to 6 L/min by nose, high flow is more. Beside it "unknown"."""
FEVER_C: Final = Decimal("38.0")
MOST_VASOPRESSORS: Final = 9
_FEWEST_DEGREES: Final = 25
_MOST_DEGREES: Final = 45


@dataclass(frozen=True, slots=True)
class Crs:
    """The worst findings of one assessment; None and UNKNOWN are not known.

    temperature_c    highest, in degrees Celsius.
    fever_explained  whether something else explains the fever altogether.
    masked           whether, after the fever of this syndrome began, an antipyretic or anticytokine (tocilizumab, a
                     steroid) was given: from then on fever is not asked for. Premedication before any fever is not it.
    hypotension      low blood pressure, treated or not, that nothing else explains.
    vasopressors     how many are needed, vasopressin not counted.
    oxygen           a word of OXYGEN; "none" too where support has another reason, such as guarding the airway.
    death            whether the person died of it; a form that does not ask is filled in for the living.
    Raises ValueError for a temperature outside 25-45, a count below 0 or above 9, or another word.
    """

    temperature_c: Decimal | None
    fever_explained: Truth
    masked: Truth
    hypotension: Truth
    vasopressors: int | None
    vasopressin: Truth
    oxygen: str | None
    death: Truth = FALSE

    def __post_init__(self) -> None:
        check_range("temperature_c", self.temperature_c, _FEWEST_DEGREES, _MOST_DEGREES)
        check_range("vasopressors", self.vasopressors, 0, MOST_VASOPRESSORS)
        check_word("oxygen", self.oxygen, OXYGEN)


def grade_crs(crs: Crs) -> Graded:
    """The grade 0 to 5 by the worse of blood pressure and oxygen; with a finding unknown, the grades it can be.

    It needs a fever of 38.0 or more that nothing else explains, now or before it was masked: else 0. Grade 1 is fever
    alone. 2: hypotension without vasopressor, or oxygen at low flow or blow-by. 3: one vasopressor, with or without
    vasopressin, or high flow, facemask, non-rebreather, Venturi. 4: several vasopressors, or CPAP, BiPAP, ventilation.
    5: death of it. Other organs are graded by CTCAE.
    Our readings: vasopressin alone is a vasopressor, so 3; masked, without fever, hypotension and oxygen, is 0.
    Source Lee et al., Biol Blood Marrow Transplant 2019;25:625-638, as in PMC9327779 table 2 and PMC8021214 table 1.

    >>> febrile = Crs(Decimal("39.1"), FALSE, FALSE, TRUE, 1, FALSE, "low flow")
    >>> grade_crs(febrile).text, grade_crs(febrile).because
    ('3', ('1 vasopressor',))
    """
    present, asked = _present(crs)
    items = [_fever(crs), _pressure(crs), _oxygen(crs)]
    if present is FALSE:
        items = []
    elif present is UNKNOWN:
        items = [Finding(0, item.highest, item.said, (*asked, *item.missing)) for item in items]
    nothing = "no fever now, no hypotension, no oxygen needed"
    if present is FALSE:
        nothing = "no fever of 38.0 °C or more that nothing else explains, nor one that was masked"
    return worst_of(SCALE, (*items, _death(crs)), nothing=nothing)


def read_crs(typed: Mapping[str, str]) -> Crs:
    """The findings from plain words under the names of FIELDS; a field left out is unknown, except death: no.

    Raises FormatError naming the field, what was found and what was expected.
    """
    check_fields(typed, FIELDS)
    return Crs(
        temperature_c=read_number(
            typed,
            "temperature_c",
            Decimal(_FEWEST_DEGREES),
            Decimal(_MOST_DEGREES),
            f"degrees Celsius from {_FEWEST_DEGREES} to {_MOST_DEGREES}, such as 38.4,",
        ),
        fever_explained=read_truth(typed, "fever_explained"),
        masked=read_truth(typed, "masked"),
        hypotension=read_truth(typed, "hypotension"),
        vasopressors=read_count(typed, "vasopressors", MOST_VASOPRESSORS),
        vasopressin=read_truth(typed, "vasopressin"),
        oxygen=read_word(typed, "oxygen", OXYGEN),
        death=read_truth(typed, "death", otherwise=FALSE),
    )


def _present(crs: Crs) -> tuple[Truth, tuple[str, ...]]:
    """Whether there is a syndrome to grade, and the fields that leave it open."""
    feverish, asked = _feverish(crs)
    if crs.masked is UNKNOWN:
        asked = (*asked, "masked")
    present = feverish | crs.masked
    return present, asked if present is UNKNOWN else ()


def _feverish(crs: Crs) -> tuple[Truth, tuple[str, ...]]:
    """Whether there is a fever now that nothing else explains, and the fields that leave it open."""
    hot = UNKNOWN
    if crs.temperature_c is not None:
        hot = TRUE if crs.temperature_c >= FEVER_C else FALSE
    feverish = hot & ~crs.fever_explained
    if feverish is not UNKNOWN:
        return feverish, ()
    asked = (("temperature_c", hot), ("fever_explained", crs.fever_explained))
    return feverish, tuple(name for name, truth in asked if truth is UNKNOWN)


def _fever(crs: Crs) -> Finding:
    feverish, asked = _feverish(crs)
    said = f"fever of {crs.temperature_c} °C" if crs.temperature_c is not None else "fever not known"
    return Finding(int(feverish is TRUE), int(feverish is not FALSE), said, asked)


def _pressure(crs: Crs) -> Finding:
    most = MOST_VASOPRESSORS if crs.vasopressors is None else crs.vasopressors
    lowest = _pressure_grade(crs.vasopressors or 0, crs.vasopressin is TRUE, crs.hypotension is TRUE)
    highest = _pressure_grade(most, crs.vasopressin is not FALSE, crs.hypotension is not FALSE)
    open_fields = (
        ("vasopressors", crs.vasopressors is None),
        ("vasopressin", crs.vasopressin is UNKNOWN),
        ("hypotension", crs.hypotension is UNKNOWN),
    )
    missing = () if lowest == highest else tuple(name for name, is_open in open_fields if is_open)
    return Finding(lowest, highest, _pressure_said(crs), missing)


def _pressure_grade(vasopressors: int, vasopressin: bool, hypotension: bool) -> int:
    if vasopressors:
        return 4 if vasopressors > 1 else 3
    return 3 if vasopressin else 2 if hypotension else 0


def _pressure_said(crs: Crs) -> str:
    if crs.vasopressors:
        return f"{crs.vasopressors} vasopressor{'s' if crs.vasopressors > 1 else ''}"
    return "vasopressin" if crs.vasopressin is TRUE else "hypotension"


def _oxygen(crs: Crs) -> Finding:
    if crs.oxygen is None:
        return Finding(0, 4, "oxygen not known", ("oxygen",))
    grade = _OXYGEN_GRADES[crs.oxygen]
    return Finding(grade, grade, f"oxygen: {crs.oxygen}")


def _death(crs: Crs) -> Finding:
    missing = ("death",) if crs.death is UNKNOWN else ()
    return Finding(5 if crs.death is TRUE else 0, 0 if crs.death is FALSE else 5, "death", missing)
