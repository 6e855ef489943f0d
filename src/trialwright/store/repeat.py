"""An id used again: the same request gets the answer it got, another request is told what the id stands for.

An entry does not name its act. So a repeat is decided once more on the trial as it stood before the entries kept
under its id, and must come to the same entries. The ledger is folded anew for that: repeats are rare.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trialwright.conduct.outcome import Decide, Reason, Refusal
from trialwright.errors import TrialwrightError, UsageError
from trialwright.ledger.canon import format_canonical
from trialwright.ledger.codec import Stamp, read_entry, seal
from trialwright.ledger.entry import Actor, AnyEntry, NewEntry
from trialwright.ledger.fold import Fold, trial_so_far
from trialwright.ledger.kinds import Refused
from trialwright.ledger.seal import FIRST_PREVIOUS, NO_SALT


def numbered(id: str, n: int) -> str:
    """The id of the entry number `n` (from 0) of one act: id, id.2, id.3 …"""
    return id if n == 0 else f"{id}.{n + 1}"


def kept_under(fold: Fold, id: str) -> tuple[AnyEntry, ...]:
    """The entries of the act that used an id; none if nobody did."""
    entries: list[AnyEntry] = []
    while (further := fold.entry(numbered(id, len(entries)))) is not None:
        entries.append(further)
    return tuple(entries)


def refused_before(first: AnyEntry, act: str, actor: Actor, asked: Mapping[str, Any]) -> Refusal:
    """The refusal kept in `first`, again. Raises UsageError if another act, or for something else, was refused."""
    refused: Refused = first.what
    if first.actor != actor or (refused.act, format_canonical(refused.asked)) != (act, format_canonical(asked)):
        raise _taken(first)
    return Refusal(refused.act, first.about, tuple(Reason(r["code"], r["text"], r["way_out"]) for r in refused.reasons))


def check_same_request(
    fold: Fold, kept: tuple[AnyEntry, ...], decide: Decide, *, actor: Actor, second: Actor | None, site: str
) -> None:
    """Raises UsageError unless the act, decided where it was decided then, writes what was kept then."""
    first = kept[0]
    if first.actor != actor or first.seq == 0:
        raise _taken(first)
    before = trial_so_far(fold.since(0), known_at=first.seq - 1)
    try:
        outcome = decide(before)
        same = (
            not isinstance(outcome, Refusal)
            and len(outcome) == len(kept)
            and all(
                _is_kept(replace(new, second=new.second or second), entry, site)
                for new, entry in zip(outcome, kept, strict=True)
            )
        )
    except TrialwrightError:  # words that nobody could have acted on then
        same = False
    if not same:
        raise _taken(first)


def _is_kept(new: NewEntry, entry: AnyEntry, site: str) -> bool:
    """Whether `new`, written where `entry` stands, reads like it. Of a removed content only the header is left."""
    stamp = Stamp(
        study=entry.study,
        study_sha256=entry.study_sha256,
        seq=entry.seq,
        id=entry.id,
        site=site,
        actor=entry.actor,
        recorded_at=entry.recorded_at,
        clock_regressed=entry.clock_regressed,
    )
    again = read_entry(seal(new, stamp, previous=FIRST_PREVIOUS, salt=NO_SALT))
    if entry.redacted:
        if again.what.kind != getattr(entry.what, "of_kind", None):
            return False
        again = replace(again, what=entry.what, why=None, told=None, redacted=True)
    return replace(again, hash=b"") == replace(entry, hash=b"", place=None)


def _taken(first: AnyEntry) -> UsageError:
    whom = f" {first.about}" if first.about else ""
    when = f" on {first.occurred}" if first.occurred else ""
    what = f"{first.what.act}, refused" if isinstance(first.what, Refused) else first.what.kind.replace("_", " ")
    return UsageError(
        f"the id {first.id!r} was used by {first.actor} for entry {first.seq} ({what}{whom}{when}), which is not what "
        "is asked now. Nothing was recorded; every act needs an id of its own. Leave --id out."
    )
