"""Gates of decisions about the trial as a whole."""

from collections.abc import Iterable
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.pauses import known_to_deciders, occurred_then
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import read_role
from trialwright.ledger.kinds import ChemotherapyGiven, Infused
from trialwright.ledger.trial import Casebook
from trialwright.safety.stopping.pauses import covers, pauses


def something_to_resume(deed: Deed[Any]) -> Iterable[Reason]:
    """The trial is paused, by what the decision can have known. An exemption from the stagger needs no pause."""
    if deed.what.scope == "stagger":
        return
    known = pauses(deed.study, deed.trial, deed.when.latest, known_to_deciders(deed))
    there = pauses(deed.study, deed.trial, deed.when.latest, occurred_then(deed))
    if news := [pause for pause in there if not any(covers(one.answer, pause) for one in known)]:
        yield Reason(
            "resume.before_news",
            f"What pauses the trial was written down after {deed.dated}: {'; '.join(pause.reason for pause in news)}.",
            "Date the decision when it was made. If it was made then and its minutes deal with this, record it from "
            "them: --happened, the minutes as source, and --dealt-with naming the participants or lots.",
        )
    elif not known:
        yield Reason(
            "trial.not_paused",
            f"The trial is not paused on {deed.dated}.",
            "Nothing to resume; for the stagger give scope stagger and the participants exempt.",
        )


def exempt_named(deed: Deed[Any]) -> Iterable[Reason]:
    """An exemption names its participants; resuming the whole trial names none."""
    if deed.what.scope == "trial" and deed.what.exempt:
        yield Reason(
            "resume.exempt_whole_trial",
            f"The trial as a whole resumes, yet {', '.join(deed.what.exempt)} are named as exempt.",
            "Leave the names out, or give scope participants.",
        )
    if deed.what.scope != "trial" and not deed.what.exempt:
        yield Reason(
            "resume.nobody_exempt",
            f"An exemption from the {'stagger' if deed.what.scope == 'stagger' else 'pause'} names nobody.",
            "Name the participants (exempt).",
        )


def decided_by_those_named(deed: Deed[Any]) -> Iterable[Reason]:
    """The decision is written by one of those whom the study names for it."""
    named = deed.study.safety.decided_by
    if read_role(deed.actor.role).value not in named:
        yield Reason(
            "resume.not_theirs",
            f"{deed.actor.id} acts as {deed.actor.role}; in this study the {' or the '.join(named)} decides.",
            f"Let the {' or the '.join(named)} record the decision.",
        )


def exempt_are_conditioned(deed: Deed[Any]) -> Iterable[Reason]:
    """Only somebody who has had the chemotherapy and not yet the cells may be exempt from a pause."""
    for who in deed.what.exempt if deed.what.scope == "participants" else ():
        book = deed.trial.casebook(who)
        if book is not None and not _between(deed, book):
            yield Reason(
                "resume.not_conditioned",
                f"{book.code} is not between chemotherapy and infusion on {deed.dated}.",
                f"Only who has had the chemotherapy and not yet the cells is exempt from a pause: leave {who} out, or "
                "end the pause for all (scope trial).",
            )


def _between(deed: Deed[Any], book: Casebook) -> bool:
    """Whether a cycle's chemotherapy was begun and its cells not yet given."""
    given = {entry.what.cycle for entry in deed.earlier(Infused, book)}
    return any(entry.what.cycle not in given for entry in deed.earlier(ChemotherapyGiven, book))
