"""Signatures as they stand: what each covers, whether it still holds, and what waits for one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from trialwright.conduct.at_rest import end_in_force
from trialwright.conduct.review.shown import changes_since, shown_digest, whole_casebook
from trialwright.conduct.review.signing import CASEBOOK, own_hand, signed_entries
from trialwright.facts.order import spoken
from trialwright.ledger.entry import AnyEntry, Entry
from trialwright.ledger.kinds import Died, Enrolled, Judged, Signed, Withdrew
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.events import STUDY_TREATMENT, adverse_events
from trialwright.safety.laboratory.waiting import WaitingValue, waiting_values
from trialwright.study.model import Study

HOLDS, CHANGED = "holds", "signed, then changed"


@dataclass(frozen=True, slots=True)
class SignatureView:
    """One signature: who, in which role, under which printed name, when, what for, and whether it still holds.

    stands   "holds", or "signed, then changed"
    changed  the entries that amended what was signed, oldest first
    """

    id: str
    seq: int
    about: str | None
    who: str
    role: str
    printed_name: str
    when: str
    meaning: str
    authenticated: str
    entries: tuple[str, ...]
    stands: str
    changed: tuple[AnyEntry, ...]

    @property
    def holds(self) -> bool:
        return self.stands == HOLDS


@dataclass(frozen=True, slots=True)
class ToSign:
    """Something that waits for an investigator: in which sense, of whom, under which entries, and by which act.

    act      "sign"; or the act that signs it by itself (mark_value, follow_adverse_event)
    entries  the first ids of what is to be shown; `shown` their digest now
    fact     of a laboratory value: its id
    before   what was signed once and changed since, where it was
    """

    meaning: str
    about: str
    number: int | None
    act: str
    text: str
    entries: tuple[str, ...]
    shown: str
    since: str
    fact: str | None = None
    before: str | None = None


def signatures(trial: Trial, book: Casebook | None = None) -> tuple[SignatureView, ...]:
    """Every signature, oldest first; those of one casebook where it is named."""
    signed = book.all(Signed) if book is not None else signed_entries(trial)
    return tuple(_view(trial, one) for one in sorted(signed, key=lambda one: one.seq))


def _view(trial: Trial, one: Entry[Signed]) -> SignatureView:
    what = one.what
    # An entry whose content was removed before the signing counts as changed too: the digest alone decides.
    known = all(id in trial.originals for id in what.entries)
    holds = known and shown_digest(trial, what.entries) == what.shown
    return SignatureView(
        id=one.id,
        seq=one.seq,
        about=one.about,
        who=one.actor.id,
        role=one.actor.role,
        printed_name=what.printed_name,
        when=one.recorded_at,
        meaning=what.meaning,
        authenticated=what.authenticated,
        entries=what.entries,
        stands=HOLDS if holds else CHANGED,
        changed=() if holds else changes_since(trial, what.entries, one.seq),
    )


# --- what waits -------------------------------------------------------------------------------------------------------


def to_sign(study: Study, trial: Trial, site: str | None = None) -> tuple[ToSign, ...]:
    """Everything that waits for an investigator's signature, by casebook; of one site's casebooks, where it is named.

    What an investigator signed in the act itself (`signed_by`), or wrote with their own hand, is not listed again.
    """
    books = (book for book in trial.casebooks.values() if site is None or _site(book) == site)
    return tuple(one for book in books for one in _of_book(study, trial, book))


def _of_book(study: Study, trial: Trial, book: Casebook) -> Iterator[ToSign]:
    signed = signatures(trial, book)
    yield from _judgements(trial, book, signed)
    yield from _values(study, trial, book, signed)
    yield from _causes(trial, book, signed)
    for death in book.all(Died):
        if not own_hand(death) and not _signed(signed, "death", (death.id,), trial):
            yield _waiting(trial, book, "death", (death,), f"death of {spoken(death.occurred)}", signed)
    if casebook_complete(trial, book) and not casebook_signed(trial, book, signed):
        whole = whole_casebook(trial, book)
        newest = max((trial.by_id[id] for id in whole), key=lambda entry: entry.seq)
        text = f"the whole casebook, {len(whole)} entries"
        yield _waiting(trial, book, CASEBOOK, (newest,), text, signed, ids=whole)


def _judgements(trial: Trial, book: Casebook, signed: tuple[SignatureView, ...]) -> Iterator[ToSign]:
    """The newest judgement, and the enrolment, unless the enrolment's own signature stands behind both."""
    enrolment, judged = book.enrolment, book.judgement
    approved = enrolment is not None and own_hand(enrolment)
    if judged is not None and not own_hand(judged) and not (approved and _rests_on(enrolment, judged)):
        meanings = ("eligibility", "enrolment")
        if not any(_signed(signed, meaning, (judged.id,), trial) for meaning in meanings):
            text = f"judged for {judged.what.purpose}: eligible {judged.what.eligible}"
            yield _waiting(trial, book, "eligibility", (judged,), text, signed)
    if enrolment is not None and not approved and not _signed(signed, "enrolment", (enrolment.id,), trial):
        text = f"enrolment as participant {enrolment.what.number}"
        yield _waiting(trial, book, "enrolment", (enrolment,), text, signed)


