"""`trialwright cells`: the cells of the whole trial, of one participant, of one donor, or one code with its history."""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from trialwright.cli.cell_words import (
    cells_text,
    donor_text,
    participant_text,
    plan_text,
    stock_text,
)
from trialwright.cli.in_force import note_other_copy
from trialwright.cli.say import answer, cut, note, shown
from trialwright.cli.tracing import code_misread
from trialwright.errors import FormatError, UsageError

if TYPE_CHECKING:
    from trialwright.facts import LocalTime
    from trialwright.ledger import Trial
    from trialwright.study import Study

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}", re.ASCII)


def cells(
    directory: Annotated[str, typer.Argument(metavar="DIR|URL", help="A trial directory, or a database's URL.")],
    code: Annotated[
        str | None,
        typer.Argument(metavar="CODE", help="A participant, donor, lot, collection or dose; without: the laboratory."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="MOMENT", help="As it stood that day; hours count from then. Default: now."),
    ] = None,
    chemotherapy_ends: Annotated[
        str | None,
        typer.Option(
            "--chemotherapy-ends", metavar="DATE", help="Plan for a chemotherapy whose last day this will be."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Where the cells are, what is planned by when, who is called; of one code, all there is."""
    from trialwright.store.directory import open_trial

    ends = None if chemotherapy_ends is None else _day("--chemotherapy-ends", chemotherapy_ends)
    with open_trial(directory, read_only=True) as opened:
        zone = next(iter(opened.trial().adopted.what.time_zones.values()))
        now = moment_at(at, zone)
        note_other_copy(opened)
        whole, study = opened.trial(), opened.study_file.study
        trial = opened.trial(as_of=now.latest) if at else whole
    if code is not None and trial.chapter(code) is None and whole.chapter(code) is not None:
        raise UsageError(f"nothing is recorded of {shown(code)} up to {now.latest}. Ask for a later day (--at).")
    view, text = _looked_up(study, trial, code, now, ends)
    answer(plain_values(view), text, as_json=as_json)


def _looked_up(
    study: "Study", trial: "Trial", code: str | None, now: "LocalTime", ends: date | None
) -> tuple[Any, Callable[[], str]]:
    """What a code asks for, as plain values and as words. Raises UsageError for a code that names nothing."""
    from trialwright.cells.laboratory import cells_view
    from trialwright.cells.views import donor_view, participant_view

    if code is None:
        return _laboratory(study, trial, now, ends)
    code = _scanned(code.strip())
    if (person := participant_view(study, trial, code, now, chemotherapy_ends=ends)) is not None:
        if ends is not None and not (person.plan and person.plan.planned):
            note("--chemotherapy-ends is not used: a plan from it needs an open cycle without recorded chemotherapy.")
        return person, lambda: participant_text(person)
    if ends is not None:
        raise UsageError(f"--chemotherapy-ends goes with a participant, or without a code; {shown(code)} is none.")
    if (donor := donor_view(study, trial, code, now)) is not None:
        return donor, lambda: donor_text(donor)
    if (found := cells_view(study, trial, code, now)) is not None:
        return found, lambda: cells_text(found)
    raise UsageError(_unknown(study, trial, code))


def _laboratory(study: "Study", trial: "Trial", now: "LocalTime", ends: date | None) -> tuple[Any, Callable[[], str]]:
    """The stock, everybody's plan, and the plan of a chemotherapy that is not anybody's yet."""
    from trialwright.cells.laboratory import stock
    from trialwright.cells.plan import plan_cells, plans

    there, people = stock(study, trial, now), plans(study, trial, now.latest)
    asked = plan_cells(study, ended_on=ends) if ends is not None else None
    document: dict[str, Any] = {"at": there.at, "items": there.items, "alerts": there.alerts, "running": there.running}
    document |= {"plans": people, "plan": asked}

    def text() -> str:
        parts = [stock_text(there), *(plan_text(one) for one in people)]
        return "\n\n".join([*parts, *([plan_text(asked, now.latest)] if asked else [])])

    return document, text


def _scanned(code: str) -> str:
    """What a scanned label is stuck to; any other text as it is."""
    from trialwright.cells.codes import read_label

    if code.count("-") < 2:
        return code
    try:
        return read_label(code)[0]
    except FormatError:
        return code


def _unknown(study: "Study", trial: "Trial", code: str) -> str:
    fault = code_misread(study, code)
    if fault is not None:
        return fault
    if code in trial.assignments:
        return (
            f"{code} joins a donor and a participant, and each stands alone here: see `trialwright trace {code} DIR`."
        )
    return f"{shown(code)} is no participant, donor, collection, lot or dose of this trial. Type the code whole."


# --- days and moments -------------------------------------------------------------------------------------------------


def moment_at(word: str | None, zone: str) -> "LocalTime":
    """A moment on the site's clock: the one typed, a day from its beginning, or now."""
    from trialwright.facts import LocalTime, parse_occurred

    if word is None:
        wall = datetime.now(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None, microsecond=0, second=0)
        return _local(wall, zone)
    try:
        if DAY.fullmatch(word) or MOMENT.fullmatch(word):
            return _local(datetime.fromisoformat(word), zone)
        found = parse_occurred(word)
    except (ValueError, FormatError):
        found = None
    if not isinstance(found, LocalTime):
        raise UsageError(f"--at {cut(word)}: expected a moment such as 2026-11-22T14:30, or a day such as 2026-11-22.")
    return found


def _local(wall: datetime, zone: str) -> "LocalTime":
    from trialwright.facts import LocalTime

    offset = wall.replace(tzinfo=ZoneInfo(zone)).utcoffset()
    return LocalTime(wall, int(offset.total_seconds() // 60) if offset else 0, zone)


def _day(option: str, word: str) -> date:
    try:
        if not DAY.fullmatch(word):
            raise ValueError
        return date.fromisoformat(word)
    except ValueError:
        raise UsageError(f"{option} {cut(word)}: expected a day such as 2026-11-22.") from None


def plain_values(value: Any) -> Any:
    """A view as JSON knows it: dataclasses become objects with all their fields, days text, tuples lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain_values(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, dict):
        return {key: plain_values(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [plain_values(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value
