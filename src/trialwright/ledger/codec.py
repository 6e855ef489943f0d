"""Entries to sealed bytes and back: the header, the payload, and the checks of both.

The header always has the same fields; what does not apply is null. The payload is `{"told": …, "what": {…}, "why": …}`:
free text lies there, so that it can be redacted.
"""

from dataclasses import dataclass
from functools import lru_cache
from types import NoneType
from typing import Any, cast

from trialwright.errors import FormatError, IntegrityError
from trialwright.facts.dates import parse_occurred
from trialwright.ledger.canon import format_canonical, parse_exact
from trialwright.ledger.content import NEVER_WRITTEN, format_what, parse_what
from trialwright.ledger.entry import Actor, Entry, Mood, NewEntry, Told
from trialwright.ledger.kinds import KINDS, Removed, What
from trialwright.ledger.seal import NO_SALT, Sealed, entry_hash, payload_sha256, seal_fault

FORMAT = "trialwright ledger 1"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What only the store knows of an entry to be written."""

    study: str
    study_sha256: str
    seq: int
    id: str
    site: str
    actor: Actor
    recorded_at: str
    clock_regressed: str | None = None


_TEXT, _TEXT_OR_NONE = (str,), (str, NoneType)
_HEADER: dict[str, tuple[type, ...]] = {
    "about": _TEXT_OR_NONE,
    "actor": (dict,),
    "causes": (list,),
    "clock_regressed": _TEXT_OR_NONE,
    "corrects": _TEXT_OR_NONE,
    "format": _TEXT,
    "id": _TEXT,
    "kind": _TEXT,
    "kind_version": (int,),
    "mood": _TEXT,
    "occurred": _TEXT_OR_NONE,
    "payload_sha256": _TEXT,
    "reason_code": _TEXT_OR_NONE,
    "recorded_at": _TEXT,
    "retracts": _TEXT_OR_NONE,
    "second": (dict, NoneType),
    "seq": (int,),
    "site": _TEXT,
    "study": _TEXT,
    "study_sha256": _TEXT,
}


def seal(new: NewEntry, stamp: Stamp, *, previous: bytes, salt: bytes) -> Sealed:
    """The entry as sealed bytes; `previous` is the hash of the entry before it.

    Raises FormatError if it holds what canonical bytes cannot carry, a field of another type than its kind says, or
    an `occurred` that is no partial date or local time.
    """
    what = new.what
    if what.kind in NEVER_WRITTEN or KINDS.get(what.kind) is not type(what):
        raise FormatError(f"an entry of kind `{what.kind}` is never written")
    if new.occurred is not None:
        parse_occurred(new.occurred)
    payload = format_canonical({"what": format_what(what), "why": new.why, "told": _told_out(new.told)})
    header = format_canonical(
        {
            "about": new.about,
            "actor": _actor_out(stamp.actor),
            "causes": new.causes,
            "clock_regressed": stamp.clock_regressed,
            "corrects": new.corrects,
            "format": FORMAT,
            "id": stamp.id,
            "kind": what.kind,
            "kind_version": what.version,
            "mood": new.mood.value,
            "occurred": new.occurred,
            "payload_sha256": payload_sha256(salt, payload).hex(),
            "reason_code": new.reason_code,
            "recorded_at": stamp.recorded_at,
            "retracts": new.retracts,
            "second": _actor_out(new.second) if new.second else None,
            "seq": stamp.seq,
            "site": stamp.site,
            "study": stamp.study,
            "study_sha256": stamp.study_sha256,
        }
    )
    sealed = Sealed(header, entry_hash(previous, header), payload, salt)
    read_entry(sealed)  # what cannot be read again is not written
    return sealed


def parse_header(data: bytes) -> dict[str, Any]:
    """The header's fields, each of its type. Raises FormatError."""
    header = parse_exact(data)
    check_header(header)
    return cast("dict[str, Any]", header)


_NAMES = tuple(sorted(_HEADER))
_GOOD_TYPES: set[tuple[type, ...]] = set()  # combinations met before: asked once per combination, not per entry


