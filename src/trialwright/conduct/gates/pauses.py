"""Gates that hold the whole trial back: a pause, and the stagger between the first participants."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.facts import parse_occurred
from trialwright.facts.order import spoken, spoken_distance
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import ChemotherapyGiven, NotInfused, Paused, Resumed
from trialwright.ledger.trial import Casebook


def not_paused(deed: Deed[Any]) -> Iterable[Reason]:
    """The trial is not paused, or this person is exempt by name."""
    pause = pause_in_force(deed)
    if pause is None or _exempt(deed, "participants", deed.book, since=pause):
        return
    yield Reason(
        "trial.paused",
        f"The trial is paused since {spoken(pause.occurred)}, by {pause.what.by_rule}: {pause.what.reason}.",
        "Wait for the decision that resumes it (act resume), which may exempt named participants.",
    )


def pause_in_force(deed: Deed[Any]) -> Entry[Paused] | None:
    """The newest pause that no decision about the trial as a whole has ended."""
    resumed = [entry.seq for entry in deed.standing(Resumed, deed.trial.of_study) if entry.what.scope == "trial"]
    open_ones = [p for p in deed.standing(Paused, deed.trial.of_study) if all(p.seq > seq for seq in resumed)]
    return open_ones[-1] if open_ones else None


def stagger_over(deed: Deed[Any]) -> Iterable[Reason]:
    """The first study chemotherapy waits until the participant before has been watched long enough."""
    stagger = deed.study.enrolment.stagger
    number = deed.book.number
    if stagger is None or number is None or deed.earlier(ChemotherapyGiven):
        return
    previous = _holder_before(deed, number)
    if previous is None or previous.number is None or previous.number > stagger.first:
        return
    if _exempt(deed, "stagger", deed.book) or _never_infused(deed, previous):
        return
    named = f"{previous.code} (participant {previous.number})"
    opens = stagger_opens_on(deed, previous)
    if opens is None:
        yield Reason(
            "stagger.not_over",
            f"{named} has not been infused yet; participant {number} waits {stagger.days} days after that infusion.",
            f"Wait, or record that {previous.code} will not be infused (act not_infused); "
            "the safety board may exempt this participant (act resume, scope stagger).",
        )
    elif deed.when.latest < opens:
        yield Reason(
            "stagger.not_over",
            f"{deed.dated} is {spoken_distance(stagger.days - (opens - deed.when.latest).days)} the first infusion of "
            f"{named}; the stagger is {stagger.days} days and opens on {opens}.",
            f"Start on {opens} or later; the safety board may exempt this participant (act resume, scope stagger).",
        )


def stagger_opens_on(deed: Deed[Any], previous: Casebook) -> date | None:
    """The day on which the next participant may start; None while nobody can say."""
    stagger = deed.study.enrolment.stagger
    first = min((parse_occurred(e.occurred).earliest for e in previous.infusions if e.occurred), default=None)
    return None if first is None or stagger is None else first + timedelta(days=stagger.days)


def _holder_before(deed: Deed[Any], number: int) -> Casebook | None:
    """Who holds the place before: numbers of retracted enrolments are skipped, nobody waits for them."""
    before = [book for book in deed.trial.enrolled if (book.number or 0) < number]
    return before[-1] if before else None


def _never_infused(deed: Deed[Any], previous: Casebook) -> bool:
    return any(entry.what.cycle is None for entry in deed.earlier(NotInfused, previous))


def _exempt(deed: Deed[Any], scope: str, book: Casebook, since: Entry[Any] | None = None) -> bool:
    """Whether a decision names the person; an exemption from a pause holds for that pause only."""
    return any(
        entry.what.scope == scope
        and (book.code in entry.what.exempt or str(book.number) in entry.what.exempt)
        and (since is None or entry.seq > since.seq)
        for entry in deed.earlier(Resumed, deed.trial.of_study)
    )
