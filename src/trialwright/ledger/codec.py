"""Entries to canonical bytes and back: every field of a kind is written, and what is read is checked field by field.

The header always has the same fields; what does not apply is null. The payload is `{"told": …, "what": {…}, "why": …}`:
free text lies there, so that it can be redacted. A field that is itself a table (`dict[str, str]`: sites to zones,
products to relatedness) is written as pairs sorted by name, because its names are people's words, not ours.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from types import NoneType
from typing import Any, cast, get_args, get_origin, get_type_hints

from trialwright.errors import FormatError, IntegrityError
from trialwright.ledger.canon import format_canonical, parse_exact
from trialwright.ledger.entry import Actor, Entry, Mood, NewEntry, Told
from trialwright.ledger.kinds import KINDS, Removed, Unreadable, What
from trialwright.ledger.seal import NO_SALT, Sealed, entry_hash, payload_sha256, seal_fault
from trialwright.ledger.upcasters import UPCASTERS, Upcaster, upcast

FORMAT = "trialwright ledger 1"
NEVER_WRITTEN = frozenset({Removed.kind, Unreadable.kind})


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


# --- content ----------------------------------------------------------------------------------------------------------

Check = Callable[[Any], Any]


class _Wrong(Exception):
    """A field's value is not of its type; says what was expected."""


def _exactly(*types: type) -> Check:
    names = " or ".join("nothing" if t is NoneType else t.__name__ for t in types)

    def check(value: Any) -> Any:
        if type(value) not in types:
            raise _Wrong(names)
        return value

    return check


def _each(check: Check, length: int | None = None) -> Check:
    def check_all(value: Any) -> tuple[Any, ...]:
        if type(value) is not list or (length is not None and len(value) != length):
            raise _Wrong("a list" if length is None else f"a list of {length}")
        return tuple([check(item) for item in value])

    return check_all


def _pairs(value: Any) -> dict[str, str]:
    """A table of texts, written as pairs sorted by name."""
    if type(value) is not list or any(type(p) is not list or [type(t) for t in p] != [str, str] for p in value):
        raise _Wrong("a list of pairs of texts")
    table: dict[str, str] = dict(value)
    if [list(pair) for pair in sorted(table.items())] != value:
        raise _Wrong("pairs sorted by name, each name once")
    return table


def _texts(value: Any) -> dict[str, str]:
    if type(value) is not dict or any(type(text) is not str for text in value.values()):
        raise _Wrong("a table of texts")
    return value


def _check_for(hint: Any) -> Check:
    """The check for one field's type. Raises TypeError for a type that no kind may use (a float, a set …)."""
    if hint in (str, int, bool):
        return _exactly(hint)
    if hint == dict[str, str]:
        return _pairs
    if hint == dict[str, Any]:
        return _exactly(dict)
    origin, args = get_origin(hint), get_args(hint)
    if origin is tuple:
        inner = _texts if args[0] == dict[str, str] else _check_for(args[0])
        return _each(inner, None if args[-1] is Ellipsis else len(args))
    if set(args) - {NoneType} <= {str, int, bool}:
        return _exactly(*args)
    raise TypeError(f"no kind of entry may hold a {hint}")


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one kind is written: its fields, which of them are tables, and the check of each."""

    names: tuple[str, ...]
    tables: frozenset[str]
    checks: tuple[Check, ...]
    keys: frozenset[str]


_SHAPES: dict[type[What], _Shape] = {}


def _shape(cls: type[What]) -> _Shape:
    """The shape of a kind, worked out once."""
    if cls in _SHAPES:
        return _SHAPES[cls]
    hints = get_type_hints(cls)
    names = tuple(field.name for field in fields(cls))
    tables = frozenset(name for name in names if hints[name] == dict[str, str])
    checks = tuple(_check_for(hints[name]) for name in names)
    return _SHAPES.setdefault(cls, _Shape(names, tables, checks, frozenset(names)))


def format_what(what: What) -> dict[str, Any]:
    """The content of an entry as plain values, every field written."""
    shape = _shape(type(what))
    body = {name: getattr(what, name) for name in shape.names}
    for name in shape.tables:
        body[name] = [list(pair) for pair in sorted(body[name].items())]
    return body


def parse_what(
    kind: str,
    version: int,
    body: dict[str, Any],
    *,
    kinds: Mapping[str, type[What]] = KINDS,
    upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
) -> What:
    """The content of an entry; `Unreadable` if this program is too old for its kind or version.

    Raises FormatError if a field is missing, unknown or of another type than its kind says.
    """
    cls = kinds.get(kind)
    if cls is None or version > cls.version or kind in NEVER_WRITTEN:
        return Unreadable(of_kind=kind, of_version=version, body=body)
    if version < cls.version:
        body = upcast(kind, version, body, to=cls.version, upcasters=upcasters)
    shape = _shape(cls)
    if body.keys() != shape.keys:
        raise FormatError(_keys_fault(kind, body, shape))
    name = ""
    try:
        values = []
        for name, check in zip(shape.names, shape.checks, strict=True):
            values.append(check(body[name]))
    except _Wrong as expected:
        raise FormatError(f"`{kind}`: {name} is {body[name]!r}; expected {expected}.") from None
    return cls(*values)


def _keys_fault(kind: str, body: dict[str, Any], shape: _Shape) -> str:
    missing, unknown = sorted(shape.keys - body.keys()), sorted(body.keys() - shape.keys)
    parts = [f"{word} {', '.join(names)}" for word, names in (("lacks", missing), ("has unknown", unknown)) if names]
    return f"`{kind}` {' and '.join(parts)}."


# --- header and payload -----------------------------------------------------------------------------------------------

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

    Raises FormatError if it holds what canonical bytes cannot carry, or a field of another type than its kind says.
    """
    what = new.what
    if what.kind in NEVER_WRITTEN or KINDS.get(what.kind) is not type(what):
        raise FormatError(f"an entry of kind `{what.kind}` is never written")
    payload = format_canonical(
        {"what": format_what(what), "why": new.why, "told": _told_out(new.told)},
    )
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


