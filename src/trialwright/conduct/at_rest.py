"""When the record rests: a frozen casebook, a study that is over, a study that is locked. Asked of every act at once.

A freeze and a lock are about writing, so they hold in both moods: what is true is not lost, it is written once somebody
unfreezes or unlocks. What the law wants known is never held up: a death, a serious event, a pregnancy, and the reports
about them. In a locked study they are told after the deed, and each is noted as a deviation.
"""

from collections.abc import Iterator
from typing import Any, Final

from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import SITE, read_role
from trialwright.facts.order import spoken
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import CasebookFrozen, CasebookUnfrozen, StudyEnded, StudyLocked, StudyUnlocked
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.events import event_named

OF_HARM: Final = frozenset(
    {
        "report_adverse_event",
        "follow_adverse_event",
        "record_death",
        "mark_value",
        "assess_infusion_reaction",
        "assess_crs",
        "assess_icans",
        "assess_acute_gvhd",
        "assess_chronic_gvhd",
        "report_pregnancy",
        "follow_pregnancy",
        "send_report",
        "withdraw",
        "answer_alert",
    }
)
"""Acts that a frozen casebook lets through: what happened to somebody, and the person's own withdrawal."""
OF_THE_RECORD: Final = frozenset({"sign", "raise_query", "answer_query", "close_query", "reopen_query"})
"""Acts about the record: a frozen casebook is looked through and signed."""
TOLD_AFTER_LOCK: Final = frozenset(
    {
        "record_death",
        "report_adverse_event",
        "report_donor_event",
        "follow_adverse_event",
        "report_pregnancy",
        "follow_pregnancy",
    }
)
"""Acts that a locked study lets through, told after the deed; of events only serious ones."""
ALWAYS: Final = frozenset({"unlock_study", "send_report"})
OVER: Final = frozenset({"consent", "enrol"})
"""Acts that nobody does once the study has ended."""


def at_rest(deed: Deed[Any]) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """What the record's rest says against a deed: reasons that hold in both moods, and reasons that the deed outlives.

    The second are refused before the deed, and written as deviations where it is told after it.
    """
    lock = lock_in_force(deed.trial)
    if lock is not None and deed.act not in ALWAYS:
        reason = _locked(lock)
        return ((), (reason,)) if _law_wants_it(deed) else ((reason,), ())
    return tuple(_frozen(deed)), tuple(_over(deed))


def lock_in_force(trial: Trial) -> Entry[StudyLocked] | None:
    """The lock of the study; None while it is open."""
    locked, unlocked = trial.of_study.last(StudyLocked), trial.of_study.last(StudyUnlocked)
    return None if locked is None or (unlocked is not None and unlocked.seq > locked.seq) else locked


def freeze_in_force(book: Casebook) -> Entry[CasebookFrozen] | None:
    """The freeze of a casebook; None while it is open."""
    frozen, thawed = book.last(CasebookFrozen), book.last(CasebookUnfrozen)
    return None if frozen is None or (thawed is not None and thawed.seq > frozen.seq) else frozen


def end_in_force(trial: Trial) -> Entry[StudyEnded] | None:
    """The end of the study; None while it goes on."""
    return trial.of_study.last(StudyEnded)


def _law_wants_it(deed: Deed[Any]) -> bool:
    if deed.act not in TOLD_AFTER_LOCK or deed.told is None:
        return False
    if deed.act in ("report_adverse_event", "report_donor_event"):
        return bool(deed.what.serious)
    if deed.act == "follow_adverse_event":
        event = event_named(deed.trial, deed.what.event)
        return bool(deed.what.serious or (event is not None and event.serious))
    return True


def _locked(lock: Entry[StudyLocked]) -> Reason:
    return Reason(
        "study.locked",
        f"The study was locked on {spoken(lock.occurred or lock.recorded_at[:10])} (entry {lock.seq}): "
        f"{lock.what.reason}.",
        "A death, a serious event or a pregnancy is told after the deed (--happened). For anything else the data "
        "manager and an investigator unlock the study, with a reason (act unlock_study).",
    )


def _frozen(deed: Deed[Any]) -> Iterator[Reason]:
    if deed.act in OF_HARM or deed.act in OF_THE_RECORD or read_role(deed.actor.role) not in SITE:
        return
    book = deed.trial.casebooks.get(_whom(deed) or "")
    frozen = freeze_in_force(book) if book else None
    if book is not None and frozen is not None:
        yield Reason(
            "casebook.frozen",
            f"The casebook of {book.code} is frozen since {spoken(frozen.occurred or frozen.recorded_at[:10])} "
            f"(entry {frozen.seq}).",
            "Harm is recorded all the same. For anything else ask the data manager to unfreeze it "
            "(act unfreeze_casebook).",
        )


def _whom(deed: Deed[Any]) -> str | None:
    """Whose casebook the deed writes into: its own, or that of the entry it amends."""
    if deed.who is not None:
        return deed.who
    chain = deed.trial.originals.get(getattr(deed.what, "entry", None) or "", ())
    return chain[0].about if chain else None


def _over(deed: Deed[Any]) -> Iterator[Reason]:
    end = end_in_force(deed.trial) if deed.act in OVER else None
    if end is not None and deed.stands(end):
        yield Reason(
            "study.ended",
            f"The study ended on {spoken(end.occurred)}: {end.what.reason}.",
            "Nobody consents or is enrolled any more. If the end was recorded in error, retract it (act retract).",
        )
