"""Gates of follow-up: what is said of a person must be possible in time, and said once."""

from collections.abc import Iterable
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.people import alive
from trialwright.conduct.outcome import Reason
from trialwright.conduct.schedule import REMISSIONS, visit_windows
from trialwright.facts import parse_occurred
from trialwright.facts.order import newest, spoken
from trialwright.ledger.kinds import (
    Contacted,
    Died,
    Enrolled,
    FoundAgain,
    Infused,
    LostToFollowUp,
    ResponseAssessed,
    Visited,
)


def visit_new(deed: Deed[Any]) -> Iterable[Reason]:
    """The visit is not recorded yet for the same anchor; a missed one may be made up for."""
    windows = visit_windows(deed.study, deed.book, deed.what.visit)
    if not windows:
        return

    def anchor(on: str) -> Any:
        return min(windows, key=lambda window: abs(window.off(parse_occurred(on)))).anchor

    for entry in deed.all(Visited):
        same = entry.what.visit == deed.what.visit and entry.what.mode != "missed" and entry.occurred
        if same and anchor(entry.occurred or "") == anchor(deed.on or "") and deed.recorded_first(entry):
            yield Reason(
                "visit.already",
                f"Visit {deed.what.visit} of {deed.number} is recorded on {spoken(entry.occurred)}.",
                "Correct that entry (act correct); a visit besides it is unscheduled.",
            )


def was_alive(deed: Deed[Any]) -> Iterable[Reason]:
    """Nobody is alive after death; who is not known to be alive is lost, or dead, and that is another act."""
    yield from alive(deed)
    if not deed.what.alive:
        yield Reason(
            "contact.not_alive",
            f"A contact says that {deed.number} was alive on the day; alive: no was given.",
            "Record the death (act record_death), or that nobody can be reached (act lose_to_follow_up).",
        )


def had_remission(deed: Deed[Any]) -> Iterable[Reason]:
    """Only a remission can be lost: one at enrolment, or one assessed since."""
    reached = any(entry.what.in_remission for entry in deed.all(Enrolled))
    if reached or any(entry.what.category in REMISSIONS for entry in deed.earlier(ResponseAssessed)):
        return
    yield Reason(
        "relapse.no_remission",
        f"{deed.number} was not in remission at enrolment, and none is recorded up to {deed.dated}.",
        "Record the remission first (act assess_response); disease that never went away is no relapse.",
    )


def not_dead_already(deed: Deed[Any]) -> Iterable[Reason]:
    """A person dies once."""
    for death in deed.all(Died):
        yield Reason(
            "death.already",
            f"The death of {deed.number} on {spoken(death.occurred)} is recorded.",
            "Correct that entry (act correct), or retract it if it is wrong (act retract).",
        )


def not_seen_later(deed: Deed[Any]) -> Iterable[Reason]:
    """Nobody was seen, spoken to or treated after death."""
    seen = (*deed.all(Contacted), *(v for v in deed.all(Visited) if v.what.mode != "missed"), *deed.all(Infused))
    later = [entry for entry in seen if deed.precedes(entry)]
    if later:
        last = max(later, key=lambda entry: newest(entry.occurred, deed.zone))
        yield Reason(
            "death.seen_later",
            f"{deed.number} is said to have died on {deed.dated}, "
            f"yet {last.what.kind} is recorded on {spoken(last.occurred)}.",
            "Check the date of death and that entry; correct the one that is wrong.",
        )


def not_lost(deed: Deed[Any]) -> Iterable[Reason]:
    """The person is not lost already."""
    lost = deed.book.lost
    if lost is not None and (deed.itself is None or lost.id != deed.itself.id):
        yield Reason(
            "follow_up.lost_already",
            f"{deed.number} is lost to follow-up since {spoken(lost.occurred)}.",
            "Nothing to do; when the person is reached again, record it (act find_again).",
        )


def is_lost(deed: Deed[Any]) -> Iterable[Reason]:
    """Only who was lost is found again."""
    lost = deed.earlier(LostToFollowUp)
    found = [entry for entry in deed.earlier(FoundAgain) if lost and entry.seq > lost[-1].seq]
    if not lost or found:
        yield Reason(
            "follow_up.not_lost",
            f"{deed.number} is not lost to follow-up on {deed.dated}.",
            "Record the contact itself (act contact or visit).",
        )


def site_known(deed: Deed[Any]) -> Iterable[Reason]:
    """The site that takes over is one of the study's."""
    known = [site.code for site in deed.study.sites]
    if deed.what.to_site not in known:
        yield Reason(
            "follow_up.unknown_site",
            f"The study has no site {deed.what.to_site!r}. It has: {', '.join(known)}.",
            "Check the code; a new site first enters the study file.",
        )


def settled_entry_known(deed: Deed[Any]) -> Iterable[Reason]:
    """A deviation that settles something names an entry there is."""
    settles = deed.what.settles
    if settles is not None and settles not in deed.trial.by_id:
        yield Reason(
            "deviation.unknown_entry",
            f"There is no entry {settles!r} to settle.",
            "Read the entry's id off the list of possible deviations.",
        )