def read_entry(sealed: Sealed) -> Entry[What]:
    """The entry that sealed bytes say; whether the seal holds is asked by `unseal`.

    Raises FormatError if the bytes are not an entry's.
    """
    return _entry(parse_header(sealed.header), sealed)


def unseal(sealed: Sealed, previous: bytes) -> Entry[What]:
    """The entry that sealed bytes say, its seal checked against the hash of the entry before.

    Raises IntegrityError if the seal is broken or the bytes are not an entry's; the message names the entry.
    """
    try:
        header = parse_header(sealed.header)
        broken = seal_fault(sealed, previous, header["payload_sha256"])
        if broken:
            raise IntegrityError(f"entry {header['seq']} ({header['id']}): {broken}")
        return _entry(header, sealed)
    except FormatError as fault:
        raise IntegrityError(f"an entry cannot be read: {fault}") from None


def _entry(header: dict[str, Any], sealed: Sealed) -> Entry[What]:
    what: What
    why = told = None
    if sealed.payload is None:
        what = Removed(of_kind=header["kind"])
    else:
        payload = parse_exact(sealed.payload)
        if type(payload) is not dict or payload.keys() != {"what", "why", "told"} or type(payload["what"]) is not dict:
            raise FormatError("the payload is not `told`, `what` and `why`")
        what = parse_what(header["kind"], header["kind_version"], payload["what"])
        why, told = _text_in(payload["why"]), _told_in(payload["told"])
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
        second=_actor_in(header["second"]) if header["second"] else None,
        corrects=header["corrects"],
        retracts=header["retracts"],
        causes=tuple([_text_in(cause, required=True) for cause in header["causes"]]),
        mood=_mood_in(header["mood"]),
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


def _actor_out(actor: Actor) -> dict[str, str]:
    return {"id": actor.id, "role": actor.role}


@cache
def _actor(id: str, role: str) -> Actor:
    return Actor(id, role)


def _actor_in(value: dict[str, Any]) -> Actor:
    if value.keys() != {"id", "role"} or type(value["id"]) is not str or type(value["role"]) is not str:
        raise FormatError("an actor is an id and a role")
    return _actor(value["id"], value["role"])


def _told_out(told: Told | None) -> dict[str, str] | None:
    return {"source": told.source, "who": told.who, "why_late": told.why_late} if told else None


def _told_in(value: Any) -> Told | None:
    if value is None:
        return None
    if type(value) is not dict or value.keys() != {"source", "who", "why_late"}:
        raise FormatError("`told` is source, who and why_late")
    _texts(value)
    return Told(**value)


def _text_in(value: Any, *, required: bool = False) -> Any:
    if type(value) is not str and (required or value is not None):
        raise FormatError(f"expected a text, found {value!r}")
    return value


_MOODS = {mood.value: mood for mood in Mood}


def _mood_in(value: str) -> Mood:
    if value not in _MOODS:
        raise FormatError(f"unknown mood {value!r}")
    return _MOODS[value]
