"""How a lot stands: in quarantine, released, rejected, failed after it was given, recalled; and what became of it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from trialwright.cells.custody import whereabouts
from trialwright.cells.descent import donor_of, doses_of
from trialwright.cells.release_tests import judge_lot
from trialwright.cells.seen import Seen, everything
from trialwright.facts import LocalTime, Occurred, parse_occurred
from trialwright.facts.order import certainly_before
from trialwright.ledger.kinds import Discarded, DonorJudged, Recalled, Rejected, Released
from trialwright.ledger.trial import Lot, Trial
from trialwright.study.model import Study


class State(StrEnum):
    """Whether a lot may be given."""

    QUARANTINE = "quarantine"
    CONDITIONAL = "conditionally released"
    RELEASED = "released"
    REJECTED = "rejected"
    FAILED = "failed after infusion"
    RECALLED = "recalled"


class Disposition(StrEnum):
    """What became of its cells."""

    WAITING = "not yet given"
    GIVEN = "given"
    PARTLY = "partly given"
    EXPIRED = "expired, not given"
    DISCARDED = "discarded"
    EXPIRED_GONE = "expired and discarded"


MAY_BE_GIVEN: Final = frozenset({State.CONDITIONAL, State.RELEASED})
FAR_FUTURE: Final = date(9000, 1, 1)


@dataclass(frozen=True, slots=True)
class LotState:
    """A lot's state and disposition, tests it fails now, tests still open, and whether its donor is an exception."""

    state: State
    disposition: Disposition
    failed: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    donor_exception: bool = False

    @property
    def words(self) -> str:
        """Both in one phrase, for a list."""
        return (
            self.state.value
            if self.disposition is Disposition.WAITING
            else f"{self.state.value}, {self.disposition.value}"
        )


def lot_state(
    study: Study, trial: Trial, lot: Lot, now: Occurred | None = None, *, seen: Seen = everything
) -> LotState:
    """How the lot stands; with `now`, whether it has expired by then.

    A lot that was given and fails a test has failed after infusion, also before anybody rejects it in words.
    """
    on = now.latest if now else FAR_FUTURE
    tests = judge_lot(study, trial, lot, on, _released_weight(lot), seen=seen)
    failed = tuple(test.id for test in tests if test.status == "not met")
    pending = tuple(test.id for test in tests if test.status == "unknown")
    return LotState(
        _state(lot, bool(failed), seen), _disposition(trial, lot, now, seen), failed, pending, _exception(trial, lot)
    )


def _state(lot: Lot, failed: bool, seen: Seen) -> State:
    rejections = [entry for entry in lot.all(Rejected) if seen(entry)]
    if any(not entry.what.after_infusion for entry in rejections):
        return State.REJECTED
    if rejections or (failed and lot.given):
        return State.FAILED
    if any(seen(entry) for entry in lot.all(Recalled)):
        return State.RECALLED
    releases = [entry.what.how for entry in lot.all(Released) if seen(entry)]
    if "full" in releases:
        return State.RELEASED
    return State.CONDITIONAL if releases else State.QUARANTINE


def _disposition(trial: Trial, lot: Lot, now: Occurred | None, seen: Seen) -> Disposition:
    doses = doses_of(trial, lot, seen)
    ends = [where.gone for dose in doses if (where := whereabouts(trial, dose.about or "", seen))]
    left = [end for end in ends if end is None]
    if lot.given:
        others = "divided", "given"
        return Disposition.GIVEN if all(end in others for end in ends) else Disposition.PARTLY
    own = whereabouts(trial, lot.code, seen)
    if (own and own.gone == "discarded") or (ends and not left and "discarded" in ends):
        return Disposition.EXPIRED_GONE if _discarded_late(trial, lot, seen) else Disposition.DISCARDED
    return Disposition.EXPIRED if now is not None and has_expired(lot, now) else Disposition.WAITING


def _discarded_late(trial: Trial, lot: Lot, seen: Seen) -> bool:
    """Whether its cells were discarded only when they had expired."""
    chapters = [lot, *(trial.others.get(dose.about or "") for dose in doses_of(trial, lot, seen))]
    moments = [entry.occurred for chapter in chapters if chapter for entry in chapter.all(Discarded) if seen(entry)]
    return any(moment and has_expired(lot, parse_occurred(moment)) for moment in moments)


def has_expired(lot: Lot, now: Occurred) -> bool:
    """Whether the lot's cells may certainly be given no more at that moment."""
    return lot.made is not None and certainly_before(parse_occurred(lot.made.what.expires_at), now)


def hours_left(lot: Lot, now: LocalTime) -> float | None:
    """Hours until the lot expires, negative afterwards; None where only its day is known."""
    expires = parse_occurred(lot.made.what.expires_at) if lot.made else None
    return (expires.instant - now.instant).total_seconds() / 3600 if isinstance(expires, LocalTime) else None


def _released_weight(lot: Lot) -> str | None:
    """The weight by which the newest release or assignment was judged."""
    lines = [line for entry in lot.all(Released) for line in entry.what.judged if line.get("weight_kg")]
    return str(lines[-1]["weight_kg"]) if lines else None


def _exception(trial: Trial, lot: Lot) -> bool:
    donor = trial.donors.get(donor_of(trial, lot) or "")
    judged = donor.last(DonorJudged) if donor else None
    return judged is not None and judged.what.eligibility == "ineligible with exception"
