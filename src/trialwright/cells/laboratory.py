"""What the laboratory sees: every collection, lot and dose as it stands, one code's tests and custody, open alerts.

Recipients are named by code; donors are not named at all. All are plain values, read off the ledger and judged by the
study at one moment.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from trialwright.cells.alerts import all_open_alerts, open_alerts
from trialwright.cells.custody import custody_of, whereabouts
from trialwright.cells.descent import doses_of, infusions_of, lot_of, recipient_of
from trialwright.cells.labels import valid_label
from trialwright.cells.options import weight_of
from trialwright.cells.plan import can_still_be_given
from trialwright.cells.release_tests import JudgedTest, judge_lot
from trialwright.cells.states import MAY_BE_GIVEN, Disposition, has_expired, hours_left, lot_state
from trialwright.cells.volumes import left_of, volume_of
from trialwright.facts import LocalTime
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import AlertRaised, Infused, InfusionEnded, InfusionResumed, LotAssigned, Released
from trialwright.ledger.trial import Casebook, Lot, Trial
from trialwright.study.model import Study


@dataclass(frozen=True, slots=True)
class AlertView:
    """An open alert: its id, by which it is answered, and what it asks of whom. `holds`: cells are held back by it."""

    id: str
    about: str
    on: str | None
    says: str
    to: tuple[str, ...]
    asks: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A collection, lot or dose as it stands: in what state, how much of it is where, with whom, how long it lives."""

    code: str
    sort: str  # collection | lot | dose
    state: str
    recipient: str | None = None
    volume_ml: str | None = None
    left_ml: str | None = None
    expires_at: str | None = None
    hours_left: float | None = None  # None: it does not expire, is gone, or only the day is known
    label: int | None = None  # the number of its valid label
    place: str | None = None
    holder: str | None = None
    since: str | None = None
    of: str | None = None  # the lot of a dose
    failed: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Running:
    """An infusion that began and of which no end is recorded; `waiting`: its bags that are not begun."""

    who: str
    infusion: int
    at: str | None
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stock:
    """What is there, who receives cells now as far as recorded, and who is called."""

    at: str
    items: tuple[Item, ...]
    alerts: tuple[AlertView, ...]
    running: tuple[Running, ...] = ()


# --- the laboratory ---------------------------------------------------------------------------------------------------


def stock(study: Study, trial: Trial, now: LocalTime) -> Stock:
    """Every collection, lot and dose that is somewhere: not used up, divided, given or destroyed; and every open alert.

    A collection of which a lot was made without a word of how much was taken counts as used up. A bag of a running
    infusion that is not begun is there.
    """
    running = tuple(one for book in trial.casebooks.values() for one in running_infusions(book))
    items = [collection_item(trial, code) for code in trial.collections if _left_over(trial, code)]
    for lot in trial.lots.values():
        disposition = lot_state(study, trial, lot, now).disposition
        here = whereabouts(trial, lot.code)
        if (
            here is not None
            and here.gone is None
            and disposition not in (Disposition.GIVEN, Disposition.DISCARDED)
            and not doses_of(trial, lot)
        ):
            items.append(lot_item(study, trial, lot, now))
        for dose in doses_of(trial, lot):
            where = whereabouts(trial, dose.about or "")
            if where is not None and (where.gone is None or waits_at_bedside(trial, dose.about or "")):
                items.append(dose_item(study, trial, dose.about or "", now))
    return Stock(str(now), tuple(items), tuple(_alert(alert) for alert in all_open_alerts(trial)), running)


def running_infusions(book: Casebook) -> tuple[Running, ...]:
    """A participant's infusions that began and of which no end is recorded."""
    return tuple(
        Running(book.code, given.what.infusion, given.occurred, _not_begun(book, given))
        for given in book.infusions
        if is_running(book, given)
    )


def is_running(book: Casebook, given: Entry[Infused]) -> bool:
    """Whether no end of an infusion is recorded."""
    ended = any(end.what.infusion == given.what.infusion for end in book.all(InfusionEnded))
    return given.what.ended_at is None and not ended


def _not_begun(book: Casebook, given: Entry[Infused]) -> tuple[str, ...]:
    """The bags of an infusion after the first with which it did not go on yet."""
    of_it = [one.what.dose for one in book.all(InfusionResumed) if one.what.infusion == given.what.infusion]
    return tuple(dose for dose in given.what.doses[1:] if dose not in of_it)


