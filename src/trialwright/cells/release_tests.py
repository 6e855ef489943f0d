"""Whether a lot passes for a recipient: the study's release tests, in the language of the criteria, on its results.

Limits per kilogram belong to a pair, lot and recipient: they are reckoned from concentration, volume and the weight
given, anew whenever they are asked. The donor's eligibility is read off the donor's own entries.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from trialwright.cells.descent import donor_of, doses_of
from trialwright.cells.per_kg import Amount, PerKg, per_kg, read_result
from trialwright.cells.seen import Seen, everything
from trialwright.criteria import Anchors, Criterion, Kind, Library, judge, read_facts
from trialwright.errors import FormatError
from trialwright.facts import Quantity, convert, parse_decimal, parse_quantity, read_unit
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import DonorJudged, DonorRegistered, ReleaseTested
from trialwright.ledger.trial import Lot, Trial
from trialwright.study import ReleaseTest, Study, library_of

VIABLE, PURITY, NK_PER_KG, DONOR = "viable_cells", "purity", "nk_per_kg", "donor_eligibility"
"""Concepts of the library by which results are known for what they are, whatever a study calls its tests."""


@dataclass(frozen=True, slots=True)
class JudgedTest:
    """One release test's answer for one lot: met, not met or unknown, and on what it rests."""

    id: str
    label: str
    rule: str
    status: str
    found: str
    may_be_pending: bool
    weight_kg: str | None = None  # the weight by which the result was divided, if it was


def judge_lot(
    study: Study,
    trial: Trial,
    lot: Lot,
    on: date,
    weight_kg: str | None = None,
    *,
    volume_ml: Decimal | None = None,
    seen: Seen = everything,
    only: Container[str] | None = None,
) -> tuple[JudgedTest, ...]:
    """Every release test of the study for one lot, on the results known.

    The newest result of a test counts, unless an earlier one is not met: a test is not repeated until it passes. A
    result that was wrong is taken back, with the reason.

    weight_kg  the recipient's weight: what a rule counts per kg is reckoned with it.
    volume_ml  how much of the lot the recipient receives; by default all of it.
    only       the ids of the tests that are asked; by default all of them.
    """
    tests = study.product.release_tests if study.product else ()
    asked = [test for test in tests if only is None or test.id in only]
    library = library_of(study.eligibility)
    amount = amount_of(study, trial, lot, weight_kg, volume_ml=volume_ml, seen=seen)
    return tuple(_judged(test, trial, lot, on, amount, library, seen) for test in asked)


def concept_of(test: ReleaseTest) -> str:
    """The concept a release test's rule begins with."""
    return test.rule.split()[0]


def amount_of(
    study: Study,
    trial: Trial,
    lot: Lot,
    weight_kg: str | None,
    *,
    volume_ml: Decimal | None = None,
    seen: Seen = everything,
) -> Amount:
    """How much of a lot somebody of that weight receives: by default all its doses, or all of it while undivided."""
    doses = [parse_decimal(dose.what.volume_ml) for dose in doses_of(trial, lot, seen) if dose.what.parent is None]
    made = lot.made.what.volume_ml if lot.made else None
    whole = sum(doses, Decimal(0)) if doses else (parse_decimal(made) if made is not None else None)
    viable = _viable_per_ml(study, lot, seen)
    return Amount(_weight(weight_kg), whole if volume_ml is None else volume_ml, whole, viable)


def newest_result(study: Study, lot: Lot, concept: str, seen: Seen = everything) -> Entry[ReleaseTested] | None:
    """The newest result of whatever test of the study measures a concept."""
    tests = study.product.release_tests if study.product else ()
    for test in tests:
        if concept_of(test) == concept:
            return _newest(test, lot, seen)
    return None


