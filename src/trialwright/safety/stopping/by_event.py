"""Toxicities by the grade of an adverse event, and deaths that no event explains."""

from collections.abc import Callable, Iterator
from itertools import chain

from trialwright.facts import Occurred, PartialDate, parse_occurred
from trialwright.facts.order import certainly_before, spoken
from trialwright.safety.baselines import condition_grade
from trialwright.safety.events import NOT_RELATED, RELATED, UNKNOWN, AdverseEvent, GradeSince, first_id
from trialwright.safety.stopping.found import Asked, Found
from trialwright.safety.stopping.hours import hours_between
from trialwright.study.safety import Toxicity

FATAL = 5
Open = Callable[[GradeSince], bool]


def every_grade(one: GradeSince) -> bool:
    """Each grade of the event counts."""
    del one
    return True


def by_ctcae(item: Toxicity, asked: Asked) -> Iterator[Found]:
    """Events of the item's terms that had its grade, those excused by their cause left out."""
    for event in asked.events:
        if _about(item, event) and not _excused(item, event):
            yield from reached(item, event, asked)
    if item.grade_at_least == FATAL:
        yield from _death_not_judged(item, asked)


def as_judged(asked: Asked) -> Iterator[Found]:
    """An event that a person calls dose-limiting, whatever the definition says."""
    for event in asked.events:
        inside = [one for one in grades_of(event, asked) if one.grade > 0 and asked.window.holds(one.since)]
        if event.dose_limiting == "yes" and inside:
            worst = max(one.grade for one in inside)
            said = f"{event.named}, grade {worst} on {spoken(str(inside[0].since))}, judged dose-limiting"
            yield Found("as-judged", inside[0].since, said, (event.id,))


def reached(item: Toxicity, event: AdverseEvent, asked: Asked, counts: Open = every_grade) -> Iterator[Found]:
    """The first time in the window that the event had the grade, worse than before the first infusion.

    While it is open whether that was back in time, the first later one that counts by itself: an event that turns fatal
    counts at once.

    counts  which of its grades are asked: those not yet assessed on a scale of their own
    """
    before = grade_at_baseline(event, asked)
    inside = (
        one
        for one in grades_of(event, asked)
        if one.grade >= (item.grade_at_least or 1)
        and one.grade > before
        and counts(one)
        and asked.window.holds(one.since)
    )
    found = [said for one in inside if (said := _unless_back(item, event, one, asked)) is not None]
    yield from [one for one in found if one.counts][:1] or found[:1]


def grades_of(event: AdverseEvent, asked: Asked) -> tuple[GradeSince, ...]:
    """Every grade it had; grade 5 at the end where it was said to be fatal without that grade."""
    since = event.fatal_since
    if since is None or event.worst == FATAL:
        return event.grades
    death = asked.book.death
    when = parse_occurred(death.occurred) if death and death.occurred else since
    return (*event.grades, GradeSince(FATAL, when, event.entries[-1]))


def grade_at_baseline(event: AdverseEvent, asked: Asked) -> int:
    """The grade before the first infusion: of the event itself if it had begun, or of a condition found.

    Another event of the term is not asked: one that nobody closed would hide every later one.
    """
    found = condition_grade(asked.book, event.term, asked.window.start, event.reported.what.specify)
    return max(event.grade_before(asked.window.start), found or 0)


def end_after(event: AdverseEvent, one: GradeSince) -> Occurred | None:
    """When the event was over, as said with that grade or after it; None while it is not."""
    later = event.entries[event.entries.index(one.entry) :]
    said = [parse_occurred(entry.what.resolved_on) for entry in later if entry.what.resolved_on]
    return said[-1] if said and not certainly_before(said[-1], one.since) and not event.fatal else None


def _about(item: Toxicity, event: AdverseEvent) -> bool:
    named = not item.terms or event.term in item.terms
    return named and event.term not in item.without and (event.soc or "") not in item.without


def _excused(item: Toxicity, event: AdverseEvent) -> bool:
    """Whether the cause takes it out of the definition. What nobody has judged excuses nothing."""
    if item.due_to and not event.may_be_due_to(item.due_to):
        return True
    otherwise = any(event.related.get(cause) == RELATED for cause in item.unless_due_to)
    return otherwise and event.related.get("nk_cells", UNKNOWN) == NOT_RELATED


def _unless_back(item: Toxicity, event: AdverseEvent, one: GradeSince, asked: Asked) -> Found | None:
    """The toxicity, unless it was certainly back to the item's lower grade within the hours."""
    said, entries = f"{event.named}, grade {one.grade} on {spoken(str(one.since))} ({item.text})", (event.id,)
    if item.back_to is None:
        return Found(item.id, one.since, said, entries)
    back, hours = _back_to(event, item.back_to.grade, one), item.back_to.hours
    if back is not None and hours_between(one.since, back)[1] <= hours:
        return None
    if back is None and hours_between(one.since, PartialDate.of(asked.on))[0] < hours and one.grade < FATAL:
        return Found(item.id, one.since, f"{said}: whether it is back within {hours} hours is open", entries, False)
    return Found(item.id, one.since, said, entries)


def _back_to(event: AdverseEvent, grade: int, one: GradeSince) -> Occurred | None:
    """When the event was first back to a grade, or over, after that grade; None while it is not.

    Only what was said after it: the lower grade with which an event began on the same day is no recovery.
    """
    if one not in event.grades:
        return None
    later = event.grades[event.grades.index(one) + 1 :]
    ends = chain((each.since for each in later if each.grade <= grade), [end_after(event, one)])
    return min((end for end in ends if end is not None), key=lambda moment: moment.latest, default=None)


def _death_not_judged(item: Toxicity, asked: Asked) -> Iterator[Found]:
    """A death in the window that no fatal event explains: due to treatment until somebody judges its cause."""
    death = asked.book.death
    if death is None or death.occurred is None or not asked.window.holds(parse_occurred(death.occurred)):
        return
    judged = any(event.fatal for event in asked.events) and death.what.cause != "treatment"
    if death.what.cause == "leukaemia" or judged:
        return
    cause = "due to treatment" if death.what.cause == "treatment" else "its relation to treatment is not judged"
    said = f"death on {spoken(death.occurred)}, {cause} ({item.text})"
    yield Found(item.id, parse_occurred(death.occurred), said, (first_id(asked.trial, death.id),))
