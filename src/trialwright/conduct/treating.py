"""Treatment before the cells: chemotherapy, premedication, prophylaxis, the go, and pauses of the whole trial."""

from dataclasses import dataclass
from typing import Any

from trialwright.conduct.act import act
from trialwright.conduct.anthracyclines import (
    cumulative_anthracycline,
    daunorubicin_equivalents,
    has_anthracycline,
)
from trialwright.conduct.deed import Deed, find_casebook
from trialwright.conduct.gates.chemotherapy import (
    changes_explained,
    cycle_ends_after_start,
    cycle_in_order,
    regimen_known,
)
from trialwright.conduct.gates.enrolment import signed_by_investigator
from trialwright.conduct.gates.pauses import known_to_deciders, stagger_over
from trialwright.conduct.gates.people import (
    consented,
    enrolled,
    not_known_dead,
    treatment_not_stopped,
    treatment_not_withdrawn,
)
from trialwright.conduct.gates.preparation import checks_passed
from trialwright.conduct.gates.renewal import renewed_for_chemotherapy
from trialwright.conduct.gates.trial_wide import (
    decided_by_those_named,
    exempt_are_conditioned,
    exempt_named,
    something_to_resume,
)
from trialwright.conduct.roles import DECISION, SITE, signer
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import (
    ChemotherapyGiven,
    DeviationRecorded,
    GoDecided,
    NotInfused,
    Paused,
    Premedicated,
    ProphylaxisGiven,
    Resumed,
)
from trialwright.safety.stopping.pauses import pauses

Entries = tuple[NewEntry, ...]
UNDER_TREATMENT = (consented, not_known_dead, treatment_not_withdrawn, enrolled, treatment_not_stopped)


@dataclass(frozen=True, slots=True)
class Chemotherapy:
    """One cycle: which drugs, how much in mg/m2 a day, on which days; what was reduced or omitted, and why."""

    cycle: int
    regimen: str
    ended_on: str
    drugs: tuple[dict[str, Any], ...]  # drug, dose, unit, days ("1-3"), change (reduced | omitted), why


@act(
    Chemotherapy,
    by=SITE,
    gates=(
        *UNDER_TREATMENT,
        renewed_for_chemotherapy,
        regimen_known,
        cycle_in_order,
        cycle_ends_after_start,
        changes_explained,
        stagger_over,
    ),
    writes=ChemotherapyGiven,
)
def give_chemotherapy(deed: Deed[Chemotherapy]) -> Entries:
    """One cycle's chemotherapy; its first day is when it happens, its anthracyclines are added up."""
    what = deed.what
    cycle_sum = daunorubicin_equivalents(deed.study, what.drugs)
    listed = deed.study.treatment.chemotherapy is not None and deed.study.treatment.chemotherapy.anthracyclines
    without = bool(listed) and not has_anthracycline(deed.study, what.drugs)
    given = ChemotherapyGiven(
        what.cycle, what.regimen, what.ended_on, what.drugs, f"{cycle_sum.normalize():f}", without
    )
    return (deed.entry(given), *_lifetime_warning(deed, cumulative_anthracycline(deed.study, deed.book) + cycle_sum))


def _lifetime_warning(deed: Deed[Chemotherapy], total: Any) -> Entries:
    """Past the lifetime limit the act goes on: stopping leukaemia treatment is a physician's decision, not ours."""
    chemotherapy = deed.study.treatment.chemotherapy
    limit = chemotherapy.lifetime_limit_mg_m2 if chemotherapy else None
    if limit is None or total <= limit:
        return ()
    said = (
        f"Warning: {deed.number} has had {total.normalize():f} mg/m2 of anthracycline on study, in daunorubicin "
        f"equivalents; the study's lifetime limit is {limit:f}."
    )
    return (deed.entry(DeviationRecorded("chemotherapy.lifetime_limit", said)),)


@act(Premedicated, by=SITE, gates=UNDER_TREATMENT)
def premedicate(deed: Deed[Premedicated]) -> Entries:
    """Anti-allergic medication is given before an infusion."""
    return (deed.entry(deed.what),)


@act(ProphylaxisGiven, by=SITE, gates=UNDER_TREATMENT)
def give_gvhd_prophylaxis(deed: Deed[ProphylaxisGiven]) -> Entries:
    """Prophylaxis of graft versus host disease is given before an infusion."""
    return (deed.entry(deed.what),)


@dataclass(frozen=True, slots=True)
class Decision:
    """Go or no-go, with the answers to the study's checks."""

    cycle: int
    decision: str  # go | no-go
    checks: tuple[dict[str, Any], ...] = ()  # id, answer (yes | no | not applicable)
    note: str | None = None


@act(Decision, by=SITE, gates=(*UNDER_TREATMENT, signed_by_investigator, checks_passed), writes=GoDecided)
def decide_go(deed: Deed[Decision]) -> Entries:
    """The signed go or no-go before an infusion, after the study's checks."""
    what = deed.what
    signed_by = signer(deed.actor, deed.second)
    return (deed.entry(GoDecided(what.cycle, what.decision, what.checks, signed_by, what.note)),)


@act(NotInfused, by=SITE, gates=(consented, enrolled))
def not_infused(deed: Deed[NotInfused]) -> Entries:
    """It is decided that a planned infusion will not be given, or none at all (no cycle named)."""
    return (deed.entry(deed.what),)


@act(Paused, by=DECISION, subject="study")
def pause(deed: Deed[Paused]) -> Entries:
    """Enrolment and infusion stop until a decision resumes them."""
    return (deed.entry(deed.what),)


@dataclass(frozen=True, slots=True)
class BoardDecision:
    """What was decided, by whom; the casebooks exempt, where it is not about the trial as a whole.

    dealt_with  of a decision told after the deed: the participants and lots that its minutes deal with by name. What
                was written down of them later is settled, too, if it had occurred by then.
    """

    decided_by: str
    decision: str
    exempt: tuple[str, ...] = ()
    scope: str = "trial"  # trial | participants | stagger
    dealt_with: tuple[str, ...] = ()


@act(
    BoardDecision,
    by=DECISION,
    subject="study",
    gates=(decided_by_those_named, something_to_resume, exempt_named, exempt_are_conditioned),
    writes=Resumed,
)
def resume(deed: Deed[BoardDecision]) -> Entries:
    """A decision lets the trial go on, or exempts named participants from the pause or from the stagger.

    It is kept with every pause it was about, as that stood: only something new pauses the trial again.
    """
    what = deed.what
    exempt = tuple(find_casebook(deed.trial, who) for who in what.exempt)
    found = pauses(deed.study, deed.trial, deed.when.latest, known_to_deciders(deed)) if what.scope != "stagger" else ()
    answers = tuple(pause.answer for pause in found)
    return (deed.entry(Resumed(what.decided_by, what.decision, exempt, what.scope, answers)),)
