"""What else an amendment touches: questions of forms, lots of cells, pauses, estimates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from trialwright.cells.states import LotState, lot_state
from trialwright.conduct.forms import form_items
from trialwright.endpoints import EndpointResult, estimate_all
from trialwright.facts import PartialDate
from trialwright.ledger.trial import Trial
from trialwright.safety.stopping.pauses import pauses
from trialwright.study import Study
from trialwright.study.model import Item

KEPT = ("id", "label")
"""Fields of a question that may change and leave the answers what they are."""


@dataclass(frozen=True, slots=True)
class QuestionOtherwise:
    """A question that is new, gone or asks for another kind of answer, and how many answers are recorded.

    item  form.item, as answers name it
    """

    item: str
    label: str
    what: Literal["new", "gone", "changed"]
    changed: tuple[str, ...]  # which of its fields
    answers: int


@dataclass(frozen=True, slots=True)
class LotOtherwise:
    """A lot that stands otherwise under the new release tests: its state, the tests it fails and those still open."""

    lot: str
    was: LotState
    would_be: LotState


@dataclass(frozen=True, slots=True)
class PauseOtherwise:
    """A pause that only one of the two versions has, in its own sentence."""

    rule: str
    was: str | None
    would_be: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """An endpoint's number where it is read: people, events, and the estimate; None where there is none."""

    n: int
    events: int
    at_days: float
    estimate: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class EstimateOtherwise:
    """An endpoint that is new, gone, defined otherwise, or comes out otherwise; None where a version has none."""

    id: str
    label: str
    defined_otherwise: bool
    was: Reading | None
    would_be: Reading | None


def questions_otherwise(now: Study, new: Study, trial: Trial) -> tuple[QuestionOtherwise, ...]:
    """Every question of a form that is not the same, in the order of the forms."""
    before, after = form_items(now), form_items(new)
    counts = _answers(trial) if before != after else {}
    found = []
    for name in dict.fromkeys((*before, *after)):
        old, one = before.get(name), after.get(name)
        fields = _fields(old, one)
        if old is None or one is None or fields:
            what: Literal["new", "gone", "changed"] = "new" if old is None else "gone" if one is None else "changed"
            label = (one or old).label  # type: ignore[union-attr]  # one of the two is there
            found.append(QuestionOtherwise(name, label, what, fields, counts.get(name, 0)))
    return tuple(found)


def _fields(old: Item | None, new: Item | None) -> tuple[str, ...]:
    if old is None or new is None:
        return ()
    names = (name for name in old.__dataclass_fields__ if name not in KEPT)
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


def _answers(trial: Trial) -> dict[str, int]:
    """How often each question was answered, in whatever entries hold answers."""
    counts: dict[str, int] = {}
    for book in trial.casebooks.values():
        for entry in book.entries:
            answers = getattr(entry.what, "answers", None)
            for name, answer in answers.items() if isinstance(answers, dict) else ():
                counts[name] = counts.get(name, 0) + (answer not in (None, ""))
    return counts


def lots_otherwise(now: Study, new: Study, trial: Trial, on: date) -> tuple[LotOtherwise, ...]:
    """Every lot that would stand otherwise; lots already given are among them, if they would fail now."""
    if now.product == new.product and now.eligibility == new.eligibility:
        return ()
    day = PartialDate.of(on)
    pairs = (
        (lot.code, lot_state(now, trial, lot, day), lot_state(new, trial, lot, day)) for lot in trial.lots.values()
    )
    return tuple(LotOtherwise(code, was, would_be) for code, was, would_be in pairs if was != would_be)


def pauses_otherwise(now: Study, new: Study, trial: Trial, on: date) -> tuple[PauseOtherwise, ...]:
    """What pauses the trial under one version and not under the other, as of the day."""
    was = {(one.rule, one.about): one.sentence for one in pauses(now, trial, on)}
    would_be = {(one.rule, one.about): one.sentence for one in pauses(new, trial, on)}
    keys = dict.fromkeys((*was, *would_be))
    return tuple(
        PauseOtherwise(key[0], was.get(key), would_be.get(key)) for key in keys if (key in was) != (key in would_be)
    )


def estimates_otherwise(now: Study, new: Study, trial: Trial, on: date) -> tuple[EstimateOtherwise, ...]:
    """Every endpoint whose definition or number is another, with both numbers as of the day."""
    return tuple(_estimates(now, new, trial, on))


def _estimates(now: Study, new: Study, trial: Trial, on: date) -> Iterator[EstimateOtherwise]:
    was = {one.endpoint.id: one for one in estimate_all(now, trial, on)}
    would_be = {one.endpoint.id: one for one in estimate_all(new, trial, on)}
    for id in dict.fromkeys((*was, *would_be)):
        before, after = was.get(id), would_be.get(id)
        old, one = (_reading(found) if found else None for found in (before, after))
        defined = (before.endpoint if before else None) != (after.endpoint if after else None)
        if defined or old != one:
            label = (after or before).endpoint.label  # type: ignore[union-attr]  # one of the two is there
            yield EstimateOtherwise(id, label, defined, old, one)


def _reading(result: EndpointResult) -> Reading:
    shown = result.horizon.shown if result.horizon else None
    events = sum(result.events.values())
    numbers = (shown.estimate, shown.lower, shown.upper) if shown else (None, None, None)
    return Reading(result.n, events, result.horizon_days, *numbers)
