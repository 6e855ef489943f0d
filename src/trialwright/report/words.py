"""The report's own words and numbers, in English or Chinese. What people typed is never translated."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal

from trialwright.report.codes import CODES

Lang = Literal["en", "zh"]
NBSP: Final = "\u00a0"
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SMALL: Final = (
    "No",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
    "Thirteen",
    "Fourteen",
    "Fifteen",
    "Sixteen",
    "Seventeen",
    "Eighteen",
    "Nineteen",
    "Twenty",
)
MONTH_DAYS: Final = 365.25 / 12
_AFTER_THE_END: Final = re.compile(r"[0-9.]+ is after the end of follow-up at ([0-9.]+)$")
_INTERIM: Final = re.compile(
    r"(interim: )?([0-9]+) of ([0-9]+) followed two years( \(([0-9]+) of them until death\))?$"
)


@cache
def chinese() -> dict[str, str]:
    """The labels in Chinese, by the English they stand for: written for readers, not word by word."""
    groups = json.loads((Path(__file__).parent / "labels" / "zh.json").read_text(encoding="utf-8"))
    return {english: words for group in groups.values() for english, words in group.items()}


@dataclass(frozen=True)
class Say:
    """Says the report's labels in one language: `say("At risk")`. A text without a translation stays English."""

    lang: Lang = "en"
    missing: set[str] = field(default_factory=set, compare=False)  # English texts that had no Chinese

    def __call__(self, text: str, /, **values: object) -> str:
        """`text` in this language, its {places} filled. Values are put in as they are, never read as a template."""
        template = text
        if self.lang == "zh":
            found = chinese().get(text)
            if found is None:
                self.missing.add(text)
            template = found or text
        return _fill(template, values) if values else template

    def percent(self, share: float, decimals: int = 0) -> str:
        """A share as per cent: "49.5 %"."""
        return f"{share * 100:.{decimals}f}{NBSP}%"

    def interval(self, lower: float | None, upper: float | None, decimals: int = 1) -> str:
        """Limits as per cent: "21.8 – 72.3 %"; a dash where there are none."""
        if lower is None or upper is None:
            return "–"
        return f"{lower * 100:.{decimals}f}{NBSP}–{NBSP}{upper * 100:.{decimals}f}{NBSP}%"

    def months(self, days: float) -> str:
        """Whole months where the days are that, else one decimal: 730.5 days are 24 months."""
        months = days / MONTH_DAYS
        return f"{months:.0f}" if abs(months - round(months)) < 0.05 else f"{months:.1f}"

    def date(self, text: str | date | None) -> str:
        """A date for reading, as exact as it is known: 24 Nov 2026, Nov 2026, 2026; or 2026年11月24日."""
        if text is None:
            return self("not recorded")
        parts = [int(part) for part in str(text)[:10].split("-")]
        if self.lang == "zh":
            return "".join(f"{part}{unit}" for part, unit in zip(parts, "年月日", strict=False))
        year, *rest = parts
        words = [str(year)] if not rest else [_MONTHS[rest[0] - 1], str(year)]
        return " ".join([str(rest[1]), *words] if len(rest) == 2 else words)

    def count(self, number: int, *, opening: bool = False) -> str:
        """A count in words up to twenty, as sentences want it; a Chinese sentence takes the figure."""
        if self.lang == "zh" or not 0 <= number <= 20:
            return str(number)
        word = _SMALL[number]
        return word if opening else word.lower()

    def code(self, group: str, code: str) -> str:
        """A registry's code as its page words it: RECRUITING is "Enrolling" there; an unknown code stays as it is."""
        return self(CODES.get((group, code)) or code) if code else ""

    @property
    def gap(self) -> str:
        """What stands between two sentences: nothing in Chinese."""
        return "" if self.lang == "zh" else " "

    def joined(self, parts: Iterable[str], mark: str = "; ") -> str:
        """Parts of a sentence with this language's own mark between them."""
        return self(mark).join(part for part in parts if part)

    def label(self, measure: str | None, horizon_days: float, typed: str) -> str:
        """An endpoint's name: as the study file types it, or in Chinese by what it measures."""
        name = CODES.get(("measure", measure or ""))
        if self.lang == "en" or name is None:
            return typed
        return f"{self(name)}（{self('{months} months', months=self.months(horizon_days))}）"

    def note(self, reason: str) -> str:
        """Why something could not be estimated, as a person says it."""
        found = _AFTER_THE_END.match(reason)
        return self("follow-up ended on day {last}", last=found.group(1)) if found else self(reason)

    def interim(self, sentence: str) -> str:
        """The interim sentence of the endpoints, in this language, as a sentence."""
        found = _INTERIM.match(sentence)
        if found is None:
            return self(sentence)
        opening, followed, target, _, dead = found.groups()
        template = "Interim: {k} of {n} followed two years" if opening else "{k} of {n} followed two years"
        words = self(template, k=followed, n=target)
        return words + (self(" ({dead} of them until death).", dead=dead) if dead else self("."))


def _fill(template: str, values: Mapping[str, object]) -> str:
    """{name} -> value, once: braces inside a value stay what they are."""
    parts: list[str] = []
    rest = template
    while rest:
        before, opened, after = rest.partition("{")
        parts.append(before)
        if not opened:
            break
        name, _, rest = after.partition("}")
        parts.append(str(values[name]))
    return "".join(parts)
