"""What one person sees of the cells: a participant's side without the donor, a donor's side without the recipients.

The laboratory's side has every collection, lot and dose that is still somewhere. All are plain values, read off the
ledger and judged by the study at one moment. Words that people typed are shown with the other side's codes taken out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any, Final, TypeVar

from trialwright.cells.descent import (
    assigned_to,
    assignment_of,
    collection_of,
    doses_of,
    lots_of_donor,
    recipient_of,
    recipients_of,
)
from trialwright.cells.labels import valid_label
from trialwright.cells.laboratory import (
    AlertView,
    Item,
    alerts_of,
    collection_item,
    is_running,
    lot_and_doses,
    lot_item,
    stock,
)
from trialwright.cells.options import Option, options
from trialwright.cells.plan import ParticipantPlan, plan_of
from trialwright.facts import LocalTime
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import (
    BedsideChecked,
    DonorConsented,
    DonorJudged,
    DonorRegistered,
    DonorWithdrew,
    Infused,
    InfusionEnded,
)
from trialwright.ledger.trial import Casebook, Lot, Trial
from trialwright.study.model import Study

T = TypeVar("T")
SHORTEST: Final = 3  # letters of a code that is taken out of words: a shorter one would take out words of its own
NUMBERED: Final = re.compile(r"\bparticipant\s+(no\.?\s*)?[0-9]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check at the bedside."""

    at: str | None
    dose: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InfusionView:
    """One infusion and how it ended."""

    infusion: int
    cycle: int
    at: str | None
    lot: str
    doses: tuple[str, ...]
    volume_ml: str | None
    nk_cells_per_kg: str | None
    how: str | None = None  # complete | stopped; None while it runs, or where nobody said
    reaction: str | None = None
    running: bool = False  # it began, and no end is recorded


@dataclass(frozen=True, slots=True)
class ParticipantView:
    """A participant's cells. `items`: every lot meant for or given to this person, each before its doses."""

    code: str
    number: int | None
    at: str
    chain: str | None
    chain_since: str | None
    wristband: int | None
    items: tuple[Item, ...]
    checks: tuple[CheckView, ...]
    infusions: tuple[InfusionView, ...]
    alerts: tuple[AlertView, ...]
    plan: ParticipantPlan | None
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A donor's consent."""

    on: str | None
    document: str
    document_version: str
    signer: str


@dataclass(frozen=True, slots=True)
class DonorView:
    """A donor: how found fit to give, what was taken, what became of it. Recipients are counted, never named."""

    code: str
    at: str
    registered_on: str | None
    source: str | None
    tested: str | None
    bank: str | None
    bank_unit: str | None
    consents: tuple[ConsentView, ...]
    withdrew_on: str | None
    eligibility: str
    decided_on: str | None
    sampled_on: str | None
    tests: tuple[tuple[str, str], ...]
    exception: str | None
    items: tuple[Item, ...]
    gives_for: int
    reached: int
    alerts: tuple[AlertView, ...]


# --- a participant ----------------------------------------------------------------------------------------------------


def participant_view(
    study: Study, trial: Trial, who: str, now: LocalTime, *, chemotherapy_ends: date | None = None
) -> ParticipantView | None:
    """Everything of the cells that concerns one participant, and no donor's code; None for a code nobody has.

    chemotherapy_ends   the planned last day, as for `plan_of`.
    """
    book = trial.casebook(who)
    if book is None:
        return None
    chain = assignment_of(trial, book.code)
    lots = [lot for lot in trial.lots.values() if recipient_of(lot) == book.code or book.code in recipients_of(lot)]
    items = tuple(item for lot in lots for item in lot_and_doses(study, trial, lot, now))
    codes = [book.code, *(item.code for item in items), *_collections(trial, lots)]
    found = ParticipantView(
        book.code,
        book.number,
        str(now),
        chain.about if chain else None,
        chain.occurred if chain else None,
        valid_label(trial, book.code),
        items,
        tuple(CheckView(one.occurred, one.what.dose, one.what.checked_by) for one in book.all(BedsideChecked)),
        tuple(_infusion(book, given) for given in book.infusions),
        alerts_of(trial, codes),
        plan_of(study, trial, book, now.latest, chemotherapy_ends=chemotherapy_ends),
        options(study, trial, book.code, now),
    )
    return without(found, donor_codes(trial), "the donor")