def check_header(header: Any) -> None:
    """Raises FormatError unless these are a header's fields, all of them in order, each of its type."""
    if type(header) is not dict or header.get("format") != FORMAT:
        raise FormatError(f"this is no header of the format `{FORMAT}`")
    if tuple(header) != _NAMES:
        raise FormatError("the header's fields are not those of its format: " + ", ".join(header))
    types = tuple(map(type, header.values()))
    if types not in _GOOD_TYPES:
        for name, found in zip(_NAMES, types, strict=True):
            if found not in _HEADER[name]:
                raise FormatError(f"the header's {name} is {header[name]!r}")
        _GOOD_TYPES.add(types)
    if header["mood"] not in _MOODS:
        raise FormatError(f"the header's mood is {header['mood']!r}")
    _actor_in(header["actor"])
    if header["second"] is not None:
        _actor_in(header["second"])
    if header["causes"] and any(type(cause) is not str for cause in header["causes"]):
        raise FormatError(f"the header's causes are {header['causes']!r}")


def parse_payload(header: dict[str, Any], payload: Any) -> tuple[What, str | None, Told | None]:
    """What an entry says, why, and who told it, from its payload's plain values. Raises FormatError."""
    if type(payload) is not dict or payload.keys() != {"told", "what", "why"} or type(payload["what"]) is not dict:
        raise FormatError("the payload is not `told`, `what` and `why`")
    why = payload["why"]
    if why is not None and type(why) is not str:
        raise FormatError(f"`why` is {why!r}; expected a text or nothing")
    return parse_what(header["kind"], header["kind_version"], payload["what"]), why, _told_in(payload["told"])


def read_entry(sealed: Sealed) -> Entry[What]:
    """The entry that sealed bytes say; whether the seal holds is asked by `unseal`.

    Raises FormatError if the bytes are not an entry's.
    """
    return _entry(parse_header(sealed.header), sealed)


def unseal(sealed: Sealed, previous: bytes, seq: int) -> Entry[What]:
    """The entry number `seq` that sealed bytes say, its seal checked against the hash of the entry before.

    Raises IntegrityError if the seal is broken or the bytes are not that entry's; the message names the entry.
    """
    try:
        header = parse_header(sealed.header)
        broken = seal_fault(sealed, previous, header["payload_sha256"])
        if not broken and header["seq"] == seq:
            return _entry(header, sealed)
    except FormatError as fault:
        raise IntegrityError(f"entry {seq} cannot be read: {fault}") from None
    raise IntegrityError(f"entry {seq} ({header['id']}): {broken or 'it says it is entry ' + str(header['seq'])}")


def _entry(header: dict[str, Any], sealed: Sealed) -> Entry[What]:
    what: What
    if sealed.payload is None:
        what, why, told = Removed(of_kind=header["kind"]), None, None
    else:
        what, why, told = parse_payload(header, parse_exact(sealed.payload))
    return Entry(
        seq=header["seq"],
        id=header["id"],
        study=header["study"],
        study_sha256=header["study_sha256"],
        site=header["site"],
        actor=_actor_in(header["actor"]),
        recorded_at=header["recorded_at"],
        what=what,
        about=header["about"],
        occurred=header["occurred"],
        second=None if header["second"] is None else _actor_in(header["second"]),
        corrects=header["corrects"],
        retracts=header["retracts"],
        causes=tuple(header["causes"]),
        mood=_MOODS[header["mood"]],
        reason_code=header["reason_code"],
        why=why,
        told=told,
        clock_regressed=header["clock_regressed"],
        redacted=sealed.payload is None,
        hash=sealed.hash,
    )


def redacted(sealed: Sealed) -> Sealed:
    """The same entry with its payload gone, and the salt with it, so that nothing is left to guess from."""
    return Sealed(sealed.header, sealed.hash, None, NO_SALT)


_MOODS = {mood.value: mood for mood in Mood}
_ACTOR, _TOLD = {"id", "role"}, {"source", "who", "why_late"}


def _actor_out(actor: Actor) -> dict[str, str]:
    return {"id": actor.id, "role": actor.role}


@lru_cache(maxsize=1024)
def _actor(id: str, role: str) -> Actor:
    return Actor(id, role)


def _actor_in(value: dict[str, Any]) -> Actor:
    if value.keys() != _ACTOR or type(value["id"]) is not str or type(value["role"]) is not str:
        raise FormatError(f"an actor is an id and a role, not {value!r}")
    return _actor(value["id"], value["role"])


def _told_out(told: Told | None) -> dict[str, str] | None:
    return {"source": told.source, "who": told.who, "why_late": told.why_late} if told else None


def _told_in(value: Any) -> Told | None:
    if value is None:
        return None
    if type(value) is not dict or value.keys() != _TOLD or any(type(text) is not str for text in value.values()):
        raise FormatError("`told` is source, who and why_late, each a text")
    return Told(**value)
