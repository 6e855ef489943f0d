"""Gates of corrections about cells: the chain of identity is not rewritten, and volumes still add up."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from trialwright.cells.descent import lots_of_donor, parts_of
from trialwright.cells.volumes import left_of
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.amending import entry_named
from trialwright.conduct.outcome import Reason
from trialwright.facts import parse_decimal
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import (
    Collected,
    Discarded,
    Divided,
    DonorAssigned,
    DonorRegistered,
    DoseMade,
    Issued,
    LotAssigned,
    LotMade,
    Sampled,
    What,
)
from trialwright.ledger.trial import Trial

KEPT: Final[Mapping[type[What], tuple[tuple[str, ...], str]]] = {
    LotMade: (("recipient",), "Give the lot to another recipient (act reassign_lot), with quality assurance."),
    LotAssigned: (("recipient", "previous", "judged"), "Reassign the lot (act reassign_lot)."),
    Issued: (("recipient", "giver", "taker", "judged"), "Let the dose come back, and issue it anew."),
    DonorAssigned: (("donor", "recipient"), "Assign the donor anew (act assign_donor), with the reason."),
    DoseMade: (("lot", "number", "parent"), "A dose stays what it was divided from; discard it and divide anew."),
    Divided: (("doses",), "The doses of a division stay; correct the volume of one, or discard it."),
}
"""What a correction never changes, and what to do instead: who gets which cells is decided by acts with their gates."""


def descent_kept(deed: Deed[Any]) -> Iterable[Reason]:
    """A correction changes no recipient and no descent: that would go around the gates."""
    target = entry_named(deed)
    names, instead = KEPT.get(type(target.what), ((), ""))
    for name, value in deed.what.content.items():
        field = name.replace("-", "_")
        if field in names and str(value) != str(getattr(target.what, field)):
            yield Reason(
                "correct.descent",
                f"Entry {target.seq} ({target.what.kind.replace('_', ' ')}): {field} is never corrected.",
                instead,
            )


def volumes_fit(deed: Deed[Any]) -> Iterable[Reason]:
    """After the correction there is still no more in the parts than in the whole."""
    target = entry_named(deed)
    changes = {name.replace("-", "_"): value for name, value in deed.what.content.items()}
    for code, more in _changes(deed.trial, target, changes):
        left = left_of(deed.trial, code)
        if left is not None and left + more < 0:
            yield Reason(
                "correct.volume",
                f"By what is recorded, {-(left + more):f} mL more would then have been taken of {code} than it held.",
                "Check the volume; correct the other volumes of these cells first.",
            )


def _changes(trial: Trial, target: Entry[Any], content: Mapping[str, Any]) -> Iterable[tuple[str, Decimal]]:
    """Of which cells how much more is left after the correction; negative where there is less."""
    what, about = target.what, target.about or ""

    def grows(field: str) -> Decimal:
        if field not in content:
            return Decimal(0)
        old = getattr(what, field)
        return _volume(content[field]) - (_volume(old) if old is not None else Decimal(0))

    match what:
        case Collected():
            yield about, grows("volume_ml")
        case LotMade():
            yield about, grows("volume_ml")
            yield what.collection, -grows("taken_ml")
        case DoseMade():
            yield about, grows("volume_ml")
            yield what.parent or what.lot, -grows("volume_ml")
        case Sampled() | Discarded():
            yield about, -grows("volume_ml")
        case Divided():
            yield about, -grows("rest_ml")


def _volume(value: Any) -> Decimal:
    return parse_decimal(str(value)) if value not in (None, "") else Decimal(0)


def nothing_made_of_it(deed: Deed[Any]) -> Iterable[Reason]:
    """What other cells came of is not taken back: they would come of nothing."""
    target = entry_named(deed)
    made = _made_of(deed.trial, target)
    if made:
        yield Reason(
            "retract.used",
            f"{', '.join(made)} came of entry {target.seq} ({target.what.kind.replace('_', ' ')}).",
            "Correct what is wrong in it; or take back what came of it first.",
        )


def _made_of(trial: Trial, target: Entry[Any]) -> list[str]:
    about = target.about or ""
    match target.what:
        case DonorRegistered():
            return [code for code, one in trial.collections.items() if one.what.donor == about] or [
                lot.code for lot in lots_of_donor(trial, about)
            ]
        case Collected():
            return [lot.code for lot in trial.lots.values() if lot.made and lot.made.what.collection == about]
        case LotMade() | Divided():
            return [part.about or "" for part in parts_of(trial, about)]
        case DoseMade():
            lot = trial.lots.get(target.what.lot)
            parts = [part.about or "" for part in parts_of(trial, about)]
            given = [f"an infusion of {one.about}" for one in (lot.given if lot else ()) if about in one.what.doses]
            return parts + given
    return []
