"""Gates of answering an alert."""

from collections.abc import Iterable
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import read_role
from trialwright.facts.order import spoken
from trialwright.ledger.kinds import AlertAnswered, AlertRaised


def alert_open(deed: Deed[Any]) -> Iterable[Reason]:
    """The alert was raised, and nobody answered it."""
    raised = deed.trial.by_id.get(deed.what.alert)
    if raised is None or not isinstance(raised.what, AlertRaised):
        yield Reason(
            "alert.unknown",
            f"No alert has the id {deed.what.alert!r}.",
            "`trialwright cells DIR` lists the open alerts with their ids.",
        )
        return
    if raised.what.holds and read_role(deed.actor.role).value not in raised.what.to:
        called = " and the ".join(raised.what.to)
        yield Reason(
            "alert.not_called",
            f"Alert {raised.id} holds {raised.about} back and calls the {called}; {deed.actor.id} acts as "
            f"{deed.actor.role}.",
            f"Let the {called} answer it.",
        )
    chapter = deed.trial.chapter(raised.about or "")
    answers = [entry for entry in chapter.all(AlertAnswered) if entry.what.alert == raised.id] if chapter else []
    for answer in answers[-1:]:
        if not answer.what.holds_on:
            yield Reason(
                "alert.answered",
                f"Alert {raised.id} was answered on {spoken(answer.occurred)} by {answer.actor.id}: "
                f"{answer.what.answer}.",
                "Nothing to do. If that answer is wrong, correct it (act correct).",
            )
