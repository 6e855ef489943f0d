"""Toxicities by a scale of their own: CRS, ICANS and acute graft versus host disease, as they were assessed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from trialwright.facts import Occurred, PartialDate, parse_occurred
from trialwright.facts.order import certainly_before, spoken
from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.kinds import AcuteGvhdAssessed, CrsAssessed, IcansAssessed
from trialwright.ledger.trial import Trial
from trialwright.safety.events import AdverseEvent, GradeSince, first_id
from trialwright.safety.moments import in_order
from trialwright.safety.stopping.by_event import end_after, grade_at_baseline, grades_of, reached
from trialwright.safety.stopping.found import Asked, Found, grade_range, stretches
from trialwright.safety.stopping.hours import hours_between
from trialwright.study.safety import Lasting, Toxicity

CTCAE_TERMS: Mapping[str, tuple[str, ...]] = {
    "CRS": ("Cytokine release syndrome",),
    "ICANS": ("Immune effector cell-associated neurotoxicity syndrome",),
    "acute GVHD": ("Graft versus host disease",),
}
"""What CTCAE calls what a scale grades: an event under such a term counts by its CTCAE grade until it is assessed.

Version 5.0 has neither of the last two: there they are an "Other, specify", told by its words.
"""
OTHER_WORDS: Mapping[str, tuple[str, ...]] = {
    "CRS": ("cytokine release", "细胞因子释放"),
    "ICANS": ("icans", "immune effector cell", "神经毒性综合征"),
    "acute GVHD": ("graft versus host", "graft-versus-host", "gvhd", "移植物抗宿主"),
}
CHRONIC = ("chronic", "cgvhd", "慢性")
KINDS: Mapping[str, type[Any]] = {"CRS": CrsAssessed, "ICANS": IcansAssessed, "acute GVHD": AcuteGvhdAssessed}


def by_scale(item: Toxicity, asked: Asked) -> Iterator[Found]:
    """Assessments that reached the item's grade, and events under the scale's term that nobody assessed since."""
    assessed = _in_order(entry for entry in asked.book.all(KINDS[item.scale]) if entry.occurred)
    for entry in assessed:
        yield from _assessed(item, entry, assessed, asked)
    if item.or_lasting is not None:
        yield from _lasting(item, item.or_lasting, assessed, asked)
    for event in asked.events:
        if is_graded_by(item.scale, event):
            yield from _not_assessed(item, event, assessed, asked)


def is_graded_by(scale: str, event: AdverseEvent) -> bool:
    """Whether the event is what a scale grades, by its term or, of an "Other, specify", by its words."""
    words = (event.reported.what.specify or "").casefold()
    if any(word in words for word in CHRONIC):
        return False
    return event.term in CTCAE_TERMS[scale] or any(word in words for word in OTHER_WORDS[scale])


def not_assessed_since(trial: Trial, event: AdverseEvent, one: GradeSince, assessed: Iterable[AnyEntry]) -> bool:
    """Whether the event has not been assessed on its scale since it had that grade."""
    its = (entry for entry in assessed if _event_of(trial, entry) == event.id)
    return all(certainly_before(_when(entry), one.since) for entry in its)


def _in_order(entries: Iterator[AnyEntry]) -> list[AnyEntry]:
    return sorted(entries, key=lambda entry: (*in_order(_when(entry)), entry.order))


def _when(entry: AnyEntry) -> Occurred:
    return parse_occurred(entry.occurred or "")


def _event_of(trial: Trial, entry: AnyEntry) -> str:
    """The event that was assessed; the assessment itself where it names none."""
    return first_id(trial, entry.what.event or entry.id)


def _said(item: Toxicity, entry: AnyEntry) -> str:
    return f"{item.scale} grade {entry.what.grade} ({entry.what.scale})"


def _assessed(item: Toxicity, entry: AnyEntry, assessed: list[AnyEntry], asked: Asked) -> Iterator[Found]:
    when, (_, highest) = _when(entry), grade_range(entry.what.grade)
    if not asked.window.holds(when):
        return
    said = f"{_said(item, entry)} on {spoken(entry.occurred)} ({item.text})"
    entries = (_event_of(asked.trial, entry),)
    if item.grade_at_least is not None and highest >= item.grade_at_least:
        yield Found(item.id, when, said, entries)
    elif item.or_refractory is not None and highest >= item.or_refractory:
        answer = _refractory(entry, assessed, asked)
        if answer == "yes":
            yield Found(item.id, when, said, entries)
        elif answer != "no":
            yield Found(item.id, when, f"{said}: whether steroids control it is open", entries, False)


def _refractory(entry: AnyEntry, assessed: list[AnyEntry], asked: Asked) -> str:
    """Whether steroids failed to control it: as said with it, else when it was next assessed and anybody said so."""
    its = [
        one for one in assessed if _event_of(asked.trial, one) == _event_of(asked.trial, entry) or not one.what.event
    ]
    later = [one for one in its if not certainly_before(_when(one), _when(entry))]
    said = (one.what.steroid_refractory for one in (entry, *later))
    return next((word for word in said if word != "unknown"), "unknown")


def _lasting(item: Toxicity, rule: Lasting, assessed: list[AnyEntry], asked: Asked) -> Iterator[Found]:
    """A lower grade that lasted, or may have lasted, longer than the hours."""
    high = [entry for entry in assessed if grade_range(entry.what.grade)[1] >= rule.grade]
    first = {_when(entry): entry for entry in reversed(high)}
    for start, end in stretches((_when(entry), entry in high) for entry in assessed):
        entry = first[start]
        over = _over(entry, high, asked)
        ended = min((one for one in (end, over) if one is not None), key=lambda one: one.latest, default=None)
        said = f"{_said(item, entry)} from {spoken(entry.occurred)}"
        yield from _lasted(item, rule, said, (_event_of(asked.trial, entry),), (start, ended), asked)


def _over(entry: AnyEntry, high: list[AnyEntry], asked: Asked) -> Occurred | None:
    """When the event assessed was over, as it says itself; None where it says nothing, or was found so high since."""
    event = next((one for one in asked.events if one.id == _event_of(asked.trial, entry)), None)
    if event is None or event.resolved_on is None or event.fatal:
        return None
    over = parse_occurred(event.resolved_on)
    return None if any(certainly_before(over, _when(one)) for one in high) else over


def _lasted(
    item: Toxicity,
    rule: Lasting,
    said: str,
    entries: tuple[str, ...],
    stretch: tuple[Occurred, Occurred | None],
    asked: Asked,
) -> Iterator[Found]:
    start, end = stretch
    if not asked.window.holds(start):
        return
    fewest, most = hours_between(start, end or PartialDate.of(asked.on))
    if end is None and fewest <= rule.hours:
        yield Found(item.id, start, f"{said}: whether it lasts more than {rule.hours} hours is open", entries, False)
    elif most > rule.hours:
        may = "" if fewest > rule.hours else " may have"
        yield Found(item.id, start, f"{said},{may} lasted more than {rule.hours} hours ({item.text})", entries)


# --- until it is assessed ---------------------------------------------------------------------------------------------


def _not_assessed(item: Toxicity, event: AdverseEvent, assessed: list[AnyEntry], asked: Asked) -> Iterator[Found]:
    """An event by its CTCAE grades, those left out that were assessed on the scale since."""

    def counts(one: GradeSince) -> bool:
        return not_assessed_since(asked.trial, event, one, assessed)

    yield from reached(item, event, asked, counts)
    rule, before = item.or_lasting, grade_at_baseline(event, asked)
    if rule is not None and before < rule.grade:
        grades = [one for one in grades_of(event, asked) if counts(one)]
        since = {one.since: one for one in reversed(grades)}
        for start, end in stretches((one.since, one.grade >= rule.grade) for one in grades):
            said = f"{event.named}, grade {since[start].grade} from {spoken(str(start))}, not assessed as {item.scale}"
            yield from _lasted(item, rule, said, (event.id,), (start, end or end_after(event, since[start])), asked)
    if item.or_refractory is not None:
        low = [one for one in event.grades if one.grade >= item.or_refractory > before and counts(one)]
        for one in [one for one in low if asked.window.holds(one.since)][:1]:
            said = f"{event.named}, grade {one.grade} on {spoken(str(one.since))}: whether steroids control it is open"
            yield Found(item.id, one.since, said, (event.id,), False)
