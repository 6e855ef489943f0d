"""The parts of an infusion's sheet: the order, what protects, the go or no-go list, the check at the bedside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from trialwright.cells.custody import whereabouts
from trialwright.cells.descent import lot_of, recipient_of
from trialwright.cells.options import weight_of
from trialwright.cells.release_tests import nk_cells
from trialwright.cells.states import hours_left, lot_state
from trialwright.cells.volumes import volume_of
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.preparation import checks_judged
from trialwright.conduct.vitals_plan import later, moment_of
from trialwright.facts import LocalTime, parse_decimal
from trialwright.ledger.entry import Actor, Entry
from trialwright.ledger.kinds import BedsideChecked, GoDecided, Infused, Premedicated, ProphylaxisGiven, What
from trialwright.ledger.trial import Casebook, Trial
from trialwright.study.model import Study

SHEET = Actor("sheet", "auditor")
"""Who asks, where the sheet only looks."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of a casebook that belongs to one infusion: after the one before it, up to its start.

    given  the infusion; None while it is still to come
    """

    book: Casebook
    given: Entry[Infused] | None
    after: int

    def all(self, kind: type[What]) -> list[Entry[Any]]:
        """The entries of a kind in this stretch, oldest first."""
        before = self.given.order if self.given else None
        return [e for e in self.book.all(kind) if e.order > self.after and (before is None or e.order < before)]


def stretch_of(book: Casebook, given: Entry[Infused] | None) -> Stretch:
    """The stretch of an infusion, or of the one still to come."""
    earlier = [one.order for one in book.infusions if given is None or one.order < given.order]
    return Stretch(book, given, max(earlier, default=-1))


# --- the order --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BagLine:
    """A bag of the order, and its check at the bedside: by whom, when, and until when it holds."""

    code: str
    lot: str
    volume_ml: str | None
    issued: bool
    place: str | None
    checked_at: str | None = None
    checked_by: tuple[str, ...] = ()
    check_holds_until: LocalTime | None = None
    check_holds: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What is given: of which lot, for whom, how many cells per kg for which weight, until when it lives.

    state  the lot's, in words; for_this_person: whether the lot is meant for the participant
    nk_cells_per_kg, volume_ml  of all bags together; None where it is not known
    """

    lot: str
    state: str
    for_this_person: bool
    recipient: str | None
    expires_at: str | None
    hours_left: float | None
    weight_kg: str | None
    volume_ml: str | None
    nk_cells_per_kg: str | None
    bags: tuple[BagLine, ...]


def order_of(
    study: Study, trial: Trial, stretch: Stretch, bags: tuple[str, ...], lot: str | None, at: LocalTime
) -> Order | None:
    """The order of an infusion by its bags, or by its lot where bags have no codes; None where neither is there."""
    chapter = lot_of(trial, bags[0]) if bags else trial.lots.get(lot or "")
    if chapter is None:
        return None
    weight = (stretch.given.what.weight_kg if stretch.given else None) or weight_of(stretch.book, at)
    held = [volume_of(trial, code) for code in bags]
    volume = sum((one for one in held if one is not None), Decimal(0)) if bags and None not in held else None
    cells = nk_cells(study, trial, chapter, volume)
    per_kg = cells / parse_decimal(weight) if cells is not None and weight and parse_decimal(weight) > 0 else None
    hours = hours_left(chapter, at)
    meant = recipient_of(chapter)
    return Order(
        chapter.code,
        lot_state(study, trial, chapter, at).words,
        meant == stretch.book.code,
        meant,
        chapter.made.what.expires_at if chapter.made else None,
        None if hours is None else round(hours, 1),
        weight,
        None if volume is None else f"{volume:f}",
        None if per_kg is None else f"{per_kg:.0f}",
        tuple(_bag(study, trial, stretch, code, chapter.code, at) for code in bags),
    )


def _bag(study: Study, trial: Trial, stretch: Stretch, code: str, lot: str, at: LocalTime) -> BagLine:
    where = whereabouts(trial, code)
    minutes = study.treatment.infusion.bedside_check_minutes if study.treatment.infusion else None
    checks = [one for one in stretch.all(BedsideChecked) if one.what.dose == code]
    checked = moment_of(checks[-1].occurred) if checks else None
    until = later(checked, minutes) if checked is not None and minutes is not None else None
    start = moment_of(stretch.given.occurred) if stretch.given else at
    volume = volume_of(trial, code)
    return BagLine(
        code,
        lot,
        None if volume is None else f"{volume:f}",
        where is not None and where.issued,
        where.place if where else None,
        checks[-1].occurred if checks else None,
        checks[-1].what.checked_by if checks else (),
        until,
        bool(checks) and (until is None or start is None or start.instant <= until.instant),
    )


