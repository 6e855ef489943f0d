"""What stands in the way of locking the study: each thing by a key of its own, so that it can be set aside by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from trialwright.cells.release_tests import judge_lot
from trialwright.conduct.review.queries import queries
from trialwright.conduct.review.signatures import casebook_signed
from trialwright.conduct.review.standing import CLOSED
from trialwright.ledger.trial import Trial
from trialwright.safety.events import adverse_events
from trialwright.safety.view_parts import is_open
from trialwright.study.model import Study


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One thing in the way of the lock.

    sort   query | signature | result | serious event
    key    by which the act that locks sets it aside
    """

    sort: str
    key: str
    about: str
    text: str


def lock_readiness(study: Study, trial: Trial, on: date) -> tuple[Hindrance, ...]:
    """Everything in the way of the lock on a day: open queries, casebooks unsigned, results pending, open harm."""
    return (
        *_queries(study, trial, on),
        *_casebooks(trial),
        *_results(study, trial, on),
        *_serious(trial),
    )


def _queries(study: Study, trial: Trial, on: date) -> Iterator[Hindrance]:
    for one in queries(study, trial, on):
        if one.state != CLOSED:
            yield Hindrance("query", f"query:{one.key}", one.about, f"{one.about}, {one.state}: {one.text}")


def _casebooks(trial: Trial) -> Iterator[Hindrance]:
    for book in trial.casebooks.values():
        if not casebook_signed(trial, book):
            text = f"The casebook of {book.code} is not signed as it stands."
            yield Hindrance("signature", f"casebook:{book.code}", book.code, text)


def _results(study: Study, trial: Trial, on: date) -> Iterator[Hindrance]:
    """Release tests whose results may come after the cells were given, and have not come."""
    for lot in trial.lots.values():
        for test in judge_lot(study, trial, lot, on) if lot.given else ():
            if test.may_be_pending and test.status == "unknown":
                text = f"The result of {test.label} of lot {lot.code} is pending, and its cells were given."
                yield Hindrance("result", f"result:{lot.code}:{test.id}", lot.code, text)


def _serious(trial: Trial) -> Iterator[Hindrance]:
    for chapter in trial.chapters:
        for event in adverse_events(trial, chapter):
            if event.serious and is_open(event):
                text = f"The end of {event.named} of {event.about} ({event.onset}), serious, is not recorded."
                yield Hindrance("serious event", f"event:{event.id}", event.about, text)
