"""`trialwright screen`: judge one person before anything is recorded."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from trialwright.cli.facts_files import in_file
from trialwright.cli.say import answer, cut, note, read_json
from trialwright.errors import FormatError, UsageError

if TYPE_CHECKING:
    from trialwright.study import Study

GLYPH = {"allows": "✓", "bars": "✗", "undecided": "?"}


def screen(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help="A study file.")],
    facts: Annotated[Path, typer.Argument(metavar="FACTS.json", help="One person's facts, or a FHIR R4 Bundle.")],
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="The day to judge as of; default: today.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Judge one person, criterion by criterion, with evidence. Touches no ledger."""
    from trialwright.cli.words import plain
    from trialwright.conduct.judging import study_library
    from trialwright.criteria import Anchors, check_facts, judge, judgement_as_json, read_facts, read_fhir_bundle
    from trialwright.store.directory import read_study_file
    from trialwright.study import criteria_of

    plan = read_study_file(study).study
    day, library = _day(on, plan), study_library(plan)
    document = read_json(facts)
    try:
        if isinstance(document, dict) and "resourceType" in document:
            person = read_fhir_bundle(document, library, **_clock(plan, day))
        else:
            person = read_facts(document)
    except FormatError as error:
        raise in_file(error, facts) from None
    for left in person.unread:
        note(f"Not used: {left}")
    criteria = criteria_of(plan.eligibility)
    for sentence in check_facts(person, criteria, library):
        note(f"Not used: {sentence}")
    judgement = judge(criteria, person, Anchors({}), day, library)
    found = plain(judgement_as_json(judgement))
    answer(found, lambda: _text(found, day), as_json=as_json)


def _day(on: str | None, plan: "Study") -> date:
    """The day asked for; by default the day it is now at the study's first site."""
    zone = ZoneInfo(plan.sites[0].time_zone) if plan.sites else None
    try:
        return date.fromisoformat(on) if on else datetime.now(UTC).astimezone(zone).date()
    except ValueError:
        raise UsageError(f"--on {cut(str(on))}: expected a day such as 2026-11-22.") from None


def _clock(plan: "Study", day: date) -> dict[str, Any]:
    """The clock of the study's first site, for times that a Bundle gives in UTC."""
    if not plan.sites:
        return {}
    zone = plan.sites[0].time_zone
    offset = datetime.combine(day, time(12), ZoneInfo(zone)).utcoffset() or timedelta()
    return {"zone": zone, "offset_minutes": int(offset.total_seconds() // 60)}


def _text(found: dict[str, Any], day: date) -> str:
    lines: list[str] = []
    for criterion in found["criteria"]:
        lines.append(f"{GLYPH[criterion['effect']]} {criterion['id']}: {_shown(criterion)}")
        lines.append(f"    {criterion['text']}")
        lines += [f"    · {_evidence(piece)}" for piece in criterion["evidence"]]
        lines += [f"    ! {reason['text']}" for reason in criterion["reasons"]]
    lines.append(f"Eligible as of {day}: {found['eligible']}.")
    return "\n".join(lines)


def _shown(criterion: dict[str, Any]) -> str:
    """Exclusions read absent, present or unknown: "met" would be read both ways."""
    if criterion["kind"] != "exclusion":
        return str(criterion["status"])
    return {"met": "present", "not met": "absent", "unknown": "unknown"}[criterion["status"]]


def _evidence(piece: dict[str, Any]) -> str:
    dated = f"{piece['value']} on {piece['on']}" if piece["on"] else piece["value"]
    conversion = f" ({piece['conversion']})" if piece["conversion"] else ""
    return f"{piece['about']}: {dated}{conversion}"
