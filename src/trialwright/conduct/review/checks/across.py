"""One form against another: what an answer at a visit says, and whether the entry that belongs to it is there."""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Final

from trialwright.conduct.review.checks.dates import moment
from trialwright.conduct.review.finding import Finding, found
from trialwright.facts import Occurred
from trialwright.facts.order import certainly_before, spoken
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import Died, Relapsed, ResponseAssessed, Visited
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.events import AdverseEvent, adverse_events
from trialwright.safety.period import collected_until
from trialwright.study.model import Study

NEAR_DAYS: Final = 31
"""How long after a visit a relapse that was told there may be dated: until its sample was read. Ours, assumed."""
OF_HARM: Final = frozenset({"treatment", "infection"})
"""Causes of death that are harm: a fatal adverse event belongs to each, while events are collected."""


def across(study: Study, trial: Trial, book: Casebook) -> Iterator[Finding]:
    """Answers of a visit that no entry bears out, a death without its cause, a relapse that was only assessed."""
    asks = _asks(study)
    events = adverse_events(trial, book)
    before: Entry[Visited] | None = None
    for visit in _in_order(book):
        for name, asked in asks:
            answer = str(visit.what.answers.get(name) or "")
            yield from _answer(trial, book, visit, before, name, (asked, answer), events)
        before = visit
    yield from _death(study, trial, book, events)
    yield from _assessed(trial, book)


def _answer(
    trial: Trial,
    book: Casebook,
    visit: Entry[Visited],
    before: Entry[Visited] | None,
    name: str,
    said: tuple[str, str],
    events: tuple[AdverseEvent, ...],
) -> Iterator[Finding]:
    at = f"at visit {visit.what.visit} of {spoken(visit.occurred)}"
    text = ""
    match said:
        case ("relapse", "yes") if not any(_by_then(one.occurred, visit) for one in book.all(Relapsed)):
            text = f"A relapse was told {at}, and none is recorded. Record it (act relapse), or correct the answer."
        case ("alive", "no") if book.death is None:
            text = f"The person was dead {at}, and no death is recorded. Record it, or correct the answer."
        case ("adverse event", "yes") if not any(_new(event, visit, before) for event in events):
            text = f"A new or changed adverse event was told {at}, and none is recorded since the visit before. "
            text += "Report it (act report_adverse_event, follow_adverse_event), or correct the answer."
    if text:
        saw = (visit.what.visit, visit.occurred, name, said[1])
        rule = f"answer.{said[0].replace(' ', '_')}"
        yield found(trial, book, rule, text, visit, saw=saw, field=name, visit=visit.what.visit, item=name)


def _death(study: Study, trial: Trial, book: Casebook, events: tuple[AdverseEvent, ...]) -> Iterator[Finding]:
    death = book.death
    if death is None:
        return
    day = spoken(death.occurred)
    if death.what.cause == "unknown":
        text = f"The cause of the death of {day} is unknown. Is it known now, or was an autopsy done?"
        yield found(trial, book, "death.no_cause", text, death, saw=(death.what.cause, day), field="cause")
    elif death.what.cause in OF_HARM and not any(event.fatal for event in events) and _in_period(study, book, death):
        text = f"The death of {day} is put down to {death.what.cause}, and no adverse event is recorded as fatal."
        yield found(trial, book, "death.no_fatal_event", text, death, saw=(death.what.cause, day), field="cause")


def _in_period(study: Study, book: Casebook, death: Entry[Died]) -> bool:
    day, until = moment(death.occurred), collected_until(study, book)
    return day is not None and (until is None or day.earliest <= until)


def _assessed(trial: Trial, book: Casebook) -> Iterator[Finding]:
    """Assessments that say relapse, where no relapse is recorded by then."""
    for entry in book.all(ResponseAssessed):
        if entry.what.category == "relapse" and not any(_by_then(one.occurred, entry) for one in book.all(Relapsed)):
            text = f"The assessment of {spoken(entry.occurred)} says relapse, and none is recorded (act relapse)."
            saw = (entry.what.category, entry.occurred)
            yield found(trial, book, "response.no_relapse", text, entry, saw=saw, field="category")


# --- reading ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _asks(study: Study) -> tuple[tuple[str, str], ...]:
    """The items whose answers another entry must bear out: form.item, and what it asks."""
    named = ((f"{form.id}.{item.id}", item.asks) for form in study.forms for item in form.items)
    return tuple((name, asks) for name, asks in named if asks is not None)


def _in_order(book: Casebook) -> list[Entry[Visited]]:
    dated = [(moment(visit.occurred), visit) for visit in book.all(Visited) if visit.what.mode != "missed"]
    known = [(when.earliest, visit.order, visit) for when, visit in dated if when is not None]
    return [visit for _, _, visit in sorted(known, key=lambda row: row[:2])]


def _by_then(occurred: str | None, entry: Entry[Visited] | Entry[ResponseAssessed]) -> bool:
    """Whether a relapse may be the one that was told: dated up to about the visit, or not clearly later."""
    when, seen = moment(occurred), moment(entry.occurred)
    return when is None or seen is None or when.earliest <= seen.latest + timedelta(days=NEAR_DAYS)


def _new(event: AdverseEvent, visit: Entry[Visited], before: Entry[Visited] | None) -> bool:
    """Whether anything of the event may have happened after the visit before and up to this one."""
    seen, since = moment(visit.occurred), moment(before.occurred) if before else None
    days = [event.onset, *(day for one in event.followed if (day := moment(one.occurred)) is not None)]
    return seen is None or any(_within(day, since, seen) for day in days)


def _within(day: Occurred, since: Occurred | None, seen: Occurred) -> bool:
    early = since is not None and certainly_before(day, since)
    return not early and not certainly_before(seen, day)
