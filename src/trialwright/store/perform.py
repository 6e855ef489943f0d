"""Keeping what people do: decide on the newest fold, seal, append, all under the study's lock.

A real ledger takes its time from the store's clock and its salts from the operating system. A simulated one says so
in its first entry, takes its time from the door and its salts from its first, so that a seed makes it again.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from os import urandom
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from trialwright.conduct.outcome import Decide, Reason, Refusal
from trialwright.errors import FormatError, UsageError
from trialwright.ledger.canon import format_canonical
from trialwright.ledger.codec import Stamp, read_entry, seal
from trialwright.ledger.entry import Actor, AnyEntry, NewEntry
from trialwright.ledger.fold import Fold
from trialwright.ledger.instants import format_instant, parse_instant
from trialwright.ledger.kinds import Adopted, Redacted, Refused, Retracted
from trialwright.ledger.seal import Sealed, simulated_first_salt, simulated_salt
from trialwright.store.engine import LostConnection, Row
from trialwright.store.opening import make_ledger
from trialwright.store.repeat import check_same_request, kept_under, numbered, refused_before
from trialwright.store.stale import stale_refusal
from trialwright.store.store import Clock, Store, utc_now

IDS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")  # what a client may name an act
NUMBERED = re.compile(r".*\.[0-9]+")  # kept for the second, third … entry of one act


@dataclass(frozen=True, slots=True)
class Kept:
    """The entries an act became, and where the ledger stood right after them."""

    entries: tuple[AnyEntry, ...]
    head: bytes
    size: int

    @property
    def clock_regressed(self) -> bool:
        """The clock stood earlier than at the entry before: kept in order, and someone should be told."""
        return any(entry.clock_regressed for entry in self.entries)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Who stands before the store, where and when: the same for every entry of one act."""

    id: str
    actor: Actor
    second: Actor | None
    site: str
    now: str
    simulated: bool


def create(
    where: Path | str,
    adopted: Adopted,
    *,
    study: str,
    site: str,
    actor: Actor,
    role: str | None = None,
    at: str | datetime | None = None,
    id: str = "adopt",
    seed: int | None = None,
    clock: Clock = utc_now,
) -> Store:
    """A new ledger whose first entry adopts the study. Nothing is left behind if it cannot be made.

    `seed` (simulated ledgers only) makes the salts, and with `at` the whole ledger, reproducible to the byte.
    `where` is a file, or the URL of a database by its owner; `role` there is who may read and append.
    Raises UsageError if the place is taken or `seed` is given for a real ledger; FormatError if the study's
    text does not have the hash it is said to have, or cannot be kept.
    """
    _checked_id(id)
    _check_adopted(adopted)
    if seed is not None and not adopted.simulated:
        raise UsageError("a seed makes salts that can be guessed: only a simulated ledger takes one")
    store = Store(make_ledger(where, study, role=role), clock)
    try:
        with store.writing():
            now = _now(store, at, simulated=adopted.simulated)
            desk = _Desk(id, actor, None, site, now, adopted.simulated)
            salt = urandom(16) if seed is None else simulated_first_salt(seed)
            _write(store, desk, (NewEntry(adopted),), study, salt=salt)
    except BaseException:
        store.engine.abandon()
        raise
    return store


def perform(
    store: Store,
    decide: Decide,
    *,
    act: str,
    about: str | None,
    actor: Actor,
    site: str,
    id: str,
    second: Actor | None = None,
    at: str | datetime | None = None,
    seen: int | None = None,
    concerns: tuple[str, ...] = (),
    asked: Mapping[str, Any] | None = None,
) -> Kept | Refusal:
    """What an act became: entries, kept; or the refusal, itself kept as an entry `refused`.

    decide    the act with all its arguments but the trial; run inside the lock, on the newest fold.
    id        made by the client, once per intention: the same request under the same id gives the same answer and
              writes nothing; another request under it is refused.
    at        the instant, heeded in a simulated ledger only; a real one reads its own clock, whatever a door says.
    seen      number of the last entry the person saw; refused as `stale` if one after it concerns `about`, one of
              `concerns` (a lot, a donor …) or the study's own rules.
    asked     what was asked for, in plain values; kept with a refusal.

    Raises UsageError, FormatError or IntegrityError; then nothing was written.
    """
    once = partial(
        _decided,
        store,
        decide,
        act=act,
        about=about,
        actor=actor,
        second=second,
        site=site,
        at=at,
        id=_checked_id(id),
        seen=seen,
        concerns=concerns,
        asked=asked,
    )
    try:
        return once()
    except LostConnection:
        if store.in_batch:
            raise
        return once()  # if it was kept after all, its id gives the answer it got


