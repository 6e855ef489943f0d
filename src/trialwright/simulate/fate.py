"""What happens to one invented person: dates and outcomes drawn from a random generator, nothing else.

The rates are chosen so that a demonstration shows every part of a report; they describe no real treatment.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np

FIRST_CONSENT: Final = date(2023, 2, 6)
STATUSES: Final = ("CR1", "CR1", "CR1", "CR1", "CR2+", "CRh/CRi", "refractory", "relapsed", "first induction")
"""How often a status is drawn: most are in a first remission, as the registry record expects."""


@dataclass(frozen=True, slots=True)
class Harm:
    """An adverse event: days count from the first infusion."""

    term: str
    grade: int
    day: int
    lasts_days: int
    nk_cells: str  # related | not related | unknown
    serious: tuple[str, ...] = ()
    dose_limiting: str = "no"


@dataclass(frozen=True, slots=True)
class Fate:
    """What will happen to one person. None: it does not happen."""

    consent_on: date
    born: int
    sex: str
    laboratory: dict[str, tuple[str, str]]  # concept -> value as typed, unit
    fails: str | None = None  # the concept that keeps the person out
    withdraws_before: bool = False
    enrol_on: date | None = None
    disease_status: str = "CR1"
    phase: str = "consolidation"
    remission_on: date | None = None  # before enrolment
    chemotherapy_on: date | None = None
    infusions: tuple[date, ...] = ()
    remission_after_days: int | None = None  # from the first infusion, for those not in remission
    relapse_on: date | None = None
    transplant_on: date | None = None
    death_on: date | None = None
    death_cause: str = "leukaemia"
    death_known_to: str = "day"  # day | month
    lost_on: date | None = None
    withdraw_on: date | None = None
    harms: tuple[Harm, ...] = ()


def fates(rng: np.random.Generator, *, places: int, stagger_days: int, staggered: int) -> tuple[Fate, ...]:
    """Everybody who consents, in order of consent: `places` who enrol, and those who do not, in between.

    The first chemotherapy of each participant opens only `stagger_days` after the infusion of the one before, for the
    first `staggered` participants.
    """
    everyone: list[Fate] = []
    day = FIRST_CONSENT
    opens = FIRST_CONSENT
    enrolled = 0
    while enrolled < places:
        if enrolled in (2, 6, 9, 13) and not _just_turned_away(everyone):
            everyone.append(_turned_away(rng, day, kind=len(everyone)))
            day += timedelta(days=int(rng.integers(8, 16)))
            continue
        fate = _treated(rng, day, opens, number=enrolled + 1)
        everyone.append(fate)
        enrolled += 1
        first = fate.infusions[0] if fate.infusions else fate.chemotherapy_on
        assert first is not None
        opens = first + timedelta(days=stagger_days) if enrolled <= staggered else day
        day = max(day + timedelta(days=int(rng.integers(16, 30))), opens - timedelta(days=int(rng.integers(10, 14))))
    return tuple(everyone)


def _just_turned_away(everyone: list[Fate]) -> bool:
    return bool(everyone) and everyone[-1].enrol_on is None


def _turned_away(rng: np.random.Generator, consent_on: date, *, kind: int) -> Fate:
    """Someone who consents and is not enrolled: a laboratory value, the heart, or a change of mind."""
    fate = Fate(consent_on, _born(rng, consent_on), _sex(rng), _laboratory(rng))
    match kind % 3:
        case 2:
            return replace(fate, laboratory=fate.laboratory | {"creatinine": ("3.4", "mg/dL")}, fails="creatinine")
        case 0:
            return replace(fate, laboratory=fate.laboratory | {"lvef": ("43", "%")}, fails="lvef")
        case _:
            return replace(fate, withdraws_before=True)


def _treated(rng: np.random.Generator, consent_on: date, opens: date, *, number: int) -> Fate:
    enrol_on = consent_on + timedelta(days=int(rng.integers(5, 8)))
    chemotherapy_on = max(enrol_on + timedelta(days=int(rng.integers(1, 4))), opens)
    status = STATUSES[int(rng.integers(len(STATUSES)))]
    in_remission = status in ("CR1", "CR2+", "CRh/CRi")
    fate = Fate(
        consent_on,
        _born(rng, consent_on),
        _sex(rng),
        _laboratory(rng),
        enrol_on=enrol_on,
        disease_status=status,
        phase="consolidation" if in_remission else "induction",
        remission_on=enrol_on - timedelta(days=int(rng.integers(20, 120))) if in_remission else None,
        chemotherapy_on=chemotherapy_on,
    )
    if number == 11:  # one person is never infused: fever after chemotherapy, and an early death
        return replace(fate, death_on=chemotherapy_on + timedelta(days=24), death_cause="infection")
    infused_on = chemotherapy_on + timedelta(days=int(rng.integers(11, 15)))
    fate = replace(fate, infusions=(infused_on,), harms=_harms(rng))
    return _outcome(rng, fate, infused_on, in_remission, number)


def _outcome(rng: np.random.Generator, fate: Fate, infused_on: date, in_remission: bool, number: int) -> Fate:
    if in_remission:
        free_from = infused_on
    elif rng.random() < 0.55:
        fate = replace(fate, remission_after_days=28)
        free_from = infused_on + timedelta(days=28)
    else:
        death = infused_on + timedelta(days=int(60 + rng.exponential(150)))
        return replace(fate, death_on=death)
    relapse_day = 45 + rng.exponential(1150 if in_remission else 520)
    if relapse_day < 900:
        relapse_on = free_from + timedelta(days=int(relapse_day))
        fate = replace(fate, relapse_on=relapse_on)
        if rng.random() < 0.8:
            fate = replace(fate, death_on=relapse_on + timedelta(days=int(40 + rng.exponential(160))))
    elif rng.random() < 0.25:
        cause = "infection" if rng.random() < 0.6 else "other"
        fate = replace(fate, death_on=infused_on + timedelta(days=int(rng.integers(95, 560))), death_cause=cause)
    if number in (3, 9) and fate.relapse_on is None and fate.death_on is None:
        fate = replace(fate, transplant_on=infused_on + timedelta(days=int(rng.integers(50, 90))))
    if number == 14 and fate.death_on is None:
        fate = replace(fate, lost_on=infused_on + timedelta(days=430))
    if number == 6 and fate.death_on is not None:
        fate = replace(fate, death_known_to="month")
    return fate


def _harms(rng: np.random.Generator) -> tuple[Harm, ...]:
    found = []
    if rng.random() < 0.6:
        admitted = ("hospitalisation",) if rng.random() < 0.3 else ()
        found.append(Harm("Febrile neutropenia", 3, int(rng.integers(1, 9)), 5, "not related", admitted))
    if rng.random() < 0.5:
        found.append(Harm("Nausea", int(rng.integers(1, 3)), int(rng.integers(0, 5)), 4, "not related"))
    if rng.random() < 0.45:
        found.append(Harm("Fever", 1, 0, 1, "related"))
    if rng.random() < 0.25:
        found.append(Harm("Infusion related reaction", int(rng.integers(1, 3)), 0, 1, "related"))
    if rng.random() < 0.5:
        found.append(Harm("Fatigue", int(rng.integers(1, 3)), int(rng.integers(2, 14)), 20, "unknown"))
    return tuple(found)


def _born(rng: np.random.Generator, on: date) -> int:
    return on.year - int(rng.integers(24, 74))


def _sex(rng: np.random.Generator) -> str:
    return "female" if rng.random() < 0.47 else "male"


def _laboratory(rng: np.random.Generator) -> dict[str, tuple[str, str]]:
    """Values that the reference study's criteria allow, half of the creatinines in the other unit."""
    molar = rng.random() < 0.5
    creatinine = (f"{rng.normal(76, 14):.0f}", "umol/L") if molar else (f"{rng.normal(0.86, 0.15):.2f}", "mg/dL")
    return {
        "lvef": (f"{int(rng.integers(54, 68))}", "%"),
        "alt": (f"{int(rng.integers(12, 72))}", "U/L"),
        "ast": (f"{int(rng.integers(12, 66))}", "U/L"),
        "bilirubin": (f"{rng.uniform(6, 24):.1f}", "umol/L"),
        "creatinine": creatinine,
        "weight": (f"{rng.normal(64, 9):.1f}", "kg"),
    }