# --- what protects ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Protection:
    """Something given beforehand: a group of premedication, or the prophylaxis; when, and from when to when it fits.

    fits_from, fits_to  the start of the infusion lies between these, by the study's minutes; None: no limit
    in_time             whether the start, or now while it is to come, lies there; None where no moment is known
    """

    id: str
    given: bool
    agents: tuple[str, ...] = ()
    at: str | None = None
    fits_from: LocalTime | None = None
    fits_to: LocalTime | None = None
    in_time: bool | None = None


def protections(study: Study, stretch: Stretch, at: LocalTime) -> tuple[Protection, ...]:
    """What the study asks for before the infusion, given or not."""
    start = moment_of(stretch.given.occurred) if stretch.given else at
    return tuple(_protections(study, stretch, start))


def _protections(study: Study, stretch: Stretch, start: LocalTime | None) -> Iterator[Protection]:
    premedication, prophylaxis = study.treatment.premedication, study.treatment.gvhd_prophylaxis
    for group in premedication.groups if premedication else ():
        found = [
            (entry, agent)
            for entry in stretch.all(Premedicated)
            for agent in entry.what.agents
            if str(agent.get("group")) == group
        ]
        if not found or premedication is None:
            yield Protection(group, False)
            continue
        entry = found[-1][0]
        given = moment_of(entry.occurred)
        first = later(given, premedication.min_minutes_before or 0) if given else None
        most = premedication.max_minutes_before
        last = later(given, most) if given is not None and most is not None else None
        agents = tuple(_agent(agent) for one, agent in found if one is entry)
        yield Protection(group, True, agents, entry.occurred, first, last, _between(first, start, last))
    if prophylaxis is not None:
        entries = [entry for entry in stretch.all(ProphylaxisGiven) if entry.what.agents]
        agents = tuple(_agent(agent) for entry in entries[-1:] for agent in entry.what.agents)
        yield Protection(
            "graft versus host prophylaxis", bool(entries), agents, entries[-1].occurred if entries else None
        )


def _agent(agent: Mapping[str, Any]) -> str:
    return " ".join(str(agent[part]) for part in ("drug", "dose", "unit", "route") if agent.get(part))


def _between(first: LocalTime | None, start: LocalTime | None, last: LocalTime | None) -> bool | None:
    if first is None or start is None:
        return None
    return first.instant <= start.instant and (last is None or start.instant <= last.instant)


# --- the go or no-go --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A line of the go or no-go list: what was answered, and what its rule says on the person's facts.

    holds  yes | no | unknown, by the rule; None where the line has no rule
    """

    id: str
    label: str
    answer: str | None
    rule: str | None = None
    holds: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True)
class GoList:
    """The list with its decision: go, no-go, or None while nobody decided; when and by whom it was signed."""

    checks: tuple[CheckLine, ...]
    decision: str | None = None
    at: str | None = None
    signed_by: str | None = None


HOLDS = {"met": "yes", "not met": "no"}


def go_list(study: Study, trial: Trial, stretch: Stretch, at: LocalTime) -> GoList:
    """The study's checks before an infusion, with the newest decision of its stretch."""
    start = str(moment_of(stretch.given.occurred) or at) if stretch.given else str(at)
    asked: Deed[Any] = Deed("decide_go", study, trial, SHEET, stretch.book.code, None, start)
    judgement = checks_judged(asked)
    judged = {one.criterion.id: one for one in judgement.criteria} if judgement is not None else {}
    decided = next(iter(reversed(stretch.all(GoDecided))), None)
    said = (
        {str(line.get("id", line.get("check"))): str(line.get("answer", "")) for line in decided.what.checks}
        if decided
        else {}
    )
    checks = tuple(
        CheckLine(
            check.id,
            check.label,
            said.get(check.id) or None,
            check.rule,
            HOLDS.get(judged[check.id].status.value, "unknown") if check.id in judged else None,
            judged[check.id].found if check.id in judged else None,
        )
        for check in study.treatment.go_no_go
    )
    if decided is None:
        return GoList(checks)
    return GoList(checks, decided.what.decision, decided.occurred, decided.what.signed_by)
