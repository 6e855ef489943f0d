"""What somebody weighs and has received: the two numbers by which the next dose is judged."""

from collections.abc import Iterable
from decimal import Decimal

from trialwright.cells.release_tests import Portion
from trialwright.cells.volumes import ZERO, left_of
from trialwright.errors import FormatError
from trialwright.facts import Occurred, parse_decimal, parse_occurred
from trialwright.facts.order import certainly_before, newest
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import FactsRecorded, Infused, InfusionEnded
from trialwright.ledger.trial import Casebook, Trial


def recorded_weight(facts: Iterable[Entry[FactsRecorded]], up_to: Occurred, zone: str) -> tuple[Decimal, str] | None:
    """The newest weight in kilograms recorded up to then, with its date; None where there is none."""
    found: list[tuple[str, Decimal]] = []
    for entry in facts:
        for fact in entry.what.facts:
            if fact.get("concept") != "weight" or fact.get("unit") != "kg" or not fact.get("on"):
                continue
            try:
                if not certainly_before(up_to, parse_occurred(str(fact["on"]))):
                    found.append((str(fact["on"]), parse_decimal(str(fact.get("value")))))
            except FormatError:
                continue  # a weight such as "<80": no number to compare with
    if not found:
        return None
    # Of two of the same moment, the one recorded later.
    on, weight = max(reversed(found), key=lambda one: newest(one[0], zone))
    return weight, on


def weight_to_judge_by(stated: str | None, recorded: tuple[Decimal, str] | None) -> str | None:
    """The weight by which limits per kg are judged: of a stated and a recorded one the lighter, so the stricter."""
    if stated is None or recorded is None:
        return str(recorded[0]) if recorded else stated
    return str(min(parse_decimal(stated), recorded[0]))


def volume_given(trial: Trial, book: Casebook, given: Entry[Infused]) -> Decimal | None:
    """What was given of an infusion: as said at its end, else what was in its doses; None where neither is known."""
    ends = [end for end in book.all(InfusionEnded) if end.what.infusion == given.what.infusion]
    said = ends[-1].what.volume_ml if ends else given.what.volume_ml
    if said is not None:
        return parse_decimal(said)
    doses = [trial.doses.get(code) for code in given.what.doses]
    if not doses or any(dose is None for dose in doses):
        return None
    held = (left_of(trial, code, lambda entry: entry.order < given.order) for code in given.what.doses)
    return sum((one or ZERO for one in held), ZERO)


def portions_given(trial: Trial, book: Casebook, infusions: Iterable[Entry[Infused]]) -> tuple[Portion, ...]:
    """What the person received in these infusions, each at its own weight."""
    lots = ((trial.lots.get(given.what.lot), given) for given in infusions)
    return tuple(
        Portion(lot, volume_given(trial, book, given), given.what.weight_kg) for lot, given in lots if lot is not None
    )
