"""The units a clinic writes, each once, with its exact size; nothing is guessed from a spelling we do not know.

The table is closed on purpose. A general UCUM parser reads `K/uL` as kelvin per microlitre, `G/L` as gauss
per litre and `mm` where `mM` was meant, and converts them without a murmur. Codes are UCUM's (the unit table
is tested against ucumvert/pint and UCUM's own functional tests); a unit's `kind` is narrower than its
dimension, so that values UCUM would convert but a clinician would not (HbA1c in % and in mmol/mol, a
clearance and a clearance per 1.73 m²) never meet.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the closed table: `value` in it is `value * factor + offset` of its kind's base."""

    code: str
    kind: str
    factor: Fraction
    offset: Fraction = Fraction(0)

    def __str__(self) -> str:
        return self.code


MASS_CONCENTRATION = "mass concentration"
MOLAR_CONCENTRATION = "molar concentration"
NUMBER = "number"

# kind → "code factor" pairs; each kind's base is named in its comment. Factors are exact.
_TABLE = {
    # g/L
    MASS_CONCENTRATION: "g/L 1, g/dL 10, mg/dL 1/100, mg/L 1/1000, mg/mL 1, ug/dL 1/100000, ug/L 1/1000000, "
    "ug/mL 1/1000, ng/dL 1/100000000, ng/L 1/1000000000, ng/mL 1/1000000, pg/mL 1/1000000000, pg/L 1/1000000000000",
    # mol/L
    MOLAR_CONCENTRATION: "mol/L 1, mmol/L 1/1000, umol/L 1/1000000, nmol/L 1/1000000000, pmol/L 1/1000000000000, "
    "mmol/dL 1/100, umol/dL 1/100000, nmol/mL 1/1000000, umol/mL 1/1000",
    # eq/L: an equivalent is a mole only where the charge is one, so it stands apart
    "equivalent concentration": "eq/L 1, meq/L 1/1000",
    # U/L (U = umol/min; kat = mol/s)
    "catalytic concentration": "U/L 1, kU/L 1000, mU/L 1/1000, U/mL 1000, U/dL 10, mU/mL 1, kat/L 60000000, "
    "ukat/L 60, nkat/L 3/50",
    # [iU]/L
    "arbitrary concentration": "[iU]/L 1, [iU]/mL 1000, [iU]/dL 10, m[iU]/L 1/1000, m[iU]/mL 1, u[iU]/mL 1/1000, "
    "k[iU]/L 1000, k[iU]/mL 1000000",
    # /L
    "number concentration": "/L 1, /mL 1000, /uL 1000000, /mm3 1000000, 10*3/uL 1e9, 10*3/mm3 1e9, 10*6/uL 1e12, "
    "10*3/mL 1e6, 10*6/mL 1e9, 10*3/L 1e3, 10*6/L 1e6, 10*8/L 1e8, 10*9/L 1e9, 10*10/L 1e10, 10*12/L 1e12, "
    "10*7/mL 1e10, 10*8/mL 1e11, 10*9/mL 1e12",
    "copy concentration": "{copies}/mL 1, {copies}/uL 1000",  # {copies}/mL
    "number per body weight": "/kg 1, 10*3/kg 1e3, 10*4/kg 1e4, 10*5/kg 1e5, 10*6/kg 1e6, 10*7/kg 1e7, 10*8/kg 1e8, "
    "10*9/kg 1e9",  # /kg
    NUMBER: "1 1, % 1/100, 10*3 1e3, 10*4 1e4, 10*5 1e5, 10*6 1e6, 10*7 1e7, 10*8 1e8, 10*9 1e9, 10*10 1e10, "
    "[ppth] 1/1000, [ppm] 1/1000000",  # 1
    "glycated haemoglobin (NGSP)": "%{HbA1c} 1",
    "amount ratio": "mol/mol 1, mmol/mol 1/1000, umol/mol 1/1000000",
    "endotoxin per body weight": "{EU}/kg 1",
    "endotoxin per body weight and time": "{EU}/kg/h 1",
    "endotoxin concentration": "{EU}/mL 1, {EU}/L 1/1000",
    "time": "s 1, ms 1/1000, min 60, h 3600, d 86400, wk 604800, mo 2629800, a 31557600",  # s; a = 365.25 d
    "mass": "g 1, kg 1000, mg 1/1000, ug 1/1000000, ng 1/1000000000, pg 1/1000000000000, [lb_av] 45359237/100000",
    "length": "m 1, cm 1/100, mm 1/1000, um 1/1000000, [in_i] 127/5000",
    "area": "m2 1, cm2 1/10000",
    "volume": "L 1, dL 1/10, mL 1/1000, uL 1/1000000, fL 1/1000000000000000",
    "flow": "mL/min 1, L/min 1000, mL/s 60, mL/h 1/60, L/h 50/3, L/d 25/36",  # mL/min
    "flow per body surface": "mL/min/{1.73_m2} 1",
    "flow per area": "L/min/m2 1, mL/min/m2 1/1000",
    "pressure": "Pa 1, kPa 1000, mm[Hg] 66661/500, cm[H2O] 980665/10000",  # Pa; m[Hg] = 133322 Pa in UCUM
    "rate": "/min 1, /s 60, /h 1/60, /d 1/1440",  # /min
    "dose per body surface": "mg/m2 1, g/m2 1000, ug/m2 1/1000",
    "body mass index": "kg/m2 1",
    "dose per body weight": "mg/kg 1, ug/kg 1/1000, g/kg 1000, ng/kg 1/1000000",
    "mass ratio": "mg/g 1, ug/mg 1, ug/g 1/1000, g/g 1000",
    "mass per amount": "mg/mmol 1, g/mol 1, ug/mmol 1/1000",
    "osmolality": "mosm/kg 1",
    "mass per time": "g/d 1, mg/d 1/1000, mg/(24.h) 1/1000, g/(24.h) 1",
    "speed": "mm/h 1, m/s 3600000, cm/s 36000",
}
# Temperatures have an offset as well: base K.
_TEMPERATURES = (
    Unit("K", "temperature", Fraction(1)),
    Unit("Cel", "temperature", Fraction(1), Fraction(27315, 100)),
    Unit("[degF]", "temperature", Fraction(5, 9), Fraction(45967, 180)),
)