def _collections(trial: Trial, lots: Iterable[Lot]) -> list[str]:
    return [found.about for lot in lots if (found := collection_of(trial, lot)) is not None and found.about]


def _infusion(book: Casebook, given: Entry[Infused]) -> InfusionView:
    what = given.what
    ended = next((end.what for end in reversed(book.all(InfusionEnded)) if end.what.infusion == what.infusion), None)
    return InfusionView(
        what.infusion,
        what.cycle,
        given.occurred,
        what.lot,
        what.doses,
        ended.volume_ml if ended else what.volume_ml,
        (ended.nk_cells_per_kg if ended else None) or what.nk_cells_per_kg,
        ended.how if ended else None,
        ended.reaction if ended else None,
        is_running(book, given),
    )


# --- a donor ----------------------------------------------------------------------------------------------------------


def donor_view(study: Study, trial: Trial, donor: str, now: LocalTime) -> DonorView | None:
    """Everything of one donor, and no participant's code or number; None for a code nobody has."""
    book = trial.donors.get(donor)
    if book is None:
        return None
    registered, judged, left = book.last(DonorRegistered), book.last(DonorJudged), book.last(DonorWithdrew)
    lots = lots_of_donor(trial, donor)
    taken = [code for code, collection in trial.collections.items() if collection.what.donor == donor]
    items = [collection_item(trial, code) for code in taken]
    items += [replace(lot_item(study, trial, lot, now), recipient=None) for lot in lots]
    doses = [dose.about or "" for lot in lots for dose in doses_of(trial, lot)]
    what, said = (registered.what if registered else None), (judged.what if judged else None)
    found = DonorView(
        donor,
        str(now),
        registered.occurred if registered else None,
        what.source if what else None,
        what.tested if what else None,
        what.bank if what else None,
        what.bank_unit if what else None,
        tuple(_consent(entry) for entry in book.all(DonorConsented)),
        left.occurred if left else None,
        said.eligibility if said else "not started",
        judged.occurred if judged else None,
        said.sampled_on if said else None,
        tuple(said.tests.items()) if said else (),
        said.exception if said else None,
        tuple(items),
        len(assigned_to(trial, donor)),
        len({who for lot in lots for who in recipients_of(lot)}),
        alerts_of(trial, (donor, *taken, *(lot.code for lot in lots), *doses)),
    )
    return without(found, trial.casebooks, "a participant", NUMBERED)


def _consent(entry: Entry[DonorConsented]) -> ConsentView:
    return ConsentView(entry.occurred, entry.what.document, entry.what.document_version, entry.what.signer)


# --- alerts, and the two sides kept apart -----------------------------------------------------------------------------


def donor_codes(trial: Trial) -> tuple[str, ...]:
    """Every donor's code that the ledger knows."""
    named = [taken.what.donor for taken in trial.collections.values()]
    return tuple(dict.fromkeys((*trial.donors, *named, *(chain.what.donor for chain in trial.assignments.values()))))


def without(value: T, codes: Iterable[str], word: str, also: re.Pattern[str] | None = None) -> T:
    """The same with every mention of these codes, in whatever words somebody typed, replaced by one word."""
    long = sorted((re.escape(code) for code in codes if len(code) >= SHORTEST), key=len, reverse=True)
    if not long:
        return value
    pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(long)})(?![A-Za-z0-9])", re.IGNORECASE)
    patterns = (pattern, also) if also else (pattern,)
    cleaned: T = _cleaned(value, patterns, word)
    return cleaned


def apart(trial: Trial, about: str, value: T) -> T:
    """The same, with every mention of the other side taken out of the words that people typed."""
    if about in trial.donors:
        return without(value, trial.casebooks, "a participant", NUMBERED)
    return without(value, donor_codes(trial), "the donor")


def _cleaned(value: Any, patterns: tuple[re.Pattern[str], ...], word: str) -> Any:
    if isinstance(value, str) and type(value) is str:
        for pattern in patterns:
            value = pattern.sub(word, value)
        return value
    if isinstance(value, tuple):
        return tuple(_cleaned(part, patterns, word) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _cleaned(getattr(value, one.name), patterns, word) for one in fields(value)})
    return value


__all__ = [
    "NUMBERED",
    "CheckView",
    "DonorView",
    "InfusionView",
    "ParticipantView",
    "donor_codes",
    "donor_view",
    "participant_view",
    "stock",
    "without",
]
