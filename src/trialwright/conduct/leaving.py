"""Leaving: the end of treatment, withdrawal, loss, transfer, death, and what departed from the plan."""

from dataclasses import dataclass, replace

from trialwright.conduct.act import act
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.follow_up import (
    is_lost,
    not_dead_already,
    not_lost,
    not_seen_later,
    settled_entry_known,
    site_known,
)
from trialwright.conduct.gates.people import alive, consented, enrolled
from trialwright.conduct.roles import SITE, TABLES
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import (
    DeviationRecorded,
    Died,
    FollowUpTransferred,
    FoundAgain,
    LostToFollowUp,
    TreatmentStopped,
    Withdrew,
)

Entries = tuple[NewEntry, ...]


@act(TreatmentStopped, by=SITE, gates=(consented, alive, enrolled))
def stop_treatment(deed: Deed[TreatmentStopped]) -> Entries:
    """No further study treatment; the person stays in follow-up."""
    return (deed.entry(deed.what),)


@act(Withdrew, by=SITE, gates=(consented, alive))
def withdraw(deed: Deed[Withdrew]) -> Entries:
    """Consent is withdrawn: from treatment, from visits, or from all contact. What was recorded stays."""
    return (deed.entry(deed.what),)


@act(LostToFollowUp, by=SITE, gates=(consented, alive, not_lost))
def lose_to_follow_up(deed: Deed[LostToFollowUp]) -> Entries:
    """Nobody can reach the person; it happens on the day this was concluded."""
    return (deed.entry(deed.what),)


@act(FoundAgain, by=SITE, gates=(consented, alive, is_lost))
def find_again(deed: Deed[FoundAgain]) -> Entries:
    """Somebody who was lost is in contact again."""
    return (deed.entry(deed.what),)


@act(FollowUpTransferred, by=SITE, gates=(consented, alive, site_known))
def transfer_follow_up(deed: Deed[FollowUpTransferred]) -> Entries:
    """Another site follows the person from now on."""
    return (deed.entry(deed.what),)


@act(Died, by=SITE, gates=(consented, not_dead_already, not_seen_later))
def record_death(deed: Deed[Died]) -> Entries:
    """A death, its cause and how it is known; the day may be known to the month or year only."""
    return (deed.entry(deed.what),)


@dataclass(frozen=True, slots=True)
class Departure:
    """What departed from the plan. `settles` and `gate` answer for a possible deviation of an earlier entry."""

    description: str
    importance: str = "not classified"  # minor | important | not classified
    action: str | None = None
    reported_to: str | None = None
    gate: str | None = None
    settles: str | None = None


@act(Departure, by=TABLES, subject="anybody", of_ledger=True, gates=(settled_entry_known,), writes=DeviationRecorded)
def record_deviation(deed: Deed[Departure]) -> Entries:
    """The trial departed from its plan: what, how important, what was done, who was told. May settle a possible one."""
    what = deed.what
    recorded = DeviationRecorded(
        what.gate, what.description, what.importance, what.action, what.reported_to, what.settles
    )
    return (replace(deed.entry(recorded), causes=(what.settles,) if what.settles else ()),)
