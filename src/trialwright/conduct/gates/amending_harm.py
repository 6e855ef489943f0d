"""Gates of amending what is recorded about harm: no correction brings in what a first entry may not say.

Nothing that other entries are about is taken back from under them, nor what somebody outside was told of.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from trialwright.conduct.act import not_come, not_yet
from trialwright.conduct.corrected import asked_of, mark_of, whole_content
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.amending import entry_named
from trialwright.conduct.gates.harm import event_known, infusion_given
from trialwright.conduct.gates.values import grades_confirmed, not_marked
from trialwright.conduct.grading import SCALES
from trialwright.conduct.outcome import Reason
from trialwright.conduct.reporting import OF_CONDITION, OF_EVENT, OF_FOLLOW_UP, OF_ITS_COURSE, OF_PREGNANCY, OF_REPORT
from trialwright.conduct.words import HAPPENED
from trialwright.ctcae.catalogue import catalogue
from trialwright.errors import FormatError
from trialwright.facts import parse_occurred
from trialwright.facts.order import certainly_before, spoken
from trialwright.ledger.entry import AnyEntry, Entry
from trialwright.ledger.kinds import (
    AdverseEventFollowed,
    AdverseEventReported,
    ConditionFound,
    InfusionReactionAssessed,
    PregnancyFollowed,
    PregnancyReported,
    ReportSent,
    ValueMarked,
    What,
)
from trialwright.safety.events import adverse_events, first_id

Gates = tuple[Callable[[Deed[Any]], Iterable[Reason]], ...]
HELD_TO: Final[Mapping[type[What], Gates]] = {
    ConditionFound: OF_CONDITION,
    AdverseEventReported: OF_EVENT,
    AdverseEventFollowed: OF_FOLLOW_UP,
    **dict.fromkeys(SCALES, (event_known,)),
    InfusionReactionAssessed: (event_known, infusion_given),
    PregnancyReported: OF_PREGNANCY,
    PregnancyFollowed: OF_ITS_COURSE,
    ReportSent: OF_REPORT,
}
"""Kind of entry -> what a correction of it is held to: what its act asks of the words themselves.

Consent, death, and a category of response that no longer fits are not asked here: a truth is corrected all the same,
and what it puts in question is listed as a possible deviation.
"""
FOLLOW_UP: Final = "follow-up"


def as_a_first_one(deed: Deed[Any]) -> Iterable[Reason]:
    """A corrected entry about harm is held to its act's gates; what was so before is not asked again."""
    target = entry_named(deed)
    what = target.what
    if not isinstance(what, (*HELD_TO, ValueMarked)) or target.occurred is None:
        return
    content = whole_content(deed)
    if content == what and deed.what.occurred in (None, target.occurred) and deed.what.content:
        yield Reason(
            "correct.nothing",
            f"With this, entry {target.seq} ({target.what.kind.replace('_', ' ')}) says what it says now.",
            "Give what should change. What is computed follows from what was found: correct the findings.",
        )
    again = asked_of(deed, target, content)
    first = replace(again, what=what, on=target.occurred)
    faults = _of_mark if isinstance(what, ValueMarked) else _faults
    known = set(faults(first, what))
    yield from (reason for reason in faults(again, content) if reason not in known)
    if isinstance(content, AdverseEventReported):
        yield from _followed_still(again, target)


def _faults(deed: Deed[Any], what: Any) -> Iterator[Reason]:
    for gate in HELD_TO[type(what)]:
        yield from gate(deed)


def _of_mark(deed: Deed[Any], what: Any) -> Iterator[Reason]:
    """As the act that marks; but a correction writes no event: a value newly called significant names its event."""
    again = replace(deed, what=mark_of(deed.act, what))
    for gate in (not_marked, event_known, grades_confirmed):
        yield from gate(again)
    if deed.itself is not None and what.significant and not deed.itself.what.significant and what.event is None:
        yield Reason(
            "value.no_event",
            f"{what.concept} {what.value} is now called significant, and no event is named.",
            "Report the event first (act report_adverse_event), and name it in the correction (event).",
        )


