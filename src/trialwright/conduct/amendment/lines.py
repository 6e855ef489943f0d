"""The changed lines of a plan in words that a person understands, each under the heading where one looks for it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from trialwright.study import Study, study_changes
from trialwright.study.changes import Change, study_lines


class Heading(StrEnum):
    """Where in the plan a line stands."""

    CRITERIA = "criteria"
    PLACES = "places and sites"
    CONSENT = "consent documents"
    VISITS = "visits"
    FORMS = "forms"
    TREATMENT = "treatment"
    PRODUCT = "product"
    SAFETY = "safety and stopping"
    ENDPOINTS = "endpoints"
    ADMINISTRATIVE = "administrative"


HEADINGS = {
    "eligibility": Heading.CRITERIA,
    "disease_status": Heading.CRITERIA,
    "phases": Heading.CRITERIA,
    "enrolment": Heading.PLACES,
    "sites": Heading.PLACES,
    "consent": Heading.CONSENT,
    "visits": Heading.VISITS,
    "forms": Heading.FORMS,
    "treatment": Heading.TREATMENT,
    "product": Heading.PRODUCT,
    "safety": Heading.SAFETY,
    "response": Heading.ENDPOINTS,
    "endpoints": Heading.ENDPOINTS,
}
ONE = {
    "criteria": "criterion",
    "concepts": "concept",
    "value_sets": "value set",
    "disease_status": "disease status",
    "phases": "phase",
    "sites": "site",
    "ranges": "range",
    "consent": "consent form",
    "visits": "visit",
    "forms": "form",
    "items": "question",
    "regimens": "regimen",
    "drugs": "drug",
    "anthracyclines": "anthracycline",
    "go_no_go": "check",
    "release_tests": "release test",
    "endpoints": "endpoint",
    "triggers": "trigger",
}
"""A list's key in the file -> what one of its lines is called."""
STEP = re.compile(r"([a-z_0-9]+)((?:\[[^\]]*\])?)(?:\.|$)")
PREFIX = re.compile(r".*?\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One thing that differs: a block that is new or gone, or a line that says something else.

    path   leads to it in the file
    old    what the version in force says; None where it says nothing
    """

    heading: Heading
    path: str
    old: str | None
    new: str | None
    text: str


def plan_changes(now: Study, new: Study) -> tuple[PlanChange, ...]:
    """Everything that differs, in the order of the study file; a block that is new or gone is one change."""
    before, after = study_lines(now), study_lines(new)
    found: dict[str, PlanChange] = {}
    for change in study_changes(now, new):
        block = _block(change.path, after if change.old is not None else before)
        if block is None or (change.old is not None and change.new is not None):
            found[change.path] = _line(change)
        elif block not in found:
            found[block] = _whole(block, change, after if change.new is not None else before)
    return tuple(found.values())


def _block(path: str, other: dict[str, str]) -> str | None:
    """The outermost block around a line of which the other version has nothing at all."""
    prefixes = (path[: found.end()] for found in PREFIX.finditer(path))
    return next((one for one in prefixes if not any(_within(line, one) for line in other)), None)


def _within(line: str, block: str) -> bool:
    return line == block or line.startswith(f"{block}.")


def _whole(block: str, change: Change, lines: dict[str, str]) -> PlanChange:
    label = lines.get(f"{block}.label") or lines.get(f"{block}.text")
    named = f"{_capital(spoken_path(block))}{f' ({_cut(label)})' if label else ''}"
    is_new = change.new is not None
    if block == change.path:  # a bare word in a list
        named = f"{_capital(spoken_path(block))}, “{_cut(change.new or change.old or '')}”"
    text = f"{named} is new." if is_new else f"{named} is taken out."
    return PlanChange(heading_of(block), block, None if is_new else named, named if is_new else None, text)


def _line(change: Change) -> PlanChange:
    said = f"{_capital(spoken_path(change.path))}: {_said(change.old)} → {_said(change.new)}."
    return PlanChange(heading_of(change.path), change.path, change.old, change.new, said)


def heading_of(path: str) -> Heading:
    """Under which heading a line of the file stands."""
    top = re.split(r"[.\[]", path, maxsplit=1)[0]
    return HEADINGS.get(top, Heading.ADMINISTRATIVE)


def spoken_path(path: str) -> str:
    """A path as a person says it: `visits[d28].after` is "visit d28, after"."""
    return ", ".join(_steps(path))


def _steps(path: str) -> Iterator[str]:
    steps: Iterable[tuple[str, str]] = STEP.findall(path)
    for key, name in steps:
        word = ONE.get(key) if name else None
        word = word or key.replace("_", " ")
        yield f"{word} {name[1:-1]}" if name else word


def _said(value: str | None) -> str:
    return "nothing" if value is None else f"“{_cut(value)}”"


def _cut(text: str, most: int = 160) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