def _decided(
    store: Store,
    decide: Decide,
    *,
    act: str,
    about: str | None,
    actor: Actor,
    second: Actor | None,
    site: str,
    at: str | datetime | None,
    id: str,
    seen: int | None,
    concerns: tuple[str, ...],
    asked: Mapping[str, Any] | None,
) -> Kept | Refusal:
    """The act, decided and kept in one transaction."""
    with store.writing():
        _check_seen(store.fold, seen)
        if before := _answer_given_before(store.fold, decide, id, act, actor, second, site, asked):
            return before
        trial = store.fold.trial()
        if trial.unreadable:
            return _read_only(store.fold, act, about)
        desk = _Desk(id, actor, second, site, _now(store, at, simulated=trial.simulated), trial.simulated)
        outcome = stale_refusal(store.fold, act, about, seen, concerns) or decide(trial)
        if isinstance(outcome, Refusal):
            return _keep_refusal(store, desk, outcome, asked, trial.study)
        if any(isinstance(new.what, Redacted) for new in outcome):
            raise UsageError("content is removed by `redact`, never by an act")
        return _write(store, desk, outcome, trial.study)


def _check_seen(fold: Fold, seen: int | None) -> None:
    """Raises UsageError for an entry that nobody can have seen yet."""
    if seen is not None and seen >= fold.size:
        newest = fold.size - 1
        raise UsageError(
            f"entry {seen} was not written yet; the newest is {newest}. Give the number of the newest entry you saw."
        )


def _keep_refusal(store: Store, desk: _Desk, refusal: Refusal, asked: Mapping[str, Any] | None, study: str) -> Refusal:
    reasons = tuple({"code": r.code, "text": r.text, "way_out": r.way_out} for r in refusal.reasons)
    refused = Refused(refusal.act, reasons, _words(asked or {}))
    _write(store, desk, (NewEntry(refused, about=refusal.about),), study)
    return refusal


def keep(
    store: Store, new: NewEntry, *, id: str, actor: Actor, site: str, at: str | datetime | None, removes: int
) -> Kept:
    """Write an entry that no act decides (a redaction), inside `store.writing()`; the content of `removes` goes."""
    trial = store.fold.trial()
    desk = _Desk(_checked_id(id), actor, None, site, _now(store, at, simulated=trial.simulated), trial.simulated)
    return _write(store, desk, (new,), trial.study, removes=removes)


def _write(
    store: Store,
    desk: _Desk,
    entries: tuple[NewEntry, ...],
    study: str,
    *,
    salt: bytes = b"",
    removes: int | None = None,
) -> Kept:
    """Seal and append the entries of one act. `salt` is given for the very first entry only."""
    sealed = _seal_all(store, desk, entries, study, salt)
    start = store.fold.size
    for n, one in enumerate(sealed):
        store.append(study, Row(start + n, numbered(desk.id, n), one, removes))
    for one in sealed:
        store.fold.add(read_entry(one))
    return Kept(tuple(store.fold.since(start)), store.fold.head, store.fold.size)


def _seal_all(store: Store, desk: _Desk, entries: tuple[NewEntry, ...], study: str, salt: bytes) -> list[Sealed]:
    """The entries of one act, sealed one on the other; nothing is written yet, so that an act is never half there."""
    fold = store.fold
    last, previous = fold.last, fold.head
    recorded_at = max(desk.now, last.recorded_at) if last else desk.now
    in_force = last.study_sha256 if last else ""
    sealed: list[Sealed] = []
    for n, new in enumerate(entries):
        _check_target(fold, new)
        if isinstance(new.what, Adopted):
            _check_adopted(new.what)
            in_force = new.what.sha256
        stamp = Stamp(
            study=study,
            study_sha256=in_force,
            seq=fold.size + n,
            id=numbered(desk.id, n),
            site=desk.site,
            actor=desk.actor,
            recorded_at=recorded_at,
            clock_regressed=desk.now if desk.now < recorded_at else None,
        )
        salt_n = salt or _salt(store, stamp.seq, simulated=desk.simulated)
        new = replace(new, second=new.second or desk.second)
        sealed.append(seal(new, stamp, previous=previous, salt=salt_n))
        previous = sealed[-1].hash
    return sealed


