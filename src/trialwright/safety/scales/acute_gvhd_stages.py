"""The stage of each organ in acute graft-versus-host disease, from what was measured (MAGIC 2016).

Source: table adapted from Harris et al., Biol Blood Marrow Transplant 2016;22:4-10, in NCBI Bookshelf NBK577669 (PDQ);
limits in umol/L are the milligram limits times 17.104, to the whole number. The tables print gaps (3 to 3.1 mg/dL, 999
to 1000 mL, 4 to 5 episodes); a value in a gap goes to the worse stage: that is our reading. No stage is lowered because
another cause is also at work in the liver. An answer is a `Graded` of stages: its `grade` is the stage, None if open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from trialwright.facts import FALSE, TRUE, UNKNOWN, Quantity, Truth, any_of, convert, format_decimal
from trialwright.facts.quantities import Bound
from trialwright.facts.units import MASS_CONCENTRATION, MOLAR_CONCENTRATION, UNITS, Unit
from trialwright.safety.scales.graded import Finding, Graded, worst_of
from trialwright.safety.scales.typed import check_range

_BILIRUBIN: Final = {
    MASS_CONCENTRATION: (UNITS["mg/dL"], (2, 3, 6, 15)),
    MOLAR_CONCENTRATION: (UNITS["umol/L"], (34, 51, 103, 257)),
}
_ADULT_ML: Final = (Fraction(500), Fraction(999), Fraction(1500))
_ADULT_EPISODES: Final = (Fraction(3), Fraction(4), Fraction(7))
_LIGHT_ML_PER_KG: Final = (Fraction(10), Fraction("19.9"), Fraction(30))
_LIGHT_EPISODES: Final = (Fraction(4), Fraction(6), Fraction(10))
ADULT_ABOVE_KG: Final = 50
"""Above this body weight the adult's table of stool holds; up to it, the child's, per kg."""
ML_PER_UNQUANTIFIED_EPISODE: Final = 200
ML_PER_KG_PER_UNQUANTIFIED_EPISODE: Final = 3


def skin_stage(bsa_percent: Decimal | None, *, bullae: Truth) -> Graded:
    """The skin's stage 0-4: rash below 25 %, 25-50 %, above 50 % of the body surface; 4 with bullae as well.

    bsa_percent  body surface with an active, red rash of GVHD, in percent; None is not known.
    bullae       whether blisters or peeling cover more than 5 %; they make stage 4 only of a rash above 50 %.
    Raises ValueError outside 0-100.
    """
    check_range("bsa_percent", bsa_percent, 0, 100)
    if bsa_percent is None:
        missing = ("bsa_percent", "bullae") if bullae is UNKNOWN else ("bsa_percent",)
        return _stage("skin", Finding(0, 3 if bullae is FALSE else 4, "rash not known", missing))
    rash = 0 if bsa_percent == 0 else 1 if bsa_percent < 25 else 2 if bsa_percent <= 50 else 3
    said = f"rash on {bsa_percent} % of the body surface"
    if rash < 3 or bullae is FALSE:
        return _stage("skin", Finding(rash, rash, said))
    if bullae is TRUE:
        return _stage("skin", Finding(4, 4, f"{said} with bullae or peeling"))
    return _stage("skin", Finding(3, 4, said, ("bullae",)))


def liver_stage(bilirubin: Quantity | None) -> Graded:
    """The liver's stage 0-4 by total bilirubin: from 2, above 3, above 6, above 15 mg/dL.

    A value is held against the limits printed for the unit it was reported in: 34, 51, 103, 257 umol/L for molar units.
    Converting 34 umol/L first would give 1.99 mg/dL and lose a stage that a laboratory reporting 2.0 mg/dL keeps.
    bilirubin  "<2 mg/dL" and the like give the stages that are possible; with no unit we know, the stage is unknown.
    Raises ValueError below 0.
    """
    if bilirubin is not None and bilirubin.number < 0:
        raise ValueError(f"bilirubin is {bilirubin}; it cannot be below 0")
    unit = bilirubin.measured_in if bilirubin else None
    if bilirubin is None or unit is None or unit.kind not in _BILIRUBIN:
        return _stage("liver", Finding(0, 4, "bilirubin not known", ("bilirubin",)))
    target, limits = _BILIRUBIN[unit.kind]
    low, high = (_in_unit(bound, unit, target) for bound in bilirubin.interval)
    lowest = sum(low is not None and _from(low[0], limit, index, low[1]) for index, limit in enumerate(limits))
    highest = sum(high is None or _up_to(high[0], limit, index, high[1]) for index, limit in enumerate(limits))
    missing = () if lowest == highest else ("bilirubin",)
    return _stage("liver", Finding(lowest, highest, f"bilirubin {bilirubin}", missing))


def upper_gi_stage(persistent: Truth) -> Graded:
    """The upper gut's stage: 1 with persistent nausea, vomiting or anorexia, else 0."""
    lowest, highest = int(persistent is TRUE), int(persistent is not FALSE)
    missing = ("persistent",) if persistent is UNKNOWN else ()
    return _stage("upper GI", Finding(lowest, highest, "persistent nausea, vomiting or anorexia", missing))


@dataclass(frozen=True, slots=True)
class StoolDay:
    """The stool of one day: millilitres measured, and episodes nobody measured; None is not known."""

    measured_ml: Decimal | None
    unquantified_episodes: int | None


