"""How many came, and where each of them is now: the flow of participants, as CONSORT draws it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from trialwright.endpoints.course import Course, course
from trialwright.endpoints.estimate import TWO_YEARS
from trialwright.ledger.kinds import Declined
from trialwright.ledger.trial import Casebook, Trial


@dataclass(frozen=True, slots=True)
class Tally:
    """How many, for one reason."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Counts of people. Whoever is screened twice is one person, standing where the newest episode stands.

    approached    = declined + consented. consented = failed + withdrew_in_screening + in_screening + enrolled.
    failed_by     criteria that were not met; a person who fails two is counted under both.
    enrolled      = treated + not_treated, and = completed + left + followed. Untreated people without a decision
                  stand under "not yet infused".
    evaluable     enrolled, with a disease assessment that could be judged since enrolment.
    completed     seen alive after two years, or died later than that.
    left_by       died within two years, withdrew from all contact, lost to follow-up.
    """

    approached: int
    declined: int
    consented: int
    failed: int
    failed_by: tuple[Tally, ...]
    withdrew_in_screening: int
    in_screening: int
    enrolled: int
    treated: int
    not_treated: int
    not_treated_by: tuple[Tally, ...]
    evaluable: int
    completed: int
    left: int
    left_by: tuple[Tally, ...]
    followed: int


def flow(trial: Trial) -> Flow:
    """The flow of participants as the trial stands. For an earlier day fold the ledger as of it."""
    consented = [book for book in trial.casebooks.values() if book.consent or book.number is not None]
    ends = [book.screening_end for book in consented if book.number is None]
    failed = [end.what for end in ends if end and end.what.outcome == "failed"]
    courses = [(book, one) for book in trial.enrolled if (one := course(book, date.max))]
    untreated = [_why_not_treated(book) for book, one in courses if not one.infused]
    fates = [_fate(one) for _, one in courses]
    left = [fate for fate in fates if fate not in ("completed", "followed")]
    declined = sum(entry.what.count for entry in trial.of_study.all(Declined))
    return Flow(
        approached=declined + len(consented),
        declined=declined,
        consented=len(consented),
        failed=len(failed),
        failed_by=_tallies(reason for end in failed for reason in end.criteria or (end.note or "no criterion named",)),
        withdrew_in_screening=sum(end is not None and end.what.outcome == "withdrawn" for end in ends),
        in_screening=sum(end is None for end in ends),
        enrolled=len(courses),
        treated=len(courses) - len(untreated),
        not_treated=len(untreated),
        not_treated_by=_tallies(untreated),
        evaluable=sum(_evaluable(one) for _, one in courses),
        completed=fates.count("completed"),
        left=len(left),
        left_by=_tallies(left),
        followed=fates.count("followed"),
    )


def _why_not_treated(book: Casebook) -> str:
    decided = book.never_to_be_infused
    return decided.what.reason if decided else "not yet infused"


def _fate(one: Course) -> str:
    """Where a participant stands on the way to two years."""
    start = one.enrolled_on
    end = one.death.day("middle") if one.death else one.last_alive
    if start and end and (end - start).days >= TWO_YEARS:
        return "completed"
    if one.death:
        return "died"
    if one.left:
        return one.left.rpartition(" on ")[0]
    return "followed"


def _evaluable(one: Course) -> bool:
    return any(one.enrolled_on is None or day >= one.enrolled_on for day in one.evaluated)


def _tallies(reasons: Iterable[str]) -> tuple[Tally, ...]:
    return tuple(Tally(reason, count) for reason, count in Counter(reasons).most_common())
