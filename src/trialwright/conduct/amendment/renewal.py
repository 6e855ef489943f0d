"""Who must consent again: a new version of a consent form asks those who signed an earlier one."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from trialwright.conduct.amendment.versions import study_file_of
from trialwright.conduct.deed import Deed
from trialwright.facts import parse_partial_date
from trialwright.facts.order import certainly_before
from trialwright.ledger.instants import local_day
from trialwright.ledger.kinds import (
    Consented,
    Died,
    Enrolled,
    Infused,
    NotInfused,
    Rescreened,
    ScreeningEnded,
    TreatmentStopped,
    Withdrew,
)
from trialwright.ledger.trial import Trial
from trialwright.study.documents import ConsentDocument, Part, Step

NOT_ASKED = ("visits", "all contact")
"""Whoever withdrew from these is not asked to sign anything more."""


@dataclass(frozen=True, slots=True)
class RenewalNeeded:
    """A consent that must be signed again: by whom, which version, from which day on, and what waits for it.

    signed  the newest version that the person has signed
    """

    who: str
    number: int | None
    stands: Part
    document: str
    version: str
    signed: str
    since: date
    before: tuple[Step, ...]
    reason: str | None = None


def renewals_needed(deed: Deed[Any]) -> tuple[RenewalNeeded, ...]:
    """The consents that the person of a deed must renew under the deed's study, as of its day; none for most people.

    Those whose day has not come yet are among them: see `since`. One for each form, in its newest version that asks.
    """
    stands = where_stands(deed)
    if stands is None:
        return ()
    newest: dict[str, RenewalNeeded] = {}
    for document in sorted(deed.study.consent, key=lambda one: one.valid_from):
        needed = _needed(deed, document, stands)
        if needed is not None:
            newest[document.id] = needed
    return tuple(newest.values())


def where_stands(deed: Deed[Any]) -> Part | None:
    """Where the person of a deed stands on its day; None for those who are not in the trial any more, or not yet."""
    if deed.standing(Died) or any(entry.what.extent in NOT_ASKED for entry in _withdrawals(deed)):
        return None
    if deed.standing(Enrolled):
        return "in follow-up" if _treatment_over(deed) else "in treatment"
    ended, again = deed.standing(ScreeningEnded), deed.standing(Rescreened)
    if ended and not any(entry.order > ended[-1].order for entry in again):
        return None
    return "in screening" if deed.earlier(Consented) else None


def asked_since(trial: Trial, document: ConsentDocument, grace_days: int, zone: str) -> tuple[date, bool]:
    """The first day on which nothing is done without the new version, and whether it came into force that very day.

    It is valid from its own day on, but asks nobody before the study that names it was adopted.
    """
    valid = parse_partial_date(document.valid_from).earliest
    came = next((local_day(one.recorded_at, zone) for one in trial.adoptions if _names(one, document)), None)
    adopted = date.fromisoformat(came) if came else None
    if trial.adoptions and _names(trial.adoptions[0], document):
        adopted = None
    day = max(valid, adopted) if adopted else valid
    return day + timedelta(days=grace_days), adopted == day and grace_days == 0


def _names(adoption: Any, document: ConsentDocument) -> bool:
    file = study_file_of(adoption)
    asked = (document.id, document.version)
    return file is not None and any((one.id, one.version) == asked and one.reconsent for one in file.study.consent)


def _needed(deed: Deed[Any], document: ConsentDocument, stands: Part) -> RenewalNeeded | None:
    renewal = document.reconsent
    if renewal is None or stands not in renewal.who:
        return None
    since = parse_partial_date(document.valid_from)
    older: set[str] = set()
    enough: set[str] = set()
    for one in deed.study.consent:
        if one.id == document.id:
            before = certainly_before(parse_partial_date(one.valid_from), since)
            (older if before else enough).add(one.version)
    signed = [entry for entry in deed.earlier(Consented) if entry.what.document == document.id]
    if any(entry.what.document_version in enough for entry in signed):
        return None
    old = [entry.what.document_version for entry in signed if entry.what.document_version in older]
    if not old:
        return None
    day, same_day = asked_since(deed.trial, document, renewal.grace_days, deed.zone)
    if same_day and deed.told is not None:
        day += timedelta(days=1)  # told of the day of adoption itself: it may have been done before
    book = deed.book
    return RenewalNeeded(
        book.code, book.number, stands, document.id, document.version, old[-1], day, renewal.before, renewal.reason
    )


def _withdrawals(deed: Deed[Any]) -> list[Any]:
    """Withdrawals that no consent was signed after."""
    consents = deed.earlier(Consented)
    return [entry for entry in deed.standing(Withdrew) if not any(one.order > entry.order for one in consents)]


def _treatment_over(deed: Deed[Any]) -> bool:
    infusion = deed.study.treatment.infusion
    most = infusion.max_infusions if infusion else None
    given = len(deed.standing(Infused))
    never = any(entry.what.cycle is None for entry in deed.standing(NotInfused))
    stopped = bool(deed.standing(TreatmentStopped)) or bool(_withdrawals(deed))
    return never or stopped or (most is not None and given >= most)