def stool_volume(days: Sequence[StoolDay], *, weight_kg: Decimal | None) -> Fraction | None:
    """The mean stool volume of three days, mL a day, exactly; None where a day, or a weight that matters, is unknown.

    An episode nobody measured counts 200 mL; up to 50 kg of body weight 3 mL/kg. Where stool and urine are mixed,
    half is presumed to be stool: the caller halves. Raises ValueError for other than three days, or values below 0.
    Source abstract, Blood 2015;126:3154; the mean of three days and the mixture, NBK577669.
    """
    if len(days) != 3:
        raise ValueError(f"{len(days)} days of stool were given; the mean is of three")
    _check_weight(weight_kg)
    total = Fraction(0)
    for day in days:
        if day.measured_ml is None or day.unquantified_episodes is None:
            return None
        if day.measured_ml < 0 or day.unquantified_episodes < 0:
            raise ValueError(f"{day}: a volume or a number of episodes cannot be below 0")
        if day.unquantified_episodes and weight_kg is None:
            return None
        total += Fraction(day.measured_ml) + day.unquantified_episodes * _episode_ml(weight_kg)
    return total / 3


def lower_gi_stage(
    *,
    ml_per_day: Fraction | Decimal | None = None,
    episodes_per_day: Fraction | Decimal | None = None,
    weight_kg: Decimal | None,
    severe_pain: Truth,
    bloody: Truth,
) -> Graded:
    """The lower gut's stage 0-4 by stool a day (mean of three days), pain and blood.

    Above 50 kg: 500-999 mL or 3-4 episodes, 1000-1500 or 5-7, more. Up to 50 kg, also for a light adult: 10-19.9 mL/kg
    or 4-6 episodes, 20-30 or 7-10, more. Stage 4, whatever the volume: severe pain, or grossly bloody stool; ileus
    neither makes a stage 4 by itself nor is it needed.
    ml_per_day, episodes_per_day  say one: the volume where it was measured (`stool_volume`); neither is not known.
    severe_pain  needs opioids, or more of them, and weighs on the person's activity.
    Raises ValueError if both are given, or for values below 0.
    """
    if ml_per_day is not None and episodes_per_day is not None:
        raise ValueError("give the volume where it was measured, else the episodes, not both")
    _check_weight(weight_kg)
    stool = _stool(ml_per_day, episodes_per_day, weight_kg)
    return _stage("lower GI", stool, _worst_stool(severe_pain, bloody))


def _worst_stool(severe_pain: Truth, bloody: Truth) -> Finding:
    """Stage 4 by pain or blood."""
    signs = (("severe_pain", "severe pain", severe_pain), ("bloody", "bloody stool", bloody))
    match any_of(truth for _, _, truth in signs):
        case Truth.TRUE:
            return Finding(4, 4, " and ".join(said for _, said, truth in signs if truth is TRUE))
        case Truth.FALSE:
            return Finding(0, 0, "neither severe pain nor blood")
    return Finding(0, 4, "pain or blood not known", tuple(name for name, _, truth in signs if truth is UNKNOWN))


def _stool(ml: Fraction | Decimal | None, episodes: Fraction | Decimal | None, weight_kg: Decimal | None) -> Finding:
    """What the amount of stool says; an unknown weight leaves the adult's table and the child's possible."""
    given, name = (episodes, "episodes") if ml is None else (ml, "mL")
    if given is None:
        return Finding(0, 3, "stool not known", ("ml_per_day or episodes_per_day",))
    amount, said = Fraction(given), f"{format_decimal(Fraction(given))} {name} of stool a day"
    if amount < 0:
        raise ValueError(f"{said}: it cannot be below 0")
    adult = _beyond(amount, _ADULT_EPISODES if ml is None else _ADULT_ML)
    if weight_kg is not None and weight_kg > ADULT_ABOVE_KG:
        return Finding(adult, adult, said)
    if ml is None:
        light = lightest = _beyond(amount, _LIGHT_EPISODES)
    else:
        light = _beyond(amount / Fraction(weight_kg or ADULT_ABOVE_KG), _LIGHT_ML_PER_KG)
        lightest = 3 if amount else 0  # the less somebody weighs, the more the same volume is per kg
    if weight_kg is not None:
        return Finding(light, light, said)
    lowest, highest = min(adult, light), max(adult, lightest)
    return Finding(lowest, highest, said, ("weight_kg",) if lowest != highest else ())


def _beyond(amount: Fraction, limits: tuple[Fraction, Fraction, Fraction]) -> int:
    """From the first limit on stage 1; above the second stage 2, above the third stage 3."""
    first, second, third = limits
    return int(amount >= first) + int(amount > second) + int(amount > third)


def _episode_ml(weight_kg: Decimal | None) -> Fraction:
    if weight_kg is None or weight_kg > ADULT_ABOVE_KG:
        return Fraction(ML_PER_UNQUANTIFIED_EPISODE)
    return ML_PER_KG_PER_UNQUANTIFIED_EPISODE * Fraction(weight_kg)


def _check_weight(weight_kg: Decimal | None) -> None:
    if weight_kg is not None and weight_kg <= 0:
        raise ValueError(f"weight_kg is {weight_kg}; a weight is above 0")


def _in_unit(bound: Bound | None, unit: Unit, target: Unit) -> Bound | None:
    """A bound said in another unit of the same kind; no bound stays none."""
    value = None if bound is None else convert(bound[0], unit, target)
    return None if bound is None or value is None else (value, bound[1])


def _from(low: Fraction, limit: int, index: int, itself: bool) -> bool:
    """Whether every value from `low` on is beyond the limit; only stage 1 begins at its limit."""
    return low > limit or (low == limit and (index == 0 or not itself))


def _up_to(high: Fraction, limit: int, index: int, itself: bool) -> bool:
    """Whether some value up to `high` is beyond the limit."""
    return high > limit or (high == limit and index == 0 and itself)


def _stage(organ: str, *findings: Finding) -> Graded:
    return worst_of(f"MAGIC 2016, {organ}", findings, nothing="nothing found that makes a stage")