def _judged(
    test: ReleaseTest, trial: Trial, lot: Lot, on: date, amount: Amount, library: Library, seen: Seen
) -> JudgedTest:
    """The newest result's answer; but one that is not met stands, however often the test is done again after it."""
    results: list[Entry[ReleaseTested] | None] = [
        entry for entry in lot.tests if entry.what.test == test.id and seen(entry)
    ]
    answers = [_answer(test, trial, lot, result, on, amount, library, seen) for result in results or [None]]
    return next((answer for answer in reversed(answers) if answer.status == "not met"), answers[-1])


def _answer(
    test: ReleaseTest,
    trial: Trial,
    lot: Lot,
    result: Entry[ReleaseTested] | None,
    on: date,
    amount: Amount,
    library: Library,
    seen: Seen,
) -> JudgedTest:
    fact, reckoned = _fact(test, trial, lot, result, amount, library, seen)
    try:
        facts, unreadable = read_facts({"facts": fact}), False
    except FormatError:  # told after the deed, a result may say anything: it is then not known
        facts, unreadable = read_facts({"facts": []}), True
    judged = judge((_criterion(test),), facts, Anchors(), on, library).criteria[0]
    found = f"{result.what.value[:40]!r} cannot be read" if unreadable and result else judged.found
    if reckoned is not None and reckoned.missing:
        found = f"cannot be reckoned per kg: {reckoned.missing}"
    typed = result is not None and (result.what.unit or "").endswith("/kg")
    weighed = reckoned is not None and reckoned.value is not None and not typed
    weight = f"{amount.weight_kg}" if weighed else None
    return JudgedTest(test.id, test.label, test.rule, judged.status.value, found, test.may_be_pending, weight)


@lru_cache(maxsize=64)
def _criterion(test: ReleaseTest) -> Criterion:
    return Criterion(test.id, Kind.INCLUSION, test.label, test.rule, "study", "study")


def _fact(
    test: ReleaseTest,
    trial: Trial,
    lot: Lot,
    newest: Entry[ReleaseTested] | None,
    amount: Amount,
    library: Library,
    seen: Seen,
) -> tuple[list[dict[str, Any]], PerKg | None]:
    """A result of a test, under the concept its rule begins with; per kg where the rule counts so."""
    concept = concept_of(test)
    if concept == DONOR and (said := _donor_fact(trial, lot, seen)) is not None:
        return said, None
    if newest is None:
        return [], None
    fact: dict[str, Any] = {"concept": concept, "value": newest.what.value, "id": newest.id}
    fact["on"] = newest.what.sampled_on or _dated(newest)
    unit, reckoned = newest.what.unit, None
    if counts_per_kg(concept, library):
        reckoned = per_kg(newest, amount)
        if reckoned is not None and reckoned.value is None:
            return [], reckoned
        if reckoned is not None:
            fact["value"], unit = reckoned.value, reckoned.unit
    return [fact | ({"unit": unit} if unit else {})], reckoned


def counts_per_kg(concept: str, library: Library) -> bool:
    """Whether a concept is counted per kilogram of the recipient."""
    known = library.concepts.get(concept)
    return concept.endswith("_per_kg") or bool(known and known.unit and known.unit.endswith("/kg"))


def _donor_fact(trial: Trial, lot: Lot, seen: Seen) -> list[dict[str, Any]] | None:
    """What was decided of the lot's donor; nothing while it is not; None where no donor is registered."""
    chapter = trial.donors.get(donor_of(trial, lot) or "")
    if chapter is None or not chapter.all(DonorRegistered):
        return None
    judged = [entry for entry in chapter.all(DonorJudged) if seen(entry)]
    if not judged or judged[-1].what.eligibility == "not started":
        return []
    newest = judged[-1]
    return [{"concept": DONOR, "value": newest.what.eligibility, "id": newest.id, "on": _dated(newest)}]


def _dated(entry: Entry[Any]) -> str:
    """When it occurred; the day of recording where nobody said."""
    return entry.occurred or entry.recorded_at[:10]


def _newest(test: ReleaseTest, lot: Lot, seen: Seen) -> Entry[ReleaseTested] | None:
    found = [entry for entry in lot.tests if entry.what.test == test.id and seen(entry)]
    return found[-1] if found else None


