"""Where the trial stands against its stopping rule, as plain facts: path, boundary, pauses, decisions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from trialwright.ledger import Trial
from trialwright.ledger.kinds import Resumed
from trialwright.safety.stopping.boundary import Boundary, boundary
from trialwright.safety.stopping.dlt import DltAnswer, dlt_answers
from trialwright.safety.stopping.pauses import pauses
from trialwright.safety.stopping.triggers import fired
from trialwright.stats import operating_characteristics
from trialwright.study import Study
from trialwright.study.safety import StoppingRule

TRUE_RATES: Final = ("0.1", "0.2", "0.3", "0.4", "0.5")
MOST_RECKONED: Final = 100
"""Participants up to which the rule's operating characteristics are reckoned: they are exact, and take long beyond."""


@dataclass(frozen=True, slots=True)
class Person:
    """A participant, by code and number; the number is None for somebody who was never enrolled."""

    code: str
    number: int | None


@dataclass(frozen=True, slots=True)
class DltFacts:
    """Whether one participant had a dose-limiting toxicity: yes | no | not yet evaluable | not evaluable; and why.

    began, ends  the window's days; None before an infusion
    found        what it rests on: id of the event or assessment, and when
    """

    person: Person
    answer: str
    because: tuple[str, ...]
    began: str | None
    ends: date | None
    known_on: date | None
    found: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WalkedFacts:
    """One step of the path."""

    person: Person
    on: date
    evaluable: int
    events: int


@dataclass(frozen=True, slots=True)
class Characteristic:
    """What the rule does at one true rate: probability of a stop, participants on average."""

    true_rate: str
    p_stop: float
    expected_n: float


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """The rule itself. `lowest` is the fewest events that pause at 1, 2 … participants; None: none can."""

    method: str
    p0: str
    cut: str | None
    prior: tuple[str, str] | None
    alpha: str | None
    first_look: int
    lowest: tuple[int | None, ...]
    characteristics: tuple[Characteristic, ...]
    assumed: bool
    basis: str


@dataclass(frozen=True, slots=True)
class BoundaryFacts:
    """Where the trial stands against the rule. `after_next`: the bound with one more participant evaluable."""

    rule: RuleFacts
    evaluable: int
    events: int
    toxic: tuple[Person, ...]
    pending: tuple[Person, ...]
    path: tuple[WalkedFacts, ...]
    posterior: float | None
    pauses_at: int | None
    after_next: int | None
    crossed: bool


@dataclass(frozen=True, slots=True)
class DefinitionFacts:
    """What counts as dose-limiting, and for how long."""

    days_after_first_infusion: int
    days_after_chemotherapy_start: int | None
    minimum_dose_percent: str | None
    items: tuple[str, ...]
    assumed: bool
    basis: str


@dataclass(frozen=True, slots=True)
class TriggerFacts:
    """Something that pauses the trial by itself, and each time it happened: when, and in words.

    in_force  whether it pauses the trial now: no decision has answered all of it
    """

    id: str
    text: str
    count: int
    fired: tuple[tuple[str | None, str], ...]
    in_force: bool
    assumed: bool
    basis: str

    @property
    def reached(self) -> bool:
        return len(self.fired) >= self.count


@dataclass(frozen=True, slots=True)
class PauseFacts:
    """A pause in force: by the stopping rule, by a trigger's id, or by whoever paused by hand."""

    by: str
    label: str  # the trigger's words, or the rule's name
    since: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """A decision of the board: by whom, when, what, for whom, and which pauses it answered."""

    on: str | None
    decided_by: str
    decision: str
    scope: str
    exempt: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]  # the rule or the trigger's words, the reason as it stood
    entry: int


@dataclass(frozen=True, slots=True)
class StoppingFacts:
    """Everything about stopping. A part that the study does not have is None or empty."""

    boundary: BoundaryFacts | None
    definition: DefinitionFacts | None
    answers: tuple[DltFacts, ...]
    triggers: tuple[TriggerFacts, ...]
    pauses: tuple[PauseFacts, ...]
    decisions: tuple[DecisionFacts, ...]


def stopping_facts(study: Study, then: Trial, cut_off: date) -> StoppingFacts:
    """How the trial stands at the end of the cut-off day, by what occurred up to it."""
    stands = boundary(study, then, cut_off)
    answers = stands.answers if stands else dlt_answers(study, then, cut_off)
    paused = pause_facts(study, then, cut_off)
    return StoppingFacts(
        _boundary(then, stands) if stands else None,
        _definition(study),
        tuple(_dlt(one) for one in answers),
        _triggers(study, then, {one.by for one in paused}),
        paused,
        _decisions(study, then),
    )


