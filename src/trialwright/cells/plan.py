"""Planning backwards: from the last day of a cycle's chemotherapy to the last day on which a donor can still give.

The study says how long after chemotherapy cells are given, how long they live and how long they take to make; the
windows follow. A plan is compared with what is recorded for the person it is for. It names lots and collections, and
never a donor.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from math import ceil
from types import MappingProxyType
from typing import Any, Final

from trialwright.cells.custody import whereabouts
from trialwright.cells.descent import assignment_of, collection_of, doses_of, recipient_of
from trialwright.cells.states import MAY_BE_GIVEN, Disposition, State, has_expired, lot_state
from trialwright.facts import Occurred, PartialDate, parse_occurred, parse_partial_date
from trialwright.facts.order import spoken
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import (
    Collected,
    DonorConsented,
    DonorJudged,
    DonorWithdrew,
    DoseMade,
    NotInfused,
    Processed,
    Released,
    TreatmentStopped,
)
from trialwright.ledger.trial import Casebook, Lot, Trial
from trialwright.study.model import Study
from trialwright.study.product import MakingStep

FIT: Final = ("eligible", "ineligible with exception")
NOBODY: Final[Mapping[str, date]] = MappingProxyType({})
HOURS_A_DAY: Final = 24


class Due(StrEnum):
    """How a milestone stands as of a day."""

    DONE = "done"
    OUTSIDE = "done outside its window"
    OPEN = "due"
    AHEAD = "not yet due"
    LATE = "late"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Milestone:
    """One thing to be done on the way to an infusion, from its first day to its last, and what sets these days.

    first  None: any day before. last  None: any day after.
    """

    id: str
    label: str
    first: date | None
    last: date | None
    because: str

    @property
    def window(self) -> str:
        """Its days in words."""
        match self.first, self.last:
            case None, None:
                return "any day"
            case None, last:
                return f"by {last}"
            case first, None:
                return f"from {first} on"
            case first, last:
                return f"{first}" if first == last else f"{first} to {last}"

    @property
    def says(self) -> str:
        """The milestone in one plain sentence."""
        days = "on no day" if self.impossible else self.window
        return f"{self.label}: {days}; {self.because}."

    @property
    def impossible(self) -> bool:
        """Whether no day at all is left between its first and its last."""
        return self.first is not None and self.last is not None and self.last < self.first

    def past(self, on: date) -> bool:
        """Whether its last day is over."""
        return self.last is not None and self.last < on


@dataclass(frozen=True, slots=True)
class CellPlan:
    """The milestones of one cycle, in the order in which they come, reckoned from the chemotherapy's last day."""

    ended_on: date
    milestones: tuple[Milestone, ...]

    def of(self, id: str) -> Milestone:
        """The milestone of that id."""
        return next(one for one in self.milestones if one.id == id)


def plan_cells(study: Study, *, ended_on: date) -> CellPlan:
    """What must be done by when for cells to be given after a chemotherapy whose last day is, or will be, `ended_on`.

    A study that does not say how long cells live, or how long they take to make, leaves the first days open.
    """
    infused = _infused(study, ended_on)
    released = _released(study, infused)
    made = _made(study, released)
    collected = replace(made, id="collected", label="Collection", because=f"{_collected_because(study)}")
    return CellPlan(ended_on, (*_donor(study, collected, released), collected, made, released, infused))


def _infused(study: Study, ended_on: date) -> Milestone:
    rule = study.treatment.infusion
    low = rule.min_days_after_chemotherapy if rule else None
    high = rule.max_days_after_chemotherapy if rule else None
    days = f"{low or 0} to {high} days" if high is not None else f"{low or 0} days or more"
    because = f"{days} after the last day of chemotherapy, {ended_on}"
    return Milestone("infused", "Infusion", _later(ended_on, low or 0), _later(ended_on, high), because)


def _released(study: Study, infused: Milestone) -> Milestone:
    hours = study.product.expiry_hours if study.product else None
    first = None if hours is None else _later(infused.first, -ceil(hours / HOURS_A_DAY))
    lives = f"the cells live {hours} hours" if hours is not None else "the study does not say how long cells live"
    return Milestone("released", "Lot made and released", first, infused.last, lives)


def _made(study: Study, released: Milestone) -> Milestone:
    fewest, most = making_days(study)
    names = " and ".join(step.label.lower() for step in _timed(study))
    takes = f"{fewest} to {most} days" if most is not None else f"at least {fewest} days"
    because = f"{names} takes {takes}" if names else "the study does not say how long making takes"
    first = None if most is None else _later(released.first, -most)
    return Milestone("making", "Making begins", first, _later(released.last, -fewest), because)


