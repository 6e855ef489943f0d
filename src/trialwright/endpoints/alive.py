"""On which days a person is known to have been alive: the rule behind every "last known alive"."""

from collections.abc import Iterator
from datetime import date
from typing import assert_never, cast

from trialwright.facts import parse_occurred
from trialwright.ledger import kinds
from trialwright.ledger.entry import Entry
from trialwright.ledger.trial import Casebook


def days_alive(book: Casebook) -> tuple[date, ...]:
    """Every day on which this person was seen, spoken to, sampled or treated, in no order, whatever the cut-off.

    They are: consent, enrolment, facts (by the day of the sample), chemotherapy (first and last day), premedication,
    prophylaxis, infusion (start and end), a visit not missed, a contact alive, a disease assessment that could be
    judged (non-evaluable may mean that nobody was sampled), a scale of harm assessed, relapse (its sample), other
    therapy, transplant, withdrawal and being found again (the person's own word).

    They are not: the day of a result, a decision about the person, an adverse event's onset or end (it is told
    afterwards; the visit at which it was told counts), loss to follow-up, nor the day an entry was written.

    Of a date known in part its first day counts: alive then at the least.
    """
    return book.kept("days alive", lambda: tuple(_days_alive(book)))


def _days_alive(book: Casebook) -> Iterator[date]:
    for entry in book.entries:
        for text in _seen(entry):
            if text:
                yield parse_occurred(text).earliest


OfCells = (
    kinds.DonorRegistered
    | kinds.DonorConsented
    | kinds.DonorWithdrew
    | kinds.DonorJudged
    | kinds.DonorAssigned
    | kinds.Collected
    | kinds.Received
    | kinds.Processed
    | kinds.Sampled
    | kinds.LotMade
    | kinds.ReleaseTested
    | kinds.Divided
    | kinds.DoseMade
    | kinds.Stored
    | kinds.TakenOut
    | kinds.HandedOver
    | kinds.Released
    | kinds.Rejected
    | kinds.LotAssigned
    | kinds.Recalled
    | kinds.LabelPrinted
    | kinds.LabelVoided
    | kinds.Issued
    | kinds.Returned
    | kinds.Discarded
    | kinds.AlertRaised
    | kinds.AlertAnswered
)
"""What is done with cells and about them: nobody was seen for it."""


OfReview = (
    kinds.Signed
    | kinds.QueryRaised
    | kinds.QueryAnswered
    | kinds.QueryClosed
    | kinds.QueryReopened
    | kinds.SourceVerified
    | kinds.CasebookFrozen
    | kinds.CasebookUnfrozen
    | kinds.StudyEnded
    | kinds.StudyLocked
    | kinds.StudyUnlocked
)
"""What is said about the record: nobody was seen for it."""


def _seen(entry: Entry[kinds.What]) -> tuple[str | None, ...]:
    what = cast(kinds.AnyWhat, entry.what)
    if isinstance(what, OfCells | OfReview):
        return ()
    match what:
        case kinds.Consented() | kinds.Enrolled() | kinds.Premedicated() | kinds.ProphylaxisGiven():
            return (entry.occurred,)
        case kinds.Relapsed() | kinds.OtherTherapyStarted() | kinds.Transplanted():
            return (entry.occurred,)
        case kinds.Withdrew() | kinds.FoundAgain():
            return (entry.occurred,)
        case kinds.ChemotherapyGiven():
            return (entry.occurred, what.ended_on)
        case kinds.Infused():
            return (entry.occurred, what.ended_at)
        case kinds.VitalsTaken():
            return (entry.occurred,)
        case kinds.FormRowRecorded():
            return ()  # a list of drugs may be written down without the person
        case kinds.BedsideChecked() | kinds.InfusionInterrupted() | kinds.InfusionResumed() | kinds.InfusionEnded():
            return (entry.occurred,)
        case kinds.FactsRecorded():
            return tuple(fact.get("on") for fact in what.facts)
        case kinds.Visited():
            return (entry.occurred,) if what.mode != "missed" else ()
        case kinds.Contacted():
            return (entry.occurred,) if what.alive else ()
        case kinds.ResponseAssessed():
            return (entry.occurred,) if what.category != "NE" else ()
        case kinds.AcuteGvhdAssessed() | kinds.ChronicGvhdAssessed() | kinds.CrsAssessed() | kinds.IcansAssessed():
            return (entry.occurred,)
        case kinds.InfusionReactionAssessed() | kinds.ConditionFound():
            return (entry.occurred,)
        case kinds.AdverseEventFollowed() | kinds.ValueMarked() | kinds.ReportSent():
            return ()
        case kinds.PregnancyReported() | kinds.PregnancyFollowed():
            return ()
        case kinds.AdverseEventReported() | kinds.Died() | kinds.LostToFollowUp() | kinds.FollowUpTransferred():
            return ()
        case kinds.Judged() | kinds.ScreeningEnded() | kinds.Rescreened() | kinds.GoDecided() | kinds.NotInfused():
            return ()
        case kinds.TreatmentStopped() | kinds.DeviationRecorded() | kinds.Refused() | kinds.Declined():
            return ()
        case kinds.Adopted() | kinds.Retracted() | kinds.Redacted() | kinds.Removed() | kinds.Unreadable():
            return ()
        case kinds.Paused() | kinds.Resumed():
            return ()
        case kinds.AmendmentProposed() | kinds.AmendmentApproved() | kinds.AmendmentRejected():
            return ()
        case _:
            assert_never(what)
