"""A person's eligibility as it is read: each criterion with its answer, the evidence in one line, and what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import Judged
from trialwright.ledger.trial import Casebook

Tone = Literal["met", "not", "unk"]
ANSWERS: Final[Mapping[tuple[str, str], tuple[str, Tone]]] = {
    ("inclusion", "allows"): ("met", "met"),
    ("inclusion", "bars"): ("not met", "not"),
    ("inclusion", "undecided"): ("unknown", "unk"),
    ("exclusion", "allows"): ("absent", "met"),
    ("exclusion", "bars"): ("present", "not"),
    ("exclusion", "undecided"): ("unknown", "unk"),
}
"""Kind and effect -> the word that is read, and its tone: an exclusion is absent or present, never "met"."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The word for a criterion's answer, and its tone."""

    word: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an answer rests on: of what, the value, its conversion, its day, the entry it is written in."""

    about: str
    value: str
    conversion: str
    on: str
    entry: str | None


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion. `before` is its answer in the judgement before, where that was another; `missing` the reasons."""

    id: str
    text: str
    rule: str
    answer: Answer
    before: Answer | None
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The newest judgement in force as rows, and the one before it.

    allowed, of   how many criteria let the person in, of how many; `earlier` the same of each judgement before
    """

    judged: Entry[Judged]
    inclusion: tuple[CriterionRow, ...]
    exclusion: tuple[CriterionRow, ...]
    allowed: int
    of: int
    earlier: tuple[tuple[Entry[Judged], int, int], ...]


def eligibility(book: Casebook) -> Eligibility | None:
    """How a person was last judged; None for somebody nobody judged."""
    judged = book.all(Judged)
    if not judged:
        return None
    newest, others = judged[-1], judged[:-1]
    before = {one["id"]: _answer(one) for earlier in others for one in earlier.what.criteria}
    if others:
        before = {one["id"]: _answer(one) for one in others[-1].what.criteria}
    rows = [(one, _row(newest, one, before.get(str(one.get("id"))))) for one in newest.what.criteria]
    allowed, of = _tally(newest)
    return Eligibility(
        judged=newest,
        inclusion=tuple(row for one, row in rows if one.get("kind") != "exclusion"),
        exclusion=tuple(row for one, row in rows if one.get("kind") == "exclusion"),
        allowed=allowed,
        of=of,
        earlier=tuple((one, *_tally(one)) for one in reversed(others)),
    )


def _tally(judged: Entry[Judged]) -> tuple[int, int]:
    lines = judged.what.criteria
    return sum(one.get("effect") == "allows" for one in lines), len(lines)


def _answer(line: Mapping[str, Any]) -> Answer:
    kind = "exclusion" if line.get("kind") == "exclusion" else "inclusion"
    word, tone = ANSWERS.get((kind, str(line.get("effect"))), ("unknown", "unk"))
    return Answer(word, tone)


def _row(judged: Entry[Judged], line: Mapping[str, Any], before: Answer | None) -> CriterionRow:
    answer = _answer(line)
    return CriterionRow(
        id=str(line.get("id", "")),
        text=str(line.get("text", "")),
        rule=str(line.get("rule", "")),
        answer=answer,
        before=before if before != answer else None,
        evidence=tuple(_evidence(one) for one in line.get("evidence") or ()),
        missing=tuple(_reason(one) for one in line.get("reasons") or ()),
    )


def _evidence(one: Mapping[str, Any]) -> Evidence:
    entry, _, place = str(one.get("fact") or "").rpartition("#")
    return Evidence(
        about=str(one.get("about") or ""),
        value=str(one.get("value") or ""),
        conversion=str(one.get("conversion") or ""),
        on=str(one.get("on") or ""),
        entry=entry if place and " " not in entry else None,
    )


def _reason(one: Any) -> str:
    if isinstance(one, Mapping):
        about, text = str(one.get("about") or ""), str(one.get("text") or one.get("kind") or "")
        return f"{about}: {text}" if about and about not in text else text
    return str(one)