def _rests_on(enrolment: Entry[Enrolled] | None, judged: Entry[Judged]) -> bool:
    """Whether the enrolment was decided on the judgement, or later."""
    return enrolment is not None and judged.order < enrolment.order


def _values(study: Study, trial: Trial, book: Casebook, signed: tuple[SignatureView, ...]) -> Iterator[ToSign]:
    """Values outside their range that wait for a mark (which signs them), and marks that lost their signature."""
    for value in waiting_values(study, trial, book):
        if value.mark is None or not _signed(signed, "value review", (value.mark.id,), trial):
            yield _value(trial, book, value)


def _value(trial: Trial, book: Casebook, value: WaitingValue) -> ToSign:
    row, mark = value.measured, value.mark
    text = f"{row.concept} {row.quantity} of {row.on}" + (f", range {value.range}" if value.range else "")
    entry: AnyEntry = row.entry if mark is None else mark
    return ToSign(
        "value review",
        book.code,
        book.number,
        "mark_value" if mark is None else "sign",
        text,
        (trial.originals[entry.id][0].id,),
        shown_digest(trial, (entry.id,)),
        entry.recorded_at,
        fact=row.id,
        before=None if mark is None else "marked, then changed",
    )


def _causes(trial: Trial, book: Casebook, signed: tuple[SignatureView, ...]) -> Iterator[ToSign]:
    """Events whose cause nobody judged, or nobody who is an investigator. Judged unknown by one is judged."""
    for event in adverse_events(trial, book):
        judged = [entry for entry in event.entries if entry.what.related] or [event.reported]
        unjudged = [cause for cause in STUDY_TREATMENT if cause not in event.related]
        by_hand = own_hand(judged[-1])
        if not unjudged and (by_hand or _signed(signed, "causality", (entry.id for entry in judged), trial)):
            continue
        text = f"{event.named} of {event.onset}, grade {event.worst}"
        text += f": {', '.join(unjudged)} not judged" if unjudged else ""
        act = "follow_adverse_event" if unjudged else "sign"
        yield _waiting(trial, book, "causality", judged, text, signed, act=act)


def _waiting(
    trial: Trial,
    book: Casebook,
    meaning: str,
    entries: Iterable[AnyEntry],
    text: str,
    signed: tuple[SignatureView, ...],
    *,
    act: str = "sign",
    ids: tuple[str, ...] | None = None,
) -> ToSign:
    rows = tuple(entries)
    named = ids or tuple(trial.originals[entry.id][0].id for entry in rows)
    once = [one for one in signed if one.meaning == meaning and not one.holds and set(one.entries) & set(named)]
    before = f"{once[-1].printed_name}: {CHANGED}" if once else None
    since = max(entry.recorded_at for entry in rows)
    return ToSign(meaning, book.code, book.number, act, text, named, shown_digest(trial, named), since, before=before)


def _signed(signed: Iterable[SignatureView], meaning: str, ids: Iterable[str], trial: Trial) -> bool:
    """Whether one signature that holds covers all of the entries, in that sense."""
    wanted = {trial.originals[id][0].id for id in ids}
    return any(one.holds and one.meaning in (meaning, CASEBOOK) and wanted <= set(one.entries) for one in signed)


# --- whole casebooks --------------------------------------------------------------------------------------------------

ENDS: Final = frozenset({"all contact"})


def casebook_complete(trial: Trial, book: Casebook) -> bool:
    """Whether nothing more is to come: the person died, left altogether, was not enrolled, or the study has ended."""
    left = bool(book.all(Died)) or any(entry.what.extent in ENDS for entry in book.all(Withdrew))
    never = book.number is None and book.screening_end is not None
    return bool(book.by_kind) and (left or never or end_in_force(trial) is not None)


def casebook_signed(trial: Trial, book: Casebook, signed: tuple[SignatureView, ...] | None = None) -> bool:
    """Whether a signature that holds covers everything in the casebook: what was added since is not covered."""
    found = signatures(trial, book) if signed is None else signed
    if not any(one.meaning == CASEBOOK for one in found):
        return False
    whole = set(whole_casebook(trial, book))
    return any(one.holds and one.meaning == CASEBOOK and whole <= set(one.entries) for one in found)


def _site(book: Casebook) -> str | None:
    """The site of a casebook: that of its first entry."""
    return min(book.entries, key=lambda entry: entry.order).site if book.entries else None