def _followed_still(deed: Deed[Any], target: Entry[Any]) -> Iterator[Reason]:
    """What followed still follows: no follow-up comes before the onset, or has a grade that the new term lacks."""
    chapter = deed.trial.chapter(target.about or "")
    id = first_id(deed.trial, target.id)
    event = next((one for one in adverse_events(deed.trial, chapter) if one.id == id), None) if chapter else None
    term = catalogue(deed.what.ctcae).term(deed.what.term)
    for entry in event.followed if event else ():
        if entry.occurred and certainly_before(parse_occurred(entry.occurred), deed.when):
            yield Reason(
                "adverse_event.before_onset",
                f"{deed.what.term} would begin on {deed.dated}; what followed is dated {spoken(entry.occurred)} "
                f"(entry {entry.id}), before it.",
                "Check the onset; if the follow-up's date is wrong, correct that entry first (act correct).",
            )
        if term is not None and entry.what.grade is not None and entry.what.grade not in term.grades_there:
            there = ", ".join(map(str, term.grades_there))
            yield Reason(
                "adverse_event.no_such_grade",
                f"{term.name} has no grade {entry.what.grade}, which the event had on {spoken(entry.occurred)} "
                f"(entry {entry.id}); in CTCAE {term.version} it has {there}.",
                "Check the term; if that grade is wrong, correct that entry first (act correct).",
            )


def dated_in_the_past(deed: Deed[Any]) -> Iterable[Reason]:
    """A corrected date has come, as the first one had."""
    said = {"occurred": deed.what.occurred}
    said |= {name: value for name, value in deed.what.content.items() if name.replace("-", "_") in HAPPENED}
    for name, value in said.items():
        try:
            moment = parse_occurred(str(value)) if value else None
        except FormatError:
            continue  # the entry is read as a whole; there the field is named
        if moment is not None and not_yet(deed, moment):
            yield not_come(deed, f"{name} {spoken(str(value))}")


# --- taking back ------------------------------------------------------------------------------------------------------


def nothing_is_about_it(deed: Deed[Any]) -> Iterable[Reason]:
    """An event or pregnancy is not taken back from under what followed: that would be about nothing."""
    target = entry_named(deed)
    for entry in _about(deed, target):
        yield Reason(
            "retract.used",
            f"Entry {entry.id} ({entry.what.kind.replace('_', ' ')} of {spoken(entry.occurred)}) is about entry "
            f"{target.seq} ({target.what.kind.replace('_', ' ')}).",
            "Correct what is wrong in it; or first take back what is about it, or let it name another event.",
        )


def _about(deed: Deed[Any], target: Entry[Any]) -> Iterator[AnyEntry]:
    chapter, id = deed.trial.chapter(target.about or ""), first_id(deed.trial, target.id)
    if chapter is None or not isinstance(target.what, AdverseEventReported | PregnancyReported):
        return
    kinds: tuple[type[What], ...] = (AdverseEventFollowed, ValueMarked, *SCALES)
    for kind in kinds:
        for entry in chapter.all(kind):
            event = getattr(entry.what, "event", None)
            if event is not None and first_id(deed.trial, event) == id:
                yield entry
    for followed in chapter.all(PregnancyFollowed):
        if first_id(deed.trial, followed.what.pregnancy) == id:
            yield followed


def those_told_know(deed: Deed[Any]) -> Iterable[Reason]:
    """Whoever was told of an event or a pregnancy is told that it never was, before it is taken back.

    What was sent stays sent, and stays in the casebook. Afterwards nothing would be owed of it any more, and nobody
    reminded that an authority still believes in it.
    """
    target = entry_named(deed)
    chapter, id = deed.trial.chapter(target.about or ""), first_id(deed.trial, target.id)
    if chapter is None or not isinstance(target.what, AdverseEventReported | PregnancyReported):
        return
    sent = [entry for entry in chapter.all(ReportSent) if first_id(deed.trial, entry.what.entry) == id]
    newest = {(entry.what.regime, entry.what.to): entry for entry in sorted(sent, key=_when)}
    for (regime, to), entry in newest.items():
        if entry.what.what != FOLLOW_UP:
            yield Reason(
                "retract.reported",
                f"The {to} was told of it under {regime} on {spoken(entry.occurred)} ({entry.what.what}, entry "
                f"{entry.id}), and nothing since.",
                f"Tell the {to} that it falls away, record that (act send_report, what follow-up), then take it back.",
            )


def _when(entry: AnyEntry) -> tuple[str, int]:
    return (parse_occurred(entry.occurred).earliest.isoformat() if entry.occurred else "", entry.order)
