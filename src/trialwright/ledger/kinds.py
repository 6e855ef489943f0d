"""Every kind of entry there is: plain words and codes, readable without our rules in thirty years.

Numbers that were measured are strings as typed ("2.1"); counts are integers; there are no floats. Dates are
partial dates ("2026-11"), moments are local date-times with their zone. A changed kind gets a new `version` and an
upcaster in `ledger.upcasters`; its old shape stays in the corpus of the tests for ever.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class What:
    """What an entry says. Subclasses are the kinds; `kind` and `version` name them in the header."""

    kind: ClassVar[str] = ""
    version: ClassVar[int] = 1


# --- the study and the site -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Adopted(What):
    """The study file in force from here on, its exact text. The first entry of every ledger."""

    kind: ClassVar[str] = "adopted"
    text: str
    sha256: str
    version_label: str
    simulated: bool
    target: int  # places in the trial
    time_zones: dict[str, str]  # site code -> IANA zone
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Declined(What):
    """People who were approached and said no: a count, nothing about them."""

    kind: ClassVar[str] = "declined"
    count: int = 1
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Refused(What):
    """An act that was asked for and refused, with every reason."""

    kind: ClassVar[str] = "refused"
    act: str
    reasons: tuple[dict[str, str], ...]  # code, text, way_out
    asked: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retracted(What):
    """An earlier entry is taken back: it should never have been written."""

    kind: ClassVar[str] = "retracted"
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Redacted(What):
    """The content of an earlier entry was removed; why, and who approved it."""

    kind: ClassVar[str] = "redacted"
    entry: str  # id of the entry whose payload went
    justification: str
    approved_by: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Removed(What):
    """Stands where a redacted payload was. Never written: only read."""

    kind: ClassVar[str] = "removed"
    of_kind: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable(What):
    """An entry of a kind this version does not know: kept, shown, never interpreted. Never written."""

    kind: ClassVar[str] = "unreadable"
    of_kind: str = ""
    of_version: int = 0
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paused(What):
    """Enrolment and infusion stop until a decision resumes them."""

    kind: ClassVar[str] = "paused"
    by_rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Resumed(What):
    """The decision that lets the trial go on, or exempts named participants from the pause or the stagger."""

    kind: ClassVar[str] = "resumed"
    decided_by: str
    decision: str
    exempt: tuple[str, ...] = ()  # casebooks; empty: the trial as a whole resumes
    scope: str = "trial"  # trial | participants | stagger


# --- in: consent, screening, enrolment --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Consented(What):
    """Informed consent was signed. Opens the casebook; a later one renews it under another document version."""

    kind: ClassVar[str] = "consented"
    document: str
    document_version: str
    language: str
    signer: str  # participant | legal representative
    explained_by: str


@dataclass(frozen=True, slots=True)
class FactsRecorded(What):
    """Facts about a person, each in the words of FACTS.json: concept, value, unit, on, range ..."""

    kind: ClassVar[str] = "facts_recorded"
    facts: tuple[dict[str, Any], ...]
    born: str | None = None  # birth year only, until the identity vault exists
    sex: str | None = None
    visit: str | None = None
    completed_years: int | None = None


@dataclass(frozen=True, slots=True)
class Judged(What):
    """The study's criteria judged for one person: plain ids, statuses and texts."""

    kind: ClassVar[str] = "judged"
    purpose: str  # screening | enrolment
    eligible: str  # yes | no | unknown
    as_of: str
    criteria: tuple[dict[str, Any], ...]  # id, kind, status, effect, reasons, evidence
    value_sets: dict[str, str] = field(default_factory=dict)  # name -> content hash
    episode: int = 1


@dataclass(frozen=True, slots=True)
class ScreeningEnded(What):
    """A screening episode that did not end in enrolment."""

    kind: ClassVar[str] = "screening_ended"
    outcome: str  # failed | withdrawn
    criteria: tuple[str, ...] = ()
    note: str | None = None
    episode: int = 1


@dataclass(frozen=True, slots=True)
class Rescreened(What):
    """A new screening episode of the same casebook."""

    kind: ClassVar[str] = "rescreened"
    episode: int
    reason: str


@dataclass(frozen=True, slots=True)
class Enrolled(What):
    """A place in the trial is taken."""

    kind: ClassVar[str] = "enrolled"
    number: int
    disease_status: str
    phase: str
    in_remission: bool
    remission_on: str | None = None
    remission_category: str | None = None  # CR | CRh | CRi
    strata: dict[str, str] = field(default_factory=dict)
    signed_by: str | None = None
    meaning: str = "eligibility and enrolment approved"


