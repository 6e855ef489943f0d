"""Gates of an infusion under way: interrupted, going on, ended."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from trialwright.cells.volumes import left_of
from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import different_people
from trialwright.facts import parse_decimal, parse_occurred
from trialwright.facts.order import certainly_before, spoken
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import (
    Infused,
    InfusionEnded,
    InfusionInterrupted,
    InfusionResumed,
    Recalled,
    Rejected,
    What,
)


def _last_infusion(deed: Deed[Any]) -> Entry[Infused] | None:
    found = [entry for entry in deed.earlier(Infused) if deed.was_before(entry)]
    return found[-1] if found else None


def running_infusion(deed: Deed[Any]) -> int:
    """The number of the infusion under way; the person's last. 1 where none is recorded."""
    last = _last_infusion(deed)
    return last.what.infusion if last else 1


def _of_it(deed: Deed[Any], kind: type[What]) -> list[Entry[Any]]:
    number = running_infusion(deed)
    found: list[Entry[Any]] = list(deed.all(kind))
    return [entry for entry in found if entry.what.infusion == number and deed.was_before(entry)]


def running(deed: Deed[Any]) -> Iterable[Reason]:
    """An infusion was started, and is not over."""
    last = _last_infusion(deed)
    if last is None:
        yield Reason(
            "infusion.not_started",
            f"No infusion of {deed.number} is recorded before {deed.dated}.",
            "Record its start first (act infuse).",
        )
        return
    ended = _of_it(deed, InfusionEnded)
    over = ended[-1].occurred if ended else last.what.ended_at
    if over is not None:
        yield Reason(
            "infusion.over",
            f"Infusion {last.what.infusion} of {deed.number} ended at {spoken(over)}.",
            "Check the person; if that entry is wrong, correct it.",
        )
    for entry in (last, *_of_it(deed, InfusionInterrupted), *_of_it(deed, InfusionResumed)):
        if deed.precedes(entry):
            yield Reason(
                "infusion.goes_back",
                f"{entry.what.kind.replace('_', ' ').capitalize()} at {spoken(entry.occurred)}; this would be at "
                f"{deed.dated}, before that.",
                "Check the time.",
            )


def not_interrupted_now(deed: Deed[Any]) -> Iterable[Reason]:
    """What is to be interrupted runs."""
    since = _interrupted_since(deed)
    if since is not None:
        yield Reason(
            "infusion.interrupted",
            f"The infusion of {deed.number} has been interrupted since {spoken(since.occurred)}.",
            "Resume it (act resume_infusion), or end it (act end_infusion).",
        )


def interrupted_now(deed: Deed[Any]) -> Iterable[Reason]:
    """What goes on was interrupted; a next bag needs no interruption."""
    over = bool(_of_it(deed, InfusionEnded))
    if _last_infusion(deed) is None or over or deed.what.dose_code is not None:
        return
    if _interrupted_since(deed) is None:
        yield Reason(
            "infusion.not_interrupted",
            f"The infusion of {deed.number} is not interrupted.",
            "Nothing to resume; for the next bag give its code (dose_code).",
        )


def _interrupted_since(deed: Deed[Any]) -> Entry[Any] | None:
    stops, goes = _of_it(deed, InfusionInterrupted), _of_it(deed, InfusionResumed)
    if stops and (not goes or goes[-1].order < stops[-1].order):
        return stops[-1]
    return None


def bag_of_this_infusion(deed: Deed[Any]) -> Iterable[Reason]:
    """The bag that it goes on with is one of those checked for this infusion."""
    last = _last_infusion(deed)
    if last is not None and deed.what.dose_code is not None and deed.what.dose_code not in last.what.doses:
        yield Reason(
            "infusion.other_bag",
            f"{deed.what.dose_code} is no dose of this infusion, which has "
            f"{', '.join(last.what.doses) or 'none by code'}.",
            "Stop. Scan the bag again; another dose is another infusion, with its own checks.",
        )


def _begun(deed: Deed[Any], last: Entry[Infused]) -> list[str]:
    """The bags begun so far, in their order: the first with the infusion itself."""
    resumed = [entry.what.dose for entry in _of_it(deed, InfusionResumed) if entry.what.dose]
    return list(dict.fromkeys([*last.what.doses[:1], *resumed]))


