"""How the leukaemia answered: the best response of those who were not in remission, what became of the others'."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from trialwright.endpoints.course import REMISSIONS, courses, earliest_day_of
from trialwright.endpoints.eln import CATEGORIES
from trialwright.endpoints.mrd import MrdConversion, Share, mrd_conversion, share
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import OtherTherapyStarted, ResponseAssessed, Transplanted
from trialwright.ledger.trial import Casebook, Trial
from trialwright.study import Study

NOT_ASSESSED: Final = "not assessed"


@dataclass(frozen=True, slots=True)
class ResponseResult:
    """Response at a cut-off.

    best       of those not in remission at enrolment: each category, then not assessed; they add up to n.
    remission  of the same, how many reached CR, CRh or CRi; `mrd_negative` with no residual disease measured then.
    after_other_therapy  of those remissions, how many first came after another therapy or a transplant.
    kept       of those in remission at enrolment: still so at the last assessment, relapsed, died without relapse,
               not assessed since; they add up to their n.
    mrd        residual disease over time, and who turned negative of those positive before the cells, all enrolled.
    """

    cut_off: date
    best: tuple[Share, ...]
    remission: Share
    mrd_negative: Share
    after_other_therapy: int
    kept: tuple[Share, ...]
    mrd: MrdConversion
    best_of: dict[str, str]  # casebook code -> best category, of those not in remission at enrolment


def response(study: Study, trial: Trial, cut_off: date) -> ResponseResult:
    """Best response and remissions kept, by what was sampled from enrolment up to the cut-off."""
    people = [(trial.casebooks[one.code], one) for one in courses(study, trial, cut_off)]
    without = [book for book, one in people if not one.in_remission]
    best_of = {book.code: _best(book, cut_off) for book in without}
    n = len(without)
    remitted = [book for book in without if best_of[book.code] in REMISSIONS]
    negative = [book for book in remitted if any(_negative(entry) for entry in _assessments(book, cut_off))]
    fates = [
        _fate(one.relapse is not None, one.death is not None, bool(_assessments(book, cut_off)))
        for book, one in people
        if one.in_remission
    ]
    return ResponseResult(
        cut_off=cut_off,
        best=tuple(share(name, list(best_of.values()).count(name), n) for name in (*CATEGORIES, NOT_ASSESSED)),
        remission=share("CR, CRh or CRi", len(remitted), n),
        mrd_negative=share("without measurable residual disease", len(negative), n),
        after_other_therapy=sum(_after_other_therapy(book, cut_off) for book in remitted),
        kept=tuple(share(name, fates.count(name), len(fates)) for name in _FATES),
        mrd=mrd_conversion(people, cut_off),
        best_of=best_of,
    )


_FATES: Final = ("remission kept", "relapsed", "died without relapse", NOT_ASSESSED)


def _fate(relapsed: bool, died: bool, assessed: bool) -> str:
    if relapsed:
        return "relapsed"
    if died:
        return "died without relapse"
    return "remission kept" if assessed else NOT_ASSESSED


def _assessments(book: Casebook, cut_off: date) -> "list[Entry[ResponseAssessed]]":
    """Disease assessments since enrolment, by the day of the sample, oldest first."""
    since = earliest_day_of(book.enrolment.occurred) if book.enrolment else None
    dated = [(day, entry) for entry in book.all(ResponseAssessed) if (day := earliest_day_of(entry.occurred))]
    kept = [(day, entry) for day, entry in dated if day <= cut_off and (since is None or day >= since)]
    return [entry for _, entry in sorted(kept, key=lambda pair: (pair[0], pair[1].seq))]


def _best(book: Casebook, cut_off: date) -> str:
    found = {entry.what.category for entry in _assessments(book, cut_off)}
    return next((category for category in CATEGORIES if category in found), NOT_ASSESSED)


def _negative(entry: "Entry[ResponseAssessed]") -> bool:
    return entry.what.mrd == "negative" and entry.what.category in REMISSIONS | {"remission kept"}


def _after_other_therapy(book: Casebook, cut_off: date) -> bool:
    """Whether the first remission came only after treatment that is not the study's."""
    first = next(
        earliest_day_of(entry.occurred) for entry in _assessments(book, cut_off) if entry.what.category in REMISSIONS
    )
    others = [*book.all(OtherTherapyStarted), *book.all(Transplanted)]
    days = [day for other in others if (day := earliest_day_of(other.occurred))]
    return first is not None and any(day <= first for day in days)