def _collected_because(study: Study) -> str:
    """Cells are worked on the day they are taken; a bank's unit was taken long before, and waits frozen."""
    sources = study.product.sources if study.product else ()
    kept = " or ".join(source.label for source in sources if source.recipient_later)
    return "cells are worked on the day they are taken" + (f" ({kept} may be there before)" if kept else "")


def _donor(study: Study, collected: Milestone, released: Milestone) -> Iterator[Milestone]:
    """What is asked of the donor first; nothing where the study asks nothing."""
    donors = study.product.donors if study.product else None
    if donors is None:
        return
    yield Milestone("donor_consented", "Donor's consent", None, collected.last, "before the collection")
    decided = collected if donors.decided_before == "collection" else released
    within = donors.sampled_within_days
    if donors.tests:
        first = None if within is None else _later(collected.first, -within)
        near = None if within is None else _later(collected.last, within)
        last = min((day for day in (near, decided.last) if day is not None), default=None)
        because = f"within {within} days of the collection" if within is not None else "before the decision"
        yield Milestone("donor_tested", "Donor's tests sampled", first, last, because)
    before = f"before the {donors.decided_before}"
    yield Milestone("donor_eligible", "Donor found fit to give", None, decided.last, before)


def making_days(study: Study) -> tuple[int, int | None]:
    """The fewest and the most days that all needed steps take together; most is None where the study sets no end."""
    steps = _timed(study)
    fewest = sum(step.min_days or 0 for step in steps)
    longest = [step.max_days for step in steps]
    return fewest, None if not steps or None in longest else sum(days or 0 for days in longest)


def _timed(study: Study) -> tuple[MakingStep, ...]:
    """Steps that take days; what has none is done within the day."""
    steps = study.product.steps if study.product else ()
    return tuple(step for step in steps if step.needed and (step.min_days is not None or step.max_days is not None))


def _later(day: date | None, days: int | None) -> date | None:
    return None if day is None or days is None else day + timedelta(days=days)


# --- the plan beside what is recorded ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A milestone and how it stands: what was done, on which day; `done` names a lot or a collection, if it can."""

    milestone: Milestone
    due: Due
    done_on: str | None = None
    done: str | None = None


@dataclass(frozen=True, slots=True)
class ParticipantPlan:
    """The plan of one participant's open cycle. `planned`: its chemotherapy is not recorded, its last day is a plan.

    `assigned`: whether a donor gives for this participant.
    """

    who: str
    number: int
    cycle: int
    planned: bool
    assigned: bool
    plan: CellPlan
    steps: tuple[PlanStep, ...]

    def step(self, id: str) -> PlanStep:
        """The step of that milestone."""
        return next(one for one in self.steps if one.milestone.id == id)


def plans(
    study: Study, trial: Trial, on: date, *, chemotherapy_ends: Mapping[str, date] = NOBODY
) -> tuple[ParticipantPlan, ...]:
    """The plan of everybody who is enrolled, under treatment and not yet infused in the newest cycle, by number.

    chemotherapy_ends   screening code -> the planned last day, for those without a recorded chemotherapy to plan from.
    """
    found = (
        plan_of(study, trial, book, on, chemotherapy_ends=chemotherapy_ends.get(book.code)) for book in trial.enrolled
    )
    return tuple(plan for plan in found if plan is not None)


def plan_of(
    study: Study, trial: Trial, book: Casebook, on: date, *, chemotherapy_ends: date | None = None
) -> ParticipantPlan | None:
    """One participant's plan; None for whoever gets no infusion now, and where no last day is known to plan from."""
    cycle, ended_on = open_cycle(study, book)
    planned = ended_on is None
    ended_on = ended_on or chemotherapy_ends
    if cycle is None or ended_on is None:
        return None
    plan = plan_cells(study, ended_on=ended_on)
    assigned, day = assignment_of(trial, book.code), PartialDate.of(on)
    theirs = [lot for lot in trial.lots.values() if recipient_of(lot) == book.code]
    lots = tuple(lot for lot in theirs if can_still_be_given(study, trial, lot, day))
    usable = {lot.code for lot in lots}
    lost = tuple(lot for lot in theirs if lot.code not in usable and _of_open_cycle(book, lot))
    recorded = _Recorded(study, trial, day, assigned.what.donor if assigned else None, lots, lost)
    narrowed = _narrowed(study, plan, recorded)
    steps = tuple(_step(one, recorded.done(one.id), on) for one in narrowed)
    return ParticipantPlan(book.code, book.number or 0, cycle, planned, assigned is not None, plan, steps)


