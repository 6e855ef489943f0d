"""When a lot fails on the day: what is possible for the participant who waits, and what it would take.

Another lot, another collection while the culture still ends in time, or no infusion in this cycle. A lot released for
somebody else is counted and not named. What is not known is said to be unknown, and is never a no.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from typing import Final, Literal

from trialwright.cells.alerts import codes_behind, holds_on
from trialwright.cells.consent import withdrawal_in_force
from trialwright.cells.custody import whereabouts
from trialwright.cells.descent import donor_of, recipient_of
from trialwright.cells.given import portions_given, recorded_weight, weight_to_judge_by
from trialwright.cells.labels import valid_label
from trialwright.cells.plan import can_still_be_given, doses_left, making_days, open_cycle, plan_cells
from trialwright.cells.release_tests import Portion, judge_lot, judge_over_all, nk_cells
from trialwright.cells.states import hours_left
from trialwright.cells.volumes import left_of
from trialwright.facts import LocalTime, format_scientific, parse_decimal, parse_occurred
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import (
    DoseMade,
    FactsRecorded,
    Released,
)
from trialwright.ledger.trial import Casebook, Lot, Trial
from trialwright.study.model import DoseWindow, Study

Possible = Literal["yes", "no", "unknown"]
Way = Literal["another lot", "another collection", "lots for others", "not infused"]
ORDER: Final = ("yes", "unknown", "no")
_DIGITS: Final = Context(prec=3)


@dataclass(frozen=True, slots=True)
class Option:
    """One way on. `to_do` are the acts it takes, in their order; `against` what makes it impossible or unknown.

    hours_left        until the lot expires; None where only its day is known, or no lot is meant.
    nk_cells_per_kg   of the doses named together, for the weight named.
    last_day          of another collection.
    count             of lots released for others.
    """

    way: Way
    possible: Possible
    says: str
    to_do: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    lot: str | None = None
    doses: tuple[str, ...] = ()
    hours_left: float | None = None
    nk_cells_per_kg: str | None = None
    weight_kg: str | None = None
    last_day: str | None = None
    count: int | None = None


def options(study: Study, trial: Trial, who: str, now: LocalTime, weight_kg: str | None = None) -> tuple[Option, ...]:
    """What is possible now for a participant who waits for cells in the open cycle; nothing for anybody else.

    weight_kg   today's, by which every limit per kg is judged: of it and the newest recorded, the smaller.
    """
    book = trial.casebook(who)
    cycle, ended_on = open_cycle(study, book) if book else (None, None)
    if book is None or cycle is None or (ended_on is None and not _waits(trial, book)):
        return ()
    plan = plan_cells(study, ended_on=ended_on) if ended_on else None
    window = plan.of("infused") if plan else None
    asked = _Asked(study, trial, book, now, weight_of(book, now, weight_kg))
    ours, others = [], 0
    for lot in trial.lots.values():
        if not can_still_be_given(study, trial, lot, now):
            continue
        if recipient_of(lot) in (None, book.code):
            ours.append(_lot(asked, lot, window.first if window else None, window.last if window else None))
        elif lot.release is not None:
            others += 1
    ours.sort(key=lambda one: (ORDER.index(one.possible), -(one.hours_left or 0)))
    last = plan.of("collected").last if plan else None
    return (
        *ours,
        _collection(asked, last, window.last if window else None),
        *_others(others),
        _not_infused(book, cycle),
    )


def _waits(trial: Trial, book: Casebook) -> bool:
    """Whether a lot was made for somebody and not given: they wait for cells, whatever is recorded of chemotherapy."""
    return any(recipient_of(lot) == book.code and not lot.given for lot in trial.lots.values())


def weight_of(book: Casebook, now: LocalTime, stated: str | None = None) -> str | None:
    """The weight by which limits per kg are judged: as stated or the newest recorded by now; of both the lighter."""
    return weight_to_judge_by(stated, recorded_weight(book.all(FactsRecorded), now, now.zone))


# --- another lot ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """For whom it is asked, when, and by what weight."""

    study: Study
    trial: Trial
    book: Casebook
    now: LocalTime
    weight: str | None

    @property
    def coded(self) -> bool:
        """Whether the study asks for codes, and with them for the whole chain."""
        return self.study.asks_codes


@dataclass(frozen=True, slots=True)
class _Bags:
    """The doses of a lot that would be given together, and the cells per kg in them; None where it is unknown."""

    doses: tuple[Entry[DoseMade], ...]
    volume_ml: Decimal | None
    per_kg: Decimal | None


def _lot(asked: _Asked, lot: Lot, first: date | None, last: date | None) -> Option:
    bags = _bags(asked, lot)
    no = [
        *_barred(asked, lot),
        *_limits(asked, lot, bags, "not met"),
        *_outside(asked, bags),
        *_untimely(asked, lot, first, last),
    ]
    unknown = [*_limits(asked, lot, bags, "unknown"), *_uncounted(asked, bags)]
    hours = hours_left(lot, asked.now)
    codes = tuple(dose.about or "" for dose in bags.doses)
    whose = "meant for this participant" if recipient_of(lot) else "meant for nobody yet"
    lives = f", {hours:.1f} hours left" if hours is not None else ""
    holds = f", {format_scientific(bags.per_kg, 3)} cells/kg for {asked.weight} kg" if bags.per_kg is not None else ""
    return Option(
        "another lot",
        "no" if no else "unknown" if unknown else "yes",
        f"Lot {lot.code}, {whose}{lives}{holds}.",
        tuple(_to_do(asked, lot, bags)) if not no else (),
        (*no, *unknown),
        lot.code,
        codes,
        None if hours is None else round(hours, 1),
        None if bags.per_kg is None else f"{bags.per_kg:.0f}",
        asked.weight,
    )


def _bags(asked: _Asked, lot: Lot) -> _Bags:
    """As many of the doses left as stay in the study's window, the most first; all of them where none does."""
    left = doses_left(asked.trial, lot)
    if not left:
        return _undivided(asked, lot)
    sums = [left[:count] for count in range(len(left), 0, -1)]
    tried = [_counted(asked, lot, doses) for doses in sums]
    return next((bags for bags in tried if not _outside(asked, bags)), tried[0])


