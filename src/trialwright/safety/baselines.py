"""What somebody already had: before the first study chemotherapy, and before each infusion.

An event is treatment-emergent when it is worse than it was. There are two baselines, and every table says which of
them it compares with.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from trialwright.facts import Occurred, parse_occurred
from trialwright.facts.order import certainly_before
from trialwright.ledger.kinds import ConditionFound
from trialwright.ledger.trial import Casebook
from trialwright.safety.events import AdverseEvent
from trialwright.safety.moments import in_order

TREATMENT, INFUSION = "treatment", "infusion"


@dataclass(frozen=True, slots=True)
class Baseline:
    """A moment before which nothing is compared, and until when what follows belongs to it.

    which   "treatment": before the first study chemotherapy; "infusion": before one of the infusions
    number  of the infusion; 0 for the first chemotherapy
    until   the next infusion's start, where another baseline takes over; None: without end
    """

    which: str
    number: int
    at: Occurred
    until: Occurred | None = None


@dataclass(frozen=True)
class Emerged:
    """One event against one baseline: the grade before, the worst grade since."""

    event: AdverseEvent
    baseline: Baseline
    before: int
    since: int

    @cached_property
    def worse(self) -> bool:
        """Whether it is treatment-emergent: worse than at this baseline."""
        return self.since > self.before


def treatment_baseline(book: Casebook) -> Baseline | None:
    """Before the first study chemotherapy, or the first infusion if that came first; None before both."""
    moments = [parse_occurred(entry.occurred) for entry in (*book.cycles, *book.infusions) if entry.occurred]
    first = min(moments, key=in_order, default=None)
    return None if first is None else Baseline(TREATMENT, 0, first)


def infusion_baselines(book: Casebook) -> tuple[Baseline, ...]:
    """Before each infusion, each until the next; in order."""
    moments = sorted((parse_occurred(entry.occurred) for entry in book.infusions if entry.occurred), key=in_order)
    ends = [*moments[1:], None]
    return tuple(
        Baseline(INFUSION, at, moment, end) for at, (moment, end) in enumerate(zip(moments, ends, strict=False), 1)
    )


def condition_grade(book: Casebook, term: str, moment: Occurred, specify: str | None = None) -> int | None:
    """The grade under which the term was found before treatment, the newest; None where nobody recorded it.

    specify  the words of an "Other, specify" term: two of one term with other words are two conditions
    """
    found = [
        entry
        for entry in book.all(ConditionFound)
        if (entry.what.term, _words(entry.what.specify)) == (term, _words(specify))
        and entry.occurred
        and not certainly_before(moment, parse_occurred(entry.occurred))
    ]
    newest = max(found, key=lambda entry: (*in_order(parse_occurred(entry.occurred or "")), entry.order), default=None)
    return newest.what.grade if newest else None


def same_harm(one: AdverseEvent, other: AdverseEvent) -> bool:
    """Whether two events are of one term, and of the same words where the term asks for words."""
    return harm_of(one) == harm_of(other)


def harm_of(event: AdverseEvent) -> tuple[str, str]:
    """The term, and the words of an "Other, specify" however they are capitalised and spaced."""
    return event.term, _words(event.reported.what.specify)


def _words(specify: str | None) -> str:
    return " ".join((specify or "").casefold().split())


def emerged(
    book: Casebook,
    events: tuple[AdverseEvent, ...],
    which: str,
    measured_before: Callable[[str, Occurred], int] = lambda term, moment: 0,
) -> Iterator[Emerged]:
    """Every event against the baselines of one sort that it lies after, in order.

    The grade before is the highest of the same term just before the baseline: as a condition found then, as an event
    still going on, or by the last value measured. A term that nobody recorded counts as grade 0.

    measured_before  term and moment -> the grade that the last value before had (`laboratory.value_grade`)
    """
    first = treatment_baseline(book)
    baselines = infusion_baselines(book) if which == INFUSION else (first,) if first else ()
    for event in events:
        for baseline in baselines:
            since = event.worst_since(baseline.at, baseline.until)
            if since == 0:
                continue
            earlier = [one.grade_before(baseline.at) for one in events if same_harm(one, event)]
            found = condition_grade(book, event.term, baseline.at, event.reported.what.specify) or 0
            value = measured_before(event.term, baseline.at)
            yield Emerged(event, baseline, max([found, value, *earlier]), since)
