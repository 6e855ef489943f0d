"""The text of a study file -> the study, and where each of its lines stands. All faults at once."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from pydantic import TypeAdapter, ValidationError

from trialwright.criteria import RuleError, parse_rule
from trialwright.errors import FormatError, Place
from trialwright.study.faults import fault_of
from trialwright.study.model import Study
from trialwright.study.scalars import Scalar, find_in_source
from trialwright.study.tree import Path, Tree, nearest_place, read_tree


@dataclass(frozen=True, slots=True)
class StudyFile:
    """A study as it was read: what it says, the exact text, its SHA-256, and the place of every line.

    places   path -> Place; a path is the keys and list positions from the top: ("endpoints", 0, "origin")
    scalars  path -> the value as written, for places inside a text
    """

    study: Study
    text: str
    sha256: str
    name: str
    places: Mapping[Path, Place] = field(repr=False)
    scalars: Mapping[Path, Scalar] = field(repr=False)

    def place(self, *path: str | int) -> Place:
        """Where a line stands; for one that is not written, the block it would stand in."""
        return nearest_place(self.places, path, self.name)

    def place_within(self, *path: str | int, offset: int) -> Place:
        """Where a character of a text stands: `offset` counts in the text's value."""
        if path not in self.scalars:
            return self.place(*path)
        return Place(self.name, *find_in_source(self.text, self.scalars[path], offset))


class StudyErrors(FormatError):
    """Everything that is wrong with a study file, in the order of its lines."""

    def __init__(self, faults: tuple[FormatError, ...]) -> None:
        self.faults = faults
        super().__init__(faults[0].message, faults[0].place)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


def read_study(text: str, name: str = "study.yaml") -> StudyFile:
    """The study a YAML text describes.

    name    what to call the file in messages.
    Gives   StudyFile; the rules in it are read too, so every rule of a `StudyFile` parses.
    Raises  StudyErrors with every fault that could be told apart; each has its line and column.

    >>> read_study("id: x\\ntitle: A small study\\nversion: '1'").study.title
    'A small study'
    """
    tree = read_tree(text, name)
    if not tree.complete:
        raise StudyErrors(_in_order(tree.faults))
    faults = list(tree.faults)
    study = _validated(tree, name, faults)
    faults.extend(_rule_faults(tree, text, name))
    if faults or study is None:
        raise StudyErrors(_in_order(faults))
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return StudyFile(study, text, sha256, name, tree.places, tree.scalars)


@cache
def study_adapter() -> TypeAdapter[Study]:
    """What turns a plain tree into a `Study`; built once, when first needed."""
    return TypeAdapter(Study)


def _validated(tree: Tree, name: str, faults: list[FormatError]) -> Study | None:
    """The study, or None with what does not fit added to the faults."""
    if not isinstance(tree.value, dict):
        found = "nothing" if tree.value is None else "no block of lines"
        faults.append(FormatError(f"{found} here; a study begins with `id: …`, `title: …`, `version: …`.", Place(name)))
        return None
    try:
        return study_adapter().validate_python(tree.value)
    except ValidationError as misfit:
        faults.extend(fault_of(error, tree, name) for error in misfit.errors(include_url=False))
        return None


_RULES = (
    ("eligibility", "criteria"),
    ("product", "release_tests"),
    ("treatment", "go_no_go"),
)


def _rule_faults(tree: Tree, text: str, name: str) -> Iterator[FormatError]:
    """Faults inside the rules, wherever a study writes one, even if other lines do not fit."""
    for path, scalar in tree.scalars.items():
        if len(path) == 4 and path[:2] in _RULES and path[3] in ("rule", "over_all_doses"):
            try:
                parse_rule(scalar.value)
            except RuleError as fault:
                line, column = find_in_source(text, scalar, fault.offset)
                yield FormatError(fault.message, Place(name, line, column))


def _in_order(faults: Iterable[FormatError]) -> tuple[FormatError, ...]:
    """The faults by line and column; of several at one place the first found, since the others follow from it."""
    at: dict[tuple[int, int], FormatError] = {}
    for fault in faults:
        place = fault.place
        at.setdefault((place.line or 0, place.column or 0) if place else (0, 0), fault)
    return tuple(at[where] for where in sorted(at))
