"""The record of the whole study is closed by two people, and opened again by two."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from trialwright.conduct.act import act
from trialwright.conduct.at_rest import lock_in_force
from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.conduct.review.freezing import Opening, reason_given
from trialwright.conduct.review.readiness import Hindrance, lock_readiness
from trialwright.conduct.roles import Role, is_investigator, person_key
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import StudyLocked, StudyUnlocked

Entries = tuple[NewEntry, ...]
SHOWN: Final = 5
"""So many of a sort are named in a refusal; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Lock:
    """Why the record is closed, and what is set aside: key -> why it may be left as it is."""

    reason: str
    set_aside: dict[str, str] = field(default_factory=dict)


def nothing_in_the_way(deed: Deed[Lock]) -> Iterable[Reason]:
    """Each thing in the way is settled, or set aside by name and with a reason."""
    left: dict[str, list[Hindrance]] = {}
    for one in _in_the_way(deed):
        if not deed.what.set_aside.get(one.key, "").strip():
            left.setdefault(one.sort, []).append(one)
    for sort, rows in left.items():
        named = "; ".join(f"{one.text} [{one.key}]" for one in rows[:SHOWN])
        more = f" … and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
        yield Reason(
            "lock.in_the_way",
            f"In the way of the lock, {sort} ({len(rows)}): {named}{more}.",
            "Settle it; or set it aside by its key, with the reason (set_aside).",
        )


def set_aside_known(deed: Deed[Lock]) -> Iterable[Reason]:
    """What is set aside stands in the way: a misspelt key would set aside nothing."""
    known = {one.key for one in _in_the_way(deed)}
    for key in deed.what.set_aside:
        if key not in known:
            yield Reason(
                "lock.not_in_the_way",
                f"{key!r} is set aside, and nothing of that name stands in the way.",
                "Take the keys from the list of what stands in the way; leave out what is settled.",
            )


def _in_the_way(deed: Deed[Any]) -> tuple[Hindrance, ...]:
    return lock_readiness(deed.study, deed.trial, deed.when.latest)


def with_an_investigator(deed: Deed[Any]) -> Iterable[Reason]:
    """Two people close and open the record: a data manager, and an investigator beside."""
    same = deed.second is not None and person_key(deed.second.id) == person_key(deed.actor.id)
    if not is_investigator(deed.second) or same:
        beside = "nobody" if deed.second is None else str(deed.second)
        yield Reason(
            "lock.one_person",
            f"{deed.act} takes a data manager and an investigator, two people; beside {deed.actor.id} stands {beside}.",
            "Let an investigator stand beside you (--with CODE:investigator).",
        )


def is_locked(deed: Deed[Any]) -> Iterable[Reason]:
    """Only what is locked is unlocked."""
    if lock_in_force(deed.trial) is None:
        yield Reason("study.not_locked", "The study is not locked.", "Nothing to do.")


@act(
    Lock,
    by={Role.DATA_MANAGER},
    subject="study",
    two_person=True,
    of_ledger=True,
    gates=(with_an_investigator, reason_given, nothing_in_the_way, set_aside_known),
    writes=StudyLocked,
)
def lock_study(deed: Deed[Lock]) -> Entries:
    """The record of the study is closed: after it only what the law wants known is written, until it is unlocked."""
    return (deed.entry(StudyLocked(deed.what.reason.strip(), dict(deed.what.set_aside))),)


@act(
    Opening,
    by={Role.DATA_MANAGER},
    subject="study",
    two_person=True,
    of_ledger=True,
    needs_on=False,
    gates=(is_locked, with_an_investigator, reason_given),
    writes=StudyUnlocked,
)
def unlock_study(deed: Deed[Opening]) -> Entries:
    """The record of the study is open again, and why."""
    return (deed.entry(StudyUnlocked(deed.what.reason.strip())),)
