"""Vital signs at an infusion: taken at the moments that the study plans, and at any other."""

from dataclasses import dataclass, fields
from typing import Any, Final

from trialwright.conduct.act import act
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.cells import at_a_moment
from trialwright.conduct.gates.people import alive, consented
from trialwright.conduct.gates.ward import infusion_for_vitals, moment_has_come, moment_not_taken
from trialwright.conduct.roles import SITE
from trialwright.conduct.vitals_plan import UNPLANNED, check_moment
from trialwright.errors import FormatError
from trialwright.facts import parse_decimal
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import FactsRecorded, VitalsTaken


@dataclass(frozen=True, slots=True)
class Sign:
    """A vital sign: its unit, the concept of its fact, what nobody alive can have beyond, and what is unusual.

    concept  None where the library has none
    """

    label: str
    unit: str
    concept: str | None
    possible: tuple[int, int]
    usual: tuple[int, int]


SIGNS: Final[dict[str, Sign]] = {
    "temperature_c": Sign("Temperature", "Cel", "temperature", (25, 45), (35, 41)),
    "pulse": Sign("Pulse", "/min", "heart_rate", (0, 350), (40, 160)),
    "systolic": Sign("Systolic blood pressure", "mm[Hg]", "systolic", (0, 350), (70, 220)),
    "diastolic": Sign("Diastolic blood pressure", "mm[Hg]", "diastolic", (0, 250), (35, 130)),
    "respiratory_rate": Sign("Breaths", "/min", None, (0, 120), (8, 40)),
    "spo2_percent": Sign("Oxygen saturation", "%", "spo2", (20, 100), (80, 100)),
}
"""Field -> sign. What is possible is the library's `plausible`, opened to 0 where a heart or breath may stand still;
what is usual is our choice (assumption): outside it a page asks again, and records it as typed.
"""


@dataclass(frozen=True, slots=True)
class Vitals:
    """What was measured at which moment of which infusion; the last one, where none is named.

    moment  "15 min" after the start, "end + 2 h", or unplanned
    """

    moment: str = UNPLANNED
    temperature_c: str | None = None  # degrees Celsius
    pulse: str | None = None  # per minute
    systolic: str | None = None  # mm[Hg]
    diastolic: str | None = None
    respiratory_rate: str | None = None  # per minute
    spo2_percent: str | None = None
    note: str | None = None
    infusion: int | None = None


@act(
    Vitals,
    by=SITE,
    gates=(consented, alive, at_a_moment, infusion_for_vitals, moment_has_come, moment_not_taken),
    writes=VitalsTaken,
)
def take_vitals(deed: Deed[Vitals]) -> tuple[NewEntry, ...]:
    """Vital signs were taken at an infusion, now: at a moment that the study plans, or at another."""
    what = deed.what
    check_moment(deed.study, what.moment)
    check_signs(deed.act, what)
    given = deed.book.infusions
    measured = {name: getattr(what, name) for name in SIGNS}
    number = what.infusion or (given[-1].what.infusion if given else 1)
    taken = deed.entry(VitalsTaken(number, what.moment, **measured, note=what.note))
    facts = vital_facts(measured, deed.on or "")
    return (taken, deed.entry(FactsRecorded(facts))) if facts else (taken,)


def vital_facts(measured: dict[str, str | None], on: str) -> tuple[dict[str, Any], ...]:
    """The facts that measured signs become, dated by their moment: those for which the library has a concept."""
    return tuple(
        {"concept": sign.concept, "value": value, "unit": sign.unit, "on": on}
        for name, sign in SIGNS.items()
        if sign.concept and (value := measured.get(name))
    )


def check_signs(act: str, what: Any) -> None:
    """Raises FormatError for the first sign that cannot be read, and where nothing at all was measured."""
    for said in sign_faults(what).values():
        raise FormatError(f"{act}: {said}")
    if not any(getattr(what, part.name) for part in fields(what) if part.name in (*SIGNS, "note")):
        raise FormatError(f"{act}: nothing was measured and nothing noted. Give at least one value.")


def sign_faults(what: Any) -> dict[str, str]:
    """Field -> what is wrong with it: no number, or one that nobody alive can have."""
    found: dict[str, str] = {}
    for name, sign in SIGNS.items():
        value = getattr(what, name)
        if value in (None, ""):
            continue
        try:
            number = parse_decimal(value)
        except FormatError as fault:
            found[name] = f"{name}: {fault.message}"
            continue
        low, high = sign.possible
        if not low <= number <= high:
            found[name] = f"{name}: {value} was given; {low} to {high} {sign.unit} was expected. Check the unit."
    both = what.systolic and what.diastolic and not {"systolic", "diastolic"} & found.keys()
    if both and parse_decimal(what.diastolic) > parse_decimal(what.systolic):
        found["diastolic"] = f"diastolic: {what.diastolic} is above the systolic {what.systolic}. Exchange the two."
    return found


def unusual_signs(what: Any) -> dict[str, str]:
    """Field -> why a page asks again whether it was typed right: possible, and far from usual. Nothing is refused."""
    faults, found = sign_faults(what), {}
    for name, sign in SIGNS.items():
        value = getattr(what, name)
        if value in (None, "") or name in faults:
            continue
        low, high = sign.usual
        if not low <= parse_decimal(value) <= high:
            found[name] = f"{sign.label} {value} {sign.unit} is unusual ({low} to {high}): is it typed right?"
    return found
