"""A place in the trial: enrolment, judged again on its own day and signed."""

from dataclasses import dataclass, field

from trialwright.conduct.act import act
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.enrolment import (
    eligible,
    episode_open,
    facts_after_consent,
    judgement_for_enrolment,
    place_free,
    signed_by_investigator,
    status_known,
)
from trialwright.conduct.gates.pauses import not_paused
from trialwright.conduct.gates.people import consented, not_enrolled, not_known_dead, treatment_not_withdrawn
from trialwright.conduct.gates.renewal import renewed_for_enrolment
from trialwright.conduct.judging import judged_entry
from trialwright.conduct.roles import SITE, signer
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import Enrolled


@dataclass(frozen=True, slots=True)
class Enrolment:
    """How the disease stands at enrolment, and in which phase of treatment the person is."""

    disease_status: str
    phase: str
    remission_on: str | None = None
    remission_category: str | None = None  # CR | CRh | CRi
    strata: dict[str, str] = field(default_factory=dict)


@act(
    Enrolment,
    by=SITE,
    gates=(
        consented,
        renewed_for_enrolment,
        not_known_dead,
        treatment_not_withdrawn,
        not_enrolled,
        episode_open,
        place_free,
        not_paused,
        status_known,
        signed_by_investigator,
        facts_after_consent,
        eligible,
    ),
    writes=Enrolled,
)
def enrol(deed: Deed[Enrolment]) -> tuple[NewEntry, ...]:
    """A person takes the next place in the trial, after the criteria were judged again as of that day."""
    judged = judged_entry(judgement_for_enrolment(deed), "enrolment", deed.book.episode)
    return (deed.entry(judged), deed.entry(_enrolled(deed)))


def _enrolled(deed: Deed[Enrolment]) -> Enrolled:
    what = deed.what
    status = next((one for one in deed.study.disease_status if one.id == what.disease_status), None)
    return Enrolled(
        # Told of somebody who holds a place already, it is the same place: a number is given once.
        number=deed.book.number or deed.trial.next_number,
        disease_status=what.disease_status,
        phase=what.phase,
        in_remission=status.in_remission if status else what.remission_on is not None,
        remission_on=what.remission_on,
        remission_category=what.remission_category,
        strata=what.strata,
        signed_by=signer(deed.actor, deed.second),
    )
