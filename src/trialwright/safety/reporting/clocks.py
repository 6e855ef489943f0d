"""The clocks of expedited reporting: from what was known of a case, and when, to who must be told by when.

Day 0 is the day of awareness. Calendar days count all days; weekends and holidays extend nothing. A day is the day on
the clock of the person who knew. What is not known never lengthens a time: unknown seriousness, relatedness,
unexpectedness and danger count as yes until somebody has assessed them, a partial date as its first day, an unknown
hour as the first moment of its day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import combinations
from typing import Final
from zoneinfo import ZoneInfo

from trialwright.facts import FALSE, TRUE, UNKNOWN, LocalTime, Occurred, Truth
from trialwright.facts.order import certainly_before
from trialwright.study.reporting import Regime

FRIDAY: Final = 5
"""The last working day of the week, Monday being 1."""

# --- what was known ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Turn:
    """What was known of a case from one awareness on: all of it, not only what is new.

    aware          when the site knew
    sponsor_aware  when the sponsor knew; None: not recorded, then counted from the site's awareness, never later
    related        whether anybody, investigator or sponsor, holds a relation possible
    """

    aware: Occurred
    serious: Truth
    fatal_or_life_threatening: Truth
    unexpected: Truth
    related: Truth
    sponsor_aware: Occurred | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One adverse event, or one pregnancy, as far as clocks need it: its turns in the order of awareness.

    code    the case's code; `Sent` names it too. zone: of the site.
    Raises  ValueError without a turn, and where a turn was certainly known before the one above it.
    """

    code: str
    zone: str
    turns: tuple[Turn, ...]
    pregnancy: bool = False

    def __post_init__(self) -> None:
        if not self.turns:
            raise ValueError(f"case {self.code}: nothing was ever known of it; a case begins with a turn")
        told = [turn.sponsor_aware for turn in self.turns if turn.sponsor_aware is not None]
        for known in ([turn.aware for turn in self.turns], told):
            if any(certainly_before(later, earlier) for earlier, later in combinations(known, 2)):
                raise ValueError(f"case {self.code}: its turns are not in the order of awareness")

    @property
    def aware_at(self) -> Occurred:
        """When the site first knew."""
        return self.turns[0].aware


# --- what is owed -----------------------------------------------------------------------------------------------------


class Report(StrEnum):
    """What is sent."""

    FIRST = "first report"
    COMPLETE = "complete report"
    FOLLOW_UP = "follow-up"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Why a duty that was not yet due is none any more, and since when."""

    on: Occurred
    because: str


@dataclass(frozen=True, slots=True)
class Duty:
    """One report that somebody owes.

    aware      the awareness that began its clock, as recorded; day_0: the day it is counted from
    due        the last day on which it is in time, or the last moment where hours are counted
    fatal      whether it is owed for a fatal or life-threatening case
    withdrawn  why it is owed no longer; a duty that was due is never withdrawn
    """

    case: str
    regime: str
    what: Report
    by: str
    to: tuple[str, ...]
    aware: Occurred
    day_0: date
    due: date | LocalTime
    because: str
    zone: str
    fatal: bool = False
    withdrawn: Withdrawal | None = None

    @property
    def due_day(self) -> date:
        """The day it is due, also where hours are counted."""
        return self.due.wall.date() if isinstance(self.due, LocalTime) else self.due


def duties(case: Case, regimes: Iterable[Regime]) -> tuple[Duty, ...]:
    """Everything owed for a case under these regimes, regime by regime, in the order the clocks began.

    A case that turns fatal or life-threatening begins a clock of its own at that awareness; the one begun before
    stands besides. A case that turns out not to qualify withdraws what was not yet due; if it qualifies again a new
    clock begins. A case that is less dangerous than thought goes back to the longer time, from the same day 0.
    """
    return tuple(duty for regime in regimes for duty in _owed(case, regime))


def _owed(case: Case, regime: Regime) -> tuple[Duty, ...]:
    ticking = _Ticking(case, regime)
    for turn, known in zip(case.turns, _awareness(case, regime), strict=True):
        ticking = ticking.after(turn, known)
    return ticking.owed


def first_moment(day: date, zone: str) -> datetime:
    """The instant, in UTC, at which a day begins in a zone."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Known:
    """One awareness as clocks count it: never before the one above it."""

    said: Occurred
    day: date
    moment: datetime

    @property
    def caveat(self) -> str:
        if not self.said.exact:
            return f"; the day is not known: counted from {self.day}"
        return ""