def _units() -> dict[str, Unit]:
    units = {unit.code: unit for unit in _TEMPERATURES}
    for kind, row in _TABLE.items():
        for pair in row.split(", "):
            code, factor = pair.rsplit(" ", 1)
            units[code] = Unit(code, kind, Fraction(factor))
    return units


UNITS = _units()

# What laboratories print, after `_tidied`, for a unit of the table. IU/L stays the international unit: only a
# concept may say that its IU/L is the enzyme unit U/L.
_ALIASES = {
    "G/L": "10*9/L",
    "T/L": "10*12/L",
    "/ul": "/uL",
    "{cells}/uL": "/uL",
    "cells/uL": "/uL",
    "cells/mL": "/mL",
    "cells/kg": "/kg",
    "cells/L": "/L",
    "{cells}/kg": "/kg",
    "/mm^3": "/mm3",
    "10*3/mm^3": "10*3/mm3",
    "IU/L": "[iU]/L",
    "IU/mL": "[iU]/mL",
    "mIU/mL": "m[iU]/mL",
    "mIU/L": "m[iU]/L",
    "uIU/mL": "u[iU]/mL",
    "kIU/L": "k[iU]/L",
    "EU/kg": "{EU}/kg",
    "EU/mL": "{EU}/mL",
    "[EU]/kg": "{EU}/kg",  # UCUM's [EU] is the Ehrlich unit; per kilogram nobody means that
    "[EU]/mL": "{EU}/mL",
    "copies/mL": "{copies}/mL",
    "mEq/L": "meq/L",
    "mOsm/kg": "mosm/kg",
    "mM": "mmol/L",
    "uM": "umol/L",
    "°C": "Cel",
    "degC": "Cel",
    "°F": "[degF]",
    "mmHg": "mm[Hg]",
    "cmH2O": "cm[H2O]",
    "bpm": "/min",
    "{beats}/min": "/min",
    "次/min": "/min",
    "次/分": "/min",
    "msec": "ms",
    "sec": "s",
    "hour": "h",
    "hours": "h",
    "day": "d",
    "days": "d",
    "week": "wk",
    "weeks": "wk",
    "month": "mo",
    "months": "mo",
    "year": "a",
    "years": "a",
    "岁": "a",
    "天": "d",
    "m^2": "m2",
    "mg/m^2": "mg/m2",
    "g/m^2": "g/m2",
    "kg/m^2": "kg/m2",
    "mL/min/1.73m2": "mL/min/{1.73_m2}",
    "mL/min/1.73m^2": "mL/min/{1.73_m2}",
    "mL/min/1.73_m2": "mL/min/{1.73_m2}",
    "mL/min/{1.73m2}": "mL/min/{1.73_m2}",
    "mL/(min*1.73m2)": "mL/min/{1.73_m2}",
    "mL/(min.1.73m2)": "mL/min/{1.73_m2}",
    "mL/min/(1.73m2)": "mL/min/{1.73_m2}",
    "g/24h": "g/(24.h)",
    "mg/24h": "mg/(24.h)",
    "{ratio}": "1",
    "{INR}": "1",
    "{score}": "1",
}

