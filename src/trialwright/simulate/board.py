"""The safety board of a story: it looks at everything that makes the trial stand still, and decides.

What stands still is not written here: the study's own triggers pause the trial as soon as their cause is recorded. A
decision comes before anybody else is due, except once: after a contaminated lot the board waits for the laboratory, so
that the next who asks for a place is refused, and enrolled after the decision; whoever is past chemotherapy by then is
exempt by name.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from trialwright.simulate.step import BOARD, Desk, Step, after
from trialwright.simulate.toxic import CONTAMINATION, TREATMENT_DEATH

DECISIONS: Final = {
    CONTAMINATION: (
        "no infection followed; the germ came from the sampling port, which was exchanged; three runs with broth "
        "stayed sterile. The trial goes on"
    ),
    TREATMENT_DEATH: (
        "a death of sepsis under chemotherapy, before any cells, as 5 to 10 % of such courses end; prophylaxis against "
        "infection is extended. The trial goes on"
    ),
}
EXEMPTS = "past chemotherapy and without neutrophils: the cells come from another donor and passed the rapid culture"
BY_HAND_DAYS = 3


def board(steps: list[Step], desk: Desk) -> Iterator[Step]:
    """The steps with the board's decisions among them; not in order."""
    due = sorted((step for step in steps if step.act in ("enrol", "infuse")), key=lambda step: step.at)
    for cause in (step for step in steps if step.pauses is not None):
        ahead = [step for step in due if step.at > cause.at]
        if cause.pauses == CONTAMINATION:
            yield from _waits(cause, ahead, desk)
        else:
            yield _before_anybody(cause, ahead, desk)
    yield from _by_hand(steps, due, desk)
    yield from steps


def _waits(cause: Step, ahead: list[Step], desk: Desk) -> Iterator[Step]:
    """Whoever is infused meanwhile is exempt; the next enrolment is refused, and done again after the decision."""
    refused = next((step for step in ahead if step.act == "enrol"), None)
    if refused is None:
        yield _before_anybody(cause, ahead, desk)
        return
    exempt: dict[str, Step] = {}
    for step in ahead:
        if step.act == "infuse" and step.at < refused.at and step.who:
            exempt.setdefault(step.who, step)
    for who, step in exempt.items():
        at = max(desk.at(after(step.at.date(), -1), 16, 20), cause.at + timedelta(minutes=30))
        words = {"decided_by": "safety board", "decision": EXEMPTS, "scope": "participants", "exempt": [who]}
        yield Step(at, "resume", None, desk.moment(at), BOARD, words)
    yield _resumes(cause, desk.at(refused.at.date(), 15, 0), desk)
    yield replace(refused, at=desk.at(refused.at.date(), 15, 50))


def _before_anybody(cause: Step, ahead: list[Step], desk: Desk) -> Step:
    """The decision two days later, or an hour before somebody is due."""
    at = desk.at(after(cause.at.date(), 2), 16, 0)
    if ahead and ahead[0].at - timedelta(hours=1) < at:
        at = max(ahead[0].at - timedelta(hours=1), cause.at + timedelta(minutes=5))
    return _resumes(cause, at, desk)


def _resumes(cause: Step, at: datetime, desk: Desk) -> Step:
    words = {"decided_by": "safety board", "decision": DECISIONS[cause.pauses or ""]}
    return Step(at, "resume", None, desk.moment(at), BOARD, words)


def _by_hand(steps: Iterable[Step], due: Iterable[Step], desk: Desk) -> Iterator[Step]:
    """The board looks at a cytokine release: a pause by hand, for three days in which nobody is due."""
    seen = next(
        (s for s in steps if s.act == "follow_adverse_event" and s.words.get("grade") == 3 and _release(s)), None
    )
    if seen is None:
        return
    busy, day = {step.at.date() for step in due}, after(seen.at.date(), 1)
    if any(after(day, ahead) in busy for ahead in range(BY_HAND_DAYS + 1)):
        return
    reason = "a grade 3 cytokine release syndrome is looked at"
    at = desk.at(day, 10, 0)
    yield Step(at, "pause", None, day.isoformat(), BOARD, {"by_rule": "safety board", "reason": reason})
    on = after(day, BY_HAND_DAYS)
    words = {"decided_by": "safety board", "decision": "it was over within days; the trial goes on unchanged"}
    yield Step(desk.at(on, 16, 0), "resume", None, on.isoformat(), BOARD, words)


def _release(step: Step) -> bool:
    return str(step.words["event"]).endswith("cytokine-release")
