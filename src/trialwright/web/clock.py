"""What time it is in the trial: the store's clock, or in a simulated trial one that a person may put forward.

A simulated trial ends years before or after today. Its clock starts where its ledger ends and runs on from there, and
in the demonstration anybody may let days pass, so that a whole course can be followed in minutes. A real trial has no
such clock: its store reads its own, whatever a page says.
"""

from datetime import UTC, datetime, timedelta

from django.core.cache import cache

from trialwright.ledger.instants import parse_instant
from trialwright.ledger.trial import Trial
from trialwright.web.people.models import Clock

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=28)}


def now_in(trial: Trial, name: str) -> datetime:
    """The instant, UTC. `name` tells the trials of one application apart."""
    real = datetime.now(UTC)
    if not trial.simulated:
        return real
    shift = _shift(name)
    last = parse_instant(trial.recorded[-1].recorded_at) if trial.recorded else real
    if shift is None:
        shift = last - real
        Clock.objects.update_or_create(trial=name, defaults={"ahead_seconds": shift.total_seconds()})
        cache.delete(_key(name))
    return max(real + shift, last)


def let_pass(trial: Trial, name: str, step: str) -> datetime:
    """Put the clock of a simulated trial forward by one of `STEPS`; gives the new instant."""
    ahead = now_in(trial, name) + STEPS[step] - datetime.now(UTC)
    Clock.objects.update_or_create(trial=name, defaults={"ahead_seconds": ahead.total_seconds()})
    cache.delete(_key(name))
    return now_in(trial, name)


def _shift(name: str) -> timedelta | None:
    seconds = cache.get(_key(name))
    if seconds is None:
        clock = Clock.objects.filter(trial=name).first()
        if clock is None:
            return None
        seconds = clock.ahead_seconds
        cache.set(_key(name), seconds, 2)
    return timedelta(seconds=seconds)


def _key(name: str) -> str:
    return f"clock:{name}"
