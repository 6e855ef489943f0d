"""Putting right: an entry is corrected with new content, or taken back. Nothing is ever overwritten."""

from dataclasses import dataclass, field, replace
from typing import Any

from trialwright.cells.descent import doses_of
from trialwright.conduct.act import act
from trialwright.conduct.alerting import failed_after_infusion
from trialwright.conduct.corrected import whole_content
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.amending import (
    entry_named,
    may_amend,
    not_taken_back,
    not_treated_since,
    number_kept,
    reason_given,
    something_changes,
    written_by_hand,
)
from trialwright.conduct.gates.amending_cells import (
    amended_by_two,
    descent_kept,
    ending_adds_up,
    expiry_still_possible,
    nothing_made_of_it,
    result_still_readable,
    volumes_fit,
)
from trialwright.conduct.gates.amending_harm import (
    as_a_first_one,
    dated_in_the_past,
    nothing_is_about_it,
    those_told_know,
)
from trialwright.conduct.keeping_cells import void_labels
from trialwright.conduct.late_results import newly_failed
from trialwright.conduct.person_facts import without_birthday
from trialwright.conduct.roles import ANYONE_AT_SITE, TABLES, Role, signer
from trialwright.facts import parse_occurred
from trialwright.ledger.entry import Entry, NewEntry
from trialwright.ledger.kinds import FactsRecorded, LotMade, ReleaseTested, Retracted

Entries = tuple[NewEntry, ...]
AMENDERS = ANYONE_AT_SITE | TABLES | {Role.SAFETY_BOARD, Role.MONITOR}
"""Everybody who may write something; whether this entry is theirs to amend is a gate (`may_amend`)."""


@dataclass(frozen=True, slots=True)
class Retraction:
    """Which entry is taken back, and why."""

    entry: str
    reason_code: str  # wrong person | duplicate | entered in error | source corrected | other
    why: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What an entry should have said. Fields left out stay as they are; the entry written is whole all the same.

    occurred  the right date, where the date was wrong
    """

    entry: str
    reason_code: str  # typing error | source corrected | newly known | wrong date | other
    why: str
    content: dict[str, Any] = field(default_factory=dict)
    occurred: str | None = None


@act(
    Retraction,
    by=AMENDERS,
    subject="study",
    needs_on=False,
    of_ledger=True,
    gates=(
        may_amend,
        not_taken_back,
        reason_given,
        amended_by_two,
        not_treated_since,
        nothing_made_of_it,
        nothing_is_about_it,
        those_told_know,
    ),
)
def retract(deed: Deed[Retraction]) -> Entries:
    """An entry is taken back: it should never have been written. A retracted enrolment frees its place."""
    target = entry_named(deed)
    what = deed.what
    return (
        NewEntry(
            Retracted(),
            about=target.about,
            occurred=deed.on,
            retracts=what.entry,
            reason_code=what.reason_code,
            why=what.why,
        ),
    )


@act(
    Correction,
    by=AMENDERS,
    subject="study",
    needs_on=False,
    of_ledger=True,
    gates=(
        may_amend,
        not_taken_back,
        reason_given,
        written_by_hand,
        number_kept,
        amended_by_two,
        descent_kept,
        result_still_readable,
        volumes_fit,
        expiry_still_possible,
        ending_adds_up,
        dated_in_the_past,
        as_a_first_one,
        something_changes,
    ),
)
def correct(deed: Deed[Correction]) -> Entries:
    """An entry is corrected: its whole new content stands in its place, the old one stays readable."""
    target = entry_named(deed)
    what = deed.what
    content = whole_content(deed)
    occurred = what.occurred or target.occurred
    if isinstance(content, FactsRecorded) and occurred:
        content = without_birthday(content, parse_occurred(occurred))
    if hasattr(content, "signed_by"):
        content = replace(
            content, signed_by=signer(deed.actor, deed.second)
        )  # signed, then changed: the old signature no longer holds
    corrected = NewEntry(
        content,
        about=target.about,
        occurred=occurred,
        second=deed.second,
        corrects=target.id,
        reason_code=what.reason_code,
        why=what.why,
    )
    return (corrected, *_follows(deed, target, content))


def _follows(deed: Deed[Correction], target: Entry[Any], content: Any) -> Entries:
    """What a correction about cells brings with it: labels that say the old are void, and a failure calls people."""
    lot = deed.trial.lots.get(target.about or "")
    if lot is None:
        return ()
    if isinstance(content, LotMade) and content != target.what:
        codes = (lot.code, *(dose.about or "" for dose in doses_of(deed.trial, lot)))
        return void_labels(deed, codes, "new content")
    if isinstance(content, ReleaseTested):
        failed = newly_failed(deed.study, deed.trial, lot, content, target.occurred)
        return tuple(failed_after_infusion(deed, lot, f"{failed} failed")) if failed else ()
    return ()
