"""The door to the trial: opened once in a process, it gives every request the trial as it stands, and does acts.

Reading folds only what was appended since the last request. Acts are decided under the ledger's lock by the core.
"""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest

from trialwright.conduct import Act, Refusal, read_what
from trialwright.ledger import Actor, Entry, Told, Trial
from trialwright.ledger.instants import format_instant
from trialwright.ledger.trial import Casebook
from trialwright.store import Kept
from trialwright.store.directory import STUDY_NAME, TrialDirectory, open_trial
from trialwright.store.url import is_url
from trialwright.study import Study, read_study
from trialwright.web.clock import now_in

MAIN, PRACTICE = "main", "practice"
_LOCK = Lock()
_OPEN: dict[tuple[int, str], tuple[TrialDirectory, ExitStack]] = {}


@dataclass(frozen=True)
class Standing:
    """The trial as one request sees it: one study, one fold, one moment, one site."""

    name: str
    directory: TrialDirectory
    study: Study
    trial: Trial
    site: str
    now: datetime  # UTC

    @property
    def zone(self) -> str:
        return self.trial.adopted.what.time_zones.get(self.site) or next(
            iter(self.trial.adopted.what.time_zones.values())
        )

    @cached_property
    def here(self) -> datetime:
        """The moment by the site's clock."""
        return self.now.astimezone(ZoneInfo(self.zone))

    @property
    def offset(self) -> str:
        """How far the site's clock is from UTC: +08:00."""
        plain = self.here.strftime("%z")
        return f"{plain[:3]}:{plain[3:]}"

    @property
    def today(self) -> date:
        return self.here.date()

    @property
    def seen(self) -> int:
        """Number of the newest entry that this page rests on."""
        return self.trial.size - 1

    def latest(self, count: int, after: int = -1) -> tuple[Entry[Any], ...]:
        """The newest entries as recorded, the newest first, down to the one after number `after`."""
        return tuple(reversed(self.trial.recorded[max(after + 1, self.trial.size - count) :]))

    @property
    def books(self) -> Mapping[str, Casebook]:
        return self.trial.casebooks


def standing(request: HttpRequest) -> Standing:
    """The trial as this request sees it; the same for every caller within the request."""
    known: Standing | None = getattr(request, "_standing", None)
    if known is None:
        known = _stand(trial_of(request), site_of(request))
        request._standing = known  # type: ignore[attr-defined]
    return known


def forget(request: HttpRequest) -> None:
    """Let the next `standing` look again: something was written."""
    request._standing = None  # type: ignore[attr-defined]


def _stand(name: str, site: str | None) -> Standing:
    directory = opened(name)
    trial = directory.trial()
    sites = trial.adopted.what.time_zones
    here = site if site in sites else next(iter(sites))
    study = _study(trial.adopted.what.sha256, trial.adopted.what.text)
    return Standing(name, directory, study, trial, here, now_in(trial, name))


@lru_cache(maxsize=8)
def _study(sha256: str, text: str) -> Study:
    """The study of an adoption, read once in a process."""
    return read_study(text, STUDY_NAME).study


def trial_of(request: HttpRequest) -> str:
    """Which trial the session works on: the main one, or in a demonstration the one for practice."""
    wanted = request.session.get("trial", MAIN) if hasattr(request, "session") else MAIN
    return wanted if wanted == MAIN or has_practice() else MAIN


def site_of(request: HttpRequest) -> str | None:
    post = getattr(request, "post", None)
    return post.site if post else None


def has_practice() -> bool:
    """Whether a trial for practice lies beside the main one."""
    return (
        bool(settings.DEMO) and not is_url(settings.TRIAL) and (Path(settings.TRIAL) / PRACTICE / "ledger.db").is_file()
    )


def opened(name: str) -> TrialDirectory:
    """The trial's directory, opened once in each process and kept open."""
    key = (os.getpid(), name)
    with _LOCK:
        if key not in _OPEN:
            stack = ExitStack()
            where = Path(settings.TRIAL) / PRACTICE if name == PRACTICE else settings.TRIAL
            _OPEN[key] = stack.enter_context(open_trial(where)), stack
        return _OPEN[key][0]


def close_all() -> None:
    """Close what this process opened: for tests, and on the way out."""
    with _LOCK:
        for key in [key for key in _OPEN if key[0] == os.getpid()]:
            _OPEN.pop(key)[1].close()


def do(
    request: HttpRequest,
    act: Act[Any],
    *,
    actor: Actor,
    who: str | None,
    words: Mapping[str, Any],
    on: str | None,
    id: str,
    second: Actor | None = None,
    told: Told | None = None,
    seen: int | None = None,
) -> Kept | Refusal:
    """Ask for an act, as this request's person, on the trial as it stands when its turn comes.

    Raises FormatError or UsageError for words that cannot be read; then nothing was recorded.
    """
    stands = standing(request)
    outcome = stands.directory.perform(
        act,
        actor=actor,
        who=who,
        what=read_what(act, words),
        on=on,
        site=stands.site,
        id=id,
        at=stands.now,
        second=second,
        told=told,
        seen=seen,
    )
    forget(request)
    return outcome


def instant(stands: Standing) -> str:
    """The moment of a page, as the ledger writes it."""
    return format_instant(stands.now)