# --- cells ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Collected(What):
    """Cells were taken from a donor."""

    kind: ClassVar[str] = "collected"
    donor: str
    source: str  # peripheral blood | cord blood
    volume_ml: str | None = None
    anticoagulant: str | None = None


@dataclass(frozen=True, slots=True)
class LotMade(What):
    """A lot was made of a collection, for one recipient."""

    kind: ClassVar[str] = "lot_made"
    collection: str
    expires_at: str
    recipient: str | None = None
    volume_ml: str | None = None
    nk_cells: str | None = None  # viable CD3-CD56+ cells in the lot, e.g. "1.22e9"
    doses: int = 1


@dataclass(frozen=True, slots=True)
class ReleaseTested(What):
    """One result of one release test."""

    kind: ClassVar[str] = "release_tested"
    test: str
    value: str
    unit: str | None = None
    method: str | None = None
    analyst: str | None = None
    sampled_on: str | None = None


@dataclass(frozen=True, slots=True)
class Released(What):
    """Quality assurance let the lot go: fully, or with named results pending."""

    kind: ClassVar[str] = "released"
    how: str  # conditional | full
    judged: tuple[dict[str, Any], ...] = ()  # test, rule, status
    pending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected(What):
    """The lot may not be given; or it failed after it was given."""

    kind: ClassVar[str] = "rejected"
    reason: str
    after_infusion: bool = False


# --- treatment --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChemotherapyGiven(What):
    """One cycle's chemotherapy. `occurred` is its first day."""

    kind: ClassVar[str] = "chemotherapy_given"
    cycle: int
    regimen: str
    ended_on: str
    drugs: tuple[dict[str, Any], ...]  # drug, dose, unit, days, change (reduced|omitted), why
    anthracycline_mg_m2: str = "0"  # daunorubicin equivalents of this cycle
    no_anthracycline: bool = False


@dataclass(frozen=True, slots=True)
class Premedicated(What):
    """Anti-allergic medication before an infusion."""

    kind: ClassVar[str] = "premedicated"
    cycle: int
    agents: tuple[dict[str, Any], ...]  # drug, group, dose, unit, route


@dataclass(frozen=True, slots=True)
class ProphylaxisGiven(What):
    """Prophylaxis of graft versus host disease before an infusion."""

    kind: ClassVar[str] = "prophylaxis_given"
    cycle: int
    agents: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class GoDecided(What):
    """The signed go or no-go before an infusion."""

    kind: ClassVar[str] = "go_decided"
    cycle: int
    decision: str  # go | no-go
    checks: tuple[dict[str, Any], ...] = ()
    signed_by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Infused(What):
    """Cells were given. `occurred` is the start."""

    kind: ClassVar[str] = "infused"
    infusion: int  # 1, 2, ... of this participant
    cycle: int
    lot: str
    dose: int
    ended_at: str | None
    volume_ml: str | None
    nk_cells_per_kg: str | None
    weight_kg: str | None
    verified_by: tuple[str, ...] = ()
    stopped_early: str | None = None


@dataclass(frozen=True, slots=True)
class NotInfused(What):
    """It is decided that a planned infusion, or any, will not be given."""

    kind: ClassVar[str] = "not_infused"
    reason: str
    cycle: int | None = None  # None: no infusion at all


# --- follow-up --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Visited(What):
    """A visit of the schedule, or an unscheduled one."""

    kind: ClassVar[str] = "visited"
    visit: str
    mode: str = "on site"  # on site | telephone | home | missed
    answers: dict[str, Any] = field(default_factory=dict)  # form.item -> value as typed
    days_off: int = 0  # days outside the window, signed


@dataclass(frozen=True, slots=True)
class Contacted(What):
    """The person was known to be alive on the day it occurred."""

    kind: ClassVar[str] = "contacted"
    how: str
    alive: bool = True


@dataclass(frozen=True, slots=True)
class ResponseAssessed(What):
    """Disease assessed on the day of the sample."""

    kind: ClassVar[str] = "response_assessed"
    category: str  # CR | CRh | CRi | MLFS | PR | NR | NE | remission kept
    by_criteria: str = "ELN 2022"
    blasts_percent: str | None = None
    anc: str | None = None
    platelets: str | None = None
    mrd: str | None = None  # negative | positive | not done
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Relapsed(What):
    """Relapse, dated by the first sample that shows it."""

    kind: ClassVar[str] = "relapsed"
    how: str  # haematological | extramedullary | molecular
    note: str | None = None


