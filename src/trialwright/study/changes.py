"""What one version of a study says that another does not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from trialwright.study.documents import ConsentDocument
from trialwright.study.model import Study


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the plan that differs. `path` leads to it; None stands where a version says nothing."""

    path: str
    old: str | None
    new: str | None


def study_changes(old: Study, new: Study) -> tuple[Change, ...]:
    """Every line that differs, in the order of the study file. Lines with a name are matched by it."""
    before, after = study_lines(old), study_lines(new)
    paths = list(dict.fromkeys([*before, *after]))
    differing = (path for path in paths if before.get(path) != after.get(path))
    return tuple(Change(path, before.get(path), after.get(path)) for path in differing)


def study_lines(study: Study) -> dict[str, str]:
    """Every line of a plan that says something, by its path."""
    return dict(_lines(study, ""))


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
        names = [name_of(part) for part in value]
        for place, (name, part) in enumerate(zip(names, value, strict=True), 1):
            once = name and names.count(name) == 1
            yield from _lines(part, f"{path}[{name if once else place}]")
    else:
        yield path, str(value)


def name_of(line: Any) -> str:
    """What a line of a list is called in the file; a consent form by its version too; nothing where it has no name."""
    if isinstance(line, ConsentDocument):
        return f"{line.id} {line.version}"
    keys = ("id", "code", "name", "drug", "concept")
    return next((str(found) for key in keys if (found := getattr(line, key, None))), "")
