"""Who the participants are and what they were given: tables of the ledger's content, without any model."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from trialwright.endpoints.course import earliest_day_of
from trialwright.facts import completed_years, parse_partial_date
from trialwright.ledger.kinds import FactsRecorded
from trialwright.ledger.trial import Casebook, Trial
from trialwright.study import Study

# Laboratory values a table of an AML trial opens with, where the ledger has them in one unit.
MEASURED = ("ecog", "weight", "lvef", "creatinine", "bilirubin", "hemoglobin", "anc", "platelets", "marrow_blasts")


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and range of what is known. `unknown` counts those of whom it is not."""

    label: str
    unit: str | None
    median: Decimal | None
    lowest: Decimal | None
    highest: Decimal | None
    known: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Counted:
    """How many stand under each value; they add up to everyone, "not known" included."""

    label: str
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The participants at enrolment."""

    n: int
    counted: tuple[Counted, ...]
    spreads: tuple[Spread, ...]


@dataclass(frozen=True, slots=True)
class ParticipantExposure:
    """What one participant was given. Cells are viable NK cells per kg of body weight; None where not recorded."""

    code: str
    number: int
    cycles: int
    anthracycline_mg_m2: Decimal  # daunorubicin equivalents, all cycles
    infusions: int
    nk_cells_per_kg: tuple[Decimal | None, ...]  # one for each infusion
    total_nk_cells_per_kg: Decimal | None


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the participants were given: each of them, and the spread among those who were given any."""

    participants: tuple[ParticipantExposure, ...]
    infusions: tuple[tuple[int, int], ...]  # number of infusions -> participants
    spreads: tuple[Spread, ...]


def baseline(study: Study, trial: Trial) -> Baseline:
    """The participants as they were at enrolment: facts by the newest sample up to that day."""
    people = trial.enrolled
    labels = {status.id: status.label for status in study.disease_status} | {one.id: one.label for one in study.phases}
    whats = [book.enrolment.what for book in people if book.enrolment]
    strata = sorted({name for what in whats for name in what.strata})
    counted = [
        _counted("Sex", (book.sex for book in people)),
        _counted("Disease status", (labels.get(what.disease_status, what.disease_status) for what in whats)),
        _counted("Phase", (labels.get(what.phase, what.phase) for what in whats)),
        *(_counted(name, (what.strata.get(name) for what in whats)) for name in strata),
    ]
    spreads = [_ages(people)]
    for concept in MEASURED:
        measured = [_measured(book, concept) for book in people]
        units = {unit for found in measured if found for unit in found[1:]}
        if len(units) == 1:  # in two units nobody may take a median; nothing is converted here
            spreads.append(_spread(concept, units.pop() or None, [found[0] if found else None for found in measured]))
    return Baseline(len(people), tuple(counted), tuple(spreads))


def exposure(trial: Trial) -> Exposure:
    """What each participant was given so far, by what the ledger says was given."""
    everyone = tuple(_exposure_of(book) for book in trial.enrolled)
    treated = [one for one in everyone if one.infusions]
    spreads = (
        _spread("Infusions", None, [Decimal(one.infusions) for one in treated]),
        _spread("NK cells in all", "/kg", [one.total_nk_cells_per_kg for one in treated]),
        _spread("Anthracycline (daunorubicin equivalents)", "mg/m2", [one.anthracycline_mg_m2 for one in everyone]),
    )
    return Exposure(everyone, tuple(sorted(Counter(one.infusions for one in everyone).items())), spreads)


def _exposure_of(book: Casebook) -> ParticipantExposure:
    cells = tuple(_decimal(entry.what.nk_cells_per_kg) for entry in book.infusions)
    known = [one for one in cells if one is not None]
    given = [_decimal(entry.what.anthracycline_mg_m2) or Decimal(0) for entry in book.cycles]
    return ParticipantExposure(
        code=book.code,
        number=book.number or 0,
        cycles=len(book.cycles),
        anthracycline_mg_m2=sum(given, Decimal(0)),
        infusions=len(cells),
        nk_cells_per_kg=cells,
        total_nk_cells_per_kg=sum(known, Decimal(0)) if known and len(known) == len(cells) else None,
    )


def _ages(people: tuple[Casebook, ...]) -> Spread:
    """Age at enrolment; where some birthdays are not known, the age that everybody reached in the year of enrolment.

    The ledger may hold the birth year alone. Mixing ages at enrolment with ages a birthday away would be neither.
    """
    exact = [_age(book) for book in people]
    reached = [_age_reached(book) for book in people]
    if sum(age is not None for age in reached) > sum(age is not None for age in exact):
        return _spread("Age reached in the year of enrolment", "years", reached)
    return _spread("Age", "years", exact)


def _age_reached(book: Casebook) -> Decimal | None:
    enrolled = earliest_day_of(book.enrolment.occurred) if book.enrolment else None
    return Decimal(enrolled.year - parse_partial_date(book.born).year) if book.born and enrolled else None


def _age(book: Casebook) -> Decimal | None:
    """Completed years at enrolment: as recorded, else from the birth date if that settles it."""
    recorded = [e.what.completed_years for e in book.all(FactsRecorded) if e.what.completed_years is not None]
    if recorded:
        return Decimal(recorded[-1])
    enrolled = earliest_day_of(book.enrolment.occurred) if book.enrolment else None
    if book.born is None or enrolled is None:
        return None
    fewest, most = completed_years(parse_partial_date(book.born), enrolled)
    return Decimal(fewest) if fewest == most else None


def _measured(book: Casebook, concept: str) -> tuple[Decimal, str] | None:
    """The newest value of a concept sampled up to enrolment, and its unit; one with a comparator is not a number."""
    enrolled = earliest_day_of(book.enrolment.occurred) if book.enrolment else None
    found: list[tuple[date, Decimal, str]] = []
    for entry in book.all(FactsRecorded):
        for fact in entry.what.facts:
            on, value = earliest_day_of(fact.get("on")), _decimal(fact.get("value"))
            if fact.get("concept") == concept and on and value is not None and (enrolled is None or on <= enrolled):
                found.append((on, value, str(fact.get("unit") or "")))
    return max(found, key=lambda one: one[0])[1:] if found else None


def _counted(label: str, values: Iterable[str | None]) -> Counted:
    return Counted(label, tuple(sorted(Counter(value or "not known" for value in values).items())))


def _spread(label: str, unit: str | None, values: list[Decimal | None]) -> Spread:
    known = sorted(value for value in values if value is not None)
    if not known:
        return Spread(label, unit, None, None, None, 0, len(values))
    median = (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2
    return Spread(label, unit, median, known[0], known[-1], len(known), len(values) - len(known))


def _decimal(text: str | None) -> Decimal | None:
    try:
        number = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None