@dataclass(frozen=True, slots=True)
class AdverseEventReported(What):
    """An adverse event. `occurred` is its onset. A change of grade or an end is a correction with all that is known."""

    kind: ClassVar[str] = "adverse_event_reported"
    term: str
    grade: int
    serious: bool
    related: dict[str, str]  # nk_cells, chemotherapy, premedication, collection -> related | not related | unknown
    ctcae: str = "5.0"
    expected: str = "unknown"
    seriousness: tuple[str, ...] = ()
    resolved_on: str | None = None
    outcome: str | None = None
    action: str | None = None
    dose_limiting: str = "unknown"  # yes | no | unknown
    soc: str | None = None  # system organ class


@dataclass(frozen=True, slots=True)
class OtherTherapyStarted(What):
    """Treatment against the leukaemia outside the study."""

    kind: ClassVar[str] = "other_therapy_started"
    therapy: str


@dataclass(frozen=True, slots=True)
class Transplanted(What):
    """Haematopoietic cell transplantation."""

    kind: ClassVar[str] = "transplanted"
    donor_type: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class TreatmentStopped(What):
    """No further study treatment; follow-up goes on."""

    kind: ClassVar[str] = "treatment_stopped"
    reason: str


@dataclass(frozen=True, slots=True)
class Withdrew(What):
    """Consent withdrawn, and how far."""

    kind: ClassVar[str] = "withdrew"
    extent: str  # treatment | visits | all contact
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LostToFollowUp(What):
    """Nobody can reach the person."""

    kind: ClassVar[str] = "lost_to_follow_up"
    attempts: str | None = None


@dataclass(frozen=True, slots=True)
class FoundAgain(What):
    """Contact is restored."""

    kind: ClassVar[str] = "found_again"
    how: str


@dataclass(frozen=True, slots=True)
class FollowUpTransferred(What):
    """Another site follows the person from now on."""

    kind: ClassVar[str] = "follow_up_transferred"
    to_site: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Died(What):
    """Death: the day may be known to the month or year only."""

    kind: ClassVar[str] = "died"
    cause: str  # leukaemia | treatment | infection | other | unknown
    how_known: str
    autopsy: bool | None = None


@dataclass(frozen=True, slots=True)
class DeviationRecorded(What):
    """The trial departed from its plan. Written by an act on a broken gate, or by a person."""

    kind: ClassVar[str] = "deviation_recorded"
    gate: str | None
    description: str
    importance: str = "not classified"  # minor | important | not classified
    action: str | None = None
    reported_to: str | None = None
    settles: str | None = None  # id of the entry whose possible deviation this settles


AnyWhat = (
    Adopted
    | Declined
    | Refused
    | Retracted
    | Redacted
    | Removed
    | Unreadable
    | Paused
    | Resumed
    | Consented
    | FactsRecorded
    | Judged
    | ScreeningEnded
    | Rescreened
    | Enrolled
    | Collected
    | LotMade
    | ReleaseTested
    | Released
    | Rejected
    | ChemotherapyGiven
    | Premedicated
    | ProphylaxisGiven
    | GoDecided
    | Infused
    | NotInfused
    | Visited
    | Contacted
    | ResponseAssessed
    | Relapsed
    | AdverseEventReported
    | OtherTherapyStarted
    | Transplanted
    | TreatmentStopped
    | Withdrew
    | LostToFollowUp
    | FoundAgain
    | FollowUpTransferred
    | Died
    | DeviationRecorded
)

KINDS: dict[str, type[What]] = {
    cls.kind: cls
    for cls in (
        Adopted,
        Declined,
        Refused,
        Retracted,
        Redacted,
        Removed,
        Unreadable,
        Paused,
        Resumed,
        Consented,
        FactsRecorded,
        Judged,
        ScreeningEnded,
        Rescreened,
        Enrolled,
        Collected,
        LotMade,
        ReleaseTested,
        Released,
        Rejected,
        ChemotherapyGiven,
        Premedicated,
        ProphylaxisGiven,
        GoDecided,
        Infused,
        NotInfused,
        Visited,
        Contacted,
        ResponseAssessed,
        Relapsed,
        AdverseEventReported,
        OtherTherapyStarted,
        Transplanted,
        TreatmentStopped,
        Withdrew,
        LostToFollowUp,
        FoundAgain,
        FollowUpTransferred,
        Died,
        DeviationRecorded,
    )
}
"""Kind -> class. `removed` and `unreadable` stand for what cannot be read and are never written."""