# Spellings that mean something else in UCUM than whoever wrote them meant: never read, always explained.
_TRAPS = {
    "K/uL": "in UCUM this is kelvin per microlitre; thousands per microlitre is 10*3/uL",
    "K/mm3": "in UCUM this is kelvin per cubic millimetre; thousands per cubic millimetre is 10*3/mm3",
    "M/uL": "M is no UCUM unit; millions per microlitre is 10*6/uL",
    "Mio/uL": "write 10*6/uL",
    "C": "in UCUM this is the coulomb; degrees Celsius is Cel",
    "F": "in UCUM this is the farad; degrees Fahrenheit is [degF]",
}

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_SUPERSCRIPT_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
# Full-width forms, the two micro signs and the multiplication signs, one character for one.
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    ord("µ"): "u",
    ord("μ"): "u",
    ord("×"): "x",
    ord("✕"): "x",
    ord("℃"): "°C",
    ord("㎡"): "m2",
    ord("㎎"): "mg",
    ord("％"): "%",
    ord("∕"): "/",
}
_POWER = re.compile(r"\A[x*]?10(?:\^|\*\*?|[eE])([0-9]{1,2})(?=/|\Z)")
_LITRE = re.compile(r"(?<=[/ dmuf])l\b|\Al\b")


def fold(text: str) -> str:
    """The text with full-width forms, both micro signs and × as ASCII; other characters unchanged."""
    return text.translate(_FOLD)


@lru_cache(maxsize=2048)
def read_unit(text: str) -> Unit | None:
    """The unit a text names, in UCUM or in a laboratory's spelling; None if the table does not hold it.

    >>> read_unit("×10⁹/L").code, read_unit("µmol / l").code, read_unit("K/uL")
    ('10*9/L', 'umol/L', None)
    """
    if len(text) > 40:
        return None
    if found := UNITS.get(text):
        return found
    tidy = _tidied(text)
    return None if tidy in _TRAPS else UNITS.get(_ALIASES.get(tidy, tidy))


def unit_hint(text: str) -> str | None:
    """What is wrong with a unit we do not read, and what to write; None if we know no better."""
    tidy = _tidied(text[:40])
    if tidy in _TRAPS:
        return _TRAPS[tidy]
    lowered = {code.lower(): code for code in UNITS}
    return f"did you mean {lowered[tidy.lower()]}?" if tidy.lower() in lowered else None


def convert(value: Fraction, source: Unit, target: Unit, molar_mass: Decimal | None = None) -> Fraction | None:
    """`value` in `source` said in `target`, exactly; None where the kinds differ.

    molar_mass  g/mol of the substance; with it, and only with it, mass and molar concentrations convert.

    >>> convert(Fraction(3), read_unit("mg/dL"), read_unit("umol/L"), Decimal("113.12")).__round__(1)
    Fraction(1326, 5)
    """
    if source.kind == target.kind:
        if source.code == target.code:
            return value
        return (value * source.factor + source.offset - target.offset) / target.factor
    if molar_mass is None:
        return None
    if source.kind == MASS_CONCENTRATION and target.kind == MOLAR_CONCENTRATION:
        return value * source.factor / Fraction(molar_mass) / target.factor
    if source.kind == MOLAR_CONCENTRATION and target.kind == MASS_CONCENTRATION:
        return value * source.factor * Fraction(molar_mass) / target.factor
    return None


def _tidied(text: str) -> str:
    powered = _SUPERSCRIPT_RUN.sub(lambda run: "^" + run.group().translate(_SUPERSCRIPTS), text.strip())
    plain = re.sub(r"\s+", "", fold(powered))
    plain = _POWER.sub(r"10*\1", plain)
    return _LITRE.sub("L", plain)