def waits_at_bedside(trial: Trial, code: str) -> bool:
    """Whether a bag belongs to a running infusion and is not begun. One that was discarded since waits no more."""
    lot, where = lot_of(trial, code), whereabouts(trial, code)
    if lot is None or where is None or where.gone != "given":
        return False
    books = [trial.casebook(given.about or "") for given in infusions_of(lot, code)]
    return any(code in one.waiting for book in books if book for one in running_infusions(book))


def _left_over(trial: Trial, code: str) -> bool:
    where, left = whereabouts(trial, code), left_of(trial, code)
    if where is None or where.gone is not None or (left is not None and left <= 0):
        return False
    return all(lot.made is None or lot.made.what.taken_ml is not None for lot in lots_made_of(trial, code))


def lots_made_of(trial: Trial, collection: str) -> tuple[Lot, ...]:
    """The lots made of a collection."""
    return tuple(lot for lot in trial.lots.values() if lot.made and lot.made.what.collection == collection)


def collection_item(trial: Trial, code: str) -> Item:
    """A collection as it stands."""
    where = whereabouts(trial, code)
    made = [lot.code for lot in lots_made_of(trial, code)]
    received = any(entry.what.kind == "received" for entry in custody_of(trial, code))
    state = f"made into {', '.join(made)}" if made else "received" if received else "collected"
    return Item(
        code,
        "collection",
        (where.gone if where else None) or state,
        volume_ml=_ml(volume_of(trial, code)),
        left_ml=_ml(left_of(trial, code)) if _left_over(trial, code) else None,
        label=valid_label(trial, code),
        place=where.place if where else None,
        holder=where.holder if where else None,
        since=where.since if where else None,
    )


def lot_item(study: Study, trial: Trial, lot: Lot, now: LocalTime) -> Item:
    """A lot as it stands. Where it is is said only while it is not divided: then its doses are somewhere."""
    state, where = lot_state(study, trial, lot, now), whereabouts(trial, lot.code)
    whole = where is not None and where.gone is None
    return Item(
        lot.code,
        "lot",
        state.words,
        recipient_of(lot),
        _ml(volume_of(trial, lot.code)),
        _ml(left_of(trial, lot.code)),
        lot.made.what.expires_at if lot.made else None,
        _hours(lot, now) if can_still_be_given(study, trial, lot, now) else None,
        valid_label(trial, lot.code),
        where.place if where and whole else None,
        where.holder if where and whole else None,
        where.since if where else None,
        None,
        state.failed,
        state.pending,
    )


def dose_item(study: Study, trial: Trial, code: str, now: LocalTime) -> Item:
    """A dose as it stands: first what became of it, else whether it is out, else how its lot stands."""
    lot, where = lot_of(trial, code), whereabouts(trial, code)
    state = lot_state(study, trial, lot, now).state if lot else None
    words = state.value if state else "of no lot"
    waits = waits_at_bedside(trial, code)
    gone = where.gone if where and not waits else None
    if waits:
        words = "waits at the bedside" if state in MAY_BE_GIVEN else f"waits at the bedside, {words}"
    elif where and where.issued and not gone:
        words = f"issued, {words}"
    if lot and not gone and has_expired(lot, now):
        words = f"expired, {words}"
    return Item(
        code,
        "dose",
        gone or words,
        recipient_of(lot) if lot else None,
        _ml(volume_of(trial, code)),
        _ml(left_of(trial, code)) if not gone else None,
        lot.made.what.expires_at if lot and lot.made else None,
        _hours(lot, now) if lot and not gone and (waits or can_still_be_given(study, trial, lot, now)) else None,
        valid_label(trial, code),
        where.place if where and not gone else None,
        where.holder if where and not gone else None,
        where.since if where else None,
        lot.code if lot else None,
    )


def _hours(lot: Lot, now: LocalTime) -> float | None:
    hours = hours_left(lot, now)
    return None if hours is None else round(hours, 1)


def _ml(volume: Decimal | None) -> str | None:
    return None if volume is None else f"{volume:f}"


# --- one code ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """One line of custody: what was done, by whom, from whom to whom, where, at what temperature."""

    at: str | None
    did: str
    by: str
    giver: str | None = None
    taker: str | None = None
    place: str | None = None
    temperature: str | None = None
    said: str | None = None


