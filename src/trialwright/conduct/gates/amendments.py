"""Gates of amendments: what a new version may be, and who brings it into force when."""

from collections.abc import Iterable
from typing import Any

from trialwright.conduct.amendment.limits import against_amendment
from trialwright.conduct.amendment.proposals import AmendmentSoFar, open_amendment
from trialwright.conduct.amendment.versions import read_once
from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import is_investigator, person_key, read_role
from trialwright.facts import parse_partial_date
from trialwright.ledger.entry import Actor
from trialwright.ledger.instants import local_day
from trialwright.study import StudyErrors, StudyFile


def readable(deed: Deed[Any]) -> Iterable[Reason]:
    """The new text is a study file."""
    try:
        read_once(deed.what.text)
    except StudyErrors as faults:
        for fault in faults.faults:
            yield Reason("amendment.unreadable", f"{fault}", "Correct the line; `trialwright study check` reads it.")


def may_be_adopted(deed: Deed[Any]) -> Iterable[Reason]:
    """The new version has no error, and changes nothing that never changes."""
    file = proposed_file(deed)
    if file is not None:
        yield from against_amendment(deed.study, file, deed.trial)


def proposed_file(deed: Deed[Any]) -> StudyFile | None:
    """The study file that is proposed: by the deed itself, or by the proposal that is open; None where none can be."""
    found = open_amendment(deed.trial)
    text = getattr(deed.what, "text", None) or (found.proposal.what.text if found else None)
    try:
        return read_once(text) if text else None
    except StudyErrors:
        return None


def none_open(deed: Deed[Any]) -> Iterable[Reason]:
    """One amendment at a time: two would each be compared with a study that the other replaces."""
    found = open_amendment(deed.trial)
    if found is not None:
        yield Reason(
            "amendment.one_open",
            f"Version {found.proposal.what.version_label}, proposed by {found.proposal.actor.id}, waits for approval.",
            "Let it be approved (act approve_amendment) or reject it first (act reject_amendment).",
        )


def one_open(deed: Deed[Any]) -> Iterable[Reason]:
    """There is a proposal to decide about, and it is the one that is meant."""
    found = open_amendment(deed.trial)
    if found is None:
        yield Reason(
            "amendment.none_open",
            "No amendment waits for a decision: none was proposed, or it was adopted, rejected or overtaken.",
            "Propose the new version of the study file (act propose_amendment).",
        )
    elif deed.what.proposal not in ("", found.proposal.id):
        yield Reason(
            "amendment.another_open",
            f"The amendment that waits is {found.proposal.id} (version {found.proposal.what.version_label}); "
            f"{deed.what.proposal} was named.",
            "Read the one that waits, and decide about it.",
        )


def theirs_to_approve(deed: Deed[Any]) -> Iterable[Reason]:
    """An investigator approves, and somebody else of a role that the study names; nobody twice."""
    found = open_amendment(deed.trial)
    if found is None:
        return
    second = deed.study.amendments.second_approval
    if not is_investigator(deed.actor) and read_role(deed.actor.role).value not in second:
        yield Reason(
            "amendment.not_theirs",
            f"{deed.actor.id} acts as {deed.actor.role}; an investigator and one of {', '.join(second)} approve.",
            "Ask one of them.",
        )
    for approval in found.approvals:
        if person_key(approval.actor.id) == person_key(deed.actor.id):
            yield Reason(
                "amendment.approved_already",
                f"{deed.actor.id} approved version {found.proposal.what.version_label} already.",
                f"It takes a second person: {_missing(approval.actor, second)}.",
            )
        elif is_investigator(approval.actor) == is_investigator(deed.actor):
            yield Reason(
                "amendment.same_side",
                f"{approval.actor.id} approved as {approval.actor.role}; {deed.actor.id} acts as {deed.actor.role}.",
                f"The second approval comes from the other side: {_missing(approval.actor, second)}.",
            )


def _missing(first: Actor, second: tuple[str, ...]) -> str:
    return f"one of {', '.join(second)}" if is_investigator(first) else "an investigator"


def ethics_agreed(deed: Deed[Any]) -> Iterable[Reason]:
    """A substantial amendment comes into force only with the ethics committee's decision named."""
    found = open_amendment(deed.trial)
    if found is None or not completes(found) or found.proposal.what.nature != "substantial":
        return
    if not (deed.what.ethics_approval or found.ethics_approval):
        yield Reason(
            "amendment.no_ethics_approval",
            f"Version {found.proposal.what.version_label} is a substantial amendment, and no decision of the ethics "
            "committee is named.",
            "Name it with the approval (ethics_approval), as it stands on the committee's letter.",
        )


def effective_by_now(deed: Deed[Any]) -> Iterable[Reason]:
    """The second approval brings the version into force at once: not before the day it says."""
    found = open_amendment(deed.trial)
    day = found.proposal.what.effective_from if found is not None and completes(found) else None
    if day is None:
        return
    today = local_day(deed.now, deed.zone) if deed.now else deed.when.latest.isoformat()
    if today < parse_partial_date(day).earliest.isoformat():
        yield Reason(
            "amendment.not_yet",
            f"Version {found.proposal.what.version_label if found else ''} is in force from {day}; it is {today}.",
            "Approve it on that day: the second approval brings it into force at once.",
        )


def completes(found: AmendmentSoFar) -> bool:
    """Whether the next approval is the one that brings the version into force."""
    return bool(found.approvals)
