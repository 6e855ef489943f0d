"""A result that comes after the cells were given, and is not what everybody had hoped for."""

from dataclasses import replace
from types import MappingProxyType

from trialwright.cells.release_tests import judge_lot
from trialwright.facts import parse_occurred
from trialwright.ledger.entry import Actor, Entry
from trialwright.ledger.kinds import Released, ReleaseTested
from trialwright.ledger.trial import Lot, Trial
from trialwright.study.model import Study


def newly_failed(study: Study, trial: Trial, lot: Lot, what: ReleaseTested, on: str | None) -> str | None:
    """The label of the test that this result fails, where the lot's cells were given already; None otherwise."""
    if not lot.given or on is None:
        return None
    result: Entry[ReleaseTested] = Entry(
        seq=trial.size,
        id="this-result",
        study="",
        study_sha256="",
        site="",
        actor=Actor("", ""),
        recorded_at="",
        what=what,
        about=lot.code,
        occurred=on,
    )
    tests = (*lot.all(ReleaseTested), result)
    with_it = replace(lot, by_kind=MappingProxyType({**lot.by_kind, ReleaseTested: tests}))
    lines = [line for entry in lot.all(Released) for line in entry.what.judged if line.get("weight_kg")]
    weight = str(lines[-1]["weight_kg"]) if lines else None
    judged = judge_lot(study, trial, with_it, parse_occurred(on).latest, weight)
    return next((test.label for test in judged if test.id == what.test and test.status == "not met"), None)
