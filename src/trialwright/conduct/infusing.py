"""Cells are given: the gates of every infusion, in one list."""

from dataclasses import dataclass

from trialwright.conduct.act import act, minor_deviation
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.cells import (
    dose_there,
    lot_for_recipient,
    lot_known,
    lot_not_expired,
    lot_not_failed,
    lot_released,
)
from trialwright.conduct.gates.infusion import (
    cells_per_kg,
    dose_in_window,
    dose_possible,
    ends_after_start,
    infusions_left,
    started_at_a_moment,
    two_verified,
    verified_by,
    weight_unchanged,
)
from trialwright.conduct.gates.pauses import not_paused
from trialwright.conduct.gates.preparation import (
    chemotherapy_in_window,
    go_signed,
    minutes_off,
    premedicated,
    prophylaxis_given,
)
from trialwright.conduct.roles import SITE
from trialwright.conduct.treating import UNDER_TREATMENT
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import Infused


@dataclass(frozen=True, slots=True)
class Infusion:
    """What is given, of which lot, to how heavy a person. The dose per kg is reckoned where it is not stated."""

    cycle: int
    lot: str
    dose: int = 1
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
        not_paused,
        started_at_a_moment,
        ends_after_start,
        infusions_left,
        chemotherapy_in_window,
        premedicated,
        prophylaxis_given,
        go_signed,
        lot_known,
        lot_released,
        lot_not_failed,
        lot_for_recipient,
        lot_not_expired,
        dose_there,
        dose_in_window,
        dose_possible,
        weight_unchanged,
        two_verified,
    ),
    writes=Infused,
)
def infuse(deed: Deed[Infusion]) -> tuple[NewEntry, ...]:
    """Cells are given to a participant, verified by two people; it happens at the moment of the start."""
    what = deed.what
    per_kg = cells_per_kg(deed)
    infused = Infused(
        infusion=len(deed.book.infusions) + 1,
        cycle=what.cycle,
        lot=what.lot,
        dose=what.dose,
        ended_at=what.ended_at,
        volume_ml=what.volume_ml,
        nk_cells_per_kg=what.nk_cells_per_kg or (f"{per_kg:.0f}" if per_kg is not None else None),
        weight_kg=what.weight_kg,
        verified_by=verified_by(deed),
        stopped_early=what.stopped_early,
    )
    minutes = (minor_deviation(deed, "premedication.minutes", said) for said in minutes_off(deed))
    return (deed.entry(infused), *minutes)
