"""Which toxicities of a study's definition one participant has had, and which cannot be told yet."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from trialwright.cells.seen import Seen
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.events import adverse_events
from trialwright.safety.stopping.by_event import as_judged, by_ctcae
from trialwright.safety.stopping.by_scale import CTCAE_TERMS, KINDS, by_scale
from trialwright.safety.stopping.found import Asked, Found, grade_range
from trialwright.safety.stopping.recovery import recovery_delays
from trialwright.safety.stopping.window import ONE_DAY, Window
from trialwright.study.model import Study
from trialwright.study.safety import Toxicity

__all__ = ["CTCAE_TERMS", "KINDS", "Asked", "Found", "grade_range", "toxicities"]


def toxicities(study: Study, trial: Trial, book: Casebook, window: Window, on: date, seen: Seen) -> tuple[Found, ...]:
    """Every item of the definition that was met in the window up to a day, or may have been; by date.

    book  as it is seen; what is not known counts: a grade that may be high enough, a cause that nobody judged.
    on    by the calendar of whoever asks: at another site it may be a day later already.
    """
    if study.safety.dlt is None:
        return ()
    asked = Asked(trial, book, window, on, adverse_events(trial, book, seen))
    found = [one for item in study.safety.dlt.items for one in _BY_SCALE[item.scale](item, asked)]
    found += as_judged(asked)
    past = [one for one in found if one.on.earliest <= on + ONE_DAY]
    once = {(one.entries or (one.sentence,), one.counts): one for one in reversed(past)}
    return tuple(sorted(once.values(), key=lambda one: (one.on.earliest, one.item)))


<<<<<<< HEAD
def grade_range(text: str) -> tuple[int, int]:
    """The lowest and highest grade that a text allows: 3, III or IV, 2 to 4. What cannot be read may be any.

    >>> grade_range("II to IV"), grade_range("3 or 4"), grade_range("unknown")
    ((2, 4), (3, 4), (0, 5))
    """
    ends = [_NUMBERS[part] for part in re.split(" to | or ", text) if part in _NUMBERS]
    return (ends[0], ends[-1]) if ends else (0, 5)


# --- by CTCAE grade ---------------------------------------------------------------------------------------------------


def _by_ctcae(item: Toxicity, asked: Asked) -> Iterator[Found]:
    for event in asked.events:
        if _about(item, event) and not _excused(item, event):
            yield from _reached(item, event, asked)
    if item.grade_at_least == 5:
        yield from _death_not_judged(item, asked)


def _about(item: Toxicity, event: AdverseEvent) -> bool:
    named = not item.terms or event.term in item.terms
    return named and event.term not in item.without and (event.soc or "") not in item.without


def _excused(item: Toxicity, event: AdverseEvent) -> bool:
    """Whether the cause takes it out of the definition. What nobody has judged excuses nothing."""
    if item.due_to and not event.may_be_due_to(item.due_to):
        return True
    otherwise = any(event.related.get(cause) == RELATED for cause in item.unless_due_to)
    return otherwise and event.related.get("nk_cells", UNKNOWN) == NOT_RELATED


def _reached(item: Toxicity, event: AdverseEvent, asked: Asked) -> Iterator[Found]:
    """The first time in the window that the event had the grade, worse than before the first infusion."""
    found = condition_grade(asked.book, event.term, asked.window.start, event.reported.what.specify) or 0
    before = max(event.grade_before(asked.window.start), found)
    for one in event.grades:
        if one.grade < (item.grade_at_least or 1) or one.grade <= before or not asked.window.holds(one.since):
            continue
        said = f"{event.named}, grade {one.grade} on {spoken(str(one.since))} ({item.text})"
        entries = (event.id,)
        if item.back_to is None:
            yield Found(item.id, one.since, said, entries)
            return
        back = _back_to(event, item.back_to.grade, one.since)
        hours = item.back_to.hours
        if back is not None and hours_between(one.since, back)[1] <= hours:
            continue
        still = hours_between(one.since, PartialDate.of(asked.on))[0]
        if back is None and still < hours:
            yield Found(item.id, one.since, f"{said}: whether it is back within {hours} hours is open", entries, False)
        else:
            yield Found(item.id, one.since, said, entries)
        return


def _back_to(event: AdverseEvent, grade: int, since: Occurred) -> Occurred | None:
    """When the event was first back to a grade, or over; None while it is not."""
    lower = [one.since for one in event.grades if one.grade <= grade and one.since.latest >= since.earliest]
    over = [parse_occurred(event.resolved_on)] if event.resolved_on else []
    return min([*lower, *over], key=lambda moment: moment.latest, default=None)


def _death_not_judged(item: Toxicity, asked: Asked) -> Iterator[Found]:
    """A death in the window that no fatal event explains: due to treatment until somebody judges its cause."""
    death = asked.book.death
    if death is None or death.occurred is None or not asked.window.holds(parse_occurred(death.occurred)):
        return
    fatal = [event for event in asked.events if event.fatal]
    judged = bool(fatal) and death.what.cause != "treatment"
    if death.what.cause == "leukaemia" or judged:
        return
    cause = "due to treatment" if death.what.cause == "treatment" else "its relation to treatment is not judged"
    said = f"death on {spoken(death.occurred)}, {cause} ({item.text})"
    yield Found(item.id, parse_occurred(death.occurred), said, (first_id(asked.trial, death.id),))


# --- by a scale of its own --------------------------------------------------------------------------------------------


def _by_scale(item: Toxicity, asked: Asked) -> Iterator[Found]:
    assessed: list[AnyEntry] = [entry for entry in asked.book.all(KINDS[item.scale]) if entry.occurred]
    assessed.sort(key=lambda entry: (parse_occurred(entry.occurred or "").earliest, entry.order))
    for entry in assessed:
        yield from _assessed(item, entry, asked)
    if item.or_lasting is not None:
        yield from _lasting(item, assessed, asked)
    joined = {first_id(asked.trial, entry.what.event) for entry in assessed if entry.what.event}
    for event in asked.events:
        if event.term in CTCAE_TERMS[item.scale] and event.id not in joined:
            yield from _reached(item, event, asked)


def _assessed(item: Toxicity, entry: AnyEntry, asked: Asked) -> Iterator[Found]:
    when, (_, highest) = parse_occurred(entry.occurred or ""), grade_range(entry.what.grade)
    if not asked.window.holds(when):
        return
    said = f"{item.scale} grade {entry.what.grade} ({entry.what.scale}) on {spoken(entry.occurred)} ({item.text})"
    entries = (first_id(asked.trial, entry.what.event or entry.id),)
    if item.grade_at_least is not None and highest >= item.grade_at_least:
        yield Found(item.id, when, said, entries)
    elif item.or_refractory is not None and highest >= item.or_refractory:
        refractory = entry.what.steroid_refractory
        if refractory != "no":
            known = refractory == "yes"
            yield Found(
                item.id, when, said if known else f"{said}: whether steroids control it is open", entries, known
            )


def _lasting(item: Toxicity, assessed: list[AnyEntry], asked: Asked) -> Iterator[Found]:
    """A lower grade that lasted, or may have lasted, longer than the hours."""
    rule, began = item.or_lasting, None
    if rule is None:
        return
    for entry in assessed:
        high = grade_range(entry.what.grade)[1] >= rule.grade
        if high and began is None:
            began = entry
        elif not high and began is not None:
            yield from _lasted(item, began, parse_occurred(entry.occurred or ""), asked)
            began = None
    if began is not None:
        yield from _lasted(item, began, None, asked)


def _lasted(item: Toxicity, began: AnyEntry, end: Occurred | None, asked: Asked) -> Iterator[Found]:
    start, hours = parse_occurred(began.occurred or ""), item.or_lasting.hours if item.or_lasting else 0
    if not asked.window.holds(start):
        return
    said = f"{item.scale} grade {began.what.grade} ({began.what.scale}) from {spoken(began.occurred)}"
    entries = (first_id(asked.trial, began.what.event or began.id),)
    most = hours_between(start, end or PartialDate.of(asked.on))
    if end is None and most[0] <= hours:
        yield Found(item.id, start, f"{said}: whether it lasts more than {hours} hours is open", entries, False)
    elif most[1] > hours:
        may = "" if most[0] > hours else " may have"
        yield Found(item.id, start, f"{said},{may} lasted more than {hours} hours ({item.text})", entries)


=======
>>>>>>> w-laws
def _by_recovery(item: Toxicity, asked: Asked) -> Iterator[Found]:
    began = asked.window.cycle_began
    if item.recovery is None or began is None:
        return
    for delay in recovery_delays(item.recovery, asked.trial, asked.book, began, asked.window.start, asked.on):
        if asked.window.until is None or asked.window.last >= delay.on.earliest:
            said = f"{delay.sentence} ({item.text})" if delay.counts else delay.sentence
            yield Found(item.id, delay.on, said, (), delay.counts)


_BY_SCALE: Mapping[str, Callable[[Toxicity, Asked], Iterator[Found]]] = {
    "CTCAE": by_ctcae,
    "CRS": by_scale,
    "ICANS": by_scale,
    "acute GVHD": by_scale,
    "count recovery": _by_recovery,
}