@dataclass(frozen=True, slots=True)
class CellsView:
    """A collection, lot or dose, its parts, its lot's tests judged now for `weight_kg`, and its custody."""

    item: Item
    at: str
    parts: tuple[Item, ...]
    releases: tuple[tuple[str, str | None, str], ...]  # how, when, by whom
    weight_kg: str | None
    tests: tuple[JudgedTest, ...]
    moves: tuple[Move, ...]
    alerts: tuple[AlertView, ...]


def cells_view(study: Study, trial: Trial, code: str, now: LocalTime) -> CellsView | None:
    """A collection, lot or dose with its history; None for a code of none of them."""
    lot = lot_of(trial, code)
    if code in trial.collections:
        item, parts = collection_item(trial, code), _lots_of(study, trial, code, now)
    elif lot is not None and lot.made is not None and code in trial.doses:
        item, parts = dose_item(study, trial, code, now), ()
    elif lot is not None and lot.made is not None:
        item, parts = lot_item(study, trial, lot, now), tuple(lot_and_doses(study, trial, lot, now))[1:]
    else:
        return None
    book = trial.casebook(recipient_of(lot) or "") if lot else None
    weight = (weight_of(book, now) or _judged_weight(lot)) if book and lot else None
    return CellsView(
        item,
        str(now),
        parts,
        tuple((let.what.how, let.occurred, str(let.actor)) for let in lot.all(Released)) if lot else (),
        weight,
        judge_lot(study, trial, lot, now.latest, weight) if lot else (),
        tuple(_move(entry) for entry in custody_of(trial, code)),
        alerts_of(trial, (code,)),
    )


def _judged_weight(lot: Lot) -> str | None:
    """The weight by which the newest release was judged, or the newest assignment; never that of a recipient before."""
    since = max((entry.order for entry in lot.all(LotAssigned)), default=-1)
    entries: list[Entry[Any]] = [*lot.all(LotAssigned), *lot.all(Released)]
    newest = sorted((entry for entry in entries if entry.order >= since), key=lambda entry: entry.order)
    lines = [line for entry in newest for line in entry.what.judged if line.get("weight_kg")]
    return str(lines[-1]["weight_kg"]) if lines else None


def _lots_of(study: Study, trial: Trial, code: str, now: LocalTime) -> tuple[Item, ...]:
    return tuple(lot_item(study, trial, lot, now) for lot in lots_made_of(trial, code))


def _move(entry: Entry[Any]) -> Move:
    what = entry.what
    lowest, highest = getattr(what, "lowest_c", None), getattr(what, "highest_c", None)
    said = [getattr(what, name, None) for name in ("step", "condition", "reason")]
    said += [f"seal {what.seal}"] if getattr(what, "seal", None) else []
    return Move(
        entry.occurred,
        str(what.kind).replace("_", " "),
        str(entry.actor) + (f" with {entry.second.id}" if entry.second else ""),
        getattr(what, "giver", None),
        getattr(what, "taker", None),
        getattr(what, "place", None),
        f"{lowest} to {highest}" if lowest and highest else lowest or highest or getattr(what, "temperature_c", None),
        ", ".join(str(part) for part in said if part) or None,
    )


# --- alerts ---


def alerts_of(trial: Trial, codes: Iterable[str]) -> tuple[AlertView, ...]:
    """The open alerts of chapters, oldest first."""
    chapters = [chapter for code in dict.fromkeys(codes) if (chapter := trial.chapter(code)) is not None]
    found = sorted((alert for one in chapters for alert in open_alerts(one)), key=lambda alert: alert.order)
    return tuple(map(_alert, found))


_WITHDREW: Final = re.compile(r"^(the donor of this participant withdrew consent) \(.*\)(?=, )", re.DOTALL)


def _alert(alert: Entry[AlertRaised]) -> AlertView:
    """An alert. Older ledgers repeat in it why a donor withdrew: that is the donor's, and for nobody else to read."""
    what = alert.what
    says = _WITHDREW.sub(r"\1", what.what)
    return AlertView(alert.id, alert.about or "", alert.occurred, says, what.to, what.asks, what.holds)


def lot_and_doses(study: Study, trial: Trial, lot: Lot, now: LocalTime) -> Iterator[Item]:
    """A lot, then its doses."""
    yield lot_item(study, trial, lot, now)
    for dose in doses_of(trial, lot):
        yield dose_item(study, trial, dose.about or "", now)
