"""Gates of corrections and retractions: what can be amended, by whom, and what for."""

from collections.abc import Iterable
from dataclasses import asdict
from difflib import get_close_matches
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import ANYONE_AT_SITE, DECISION, LABORATORY, SITE, TABLES, Role, read_role
from trialwright.errors import UsageError
from trialwright.facts import parse_occurred
from trialwright.facts.order import spoken
from trialwright.ledger.entry import Entry, Mood
from trialwright.ledger.kinds import (
    Adopted,
    AdverseEventFollowed,
    AdverseEventReported,
    AlertAnswered,
    AlertRaised,
    AmendmentApproved,
    AmendmentProposed,
    AmendmentRejected,
    BedsideChecked,
    CasebookFrozen,
    CasebookUnfrozen,
    ChemotherapyGiven,
    Collected,
    DeviationRecorded,
    Discarded,
    Divided,
    DonorAssigned,
    DonorConsented,
    DonorJudged,
    DonorRegistered,
    DonorWithdrew,
    DoseMade,
    Enrolled,
    HandedOver,
    Infused,
    Issued,
    Judged,
    LabelPrinted,
    LabelVoided,
    LotAssigned,
    LotMade,
    Paused,
    Processed,
    QueryAnswered,
    QueryClosed,
    QueryRaised,
    QueryReopened,
    Recalled,
    Received,
    Redacted,
    Refused,
    Rejected,
    Released,
    ReleaseTested,
    Removed,
    Resumed,
    Retracted,
    Returned,
    Sampled,
    Signed,
    SourceVerified,
    Stored,
    StudyEnded,
    StudyLocked,
    StudyUnlocked,
    TakenOut,
    Unreadable,
)

CELLS = (
    Received,
    Processed,
    Sampled,
    LotMade,
    ReleaseTested,
    Divided,
    DoseMade,
    Stored,
    TakenOut,
    Released,
    Rejected,
    LotAssigned,
    Recalled,
    Issued,
)
SHARED = (
    DonorRegistered,
    DonorConsented,
    DonorWithdrew,
    DonorJudged,
    DonorAssigned,
    Collected,
    HandedOver,
    Returned,
    Discarded,
    AdverseEventFollowed,
)
"""What site and laboratory both write."""
FIXED = (
    Adopted,
    AmendmentProposed,
    AmendmentApproved,
    AmendmentRejected,
    Refused,
    Retracted,
    Redacted,
    Removed,
    Unreadable,
    AlertRaised,
    LabelPrinted,
    LabelVoided,
    BedsideChecked,
    Signed,
    QueryAnswered,
    QueryClosed,
    QueryReopened,
    CasebookFrozen,
    CasebookUnfrozen,
    StudyLocked,
    StudyUnlocked,
)
"""Kinds that state what the ledger itself did, or what a scanner or printer did: they are not amended."""