@dataclass(frozen=True, slots=True)
class _Ticking:
    """One case under one regime as far as its turns are read: what is owed, and since when the case qualifies."""

    case: Case
    regime: Regime
    owed: tuple[Duty, ...] = ()
    since: _Known | None = None

    def after(self, turn: Turn, known: _Known) -> "_Ticking":
        """The same once one more turn is read."""
        if not _qualifies(self.case, self.regime, turn):
            left = replace(self, since=None)._withdraw(self.owed, known, _why_not(self.regime, turn))
            return left._new_information(known)
        since = self.since or known
        fatal = turn.fatal_or_life_threatening is not FALSE and self.regime.when != "pregnancy"
        going = replace(self, since=since) if fatal else replace(self, since=since)._calmed(known)
        first = going._standing(Report.FIRST)
        if fatal and not any(duty.fatal for duty in first):
            begun = going._begin(turn, known, fatal=True)
        elif not first:
            begun = going._begin(turn, since, fatal=False)
        else:
            begun = ()
        return replace(going, owed=(*going.owed, *begun)) if begun else going._new_information(known)

    def _calmed(self, known: _Known) -> "_Ticking":
        """Without the shorter time that a danger set which turned out to be none, if it is not yet due."""
        hasty = [duty for duty in self._standing(Report.FIRST) if duty.fatal]
        shorter = self.regime.hours is None and self.regime.fatal_days is not None
        if not shorter or not hasty or not all(_not_yet_due(duty, known.said) for duty in hasty):
            return self
        dangerous = tuple(duty for duty in self.owed if duty.fatal)
        return self._withdraw(dangerous, known, "not fatal or life-threatening: the longer time holds")

    def _begin(self, turn: Turn, known: _Known, *, fatal: bool) -> tuple[Duty, ...]:
        """The duties of a clock that begins; none where the regime asks for no report of such a case."""
        days = self.regime.other_days if not fatal or self.regime.fatal_days is None else self.regime.fatal_days
        if self.regime.hours is not None:
            due: date | LocalTime = self._hours_after(known)
        elif days is not None:
            due = self._days_after(known.day, days)
        else:
            return ()
        because = _because(self.regime, turn, fatal) + known.caveat + self._hour_caveat(known)
        first = self._duty(Report.FIRST, known, due, because, fatal=fatal)
        more = self.regime.followup_days
        if not fatal or more is None:
            return (first,)
        because = f"fatal or life-threatening: complete within {more} more days after the first report is due"
        return (first, self._duty(Report.COMPLETE, known, self._days_after(first.due_day, more), because, fatal=True))

    def _new_information(self, known: _Known) -> "_Ticking":
        """What is learned after a first report was owed, and the report not withdrawn, is owed too."""
        days = self.regime.new_information_days
        if days is None or not self._standing(Report.FIRST):
            return self
        because = f"something new was learned of a case that is reported{known.caveat}"
        due = self._days_after(known.day, days)
        return replace(self, owed=(*self.owed, self._duty(Report.FOLLOW_UP, known, due, because)))

    def _standing(self, what: Report) -> tuple[Duty, ...]:
        return tuple(duty for duty in self.owed if duty.what is what and duty.withdrawn is None)

    def _withdraw(self, which: tuple[Duty, ...], known: _Known, because: str) -> "_Ticking":
        """Without those of some duties that are not yet due; they stay listed, with the reason."""
        gone = [duty for duty in which if duty.withdrawn is None and _not_yet_due(duty, known.said)]
        withdrawal = Withdrawal(known.said, because)
        owed = tuple(replace(duty, withdrawn=withdrawal) if duty in gone else duty for duty in self.owed)
        return replace(self, owed=owed)

    def _duty(self, what: Report, known: _Known, due: date | LocalTime, because: str, *, fatal: bool = False) -> Duty:
        rule, case = self.regime, self.case
        return Duty(case.code, rule.id, what, rule.by, rule.to, known.said, known.day, due, because, case.zone, fatal)

    def _days_after(self, day: date, days: int) -> date:
        if self.regime.counted == "calendar days":
            return day + timedelta(days=days)
        while days:
            day += timedelta(days=1)
            days -= day.isoweekday() <= FRIDAY
        return day

    def _hours_after(self, known: _Known) -> LocalTime:
        """So many hours that really pass, whatever the clocks are set to in between."""
        zone = known.said.zone if isinstance(known.said, LocalTime) else self.case.zone
        there = (known.moment + timedelta(hours=self.regime.hours or 0)).astimezone(ZoneInfo(zone))
        offset = there.utcoffset() or timedelta()
        return LocalTime(there.replace(tzinfo=None, fold=0), int(offset.total_seconds()) // 60, zone)

    def _hour_caveat(self, known: _Known) -> str:
        if self.regime.hours is None or isinstance(known.said, LocalTime):
            return ""
        return "; the hour is not known: counted from the first moment it can have been"


def _awareness(case: Case, regime: Regime) -> Iterator[_Known]:
    """Each turn's awareness as a regime counts it, none before the one above it."""
    before: _Known | None = None
    for turn in case.turns:
        by_sponsor = turn.sponsor_aware if regime.day_0 == "sponsor_aware" else None
        said = by_sponsor or turn.aware
        moment = said.instant if isinstance(said, LocalTime) else first_moment(said.earliest, case.zone)
        known = _Known(said, said.earliest, moment)
        if before is not None:
            known = replace(known, day=max(known.day, before.day), moment=max(known.moment, before.moment))
        yield known
        before = known


# --- reasons ----------------------------------------------------------------------------------------------------------


def _conditions(regime: Regime, turn: Turn) -> tuple[tuple[str, Truth], ...]:
    """What a regime asks of a case, and how each stands; nothing for a pregnancy."""
    match regime.when:
        case "serious":
            return (("serious", turn.serious),)
        case "suspected_unexpected":
            return (("serious", turn.serious), ("unexpected", turn.unexpected), ("related", turn.related))
        case "pregnancy":
            return ()


def _qualifies(case: Case, regime: Regime, turn: Turn) -> bool:
    if regime.when == "pregnancy":
        return case.pregnancy
    return all(truth is not FALSE for _, truth in _conditions(regime, turn))


def _why_not(regime: Regime, turn: Turn) -> str:
    words = {"serious": "not serious", "unexpected": "expected", "related": "not related"}
    return ", ".join(words[name] for name, truth in _conditions(regime, turn) if truth is FALSE)


def _because(regime: Regime, turn: Turn, fatal: bool) -> str:
    if regime.when == "pregnancy":
        return "a pregnancy"
    asked = [*_conditions(regime, turn)]
    if fatal:
        asked.append(("fatal or life-threatening", turn.fatal_or_life_threatening))
    known = [name for name, truth in asked if truth is TRUE]
    unknown = [name for name, truth in asked if truth is UNKNOWN]
    parts = [", ".join(known)] if known else []
    parts += [f"not known whether {name}: counts as {name}" for name in unknown]
    return "; ".join(parts)


def _not_yet_due(duty: Duty, on: Occurred) -> bool:
    """Whether something was certainly known before a duty fell due: on the day itself it is due."""
    if isinstance(duty.due, LocalTime) and isinstance(on, LocalTime):
        return on.instant < duty.due.instant
    return on.latest < duty.due_day
