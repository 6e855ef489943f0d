"""A result that comes after the cells were given, and is not what everybody had hoped for."""

from dataclasses import replace
from types import MappingProxyType

from trialwright.cells.release_tests import judge_lot
from trialwright.conduct.deed import Deed
from trialwright.ledger.entry import Actor, Entry
from trialwright.ledger.kinds import Released, ReleaseTested
from trialwright.ledger.trial import Lot


def newly_failed(deed: Deed[ReleaseTested], lot: Lot) -> str | None:
    """The label of the test that this result fails, where the lot's cells were given already; None otherwise."""
    if not lot.given:
        return None
    result: Entry[ReleaseTested] = Entry(
        seq=deed.trial.size,
        id="this-result",
        study="",
        study_sha256="",
        site="",
        actor=Actor("", ""),
        recorded_at="",
        what=deed.what,
        about=lot.code,
        occurred=deed.on,
    )
    tests = (*lot.all(ReleaseTested), result)
    with_it = replace(lot, by_kind=MappingProxyType({**lot.by_kind, ReleaseTested: tests}))
    lines = [line for entry in lot.all(Released) for line in entry.what.judged if line.get("weight_kg")]
    weight = str(lines[-1]["weight_kg"]) if lines else None
    judged = judge_lot(deed.study, deed.trial, with_it, deed.when.latest, weight)
    return next((test.label for test in judged if test.id == deed.what.test and test.status == "not met"), None)
