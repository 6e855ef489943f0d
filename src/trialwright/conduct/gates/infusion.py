"""Gates of the infusion itself: its moment, its dose, the weight, and two pairs of eyes."""

from collections.abc import Iterable
from decimal import Context, Decimal
from typing import Any

from trialwright.cells.release_tests import nk_cells
from trialwright.conduct.bags import bags_of, cells_named, lot_in_hand, volume_in_hand
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.weight import newest_weight
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import different_people
from trialwright.facts import LocalTime, format_scientific, parse_decimal, parse_occurred
from trialwright.facts.order import certainly_before, spoken
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import Infused, LotAssigned, NotInfused, Released
from trialwright.study.model import DoseWindow

ROUNDED = Decimal("1.01")
"""A dose per kg is written with few digits: one hundredth more than the bag holds is rounding."""


def started_at_a_moment(deed: Deed[Any]) -> Iterable[Reason]:
    """The start carries its hour: whether the cells are alive is a question of hours."""
    if not isinstance(deed.when, LocalTime):
        yield Reason(
            "infusion.no_time",
            f"The infusion is dated {deed.dated}, without the time of its start.",
            "Give date and time with the zone, such as 2026-11-22T14:30+08:00[Asia/Shanghai].",
        )


def ends_after_start(deed: Deed[Any]) -> Iterable[Reason]:
    """An infusion's end is not before its start."""
    ended_at = deed.what.ended_at
    if ended_at is not None and certainly_before(parse_occurred(ended_at), deed.when):
        yield Reason(
            "infusion.ends_before_start",
            f"The infusion starts at {deed.dated} and ends at {spoken(ended_at)}.",
            "Check both times.",
        )


def infusions_left(deed: Deed[Any]) -> Iterable[Reason]:
    """The study plans another infusion, and nobody decided against it."""
    rule = deed.study.treatment.infusion
    count = len([entry for entry in deed.earlier(Infused) if deed.recorded_first(entry)])
    if rule and rule.max_infusions is not None and count >= rule.max_infusions:
        yield Reason(
            "infusion.too_many",
            f"{deed.number} has had {count} infusion(s); the study gives at most {rule.max_infusions}.",
            "No further infusion is planned for this person.",
        )
    for decision in deed.standing(NotInfused):
        if decision.what.cycle in (None, deed.what.cycle):
            yield Reason(
                "infusion.decided_against",
                f"Decided on {spoken(decision.occurred)}: this infusion will not be given ({decision.what.reason}).",
                "If that was recorded in error, retract it first (act retract).",
            )


def verified_by(deed: Deed[Any]) -> tuple[str, ...]:
    """Who checked person, bag and order: those named, or else the two who act."""
    if deed.what.verified_by:
        return different_people(deed.what.verified_by)
    return different_people((deed.actor.id, deed.second.id if deed.second else None))


def two_verified(deed: Deed[Any]) -> Iterable[Reason]:
    """Different people checked person, bag and order: as many as the study asks for."""
    rule = deed.study.treatment.infusion
    needed = rule.verifiers if rule else 2
    people = verified_by(deed)
    if len(people) < needed:
        yield Reason(
            "infusion.one_verifier",
            f"Verified by {', '.join(people) or 'nobody'}; {needed} different people must verify.",
            "Let a second person check wristband, bag and order, and act with you (--with CODE).",
        )


def cells_per_kg(deed: Deed[Any]) -> Decimal | None:
    """The dose per kilogram as stated, or reckoned from the cells in hand and the weight; None if unknown."""
    if deed.what.nk_cells_per_kg is not None:
        return parse_decimal(deed.what.nk_cells_per_kg)
    cells, weight = cells_in_hand(deed), deed.what.weight_kg
    if cells is None or weight is None:
        return None
    kilograms = parse_decimal(weight)
    return cells / kilograms if kilograms > 0 else None


def cells_in_hand(deed: Deed[Any]) -> Decimal | None:
    """Viable NK cells of the doses named: counted for their volume, else the lot's share of one dose."""
    lot = lot_in_hand(deed)
    if lot is None or lot.made is None:
        return None
    if bags_of(deed):
        return nk_cells(deed.study, deed.trial, lot, volume_in_hand(deed), seen=deed.rests_on)
    whole = nk_cells(deed.study, deed.trial, lot, seen=deed.rests_on)
    return None if whole is None else whole / lot.made.what.doses


