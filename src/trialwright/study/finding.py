"""A finding of the lint: what is doubtful in a study, where, what it means and what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from trialwright.errors import Place
from trialwright.study.model import Noted
from trialwright.study.reader import StudyFile
from trialwright.study.tree import Path

Level = Literal["error", "warning", "note"]
"""error: no act until it is gone. warning: a person should look. note: worth knowing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `subject` is the id of the line it is about; `noted` the reason it is accepted, if it is."""

    code: str
    level: Level
    place: Place
    subject: str
    meaning: str
    what_to_do: str
    noted: str | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.level} {self.code}: {self.meaning} {self.what_to_do}"


Check: TypeAlias = Callable[[StudyFile], Iterator[Finding]]
"""Every check has this shape: a study file in, all its findings out, never stopping at the first."""


@dataclass(frozen=True, slots=True)
class Finder:
    """Makes the findings of one code: `find(path, subject, meaning, what_to_do)`."""

    file: StudyFile
    code: str
    level: Level

    def __call__(self, path: Path, subject: str, meaning: str, what_to_do: str, *, at: int | None = None) -> Finding:
        place = self.file.place(*path) if at is None else self.file.place_within(*path, offset=at)
        return Finding(self.code, self.level, place, subject, meaning, what_to_do)


def with_noted(findings: list[Finding], file: StudyFile) -> list[Finding]:
    """The findings, each accepted one with its reason; and a finding for every `noted` that does nothing."""
    notes = list(enumerate(file.study.noted))
    result = [_noted(finding, [note for _, note in notes]) for finding in findings]
    for index, note in notes:
        matched = [finding for finding in findings if _matches(note, finding)]
        place = file.place("noted", index)
        subject = note.subject or note.code
        if not matched:
            result.append(
                Finding(
                    "noted-nothing",
                    "warning",
                    place,
                    subject,
                    f"`{note.code}`{f' of {note.subject}' if note.subject else ''} is noted, but nothing finds it.",
                    "Delete these lines, or correct the code or subject.",
                )
            )
        elif all(finding.level == "error" for finding in matched):
            result.append(
                Finding(
                    "noted-error",
                    "warning",
                    place,
                    subject,
                    f"`{note.code}` is an error; noting it changes nothing.",
                    "Correct what the error says, then delete these lines.",
                )
            )
    return result


def _noted(finding: Finding, notes: list[Noted]) -> Finding:
    if finding.level == "error":
        return finding
    reason = next((note.reason for note in notes if _matches(note, finding)), None)
    return replace(finding, noted=reason)


def _matches(note: Noted, finding: Finding) -> bool:
    return note.code == finding.code and note.subject in (None, finding.subject)
