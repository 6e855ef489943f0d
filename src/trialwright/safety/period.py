"""From when until when adverse events are collected of a participant."""

from datetime import date, timedelta

from trialwright.facts import parse_occurred
from trialwright.facts.order import certainly_before
from trialwright.ledger.kinds import OtherTherapyStarted, Transplanted, What
from trialwright.ledger.trial import Casebook
from trialwright.safety.events import STUDY_TREATMENT, AdverseEvent
from trialwright.study.model import Study

ENDS: dict[str, type[What]] = {"other therapy": OtherTherapyStarted, "transplant": Transplanted}


def collected_until(study: Study, book: Casebook) -> date | None:
    """The last day on which a new event is collected; None while no end is known (no infusion, no rule).

    Other therapy or a transplant certainly before the last infusion ended nothing: study treatment went on.
    """
    rule = study.safety.collection
    if rule is None:
        return None
    started = [parse_occurred(entry.occurred) for entry in book.infusions if entry.occurred]
    ends = [max(one.latest for one in started) + timedelta(days=rule.days_after_last_infusion)] if started else []
    for name in rule.ends_at:
        dated = [parse_occurred(entry.occurred) for entry in book.all(ENDS[name]) if entry.occurred]
        ends += [day.latest for day in dated if not any(certainly_before(day, given) for given in started)]
    return min(ends, default=None)


def is_collected(study: Study, book: Casebook, event: AdverseEvent) -> bool:
    """Whether an event belongs into the tables: begun in the period, or of those that are collected without end.

    Related serious events, and the terms the study names, are collected for ever; unknown relation counts as related.
    """
    until = collected_until(study, book)
    if until is None or event.onset.earliest <= until:
        return True
    rule = study.safety.collection
    named = rule is not None and any(_is(event, term) for term in rule.without_end)
    return named or (event.serious and event.may_be_due_to(STUDY_TREATMENT))


def _is(event: AdverseEvent, term: str) -> bool:
    """Whether the event is of a term; of an "Other, specify", whether its words name it (CTCAE 5.0 lacks some)."""
    return event.term == term or term.casefold() in (event.reported.what.specify or "").casefold()