def dose_in_window(deed: Deed[Any]) -> Iterable[Reason]:
    """The cells per kilogram are known and inside the study's window."""
    window = deed.study.treatment.infusion.dose if deed.study.treatment.infusion else None
    if window is None:
        return
    dose = cells_per_kg(deed)
    if dose is None:
        yield Reason(
            "infusion.dose_unknown",
            f"The dose of {deed.number} is unknown: give cells per kg, or weight and the lot's cells.",
            "Give the weight (weight_kg), or the dose (nk_cells_per_kg).",
        )
    elif not window.low <= dose <= window.high:
        yield Reason(
            "infusion.dose_outside",
            f"The dose is {_outside(dose, window)} cells/kg; the study gives {format_scientific(window.low)} to "
            f"{format_scientific(window.high)}.",
            "Check cells and weight; give another part of the lot.",
        )


def _outside(dose: Decimal, window: DoseWindow) -> str:
    """A dose outside the window, in as few digits as still show that it is outside."""
    for digits in range(4, 28):
        shown = Context(prec=digits).plus(dose)
        if not window.low <= shown <= window.high:
            return format_scientific(shown)
    return format_scientific(dose)


def dose_possible(deed: Deed[Any]) -> Iterable[Reason]:
    """No more cells are given than the doses in hand hold, rounding aside. Unsaid where either is unknown."""
    cells, stated, weight = cells_in_hand(deed), deed.what.nk_cells_per_kg, _weight_used(deed)
    if stated is None or weight is None or cells is None:
        return
    given = parse_decimal(stated) * weight
    if given > cells * ROUNDED:
        yield Reason(
            "infusion.dose_impossible",
            f"{format_scientific(parse_decimal(stated))} cells/kg for {weight} kg are {format_scientific(given, 4)} "
            f"cells; {_holders(deed)} {format_scientific(cells, 4)}.",
            "Check the dose per kg, the weight, and the cells on the lot's label.",
        )


def no_more_than_held(deed: Deed[Any]) -> Iterable[Reason]:
    """No more millilitres are given than the bags hold."""
    held, stated = volume_in_hand(deed), deed.what.volume_ml
    if held is not None and stated is not None and parse_decimal(stated) > held:
        yield Reason(
            "infusion.more_than_held",
            f"{stated} mL were to be given; {cells_named(deed)} held {held:f} mL.",
            "Check the volume.",
        )


def _holders(deed: Deed[Any]) -> str:
    bags = bags_of(deed)
    if not bags:
        return f"a dose of lot {cells_named(deed)} holds"
    return f"{cells_named(deed)} hold{'s' if len(bags) == 1 else ''}"


def _weight_used(deed: Deed[Any]) -> Decimal | None:
    """The weight the dose was made for; the newest recorded where none is stated."""
    if deed.what.weight_kg is not None:
        return parse_decimal(deed.what.weight_kg)
    newest = newest_weight(deed)
    return newest[0] if newest else None


def weight_unchanged(deed: Deed[Any]) -> Iterable[Reason]:
    """The weight used for the dose is near the newest recorded, and near the one the lot was released for."""
    rule = deed.study.treatment.infusion
    if rule is None or rule.weight_tolerance_percent is None:
        return
    used, newest, released = _weight_used(deed), newest_weight(deed), released_for(deed)
    if used is None or (newest is None and released is None) or (deed.what.weight_kg is None and released is None):
        yield Reason(
            "infusion.weight_unknown",
            f"Whether {deed.number} still weighs what the dose was made for is unknown: "
            f"{'no weight is stated or recorded' if used is None else 'no other weight is recorded'}.",
            "Weigh, and record today's weight first (act record_facts, concept weight).",
        )
        return
    known = [] if newest is None else [(newest[0], f"{deed.number} weighed {newest[0]} kg on {spoken(newest[1])}")]
    if released is not None:
        known.append((released, f"lot {_lot_named(deed)} was released for {released} kg"))
    for weight, said in known:
        if abs(used - weight) * 100 > rule.weight_tolerance_percent * weight:
            yield Reason(
                "infusion.weight_changed",
                f"The dose was made for {used} kg; {said}, more than {rule.weight_tolerance_percent} % away.",
                "Weigh again and reckon the dose anew.",
            )


def _lot_named(deed: Deed[Any]) -> str:
    lot = lot_in_hand(deed)
    return lot.code if lot else "unknown"


def released_for(deed: Deed[Any]) -> Decimal | None:
    """The weight in kilograms by which the lot was judged for its recipient, newest; None where none was needed."""
    lot = lot_in_hand(deed)
    if lot is None:
        return None
    entries: tuple[Entry[Any], ...] = (*deed.earlier(Released, lot), *deed.earlier(LotAssigned, lot))
    judged = sorted(entries, key=lambda entry: entry.order)
    weights = [line["weight_kg"] for entry in judged for line in entry.what.judged if line.get("weight_kg")]
    return parse_decimal(str(weights[-1])) if weights else None
