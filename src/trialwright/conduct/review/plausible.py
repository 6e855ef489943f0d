"""Between which limits a number is believed without asking."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from typing import Any

from trialwright.criteria import Library
from trialwright.facts import Quantity, convert, parse_decimal, read_unit


@dataclass(frozen=True, slots=True)
class Limits:
    """The lowest and highest number believed, in a unit; an end that is None is no limit."""

    low: Decimal | None
    high: Decimal | None
    unit: str
    molar_mass: Decimal | None = None  # g/mol: what a value in mass is compared by with limits in moles

    def __str__(self) -> str:
        ends = f"{self.low} to {self.high}"
        ends = f"{self.low} or more" if self.high is None else f"{self.high} or less" if self.low is None else ends
        return ends if self.unit == "1" else f"{ends} {self.unit}"


@lru_cache(maxsize=1)
def shipped_limits() -> Mapping[str, Limits]:
    """The limits of this version of trialwright, by concept."""
    import yaml

    text = files("trialwright").joinpath("conduct/review/plausible.yaml").read_text(encoding="utf-8")
    given: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {
        name: Limits(parse_decimal(row["low"]), parse_decimal(row["high"]), row["unit"])
        for name, row in given["concepts"].items()
    }


def limits_of(concept: str, library: Library) -> Limits | None:
    """The limits of a concept: ours, else those beyond which the criteria do not use it; None where there are none."""
    known = library.concepts.get(concept)
    if (limits := shipped_limits().get(concept)) is not None:
        return limits if known is None else replace(limits, molar_mass=known.molar_mass)
    if known is None or known.unit is None or known.plausible == (None, None):
        return None
    return Limits(*known.plausible, known.unit, known.molar_mass)


def implausible(quantity: Quantity, limits: Limits) -> bool:
    """Whether the number certainly lies outside; a number whose unit cannot be converted is not judged here."""
    unit = _unit(limits.unit)
    measured = quantity.measured_in if quantity.unit else unit
    if unit is None or measured is None:
        return False
    number = convert(Fraction(quantity.number), measured, unit, limits.molar_mass)
    if number is None:
        return False
    below = limits.low is not None and number < limits.low and quantity.comparator not in (">", ">=")
    above = limits.high is not None and number > limits.high and quantity.comparator not in ("<", "<=")
    return below or above


_unit = lru_cache(maxsize=256)(read_unit)
