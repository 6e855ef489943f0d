"""The stopping rule at work: how many participants count, how many had a toxicity, and how near the bound is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from trialwright.cells.seen import Seen, everything
from trialwright.ledger.trial import Trial
from trialwright.safety.stopping.dlt import DltAnswer, Evaluable, dlt_answers
from trialwright.stats import BetaBinomial, Bounds, posterior_above
from trialwright.study.model import Study
from trialwright.study.safety import StoppingRule
from trialwright.study.stopping import bounds_of

RULE = "stopping rule"
MOST = 40
"""Participants for whom bounds are reckoned where the study names no target."""


@dataclass(frozen=True, slots=True)
class Walked:
    """One step of the path: who was evaluated, and how many events among how many there were then."""

    code: str
    on: date
    evaluable: int
    events: int


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where the trial stands against its stopping rule.

    toxic, without   codes of those evaluable, with and without a dose-limiting toxicity: their number is n
    pending          codes of those who may still count
    path             the way so far, a step for each evaluable participant, by the day their answer stood
    posterior        P(p > p0 | data), for showing; None where the rule has no prior
    pauses_at        the fewest events that pause the trial at this n; None if none can
    """

    rule: StoppingRule
    bounds: Bounds
    answers: tuple[DltAnswer, ...]
    toxic: tuple[str, ...]
    without: tuple[str, ...]
    pending: tuple[str, ...]
    path: tuple[Walked, ...]
    posterior: float | None

    @property
    def evaluable(self) -> int:
        return len(self.toxic) + len(self.without)

    @property
    def events(self) -> int:
        return len(self.toxic)

    @property
    def pauses_at(self) -> int | None:
        return self.bounds.lowest(self.evaluable)

    @property
    def crossed(self) -> bool:
        """Whether the rule says pause, whatever was decided since."""
        return self.bounds.holds(self.events, self.evaluable)

    @property
    def sentence(self) -> str:
        """Where it stands, with the numbers."""
        names = f" ({', '.join(self.toxic)})" if self.toxic else ""
        said = f"{self.events} of {self.evaluable} evaluable participants{names} had a dose-limiting toxicity"
        if (bound := self.pauses_at) is not None:
            said += f"; the rule pauses at {bound} of {self.evaluable}"
        if self.evaluable < self.rule.first_look and bound is not None:
            said += f" (the bound of the first look, {self.rule.first_look})"
        if self.posterior is not None:
            percent = f"{(self.rule.p0 * 100).normalize():f}"
            said += f"; P(rate > {percent} %) is {self.posterior:.8f}, and more than {self.rule.cut} pauses"
        return said


def boundary(study: Study, trial: Trial, on: date, seen: Seen = everything) -> Boundary | None:
    """The stopping rule as of a day; None where the study has no rule, or no toxicity that it counts.

    seen  which entries count: those that were recorded when something was done.
    """
    rule = study.safety.stopping_rule
    if rule is None or study.safety.dlt is None:
        return None
    answers = dlt_answers(study, trial, on, seen)
    toxic, without = (_codes(answers, answer) for answer in (Evaluable.YES, Evaluable.NO))
    bounds = bounds_of(rule, study.enrolment.target or MOST)
    return Boundary(
        rule,
        bounds,
        answers,
        toxic,
        without,
        _codes(answers, Evaluable.NOT_YET),
        _path(answers),
        _posterior(bounds, rule, len(toxic), len(toxic) + len(without)),
    )


def _codes(answers: Iterable[DltAnswer], wanted: Evaluable) -> tuple[str, ...]:
    return tuple(one.code for one in answers if one.answer is wanted)


def _posterior(bounds: Bounds, rule: StoppingRule, events: int, evaluable: int) -> float | None:
    if not isinstance(bounds.rule, BetaBinomial):
        return None
    return posterior_above(rule.p0, events=events, evaluable=evaluable, a=bounds.rule.a, b=bounds.rule.b)


def _path(answers: Iterable[DltAnswer]) -> tuple[Walked, ...]:
    """The steps in the order of days; of one day, those with a toxicity last."""
    counted = [one for one in answers if one.counted and one.known_on]
    counted.sort(key=lambda one: (one.known_on or date.max, one.answer is Evaluable.YES, one.number or 0))
    steps, events = [], 0
    for evaluable, one in enumerate(counted, 1):
        events += one.answer is Evaluable.YES
        steps.append(Walked(one.code, one.known_on or date.max, evaluable, events))
    return tuple(steps)
