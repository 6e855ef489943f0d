"""The words of an act that are known before anybody types: of the person, the cycle, the cells, the day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from trialwright.cells.codes import label_code
from trialwright.cells.custody import whereabouts
from trialwright.cells.descent import recipient_of
from trialwright.cells.labels import valid_label
from trialwright.cells.laboratory import running_infusions
from trialwright.cells.options import weight_of
from trialwright.cells.plan import anything_left, doses_left, open_cycle
from trialwright.conduct.visits import planned_visits
from trialwright.conduct.vitals_grid import next_moment
from trialwright.facts import LocalTime
from trialwright.ledger.kinds import BedsideChecked, FactsRecorded
from trialwright.ledger.trial import Casebook, Lot, Trial
from trialwright.study.model import Study


@dataclass(frozen=True, slots=True)
class Known:
    """The words of one act that are known.

    words    to be filled in beforehand, as the act takes them; each may be changed
    assumed  known of the act as it would be done, and never filled in: what a scanner reads is scanned
    """

    words: Mapping[str, Any]
    assumed: Mapping[str, Any]


NOTHING: Final = Known({}, {})


def known_words(study: Study, trial: Trial, book: Casebook | None, act: str, at: LocalTime) -> Known:
    """What is known of an act's words about a person at a moment; nothing for acts of which nothing is."""
    found = _KNOWN.get(act)
    return found(_Person(study, trial, book, at)) if found is not None else NOTHING


@dataclass(frozen=True, slots=True)
class _Person:
    study: Study
    trial: Trial
    book: Casebook | None
    at: LocalTime

    @property
    def cycle(self) -> int | None:
        """The cycle whose infusion is to come, else the next after the last."""
        if self.book is None:
            return None
        cycle, _ = open_cycle(self.study, self.book)
        return cycle or max((one.what.cycle for one in self.book.cycles), default=0) + 1


def _consent(asked: _Person) -> Known:
    """The newest version that is valid today; its language only where there is one."""
    day = asked.at.wall.date().isoformat()
    valid = [one for one in asked.study.consent if one.valid_from <= day]
    newest = max(valid, key=lambda one: one.valid_from, default=None)
    if newest is None:
        return NOTHING
    words: dict[str, Any] = {"document": newest.id, "document_version": newest.version}
    return Known(words | ({"language": newest.languages[0]} if len(newest.languages) == 1 else {}), {})


def _enrol(asked: _Person) -> Known:
    """Disease status and phase, where they were recorded in words of the study."""
    statuses = {"disease_status": {one.id for one in asked.study.disease_status}}
    statuses["phase"] = {one.id for one in asked.study.phases}
    entries = reversed(asked.book.all(FactsRecorded)) if asked.book else ()
    facts = [fact for entry in entries for fact in reversed(entry.what.facts)]
    said = {
        name: next((str(fact["value"]) for fact in facts if fact.get("concept") == name and "value" in fact), None)
        for name in statuses
    }
    return Known({name: word for name, word in said.items() if word in statuses[name]}, {})


def _of_cycle(asked: _Person) -> Known:
    return NOTHING if asked.cycle is None else Known({"cycle": asked.cycle}, {})


def _go(asked: _Person) -> Known:
    cycle = _of_cycle(asked)
    return Known(cycle.words, {"decision": "go"})


def _check(asked: _Person) -> Known:
    """The labels that are to be scanned: of the person, and of the first bag not yet checked. Never filled in."""
    book = asked.book
    bags = _bags(asked)
    if book is None or not bags:
        return NOTHING
    checked = {one.what.dose for one in book.all(BedsideChecked)}
    bag = next((code for code in bags if code not in checked), bags[0])
    scans = {"wristband": book.code, "dose_label": bag}
    labels = {name: valid_label(asked.trial, code) for name, code in scans.items()}
    return Known({}, {name: label_code(scans[name], number) for name, number in labels.items() if number is not None})


def _infuse(asked: _Person) -> Known:
    book = asked.book
    if book is None:
        return NOTHING
    words: dict[str, Any] = dict(_of_cycle(asked).words)
    if weight := weight_of(book, asked.at):
        words["weight_kg"] = weight
    bags, lots = _bags(asked), _lots(asked)
    if bags:
        return Known(words | {"doses": bags}, {})
    if lots and not asked.study.asks_codes:
        return Known(words | {"lot": lots[0].code}, {})
    nobodys = any(recipient_of(lot) is None and lot.made for lot in asked.trial.lots.values())
    return Known(words, {} if nobodys and not asked.study.asks_codes else {"doses": (), "lot": None})


def _lots(asked: _Person) -> list[Lot]:
    """The lots meant for the person of which anything is left, the newest first."""
    code = asked.book.code if asked.book else None
    theirs = [lot for lot in asked.trial.lots.values() if lot.made and recipient_of(lot) == code]
    left = [lot for lot in theirs if anything_left(asked.trial, lot)]
    return sorted(left, key=lambda lot: -(lot.made.order if lot.made else 0))


def _bags(asked: _Person) -> tuple[str, ...]:
    """The doses at the bedside, else those of the newest lot that are left."""
    for out in (True, False):
        for lot in _lots(asked):
            codes = [dose.about or "" for dose in doses_left(asked.trial, lot)]
            places = [(code, whereabouts(asked.trial, code)) for code in codes]
            found = tuple(code for code, where in places if where is not None and where.issued is out)
            if found:
                return found
    return ()


def _resume(asked: _Person) -> Known:
    """The next bag, where one waits; else the same one goes on."""
    running = running_infusions(asked.book) if asked.book else ()
    waiting = running[0].waiting if running else ()
    return Known({"dose_code": waiting[0]}, {}) if waiting else Known({}, {"dose_code": None})


def _vitals(asked: _Person) -> Known:
    moment = next_moment(asked.study, asked.book, asked.at) if asked.book else None
    if moment is None:
        return Known({"moment": "unplanned"}, {"infusion": None})
    return Known({"moment": moment.name, "infusion": moment.infusion}, {})


def _visit(asked: _Person) -> Known:
    """The visit that is open today, else the first that is late."""
    planned = planned_visits(asked.study, asked.book, asked.at.wall.date()) if asked.book else ()
    for state in ("due", "late"):
        for one in planned:
            if one.state == state:
                return Known({"visit": one.visit.id}, {})
    return NOTHING


_KNOWN: Final[Mapping[str, Callable[[_Person], Known]]] = {
    "consent": _consent,
    "enrol": _enrol,
    "give_chemotherapy": _of_cycle,
    "premedicate": _of_cycle,
    "give_gvhd_prophylaxis": _of_cycle,
    "decide_go": _go,
    "check_at_bedside": _check,
    "infuse": _infuse,
    "resume_infusion": _resume,
    "take_vitals": _vitals,
    "visit": _visit,
}
