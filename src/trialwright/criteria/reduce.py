"""From the answers of several rows to one: the latest, the earliest, any, all, or how long it lasted.

A row whose date is partial may or may not count; it then decides only if its answer changes nothing.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from trialwright.criteria.answers import Answer, all_answers, any_answers, least_favourable, unknown
from trialwright.criteria.asking import Asking
from trialwright.criteria.criterion import Reason, ReasonKind
from trialwright.criteria.language import Duration
from trialwright.criteria.library import MUST_AGREE
from trialwright.criteria.windows import Dated, Selected, moved
from trialwright.facts import FALSE, TRUE, UNKNOWN, LocalTime

Row = TypeVar("Row", bound=Dated)
Test = Callable[[Row, Asking], Answer]


def latest(rows: Selected[Row], test: Test[Row], asking: Asking, favourable: bool, about: str) -> Answer:
    """The newest row's answer; rows of one day without times are one row, the least favourable."""
    return _extreme(rows, test, asking, favourable, about, newest=True)


def earliest(rows: Selected[Row], test: Test[Row], asking: Asking, favourable: bool, about: str) -> Answer:
    """The oldest row's answer."""
    return _extreme(rows, test, asking, favourable, about, newest=False)


def any_row(rows: Selected[Row], test: Test[Row], asking: Asking, about: str) -> Answer:
    """Kleene "or" over the window. A row that may lie outside can make it unknown, never true."""
    if not rows.inside:
        return _only_maybe(rows, about)
    unsure = [_doubted(test(row, asking), TRUE, row, about) for row in rows.maybe]
    return any_answers([test(row, asking) for row in rows.inside] + unsure)


def all_rows(rows: Selected[Row], test: Test[Row], asking: Asking, about: str) -> Answer:
    """Kleene "and" over the window."""
    if not rows.inside:
        return _only_maybe(rows, about)
    unsure = [_doubted(test(row, asking), FALSE, row, about) for row in rows.maybe]
    return all_answers([test(row, asking) for row in rows.inside] + unsure)


def lasting(
    rows: Selected[Row], test: Test[Row], asking: Asking, favourable: bool, duration: Duration, about: str
) -> Answer:
    """Whether the rows show it true from one day to another at least the duration later, with nothing against between.

    A value is taken to hold until the next one. True: a run of true days is long enough. False: no run could
    be, even if it began right after the last day against it and still goes on. Else unknown.
    """
    if rows.maybe or not all(row.on.exact for row in rows.inside):
        return unknown(ReasonKind.IMPRECISE, f"how long cannot be told: a date of {about} is partial", about)
    by_day: dict[date, list[Row]] = {}
    for row in rows.inside:
        by_day.setdefault(row.on.earliest, []).append(row)
    days = sorted(by_day)
    answers = [_one_day(by_day[day], test, asking, favourable, about) for day in days]
    longest, possible = _runs(days, [answer.truth for answer in answers], duration, asking.on)
    evidence = tuple(seen for answer in answers for seen in answer.evidence)
    if longest:
        return Answer(TRUE, (), evidence)
    if not possible:
        return Answer(FALSE, (), evidence)
    text = f"the values do not show whether it lasted {duration.number} {duration.unit}s"
    return Answer(UNKNOWN, (Reason(ReasonKind.IMPRECISE, text, about),), evidence)


def _runs(days: list[date], truths: Sequence[object], duration: Duration, today: date) -> tuple[bool, bool]:
    """Whether some run surely lasts the duration, and whether some run possibly does."""
    surely = possibly = False
    begun: date | None = None  # first day of the run of true days we are in
    against: date | None = None  # last day that was false
    for index, (day, truth) in enumerate(zip(days, truths, strict=True)):
        if truth is FALSE:
            begun, against = None, day
            continue
        begun = (begun or day) if truth is TRUE else None
        surely = surely or (begun is not None and day >= moved(begun, duration, 1))
        next_against = next((days[i] for i in range(index, len(days)) if truths[i] is FALSE), None)
        end = next_against or today
        possibly = possibly or against is None or end >= moved(against, duration, 1)
    return surely, possibly


def _extreme(
    rows: Selected[Row], test: Test[Row], asking: Asking, favourable: bool, about: str, *, newest: bool
) -> Answer:
    if not rows.inside:
        return _only_maybe(rows, about)
    if newest:
        day = max(row.on.earliest for row in rows.inside)
        rivals = [row for row in rows.inside + rows.maybe if row.on.latest >= day]
    else:
        day = min(row.on.latest for row in rows.inside)
        rivals = [row for row in rows.inside + rows.maybe if row.on.earliest <= day]
    if not rows.maybe and all(row.on.exact for row in rivals):
        return _one_day(_last_by_the_clock(rivals, newest), test, asking, favourable, about)
    answers = [test(row, asking) for row in rivals]
    if len({answer.truth for answer in answers}) == 1:
        return all_answers(answers)
    shown = "; ".join(str(row.on) for row in rivals)
    which = "latest" if newest else "earliest"
    text = f"which value is the {which} is not known ({shown}), and they disagree"
    evidence = tuple(seen for answer in answers for seen in answer.evidence)
    return unknown(ReasonKind.IMPRECISE, text, about, evidence)


def _one_day(rows: Sequence[Row], test: Test[Row], asking: Asking, favourable: bool, about: str) -> Answer:
    answers = [test(row, asking) for row in rows]
    if len(answers) == 1:
        return answers[0]
    answer = least_favourable(answers, favourable)
    if len({each.truth for each in answers}) == 1:
        return answer
    seen = tuple(dict.fromkeys(seen for each in answers for seen in each.evidence))
    values = ", ".join(dict.fromkeys(each.value for each in seen))
    text = f"{len(answers)} values on {rows[0].on} disagree ({values})"
    if asking.concept(about).same_day == MUST_AGREE:
        return unknown(ReasonKind.CONFLICT, f"{text}: ask which one is right", about, seen)
    text += ": the one least favourable to enrolment counts"
    return Answer(answer.truth, answer.reasons, seen).because(ReasonKind.CONFLICT, text, about)


def _last_by_the_clock(rows: list[Row], newest: bool) -> list[Row]:
    """Of one day's rows those of its last moment, if every row has a time; else all of them."""
    moments = [row.on.instant for row in rows if isinstance(row.on, LocalTime)]
    if len(moments) < len(rows):
        return rows
    moment = max(moments) if newest else min(moments)
    return [row for row in rows if isinstance(row.on, LocalTime) and row.on.instant == moment]


def _doubted(answer: Answer, settling: object, row: Dated, about: str) -> Answer:
    """A row that may not count: where it would settle the matter, it leaves it unknown instead."""
    if answer.truth is not settling:
        return answer if answer.truth is UNKNOWN else Answer(answer.truth)
    text = f"whether {row.on} lies in the window is not known: its date is partial"
    return unknown(ReasonKind.IMPRECISE, text, about, answer.evidence)


def _only_maybe(rows: Selected[Row], about: str) -> Answer:
    shown = ", ".join(str(row.on) for row in rows.maybe)
    return unknown(ReasonKind.IMPRECISE, f"whether {shown} lies in the window is not known: the date is partial", about)
