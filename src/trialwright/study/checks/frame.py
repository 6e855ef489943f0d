"""Is the study whole: ids given once, lines that refer to each other, sites, places, open questions."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, Final

from trialwright.study.documents import ConsentDocument
from trialwright.study.finding import Check, Finder, Finding
from trialwright.study.model import Drug, Noted, Question
from trialwright.study.published import Arm, Contact, EnrolmentCount, Intervention, Published
from trialwright.study.reader import StudyFile
from trialwright.study.tree import Path

UNNAMED: Final = (Arm, Contact, EnrolmentCount, Intervention, Published, Noted, Question, Drug)
"""Lines without names to keep apart: a record's own, notes, questions, the drugs of a regimen."""


def repeated_ids(file: StudyFile) -> Iterator[Finding]:
    """Two lines of one list with the same id, code or name."""
    find = Finder(file, "repeated-id", "error")
    for path, lines in _lists(file.study, ()):
        names = [_name(line) for line in lines]
        counts = Counter(name for name in names if name)
        for index, name in enumerate(names):
            if counts[name] > 1 and name in names[:index]:
                first = file.place(*path, names.index(name))
                yield find(
                    (*path, index),
                    name,
                    f"`{name}` stands twice in `{path[-1]}`; the first is on line {first.line}.",
                    "Give each line its own.",
                )


def unknown_references(file: StudyFile) -> Iterator[Finding]:
    """A visit that names a form nobody wrote; a regimen for a phase the study does not have."""
    find = Finder(file, "unknown-reference", "error")
    study = file.study
    forms = {form.id for form in study.forms}
    for index, visit in enumerate(study.visits):
        for position, form in enumerate(visit.forms):
            if form not in forms:
                yield find(
                    ("visits", index, "forms", position),
                    visit.id,
                    f"visit {visit.id} asks for the form `{form}`, and there is none.",
                    f"Write it under `forms`, or take one of: {', '.join(sorted(forms)) or 'none yet'}.",
                )
    phases = {phase.id for phase in study.phases}
    regimens = study.treatment.chemotherapy.regimens if study.treatment.chemotherapy else ()
    for index, regimen in enumerate(regimens):
        if regimen.phase is not None and regimen.phase not in phases:
            yield find(
                ("treatment", "chemotherapy", "regimens", index, "phase"),
                regimen.id,
                f"the regimen {regimen.id} is for the phase `{regimen.phase}`, and the study has none of that name.",
                f"Take one of: {', '.join(sorted(phases)) or 'none yet'}.",
            )


def missing_frame(file: StudyFile) -> Iterator[Finding]:
    """What every study needs before anybody can be asked: a site, places, a consent form."""
    study = file.study
    if not study.sites:
        yield Finder(file, "no-site", "error")(
            ("sites",),
            "sites",
            "no site is named, so no day can be told from another: a site has the time zone.",
            "Add `sites:` with code, name and time_zone.",
        )
    if study.historical:
        return
    if study.enrolment.target is None:
        yield Finder(file, "no-target", "error")(
            ("enrolment",),
            "enrolment",
            "the study does not say how many may be enrolled.",
            "Add `target:` under `enrolment`.",
        )
    if not study.consent:
        yield Finder(file, "no-consent-document", "error")(
            ("consent",),
            "consent",
            "no consent form is named, so nobody can sign one.",
            "Add `consent:` with id, version, languages and valid_from.",
        )
    if not study.disease_status:
        yield Finder(file, "no-disease-status", "error")(
            ("disease_status",),
            "disease_status",
            "the study does not say which states of the disease it tells apart, and which of them are a remission.",
            "Add `disease_status:` with id, label and in_remission.",
        )


def open_questions(file: StudyFile) -> Iterator[Finding]:
    """Every question of a draft, until somebody answers it in the file and deletes it."""
    find = Finder(file, "open-question", "error")
    for index, question in enumerate(file.study.questions):
        yield find(
            ("questions", index),
            question.subject,
            f"not answered yet: {question.text}",
            "Write the answer where it belongs, then delete the question.",
        )


def assumptions_without_basis(file: StudyFile) -> Iterator[Finding]:
    """A line that is our own choice has to say what it rests on."""
    find = Finder(file, "assumption-without-basis", "warning")
    for path, noun in _nouns(file.study, ()):
        if getattr(noun, "source", None) == "assumption" and not getattr(noun, "basis", None):
            yield find(
                path,
                _name(noun) or str(path[-1]),
                "this is our assumption, and nothing says what it rests on.",
                "Add `basis:` in a sentence.",
            )


def differs_from_record(file: StudyFile) -> Iterator[Finding]:
    """The number of places against the record's."""
    study = file.study
    published = study.record.enrolment.count if study.record and study.record.enrolment else None
    if published is not None and study.enrolment.target not in (None, published):
        yield Finder(file, "target-differs", "warning")(
            ("enrolment", "target"),
            "enrolment",
            f"the study enrols {study.enrolment.target}, the registry says {published}.",
            "Correct one of them; a change of the plan goes to the registry, too.",
        )


def _lists(noun: Any, path: Path) -> Iterator[tuple[Path, tuple[Any, ...]]]:
    """Every list of lines in a study, with its path."""
    for place, inner in _nouns(noun, path):
        for each in fields(inner):
            value = getattr(inner, each.name)
            if isinstance(value, tuple) and value and is_dataclass(value[0]):
                yield (*place, each.name), value


def _nouns(noun: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """A noun and every noun within it, with its path in the file."""
    yield path, noun
    for each in fields(noun):
        value = getattr(noun, each.name)
        if is_dataclass(value):
            yield from _nouns(value, (*path, each.name))
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            for index, line in enumerate(value):
                yield from _nouns(line, (*path, each.name, index))


def _name(line: Any) -> str:
    """What a line is called; nothing for lines that need no name."""
    if isinstance(line, UNNAMED):
        return ""
    if isinstance(line, ConsentDocument):
        return f"{line.id} {line.version}"
    return next((str(getattr(line, key)) for key in ("id", "code", "name", "drug") if hasattr(line, key)), "")


CHECKS: tuple[Check, ...] = (
    repeated_ids,
    unknown_references,
    missing_frame,
    open_questions,
    assumptions_without_basis,
    differs_from_record,
)