def entry_named(deed: Deed[Any]) -> Entry[Any]:
    """The newest entry of the chain that the deed names by any of its ids. Raises UsageError if there is none."""
    name = deed.what.entry
    chain = deed.trial.originals.get(name)
    if chain is None:
        near = get_close_matches(name, list(deed.trial.by_id), 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UsageError(
            f"There is no entry {name!r}.{hint} `trialwright ledger show` lists the entries with their ids."
        )
    statements = [entry for entry in chain if not isinstance(entry.what, Retracted) or len(chain) == 1]
    return statements[-1]


def may_amend(deed: Deed[Any]) -> Iterable[Reason]:
    """Each entry is amended by those who may write its kind; the ledger's own statements by nobody."""
    target = entry_named(deed)
    if isinstance(target.what, FIXED):
        yield Reason(
            "amend.fixed",
            f"Entry {target.seq} ({target.what.kind}) states what the ledger itself did and stays.",
            "Record what is right now with an act of its own.",
        )
        return
    owners = _owners(target)
    if read_role(deed.actor.role) not in owners:
        named = " or ".join(sorted(role.value for role in owners))
        yield Reason(
            "role.not_allowed",
            f"{deed.actor.id} acts as {deed.actor.role}; {target.what.kind} is amended by {named}.",
            f"Ask the {named}.",
        )


def _owners(target: Entry[Any]) -> frozenset[Role]:
    """Whose entry it is to amend: those who may write its kind."""
    if isinstance(target.what, CELLS):
        return LABORATORY
    of_donor = isinstance(target.what, AdverseEventReported) and (target.about or "").startswith("D-")
    if of_donor or isinstance(target.what, SHARED):
        return ANYONE_AT_SITE
    if isinstance(target.what, AlertAnswered):
        return ANYONE_AT_SITE | {Role.SAFETY_BOARD}
    if isinstance(target.what, Paused | Resumed):
        return DECISION
    if isinstance(target.what, SourceVerified):
        return frozenset({Role.MONITOR})
    if isinstance(target.what, QueryRaised):
        return frozenset({Role.MONITOR, Role.DATA_MANAGER, Role.INVESTIGATOR})
    if isinstance(target.what, StudyEnded):
        return frozenset({Role.DATA_MANAGER, Role.INVESTIGATOR})
    of_tables = target.mood is Mood.HISTORICAL or isinstance(target.what, DeviationRecorded)
    return TABLES if of_tables else SITE


def not_taken_back(deed: Deed[Any]) -> Iterable[Reason]:
    """What was taken back is taken back for good."""
    chain = deed.trial.originals.get(deed.what.entry, ())
    for entry in chain[1:]:
        if isinstance(entry.what, Retracted):
            yield Reason(
                "amend.taken_back",
                f"Entry {chain[0].seq} ({chain[0].what.kind}) was taken back by entry {entry.seq}.",
                "Record what is right anew.",
            )


def reason_given(deed: Deed[Any]) -> Iterable[Reason]:
    """Every amendment says why, in a code and in words."""
    if not (deed.what.reason_code.strip() and deed.what.why.strip()):
        yield Reason(
            "amend.no_reason",
            "The amendment gives no reason.",
            "Say why, in a code (reason_code) and in words (why).",
        )


def not_treated_since(deed: Deed[Any]) -> Iterable[Reason]:
    """An enrolment is taken back only while no study treatment rests on it."""
    target = entry_named(deed)
    book = deed.trial.casebooks.get(target.about or "")
    if not isinstance(target.what, Enrolled) or book is None:
        return
    treated = (*book.all(ChemotherapyGiven), *book.all(Infused))
    if treated:
        yield Reason(
            "retract.treated",
            f"{target.about} has had study treatment since the enrolment ({treated[0].what.kind} on "
            f"{spoken(treated[0].occurred)}).",
            "The place stays taken. Record an important deviation, and the decision whether treatment goes on.",
        )


def written_by_hand(deed: Deed[Any]) -> Iterable[Reason]:
    """What was computed from facts is not corrected: the facts are, and the judgement is made anew."""
    target = entry_named(deed)
    if isinstance(target.what, Judged):
        yield Reason(
            "correct.judgement",
            f"Entry {target.seq} is a judgement: it was computed from the facts.",
            "Correct the fact; the judgement is then listed as made on facts since corrected. Screen again.",
        )
    if isinstance(target.what, SourceVerified):
        yield Reason(
            "correct.verification",
            f"Entry {target.seq} says what was compared as it was shown.",
            "Retract it (act retract), look again, and verify anew (act verify_source).",
        )


def number_kept(deed: Deed[Any]) -> Iterable[Reason]:
    """A participant's number is given once and never changes."""
    target = entry_named(deed)
    number = deed.what.content.get("number")
    if isinstance(target.what, Enrolled) and number is not None and str(number) != str(target.what.number):
        yield Reason(
            "correct.number",
            f"{target.about} is participant {target.what.number}; {number} was given.",
            "Leave the number out: it is never changed nor used again.",
        )


def something_changes(deed: Deed[Any]) -> Iterable[Reason]:
    """A correction says something else than the entry does."""
    target = entry_named(deed)
    old = {name: str(value) for name, value in asdict(target.what).items()}
    same = all(old.get(name.replace("-", "_")) == str(value) for name, value in deed.what.content.items())
    moved = deed.what.occurred is not None and deed.what.occurred != target.occurred
    if deed.what.occurred is not None:
        parse_occurred(deed.what.occurred)
    if same and not moved:
        yield Reason(
            "correct.nothing",
            f"Entry {target.seq} says so already.",
            "Give what should change (content, occurred).",
        )
