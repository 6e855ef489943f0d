"""What an entry says, as plain values and back: every field is written, and each is checked when it is read.

A field that is itself a table (`dict[str, str]`: sites to zones, products to relatedness) is written as pairs sorted
by name, because its names are people's words, and the keys of canonical bytes are ours.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from trialwright.errors import FormatError
from trialwright.ledger.canon import LARGEST, is_clean
from trialwright.ledger.kinds import KINDS, Removed, Unreadable, What
from trialwright.ledger.upcasters import UPCASTERS, Upcaster, upcast

NEVER_WRITTEN = frozenset({Removed.kind, Unreadable.kind})

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


def _whole_number(value: Any) -> Any:
    if type(value) is not int or not -LARGEST < value < LARGEST:
        raise _Wrong("int")
    return value


def _loose(value: Any) -> Any:
    """A table with fields of its own (a fact, a form's answers): any values that canonical bytes may carry."""
    if type(value) is not dict or not is_clean(value):
        raise _Wrong("dict")
    return value


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
    if hint in (str, bool):
        return _exactly(hint)
    if hint is int:
        return _whole_number
    if hint == dict[str, str]:
        return _pairs
    if hint == dict[str, Any]:
        return _loose
    origin, args = get_origin(hint), get_args(hint)
    if origin is tuple:
        inner = _texts if args[0] == dict[str, str] else _check_for(args[0])
        return _each(inner, None if args[-1] is Ellipsis else len(args))
    if set(args) == {int, NoneType}:
        return lambda value: value if value is None else _whole_number(value)
    if set(args) - {NoneType} <= {str, bool}:
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
        try:
            body = upcast(kind, version, body, to=cls.version, upcasters=upcasters)
        except KeyError as missing:
            raise FormatError(
                f"`{kind}` version {version} has no way to today's shape: {missing} is missing."
            ) from None
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
