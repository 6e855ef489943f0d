"""What an amendment changes and whom it touches, for people and for machines; the file that is proposed."""

from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialwright.errors import UsageError

if TYPE_CHECKING:
    from trialwright.conduct.amendment.effect import Effect
    from trialwright.conduct.amendment.things import Reading
    from trialwright.conduct.schedule import Window
    from trialwright.store.directory import TrialDirectory


def proposed_text(where: str, file: str | None) -> str:
    """The text that is proposed: of the file named, else of the working copy.

    Raises StudyErrors with file, line and column where it is no study; UsageError where there is no such file.
    """
    from trialwright.store.directory import STUDY_NAME, read_study_file
    from trialwright.store.url import is_url

    if file is None and is_url(where):
        raise UsageError("a database has no working copy. Name the new version of the study file with --file.")
    path = Path(file) if file is not None else Path(where) / STUDY_NAME
    if not path.is_file():
        raise UsageError(f"there is no file {path}. Name the new version of the study file with --file.")
    return read_study_file(path).text


def effect_in(opened: "TrialDirectory", new: Path, on: date) -> "Effect":
    """The dry run of a file in an open trial. Raises StudyErrors where the file is no study."""
    from trialwright.conduct.amendment.effect import amendment_effect
    from trialwright.store.directory import read_study_file

    trial = opened.trial()
    return amendment_effect(opened.study_as_of(trial).study, read_study_file(new), trial, on)


def effect_document(effect: "Effect") -> dict[str, Any]:
    """Everything of a dry run as JSON; dates as text, what is not there as null."""
    document = _plain(effect)
    assert isinstance(document, dict)
    return document | {"touched": list(effect.touched), "summary": effect.summary}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def effect_text(effect: "Effect") -> str:
    """A dry run for people: by heading what changes, then whom and what it touches."""
    from trialwright.conduct.amendment.lines import Heading

    lines: list[str] = []
    for heading in Heading:
        if found := effect.under(heading):
            lines += [heading.value.capitalize(), *(f"  {change.text}" for change in found)]
    for title, rows in _touched(effect):
        if rows:
            lines += ["", f"{title}:", *(f"  {row}" for row in rows)]
    against = [one for one in effect.against if effect.changes]
    if against:
        lines += ["", "It cannot be adopted:"]
        lines += [part for one in against for part in (f"  • {one.text}", f"    → {one.way_out}")]
    return "\n".join([*lines, "", _last_line(effect)] if effect.changes else [*lines, "Nothing changes."])


def _last_line(effect: "Effect") -> str:
    if any(one.code == "amendment.other_study" for one in effect.against):
        return "Whom it touches was not asked: it is another study."
    counted = f"{len(effect.touched)} people are touched, {len(effect.untouched)} in the trial are not"
    return f"{counted}; as of {effect.on}."


def _touched(effect: "Effect") -> list[tuple[str, list[str]]]:
    judged = [
        f"{one.who}: {one.was} → {one.would_be} ("
        + "; ".join(f"{each.id}: {each.was or 'not asked'} → {each.would_be or 'not asked'}" for each in one.criteria)
        + ")"
        for one in effect.judgements
    ]
    windows = [
        f"{_named(one.who, one.number)}, {one.visit}: {_days(one.was)} → {_days(one.would_be)}"
        for one in effect.windows
    ]
    questions = [
        f"{one.item} ({one.label}): {' in '.join([one.what, *([', '.join(one.changed)] if one.changed else [])])}, "
        f"{one.answers} answers recorded"
        for one in effect.questions
    ]
    lots = [f"{one.lot}: {one.was.words} → {one.would_be.words}{_tests(one)}" for one in effect.lots]
    pauses = [f"{one.rule}: {'not paused any more' if one.would_be is None else one.would_be}" for one in effect.pauses]
    estimates = [f"{one.id}: {_number(one.was)} → {_number(one.would_be)}" for one in effect.estimates]
    consents = [
        f"{_named(one.who, one.number)} ({one.stands}): {one.document} {one.signed} → {one.version}, from {one.since}"
        for one in effect.consents
    ]
    return [
        ("Judged otherwise, in screening", judged),
        ("Visits to come", windows),
        ("Questions of forms", questions),
        ("Lots", lots),
        ("Pauses", pauses),
        ("Endpoints", estimates),
        ("Must consent again", consents),
        ("Look at", list(effect.warnings)),
    ]


def _named(who: str, number: int | None) -> str:
    return f"{who} (participant {number})" if number else who


def _days(window: "Window | None") -> str:
    return str(window) if window else "none"


def _tests(one: Any) -> str:
    new = [*(f"fails {test}" for test in one.would_be.failed if test not in one.was.failed)]
    new += [f"waits for {test}" for test in one.would_be.pending if test not in one.was.pending]
    return f" ({', '.join(new)})" if new else ""


def _number(reading: "Reading | None") -> str:
    if reading is None:
        return "none"
    estimate = "not estimable" if reading.estimate is None else f"{reading.estimate:.1%}"
    return f"{estimate} (n {reading.n}, {reading.events} events)"
