"""The blood values of one invented person: the fall after chemotherapy, the recovery, and what harm adds to it.

Fixed by the participant's number and what the fate says of the disease, so that no other draw changes them.
"""

from datetime import date
from decimal import Decimal
from typing import Final

from trialwright.simulate.fate import Fate

BEFORE, GO = "chemotherapy", "go-no-go"
DRAWS: Final = (BEFORE, GO, "d1", "d3", "d7", "d14", "d21", "d28", "d56", "d100")
"""The visits at which blood is drawn in the first hundred days; later ones are near the last of these."""
UMOL_PER_MG_DL = Decimal("88.42")
RECOVERED = {"anc": "1.9", "platelets": "142"}
PARTLY = {"anc": "0.7", "platelets": "64"}
LOW = {"anc": "0.6", "platelets": "38"}

# By visit; before chemotherapy the disease decides, after the first marrow its response.
NEUTROPHILS: Final = (0.0, 0.5, 0.3, 0.2, 0.3, 0.7, 1.2)
PLATELETS: Final = (0, 44, 34, 24, 18, 46, 88)
HAEMOGLOBIN: Final = (0, 82, 80, 76, 78, 84, 92, 98, 108, 118)
ENZYMES: Final = (1.0, 1.1, 1.2, 1.4, 1.3, 1.2, 1.1, 1.0, 1.0, 1.0)
PEAKS: Final[dict[tuple[int, str, str], str]] = {
    (4, "alt", "d14"): "1480",
    (4, "ast", "d14"): "1120",
    (4, "alt", "d21"): "480",
    (4, "ast", "d21"): "320",
    (4, "alt", "d28"): "140",
    (4, "ast", "d28"): "96",
    (7, "creatinine", "d3"): "168",
    (10, "bilirubin", "d21"): "58.4",
    (10, "bilirubin", "d28"): "31.0",
}
INFLAMED: Final = {(5, "d1"): "86", (5, "d3"): "61", (7, "d1"): "124", (7, "d3"): "188", (9, "d1"): "41"}
"""C-reactive protein, measured in those with a cytokine release syndrome."""


def counts(fate: Fate, number: int, visit: str, day: date) -> dict[str, str]:
    """Neutrophils and platelets of a visit after the first marrow: by the disease and its response."""
    relapsed = fate.relapse_on is not None and day >= fate.relapse_on
    never = fate.remission_on is None and fate.remission_after_days is None
    if relapsed or never:
        return LOW
    return PARTLY if visit == "d28" and fate.remission_on is None and number % 2 else RECOVERED


def values(fate: Fate, number: int, visit: str, day: date) -> dict[str, str]:
    """The answers to the laboratory form at a visit; numbers as the laboratory prints them."""
    place = DRAWS.index(visit) if visit in DRAWS else len(DRAWS) - 1
    found = {name: _enzyme(fate, number, name, place, visit) for name in ("alt", "ast", "bilirubin")}
    found["creatinine"] = PEAKS.get((number, "creatinine", visit)) or _creatinine(fate, number, place)
    found |= _blood(fate, number, place, visit, day)
    if (number, visit) in INFLAMED:
        found["crp"] = INFLAMED[number, visit]
    return {f"laboratory.{name}": value for name, value in found.items()}


def _blood(fate: Fate, number: int, place: int, visit: str, day: date) -> dict[str, str]:
    spread = number * 7 % 5
    ill = fate.remission_on is None
    if place == 0:
        partly = ill or fate.disease_status == "CRh/CRi"
        start = {"anc": "0.8" if ill else "1.2" if partly else f"{2.0 + spread / 5:.1f}"}
        start["platelets"] = str((46 if ill else 72) + 3 * spread) if partly else str(150 + 12 * spread)
        return start | {"hemoglobin": str((86 if ill else 104) + 2 * spread)}
    if place < len(NEUTROPHILS):
        neutrophils, platelets, red = NEUTROPHILS[place], PLATELETS[place], HAEMOGLOBIN[place]
        low = {"anc": f"{neutrophils * (1 + spread * 0.05):.2f}", "platelets": str(platelets + 2 * spread)}
        return low | {"hemoglobin": str(red + spread)}
    after = counts(fate, number, visit, day)
    red = HAEMOGLOBIN[place]
    return after | {"hemoglobin": str(84 + spread if after is LOW else red + 3 * spread)}


def _enzyme(fate: Fate, number: int, name: str, place: int, visit: str) -> str:
    if (number, name, visit) in PEAKS:
        return PEAKS[number, name, visit]
    base = float(fate.laboratory[name][0]) * (ENZYMES[place] + (0.05 * (number % 4) if 0 < place < 7 else 0))
    return f"{base:.1f}" if name == "bilirubin" else f"{base:.0f}"


def _creatinine(fate: Fate, number: int, place: int) -> str:
    """In umol/L, whatever unit screening had."""
    value, unit = fate.laboratory["creatinine"]
    molar = Decimal(value) * (UMOL_PER_MG_DL if unit == "mg/dL" else 1)
    return f"{molar * (1 + Decimal(number % 3 * (1 if 0 < place < 6 else 0)) / 50):.0f}"
