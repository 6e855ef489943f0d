"""The lists at the end of a report: deaths, departures from the plan, refusals, assumptions, findings of the lint."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any, Final

from trialwright.conduct.possible import JudgementInQuestion, PossibleDeviation
from trialwright.facts import parse_occurred
from trialwright.ledger import Trial
from trialwright.ledger.kinds import DeviationRecorded, Refused
from trialwright.report.model import (
    AssumptionFacts,
    DeathFacts,
    DeviationFacts,
    FindingFacts,
    RefusedFacts,
)
from trialwright.study import Finding, StudyFile

Path = tuple[str | int, ...]
_UNSAID: Final = frozenset({"source", "basis", "confirmed", "id", "label"})


def deaths(trial: Trial) -> tuple[DeathFacts, ...]:
    """Every death, in the order in which the entries were recorded; also of people who were never enrolled."""
    found = [(book, book.death) for book in trial.casebooks.values() if book.death]
    return tuple(
        DeathFacts(
            book.number,
            book.code,
            death.occurred,
            days_between(book.enrolment.occurred if book.enrolment else None, death.occurred),
            death.what.cause,
            death.what.how_known,
        )
        for book, death in sorted(found, key=lambda pair: pair[1].order)
    )


def days_between(start: str | None, end: str | None) -> int | None:
    """Days from one to the other; None where either day is not exactly known."""
    if start is None or end is None:
        return None
    first, last = parse_occurred(start), parse_occurred(end)
    return (last.earliest - first.earliest).days if first.exact and last.exact else None


def deviations(trial: Trial) -> tuple[DeviationFacts, ...]:
    """Every recorded departure from the plan, of each person and of the study itself, oldest first."""
    books = (trial.of_study, *trial.chapters)
    found = [entry for book in books for entry in book.all(DeviationRecorded)]
    return tuple(
        DeviationFacts(
            entry.about or "the study",
            entry.occurred,
            entry.what.gate,
            entry.what.description,
            entry.what.importance,
            entry.what.action,
            entry.what.reported_to,
            entry.seq,
        )
        for entry in sorted(found, key=lambda entry: entry.order)
    )


def refused(trial: Trial) -> tuple[RefusedFacts, ...]:
    """Every act that was asked for and refused, with every reason, oldest first."""
    return tuple(
        RefusedFacts(
            entry.seq,
            entry.recorded_at,
            entry.what.act,
            entry.about,
            str(entry.actor),
            tuple(str(reason.get("text", "")) for reason in entry.what.reasons),
        )
        for entry in trial.of_study.all(Refused)
    )


def judgements_in_question(found: Iterable[JudgementInQuestion]) -> tuple[DeviationFacts, ...]:
    """Judgements made on facts that were corrected since, until a person judges again."""
    return tuple(
        DeviationFacts(
            one.judgement.about or "the study",
            one.judgement.occurred,
            "judgement.facts_corrected",
            f"judged for {one.judgement.what.purpose} on facts corrected since: {', '.join(one.about)}",
            "not classified",
            "Judge again on the facts as now known.",
            None,
            one.judgement.seq,
            possible=True,
        )
        for one in found
    )


def possible_deviations(found: Iterable[PossibleDeviation]) -> tuple[DeviationFacts, ...]:
    """Past acts that would be refused on what is known now, until a person settles them."""
    return tuple(
        DeviationFacts(
            one.entry.about or "the study",
            one.entry.occurred,
            one.reason.code,
            one.reason.text,
            "not classified",
            one.reason.way_out,
            None,
            one.entry.seq,
            possible=True,
        )
        for one in found
    )


def findings(found: Iterable[Finding]) -> tuple[FindingFacts, ...]:
    """What the lint says of the study, in the order of its file; those accepted carry the reason."""
    return tuple(
        FindingFacts(one.code, one.level, str(one.place), one.subject, one.meaning, one.what_to_do, one.noted)
        for one in found
    )


def assumptions(file: StudyFile) -> tuple[AssumptionFacts, ...]:
    """Every line of the study marked as an assumption, and what a registry line's rule assumes beyond its words."""
    return tuple(_assumed(file.study, (), file))


def _assumed(noun: Any, path: Path, file: StudyFile) -> Iterator[AssumptionFacts]:
    """The noun's own assumption if it is one, then those inside it, in the order of the fields."""
    if is_dataclass(noun):
        basis = getattr(noun, "basis", None) or ""
        beyond = getattr(noun, "assumes", None)
        if beyond or getattr(noun, "source", None) == "assumption":
            says = beyond or _says(noun)
            yield AssumptionFacts(_name(path, noun), file.place(*path).line, says, basis)
        for field in fields(noun):
            yield from _assumed(getattr(noun, field.name), (*path, field.name), file)
    elif isinstance(noun, tuple):
        for at, part in enumerate(noun):
            yield from _assumed(part, (*path, at), file)


def _name(path: Path, noun: Any) -> str:
    """Where it stands: `visits d28`, `enrolment › stagger`."""
    keys = " › ".join(part.replace("_", " ") for part in path if isinstance(part, str))
    listed = bool(path) and isinstance(path[-1], int)
    own = next((getattr(noun, key) for key in ("id", "code", "name") if listed and _has(noun, key)), "")
    return f"{keys} {own}".strip()


def _has(noun: Any, key: str) -> bool:
    return bool(getattr(noun, key, None))


def _says(noun: Any) -> str:
    """What the line says, in the words of the file: its label, then each of its values."""
    label = getattr(noun, "label", None)
    parts = [label] if label else []
    for field in fields(noun):
        value = getattr(noun, field.name)
        if field.name in _UNSAID or value is None or value == () or (value is False and field.default is False):
            continue
        shown = _shown(value)
        if shown:
            parts.append(f"{field.name.replace('_', ' ')}: {shown}")
    return "; ".join(parts)


def _shown(value: Any) -> str:
    """A value on one line. What says itself where it comes from has a line of its own and is not repeated."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(shown for part in value if (shown := _shown(part)))
    if is_dataclass(value):
        if getattr(value, "source", None):
            return ""
        for key in ("text", "label", "drug", "id"):
            if _has(value, key):
                return str(getattr(value, key))
        said = [(field.name, getattr(value, field.name)) for field in fields(value) if field.name not in _UNSAID]
        return ", ".join(f"{name.replace('_', ' ')} {_shown(part)}" for name, part in said if part not in (None, ()))
    return f"{value:,}" if isinstance(value, Decimal) and value == value.to_integral_value() else str(value)
