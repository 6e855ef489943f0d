"""Cells are given: the gates of every infusion in one list; and how an infusion goes on and ends."""

from dataclasses import dataclass
from typing import Any

from trialwright.cells.release_tests import nk_cells
from trialwright.conduct.act import act, minor_deviation
from trialwright.conduct.alerting import given_against_gates
from trialwright.conduct.bags import bags_of, lot_in_hand
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.cells import (
    at_a_moment,
    bags_came_first,
    donor_agrees,
    donor_of_chain,
    dose_there,
    issued_to_ward,
    lot_for_recipient,
    lot_known,
    lot_not_expired,
    lot_not_failed,
    lot_not_held,
    lot_not_recalled,
    lot_released,
)
from trialwright.conduct.gates.infusion import (
    cells_per_kg,
    dose_in_window,
    dose_possible,
    ends_after_start,
    infusions_left,
    no_more_than_held,
    started_at_a_moment,
    two_verified,
    verified_by,
    weight_unchanged,
)
from trialwright.conduct.gates.labels import checked_at_bedside
from trialwright.conduct.gates.pauses import not_paused
from trialwright.conduct.gates.people import no_pregnancy
from trialwright.conduct.gates.preparation import (
    chemotherapy_in_window,
    go_signed,
    minutes_off,
    premedicated,
    prophylaxis_given,
)
from trialwright.conduct.gates.renewal import renewed_for_infusion
from trialwright.conduct.gates.running import (
    all_accounted_for,
    bag_of_this_infusion,
    bags_in_turn,
    complete_to_the_last_bag,
    interrupted_now,
    not_interrupted_now,
    past_expiry,
    running,
    running_infusion,
    still_alive_cells,
    stop_explained,
    witness_of_rest,
)
from trialwright.conduct.roles import SITE
from trialwright.conduct.treating import UNDER_TREATMENT
from trialwright.facts import parse_decimal
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import Infused, InfusionEnded, InfusionInterrupted, InfusionResumed


@dataclass(frozen=True, slots=True)
class Infusion:
    """What is given, of which lot, to how heavy a person. The dose per kg is reckoned where it is not stated.

    doses  the codes of every bag, in the order in which they are given; lot and number stand for doses without codes
    """

    cycle: int
    lot: str | None = None
    dose: int = 1
    doses: tuple[str, ...] = ()
    weight_kg: str | None = None  # the weight the dose was made for
    nk_cells_per_kg: str | None = None
    volume_ml: str | None = None
    ended_at: str | None = None
    verified_by: tuple[str, ...] = ()  # if others than the two who act
    stopped_early: str | None = None


@act(
    Infusion,
    by=SITE,
    two_person=True,
    gates=(
        *UNDER_TREATMENT,
        renewed_for_infusion,
        not_paused,
        no_pregnancy,
        started_at_a_moment,
        ends_after_start,
        infusions_left,
        chemotherapy_in_window,
        premedicated,
        prophylaxis_given,
        go_signed,
        lot_known,
        lot_released,
        lot_not_recalled,
        lot_not_held,
        donor_agrees,
        lot_not_failed,
        lot_for_recipient,
        donor_of_chain,
        lot_not_expired,
        dose_there,
        issued_to_ward,
        bags_came_first,
        checked_at_bedside,
        dose_in_window,
        dose_possible,
        no_more_than_held,
        weight_unchanged,
        two_verified,
    ),
    writes=Infused,
)
def infuse(deed: Deed[Infusion]) -> tuple[NewEntry, ...]:
    """Cells are given to a participant, verified by two people; it happens at the moment of the start."""
    what = deed.what
    per_kg = cells_per_kg(deed)
    lot, bags = lot_in_hand(deed), bags_of(deed)
    first = bags[0].made if bags else None
    infused = Infused(
        infusion=len(deed.book.infusions) + 1,
        cycle=what.cycle,
        lot=lot.code if lot else what.lot or "unknown",
        dose=first.what.number if first else what.dose,
        ended_at=what.ended_at,
        volume_ml=what.volume_ml,
        nk_cells_per_kg=what.nk_cells_per_kg or (f"{per_kg:.0f}" if per_kg is not None else None),
        weight_kg=what.weight_kg,
        verified_by=verified_by(deed),
        stopped_early=what.stopped_early,
        doses=what.doses,
    )
    minutes = (minor_deviation(deed, "premedication.minutes", said) for said in minutes_off(deed))
    called = given_against_gates(deed, lot, infuse.reasons(deed)) if deed.told else ()
    return (deed.entry(infused), *minutes, *called)


@dataclass(frozen=True, slots=True)
class Interruption:
    """Why the infusion stops for the time being."""

    reason: str


@act(Interruption, by=SITE, gates=(running, at_a_moment, not_interrupted_now), writes=InfusionInterrupted)
def interrupt_infusion(deed: Deed[Interruption]) -> tuple[NewEntry, ...]:
    """The infusion stops for the time being."""
    return (deed.entry(InfusionInterrupted(running_infusion(deed), deed.what.reason)),)


@dataclass(frozen=True, slots=True)
class Resumption:
    """With which bag the infusion goes on; with the same, if nothing is said."""

    dose_code: str | None = None


@act(
    Resumption,
    by=SITE,
    gates=(running, at_a_moment, interrupted_now, bag_of_this_infusion, bags_in_turn, still_alive_cells),
    writes=InfusionResumed,
)
def resume_infusion(deed: Deed[Resumption]) -> tuple[NewEntry, ...]:
    """The infusion goes on, or its next bag is begun: whether the cells are alive is asked again."""
    return (deed.entry(InfusionResumed(running_infusion(deed), deed.what.dose_code)),)


@dataclass(frozen=True, slots=True)
class Ending:
    """What was given, what was not and before whom it was discarded, and how the person bore it."""

    how: str  # complete | stopped
    volume_ml: str
    reaction: str  # yes | no | unknown
    reason: str | None = None
    discarded_ml: str | None = None
    reaction_text: str | None = None


@act(
    Ending,
    by=SITE,
    gates=(running, at_a_moment, stop_explained, complete_to_the_last_bag, all_accounted_for, witness_of_rest),
    writes=InfusionEnded,
)
def end_infusion(deed: Deed[Ending]) -> tuple[NewEntry, ...]:
    """The infusion is over, complete or stopped for good: volume and cells given, the rest discarded with a witness."""
    what = deed.what
    witness = deed.second.id if deed.second and what.discarded_ml else None
    ended = InfusionEnded(
        running_infusion(deed),
        what.how,
        what.volume_ml,
        _given_per_kg(deed),
        what.reason,
        what.discarded_ml,
        witness,
        what.reaction,
        what.reaction_text,
    )
    return (deed.entry(ended), *(minor_deviation(deed, "infusion.past_expiry", said) for said in past_expiry(deed)))


def _given_per_kg(deed: Deed[Any]) -> str | None:
    """Cells per kilogram in the volume given; None where the count, the volume or the weight is not known."""
    given = deed.book.infusions[-1] if deed.book.infusions else None
    lot = deed.lot(given.what.lot) if given else None
    if given is None or lot is None or given.what.weight_kg is None or not given.what.doses:
        return None
    cells = nk_cells(deed.study, deed.trial, lot, parse_decimal(deed.what.volume_ml), seen=deed.rests_on)
    return None if cells is None else f"{cells / parse_decimal(given.what.weight_kg):.0f}"