def pause_facts(study: Study, then: Trial, cut_off: date) -> tuple[PauseFacts, ...]:
    """Every pause in force at the end of the cut-off day that no decision has ended."""
    labels = {trigger.id: trigger.text for trigger in study.safety.triggers}
    found = pauses(study, then, cut_off)
    return tuple(
        PauseFacts(one.rule, labels.get(one.rule, one.rule), str(one.since) if one.since else None, one.reason)
        for one in found
    )


def person(trial: Trial, code: str) -> Person:
    """Somebody by code, with the number if enrolled."""
    book = trial.casebook(code)
    return Person(code, book.number if book else None)


def _boundary(trial: Trial, stands: Boundary) -> BoundaryFacts:
    return BoundaryFacts(
        rule=_rule(stands),
        evaluable=stands.evaluable,
        events=stands.events,
        toxic=tuple(person(trial, code) for code in stands.toxic),
        pending=tuple(person(trial, code) for code in stands.pending),
        path=tuple(WalkedFacts(person(trial, one.code), one.on, one.evaluable, one.events) for one in stands.path),
        posterior=stands.posterior,
        pauses_at=stands.pauses_at,
        after_next=stands.bounds.lowest(stands.evaluable + 1),
        crossed=stands.crossed,
    )


def _rule(stands: Boundary) -> RuleFacts:
    rule: StoppingRule = stands.rule
    shown = max(len(stands.bounds.at), stands.evaluable)
    few = len(stands.bounds.at) <= MOST_RECKONED
    reckoned = [(rate, operating_characteristics(stands.bounds, Fraction(rate))) for rate in TRUE_RATES if few]
    return RuleFacts(
        method=rule.method,
        p0=str(rule.p0),
        cut=None if rule.cut is None else str(rule.cut),
        prior=None if rule.prior is None else (str(rule.prior.a), str(rule.prior.b)),
        alpha=None if rule.alpha is None else str(rule.alpha),
        first_look=rule.first_look,
        lowest=tuple(stands.bounds.lowest(n) for n in range(1, shown + 1)),
        characteristics=tuple(Characteristic(rate, one.p_stop, one.expected_n) for rate, one in reckoned),
        assumed=rule.source == "assumption",
        basis=rule.basis or "",
    )


def _definition(study: Study) -> DefinitionFacts | None:
    rule = study.safety.dlt
    if rule is None:
        return None
    least = rule.minimum_dose_percent
    return DefinitionFacts(
        rule.days_after_first_infusion,
        rule.days_after_chemotherapy_start,
        None if least is None else f"{least.normalize():f}",
        tuple(item.text for item in rule.items),
        rule.source == "assumption",
        rule.basis or "",
    )


def _dlt(one: DltAnswer) -> DltFacts:
    window = one.window
    rests_on = tuple((id, str(found.on)) for found in one.found for id in found.entries)
    return DltFacts(
        Person(one.code, one.number),
        one.answer.value,
        one.because,
        str(window.start) if window else None,
        window.last if window else None,
        one.known_on,
        rests_on,
    )


def _triggers(study: Study, then: Trial, in_force: Collection[str]) -> tuple[TriggerFacts, ...]:
    return tuple(
        TriggerFacts(
            trigger.id,
            trigger.text,
            trigger.count,
            tuple((str(one.on) if one.on else None, one.sentence) for one in fired(study, then, trigger)),
            trigger.id in in_force,
            trigger.source == "assumption",
            trigger.basis or "",
        )
        for trigger in study.safety.triggers
    )


def _decisions(study: Study, then: Trial) -> tuple[DecisionFacts, ...]:
    """Every decision to go on, oldest first."""
    labels = {trigger.id: trigger.text for trigger in study.safety.triggers}
    return tuple(
        DecisionFacts(
            entry.occurred,
            entry.what.decided_by,
            entry.what.decision,
            entry.what.scope,
            entry.what.exempt,
            tuple(_answered(one, labels) for one in entry.what.answers),
            entry.seq,
        )
        for entry in then.of_study.all(Resumed)
    )


def _answered(one: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[str, str]:
    """One pause that a decision was about: what paused, and why, as it stood then."""
    rule, reason = str(one.get("rule", "")), str(one.get("reason", ""))
    label = labels.get(rule, rule)
    return label, reason.removeprefix(f"{label}: ")
