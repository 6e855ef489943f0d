"""Every kind of entry there is: plain words and codes, readable without our rules in thirty years.

Numbers that were measured are strings as typed ("2.1"); counts are integers; there are no floats. Dates are
partial dates ("2026-11"), moments are local date-times with their zone. A changed kind gets a new `version` and an
upcaster in `ledger.upcasters`; its old shape stays in the corpus of the tests for ever.
"""

from typing import get_args

from trialwright.ledger.kinds.alerts import AlertAnswered, AlertRaised
from trialwright.ledger.kinds.amending import AmendmentApproved, AmendmentProposed, AmendmentRejected
from trialwright.ledger.kinds.cells import (
    Collected,
    Divided,
    DoseMade,
    LotAssigned,
    LotMade,
    Processed,
    Recalled,
    Rejected,
    Released,
    ReleaseTested,
    Sampled,
)
from trialwright.ledger.kinds.custody import (
    BedsideChecked,
    Discarded,
    HandedOver,
    Issued,
    LabelPrinted,
    LabelVoided,
    Received,
    Returned,
    Stored,
    TakenOut,
)
from trialwright.ledger.kinds.donors import (
    DonorAssigned,
    DonorConsented,
    DonorJudged,
    DonorRegistered,
    DonorWithdrew,
)
from trialwright.ledger.kinds.follow_up import (
    Contacted,
    DeviationRecorded,
    Died,
    FollowUpTransferred,
    FoundAgain,
    LostToFollowUp,
    OtherTherapyStarted,
    Relapsed,
    ResponseAssessed,
    Transplanted,
    TreatmentStopped,
    Visited,
    Withdrew,
)
from trialwright.ledger.kinds.forms import FormRowRecorded, VitalsTaken
from trialwright.ledger.kinds.harm import (
    AcuteGvhdAssessed,
    AdverseEventFollowed,
    AdverseEventReported,
    ChronicGvhdAssessed,
    ConditionFound,
    CrsAssessed,
    IcansAssessed,
    InfusionReactionAssessed,
    PregnancyFollowed,
    PregnancyReported,
    ReportSent,
    ValueMarked,
)
from trialwright.ledger.kinds.joining import (
    Consented,
    Enrolled,
    FactsRecorded,
    Judged,
    Rescreened,
    ScreeningEnded,
)
from trialwright.ledger.kinds.review import (
    CasebookFrozen,
    CasebookUnfrozen,
    QueryAnswered,
    QueryClosed,
    QueryRaised,
    QueryReopened,
    Signed,
    SourceVerified,
    StudyEnded,
    StudyLocked,
    StudyUnlocked,
)
from trialwright.ledger.kinds.treatment import (
    ChemotherapyGiven,
    GoDecided,
    Infused,
    InfusionEnded,
    InfusionInterrupted,
    InfusionResumed,
    NotInfused,
    Premedicated,
    ProphylaxisGiven,
)
from trialwright.ledger.kinds.what import What
from trialwright.ledger.kinds.whole_trial import (
    Adopted,
    Declined,
    Paused,
    Redacted,
    Refused,
    Removed,
    Resumed,
    Retracted,
    Unreadable,
)

AnyWhat = (
    Adopted
    | AmendmentProposed
    | AmendmentApproved
    | AmendmentRejected
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
    | DonorRegistered
    | DonorConsented
    | DonorWithdrew
    | DonorJudged
    | DonorAssigned
    | Collected
    | Received
    | Processed
    | Sampled
    | LotMade
    | ReleaseTested
    | Divided
    | DoseMade
    | Stored
    | TakenOut
    | HandedOver
    | Released
    | Rejected
    | LotAssigned
    | Recalled
    | LabelPrinted
    | LabelVoided
    | Issued
    | BedsideChecked
    | Returned
    | Discarded
    | AlertRaised
    | AlertAnswered
    | ChemotherapyGiven
    | Premedicated
    | ProphylaxisGiven
    | GoDecided
    | Infused
    | InfusionInterrupted
    | InfusionResumed
    | InfusionEnded
    | NotInfused
    | VitalsTaken
    | Visited
    | FormRowRecorded
    | Contacted
    | ResponseAssessed
    | Relapsed
    | ConditionFound
    | AdverseEventReported
    | AdverseEventFollowed
    | ValueMarked
    | AcuteGvhdAssessed
    | ChronicGvhdAssessed
    | CrsAssessed
    | IcansAssessed
    | InfusionReactionAssessed
    | PregnancyReported
    | PregnancyFollowed
    | ReportSent
    | OtherTherapyStarted
    | Transplanted
    | TreatmentStopped
    | Withdrew
    | LostToFollowUp
    | FoundAgain
    | FollowUpTransferred
    | Died
    | DeviationRecorded
    | Signed
    | QueryRaised
    | QueryAnswered
    | QueryClosed
    | QueryReopened
    | SourceVerified
    | CasebookFrozen
    | CasebookUnfrozen
    | StudyEnded
    | StudyLocked
    | StudyUnlocked
)

KINDS: dict[str, type[What]] = {cls.kind: cls for cls in get_args(AnyWhat)}
"""Kind -> class. `removed` and `unreadable` stand for what cannot be read and are never written."""

__all__ = [
    "KINDS",
    "AcuteGvhdAssessed",
    "Adopted",
    "AdverseEventFollowed",
    "AdverseEventReported",
    "AlertAnswered",
    "AlertRaised",
    "AmendmentApproved",
    "AmendmentProposed",
    "AmendmentRejected",
    "AnyWhat",
    "BedsideChecked",
    "CasebookFrozen",
    "CasebookUnfrozen",
    "ChemotherapyGiven",
    "ChronicGvhdAssessed",
    "Collected",
    "ConditionFound",
    "Consented",
    "Contacted",
    "CrsAssessed",
    "Declined",
    "DeviationRecorded",
    "Died",
    "Discarded",
    "Divided",
    "DonorAssigned",
    "DonorConsented",
    "DonorJudged",
    "DonorRegistered",
    "DonorWithdrew",
    "DoseMade",
    "Enrolled",
    "FactsRecorded",
    "FollowUpTransferred",
    "FormRowRecorded",
    "FoundAgain",
    "GoDecided",
    "HandedOver",
    "IcansAssessed",
    "Infused",
    "InfusionEnded",
    "InfusionInterrupted",
    "InfusionReactionAssessed",
    "InfusionResumed",
    "Issued",
    "Judged",
    "LabelPrinted",
    "LabelVoided",
    "LostToFollowUp",
    "LotAssigned",
    "LotMade",
    "NotInfused",
    "OtherTherapyStarted",
    "Paused",
    "PregnancyFollowed",
    "PregnancyReported",
    "Premedicated",
    "Processed",
    "ProphylaxisGiven",
    "QueryAnswered",
    "QueryClosed",
    "QueryRaised",
    "QueryReopened",
    "Recalled",
    "Received",
    "Redacted",
    "Refused",
    "Rejected",
    "Relapsed",
    "ReleaseTested",
    "Released",
    "Removed",
    "ReportSent",
    "Rescreened",
    "ResponseAssessed",
    "Resumed",
    "Retracted",
    "Returned",
    "Sampled",
    "ScreeningEnded",
    "Signed",
    "SourceVerified",
    "Stored",
    "StudyEnded",
    "StudyLocked",
    "StudyUnlocked",
    "TakenOut",
    "Transplanted",
    "TreatmentStopped",
    "Unreadable",
    "ValueMarked",
    "Visited",
    "VitalsTaken",
    "What",
    "Withdrew",
]