def bags_in_turn(deed: Deed[Any]) -> Iterable[Reason]:
    """Every bag is begun once; after an interruption the same one goes on."""
    last, code = _last_infusion(deed), deed.what.dose_code
    begun = _begun(deed, last) if last else []
    if code in begun and not (code == begun[-1] and _interrupted_since(deed) is not None):
        yield Reason(
            "infusion.bag_begun",
            f"Bag {code} was begun before.",
            "Scan the bag again; the next one has another code.",
        )


def complete_to_the_last_bag(deed: Deed[Any]) -> Iterable[Reason]:
    """A complete infusion runs to its end, and gave every bag."""
    last = _last_infusion(deed)
    if last is None or deed.what.how != "complete":
        return
    waiting = [code for code in last.what.doses if code not in _begun(deed, last)]
    since = _interrupted_since(deed)
    if waiting or since is not None:
        said = (
            f"{', '.join(waiting)} was not begun"
            if waiting
            else f"it is interrupted since {spoken(since.occurred if since else None)}"
        )
        yield Reason(
            "infusion.not_complete",
            f"The infusion of {deed.number} was to end complete, and {said}.",
            "Begin the bag (act resume_infusion), or end it as stopped, with the reason.",
        )


def still_alive_cells(deed: Deed[Any]) -> Iterable[Reason]:
    """The cells are alive, and nobody rejected or recalled them meanwhile."""
    last = _last_infusion(deed)
    lot = deed.lot(last.what.lot) if last else None
    if lot is None or lot.made is None:
        return
    if certainly_before(parse_occurred(lot.made.what.expires_at), deed.when):
        yield Reason(
            "infusion.expired_meanwhile",
            f"Lot {lot.code} expired at {spoken(lot.made.what.expires_at)}; the infusion would go on at {deed.dated}.",
            "Do not go on. End the infusion (act end_infusion, how stopped) and discard the rest before a witness.",
        )
    stops: tuple[Entry[Any], ...] = (*deed.standing(Rejected, lot), *deed.standing(Recalled, lot))
    for entry in stops:
        yield Reason(
            "infusion.stopped_meanwhile",
            f"Lot {lot.code} was {entry.what.kind} at {spoken(entry.occurred)}: {entry.what.reason}.",
            "Do not go on. End the infusion (act end_infusion, how stopped).",
        )


def past_expiry(deed: Deed[Any]) -> Iterable[str]:
    """An infusion that ran on when its cells had expired: said and recorded, since what was given was given."""
    last = _last_infusion(deed)
    lot = deed.lot(last.what.lot) if last else None
    if lot is not None and lot.made and certainly_before(parse_occurred(lot.made.what.expires_at), deed.when):
        expired = spoken(lot.made.what.expires_at)
        yield f"The infusion ended at {deed.dated}; its lot {lot.code} had expired at {expired}."


def stop_explained(deed: Deed[Any]) -> Iterable[Reason]:
    """An infusion that is stopped for good says why."""
    if deed.what.how == "stopped" and not deed.what.reason:
        yield Reason(
            "infusion.stop_without_reason",
            f"The infusion of {deed.number} was stopped, and no reason is given.",
            "Say why (reason).",
        )


def all_accounted_for(deed: Deed[Any]) -> Iterable[Reason]:
    """What was given and what was discarded is what the bags held."""
    last = _last_infusion(deed)
    volumes = [left_of(deed.trial, code, deed.was_before) for code in last.what.doses] if last else []
    if not volumes or any(volume is None for volume in volumes):
        return
    held = sum((volume for volume in volumes if volume is not None), Decimal(0))
    given = parse_decimal(deed.what.volume_ml)
    rest = parse_decimal(deed.what.discarded_ml) if deed.what.discarded_ml else Decimal(0)
    if given + rest != held:
        yield Reason(
            "infusion.volume_open",
            f"{given:f} mL given and {rest:f} mL discarded are {given + rest:f} mL; the bags held {held:f} mL.",
            "Measure what is left in the bags, and give it (discarded_ml).",
        )


def witness_of_rest(deed: Deed[Any]) -> Iterable[Reason]:
    """What was not given is discarded before a witness."""
    people = different_people((deed.actor.id, deed.second.id if deed.second else None))
    rest = parse_decimal(deed.what.discarded_ml) if deed.what.discarded_ml else Decimal(0)
    if rest > 0 and len(people) < 2:
        yield Reason(
            "infusion.rest_without_witness",
            f"{rest:f} mL were discarded by {deed.actor.id} alone.",
            "Let somebody witness it, and name them (--with CODE).",
        )
