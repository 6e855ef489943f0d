"""Gates of answering an alert."""

from collections.abc import Iterable
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import person_key, read_role
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
    if read_role(deed.actor.role).value not in raised.what.to:
        called = " or the ".join(raised.what.to)
        yield Reason(
            "alert.not_called",
            f"Alert {raised.id} about {raised.about} calls the {called}; {deed.actor.id} acts as {deed.actor.role}.",
            f"Let the {called} answer it.",
        )
    if raised.what.holds and person_key(deed.actor.id) == person_key(raised.actor.id):
        yield Reason(
            "alert.own_work",
            f"{deed.actor.id} recorded what holds {raised.about} back; whether it may be used is for another person.",
            "Let somebody else of the laboratory decide.",
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
