"""What is to be done next about one person's safety, the most pressing first: each step with the act that does it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from trialwright.facts.order import spoken
from trialwright.safety.events import STUDY_TREATMENT, UNKNOWN, AdverseEvent
from trialwright.safety.reporting.due import OF_DONOR, ReportOwed
from trialwright.safety.reporting.standing import Stands
from trialwright.safety.stopping.by_scale import KINDS, is_graded_by
from trialwright.safety.view_parts import NOT_CONFIRMED, WAITS, PregnancyView, ValueView, is_open

ASSESSED_BY: Final = {"CRS": "assess_crs", "ICANS": "assess_icans", "acute GVHD": "assess_acute_gvhd"}
"""Scale -> the act by which it is assessed."""


class Assessed(Protocol):
    """An assessment on a scale, as far as a step asks: the event it joined."""

    @property
    def event(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: in words, and the act with the words that are known already.

    says   alike for reports that go to several recipients, each of whom is a step
    words  field -> value; a value "…" is for the person to say
    """

    says: str
    act: str
    who: str
    words: tuple[tuple[str, str], ...]


ASKED: Final = "…"


def next_steps(
    who: str,
    events: tuple[AdverseEvent, ...],
    values: Iterable[ValueView],
    reports: Iterable[ReportOwed],
    pregnancies: Iterable[PregnancyView] = (),
    scales: Iterable[Assessed] = (),
    *,
    death_recorded: bool = True,
) -> Iterator[Step]:
    """Reports overdue, reports due, a death, causes not judged, values to look at, events and pregnancies still open.

    death_recorded  False for somebody whose death is no entry yet: a fatal event alone ends nobody's follow-up
    """
    owed = tuple(reports)
    yield from (_send(one) for one in owed if one.stands.stands is Stands.OVERDUE)
    yield from (_send(one) for one in owed if one.stands.stands is Stands.DUE)
    if not death_recorded and (fatal := next((event for event in events if event.fatal), None)):
        says = f"record the death: {fatal.named} is said to be fatal"
        yield Step(says, "record_death", who, (("cause", ASKED), ("how_known", ASKED)))
    for event in events:
        if not_judged := _not_judged(event):
            says = f"judge whether {event.named} is related to {' and '.join(not_judged)}"
            yield Step(says, "follow_adverse_event", who, (("event", event.id), ("related", ASKED)))
    yield from _not_assessed(who, events, scales)
    for value in values:
        if value.stands in (WAITS, NOT_CONFIRMED):
            yield _mark(who, value)
    for event in events:
        if event.serious and is_open(event):
            says = f"follow {event.named}, grade {event.grade}, to its end"
            yield Step(says, "follow_adverse_event", who, (("event", event.id), ("outcome", ASKED)))
    for one in pregnancies:
        if one.open:
            says = f"follow the pregnancy of the {one.of} to its outcome"
            yield Step(says, "follow_pregnancy", who, (("pregnancy", one.id), ("outcome", ASKED)))


def _send(owed: ReportOwed) -> Step:
    duty = owed.stands.duty
    says = f"send the {duty.what.value} on {owed.subject} ({duty.regime}): {owed.stands.says}"
    words = (("entry", owed.entry), ("regime", duty.regime), ("what", duty.what.value), ("to", owed.to))
    return Step(says, "send_report", owed.about, words)


def _not_judged(event: AdverseEvent) -> tuple[str, ...]:
    """The causes that nobody has judged of a serious event: each counts as related until somebody does."""
    causes = OF_DONOR if event.about.startswith("D-") else STUDY_TREATMENT
    if not event.serious:
        return ()
    return tuple(cause for cause in causes if event.related.get(cause, UNKNOWN) == UNKNOWN)


def _not_assessed(who: str, events: Iterable[AdverseEvent], scales: Iterable[Assessed]) -> Iterator[Step]:
    joined = {one.event for one in scales}
    for event in events:
        for scale in KINDS:
            if is_graded_by(scale, event) and event.id not in joined:
                says = f"assess {event.named} by the scale of {scale}: until then its CTCAE grade counts"
                yield Step(says, ASSESSED_BY[scale], who, (("event", event.id),))


def _mark(who: str, value: ValueView) -> Step:
    grades = ", ".join(f"{grade.term} grade {grade.text}" for grade in value.grades if grade.highest > 0)
    why = value.why if value.stands == WAITS else grades
    says = f"look at {value.concept} {value.value} of {spoken(value.on)} ({why}) and mark it"
    return Step(says, "mark_value", who, (("fact", value.id), ("significant", ASKED)))
