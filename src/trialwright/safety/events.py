"""An adverse event as it stands: what was reported of it, and everything that followed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property
from typing import Final

from trialwright.cells.seen import Seen, everything
from trialwright.facts import Occurred, parse_occurred
from trialwright.facts.order import certainly_before
from trialwright.ledger.entry import AnyEntry, Entry
from trialwright.ledger.kinds import AdverseEventFollowed, AdverseEventReported
from trialwright.ledger.trial import Casebook, Lot, Trial
from trialwright.safety.moments import in_order

RELATED, NOT_RELATED, UNKNOWN = "related", "not related", "unknown"
STUDY_TREATMENT: Final = ("nk_cells", "chemotherapy", "premedication")
GRAVE: Final = frozenset({"death", "life-threatening"})
"""What makes a serious event one that is reported within seven days."""


@dataclass(frozen=True, slots=True)
class GradeSince:
    """A grade, and from when on it was that."""

    grade: int
    since: Occurred
    entry: AnyEntry


@dataclass(frozen=True)
class AdverseEvent:
    """One event of one person: the entry in force that reported it, and its follow-ups in the order of their dates.

    id  that of the entry that first reported it, also where it was corrected since
    """

    id: str
    about: str
    reported: Entry[AdverseEventReported]
    followed: tuple[Entry[AdverseEventFollowed], ...]

    @property
    def term(self) -> str:
        return self.reported.what.term

    @property
    def named(self) -> str:
        """The term, with the words of an "Other, specify"."""
        return f"{self.term}: {self.reported.what.specify}" if self.reported.what.specify else self.term

    @property
    def soc(self) -> str | None:
        return self.reported.what.soc

    @property
    def ctcae(self) -> str:
        return self.reported.what.ctcae

    @property
    def entries(self) -> tuple[AnyEntry, ...]:
        return (self.reported, *self.followed)

    @cached_property
    def onset(self) -> Occurred:
        return parse_occurred(self.reported.occurred or self.reported.recorded_at[:10])

    @cached_property
    def grades(self) -> tuple[GradeSince, ...]:
        """Every grade it had, oldest first."""
        first = GradeSince(self.reported.what.grade, self.onset, self.reported)
        later = [
            GradeSince(entry.what.grade, parse_occurred(entry.occurred), entry)
            for entry in self.followed
            if entry.what.grade is not None and entry.occurred
        ]
        return (first, *later)

    @property
    def worst(self) -> int:
        return max(one.grade for one in self.grades)

    @property
    def grade(self) -> int:
        """The newest grade."""
        return self.grades[-1].grade

    @cached_property
    def seriousness(self) -> tuple[str, ...]:
        """Every reason why it is serious, as far as they came."""
        return tuple(dict.fromkeys(word for entry in self.entries for word in entry.what.seriousness))

    @property
    def serious(self) -> bool:
        """As last said: an event may turn serious, or turn out not to be."""
        return bool(_last(self.entries, "serious", default=False))

    @property
    def fatal(self) -> bool:
        return self.worst == 5 or "death" in self.seriousness or self.outcome == "fatal"

    @property
    def fatal_since(self) -> Occurred | None:
        """When it was first said to be fatal: of grade 5, ended in death, serious by death; None while it is not."""
        said = (entry for entry in self.entries if _says_death(entry))
        return next((parse_occurred(entry.occurred) if entry.occurred else self.onset for entry in said), None)

    @property
    def grave(self) -> bool:
        """Fatal or life-threatening."""
        return self.fatal or bool(GRAVE & set(self.seriousness))

    @cached_property
    def related(self) -> Mapping[str, str]:
        """Cause -> related, not related or unknown, as last judged. A cause nobody asked about is missing."""
        judged: dict[str, str] = {}
        for entry in self.entries:
            judged |= entry.what.related
        return judged

    def may_be_due_to(self, causes: Iterable[str]) -> bool:
        """Whether one of the causes is judged related, or not judged: unknown counts as related until assessed."""
        return any(self.related.get(cause, UNKNOWN) != NOT_RELATED for cause in causes)

    @property
    def expected(self) -> str:
        return str(_last(self.entries, "expected", default=UNKNOWN))

    @property
    def dose_limiting(self) -> str:
        return str(_last(self.entries, "dose_limiting", default=UNKNOWN))

    @property
    def outcome(self) -> str | None:
        return _last_text(self.entries, "outcome")

    @property
    def resolved_on(self) -> str | None:
        return _last_text(self.entries, "resolved_on")

    @property
    def action(self) -> str | None:
        return _last_text(self.entries, "action")

    @property
    def treatment(self) -> str | None:
        return _last_text(self.entries, "treatment")

    @property
    def narrative(self) -> tuple[tuple[str | None, str], ...]:
        """What was told of it: when it occurred, and the words."""
        return tuple((entry.occurred, entry.what.narrative) for entry in self.entries if entry.what.narrative)

    def over_before(self, moment: Occurred) -> bool:
        """Whether it was certainly over by then, and had not begun again."""
        if self.resolved_on is None:
            return False
        end = parse_occurred(self.resolved_on)
        again = (one for one in self.grades if one.grade > 0 and certainly_before(end, one.since))
        return certainly_before(end, moment) and all(certainly_before(moment, one.since) for one in again)

    def grade_before(self, moment: Occurred) -> int:
        """The grade it certainly had just before a moment; 0 if it had not certainly begun, or was over."""
        known = [one for one in self.grades if certainly_before(one.since, moment)]
        return known[-1].grade if known and not self.over_before(moment) else 0

    def worst_since(self, start: Occurred, end: Occurred | None = None) -> int:
        """The highest grade it may have had from `start` on (and before `end`); 0 if it was over, or began later."""
        over = parse_occurred(self.resolved_on) if self.resolved_on and self.over_before(start) else None
        later = [
            one.grade
            for one in self.grades
            if not certainly_before(one.since, start)
            and (end is None or not certainly_before(end, one.since))
            and (over is None or certainly_before(over, one.since))
        ]
        return max([*later, self.grade_before(start)])


def adverse_events(trial: Trial, chapter: Casebook | Lot, seen: Seen = everything) -> tuple[AdverseEvent, ...]:
    """The events of one participant or donor, by onset.

    seen  which entries count, each as it reads now: what a correction says, it says from the first entry on.
    """
    if seen is everything:
        return chapter.kept("adverse events", lambda: _events(trial, chapter, seen))
    return _events(trial, chapter, seen)


def _events(trial: Trial, chapter: Casebook | Lot, seen: Seen) -> tuple[AdverseEvent, ...]:
    followed: dict[str, list[Entry[AdverseEventFollowed]]] = {}
    for follow_up in chapter.all(AdverseEventFollowed):
        if seen(follow_up):
            followed.setdefault(first_id(trial, follow_up.what.event), []).append(follow_up)
    events = [
        AdverseEvent(id, entry.about or "", entry, tuple(sorted(followed.get(id, ()), key=_by_date)))
        for entry in chapter.all(AdverseEventReported)
        if seen(entry) and (id := first_id(trial, entry.id))
    ]
    return tuple(sorted(events, key=lambda event: (*in_order(event.onset), event.reported.order)))


def event_named(trial: Trial, id: str, seen: Seen = everything) -> AdverseEvent | None:
    """The event of any entry id of its chain; None if no event in force has it."""
    chain = trial.originals.get(id, ())
    if not chain or not isinstance(chain[0].what, AdverseEventReported):
        return None
    chapter = trial.chapter(chain[0].about or "")
    found = adverse_events(trial, chapter, seen) if chapter else ()
    return next((event for event in found if event.id == chain[0].id), None)


def first_id(trial: Trial, id: str) -> str:
    """The id of the first entry of a chain, which never changes; the id itself where it is unknown."""
    chain = trial.originals.get(id, ())
    return chain[0].id if chain else id


def _by_date(entry: AnyEntry) -> tuple[date, time, int]:
    return (*(in_order(parse_occurred(entry.occurred)) if entry.occurred else (date.min, time())), entry.order)


def _says_death(entry: AnyEntry) -> bool:
    return entry.what.grade == 5 or "death" in entry.what.seriousness or entry.what.outcome == "fatal"


def _said(entries: tuple[AnyEntry, ...], name: str) -> Iterator[object]:
    for entry in reversed(entries):
        value = getattr(entry.what, name)
        if value is not None:
            yield value


def _last(entries: tuple[AnyEntry, ...], name: str, *, default: object) -> object:
    return next(_said(entries, name), default)


def _last_text(entries: tuple[AnyEntry, ...], name: str) -> str | None:
    found = _last(entries, name, default=None)
    return None if found is None else str(found)