def open_cycle(study: Study, book: Casebook) -> tuple[int | None, date | None]:
    """The cycle whose infusion is still to come, and its chemotherapy's last day, if recorded.

    No cycle: not enrolled, dead, treatment stopped or consent withdrawn, no infusion left, or decided against.
    """
    rule = study.treatment.infusion
    most = rule.max_infusions if rule else None
    over = book.death or book.withdrawal or book.last(TreatmentStopped) or book.never_to_be_infused
    if book.number is None or over or (most is not None and len(book.infusions) >= most):
        return None, None
    newest = max(book.cycles, key=lambda entry: entry.what.cycle, default=None)
    closed = {given.what.cycle for given in book.infusions} | {entry.what.cycle for entry in book.all(NotInfused)}
    if newest is None:
        return max((cycle for cycle in closed if cycle is not None), default=0) + 1, None
    if newest.what.cycle in closed:
        return newest.what.cycle + 1, None
    return newest.what.cycle, parse_partial_date(newest.what.ended_on).latest


def can_still_be_given(study: Study, trial: Trial, lot: Lot, now: Occurred) -> bool:
    """Whether a lot can be given, or released and given: not rejected, failed, recalled, expired or gone."""
    if lot.made is None or has_expired(lot, now) or not anything_left(trial, lot):
        return False
    return lot_state(study, trial, lot, now).state in MAY_BE_GIVEN | {State.QUARANTINE}


def _of_open_cycle(book: Casebook, lot: Lot) -> bool:
    """Whether a lot was made since the newest cycle was closed, by an infusion or a decision against one."""
    closed = max((entry.order for entry in (*book.infusions, *book.all(NotInfused))), default=-1)
    return lot.made is not None and not lot.given and lot.made.order > closed


def anything_left(trial: Trial, lot: Lot) -> bool:
    """Whether a dose of the lot is left, or the lot itself while it is not divided."""
    if doses_of(trial, lot):
        return bool(doses_left(trial, lot))
    where = whereabouts(trial, lot.code)
    given = {entry.what.dose for entry in lot.given}
    return where is not None and where.gone is None and lot.made is not None and len(given) < lot.made.what.doses


def doses_left(trial: Trial, lot: Lot) -> tuple[Entry[DoseMade], ...]:
    """The doses of a lot that were neither given nor divided nor discarded, by number."""
    places = ((dose, whereabouts(trial, dose.about or "")) for dose in doses_of(trial, lot))
    return tuple(dose for dose, where in places if where is not None and where.gone is None)


@dataclass(frozen=True, slots=True)
class _Done:
    """When a milestone was reached, as recorded, and the code of what it made."""

    on: str | None
    code: str | None = None

    @property
    def day(self) -> date | None:
        """The latest day it can mean."""
        return parse_occurred(self.on).latest if self.on else None


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What is recorded on the way to one participant's cells. `lots` can still be given, those `lost` no more."""

    study: Study
    trial: Trial
    on: Occurred
    donor: str | None
    lots: tuple[Lot, ...]
    lost: tuple[Lot, ...]

    @property
    def counted(self) -> tuple[Lot, ...]:
        """The lots that show how far it has come: those lost, too, until something new is collected."""
        return self.lots or (() if self._waiting else self.lost)

    @property
    def nothing_left(self) -> bool:
        """Whether all that was made is lost, and nothing new collected."""
        return not self.lots and bool(self.counted)

    @property
    def released(self) -> tuple[Lot, ...]:
        """The lots that were released and not rejected, recalled or destroyed since; one that has expired was."""
        states = [(lot, lot_state(self.study, self.trial, lot, self.on)) for lot in self.counted if lot.release]
        if not self.lots:
            over = (Disposition.EXPIRED, Disposition.EXPIRED_GONE)
            states = [
                (lot, state) for lot, state in states if state.state in MAY_BE_GIVEN and state.disposition in over
            ]
        return tuple(lot for lot, _ in states)

    @property
    def _waiting(self) -> tuple[Entry[Collected], ...]:
        """The donor's collections of which no lot was made yet."""
        used = {lot.made.what.collection for lot in self.trial.lots.values() if lot.made}
        return tuple(
            taken
            for code, taken in self.trial.collections.items()
            if taken.what.donor == self.donor and code not in used and not _gone(self.trial, code)
        )

    @property
    def collection(self) -> Entry[Collected] | None:
        """The collection behind the lots that count; else the newest of the donor that no lot was made of."""
        behind = [found for lot in self.counted if (found := collection_of(self.trial, lot)) is not None]
        return max(behind or self._waiting, key=lambda taken: taken.order, default=None)

    @property
    def may_be_old(self) -> bool:
        """Whether the collection is of a source that may have been taken long before."""
        collection = self.collection
        sources = self.study.product.sources if self.study.product else ()
        return any(collection and one.id == collection.what.source and one.recipient_later for one in sources)

    @property
    def giver(self) -> Casebook | None:
        """The donor's own chapter: of the collection there is, else of whoever is assigned."""
        collection = self.collection
        return self.trial.donors.get((collection.what.donor if collection else self.donor) or "")

    def done(self, id: str) -> "_Done | None":
        """What reached a milestone; None where nothing did."""
        found = self._entry(id)
        if found is None:
            return None
        match id:
            case "donor_tested":
                return _Done(found.what.sampled_on)
            case "making":
                return _Done(found.what.started_at or found.occurred)
            case _:
                return _Done(found.occurred, found.about if id in ("collected", "released") else None)

    def _entry(self, id: str) -> Entry[Any] | None:
        giver, collection = self.giver, self.collection
        match id:
            case "donor_consented":
                return _agreement(giver) if giver else None
            case "donor_tested":
                judged = giver.last(DonorJudged) if giver else None
                return judged if judged and judged.what.sampled_on else None
            case "donor_eligible":
                judged = giver.last(DonorJudged) if giver else None
                return judged if judged and judged.what.eligibility in FIT else None
            case "collected":
                return collection
            case "making":
                chapter = self.trial.others.get(collection.about or "") if collection else None
                return next(iter(chapter.all(Processed)), None) if chapter else None
            case "released":
                return next((release for lot in self.released if (release := lot.last(Released))), None)
            case _:
                return None


