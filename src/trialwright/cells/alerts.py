"""Alerts that are open: raised, and not yet answered; and whether they hold cells back."""

from collections.abc import Iterable
from typing import Any

from trialwright.cells.descent import collection_of
from trialwright.cells.seen import Seen, everything
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import AlertAnswered, AlertRaised
from trialwright.ledger.trial import Casebook, Lot, Trial


def open_alerts(chapter: Casebook | Lot, seen: Seen = everything) -> tuple[Entry[AlertRaised], ...]:
    """The alerts of one chapter that nobody has answered yet, oldest first."""
    answered = {entry.what.alert for entry in chapter.all(AlertAnswered) if seen(entry)}
    return tuple(alert for alert in chapter.all(AlertRaised) if seen(alert) and alert.id not in answered)


def all_open_alerts(trial: Trial) -> tuple[Entry[AlertRaised], ...]:
    """Every open alert of the trial, oldest first."""
    found = [alert for chapter in trial.chapters for alert in open_alerts(chapter)]
    return tuple(sorted(found, key=lambda alert: alert.order))


def holds_on(trial: Trial, codes: Iterable[str], seen: Seen = everything) -> tuple[Entry[AlertRaised], ...]:
    """What holds cells of these codes back: alerts not yet answered, and those answered with the cells still held."""
    found: list[Entry[Any]] = []
    for code in codes:
        chapter = trial.chapter(code)
        if chapter is None:
            continue
        answers = {entry.what.alert: entry for entry in chapter.all(AlertAnswered) if seen(entry)}
        for alert in chapter.all(AlertRaised):
            answer = answers.get(alert.id)
            if alert.what.holds and seen(alert) and (answer is None or answer.what.holds_on):
                found.append(alert)
    return tuple(found)


def codes_behind(trial: Trial, lot: Lot, dose: str | None = None) -> tuple[str, ...]:
    """The dose, those it was divided from, its lot and the collection: a hold on any of them holds the dose."""
    doses: list[str] = []
    while dose is not None and dose not in doses:
        doses.append(dose)
        made = trial.doses.get(dose)
        dose = made.what.parent if made else None
    collection = collection_of(trial, lot)
    return tuple(code for code in (*doses, lot.code, collection.about if collection else None) if code)
