"""What does not fit the shape of a study, in words for the person at the file: found, expected, what to do."""

import difflib
import types
import typing
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from pydantic_core import ErrorDetails

from trialwright.errors import FormatError
from trialwright.study.model import Study
from trialwright.study.tree import Path, Tree, nearest_place

_EXPECTED = {
    "string_type": "text",
    "string_too_short": "text that is not empty",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list, each line beginning with `- `",
    "dataclass_type": "a block of `key: value` lines",
    "dict_type": "a block of `key: value` lines",
}


def fault_of(error: ErrorDetails, tree: Tree, name: str) -> FormatError:
    """One complaint of the models as a FormatError at its place in the file."""
    path: Path = tuple(error["loc"])
    key = str(path[-1]) if path else ""
    match error["type"]:
        case "missing":
            return FormatError(_missing(path, key), nearest_place(tree.places, path[:-1], name))
        case "unexpected_keyword_argument":
            place = tree.keys.get(path) or nearest_place(tree.places, path, name)
            return FormatError(_unknown_key(path, key), place)
        case kind:
            return FormatError(_misfit(error, kind, path, key), nearest_place(tree.places, path, name))


def _missing(path: Path, key: str) -> str:
    block = _spoken(path[:-1])
    return f"{block} has no `{key}`, and needs one. Add a line `{key}: …` here."


def _unknown_key(path: Path, key: str) -> str:
    known = _known_keys(path[:-1])
    near = difflib.get_close_matches(key.lower(), known, n=1, cutoff=0.6)
    if near:
        return f"`{key}` is no key of {_spoken(path[:-1])}; did you mean `{near[0]}`?"
    return f"`{key}` is no key of {_spoken(path[:-1])}. Known here: {', '.join(known)}. Delete the line or rename it."


def _misfit(error: ErrorDetails, kind: str, path: Path, key: str) -> str:
    found = _found(error["input"])
    subject = f"`{key}`" if not key.isdigit() else f"item {int(key) + 1} of `{path[-2]}`"
    context = error.get("ctx", {})
    if kind == "literal_error":
        return (
            f"{subject} is {found}; expected {context['expected']}.{_did_you_mean(error['input'], context['expected'])}"
        )
    if kind == "string_pattern_mismatch":
        return (
            f"{subject} is {found}; expected a code: letters, digits and + / _ . -, at most 64. "
            "Put the full words into `label` or `text`."
        )
    if kind == "greater_than_equal":
        return f"{subject} is {found}; expected {context['ge']} or more."
    if kind == "greater_than":
        return f"{subject} is {found}; expected more than {context['gt']}."
    if kind == "less_than_equal":
        return f"{subject} is {found}; expected {context['le']} or less."
    if kind == "too_short":
        return f"{subject} is an empty list; expected at least {context['min_length']}. Add a line or delete `{key}`."
    if kind == "value_error":
        return f"{subject} is {found}: {context['error']}."
    expected = _EXPECTED.get(kind, error["msg"])
    return f"{subject} is {found}; expected {expected}.{_advice(error['input'], kind)}"


def _advice(value: Any, kind: str) -> str:
    if kind == "string_type" and value is None:
        return " Write the text, or delete the line."
    if kind == "string_type" and isinstance(value, int | Decimal):
        return f' Put it in quotes: "{_plain(value)}".'
    if kind == "int_type" and isinstance(value, str) and value.strip().isdigit():
        return " Take the quotes away."
    if kind == "bool_type" and isinstance(value, str):
        return " (`yes` and `no` are words in YAML 1.2.)"
    return ""


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _found(value: Any) -> str:
    """What stood there, short enough for one line."""
    match value:
        case None:
            return "empty"
        case bool():
            return str(value).lower()
        case int() | Decimal():
            return f"the number {value}"
        case str():
            return repr(value if len(value) <= 40 else value[:39] + "…")
        case tuple() | list():
            return "a list"
        case _:
            return "a block"


def _did_you_mean(value: Any, expected: str) -> str:
    choices = [part.strip("' ") for part in expected.replace(" or ", ",").split(",")]
    near = difflib.get_close_matches(str(value), choices, n=1, cutoff=0.6)
    return f" Did you mean '{near[0]}'?" if near else ""


def _spoken(path: Path) -> str:
    """A block by its keys: `endpoints`, third -> "item 3 of `endpoints`"."""
    if not path:
        return "the study"
    if isinstance(path[-1], int):
        return f"item {path[-1] + 1} of `{path[-2]}`"
    return f"`{path[-1]}`"


def _known_keys(path: Path) -> list[str]:
    """The keys that the block at a path may have, found by walking the models' annotations."""
    noun: Any = Study
    for step in path:
        if isinstance(step, int):
            noun = typing.get_args(noun)[0]
        elif is_dataclass(noun):
            noun = _bare(typing.get_type_hints(noun).get(step))
        else:
            return []
    return [field.name for field in fields(noun)] if is_dataclass(noun) else []


def _bare(hint: Any) -> Any:
    """A type without `| None`."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        return next(part for part in typing.get_args(hint) if part is not type(None))
    return hint