def _undivided(asked: _Asked, lot: Lot) -> _Bags:
    """All that is left of the lot; where doses have no codes, one dose of it."""
    volume = left_of(asked.trial, lot.code)
    cells = nk_cells(asked.study, asked.trial, lot, volume)
    doses = 1 if asked.coded or lot.made is None else lot.made.what.doses
    return _Bags((), volume, _per_kg(asked, None if cells is None else cells / doses))


def _counted(asked: _Asked, lot: Lot, doses: tuple[Entry[DoseMade], ...]) -> _Bags:
    volume = sum((parse_decimal(dose.what.volume_ml) for dose in doses), Decimal(0))
    return _Bags(doses, volume, _per_kg(asked, nk_cells(asked.study, asked.trial, lot, volume)))


def _per_kg(asked: _Asked, cells: Decimal | None) -> Decimal | None:
    weight = parse_decimal(asked.weight) if asked.weight is not None else None
    return None if cells is None or not weight else cells / weight


def _barred(asked: _Asked, lot: Lot) -> Iterator[str]:
    """What holds the lot back whoever it is for. No donor is named."""
    if not lot.all(Released):
        yield "it is not released"
    codes = {
        code
        for dose in (*doses_left(asked.trial, lot), None)
        for code in codes_behind(asked.trial, lot, dose.about if dose else None)
    }
    for alert in holds_on(asked.trial, sorted(codes)):
        yield f"{alert.about} is held: {alert.what.what}"
    if withdrawal_in_force(asked.trial, donor_of(asked.trial, lot), asked.book.code) is not None:
        yield "its donor took consent back"


def _limits(asked: _Asked, lot: Lot, bags: _Bags, status: str) -> Iterator[str]:
    """Release tests that are not met for this weight, or not known though they may not be pending."""
    day = asked.now.latest
    tests = judge_lot(asked.study, asked.trial, lot, day, asked.weight)
    portions = (
        *portions_given(asked.trial, asked.book, asked.book.infusions),
        Portion(lot, bags.volume_ml, asked.weight),
    )
    for test in (*tests, *judge_over_all(asked.study, asked.trial, portions, day)):
        if test.status == status and not (status == "unknown" and test.may_be_pending):
            yield f"{test.label} ({test.rule}) is {status}: {test.found}"