def _viable_per_ml(study: Study, lot: Lot, seen: Seen) -> Decimal | None:
    newest = newest_result(study, lot, VIABLE, seen)
    return _in_unit(read_result(newest), "/mL") if newest else None


def _in_unit(result: Quantity | None, unit: str) -> Decimal | None:
    """A result's number in another unit; None where it has none, or is only known to lie below or above."""
    target = read_unit(unit)
    if result is None or result.comparator or result.measured_in is None or target is None:
        return None
    value = convert(Fraction(result.number), result.measured_in, target)
    return None if value is None else Decimal(value.numerator) / Decimal(value.denominator)


def _weight(text: str | None) -> Decimal | None:
    """A weight in kilograms as typed; None without one, for unknown is not zero."""
    try:
        weight = parse_quantity(text or "")
    except FormatError:
        return None
    return weight.number if weight.number > 0 and not weight.comparator else None


# --- cells of the recipient -------------------------------------------------------------------------------------------


def nk_cells(
    study: Study, trial: Trial, lot: Lot, volume_ml: Decimal | None = None, *, seen: Seen = everything
) -> Decimal | None:
    """Viable CD3-CD56+ cells in so much of a lot (by default all): counted from its results, else as its maker said."""
    amount = amount_of(study, trial, lot, None, volume_ml=volume_ml, seen=seen)
    purity = newest_result(study, lot, PURITY, seen)
    share = _in_unit(read_result(purity), "%") if purity else None
    if share is not None and amount.viable_per_ml is not None and amount.volume_ml is not None:
        return share / 100 * amount.viable_per_ml * amount.volume_ml
    if lot.made is None or lot.made.what.nk_cells is None:
        return None
    whole = parse_decimal(lot.made.what.nk_cells)
    if volume_ml is None:
        return whole
    return whole * volume_ml / amount.whole_ml if amount.whole_ml else None


@dataclass(frozen=True, slots=True)
class Portion:
    """So much of a lot, for somebody of that weight."""

    lot: Lot
    volume_ml: Decimal | None
    weight_kg: str | None


def judge_over_all(
    study: Study, trial: Trial, portions: Iterable[Portion], on: date, *, seen: Seen = everything
) -> tuple[JudgedTest, ...]:
    """The rules for what all infusions of one participant add up to: each portion's value per kg, summed."""
    tests = [test for test in (study.product.release_tests if study.product else ()) if test.over_all_doses]
    given, library = tuple(portions), library_of(study.eligibility)
    return tuple(_summed(study, test, trial, given, on, library, seen) for test in tests)


def _summed(
    study: Study,
    test: ReleaseTest,
    trial: Trial,
    portions: tuple[Portion, ...],
    on: date,
    library: Library,
    seen: Seen,
) -> JudgedTest:
    concept, facts, missing = concept_of(test), [], ""
    total, unit = Decimal(0), "/kg"
    for portion in portions:
        newest = _newest(test, portion.lot, seen)
        amount = amount_of(study, trial, portion.lot, portion.weight_kg, volume_ml=portion.volume_ml, seen=seen)
        reckoned = per_kg(newest, amount) if newest else PerKg(None, "/kg", "no result")
        if reckoned is None or reckoned.value is None:
            missing = f"lot {portion.lot.code}: {reckoned.missing if reckoned else 'a unit that is not the product'}"
            continue
        total, unit = total + parse_quantity(reckoned.value).number, reckoned.unit  # "<5" counts as 5
    if not missing and portions:
        facts = [{"concept": concept, "value": f"{total:f}", "unit": unit, "on": on.isoformat()}]
    rule = test.over_all_doses or test.rule
    criterion = _criterion(replace(test, rule=rule))
    judged = judge((criterion,), read_facts({"facts": facts}), Anchors(), on, library).criteria[0]
    found = f"cannot be added up: {missing}" if missing else judged.found
    return JudgedTest(test.id, f"{test.label}, over all infusions", rule, judged.status.value, found, False)