def _salt(store: Store, seq: int, *, simulated: bool) -> bytes:
    """From the operating system; in a simulated ledger from its first salt."""
    return simulated_salt(store.first_salt, seq) if simulated else urandom(16)


def _now(store: Store, at: str | datetime | None, *, simulated: bool) -> str:
    """The instant to be recorded: the store's clock, or in a simulated ledger the door's."""
    if at is None or not simulated:
        return format_instant(store.clock())
    return format_instant(parse_instant(at) if isinstance(at, str) else at)


def _checked_id(id: str) -> str:
    if not IDS.fullmatch(id) or NUMBERED.fullmatch(id):
        raise UsageError(
            f"{id[:60]!r} cannot name an act: use up to 100 of A-Z a-z 0-9 . _ : - and no ending `.` with a number, "
            "which is kept for the further entries of one act."
        )
    return id


def _check_adopted(adopted: Adopted) -> None:
    if sha256(adopted.text.encode("utf-8", "surrogatepass")).hexdigest() != adopted.sha256:
        raise FormatError("the study's text does not have the SHA-256 it is said to have")
    for site, zone in adopted.time_zones.items():
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise FormatError(f"site {site}: {zone!r} is no time zone; write it like Asia/Shanghai.") from None


def _check_target(fold: Fold, new: NewEntry) -> None:
    """Corrections and retractions must point at something that can be amended; acts see to it beforehand."""
    if (new.retracts is None) == isinstance(new.what, Retracted):
        raise UsageError("a retraction is an entry of kind `retracted` that names what it takes back")
    target = new.corrects or new.retracts
    if target is None:
        return
    chain = fold.chain(target)
    if not chain:
        raise UsageError(f"there is no entry {target!r} to amend")
    if fold.is_retracted(target) or isinstance(chain[0].what, Retracted | Redacted | Refused):
        raise UsageError(f"entry {target!r} cannot be amended: it was taken back, or is no statement about the trial")
    if chain[0].seq == 0:
        raise UsageError("the first entry adopts the study and stays; an amendment is a new entry `adopted`")
    if isinstance(chain[0].what, Adopted):
        raise UsageError("what was adopted was in force, and stays in the ledger; a further amendment replaces it")
    if new.corrects and chain[0].what.kind != new.what.kind:
        raise UsageError(f"entry {target!r} is `{chain[0].what.kind}` and cannot be corrected by `{new.what.kind}`")


def _answer_given_before(
    fold: Fold,
    decide: Decide,
    id: str,
    act: str,
    actor: Actor,
    second: Actor | None,
    site: str,
    asked: Mapping[str, Any] | None,
) -> Kept | Refusal | None:
    """The answer this id got, if it was used for the same: a double click or a repeated request is one act."""
    kept = kept_under(fold, id)
    if not kept:
        return None
    if isinstance(kept[0].what, Refused):
        return refused_before(kept[0], act, actor, _words(asked or {}))
    check_same_request(fold, kept, decide, actor=actor, second=second, site=site)
    return Kept(kept, kept[-1].hash, kept[-1].seq + 1)


def _words(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked for, as it can be kept: whatever a ledger cannot hold is kept as one text that spells it out."""
    try:
        format_canonical(asked := dict(asked))
    except FormatError:
        return {"as_text": json.dumps(asked, default=str, sort_keys=True)}
    return asked


def _read_only(fold: Fold, act: str, about: str | None) -> Refusal:
    """Nothing is decided on a ledger that this version cannot read whole."""
    return Refusal(
        act,
        about,
        (
            Reason(
                "ledger.unreadable",
                "This ledger holds entries that this version of trialwright cannot read; nothing may be decided on it.",
                "Update trialwright. `trialwright ledger show` lists the entries.",
            ),
        ),
    )
