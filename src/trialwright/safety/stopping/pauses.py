"""Whether the trial is paused, by whom or by which rule, and which decision let it go on.

A pause is not an entry that somebody must remember to write: it follows from what happened. It ends with a decision
that was recorded, and comes back only when something new happens: another participant with a toxicity, fewer without
one than the decision rested on, another death, another lot.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from trialwright.cells.seen import Seen, everything
from trialwright.facts import Occurred, parse_occurred
from trialwright.facts.order import spoken
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import Paused, Resumed
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.events import first_id
from trialwright.safety.moments import in_order
from trialwright.safety.stopping.boundary import RULE, boundary
from trialwright.safety.stopping.triggers import fired
from trialwright.study.model import Study

BY_HAND: Final = "by hand"


@dataclass(frozen=True, slots=True)
class Pause:
    """Enrolment and infusion stand still: by which rule, since when, and why, with the numbers.

    about     what a decision must have known to settle it: codes of participants, keys of what happened, entry ids
    without   participants evaluable without a toxicity then (stopping rule only): fewer make it worse
    """

    rule: str
    reason: str
    since: Occurred | None
    about: tuple[str, ...]
    without: int = 0

    @property
    def answer(self) -> dict[str, Any]:
        """How a decision writes down what it was about."""
        return {"rule": self.rule, "about": list(self.about), "without": self.without, "reason": self.reason}

    @property
    def sentence(self) -> str:
        """Since when, by what and why."""
        since = f" since {spoken(str(self.since))}" if self.since else ""
        return f"The trial is paused{since}, by {self.rule}: {self.reason}."


def pauses(study: Study, trial: Trial, on: date, seen: Seen = everything) -> tuple[Pause, ...]:
    """Every pause in force as of a day that no decision about the trial as a whole has ended.

    seen  which entries count: a pause begins when what causes it was recorded.
    """
    decisions = [entry for entry in _decisions(trial, seen) if entry.what.scope == "trial"]
    return tuple(pause for pause in all_pauses(study, trial, on, seen) if not _settled(pause, decisions))


def pauses_for(study: Study, trial: Trial, book: Casebook, on: date, seen: Seen = everything) -> tuple[Pause, ...]:
    """The pauses that hold for one participant: those that no decision has ended and none exempts them from."""
    named = {book.code, str(book.number)}
    exempt = [
        entry
        for entry in _decisions(trial, seen)
        if entry.what.scope == "participants" and named & set(entry.what.exempt)
    ]
    return tuple(pause for pause in pauses(study, trial, on, seen) if not _settled(pause, exempt))


def all_pauses(study: Study, trial: Trial, on: date, seen: Seen = everything) -> Iterator[Pause]:
    """Every pause there would be if nothing had been decided: by hand, by the stopping rule, by each trigger."""
    for entry in trial.of_study.all(Paused):
        if seen(entry):
            since = parse_occurred(entry.occurred) if entry.occurred else None
            yield Pause(entry.what.by_rule, entry.what.reason, since, (f"{BY_HAND}:{first_id(trial, entry.id)}",))
    stands = boundary(study, trial, on, seen)
    if stands is not None and stands.crossed:
        since = _last(one.found[0].on for one in stands.answers if one.found)
        yield Pause(RULE, stands.sentence, since, stands.toxic, len(stands.without))
    for trigger in study.safety.triggers:
        happened = fired(study, trial, trigger, seen)
        if len(happened) >= trigger.count:
            reason = f"{trigger.text}: {'; '.join(one.sentence for one in happened)}"
            about = tuple(dict.fromkeys(part for one in happened for part in one.about))
            yield Pause(trigger.id, reason, _last(one.on for one in happened), about)


def _last(moments: Iterable[Occurred | None]) -> Occurred | None:
    return max((one for one in moments if one is not None), key=in_order, default=None)


def _decisions(trial: Trial, seen: Seen) -> tuple[Entry[Resumed], ...]:
    return tuple(entry for entry in trial.of_study.all(Resumed) if seen(entry))


def _settled(pause: Pause, decisions: list[Entry[Resumed]]) -> bool:
    """Whether one decision knew all that this pause is about, and no worse."""
    return any(covers(answer, pause) for entry in decisions for answer in entry.what.answers)


def covers(answer: dict[str, Any], pause: Pause) -> bool:
    """Whether a decision's answer knew all that a pause is about, and no worse."""
    if answer.get("rule") != pause.rule or not set(pause.about) <= set(answer.get("about", ())):
        return False
    return pause.without >= int(answer.get("without", 0))
