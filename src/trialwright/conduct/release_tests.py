"""Whether a lot passes: the study's release tests, judged in the language of the criteria on the lot's results."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from trialwright.conduct.judging import found, study_library
from trialwright.criteria import Anchors, Criterion, Kind, judge, read_facts
from trialwright.errors import FormatError
from trialwright.facts import parse_quantity
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import ReleaseTested
from trialwright.ledger.trial import Lot
from trialwright.study.model import ReleaseTest, Study


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


def judge_lot(study: Study, lot: Lot, on: date, weight_kg: str | None = None) -> tuple[JudgedTest, ...]:
    """Every release test of the study for one lot, on the results known; the newest result of a test counts.

    weight_kg  the recipient's weight: results given for the whole lot are divided by it where a rule counts per kg.
    """
    tests = study.product.release_tests if study.product else ()
    facts = [fact for test in tests for fact in _facts(test, lot, weight_kg)]
    criteria = tuple(_criterion(test) for test in tests)
    judgement = judge(criteria, read_facts({"facts": facts}), Anchors(), on, study_library(study))
    return tuple(
        JudgedTest(
            test.id,
            test.label,
            test.rule,
            judged.status.value,
            found(judged),
            test.may_be_pending,
            weight_kg if any(_divided(test, entry.what.unit) for entry in _newest(test, lot)) else None,
        )
        for test, judged in zip(tests, judgement.criteria, strict=True)
    )


@lru_cache(maxsize=64)
def _criterion(test: ReleaseTest) -> Criterion:
    return Criterion(test.id, Kind.INCLUSION, test.label, test.rule, "study", "study")


def _facts(test: ReleaseTest, lot: Lot, weight_kg: str | None) -> Iterable[dict[str, Any]]:
    """The newest result of a test, under the concept its rule begins with."""
    for newest in _newest(test, lot):
        what = newest.what
        fact: dict[str, Any] = {"concept": test.rule.split()[0], "value": what.value, "id": newest.id}
        unit = what.unit
        if _divided(test, unit):
            per_kg = _per_kg(what.value, weight_kg)
            if per_kg is None:
                return
            fact["value"], unit = per_kg, f"{'' if unit in (None, '1') else unit}/kg"
        yield fact | ({"unit": unit} if unit else {}) | {"on": what.sampled_on or newest.occurred}


def _newest(test: ReleaseTest, lot: Lot) -> list[Entry[ReleaseTested]]:
    """The newest result of a test; nothing where there is none."""
    return [entry for entry in lot.tests if entry.what.test == test.id][-1:]


def _divided(test: ReleaseTest, unit: str | None) -> bool:
    """Whether a result given for the whole lot is divided by the recipient's weight."""
    return test.rule.split()[0].endswith("_per_kg") and not (unit or "").endswith("/kg")


def _per_kg(value: str, weight_kg: str | None) -> str | None:
    """The lot's total over the recipient's weight; None without a weight, for unknown is not zero."""
    try:
        total, weight = parse_quantity(value), parse_quantity(weight_kg or "")
    except FormatError:
        return None
    if weight.number <= 0:
        return None
    return f"{total.comparator}{(total.number / weight.number).quantize(Decimal('1E-6')):f}"
