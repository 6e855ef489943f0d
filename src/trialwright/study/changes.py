"""What one version of a study says that another does not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from trialwright.study.model import Study


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the plan that differs. `path` leads to it; None stands where a version says nothing."""

    path: str
    old: str | None
    new: str | None


def study_changes(old: Study, new: Study) -> tuple[Change, ...]:
    """Every line that differs, in the order of the study file. Blocks with an `id` or `name` are matched by it."""
    before, after = dict(_lines(old, "")), dict(_lines(new, ""))
    paths = list(dict.fromkeys([*before, *after]))
    differing = (path for path in paths if before.get(path) != after.get(path))
    return tuple(Change(path, before.get(path), after.get(path)) for path in differing)


def _lines(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if value is None or value == ():
        return
    if is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from _lines(getattr(value, part.name), f"{path}.{part.name}" if path else part.name)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _lines(part, f"{path}.{key}")
    elif isinstance(value, tuple | list):
        for place, part in enumerate(value, 1):
            name = getattr(part, "id", None) or getattr(part, "name", None) or place
            yield from _lines(part, f"{path}[{name}]")
    else:
        yield path, str(value)
