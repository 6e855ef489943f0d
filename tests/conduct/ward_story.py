"""The whole demonstration played in memory, so that it can be asked about at any moment of its way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from trialwright.cli.demo import UNTIL
from trialwright.conduct import ACTS, Outcome, Refusal, read_what
from trialwright.facts import LocalTime, parse_occurred
from trialwright.ledger import Actor, Entry, Fold, NewEntry, Trial
from trialwright.ledger.instants import format_instant
from trialwright.ledger.kinds import Adopted
from trialwright.simulate.step import COORDINATOR, Desk, Step, words_of
from trialwright.simulate.story import story
from trialwright.study import Study, read_study

ZONE = "Asia/Shanghai"


@cache
def reference_study() -> Study:
    source = files("trialwright") / "studies" / "nct05333705" / "study.yaml"
    return read_study(source.read_text(encoding="utf-8"), "study.yaml").study


@dataclass
class Ward:
    """A ledger in memory that steps of the demonstration, and other acts, are written into."""

    study: Study = field(default_factory=reference_study)
    fold: Fold = field(default_factory=Fold)
    done: int = 0
    fresh: bool = True

    def __post_init__(self) -> None:
        if not self.fresh:
            return
        adopted = Adopted("text", "reference", "1.0", True, 15, {"XA": ZONE})
        self.keep((NewEntry(adopted),), COORDINATOR, "adopt", datetime(2023, 1, 1, tzinfo=UTC))

    @property
    def trial(self) -> Trial:
        return self.fold.trial()

    def keep(self, entries: tuple[NewEntry, ...], actor: Actor, id: str, at: datetime) -> None:
        """Writes entries as the store does: the first under the act's id, the others under id.2, id.3 ..."""
        for place, new in enumerate(entries, 1):
            self.fold.add(
                Entry(
                    seq=self.fold.size,
                    id=id if place == 1 else f"{id}.{place}",
                    study="nct05333705",
                    study_sha256="reference",
                    site="XA",
                    actor=actor,
                    recorded_at=format_instant(at),
                    hash=sha256(repr((self.fold.size, new)).encode()).digest(),
                    **{name: getattr(new, name) for name in NewEntry.__slots__},
                )
            )

    def do(self, step: Step) -> Outcome:
        """What the act of a step answers; written, unless it is refused."""
        act, at = ACTS[step.act], step.at.astimezone(UTC)
        outcome = act(
            self.study,
            self.trial,
            step.by,
            step.who,
            read_what(act, words_of(step, self.trial)),
            step.on,
            second=step.second,
            told=step.told,
            site="XA",
            now=format_instant(at),
        )
        self.done += 1
        if not isinstance(outcome, Refusal):
            self.keep(outcome, step.by, step.id or f"step-{self.done:05d}", at)
        return outcome


def steps() -> tuple[Step, ...]:
    return story(reference_study(), np.random.default_rng(1), until=UNTIL)


def played(ask: Callable[[Ward, Step], Any] | None = None) -> tuple[Ward, list[Any]]:
    """The whole demonstration, and what was answered just before each step."""
    ward, found = Ward(), []
    for step in steps():
        if ask is not None:
            found.append(ask(ward, step))
        ward.do(step)
    return ward, found


@cache
def _trials(*moments: str) -> dict[str, Trial]:
    ward, waiting, found = Ward(), sorted(moments), {}
    for step in steps():
        while waiting and step.at > moment(waiting[0]).instant:
            found[waiting.pop(0)] = ward.trial
        ward.do(step)
    return found | dict.fromkeys(waiting, ward.trial)


def trial_at(until: str) -> Trial:
    """The trial as it stood at one of the moments that the tests ask about: the demonstration is played once."""
    return _trials(*MOMENTS)[until]


MOMENTS = (
    "2023-02-06T08:00",
    "2023-02-07T08:00",
    "2023-03-17T14:50",
    "2023-06-17T12:00",
    "2023-06-20T12:00",
    "2023-06-24T18:00",
    "2023-07-13T12:00",
    "2023-07-14T08:00",
    "2023-07-14T10:00",
    "2023-07-14T13:10",
    "2023-07-14T13:50",
    "2023-07-14T14:25",
    "2023-07-14T14:32",
    "2023-07-14T14:35",
    "2023-07-14T15:02",
    "2023-07-14T15:10",
    "2023-07-15T16:00",
    "2023-07-20T10:00",
    "2023-07-20T12:00",
    "2023-07-29T19:00",
    "2023-09-19T21:30",
    "2023-09-22T12:00",
    "2024-02-01T12:00",
    "2025-03-25T12:00",
    "2026-06-30T10:00",
)


def moment(text: str) -> LocalTime:
    read = parse_occurred(f"{text}+08:00[{ZONE}]")
    assert isinstance(read, LocalTime)
    return read


def clock(at: datetime) -> LocalTime:
    """An instant as the site's clock shows it."""
    read = parse_occurred(Desk(ZONE).moment(at.astimezone(ZoneInfo(ZONE))))
    assert isinstance(read, LocalTime)
    return read


def refused(outcome: Outcome) -> tuple[str, ...]:
    """The codes of a refusal; none where the act was done."""
    return tuple(reason.code for reason in outcome.reasons) if isinstance(outcome, Refusal) else ()
