"""Source data verification: a monitor compares entries, as they were shown, with the source at the site."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from trialwright.conduct.act import act
from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.conduct.review.shown import OF_REVIEW, changes_since, entries_of_visit, faults_of_shown, first_ids
from trialwright.conduct.roles import Role
from trialwright.conduct.schedule import find_visit
from trialwright.conduct.words import check_among
from trialwright.ledger.entry import AnyEntry, Entry, NewEntry
from trialwright.ledger.kinds import QueryRaised, SourceVerified
from trialwright.ledger.trial import Casebook, Trial

Entries = tuple[NewEntry, ...]
AGREES, DIFFERS = "agrees", "differs"
VERIFIED, IN_PART, CHANGED, NOT_VERIFIED = "verified", "verified in part", "verified, then changed", "not verified"
STATES: Final = (VERIFIED, IN_PART, CHANGED, NOT_VERIFIED)


@dataclass(frozen=True, slots=True)
class Verification:
    """What was compared, with what, and what was found.

    visit   instead of entries: everything that belongs to a visit by that name
    form    only the answers of this form
    text    what differs: becomes a query to the site
    """

    shown: str
    finding: str  # agrees | differs
    entries: tuple[str, ...] = ()
    visit: str | None = None
    form: str | None = None
    source: str | None = None
    text: str | None = None


def compared(deed: Deed[Verification]) -> tuple[str, ...]:
    """The first ids of the entries named, and of those of the visit. Raises UsageError or FormatError if unknown."""
    named = first_ids(deed.trial, deed.what.entries)
    if deed.what.visit is None:
        return named
    find_visit(deed.study, deed.what.visit)
    return tuple(dict.fromkeys((*named, *entries_of_visit(deed.trial, deed.book, deed.what.visit))))


def as_compared(deed: Deed[Verification]) -> Iterable[Reason]:
    """Compared is what was shown: entries of this casebook, none taken back, none changed since."""
    yield from faults_of_shown(deed.trial, compared(deed), deed.what.shown, deed.who, "verify_source")


def difference_said(deed: Deed[Verification]) -> Iterable[Reason]:
    """A difference is put into words; what agrees needs none."""
    if (deed.what.finding == DIFFERS) != bool((deed.what.text or "").strip()):
        yield Reason(
            "verification.no_difference",
            f"The finding is {deed.what.finding}, and {'no' if deed.what.finding == DIFFERS else 'a'} difference is "
            "described.",
            "Say what differs (text) where something does, and leave it out where all agrees.",
        )


@act(
    Verification,
    by={Role.MONITOR},
    of_ledger=True,
    needs_on=False,
    gates=(as_compared, difference_said),
    writes=SourceVerified,
)
def verify_source(deed: Deed[Verification]) -> Entries:
    """Entries were compared with the source; what differs is a query at once."""
    what, ids = deed.what, compared(deed)
    if what.form is not None:
        check_among("verify_source: form", (what.form,), tuple(form.id for form in deed.study.forms))
    text = what.text.strip() if what.text else None
    verified = SourceVerified(ids, what.shown.strip().lower(), what.finding, text, what.source, what.form)
    if what.finding != DIFFERS or text is None:
        return (deed.entry(verified),)
    asked = QueryRaised(text, entry=ids[0], visit=what.visit)
    return (deed.entry(verified), replace(deed.entry(asked), causes=ids[:1]))


# --- as it stands -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VerifiedView:
    """One entry as verification sees it.

    stands   "verified", "verified in part" (some forms only), "verified, then changed", "not verified"
    forms    the forms compared, where only forms were
    changed  what amended the entry since
    """

    entry: AnyEntry
    stands: str
    by: str | None
    when: str | None
    finding: str | None
    forms: tuple[str, ...]
    changed: tuple[AnyEntry, ...]


def verification(trial: Trial, book: Casebook) -> tuple[VerifiedView, ...]:
    """Every entry in force of a casebook that speaks of the person, oldest first, and whether it was verified."""
    marks: dict[str, list[Entry[SourceVerified]]] = {}
    for mark in book.all(SourceVerified):
        for id in mark.what.entries:
            marks.setdefault(id, []).append(mark)
    entries = sorted(
        (entry for kind, group in book.by_kind.items() if kind not in OF_REVIEW for entry in group),
        key=lambda entry: entry.order,
    )
    return tuple(_view(trial, entry, marks.get(trial.originals[entry.id][0].id, [])) for entry in entries)


def _view(trial: Trial, entry: AnyEntry, marks: list[Entry[SourceVerified]]) -> VerifiedView:
    if not marks:
        return VerifiedView(entry, NOT_VERIFIED, None, None, None, (), ())
    holding = [mark for mark in marks if not changes_since(trial, (entry.id,), mark.seq)]
    counted = holding or marks
    newest = counted[-1]
    forms = tuple(dict.fromkeys(mark.what.form for mark in counted if mark.what.form))
    whole = any(mark.what.form is None for mark in counted)
    return VerifiedView(
        entry=entry,
        stands=CHANGED if not holding else VERIFIED if whole else IN_PART,
        by=str(newest.actor),
        when=newest.recorded_at,
        finding=newest.what.finding,
        forms=() if whole else forms,
        changed=() if holding else changes_since(trial, (entry.id,), newest.seq),
    )