def _gone(trial: Trial, code: str) -> bool:
    where = whereabouts(trial, code)
    return where is not None and where.gone is not None


def _agreement(giver: Casebook) -> Entry[DonorConsented] | None:
    """The donor's newest consent, unless it was taken back since."""
    consent, left = giver.last(DonorConsented), giver.last(DonorWithdrew)
    return None if consent is not None and left is not None and left.order > consent.order else consent


def _narrowed(study: Study, plan: CellPlan, recorded: _Recorded) -> Iterator[Milestone]:
    """The milestones, moved by what is there: the donor's by the collection, the last two by the cells."""
    collected, making = recorded.done("collected"), recorded.done("making")
    expiries = [parse_occurred(lot.made.what.expires_at).latest for lot in recorded.released if lot.made]
    for one in plan.milestones:
        if one.id.startswith("donor_") and collected is not None and collected.day is not None:
            yield _before_that_collection(study, one, collected.day)
        elif one.id == "collected" and recorded.may_be_old:
            yield replace(one, first=None)
        elif one.id == "released" and making is not None and not expiries and not recorded.nothing_left:
            yield _when_ready(study, one, making.day)
        elif one.id == "infused" and expiries:
            because = f"{one.because}; the newest lot expires on {max(expiries)}"
            yield replace(one, last=_earliest(one.last, max(expiries)), because=because)
        else:
            yield one


def _before_that_collection(study: Study, one: Milestone, collected: date) -> Milestone:
    """What is asked of the donor, counted from the collection that was made."""
    donors = study.product.donors if study.product else None
    early = donors is not None and donors.decided_before == "collection"
    if one.id == "donor_tested":
        within = donors.sampled_within_days if donors else None
        return replace(
            one, first=_later(collected, None if within is None else -within), last=_later(collected, within)
        )
    return replace(one, last=collected) if early or one.id == "donor_consented" else one


def _when_ready(study: Study, one: Milestone, begun: date | None) -> Milestone:
    """The release of cells in the making: not before they are ready."""
    fewest, most = making_days(study)
    takes = f"{fewest} to {most} days" if most is not None else f"{fewest} days or more"
    because = f"making began on {begun} and takes {takes}" if begun else one.because
    ready, at_last = _later(begun, fewest), _later(begun, most)
    return replace(one, first=_latest(one.first, ready), last=_earliest(one.last, at_last), because=because)


def _latest(*days: date | None) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _step(one: Milestone, done: _Done | None, on: date) -> PlanStep:
    if done is not None:
        when = parse_occurred(done.on) if done.on else None
        early = when is not None and one.first is not None and when.latest < one.first
        late = when is not None and one.last is not None and one.last < when.earliest
        return PlanStep(one, Due.OUTSIDE if early or late else Due.DONE, spoken(done.on), done.code)
    if one.impossible:
        return PlanStep(one, Due.IMPOSSIBLE)
    if one.past(on):
        return PlanStep(one, Due.LATE)
    return PlanStep(one, Due.AHEAD if one.first is not None and on < one.first else Due.OPEN)