def _window(asked: _Asked) -> DoseWindow | None:
    return asked.study.treatment.infusion.dose if asked.study.treatment.infusion else None


def _outside(asked: _Asked, bags: _Bags) -> list[str]:
    window = _window(asked)
    if window is None or bags.per_kg is None or window.low <= bags.per_kg <= window.high:
        return []
    limits = f"{format_scientific(window.low, 3)} to {format_scientific(window.high, 3)}"
    return [f"it holds {format_scientific(bags.per_kg, 3)} cells/kg; the study gives {limits}"]


def _uncounted(asked: _Asked, bags: _Bags) -> Iterable[str]:
    if _window(asked) is not None and bags.per_kg is None:
        missing = "no weight is recorded" if asked.weight is None else "its cells are not counted"
        yield f"the cells per kg are not known: {missing}"


def _untimely(asked: _Asked, lot: Lot, first: date | None, last: date | None) -> Iterator[str]:
    """A lot that cannot be given inside the infusion's window."""
    expires = parse_occurred(lot.made.what.expires_at) if lot.made else None
    if first is not None and expires is not None and expires.latest < first:
        yield f"it expires before the first day of infusion, {first}"
    if last is not None and last < asked.now.earliest:
        yield f"the last day of infusion was {last}"


def _to_do(asked: _Asked, lot: Lot, bags: _Bags) -> Iterator[str]:
    """The acts between the lot as it is and this participant's bedside."""
    new = recipient_of(lot) is None
    if new:
        yield f"assign it to {asked.book.code}: quality assurance and an investigator (act assign_lot)"
    if not bags.doses and asked.coded:
        yield "divide it into doses (act divide)"
    labels = asked.study.product is not None and asked.study.product.labels is not None
    for dose in bags.doses:
        code = dose.about or ""
        where = whereabouts(asked.trial, code)
        if labels and (new or valid_label(asked.trial, code) is None):
            yield f"print a new label for {code} (trialwright label)"
        if where is not None and where.stored:
            yield f"take {code} out of storage (act take_out_of_storage)"
        if asked.coded and where is not None and not where.issued:
            yield f"issue {code} for today's weight (act issue)"
    yield "check wristband and bag at the bedside (act check_at_bedside)" if asked.coded else "infuse (act infuse)"


# --- other ways -------------------------------------------------------------------------------------------------------


def _collection(asked: _Asked, last: date | None, closes: date | None) -> Option:
    fewest, _ = making_days(asked.study)
    takes = f"making takes at least {fewest} days"
    if last is None or closes is None:
        says = (
            f"Another collection: its last day is not known, since no chemotherapy of this cycle is recorded; {takes}."
        )
        return Option("another collection", "unknown", says)
    ends = f"{takes}, and the last day of infusion is {closes}"
    if asked.now.earliest > last:
        says = f"Another collection is too late in this cycle: {ends}. Its last day was {last}."
        return Option("another collection", "no", says, last_day=f"{last}")
    says = f"Another collection, on {last} at the latest: {ends}."
    to_do = (
        "see that the donor still agrees and is fit to give, or assign another (act assign_donor)",
        "collect, receive, make, test and release another lot (acts collect, receive, process, make_lot, release)",
    )
    return Option("another collection", "yes", says, to_do, last_day=f"{last}")


def _others(count: int) -> Iterable[Option]:
    if count:
        lots = "1 released lot is for another participant" if count == 1 else f"{count} released lots are for others"
        says = f"{lots}: reassigning one is for quality assurance and an investigator (act reassign_lot)."
        yield Option("lots for others", "unknown", says, count=count)


def _not_infused(book: Casebook, cycle: int) -> Option:
    says = f"No infusion in cycle {cycle}, with the reason recorded."
    return Option(
        "not infused", "yes", says, (f"decide it (act not_infused {book.code} --cycle {cycle} --reason ...)",)
    )
