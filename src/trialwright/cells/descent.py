"""What comes of what: a dose of its lot, a lot of its collection, a collection of its donor; and for whom it is."""

from trialwright.cells.seen import Seen, everything
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import Collected, DonorAssigned, DoseMade, Infused, LotAssigned
from trialwright.ledger.trial import Lot, Trial


def lot_of(trial: Trial, code: str) -> Lot | None:
    """The lot of a dose's code, or of a lot's own; None where there is none."""
    dose = trial.doses.get(code)
    return trial.lots.get(dose.what.lot if dose else code)


def collection_of(trial: Trial, lot: Lot) -> Entry[Collected] | None:
    """The one collection a lot was made of."""
    return trial.collections.get(lot.made.what.collection) if lot.made else None


def donor_of(trial: Trial, lot: Lot) -> str | None:
    """The code of the one donor a lot comes from."""
    collection = collection_of(trial, lot)
    return collection.what.donor if collection else None


def recipient_of(lot: Lot, seen: Seen = everything) -> str | None:
    """The screening code of whom the lot is meant for; None where it is for nobody yet."""
    for assigned in reversed(lot.all(LotAssigned)):
        if seen(assigned):
            return assigned.what.recipient
    return lot.made.what.recipient if lot.made else None


def doses_of(trial: Trial, lot: Lot, seen: Seen = everything) -> tuple[Entry[DoseMade], ...]:
    """The doses of a lot, also those divided since, by number."""
    made = [dose for dose in trial.doses.values() if dose.what.lot == lot.code and seen(dose)]
    return tuple(sorted(made, key=lambda dose: dose.what.number))


def parts_of(trial: Trial, code: str, seen: Seen = everything) -> tuple[Entry[DoseMade], ...]:
    """The doses a lot or a dose was divided into at once: children, not their children."""
    lot = trial.lots.get(code)
    if lot is not None:
        return tuple(dose for dose in doses_of(trial, lot, seen) if dose.what.parent is None)
    return tuple(dose for dose in trial.doses.values() if dose.what.parent == code and seen(dose))


def infusions_of(lot: Lot, dose: str | None = None) -> tuple[Entry[Infused], ...]:
    """The infusions of a lot, or of one of its doses, whoever received them."""
    return tuple(given for given in lot.given if dose is None or dose in given.what.doses)


def recipients_of(lot: Lot) -> tuple[str, ...]:
    """Everybody who received cells of the lot, each once, in order."""
    return tuple(dict.fromkeys(given.about for given in lot.given if given.about))


def lots_of_donor(trial: Trial, donor: str) -> tuple[Lot, ...]:
    """Every lot that comes from a donor."""
    return tuple(lot for lot in trial.lots.values() if donor_of(trial, lot) == donor)


def assignment_of(trial: Trial, recipient: str, seen: Seen = everything) -> Entry[DonorAssigned] | None:
    """The chain of identity now in force for a participant: the newest."""
    chains = [chain for chain in trial.assignments.values() if chain.what.recipient == recipient and seen(chain)]
    return max(chains, key=lambda chain: chain.order, default=None)


def assigned_to(trial: Trial, donor: str, seen: Seen = everything) -> tuple[str, ...]:
    """The participants for whom a donor gives now."""
    people = dict.fromkeys(chain.what.recipient for chain in trial.assignments.values() if chain.what.donor == donor)
    return tuple(who for who in people if (now := assignment_of(trial, who, seen)) and now.what.donor == donor)
