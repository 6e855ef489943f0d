"""How much anthracycline a person has had, in milligrams of daunorubicin per square metre.

The heart counts every anthracycline ever given. The study says what one milligram of each counts as
(`treatment.chemotherapy.anthracyclines`); a drug it does not list counts for nothing here.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from trialwright.errors import FormatError
from trialwright.facts import parse_decimal
from trialwright.ledger.trial import Casebook
from trialwright.study.model import Study

_DAYS = re.compile(r"[0-9]{1,2}(-[0-9]{1,2})?(,[0-9]{1,2}(-[0-9]{1,2})?)*\Z")


def daunorubicin_equivalents(study: Study, drugs: Iterable[Mapping[str, Any]]) -> Decimal:
    """The sum over the drugs given: dose in mg/m2 a day, times days, times what the study counts it as.

    Raises FormatError where an anthracycline's dose or days cannot be read: a dose nobody counted is not zero.
    """
    return sum((_one(study, drug) for drug in drugs if _given(drug)), Decimal(0))


def has_anthracycline(study: Study, drugs: Iterable[Mapping[str, Any]]) -> bool:
    """Whether one of the drugs given is an anthracycline of the study's list."""
    return any(_given(drug) and _equivalent(study, drug) is not None for drug in drugs)


def cumulative_anthracycline(study: Study, casebook: Casebook) -> Decimal:
    """All cycles recorded so far, in mg/m2 of daunorubicin. What was given before the study is not in it."""
    return sum((Decimal(entry.what.anthracycline_mg_m2) for entry in casebook.cycles), Decimal(0))


def days_count(days: str | int) -> int:
    """How many days the words name: "1-3" is three, "1,3,5" is three, "2-2" is day 2 alone; a bare number counts days.

    The text "3" is refused: it may mean day 3 or three days. Raises FormatError.
    """
    if isinstance(days, int) and days > 0:
        return days
    plain = str(days).replace(" ", "").replace("–", "-")
    if not _DAYS.match(plain) or plain.isdigit():
        raise FormatError(f"days {days!r} cannot be read. Write the days of the cycle, such as 1-3 or 1,3,5.")
    named: set[int] = set()
    for part in plain.split(","):
        first, _, last = part.partition("-")
        named.update(range(int(first), int(last or first) + 1))
    if not named:
        raise FormatError(f"days {days!r}: the first day lies after the last.")
    return len(named)


def _given(drug: Mapping[str, Any]) -> bool:
    return drug.get("change") != "omitted"


def _equivalent(study: Study, drug: Mapping[str, Any]) -> Decimal | None:
    chemotherapy = study.treatment.chemotherapy
    name = str(drug.get("drug", "")).strip().lower()
    listed = chemotherapy.anthracyclines if chemotherapy else ()
    return next((one.daunorubicin_equivalent for one in listed if one.drug.strip().lower() == name), None)


def _one(study: Study, drug: Mapping[str, Any]) -> Decimal:
    equivalent = _equivalent(study, drug)
    if equivalent is None:
        return Decimal(0)
    unit = str(drug.get("unit", "")).replace("²", "2").replace(" ", "").lower()
    if unit not in ("mg/m2", "mg/m2/d"):
        raise FormatError(f"{drug.get('drug')}: unit {drug.get('unit')!r} was given; mg/m2 a day was expected.")
    return parse_decimal(str(drug.get("dose", ""))) * days_count(drug.get("days", "")) * equivalent
