"""Neurotoxicity after immune effector cells: the ICE score form, and the grade with what else is seen (ASTCT 2019)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from trialwright.errors import FormatError
from trialwright.facts import FALSE, TRUE, UNKNOWN, Truth
from trialwright.safety.scales.graded import Finding, Graded, worst_of
from trialwright.safety.scales.typed import check_fields, check_range, check_word, read_count, read_truth, read_word

SCALE: Final = "ASTCT 2019 ICANS"
ICE_POINTS: Final[Mapping[str, int]] = {"orientation": 4, "naming": 3, "command": 1, "writing": 1, "attention": 1}
"""The items of the ICE score and the most points of each: together 10."""
MOST_ICE: Final = sum(ICE_POINTS.values())
FIELDS: Final = (*ICE_POINTS, "ice", "consciousness", "seizure", "motor", "oedema")

_CONSCIOUSNESS_GRADES: Final = {"awake": 0, "wakes to voice": 2, "wakes to touch only": 3, "unarousable": 4}
_SEIZURE_GRADES: Final = {"none": 0, "resolving quickly": 3, "over 5 minutes": 4, "repetitive": 4}
_OEDEMA_GRADES: Final = {
    "none": 0,
    "focal": 3,
    "diffuse": 4,
    "posturing": 4,
    "sixth nerve palsy": 4,
    "papilloedema": 4,
    "Cushing triad": 4,
}
CONSCIOUSNESS: Final = tuple(_CONSCIOUSNESS_GRADES)
"""Awake: also who wakes unprompted. Unarousable: also coma, stupor, or woken by vigorous or repeated touch only."""
SEIZURE: Final = tuple(_SEIZURE_GRADES)
"""Resolving quickly: also one seen on EEG only that treatment ends. Repetitive: without waking fully in between."""
OEDEMA: Final = tuple(_OEDEMA_GRADES)
"""Swelling of the brain in an image, or a sign of raised pressure; the worst. Bleeding, and oedema with it: none."""


@dataclass(frozen=True, slots=True)
class IceScore:
    """The ICE score form: points of each item; None is not asked or not known, a wrong or no answer is 0 points.

    orientation (year, month, city, hospital) 0-4; naming (three objects) 0-3; command, writing, attention 0-1.
    Raises ValueError for points that an item does not have.
    """

    orientation: int | None = None
    naming: int | None = None
    command: int | None = None
    writing: int | None = None
    attention: int | None = None

    def __post_init__(self) -> None:
        for item, most in ICE_POINTS.items():
            check_range(item, getattr(self, item), 0, most)

    @property
    def missing(self) -> tuple[str, ...]:
        """The items without points."""
        return tuple(item for item in ICE_POINTS if getattr(self, item) is None)

    @property
    def lowest(self) -> int:
        """The sum with nothing for each item missing."""
        return sum(getattr(self, item) or 0 for item in ICE_POINTS)

    @property
    def highest(self) -> int:
        """The sum with all points for each item missing."""
        return self.lowest + sum(ICE_POINTS[item] for item in self.missing)

    @property
    def total(self) -> int | None:
        """The ICE score, 0 to 10; None while an item is missing."""
        return None if self.missing else self.lowest


@dataclass(frozen=True, slots=True)
class Icans:
    """The worst findings of one assessment that nothing else explains (not sedation, not bleeding).

    ice      the form, or its sum where only that is known; None was not done. Who cannot be woken cannot be asked.
    motor    deep focal weakness, such as of one side or both legs; tremor and jerks are not it.
    others   words of CONSCIOUSNESS, SEIZURE, OEDEMA; None is not known.
    Raises ValueError for a sum outside 0-10, or another word.
    """

    ice: IceScore | int | None
    consciousness: str | None
    seizure: str | None
    motor: Truth
    oedema: str | None

    def __post_init__(self) -> None:
        if isinstance(self.ice, int):
            check_range("ice", self.ice, 0, MOST_ICE)
        check_word("consciousness", self.consciousness, CONSCIOUSNESS)
        check_word("seizure", self.seizure, SEIZURE)
        check_word("oedema", self.oedema, OEDEMA)


def grade_icans(icans: Icans) -> Graded:
    """The grade 0 to 4 by the worst item; with a finding unknown, the grades it can be.

    ICE 10 is none, 7-9 grade 1, 3-6 grade 2, 0-2 grade 3 (also 0, while awake). Consciousness: to voice 2, to touch
    only 3, unarousable 4, whatever the ICE score. Seizure resolving quickly 3, over 5 minutes or repetitive 4. Deep
    focal weakness 4. Focal oedema 3; diffuse, or a sign of raised pressure, 4. Children under 12 have another form.
    Source Lee et al., Biol Blood Marrow Transplant 2019;25:625-638, as in the table for adults at pn.bmj.com, markup
    147019; the children's age is from memory.

    >>> grade_icans(Icans(None, "unarousable", None, UNKNOWN, None)).text
    '4'
    >>> grade_icans(Icans(8, "awake", "none", FALSE, None)).text
    '1 to 4'
    """
    motor = Finding(
        4 if icans.motor is TRUE else 0,
        0 if icans.motor is FALSE else 4,
        "deep focal weakness",
        ("motor",) if icans.motor is UNKNOWN else (),
    )
    items = (
        _ice(icans.ice),
        _by_word("consciousness", icans.consciousness, _CONSCIOUSNESS_GRADES),
        _by_word("seizure", icans.seizure, _SEIZURE_GRADES),
        motor,
        _by_word("oedema", icans.oedema, _OEDEMA_GRADES),
    )
    return worst_of(SCALE, items, nothing="ICE 10 and no other finding")


def read_icans(typed: Mapping[str, str]) -> Icans:
    """The findings from plain words under the names of FIELDS; a field left out is unknown.

    Give the items of the ICE form, or their sum as "ice", or both. Raises FormatError naming the field, what was found
    and what was expected; also where the sum does not agree with the items.
    """
    check_fields(typed, FIELDS)
    form = IceScore(**{item: read_count(typed, item, most) for item, most in ICE_POINTS.items()})
    ice = read_count(typed, "ice", MOST_ICE)
    if ice is not None and not form.lowest <= ice <= form.highest:
        possible = form.lowest if form.total is not None else f"{form.lowest} to {form.highest}"
        raise FormatError(
            f"ice: {ice} was found, but the items of the form add up to {possible}. Correct the sum or an item."
        )
    return Icans(
        ice=form if ice is None else ice,
        consciousness=read_word(typed, "consciousness", CONSCIOUSNESS),
        seizure=read_word(typed, "seizure", SEIZURE),
        motor=read_truth(typed, "motor"),
        oedema=read_word(typed, "oedema", OEDEMA),
    )


def _ice(ice: IceScore | int | None) -> Finding:
    """What the score says by itself: the fewer points, the higher the grade."""
    match ice:
        case IceScore():
            points, most, missing = ice.lowest, ice.highest, ice.missing
        case int():
            points, most, missing = ice, ice, ()
        case None:
            points, most, missing = 0, MOST_ICE, ("ice",)
    said = f"ICE {points}" if points == most else f"ICE {points} to {most}"
    lowest, highest = _ice_grade(most), _ice_grade(points)
    return Finding(lowest, highest, said, missing if lowest != highest else ())


def _ice_grade(points: int) -> int:
    return sum(points < limit for limit in (10, 7, 3))


def _by_word(field: str, word: str | None, grades: Mapping[str, int]) -> Finding:
    if word is None:
        return Finding(0, max(grades.values()), f"{field} not known", (field,))
    return Finding(grades[word], grades[word], f"{field}: {word}")
