"""Gates of chemotherapy: which regimen, which cycle, what was changed and why."""

from collections.abc import Iterable
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.facts import parse_partial_date
from trialwright.facts.order import certainly_before
from trialwright.ledger.kinds import ChemotherapyGiven


def regimen_known(deed: Deed[Any]) -> Iterable[Reason]:
    """The regimen is one that the study names, where it names any."""
    chemotherapy = deed.study.treatment.chemotherapy
    known = [regimen.id for regimen in chemotherapy.regimens] if chemotherapy else []
    if known and deed.what.regimen not in known:
        yield Reason(
            "chemotherapy.unknown_regimen",
            f"{deed.what.regimen!r} is no regimen of the study. It has: {', '.join(known)}.",
            "Choose one of them; another regimen first enters the study file.",
        )


def cycle_in_order(deed: Deed[Any]) -> Iterable[Reason]:
    """Cycles are counted 1, 2, 3 ..., each once."""
    given = [entry.what.cycle for entry in deed.earlier(ChemotherapyGiven) if deed.recorded_first(entry)]
    if deed.what.cycle in given:
        yield Reason(
            "chemotherapy.cycle_given",
            f"Cycle {deed.what.cycle} of {deed.number} is recorded already.",
            "Correct that entry (act correct), or count this one as the next cycle.",
        )
    elif deed.what.cycle != max(given, default=0) + 1:
        yield Reason(
            "chemotherapy.cycle_order",
            f"Cycle {deed.what.cycle} does not follow: {deed.number} has had {len(given)} cycle(s).",
            f"The next cycle is number {max(given, default=0) + 1}.",
        )


def cycle_ends_after_start(deed: Deed[Any]) -> Iterable[Reason]:
    """A cycle's last day is not before its first."""
    if certainly_before(parse_partial_date(deed.what.ended_on), deed.when):
        yield Reason(
            "chemotherapy.ends_before_start",
            f"The cycle starts on {deed.dated} and ends on {deed.what.ended_on}.",
            "Check both dates.",
        )


def changes_explained(deed: Deed[Any]) -> Iterable[Reason]:
    """A reduced or omitted drug says why."""
    for drug in deed.what.drugs:
        if drug.get("change") and not drug.get("why"):
            yield Reason(
                "chemotherapy.change_without_why",
                f"{drug.get('drug')} was {drug['change']}, and no reason is given.",
                "Say why, beside the change.",
            )
