"""Signing: an investigator puts a name, a meaning and a moment under exactly what was shown (21 CFR 11.50, 11.70)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from trialwright.conduct.act import act
from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.conduct.review.shown import chain_of, faults_of_shown, first_ids, whole_casebook
from trialwright.conduct.roles import Role, person_key
from trialwright.facts.order import spoken
from trialwright.ledger.entry import AnyEntry, Entry, NewEntry
from trialwright.ledger.kinds import (
    AdverseEventFollowed,
    AdverseEventReported,
    Died,
    Enrolled,
    Judged,
    ReportSent,
    Signed,
    ValueMarked,
    What,
)
from trialwright.ledger.trial import Trial

Entries = tuple[NewEntry, ...]
CASEBOOK: Final = "casebook"
SIGNED_FOR: Final[dict[str, tuple[type[What], ...]]] = {
    "eligibility": (Judged,),
    "enrolment": (Judged, Enrolled),
    "value review": (ValueMarked,),
    "causality": (AdverseEventReported, AdverseEventFollowed),
    "death": (Died,),
    CASEBOOK: (),
    "report": (ReportSent,),
}
"""What a signature can mean -> the kinds of entry it can be put under; empty: the whole casebook, and nothing less."""
MEANINGS: Final = tuple(SIGNED_FOR)
AUTHENTICATED: Final = ("password", "password and code", "passkey")


@dataclass(frozen=True, slots=True)
class Signature:
    """What is signed, and in which sense. For a whole casebook the entries may be left out.

    shown          the digest of what was shown (`shown_digest`)
    printed_name   the signer's name as it is printed; the door knows it
    authenticated  how the person showed who they are, just now
    nonce          of the page that was signed: used once
    """

    meaning: str
    shown: str
    printed_name: str
    authenticated: str
    nonce: str
    entries: tuple[str, ...] = ()


def to_be_signed(deed: Deed[Signature]) -> tuple[str, ...]:
    """The first ids of the entries signed: those named, or all of a casebook. Raises UsageError for an unknown id."""
    if not deed.what.entries and deed.what.meaning == CASEBOOK:
        return whole_casebook(deed.trial, deed.book)
    return first_ids(deed.trial, deed.what.entries)


def as_shown(deed: Deed[Signature]) -> Iterable[Reason]:
    """Signed is what was seen: entries of one casebook, none taken back, none changed since."""
    yield from faults_of_shown(deed.trial, to_be_signed(deed), deed.what.shown, deed.who, "sign")


def of_that_meaning(deed: Deed[Signature]) -> Iterable[Reason]:
    """A meaning goes under the entries it speaks of; a casebook is signed whole."""
    ids, kinds = to_be_signed(deed), SIGNED_FOR[deed.what.meaning]
    if deed.what.meaning == CASEBOOK:
        missing = set(whole_casebook(deed.trial, deed.book)) - set(ids)
        if missing:
            yield Reason(
                "signature.not_whole",
                f"{len(missing)} of the entries about {deed.who} are not among those signed.",
                "A casebook is signed whole: leave the entries out, and all of them are meant.",
            )
        return
    for first in (chain_of(deed.trial, id)[0] for id in ids):
        if not isinstance(first.what, kinds):
            words = " or ".join(kind.kind.replace("_", " ") for kind in kinds)
            yield Reason(
                "signature.other_meaning",
                f"Entry {first.seq} is {first.what.kind.replace('_', ' ')}; {deed.what.meaning} is signed under "
                f"{words}.",
                "Choose the meaning that fits, or leave the entry out.",
            )


def name_printed(deed: Deed[Signature]) -> Iterable[Reason]:
    """A signature shows a name and came from a page of its own."""
    if not (deed.what.printed_name.strip() and deed.what.nonce.strip()):
        yield Reason(
            "signature.no_name",
            "The signature has no printed name, or no mark of the page it was made on (nonce).",
            "Sign on the page that shows the entries.",
        )


def nonce_new(deed: Deed[Signature]) -> Iterable[Reason]:
    """Each page is signed once: a signature sent twice, or copied, is none."""
    for one in signed_entries(deed.trial):
        if deed.what.nonce and one.what.nonce == deed.what.nonce:
            yield Reason(
                "signature.nonce_used",
                f"The page was signed before (entry {one.seq}, {one.what.meaning}).",
                "Open what is to be signed again, and sign there.",
            )


def not_signed_already(deed: Deed[Signature]) -> Iterable[Reason]:
    """Nobody signs the same content in the same sense twice."""
    what = deed.what
    for one in signed_entries(deed.trial):
        same = (one.what.meaning, one.what.shown) == (what.meaning, what.shown.strip().lower())
        if same and person_key(one.actor.id) == person_key(deed.actor.id):
            yield Reason(
                "signature.again",
                f"{one.actor.id} signed this for {what.meaning} on {spoken(one.occurred or one.recorded_at[:10])} "
                f"(entry {one.seq}), and nothing changed since.",
                "Nothing to do.",
            )


@act(
    Signature,
    by={Role.INVESTIGATOR},
    subject="anybody",
    of_ledger=True,
    needs_on=False,
    gates=(name_printed, nonce_new, as_shown, of_that_meaning, not_signed_already),
    writes=Signed,
)
def sign(deed: Deed[Signature]) -> Entries:
    """An investigator signs entries exactly as they were shown, with a meaning; any later change of them un-signs."""
    what, ids = deed.what, to_be_signed(deed)
    signed = Signed(
        what.meaning, what.printed_name.strip(), ids, what.shown.strip().lower(), what.authenticated, what.nonce
    )
    return (replace(deed.entry(signed), causes=ids if len(ids) == 1 else ()),)


def signed_entries(trial: Trial) -> Iterator[Entry[Signed]]:
    """Every signature there is, of whatever chapter."""
    yield from trial.of_study.all(Signed)
    for chapter in trial.chapters:
        yield from chapter.all(Signed)


def own_hand(entry: AnyEntry) -> bool:
    """Whether an investigator stands behind the entry already: by its own signature, or by having written it.

    Where a kind keeps who signed (`signed_by`), that alone counts: a correction by somebody else takes it away.
    """
    what: Any = entry.what
    if hasattr(what, "signed_by"):
        return what.signed_by is not None
    people = (entry.actor, entry.second)
    return any(one is not None and one.role.strip().lower() == Role.INVESTIGATOR for one in people)
