"""Coming in: consent, facts, screening, and how a screening ends."""

from dataclasses import dataclass
from typing import Any

from trialwright.conduct.act import act
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.enrolment import (
    consent_at_a_moment,
    consent_document_valid,
    episode_ended,
    episode_open,
    no_enrolment_now,
)
from trialwright.conduct.gates.people import alive, consented, visits_not_withdrawn
from trialwright.conduct.gates.renewal import renewed_for_screening
from trialwright.conduct.judging import anchors_of, judge_casebook, judged_entry
from trialwright.conduct.person_facts import without_birthday
from trialwright.conduct.roles import SITE
from trialwright.conduct.words import check_among
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import Consented, Declined, FactsRecorded, Judged, Rescreened, ScreeningEnded
from trialwright.study import criteria_of

Entries = tuple[NewEntry, ...]


@dataclass(frozen=True, slots=True)
class Screening:
    """What is newly known at screening; all of it may be left out where facts were recorded before."""

    facts: tuple[dict[str, Any], ...] = ()
    born: str | None = None
    sex: str | None = None
    completed_years: int | None = None


@dataclass(frozen=True, slots=True)
class EndOfScreening:
    """How an episode ended; criteria not named are those that bar in the last judgement."""

    outcome: str  # failed | withdrawn
    criteria: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """Why somebody is screened again."""

    reason: str


@act(Consented, by=SITE, opens=True, gates=(alive, consent_document_valid, consent_at_a_moment))
def consent(deed: Deed[Consented]) -> Entries:
    """A person signed the informed consent; without a code, a casebook is opened under the next screening code."""
    return (deed.entry(deed.what),)


@act(Declined, by=SITE, subject="study", needs_on=False)
def decline(deed: Deed[Declined]) -> Entries:
    """People who were approached said no: they are counted, and nothing about them is kept."""
    return (deed.entry(deed.what),)


@act(FactsRecorded, by=SITE, gates=(consented,))
def record_facts(deed: Deed[FactsRecorded]) -> Entries:
    """Facts about a person are recorded: results, diagnoses, answers. Late results are always possible."""
    return (deed.entry(without_birthday(deed.what, deed.when)),)


@act(
    Screening,
    by=SITE,
    gates=(consented, renewed_for_screening, alive, visits_not_withdrawn, no_enrolment_now, episode_open),
    writes=Judged,
)
def screen(deed: Deed[Screening]) -> Entries:
    """The study's criteria are judged for a person, on the facts known and on those given here."""
    new = _facts(deed.what)
    moments = anchors_of(deed.book, deed.when)
    moments.setdefault("screening", deed.when)
    judgement = judge_casebook(deed.study, deed.book, deed.when.latest, moments, new=new)
    judged = deed.entry(judged_entry(judgement, "screening", deed.book.episode))
    return (deed.entry(without_birthday(new, deed.when)), judged) if new else (judged,)


def _facts(what: Screening) -> FactsRecorded | None:
    if not (what.facts or what.born or what.sex or what.completed_years is not None):
        return None
    return FactsRecorded(what.facts, what.born, what.sex, "screening", what.completed_years)


@act(
    EndOfScreening,
    by=SITE,
    gates=(consented, no_enrolment_now, episode_open),
    writes=ScreeningEnded,
)
def end_screening(deed: Deed[EndOfScreening]) -> Entries:
    """A screening episode ends without enrolment: failed, with the criteria named, or withdrawn."""
    judgement = deed.book.judgement
    check_among("end_screening: criteria", deed.what.criteria, _criteria_ids(deed))
    barring = (
        tuple(str(line["id"]) for line in judgement.what.criteria if line.get("effect") == "bars")
        if judgement and judgement.what.episode == deed.book.episode and deed.what.outcome == "failed"
        else ()
    )
    named = deed.what.criteria or barring
    return (deed.entry(ScreeningEnded(deed.what.outcome, named, deed.what.note, deed.book.episode)),)


def _criteria_ids(deed: Deed[EndOfScreening]) -> tuple[str, ...]:
    """The study's criteria, and those of the last judgement: it may have been made under an earlier study file."""
    judgement = deed.book.judgement
    asked = [str(line["id"]) for line in judgement.what.criteria] if judgement else []
    return tuple(dict.fromkeys([*(one.id for one in criteria_of(deed.study.eligibility)), *asked]))


@act(Again, by=SITE, gates=(consented, alive, no_enrolment_now, episode_ended), writes=Rescreened)
def rescreen(deed: Deed[Again]) -> Entries:
    """A new screening episode of the same casebook begins, after the last one ended."""
    return (deed.entry(Rescreened(deed.book.episode + 1, deed.what.reason)),)
